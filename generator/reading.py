"""Reading one file of content/: its bytes, and what they say as a release or a standing page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.article import Article, digest_of
from generator.errors import ContentError, Problem, message
from generator.textfile import MAX_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.config import Site
    from generator.page import Page

RELEASES, PAGES = "content/berita", "content/halaman"
USUAL_FILE = 64_000
"""Bytes to ask for at once: asking for the memory of the largest file costs more than reading a usual one."""


class Errand(NamedTuple):
    """A file to be read, and the digest of what is known of it (empty if nothing is)."""

    source: str
    digest: bytes


class Reading(NamedTuple):
    """What an errand brought: nothing new (neither ``parsed`` nor problems), something new, or problems.

    With a problem that is an error, ``parsed`` is a release for further checks alone.
    """

    source: str
    parsed: Article | Page | None
    html: str
    problems: tuple[Problem, ...]


def read_one(root: Path, site: Site, errand: Errand) -> Reading:
    """Read a file and parse it, unless its bytes are those that are known."""
    data = _held(root, errand)
    return _parsed(site, errand, data) if isinstance(data, bytes) else data


def read_piece(root: Path, site: Site, errands: Sequence[Errand]) -> list[Reading]:
    """Do some errands in a process of their own: all files are read, then all are parsed, which is a little quicker."""
    held = [_held(root, errand) for errand in errands]
    return [
        _parsed(site, errand, data) if isinstance(data, bytes) else data
        for errand, data in zip(errands, held, strict=True)
    ]


def _held(root: Path, errand: Errand) -> bytes | Reading:
    """Return the bytes of a file, or the Reading of one that cannot be read."""
    try:
        return read_file(root, errand.source)
    except ContentError as error:
        return Reading(errand.source, None, "", error.problems)


def _parsed(site: Site, errand: Errand, data: bytes) -> Reading:
    # Markdown and YAML cost 40 ms of imports, which a build without a changed file saves.
    from generator.manuscript import UnfinishedError, parse_article  # noqa: PLC0415 - as said
    from generator.page_manuscript import parse_page  # noqa: PLC0415 - as said

    source = errand.source
    if errand.digest and errand.digest == digest_of(data, source, site):
        return Reading(source, None, "", ())
    try:
        if source.startswith(f"{PAGES}/"):
            page, html, warnings = parse_page(data, source, site)
            return Reading(source, page, html, warnings)
        article, html, warnings = parse_article(data, source, site)
        return Reading(source, article, html, warnings)
    except UnfinishedError as error:
        return Reading(source, error.article, "", error.problems)
    except ContentError as error:
        return Reading(source, None, "", error.problems)


def read_file(root: Path, source: str) -> bytes:
    """Return a file's bytes, at most one more than are taken. Raises ContentError where it cannot be read."""
    data = b""
    try:
        # A name and no buffer: with 10,000 files this takes half the time that a Path and a buffer take.
        with open(f"{root}/{source}", "rb", buffering=0) as file:  # noqa: PTH123 - as said
            while len(data) <= MAX_FILE and (more := file.read(USUAL_FILE)):
                data += more
    except OSError as error:
        raise ContentError([_unreadable(source, error.strerror or str(error))]) from None
    return data[: MAX_FILE + 1]


def _unreadable(source: str, why: str) -> Problem:
    what = message("The file cannot be read: {error}.", error=why)
    return Problem(source, 0, what, message("Check the file's permissions."))
