"""What somebody did when YAML cannot be read: the line of the slip, and what mends it.

PyYAML says where it could not go on, which is often the line behind the slip, in words for programmers. Lines here are
PyYAML's, counted from 0; a fix that shows an example shows one that can be copied as it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence


class Mark(NamedTuple):
    """A place in the front matter."""

    line: int
    column: int


class Slip(NamedTuple):
    """The line where the slip stands, what it is and how to mend it."""

    line: int
    what: Message
    fix: Message


NO_SPACE = re.compile(r"\s*[A-Za-z_]+:[^\s:/]")
"""A key whose colon has no space behind it: to YAML a mere text."""

SPACE_NEEDED = message('Every line needs "key: value", with a space after the colon.')
_UNREADABLE = message("The front matter cannot be read here.")
_CLOSING = {"[": "]", "{": "}"}
_KEY = re.compile(r"[A-Za-z_]+:(\s|$)")


def find_slip(said: str, begun: Mark | None, noticed: Mark, rows: Sequence[str]) -> Slip:
    """Return the slip behind what PyYAML ``said``: it ``noticed`` it at one mark, in something ``begun`` at another."""
    if "parsing a flow" in said and begun is not None and (opened := _opened(begun, rows)):
        return _bracket(opened, rows[opened.line])
    # A key without its colon, or a quotation without its end, is noticed late.
    late = begun is not None and ("simple key" in said or "end of stream" in said)
    line = min(begun.line if late and begun is not None else noticed.line, len(rows) - 1)
    text = rows[line]
    if "\t" in text[: len(text) - len(text.lstrip())] or "'\\t'" in said:
        return Slip(line, message("The line is indented with a tab."), message("Use spaces instead of the tab."))
    # Behind "title:Judul" or before " date: …" YAML wonders at the next colon, or at a line that stands farther left.
    if "mapping values" in said and noticed.column == text.find(":") and (slip := _misplaced(rows, line)):
        return slip
    if "document start" in said:
        first = next((n for n, row in enumerate(rows) if _is_written(row)), line)
        return _misplaced(rows, first + 1, first) or Slip(line, _UNREADABLE, _explain(text))
    return Slip(line, _UNREADABLE, _explain(text))


def _is_written(row: str) -> bool:
    return bool(row.strip()) and not row.lstrip().startswith("#")


def _misplaced(rows: Sequence[str], line: int, indented: int | None = None) -> Slip | None:
    """Say that the last row above ``line`` lacks its space, or that ``indented`` (else ``line``) has too many."""
    above = next((n for n in range(line - 1, -1, -1) if _is_written(rows[n])), None)
    if above is not None and NO_SPACE.match(rows[above]):
        return Slip(above, _UNREADABLE, SPACE_NEEDED)
    indented = line if indented is None else indented
    if rows[indented].startswith(" "):
        return Slip(indented, _UNREADABLE, message("Delete the spaces at the beginning of the line."))
    return None


def _opened(begun: Mark, rows: Sequence[str]) -> Mark | None:
    """Return where the list or group in which ``begun`` stands is opened, if it is not closed before the next key."""
    # Where nothing at all stands behind the bracket, YAML means the end of the text.
    line = min(begun.line, len(rows) - 1)
    head = rows[line][: begun.column + 1] if line == begun.line else rows[line]
    column = max(head.find(sign) for sign in _CLOSING)
    if column < 0:
        return None
    behind = [rows[line][column:]]
    for row in rows[line + 1 :]:
        if _KEY.match(row):
            break
        behind.append(row)
    text = "\n".join(behind)
    closed = text.count(text[0]) <= text.count(_CLOSING[text[0]])
    return None if closed else Mark(line, column)


def _bracket(begun: Mark, row: str) -> Slip:
    sign = _CLOSING[row[begun.column]]
    what = message("The closing {sign} is missing.", sign=sign)
    shown = row.strip().rstrip(", ")
    if '"' in shown or shown.endswith(row[begun.column]):
        return Slip(begun.line, what, message("Put {sign} at the end of the list.", sign=sign))
    fix = message("Put {sign} at the end of the list: {example}", sign=sign, example=f"{shown[:100]}{sign}")
    return Slip(begun.line, what, fix)


def _explain(row: str) -> Message:
    """Return what mends a row in which the slip itself stands."""
    key, colon, value = row.partition(": ")
    plain = row.strip()
    # A row of a list, or one that goes on from the row above, needs no key.
    bare = plain and not colon and row[0] not in " -" and plain[-1] != ":"
    if NO_SPACE.match(row) or bare:
        return SPACE_NEEDED
    value = value.strip()[:80]
    if '"' in value or value[:1] == "'":
        return message("A quotation mark is not closed, or stands inside the text: use “ ” inside it.")
    if value[:1] in set("[{@`%&*!|>]},#?"):
        example = f"{key}: {_quoted(value)}"
        return message("A text that begins with {sign} needs quotes: {example}", sign=value[0], example=example)
    if ": " in value or value.endswith(":"):
        return message("A colon inside a text needs quotes: {example}", example=f"{key}: {_quoted(value)}")
    return message("Compare the line and the one above it with the handbook's example; mind quotes and indents.")


def _quoted(value: str) -> str:
    # In double quotes a backslash would begin a sign of YAML's own.
    return f"'{value}'" if "\\" in value and "'" not in value else f'"{value}"'
