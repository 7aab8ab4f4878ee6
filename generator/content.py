"""Reading content/: every release and standing page, with every problem of every file in one go."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import ContentError, Problem, message
from generator.manuscript import parse_article
from generator.page import Page, parse_page
from generator.textfile import MAX_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from generator.article import Article
    from generator.config import Site

RELEASES, PAGES = "content/berita", "content/halaman"
SUFFIXES = (".md", ".markdown")


class Content(NamedTuple):
    """What stands in content/: Articles, Pages, their HTML by source, and all problems, warnings included."""

    articles: list[Article]
    pages: list[Page]
    bodies: dict[str, str]
    problems: list[Problem]


def read_content(root: Path, site: Site, tick: Callable[[], None]) -> Content:
    """Read and parse every file. ``tick`` is called once for each."""
    content = Content([], [], {}, [])
    for folder in (RELEASES, PAGES):
        for source in find_files(root, folder, content.problems):
            tick()
            try:
                data = read_file(root, source)
                if folder == RELEASES:
                    article, html, warnings = parse_article(data, source, site)
                    content.articles.append(article)
                else:
                    page, html, warnings = parse_page(data, source)
                    content.pages.append(page)
            except ContentError as error:
                content.problems.extend(error.problems)
            else:
                content.bodies[source] = html
                content.problems.extend(warnings)
    return content


def read_file(root: Path, source: str) -> bytes:
    """Return a file's bytes, at most one more than are taken. Raises ContentError where it cannot be read."""
    try:
        with (root / source).open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        what = message("The file cannot be read: {error}.", error=error.strerror)
        raise ContentError([Problem(source, 0, what, message("Check the file's permissions."))]) from None


def find_files(root: Path, folder: str, problems: list[Problem]) -> Iterator[str]:
    """Yield the Markdown files below ``folder``, as paths below ``root``, sorted.

    Hidden files and editors' leftovers are passed over; what leads out of content/ is reported and not followed.
    """
    inside = os.path.realpath(root / "content") + os.sep
    folders = [folder]
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
            if entry.name.startswith((".", "~$")) or entry.name.endswith("~"):
                continue
            if entry.is_symlink() and not os.path.realpath(entry.path).startswith(inside):
                problems.append(_leads_out(source))
            elif entry.is_dir():
                # A link to a folder is read where the folder stands, so that a circle of links has an end.
                folders += [] if entry.is_symlink() else [source]
            elif entry.name.lower().endswith(SUFFIXES) and _speakable(source, problems):
                yield source


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
