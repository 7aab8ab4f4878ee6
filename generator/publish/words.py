"""What a publish will change, in words: "3 halaman baru, 12 berubah, 1 dihapus, 2 foto; 1,4 MB"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.i18n import catalogue
from generator.publish.order import is_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.publish.changes import Plan

_PICTURE = re.compile(r"(?P<folder>(?:.*/)?)[^/]+\.(?P<mark>[0-9a-f]{8})\.(?:avif|gif|jpe?g|png|webp)", re.IGNORECASE)
"""A file of a picture: the mark in its name is that of all its sizes, crops and formats. A share card's is longer."""
_UNITS = ((1_000_000_000, "gigabyte"), (1_000_000, "megabyte"), (1_000, "kilobyte"), (1, "byte"))


class Counts(NamedTuple):
    """What will change, counted: pages, photos that are sent, all other files, bytes that are sent.

    A photo is one, however many files it is served in.
    """

    new_pages: int
    changed_pages: int
    removed_pages: int
    photos: int
    others: int
    removed_others: int
    size: int


def count(plan: Plan) -> Counts:
    """Return the counts of ``plan``."""
    others = [file for file in plan.sent if not is_page(file)]
    pictures = [found for found in map(_PICTURE.fullmatch, others) if found]
    removed_pages = _pages(plan.removed)
    return Counts(
        new_pages=_pages(plan.new),
        changed_pages=_pages(plan.changed),
        removed_pages=removed_pages,
        photos=len({found.group("folder", "mark") for found in pictures}),
        others=len(others) - len(pictures),
        removed_others=len(plan.removed) - removed_pages,
        size=plan.size,
    )


def in_words(plan: Plan, language: str) -> str:
    """Return one line that says what ``plan`` changes."""
    counts, ngettext = count(plan), catalogue(language).ngettext
    n = counts.new_pages
    # A count that follows one of pages need not say so again.
    parts = [(n, ngettext("{n} new page", "{n} new pages", n))]
    n = counts.changed_pages
    parts.append(
        (n, ngettext("{n} changed", "{n} changed", n))
        if counts.new_pages
        else (n, ngettext("{n} changed page", "{n} changed pages", n))
    )
    n = counts.removed_pages
    parts.append(
        (n, ngettext("{n} removed", "{n} removed", n))
        if counts.new_pages or counts.changed_pages
        else (n, ngettext("{n} removed page", "{n} removed pages", n))
    )
    parts += [
        (counts.photos, ngettext("{n} photo", "{n} photos", counts.photos)),
        (counts.others, ngettext("{n} other file", "{n} other files", counts.others)),
        (counts.removed_others, ngettext("{n} other file removed", "{n} other files removed", counts.removed_others)),
    ]
    said = [text.format(n=_number(n, language)) for n, text in parts if n]
    if not said:
        return catalogue(language).gettext("nothing but the list of published files")
    return f"{', '.join(said)}; {size_in_words(counts.size, language)}"


def listed(plan: Plan) -> list[str]:
    """Return one line for each file: + new, ~ changed, - removed."""
    signs = (("+", plan.new), ("~", plan.changed), ("-", plan.removed))
    return [f"{sign} {file}" for sign, files in signs for file in files]


def size_in_words(size: int, language: str) -> str:
    """Return "1,4 MB" for 1,400,000 bytes."""
    from babel.units import format_unit  # noqa: PLC0415 - 20 ms that `adpim --help` need not pay

    unit, name = next(each for each in _UNITS if size >= each[0] or each[0] == 1)
    value = size / unit
    rounded = round(value, 1) if value < 10 else round(value)
    return str(format_unit(rounded, name, length="short", locale=language))


def _pages(files: Iterable[str]) -> int:
    return sum(map(is_page, files))


def _number(value: int, language: str) -> str:
    from babel.numbers import format_decimal  # noqa: PLC0415 - as above

    return str(format_decimal(value, locale=language))
