"""How a finished site gets into its folder.

Nothing half-written is ever seen: bytes are staged outside the folder, and only when all are there is each file renamed
into its place; where there was no folder, the whole site is. A manifest in the folder lists the files that the program
wrote; only those are ever removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from generator.errors import OutputError, Problem, message
from generator.output.choice import refused
from generator.output.staging import Staging, unwritable
from generator.signature import signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from generator.output.survey import Signed, Survey
    from generator.signature import Signature

MANIFEST = ".adpim-manifest"
_BESIDE = ".adpim-tmp"
"""In the output folder, while a build is writing to another disk than its own."""
_HEADER = "# Files written by adpim; only these are ever removed. Do not edit.\n"


class Changes(NamedTuple):
    """What became of the folder: files below it, each list sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    foreign: tuple[str, ...]


def is_passing(file: str) -> bool:
    """Say whether a file below an output folder is the program's own and no page: the manifest, or a leftover."""
    return file == MANIFEST or file.startswith(f"{_BESIDE}/")


def leftovers(folder: Path, work: Path) -> list[Path]:
    """Return what a build that was killed has left behind."""
    return [place for place in (*work.glob("staging-*"), folder / _BESIDE) if place.exists()]


class Folder:
    """An output folder while a build writes into it. Use as a context: what was staged is thrown away at its end."""

    def __init__(self, folder: Path, work: Path, known: Mapping[str, Signed]) -> None:
        """Prepare to write into ``folder``.

        ``work`` is where bytes are staged; ``known`` are the files that the last build remembers to have written here.
        Raises UsageError if the folder is full and not ours, OutputError if it cannot be made.
        """
        self.folder = folder
        self._known = known
        self._made: set[str] = set()
        self._listed = self._read_manifest()
        try:
            # A name alone makes no file ours: with the manifest gone, only what is still as we left it.
            self._owned = self._listed | {
                file for file in known.keys() - self._listed if self._is(file, known[file].signature)
            }
            full = folder.is_dir() and os.listdir(folder)  # noqa: PTH208 - names alone
            if full and not self._owned:
                raise refused(folder, message("This folder is not empty, and this program did not make it."))
            is_new = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            for left in leftovers(folder, work):
                shutil.rmtree(left, ignore_errors=True)  # by a build that was killed
            # A name of its own: a process that a killed build left behind may still be writing into the last one.
            self._place = Path(tempfile.mkdtemp(prefix="staging-", dir=work))
        except OSError as error:
            raise unwritable(error, str(folder)) from None
        self._desk = self._place
        """Where files wait that are to be renamed into the folder: on the same disk as it."""
        self._site = self._place / "site" if is_new else None
        """Where the whole site waits that is to become the folder."""
        if self._site:
            self._site.mkdir()
        self.staging = Staging(str(folder), str(self._site or self._place), is_whole=is_new)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for place in {self._place, self._desk}:
            shutil.rmtree(place, ignore_errors=True)
        if self._site:
            with contextlib.suppress(OSError):
                self.folder.rmdir()  # no site came into it

    def _is(self, file: str, signed: Signature) -> bool:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            return signature(os.lstat(self.folder / file)) == signed
        return False

    def _read_manifest(self) -> set[str]:
        try:
            lines = (self.folder / MANIFEST).read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError):
            return set()
        # A manifest is only ever ours; a name in it that leads elsewhere was put there by somebody else.
        return {line for line in lines if line and line[0] not in "#/" and (".." not in line or _stays(line))}

    def publish(self, staged: Mapping[str, str], planned: set[str], there: Survey) -> Changes:
        """Put ``staged`` files into the folder in their order, then remove what is ours and not ``planned`` any more.

        ``staged`` maps files to where their bytes wait; ``there`` is what a survey found before, beside the ``known``
        files. Raises OutputError; then every page is as it was, or, if what is no longer planned cannot be removed, as
        it shall be.
        """
        removed = sorted(file for file in self._owned - planned if there.holds(file, self._known))
        way = _in_the_way(removed, staged)
        try:
            if not self._appear(planned):
                self._check_way(staged, set(removed), there)
                if staged or self._listed != planned:
                    staged = self._bring_near(staged)
                self._list(self._owned | planned)
                self._made = there.folders - {parent for file in removed for parent in _parents(file)}
                self._exchange(staged, way, there)
        except OSError as error:
            raise unwritable(error, _named(error, self.folder)) from None
        try:
            self._remove(file for file in removed if file not in way)
            self._list(planned)
        except OSError as error:
            fix = message("The site is written. Check free space and permissions, then build once more.")
            raise unwritable(error, _named(error, self.folder), fix) from None
        changed = {file for file in staged if there.holds(file, self._known)}
        return Changes(
            added=tuple(sorted(staged.keys() - changed)),
            changed=tuple(sorted(changed)),
            removed=tuple(removed),
            unchanged=len(planned) - len(staged),
            foreign=tuple(sorted(f for f in there.others.keys() - planned - self._owned if not is_passing(f))),
        )

    def _appear(self, files: set[str]) -> bool:
        """Let the whole site take the place of the folder that was made for it; say whether it could.

        That saves the first build of 10,000 releases 17,000 renames and making 12,000 folders alone, half a second.
        Where the system refuses, as between disks, each file can still be put.
        """
        if self._site is None:
            return False
        _write_manifest(self._site / MANIFEST, files)
        try:
            self._site.rename(self.folder)
        except OSError:
            return False
        self._listed = files
        return True

    def _bring_near(self, staged: Mapping[str, str]) -> Mapping[str, str]:
        """Return where the ``staged`` bytes wait on the folder's own disk: only there can they be renamed in one step.

        Asked of the system by trying, since mounts and containers part what looks like one disk.
        """
        probe, near = self._place / "probe", self.folder / _BESIDE
        probe.mkdir()
        try:
            rename(str(probe), str(near))
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            near.rmdir()
            return staged
        near.mkdir()
        self._desk = near
        moved = {file: f"{near}/{number}" for number, file in enumerate(staged)}
        for file, place in moved.items():
            shutil.copyfile(staged[file], place)
        return moved

    def _check_way(self, staged: Iterable[str], going: set[str], there: Survey) -> None:
        """Refuse, before anything is written, to write through a link or over a folder that is not ours."""
        for file in staged:
            for parent in _parents(file):
                if parent not in going and there.holds(parent, self._known):
                    raise self._in_way(parent)
            if file not in self._owned and there.holds(file, self._known):
                raise self._in_way(file)
            if file in there.folders:
                standing = there.others.keys() | (self._known.keys() - there.gone)
                below = [each for each in standing if each.startswith(f"{file}/")]
                if not below or not all(each in going for each in below):
                    raise self._in_way(file)

    def _in_way(self, name: str) -> OutputError:
        what = message("A link, file or folder that is not ours stands where the site must be written.")
        return OutputError([Problem(str(self.folder / name), 0, what, message("Move it away."))])

    def _exchange(self, staged: Mapping[str, str], way: list[str], there: Survey) -> None:
        """Clear the ``way`` and put all ``staged`` files into their places; if one cannot be, put all back."""
        kept = self._keep(file for file in (*way, *staged) if there.holds(file, self._known))
        begun: list[str] = []
        try:
            for file in way:
                begun.append(file)
                self._remove([file])
            for file, place in staged.items():
                begun.append(file)
                self._put(place, file)
        except BaseException:
            self._put_back(begun, kept)
            raise

    def _keep(self, files: Iterable[str]) -> dict[str, str]:
        """Give files that will be replaced a second name, under which they last until the build is over."""
        kept = {}
        for number, file in enumerate(files):
            kept[file] = f"{self._desk}/kept-{number}"
            try:
                os.link(f"{self.folder}/{file}", kept[file])
            except FileNotFoundError:
                del kept[file]
            except OSError:
                # Not every file system has second names.
                shutil.copyfile(f"{self.folder}/{file}", kept[file], follow_symlinks=False)
        return kept

    def _put_back(self, begun: list[str], kept: Mapping[str, str]) -> None:
        self._made = set()
        for file in reversed(begun):
            # The error that led here is the one to be told.
            with contextlib.suppress(OSError):
                if file in kept:
                    self._put(kept[file], file)
                else:
                    self._remove([file])

    def _put(self, staged: str, file: str) -> None:
        self._make_folders(file)
        rename(staged, f"{self.folder}/{file}")

    def _make_folders(self, file: str) -> None:
        for parent in _parents(file):
            if parent not in self._made:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(f"{self.folder}/{parent}")  # noqa: PTH102 - twice as fast as a Path, 12,000 times
                self._made.add(parent)

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

    def _list(self, files: set[str]) -> None:
        """Write the manifest, unless it says this already."""
        if files == self._listed and (self.folder / MANIFEST).is_file():
            return
        staged = self._desk / "manifest"
        _write_manifest(staged, files)
        self._put(str(staged), MANIFEST)
        self._listed = files


def _stays(file: str) -> bool:
    """Say whether a path stays below the folder it begins in."""
    return ".." not in file.split("/")


def _write_manifest(path: Path, files: Iterable[str]) -> None:
    path.write_text(_HEADER + "".join(f"{file}\n" for file in sorted(files)), encoding="utf-8", newline="\n")


def rename(source: str, target: str) -> None:
    """Rename over ``target``. On Windows a reader may hold it for a moment: a few more tries, then the error."""
    for pause in (0.02, 0.1, 0.4, 1.0):
        try:
            os.replace(source, target)  # noqa: PTH105 - a third faster than a Path, 17,000 times
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
        else:
            return
    os.replace(source, target)  # noqa: PTH105 - as above


def _in_the_way(removed: list[str], staged: Iterable[str]) -> list[str]:
    """Return files of ours that stand where a folder must be, or below what must become a file."""
    if not removed:
        return []  # as nearly always; to find the folders of 27,000 files takes a twentieth of a second
    files = set(staged)
    folders = {parent for file in files for parent in _parents(file)}
    return [file for file in removed if file in folders or any(parent in files for parent in _parents(file))]


def _parents(file: str) -> list[str]:
    return [file[:place] for place, sign in enumerate(file) if sign == "/"]


def _named(error: OSError, folder: Path) -> str:
    return str(error.filename2 or error.filename or folder)
