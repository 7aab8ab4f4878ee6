"""How long a command takes, how much memory all its processes hold, and what it changes in a folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INTERVAL = 0.02
"""Seconds between two looks at the memory."""


class CommandError(Exception):
    """A measured command failed; the message is what it said last."""


class Seen(NamedTuple):
    """A file at one moment."""

    written: tuple[int, int]
    """Inode and time of change: other after any writing, even of the same bytes."""
    digest: bytes


class Difference(NamedTuple):
    """What became of a folder between two moments."""

    files: int
    """Files in it now."""
    written: int
    """Files that were written, with whatever bytes, or removed."""
    changed: int
    """Files that hold other bytes, or are new, or gone: what a transfer to the web server has to send."""


def seconds(command: Sequence[str], folder: Path) -> float:
    """Run ``command`` in ``folder`` and return its wall time, start-up and all."""
    os.sync()  # what an earlier command has left to be written to disk must not slow this one
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False)
        taken = time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            raise CommandError(f"{' '.join(command)}\n{said.read()[-4000:].decode(errors='replace')}")
    return taken


def peak_memory(command: Sequence[str], folder: Path) -> int:
    """Run ``command`` and return the most bytes that it and its children held at once (Linux only).

    Counted is Pss: a page that n processes share counts 1/n for each, so that forked workers are not counted double.
    Looking takes time from the command, so such a run is never one whose time counts.
    """
    peak = 0
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        while process.poll() is None:
            peak = max(peak, _session_memory(process.pid))
            time.sleep(INTERVAL)
        if process.returncode:
            said.seek(0)
            raise CommandError(f"{' '.join(command)}\n{said.read()[-4000:].decode(errors='replace')}")
    return peak


def _session_memory(session: int) -> int:
    """Return the bytes that all processes of a session hold: children stay in it, whoever their parent is."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name in parentheses may hold anything; behind it stand state, parent, group, session.
            if int((folder / "stat").read_text().rpartition(")")[2].split()[3]) != session:
                continue
            lines = (folder / "smaps_rollup").read_text().splitlines()
        except (OSError, IndexError):  # it ended while we looked
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return total


def snapshot(folder: Path) -> dict[str, Seen]:
    """Return every file below ``folder``."""
    found = {}
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            stat = path.stat()
            found[str(path)] = Seen(
                (stat.st_ino, stat.st_mtime_ns), blake2b(path.read_bytes(), digest_size=16).digest()
            )
    return found


def difference(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> Difference:
    """Compare two snapshots of one folder."""
    both = before.keys() & after.keys()
    either = len(before.keys() ^ after.keys())
    written = sum(before[name].written != after[name].written for name in both)
    changed = sum(before[name].digest != after[name].digest for name in both)
    return Difference(len(after), either + written, either + changed)
