"""The words on a card, in the site's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.i18n import catalogue, datestamp
from generator.sharing import legible, recipe

if TYPE_CHECKING:
    from generator.sharing import ShareCard


class Words(NamedTuple):
    """What stands on a card, "" where nothing does: in the head, in the middle, in the foot."""

    title: str
    parent: str
    notice: str
    headline: str
    tagline: str
    date: str
    office: str


def words_on(card: ShareCard) -> Words:
    """Return the words on ``card``."""
    notice = catalogue(card.language).gettext("This release has been withdrawn.") if card.withdrawn else ""
    date = datestamp(card.date, card.language) if card.date else ""
    # "Biro CONTOH" of the site "Biro CONTOH" is not said twice.
    office = "" if card.office in {card.title, card.headline} else card.office
    return Words(
        card.title, card.parent, legible(notice) or "", card.headline, card.tagline, legible(date) or "", office
    )


def card_key(words: Words) -> str:
    """Return the key under which the picture of ``words`` is kept: all that decides its bytes."""
    import PIL  # noqa: PLC0415, TID251 - this is a room for it; the package alone, which imports nothing, knows its version

    return f"share card {recipe()} {PIL.__version__} {words!r}"
