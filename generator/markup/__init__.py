"""Markdown to HTML that is safe to publish.

Python-Markdown writes the HTML, nh3 (ammonia) lets through only what a press release needs. Users' text never becomes
markup of its own: scripts, event handlers and addresses of strange schemes are gone whatever way they are spelled.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import nh3  # noqa: TID251 - this is the room for it

from generator.markup.converter import Converter
from generator.markup.image import Image
from generator.markup.leftout import TAGS, warnings

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Image", "Markup", "escape", "plain", "to_html", "warnings"]

_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_ALIGNED = {"left", "center", "right"}
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript", "textarea", "title"},
    attributes=_ATTRIBUTES,
    allowed_classes={"td": _ALIGNED, "th": _ALIGNED},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


OPENING = 250
"""Characters: more than any description takes, a dateline included."""


class Markup(NamedTuple):
    """``html`` is safe; ``images`` are the pictures, as written, each name once.

    ``lead`` is the first paragraph as plain text, ``opening`` as many paragraphs as OPENING characters need.
    """

    html: str
    lead: str
    opening: str
    images: tuple[Image, ...]


@lru_cache(maxsize=1)
def _converter() -> Converter:
    return Converter()


def to_html(text: str, place: Callable[[str], str]) -> Markup:
    """Convert Markdown.

    ``place`` takes a picture's name as written and returns the address at which the site serves it.
    Raises RecursionError where quotes or lists nest hundreds deep.
    """
    try:
        dirty, images = _converter().convert(text, place)
    except RecursionError:
        # What it was in the midst of would spoil the next text.
        _converter.cache_clear()
        raise
    clean = _CLEANER.clean(dirty).replace("<p></p>", "").strip()
    lead, opening = _opening(clean)
    once: dict[str, Image] = {}
    for image in images:
        once.setdefault(image.name, image)
    return Markup(clean, lead, opening, tuple(once.values()))


_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def plain(markup: str) -> str:
    """Return sanitised markup as one line of text."""
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def escape(text: str) -> str:
    """Return text as markup."""
    return html.escape(text, quote=False)


def _opening(clean: str) -> tuple[str, str]:
    """Return the first paragraph, and as many as are needed for OPENING characters."""
    texts: list[str] = []
    for match in _PARAGRAPH.finditer(clean):
        if text := plain(match[1]):
            texts.append(text)
            if sum(map(len, texts)) >= OPENING:
                break
    return (texts[0], " ".join(texts)) if texts else ("", "")
