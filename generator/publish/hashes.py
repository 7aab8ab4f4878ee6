"""Digests of the files of the output folder: each file is read once, and known by its signature after that."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from generator.publish.coding import as_stored, compressor, stored
from generator.publish.manifest import File, digest_of
from generator.publish.record import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.signature import Signature

_LENGTH = 8
"""Values that are remembered of a file: its signature, size, digest, text and MD5 ("" where that was not asked for)."""


class Hashes:
    """The digests of the files below ``folder``, remembered in the file ``memory``. Losing that costs only time.

    ``compresses`` says that they are those of text as it is stored compressed; they are remembered beside ``memory``,
    and as long as this machine compresses as it did.
    """

    def __init__(self, folder: Path, memory: Path, *, compresses: bool = False) -> None:
        self._folder, self._compresses = folder, compresses
        self._memory = memory.with_suffix(".gzip.json") if compresses else memory
        self._maker = compressor() if compresses else ""
        self._known: dict[str, list[object]] = {}
        self._is_new = False
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            said = json.loads(self._memory.read_bytes())
            if said["by"] == self._maker:
                self._known = dict(said["files"])

    def files(self, signatures: Mapping[str, Signature]) -> dict[str, File]:
        """Return each file that ``signatures`` names as it is to stand on the host. What is not named is forgotten.

        A file that cannot be read has no digest, which no bytes have: whoever wants to send it will notice. The next
        time it is looked at again.
        """
        known, found = self._known, {}
        self._known = {}
        for file, signed in signatures.items():
            kept = known.get(file)
            if not isinstance(kept, list) or kept[:4] != [*signed] or len(kept) != _LENGTH or not kept[5]:
                kept = [*signed, *self._look(file, signed)]
            self._known[file] = kept
            size, digest, text = kept[4:7]
            found[file] = File(size, digest, text)  # type: ignore[arg-type] # as it was written below
        self._is_new = self._is_new or self._known != known
        return found

    def md5(self, file: str) -> str:
        """Return the MD5 of a file, by which some hosts name what they hold, "" of one that cannot be read.

        No safety rests on it.
        """
        kept = self._known[file]
        if kept[5] and not kept[7]:
            each = File(*kept[4:7])  # type: ignore[arg-type] # as above
            kept[7] = _md5(as_stored((self._folder / file).read_bytes(), each))
            self._is_new = True
        return str(kept[7])

    def save(self) -> None:
        """Remember the digests for the next time."""
        if self._is_new:
            with contextlib.suppress(OSError):  # then they are taken again
                self._memory.parent.mkdir(parents=True, exist_ok=True)
                said = {"by": self._maker, "files": self._known}
                write_whole(self._memory, json.dumps(said, separators=(",", ":")).encode())
            self._is_new = False

    def _look(self, file: str, signed: Signature) -> tuple[int, str, str, str]:
        """Return size, digest and text of a file as it is stored, and its MD5 as far as that costs next to nothing."""
        try:
            data = (self._folder / file).read_bytes()
        except OSError:
            return signed[0], "", "", ""
        if not self._compresses:
            return signed[0], digest_of(data), "", ""
        each, packed = stored(file, data)
        return *each, _md5(packed)  # now: it would have to be compressed once more


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
