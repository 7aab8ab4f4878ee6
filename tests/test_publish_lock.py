"""One publish at a time, from this machine and from all others; a lock that nobody holds any more stops no one."""

from __future__ import annotations

import contextlib
import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from generator.errors import OutputError, message
from generator.publish import lock, manifest, patience
from generator.publish.delivery import Delivery
from generator.publish.host import HostError, LostError, RefusedError, is_part, refused
from generator.publish.lock import HALF, LEASE, LOCK, HostLock, LocalLock
from generator.publish.manifest import HEAD
from generator.publish.patience import Stop
from generator.publish.record import write_whole
from tests.newsroom import NOW, at
from tests.publishing import MemoryHost, Meter, Office, first_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from tests.newsroom import Newsroom


class Machine:
    """A machine that may publish, with a clock of its own."""

    def __init__(self, name: str, host: MemoryHost, work: Path) -> None:
        self.name, self.host, self.work = name, host, work / name
        self.work.mkdir()
        self.now = at(NOW)

    def clock(self) -> datetime:
        return self.now

    def lock(self) -> HostLock:
        return HostLock(self.host, self.work, self.name, self.clock)

    def check_it_may(self) -> None:
        """The lock can be taken, is this machine's then, and can be given back."""
        held = self.lock()
        held.take()
        assert json.loads(self.host.files[LOCK])["machine"] == self.name
        held.release()
        assert LOCK not in self.host.files


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES", ())
    monkeypatch.setattr(lock, "SETTLING", 0.0)


@pytest.fixture
def machines(tmp_path: Path) -> tuple[Machine, Machine]:
    """Two machines that publish to one host."""
    host = MemoryHost()
    return Machine("komputer-satu", host, tmp_path), Machine("komputer-dua", host, tmp_path)


def test_a_second_publish_is_refused(machines: tuple[Machine, Machine]) -> None:
    """While one machine publishes another is refused, and told who it is and since when; afterwards it may."""
    one, two = machines
    held = one.lock()
    held.take()
    for act in (two.lock().check, two.lock().take):
        with pytest.raises(RefusedError) as caught:
            act()
        assert dict(caught.value.problems[0].what.values) == {"machine": "komputer-satu", "since": "10:00"}
    held.release()
    assert LOCK not in one.host.files
    two.check_it_may()


def test_a_dead_lock_passes(machines: tuple[Machine, Machine]) -> None:
    """A lock that nobody renews holds as long as its lease, then it is taken over."""
    one, two = machines
    one.lock().take()
    two.now += LEASE - timedelta(seconds=1)
    with pytest.raises(RefusedError):
        two.lock().take()
    two.now += timedelta(seconds=1)
    two.check_it_may()


def test_a_dead_lock_of_a_fast_clock_passes(machines: tuple[Machine, Machine]) -> None:
    """A lock whose machine was a year ahead passes too, once nobody has renewed it for a lease before our eyes."""
    one, two = machines
    one.now += timedelta(days=365)
    one.lock().take()
    for wait in (timedelta(0), LEASE - timedelta(seconds=1)):
        two.now += wait
        with pytest.raises(RefusedError):
            two.lock().check()
    one.host.files[LOCK] = one.host.files[LOCK].replace(b'"until": "2027-', b'"until": "2028-')  # it lives after all
    for wait in (timedelta(seconds=1), LEASE - timedelta(seconds=1)):
        two.now += wait
        with pytest.raises(RefusedError):
            two.lock().take()
    two.now += timedelta(seconds=1)
    two.check_it_may()


def test_a_sight_that_cannot_be_kept_changes_nothing(machines: tuple[Machine, Machine]) -> None:
    """Where this machine cannot remember that it saw a lock, the lock holds as long as it says; damage is no memory."""
    one, two = machines
    one.now += timedelta(days=1)
    one.lock().take()
    (two.work / "sighting").write_bytes(b"\xff")
    with pytest.raises(RefusedError):
        two.lock().check()
    (two.work / "sighting").unlink()
    (two.work / "sighting").mkdir()
    for _ in range(2):
        with pytest.raises(RefusedError):
            two.lock().check()
        two.now += LEASE


def test_one_s_own_dead_lock_is_taken_at_once(machines: tuple[Machine, Machine]) -> None:
    """A lock that this machine left behind, when its process was killed, holds up nobody there."""
    one, _ = machines
    one.lock().take()
    one.lock().check()
    one.check_it_may()


def test_a_lock_whose_answer_was_lost_is_one_s_own(machines: tuple[Machine, Machine]) -> None:
    """Where the line breaks with the answer to the lock, this machine knows it for its own the next time."""
    one, _ = machines
    one.host.cut, one.host.cut_after = 2, True
    with pytest.raises(LostError):
        one.lock().take()
    one.host.cut = None
    assert LOCK in one.host.files
    again = one.lock()
    again.take()
    again.release()


@pytest.mark.parametrize("cut", range(1, 9))
@pytest.mark.parametrize("cut_after", [False, True])
def test_a_line_that_breaks_again_does_not_lock_one_out(
    machines: tuple[Machine, Machine], cut: int, cut_after: bool
) -> None:
    """Where the line breaks while one's own dead lock is replaced, whichever of the two is there is one's own."""
    one, _ = machines
    one.lock().take()
    one.host.count, one.host.cut, one.host.cut_after = 0, cut, cut_after
    for _ in range(2):
        with pytest.raises(LostError):
            one.lock().take()
    one.host.cut = None
    again = one.lock()
    again.take()
    again.release()
    assert one.host.files == {}


def test_a_lock_that_cannot_be_remembered_is_not_taken(machines: tuple[Machine, Machine]) -> None:
    """Where this machine cannot write down which lock is its own, it takes none."""
    one, _ = machines
    (one.work / "sign").mkdir()
    with pytest.raises(OutputError):
        one.lock().take()
    assert LOCK not in one.host.files


def test_a_lock_is_renewed_while_it_is_held(machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    """A publish that takes longer than the lease keeps its lock."""
    monkeypatch.setattr(lock, "RENEWAL", 0.01)
    one, two = machines
    held = one.lock()
    held.take()
    with held._renewing:
        two.now = one.now = one.now + 2 * LEASE
    for _ in range(500):
        if json.loads(one.host.files.get(LOCK, b"{}")).get("until") == (one.now + LEASE).isoformat():
            break
        threading.Event().wait(0.01)
    with pytest.raises(RefusedError):
        two.lock().take()
    held.release()


def test_a_renewal_under_way_does_not_outlive_the_publish(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever lets go of the lock waits for a renewal that is on its way: it would put the lock there once more."""
    one, two = machines
    monkeypatch.setattr(lock, "RENEWAL", 0.01)
    write, is_begun, is_over = one.host.write, threading.Event(), threading.Event()

    def slowly(file: str, data: bytes) -> None:
        is_begun.set()
        threading.Event().wait(1.3)
        write(file, data)
        is_over.set()

    held = one.lock()
    held.take()
    monkeypatch.setattr(one.host, "write", slowly)
    assert is_begun.wait(5)
    held.release()
    assert is_over.is_set()
    assert LOCK not in one.host.files
    monkeypatch.setattr(one.host, "write", write)
    two.check_it_may()


def test_ctrl_c_while_it_is_taken_leaves_no_lock(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever breaks off while the lock is taken keeps no other machine waiting for its time to pass."""
    one, two = machines
    create = one.host.create

    def interrupted(file: str, data: bytes) -> bool:
        create(file, data)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(one.host, "create", interrupted)
        with pytest.raises(KeyboardInterrupt):
            one.lock().take()
    assert LOCK not in one.host.files
    two.check_it_may()


def test_ctrl_c_behind_the_lock_leaves_none(machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever breaks off while it is written down that the lock was taken leaves none, and no thread that renews it."""
    one, two = machines
    count = iter(range(9))

    def interrupted(path: Path, data: bytes) -> None:
        write_whole(path, data)
        if next(count):
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(lock, "write_whole", interrupted)
        with pytest.raises(KeyboardInterrupt):
            one.lock().take()
    assert LOCK not in one.host.files
    two.check_it_may()


def test_ctrl_c_while_a_renewal_is_waited_for_leaves_no_lock(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has no patience with the last renewal keeps no other machine waiting."""
    one, two = machines
    held = one.lock()
    held.take()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(threading.Thread, "join", interrupted)
        with pytest.raises(KeyboardInterrupt):
            held.release()
    assert LOCK not in one.host.files
    two.check_it_may()


def test_whoever_lost_the_lock_stops(machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that slept while its lock passed sends nothing more, and leaves the other's lock alone."""
    monkeypatch.setattr(lock, "RENEWAL", 0.01)
    one, two = machines
    held = one.lock()
    held.take()
    held.hold()
    monkeypatch.setattr(lock, "RENEWAL", 60.0)
    two.now += 2 * LEASE
    theirs = two.lock()
    theirs.take()
    for _ in range(500):
        if held._taken_away.is_set():
            break
        threading.Event().wait(0.01)
    with pytest.raises(RefusedError):
        held.hold()
    held.release()
    assert json.loads(two.host.files[LOCK])["machine"] == "komputer-dua"
    theirs.release()


def test_a_machine_that_slept_asks_before_it_goes_on(machines: tuple[Machine, Machine]) -> None:
    """A machine that wakes when its lease has passed learns at once that another has published meanwhile."""
    one, two = machines
    held = one.lock()
    held.take()
    one.now = two.now = one.now + LEASE
    theirs = two.lock()
    theirs.take()
    theirs.release()
    with pytest.raises(RefusedError):
        held.hold()
    held.release()


def test_a_machine_that_slept_alone_goes_on(machines: tuple[Machine, Machine]) -> None:
    """A machine that wakes when its lease has passed keeps the lock that nobody took, and has it renewed."""
    one, two = machines
    held = one.lock()
    held.take()
    one.now = two.now = one.now + LEASE
    held.hold()
    with pytest.raises(RefusedError):
        two.lock().take()
    one.now += LEASE
    one.host.cut = 0
    with pytest.raises(LostError):
        held.hold()  # the line did not hold: it may be another's by now
    one.host.cut = None
    held.hold()
    held.release()


def test_a_line_that_stumbles_does_not_end_the_renewal(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renewal that fails for the line is tried again the next time; one that the host refuses is not."""
    monkeypatch.setattr(lock, "RENEWAL", 0.01)
    one, _ = machines
    held = one.lock()
    held.take()
    before = json.loads(one.host.files[LOCK])["until"]
    one.host.cut = one.host.count
    threading.Event().wait(0.1)
    one.now += timedelta(minutes=1)
    one.host.cut = None
    for _ in range(500):
        if json.loads(one.host.files[LOCK])["until"] != before:
            break
        threading.Event().wait(0.01)
    assert json.loads(one.host.files[LOCK])["until"] != before
    held.hold()
    one.host.cut = one.host.count
    held.release()  # it passes by itself
    assert LOCK in one.host.files


HALVES = (b"", b"CONTOH", b"[]", b'{"sign": 1}', b'{"sign":"","machine":"x","since":"a","until":"b"}', b"[" * 4096)


@pytest.mark.parametrize("data", HALVES)
def test_half_a_lock_holds_nobody_up_for_long(machines: tuple[Machine, Machine], data: bytes) -> None:
    """What cannot be read may be a lock that is being written: it is taken over when it has lain there for a minute."""
    one, _ = machines
    one.host.files[LOCK] = data
    for wait in (timedelta(0), HALF - timedelta(seconds=1)):
        one.now += wait
        for act in (one.lock().check, one.lock().take):
            with pytest.raises(RefusedError):
                act()
    assert one.host.files == {LOCK: data}
    one.now += timedelta(seconds=1)
    one.check_it_may()


def test_half_a_lock_that_grows_is_somebody_s(machines: tuple[Machine, Machine]) -> None:
    """What cannot be read and changes is being written: it is not taken over."""
    one, _ = machines
    for data in (b"", b"{", b'{"sign"'):
        one.host.files[LOCK] = data
        with pytest.raises(RefusedError):
            one.lock().take()
        one.now += HALF


def test_of_two_at_one_moment_one_has_it(machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another machine was quicker between looking and taking, it has the lock."""
    one, two = machines
    theirs = two.lock()
    create = one.host.create

    def slow(file: str, data: bytes) -> bool:
        monkeypatch.setattr(one.host, "create", create)
        theirs.take()
        return create(file, data)

    monkeypatch.setattr(one.host, "create", slow)
    with pytest.raises(RefusedError):
        one.lock().take()
    theirs.release()


def test_whoever_does_not_find_his_lock_is_refused(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a host lets two make the lock, whoever was first finds the other's when he reads it back: he is refused."""
    one, two = machines
    create = one.host.create

    def careless(file: str, data: bytes) -> bool:
        monkeypatch.setattr(one.host, "create", create)
        create(file, data)
        one.host.files.pop(file)
        two.lock().take()
        return True

    monkeypatch.setattr(one.host, "create", careless)
    with pytest.raises(RefusedError) as caught:
        one.lock().take()
    assert ("machine", "komputer-dua") in caught.value.problems[0].what.values


def test_a_lock_that_was_made_unnoticed_is_one_s_own(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a host has made the lock and says that there was one, as NFS may, it is this machine's all the same."""
    one, _ = machines
    create = one.host.create
    monkeypatch.setattr(one.host, "create", lambda file, data: create(file, data) and False)
    held = one.lock()
    held.take()
    held.hold()
    held.release()


class HaltingHost(MemoryHost):
    """A host on which something else happens before the operation of a number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.happens: Callable[[], None] | None = None

    def _step(self, act: Callable[[], None]) -> None:
        if self.happens is not None:
            self.number -= 1
            if not self.number:
                happens, self.happens = self.happens, None
                happens()
        super()._step(act)


def outcome(act: Callable[[], None]) -> bool:
    """Do something; say whether it was not refused."""
    try:
        act()
    except RefusedError:
        return False
    return True


@pytest.mark.parametrize("dead", ["a lock", "half a lock", "nothing"])
@pytest.mark.parametrize("number", range(1, 13))
def test_of_two_that_take_over_one_has_it(tmp_path: Path, number: int, dead: str) -> None:
    """Whenever another machine takes a dead lock over while this one does, at most one of them has it, and it stays."""
    host = HaltingHost(number)
    gone, one, two = (Machine(f"komputer-{name}", host, tmp_path) for name in ("mati", "satu", "dua"))
    if dead == "a lock":
        gone.lock().take()
    elif dead == "half a lock":
        host.files[LOCK] = b"CONTOH"
        for machine in (one, two):
            assert not outcome(machine.lock().check)
    one.now = two.now = one.now + LEASE
    mine, theirs = one.lock(), two.lock()
    got: list[HostLock] = []
    host.happens = lambda: got.extend([theirs] if outcome(theirs.take) else [])
    got += [mine] if outcome(mine.take) else []
    host.happens = None
    (held,) = got
    held.hold()
    assert set(host.files) == {LOCK}
    held.release()
    assert host.files == {}


@pytest.mark.parametrize("number", range(1, 9))
def test_whoever_wakes_up_and_whoever_takes_over(tmp_path: Path, number: int) -> None:
    """Whenever another takes the lock over while its owner wakes up and asks for it, at most one of them goes on."""
    host = HaltingHost(number)
    one, two = (Machine(f"komputer-{name}", host, tmp_path) for name in ("satu", "dua"))
    held, theirs = one.lock(), two.lock()
    held.take()
    one.now = two.now = one.now + LEASE
    got: list[HostLock] = []
    host.happens = lambda: got.extend([theirs] if outcome(theirs.take) else [])
    got += [held] if outcome(held.hold) else []
    host.happens = None
    (goes_on,) = got
    goes_on.hold()
    assert set(host.files) == {LOCK}
    held.release()
    theirs.release()
    assert host.files == {}


class Bucket(MemoryHost):
    """A host that copies and removes in place of a rename; ``between`` happens between the two."""

    between: Callable[[], None] | None = None

    def move(self, file: str, target: str) -> None:
        data = self.read(file)
        if data is None:
            raise refused(self.label, message("The host refuses: {error}.", error="404"), message("CONTOH"))
        self.write(target, data)
        between, self.between = self.between, None
        if between is not None:
            between()
        self.remove(file)


def test_in_a_bucket_the_lock_settles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever took a dead lock over in a bucket waits a moment, and sees who removed his meanwhile."""
    host = Bucket()
    gone, one, two = (Machine(f"komputer-{name}", host, tmp_path) for name in ("mati", "satu", "dua"))
    gone.lock().take()
    one.now = two.now = one.now + LEASE
    mine, theirs = one.lock(), two.lock()
    waits, done, got = threading.Event(), threading.Event(), list[bool]()
    monkeypatch.setattr(theirs, "_ended", Waiting(waits, done))
    thread = threading.Thread(target=lambda: got.append(outcome(theirs.take)))

    def between() -> None:
        thread.start()
        assert waits.wait(5)

    host.between = between
    mine.take()
    done.set()
    thread.join()
    assert got == [False]
    mine.hold()
    mine.release()
    assert host.files == {}


class Waiting(threading.Event):
    """An Event that nobody sets: whoever waits for it gives the sign ``waits``, and waits for ``done`` instead."""

    def __init__(self, waits: threading.Event, done: threading.Event) -> None:
        super().__init__()
        self._waits, self._done = waits, done

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - as Event has it
        self._waits.set()
        self._done.wait(5)
        return False


def test_a_living_lock_that_was_moved_is_put_back(machines: tuple[Machine, Machine]) -> None:
    """Whoever finds that he moved a living lock away puts it back, and is refused."""
    one, two = machines
    gone = HostLock(one.host, one.work, "komputer-mati", one.clock)
    gone.take()
    two.now += LEASE
    seen = one.host.files[LOCK]
    late = two.lock()
    (one.work / "sign").unlink()
    one.now += LEASE
    held = one.lock()
    held.take()
    assert not late._take_away(seen)
    held.hold()
    assert json.loads(one.host.files[LOCK])["machine"] == "komputer-satu"
    assert set(one.host.files) == {LOCK}


@pytest.mark.parametrize("cut", range(1, 9))
def test_a_dead_lock_that_was_moved_away_is_no_finding_and_goes(machines: tuple[Machine, Machine], cut: int) -> None:
    """Where the line breaks while a dead lock is taken over, the guard knows what lies there, and it is taken away."""
    one, two = machines
    one.lock().take()
    two.now += LEASE
    two.host.count, two.host.cut = 0, cut
    with contextlib.suppress(LostError):
        two.lock().take()
    two.host.cut = None
    assert all(is_part(file) for file in two.host.files if file != LOCK)
    two.lock().clear()
    assert set(two.host.files) <= {LOCK}
    two.check_it_may()
    assert two.host.files == {}


def test_a_host_that_lets_no_lock_be_moved_says_so(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a dead lock may not be taken away, the host's own words are told, and the lock stays."""
    one, two = machines
    one.lock().take()
    two.now += LEASE
    before = dict(one.host.files)

    def refuse(file: str, target: str) -> None:
        raise refused(one.host.label, message("The host refuses: {error}.", error="CONTOH"), message("CONTOH"))

    monkeypatch.setattr(one.host, "move", refuse)
    with pytest.raises(RefusedError) as caught:
        two.lock().take()
    assert ("error", "CONTOH") in caught.value.problems[0].what.values
    assert one.host.files == before


def test_a_renewal_that_came_too_late_is_none(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A renewal that took until the lease had passed may have gone over another's lock: its publish stops."""
    one, _ = machines
    held = one.lock()
    held.take()
    write = one.host.write

    def slow(file: str, data: bytes) -> None:
        write(file, data)
        one.now += LEASE

    monkeypatch.setattr(one.host, "write", slow)
    held._renew()
    with pytest.raises(RefusedError):
        held.hold()


def test_a_renewal_that_is_refused_is_asked_for(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a renewal is refused, for another's lock may be in the way, nothing is done before that was asked."""
    monkeypatch.setattr(lock, "RENEWAL", 0.01)
    one, two = machines
    held = one.lock()
    write = one.host.write
    asked = threading.Event()

    def refuse(file: str, data: bytes) -> None:
        one.host.files.pop(file)
        monkeypatch.setattr(one.host, "write", write)
        monkeypatch.setattr(lock, "RENEWAL", 60.0)
        theirs.take()
        asked.set()
        raise refused(one.host.label, message("The host refuses: {error}.", error="CONTOH"), message("CONTOH"))

    theirs = two.lock()
    monkeypatch.setattr(one.host, "write", refuse)
    held.take()
    assert asked.wait(5)
    assert held._thread is not None
    held._thread.join(5)
    with pytest.raises(RefusedError):
        held.hold()
    held.release()
    theirs.release()
    assert one.host.files == {}


def test_two_processes_of_one_machine_take_turns(tmp_path: Path) -> None:
    """A second process is refused while the first one lives."""
    with LocalLock(tmp_path):
        with pytest.raises(OutputError), LocalLock(tmp_path):
            pass
        with pytest.raises(OutputError), LocalLock(tmp_path):
            pass
    with LocalLock(tmp_path):
        pass
    with pytest.raises(OutputError), LocalLock(tmp_path / "none"):
        pass


def test_a_locked_host_is_left_alone(newsroom: Newsroom) -> None:
    """A publish that meets another's lock says so before it offers anything, and changes nothing."""
    first_state(newsroom)
    host = MemoryHost()
    office = Office(newsroom, host)
    (newsroom.root / "lain").mkdir()
    other = HostLock(host, newsroom.root / "lain", "komputer-lain", lambda: at(NOW))
    built = office.build()
    with Delivery(office.call(), Stop()) as delivery:
        offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
        other.take()
        before = dict(host.files)
        with pytest.raises(HostError):
            delivery.carry_out(offer, Meter())
        assert host.files == before
    with pytest.raises(HostError):
        office.offer(built)
    other.release()
    office.publish(built)


def test_whoever_lost_the_lock_writes_no_list(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publish whose lock passes while the parts of its list travel does not bring it into force any more."""
    monkeypatch.setattr(manifest, "ROOM", 300)
    first_state(newsroom)
    host = MemoryHost()
    office = Office(newsroom, host)
    (newsroom.root / "lain").mkdir()
    write = host.write

    def slow(file: str, data: bytes) -> None:
        write(file, data)
        if file.endswith(".gz"):
            office.now += LEASE
            other = HostLock(host, newsroom.root / "lain", "komputer-lain", lambda: office.now)
            other.take()
            other.release()

    monkeypatch.setattr(host, "write", slow)
    with pytest.raises(RefusedError):
        office.publish()
    assert HEAD not in host.files
