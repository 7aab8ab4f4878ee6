"""The blocks that most releases are made of, written as HTML directly and to the letter as Python-Markdown writes them.

Paragraphs, headings ("## words") and lists ("- words") of words, ``**words**`` and ``[words](address)``. Whatever else
meets these (a sign beside the asterisks, a bracket in the address) makes the block one for Python-Markdown.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Written(NamedTuple):
    """A block that is done: its element ("p", "ul", or "h1" to "h6" as its writer counts them), and what it holds."""

    tag: str
    inner: str


# A search for one character of a class, and for whole strings, is ten times faster than one for alternatives.
_SIGNS = r"""`\\\[<>&*_'"|\x02\x03"""
_SIGN = re.compile(f"[{_SIGNS}]")

_WORDS = rf"[^\W_](?:[^{_SIGNS}\]\n]*[^\W_])?"
_CHUNK = re.compile(
    # Asterisks that open after a space and close before a space or a stop, around something that begins and ends with
    # a letter or digit: of these no rule for emphasis has ever thought otherwise. What may stand before the first sign
    # is asked for behind it: a search for a pattern that begins with a sign is ten times faster too.
    rf"\*(?<![^\s(]\*)\*(?P<bold>{_WORDS})\*\*(?=[\s.,;:!?)]|\Z)"
    rf"|\[(?<!!\[)(?P<link>{_WORDS})\]\((?P<address>(?:https?:/)?/[A-Za-z0-9./~-]*)\)"
)
# What a paragraph, a heading and an item of a list may not begin with, or it is something else.
_OTHER = r"(?![\s+=-]|\d+\.)"
_PARAGRAPH = re.compile(_OTHER)
_HEADING = re.compile(r"(#{1,6}) +(?!\s)([^\n#]+)")
_LIST = re.compile(rf"(?:- {_OTHER}[^\n#]+(?:\n|\Z))+")

_REACHING = ("<", "\t", "\r", "\x02", "\x03")
_DEFINITION = re.compile(r"\] ?:")
# What is indented, and a line under a heading, also within a quotation.
_LINE = re.compile(r"\n(?: |[> ]*[-=]+ *(?:\n|\Z))")


def split(text: str) -> list[Written | str]:
    """Return the simple blocks of ``text``, and the Markdown that stands between them, in their order."""
    if _is_one_piece(text):
        return [text]
    blocks = text.split("\n\n")
    written = [_write(block) for block in blocks]
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
    return _has_no_runs(text) and _SIGN.search(text) is None


def _has_no_runs(text: str) -> bool:
    return not ("--" in text or "..." in text or " \n" in text)


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


def _write(block: str) -> Written | None:
    """Return a simple block, None for any other."""
    if not block or block[-1].isspace():
        return None
    inner = _inline(block)
    if inner is None:
        return None
    if block[0] == "#":
        heading = _HEADING.fullmatch(inner)
        return Written(f"h{len(heading[1])}", heading[2]) if heading else None
    if block[0] == "-":
        items = "".join(f"<li>{item[2:]}</li>\n" for item in inner.split("\n"))
        return Written("ul", f"\n{items}") if _LIST.fullmatch(inner) else None
    return Written("p", inner) if _PARAGRAPH.match(block) and "#" not in block else None


def _inline(text: str) -> str | None:
    """Return words, ``**words**`` and ``[words](address)`` as HTML; None where ``text`` holds anything else."""
    if not _has_no_runs(text):
        return None
    if _SIGN.search(text) is None:
        return text
    return None if _SIGN.search(_CHUNK.sub("", text)) else _CHUNK.sub(_chunk, text)


def _chunk(match: re.Match[str]) -> str:
    bold, link, address = match.groups()
    return f"<strong>{bold}</strong>" if bold else f'<a href="{address}">{link}</a>'
