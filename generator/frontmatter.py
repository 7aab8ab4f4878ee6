"""From the bytes of a Markdown file to its front matter, with lines, and its body.

The fence is python-frontmatter's; what stands between the fences is composed by PyYAML but never constructed: no tag
makes an object, no alias is followed, nothing is taken for a number or a date that was meant as text.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import yaml  # noqa: TID251 - this is the room for it
from frontmatter.default_handlers import SafeLoader, YAMLHandler  # noqa: TID251 - this is the room for it

from generator.errors import ContentError, Message, Problem, message
from generator.fields import Mapping, Node, Scalar, Sequence
from generator.textfile import decode

MAX_FRONT_MATTER = 64_000
"""Characters between the fences."""
MAX_DEPTH = 12
"""How deep lists and groups may nest: the deepest key of ours needs three."""


class Source(NamedTuple):
    """A parsed file: its front matter, its Markdown, and the line on which the Markdown begins."""

    fields: Mapping
    body: str
    body_line: int


class _Handler(YAMLHandler):
    """YAML between lines of exactly three hyphens: a longer rule in the body is no fence."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def load(self, fm: str, **_: object) -> Any:  # noqa: ANN401 - the signature is python-frontmatter's
        """Compose ``fm`` to YAML nodes, which know their lines."""
        return yaml.compose(fm, Loader=SafeLoader)


_HANDLER = _Handler()


class _Refused(Exception):  # noqa: N818 - a signal inside this room, caught here
    """Front matter that is well-formed YAML but not what a release may hold."""

    def __init__(self, line: int, what: Message, fix: Message) -> None:
        super().__init__(what.msgid)
        self.line, self.what, self.fix = line, what, fix


def parse(data: bytes, path: str) -> Source:
    """Split and read a file.

    ``data`` is the file's bytes, ``path`` its name for messages. Raises ContentError with one Problem.
    """
    text = decode(data, path)
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise _problem(path, 1, message("The file is empty."), _template_hint())
    if lines[start].rstrip() != "---":
        raise _problem(
            path,
            start + 1,
            message("The file does not begin with front matter."),
            message('Begin the file with a line "---", then title: and date:, then a line "---" again.'),
            lines[start],
        )
    if not any(line.rstrip() == "---" for line in lines[start + 1 :]):
        raise _problem(
            path,
            start + 1,
            message('The front matter is not closed: the second line "---" is missing.'),
            message('Put a line "---" between the last key and the text.'),
            lines[start],
        )
    # What stands before the fence was blank; without it the handler's first split is the opening fence itself.
    front, body = _HANDLER.split("\n".join(lines[start:]))
    body_line = start + front.count("\n") + 1
    if len(front) > MAX_FRONT_MATTER:
        what = message("The front matter is longer than {limit} characters.", limit=MAX_FRONT_MATTER)
        raise _problem(path, start + 1, what, message('Is the second line "---" where it should be?'))
    return Source(_read(front, start, lines, path), body.strip("\n"), body_line + _leading_newlines(body))


def _leading_newlines(body: str) -> int:
    return len(body) - len(body.lstrip("\n"))


def _template_hint() -> Message:
    return message('Write the release here, or delete the file. "adpim new" makes one that is ready to fill in.')


def _problem(path: str, line: int, what: Message, fix: Message, text: str = "") -> ContentError:
    return ContentError([Problem(path, line, what, fix, text.strip()[:200])])


def _read(front: str, start: int, lines: list[str], path: str) -> Mapping:
    """Compose and convert; ``start`` is the index of the opening fence, on which YAML's line 0 falls."""

    def row(number: int) -> str:
        return lines[number - 1] if 0 < number <= len(lines) else ""

    try:
        node = _HANDLER.load(front)
        if node is None:
            return Mapping({}, start + 1, {})
        if not isinstance(node, yaml.MappingNode):
            raise _Refused(
                start + node.start_mark.line + 1,
                message("The front matter is not made of keys and values."),
                message('Write "key: value" on each line, for example "title: …".'),
            )
        return _mapping(node, start + 1, set(), 0)
    except _Refused as refused:
        raise _problem(path, refused.line, refused.what, refused.fix, row(refused.line)) from None
    except RecursionError:
        raise _problem(path, start + 1, *_too_deep()) from None
    except yaml.reader.ReaderError as error:
        what = message(
            "The front matter contains a control character (U+{code}).", code=f"{ord(_character(error)):04X}"
        )
        line = start + 1 + front.count("\n", 0, front.find(_character(error)))
        fix = message("Delete the invisible character, or type the text again.")
        raise _problem(path, line, what, fix, row(line)) from None
    except yaml.YAMLError as error:
        # A key without its colon is noticed only in the line after it; the context says where it began.
        first, second = ("context_mark", "problem_mark")[:: 1 if "simple key" in str(error) else -1]
        mark = getattr(error, first, None) or getattr(error, second, None)
        line = start + 1 + (mark.line if mark is not None else 0)
        line = min(line, start + front.count("\n"))
        raise _problem(path, line, *_explain(error, line, row), row(line)) from None


def _character(error: yaml.reader.ReaderError) -> str:
    return error.character if isinstance(error.character, str) else chr(error.character)


def _too_deep() -> tuple[Message, Message]:
    return (
        message("The front matter is nested too deep."),
        message("Front matter needs keys, lists and lists of groups; nothing deeper."),
    )


def _explain(error: yaml.YAMLError, line: int, row: Any) -> tuple[Message, Message]:  # noqa: ANN401 - a local function
    """Turn PyYAML's words into what a press officer did and what mends it."""
    text = row(line)
    if "\t" in text[: len(text) - len(text.lstrip())] or "'\\t'" in str(error):
        return message("The line is indented with a tab."), message("Use spaces instead of the tab.")
    key, colon, value = text.partition(": ")
    value = value.strip()[:80]
    what = message("The front matter cannot be read here.")
    if colon and (": " in value or value.endswith(":")) and value[:1] not in "\"'":
        return what, message("A colon inside a text needs quotes: {example}", example=f'{key}: "{value}"')
    if colon and value[:1] in set("@`%&*!|>[]{},#?"):
        return what, message(
            "A text that begins with {sign} needs quotes: {example}", sign=value[0], example=f'{key}: "{value}"'
        )
    if value[:1] in {'"', "'"}:
        return what, message("A quotation mark is not closed, or stands inside the text: use “ ” inside it.")
    if text.strip() and not colon and not text.rstrip().endswith(":") and not text.lstrip().startswith("-"):
        return what, message('Every line needs "key: value", with a space after the colon.')
    return what, message("Compare the line and the one above it with the handbook's example; mind quotes and indents.")


def _mapping(node: yaml.MappingNode, line_offset: int, seen: set[int], depth: int) -> Mapping:
    entries: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = line_offset + key_node.start_mark.line
        if not isinstance(key_node, yaml.ScalarNode):
            raise _Refused(line, message("A key must be one word."), message('Write "key: value".'))
        key = key_node.value
        if key in entries:
            raise _Refused(
                line,
                message('The key "{key}" stands twice (first in line {first}).', key=key, first=lines[key]),
                message("Keep one of the two lines."),
            )
        entries[key] = _node(value_node, line_offset, seen, depth + 1)
        lines[key] = line
    return Mapping(entries, line_offset + node.start_mark.line, lines)


def _node(node: yaml.Node, line_offset: int, seen: set[int], depth: int) -> Node:
    line = line_offset + node.start_mark.line
    if id(node) in seen:
        raise _Refused(
            line,
            message("YAML aliases (* and &) are not taken."),
            message("Write the value out, or put it in quotes."),
        )
    seen.add(id(node))
    if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag or node.tag.endswith(":binary"):
        raise _Refused(line, message("YAML tags (!…) are not taken."), message('Put the value in quotes: "…".'))
    if depth > MAX_DEPTH:
        raise _Refused(line, *_too_deep())
    if isinstance(node, yaml.ScalarNode):
        null = node.style is None and node.value in {"", "~", "null", "Null", "NULL"}
        return Scalar(node.value, line, null)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_node(item, line_offset, seen, depth + 1) for item in node.value), line)
    return _mapping(node, line_offset, seen, depth)
