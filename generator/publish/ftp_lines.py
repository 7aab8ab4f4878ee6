"""The lines to one FTP server: lent to one thread at a time, kept for the next, and no more than it bears."""

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
    """The lines to one host: as many as there are transfers at once, and no more than it bears."""

    def __init__(self, access: Access, most: int) -> None:
        self._access = access
        self._changed = threading.Condition()
        self._idle: list[tuple[Line, float]] = []
        self._count = 0
        self._most = most

    @contextlib.contextmanager
    def one(self) -> Iterator[Line]:
        """Lend a line; one that did not end in a clear reply is not lent again. Raises LostError or RefusedError."""
        line = self._take()
        whole = False
        try:
            yield line
            whole = True
        except ftplib.error_perm:
            whole = True  # a clear no: the next command may follow
            raise
        finally:
            self._give(line, whole=whole)

    def close(self) -> None:
        """Hang up all lines that nobody uses."""
        with self._changed:
            idle, self._idle = self._idle, []
            self._count -= len(idle)
        for line, _ in idle:
            with contextlib.suppress(ftplib.Error, EOFError, OSError):
                line.quit()
            line.close()

    def _take(self) -> Line:
        while True:
            with self._changed:
                while not self._idle and self._count >= self._most:
                    self._changed.wait()
                line, since = self._idle.pop() if self._idle else (None, 0.0)
                self._count += line is None
            if line is None:
                line = self._made()
            elif time.monotonic() - since > FRESH and not _alive(line):
                self._give(line, whole=False)
                continue
            if line is not None:
                return line

    def _made(self) -> Line | None:
        """Return a new line, None if the host bears no more than there are."""
        try:
            with connecting(self._access):
                return Line(self._access)
        except (LostError, RefusedError) as error:
            with self._changed:
                self._count -= 1
                self._changed.notify()
                if self._count and crowded(error):
                    self._most = self._count
                    return None
            raise

    def _give(self, line: Line, *, whole: bool) -> None:
        if not whole:
            line.close()
        with self._changed:
            if whole:
                self._idle.append((line, time.monotonic()))
            else:
                self._count -= 1
            self._changed.notify()


def _alive(line: Line) -> bool:
    try:
        line.voidcmd("NOOP")
    except (ftplib.Error, EOFError, OSError):
        return False
    return True
