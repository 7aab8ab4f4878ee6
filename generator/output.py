"""The output folder: what it may be, what of it is ours, and how a finished site gets into it.

Nothing half-written is ever seen: bytes are staged outside the folder, and only when all are there is each file renamed
into its place. A manifest in the folder lists the files that the program wrote; only those are ever removed.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import Message, OutputError, Problem, UsageError, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MANIFEST = ".adpim-manifest"
_HEADER = "# Files written by adpim; only these are ever removed. Do not edit.\n"
WORK_FOLDER = ".adpim"
"""Beside content/: what the program keeps for itself."""


class Changes(NamedTuple):
    """What became of the folder: files below it, each list sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    foreign: tuple[str, ...]


def choose_folder(root: Path, wanted: Path | None) -> Path:
    """Return the output folder. Raises UsageError, and touches nothing, where the site must not be written."""
    folder = wanted if wanted is not None else root / "output"
    real = Path(os.path.realpath(folder))
    home = Path(os.path.realpath(Path.home()))
    root = Path(os.path.realpath(root))
    own = [root / name for name in ("content", "templates", "generator", "tests", "docs", ".git", WORK_FOLDER)]
    if real in {home, Path.cwd()} or real in {root, *root.parents} or real in home.parents:
        raise _refused(folder, message("The site must not be written there: other files stand there."))
    if any(real == place or place in real.parents for place in own):
        raise _refused(folder, message("The site must not be written into its own sources."))
    if folder.is_symlink():
        raise _refused(folder, message("This folder is a link to {real}.", real=real))
    if folder.exists() and not folder.is_dir():
        raise _refused(folder, message("This is a file, not a folder."))
    if (
        folder.is_dir()
        and not (folder / MANIFEST).is_file()
        and any(not e.name.startswith(".") for e in folder.iterdir())
    ):
        raise _refused(folder, message("This folder is not empty, and this program did not make it."))
    return real


def _refused(folder: Path, what: Message) -> UsageError:
    fix = message("Name a folder with --output that is new, empty, or was made by this program.")
    return UsageError([Problem(str(folder), 0, what, fix)])


class Folder:
    """An output folder while a build is writing into it."""

    def __init__(self, folder: Path, work: Path) -> None:
        """Prepare to write into ``folder``; ``work`` is where bytes are staged, on the same disk if that can be."""
        self.folder = folder
        self._staging = work / "staging"
        self._staged: dict[str, Path] = {}
        try:
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging.mkdir(parents=True)
            (work / ".gitignore").write_text("*\n", encoding="utf-8")
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(error, str(folder)) from None
        self.owned = self._read_manifest()

    def _read_manifest(self) -> set[str]:
        try:
            lines = (self.folder / MANIFEST).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return set()
        # A manifest is only ever ours; a name in it that leads elsewhere was put there by somebody else.
        return {line for line in lines if line and not line.startswith(("#", "/")) and ".." not in line.split("/")}

    def holds(self, file: str, data: bytes) -> bool:
        """Say whether ``file`` has exactly these bytes already."""
        path = self.folder / file
        try:
            return path.stat().st_size == len(data) and path.read_bytes() == data and not path.is_symlink()
        except OSError:
            return False

    def stage(self, file: str, data: bytes) -> None:
        """Keep the bytes of ``file`` until all are there. Raises OutputError where the disk takes no more."""
        path = self._staging / str(len(self._staged))
        try:
            path.write_bytes(data)
        except OSError as error:
            raise _unwritable(error, file) from None
        self._staged[file] = path

    def publish(self, order: Mapping[str, int], planned: set[str]) -> Changes:
        """Put all that was staged into the folder, then remove what is ours and not ``planned`` any more.

        ``order`` gives each staged file its turn: assets, pages, lists. Raises OutputError; what was not yet written
        is then as it was before, and the next build goes on.
        """
        removed = sorted(self.owned - planned)
        added = tuple(sorted(f for f in self._staged if not (self.folder / f).is_file()))
        try:
            self._check_way(planned)
            if not planned <= self.owned:
                self._write_manifest(self.owned | planned)
            self._remove(_in_the_way(removed, planned))
            for file in sorted(self._staged, key=lambda f: (order[f], f)):
                self._place(self._staged[file], file)
            self._remove(removed)
            if self.owned != planned:
                self._write_manifest(planned)
        except OSError as error:
            raise _unwritable(error, str(error.filename2 or error.filename or self.folder)) from None
        finally:
            self.close()
        changed = tuple(sorted(set(self._staged) - set(added)))
        unchanged = len(planned) - len(self._staged)
        return Changes(added, changed, tuple(removed), unchanged, self._foreign(planned))

    def close(self) -> None:
        """Throw away what was staged."""
        shutil.rmtree(self._staging, ignore_errors=True)

    def _check_way(self, planned: set[str]) -> None:
        """Refuse, before anything is written, to write through a link or over a folder that is not ours."""
        seen: set[Path] = set()
        for file in self._staged:
            path = self.folder / file
            for parent in path.parents:
                if parent in seen or parent == self.folder:
                    break
                seen.add(parent)
                name = parent.relative_to(self.folder).as_posix()
                if parent.is_symlink() or (
                    parent.exists() and not parent.is_dir() and name not in self.owned - planned
                ):
                    raise OutputError([_in_way(parent)])
            if (
                path.is_dir()
                and not path.is_symlink()
                and not any(o.startswith(f"{file}/") for o in self.owned - planned)
            ):
                raise OutputError([_in_way(path)])

    def _place(self, staged: Path, file: str) -> None:
        target = self.folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            rename(staged, target)
        except OSError as error:
            if error.errno != 18:  # EXDEV: the folder is on another disk than the staging; copy first, rename there
                raise
            beside = target.with_name(f".adpim-{target.name}.tmp")
            shutil.copyfile(staged, beside)
            rename(beside, target)

    def _remove(self, files: Iterable[str]) -> None:
        for file in files:
            path = self.folder / file
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.folder:
                    break
                try:
                    parent.rmdir()
                except OSError:
                    break

    def _write_manifest(self, files: set[str]) -> None:
        staged = self._staging / "manifest"
        staged.write_text(_HEADER + "".join(f"{file}\n" for file in sorted(files)), encoding="utf-8", newline="\n")
        self._place(staged, MANIFEST)

    def _foreign(self, planned: set[str]) -> tuple[str, ...]:
        foreign = []
        start = len(str(self.folder)) + 1
        for folder, _, names in os.walk(self.folder):
            prefix = folder[start:].replace(os.sep, "/")
            for name in names:
                file = f"{prefix}/{name}" if prefix else name
                if file not in planned and file != MANIFEST:
                    foreign.append(file)
        return tuple(sorted(foreign))


def rename(source: Path, target: Path) -> None:
    """Rename over ``target``. On Windows a reader may hold it for a moment: a few more tries, then the error."""
    for pause in (0.02, 0.1, 0.4, 1.0):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
        else:
            return
    source.replace(target)


def _in_the_way(removed: Iterable[str], planned: set[str]) -> list[str]:
    """Return files of ours that stand where a folder must be, or below what must become a file."""
    folders = {parent for file in planned for parent in _parents(file)}
    return [file for file in removed if file in folders or any(parent in planned for parent in _parents(file))]


def _parents(file: str) -> list[str]:
    parts = file.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def _in_way(path: Path) -> Problem:
    what = message("A link, file or folder that is not ours stands where the site must be written.")
    return Problem(str(path), 0, what, message("Move it away."))


def _unwritable(error: OSError, file: str) -> OutputError:
    what = message("Cannot be written: {error}.", error=error.strerror or error)
    fix = message("Check free space and permissions. The published pages are as they were.")
    return OutputError([Problem(file, 0, what, fix)])
