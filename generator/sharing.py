"""The picture that others see of a page when its address is shared: what it says, and where it stands.

Chat programs and social networks keep a picture for as long as its address stays the same. So the address carries a
digest of all that the picture is made of, and is known without drawing anything. ``sharecards`` draws it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.fields import tidy
from generator.urls import HOME, share_card_path

if TYPE_CHECKING:
    from generator.article import Card
    from generator.config import Site
    from generator.i18n import Moment

CARD_SIZE = (1200, 630)
"""Width and height in pixels; source: Facebook's "Sharing best practices", which the others follow."""
LETTERS = r" -~\xa0-\xac\xae-\u024f\u1e00-\u1eff\u2010-\u2022\u2026\u2030\u2032\u2033\u2039\u203a€№™−"
"""The characters that the cards' fonts have, as in a regular expression's class: Latin in all its extensions."""
_DRAWING = Path(__file__).parent / "sharecards"
_LEGIBLE = re.compile(f"[{LETTERS}]*")


class ShareCard(NamedTuple):
    """What a share card says. Texts hold only what the fonts can show, and are "" where there is nothing to say.

    ``tagline`` stands on the site's own card, ``date`` on that of a release.
    """

    url: str
    headline: str
    tagline: str
    date: Moment | None
    withdrawn: bool
    title: str
    parent: str
    office: str
    language: str

    @property
    def width(self) -> int:
        """The picture's width in pixels."""
        return CARD_SIZE[0]

    @property
    def height(self) -> int:
        """The picture's height in pixels."""
        return CARD_SIZE[1]


class ShareCards:
    """The cards of a site: its own, and those of its releases."""

    def __init__(self, site: Site) -> None:
        self._from = site.cards_from
        self._sender = (legible(site.title) or "", legible(site.parent) or "", legible(site.organization) or "")
        self._language = site.language
        # Ten thousand addresses are made in every build: what is the same in all is digested once.
        self._digest = hashlib.blake2b(repr((*self._sender, site.language, recipe())).encode(), digest_size=6)
        title, tagline = self._sender[0], legible(site.tagline) or ""
        self.own = self._card(HOME, title, tagline, ("", *self._sender[1:]), None, withdrawn=False)
        """The card of all pages that have no picture of their own."""

    def of(self, card: Card, *, withdrawn: bool) -> ShareCard | None:
        """Return the card of a release, or None where it has a photo, or where the site's own card stands for it.

        That is so before the site's ``cards_from``, and where the fonts lack letters of the headline: half a headline
        may say something else.
        """
        if card.photo is not None or (self._from is not None and card.date.at.date() < self._from):
            return None
        headline = legible(card.title)
        if headline is None:
            return None
        return self._card(card.url, headline, "", self._sender, card.date, withdrawn=withdrawn)

    def _card(
        self,
        place: str,
        headline: str,
        tagline: str,
        sender: tuple[str, str, str],
        date: Moment | None,
        *,
        withdrawn: bool,
    ) -> ShareCard:
        digest = self._digest.copy()
        day = date.at.date() if date else ""
        digest.update(f"{headline}\0{tagline}\0{day}\0{withdrawn}".encode())
        url = share_card_path(place, digest.hexdigest())
        return ShareCard(url, headline, tagline, date, withdrawn, *sender, self._language)


def legible(text: str) -> str | None:
    """Return ``text`` as the fonts can show it, or None where they cannot without changing what it says.

    Letters are shown as Unicode composes them or as what they are compatible with; pictures (emoji) and what is never
    seen are left out; any other letter, digit or sign that the fonts lack is not.
    """
    if _LEGIBLE.fullmatch(text):
        return text or None
    shown = []
    for sign in unicodedata.normalize("NFC", text):
        plain = sign if _LEGIBLE.fullmatch(sign) else unicodedata.normalize("NFKC", sign)
        if _LEGIBLE.fullmatch(plain):
            shown.append(plain)
        elif unicodedata.category(sign) not in _LEFT_OUT:
            return None
    return tidy("".join(shown)) or None


# Pictures, modifiers, marks that no letter takes up, what is never seen, private use.
_LEFT_OUT = frozenset({"So", "Sk", "Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})


@lru_cache(maxsize=1)
def recipe() -> str:
    """Return the digest of how cards are drawn: the room's code and fonts, so that no one has to count versions."""
    digest = hashlib.blake2b(digest_size=16)
    for file in sorted([*_DRAWING.glob("*.py"), *_DRAWING.glob("fonts/*.ttf")]):
        data = file.read_bytes()
        # A checkout may have turned the line ends of texts; the drawing is the same.
        digest.update(data.replace(b"\r\n", b"\n") if file.suffix == ".py" else data)
    return digest.hexdigest()
