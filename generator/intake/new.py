"""The file of a new release, ready to fill in."""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING

from generator.errors import OutputError, Problem, UsageError, message
from generator.fields import parse_moment, tidy
from generator.i18n import catalogue
from generator.urls import could_be_day, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.config import Site

_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
# What YAML reads back as the text it is, without quotes.
_PLAIN = re.compile(r"[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ .()/–-]*(?<! )")


def new_release(root: Path, title: str, date: str, tags: Iterable[str], site: Site) -> Path:
    """Write the file of a release into content/berita/YYYY/MM/ and return it.

    ``date`` is as in front matter. Never writes over an existing file. Raises UsageError where
    none can be made of these words, OutputError where the disk refuses it.
    """
    title, tags = tidy(title), [tidy(tag) for tag in tags if tidy(tag)]
    _check_signs(title, *tags)
    slug = slugify(title)
    moment = parse_moment(date, site.zone)
    for tag in tags:
        if not slugify(tag):
            what = message('The tag "{name}" has no Latin letter and no digit, so it can have no page.', name=tag)
            raise UsageError([Problem("--tag", 0, what, message("Write the tag in Latin letters."))])
    if not slug or could_be_day(slug):
        what = message("No address can be made of this title: it has no Latin letter and no digit.")
        if slug:
            what = message('The address would end in "/{slug}/", where the page of a day stands.', slug=slug)
        raise UsageError([Problem(title or '""', 0, what, message("Give the title at least one word."))])
    if moment is None:
        what = message('"{text}" is not a moment.', text=date)
        raise UsageError([Problem("--date", 0, what, message('Write for example --date "2026-12-04 08:00".'))])
    file = root / "content" / "berita" / f"{moment.at:%Y}" / f"{moment.at:%m}" / f"{slug}.md"
    data = _text(title, tidy(date), tags, site.language).encode()
    if file.exists():
        what = message("There is a release with this title and month already.")
        fix = message("Open that file, or give the new release another title.")
        raise UsageError([Problem(file.relative_to(root).as_posix(), 0, what, fix)])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_new(file, data)
    except OSError as error:
        what = message("Cannot be written: {error}.", error=error.strerror or error)
        raise OutputError([Problem(str(file), 0, what, message("Check free space and permissions."))]) from None
    return file


def _check_signs(*texts: str) -> None:
    """Refuse what no file may hold, and what a terminal handed over in another encoding."""
    for text in texts:
        shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
        if _UNWRITABLE.search(text):
            what = message("The text contains an invisible character or a broken one.")
            raise UsageError([Problem(shown, 0, what, message("Type the text again."))])


def _write_new(file: Path, data: bytes) -> None:
    # "x": a file that appeared a moment ago is not written over either.
    with file.open("xb", buffering=0) as target:
        whole = False
        try:
            whole = target.write(data) == len(data)
        finally:
            target.close()
            if not whole:
                # Half a release would stop every later build.
                file.unlink()
    if not whole:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _text(title: str, date: str, tags: list[str], language: str) -> str:
    _ = catalogue(language).gettext
    hint = _("delete this line when the release may be published")
    rows = [
        "---",
        f"title: {quote(title)}",
        f"date: {date}",
        "place:",
        f"tags: [{', '.join(quote(tag) for tag in tags)}]",
        "summary:",
        "photo:",
        "caption:",
        "alt:",
        "credit:",
        f"draft: true # {hint}",
        "---",
        "",
        _("Write the text of the release here."),
    ]
    return "\n".join(rows) + "\n"


def quote(text: str) -> str:
    """Return ``text`` as a YAML scalar: as it is where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text.lower() not in {"null", "true", "false", "yes", "no", "on", "off"}:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
