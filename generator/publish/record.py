"""What was published, as this machine remembers it: the same files that hold the manifest on the host.

Whoever broke into the host can change the manifest there, not this one: it is what `adpim verify` goes by. While the
head on the host holds the same bytes as this one, the parts need not be fetched.
"""

from __future__ import annotations

import contextlib
import os
from itertools import count
from typing import TYPE_CHECKING

from generator.errors import OutputError, Problem, message
from generator.output import WORK_FOLDER
from generator.publish.manifest import (
    HEAD,
    OWN,
    DamagedManifestError,
    Manifest,
    Packed,
    count_by,
    digest_of,
    part_file,
    unpack,
)

if TYPE_CHECKING:
    from pathlib import Path


def work_folder(root: Path, name: str) -> Path:
    """Return the folder in which all is kept that concerns the target ``name`` of the site in ``root``."""
    return root / WORK_FOLDER / "publish" / name


def settle(work: Path, label: str) -> None:
    """Make ``work`` the folder of the host ``label``: a target's address may have been changed.

    What belongs to another host is set aside under another name, and comes back when the address does. Raises
    OutputError.
    """
    try:
        if _label(work) not in {label, None}:
            number = next(n for n in count(1) if not _aside(work, n).exists())
            work.replace(_aside(work, number))
        if _label(work) is None:
            beside = (folder for folder in sorted(work.parent.glob(f"{work.name}.*")) if _label(folder) == label)
            if (known := next(beside, None)) is not None and not work.exists():
                known.replace(work)
        work.mkdir(parents=True, exist_ok=True)
        if _label(work) is None:
            write_whole(work / "host", label.encode())
    except OSError as error:
        raise unkept(error, work) from None


def _aside(work: Path, number: int) -> Path:
    # No target's name holds a dot.
    return work.with_name(f"{work.name}.{number}")


def _label(work: Path) -> str | None:
    try:
        return (work / "host").read_text("utf-8")
    except FileNotFoundError:
        return None


class Record:
    """The record of one target, in the folder ``record`` of its work folder."""

    def __init__(self, work: Path) -> None:
        self._folder = work / "record"

    def head(self) -> bytes | None:
        """Return the bytes of the head that was written last, None where nothing was published."""
        return self.read(HEAD)

    def count(self) -> int:
        """Return about how many files were published last; that is sooner known than which."""
        return count_by(self.head() or b"")

    def manifest(self) -> Manifest | None:
        """Return what was published last; None where nothing was, or where the record is damaged."""
        head = self.head()
        if head is None:
            return None
        try:
            return unpack(head, self.read)
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

    def part(self, name: str) -> bytes | None:
        """Return a part as it was written, by whatever machine; None where it is not here, or damaged."""
        data = self.read(name)
        return data if data is not None and name == part_file(digest_of(data)) else None

    def learn(self, name: str, data: bytes | None) -> bytes | None:
        """Keep a part that another machine has written, and return it: the next manifest may build upon it.

        What is not as it was written is returned, but not kept. Raises OutputError.
        """
        if data is not None and name == part_file(digest_of(data)) and self.read(name) != data:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                write_whole(self._folder / name, data)
            except OSError as error:
                raise unkept(error, self._folder) from None
        return data

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file that holds the manifest, None where it is not here."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return (self._folder / name).read_bytes()
        return None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of the work folder so that it is there whole or as it was, whatever moment the power fails at."""
    # A name of its own: what is not behind a lock, such as the diary, two runs of a scheduler may write at once.
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def unkept(error: OSError, where: Path) -> OutputError:
    """Return the error that says that this machine cannot remember what is published."""
    what = message("Cannot be written: {error}.", error=error.strerror or error)
    return OutputError([Problem(str(where), 0, what, message("Check free space and permissions."))])
