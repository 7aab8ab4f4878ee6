"""What this machine remembers of its publishes: it is written whole, and doing without it costs only time."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import OutputError
from generator.publish import patience
from generator.publish.copies import Copies
from generator.publish.hashes import Hashes
from generator.publish.history import History, Step
from generator.publish.journal import Journal, Past
from generator.publish.manifest import HEAD, File, Manifest, digest_of, pack, part_file
from generator.publish.patience import Patient, Stop, StoppedError, each
from generator.publish.record import Record, settle, write_whole
from generator.signature import signature
from tests.newsroom import release
from tests.publishing import MemoryHost, Office, first_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.publish.host import Entry
    from tests.newsroom import Newsroom

ROOT = Path(__file__).parent.parent


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """A work folder in which nothing can be written: a file stands in the way of each folder."""
    for name in ("record", "copies", "history"):
        (tmp_path / name).write_bytes(b"CONTOH")
    (tmp_path / "journal").mkdir()
    return tmp_path


def test_a_disk_that_refuses_is_told(blocked: Path) -> None:
    """Whatever cannot be remembered ends the work with a Problem, before the host is touched."""
    packed = pack(Manifest("https://contoh.example", "", {}))
    step = Step(0, "", {"a": None}, {"a": File(1, "x")}, frozenset())
    acts: tuple[Callable[[], object], ...] = (
        lambda: Record(blocked).keep(packed),
        lambda: Record(blocked).learn(part_file(digest_of(b"x")), b"x"),
        lambda: Copies(blocked).keep("0123", b"x"),
        lambda: History(blocked, 3).begin(step),
        lambda: Journal(blocked).begin("", None),
        lambda: Journal(blocked).clear(),
        lambda: settle(blocked / "record/below", "contoh"),
    )
    for act in acts:
        with pytest.raises(OutputError):
            act()
    assert Copies(blocked).read("0123") is None
    assert History(blocked, 3).last() is None


def test_two_processes_write_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs of a scheduler that write the same file at once both succeed, and it is whole."""
    file, code = tmp_path / "diary", "import sys; from generator.publish.record import write_whole as w; from pathlib"
    other = [sys.executable, "-c", f"{code} import Path; w(Path(sys.argv[1]), b'lain CONTOH')", str(file)]
    sync = os.fsync

    def meanwhile(number: int) -> None:
        sync(number)
        subprocess.run(other, check=True, cwd=ROOT)
        assert file.read_bytes() == b"lain CONTOH"

    monkeypatch.setattr(os, "fsync", meanwhile)
    write_whole(file, b"CONTOH")
    assert file.read_bytes() == b"CONTOH"
    assert [*tmp_path.iterdir()] == [file]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """Where a file cannot take its place, nothing half-done stays beside it."""
    (tmp_path / "diary").mkdir()
    with pytest.raises(OSError, match="diary"):
        write_whole(tmp_path / "diary", b"CONTOH")
    assert [each.name for each in tmp_path.iterdir()] == ["diary"]


def test_a_damaged_copy_is_none(tmp_path: Path) -> None:
    """A copy that holds other bytes than its name says, or none at all, is not brought back."""
    copies = Copies(tmp_path)
    digest = digest_of(b"CONTOH")
    copies.keep(digest, b"CONTOH")
    copies.keep(digest, b"CONTOH")
    assert copies.read(digest) == b"CONTOH"
    copies.keep(digest_of(b"x"), b"lain")
    assert copies.read(digest_of(b"x")) is None
    place = tmp_path / "copies" / digest[:2] / digest[2:]
    place.write_bytes(b"CONTOH")
    assert copies.read(digest) is None
    copies.prune(set())
    assert not place.exists()


def test_nothing_is_taken_back_beneath_a_damaged_step(tmp_path: Path) -> None:
    """A step that cannot be read cannot be taken back, nor can those before it: what came later may need them."""
    history = History(tmp_path, 5)
    for n in range(3):
        history.begin(Step(0, "", {"a": File(n, "x")}, {"a": None}, frozenset()))
        history.finish()
    newest = max((tmp_path / "history").iterdir())
    newest.write_bytes(b"CONTOH")
    assert history.last() is None
    assert not history.is_open()
    history.begin(Step(0, "", {"a": File(7, "x")}, {"a": None}, frozenset()))
    assert history.is_open()
    assert (again := history.last()) is not None
    assert (again.number, again.before) == (4, {"a": File(7, "x")})
    history.drop()
    assert history.last() is None


def test_a_journal_that_cannot_be_begun_anew_is_as_it_was(tmp_path: Path) -> None:
    """Where a cut publish is gone on with and the disk takes no more, what had arrived is not forgotten."""
    journal = Journal(tmp_path)
    journal.begin("", None)
    journal.tries("a.html", File(1, "x"))
    journal.puts("a.html")
    past = journal.past()
    (tmp_path / f"journal.{os.getpid()}.part").mkdir()  # beside which nothing can be written
    with pytest.raises(OutputError):
        journal.begin("", past)
    assert journal.past() == past == Past("", {"a.html": File(1, "x")}, {})


def test_a_journal_bears_half_a_line(tmp_path: Path) -> None:
    """What a killed process has left is read as far as it goes; strange lines are passed over."""
    journal = Journal(tmp_path)
    assert journal.past() is None
    journal.begin("", None)
    journal.tries("a.html", File(1, "x"))
    journal.puts("a.html")
    journal.tries("b.html", File(2, "y"))
    with (tmp_path / "journal").open("ab") as file:
        file.write(
            b'["put"]\n["try", "../c", 1, "x"]\n["try", "d.html", "one", "x"]\n7\n[]\n["other", "x"]\n["put", "b.ht'
        )
    past = journal.past()
    assert past is not None
    assert (past.put, past.tried) == ({"a.html": File(1, "x")}, {"b.html": File(2, "y")})
    journal.begin("neu", past)
    assert (again := journal.past()) is not None
    assert (again.head, again.put, again.tried) == ("neu", past.put, past.tried)
    journal.tries("a.html", File(9, "z"))
    assert (tried := journal.past()) is not None
    assert (tried.put, tried.tried["a.html"]) == ({}, File(9, "z"))
    journal.clear()
    assert journal.past() is None
    (tmp_path / "journal").write_bytes(b'["try", "a", 1, "x"]\n')
    assert journal.past() is None


def test_digests_are_taken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is read once as long as its signature stays; damaged memories are made anew, and a lost file has none."""
    folder, memory = tmp_path / "output", tmp_path / "digests.json"
    folder.mkdir()
    (folder / "a").write_bytes(b"CONTOH")
    signed = {"a": signature((folder / "a").stat())}
    for damage in (None, b"", b"[]", b'{"a": 1}'):
        if damage is not None:
            memory.write_bytes(damage)
        hashes = Hashes(folder, memory)
        assert hashes.files(signed) == {"a": File(6, digest_of(b"CONTOH"))}
        assert hashes.md5("a") == hashes.md5("a") == hashlib.md5(b"CONTOH").hexdigest()
        hashes.save()
    (folder / "a").unlink()
    hashes = Hashes(folder, memory)
    assert hashes.files(signed)["a"].digest == digest_of(b"CONTOH")
    assert Hashes(folder, tmp_path / "none").files(signed)["a"].digest == ""
    blocked = Hashes(folder, memory / "below")
    blocked.files(signed)
    blocked.save()


@pytest.mark.parametrize("compresses", [False, True])
def test_what_could_not_be_read_is_looked_at_again(tmp_path: Path, compresses: bool) -> None:
    """A file that another program held for a moment is not taken for one without bytes ever after."""
    (tmp_path / "a.html").write_bytes(b"CONTOH" * 99)
    signed = {"a.html": signature((tmp_path / "a.html").stat())}
    held = Hashes(tmp_path / "tidak-ada", tmp_path / "digests.json", compresses=compresses)
    assert (held.files(signed)["a.html"].digest, held.md5("a.html")) == ("", "")
    held.save()
    free = Hashes(tmp_path, tmp_path / "digests.json", compresses=compresses)
    assert free.files(signed) == Hashes(tmp_path, tmp_path / "none", compresses=compresses).files(signed)
    assert free.files(signed)["a.html"].digest


class Bucket(MemoryHost):
    """A host that gives digests of its own."""

    def listing(self) -> dict[str, Entry]:

        found = super().listing()
        md5 = {file: hashlib.md5(data).hexdigest() for file, data in self.files.items()}
        return {file: entry._replace(digest=f"md5:{md5[file]}") for file, entry in found.items()}


def test_a_host_s_own_digests_spare_reading(newsroom: Newsroom) -> None:
    """Where the host gives digests, files of the same size and other bytes are noticed, and nothing is read back."""
    first_state(newsroom)
    host = Bucket()
    office = Office(newsroom, host)
    office.publish()
    size = len(host.files["index.html"])
    host.files["index.html"] = bytes(size)
    plan = office.offer().plan
    assert plan.altered == plan.sent == ("index.html",)
    (office.work / "record" / HEAD).unlink()
    host.files.pop(HEAD)
    host.fetched.clear()
    offer = office.publish()
    assert offer.plan.sent == ("index.html",)
    assert set(host.fetched) <= {"index.html"}
    assert host.files["index.html"] == newsroom.files()["index.html"]


def test_another_publisher_s_files_are_not_ours_to_trust(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a cut publish has put there is looked at again where somebody else has published in between."""
    monkeypatch.setattr(patience, "PAUSES", ())
    first_state(newsroom)
    host = MemoryHost()
    office = Office(newsroom, host)
    office.publish()
    newsroom.release("baru.md", release("CONTOH baru", "2026-11-02"))
    built = office.build()
    host.count, host.cut = 0, 20
    with pytest.raises(Exception, match="broke"):
        office.publish(built)
    host.cut = None
    host.files[HEAD] = gzip.compress(
        gzip.decompress(host.files[HEAD]) + b" "
    )  # another head, as somebody else would have left
    theirs = next(file for file in host.arrived[::-1] if file.endswith(".html"))
    host.files[theirs] = bytes(len(host.files[theirs]))
    offer = office.publish(built)
    assert theirs in offer.plan.sent
    assert host.files[theirs] == newsroom.files()[theirs]


def test_a_move_is_not_made_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the answer to a move was lost, it is not tried again; a removal may be."""
    monkeypatch.setattr(patience, "PAUSES", (0.0, 0.0))
    host = MemoryHost({"a": b"x", "b": b"y"})
    host.cut_after = True

    def once(_: float) -> None:
        host.cut = None

    patient = Patient(host, once)
    host.cut = 1
    patient.move("a", "../a")
    assert host.files == {"../a": b"x", "b": b"y"}
    host.count, host.cut = 0, 1
    patient.remove("b")
    assert host.files == {"../a": b"x"}
    patient.close()


def test_a_sign_to_stop_is_heard() -> None:
    """Work that is told to stop begins nothing more; an error of one thread ends all, and is the one that is told."""
    stop, done = Stop(), list[int]()

    def act(number: int) -> None:
        done.append(number)
        if number == 3:
            stop.set()

    with pytest.raises(StoppedError):
        each(range(100), act, 1, stop)
    assert done == [0, 1, 2, 3]
    with pytest.raises(StoppedError):
        stop.pause(60)

    def fail(number: int) -> None:
        if number == 5:
            raise ValueError("CONTOH")
        Stop().pause(0.001)

    with pytest.raises(ValueError, match="CONTOH"):
        each(range(1000), fail, 4, Stop())


@pytest.mark.parametrize("error", [IndexError, KeyError, StopIteration])
def test_no_error_in_the_work_passes_for_its_end(error: type[Exception]) -> None:
    """Whatever a library raises in the midst of the work, no file is taken for sent that was not."""

    def fail(number: int) -> None:
        if number == 1:
            raise error("CONTOH")

    with pytest.raises(error, match="CONTOH"):
        each(range(3), fail, 1, Stop())


@pytest.mark.skipif(os.name == "nt", reason="sends a signal as a terminal does")
def test_ctrl_c_leaves_what_is_under_way_a_moment() -> None:
    """Ctrl-C is raised again when the transfers that are under way have ended."""
    done = list[int]()
    began = threading.Event()

    def act(number: int) -> None:
        began.set()
        threading.Event().wait(0.3)
        done.append(number)

    def interrupt() -> None:
        began.wait(10)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        each(range(10), act, 2, Stop())
    assert 1 <= len(done) <= 2
    threading.Event().wait(0.4)
    assert len(done) <= 2
