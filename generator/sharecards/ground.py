"""What is the same on every card: the ground of forest and river, the icon, and the border of plaiting."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from generator.sharecards.colours import GROUND, OCHRE, RATTAN, lay
from generator.sharing import CARD_SIZE

if TYPE_CHECKING:
    from PIL.Image import Image  # noqa: TID251 - this is a room for it

    Points = list[tuple[float, float]]


class _Motif(NamedTuple):
    """A rhomb around a filled core, with hooks: lines of ``weight`` in a view box of ``width`` by ``height``."""

    width: int
    height: int
    weight: float
    rhomb: Points
    core: Points
    hooks: list[Points]


MARGIN = 72
ICON = (MARGIN, 60, 88)
"""Left, top and side of the icon in pixels."""
_TILE = (80, 40)
"""A length of the border: fifteen go across."""
_FINE = 4
"""How much larger motifs are drawn before they are made smaller: so their edges are smooth."""

# Both motifs are those of templates/static/: style.css and icon.svg.
_BORDER = _Motif(
    48,
    24,
    2,
    rhomb=[(24, 3), (33, 12), (24, 21), (15, 12)],
    core=[(24, 8.5), (27.5, 12), (24, 15.5), (20.5, 12)],
    hooks=[[(15, 12), (8, 5), (3, 10), (6, 13)], [(33, 12), (40, 19), (45, 14), (42, 11)]],
)
_ICON = _Motif(
    64,
    64,
    3.5,
    rhomb=[(32, 12), (52, 32), (32, 52), (12, 32)],
    core=[(32, 22), (42, 32), (32, 42), (22, 32)],
    hooks=[
        [(22, 22), (10, 10), (4.5, 15.5), (10, 21)],
        [(42, 42), (54, 54), (59.5, 48.5), (54, 43)],
        [(42, 22), (54, 10), (48.5, 4.5), (43, 10)],
        [(22, 42), (10, 54), (15.5, 59.5), (21, 54)],
    ],
)


@lru_cache(maxsize=1)
def ground() -> Image:
    """Return the ground of all cards, as numbers of the palette, drawn once in a process. Draw on a copy of it."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - 25 ms that a site without new cards need not pay

    picture = Images.new("L", CARD_SIZE, GROUND)
    lines, core = _covers(_BORDER, _TILE)
    for left in range(0, CARD_SIZE[0], _TILE[0]):
        place = (left, CARD_SIZE[1] - _TILE[1] - 12)
        lay(picture, lines, RATTAN, place)
        lay(picture, core, RATTAN, place)
    left, top, side = ICON
    lines, core = _covers(_ICON, (side, side))
    lay(picture, lines, RATTAN, (left, top))
    lay(picture, core, OCHRE, (left, top))
    return picture


def _covers(motif: _Motif, size: tuple[int, int]) -> tuple[Image, Image]:
    """Return how much of each pixel the lines of ``motif`` cover, and how much its core does."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above
    from PIL import ImageDraw  # noqa: PLC0415, TID251 - as above

    scale = size[0] / motif.width * _FINE
    lines, core = (Images.new("L", (size[0] * _FINE, size[1] * _FINE)) for _ in range(2))
    # The rhomb ends in its first side once more, so that its corners are full.
    for points in ([*motif.rhomb, *motif.rhomb[:2]], *motif.hooks):
        path = [(x * scale, y * scale) for x, y in points]
        ImageDraw.Draw(lines).line(path, 255, round(motif.weight * scale), joint="curve")
    ImageDraw.Draw(core).polygon([(x * scale, y * scale) for x, y in motif.core], 255)
    return lines.resize(size, Images.Resampling.LANCZOS), core.resize(size, Images.Resampling.LANCZOS)
