"""A folder of this machine, or one that it has mounted, as a host."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from generator.publish.host import CLOSED, Entry, inside, part_name
from generator.publish.refusals import denied

if TYPE_CHECKING:
    from collections.abc import Iterator

_BROKEN = frozenset(
    {
        *(errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
        *(errno.ETIMEDOUT, errno.ECONNRESET, errno.ECONNABORTED, errno.ECONNREFUSED, errno.ENOTCONN),
        *(errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH),
    }
)
"""Errors of the disk, the mount or this machine: they say nothing of the folder that was asked for."""


class FolderHost:
    """``file://``: a mounted folder. A new file takes the place of the old one in one step."""

    lanes = 4

    def __init__(self, folder: Path, label: str) -> None:
        self._folder = folder
        self.label = label

    def listing(self) -> dict[str, Entry]:
        """Return every file below the folder."""
        found: dict[str, Entry] = {}
        places = [""]
        with self._answering():
            while places:
                prefix = places.pop()
                entries = self._entries(prefix)
                if entries is None:
                    found[prefix.rstrip("/")] = CLOSED
                for entry in entries or ():
                    name = prefix + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        places.append(f"{name}/")
                        continue
                    known = _known(entry)
                    if known is not None:
                        found[name] = known
        return found

    def read(self, file: str, most: int | None = None) -> bytes | None:
        """Return the bytes of a file, None if there is none, or none that is regular and has at most so many bytes."""
        place = self._path(file)
        with self._answering():
            try:
                if most is not None:
                    status = place.lstat()
                    if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                        return None
                return place.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, file: str, data: bytes) -> None:
        """Put a file there in one step."""
        place = self._path(file)
        with self._answering():
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(part_name())
            try:
                part.write_bytes(data)
                part.replace(place)
            except OSError:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put: it gets its name when it is whole."""
        place = self._path(file)
        with self._answering():
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(part_name())
            try:
                part.write_bytes(data)
                return _named(part, place, data)
            finally:
                with contextlib.suppress(OSError):
                    part.unlink()

    def remove(self, file: str) -> None:
        """Remove a file and the folders that it leaves empty."""
        place = self._path(file)
        with self._answering():
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                place.unlink()
            for folder in place.parents:
                if folder == self._folder or self._folder not in folder.parents:
                    break
                try:
                    folder.rmdir()
                except OSError:
                    break  # something else stands in it

    def move(self, file: str, target: str) -> None:
        """Rename a file; ``target`` may lie beside the folder."""
        goal = Path(os.path.normpath(self._folder / target))
        with self._answering():
            goal.parent.mkdir(parents=True, exist_ok=True)
            self._path(file).replace(goal)

    def close(self) -> None:
        """Do nothing: there is no line."""

    def _entries(self, prefix: str) -> list[os.DirEntry[str]] | None:
        """Return what stands in a folder, None where there is no looking into it; into the site's own there must be."""
        try:
            with os.scandir(f"{self._folder}/{prefix}") as entries:  # a Path for each would cost a fifth of it all
                return list(entries)
        except FileNotFoundError:
            # What another process removes meanwhile was not there; Windows says the same of a path that is too long.
            return None if prefix and self._is_there(prefix) else []
        except OSError as error:
            if not prefix or error.errno in _BROKEN:
                raise
            return None

    def _is_there(self, prefix: str) -> bool:
        """Say whether the folder above lists this one."""
        above, _, name = prefix.rstrip("/").rpartition("/")
        try:
            with os.scandir(f"{self._folder}/{above}") as entries:
                return any(entry.name == name for entry in entries)
        except FileNotFoundError:
            return False

    def _path(self, file: str) -> Path:
        """Return where a file stands. Raises RefusedError for a path that leads out of the folder."""
        if os.name == "nt" and ("\\" in file or ":" in file):
            raise denied(self.label, f"{file!r}")
        return self._folder / inside(self.label, file)

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise denied(self.label, error.strerror or error) from None


def _known(entry: os.DirEntry[str]) -> Entry | None:
    """Return what is known of a file, None if it has gone; nothing but its name where its path is too long."""
    try:
        status = entry.stat(follow_symlinks=False)
        return Entry(status.st_size, modified=status.st_mtime, is_file=entry.is_file(follow_symlinks=False))
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _BROKEN:
            raise
        return CLOSED


def _named(part: Path, place: Path, data: bytes) -> bool:
    """Give a whole file, whose bytes are ``data``, its name if that is free, and say whether it was."""
    try:
        os.link(part, place)
    except FileExistsError:
        return False
    except OSError:
        return _put_new(place, data)  # FAT and some mounts know no links: there it may be seen before it is whole
    return True


def _put_new(place: Path, data: bytes) -> bool:
    """Write a file if there is none, and say whether there was none."""
    try:
        target = place.open("xb")
    except FileExistsError:
        return False
    try:
        with target:
            target.write(data)
    except OSError:
        with contextlib.suppress(OSError):
            place.unlink()
        raise
    return True
