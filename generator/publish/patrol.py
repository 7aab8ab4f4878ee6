"""One round of the host guard: what must stand on a host beside what does, whatever a publish does meanwhile."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from generator.errors import OutputError, message
from generator.publish.copies import Copies
from generator.publish.guard import Expected, Verdict, check
from generator.publish.holder import MOST_LOCK, is_lock
from generator.publish.host import RefusedError, is_part, refused
from generator.publish.journal import Journal
from generator.publish.lock import LOCK, HostLock, LocalLock
from generator.publish.manifest import HEAD, MOST, DamagedManifestError, Manifest, unpack
from generator.publish.record import Record, work_folder
from generator.publish.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.config import Site
    from generator.gather import Progress
    from generator.publish.host import Entry, Host
    from generator.publishing import Target

PAUSES = (15.0, 45.0, 120.0)
"""Seconds to wait for a publish that goes on, before what was found is told all the same."""


class Post(NamedTuple):
    """What is guarded: the site in ``root``, built into ``output``, at a target."""

    root: Path
    output: Path
    site: Site
    target: Target

    @property
    def work(self) -> Path:
        """The folder in which this machine keeps all that concerns the target."""
        return work_folder(self.root, self.target.name)


class Round(NamedTuple):
    """What a round found.

    ``is_hosts_word`` says that this machine has no record, so that only the host's own list could be gone by;
    ``is_busy`` that a publish was going on all the while, ``is_cut`` that one was broken off: then some of the findings
    may be its doing. ``head`` is what stood on the host in the place of the list's head when it began.
    """

    verdict: Verdict
    expected: Expected
    is_hosts_word: bool
    is_busy: bool
    is_cut: bool
    head: bytes | None


class Watch(NamedTuple):
    """Who goes the rounds: the name of this machine, what time it is, and how to wait so many seconds."""

    machine: str
    clock: Callable[[], datetime]
    wait: Callable[[float], None]


def patrol(post: Post, host: Host, watch: Watch, progress: Progress) -> Round:
    """Go one round. Raises LostError or RefusedError where nothing can be compared."""
    for pause in (*PAUSES, 0.0):
        head = _head_there(host)
        expected, is_hosts_word = expect(post, host, watch)
        verdict = check(host, expected, progress)
        is_busy = bool(verdict.findings) and _is_publishing(post, host, watch, expected)
        if not is_busy or not pause:
            break
        progress.stage(message("A publish is going on: waiting for its end"), 0)
        watch.wait(pause)
    is_cut = Journal(post.work).past() is not None
    return Round(verdict, expected, is_hosts_word, is_busy, is_cut, head)


def house(post: Post, file: str) -> bytes | None:
    """Return the bytes of a file that holds the manifest, as this machine keeps it."""
    return Record(post.work).read(file)


@contextmanager
def alone(post: Post, host: Host, watch: Watch, done: Round) -> Iterator[Host]:
    """Keep every publish away while the host is put right, by way of the Host that this gives.

    Raises OutputError or RefusedError where one is going on, was broken off, or has ended since the round was ``done``.
    """
    with LocalLock(post.work):
        lock = HostLock(host, post.work, watch.machine, watch.clock)
        lock.take()
        try:
            if Journal(post.work).past() is not None:
                what = message("The last publish was broken off, so it is not sure what must stand on the host.")
                raise refused(host.label, what, message("Publish once with adpim publish, then verify again."))
            known = done.expected.head
            # Of a publish from another machine only the list on the host tells.
            if (known is not None and Record(post.work).head() != known) or _head_there(host) != done.head:
                what = message("Somebody has published since it was checked.")
                raise refused(host.label, what, message("Run the command again."))
            yield Held(host, lock)
        finally:
            lock.release()


def _head_there(host: Host) -> bytes | None:
    """Return what stands in the place of the list's head, as far as it can be read."""
    try:
        return host.read(HEAD, MOST)
    except RefusedError:
        return None


class Held:
    """A Host on which nothing is changed any more once the lock was taken away, as from a machine that slept.

    Whoever puts right what another machine has published since would undo that.
    """

    def __init__(self, host: Host, lock: HostLock) -> None:
        self._host, self._lock = host, lock
        self.label, self.lanes = host.label, host.lanes
        self.listing, self.read, self.close = host.listing, host.read, host.close

    def write(self, file: str, data: bytes) -> None:
        """Put a file there."""
        self._lock.hold()
        self._host.write(file, data)

    def create(self, file: str, data: bytes) -> bool:
        """Put a file there unless there is one, and say whether it was put."""
        self._lock.hold()
        return self._host.create(file, data)

    def remove(self, file: str) -> None:
        """Remove a file."""
        self._lock.hold()
        self._host.remove(file)

    def move(self, file: str, target: str) -> None:
        """Rename a file."""
        self._lock.hold()
        self._host.move(file, target)


def _is_publishing(post: Post, host: Host, watch: Watch, expected: Expected) -> bool:
    """Say whether a publish goes on, or has ended since what was expected was read.

    A lock whose time has passed, or one that no publish wrote, is none: else it would keep what was found from being
    told.
    """
    if expected.head is not None and Record(post.work).head() != expected.head:
        return True
    try:
        return _is_locked(post, host, watch)
    except RefusedError:
        return True


def _is_locked(post: Post, host: Host, watch: Watch) -> bool:
    """Say whether a publish goes on, here or elsewhere. Raises RefusedError where the host's lock cannot be read."""
    try:
        post.work.mkdir(parents=True, exist_ok=True)
        with LocalLock(post.work):
            return HostLock(host, post.work, watch.machine, watch.clock).is_held()
    except OutputError:
        return True
    except OSError:
        return False  # this machine can keep nothing, so it cannot be publishing


def _spared(post: Post, host: Host, watch: Watch, listing: Mapping[str, Entry]) -> frozenset[str]:
    """Return which of the files that are listed the program has there for a while: the lock, and unfinished uploads.

    Whoever broke in knows their names as well. So a lock must be one, byte by byte, and a name for uploads is good only
    while something is sent, or after that was cut. A lock that cannot be read proves no publish.
    """
    spared = {LOCK} if LOCK in listing and _is_our_lock(host, listing[LOCK]) else set()
    waiting = {file for file, entry in listing.items() if entry.is_file and is_part(file)}
    with suppress(RefusedError):
        if waiting and (Journal(post.work).past() is not None or _is_locked(post, host, watch)):
            spared |= waiting
    return frozenset(spared)


def _is_our_lock(host: Host, entry: Entry) -> bool:
    if not entry.is_file or entry.size > MOST_LOCK:
        return False
    try:
        data = host.read(LOCK, MOST_LOCK)
    except RefusedError:
        return False
    return data is None or is_lock(data)  # its publish may have ended since the host was listed


def expect(post: Post, host: Host, watch: Watch) -> tuple[Expected, bool]:
    """Return what must stand on the host, and whether that is only what the host itself says.

    Raises RefusedError where neither this machine nor the host knows.
    """
    record = Record(post.work)
    head, manifest = record.head(), record.manifest()
    is_hosts_word = head is None or manifest is None
    if head is None or manifest is None:
        head, manifest = None, _hosts_word(post, host)
    stock = Stock(post.output, Copies(post.work).read)
    files = manifest.files
    past = Journal(post.work).past()
    expected = Expected(
        manifest,
        {**past.tried, **past.put} if past else {},
        head,
        partial(_spared, post, host, watch),
        post.target.allow,
        urlsplit(post.site.base_url).hostname or "",
        lambda file: stock.bytes_of(file, files[file]) if file in files else None,
    )
    return expected, is_hosts_word


def _hosts_word(post: Post, host: Host) -> Manifest:
    head = host.read(HEAD, MOST)
    try:
        if head is not None:
            manifest = unpack(head, lambda name: host.read(name, MOST))
            if manifest.site == post.site.base_url:
                return manifest
    except DamagedManifestError:
        pass
    what = message("It is not known what was published there: neither this machine nor the host has a list of it.")
    raise refused(host.label, what, message("Publish once with adpim publish."))
