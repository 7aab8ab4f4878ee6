"""content/site.toml as a tree of nodes with lines, which tomllib does not give."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from generator.errors import ContentError, Problem, message
from generator.fields import Mapping, Node, Scalar, Sequence, may_hold_secret
from generator.textfile import decode

if TYPE_CHECKING:
    from pathlib import Path

SITE_FILE = "content/site.toml"


def site_bytes(root: Path) -> bytes:
    """Return the bytes of content/site.toml below ``root``. Raises ContentError where there is none to read."""
    try:
        return (root / SITE_FILE).read_bytes()
    except FileNotFoundError:
        what = message("{file} is missing.", file=SITE_FILE)
        fix = message(
            'Run adpim in the site\'s folder or name it with --root; "adpim demo 20 DIR" makes a full example.'
        )
        raise ContentError([Problem(SITE_FILE, 0, what, fix)]) from None
    except OSError as error:
        what = message("{file} cannot be read: {error}.", file=SITE_FILE, error=error.strerror or error)
        raise ContentError([Problem(SITE_FILE, 0, what, message("Check the file's permissions."))]) from None


def site_tree(data: bytes) -> Mapping:
    """Return the keys of a site.toml with their lines. Raises ContentError where it cannot be read as TOML."""
    text = decode(data, SITE_FILE)
    tree: Mapping = _nodes(_parse(text), _lines(text), "")
    return tree


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of 5,000 digits is a plain ValueError; lists in lists by the thousand exhaust the stack.
        raise ContentError([_unreadable(error, text)]) from None


def _unreadable(error: Exception, text: str) -> Problem:
    said, rows = str(error), text.split("\n")
    match = re.search(r"line (\d+)", said)
    line = int(match[1]) if match else len(rows) if "end of document" in said else 1
    what = message("site.toml cannot be read here.")
    fix = message('Texts stand in straight quotes: key = "text". Compare the line with the handbook\'s example.')
    if "overwrite" in said or "twice" in said:
        what, fix = message("This key stands twice."), message("Keep one of the two lines.")
    return Problem(SITE_FILE, line, what, fix, _shown(rows, line))


def _shown(rows: list[str], line: int) -> str:
    """Return a line as it is shown: no value of a place to publish to, which may hold a password in the wrong place."""
    row = rows[line - 1].strip()
    tables = [each.strip() for each in rows[:line] if each.lstrip().startswith("[")]
    key, sign, value = row.partition("=")
    if sign and (may_hold_secret(value) or (tables and re.match(r"\[+\s*publish\b", tables[-1]))):
        row = f"{key}= …"
    return row[:200]


def _lines(text: str) -> dict[str, int]:
    """Map each key, its table's name before it, to its line; ``menu[1]`` is a list's second. tomllib gives none."""
    lines: dict[str, int] = {}
    items: dict[str, int] = {}
    table = opened = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*\[(\[?)\s*([^\]]+?)\s*\]", line):
            name, opened = match[2], ""
            lines.setdefault(name, number)
            if match[1]:
                items[name] = items.get(name, -1) + 1
                name = f"{name}[{items[name]}]"
                lines[name] = number
            table = f"{name}."
        elif opened and re.match(r"\s*\{", line):
            items[opened] = items.get(opened, -1) + 1
            lines[f"{opened}[{items[opened]}]"] = number
        elif match := re.match(r'\s*"?([A-Za-z0-9_.-]+)"?\s*=', line):
            lines.setdefault(table + match[1], number)
            opened = table + match[1] if re.search(r"=\s*\[\s*(#.*)?$", line) else ""
    return lines


def _nodes(value: Any, lines: dict[str, int], name: str, inherited: int = 1) -> Any:  # noqa: ANN401 - a TOML value
    """Turn what tomllib gives into nodes with lines."""
    line = lines.get(name, inherited)
    if isinstance(value, dict):
        prefix = f"{name}." if name else ""
        entries: dict[str, Node] = {k: _nodes(v, lines, prefix + k, line) for k, v in value.items()}
        return Mapping(entries, line, {k: lines.get(prefix + k, line) for k in value})
    if isinstance(value, list):
        return Sequence(tuple(_nodes(item, lines, f"{name}[{n}]", line) for n, item in enumerate(value)), line)
    return Scalar(str(value).lower() if isinstance(value, bool) else str(value), line)
