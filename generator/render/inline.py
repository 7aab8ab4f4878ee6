"""The pictures in a text: what was kept of them is a place, which only now becomes what pages and feeds show.

The text is kept as it was converted, without a word on files that are made from its pictures: so it stays as it is when
a picture is replaced, and the form that a picture takes is a template's.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.photo import Photo


class Placed(NamedTuple):
    """A picture where it stands in a text: ``caption`` is its title there, ``alone`` where a paragraph is its own."""

    photo: Photo
    alt: str
    caption: str
    alone: bool


# nh3 has written the text: every quotation mark in a value is escaped, every tag closed.
_IMAGE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')
_ALONE = re.compile(r"<p>((?:\s*<img\b[^>]*>\s*(?:<br>)?)+)\s*</p>")


def set_pictures(html: str, photos: Mapping[str, Photo], write: Callable[[Placed], str]) -> str:
    """Return a text with what ``write`` gives for each of its pictures.

    ``photos`` are known by the places at which they stand in ``html``; a picture that is not among them (of the site's
    templates, at an address of its own) stays as it is. A paragraph of nothing but pictures gives way to them.
    """

    def written(tag: str, *, alone: bool) -> str:
        values = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        photo = photos.get(values.get("src", ""))
        return tag if photo is None else write(Placed(photo, values.get("alt", ""), values.get("title", ""), alone))

    def paragraph(found: re.Match[str]) -> str:
        tags = [image[0] for image in _IMAGE.finditer(found[1])]
        known = all(_place(tag) in photos for tag in tags)
        return "\n".join(written(tag, alone=True) for tag in tags) if known else found[0]

    if not photos or "<img" not in html:
        return html
    return _IMAGE.sub(lambda found: written(found[0], alone=False), _ALONE.sub(paragraph, html))


def _place(tag: str) -> str:
    return next((unescape(value) for name, value in _ATTRIBUTE.findall(tag) if name == "src"), "")


def plain_picture(base: str, placed: Placed) -> str:
    """Return a picture as any reader of HTML shows it, for feeds; ``base`` is the path of the site on its host."""
    photo, alt, caption, alone = placed
    size = f'width="{photo.width}" height="{photo.height}"'
    image = f'<img src="{escape(base + photo.url)}" {size} alt="{escape(alt)}">'
    if not alone:
        return image
    below = f"<figcaption>{escape(caption, quote=False)}</figcaption>" if caption else ""
    return f"<figure>{image}{below}</figure>"
