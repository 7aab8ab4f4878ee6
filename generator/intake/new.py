"""The file of a new release, ready to fill in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.errors import Problem, UsageError, message
from generator.fields import parse_moment, tidy
from generator.i18n import catalogue
from generator.urls import could_be_day, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.config import Site

# What YAML reads back as the text it is, without quotes.
_PLAIN = re.compile(r"[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ .()/–-]*(?<! )")


def new_release(root: Path, title: str, date: str, tags: Iterable[str], site: Site) -> Path:
    """Write the file of a release into content/berita/YYYY/MM/ and return it.

    ``date`` is as in front matter. Never writes over an existing file. Raises UsageError where no file can be made.
    """
    title = tidy(title)
    slug = slugify(title)
    moment = parse_moment(date, site.zone)
    if not slug or could_be_day(slug):
        what = message("No address can be made of this title: it has no Latin letter and no digit.")
        if slug:
            what = message('The address would end in "/{slug}/", where the page of a day stands.', slug=slug)
        raise UsageError([Problem(title or '""', 0, what, message("Give the title at least one word."))])
    if moment is None:
        what = message('"{text}" is not a moment.', text=date)
        raise UsageError([Problem("--date", 0, what, message('Write for example --date "2026-12-04 08:00".'))])
    file = root / "content" / "berita" / f"{moment.at:%Y}" / f"{moment.at:%m}" / f"{slug}.md"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as target:
            target.write(_text(title, date, [tidy(tag) for tag in tags if tidy(tag)], site.language))
    except FileExistsError:
        what = message("There is a release with this title and month already.")
        fix = message("Open that file, or give the new release another title.")
        raise UsageError([Problem(file.relative_to(root).as_posix(), 0, what, fix)]) from None
    except OSError as error:
        what = message("Cannot be written: {error}.", error=error.strerror or error)
        raise UsageError([Problem(str(file), 0, what, message("Check free space and permissions."))]) from None
    return file


def _text(title: str, date: str, tags: list[str], language: str) -> str:
    _ = catalogue(language).gettext
    rows = [
        "---",
        f"title: {quote(title)}",
        f"date: {date}",
        "place:",
        f"tags: [{', '.join(quote(tag) for tag in tags)}]",
        "summary:",
        f"draft: true # {_('delete this line when the release may be published')}",
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
