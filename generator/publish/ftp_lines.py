"""The lines to one FTP server: lent to one thread at a time, kept for the next, and no more than it bears.

One of them is kept free of transfers, which may take longer than the lock on the host holds: it is for the program's
own small files, the lock above all. Where the host bears a single line, these come first when it is given back.
"""

from __future__ import annotations

import contextlib
import ftplib  # noqa: TID251 - this is the room for it
import threading
import time
from typing import TYPE_CHECKING

from generator.publish.ftp_line import Line
from generator.publish.ftp_refusals import connecting, crowded
from generator.publish.host import LostError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.ftp_access import Access

FRESH = 20.0
"""Seconds for which a line that lies idle is believed to be alive; servers hang up after a minute or five."""


class Lines:
    """The lines to one host: one for each of so many ``transfers`` at once and one more, or fewer if it bears fewer."""

    def __init__(self, access: Access, transfers: int) -> None:
        self._access = access
        self._changed = threading.Condition()
        self._idle: list[tuple[Line, float]] = []
        self._count = 0
        self._most = transfers + 1
        self._transfers = 0
        """Lines that are lent to transfers."""
        self._urgent = 0
        """Threads that wait for a line for what is small: they come before all transfers."""

    @contextlib.contextmanager
    def one(self, *, is_small: bool = False) -> Iterator[Line]:
        """Lend a line; one that did not end in a clear reply is not lent again. Raises LostError or RefusedError.

        ``is_small`` is for what takes no time, such as a small file of our own: for that is the line that is kept free.
        """
        line = self._take(is_small=is_small)
        whole = False
        try:
            yield line
            whole = True
        except ftplib.error_perm:
            whole = True  # a clear no: the next command may follow
            raise
        finally:
            self._give(line, whole=whole, is_small=is_small)

    def close(self) -> None:
        """Hang up all lines that nobody uses."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._count -= len(idle)
        for line, _ in idle:
            with contextlib.suppress(ftplib.Error, EOFError, OSError):
                line.quit()
            line.close()

    def _take(self, *, is_small: bool) -> Line:
        while True:
            line, since = self._next(is_small=is_small)
            if line is None:
                line = self._made(is_small=is_small)
            elif time.monotonic() - since > FRESH and not self._is_alive(line, is_small=is_small):
                continue
            if line is not None:
                return line

    def _next(self, *, is_small: bool) -> tuple[Line | None, float]:
        """Wait for a line, and return it with the moment since which it is idle; None where one is to be made.

        A transfer leaves the last idle line and has another made: only so it is known that the host bears that many.
        """
        with self._changed:
            self._urgent += is_small
            try:
                self._changed.wait_for(lambda: self._may_take(is_small=is_small))
            finally:
                self._urgent -= is_small
            self._transfers += not is_small
            is_taken = len(self._idle) > (0 if is_small or self._count >= self._most else 1)
            self._count += not is_taken
            return self._idle.pop() if is_taken else (None, 0.0)

    def _may_take(self, *, is_small: bool) -> bool:
        is_there = bool(self._idle) or self._count < self._most
        return is_there and (is_small or (not self._urgent and self._transfers < max(1, self._most - 1)))

    def _made(self, *, is_small: bool) -> Line | None:
        """Return a new line, None if the host bears no more than there are."""
        try:
            with connecting(self._access):
                return Line(self._access)
        except BaseException as error:  # Ctrl-C too: whoever lets go of the lock then waits for a line
            with self._changed:
                self._count -= 1
                self._transfers -= not is_small
                self._changed.notify_all()
                if self._count and isinstance(error, (LostError, RefusedError)) and crowded(error):
                    self._most = self._count
                    return None
            raise

    def _is_alive(self, line: Line, *, is_small: bool) -> bool:
        """Say whether an idle line still is up; if not, it is given back as broken."""
        is_alive = False
        try:
            is_alive = _alive(line)
        finally:
            if not is_alive:
                self._give(line, whole=False, is_small=is_small)
        return is_alive

    def _give(self, line: Line, *, whole: bool, is_small: bool) -> None:
        if not whole:
            line.close()
        with self._changed:
            self._transfers -= not is_small
            if whole:
                self._idle.append((line, time.monotonic()))
            else:
                self._count -= 1
            self._changed.notify_all()  # which of those that wait may take it, each knows itself


def _alive(line: Line) -> bool:
    try:
        line.voidcmd("NOOP")
    except (ftplib.Error, EOFError, OSError):
        return False
    return True
