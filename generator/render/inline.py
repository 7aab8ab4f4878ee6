"""Pictures within the text of a release: each becomes all of its renditions, from which the browser chooses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.photo import Photo, Picture

SIZES = "(min-width: 44rem) 42rem, calc(100vw - 2rem)"
"""How wide the text column is, as the style sheet has it."""
_IMAGE = re.compile(r"<img\b[^>]*>")
_SRC = re.compile(r' src="([^"]*)"')
_OLD_SIZE = re.compile(r' (?:width|height)="[^"]*"')


def in_pictures(html: str, pictures: Iterable[Picture], base: str) -> str:
    """Return a text with its pictures as ``<picture>``; ``base`` is the path that the site stands below.

    A picture that was not found stays as it is. The addresses in ``src`` are still without ``base``, as all others.
    """
    photos = {picture.place: picture.photo for picture in pictures if picture.inline}
    if not photos:
        return html

    def dressed(image: re.Match[str]) -> str:
        src = _SRC.search(image[0])
        photo = photos.get(src[1]) if src else None
        return _dress(image[0], photo, base) if photo else image[0]

    return _IMAGE.sub(dressed, html)


def _dress(image: str, photo: Photo, base: str) -> str:
    """Return an ``<img>`` with alt and title as they were written, within its ``<picture>``."""
    sources, size = [], f'width="{photo.width}" height="{photo.height}"'
    for source in photo.sources:
        srcset = ", ".join(f"{base}{frame.url} {frame.width}w" for frame in source.frames)
        sources.append(f'type="{source.type}" srcset="{escape(srcset)}" sizes="{SIZES}"')
    *better, plain = sources
    rest = _OLD_SIZE.sub("", _SRC.sub("", image)).removeprefix("<img").rstrip("/> ")
    plain = plain.partition(" ")[2]
    lazy = 'loading="lazy" decoding="async"'
    first = "".join(f"<source {source}>" for source in better)
    return f'<picture>{first}<img{rest} src="{escape(photo.url)}" {plain} {size} {lazy}></picture>'
