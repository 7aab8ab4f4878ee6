"""What a scheduler needs: nothing is asked of a host while nothing is due, and what went out late is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from generator.clock import Appointment
from generator.errors import OutputError
from generator.publish import patience
from generator.publish.host import LostError
from generator.publish.schedule import (
    GRACE,
    RUNS,
    USUAL,
    Diary,
    Late,
    Rest,
    Slot,
    is_due,
    keep_diary,
    pause,
    paused,
    read_diary,
    resume,
)
from tests.newsroom import NOW, at, release
from tests.publishing import BASE, MemoryHost, Office, first_state

if TYPE_CHECKING:
    from pathlib import Path

    from tests.newsroom import Newsroom

DUE = at("2026-11-24 08:00")


def ran(*minutes: int, ahead: datetime = DUE) -> Diary:
    """Return the diary after runs so many minutes before DUE, by which one release lies ahead."""
    runs = tuple(DUE - timedelta(minutes=each) for each in minutes)
    return Diary(runs, (Slot("a.md", ahead),))


def slot(
    due: datetime = DUE, title: str = "CONTOH", source: str = "a.md", until: datetime | None = None
) -> Appointment:
    """Return when a release is to go out."""
    return Appointment(due, title, source, until)


def late(diary: Diary, minutes: int, due: datetime = DUE) -> list[str]:
    """Return what is late if it goes out so many minutes after DUE."""
    out = DUE + timedelta(minutes=minutes)
    return [each.title for each in diary.late([slot(due)], out, out)]


def test_what_the_interval_explains_is_not_late() -> None:
    """With runs every five minutes, a release that goes out five minutes after its time is on time; later it is not."""
    diary = ran(18, 13, 8, 3)
    assert late(diary, 2) == late(diary, 5) == late(diary, 7) == []
    assert late(diary, 8) == ["CONTOH"]


def test_a_machine_that_was_off_makes_it_late() -> None:
    """One long gap between runs is no interval: what went out after a night is late."""
    assert late(ran(500, 495, 490, 485, 480), 60) == ["CONTOH"]
    assert late(ran(1000, 995, 990, 120, 115, 110), 30) == ["CONTOH"]


def test_a_slow_schedule_is_known() -> None:
    """With a run an hour, half an hour is nothing."""
    diary = ran(190, 130, 70, 10)
    assert diary.interval == timedelta(hours=1)
    assert late(diary, 50) == []
    assert late(diary, 70) == ["CONTOH"]


def test_by_hand_it_is_late_too() -> None:
    """Where no scheduler has run, what goes out an hour late is told."""
    assert Diary((), ran().ahead).interval == USUAL
    assert late(ran(), 60) == ["CONTOH"]
    assert late(ran(), int((USUAL + GRACE).total_seconds()) // 60) == []


def test_what_was_postponed_is_not_late() -> None:
    """A release whose time was changed since, or that was taken away, is not late; nor is one nobody knew of."""
    assert late(ran(), 60, due=DUE + timedelta(minutes=30)) == []
    out = DUE + timedelta(hours=1)
    assert ran().late([], out, out) == ()
    assert Diary().late([slot()], out, out) == ()


def test_what_falls_due_while_it_is_sent_is_not_out_yet() -> None:
    """A site that was built before a release's time does not hold it, however long it takes to be sent."""
    built, out = DUE - timedelta(minutes=1), DUE + timedelta(hours=1)
    assert ran().late([slot()], built, out) == ()
    assert ran().after([slot()], built, is_run=True).ahead == ran().ahead
    assert ran().before([slot()], built).ahead == ran().ahead


def test_a_corrected_title_is_waited_for_all_the_same() -> None:
    """A release is known by its file: one whose title was changed while it waited is told by its new one."""
    out = DUE + timedelta(hours=1)
    assert ran().late([slot(title="CONTOH lain")], out, out) == (Late("CONTOH lain", DUE, out),)
    assert ran().before([slot(title="CONTOH lain")], out).ahead == ran().ahead


def test_what_was_over_before_it_went_out_is_told() -> None:
    """Where nobody published until a release's time was over, it never went out; one that did is no news."""
    until, out = DUE + timedelta(minutes=4), DUE + timedelta(minutes=5)
    assert ran().late([slot(until=until)], out, out) == (Late("CONTOH", DUE, None),)
    assert ran().late([slot(until=out + timedelta(days=1))], out, out) == ()


def test_what_is_waited_for_stays_until_it_is_out() -> None:
    """Before a publish the diary gains what lies ahead, and loses only what was postponed or taken away."""
    new = slot(DUE + timedelta(hours=2), source="b.md")
    past = slot(DUE - timedelta(hours=2), source="c.md")
    now, known = DUE + timedelta(hours=1), Slot("b.md", new.at)
    assert ran().before([past, slot(), new], now).ahead == (*ran().ahead, known)
    assert ran(8).before([new], now) == Diary(ran(8).runs, (known,))


def test_a_diary_is_read_as_it_was_kept(tmp_path: Path) -> None:
    """Runs and what lies ahead come back; a damaged diary is an empty one, and old runs are forgotten."""
    assert read_diary(tmp_path) == Diary()
    diary = ran(8, 3).after([slot(), slot(DUE - timedelta(1), source="b.md")], at(NOW), is_run=True)
    assert diary.ahead == ()
    diary = ran(8, 3).after([slot()], DUE - timedelta(minutes=1), is_run=False)
    assert diary.ahead == (Slot("a.md", DUE),)
    keep_diary(tmp_path, diary)
    assert read_diary(tmp_path) == diary
    for n in range(20):
        diary = diary.after([], at(NOW) + timedelta(minutes=n), is_run=True)
    assert len(diary.runs) == RUNS
    for damage in (b"", b"[]", b'{"runs": ["2026-11-24T10:00:00"], "ahead": []}'):
        (tmp_path / "diary").write_bytes(damage)
        assert read_diary(tmp_path) == Diary()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError):
        keep_diary(tmp_path / "file/below", diary)


def test_a_pause_lasts_until_it_is_ended(tmp_path: Path) -> None:
    """After a rollback the scheduler rests until somebody publishes by hand."""
    assert paused(tmp_path) is None
    for rest in (Rest(at(NOW)), Rest(at(NOW), is_told=True)):
        pause(tmp_path, rest)
        assert paused(tmp_path) == rest
    resume(tmp_path)
    assert paused(tmp_path) is None
    resume(tmp_path)
    with pytest.raises(OutputError):
        pause(tmp_path / "none", Rest(at(NOW)))


def test_due_is_what_differs_or_was_cut(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Due are a first publish, another content, another address, and what a cut publish has left."""
    monkeypatch.setattr(patience, "PAUSES", ())
    first_state(newsroom)
    host = MemoryHost()
    office = Office(newsroom, host)
    built = office.build()
    files = built.wanted.files
    assert is_due(office.work, files, BASE)
    office.publish(built)
    host.count = 0
    assert not is_due(office.work, files, BASE)
    assert is_due(office.work, files, "https://lain.example")
    newsroom.release("baru.md", release("CONTOH baru", "2026-11-02"))
    built = office.build()
    files = built.wanted.files
    assert is_due(office.work, files, BASE)
    assert host.count == 0
    office.publish(built)
    operations = host.count
    (newsroom.root / "content/berita/baru.md").unlink()
    cuts = 0
    for cut in range(2, operations, 3):
        host.count, host.cut = 0, cut
        built = office.build()
        try:
            office.publish(built)
        except LostError:
            cuts += 1
            assert is_due(office.work, built.wanted.files, BASE) or site_is(host, office)
        host.cut = None
        office.publish(built)
        assert not is_due(office.work, built.wanted.files, BASE)
        newsroom.release("baru.md", release(f"CONTOH baru {cut}", "2026-11-02"))
        office.publish()
        (newsroom.root / "content/berita/baru.md").unlink()
    assert cuts > 5


def site_is(host: MemoryHost, office: Office) -> bool:
    """Say whether all that the office has built stands on the host: then it was cut when all was done."""
    return {f: d for f, d in host.files.items() if not f.startswith(".adpim-")} == office.newsroom.files()
