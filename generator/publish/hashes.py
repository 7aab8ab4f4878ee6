"""Digests of the files of the output folder: each file is read once, and known by its signature after that."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from generator.publish.manifest import File, digest_of
from generator.publish.record import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.signature import Signature


class Hashes:
    """The digests of the files below ``folder``, remembered in the file ``memory``. Losing that costs only time."""

    def __init__(self, folder: Path, memory: Path) -> None:
        self._folder, self._memory = folder, memory
        self._known: dict[str, list[object]] = {}
        self._is_new = False
        with contextlib.suppress(OSError, ValueError):
            known = json.loads(memory.read_bytes())
            self._known = known if isinstance(known, dict) else {}

    def files(self, signatures: Mapping[str, Signature]) -> dict[str, File]:
        """Return size and digest of each file that ``signatures`` names. What is no longer named is forgotten.

        A file that is gone has no digest, which no bytes have: whoever wants to send it will notice.
        """
        known, found = self._known, {}
        self._known = {}
        for file, signed in signatures.items():
            kept = known.get(file)
            if not isinstance(kept, list) or kept[:4] != [*signed]:
                kept = [*signed, self._read(file), ""]
            self._known[file] = kept
            found[file] = File(signed[0], str(kept[4]))
        self._is_new = self._is_new or self._known != known
        return found

    def md5(self, file: str) -> str:
        """Return the MD5 of a file, by which some hosts name what they hold; no safety rests on it."""
        kept = self._known[file]
        if not kept[5]:
            data = (self._folder / file).read_bytes()
            kept[5] = hashlib.md5(data, usedforsecurity=False).hexdigest()
            self._is_new = True
        return str(kept[5])

    def save(self) -> None:
        """Remember the digests for the next time."""
        if self._is_new:
            with contextlib.suppress(OSError):  # then they are taken again
                self._memory.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._memory, json.dumps(self._known, separators=(",", ":")).encode())
            self._is_new = False

    def _read(self, file: str) -> str:
        try:
            return digest_of((self._folder / file).read_bytes())
        except OSError:
            return ""
