"""A publish that nobody watches: whether anything is due at all, and what went out later than it should have."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from generator.publish.history import History
from generator.publish.journal import Journal
from generator.publish.record import Record, unkept, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.clock import Appointment
    from generator.publish.manifest import File

USUAL = timedelta(minutes=5)
"""How often a scheduler runs the command while nothing else is known: what the handbook says."""
GRACE = timedelta(minutes=2)
"""What building and sending may take besides."""
_TOLD = " told"
"""What follows the time in the file that makes the scheduler rest, once it has said that it does."""
RUNS = 10
"""Runs from which it is learnt how often the command is run."""


class Late(NamedTuple):
    """A release that went out later than the scheduler's interval explains.

    ``out`` is None where it never did: when somebody came to publish it, its time was over.
    """

    title: str
    due: datetime
    out: datetime | None


class Rest(NamedTuple):
    """Since when the scheduler rests, and whether it has said so."""

    since: datetime
    is_told: bool = False


class Slot(NamedTuple):
    """Which release is to go out when, by its file: its title may be corrected while it waits."""

    source: str
    at: datetime


class Diary(NamedTuple):
    """What the last runs knew: when they were, and which releases had yet to go out."""

    runs: tuple[datetime, ...] = ()
    ahead: tuple[Slot, ...] = ()

    @property
    def interval(self) -> timedelta:
        """How far apart runs are as a rule: one night in which the machine was off does not count."""
        gaps = [(later - earlier).total_seconds() for earlier, later in zip(self.runs, self.runs[1:], strict=False)]
        return timedelta(seconds=median(gaps)) if len(gaps) > 2 else USUAL

    def late(self, timetable: Iterable[Appointment], built: datetime, out: datetime) -> tuple[Late, ...]:
        """Return the releases that were known to lie ahead and went out too late, at ``out``.

        The site is as it was ``built``: what fell due since then is not out yet. ``timetable`` says when releases go
        out by what is written now: one that was postponed since is not late.
        """
        allowed, known = max(self.interval, USUAL) + GRACE, set(self.ahead)
        return tuple(
            Late(each.title, each.at.astimezone(out.tzinfo), None if is_over else out)
            for each in timetable
            if _slot(each) in known and each.at <= built
            for is_over in (each.until is not None and each.until <= built,)
            if is_over or each.at + allowed < out
        )

    def before(self, timetable: Iterable[Appointment], built: datetime) -> Diary:
        """Return the diary before all goes out that was due when the site was ``built``.

        Should that fail, it is known what was waited for.
        """
        known, slots = set(self.ahead), map(_slot, timetable)
        return self._replace(ahead=tuple(slot for slot in slots if slot.at > built or slot in known))

    def after(self, timetable: Iterable[Appointment], built: datetime, *, is_run: bool) -> Diary:
        """Return the diary once all that was due when ``built`` went out; ``is_run``: whether a scheduler asked."""
        runs = (*self.runs, built)[-RUNS:] if is_run else self.runs
        return Diary(runs, tuple(slot for slot in map(_slot, timetable) if slot.at > built))


def _slot(each: Appointment) -> Slot:
    return Slot(each.source, each.at)


def is_due(work: Path, files: Mapping[str, File], site: str) -> bool:
    """Say whether a target lacks anything of ``files``, by what is known in its work folder.

    No host is asked. A publish that was cut is due to be gone on with.
    """
    manifest = Record(work).manifest()
    if manifest is None or manifest.leaving or is_cut(work):
        return True
    there = manifest.files
    if manifest.site != site or there.keys() != files.keys():
        return True
    return not all(there[file].stands_for(each) for file, each in files.items())


def is_cut(work: Path) -> bool:
    """Say whether a publish has begun and not come to its end: the next one goes on with it."""
    return Journal(work).past() is not None or History(work, keep=1).is_open()


def pause(work: Path, rest: Rest) -> None:
    """Let the scheduler rest: after a publish was taken back it must not put out the same again. Raises OutputError."""
    try:
        write_whole(work / "paused", f"{rest.since.isoformat()}{_TOLD if rest.is_told else ''}".encode())
    except OSError as error:
        raise unkept(error, work) from None


def paused(work: Path) -> Rest | None:
    """Return whether and since when the scheduler rests, None where it does not."""
    with contextlib.suppress(OSError, ValueError):
        said = (work / "paused").read_text("utf-8")
        return Rest(datetime.fromisoformat(said.removesuffix(_TOLD)), said.endswith(_TOLD))
    return None


def resume(work: Path) -> None:
    """Let the scheduler work again: somebody has published by hand."""
    (work / "paused").unlink(missing_ok=True)


def read_diary(work: Path) -> Diary:
    """Return the diary of a target, an empty one where there is none."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        said = json.loads((work / "diary").read_bytes())
        runs = tuple(map(datetime.fromisoformat, said["runs"]))
        ahead = tuple(Slot(str(source), datetime.fromisoformat(at)) for at, source in said["ahead"])
        if all(moment.tzinfo for moment in (*runs, *(each.at for each in ahead))):
            return Diary(runs, ahead)
    return Diary()


def keep_diary(work: Path, diary: Diary) -> None:
    """Keep the diary of a target. Raises OutputError."""
    said = {
        "runs": [moment.isoformat() for moment in diary.runs],
        "ahead": [(each.at.isoformat(), each.source) for each in diary.ahead],
    }
    try:
        work.mkdir(parents=True, exist_ok=True)
        write_whole(work / "diary", json.dumps(said, ensure_ascii=False).encode())
    except OSError as error:
        raise unkept(error, work) from None
