"""A build that is ended from outside leaves whole files and nothing else, and the next build heals the site.

Two thousand releases are built as a person builds them, in a process of their own with its helpers, and ended at
random moments spread over the time that a whole build takes: by SIGKILL, to all processes or to the first alone, and by
Ctrl-C.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from generator.intake.demo import write_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="asks /proc which processes are left"),
]

RELEASES = 2_000
COLD, WARM = 10, 40
"""Kills of builds from nothing, and of builds with half of the content changed."""
CTRL_C = 10
ROOT = Path(__file__).parent.parent


class Look(NamedTuple):
    """What tells that a file is still the one that was read, without reading it."""

    inode: int
    size: int
    time: int


class Victim:
    """A site of two states, and builds of it that are ended before their time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.output = root / "output"
        self.chance = random.Random("CONTOH")  # the same moments each time
        write_demo(root, RELEASES)
        self.sources = sorted((root / "content/berita").rglob("*.md"))[::2]
        self.changed = False
        self.cold, self.clean = self._time_and_look(cold=True), [self.read()]
        self.change()
        self.warm = self._time_and_look(cold=False)
        self.start_from_nothing()
        self.finish()
        self.clean.append(self.read())
        self.looked: dict[str, Look] = {}

    def _time_and_look(self, *, cold: bool) -> float:
        if cold:
            self.start_from_nothing()
        started = time.monotonic()
        self.finish()
        return time.monotonic() - started

    def change(self) -> None:
        """Turn half of the releases into their other state."""
        words = (b"Naskah ini", b"Naskah itu")
        old, new = words[self.changed], words[not self.changed]
        for file in self.sources:
            file.write_bytes(file.read_bytes().replace(old, new))
        self.changed = not self.changed

    def start_from_nothing(self) -> None:
        """Remove all that builds have left."""
        shutil.rmtree(self.root / ".adpim", ignore_errors=True)
        shutil.rmtree(self.output, ignore_errors=True)

    def start(self) -> subprocess.Popen[str]:
        """Start a build in a session of its own."""
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "generator",
                "--root",
                str(self.root),
                "build",
                "--now",
                "2015-01-01",
                "--jobs",
                "2",
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> None:
        """Build to the end."""
        build = self.start()
        said = build.communicate(timeout=120)
        assert build.returncode == 0, said

    def end(self, sign: signal.Signals, delay: float, *, group: bool) -> tuple[int, str, float]:
        """Build, end it after ``delay``, and return its exit code, what it said, and how long it still took.

        Afterwards none of its processes is left, no temporary file, and every file is whole.
        """
        build = self.start()
        time.sleep(delay)
        (os.killpg if group else os.kill)(build.pid, sign)
        ended = time.monotonic()
        try:
            # The pipes stay open as long as any of its processes lives.
            said = "".join(build.communicate(timeout=5))
            took = time.monotonic() - ended
            while left := _session(build.pid):
                assert time.monotonic() < ended + 2, left
                time.sleep(0.02)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(build.pid, signal.SIGKILL)
            build.communicate()
        self.check_whole()
        return build.returncode, said, took

    def check_whole(self) -> None:
        """Every file is the one of a clean build of either state, or the manifest."""
        for file, look in _walk(self.output):
            if self.looked.get(file) != look and file != ".adpim-manifest":
                digest = hashlib.blake2b((self.output / file).read_bytes()).digest()
                assert digest in {clean.get(file) for clean in self.clean}, file
                self.looked[file] = look

    def check_healed(self) -> None:
        """The next build gives what a clean one gives, and leaves no temporary file."""
        self.finish()
        clean = self.clean[self.changed]
        self.check_whole()
        kept = [file for file, _ in _walk(self.root / ".adpim")]
        assert [file for file in kept if "staging" in file or file.endswith((".tmp", "-journal"))] == []
        assert {file for file, _ in _walk(self.output)} == clean.keys()
        others = [file for file in clean if clean[file] != self.clean[not self.changed].get(file)]
        for file in others:
            assert hashlib.blake2b((self.output / file).read_bytes()).digest() == clean[file], file

    def read(self) -> dict[str, bytes]:
        """Return the digest of every file in output/."""
        return {file: hashlib.blake2b((self.output / file).read_bytes()).digest() for file, _ in _walk(self.output)}


def _walk(folder: Path) -> Iterator[tuple[str, Look]]:
    """Yield every file below ``folder`` with what it looks like."""
    for place, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(f"{place}/{name}")
            look = Look(status.st_ino, status.st_size, status.st_mtime_ns)
            yield os.path.relpath(f"{place}/{name}", folder), look


def _session(leader: int) -> list[str]:
    """Return the processes of a session that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] not in "ZX":
            found.append(folder.name)
    return found


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    """A site whose two states have been built cleanly."""
    return Victim(tmp_path_factory.mktemp("situs") / "situs")


def moments(victim: Victim, count: int, whole: float) -> list[float]:
    """Return random moments, one from each of ``count`` equal parts of a build's time."""
    return [whole * (part + victim.chance.random()) / count for part in range(count)]


@pytest.mark.parametrize("kind", ["cold", "warm"])
def test_a_killed_build_leaves_whole_files_and_is_healed(victim: Victim, kind: str) -> None:
    """After SIGKILL at any moment every file is whole, no process stays, and the next build equals a clean one."""
    prepare = victim.start_from_nothing if kind == "cold" else victim.change
    count, whole = (COLD, victim.cold) if kind == "cold" else (WARM, victim.warm)
    times = moments(victim, count, whole)
    victim.chance.shuffle(times)
    whole_again, tried = True, 0
    while times:
        if whole_again:
            prepare()
        moment, tried = times.pop(), tried + 1
        code, _, _ = victim.end(signal.SIGKILL, moment, group=tried % 2 == 0)
        if code == 0:
            times.append(moment * 0.8)  # too late: it was quicker than the build whose time was taken
        # Most of the builds that follow are killed as well, before one comes to its end.
        whole_again = code == 0 or tried % 4 == 0
        if whole_again:
            victim.check_healed()
    victim.check_healed()


@pytest.mark.parametrize("group", [True, False])
def test_ctrl_c_ends_a_build_at_once(victim: Victim, group: bool) -> None:
    """Ctrl-C, heard by all processes or by the first alone, ends a build within a second or so, without a traceback."""
    codes = [0]
    for moment in moments(victim, CTRL_C // 2, victim.warm):
        if codes[-1] == 0:
            victim.change()
        # While Python itself starts, Ctrl-C is answered by Python.
        code, said, took = victim.end(signal.SIGINT, 0.3 + moment * 0.8, group=group)
        codes.append(code)
        assert took < 2, said
        assert "Traceback" not in said
        assert code == 1 or "Situs selesai" in said
    assert 1 in codes
    victim.check_healed()
