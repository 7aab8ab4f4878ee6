"""What `adpim verify` makes of the lock on the host and of unfinished uploads, whose names intruders know as well."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from generator.publish import lock
from generator.publish.folder import FolderHost
from generator.publish.host import part_name
from generator.publish.journal import Journal
from generator.publish.lock import LEASE, LOCK, LocalLock
from generator.publish.manifest import HEAD
from generator.publish.patrol import PAUSES
from generator.publish.record import work_folder
from tests.test_verify import Published, shut

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """A published site."""
    return Published(tmp_path)


def lock_of(until: str) -> str:
    """Return the lock of another machine that holds until a moment."""
    return json.dumps({"sign": 16 * "a", "machine": "CONTOH", "since": "2026-11-24T10:00:00+07:00", "until": until})


def test_a_publish_that_goes_on_is_waited_for(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the host is locked findings may be the publish's doing: it is waited for, and told if it never ends."""
    waited: list[float] = []
    locked = published.web / LOCK
    locked.write_text(lock_of("9999-01-01T00:00:00+07:00"))
    (published.web / "baru.txt").write_text("CONTOH")
    monkeypatch.setattr("time.sleep", waited.append)
    assert published.verify() == 1
    assert "sedang berjalan" in capsys.readouterr().out
    assert waited == list(PAUSES)
    assert published.verify("--repair", "--yes") == 1

    def ends(seconds: float) -> None:
        locked.unlink()
        (published.web / "baru.txt").unlink()

    monkeypatch.setattr("time.sleep", ends)
    assert published.verify() == 0


@pytest.mark.parametrize("text", ["CONTOH", 4000 * "[", lock_of("2020-01-01T00:00:00+07:00")])
def test_a_lock_that_no_publish_holds_hides_nothing(
    published: Published, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A lock whose time has passed, or that somebody else put there, does not keep a finding from being told."""
    (published.web / LOCK).write_text(text)
    (published.web / "x.php").write_text("CONTOH")
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waited"))
    assert published.verify() == 1


BEFORE, AFTER = "2020-01-01T00:00:00+07:00", "9999-01-01T00:00:00+07:00"


@pytest.mark.parametrize(
    ("text", "is_lock"),
    [
        (lock_of(BEFORE), True),
        ("<?php // CONTOH", False),
        ("[1]", False),
        (4000 * "[", False),
        (lock_of(BEFORE).replace("aaaa", "judi"), False),
        (lock_of(BEFORE).replace("CONTOH", 300 * "CONTOH"), False),
        (lock_of(BEFORE).replace('"CONTOH"', '["CONTOH"]'), False),
        (lock_of(BEFORE).replace("}", ', "slot": "judi.example"}'), False),
        (lock_of(BEFORE) + " " * 100, False),
        (lock_of(BEFORE) + " " * 5000, False),
    ],
)
def test_only_a_lock_is_excused_by_its_name(
    published: Published, capsys: pytest.CaptureFixture[str], text: str, is_lock: bool
) -> None:
    """What stands in the lock's place is no finding if it is a lock as the program writes it, and nothing more."""
    (published.web / LOCK).write_text(text)
    assert published.verify() == (0 if is_lock else 1)
    assert (f"asing   {LOCK}" in capsys.readouterr().out) is not is_lock


def test_a_lock_that_cannot_be_read_is_told(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that the host does not let be read is foreign, and excuses no upload."""
    (published.web / LOCK).write_text(lock_of(AFTER))
    (published.web / part_name()).write_text("CONTOH")
    shut(monkeypatch, LOCK)
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert published.verify("--json") == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 2


def test_an_upload_is_excused_while_something_is_sent(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that waits to be renamed is no finding while the host is locked, and is one when the lock's time is up."""
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waited"))
    (published.web / "foto").mkdir()
    (published.web / "foto" / part_name()).write_text("CONTOH")
    assert published.verify() == 1
    (published.web / LOCK).write_text(lock_of(AFTER))
    assert published.verify() == 0
    (published.web / LOCK).write_text(lock_of(BEFORE))
    assert published.verify() == 1


def test_a_lock_that_nobody_renews_excuses_no_upload_for_long(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that says it holds for ever, and is the same ten minutes later, excuses nothing any more."""
    (published.web / LOCK).write_text(lock_of(AFTER))
    (published.web / part_name()).write_text("CONTOH")
    assert published.verify() == 0
    later = datetime.now(UTC) + LEASE
    monkeypatch.setattr("generator.cli.verify.read_clock", lambda _, site: later.astimezone(site.zone))
    assert published.verify() == 1


def test_an_upload_of_this_machine_is_excused(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that waits to be renamed is no finding while this machine publishes, and after its publish was cut."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    (published.web / part_name()).write_text("CONTOH")
    work = work_folder(published.newsroom.root, "web")
    with LocalLock(work):
        assert published.verify() == 0
    assert published.verify() == 1
    Journal(work).begin("", None)
    assert published.verify() == 0


def test_a_pipe_in_place_of_the_lock_hides_nothing(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe where the lock is looked for, or a list of a terabyte, keeps no finding from being told or put right."""
    monkeypatch.setattr(lock, "SETTLING", 0.0)
    os.mkfifo(published.web / LOCK)
    os.truncate(published.web / HEAD, 1 << 40)
    (published.web / "index.html").unlink()
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("it waited"))
    assert published.verify() == 1
    assert published.verify("--repair", "--yes") == 1
    assert published.verify() == 0


def test_whoever_lost_the_lock_puts_nothing_back(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that slept in the midst of a repair does not undo what another one has published meanwhile."""
    now, write = [datetime.now(UTC)], FolderHost.write
    page, other = published.web / "index.html", published.web / "robots.txt"

    def sleepily(self: FolderHost, file: str, data: bytes) -> None:
        write(self, file, data)
        if file == other.name:
            now[0] += LEASE
            (published.web / LOCK).write_text(lock_of(AFTER))
            page.write_text("CONTOH lain")

    for file in (page, other):
        file.unlink()
    monkeypatch.setattr("generator.cli.verify.read_clock", lambda _, site: now[0].astimezone(site.zone))
    monkeypatch.setattr(FolderHost, "write", sleepily)
    assert published.verify("--repair", "--yes") == 1
    assert other.is_file()
    assert page.read_text() == "CONTOH lain"
    assert (published.web / LOCK).read_text() == lock_of(AFTER)


def test_a_lock_does_not_keep_json_from_saying_what_was_found(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing may be put back, --json still lists every finding, and says why nothing was done."""
    (published.web / LOCK).write_text(lock_of("9999-01-01T00:00:00+07:00"))
    (published.web / "x.php").write_text("CONTOH")
    (published.web / "index.html").unlink()
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert published.verify("--repair", "--yes", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert [finding["file"] for finding in said["findings"]] == ["x.php", "index.html"]
    assert "CONTOH" in said["problems"][0]["message"]
    assert not (published.web / "index.html").exists()
