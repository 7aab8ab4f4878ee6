"""How one of two puts a file onto an FTP server where there is none yet: the server has no command for that.

But of two that make the same folder one is refused: whoever makes the folder beside the file looks, writes, and removes
the folder. Two could both succeed only where one waited PATIENCE seconds for another that was slower still: its folder
is then taken for one that a dead program left behind.
"""

from __future__ import annotations

import contextlib
import ftplib  # noqa: TID251 - this is a room for it
import posixpath
import time
from typing import TYPE_CHECKING

from generator.publish.ftp_line import TROUBLE
from generator.publish.host import PART, part_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.ftp_line import Line
    from generator.publish.ftp_listing import Item

PATIENCE = 15.0
"""Seconds for which another one's attempt at the same file is waited for."""
_PAUSE = 0.25


@contextlib.contextmanager
def alone_at(line: Line, path: str) -> Iterator[None]:
    """Keep others from making the file at ``path``; its folder is there. Raises what ftplib does."""
    guard = f"{posixpath.dirname(path)}/{PART}{posixpath.basename(path)}.part"
    _enter(line, guard)
    try:
        yield
    except (ftplib.error_perm, ftplib.error_temp):
        with contextlib.suppress(*TROUBLE):
            _leave(line, guard)
        raise
    _leave(line, guard)  # where the line broke it stays, until somebody's PATIENCE ends


def is_taken(line: Line, path: str) -> bool:
    """Say whether something stands at a path.

    A folder has no length, and a name with an end of line in it writes lines of its own into the listing: what has no
    length and cannot be moved is none, or a link that leads nowhere, whose place is taken by what is put there.
    """
    if line.length(path) is not None:
        return True
    return standing(line, path) is not None and _is_movable(line, path)


def standing(line: Line, path: str) -> Item | None:
    """Return what stands at a path by its folder's listing, None for nothing."""
    folder, _, name = path.rpartition("/")
    return next((item for item in line.items(folder or "/") if item.name == name), None)


def _is_movable(line: Line, path: str) -> bool:
    """Say whether a server would move what stands at a path: nothing is moved by that first of two commands."""
    try:
        line.sendcmd(f"RNFR {path}")
    except ftplib.error_perm:
        return False
    return True


def _enter(line: Line, guard: str) -> None:
    """Make the folder that only one can make."""
    end = time.monotonic() + PATIENCE
    last = end + PATIENCE
    while True:
        try:
            line.mkd(guard)
        except ftplib.error_perm as refusal:
            try:
                line.cwd(guard)
            except ftplib.error_perm:
                if time.monotonic() >= end:
                    raise refusal from None
            else:
                line.cwd("/")
                if time.monotonic() >= last:
                    raise refusal from None  # it must not be removed
                if time.monotonic() >= end:
                    _clear(line, guard)
                    end += PATIENCE
        else:
            return
        time.sleep(_PAUSE)


def _clear(line: Line, guard: str) -> None:
    """Take away the folder of a dead one. In one that lives nothing stands: what somebody put there steps aside."""
    _leave(line, guard)
    is_full = bool(line.items(guard))
    line.cwd("/")
    if is_full:
        with contextlib.suppress(ftplib.error_perm):
            line.rename(guard, posixpath.join(posixpath.dirname(guard), part_name()))


def _leave(line: Line, guard: str) -> None:
    with contextlib.suppress(ftplib.error_perm):
        line.rmd(guard)
