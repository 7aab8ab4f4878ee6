"""Python-Markdown at full speed: one instance is used again, and patterns that cannot match are not tried.

For a text that has none of a pattern's trigger characters that pattern is not tried, for a text that has no trigger at
all none is.
"""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import markdown  # noqa: TID251 - this is the room for it
from markdown.extensions import Extension  # noqa: TID251 - as above
from markdown.treeprocessors import InlineProcessor, Treeprocessor  # noqa: TID251 - as above
from markdown.util import AtomicString  # noqa: TID251 - as above

from generator.markup.image import Image
from generator.markup.simple import is_plain, levels_of
from generator.urls import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    from markdown.extensions.abbr import AbbrTreeprocessor  # noqa: TID251 - as above

EXTENSIONS = ("tables", "sane_lists", "smarty", "abbr")
"""What a press release is written with beyond plain Markdown."""

# Without one of these strings in the text, the pattern of that name cannot match. A name that is not here, as a later
# Python-Markdown may bring, is always tried.
_TRIGGERS: dict[str, tuple[str, ...]] = {
    "backtick": ("`",),
    "escape": ("\\",),
    "reference": ("[",),  # the inline pattern and the block processor of that name
    "link": ("[",),
    "image_link": ("[",),
    "image_reference": ("[",),
    "short_reference": ("[",),
    "short_image_ref": ("[",),
    "autolink": ("<",),
    "automail": ("<",),
    "html": ("<",),
    "entity": ("&",),
    "em_strong": ("*", "_"),
    "em_strong2": ("_",),
    "smarty-em-dashes": ("--",),
    "smarty-en-dashes": ("--",),
    "smarty-ellipses": ("...",),
    **{f"smarty-quotes-{n}": ("'", '"') for n in range(15)},
    # Block processors. What a quote or a list holds is read again without its signs, so these are single characters.
    "table": ("|",),
    "hashheader": ("#",),
    "setextheader": ("=", "-"),
    "hr": ("-", "_", "*"),
    "ulist": ("-", "+", "*"),
    "quote": (">",),
    "abbr": ("[",),
}
_EVERY_TRIGGER = tuple(sorted({trigger for triggers in _TRIGGERS.values() for trigger in triggers}))


class _Shape(Treeprocessor):
    """Fits a text into a page that has its own h1 and its own folder for pictures."""

    images: list[Image]
    place: Callable[[str], str]

    def run(self, root: Element) -> None:
        """Let headings begin at h2 and skip no level, turn alignment into classes, lead pictures to their address."""
        levels = levels_of(element.tag for element in root.iter())
        for element in root.iter():
            element.tag = levels.get(element.tag, element.tag)
            if element.tag in {"td", "th"} and (style := element.attrib.pop("style", "")):
                element.set("class", style.removeprefix("text-align: ").rstrip(";"))
            elif element.tag == "img" and (source := element.get("src", ""))[:1] != "/":
                name = source if is_elsewhere(source) else unquote(source)
                self.images.append(Image(name, _words(element, "alt"), _words(element, "title")))
                element.set("src", self.place(name))


def _words(element: Element, attribute: str) -> str:
    """Return what an attribute says, on one line: a reference such as ``&amp;`` still stands as it was written."""
    return " ".join(unescape(element.get(attribute, "")).split())


class _Skip(Treeprocessor):
    """Marks texts in which no inline pattern can match, so that none is tried."""

    abbreviations: dict[str, str]

    def run(self, root: Element) -> None:
        """Make such texts atomic: Python-Markdown's own word for "done". Abbreviations may stand in any text."""
        if self.abbreviations:
            return
        for element in root.iter():
            if element.text and not isinstance(element.text, AtomicString) and is_plain(element.text):
                element.text = AtomicString(element.text)


class ShapeExtension(Extension):
    """What this site adds to Python-Markdown's own output."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Register the treeprocessor "shape"."""
        md.treeprocessors.register(_Shape(md), "shape", 0)


class PythonMarkdown:
    """Python-Markdown with EXTENSIONS, and with headings and pictures as this site has them."""

    def __init__(self) -> None:
        self._markdown = markdown.Markdown(extensions=[*EXTENSIONS, ShapeExtension()], output_format="html")
        steps = self._markdown.treeprocessors
        steps.register(_Skip(self._markdown), "skip", 21)
        self._shape = cast("_Shape", steps["shape"])
        self._skip = cast("_Skip", steps["skip"])
        self._skip.abbreviations = cast("AbbrTreeprocessor", steps["abbr"]).abbrs
        # Python-Markdown reads each of these registries as a list, and as a list they are read faster.
        self._blocks: Any = self._markdown.parser
        self._inline: list[Any] = [cast("InlineProcessor", steps[name]) for name in ("inline", "smarty")]
        self._patterns = [_by_name(step.inlinePatterns) for step in self._inline]
        self._patterns.append(_by_name(self._markdown.parser.blockprocessors))
        self._chosen: dict[tuple[str, ...], list[list[Any]]] = {}

    def convert(self, text: str, place: Callable[[str], str], images: list[Image]) -> str:
        """Return the HTML of ``text``; its pictures are added to ``images``, ``place`` gives their addresses."""
        self._shape.images, self._shape.place = images, place
        self._markdown.reset()
        # Python-Markdown takes out the two characters that it keeps for itself; what meets then may be a trigger.
        bare = text.replace("\x02", "").replace("\x03", "")
        triggers = tuple([trigger for trigger in _EVERY_TRIGGER if trigger in bare])
        *inline, blocks = self._choose(triggers)
        for step, patterns in zip(self._inline, inline, strict=True):
            step.inlinePatterns = patterns
        self._blocks.blockprocessors = blocks
        return self._markdown.convert(text)

    def _choose(self, triggers: tuple[str, ...]) -> list[list[Any]]:
        if triggers not in self._chosen:
            self._chosen[triggers] = [
                [p for name, p in patterns if name not in _TRIGGERS or not set(_TRIGGERS[name]).isdisjoint(triggers)]
                for patterns in self._patterns
            ]
        return self._chosen[triggers]


def _by_name(registry: Any) -> list[tuple[str, Any]]:  # noqa: ANN401 - Python-Markdown's Registry, which has no types
    """Return the patterns of a registry in the order in which they are tried, with the names that _TRIGGERS knows."""
    names = {registry.get_index_for_name(name): name for name in _TRIGGERS if name in registry}
    return [(names.get(index, ""), registry[index]) for index in range(len(registry))]
