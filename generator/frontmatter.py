"""From the bytes of a Markdown file to its front matter, with lines, and its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.errors import Message, Problem, message, mistake
from generator.plainlines import read_plain_lines
from generator.textfile import decode

if TYPE_CHECKING:
    from generator.fields import Mapping

MAX_FRONT_MATTER = 64_000
"""Characters between the fences."""


class Source(NamedTuple):
    """A parsed file: its front matter, its Markdown, the line on which the Markdown begins, and what was refused."""

    fields: Mapping
    body: str
    body_line: int
    problems: tuple[Problem, ...] = ()


def parse(data: bytes, path: str) -> Source:
    """Split and read a file.

    ``data`` is the file's bytes, ``path`` its name for messages. Raises ContentError where the front matter cannot be
    read at all; what can be read but may not stand there is among the problems of the result.
    """
    text = decode(data, path)
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise mistake(path, 1, message("The file is empty."), _template_hint())
    if lines[start].rstrip() != "---":
        raise mistake(
            path,
            start + 1,
            message("The file does not begin with front matter."),
            message('Begin the file with a line "---", then title: and date:, then a line "---" again.'),
            lines[start],
        )
    end = next((number for number, line in enumerate(lines[start + 1 :], start + 1) if line.rstrip() == "---"), None)
    if end is None:
        raise mistake(
            path,
            start + 1,
            message('The front matter is not closed: the second line "---" is missing.'),
            message('Put a line "---" between the last key and the text.'),
            lines[start],
        )
    # A fence may be followed by what is space to us but to no one else.
    lines[start] = lines[end] = "---"
    front, body = (
        "\n".join(["", *part, *last]) for part, last in ((lines[start + 1 : end], [""]), (lines[end + 1 :], []))
    )
    body_line = start + front.count("\n") + 1
    if len(front) > MAX_FRONT_MATTER:
        what = message("The front matter is longer than {limit} characters.", limit=MAX_FRONT_MATTER)
        raise mistake(path, start + 1, what, message('Is the second line "---" where it should be?'))
    fields, problems = _fields(front, start, lines, path)
    return Source(fields, body.strip("\n"), body_line + _leading_newlines(body), problems)


def _leading_newlines(body: str) -> int:
    return len(body) - len(body.lstrip("\n"))


def _template_hint() -> Message:
    return message('Write the release here, or delete the file. "adpim new" makes one that is ready to fill in.')


def _fields(front: str, start: int, lines: list[str], path: str) -> tuple[Mapping, tuple[Problem, ...]]:
    plain = read_plain_lines(front, start + 1)
    if plain is not None:
        return plain, ()
    from generator.composed import read_composed  # noqa: PLC0415 - YAML's 25 ms, which releases of plain lines save

    return read_composed(lines, start, path)
