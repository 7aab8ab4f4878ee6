"""Copies of what stood on a host, by their digests, so that a publish can be taken back without fetching anything."""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from typing import TYPE_CHECKING

from generator.publish.manifest import digest_of
from generator.publish.record import unkept

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path


class Copies:
    """The copies of one target, in the folder ``copies`` of its work folder. Several threads use it."""

    def __init__(self, work: Path) -> None:
        self._folder = work / "copies"

    def keep(self, digest: str, data: bytes) -> None:
        """Keep a file's bytes under their digest. Raises OutputError where the disk takes no more."""
        place = self._place(digest)
        if place.exists():
            return
        beside = place.with_name(f"{place.name}.{secrets.token_hex(4)}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # Pages become a quarter; of photos nothing is to be gained, and the quickest level loses no time on them.
            beside.write_bytes(zlib.compress(data, 1))
            beside.replace(place)
        except OSError as error:
            raise unkept(error, place) from None

    def read(self, digest: str) -> bytes | None:
        """Return the bytes of this digest, None where there is no copy, or one that is damaged."""
        with contextlib.suppress(OSError, zlib.error):
            data = zlib.decompress(self._place(digest).read_bytes())
            if digest_of(data) == digest:
                return data
        return None

    def holds(self, digest: str) -> bool:
        """Say whether there is a copy of this digest."""
        return self._place(digest).is_file()

    def prune(self, needed: AbstractSet[str]) -> None:
        """Remove every copy that is not ``needed``."""
        with contextlib.suppress(FileNotFoundError):
            for folder in [*os.scandir(self._folder)]:
                for entry in [*os.scandir(folder.path)]:
                    if folder.name + entry.name not in needed:
                        with contextlib.suppress(OSError):  # then it is removed the next time
                            os.unlink(entry.path)  # noqa: PTH108 - what scandir gives

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]
