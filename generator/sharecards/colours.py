"""The colours of a card, and those between each of them and the ground: few enough for a palette.

A card is drawn in numbers of that palette and not in colours. Text and lines stand on one ground, so that an edge needs
no more than some steps of its own colour, and a picture of such numbers is a third of what colours take.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image  # noqa: TID251 - this is a room for it

# The colours are those of templates/static/: style.css and icon.svg.
DEEP, ON_DEEP, ON_DEEP_SOFT = "#0d362b", "#f6f2e6", "#c3d0c4"
RATTAN, OCHRE, NOTICE = "#d9ac55", "#c4532f", "#f0a883"
GROUND = 0
"""The number of DEEP, on which all else stands."""
_INKS = (ON_DEEP, ON_DEEP_SOFT, RATTAN, OCHRE, NOTICE)
_STEPS = 15
"""From the ground to a colour: a pixel is wrong by a thirtieth of the way at most. Twice as many cost 3 KB a card."""


@lru_cache(maxsize=1)
def palette() -> bytes:
    """Return the colours by number, three levels each: the ground, and then all steps of one ink after another."""
    return bytes(
        [*_steps(DEEP, 0), *(level for ink in _INKS for step in range(_STEPS) for level in _steps(ink, step + 1))]
    )


def lay(picture: Image, cover: Image, ink: str, place: tuple[int, int]) -> None:
    """Lay ``ink`` on ``picture`` with its left and top at ``place``, as far as the levels of ``cover`` say."""
    # Half of a cover is empty, and each step over all of it takes a tenth of a card's time.
    box = cover.getbbox() or (0, 0, *cover.size)
    full, (numbers, seen) = cover.crop(box), _tables(ink)
    picture.paste(full.point(numbers), (place[0] + box[0], place[1] + box[1]), full.point(seen, "1"))


def _steps(ink: str, step: int) -> list[int]:
    levels = zip(bytes.fromhex(DEEP[1:]), bytes.fromhex(ink[1:]), strict=True)
    return [round(low + (high - low) * step / _STEPS) for low, high in levels]


@lru_cache(maxsize=len(_INKS))
def _tables(ink: str) -> tuple[list[int], list[int]]:
    """Return for each level of a cover the number of the colour there, and whether anything is seen."""
    steps = [round(level * _STEPS / 255) for level in range(256)]
    first = GROUND + 1 + _INKS.index(ink) * _STEPS
    return [first + step - 1 if step else GROUND for step in steps], [255 if step else 0 for step in steps]
