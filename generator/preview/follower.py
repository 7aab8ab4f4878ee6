"""The one thread that takes edits in: hints become updates, updates are told, and in quiet moments the rest is checked.

No error ends it: whatever goes wrong is written to the log, and the next edit is waited for.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Protocol

from generator.content import SUFFIXES
from generator.errors import Problem, message
from generator.preview.archive import SETTLING
from generator.preview.inspection import inspect
from generator.preview.poll import Poll

if TYPE_CHECKING:
    from generator.preview.desk import Desk
    from generator.preview.hints import Hints
    from generator.preview.stream import Stream

CALM = 1.0
"""Seconds of quiet after which the site is inspected, and between two looks at the folders themselves."""
UNWATCHED = (
    message("The system cannot watch so many folders: they are looked at once a second."),
    message("Start the preview with --poll."),
)
_log = logging.getLogger(__name__)


class Lookout(Protocol):
    """Whoever says what may have changed, and must be asked now and then."""

    def look_after(self) -> None:
        """Hint at what would otherwise be missed."""

    def stop(self) -> None:
        """Look no more."""


class Follower:
    """Follows the files of a site."""

    def __init__(self, desk: Desk, hints: Hints, stream: Stream, lookout: Lookout) -> None:
        self._desk, self._hints, self._stream, self._lookout = desk, hints, stream, lookout
        self._inspected = False
        self._inspector = threading.Thread(target=self._inspect, daemon=True)
        self._found: tuple[Problem, ...] = ()
        self._unwatched: tuple[Problem, ...] = ()

    def run(self) -> None:
        """Follow until the hints are closed."""
        while True:
            try:
                paths = self._hints.take(CALM)
                if paths is None:
                    return
                if paths:
                    self._take_in(paths)
                else:
                    self._use_the_quiet()
            except Exception:  # noqa: BLE001 - as the first lines say
                _log.exception("A change could not be taken in")
                time.sleep(CALM)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the last inspection found, and that the system no longer watches."""
        return self._unwatched + self._found

    def catch_up(self, patience: float) -> None:
        """Wait until what is known to have changed is taken in, at most ``patience`` seconds."""
        self._hints.settle(patience)

    def _take_in(self, paths: frozenset[str]) -> None:
        # Under one lock, so that nobody hears of updates in another order than they came in.
        with self._desk.lock:
            before = self._desk.number
            update = self._desk.update(paths)
            if update.number != before:
                self._stream.tell(update)
        if update.later:
            again = threading.Timer(SETTLING / 1e9, self._hints.add, [update.later])
            again.daemon = True
            again.start()
        others = any(path.startswith("content/") and not path.lower().endswith(SUFFIXES) for path in paths)
        self._inspected &= not (others or (update.number != before and update.moved))

    def _use_the_quiet(self) -> None:
        try:
            self._lookout.look_after()
        except OSError:
            self._lookout.stop()
            self._lookout = Poll(self._desk, self._hints)
            self._unwatched = (Problem("adpim serve", 0, *UNWATCHED, severity="warning"),)
        if self._inspected or self._inspector.is_alive():
            return
        self._inspected = True
        # Beside the next edits: in an archive of 50,000 this takes a second.
        self._inspector = threading.Thread(target=self._inspect, name="inspector", daemon=True)
        self._inspector.start()

    def _inspect(self) -> None:
        try:
            found = inspect(self._desk)
        except Exception:  # noqa: BLE001 - as above
            _log.exception("The site could not be inspected")
            return
        self._hints.add(found.strays)
        if found.problems != self._found:
            self._found = found.problems
            with self._desk.lock:
                self._stream.tell(self._desk.note())
