"""Whether a file is still the one that was seen, told without reading it.

Size and time of change are not enough: ``cp -p``, a checkout or an editor can put other bytes of the same size behind
an old time. The inode and the time of the last change of its entry, which no program can set, are compared too; and of
a file that changed a moment before it was seen, nothing is believed, since it may have changed again within one tick of
the file system's clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import os
    from pathlib import Path

Signature: TypeAlias = tuple[int, int, int, int]
"""Size in bytes, time of change and of the entry's change in nanoseconds, inode."""

TICK = 2_000_000_000
"""Nanoseconds within which a file may change without its time showing it: FAT and some network drives count by two."""


def signature(status: os.stat_result) -> Signature:
    """Return the signature of a file from its status."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def settled(signed: Signature, moment: int) -> bool:
    """Say whether the same signature means the same bytes, for a file that was read after ``moment``.

    It does if the file had been left alone for a tick by then: whatever changes it after it was read leaves its mark.
    """
    return max(signed[1], signed[2]) < moment - TICK


def drive_clock(folder: Path) -> int:
    """Return what the clock of the drive that holds ``folder`` says, in nanoseconds; 0 where it cannot be asked.

    A network drive's clock, which sets the times of its files, may be another than this machine's.
    """
    probe = folder / "clock"
    try:
        probe.write_bytes(b"-")
        return probe.stat().st_mtime_ns
    except OSError:
        return 0  # then no file counts as settled, and each is read again next time
