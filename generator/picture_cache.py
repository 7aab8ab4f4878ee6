"""Finished pictures by all that they are made of, so that none is made twice. Losing them costs only time.

Each lies in a file of its own below ``.adpim/pictures/`` and carries a checksum, so that what a disk or a killed
process left behind is no picture. Several processes may read and write at once: a file is written beside its place and
renamed, and who comes second brings the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAY = 86_400
"""Seconds for which a picture counts as just used, and after which a file that was never renamed is a leftover."""
_CHECK = 16
_BESIDE = "part-"


class PictureCache(NamedTuple):
    """The pictures below ``folder``, which need not exist. It can be handed to other processes."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """Return the picture that was put under ``key``, or None where there is none that is whole."""
        file = self.file(key)
        try:
            data = file.read_bytes()
        except OSError:
            return None
        if _sealed(data[_CHECK:]) != data:
            return None
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > DAY:
                os.utime(file)
        return data[_CHECK:]

    def put(self, key: str, data: bytes) -> None:
        """Keep ``data`` under ``key``; where the disk does not take it, it is made again next time."""
        file = self.file(key)
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, beside = tempfile.mkstemp(prefix=_BESIDE, dir=file.parent)
            try:
                with os.fdopen(descriptor, "wb") as target:
                    target.write(_sealed(data))
                os.replace(beside, file)  # noqa: PTH105 - a name, as mkstemp gives it
            except OSError:
                Path(beside).unlink(missing_ok=True)

    def file(self, key: str) -> Path:
        """Return where the picture of ``key`` lies, or would lie; a key is any text."""
        name = hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
        return self.folder / name[:2] / name[2:]

    def prune(self, limit: int, keep: Iterable[str]) -> None:
        """Remove the pictures used longest ago until at most ``limit`` bytes remain.

        Those of the keys ``keep`` stay, whatever they weigh, and so does what cannot be removed. The keys are asked for
        only where something must go: to find those of 10,000 pictures takes longer than to look at their files.
        """
        there = sorted(_files(self.folder), key=lambda found: (found.used, found.file))
        weight = sum(found.size for found in there)
        kept = {self.file(key) for key in keep} if weight > limit else set()
        for found in there:
            if found.file in kept:
                continue
            # What another process writes just now is minutes old at most.
            leftover = found.file.name.startswith(_BESIDE)
            if time.time() - found.used > DAY if leftover else weight > limit:
                with suppress(OSError):
                    found.file.unlink()
                    weight -= found.size


class _Found(NamedTuple):
    file: Path
    size: int
    used: float


def _files(folder: Path) -> Iterator[_Found]:
    """Yield each file of the cache; others that lie in its folder are not its own."""
    for shard in folder.glob("[0-9a-f][0-9a-f]"):
        with suppress(OSError), os.scandir(shard) as entries:
            for entry in entries:
                name, status = entry.name, entry.stat(follow_symlinks=False)
                if entry.is_file(follow_symlinks=False) and (len(name) == 30 or name.startswith(_BESIDE)):
                    yield _Found(shard / name, status.st_size, status.st_mtime)


def _sealed(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK).digest() + data
