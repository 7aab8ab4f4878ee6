"""The blocks that most releases are made of, written as HTML directly and to the letter as Python-Markdown writes them.

Paragraphs, headings ("## words"), lists ("- words") and tables between bars, of words, ``**words**`` and
``[words](address)``. Whatever else meets these (a sign beside the asterisks, a bracket in the address) makes the block
one for Python-Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Written(NamedTuple):
    """A block that is done: its element (of headings "h1" to "h6" as its writer counts them), and what it holds."""

    tag: str
    inner: str


# A pattern that begins with a sign, or with a class of signs, is searched for ten times faster than one that does not.
# So what must stand before a sign is asked for behind it.
_SIGNS = r"""`\\\[<>&*_'"|\x02\x03"""
_MARK = re.compile(rf"[{_SIGNS}\-.\n](?:(?<=[{_SIGNS}])|(?<=--)|(?<=\.\.\.)|(?<= \n))")
_WORDS = rf"[^\W_](?:[^{_SIGNS}\]\n]*[^\W_])?"
_CHUNK = re.compile(
    # Asterisks that open after a space and close before a space or a stop, around something that begins and ends with
    # a letter or digit: of these no rule for emphasis has ever thought otherwise.
    rf"\*(?<![^\s(]\*)\*(?P<bold>{_WORDS})\*\*(?=[\s.,;:!?)]|\Z)"
    rf"|\[(?<!!\[)(?P<link>{_WORDS})\]\((?P<address>(?:https?:/)?/[A-Za-z0-9./~-]*)\)"
)
# What a paragraph, a heading and an item of a list may not begin with, or it is something else.
_OTHER = r"(?![\s+=-]|\d+\.)"
_PARAGRAPH = re.compile(_OTHER)
_HEADING = re.compile(r"(#{1,6}) +(?!\s)([^\n#]+)")
_LIST = re.compile(rf"(?:- {_OTHER}[^\n#]+(?:\n|\Z))+")

_UNDER_HEAD = re.compile(r"(:?)-+(:?)")
_ALIGNMENT: dict[tuple[str | None, ...], str] = {
    ("", ""): "",
    (":", ""): ' class="left"',
    ("", ":"): ' class="right"',
    (":", ":"): ' class="center"',
}

_REACHING = ("<", "\t", "\r", "\x02", "\x03")
_DEFINITION = re.compile(r"\] ?:")
# What is indented, a line under a heading, also within a quotation, and a rule ("- - -") under other words.
_LINE = re.compile(r"\n(?: |[> ]*[-=][-= ]*(?:\n|\Z))")


def split(text: str) -> list[Written | str]:
    """Return the simple blocks of ``text``, and the Markdown that stands between them, in their order."""
    if _is_one_piece(text):
        return [text]
    blocks = text.split("\n\n")
    # Looked at once, most texts hold nothing but words; only where one block does, each is looked at.
    inner = _inline(text)
    inners = map(_inline, blocks) if inner is None else inner.split("\n\n")
    written = [_write(inner) or _table(block) for inner, block in zip(inners, blocks, strict=True)]
    parts: list[Written | str] = []
    between = ""
    for number, block in enumerate(blocks):
        done = written[number]
        if done is None or (done.tag == "ul" and not _stands_alone(number, written)):
            between += f"{block}\n\n"
            continue
        if between:
            parts.append(between)
            between = ""
        parts.append(done)
    if between.strip():
        parts.append(between)
    # The levels of headings are seen together, so all of them are simple or none is.
    return [text] if any(isinstance(part, str) and "#" in part for part in parts) else parts


def is_plain(text: str) -> bool:
    """Say whether no inline pattern can match in ``text``, nor anything that was stashed away stand in it."""
    return _MARK.search(text) is None


def _is_one_piece(text: str) -> bool:
    """Say whether something in ``text`` may reach from one block into another.

    HTML, tabs, definitions, what is indented, blank lines made of spaces, and headings of two lines.
    """
    return (
        any(sign in text for sign in _REACHING)
        or _DEFINITION.search(text) is not None
        or _LINE.search(f"\n{text}") is not None
        or not text.strip()
    )


def _stands_alone(number: int, written: list[Written | None]) -> bool:
    """Say whether the list is beside no other, nor beside a block that may hold one: two lists become one."""
    beside = written[max(0, number - 1) : number] + written[number + 1 : number + 2]
    return all(block is not None and block.tag != "ul" for block in beside)


def _write(inner: str | None) -> Written | None:
    """Return a simple block, None for any other; ``inner`` is its text with the HTML of what stands inside it."""
    if not inner or inner[-1].isspace():
        return None
    if inner[0] == "#":
        heading = _HEADING.fullmatch(inner)
        return Written(f"h{len(heading[1])}", heading[2]) if heading else None
    if inner[0] == "-":
        items = "".join(f"<li>{item[2:]}</li>\n" for item in inner.split("\n"))
        return Written("ul", f"\n{items}") if _LIST.fullmatch(inner) else None
    return Written("p", inner) if _PARAGRAPH.match(inner) and "#" not in inner else None


def _table(block: str) -> Written | None:
    """Return a table of which each row stands between bars and has a cell for each column; None for any other block."""
    lines = block.split("\n")
    if block[:1] != "|" or len(lines) < 3:
        return None
    head, under, *rows = [[cell.strip(" ") for cell in line[1:-1].split("|")] for line in lines]
    columns = [_UNDER_HEAD.fullmatch(cell) for cell in under]
    if len(under) < 2 or None in columns or not all(len(line) > 1 and line[0] == line[-1] == "|" for line in lines):
        return None
    alignment = [_ALIGNMENT[column.groups()] for column in columns if column]
    written = [_row("th", head, alignment), *[_row("td", row, alignment) for row in rows]]
    if not all(written):
        return None
    return Written("table", f"\n<thead>\n{written[0]}</thead>\n<tbody>\n{''.join(written[1:])}</tbody>\n")


def _row(tag: str, cells: list[str], alignment: list[str]) -> str:
    """Return a row of a table, "" where it is not one of words, or has a cell too many or too few."""
    inner = [_inline(cell) if cell == cell.strip() else None for cell in cells]
    if None in inner or len(inner) != len(alignment):
        return ""
    row = "".join(f"<{tag}{how}>{words}</{tag}>\n" for how, words in zip(alignment, inner, strict=True))
    return f"<tr>\n{row}</tr>\n"


def _inline(text: str) -> str | None:
    """Return words, ``**words**`` and ``[words](address)`` as HTML; None where ``text`` holds anything else."""
    html = []
    end = 0
    while mark := _MARK.search(text, end):
        chunk = _CHUNK.match(text, mark.start())
        if chunk is None:
            return None
        bold, link, address = chunk.groups()
        if not is_plain(bold or link):
            return None
        html.append(text[end : chunk.start()])
        html.append(f"<strong>{bold}</strong>" if bold else f'<a href="{address}">{link}</a>')
        end = chunk.end()
    return "".join(html) + text[end:]


_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def levels_of(tags: Iterable[str]) -> dict[str, str]:
    """Map the headings among ``tags`` to those of the site: they begin at h2 and skip no level."""
    return {tag: f"h{min(6, level)}" for level, tag in enumerate(sorted(_HEADINGS.intersection(tags)), 2)}
