"""Where lines break, and how large they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Measure = Callable[[str], float]
    """The width of a text, as a multiple of the size in which it is set."""

LEADING = 1.16
"""Height of a line, as a multiple of its size."""


class Block(NamedTuple):
    """Lines set in one size."""

    lines: tuple[str, ...]
    size: int

    @property
    def height(self) -> float:
        """The height in pixels."""
        return len(self.lines) * self.size * LEADING


def fit(text: str, measure: Measure, sizes: Sequence[int], width: int, height: float) -> Block:
    """Return ``text`` in the first of ``sizes`` (the largest first) in which it fits into ``width`` and ``height``.

    A word is broken only where it is wider than a line in every size; what does not fit in the smallest size ends in
    an ellipsis. Lines are about equally long.
    """
    words = text.split()
    widest = max(map(measure, words))
    whole = [size for size in sizes if widest * size <= width]
    rooms = {size: max(1, int(height / (size * LEADING))) for size in sizes}
    setter = _Setter(words, measure)
    for size in whole or sizes:
        lines = setter.lines(width / size, rooms[size] + 1)
        if len(lines) <= rooms[size]:
            return Block(tuple(setter.balanced(lines, width / size) if whole else lines), size)
    size = sizes[-1]
    lines = setter.lines(width / size, rooms[size] + 1)[: rooms[size]]
    return Block((*lines[:-1], _shortened(lines[-1], measure, width / size)), size)


class _Setter:
    """Breaks words into lines; each word is measured once, whatever the width."""

    def __init__(self, words: list[str], measure: Measure) -> None:
        self._words, self._measure = words, measure
        self._widths = [measure(word) for word in words]
        self._space = measure(" ")

    def lines(self, width: float, most: int) -> list[str]:
        """Return the lines of a column, or the first ``most`` where there are more."""
        lines: list[str] = []
        line, filled = "", 0.0
        for word, wide in zip(self._words, self._widths, strict=True):
            if line and filled + self._space + wide <= width:
                line, filled = f"{line} {word}", filled + self._space + wide
                continue
            if line:
                lines.append(line)
            line, filled = word, wide
            while filled > width and len(lines) < most:
                end = _room(line, self._measure, width)
                lines.append(line[:end])
                line = line[end:]
                filled = self._measure(line)
            if len(lines) >= most:
                return lines[:most]
        return [*lines, line]

    def balanced(self, lines: list[str], width: float) -> list[str]:
        """Return as many lines as ``lines``, in the narrowest column that takes them."""
        low, high = max(self._widths), width
        # A tenth of a letter's width is as near as anyone can see.
        while len(lines) > 1 and high - low > 0.1:
            middle = (low + high) / 2
            if len(self.lines(middle, len(lines) + 1)) > len(lines):
                low = middle
            else:
                high = middle
        return self.lines(high, len(lines))


def _room(text: str, measure: Measure, width: float) -> int:
    """Return how many characters of ``text`` go into ``width``, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _shortened(line: str, measure: Measure, width: float) -> str:
    end = _room(line, measure, width - measure("…"))
    return f"{line[:end].rstrip(' ,;:.–-')}…"
