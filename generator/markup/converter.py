"""Markdown to HTML that is not yet safe: simple blocks at once, all others by Python-Markdown.

What Python-Markdown would have written stays the same to the letter; a test compares the two over many texts.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from generator.markup.simple import Written, levels_of, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.markup.image import Image
    from generator.markup.pythonmarkdown import PythonMarkdown


class Converter:
    """Converts Markdown as Python-Markdown with EXTENSIONS does."""

    @cached_property
    def _others(self) -> PythonMarkdown:
        # Its import costs 20 ms, which a build saves whose releases are made of simple blocks.
        from generator.markup.pythonmarkdown import PythonMarkdown  # noqa: PLC0415 - as said

        return PythonMarkdown()

    def convert(self, text: str, place: Callable[[str], str]) -> tuple[str, list[Image]]:
        """Return the HTML and the pictures as written; ``place`` gives the address of each."""
        images: list[Image] = []
        parts = split(text)
        levels = levels_of(part.tag for part in parts if isinstance(part, Written))
        html = [
            self._others.convert(part, place, images) if isinstance(part, str) else _element(part, levels)
            for part in parts
        ]
        return "\n".join(filter(None, html)), images


def _element(block: Written, levels: dict[str, str]) -> str:
    tag = levels.get(block.tag, block.tag)
    return f"<{tag}>{block.inner}</{tag}>"
