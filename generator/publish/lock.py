"""One publish at a time: a lock on this machine, and one on the host for all machines.

The one here belongs to the process and ends with it, however it ends. The one on the host is a file that says who
publishes, since when and until when; it is renewed while the publish lives, and may be taken away when its time has
passed, or when nobody has renewed it for so long by this machine's clock: the other's may have been wrong. One that
this machine left there is taken away at once: who holds the lock here knows that its owner is gone.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import sqlite3
import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from generator.errors import OutputError, Problem, message
from generator.publish.host import HostError, LostError, refused
from generator.publish.manifest import OWN
from generator.publish.patience import StoppedError
from generator.publish.record import unkept, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.publish.host import Host

LOCK = f"{OWN}lock.json"
"""The lock's file, in the site's folder on the host."""
LEASE = timedelta(minutes=10)
"""How long a lock holds that nobody renews: longer than a line is broken that comes back, and than clocks differ."""
MOST_LOCK = 4096
"""Bytes of a lock, above which nobody of ours wrote it."""
_SIGN = re.compile(r"[0-9a-f]{16}")
_MOST_NAME = 255
"""Characters of a machine's name. Source: POSIX, HOST_NAME_MAX."""
RENEWAL = 60.0
"""Seconds between two renewals."""


class Holder(NamedTuple):
    """Whose lock it is: a sign that is like no other, the machine's name, since when, until when."""

    sign: str
    machine: str
    since: datetime
    until: datetime


def _text(sign: str, machine: str, since: str, until: str) -> bytes:
    """Return the bytes of a lock."""
    return json.dumps({"sign": sign, "machine": machine, "since": since, "until": until}).encode()


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


class LocalLock:
    """The lock of one target on this machine. Use as a context. Raises OutputError where another process has it."""

    def __init__(self, work: Path) -> None:
        self._file = work / "lock.db"

    def __enter__(self) -> Self:
        base = None
        try:
            base = sqlite3.connect(self._file, timeout=0.2, isolation_level=None)
            base.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if base is not None:
                base.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise unkept(OSError(str(error)), self._file) from None
            what = message("This site is being published from this machine already.")
            fix = message("Wait until that ends, then try again.")
            raise OutputError([Problem(str(self._file.parent), 0, what, fix)]) from None
        self._base = base
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()


class HostLock:
    """The lock on a host, held from ``take`` to ``release`` and renewed by a thread of its own.

    ``clock`` says what time it is, ``machine`` how this one is called. Whoever takes it must hold the LocalLock of the
    work folder ``work``.
    """

    def __init__(self, host: Host, work: Path, machine: str, clock: Callable[[], datetime]) -> None:
        self._host, self._machine, self._clock = host, machine, clock
        self._memory, self._sighting = work / "sign", work / "sighting"
        self._former: list[str] = []
        with contextlib.suppress(OSError, UnicodeError):
            self._former = self._memory.read_text("utf-8").split()
        self._sign = secrets.token_hex(8)
        self._since = clock()
        self._until = self._since
        self._renewing = threading.Lock()
        self._ended = threading.Event()
        self._taken_away = threading.Event()
        self._thread: threading.Thread | None = None

    def check(self) -> None:
        """Raise RefusedError if somebody else publishes at this moment."""
        holder = self._rival()
        if holder is not None:
            raise self._held(holder)

    def is_held(self) -> bool:
        """Say whether somebody else publishes at this moment. Raises RefusedError where the lock cannot be read."""
        return self._rival() is not None

    def take(self) -> None:
        """Take the lock. Raises RefusedError where somebody else has it."""
        self.check()
        try:
            # First: where the line breaks with the answer, the lock is there all the same, and must be known for ours.
            # Where it breaks before, that of a publish which was cut earlier is there still, and must be known as well.
            write_whole(self._memory, "\n".join((*self._former, self._sign)).encode())
        except OSError as error:
            raise unkept(error, self._memory) from None
        until = self._clock() + LEASE
        own = self._text(until)
        if not self._host.create(LOCK, own):
            self.check()
            self._host.remove(LOCK)
            if not self._host.create(LOCK, own):
                raise self._held(self._holder())
        self._until = until
        with contextlib.suppress(OSError):  # then some more signs are ours, which no lock bears any longer
            write_whole(self._memory, self._sign.encode())
        self._thread = threading.Thread(target=self._keep, name="lock", daemon=True)
        self._thread.start()

    def clear(self) -> None:
        """Take away a lock that a publish from this machine left there: its process is gone."""
        holder = self._holder()
        if holder is not None and holder.sign in self._former:
            self._host.remove(LOCK)

    def hold(self) -> None:
        """Raise RefusedError if the lock was taken away, as it is from a machine that slept too long.

        The thread that renews it has slept as long: once the lease has passed by this machine's clock, nothing more is
        done on the host before that was asked.
        """
        if self._clock() >= self._until:
            self._renew()
        if self._taken_away.is_set():
            raise self._held(None)

    def release(self) -> None:
        """Let go of the lock. Where the host cannot be reached, it passes by itself."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(1.0)
            with contextlib.suppress(HostError, StoppedError):
                if self._is_ours():
                    self._host.remove(LOCK)
            self._thread = None

    def _keep(self) -> None:
        while not (self._ended.wait(RENEWAL) or self._taken_away.is_set()):
            try:
                self._renew()
            except LostError:
                continue  # the transfer meets it too; the lease is long enough for many tries
            except (HostError, StoppedError):
                return

    def _renew(self) -> None:
        """Renew the lock, or note that it was taken away."""
        with self._renewing:
            if not self._is_ours():
                self._taken_away.set()
                return
            until = self._clock() + LEASE
            self._host.write(LOCK, self._text(until))
            self._until = until

    def _is_ours(self) -> bool:
        holder = self._holder()
        return holder is not None and holder.sign == self._sign

    def _rival(self) -> Holder | None:
        """Return who else has the lock at this moment, None where it is free or may be taken away."""
        holder = self._holder()
        return None if holder is None or self._may_take(holder) else holder

    def _may_take(self, holder: Holder) -> bool:
        return holder.sign in self._former or holder.until <= self._clock() or self._is_unrenewed(holder)

    def _is_unrenewed(self, holder: Holder) -> bool:
        """Say whether this machine has seen the same lock for a whole lease; from now on, if it is a new sight."""
        now, sight = self._clock(), f"{holder.sign} {holder.until.timestamp()}"
        with contextlib.suppress(OSError, ValueError):
            seen, _, since = self._sighting.read_text("utf-8").partition("\n")
            first = datetime.fromisoformat(since).astimezone(now.tzinfo)
            if seen == sight and first <= now:
                return now - first >= LEASE
        with contextlib.suppress(OSError):  # then the lock holds as long as it says
            write_whole(self._sighting, f"{sight}\n{now.isoformat()}".encode())
        return False

    def _holder(self) -> Holder | None:
        data = self._host.read(LOCK, MOST_LOCK)
        if data is None:
            return None
        try:
            said = json.loads(data)
            since, until = (
                datetime.fromisoformat(said[key]).astimezone(self._since.tzinfo) for key in ("since", "until")
            )
            return Holder(str(said["sign"]), str(said["machine"]), since, until)
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            # Half a lock, or nobody's: its time has passed.
            past = datetime.fromtimestamp(0, tz=self._since.tzinfo)
            return Holder("", "", past, past)

    def _text(self, until: datetime) -> bytes:
        return _text(self._sign, self._machine, self._since.isoformat(), until.isoformat())

    def _held(self, holder: Holder | None) -> HostError:
        if holder is None or not holder.machine:
            what = message("Somebody else has begun to publish to this place.")
        else:
            what = message(
                "{machine} has been publishing to this place since {since}.",
                machine=holder.machine,
                since=f"{holder.since:%H:%M}",
            )
        fix = message("Try again later. If that machine was switched off, the place is free again ten minutes after.")
        return refused(self._host.label, what, fix)
