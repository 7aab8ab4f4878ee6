"""A thousand files over SFTP and a slow line: ``python -m tests.bench.sftp``.

An OpenSSH server on loopback stands behind a proxy that hands on every byte 40 ms late, each way; how much goes through
at once is not limited. What is measured is thus what waiting costs, which a one-at-a-time client does for every answer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import shutil
import statistics
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import asyncssh
import pytest

from generator.publish.opening import open_host
from tests.bench.report import machine, put_section, revision, table
from tests.hosting import Proxy, SshServer, at_home, secrets, ssh_server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DELAY = 0.04
"""Seconds that each byte is late, each way."""
BOUND = 0.2
"""The most of a one-at-a-time client's time that we may take."""
PAGE = Path("docs/benchmarks.md")


def corpus(count: int) -> dict[str, bytes]:
    """Return files as a site has them: most in a folder of their own, of 2 to 20 KB. Always the same."""
    chance = random.Random(7)
    return {
        f"2026/{number % 12 + 1:02}/contoh-{number}/index.html": chance.randbytes(chance.randint(2_000, 20_000))
        for number in range(count)
    }


def _folders(file: str) -> list[str]:
    """Return the folders of a file, the outermost first."""
    parts = file.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def ours(server: SshServer, port: int, folder: str, files: Mapping[str, bytes]) -> None:
    """Send the files as ``adpim publish`` does: the host's lanes, a thread for each."""
    host = open_host(server.target(folder, port=port), secrets())
    with contextlib.closing(host), ThreadPoolExecutor(host.lanes) as threads:
        list(threads.map(lambda file: host.write(file, files[file]), files))


def one_at_a_time(server: SshServer, port: int, folder: str, files: Mapping[str, bytes]) -> None:
    """Send the files with the same library and as safely, each request after the answer to the last."""

    async def send() -> None:
        async with (
            asyncssh.connect("127.0.0.1", port, username=server.user, client_keys=[str(server.key)]) as connection,
            connection.start_sftp_client() as sftp,
        ):
            await sftp.mkdir(folder)
            made: set[str] = set()
            for file, data in files.items():
                place = f"{folder}/{file}"
                for above in _folders(file):
                    if above not in made:
                        await sftp.mkdir(f"{folder}/{above}")
                        made.add(above)
                async with sftp.open(f"{place}.part", "wb") as target:
                    await target.write(data)
                await sftp.posix_rename(f"{place}.part", place)

    asyncio.run(send())


def openssh(server: SshServer, port: int, folder: str, files: Mapping[str, bytes]) -> None:
    """Send the files with OpenSSH's own client, ``sftp -b``, which neither names them twice nor checks folders."""
    with TemporaryDirectory() as work:
        rows: dict[str, None] = {f"-mkdir {folder}": None}
        for number, (file, data) in enumerate(files.items()):
            (Path(work) / str(number)).write_bytes(data)
            for above in _folders(file):
                rows.setdefault(f"-mkdir {folder}/{above}")
            rows[f"put {work}/{number} {folder}/{file}"] = None
        batch = Path(work) / "batch"
        batch.write_text("\n".join(rows))
        known = Path(os.environ["HOME"]) / ".ssh/known_hosts"
        options = ["-q", "-P", str(port), "-i", str(server.key), "-o", f"UserKnownHostsFile={known}", "-b", str(batch)]
        command = [shutil.which("sftp") or "sftp", *options, f"{server.user}@127.0.0.1"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


CLIENTS: dict[str, Callable[[SshServer, int, str, Mapping[str, bytes]], None]] = {
    "adpim": ours,
    "asyncssh, one at a time": one_at_a_time,
    "OpenSSH sftp -b": openssh,
}


def measure(work: Path, files: Mapping[str, bytes], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each client, round by round, in turn."""
    seconds: dict[str, list[float]] = {
        name: [] for name in CLIENTS if name != "OpenSSH sftp -b" or shutil.which("sftp")
    }
    with (
        pytest.MonkeyPatch.context() as patch,
        ssh_server(work / "sshd") as server,
        Proxy(server.port, delay=DELAY) as line,
    ):
        at_home(work / "home", patch, server.known_hosts(line.port))
        for number in range(rounds):
            for name, taken in seconds.items():
                folder = work / f"web-{number}-{len(taken)}-{name[:5]}"
                start = time.perf_counter()
                CLIENTS[name](server, line.port, folder.as_posix(), files)
                taken.append(time.perf_counter() - start)
                arrived = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
                assert arrived == files, name
                print(f"{name}: {taken[-1]:.1f} s", flush=True)  # noqa: T201 - it takes minutes
                shutil.rmtree(folder)
    return seconds


def main() -> None:
    """Measure, show, and with ``--write`` put the figures into docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help=f"write the section of {PAGE}")
    wish = parser.parse_args()
    files = corpus(wish.files)
    with TemporaryDirectory() as work:
        place, commit = machine(Path(work)), revision()  # now: while it runs, others may work on
        medians = {name: statistics.median(taken) for name, taken in measure(Path(work), files, wish.rounds).items()}
    best = min(taken for name, taken in medians.items() if name != "adpim")
    rows = [(name, f"{taken:.1f} s", f"{medians['adpim'] / taken:.2g} ×") for name, taken in medians.items()]
    share = medians["adpim"] / best
    text = (
        f"Measured on {datetime.now().astimezone():%Y-%m-%d} by `python -m tests.bench.sftp`, "
        f"{'once' if wish.rounds == 1 else f'medians of {wish.rounds}'}"
        f"{f', at {commit}' if commit else ''}.\n\n- Machine: {place}\n"
        f"- {wish.files:,} files of 2 to 20 KB, {sum(map(len, files.values())) / 1e6:.1f} MB, each in a new folder, "
        f"to an OpenSSH server with {DELAY * 1000:.0f} ms of delay each way.\n"
        "- All make the folders on the way; OpenSSH's client writes to the files' own names, the others rename.\n"
        f"- Bound: at most {BOUND} × the quickest client that sends one file after the other. It is {share:.2g} ×: "
        f"{'it holds' if share <= BOUND else '**it does not hold**'}.\n\n"
        f"{table(['', 'time', 'adpim takes'], rows)}"
    )
    print(text)  # noqa: T201 - this is what it is for
    if wish.write:
        put_section(PAGE, "SFTP", text)


if __name__ == "__main__":
    main()
