"""Markdown to HTML that is safe to publish.

Python-Markdown writes the HTML, nh3 (ammonia) lets through only what a press release needs. Users' text never becomes
markup of its own: scripts, event handlers and addresses of strange schemes are gone whatever way they are spelled.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import markdown  # noqa: TID251 - this is the room for it
import nh3  # noqa: TID251 - this is the room for it
from markdown.extensions import Extension  # noqa: TID251 - as above
from markdown.treeprocessors import Treeprocessor  # noqa: TID251 - as above

from generator.errors import Problem, message
from generator.urls import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

EXTENSIONS = ("tables", "sane_lists", "smarty", "abbr")
"""What a press release is written with beyond plain Markdown."""

_TAGS = frozenset(
    "p br hr h2 h3 h4 h5 h6 strong em b i u s del ins sub sup small blockquote q cite ul ol li dl dt dd "
    "table thead tbody tfoot tr th td caption a img figure figcaption abbr code pre kbd".split()
)
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
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "iframe", "object", "embed", "template", "noscript", "textarea", "title"},
    attributes=_ATTRIBUTES,
    allowed_classes={"td": _ALIGNED, "th": _ALIGNED},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


class Markup(NamedTuple):
    """``html`` is safe; ``lead`` is the first paragraph as plain text; ``images`` are the pictures, as written."""

    html: str
    lead: str
    images: tuple[str, ...]


class _Shape(Treeprocessor):
    """Fits a text into a page that has its own h1 and its own folder for pictures."""

    images: list[str]
    place: Callable[[str], str]

    def run(self, root: Element) -> None:
        """Let headings begin at h2 and skip no level, turn table alignment into classes, and lead local pictures to their address."""
        headings = [e for e in root.iter() if re.fullmatch(r"h[1-6]", e.tag)]
        levels = sorted({e.tag for e in headings})
        for heading in headings:
            heading.tag = f"h{min(6, levels.index(heading.tag) + 2)}"
        for element in root.iter():
            if element.tag in {"td", "th"} and (style := element.attrib.pop("style", "")):
                element.set("class", style.removeprefix("text-align: ").rstrip(";"))
            elif element.tag == "img" and (source := element.get("src", ""))[:1] != "/":
                self.images.append(source if is_elsewhere(source) else unquote(source))
                element.set("src", self.place(self.images[-1]))


class _ShapeExtension(Extension):
    def __init__(self) -> None:
        super().__init__()
        self.shape: _Shape | None = None

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        self.shape = _Shape(md)
        md.treeprocessors.register(self.shape, "shape", 0)


@lru_cache(maxsize=1)
def _converter() -> tuple[markdown.Markdown, _Shape]:
    shaping = _ShapeExtension()
    converter = markdown.Markdown(extensions=[*EXTENSIONS, shaping], output_format="html")
    assert shaping.shape is not None
    return converter, shaping.shape


def to_html(text: str, place: Callable[[str], str]) -> Markup:
    """Convert Markdown.

    ``place`` takes a picture's name as written and returns the address at which the site serves it.
    Raises RecursionError where quotes or lists nest hundreds deep.
    """
    converter, shape = _converter()
    shape.images, shape.place = [], place
    clean = _CLEANER.clean(converter.reset().convert(text)).replace("<p></p>", "").strip()
    return Markup(clean, _lead(clean), tuple(dict.fromkeys(shape.images)))


_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def plain(markup: str) -> str:
    """Return sanitised markup as one line of text."""
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


def escape(text: str) -> str:
    """Return text as markup."""
    return html.escape(text, quote=False)


def _lead(clean: str) -> str:
    for match in _PARAGRAPH.finditer(clean):
        if text := plain(match[1]):
            return text
    return ""


_OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9:-]*)((?:\s[^<>]*)?)>?")
_HANDLER = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
_LINK = re.compile(r"\]\(\s*<?\s*([A-Za-z][A-Za-z0-9+.-]*):|\]:\s*<?([A-Za-z][A-Za-z0-9+.-]*):")
_CODE = re.compile(r"`[^`\n]*`")


def warnings(text: str, path: str, first_line: int) -> list[Problem]:
    """Tell the writer what ``to_html`` will leave out, so that nothing disappears in silence."""
    if "<" not in text and "]" not in text:
        return []
    found = []
    for number, raw in enumerate(text.split("\n"), first_line):
        line = _CODE.sub("", raw)
        for match in _OPENING.finditer(line):
            tag, attributes = match[1].lower(), match[2]
            if tag in {"http", "https", "mailto", "h1"} or "@" in tag or tag.startswith(("http:", "https:", "mailto:")):
                continue
            if tag == "img":
                found.append(_raw_image(path, number, raw))
            elif tag not in _TAGS or _HANDLER.search(attributes):
                found.append(_dropped(path, number, raw, match[0]))
        for match in _LINK.finditer(line):
            if (match[1] or match[2]).lower() not in {"http", "https", "mailto", "tel"}:
                found.append(_dropped(path, number, raw, f"{match[1] or match[2]}:"))
    return found


def _raw_image(path: str, line: int, raw: str) -> Problem:
    return Problem(
        path,
        line,
        message("A picture is written as HTML."),
        message("Put the picture beside the file and write ![what it shows](name.jpg)."),
        raw.strip()[:200],
    )


def _dropped(path: str, line: int, raw: str, what: str) -> Problem:
    return Problem(
        path,
        line,
        message("{what} is left out: it is not taken in a release.", what=what[:60]),
        message("Write it in Markdown, or delete it."),
        raw.strip()[:200],
        "warning",
    )
