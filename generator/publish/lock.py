"""One publish at a time: a lock on this machine, and one on the host for all machines.

The one here belongs to the process and ends with it, however it ends. The one on the host is a file that says who
publishes, since when and until when; it is renewed while the publish lives, and may be taken over when its time has
passed, or when nobody has renewed it for so long by this machine's clock: the other's may have been wrong. One that
this machine left there is taken over at once: who holds the lock here knows that its owner is gone.

Whoever takes over a dead lock moves it to a name of his own first, and looks what it was that he moved: of two that
found the same dead lock, one finds it gone, or puts back what is the other's. Whoever has made a lock reads it back
before he goes on, after a dead one only when a moment has passed. So two that begin at once never both go on where a
host renames in one step. What remains, and ends a minute later at most, when the other one renews its lock:

- In a bucket a rename is a copy and a removal. Whoever is held up between the two for longer than that moment removes
  the lock that another has made meanwhile, and makes his own.
- Whoever has moved a living lock by such a delay puts it back; a third one may have made his own before that.
- Where two machines' clocks differ by more than LEASE, the lock of the slow one is dead for the other from the first.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from generator.errors import OutputError, Problem, message
from generator.publish.holder import MOST_LOCK, Holder, Sighting, read_holder, written
from generator.publish.host import PART, HostError, LostError, RefusedError, refused
from generator.publish.manifest import OWN
from generator.publish.patience import StoppedError
from generator.publish.record import unkept, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.publish.host import Host

LOCK = f"{OWN}lock.json"
"""The lock's file, in the site's folder on the host."""
LEASE = timedelta(minutes=10)
"""How long a lock holds that nobody renews: longer than a line is broken that comes back, and than clocks differ."""
HALF = timedelta(minutes=1)
"""How long one holds that cannot be read. Hosts get a lock whole; half of one, or an empty one, is seen where a mounted
folder knows no links and has the name before the bytes (davfs keeps these back for ten seconds), and stays where its
maker died just then. Whoever is slower than a minute finds that it is not his own when he reads it back."""
SETTLING = 2.0
"""Seconds after which whoever took over a dead lock looks whether he has it: longer than a request is under way."""
RENEWAL = 60.0
"""Seconds between two renewals."""


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
        self._memory, self._sighting = work / "sign", Sighting(work / "sighting")
        self._former: list[str] = []
        """The sign of the last lock that this machine had, then those of locks that it only tried to take."""
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
        self._judge(self._read())

    def is_held(self) -> bool:
        """Say whether somebody else publishes at this moment, by a lock that can be read: another one proves nothing.

        Raises RefusedError where the host does not let it be read.
        """
        holder = self._holder(self._read())
        return holder is not None and not self._is_dead(holder) and holder.sign != ""

    def take(self) -> None:
        """Take the lock. Raises RefusedError where somebody else has it."""
        self.check()
        try:
            # First: where the line breaks with the answer, the lock is there all the same, and must be known for ours.
            # Where it breaks before, that of a publish which was cut earlier is there still, and must be known as well.
            write_whole(self._memory, "\n".join((*(self._former or ["-"]), self._sign)).encode())
        except OSError as error:
            raise unkept(error, self._memory) from None
        until = self._clock() + LEASE
        try:
            self._make(self._text(until))
            self._until = until
            self._sweep()
            with contextlib.suppress(OSError):  # then some more signs are ours, which no lock bears any longer
                write_whole(self._memory, self._sign.encode())
            thread = threading.Thread(target=self._keep, name="lock", daemon=True)
            thread.start()
            self._thread = thread
        except KeyboardInterrupt:
            self._ended.set()
            with contextlib.suppress(HostError, StoppedError):
                if self._is_ours(self._read()):
                    self._host.remove(LOCK)
            raise

    def clear(self) -> None:
        """Take away what a publish from this machine left there: its process is gone."""
        data = self._read()
        holder = self._holder(data)
        if holder is not None and holder.sign in self._former:
            self._take_away(data)
        self._sweep()

    def hold(self) -> None:
        """Raise RefusedError if the lock was taken away, as it is from a machine that slept too long.

        The thread that renews it has slept as long: once the lease has passed by this machine's clock, nothing more is
        done on the host before that was asked.
        """
        if self._must_ask():
            with self._renewing:
                if self._must_ask():  # no other thread has meanwhile
                    self._renew()
        if self._taken_away.is_set():
            raise self._held(None)

    def release(self, patience: float = RENEWAL) -> None:
        """Let go of the lock. Where the host cannot be reached, it passes by itself.

        A renewal under way, which would put it there again, is waited for so many seconds.
        """
        self._ended.set()
        if self._thread is None:
            return
        try:
            self._thread.join(patience)
        finally:  # Ctrl-C too
            self._thread = None
            self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(HostError, StoppedError):
            data = self._read()
            if not self._is_ours(data):
                pass
            elif self._clock() < self._until:
                self._host.remove(LOCK)
            else:
                self._take_away(data)  # its time has passed: before it is removed, it may be another's

    def _must_ask(self) -> bool:
        return self._clock() >= self._until and not self._taken_away.is_set()

    def _keep(self) -> None:
        while not (self._ended.wait(RENEWAL) or self._taken_away.is_set()):
            try:
                with self._renewing:
                    self._renew()
            except LostError:
                continue  # the transfer meets it too; the lease is long enough for many tries
            except (HostError, StoppedError):
                # Where a host renames over nothing, it may be another's lock that is in the way: hold() asks that.
                self._until = self._since
                return

    def _renew(self) -> None:
        """Renew the lock, or note that it was taken away. When its time has passed, it is taken over as any other."""
        data, ends = self._read(), self._until
        now = self._clock()
        own = self._text(now + LEASE)
        if not self._is_ours(data):
            is_kept = False
        elif now < ends:
            self._host.write(LOCK, own)
            # If it took until the time had passed, it may have been written over the lock of somebody else.
            is_kept = self._clock() < ends
        else:
            is_kept = self._take_away(data) and self._host.create(LOCK, own) and self._has_settled()
        if is_kept:
            self._until = now + LEASE
        else:
            self._taken_away.set()

    def _make(self, own: bytes) -> None:
        """Put the lock there, in place of a dead one if need be. Raises RefusedError where somebody else has it."""
        if not self._host.create(LOCK, own):
            data = self._read()
            if data != own:  # some mounted folders deny what they have done
                self._take_over(data, own)
        data = self._read()
        if not self._is_ours(data):
            raise self._held(data)

    def _take_over(self, data: bytes | None, own: bytes) -> None:
        """Put the lock in place of another one, whose bytes were ``data``."""
        self._judge(data)
        if data is None and self._host.create(LOCK, own):
            return  # it was let go at this moment; else it is no file, or one without an end
        holder = self._holder(data)
        is_contested = holder is None or holder.sign not in self._former or holder.until <= self._clock()
        if not (self._take_away(data) and self._host.create(LOCK, own)):
            raise self._held(self._read())
        if is_contested:
            self._ended.wait(SETTLING)

    def _take_away(self, data: bytes | None) -> bool:
        """Take away the lock whose bytes were ``data``, and say whether it was that one; another one is put back.

        ``data`` is None for what is there and cannot be read.
        """
        aside = _aside(self._sign)
        try:
            self._host.move(LOCK, aside)
        except RefusedError:
            if self._read() == data:
                raise
            # Somebody else was first; or it was done, and the line broke with the answer.
        moved = self._host.read(aside, MOST_LOCK)
        if moved is not None and moved != data:
            self._host.create(LOCK, moved)
        with contextlib.suppress(RefusedError):  # a folder, of somebody who wants no lock there
            self._host.remove(aside)
        return moved == data

    def _has_settled(self) -> bool:
        """Say whether the lock is still ours when what others had begun to do with a dead one is done."""
        self._ended.wait(SETTLING)
        return self._is_ours(self._read())

    def _sweep(self) -> None:
        """Remove the dead locks that publishes from here had moved away when they were cut."""
        with contextlib.suppress(RefusedError):
            for sign in self._former[1:]:
                self._host.remove(_aside(sign))

    def _judge(self, data: bytes | None) -> None:
        """Raise RefusedError if these are the bytes of a lock that holds."""
        holder = self._holder(data)
        if holder is not None and not self._is_dead(holder):
            raise self._held(data)

    def _is_dead(self, holder: Holder) -> bool:
        now = self._clock()
        if not holder.sign:
            return self._sighting.has_lasted(holder, HALF, now)
        is_over = holder.sign in self._former or holder.until <= now
        return is_over or self._sighting.has_lasted(holder, LEASE, now)

    def _read(self) -> bytes | None:
        return self._host.read(LOCK, MOST_LOCK)

    def _holder(self, data: bytes | None) -> Holder | None:
        return None if data is None else read_holder(data, self._since.tzinfo)

    def _is_ours(self, data: bytes | None) -> bool:
        holder = self._holder(data)
        return holder is not None and holder.sign == self._sign

    def _text(self, until: datetime) -> bytes:
        return written(Holder(self._sign, self._machine, self._since, until))

    def _held(self, data: bytes | None) -> HostError:
        holder = self._holder(data)
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


def _aside(sign: str) -> str:
    """Return the name to which whoever has this sign moves a dead lock; the guard passes over it."""
    return f"{PART}{sign}.part"
