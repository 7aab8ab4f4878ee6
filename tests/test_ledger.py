"""The ledger: what is remembered, what is not believed, and what a build does where something is in its way."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import crew, reading, signature, workshop
from generator.cli import main
from generator.config import load_site
from generator.content import find_all, read_content
from generator.errors import ContentError, OutputError, Problem, message
from generator.i18n import say
from generator.intake.demo import write_demo
from generator.ledger import Ledger, Made
from generator.ledger.fingerprint import encode
from generator.output import MANIFEST, Folder, Staging
from generator.photos import Counter
from generator.reading import read_one
from tests.newsroom import Newsroom, Quiet, png, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.errors import Message
    from generator.output import Changes
    from generator.photo import Rendition
    from generator.reading import Errand, Reading
    from generator.signature import Signature

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
    original = reading.read_file

    def note(root: Path, source: str) -> bytes:
        read.append(Path(source).name)
        return original(root, source)

    monkeypatch.setattr(reading, "read_file", note)
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


def test_what_was_made_is_kept_as_what_changed_since(tmp_path: Path) -> None:
    """A few changed files are kept beside all that was made; what is recalled is the same, changed once or often."""
    made = {f"{number}.html": Made(bytes([number]), (number, 2, 3, 4)) for number in range(100)}

    def keep(changes: dict[str, Made | None]) -> tuple[dict[str, Made], bytes]:
        for file, each in changes.items():
            if each is None:
                made.pop(file)
            else:
                made[file] = each
        with Ledger(tmp_path / ".adpim", b"1") as ledger:
            ledger.keep_made(tmp_path, made, changes, None)
        with Ledger(tmp_path / ".adpim", b"1") as ledger:
            return ledger.made(tmp_path), _read_all(ledger, f"made {tmp_path}")

    first, whole = keep(dict(made))
    assert first == made
    few: list[dict[str, Made | None]] = [
        {"1.html": None},
        {"2.html": Made(b"x", (0, 0, 0, 0)), "1.html": made["3.html"]},
        {"2.html": None},
    ]
    for changes in few:
        recalled, still = keep(changes)
        assert recalled == made
        assert still == whole
    recalled, anew = keep({f"{number}.html": None for number in range(50, 60)})
    assert recalled == made
    assert anew != whole


def _read_all(ledger: Ledger, name: str) -> bytes:
    """Return the bytes that are kept under ``name``."""
    with sqlite3.connect(ledger.file) as base:
        value: bytes = base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0]
        return value


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
    office.write(
        {"content/site.toml": (office.root / "content/site.toml").read_text() + 'timezone = "Asia/Jayapura"\n'}
    )
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


def remembered(root: Path, moment: int, pause: float = 0) -> Signature | None:
    """Read content/ and return the signature under which its one release is remembered."""
    site = load_site(root)

    def read(errands: list[Errand]) -> Iterator[Reading]:
        for errand in errands:
            yield read_one(root, site, errand)
            time.sleep(pause)

    return read_content(find_all(root), {}, read, lambda *_: None, moment).shards["content/berita"]["a.md"].signature


def test_a_file_is_trusted_only_if_it_was_left_alone(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changed within a tick before it was read is read again, however long the reading took.

    Otherwise a second change within the same tick, which leaves the same time, would never be seen.
    """
    newsroom.release("a.md", release())
    changed = (newsroom.root / "content/berita/a.md").stat().st_ctime_ns
    assert remembered(newsroom.root, changed + signature.TICK) is None
    assert remembered(newsroom.root, changed + signature.TICK + 1) is not None
    monkeypatch.setattr(signature, "TICK", 20_000_000)
    assert remembered(newsroom.root, changed, pause=0.05) is None


def test_the_clock_of_the_drive_is_asked(tmp_path: Path) -> None:
    """Files are compared with the clock that sets their times; where it cannot be asked, none is trusted."""
    probe = tmp_path / "file"
    probe.write_bytes(b"")
    assert 0 <= signature.drive_clock(tmp_path) - probe.stat().st_mtime_ns < 5_000_000_000
    assert signature.drive_clock(tmp_path / "missing") == 0


def test_a_picture_replaced_behind_its_time_is_found(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another picture of the same size in bytes and pixels behind the same time is found."""
    newsroom.release("a.md", release(photo="a.png"))
    file = newsroom.root / "content/foto/a.png"
    newsroom.write({"content/foto/a.png": png(grey=10)})
    wait_a_tick(monkeypatch)
    newsroom.build()
    forge(file, png(grey=20))
    before = newsroom.photo("a-2", "webp")
    changes = newsroom.build().changes
    assert before in changes.removed
    assert newsroom.photo("a-2", "webp") in changes.added
    same_as_clean(newsroom)


def test_a_picture_that_goes_while_it_is_made_is_a_problem(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that is taken away between its measuring and its making is a problem of the release."""

    def gone(counter: Counter, rendition: Rendition) -> bytes:
        (newsroom.root / rendition.file).unlink(missing_ok=True)
        shutil.rmtree(newsroom.root / ".adpim/pictures", ignore_errors=True)
        return bytes_of(counter, rendition)

    bytes_of = Counter.bytes_of
    newsroom.release("a.md", release(photo="a.png"))
    newsroom.write({"content/foto/a.png": png()})
    monkeypatch.setattr(Counter, "bytes_of", gone)
    assert [problem.path for problem in newsroom.problems()] == ["content/berita/a.md"]
    assert newsroom.files() == {}


def test_a_link_is_followed_to_the_file(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release that is a link changes with the file that it leads to, and when it leads to another."""
    for name, body in (("satu", "Isi SATU."), ("dua", "Isi DUAA.")):
        newsroom.write({f"content/simpanan/{name}.txt": release(body=body)})
        os.utime(newsroom.root / f"content/simpanan/{name}.txt", (1_700_000_000, 1_700_000_000))
    link = newsroom.root / "content/berita/a.md"
    link.parent.mkdir(parents=True)
    link.symlink_to("../simpanan/satu.txt")
    wait_a_tick(monkeypatch)
    newsroom.build()
    link.unlink()
    link.symlink_to("../simpanan/dua.txt")
    newsroom.build()
    assert "Isi DUAA." in newsroom.text("2026/11/contoh/index.html")
    wait_a_tick(monkeypatch)
    newsroom.build()
    forge(newsroom.root / "content/simpanan/dua.txt", release(body="Isi TIGA.").encode())
    newsroom.build()
    assert "Isi TIGA." in newsroom.text("2026/11/contoh/index.html")


# Another build


def test_a_second_build_says_that_one_is_running(
    office: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a build runs another waits a moment, then says so and exits with 1."""
    monkeypatch.setattr("generator.ledger.store.PATIENCE", 0.3)
    started = time.monotonic()
    with Ledger(office.root / ".adpim", b""), pytest.raises(SystemExit) as ended:
        main(["build", "--root", str(office.root), "--lang", "en"])
    assert ended.value.code == 1
    assert 0.3 <= time.monotonic() - started < 5
    assert "Another build of this site is running." in capsys.readouterr().err


def test_a_second_build_waits_for_the_first(office: Newsroom) -> None:
    """A build that finds another running goes on as soon as that one ends."""
    held = threading.Event()

    def hold() -> None:
        with Ledger(office.root / ".adpim", b""):
            held.set()
            time.sleep(0.3)

    first = threading.Thread(target=hold)
    first.start()
    assert held.wait(5)
    assert nothing(office.build().changes)
    first.join()


def test_the_lock_of_a_dead_process_does_not_hold(office: Newsroom) -> None:
    """A build that was killed holds no other up."""
    code = f"""
import pathlib, time
from generator.ledger import Ledger, Made
with Ledger(pathlib.Path({str(office.root / ".adpim")!r}), b""):
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        other.kill()
    started = time.monotonic()
    assert nothing(office.build().changes)
    assert time.monotonic() - started < 5


# Damage


def heals(room: Newsroom, files: dict[str, bytes]) -> None:
    """Build; the site must be as it was, and the ledger must serve again."""
    room.build()
    assert room.files() == files
    assert nothing(room.build().changes)


@pytest.mark.parametrize("how", ["flip", "zero", "cut", "garbage"])
def test_damage_anywhere_in_the_ledger_is_healed(office: Newsroom, how: str) -> None:
    """Wherever bytes of the ledger are flipped, zeroed, missing or garbage, the build gives the same site."""
    ledger, before = office.root / ".adpim/ledger.db", office.files()
    good = ledger.read_bytes()
    for place in range(0, len(good), 1531):
        some = len(good[place : place + 512])
        middle = {"flip": bytes([good[place] ^ 0xFF]), "zero": bytes(some), "cut": b"", "garbage": b"\xa5" * some}[how]
        end = b"" if how == "cut" else good[place + len(middle) :]
        ledger.write_bytes(good[:place] + middle + end)
        office.build()
        assert office.files() == before, place
    # What was flipped may lie where nothing is kept; after a real edit it must be right all the same.
    office.release("d.md", release("CONTOH d"))
    office.build()
    same_as_clean(office)


def test_what_is_no_ledger_is_replaced(office: Newsroom) -> None:
    """Another program's database, a folder, an empty file or a strange journal in the ledger's place does no harm."""
    ledger, before = office.root / ".adpim/ledger.db", office.files()
    ledger.unlink()
    with closing(sqlite3.connect(ledger)) as base:
        base.execute("CREATE TABLE facts (something)")
        base.execute("CREATE TABLE bodies (source TEXT PRIMARY KEY, other BLOB)")
        base.commit()
    heals(office, before)
    ledger.unlink()
    (ledger / "dalam").mkdir(parents=True)
    heals(office, before)
    ledger.write_bytes(b"")
    heals(office, before)
    ledger.with_name("ledger.db-journal").write_bytes(bytes(range(256)) * 40)
    heals(office, before)
    ledger.with_name("lock.db").write_bytes(b"bukan basis data" * 100)
    heals(office, before)


def test_one_release_is_never_shown_with_the_text_of_another(office: Newsroom) -> None:
    """A piece that the database gives under a wrong name is not believed, whole as it is."""
    with closing(sqlite3.connect(office.root / ".adpim/ledger.db")) as base:
        rows = dict(base.execute("SELECT source, html FROM bodies WHERE source LIKE 'content/berita/%'"))
        names = sorted(rows)
        base.executemany(
            "UPDATE bodies SET html = ? WHERE source = ?", [(rows[names[n - 1]], names[n]) for n in (0, 1)]
        )
        base.commit()
    office.release("c.md", release("CONTOH cc", tags="[Satu]"))
    shutil.rmtree(office.root / "output")
    office.build()
    same_as_clean(office)


def test_a_ledger_that_was_lost_costs_only_time(office: Newsroom) -> None:
    """Without .adpim/ nothing that was not changed is written, and a deleted release loses its page."""
    shutil.rmtree(office.root / ".adpim")
    (office.root / "content/berita/a.md").unlink()
    assert "2026/11/contoh-a/index.html" in office.build().changes.removed
    same_as_clean(office)


# Elsewhere


def same_as_clean(room: Newsroom) -> None:
    """Compare output/ with what a copy of the sources gives elsewhere."""
    twin = Newsroom(room.root.with_name("lain"))
    shutil.copytree(room.root / "content", twin.root / "content", dirs_exist_ok=True)
    if (room.root / "templates").is_dir():
        shutil.copytree(room.root / "templates", twin.root / "templates")
    twin.build()
    files = twin.files()
    shutil.rmtree(twin.root)
    assert room.files() == files


def test_two_output_folders_are_remembered_each(office: Newsroom, rendered: list[str], tmp_path: Path) -> None:
    """A build into another folder and back makes in each only what that one lacks."""
    other = tmp_path / "lain"
    office.build(output=other)
    office.release("a.md", release("CONTOH a", body="Baru."))
    office.build()
    rendered.clear()
    assert office.build(output=other).changes.changed
    assert nothing(office.build().changes)
    assert nothing(office.build(output=other).changes)
    assert "Baru." in (other / "2026/11/contoh-a/index.html").read_text()
    assert "tentang/index.html" not in rendered


def test_folders_that_are_no_more_are_forgotten(office: Newsroom, tmp_path: Path) -> None:
    """What was written into a folder that is gone is not kept for ever."""
    for number in range(3):
        office.build(output=tmp_path / f"lain-{number}")
        shutil.rmtree(tmp_path / f"lain-{number}")
    office.build(output=tmp_path / "lain")
    with closing(sqlite3.connect(office.root / ".adpim/ledger.db")) as base:
        names = [name for (name,) in base.execute("SELECT name FROM facts WHERE name LIKE 'made %'")]
    assert names == sorted([f"made {office.root / 'output'}", f"made {tmp_path / 'lain'}"])


def test_a_site_that_moved_builds_as_before(office: Newsroom) -> None:
    """With the whole folder at another path, .adpim/ and all, nothing is written anew and edits are found."""
    office.root.rename(office.root.with_name("pindah"))
    office.root = office.root.with_name("pindah")
    assert nothing(office.build().changes)
    office.release("a.md", release("CONTOH a", body="Baru."))
    office.build()
    same_as_clean(office)


# A disk that refuses


def refuse(monkeypatch: pytest.MonkeyPatch, ends: tuple[str, ...], error: BaseException) -> None:
    """Let the rename to a target fail, as a file that is held open on Windows does; Ctrl-C comes but once."""
    replace = os.replace
    errors = iter([error] * (1_000 if isinstance(error, OSError) else 1))

    def stubborn(source: str, target: str) -> None:
        if str(target).endswith(ends) and (now := next(errors, None)):
            raise now
        replace(source, target)

    monkeypatch.setattr(os, "replace", stubborn)


@pytest.mark.parametrize(
    "held", ["/a-b/index.html", "/contoh-a/index.html", "/baru/index.html", "/lama.html", "/rss.xml"]
)
@pytest.mark.parametrize("error", [PermissionError(errno.EACCES, "Permission denied"), KeyboardInterrupt()])
def test_a_file_that_cannot_be_replaced_leaves_the_old_site(
    office: Newsroom, monkeypatch: pytest.MonkeyPatch, held: str, error: BaseException
) -> None:
    """Where one file cannot be written no other has changed, and the next build writes all."""
    office.write({"content/halaman/a-b.md": "---\ntitle: A\n---\n\nIsi.\n"})
    office.release("e.md", release("CONTOH e", aliases="[/lama.html/x/]"))
    office.build()
    before = office.files()
    office.write({"content/halaman/a-b.md": "---\ntitle: B\n---\n\nIsi.\n"})
    office.release("a.md", release("CONTOH a", body="Lain."))
    office.release("baru.md", release("Baru"))
    office.release("e.md", release("CONTOH e", aliases="[/lama.html]"))
    (office.root / "content/berita/b.md").unlink()
    with monkeypatch.context() as patch:
        refuse(patch, (f"output{held}", f"11{held}"), error)
        with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt) as caught:
            office.build()
    assert office.files() == before
    if isinstance(caught.value, OutputError):
        assert "The published pages are as they were." in said(caught.value)
    office.build()
    same_as_clean(office)


def test_a_first_site_comes_into_its_place_whole(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there was no output folder no file is put into it by itself, and the files are those that ever are."""
    before = office.files()
    shutil.rmtree(office.root / "output")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", None)
        changes = office.build().changes
    assert office.files() == before
    assert set(changes.added) == before.keys() - {MANIFEST}
    assert nothing(office.build().changes)


def test_a_first_site_that_cannot_come_whole_comes_file_by_file(
    office: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system does not let the whole site be renamed, as between two disks, each file is put."""
    before = office.files()
    shutil.rmtree(office.root / "output")

    def other_disk(self: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link", str(self), None, str(target))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", other_disk)
        office.build()
    assert office.files() == before
    assert nothing(office.build().changes)


def test_an_empty_folder_stays_the_same_folder(office: Newsroom) -> None:
    """A folder that somebody made for the site keeps what they gave it: it is filled, not replaced."""
    folder = office.root / "output"
    before = office.files()
    shutil.rmtree(folder)
    folder.mkdir()
    inode = folder.stat().st_ino
    office.build()
    assert folder.stat().st_ino == inode
    assert office.files() == before


def test_a_rename_that_is_refused_names_the_file(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the file that could not be written."""
    office.release("a.md", release("CONTOH a", body="Lain."))
    target = str(office.root / "output/2026/11/contoh-a/index.html")
    with monkeypatch.context() as patch:
        refuse(patch, (target,), PermissionError(errno.EACCES, "Permission denied", "x", None, target))
        with pytest.raises(OutputError) as caught:
            office.build()
    assert caught.value.problems[0].path == target


def test_a_file_that_cannot_be_removed_leaves_the_new_site(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an old file cannot be removed the new site stands, the error says so, and the next build removes it."""
    (office.root / "content/berita/a.md").unlink()
    unlink = Path.unlink

    def stubborn(self: Path, *, missing_ok: bool = False) -> None:
        if "contoh-a" in str(self):
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        unlink(self, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", stubborn)
        with pytest.raises(OutputError) as caught:
            office.build()
    assert "The site is written." in said(caught.value)
    assert "CONTOH a" not in office.text("index.html")
    office.build()
    same_as_clean(office)


def test_a_read_only_or_open_file_is_replaced(office: Newsroom) -> None:
    """Where the system lets a read-only or open file be replaced, it is; who reads it reads the old one to its end."""
    file = office.root / "output/2026/11/contoh-a/index.html"
    file.chmod(0o400)
    old = file.read_bytes()
    with file.open("rb") as reader:
        office.release("a.md", release("CONTOH a", body="Lain."))
        office.build()
        assert reader.read() == old
    same_as_clean(office)


@pytest.mark.parametrize("when", ["keep_body", "save_sources", "keep", "keep_made"])
def test_a_disk_that_is_full_for_the_ledger(office: Newsroom, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """Where the ledger cannot be saved, the site is the old one or whole and new; the next build heals."""
    before = office.files()
    office.release("d.md", release("CONTOH d", body="Kata. " * 20_000, photo="d.png"))
    office.write({"content/foto/d.png": png()})
    for number in range(200):
        office.release(f"d{number}.md", release(f"CONTOH d{number}"))
    save = getattr(Ledger, when)

    def full(self: Ledger, *arguments: object) -> None:
        (pages,) = self._base.execute("PRAGMA page_count").fetchone()
        self._base.execute(f"PRAGMA max_page_count = {pages}")
        if when == "keep":
            arguments = (arguments[0], "x" * 100_000)
        save(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, when, full)
        with pytest.raises(OutputError) as caught:
            office.build()
    assert "full" in said(caught.value)
    assert "ruang disk habis" in say(caught.value.problems[0].what, "id")
    if when == "keep_made":
        assert "The site is written." in said(caught.value)
    else:
        assert office.files() == before
    office.build()
    same_as_clean(office)


def test_a_work_folder_that_cannot_be_written_is_said(office: Newsroom) -> None:
    """Where .adpim/ cannot be used the error names it, and the site stays."""
    before = office.files()
    shutil.rmtree(office.root / ".adpim")
    office.write({".adpim": "berkas"})
    with pytest.raises(OutputError) as caught:
        office.build()
    assert caught.value.problems[0].path == str(office.root / ".adpim")
    (office.root / ".adpim").unlink()
    (office.root / ".adpim/lock.db").mkdir(parents=True)
    with pytest.raises(OutputError) as caught:
        office.build()
    assert caught.value.problems[0].path == str(office.root / ".adpim/lock.db")
    assert office.files() == before


def test_an_output_folder_that_cannot_be_read_is_said(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in output/ that may not be read is a problem that names it, not a crash."""
    (office.root / "output/tertutup").mkdir()
    scandir = os.scandir

    def closed(path: str | Path) -> object:
        if str(path).endswith("tertutup"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(OutputError) as caught:
        office.build()
    assert caught.value.problems[0].path.endswith("tertutup")


def test_a_first_site_that_fails_leaves_no_folder(newsroom: Newsroom) -> None:
    """Where there was no output folder there is none after a build that failed while pages were made."""
    newsroom.release("a.md", release())
    newsroom.write({"templates/404.html": "{{ tiada }}"})
    assert newsroom.problems()
    assert not (newsroom.root / "output").exists()


def test_too_little_memory_is_told(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory runs out the build says so, and the site stays; it is no failure of the program."""
    before = office.files()
    office.release("a.md", release("CONTOH a", body="Lain."))
    monkeypatch.setattr(workshop.Workshop, "make", lambda *_: refuse_memory(1))
    with pytest.raises(OutputError) as caught:
        office.build()
    assert "memory" in said(caught.value)
    assert office.files() == before


def test_what_is_taken_away_at_once_is_made_again(office: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that somebody deletes in the moment between its writing and its remembering comes back."""
    publish = Folder.publish

    def publish_and_lose(self: Folder, *arguments: object) -> Changes:
        changes = publish(self, *arguments)  # type: ignore[arg-type] # passed through
        (self.folder / "2026/11/contoh-a/index.html").unlink()
        return changes

    office.release("a.md", release("CONTOH a", body="Lain."))
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "publish", publish_and_lose)
        office.build()
    office.build()
    same_as_clean(office)


def test_a_manifest_that_is_taken_away_at_once_is_written_again(
    office: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the list of our files comes back if somebody deletes it before it is remembered, and so does a new page."""
    publish = Folder.publish

    def publish_and_lose(self: Folder, *arguments: object) -> Changes:
        changes = publish(self, *arguments)  # type: ignore[arg-type] # passed through
        (self.folder / MANIFEST).unlink()
        (self.folder / "2026/11/contoh-baru/index.html").unlink()
        return changes

    office.release("baru.md", release("CONTOH Baru"))
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "publish", publish_and_lose)
        office.build()
    office.build()
    assert (office.root / "output" / MANIFEST).is_file()
    same_as_clean(office)


def test_leftovers_of_a_killed_build_are_removed(office: Newsroom) -> None:
    """What a killed build left in .adpim/ or in output/ is removed by the next, and is not foreign."""
    office.write({".adpim/staging-x/1": "x", ".adpim/templates/x.tmp": "x", "output/.adpim-tmp/1": "x"})
    report = office.build()
    assert nothing(report.changes)
    assert report.changes.foreign == ()
    assert not (office.root / ".adpim/staging-x").exists()
    assert not (office.root / ".adpim/templates/x.tmp").exists()
    assert not (office.root / "output/.adpim-tmp").exists()


class Impatient(Quiet):
    """A person who presses Ctrl-C when the first page is made."""

    def stage(self, what: Message, total: int) -> None:  # noqa: ARG002 - a Progress's
        """Note what is being done."""
        self.what = what.msgid

    def step(self, steps: int = 1, name: str = "") -> None:  # noqa: ARG002 - as above
        """Press Ctrl-C."""
        if self.what == "Writing":
            raise KeyboardInterrupt


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_nobody_writes_where_staged_files_are_thrown_away(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    """When a build that is broken off throws away what was staged, its processes are gone, forked or spawned."""
    writing: list[int] = []
    leave = Folder.__exit__

    def look_and_leave(self: Folder, *error: object) -> None:
        writing.append(len(multiprocessing.active_children()))
        leave(self, *error)

    for number in range(20):
        newsroom.release(f"{number}.md", release(f"CONTOH {number}"))
    monkeypatch.setattr(crew, "MANY", 30)  # there is less to read, and more to make
    monkeypatch.setattr(crew, "_context", lambda: multiprocessing.get_context(start))
    monkeypatch.setattr(Folder, "__exit__", look_and_leave)
    monkeypatch.setattr("tests.newsroom.Quiet", Impatient)
    with pytest.raises(KeyboardInterrupt):
        newsroom.build(jobs=2)
    assert writing == [0]
    assert [*(newsroom.root / ".adpim").glob("staging*")] == []


# Many processes


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """A demo site big enough for a pool of processes, built in one process."""
    root = tmp_path_factory.mktemp("demo") / "situs"
    write_demo(root, 700)
    room = Newsroom.__new__(Newsroom)
    room.root = root
    room.build(jobs=1)
    return room


def build_anew(room: Newsroom, folder: Path, jobs: int) -> dict[str, bytes]:
    """Build from nothing into another folder and return its files."""
    room.build(output=folder, clean=True, jobs=jobs)
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != ".adpim-manifest"
    }


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_processes_gives_the_same_bytes(demo: Newsroom, tmp_path: Path, jobs: int) -> None:
    """Two or three processes make what one makes, byte for byte."""
    assert build_anew(demo, tmp_path / "lain", jobs=jobs) == demo.files()


@pytest.mark.slow
def test_spawned_processes_give_the_same_bytes(demo: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are spawned, as on Windows and macOS, make what forked ones make."""
    monkeypatch.setattr(crew, "_context", lambda: multiprocessing.get_context("spawn"))
    assert build_anew(demo, tmp_path / "lain", jobs=2) == demo.files()


def test_an_error_travels_whole() -> None:
    """An error of a process arrives in another with its problems, not as a broken pool."""
    for kind in (OutputError, ContentError):
        error = kind([Problem("a", 1, message("CONTOH"), message("CONTOH {x}", x=1))])
        twin = pickle.loads(pickle.dumps(error))
        assert type(twin) is kind
        assert twin.problems == error.problems


@pytest.mark.slow
def test_an_error_in_a_process_is_told(demo: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full for one of many processes ends the build with that error, and no process stays."""
    if threading.active_count() > 1:
        pytest.skip("processes are spawned here, and know nothing of what a test replaced")

    def full(self: Staging, file: str, data: bytes, number: int) -> str:
        raise OutputError([Problem(file, 0, message("CONTOH penuh"), message("CONTOH"))])

    monkeypatch.setattr(Staging, "put", full)
    with pytest.raises(OutputError) as caught:
        demo.build(output=tmp_path / "lain", jobs=2)
    assert "CONTOH penuh" in said(caught.value)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is forked for this")
def test_a_task_beside_does_not_outlive_the_build() -> None:
    """A process with a result that the killed build will never read ends as well."""
    code = """
import os, signal
from generator.crew import Crew
Crew(2).aside(bytes, 1_000_000, items=1_000_000)
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True) as one:
        try:
            assert one.communicate(timeout=5)[0] == b""
        finally:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)


def test_a_task_beside_brings_its_result_or_its_error() -> None:
    """What a task gives or raises in a process beside is given or raised here; one that ended is told."""
    with crew.Crew(2) as hands:
        assert hands.aside(bytes, 3, items=1_000_000)() == bytes(3)
        with pytest.raises(MemoryError):
            hands.aside(refuse_memory, 1, items=1_000_000)()
        if crew._can_fork():
            with pytest.raises(OutputError):
                hands.aside(os._exit, 1, items=1_000_000)()


def refuse_memory(_: int) -> int:
    """Fail as a task may fail."""
    raise MemoryError


# Fingerprints


def test_fingerprints_tell_apart_what_texts_could_blur() -> None:
    """No text looks like two, like a number, or like nothing."""
    values = [
        ("a", "b"),
        ("a,b",),
        ("a,1:b",),
        ("a", ("b",)),
        (("a", "b"),),
        ("1",),
        (1,),
        (True,),
        ("",),
        (None,),
        (),
        ((),),
        (b"1",),
        ("-",),
    ]
    assert len({encode(value) for value in values}) == len(values)


def test_a_value_that_nobody_thought_of_is_refused() -> None:
    """A kind of value without a fingerprint is an error, not a page that never changes."""
    with pytest.raises(TypeError):
        encode(({"a": 1},))
