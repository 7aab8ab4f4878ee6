"""Starting and ending the preview: reading the site, finding a port, serving until somebody ends it."""

from __future__ import annotations

import gc
import logging
import socket
import sys
import threading
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: TID251 - this is the room for it

from generator.config import Site, read_site
from generator.crew import Crew
from generator.errors import DamagedError, Message, Problem, UsageError, message
from generator.gather import Order, Progress, gather, look_ahead
from generator.ledger import Ledger
from generator.output import WORK_FOLDER
from generator.preview.app import App
from generator.preview.desk import Desk
from generator.preview.drives import is_remote
from generator.preview.follower import UNWATCHED, Follower, Lookout
from generator.preview.guard import Guard
from generator.preview.hints import Hints
from generator.preview.poll import Poll
from generator.preview.stream import Stream
from generator.preview.watch import Watch
from generator.program import program_digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

PORTS = 50
"""Ports that are tried, from the one that was asked for."""
LOG = f"{WORK_FOLDER}/preview.log"


class Wish(NamedTuple):
    """What a preview is asked for.

    ``clock`` says what time it is in a site's zone; ``poll`` looks at the files instead of trusting the system's word
    that they changed; ``language`` is that of the bar.
    """

    root: Path
    clock: Callable[[Site], datetime]
    host: str = "127.0.0.1"
    port: int = 8000
    poll: bool = False
    language: str = "id"


class Preview:
    """A preview that is ready to serve.

    ``link`` is what to open, on another machine too if it may; ``local`` is that for this one.
    ``notes`` is what whoever starts it should know.
    """

    def __init__(self, wish: Wish, progress: Progress) -> None:
        """Read the site and take a port.

        Raises ContentError where there is no site.toml, OutputError where the ledger is in use or cannot be written,
        UsageError where no port can be had.
        """
        self.notes: list[Message] = []
        self.desk = desk = read_desk(wish, progress)
        self._hints, self._stream = Hints(), Stream()
        self._lookout = self._look_out(desk, poll=wish.poll)
        self._follower = Follower(desk, self._hints, self._stream, self._lookout)
        guard = Guard.of(wish.host)
        port = self._take_port(wish)
        app = App(desk, self._follower, self._stream, guard, wish.language)
        self._server = make_server(
            wish.host, port.getsockname()[1], app, threaded=True, request_handler=_Handler, fd=port.fileno()
        )
        port.close()
        token = f"?token={guard.token}" if guard.token else ""
        self.link = self._link_to(_reachable(wish.host), token)
        self.local = self._link_to("127.0.0.1", token) if wish.host == "0.0.0.0" else self.link  # noqa: S104 - asked for

    def _link_to(self, host: str, token: str) -> str:
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self._server.port}{self.desk.site.base_path}/{token}"

    def _look_out(self, desk: Desk, *, poll: bool) -> Lookout:
        if poll:
            return Poll(desk, self._hints)
        if is_remote(desk.root):
            self.notes.append(message("This folder lies on a network drive. If an edit does not show, use --poll."))
        try:
            return Watch(desk.root, self._hints)
        except OSError:
            self.notes.append(UNWATCHED[0])
            return Poll(desk, self._hints)

    def _take_port(self, wish: Wish) -> socket.socket:
        family = socket.AF_INET6 if ":" in wish.host else socket.AF_INET
        for port in range(wish.port, min(wish.port + PORTS, 65536)) if wish.port else [0]:
            try:
                taken = socket.create_server((wish.host, port), family=family)
            except OSError as error:
                refusal = error
                continue
            if port != wish.port:
                self.notes.append(message("Port {wanted} is taken: this is {port}.", wanted=wish.port, port=port))
            return taken
        what = message("No port could be had: {error}.", error=refusal.strerror or str(refusal))
        raise UsageError([Problem("--port", 0, what, message("Name another port, for example --port 9000."))])

    def run(self) -> None:
        """Serve until ``close`` is called from another thread, or Ctrl-C."""
        # An inspection may be under way beside: a request then waits for its turn several times, this long each time.
        sys.setswitchinterval(0.001)
        following = threading.Thread(target=self._follower.run, name="follower", daemon=True)
        following.start()
        try:
            self._server.serve_forever(poll_interval=0.1)
        finally:
            self._hints.close()
            self._stream.close()
            self._lookout.stop()
            self._server.server_close()
            following.join(0.2)

    def close(self) -> None:
        """End the serving."""
        self._server.shutdown()


def _reachable(host: str) -> str:
    """Return an address by which other machines reach a server that listens on ``host``: "every" address is none."""
    if host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not listened on
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only says which of its addresses it would take. Source: RFC 5737's example.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        address: str = probe.getsockname()[0]
        return address


def read_desk(wish: Wish, progress: Progress) -> Desk:
    """Read the site. Raises ContentError where there is no site.toml, OutputError as Ledger does."""
    try:
        return _read_desk(wish, progress, forget=False)
    except DamagedError:
        return _read_desk(wish, progress, forget=True)


def _read_desk(wish: Wish, progress: Progress, *, forget: bool) -> Desk:
    site, problems = read_site(wish.root)
    order = Order(wish.root, site, wish.clock(site), problems)
    work = wish.root / WORK_FOLDER
    with Ledger(work, program_digest(site.zone), forget=forget) as ledger, Crew(None) as crew:
        sources = gather(order, (ledger, crew, progress), look_ahead(order.root, ledger, crew))
    desk = Desk(wish.root, sources, ledger.file, problems, wish.clock)
    # What was read at the start stays to the end: looking through it for garbage would hold up pages.
    gc.collect()
    gc.freeze()
    return desk


class _Handler(WSGIRequestHandler):
    """Says nothing of requests; what goes wrong below the application goes into the log."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's names
        """Keep errors in the log."""
        if type == "error":
            logging.getLogger(__name__).error(message, *args)
