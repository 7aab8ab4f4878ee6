"""What can go wrong, as data: a Problem names file, line, offending text, cause and fix.

Every exception of the program carries Problems, so that the command line, the preview and ``--json`` show the same
facts. Texts are gettext message ids in English; they are translated where they are shown, never where they arise.

    NewsroomError            all of ours; carries .problems
    ├── ContentError         mistakes in content/, site.toml or templates: nothing was written
    ├── OutputError          the output folder cannot be written, or the disk is full
    ├── UsageError           the call itself is wrong: an output folder that is refused, an unknown date
    └── HostError            something went wrong with a host (publish/host.py)
        ├── LostError        the line broke: another try may succeed
        └── RefusedError     the host does not want it: another try would end the same way

    DamagedError             nobody's mistake: what was remembered is not as it was written; the build begins without it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning"]


class Message(NamedTuple):
    """A message id with its values; ``{name}`` in the id is filled from ``values`` after translation."""

    msgid: str
    values: tuple[tuple[str, str], ...] = ()


def message(msgid: str, **values: object) -> Message:
    """Make a Message. The call is what the extraction of catalogue texts looks for, so ``msgid`` must be literal."""
    return Message(msgid, tuple((name, str(value)) for name, value in values.items()))


class Problem(NamedTuple):
    """One mistake: where it stands, what is wrong and how to mend it.

    ``path`` is relative to the site's root with ``/``; ``line`` counts from 1, 0 where no line can be named;
    ``text`` is the offending text (one line, or empty). Only a problem of severity ``error`` stops a build.
    """

    path: str
    line: int
    what: Message
    fix: Message
    text: str = ""
    severity: Severity = "error"


class NewsroomError(Exception):
    """The root of the tree: some Problems, most important first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}:{p.line}: {p.what.msgid}" for p in self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        """Travel from one process to another whole: by itself an exception would be made anew of its text alone."""
        return type(self), (self.problems,)


class ContentError(NewsroomError):
    """Mistakes in what people wrote: releases, pages, site.toml, templates."""


def mistake(path: str, line: int, what: Message, fix: Message, text: str = "") -> ContentError:
    """Return a ContentError with one Problem; of ``text`` as much is kept as a line can show."""
    return ContentError([Problem(path, line, what, fix, text.strip()[:200])])


class OutputError(NewsroomError):
    """The site could not be written: permission, space, a file that another program holds."""


class UsageError(NewsroomError):
    """The call is wrong: nothing was read or written."""


class DamagedError(Exception):
    """Something in the ledger is not as it was written. Whoever meets it begins anew without what was kept."""
