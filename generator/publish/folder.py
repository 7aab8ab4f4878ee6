"""A folder of this machine, or one that it has mounted, as a host."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import PART, Entry, RefusedError, refused

if TYPE_CHECKING:
    from collections.abc import Iterator


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
                with contextlib.suppress(FileNotFoundError), os.scandir(self._folder / prefix) as entries:
                    for entry in entries:
                        name = prefix + entry.name
                        if entry.is_dir(follow_symlinks=False):
                            places.append(f"{name}/")
                        else:
                            status = entry.stat(follow_symlinks=False)
                            found[name] = Entry(status.st_size, modified=status.st_mtime)
        return found

    def read(self, file: str) -> bytes | None:
        """Return the bytes of a file, None if there is none."""
        with self._answering():
            try:
                return self._path(file).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def write(self, file: str, data: bytes) -> None:
        """Put a file there in one step."""
        place = self._path(file)
        with self._answering():
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f"{PART}{secrets.token_hex(8)}.part")
            try:
                part.write_bytes(data)
                part.replace(place)
            except OSError:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put."""
        place = self._path(file)
        with self._answering():
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                with place.open("xb") as target:
                    target.write(data)
            except FileExistsError:
                return False
            return True

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

    def _path(self, file: str) -> Path:
        """Return where a file stands. Raises RefusedError for a path that leads out of the folder."""
        if file.startswith("/") or ".." in file.split("/") or "\\" in file or not file:
            raise self._refused(f"{file!r}")
        return self._folder / file

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._refused(error.strerror or str(error)) from None

    def _refused(self, why: str) -> RefusedError:
        what = message("The host refuses: {error}.", error=why)
        return refused(self.label, what, message("Check free space and permissions on the host."))
