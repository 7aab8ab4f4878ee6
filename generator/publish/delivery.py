"""A publish from its beginning to its end: look at the host, offer what would change, carry it out.

Whatever moment it is cut at, the next one knows what to do. Files arrive in an order in which every page has what it
refers to. Then the record on this machine says what was published, then the manifest on the host; from then on what is
to go is noted there until it is gone.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from generator.errors import OutputError, Problem, message
from generator.publish.belief import OVERTAKEN, head_digest
from generator.publish.changes import Plan, plan
from generator.publish.coding import as_stored
from generator.publish.copies import Copies
from generator.publish.history import History, Step
from generator.publish.host import refused
from generator.publish.journal import Journal, Past
from generator.publish.lock import RENEWAL, HostLock, LocalLock
from generator.publish.manifest import HEAD, MOST, File, Manifest, digest_of, pack, part_file
from generator.publish.order import is_page
from generator.publish.patience import Patient, Stop, each
from generator.publish.record import Record
from generator.publish.standing import Memory, Standing, Wanted, look
from generator.publish.transfer import Progress, Tools, Transfer
from generator.publish.wayback import way_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime
    from pathlib import Path

    from generator.publish.host import Host
    from generator.publish.manifest import Packed
    from generator.publish.sight import Sight


FRESH = timedelta(seconds=10)
"""For how long what was seen on the host is gone by: somebody who is asked may think about it for an hour."""
IN_HASTE = 1.0
"""Seconds for which a renewal of the lock is waited for when the work is broken off."""


class Call(NamedTuple):
    """What is published where, by whom.

    ``work`` is the target's work folder, settled; ``site`` the base_url of what is published; ``host`` and ``keep``
    (publishes that can be taken back) are the target's; ``clock`` says what time it is, in the site's zone, and
    ``machine`` how this machine is called.
    """

    work: Path
    site: str
    host: Host
    keep: int
    clock: Callable[[], datetime]
    machine: str


class Offer(NamedTuple):
    """What would change on the host, and what stands there.

    ``is_back`` says whether the last publish is taken back; then ``lacking`` are files that cannot be brought back.
    """

    plan: Plan
    standing: Standing
    source: Callable[[str], bytes]
    is_back: bool = False
    lacking: tuple[str, ...] = ()

    @property
    def takes_all(self) -> bool:
        """Whether readers would find no page any more: the publish that is taken back was the first one."""
        return self.is_back and not any(map(is_page, self.plan.files))


class Delivery:
    """One publish to one target. Use as a context: meanwhile no other one runs from this machine.

    Every method raises HostError where the host refuses or the line stays broken, OutputError where this machine does,
    and StoppedError when ``stop`` gives the sign.
    """

    def __init__(self, call: Call, stop: Stop) -> None:
        self._call, self._stop = call, stop
        self._host = Patient(call.host, stop.pause)
        self._lock = LocalLock(call.work)
        self._record, self._journal = Record(call.work), Journal(call.work)
        self._history, self._copies = History(call.work, call.keep), Copies(call.work)
        self._past: Past | None = None
        self._looked = call.clock()

    def __enter__(self) -> Self:
        self._lock.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.__exit__(*error)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Keep nobody on this machine from publishing meanwhile: whoever is asked may be at lunch.

        What was offered is carried out only if nobody did. Raises OutputError where somebody still does at the end.
        """
        self._lock.__exit__()
        yield
        self._lock.__enter__()

    def offer(self, folder: Path, wanted: Wanted, lists: AbstractSet[str], sight: Sight | None = None) -> Offer:
        """Return what would make the host hold the ``wanted`` files, which stand in ``folder``.

        What was seen of the host ahead, the ``sight``, is gone by while it is fresh.
        """
        standing = self._look(wanted, sight)
        change = plan(wanted.files, lists, standing, self._call.site)
        if change.is_empty:
            self._history.finish()  # of a publish that was cut behind its last step
        return Offer(change, standing, _source(folder, change.files))

    def offer_back(self, folder: Path) -> Offer | None:
        """Return what would take back the last publish, None where none is remembered.

        Bytes come from the copies, or from ``folder`` where it holds the same. Raises RefusedError where another
        machine has published since: its pages may need what would go.
        """
        step = self._history.last()
        if step is None:
            return None
        standing = self._look(Wanted(self._call.site, {}, None))
        if standing.is_overtaken:
            fix = message("Take it back on that machine, or correct the release and publish again.")
            raise refused(self._host.label, standing.stranger or OVERTAKEN, fix)
        way = way_back(step, standing, lambda file, each: self._has(folder, file, each))
        back = plan(way.files, step.lists, standing._replace(files=way.there), self._call.site)

        def source(file: str) -> bytes:
            data = self._copies.read(way.files[file].digest)
            return _source(folder, back.files)(file) if data is None else data

        return Offer(back, standing, source, is_back=True, lacking=way.lacking)

    def _has(self, folder: Path, file: str, each: File) -> bool:
        return self._copies.holds(each.digest) or _holds(folder, file, each)

    def _host_lock(self) -> HostLock:
        return HostLock(self._host, self._call.work, self._call.machine, self._call.clock)

    def _look(self, wanted: Wanted, sight: Sight | None = None) -> Standing:
        self._past = self._journal.past()
        self._host_lock().check()
        now = self._call.clock()
        # A publish from here that was cut may have been under way while the sight was taken.
        is_fresh = sight is not None and self._past is None and timedelta(0) <= now - sight.moment <= FRESH
        memory = Memory(self._record, self._past, sight if is_fresh else None)
        standing = look(self._host, memory, wanted, self._stop)
        self._looked = sight.moment if sight is not None and is_fresh else self._call.clock()
        return standing

    def leave(self, offer: Offer) -> None:
        """Have done with a host that holds all of it already: what a publish that was cut left behind goes."""
        self._host_lock().clear()
        standing = offer.standing
        if left := _left_behind(standing.kept, (HEAD, *map(part_file, standing.manifest.parts))):
            with self._locked(offer) as lock:
                for file in left:
                    lock.hold()
                    self._host.remove(file)

    def carry_out(self, offer: Offer, progress: Progress) -> None:
        """Do what was offered."""
        with self._locked(offer) as lock:
            self._begin(offer)
            copies = self._copies if self._call.keep else None
            self._send(offer, Tools(self._host, lock, self._journal, copies, progress, self._stop))
            self._end(offer)

    @contextlib.contextmanager
    def _locked(self, offer: Offer) -> Iterator[HostLock]:
        """Hold the lock on the host, on which all must be as it was when the offer was made."""
        lock = self._host_lock()
        try:
            lock.take()
            self._check_unchanged(offer)
            yield lock
        except BaseException:
            self._stop.set()  # the lock is not worth waiting for a line that is broken
            raise
        finally:
            lock.release(IN_HASTE if self._stop.is_set() else RENEWAL)

    def _check_unchanged(self, offer: Offer) -> None:
        """Refuse where somebody else has published between the offer and the lock, or begun to and been cut."""
        is_old = self._call.clock() - self._looked > FRESH
        is_other = self._journal.past() != self._past or self._host.read(HEAD, MOST) != offer.standing.head
        if is_other or (is_old and self._has_changed(offer)):
            what = message("Somebody else has published to this place at this moment.")
            raise refused(self._host.label, what, message("Run the command again."))

    def _has_changed(self, offer: Offer) -> bool:
        """Say whether any file that concerns us is another one than was seen: a list is written only at the end."""
        listing = self._host.listing()
        concern = offer.plan.files.keys() | offer.standing.own
        return any(listing.get(file) != offer.standing.listing.get(file) for file in concern)

    def _begin(self, offer: Offer) -> None:
        """Write down what is about to be done."""
        change, standing = offer.plan, offer.standing
        if standing.is_overtaken:
            self._history.forget()
        past = None
        if self._past is not None:
            touched = {**self._past.tried, **self._past.put}
            put = {file: standing.files[file] for file in touched if file in standing.files}
            # What is not ours any more is not taken for ours by the next one, should this be cut.
            tried = {file: touched[file] for file in touched if file not in put and file in standing.own}
            past = Past("", put, tried)
        self._journal.begin(head_digest(standing.head), past)
        if offer.is_back:
            self._history.reopen()
        elif change.before:
            before = {**change.before, **self._fetch(change.replaced)}
            after = {file: change.files.get(file) for file in before}
            lists = frozenset(before.keys() & change.lists)
            self._history.begin(Step(0, self._call.clock().isoformat(), before, after, lists))

    def _fetch(self, files: tuple[str, ...]) -> dict[str, File]:
        """Keep copies of files that are not ours and will be replaced, and return what they are."""
        fetched: dict[str, File] = {}

        def fetch(file: str) -> None:
            data = self._host.read(file)
            if data is not None:
                fetched[file] = File(len(data), digest_of(data))
                self._copies.keep(fetched[file].digest, data)

        if self._call.keep:
            each(files, fetch, self._host.lanes, self._stop)
        return fetched

    def _send(self, offer: Offer, tools: Tools) -> None:
        change, standing = offer.plan, offer.standing
        is_first = not standing.manifest.files
        # With what a publish that was cut has noted: of what it had not come to removing, the manifest says no more.
        step = self._history.last() if self._history.is_open() and not offer.is_back else None
        before: Mapping[str, File | None] = step.before if step is not None else {}

        def is_kept(file: str) -> bool:
            # What changes with every release will be replaced soon; of a whole site, the rest may never be.
            return not offer.is_back and (not is_first or file in change.lists)

        transfer = Transfer(tools, offer.source, change.files, before, is_kept)
        tools.progress.sending(message("Sending"), len(change.sent) + len(change.removed), change.size)
        transfer.remove(change.in_way)
        transfer.send(change.stages)
        manifest = Manifest(
            self._call.site,
            self._call.clock().isoformat(),
            change.files,
            frozenset(change.removed),
            standing.manifest.parts,
            standing.manifest.stored,
        )
        packed = self._note(manifest, tools.lock)
        if change.removed:
            # Cut at the last list, the record is ahead of the host: by this it is known that it was no other machine.
            self._journal.begin(digest_of(packed.head), None)
            transfer.remove(*change.going)
            packed = self._note(replace(packed.manifest, leaving=frozenset()), tools.lock)
        self._journal.clear()
        transfer.remove(_left_behind(standing.kept, packed.names))

    def _note(self, manifest: Manifest, lock: HostLock) -> Packed:
        """Write down what was published, here and on the host, and return it as it is kept."""
        packed = pack(manifest)
        lock.hold()
        self._record.keep(packed)
        for name, data in packed.parts.items():
            self._host.write(name, data)
        lock.hold()  # many parts take their time
        self._host.write(HEAD, packed.head)
        return packed

    def _end(self, offer: Offer) -> None:
        if offer.is_back:
            self._history.drop()
        else:
            self._history.finish()
        # Of what stands there after a return, output/ need not have the bytes: the guard puts it back from these.
        self._copies.prune(self._history.digests() | {each.digest for each in offer.plan.files.values()})


def _left_behind(kept: AbstractSet[str], names: Iterable[str]) -> list[str]:
    """Return parts that no head leads to any more, and uploads that were cut: nobody uploads while the lock is held.

    ``names`` are the files that hold the manifest.
    """
    return sorted(file for file in kept - frozenset(names) if file.endswith((".part", ".gz")))


def _source(folder: Path, files: Mapping[str, File]) -> Callable[[str], bytes]:
    """Return what gives the bytes of a file in ``folder``, in the form in which ``files`` wants it stored."""

    def read(file: str) -> bytes:
        try:
            return as_stored((folder / file).read_bytes(), files[file])
        except OSError as error:
            what = message("The file cannot be read: {error}.", error=error.strerror or error)
            raise OutputError([Problem(str(folder / file), 0, what, message("Run the command again."))]) from None

    return read


def _holds(folder: Path, file: str, each: File) -> bool:
    with contextlib.suppress(OSError):
        return digest_of(as_stored((folder / file).read_bytes(), each)) == each.digest
    return False
