"""From words to a picture."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from generator.sharecards.colours import NOTICE, ON_DEEP, ON_DEEP_SOFT, RATTAN, lay, palette
from generator.sharecards.ground import ICON, MARGIN, ground
from generator.sharecards.layout import LEADING, Block, fit
from generator.sharing import CARD_SIZE

if TYPE_CHECKING:
    from PIL.Image import Image  # noqa: TID251 - this is a room for it
    from PIL.ImageFont import FreeTypeFont  # noqa: TID251 - as above

    from generator.sharecards.layout import Measure
    from generator.sharecards.words import Words

FONTS = Path(__file__).parent / "fonts"
BOLD, REGULAR = "NotoSerif-SemiCondensedBold.ttf", "NotoSerif-SemiCondensed.ttf"
WIDTH = CARD_SIZE[0] - 2 * MARGIN
"""Pixels that a line may have."""
MIDDLE = (172, 456)
"""Top and bottom of the headline's area, in pixels."""
FOOT = 514
"""Height at which the foot is centred, in pixels."""
SIZES = (80, 74, 68, 62, 56, 52, 48, 44, 40, 36, 32)
"""Sizes of headlines in pixels."""
SMALLEST = 26
"""Size of the other texts in pixels, where they are long."""
GAP = 24
"""Pixels between a headline and what stands above or below it."""
_EFFORT = 4
"""How hard PNG tries, up to 9: 25 KB for a headline. At 6 it is 23, and a card takes a fifth longer."""
_RISE = 0.92
"""From the top of a line to its baseline, as a multiple of its size."""


class Style(NamedTuple):
    """How a text is set."""

    font: str
    size: int
    colour: str


HEADLINE = Style(BOLD, SIZES[0], ON_DEEP)
"""Its size is the first of SIZES that fits."""
TITLE, PARENT = Style(BOLD, 40, ON_DEEP), Style(REGULAR, 30, ON_DEEP_SOFT)
WITHDRAWN, TAGLINE = Style(BOLD, 34, NOTICE), Style(REGULAR, 36, ON_DEEP_SOFT)
DATE, OFFICE = Style(BOLD, 34, RATTAN), Style(REGULAR, 32, ON_DEEP_SOFT)


def draw(words: Words) -> bytes:
    """Return the card that says ``words``: a PNG of CARD_SIZE, the same bytes for the same words."""
    picture = ground().copy()
    left, top, side = ICON
    _rows(picture, [(words.title, TITLE), (words.parent, PARENT)], left + side + GAP, top + side / 2)
    _middle(picture, words)
    _rows(picture, [(words.date, DATE), (words.office, OFFICE)], MARGIN, FOOT)
    target = io.BytesIO()
    # Until now its pixels were numbers: here they become colours.
    picture.putpalette(palette())
    picture.save(target, "PNG", compress_level=_EFFORT)
    return target.getvalue()


def _rows(picture: Image, rows: list[tuple[str, Style]], left: int, centre: float) -> None:
    """Write a line for each text there is, all together centred at the height ``centre``."""
    room = CARD_SIZE[0] - MARGIN - left
    # A line is as large as it can be on a phone, where a card is a quarter of its size; a long name is set smaller.
    lines = [(_set(text, style, style.size * LEADING, room), style) for text, style in rows if text]
    top = centre - sum(line.height for line, _ in lines) / 2
    for line, style in lines:
        top = _write(picture, line, style, (left, top))


def _middle(picture: Image, words: Words) -> None:
    """Write notice, headline and tagline, all together in the middle of their area."""
    room = MIDDLE[1] - MIDDLE[0]
    above = [(_set(words.notice, WITHDRAWN, room / 4), WITHDRAWN)] if words.notice else []
    below = [(_set(words.tagline, TAGLINE, room / 2), TAGLINE)] if words.tagline else []
    beside = sum(block.height + GAP for block, _ in (*above, *below))
    # A site whose title the letters cannot show has a card without it.
    headline = [(fit(words.headline, _measure(BOLD), SIZES, WIDTH, room - beside), HEADLINE)] if words.headline else []
    blocks = [*above, *headline, *below]
    top = MIDDLE[0] + (room + GAP - sum(block.height + GAP for block, _ in blocks)) / 2
    for block, style in blocks:
        top = _write(picture, block, style, (MARGIN, top)) + GAP


def _set(text: str, style: Style, height: float, width: int = WIDTH) -> Block:
    """Return ``text`` in the size of its style, or in a smaller one down to SMALLEST where that is too large."""
    return fit(text, _measure(style.font), range(style.size, SMALLEST - 1, -2), width, height)


def _write(picture: Image, block: Block, style: Style, place: tuple[float, float]) -> float:
    """Write the lines of ``block`` from ``place``, their left and top, and return where they end."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - 25 ms that a site without new cards need not pay
    from PIL import ImageDraw  # noqa: PLC0415, TID251 - as above

    left, top = place
    # Marks may stand above the first line and below the last.
    above = round(top) - block.size // 2
    cover = Images.new("L", (CARD_SIZE[0], round(block.height) + block.size))
    pen = ImageDraw.Draw(cover)
    for line in block.lines:
        # On a whole pixel a letter looks the same in every line.
        base = round(top + _RISE * block.size) - above
        pen.text((left, base), line, 255, _font(style.font, block.size), anchor="ls")
        top += block.size * LEADING
    lay(picture, cover, style.colour, (0, above))
    return top


def _measure(font: str) -> Measure:
    # The fonts are not hinted, so that widths grow as sizes do.
    return lambda text: _font(font, SIZES[0]).getlength(text) / SIZES[0]


@lru_cache(maxsize=32)
def _font(name: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415, TID251 - as above

    # The basic layout is built into every Pillow; the other depends on a library that one machine has and one has not.
    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)
