"""What FTP servers say of a folder, line by line: in the form that a standard lays down, or in those of old habit."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from generator.publish.host import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_UNIX = re.compile(
    r"(?P<kind>[-bcdlps])[-rwxsStTlL]{9}\S?\s+"  # what it is, who may do what, a mark for finer rights
    # Links, owner, group, three words first, or "web 33 2048" were a date; some leave out some of them, and "domain
    # users" is two words.
    r"(?:(?:\S+\s+){3}|(?:\S+\s+){0,6}?)"
    r"(?:\d+,\s+)?(?P<size>\d+)\s+"  # bytes; of a device two numbers
    r"(?:[^\W\d]{3,9}\.?\s+\d{1,2}|\d{1,2}\.?\s+[^\W\d]{3,9}\.?|\d{1,2}[月월]\s+\d{1,2}|\d{4}-\d\d-\d\d)"
    r"\s+(?:\d{1,2}[:.]\d\d(?::\d\d)?|\d{4})"
    r" (?P<name>.+)"  # one space: a name may begin with others
)
_DOS = re.compile(r"\d\d-\d\d-(?:\d\d){1,2}\s+\d\d:\d\d(?:[AP]M)?\s+(?:<DIR>\s+|(?P<size>\d+) )(?P<name>.+)")
"""As Microsoft's server has it."""
_TOTAL = re.compile(r"(?:[^\W\d]+\s+\d+)?")
"""Disk space of all of it, "total 12", in the server's own language."""
_ITSELF = frozenset({".", ".."})
"""How a listing calls the folder that it is about, and the one above."""


class Item(NamedTuple):
    """What stands in a folder: its name, and what is known of it if it is a file; None for a folder."""

    name: str
    entry: Entry | None


class Listed(NamedTuple):
    """What a server says of one folder: ``items``, and the first line that cannot be believed, "" if all can."""

    items: list[Item]
    unread: str = ""

    def and_also(self, other: Listed) -> Listed:
        """Return what this and another answer about the same folder say; of a name that is in both, what this says."""
        known = {item.name for item in self.items}
        return Listed(
            [*self.items, *(item for item in other.items if item.name not in known)], self.unread or other.unread
        )


class UnreadableError(Exception):
    """A line of a listing is of no form that is known. Carries the line."""


def machine_items(lines: Iterable[str]) -> Listed:
    """Return what an answer to MLSD says, without the folder itself and its parent. Source: RFC 3659, section 7."""
    return _listed(lines, _machine_item)


def habit_items(lines: Iterable[str]) -> Listed:
    """Return what an answer to LIST says, as ``ls -l`` or DOS would. There is no standard for it.

    When something changed is not read: it stands there in an unknown zone, and without a year or a time.
    """
    return _listed(lines, _habit_item)


def _listed(lines: Iterable[str], read: Callable[[str], Item | None]) -> Listed:
    """Return what can be read, and whether that is all.

    A name with an end of line in it makes two lines of one. The second may be of any form, or of none; the first may
    be the name of something else in the folder, behind which the one with the long name would hide.
    """
    found, unread = dict[str, Item](), ""
    for line in lines:
        try:
            item = read(line)
        except UnreadableError:
            unread = unread or line
            continue
        if item is None:
            continue
        if item.name in found:
            unread = unread or line
        else:
            found[item.name] = item
    return Listed([*found.values()], unread)


def _machine_item(line: str) -> Item | None:
    """Return what a line says, None of the folder itself or its parent. Raises UnreadableError if it has no name."""
    facts, blank, name = line.partition(" ")
    if not blank or not name or "/" in name:
        raise UnreadableError(line)
    known = dict(_fact(fact) for fact in facts.split(";") if fact)
    kind = known.get("type", "file").lower()
    if kind in {"cdir", "pdir"} or name in _ITSELF:
        return None
    # A link is of a type that its operating system names ("OS.unix=slink:…"): whatever is no folder is a file.
    if kind == "dir":
        return Item(name, None)
    size = known.get("size", "")
    amount = int(size) if size.isdecimal() else 0
    return Item(name, Entry(amount, "", _moment(known.get("modify")), is_file=kind == "file"))


def _habit_item(line: str) -> Item | None:
    """Return what a line says, None where that is nothing. Raises UnreadableError if it is of no form that is known."""
    unix = _UNIX.fullmatch(line)
    if unix is not None:
        kind, size, name = unix.groups()
    elif (dos := _DOS.fullmatch(line)) is not None:
        size, name = dos.groups()
        kind = "d" if size is None else "-"
    elif _TOTAL.fullmatch(line.strip()):
        return None
    else:
        raise UnreadableError(line)
    if name in _ITSELF:
        return None
    if kind == "l":
        name = name.partition(" -> ")[0]
    if "/" in name:
        raise UnreadableError(line)
    return Item(name, None if kind == "d" else Entry(int(size), is_file=kind == "-"))


def _fact(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.lower(), value


def _moment(text: str | None) -> float | None:
    """Return seconds since 1970 for a time as RFC 3659 writes it (section 2.3, in UTC), None if it is none."""
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp() if text else None
    except ValueError:
        return None
