"""Whether a file is still the one that was seen, told without reading it.

Size and time of change are not enough: ``cp -p``, a checkout or an editor can put other bytes of the same size behind
an old time. The inode and the time of the last change of its entry, which no program can set, are compared too; and of
a file that changed a moment before it was seen, nothing is believed, since it may have changed again within one tick
of the file system's clock.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import os

Signature: TypeAlias = tuple[int, int, int, int]
"""Size in bytes, time of change and of the entry's change in nanoseconds, inode."""

TICK = 2_000_000_000
"""Nanoseconds within which a file may change without its time showing it: FAT and some network drives count by two."""


def signature(status: os.stat_result) -> Signature:
    """Return the signature of a file from its status."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def settled(signed: Signature, *, tick: int = TICK) -> bool:
    """Say whether the file was left alone long enough that the same signature means the same bytes.

    This is the file system's clock, not the site's: it is asked only whether to look twice.
    """
    return max(signed[1], signed[2]) < time.time_ns() - tick
