"""A host is looked at while the site is built, and what was seen is gone by as long as it holds."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from generator import crew
from generator.crew import Crew
from generator.errors import message
from generator.publish import patience
from generator.publish.delivery import FRESH, Delivery
from generator.publish.host import Entry, lost, refused
from generator.publish.manifest import HEAD
from generator.publish.patience import Stop
from generator.publish.record import Record
from generator.publish.sight import Sight, look_ahead
from tests.newsroom import NOW, at, release
from tests.publishing import MemoryHost, Meter, Office, first_state, second_state, site_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.publish.delivery import Offer
    from generator.publish.host import Host
    from tests.newsroom import Newsroom
    from tests.publishing import Built

forks = pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a process may be forked")


@pytest.fixture(autouse=True)
def _small_sites_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSES", (0.0,))
    monkeypatch.setattr(crew, "ASIDE", 0)
    monkeypatch.setattr(crew, "_can_fork", lambda: sys.platform == "linux")  # other tests may leave a thread behind


class Eyes(MemoryHost):
    """A host that counts how often it is asked for all its files."""

    looks = 0

    def listing(self) -> dict[str, Entry]:
        self.looks += 1
        return super().listing()


@pytest.fixture
def office(newsroom: Newsroom) -> Office:
    """An office that has published once, and written more since."""
    first_state(newsroom)
    office = Office(newsroom, Eyes())
    office.publish()
    second_state(newsroom)
    return office


def eyes_of(office: Office) -> Eyes:
    """Return the office's host, which has not been looked at yet."""
    assert isinstance(office.host, Eyes)
    office.host.looks = 0
    return office.host


def sight_of(office: Office) -> Sight:
    """Return what is seen of the host while the site is built."""
    with Crew(2) as hands:
        seen = look_ahead(hands, Record(office.work), lambda: office.host, lambda: office.now)()
    assert seen is not None
    return seen


def offer(office: Office, built: Built, sight: Sight | None) -> Offer:
    """Return what would be published by what was seen."""
    with Delivery(office.call(), Stop()) as delivery:
        return delivery.offer(built.report.folder, built.wanted, built.report.lists, sight)


@forks
def test_what_was_seen_is_gone_by(office: Office) -> None:
    """The host is not asked for its files once more, and what would change is the same as if it were."""
    built, eyes = office.build(), eyes_of(office)
    sight = sight_of(office)
    assert sight.listing == MemoryHost.listing(eyes)
    ahead = offer(office, built, sight)
    assert eyes.looks == 0
    assert (ahead.plan, ahead.standing) == ((late := offer(office, built, None)).plan, late.standing)
    with Delivery(office.call(), Stop()) as delivery:
        delivery.carry_out(delivery.offer(built.report.folder, built.wanted, built.report.lists, sight), Meter())
    assert site_files(eyes.files) == office.newsroom.files()


def publish_elsewhere(office: Office) -> None:
    """Another machine publishes."""
    Office(office.newsroom, office.host, name="lain").publish()


def begin(office: Office) -> None:
    """A publish from here begins and is cut."""
    eyes = eyes_of(office)
    built = office.build()
    eyes.count, eyes.cut = 0, 25
    with pytest.raises(Exception, match="broke"):
        office.publish(built)
    eyes.cut = None


def wait(office: Office) -> None:
    """The build takes its time."""
    office.now += FRESH + timedelta(seconds=1)


def turn_back(office: Office) -> None:
    """Somebody sets this machine's clock."""
    office.now -= timedelta(minutes=5)


@forks
@pytest.mark.parametrize("deed", [publish_elsewhere, begin, wait, turn_back])
def test_what_may_be_otherwise_by_now_is_looked_at_again(office: Office, deed: Callable[[Office], None]) -> None:
    """After a publish that came between, also one that was cut, and after a while, what was seen does not count."""
    sight = sight_of(office)
    deed(office)
    built, eyes = office.build(), eyes_of(office)
    ahead = offer(office, built, sight)
    assert eyes.looks == 1
    assert ahead.plan == offer(office, built, None).plan


def test_who_thinks_for_long_is_told_what_changed_since(office: Office) -> None:
    """What was seen counts from then on, and not from when it was offered: what is old is compared once more."""
    built, eyes = office.build(), eyes_of(office)
    sight = Sight(office.now - FRESH + timedelta(seconds=2), eyes.files[HEAD], MemoryHost.listing(eyes))
    with Delivery(office.call(), Stop()) as delivery:
        ahead = delivery.offer(built.report.folder, built.wanted, built.report.lists, sight)
        assert eyes.looks == 0
        office.now += timedelta(seconds=3)
        delivery.carry_out(ahead, Meter())
    assert eyes.looks == 1


@forks
@pytest.mark.parametrize("say", [lost, refused])
def test_a_host_that_cannot_be_seen_is_called_later(office: Office, say: Callable[..., Exception]) -> None:
    """Where the line stumbles, or a password is wanted that nobody can be asked for, nothing was seen."""

    def opening() -> Host:
        raise say("memory://contoh", message("The line broke."), message("Try again."))

    with Crew(2) as hands:
        assert look_ahead(hands, Record(office.work), opening, lambda: office.now)() is None


def test_few_files_are_looked_at_when_they_are_needed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a small site, or without a core to spare, no second line is opened."""

    def opening() -> Host:
        raise AssertionError

    with Crew(1) as hands:
        assert look_ahead(hands, Record(office.work), opening, lambda: office.now)() is None
    monkeypatch.setattr(crew, "ASIDE", 3000)
    with Crew(2) as hands:
        assert look_ahead(hands, Record(office.work), opening, lambda: office.now)() is None


@forks
def test_a_look_that_is_ended_from_outside_is_none(office: Office) -> None:
    """Where its process vanishes, as when memory runs short, the host is looked at later, and the publish goes on."""

    def opening() -> Host:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    with Crew(2) as hands:
        assert look_ahead(hands, Record(office.work), opening, lambda: office.now)() is None


class Entries(dict[str, Entry]):
    """A listing for which there is no room once it is to be handed on."""

    def values(self) -> Any:
        """Find no memory."""
        raise MemoryError


@forks
@pytest.mark.parametrize("when", ["when it is opened", "at the end"])
def test_a_look_that_has_no_memory_is_none(office: Office, when: str) -> None:
    """Where there is no room for it beside the build, the host is looked at after that."""

    def opening() -> Host:
        if when == "when it is opened":
            raise MemoryError
        host = MemoryHost()
        host.listing = Entries  # type: ignore[method-assign] # it stands for that of a big host
        return host

    with Crew(2) as hands:
        assert look_ahead(hands, Record(office.work), opening, lambda: office.now)() is None


@forks
def test_a_list_that_came_to_a_host_without_one_is_seen(office: Office) -> None:
    """Where no list of published files stood there, and another machine has published since, it is looked at again."""
    built, eyes = office.build(), eyes_of(office)
    for file in list(eyes.files):
        del eyes.files[file]
    sight = sight_of(office)
    assert sight.head is None
    publish_elsewhere(office)
    eyes.looks = 0
    ahead = offer(office, built, sight)
    assert eyes.looks == 1
    assert ahead.plan == offer(office, built, None).plan


@forks
def test_a_build_that_fails_ends_the_look(office: Office) -> None:
    """Nobody waits for a host, and no process stays, where the site cannot be built."""

    def opening() -> Host:
        time.sleep(600)
        raise AssertionError

    with Crew(2) as hands:
        look_ahead(hands, Record(office.work), opening, lambda: office.now)
        (process_id,) = hands._aside
    with pytest.raises(ProcessLookupError):
        os.kill(process_id, 0)


def test_an_empty_host_is_seen_as_empty(newsroom: Newsroom) -> None:
    """Where nothing stands there is no head, and nothing is listed."""
    newsroom.release("satu.md", release("CONTOH"))
    office = Office(newsroom, MemoryHost())
    with Crew(2) as hands:
        seen = look_ahead(hands, Record(office.work), lambda: office.host, lambda: at(NOW))()
    assert seen == (Sight(at(NOW), None, {}) if sys.platform == "linux" else None)
