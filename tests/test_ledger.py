"""The ledger: what is remembered, what is not believed, and what a build does where the disk or another build is in its way."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import crew, workshop
from generator.errors import ContentError, OutputError, Problem, message
from generator.i18n import say
from generator.intake.demo import SITE as DEMO_SITE
from generator.intake.demo import releases, write_demo
from generator.ledger import Ledger, encode
from generator.output import folder as output_folder
from tests.newsroom import Newsroom, png, release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.output import Changes

ROOT = Path(__file__).parent.parent


def said(error: OutputError) -> str:
    """Return what the first problem of an error says, in English."""
    problem = error.problems[0]
    return f"{say(problem.what, 'en')} {say(problem.fix, 'en')}"


def nothing(changes: Changes) -> bool:
    """Say whether a build changed nothing."""
    return not (changes.added or changes.changed or changes.removed)


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every Output that is made in this process is added."""
    made: list[str] = []
    make = workshop.Workshop.make

    def note(self: workshop.Workshop, task: workshop.Task) -> workshop.Done:
        made.append(task.output.file)
        return make(self, task)

    monkeypatch.setattr(workshop.Workshop, "make", note)
    return made


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every file whose bytes are read from content/ in this process is added."""
    read: list[str] = []
    original = Path.open

    def note(self: Path, *arguments: object, **options: object) -> object:
        if self.suffix == ".md":
            read.append(self.name)
        return original(self, *arguments, **options)  # type: ignore[call-overload] # passed through

    monkeypatch.setattr(Path, "open", note)
    return read


@pytest.fixture
def office(newsroom: Newsroom) -> Newsroom:
    """A newsroom with three releases and a page, built once."""
    for name in "abc":
        newsroom.release(f"{name}.md", release(f"CONTOH {name}", tags="[Satu]"))
    newsroom.write({"content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\nIsi CONTOH.\n"})
    newsroom.build()
    return newsroom


def wait_a_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what was written until now count as left alone."""
    monkeypatch.setattr("generator.signature.TICK", 20_000_000)
    time.sleep(0.04)


# What is remembered


def test_a_build_without_changes_reads_and_makes_nothing(
    office: Newsroom, rendered: list[str], parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing changed no release is read and no page rendered."""
    wait_a_tick(monkeypatch)
    office.build()
    parsed.clear()
    assert nothing(office.build().changes)
    assert parsed == []
    assert rendered == []


def test_only_what_changed_is_read(office: Newsroom, parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One edited release is read, and no other."""
    wait_a_tick(monkeypatch)
    office.build()
    office.release("b.md", release("CONTOH b", body="Lain."))
    parsed.clear()
    office.build()
    assert parsed == ["b.md"]


def test_a_failed_build_remembers_what_it_read(
    office: Newsroom, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that fails for one release need not read the others again."""
    office.release("d.md", "bukan rilis")
    wait_a_tick(monkeypatch)
    with pytest.raises(ContentError):
        office.build()
    office.release("d.md", release("CONTOH d"))
    parsed.clear()
    office.build()
    assert parsed == ["d.md"]


def test_a_comment_in_site_toml_changes_nothing(
    office: Newsroom, rendered: list[str], parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment in site.toml makes no page anew."""
    wait_a_tick(monkeypatch)
    office.build()
    parsed.clear()
    office.write({"content/site.toml": (office.root / "content/site.toml").read_text() + "# catatan\n"})
    assert nothing(office.build().changes)
    assert (rendered, parsed) == ([], [])


def test_a_renamed_file_changes_no_byte(office: Newsroom) -> None:
    """A release whose file gets another name or folder keeps its page to the byte."""
    target = office.root / "content/berita/2026/z.md"
    target.parent.mkdir()
    (office.root / "content/berita/a.md").rename(target)
    assert nothing(office.build().changes)


def test_another_time_zone_makes_all_anew(office: Newsroom) -> None:
    """After a change of the time zone every date is that zone's, as in a build from nothing."""
    office.write({"content/site.toml": (office.root / "content/site.toml").read_text() + 'timezone = "Asia/Jayapura"\n'})
    office.build()
    assert "2026-11-01T00:00:00+09:00" in office.text("2026/11/contoh-a/index.html")
    same_as_clean(office)


def test_new_rules_of_a_time_zone_make_all_anew(
    office: Newsroom, rendered: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the system's rules of the zone change, what was made by the old ones is not believed."""
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia/Pontianak").write_bytes(b"CONTOH")
    monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path),))
    assert nothing(office.build().changes)
    assert "2026/11/contoh-a/index.html" in rendered


def test_another_program_makes_all_anew(office: Newsroom, rendered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the program kept is not believed; the bytes are the same if it does the same."""
    before = office.files()
    stale = office.root / ".adpim/templates/tua"
    stale.parent.mkdir(exist_ok=True)
    stale.write_bytes(b"")
    monkeypatch.setattr("generator.build.program_digest", lambda _: b"lain")
    assert nothing(office.build().changes)
    assert set(rendered) == before.keys()
    assert office.files() == before
    assert not stale.exists()


def test_clean_forgets(office: Newsroom, rendered: list[str]) -> None:
    """With --clean all is made anew, and what is the same is not written."""
    assert nothing(office.build(clean=True).changes)
    assert set(rendered) == office.files().keys()


# Times that lie


def forge(file: Path, data: bytes) -> None:
    """Write other bytes and set the old time."""
    status = file.stat()
    assert len(data) == status.st_size
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_an_edit_behind_an_old_time_is_found(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other bytes of the same size behind the same time are found."""
    wait_a_tick(monkeypatch)
    office.build()
    file = office.root / "content/berita/a.md"
    forge(file, file.read_bytes().replace(b"Isi CONTOH", b"Isi COBAAN"))
    office.build()
    assert "Isi COBAAN" in office.text("2026/11/contoh-a/index.html")


def test_a_file_that_changes_after_it_was_read_is_read_again(
    office: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that changed within a tick before it was read is read again, however long that build then took.

    Otherwise a second change within that tick, which leaves the same time, would never be seen.
    """
    file = office.root / "content/berita/a.md"
    wait_a_tick(monkeypatch)
    file.write_bytes(file.read_bytes().replace(b"Isi CONTOH", b"Isi SATUUU"))
    office.build()
    coarse = {file: file.stat()}
    original = os.DirEntry.stat
    assert original is not None
    # A file system that counts by seconds: the second change leaves the signature of the first.
    monkeypatch.setattr("generator.content.signature", lambda status: signature_of(coarse.get(file), status))
    file.write_bytes(file.read_bytes().replace(b"Isi SATUUU", b"Isi DUAAAA"))
    office.build()
    assert "Isi DUAAAA" in office.text("2026/11/contoh-a/index.html")


def signature_of(coarse: os.stat_result | None, status: os.stat_result) -> tuple[int, int, int, int]:
    """Return a signature; that of ``coarse`` for the file that it was taken from."""
    if coarse is not None and coarse.st_ino == status.st_ino:
        status = coarse
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def test_a_slow_build_trusts_no_fresh_file(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a build takes to read says nothing about whether a file was left alone before."""
    monkeypatch.setattr("generator.signature.TICK", 20_000_000)
    file = office.root / "content/berita/a.md"
    read_one = sys.modules["generator.build"].read_one

    def slow(*arguments: object) -> object:
        time.sleep(0.03)
        return read_one(*arguments)

    monkeypatch.setattr("generator.build.read_one", slow)
    file.write_bytes(file.read_bytes().replace(b"Isi CONTOH", b"Isi SATUUU"))
    office.build()
    with Ledger(office.root / ".adpim", b"", patience=0) if False else closing(
        sqlite3.connect(office.root / ".adpim/ledger.db")
    ):
        pass
