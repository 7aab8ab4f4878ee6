"""What publishing asks of a host, whatever its kind, and what can go wrong with one."""

from __future__ import annotations

import re
from secrets import token_hex
from typing import TYPE_CHECKING, NamedTuple, Protocol

from generator.errors import NewsroomError, Problem, message

if TYPE_CHECKING:
    from generator.errors import Message

PART = ".adpim-"
"""How the names of files begin that wait on the host to be renamed; they end in ``.part``."""
_WAITING = re.compile(rf"{re.escape(PART)}[0-9a-f]{{16}}\.part")


class HostError(NewsroomError):
    """Something went wrong with a host. Its Problems name the host as ``path``."""


class LostError(HostError):
    """The line broke, or the host did not answer in time: another try may succeed."""


class RefusedError(HostError):
    """The host does not want it: password, key, permission, space. Another try would end the same way."""


def lost(label: str, what: Message, fix: Message) -> LostError:
    """Return a LostError with one Problem."""
    return LostError([Problem(label, 0, what, fix)])


def refused(label: str, what: Message, fix: Message) -> RefusedError:
    """Return a RefusedError with one Problem."""
    return RefusedError([Problem(label, 0, what, fix)])


def inside(label: str, file: str) -> str:
    """Return ``file`` if it lies below the site's folder by its own words. Raises RefusedError if not."""
    parts = file.split("/")
    if "" in parts or ".." in parts or "." in parts or "\0" in file:
        what = message("{file} is not a file of the site.", file=repr(file))
        raise refused(label, what, message("Report this to whoever maintains the program."))
    return file


def part_name() -> str:
    """Return a name for a file that waits to be renamed; of two that were made, none is like another."""
    return f"{PART}{token_hex(8)}.part"


def is_part(file: str) -> bool:
    """Say whether a file, in whatever folder, waits by its name to be renamed."""
    return _WAITING.fullmatch(file.rpartition("/")[2]) is not None


class Entry(NamedTuple):
    """A file on a host."""

    size: int
    """Bytes."""
    digest: str = ""
    """A digest that the host itself gives, with its kind in front (``md5:…``); "" where it gives none."""
    modified: float | None = None
    """When it last changed by the host's clock, in seconds since 1970; None where the host does not say."""
    is_file: bool = True
    """Whether it is a file of its own. A link or a pipe is not: to read it is to read something else, or for ever."""


CLOSED = Entry(0, is_file=False)
"""A folder into which there is no looking, or not into all of it: it is listed, so that nobody hides anything there.

We may not be let in, its path may be longer than the host bears, or nobody can read what the host says of it.
"""


class Host(Protocol):
    """The site's folder on a host. Files are named by their path below it, with ``/``; several threads call at once.

    Every method raises LostError or RefusedError, and no error of a library.
    """

    label: str
    """The host as people are shown it, without a secret."""
    lanes: int
    """How many transfers at once it bears."""

    def listing(self) -> dict[str, Entry]:
        """Return every file below the folder, whoever put it there; empty where there is no folder yet.

        Links are listed as files and never followed. A folder that cannot be looked into is listed as CLOSED, besides
        what can be told of it: one name that somebody put there must not keep all others from being told. Only where
        the line breaks, or the site's own folder is closed, is there no listing.
        """

    def read(self, file: str, most: int | None = None) -> bytes | None:
        """Return the bytes of a file, None if there is none.

        With ``most``, also None where it has more bytes or is no file of its own: whoever broke into the host may have
        put something without an end where a file of ours is looked for.
        """

    def write(self, file: str, data: bytes) -> None:
        """Put a file there, whole or not at all: under another name first, renamed where the host can."""

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put: of two at once, one succeeds."""

    def remove(self, file: str) -> None:
        """Remove a file, and its folders as far as nothing else stands in them; no error if it is gone."""

    def move(self, file: str, target: str) -> None:
        """Rename a file. ``target`` may begin with ``../`` where the host lets one out of the folder."""

    def close(self) -> None:
        """Hang up."""
