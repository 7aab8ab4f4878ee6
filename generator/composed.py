"""Front matter composed by PyYAML, and never constructed: no tag makes an object, no alias is followed.

Nothing is taken for a number or a date that was meant as text. The fence is python-frontmatter's.
"""

from __future__ import annotations

import re
from typing import Any

import yaml  # noqa: TID251 - this is the room for it
from frontmatter.default_handlers import SafeLoader, YAMLHandler  # noqa: TID251 - this is the room for it

from generator.errors import Message, Problem, Severity, message, mistake
from generator.fields import Mapping, Node, Scalar, Sequence
from generator.plainlines import NULLS
from generator.slips import NO_SPACE, SPACE_NEEDED, Mark, Slip, find_slip

MAX_DEPTH = 12
"""How deep lists and groups may nest: the deepest key of ours needs three."""


class _Handler(YAMLHandler):
    """YAML between lines of exactly three hyphens: a longer rule in the body is no fence."""

    FM_BOUNDARY = re.compile(r"^---[ \t]*$", re.MULTILINE)

    def load(self, fm: str, **_: object) -> Any:  # noqa: ANN401 - the signature is python-frontmatter's
        """Compose ``fm`` to YAML nodes, which know their lines."""
        return yaml.compose(fm, Loader=SafeLoader)


_HANDLER = _Handler()
# What YAML takes for the end of a line and an editor does not: a line's number must be the editor's.
_STRANGE_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})
_TEXTS = frozenset({"title", "summary", "place", "caption", "alt", "note"})
"""Keys whose values are sentences, in which a number sign may stand."""
_SURELY_SHALLOW = 100
"""Signs that may open a level: with fewer of them nothing nests so deep that composing it could exhaust the stack."""


def read_composed(lines: list[str], start: int, path: str) -> tuple[Mapping, tuple[Problem, ...]]:
    """Compose and convert what stands between the fences of a file, and say what was refused of it.

    ``lines`` are the file's, ``start`` is the index of the first fence, on which YAML's line 0 falls. Raises
    ContentError where the front matter cannot be read at all.
    """

    def row(number: int) -> str:
        return lines[number - 1] if 0 < number <= len(lines) else ""

    front = _HANDLER.split("\n".join(lines[start:]))[0].translate(_STRANGE_BREAKS)
    try:
        if (deep := _too_deep(front)) is not None:
            what = message("The front matter is nested too deep.")
            fix = message("Front matter needs keys, lists and lists of groups; nothing deeper.")
            raise mistake(path, start + 1 + deep, what, fix, row(start + 1 + deep))
        node = _HANDLER.load(front)
    except yaml.reader.ReaderError as error:
        what = message(
            "The front matter contains a control character (U+{code}).", code=f"{ord(_character(error)):04X}"
        )
        line = start + 1 + front.count("\n", 0, front.find(_character(error)))
        fix = message("Delete the invisible character, or type the text again.")
        raise mistake(path, line, what, fix, row(line)) from None
    except yaml.YAMLError as error:
        slip = _slip(error, front)
        line = start + 1 + slip.line
        raise mistake(path, line, slip.what, slip.fix, row(line)) from None
    reader = _Reader(start + 1, front.split("\n"))
    if node is None:
        return Mapping({}, start + 1, {}), ()
    if not isinstance(node, yaml.MappingNode):
        line = start + node.start_mark.line + 1
        what = message("The front matter is not made of keys and values.")
        fix = message('Write "key: value" on each line, for example "title: …".')
        raise mistake(path, line, what, SPACE_NEEDED if NO_SPACE.match(row(line)) else fix, row(line))
    fields = reader.top(node)
    return fields, reader.problems(path)


def _slip(error: yaml.YAMLError, front: str) -> Slip:
    rows = front.split("\n")
    begun, noticed = (
        Mark(mark.line, mark.column) if (mark := getattr(error, name, None)) is not None else None
        for name in ("context_mark", "problem_mark")
    )
    # Behind the last key stands an empty row, the end of which is the closing fence.
    return find_slip(str(error), begun, noticed or Mark(0, 0), rows[:-1] if len(rows) > 1 else rows)


def _too_deep(front: str) -> int | None:
    """Return YAML's line where ``front`` nests deeper than MAX_DEPTH, None where it does not.

    libyaml composes by recursion in C: brackets by the thousand would end the process, not raise an error.
    """
    signs = sum(front.count(sign) for sign in "[{?-")
    if signs < _SURELY_SHALLOW and " " * _SURELY_SHALLOW not in front:
        return None
    depth = 0
    for event in yaml.parse(front, Loader=SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return int(event.start_mark.line) if event.start_mark is not None else 0
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _character(error: yaml.reader.ReaderError) -> str:
    return error.character if isinstance(error.character, str) else chr(error.character)


class _Reader:
    """Turns YAML nodes into ours. What may not stand there is ``refused``, by line and cause, and passed over.

    ``doubted`` is what YAML may take for something else than its writer did.
    """

    def __init__(self, offset: int, rows: list[str]) -> None:
        self._offset = offset
        self._rows = rows
        self._seen: set[int] = set()
        self.refused: dict[tuple[int, Message], Message] = {}
        self.doubted: dict[tuple[int, Message], Message] = {}

    def top(self, node: yaml.MappingNode) -> Mapping:
        """Convert the whole front matter."""
        self._seen.add(id(node))
        self._check_tag(node, self._line(node))
        return self._mapping(node)

    def problems(self, path: str) -> tuple[Problem, ...]:
        """Return what was refused and doubted in the file ``path``."""
        noted: tuple[tuple[Severity, dict[tuple[int, Message], Message]], ...] = (
            ("error", self.refused),
            ("warning", self.doubted),
        )
        return tuple(
            Problem(path, line, what, fix, self._rows[line - self._offset].strip()[:200], severity)
            for severity, found in noted
            for (line, what), fix in found.items()
        )

    def _line(self, node: yaml.Node) -> int:
        return self._offset + int(node.start_mark.line)

    def _refuse(self, line: int, what: Message, fix: Message) -> None:
        self.refused[line, what] = fix

    def _check_tag(self, node: yaml.Node, line: int) -> None:
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag or node.tag.endswith(":binary"):
            self._refuse(line, message("YAML tags (!…) are not taken."), message('Put the value in quotes: "…".'))

    def _mapping(self, node: yaml.MappingNode) -> Mapping:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = self._line(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(line, message("A key must be one word."), message('Write "key: value".'))
                continue
            self._check_tag(key_node, line)
            key = key_node.value
            value = self._node(value_node, line)
            if key in _TEXTS and isinstance(value_node, yaml.ScalarNode) and not value_node.style:
                self._doubt(key, value_node)
            if key in entries:
                what = message('The key "{key}" stands twice (first in line {first}).', key=key, first=lines[key])
                self._refuse(line, what, message("Keep one of the two lines."))
                continue
            entries[key] = value
            lines[key] = line
        return Mapping(entries, self._line(node), lines)

    def _doubt(self, key: str, node: yaml.ScalarNode) -> None:
        """Wonder at a text that YAML cut at " #", as in "Juara #1": the rest is a remark to it."""
        end = node.end_mark
        rest = self._rows[end.line][end.column :] if end.line < len(self._rows) else ""
        # Behind no value at all, "# later" is a remark and "#1" is a text.
        if re.match(r"\s+#" if node.value else r"\s+#[^\s#]", rest):
            what = message('"{key}" ends before the sign #.', key=key)
            fix = message("If the rest belongs to it, put all in quotes: {example}", example=f'{key}: "…"')
            self.doubted[self._offset + int(end.line), what] = fix

    def _node(self, node: yaml.Node, named: int) -> Node:
        """Convert a value; ``named`` is the line of its key or list, where an alias of it stands."""
        if id(node) in self._seen:
            what = message("YAML aliases (* and &) are not taken.")
            self._refuse(named, what, message("Write the value out, or put it in quotes."))
            return Scalar(node.value if isinstance(node, yaml.ScalarNode) else "…", named)
        self._seen.add(id(node))
        line = self._line(node)
        self._check_tag(node, line)
        if isinstance(node, yaml.ScalarNode):
            null = not node.style and node.value in NULLS
            return Scalar(node.value, line, null)
        if isinstance(node, yaml.SequenceNode):
            return Sequence(tuple(self._node(item, line) for item in node.value), line)
        assert isinstance(node, yaml.MappingNode)
        return self._mapping(node)
