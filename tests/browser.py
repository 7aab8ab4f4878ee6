"""A browser, a web server and the two checkers, for tests that look at built pages.

None of them is Python, so a machine may be without: then such tests are skipped, and say why. ``.ci/run`` fetches all
of them and sets ADPIM_BROWSER_TESTS=required, so that there they fail instead.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

TOOLS = Path(__file__).parent / ".tools" / "node_modules"
AXE = TOOLS / "axe-core" / "axe.min.js"
NU_CHECKER = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return the browser's file, or None where none is installed."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def need(*tools: str) -> None:
    """Skip the test that asks unless ``tools`` (browser, axe, checker) are here, or fail it where they must be."""
    there = {
        "browser": chromium() is not None and find_spec("playwright") is not None,
        "axe": AXE.is_file(),
        "checker": NU_CHECKER.is_file() and shutil.which("java") is not None,
    }
    if missing := [tool for tool in tools if not there[tool]]:
        reason = f"not installed here: {', '.join(missing)}; .ci/run fetches what is needed"
        if os.environ.get("ADPIM_BROWSER_TESTS") == "required":
            pytest.fail(reason)
        pytest.skip(reason)


@contextmanager
def browser() -> Iterator[Browser]:
    """Run the browser; it asks nobody for anything but the pages it is given."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra, which not every machine has

    with sync_playwright() as driver:
        # No sandbox: in a container the browser has no right to make one, and it opens only pages made here.
        running = driver.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield running
        running.close()


class _Quiet(SimpleHTTPRequestHandler):
    security: tuple[tuple[str, str], ...] = ()

    def end_headers(self) -> None:
        for name, value in self.security:
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        pass


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve ``folder`` to this machine alone, with the headers that its .htaccess sets, and yield its address."""
    rules = folder / ".htaccess"
    asked = re.findall(r'^Header always set (\S+) "(.*)"$', rules.read_text("utf-8"), re.MULTILINE)
    handler = type("_Secure", (_Quiet,), {"security": tuple(asked)})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
