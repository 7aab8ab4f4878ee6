"""What is the same on every card: the ground of forest and river, the icon, and the border of plaiting."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from generator.sharing import CARD_SIZE

if TYPE_CHECKING:
    from PIL.Image import Image  # noqa: TID251 - this is a room for it
    from PIL.ImageDraw import ImageDraw as Pen  # noqa: TID251 - as above

    Points = list[tuple[float, float]]

# The colours and both motifs are those of templates/static/: style.css and icon.svg.
DEEP, ON_DEEP, ON_DEEP_SOFT = "#0d362b", "#f6f2e6", "#c3d0c4"
RATTAN, OCHRE, NOTICE = "#d9ac55", "#c4532f", "#f0a883"
MARGIN = 72
ICON = (MARGIN, 60, 88)
"""Left, top and side of the icon in pixels."""
_TILE = (80, 40)
"""A length of the border: fifteen go across."""
_FINE = 4
"""How much larger motifs are drawn before they are made smaller: so their edges are smooth."""

_RHOMB: Points = [(24, 3), (33, 12), (24, 21), (15, 12)]
_CORE: Points = [(24, 8.5), (27.5, 12), (24, 15.5), (20.5, 12)]
_HOOKS: list[Points] = [[(15, 12), (8, 5), (3, 10), (6, 13)], [(33, 12), (40, 19), (45, 14), (42, 11)]]

_ICON_RHOMB: Points = [(32, 12), (52, 32), (32, 52), (12, 32)]
_ICON_CORE: Points = [(32, 22), (42, 32), (32, 42), (22, 32)]
_ICON_HOOKS: list[Points] = [
    [(22, 22), (10, 10), (4.5, 15.5), (10, 21)],
    [(42, 42), (54, 54), (59.5, 48.5), (54, 43)],
    [(42, 22), (54, 10), (48.5, 4.5), (43, 10)],
    [(22, 42), (10, 54), (15.5, 59.5), (21, 54)],
]


@lru_cache(maxsize=1)
def ground() -> Image:
    """Return the ground of all cards, drawn once in a process. Whoever draws on it takes a copy."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - 25 ms that a site without new cards need not pay

    picture = Images.new("RGB", CARD_SIZE, DEEP)
    tile = _motif((48, 24), _TILE, [(_RHOMB, True), *((hook, False) for hook in _HOOKS)], 2, (_CORE, RATTAN))
    for left in range(0, CARD_SIZE[0], _TILE[0]):
        picture.paste(tile, (left, CARD_SIZE[1] - _TILE[1] - 12))
    left, top, side = ICON
    strokes = [(_ICON_RHOMB, True), *((hook, False) for hook in _ICON_HOOKS)]
    picture.paste(_motif((64, 64), (side, side), strokes, 3.5, (_ICON_CORE, OCHRE)), (left, top))
    return picture


def _motif(
    box: tuple[int, int],
    size: tuple[int, int],
    strokes: list[tuple[Points, bool]],
    weight: float,
    core: tuple[Points, str],
) -> Image:
    """Return a motif from its view box: lines of ``weight``, of which some are closed, and a filled core."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above
    from PIL import ImageDraw  # noqa: PLC0415, TID251 - as above

    scale = size[0] / box[0] * _FINE
    picture = Images.new("RGB", (size[0] * _FINE, size[1] * _FINE), DEEP)
    pen = ImageDraw.Draw(picture)
    for points, closed in strokes:
        _line(pen, [(x * scale, y * scale) for x, y in points], weight * scale, closed=closed)
    points, colour = core
    pen.polygon([(x * scale, y * scale) for x, y in points], colour)
    return picture.resize(size, Images.Resampling.LANCZOS)


def _line(pen: Pen, points: Points, weight: float, *, closed: bool) -> None:
    """Draw a line whose corners are full."""
    path = [*points, *points[:2]] if closed else points
    pen.line(path, RATTAN, round(weight), joint="curve")
