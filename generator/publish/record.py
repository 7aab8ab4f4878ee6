"""What was published, as this machine remembers it: the same files that hold the manifest on the host.

Whoever broke into the host can change the manifest there, not this one: it is what `adpim verify` goes by. While the
head on the host holds the same bytes as this one, the parts need not be fetched.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from generator.errors import OutputError, Problem, message
from generator.output import WORK_FOLDER
from generator.publish.manifest import HEAD, OWN, DamagedManifestError, Manifest, Packed, unpack

if TYPE_CHECKING:
    from pathlib import Path


def work_folder(root: Path, name: str) -> Path:
    """Return the folder in which all is kept that concerns the target ``name`` of the site in ``root``."""
    return root / WORK_FOLDER / "publish" / name


class Record:
    """The record of one target, in the folder ``record`` of its work folder."""

    def __init__(self, work: Path) -> None:
        self._folder = work / "record"

    def head(self) -> bytes | None:
        """Return the bytes of the head that was written last, None where nothing was published."""
        return self._read(HEAD)

    def manifest(self) -> Manifest | None:
        """Return what was published last; None where nothing was, or where the record is damaged."""
        head = self.head()
        if head is None:
            return None
        try:
            return unpack(head, self._read)
        except DamagedManifestError:
            return None

    def keep(self, packed: Packed) -> None:
        """Keep a manifest, which stands on the host. Raises OutputError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, data in packed.parts.items():
                write_whole(self._folder / name, data)
            write_whole(self._folder / HEAD, packed.head)
            for file in self._folder.glob(f"{OWN}*"):
                if file.name not in packed.names:
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise unkept(error, self._folder) from None

    def holds(self, packed: Packed) -> bool:
        """Say whether all parts of ``packed`` that are not new are here."""
        return all(name in packed.parts or (self._folder / name).is_file() for name in packed.names - {HEAD})

    def _read(self, name: str) -> bytes | None:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return (self._folder / name).read_bytes()
        return None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of the work folder so that it is there whole or as it was, whatever moment the power fails at."""
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def unkept(error: OSError, where: Path) -> OutputError:
    """Return the error that says that this machine cannot remember what is published."""
    what = message("Cannot be written: {error}.", error=error.strerror or error)
    return OutputError([Problem(str(where), 0, what, message("Check free space and permissions."))])
