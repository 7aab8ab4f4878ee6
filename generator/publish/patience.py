"""A host that is asked again when the line breaks, with growing pauses, and work for it done by several threads."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, TypeVar, cast

from generator.publish.host import LostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from generator.publish.host import Entry, Host

PAUSES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further try: half a minute in all, in which a line that stumbled is up again."""
LAST_WORD = 5.0
"""Seconds for which a transfer under way is waited for when the work is broken off."""
_MOMENT = 0.2
"""Seconds for which the main thread is deaf to Ctrl-C at most."""

T = TypeVar("T")


class StoppedError(Exception):
    """The work was broken off: another thread met an error, or whoever sits there has had enough."""


class Stop:
    """The sign to break off, which threads look at between two steps and in their pauses."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Give the sign."""
        self._event.set()

    def is_set(self) -> bool:
        """Say whether it was given."""
        return self._event.is_set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises StoppedError when the sign is given."""
        left = seconds
        while not self._event.wait(min(left, _MOMENT)):  # not all at once: Windows would not hear Ctrl-C
            left -= _MOMENT
            if left <= 0:
                return
        raise StoppedError


class Patient:
    """A Host that tries again after a LostError, PAUSES apart; after the last one the error is raised."""

    def __init__(self, host: Host, pause: Callable[[float], None]) -> None:
        self._host, self._pause = host, pause
        self.label, self.lanes = host.label, host.lanes

    def listing(self) -> dict[str, Entry]:
        """Return every file below the folder."""
        return self._again(self._host.listing)

    def read(self, file: str, most: int | None = None) -> bytes | None:
        """Return the bytes of a file, None if there is none, or none of at most so many."""
        return self._again(lambda: self._host.read(file, most))

    def write(self, file: str, data: bytes) -> None:
        """Put a file there, and not twice where only the answer was lost."""
        self._again(lambda: self._host.write(file, data), unless=lambda: self._host.read(file, len(data)) == data)

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put: also where only the answer was lost."""
        return self._again(lambda: self._host.create(file, data) or self._host.read(file, len(data)) == data)

    def remove(self, file: str) -> None:
        """Remove a file; no error if it is gone."""
        self._again(lambda: self._host.remove(file))

    def move(self, file: str, target: str) -> None:
        """Rename a file, unless that was done and only the answer was lost."""
        self._again(lambda: self._host.move(file, target), unless=lambda: self._host.read(file) is None)

    def close(self) -> None:
        """Hang up."""
        self._host.close()

    def _again(self, act: Callable[[], T], unless: Callable[[], bool] = lambda: False) -> T:
        return persist(act, self._pause, unless)


def persist(act: Callable[[], T], pause: Callable[[float], None], unless: Callable[[], bool] = lambda: False) -> T:
    """Return what ``act`` returns at the first try at which the line holds; ``pause`` waits between two of them.

    ``unless`` says before each further try whether the last one has succeeded after all; then that is None. Raises
    LostError if no try succeeds, RefusedError at once.
    """
    for seconds in PAUSES:
        try:
            return act()
        except LostError:
            pause(seconds)
        with contextlib.suppress(LostError):
            if unless():
                return cast("T", None)  # what is done twice only if need be returns nothing
    return act()


def each(work: Iterable[T], act: Callable[[T], None], lanes: int, stop: Stop) -> None:
    """Do ``act`` for every item, by ``lanes`` threads. The first error ends the work and is raised.

    Ctrl-C is heard by the main thread alone: it gives the sign to ``stop``, leaves what is under way LAST_WORD seconds,
    and is raised again.
    """
    waiting, errors = deque(work), list[BaseException]()

    def lane() -> None:
        while not stop.is_set():
            try:
                item = waiting.popleft()
            except IndexError:
                return
            try:
                act(item)
            except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
                errors.append(error)
                stop.set()

    # No thread that a host keeps waiting may keep the program from ending.
    threads = [threading.Thread(target=lane, daemon=True) for _ in range(min(lanes, len(waiting)))]
    _run(threads, stop)
    for error in errors:
        if not isinstance(error, StoppedError):
            raise error
    if stop.is_set():
        raise StoppedError


def _run(threads: Sequence[threading.Thread], stop: Stop) -> None:
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_MOMENT)  # not for ever: Windows would not hear Ctrl-C
    except BaseException:
        stop.set()
        until = time.monotonic() + LAST_WORD
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, until - time.monotonic()))
        raise
