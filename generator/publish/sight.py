"""A look at a host ahead of time: another process lists it while this one builds the site.

It is a guess that saves time, and no more: where the host has another head by now, or the look is long ago, or it did
not succeed, the host is looked at again as if nobody had.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import OutputError
from generator.publish.host import Entry, HostError
from generator.publish.manifest import HEAD, MOST

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from generator.crew import Crew
    from generator.publish.host import Host
    from generator.publish.record import Record

    Columns = tuple[datetime, bytes | None, tuple[str, ...], tuple[tuple[object, ...], ...]]


class Sight(NamedTuple):
    """What a host listed at a ``moment``, and the head that stood there just before."""

    moment: datetime
    head: bytes | None
    listing: dict[str, Entry]


def look_ahead(
    crew: Crew, record: Record, opening: Callable[[], Host], clock: Callable[[], datetime]
) -> Callable[[], Sight | None]:
    """Begin to look at a host; return a function that waits for what is seen, None where it is to be looked at later.

    ``opening`` connects and asks nobody. Small sites, by the ``record`` of what was published, are quickly looked at.
    """
    count = record.count()
    if not crew.forks(count):
        return lambda: None
    looking = crew.aside(lambda clock: _look(opening, clock), clock, items=count)

    def sight() -> Sight | None:
        try:
            seen = looking()
        except OutputError:
            return None  # its process was ended from outside: this one needs none for a look of its own
        if seen is None:
            return None
        moment, head, files, columns = seen
        return Sight(moment, head, dict(zip(files, map(Entry, *columns), strict=True)))

    return sight


def _look(opening: Callable[[], Host], clock: Callable[[], datetime]) -> Columns | None:
    """Return what is seen, in columns: plain values travel between processes three times as fast as objects."""
    try:
        with contextlib.closing(opening()) as host:
            head = host.read(HEAD, MOST)
            listing = host.listing()
        return clock(), head, tuple(listing), tuple(zip(*listing.values(), strict=True)) or ((), (), (), ())
    except (HostError, MemoryError):
        # A password is to be asked for, the line stumbled, the host says no: it is told when it is asked. And what has
        # no room beside a build may have it afterwards.
        return None
