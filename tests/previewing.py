"""A preview that runs while a test goes on, and a browser's part played by http.client."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import quote, urlsplit

from generator.preview.serve import Preview, Wish
from tests.newsroom import NOW, Quiet, at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PATIENCE = 20.0
"""Seconds after which something that should happen has not happened."""


class Answer(NamedTuple):
    """An answer of the server."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def page(self) -> bytes:
        """The body as it is built: less the client."""
        return re.sub(rb'<script src="/__adpim/client\.js" data-number="\d+" defer></script>', b"", self.body)


class Running:
    """A preview of the site below ``root`` as of ``now``. Use as a context."""

    def __init__(self, root: Path, now: str = NOW, **wishes: Any) -> None:
        self.now = now
        self.preview = Preview(Wish(root, lambda _: at(self.now), **({"port": 0} | wishes)), Quiet())
        self.link = urlsplit(self.preview.link)
        self._thread = threading.Thread(target=self.preview.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.preview.close()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self.link.port is not None
        return self.link.port

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """Send a request; ``headers`` are named with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            own = f"adpim-look-{self.port}="
            named = {n.replace("_", "-"): value.replace("adpim-look=", own) for n, value in headers.items()}
            connection.request(method, path, body or None, named)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def facts(self, path: str, **headers: str) -> dict[str, Any]:
        """Return what the bar says of a page."""
        found: dict[str, Any] = json.loads(self.ask(f"/__adpim/facts?path={quote(path)}", **headers).body)
        return found

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are and return all that comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        return answer

    def shows(self, path: str, text: str, **headers: str) -> None:
        """Wait until the page at ``path`` holds ``text``."""
        until(lambda: text in self.ask(path, **headers).text, f"{text!r} at {path}")

    def hides(self, path: str, text: str) -> None:
        """Wait until the page at ``path`` does not hold ``text``."""
        until(lambda: text not in self.ask(path).text, f"no {text!r} at {path}")


class Listener:
    """A page that listens to what the preview tells."""

    def __init__(self, running: Running, seen: int = 0) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
        self._connection.request("GET", f"/__adpim/events?seen={seen}")
        self._response = self._connection.getresponse()
        assert self._response.headers["Content-Type"].startswith("text/event-stream")
        self.first = self.next()

    def next(self) -> dict[str, Any]:
        """Return the next event."""
        for line in iter(self._response.readline, b""):
            if line.startswith(b"data: "):
                event: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return event
        raise AssertionError("the stream has ended")

    def ends(self) -> bool:
        """Say whether nothing more comes."""
        return self._response.read() == b""

    def close(self) -> None:
        """Go away."""
        self._connection.close()


def until(happens: Callable[[], bool], what: str) -> None:
    """Wait until something happens."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.005)


def look(cookie: str) -> Mapping[str, str]:
    """Return the header by which a browser says how it looks at the site."""
    return {"Cookie": f"adpim-look={cookie}"}
