"""A host of many folders looked at over FTP and a slow line: ``python -m tests.bench.ftp``.

vsftpd on loopback stands behind proxies, one for its commands and one for each port of its transfers, that hand on
every byte 40 ms late, each way. Each folder holds one file, as each release has a folder of its own.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench.report import machine, put_section, revision, table
from tests.hosting import Proxy
from tests.hosting_ftp import FtpServer, vsftpd

if TYPE_CHECKING:
    from collections.abc import Iterator

DELAY = 0.04
"""Seconds that each byte is late, each way."""
BOUND = 0.1
"""The most of the long way's time that a glance may take."""
PORTS = range(42_100, 42_124)
"""Where vsftpd awaits transfers; more than there are at once, since a port that was used rests for a while."""
AT = "127.0.0.2"
"""Where the proxies listen: vsftpd has the same ports at 127.0.0.1."""
PAGE = Path("docs/benchmarks.md")


def furnish(root: Path, count: int) -> None:
    """Make ``count`` folders with a file each, by year and month as a site has them."""
    for number in range(count):
        folder = root / f"situs/2026/{number % 12 + 1:02}/contoh-{number}"
        folder.mkdir(parents=True)
        (folder / "index.html").write_bytes(b"CONTOH" * number)


@contextmanager
def behind_lines(work: Path, *, tls: bool, delay: float) -> Iterator[tuple[FtpServer, list[Proxy]]]:
    """Run vsftpd in ``work``; return it with the lines to it, of which the first is that of the commands."""
    more = f"pasv_min_port={PORTS[0]}\npasv_max_port={PORTS[-1]}\n"
    work.mkdir()
    with vsftpd(work, tls=tls, more=more) as server, ExitStack() as lines:
        commands = lines.enter_context(Proxy(server.port, delay=delay, at=(AT, 0)))
        yield server, [commands, *(lines.enter_context(Proxy(port, delay=delay, at=(AT, port))) for port in PORTS)]


def seconds_of_a_look(server: FtpServer, port: int, count: int, *, quick: bool) -> float:
    """Return how long it takes to learn of every file, with one line open and the others to come."""
    with closing(server.host(host=AT, port=port, quick=quick)) as host:
        start = time.perf_counter()
        assert len(host.listing()) == count
        return time.perf_counter() - start


def measure(work: Path, count: int, rounds: int, *, tls: bool) -> tuple[float, float]:
    """Return the medians of the long way and of a glance, each measured in turn."""
    with behind_lines(work, tls=tls, delay=DELAY) as (server, (commands, *_)):
        furnish(server.root, count)
        taken: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(rounds):
            for quick, its in taken.items():
                its.append(seconds_of_a_look(server, commands.port, count, quick=quick))
    return statistics.median(taken[False]), statistics.median(taken[True])


def main() -> None:
    """Measure, show, and with ``--write`` put the figures into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"write the section of {PAGE}")
    wish = parser.parse_args()
    with TemporaryDirectory() as work:
        place, commit = machine(Path(work)), revision()  # now: while it runs, others may work on
        kinds = {"ftps://": True, "ftp://": False}
        looks = {
            kind: measure(Path(work) / str(tls), wish.folders, wish.rounds, tls=tls) for kind, tls in kinds.items()
        }
    share = max(glance / long for long, glance in looks.values())
    text = (
        f"Measured on {datetime.now().astimezone():%Y-%m-%d} by `python -m tests.bench.ftp`, "
        f"{'once' if wish.rounds == 1 else f'medians of {wish.rounds}'}"
        f"{f', at {commit}' if commit else ''}.\n\n- Machine: {place}\n"
        f"- Every file of {wish.folders:,} folders on vsftpd with {DELAY * 1000:.0f} ms of delay each way, of commands "
        "and of transfers; connections themselves are made at once, which favours the long way.\n"
        "- *The long way* asks for each folder on a line of its own, as `adpim verify` does; *a glance* has it told on "
        "the line of commands, as `adpim publish` does.\n"
        f"- Bound: a glance takes at most {BOUND} × the long way. It takes {share:.2g} ×: "
        f"{'it holds' if share <= BOUND else '**it does not hold**'}.\n\n"
        + table(
            ["", "the long way", "a glance"],
            [(kind, f"{long:.1f} s", f"{glance:.1f} s") for kind, (long, glance) in looks.items()],
        )
    )
    print(text)  # noqa: T201 - this is what it is for
    if wish.write:
        put_section(PAGE, "FTP", text)


if __name__ == "__main__":
    main()
