"""Typed reading of what people wrote in front matter and site.toml, with every mistake collected.

A parsed file is a tree of three kinds of node, each knowing its line. ``Fields`` reads one mapping of it: each method
takes a key and returns a checked value or a default, and notes a Problem where the value will not do. Values keep the
text as it was written, so ``title: 2023`` is a title and ``draft: ya`` is understood.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from generator.errors import Message, Problem, Severity, message
from generator.i18n import Moment

if TYPE_CHECKING:
    from collections.abc import Mapping as AbcMapping
    from collections.abc import Sequence as AbcSequence
    from zoneinfo import ZoneInfo


class Scalar(NamedTuple):
    """One value as it was written; ``null`` where nothing was (``title:`` alone, or ``~``)."""

    text: str
    line: int
    null: bool = False


class Sequence(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    line: int


class Mapping(NamedTuple):
    """Keys with values; the line of a key is that of its value's first line or its own."""

    entries: dict[str, Node]
    line: int
    lines: dict[str, int]


Node: TypeAlias = Scalar | Sequence | Mapping

_TRUE = frozenset({"true", "yes", "on", "ya", "y", "benar", "1"})
_FALSE = frozenset({"false", "no", "off", "tidak", "n", "salah", "0"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufffe\uffff]")
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """Return ``text`` on one line, in Unicode's composed form, without spaces at its ends or signs that nobody sees."""
    if not text.isprintable():  # what nobody sees cannot be printed either
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFC", text).split())


_MOMENT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[Tt ]\s*(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?"
    r"\s*(Z|z|UTC|WIB|WITA|WIT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?)?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_NAMED_ZONES = {"Z": 0, "z": 0, "UTC": 0, "WIB": 7, "WITA": 8, "WIT": 9}
_YEARS = range(1900, 2201)


def parse_moment(text: str, zone: ZoneInfo) -> Moment | None:
    """Return the moment that ``text`` names, in ``zone`` unless it carries its own; None where it names none.

    Takes ``2023-10-30``, ``2023-10-30 14:00`` (a dot and seconds too), and a zone: ``Z``, ``+07:00``, ``WIB``.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    written_zone = match[7]
    if year not in _YEARS:
        return None
    try:
        if written_zone is None:
            return Moment(datetime(year, month, day, hour, minute, second, tzinfo=zone), match[4] is not None)
        at = datetime(year, month, day, hour, minute, second, tzinfo=_offset(written_zone))
    except ValueError:
        return None
    return Moment(at.astimezone(zone), has_time=True)


def _offset(written: str) -> timezone:
    if written in _NAMED_ZONES:
        return timezone(timedelta(hours=_NAMED_ZONES[written])) if _NAMED_ZONES[written] else UTC
    sign = -1 if written[0] == "-" else 1
    digits = written[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:2]), int(digits[2:]))
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


class Fields:
    """Reads one mapping. ``problems`` is shared with the Fields of nested mappings; ``path`` is the file they name."""

    def __init__(self, mapping: Mapping, path: str, problems: list[Problem], *, prefix: str = "") -> None:
        self.mapping = mapping
        self.path = path
        self.problems = problems
        self.prefix = prefix
        self._missing: dict[str, Problem] = {}
        self._asked: set[str] = set()

    def line(self, key: str) -> int:
        """Return the line of ``key``, or of the mapping where the key is absent."""
        return self.mapping.lines.get(key, self.mapping.line)

    def report(
        self, key: str, what: Message, fix: Message, *, text: str | None = None, severity: Severity = "error"
    ) -> None:
        """Note a Problem at ``key``; the offending text is the key with its value unless ``text`` says otherwise."""
        if text is None:
            node = self.mapping.entries.get(key)
            text = self._row(key, node.text) if isinstance(node, Scalar) else self._row(key, "")
        self.problems.append(
            Problem(self.path, self.line(key), what, fix, _SPACE.sub(" ", text)[:200].strip(), severity)
        )

    def _row(self, key: str, value: str, *, full: bool = True) -> str:
        """Return a line as it stands in such a file: of YAML, or of TOML where the file's name says so."""
        name = f"{self.prefix}{key}" if full else key
        if self.path.endswith(".toml"):
            return f'{name} = "{"…" if may_hold_secret(value) else value}"' if value else f"{name} ="
        return f"{name}: {value}".rstrip()

    def _item(self, key: str) -> str:
        """Return an item of a list of groups as it stands in such a file."""
        row = self._row(key, "…", full=False)
        return f"{{ {row} }}" if self.path.endswith(".toml") else f"- {row}"

    def want_values(self, *keys: str) -> None:
        """Report each of ``keys`` that stands there without a value: what it was to hold back might go out."""
        for key in keys:
            if key in self.mapping.entries and not self.has(key):
                what = message('"{key}" has no value.', key=self.prefix + key)
                self.report(key, what, message("Write a value behind it, or delete the line."))

    def has(self, key: str) -> bool:
        """Say whether ``key`` stands there with a value: neither nothing, nor an empty text or list, is one."""
        node = self.mapping.entries.get(key)
        if isinstance(node, Scalar):
            return not node.null and (bool(node.text.strip()) if node.text.isascii() else bool(tidy(node.text)))
        return bool(node.items if isinstance(node, Sequence) else node)

    def _node(self, key: str) -> Node | None:
        self._asked.add(key)
        node = self.mapping.entries.get(key)
        return node if node is not None and self.has(key) else None

    def text(self, key: str, *, required: bool = False) -> str:
        """Return a text on one line, "" where there is none."""
        node = self._node(key)
        value = "" if node is None else self._plain(key, node)
        if required and not value and (node is None or (isinstance(node, Scalar) and not node.text.strip())):
            self.report(
                key,
                message('"{key}" is missing.', key=self.prefix + key),
                message("Add a line: {example}", example=self._row(key, "…", full=False)),
                text="" if key not in self.mapping.entries else None,
            )
            if key not in self.mapping.entries:
                self._missing[key] = self.problems[-1]
        return value

    def _plain(self, key: str, node: Node) -> str:
        if not isinstance(node, Scalar):
            self.report(
                key,
                message('"{key}" must be a text, not a list or a group.', key=self.prefix + key),
                message("Write it on one line: {example}", example=self._row(key, "…", full=False)),
            )
            return ""
        if not node.text.isprintable() and _CONTROL.search(node.text):
            self.report(
                key,
                message('"{key}" contains a control character.', key=self.prefix + key),
                message("Delete the invisible character, or type the text again."),
                text=_CONTROL.sub("\N{REPLACEMENT CHARACTER}", self._row(key, node.text)),
            )
            return ""
        return tidy(node.text)

    def flag(self, key: str) -> bool:
        """Return yes or no; no where it is absent."""
        node = self._node(key)
        if node is None:
            return False
        value = self._plain(key, node).lower()
        if value not in _TRUE | _FALSE:
            self.report(
                key,
                message('"{key}" must be true or false.', key=self.prefix + key),
                message('Write "{key}: true" or "{key}: false".', key=key),
            )
        # What cannot be read is taken for yes: of a release whose draft state is unclear, nothing may go out.
        return value not in _FALSE

    def moment(self, key: str, zone: ZoneInfo, *, required: bool = False) -> Moment | None:
        """Return a date, with or without a time of day, in ``zone`` unless it carries its own."""
        written = self.text(key, required=required)
        if not written:
            return None
        value = parse_moment(written, zone)
        if value is None:
            self.report(key, message('"{key}" is not a valid date.', key=self.prefix + key), _date_fix(written, key))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text alone, or several parted by commas, is a list too."""
        node = self._node(key)
        if node is None:
            return ()
        if isinstance(node, Scalar):
            return tuple(part for part in (tidy(p) for p in self._plain(key, node).split(",")) if part)
        if isinstance(node, Mapping):
            self._plain(key, node)
            return ()
        return tuple(value for item in node.items if (value := self._plain(key, item)))

    def groups(self, key: str, *, bare: str) -> tuple[Fields, ...]:
        """Return a list of mappings; an item that is a text alone stands for a mapping with only the key ``bare``."""
        node = self._node(key)
        if node is None:
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        result = []
        for item in items:
            if isinstance(item, Sequence):
                self.report(
                    key,
                    message('An item of "{key}" must be a group of keys.', key=self.prefix + key),
                    message("Write each item so: {example}", example=self._item(bare)),
                )
                continue
            mapping = Mapping({bare: item}, item.line, {bare: item.line}) if isinstance(item, Scalar) else item
            result.append(Fields(mapping, self.path, self.problems, prefix=f"{key}."))
        return tuple(result)

    def named(self, key: str) -> tuple[tuple[str, Fields], ...]:
        """Return the groups that stand below ``key``, each with its name, in their order."""
        node = self._node(key)
        groups = node.entries if isinstance(node, Mapping) else {}
        if node is not None and not (groups and all(isinstance(group, Mapping) for group in groups.values())):
            self.report(
                key,
                message('"{key}" must be groups, each with a name.', key=self.prefix + key),
                message("Write each so: {example}", example=f"[{self.prefix}{key}.NAME]"),
            )
            return ()
        return tuple(
            (name, Fields(group, self.path, self.problems, prefix=f"{key}.{name}."))
            for name, group in groups.items()
            if isinstance(group, Mapping)
        )

    def finish(
        self, synonyms: AbcMapping[str, str] | None = None, *, also: AbcSequence[str] = (), hides: bool = False
    ) -> None:
        """Report every key that was never asked for, with the nearest one that exists.

        ``hides`` says that what such a key holds may be a secret, and is not shown.
        """
        known = self._asked | set(also)
        for key in self.mapping.entries:
            if key in known:
                continue
            near = nearest(key, known, synonyms or {})
            if near in self._missing:
                # One slip, one problem: the key is there under another name.
                self.problems.remove(self._missing.pop(near))
            self.report(
                key,
                message('Unknown key "{key}".', key=self.prefix + key),
                message('Did you mean "{near}"?', near=near)
                if near
                else message("Known keys: {keys}.", keys=", ".join(sorted(known))),
                text=self._row(key, "…") if hides else None,
            )


def may_hold_secret(value: str) -> bool:
    """Say whether people may have meant something in an address to be a password, so that it is not shown.

    It need not be one to whoever takes the address apart: with a slash in it, or where ``sftp://`` was forgotten.
    """
    return re.search(":.*@", value.partition("://")[2] or value, re.DOTALL) is not None


def nearest(word: str, known: AbcSequence[str] | set[str], synonyms: AbcMapping[str, str]) -> str:
    """Return the known word that ``word`` most likely means, by synonym first and spelling second, or ""."""
    plain = word.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in known:
        return plain
    candidates = {**{name: name for name in known}, **{k: v for k, v in synonyms.items() if v in known}}
    close = difflib.get_close_matches(plain, sorted(candidates), n=1, cutoff=0.7)
    return candidates[close[0]] if close else ""


def _date_fix(written: str, key: str) -> Message:
    day_first = _DAY_FIRST.fullmatch(written)
    if day_first:
        day, month, year = (int(part) for part in day_first.groups())
        try:
            right = datetime(year, month, day, tzinfo=UTC).date().isoformat()
        except ValueError:
            pass
        else:
            return message('Write the year first: "{key}: {right}".', key=key, right=right)
    return message('Write year-month-day, for example "{key}: 2023-10-30" or "{key}: 2023-10-30 14:00".', key=key)
