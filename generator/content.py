"""Reading content/: every release and standing page, with every problem of every file in one go.

What a file said when it was last read is taken from memory as long as the file is the same; only the others are read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from generator.article import Article
from generator.errors import Problem, message
from generator.page import Page
from generator.reading import PAGES, RELEASES, Errand
from generator.signature import Signature, settled, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from generator.reading import Reading

SUFFIXES = (".md", ".markdown")
PICTURES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".svg", ".heic", ".heif", ".tif", ".tiff", ".avif")
BESIDE = (*PICTURES, ".pdf", ".mp4", "thumbs.db", "desktop.ini")
"""Endings of what stands beside releases and is not meant to be read."""


class Remembered(NamedTuple):
    """What was read from a file; ``signature`` is None where the file must be read again to be sure."""

    signature: Signature | None
    parsed: Article | Page
    warnings: tuple[Problem, ...]


Shard = dict[str, Remembered]
"""What was read from one folder, by file name."""


@dataclass
class Content:
    """What stands in content/ now, and how that differs from what was remembered."""

    shards: dict[str, Shard] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """Folders whose shard is not as it was."""
    unfinished: list[Article] = field(default_factory=list)
    """Releases with problems of their own, for further checks alone."""
    unread: list[str] = field(default_factory=list)
    """Files that are not read because of their names."""
    gone: list[str] = field(default_factory=list)
    """Sources that were there and are no more, or cannot be read."""

    @property
    def articles(self) -> Iterator[Article]:
        """Every release that could be read."""
        return (r.parsed for shard in self.shards.values() for r in shard.values() if isinstance(r.parsed, Article))

    @property
    def pages(self) -> Iterator[Page]:
        """Every standing page that could be read."""
        return (r.parsed for shard in self.shards.values() for r in shard.values() if isinstance(r.parsed, Page))


class Found(NamedTuple):
    """The files of content/ that are to be read, with their signatures, and what is wrong with names there."""

    files: list[tuple[str, Signature]]
    problems: list[Problem]


def read_content(
    found: Found,
    known: Mapping[str, Shard],
    read: Callable[[list[Errand]], Iterable[Reading]],
    keep: Callable[[str, str], None],
    moment: int,
) -> Content:
    """Read what of ``found`` changed since ``known`` and return all that is there now.

    ``read`` does the errands with ``read_one``, in whatever process, in their order; ``keep`` is given the source and
    HTML of what was read anew, as it comes. ``moment`` is what the drive's clock said before anything was looked at.
    """
    content = Content(problems=[*found.problems])
    errands: list[Errand] = []
    seen: dict[str, Signature] = {}
    for source, signed in found.files:
        place, _, name = source.rpartition("/")
        memory = known.get(place, {}).get(name)
        if memory is not None and memory.signature == signed:
            content.shards.setdefault(place, {})[name] = memory
        else:
            seen[source] = signed
            errands.append(Errand(source, memory.parsed.digest if memory else b""))
    content.unread = [problem.path for problem in found.problems if problem.severity == "warning"]
    for reading in read(errands):
        signed = seen[reading.source]
        if _take(content, reading, signed if settled(signed, moment) else None, known):
            keep(reading.source, reading.html)
    for place, shard in known.items():
        now = content.shards.setdefault(place, {})
        if missing := shard.keys() - now.keys():
            content.changed.add(place)
            content.gone += [f"{place}/{name}" for name in missing]
    for shard in content.shards.values():
        for memory in shard.values():
            content.problems.extend(memory.warnings)
    return content


def _take(content: Content, reading: Reading, trusted: Signature | None, known: Mapping[str, Shard]) -> bool:
    """Take in what an errand brought, and say whether it is something new that can be published."""
    place, _, name = reading.source.rpartition("/")
    if any(problem.severity == "error" for problem in reading.problems):
        content.problems.extend(reading.problems)
        if isinstance(reading.parsed, Article):
            content.unfinished.append(reading.parsed)
        return False
    content.changed.add(place)
    if reading.parsed is not None:
        content.shards.setdefault(place, {})[name] = Remembered(trusted, reading.parsed, reading.problems)
    else:
        content.shards.setdefault(place, {})[name] = known[place][name]._replace(signature=trusted)
    return reading.parsed is not None


def find_all(root: Path) -> Found:
    """Return what stands in the folders of releases and of standing pages."""
    problems: list[Problem] = []
    return Found([each for folder in (RELEASES, PAGES) for each in find_files(root, folder, problems)], problems)


def find_files(root: Path, folder: str, problems: list[Problem]) -> Iterator[tuple[str, Signature]]:
    """Yield the Markdown files below ``folder``, as paths below ``root``, with their signatures.

    Hidden files and editors' leftovers are passed over; what leads out of content/ is reported and not followed, and so
    is what looks like a release under a wrong name.
    """
    inside = os.path.realpath(root / "content") + os.sep
    folders = [folder]
    if not os.path.realpath(root / folder).startswith(inside):
        problems.append(_leads_out(folder))
        return
    while folders:
        current = folders.pop()
        try:
            with os.scandir(root / current) as entries:
                names = sorted(entries, key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        except OSError as error:
            what = message("The folder cannot be read: {error}.", error=error.strerror)
            problems.append(Problem(current, 0, what, message("Check the folder's permissions.")))
            continue
        for entry in names:
            source = f"{current}/{entry.name}"
            if _passed_over(entry.name):
                continue
            if entry.is_symlink() and not os.path.realpath(entry.path).startswith(inside):
                problems.append(_leads_out(source))
            elif entry.is_dir():
                # A link to a folder is read where the folder stands, so that a circle of links has an end.
                folders += [] if entry.is_symlink() else [source]
            elif entry.name.lower().endswith(SUFFIXES):
                yield from _file(entry, source, problems)
            else:
                problems += _not_read(source)


def sign(root: Path, source: str) -> Signature | None:
    """Return the signature of one file if it is among those that ``find_files`` yields, else None."""
    inside = os.path.realpath(root / "content") + os.sep
    folder, _, name = source.rpartition("/")
    if not name.lower().endswith(SUFFIXES) or any(_passed_over(part) for part in source.split("/")):
        return None
    try:
        source.encode()
        # content/, and the folders that are looked through, may be links; what lies below them is read where it stands.
        top = "/".join(source.split("/")[:2])
        below = os.path.realpath(root / top) + folder.removeprefix(top).replace("/", os.sep)
        if os.path.realpath(root / folder) != below or not os.path.realpath(root / source).startswith(inside):
            return None
        status = (root / source).stat()
        return signature(status) if stat.S_ISREG(status.st_mode) else None
    except (OSError, ValueError):
        return None


def _passed_over(name: str) -> bool:
    """Say whether a file or folder is hidden, or what an editor leaves behind."""
    return name.startswith((".", "~$")) or name.endswith("~")


def _file(entry: os.DirEntry[str], source: str, problems: list[Problem]) -> Iterator[tuple[str, Signature]]:
    """Yield a file, or nothing where it cannot be read or went away meanwhile."""
    signed = _status(entry)
    if signed is None and entry.is_symlink():
        what = message("The file cannot be read: the link leads nowhere.")
        problems.append(Problem(source, 0, what, message("Put the file itself here instead of a link to it.")))
    elif signed is not None and _speakable(source, problems):
        yield source, signed


def _status(entry: os.DirEntry[str]) -> Signature | None:
    """Return the signature of a file, or None where it went away while the folder was read."""
    try:
        status = entry.stat()
    except FileNotFoundError:
        return None
    # A pipe would be waited for without end.
    return signature(status) if stat.S_ISREG(status.st_mode) else None


def _not_read(source: str) -> list[Problem]:
    """Warn of a file that might be meant to be read."""
    name = source.rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    if name.lower().endswith(BESIDE):
        return []
    what = message("This file is not read: its name does not end in .md.")
    fix = message("Copy its text into a file whose name ends in .md, and put this one somewhere else.")
    if not stem or ending.lower() in {"txt", "text", "mkd", "mdown"}:
        right = stem if stem.lower().endswith(SUFFIXES) else f"{stem or name}.md"
        fix = message('If it is a release, rename it: "{name}".', name=right)
    shown = source.encode("utf-8", "replace").decode()
    return [Problem(shown, 0, what, fix, severity="warning")]


def _leads_out(source: str) -> Problem:
    what = message("This link leads out of content/.")
    return Problem(source, 0, what, message("Put the file itself here instead of a link to it."))


def _speakable(source: str, problems: list[Problem]) -> bool:
    try:
        source.encode()
    except UnicodeEncodeError:
        shown = source.encode("utf-8", "replace").decode()
        what = message("The file's name is not valid UTF-8.")
        problems.append(Problem(shown, 0, what, message("Rename the file with letters, digits and hyphens.")))
        return False
    return True
