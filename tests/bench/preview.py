"""``python -m tests.bench.preview``: how soon a save is served and seen, side by side with ``hugo server``.

Both servers run at once, each on a site of its own with the same releases; a release is saved for one, then for the
other, and so in turn. Served is when a request, repeated without a pause, brings the saved sentence; seen is when a
page that is open in Chromium has it in its text and has drawn it, by the clock of the browser, which is the machine's.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.bench import corpus, report
from tests.bench.tools import Adpim, Hugo, Tool, find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.corpus import Source

SERVED, SEEN, FIRST = 0.050, 0.150, 1.5
"""Seconds: the bounds at the smaller size; at the larger one twice the first two."""
PATIENCE = 120.0
STARTS = 3
BROWSER = ("chromium", "chromium-browser", "google-chrome")
# Resolves once the text is there and a frame with it has been handed to the screen.
_SEEN = """mark => new Promise(done => {
  const look = () => document.body && document.body.innerText.includes(mark)
    ? requestAnimationFrame(() => setTimeout(() => done(Date.now()), 0))
    : requestAnimationFrame(look);
  look();
})"""


class Server:
    """A tool's server at work on its site."""

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it and return the seconds until the first page came."""
        own = ("serve", "--no-open", "--port", str(self.port))
        hugo = ("server", "--port", str(self.port), "--cacheDir", str(self.tool.folder / "cache"))
        command = [*self.tool.program, *(own if self.tool.name == "adpim" else hugo)]
        began = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=self.tool.folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        _wait(lambda: bool(self.get("/")), f"{self.tool.name} serves", pause=0.005)
        return time.perf_counter() - began

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def get(self, path: str) -> bytes:
        """Return a page, b"" if it does not come."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
                page: bytes = answer.read()
                return page
        except (OSError, http.client.HTTPException):  # also a page that breaks off, as Hugo's do while it builds
            return b""

    def served(self, source: Source, path: str, mark: str) -> float:
        """Save a release with ``mark`` in it and return the seconds until it is served."""
        saved = self._save(source, mark)
        _wait(lambda: mark.encode() in self.get(path), f"{self.tool.name} serves {mark}")
        return time.time() - saved

    def seen(self, source: Source, page: Any, mark: str) -> float:
        """Save a release with ``mark`` in it and return the seconds until an open page shows it."""
        # A reload, which is Hugo's way, ends the page's waiting: it begins anew in the new document.
        saved = self._save(source, mark)
        while True:
            with contextlib.suppress(Exception):
                return float(page.evaluate(_SEEN, mark)) / 1000 - saved
            if time.time() - saved > PATIENCE:
                raise TimeoutError(f"{self.tool.name} never shows {mark}")

    def _save(self, source: Source, mark: str) -> float:
        saved = time.time()
        self.tool.put(source._replace(text=f"{source.text}\n{mark}\n"))
        return saved


def _wait(happens: Callable[[], bool], what: str, pause: float = 0.0) -> None:
    end = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > end:
            raise TimeoutError(f"never: {what}")
        time.sleep(pause)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@contextlib.contextmanager
def _browser() -> Iterator[Any]:
    """Give Chromium, driven by Playwright, or None where one of them is missing."""
    program = next(filter(None, map(shutil.which, BROWSER)), None)
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where it is missing only served is measured
    except ImportError:
        program = None
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()


def measure(servers: Sequence[Server], root: Path, size: int, edits: int) -> dict[str, dict[str, list[float]]]:
    """Return seconds by name of the tool and of what was measured."""
    source = corpus.changes(root, size).old
    post = corpus.read(source)
    assert post is not None
    times: dict[str, dict[str, list[float]]] = {server.tool.name: {} for server in servers}

    def note(server: Server, what: str, taken: float) -> None:
        times[server.tool.name].setdefault(what, []).append(taken)
        sys.stdout.write(f"  {size:7,} {what:6} {server.tool.name:6} {taken * 1000:9.1f} ms\n")
        sys.stdout.flush()

    for number in range(STARTS + 1):
        for server in servers:
            server.stop()
            taken = server.start()
            if number:  # the first start reads all: it fills the ledger that the others find
                note(server, "first", taken)
    for number in range(edits):
        for server in servers:
            note(server, "served", server.served(source, post.path, f"CONTOH penanda {number} tersaji."))
            time.sleep(0.3)
    with _browser() as browser:
        pages = [browser.new_page() for _ in servers] if browser else []
        for server, page in zip(servers, pages, strict=False):
            page.goto(f"http://127.0.0.1:{server.port}{post.path}")
        for number in range(edits if pages else 0):
            for server, page in zip(servers, pages, strict=True):
                page.bring_to_front()
                time.sleep(0.3)
                note(server, "seen", server.seen(source, page, f"CONTOH penanda {number} terlihat."))
    return times


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print a table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.preview", description=__doc__.split("\n")[0])
    parser.add_argument("--releases", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=50_000, help="a larger archive, adpim only; 0 for none")
    parser.add_argument("--edits", type=int, default=15)
    parser.add_argument("--work", help="folder to work in, whose corpora are kept (default: one that is deleted)")
    parser.add_argument("--write", help="Markdown file in whose section the results go")
    asked = parser.parse_args(arguments)
    work = Path(asked.work or tempfile.mkdtemp(prefix="adpim-bench-")).resolve()
    machine = report.machine(work)
    adpim, hugo = find("adpim") or (sys.executable, "-m", "generator"), find("hugo")
    results = {}
    for size in filter(None, (asked.releases, asked.large)):
        root = corpus.make(adpim, size, work)
        tools: list[Tool] = [Adpim(adpim, work / f"adpim-{size}")]
        if hugo and size == asked.releases:
            tools.append(Hugo(hugo, work / f"hugo-{size}"))
        servers = []
        for tool in tools:
            shutil.rmtree(tool.folder, ignore_errors=True)
            tool.prepare(root)
            servers.append(Server(tool))
        try:
            results[size] = measure(servers, root, size, asked.edits)
        finally:
            for server in servers:
                server.stop()
            for tool in tools:
                shutil.rmtree(tool.folder, ignore_errors=True)
    body = _table(results)
    sys.stdout.write(f"\n{machine}\n\n{body}")
    if asked.write:
        intro = f"Measured on {datetime.now(UTC).date()}, medians of {asked.edits}, by `python -m tests.bench.preview`"
        text = f"{intro} ({report.revision()}).\n\n- Machine: {machine}\n\n{body}\n{_METHOD}"
        report.put_section(Path(asked.write), "Preview", text)
    if asked.work is None:
        shutil.rmtree(work, ignore_errors=True)
    return 0


_METHOD = """\
Both servers run at once and are saved for in turn. *Served*: from before the write until a request, repeated without
a pause, brings the saved sentence. *Seen*: until a page open in Chromium has drawn it. *First page*: from the command
until the home page has come, with the ledger of an earlier start.
"""


_MEASURED = {"served": "save to served bytes", "seen": "save to screen", "first": "first page"}


def _table(results: dict[int, dict[str, dict[str, list[float]]]]) -> str:
    rows = []
    small = min(results)
    for size, tools in results.items():
        bounds = {"served": SERVED, "seen": SEEN, "first": FIRST}
        if size != small:
            bounds = {"served": 2 * SERVED, "seen": 2 * SEEN}
        for what, words in _MEASURED.items():
            if ours := tools["adpim"].get(what):
                theirs = tools.get("hugo", {}).get(what)
                wanted = _ms(bounds[what]) if what in bounds else ""
                other = _ms(median(theirs)) if theirs else "–"
                rows.append([f"{words}, {size:,} releases", _ms(median(ours)), _ms(max(ours)), other, wanted])
    return report.table(["", "adpim", "slowest", "hugo server", "wanted"], rows)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


if __name__ == "__main__":
    raise SystemExit(main())
