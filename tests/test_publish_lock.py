"""One publish at a time, from this machine and from all others; a lock that nobody holds any more stops no one."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from generator.errors import OutputError
from generator.publish import lock, patience
from generator.publish.delivery import Delivery
from generator.publish.host import HostError, LostError, RefusedError
from generator.publish.lock import LEASE, LOCK, HostLock, LocalLock
from generator.publish.patience import Stop
from tests.newsroom import NOW, at
from tests.publishing import MemoryHost, Meter, Office, first_state

if TYPE_CHECKING:
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
    for refused in (two.lock().check, two.lock().take):
        with pytest.raises(RefusedError) as caught:
            refused()
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


@pytest.mark.parametrize("cut", range(1, 6))
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
    assert LOCK not in one.host.files


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
    two.now = one.now = one.now + 2 * LEASE
    for _ in range(500):
        if json.loads(one.host.files[LOCK])["until"] == (one.now + LEASE).isoformat():
            break
        threading.Event().wait(0.01)
    with pytest.raises(RefusedError):
        two.lock().take()
    held.release()


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


@pytest.mark.parametrize(
    "data", [b"", b"CONTOH", b"[]", b'{"sign": 1}', b'{"sign":"","machine":"x","since":"a","until":"b"}']
)
def test_half_a_lock_holds_nobody_up(machines: tuple[Machine, Machine], data: bytes) -> None:
    """What is no lock, as a process may leave that died while it wrote one, is taken over."""
    one, _ = machines
    one.host.files[LOCK] = data
    held = one.lock()
    held.take()
    held.release()


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


def test_of_two_that_take_over_one_has_it(machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two find a dead lock, and the other one took it over first, this one is refused."""
    one, two = machines
    one.host.files[LOCK] = b""
    theirs = two.lock()
    remove = one.host.remove

    def slow(file: str) -> None:
        monkeypatch.setattr(one.host, "remove", remove)
        remove(file)
        theirs.take()

    monkeypatch.setattr(one.host, "remove", slow)
    with pytest.raises(RefusedError):
        one.lock().take()
    theirs.release()


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
