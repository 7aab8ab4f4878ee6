"""Front matter of plain lines, as nearly every release has it, read without YAML: to the same tree, five times faster.

``key: value`` with a text that no sign makes anything else, a text in quotes, a list of such texts. What is not surely
so is not read here at all: it is YAML's, as a whole, and so is every mistake.
"""

from __future__ import annotations

import re

from generator.fields import Mapping, Node, Scalar, Sequence

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
"""What YAML takes for no value where it stands without quotes."""

# It begins with none of YAML's signs; a number sign could begin a remark, a colon before a space another value.
_FIRST = r"[\w/(“‘]"
_TEXT = rf"{_FIRST}[^\n#:]*(?::(?![ \n])[^\n#:]*)*(?<![ ])"
# Between brackets a few signs more have a meaning.
_ITEM = rf"{_FIRST}[^\n#:,?\[\]{{}}]*"
_ENTRY = re.compile(
    rf"""
    \n+ (?P<key>[A-Za-z_]{{1,50}}) :
    (?: [ ] (?P<plain>{_TEXT})
      | [ ] "(?P<double>[^"\\\n]*)"
      | [ ] '(?P<single>[^'\n]*)'
      | [ ] \[ [ ]* (?P<row>{_ITEM} (?: ,[ ]* {_ITEM} )*) \]
      | (?P<rows> \n (?P<indent>[ ]*) - [ ]+ {_TEXT} (?: \n (?P=indent) - [ ]+ {_TEXT} )* )
    )?
    (?=\n)
    """,
    re.VERBOSE,
)


def read_plain_lines(front: str, line: int) -> Mapping | None:
    """Return the tree of ``front``, None where YAML must be asked.

    ``front`` is what stands between the fences with the line breaks at both ends, ``line`` the line of the first fence.
    """
    # Of what cannot be printed YAML refuses some, and takes some for the end of a line.
    if not front.replace("\n", "").isprintable():
        return None
    entries: dict[str, Node] = {}
    lines: dict[str, int] = {}
    begun = end = 0
    while match := _ENTRY.match(front, end):
        key, at = match["key"], match.start("key")
        if key in entries:
            return None
        line += front.count("\n", begun, at)
        begun, end = at, match.end()
        entries[key] = _value(match, line)
        lines[key] = line
    if not entries or front[end:].strip("\n"):
        return None
    return Mapping(entries, next(iter(lines.values())), lines)


def _value(match: re.Match[str], line: int) -> Node:
    kind = match.lastgroup
    if kind is None or kind == "key":
        return Scalar("", line, null=True)
    written = match[kind]
    if kind == "plain":
        return _plain(written, line)
    if kind == "row":
        return Sequence(tuple([_plain(item.strip(" "), line) for item in written.split(",")]), line)
    if kind == "rows":
        items = enumerate(written.split("\n")[1:], line + 1)
        return Sequence(tuple([_plain(item.lstrip(" -"), number) for number, item in items]), line + 1)
    return Scalar(written, line)


def _plain(text: str, line: int) -> Scalar:
    return Scalar(text, line, text in NULLS)
