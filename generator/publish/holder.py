"""What the lock's file on a host says: who publishes, since when and until when; and for how long it has said so."""

from __future__ import annotations

import contextlib
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from generator.publish.manifest import digest_of
from generator.publish.record import write_whole

if TYPE_CHECKING:
    from datetime import timedelta, tzinfo
    from pathlib import Path


MOST_LOCK = 4096
"""Bytes of a lock, above which nobody of ours wrote it."""
_SIGN = re.compile(r"[0-9a-f]{16}")
_MOST_NAME = 255
"""Characters of a machine's name. Source: POSIX, HOST_NAME_MAX."""


class Holder(NamedTuple):
    """Whose lock it is: a sign that is like no other, the machine's name, since when, until when.

    ``digest`` is that of the file's bytes. Half a lock, or what nobody of ours wrote, has no sign.
    """

    sign: str
    machine: str
    since: datetime
    until: datetime
    digest: str = ""


def read_holder(data: bytes, zone: tzinfo | None) -> Holder:
    """Return what the bytes of a lock say, with times in ``zone``."""
    try:
        said = json.loads(data)
        since, until = (datetime.fromisoformat(said[key]).astimezone(zone) for key in ("since", "until"))
        return Holder(str(said["sign"]), str(said["machine"]), since, until, digest_of(data))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        past = datetime.fromtimestamp(0, tz=zone)
        return Holder("", "", past, past, digest_of(data))


def written(holder: Holder) -> bytes:
    """Return the bytes of a lock."""
    return _text(holder.sign, holder.machine, holder.since.isoformat(), holder.until.isoformat())


def is_lock(data: bytes) -> bool:
    """Say whether ``data`` are a lock, byte by byte as this program writes it, and hold nothing else."""
    try:
        said = json.loads(data)
        sign, machine, since, until = (said[key] for key in ("sign", "machine", "since", "until"))
        is_sane = isinstance(machine, str) and len(machine) <= _MOST_NAME and _SIGN.fullmatch(sign) is not None
        moments = [datetime.fromisoformat(moment).isoformat() for moment in (since, until)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    return is_sane and data == _text(sign, machine, *moments)


def _text(sign: str, machine: str, since: str, until: str) -> bytes:
    return json.dumps({"sign": sign, "machine": machine, "since": since, "until": until}).encode()


class Sighting:
    """Since when this machine has seen the same lock on the host, by its own clock; kept in a ``file``."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def has_lasted(self, holder: Holder, span: timedelta, now: datetime) -> bool:
        """Say whether the same bytes have been seen for so long; from now on, if it is a new sight."""
        with contextlib.suppress(OSError, ValueError):
            seen, _, since = self._file.read_text("utf-8").partition("\n")
            first = datetime.fromisoformat(since).astimezone(now.tzinfo)
            if seen == holder.digest and first <= now:
                return now - first >= span
        with contextlib.suppress(OSError):  # then the lock holds as long as it says
            write_whole(self._file, f"{holder.digest}\n{now.isoformat()}".encode())
        return False
