"""``adpim publish`` and ``adpim rollback`` as staff and schedulers use them, with a folder as the host."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import pytest

from generator import crew
from generator.cli import calling, main, publishing
from generator.cli.asking import Manner
from generator.config import load_site
from generator.errors import message
from generator.publish import manifest
from generator.publish.folder import FolderHost
from generator.publish.host import LostError, lost, refused
from generator.publish.lock import LOCK, LocalLock
from generator.publish.manifest import HEAD
from generator.publish.patience import PAUSES, Stop
from generator.publish.record import work_folder
from generator.publish.words import size_in_words
from tests.faking_ftp import FakeServer
from tests.hosting import bury
from tests.newsroom import NOW, SITE, Newsroom, at, release
from tests.publishing import site_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.crew import Crew
    from generator.publish.host import Entry

ROOT = Path(__file__).parent.parent


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object that it printed."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


class Desk:
    """Somebody at a terminal, or a scheduler, with a site whose host is a folder."""

    def __init__(self, newsroom: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.newsroom, self._capsys, self._monkeypatch = newsroom, capsys, monkeypatch
        self.web = newsroom.root.parent / "web"
        self.web.mkdir()
        self.to(f'[publish.kantor]\nurl = "{self.web.as_uri()}"\n')
        newsroom.release("satu.md", release("CONTOH satu", "2026-11-01"))
        self.at(NOW)

    def to(self, rows: str) -> None:
        """Let site.toml say where the site is published."""
        self.newsroom.write({"content/site.toml": SITE + rows})

    def at(self, moment: str) -> None:
        """Let it be this moment."""
        for room in (publishing, calling):
            self._monkeypatch.setattr(room, "read_clock", lambda _, site: at(moment).astimezone(site.zone))

    def says(self, *words: str, answers: str | None = None) -> Said:
        """Give a command; with ``answers`` somebody sits at a terminal and types them."""
        keyboard = io.StringIO(answers or "")
        self._monkeypatch.setattr(keyboard, "isatty", lambda: answers is not None)
        self._monkeypatch.setattr(sys, "stdin", keyboard)
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main(["--root", str(self.newsroom.root), "--lang", "id", *words])
        assert isinstance(end.value.code, int | None)
        return Said(end.value.code or 0, *self._capsys.readouterr())

    def there(self) -> dict[str, bytes]:
        """Return what stands on the host."""
        files = (path for path in self.web.rglob("*") if path.is_file())
        return {path.relative_to(self.web).as_posix(): path.read_bytes() for path in files}

    def check(self) -> None:
        """The host holds output/."""
        assert site_files(self.there()) == self.newsroom.files()


@pytest.fixture
def desk(newsroom: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk that has published nothing yet."""
    return Desk(newsroom, capsys, monkeypatch)


def test_it_says_what_will_change_asks_and_ends_with_the_address(desk: Desk) -> None:
    """Staff read what will change, say yes, and are told where the site is."""
    said = desk.says("publish", answers="y\n")
    assert said.code == 0
    rows = said.out.splitlines()
    assert rows[0].startswith("Situs selesai")
    assert any("halaman baru" in row and desk.web.as_uri() in row for row in rows)
    assert "Lanjutkan? [y/t]" in said.err
    assert rows[-1].startswith("Sudah terbit (")
    assert rows[-1].endswith("https://contoh.example/")
    desk.check()


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux a process may be forked")
def test_the_host_is_looked_at_while_the_site_is_built(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process has seen meanwhile is not asked for again, and the right files travel."""
    desk.says("publish", "--yes")
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    looks, listing = [0], FolderHost.listing

    def look(host: FolderHost) -> dict[str, Entry]:
        looks[0] += 1
        return listing(host)

    monkeypatch.setattr(FolderHost, "listing", look)
    monkeypatch.setattr(crew, "ASIDE", 0)
    monkeypatch.setattr(crew, "_can_fork", lambda: True)  # other tests may leave a thread behind
    assert desk.says("publish", "--yes").code == 0
    assert looks == [0]
    desk.check()


def test_over_ssh_no_second_line_is_opened(desk: Desk) -> None:
    """Shaking hands once more takes as long there as the look ahead would save."""
    desk.to('[publish.kantor]\nurl = "sftp://kantor@contoh.example/situs"\n')
    site = load_site(desk.newsroom.root)
    errand = calling.Errand(Manner("id", yes=True, as_json=False), desk.newsroom.root, site, site.targets[0], desk.web)
    nobody = cast("Crew", None)  # it would be asked to do the work
    assert calling.look_ahead(errand, nobody)() is None
    file = errand._replace(target=errand.target._replace(scheme="file"))
    with pytest.raises(AttributeError):
        calling.look_ahead(file, nobody)


def test_a_scheduler_with_nothing_to_do_looks_at_no_host(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is known that something is due, no line is opened."""
    desk.says("publish", "--yes")
    monkeypatch.setattr(publishing, "look_ahead", None)
    assert desk.says("publish", "--if-due", "--yes").code == 0


@pytest.mark.parametrize("answer", ["t", "", "tidak", "x"])
def test_no_means_no(desk: Desk, answer: str) -> None:
    """Whoever does not say yes has published nothing."""
    said = desk.says("publish", answers=f"{answer}\n")
    assert said.code == 1
    assert "Tidak ada yang diubah di sana." in said.err
    assert desk.there() == {}


def test_a_lock_that_a_killed_publish_left_goes_when_nothing_is_to_be_done(desk: Desk) -> None:
    """Killed when all was done but the lock, a publish leaves it; the next one takes it away, a dry run does not."""
    desk.says("publish", "--yes")
    (sign,) = desk.newsroom.root.rglob("sign")
    said = {"sign": sign.read_text(), "machine": "CONTOH", "since": "2026-11-24T09:59", "until": "2027-11-24T10:09"}
    (desk.web / LOCK).write_text(json.dumps(said))
    desk.says("publish", "--dry-run")
    assert LOCK in desk.there()
    assert desk.says("publish", "--yes").code == 0
    assert LOCK not in desk.there()


def test_uploads_that_another_machine_left_go_when_nothing_is_to_be_done(desk: Desk) -> None:
    """Publishing once more sweeps what a cut publish has left, also where the site stands there as it should."""
    desk.says("publish", "--yes")
    left = [desk.web / "2026/.adpim-0123456789abcdef.part", desk.web / f".adpim-site-{'0' * 32}.gz"]
    for file in left:
        file.write_bytes(b"CONTOH")
    assert desk.says("verify").code == 1
    said = desk.says("publish", "--yes")
    assert (said.code, desk.says("verify").code) == (0, 0), said.err
    assert ".adpim-lock.json" not in desk.there()
    desk.check()


def test_a_list_that_lacks_a_part_is_made_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where part of the list of published files is gone, the rest is not taken away too, but all of it written anew."""
    monkeypatch.setattr(manifest, "PART_FILES", 8)
    monkeypatch.setattr(manifest, "ROOM", 500)
    desk.says("publish", "--yes")
    parts = sorted(desk.web.glob(".adpim-site-*.gz"))
    assert len(parts) > 2
    parts[0].unlink()
    said = desk.says("publish", "--yes")
    assert (said.code, desk.says("verify").code) == (0, 0), said.err
    assert desk.says("publish", "--yes", "--json").json["due"] is False
    desk.check()


def test_nobody_to_ask_is_said_before_anything_is_done(desk: Desk) -> None:
    """Without a terminal and without --yes nothing is even built."""
    for words in (["publish"], ["publish", "--json"], ["rollback"], ["rollback", "--json"], ["publish", "--if-due"]):
        said = desk.says(*words)
        assert said.code == 2
        assert "--yes" in said.out + said.err
    assert not (desk.newsroom.root / "output").exists()


def test_a_dry_run_changes_nothing_there(desk: Desk) -> None:
    """With --dry-run the host is as it was, to the last file; --list names each file."""
    said = desk.says("publish", "--dry-run", "--list")
    assert said.code == 0
    assert desk.there() == {}
    assert "  + index.html" in said.out.splitlines()
    assert said.out.splitlines()[-1] == "Tidak ada yang diubah di sana (--dry-run)."
    desk.says("publish", "--yes")
    before = desk.there()
    desk.newsroom.release("satu.md", release("CONTOH lain", "2026-11-01"))
    said = desk.says("publish", "--dry-run", "--list")
    assert {row[:3] for row in said.out.splitlines() if row[:3] in {"  +", "  ~", "  -"}} == {"  +", "  ~", "  -"}
    assert desk.there() == before


def test_nothing_to_do_is_said(desk: Desk) -> None:
    """A host that holds all of it already is told so."""
    desk.says("publish", "--yes")
    said = desk.says("publish", "--yes")
    assert "Semuanya sudah ada di" in said.out
    assert said.out.splitlines()[-1] == "https://contoh.example/"


def test_a_mistake_in_content_stops_it(desk: Desk) -> None:
    """A build that fails is told as by adpim build, and nothing travels."""
    desk.newsroom.release("dua.md", "---\ntitle: CONTOH\n---\n")
    said = desk.says("publish", "--yes")
    assert said.code == 1
    assert "content/berita/dua.md" in said.err
    assert "Tidak ada yang ditulis" in said.err
    assert desk.there() == {}
    said = desk.says("publish", "--yes", "--json")
    assert (said.code, said.json["ok"]) == (1, False)
    assert said.json["problems"][0]["file"] == "content/berita/dua.md"
    desk.to('[publish.kantor]\nurl = "gopher://x"\n')
    assert "content/site.toml" in desk.says("publish", "--yes").err


def test_as_json(desk: Desk) -> None:
    """--json prints one object: counts, files, what was found there, whether it was published."""
    first = desk.says("publish", "--yes", "--json").json
    assert set(first) == {
        "ok", "target", "host", "url", "due", "dry_run", "published", "new_pages", "changed_pages", "removed_pages",
        "photos", "others", "removed_others", "size", "files", "altered", "missing", "replaced", "stranger", "notes",
        "late", "seconds", "problems",
    }  # fmt: skip
    assert (first["ok"], first["target"], first["url"]) == (True, "kantor", "https://contoh.example/")
    assert (first["due"], first["published"], first["dry_run"]) == (True, True, False)
    assert first["files"]["new"] == sorted(desk.newsroom.files())
    assert first["size"] == sum(map(len, desk.newsroom.files().values()))
    (desk.web / "index.html").write_bytes(b"judi")
    (desk.web / "arsip/index.html").unlink()
    again = desk.says("publish", "--dry-run", "--json").json
    assert (again["altered"], again["missing"]) == (["index.html"], ["arsip/index.html"])
    assert (again["due"], again["published"], again["dry_run"]) == (True, False, True)
    assert desk.says("publish", "--yes", "--json").json["published"]
    assert not desk.says("publish", "--yes", "--json").json["due"]


def test_the_place_is_chosen_by_its_name(desk: Desk) -> None:
    """With several places one is named; with none it is told how to write one."""
    two = desk.newsroom.root.parent / "dua"
    desk.to(f'[publish.satu]\nurl = "{desk.web.as_uri()}"\n[publish.dua]\nurl = "{two.as_uri()}"\n')
    for words in (["publish", "--yes"], ["publish", "tiga", "--yes"], ["rollback", "--yes"]):
        said = desk.says(*words)
        assert said.code == 2
        assert "dua, satu" in said.err
    assert desk.says("publish", "dua", "--yes").code == 0
    assert (two / "index.html").exists()
    assert desk.there() == {}
    desk.to("")
    said = desk.says("publish", "--yes")
    assert said.code == 2
    assert "[publish.NAMA]" in said.err


def test_a_strange_folder_needs_a_word(desk: Desk) -> None:
    """A folder with other files is refused until somebody says that it is the right one."""
    (desk.web / "index.html").write_bytes(b"lama CONTOH")
    (desk.web / "lama.php").write_bytes(b"lama CONTOH")
    before = desk.there()
    for words, answers in ((["publish", "--yes"], None), (["publish"], "t\n"), (["publish"], "y\nt\n")):
        said = desk.says(*words, answers=answers)
        assert said.code == 1
        assert "ada berkas lain" in said.out + said.err
        assert desk.there() == before
    assert "--adopt" in desk.says("publish", "--yes").err
    assert desk.says("publish", "--dry-run", "--json").json["stranger"]
    assert desk.says("publish", answers="y\ny\n").code == 0
    assert (desk.web / "lama.php").exists()
    assert desk.says("publish", "--yes").code == 0
    assert desk.says("rollback", "--yes").code == 0
    assert site_files(desk.there()) == before
    assert desk.says("publish", "--yes", "--adopt").code == 0


@pytest.mark.parametrize("place", ["", "/output", "/content", "/web"])
def test_the_site_is_not_published_into_itself(desk: Desk, place: str) -> None:
    """A target within the site's own folder is refused, --adopt or not: what is written there would be replaced."""
    desk.to(f'[publish.kantor]\nurl = "{desk.newsroom.root.as_uri()}{place}"\n')
    said = desk.says("publish", "--yes", "--adopt")
    assert said.code == 1
    assert "bagian dari folder situs sendiri" in said.err
    assert not (desk.newsroom.root / place.lstrip("/") / HEAD).exists()


def test_what_others_did_there_is_said(desk: Desk) -> None:
    """Files that somebody altered or removed on the host are named, five at most."""
    desk.says("publish", "--yes")
    (desk.web / "index.html").write_bytes(b"judi")
    for file in list(desk.web.glob("*.xml"))[:6]:
        file.unlink()
    said = desk.says("publish", "--yes")
    assert "diubah orang lain di sana, dikirim lagi: index.html" in said.out
    assert "dihapus orang lain di sana" in said.out
    desk.check()


@pytest.mark.parametrize("place", ["slot", "2026/11/contoh-satu/index.html"])
def test_a_folder_that_nobody_can_look_into_stops_nothing(desk: Desk, place: str) -> None:
    """Folders that go no path can say keep no publish from being made, and no program from being found."""
    assert desk.says("publish", "--yes").code == 0
    (desk.web / place).unlink(missing_ok=True)
    bury(desk.web / place, "y.php")
    (desk.web / "x.php").write_bytes(b"CONTOH")
    (desk.newsroom.root / "content/berita/satu.md").unlink()
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    said = desk.says("publish", "--yes")
    assert said.code == 0, said.err
    assert (desk.web / "2026/11/contoh-dua/index.html").is_file()
    said = desk.says("verify", "--json")
    assert said.code == 1
    deep, found = sorted((each["file"] for each in said.json["findings"]), key=len, reverse=True)
    assert found == "x.php"
    assert deep.startswith(f"{place}/ddd")


def test_a_closed_folder_under_the_name_of_an_upload_stops_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder closed to us that is called like an upload that was cut is none: no publish fails to remove it."""
    part = desk.web / ".adpim-0123456789abcdef.part"
    part.mkdir()
    (part / "x.php").write_bytes(b"CONTOH")
    enter = os.scandir

    def scandir(folder: str | int) -> object:
        if str(folder).rstrip("/").endswith(".part"):
            raise PermissionError(13, "CONTOH")
        return enter(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    said = desk.says("publish", "--yes", "--adopt")
    assert said.code == 0, said.err
    assert desk.says("publish", "--if-due", "--yes", "--json").json["due"] is False
    assert [each["file"] for each in desk.says("verify", "--json").json["findings"]] == [part.name]


def test_a_closed_folder_under_the_name_of_a_page_stops_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a page that is to go has become a folder that is closed to us, it is left, and is none of ours any more."""
    assert desk.says("publish", "--yes").code == 0
    page = desk.web / "2026/11/contoh-satu/index.html"
    page.unlink()
    page.mkdir()
    (page / "x.php").write_bytes(b"CONTOH")
    enter = os.scandir

    def scandir(folder: str | int) -> object:
        if str(folder).rstrip("/").endswith("contoh-satu/index.html"):
            raise PermissionError(13, "CONTOH")
        return enter(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    (desk.newsroom.root / "content/berita/satu.md").unlink()
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    assert desk.says("publish", "--yes").code == 0
    assert (page / "x.php").is_file()
    assert [each["file"] for each in desk.says("verify", "--json").json["findings"]] == [
        "2026/11/contoh-satu/index.html"
    ]
    assert desk.says("publish", "--yes", "--json").json["files"]["removed"] == []


@pytest.mark.parametrize("name", [b"\xff.php", b"\x1b]0;CONTOH\x07.php", "\u202egpj.php".encode()])
def test_no_name_on_the_host_steers_the_terminal(desk: Desk, name: bytes) -> None:
    """A foreign file is told whatever its name, and nothing of it is a command to the terminal."""
    assert desk.says("publish", "--yes").code == 0
    (desk.web / os.fsdecode(name)).write_bytes(b"CONTOH")
    for words in (["verify"], ["verify", "--json"]):
        said = desk.says(*words)
        assert said.code == 1
        assert all(sign.isprintable() or sign == "\n" for sign in said.out)
        assert ".php" in said.out
    assert said.json["findings"][0]["file"] == os.fsdecode(name)


def test_a_rollback_goes_back(desk: Desk) -> None:
    """Adpim rollback asks, brings the host back, and says that content/ is as it was."""
    said = desk.says("rollback", "--yes")
    assert said.code == 1
    assert "tidak dikirim ulang" not in said.err  # nothing was begun
    desk.says("publish", "--yes")
    before = site_files(desk.there())
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    desk.says("publish", "--yes")
    assert desk.says("rollback", answers="t\n").code == 1
    said = desk.says("rollback", answers="y\n")
    assert said.code == 0
    assert "dihapus" in said.out
    assert "Sudah dikembalikan: https://contoh.example/" in said.out
    assert site_files(desk.there()) == before
    said = desk.says("publish", "--dry-run")
    assert "halaman baru" in said.out


def test_a_rollback_as_json(desk: Desk) -> None:
    """--json prints one object of what came back, was lacking and rests now; a refusal is one too."""
    said = desk.says("rollback", "--yes", "--json")
    assert (said.code, said.json["ok"]) == (1, False)
    assert said.json["problems"][0]["file"] == desk.web.as_uri()
    desk.says("publish", "--yes")
    before = desk.there()
    desk.newsroom.release("satu.md", release("CONTOH satu lagi", "2026-11-01", slug="contoh-satu"))
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    desk.says("publish", "--yes")
    after = desk.there()
    (desk.web / "tentang.txt").write_bytes(b"bukan milik kita CONTOH")
    done = desk.says("rollback", "--yes", "--json").json
    assert set(done) == {
        "ok", "target", "host", "url", "taken_back", "new_pages", "changed_pages", "removed_pages", "photos", "others",
        "removed_others", "size", "files", "altered", "missing", "replaced", "stranger", "notes", "lacking", "paused",
        "seconds",
    }  # fmt: skip
    assert (done["ok"], done["taken_back"], done["target"]) == (True, True, "kantor")
    assert (done["host"], done["url"]) == (desk.web.as_uri(), "https://contoh.example/")
    assert "2026/11/contoh-dua/index.html" in done["files"]["removed"]
    assert done["files"]["removed"] == sorted(site_files(after).keys() - site_files(before).keys())
    assert "2026/11/contoh-satu/index.html" in done["files"]["changed"]
    assert done["lacking"] == []
    assert done["paused"] == at(NOW).isoformat()
    assert desk.says("publish", "--if-due", "--yes", "--json").json["paused"] == done["paused"]
    assert {file: data for file, data in site_files(desk.there()).items() if file != "tentang.txt"} == site_files(
        before
    )
    last = desk.says("rollback", "--yes", "--json")
    assert (last.code, last.json["ok"]) == (1, False)
    assert "pertama" in last.json["problems"][0]["message"]


def test_a_rollback_tells_what_it_cannot_bring_back_as_json(desk: Desk) -> None:
    """A file of which no copy is left stays as it is, and --json names it."""
    desk.says("publish", "--yes")
    desk.newsroom.release("satu.md", release("CONTOH satu lagi", "2026-11-01", slug="contoh-satu"))
    desk.says("publish", "--yes")
    for copy in desk.newsroom.root.rglob("copies/*/*"):
        copy.unlink()
    done = desk.says("rollback", "--yes", "--json").json
    assert "2026/11/contoh-satu/index.html" in done["lacking"]


def test_the_first_publish_is_taken_back_only_when_somebody_says_so(desk: Desk) -> None:
    """Without the first publish the whole site is gone: --yes alone does not do that, and the question says it."""
    desk.says("publish", "--yes")
    before = desk.there()
    said = desk.says("rollback", "--yes")
    assert said.code == 1
    assert "seluruh situs akan hilang dari host" in said.err
    assert "tanpa --yes" in said.err
    assert desk.there() == before
    said = desk.says("rollback", answers="t\n")
    assert "seluruh situs akan hilang dari host" in said.out
    assert "Sungguh hapus seluruh situs dari host? [y/t]" in said.err
    assert desk.there() == before
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    assert desk.says("publish", "--if-due", "--yes").code == 0  # nothing rests, since nothing was taken back
    desk.check()
    assert desk.says("rollback", "--yes").code == 0
    assert site_files(desk.there()) == site_files(before)
    assert desk.says("rollback", answers="y\n").code == 0
    assert site_files(desk.there()) == {}


def test_a_rollback_in_the_folder_of_another_site_is_refused(desk: Desk) -> None:
    """What it is told to do then is what adpim rollback can do: it has no --adopt."""
    desk.says("publish", "--yes")
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    desk.says("publish", "--yes")
    settings = desk.newsroom.root / "content/site.toml"
    settings.write_bytes(settings.read_bytes().replace(b"https://contoh.example", b"https://lain.example"))
    before = desk.there()
    said = desk.says("rollback", "--yes")
    assert said.code == 1
    assert "https://contoh.example" in said.err
    assert "--adopt" not in said.err
    assert "di terminal tanpa --yes" in said.err
    assert desk.there() == before


@pytest.mark.parametrize("whose", ["https://contoh.example", "https://lain.example"])
def test_a_rollback_beneath_another_machine_is_refused(desk: Desk, whose: str) -> None:
    """Where somebody else has published since, it is said who as far as that is known, and what can be done."""
    desk.says("publish", "--yes")
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    desk.says("publish", "--yes")
    head = desk.web / HEAD
    theirs = gzip.decompress(head.read_bytes()).replace(b"https://contoh.example", whose.encode())
    head.write_bytes(gzip.compress(theirs + b"\n"))
    before = desk.there()
    said = desk.says("rollback", "--yes")
    assert said.code == 1
    assert ("komputer lain juga sudah menerbitkan" if whose == "https://contoh.example" else whose) in said.err
    assert "Batalkan dari komputer itu, atau perbaiki rilisnya lalu terbitkan lagi." in said.err
    assert desk.there() == before


def test_a_scheduler_does_not_undo_a_rollback(desk: Desk) -> None:
    """After a rollback --if-due rests, and says so once, until somebody publishes by hand."""
    desk.says("publish", "--yes")
    desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    desk.says("publish", "--yes")
    assert "Penerbitan terjadwal berhenti sampai" in desk.says("rollback", "--yes").out
    before = desk.there()
    for words in (["--dry-run"], []):
        said = desk.says("publish", "--if-due", "--yes", *words)
        assert said.code == 0
        assert "Penerbitan terjadwal berhenti sejak" in said.out
    assert desk.says("publish", "--if-due", "--yes") == (0, "", "")
    assert desk.says("publish", "--if-due", "--yes", "--json").json["paused"]
    assert desk.there() == before
    desk.says("publish", "--yes")
    desk.newsroom.release("tiga.md", release("CONTOH tiga", "2026-11-03"))
    desk.says("publish", "--if-due", "--yes")
    desk.check()


class TestSchedule:
    """``adpim publish --if-due --yes``, every five minutes."""

    def test_nothing_due_asks_nobody(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """While nothing is due no host is asked, and nothing is printed that a scheduler would mail."""
        desk.says("publish", "--if-due", "--yes")
        desk.check()
        (desk.web / "index.html").write_bytes(b"judi")
        for method in ("listing", "read", "write"):
            monkeypatch.delattr(FolderHost, method)
        for minute in range(5, 30, 5):
            desk.at(f"2026-11-24 10:{minute:02}")
            said = desk.says("publish", "--if-due", "--yes")
            assert said == (0, "", "")
        said = desk.says("publish", "--if-due", "--yes", "--json")
        idle = {"ok": True, "target": "kantor", "due": False, "published": False}
        assert said.json == {**idle, "late": [], "paused": None}

    def test_what_falls_due_goes_out(self, desk: Desk) -> None:
        """A release under embargo appears, one that expires goes, and news age, each at its time and unattended."""
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.newsroom.release("x.md", release("CONTOH sampai", "2026-11-24", expires="2026-11-24 13:00"))
        desk.says("publish", "--if-due", "--yes")
        later, until = desk.web / "2026/11/contoh-nanti/index.html", desk.web / "2026/11/contoh-sampai/index.html"
        assert (later.exists(), until.exists()) == (False, True)
        desk.at("2026-11-24 11:59")
        assert desk.says("publish", "--if-due", "--yes").out == ""
        desk.at("2026-11-24 12:01")
        assert "Sudah terbit" in desk.says("publish", "--if-due", "--yes").out
        assert (later.exists(), until.exists()) == (True, True)
        desk.at("2026-11-24 13:01")
        desk.says("publish", "--if-due", "--yes")
        assert (later.exists(), until.exists()) == (True, False)
        assert "contoh-nanti" in (desk.web / "sitemap-news.xml").read_text()
        desk.at("2026-11-26 12:01")
        desk.says("publish", "--if-due", "--yes")
        assert "contoh-nanti" not in (desk.web / "sitemap-news.xml").read_text()

    @pytest.mark.parametrize("words", [["--yes"], ["--if-due", "--yes"], ["--dry-run"]])
    def test_a_second_publish_leaves_to_the_first_what_it_sends(self, desk: Desk, words: list[str]) -> None:
        """While one publishes from here, another is refused before it builds: output/ is on its way to the host."""
        desk.says("publish", "--yes")
        before = desk.newsroom.files()
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
        with LocalLock(work_folder(desk.newsroom.root, "kantor")):
            said = desk.says("publish", *words)
        assert said.code == 1
        assert "Situs ini sedang diterbitkan dari komputer ini." in said.err
        assert desk.newsroom.files() == before
        desk.says("publish", *words)
        assert desk.newsroom.files() != before

    def test_a_late_release_is_told(self, desk: Desk) -> None:
        """A release that went out when the machine was on again is named, with when it was due and when it went out."""
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        for minute in range(0, 25, 5):
            desk.at(f"2026-11-24 10:{minute:02}")
            desk.says("publish", "--if-due", "--yes")
        desk.at("2026-11-24 12:47")
        said = desk.says("publish", "--if-due", "--yes")
        assert said.code == 0
        assert said.err.startswith(
            "Terlambat: 'CONTOH nanti' seharusnya terbit Selasa, 24 November 2026 pukul 12.00 WIB"
        )
        assert "12.47 WIB" in said.err
        desk.at("2026-11-24 12:52")
        assert desk.says("publish", "--if-due", "--yes").err == ""

    def test_a_late_release_is_told_as_json(self, desk: Desk) -> None:
        """So it is in JSON."""
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.says("publish", "--yes")
        desk.at("2026-11-24 12:47")
        late = desk.says("publish", "--yes", "--json").json["late"]
        assert late == [
            {"title": "CONTOH nanti", "due": "2026-11-24T12:00:00+07:00", "out": "2026-11-24T12:47:00+07:00"}
        ]

    def test_what_falls_due_while_somebody_thinks_goes_out_late(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What fell due after the build is not called out before it is, and is told when it goes out."""
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.says("publish", "--yes")
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-24"))
        desk.at("2026-11-24 11:58")

        def think(_: str) -> bool:
            desk.at("2026-11-24 12:30")
            return True

        monkeypatch.setattr("generator.cli.asking.confirmed", think)
        said = desk.says("publish", answers="")
        assert (said.code, said.err.count("Terlambat")) == (0, 0)
        assert not (desk.web / "2026/11/contoh-nanti/index.html").exists()
        desk.at("2026-11-24 14:00")
        assert "'CONTOH nanti' seharusnya terbit" in desk.says("publish", "--if-due", "--yes").err
        assert (desk.web / "2026/11/contoh-nanti/index.html").exists()

    def test_what_was_over_before_it_went_out_is_told(self, desk: Desk) -> None:
        """Of a release whose time was over when the machine was on again it is said that it never went out."""
        times = {"publish_at": "2026-11-24 12:00", "expires": "2026-11-24 13:00"}
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", **times))
        desk.says("publish", "--yes")
        desk.at("2026-11-24 14:00")
        said = desk.says("publish", "--if-due", "--yes")
        assert desk.says("publish", "--if-due", "--yes") == (0, "", "")
        assert said.err.startswith("Terlewat: 'CONTOH nanti' seharusnya terbit Selasa, 24 November 2026 pukul 12.00")
        assert not (desk.web / "2026/11/contoh-nanti/index.html").exists()
        times = {"publish_at": "2026-11-25 12:00", "expires": "2026-11-25 13:00"}
        desk.newsroom.release("f.md", release("CONTOH lain", "2026-11-25", **times))
        desk.says("publish", "--yes")
        desk.at("2026-11-25 14:00")
        late = desk.says("publish", "--yes", "--json").json["late"]
        assert late == [{"title": "CONTOH lain", "due": "2026-11-25T12:00:00+07:00", "out": None}]

    def test_a_question_keeps_no_scheduler_waiting(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """While somebody thinks about the question, an embargo ends unattended; then the question is asked anew."""
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.says("publish", "--yes")
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-24"))
        published: list[Said] = []

        def think(_: str) -> bool:
            desk.at("2026-11-24 12:01")
            published.append(desk.says("publish", "--if-due", "--yes"))
            return True

        monkeypatch.setattr("generator.cli.asking.confirmed", think)
        said = desk.says("publish", answers="")
        assert published[0].code == 0
        desk.check()
        assert (desk.web / "2026/11/contoh-nanti/index.html").exists()
        assert said.code == 1
        assert "Orang lain baru saja menerbitkan ke tempat ini" in said.err

    def test_a_return_that_was_refused_lets_the_scheduler_go_on(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where something was published while somebody thought about taking back, nothing is, and nothing rests."""
        desk.says("publish", "--yes")
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-24"))
        desk.says("publish", "--yes")
        desk.newsroom.release("tiga.md", release("CONTOH tiga", "2026-11-24"))

        def think(_: str) -> bool:
            assert desk.says("publish", "--if-due", "--yes").code == 0
            return True

        with monkeypatch.context() as thinking:
            thinking.setattr("generator.cli.asking.confirmed", think)
            assert desk.says("rollback", answers="").code == 1
        desk.newsroom.release("empat.md", release("CONTOH empat", "2026-11-24"))
        assert desk.says("publish", "--if-due", "--yes").code == 0
        assert (desk.web / "2026/11/contoh-empat/index.html").exists()

    def test_a_return_that_was_broken_off_lets_the_scheduler_go_on(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Ctrl-C before anything was taken back leaves nothing that would have to rest."""
        desk.says("publish", "--yes")
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-24"))
        desk.says("publish", "--yes")

        def interrupted(*_: object) -> bool:
            raise KeyboardInterrupt

        with monkeypatch.context() as broken:
            broken.setattr(FolderHost, "create", interrupted)
            assert desk.says("rollback", "--yes").code == 1
        desk.newsroom.release("tiga.md", release("CONTOH tiga", "2026-11-24"))
        assert desk.says("publish", "--if-due", "--yes").code == 0
        assert (desk.web / "2026/11/contoh-tiga/index.html").exists()

    def test_what_is_taken_back_while_a_scheduler_calls_stays_so(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A scheduler that was about to publish rests, too, where somebody took back while it called the host."""
        desk.says("publish", "--yes")
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-24"))
        desk.says("publish", "--yes")
        desk.newsroom.release("tiga.md", release("CONTOH tiga", "2026-11-24"))
        connect, calls = FolderHost.__init__, iter([True])

        def slowly(self: FolderHost, folder: Path, label: str) -> None:
            for _ in calls:
                assert desk.says("rollback", "--yes").code == 0
            connect(self, folder, label)

        with monkeypatch.context() as slow:
            slow.setattr(FolderHost, "__init__", slowly)
            said = desk.says("publish", "--if-due", "--yes")
        assert said.code == 0
        assert "Penerbitan terjadwal berhenti sejak dibatalkan" in said.out
        assert not (desk.web / "2026/11/contoh-dua/index.html").exists()
        assert desk.says("publish", "--if-due", "--yes", "--json").json["paused"] is not None
        assert not (desk.web / "2026/11/contoh-dua/index.html").exists()

    def test_what_a_failing_host_made_late_is_told(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A release that was written while no publish succeeded was waited for all the same."""
        desk.says("publish", "--yes")
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-24"))
        with monkeypatch.context() as broken:
            broken.setattr("generator.publish.patience.PAUSES", ())
            _breaking(broken, 1, lambda: lost("file://contoh", message("The line broke."), message("Try again.")))
            for moment in ("11:55", "12:00", "12:05"):
                desk.at(f"2026-11-24 {moment}")
                assert desk.says("publish", "--if-due", "--yes").code == 1
        desk.at("2026-11-24 12:47")
        assert desk.says("publish", "--if-due", "--yes", "--dry-run", "--json").json["late"] == []
        assert "'CONTOH nanti' seharusnya terbit" in desk.says("publish", "--if-due", "--yes").err
        assert desk.says("publish", "--if-due", "--yes").err == ""

    def test_what_a_rest_made_late_is_told(self, desk: Desk) -> None:
        """So was one that was written while the scheduler rested."""
        desk.says("publish", "--yes")
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
        desk.says("publish", "--yes")
        desk.says("rollback", "--yes")
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.says("publish", "--if-due", "--yes")
        desk.at("2026-11-24 12:47")
        assert "'CONTOH nanti' seharusnya terbit" in desk.says("publish", "--yes").err

    def test_on_time_is_not_told(self, desk: Desk) -> None:
        """What the interval explains is nothing to tell."""
        desk.newsroom.release("e.md", release("CONTOH nanti", "2026-11-24", publish_at="2026-11-24 12:00"))
        desk.says("publish", "--if-due", "--yes")
        desk.at("2026-11-24 12:04")
        assert desk.says("publish", "--if-due", "--yes").err == ""


def _breaking(monkeypatch: pytest.MonkeyPatch, after: int, error: Callable[[], BaseException]) -> None:
    """Let the folder's line break at the write number ``after``."""
    write = FolderHost.write
    count = [0]

    def broken(self: FolderHost, file: str, data: bytes) -> None:
        count[0] += 1
        if count[0] >= after:
            raise error()
        write(self, file, data)

    monkeypatch.setattr(FolderHost, "write", broken)


def test_a_broken_line_is_told_and_gone_on_with(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that stays broken ends with what happened and what to do; the next publish goes on."""
    with monkeypatch.context() as broken:
        broken.setattr("generator.publish.patience.PAUSES", ())
        _breaking(broken, 10, lambda: lost("file://contoh", message("The line broke."), message("Try again.")))
        said = desk.says("publish", "--yes")
        assert said.code == 1
        assert "yang sudah sampai tidak dikirim ulang" in said.err
        assert "Tidak ada yang ditulis" not in said.err
        said = desk.says("publish", "--yes", "--json")
        assert (said.code, said.json["ok"]) == (1, False)
    assert len(site_files(desk.there())) >= 9
    assert "publish" in desk.says("--help").out
    assert desk.says("publish", "--if-due", "--yes").code == 0
    desk.check()


@pytest.mark.parametrize("as_json", [False, True])
def test_ctrl_c_ends_cleanly(desk: Desk, monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    """Ctrl-C ends with a word, no traceback, and no lock; the next publish goes on."""
    with monkeypatch.context() as broken:
        _breaking(broken, 10, KeyboardInterrupt)
        said = desk.says("publish", "--yes", *(["--json"] if as_json else []))
    assert said.code == 1
    assert "Penerbitan dihentikan." in said.out + said.err
    assert "Traceback" not in said.err
    assert ".adpim-lock.json" not in desk.there()
    assert HEAD not in desk.there()
    assert desk.says("publish", "--yes").code == 0
    desk.check()


def _down(monkeypatch: pytest.MonkeyPatch, times: int, error: Callable[[], BaseException]) -> list[float]:
    """Let the next calls at the folder end in an error, so many of them; return the pauses that are made, unmade."""
    pauses: list[float] = []
    connect, left = FolderHost.__init__, iter(range(times))

    def down(self: FolderHost, folder: Path, label: str) -> None:
        for _ in left:
            raise error()
        connect(self, folder, label)

    monkeypatch.setattr(FolderHost, "__init__", down)
    monkeypatch.setattr(Stop, "pause", lambda _, seconds: pauses.append(seconds))
    monkeypatch.setattr("time.sleep", pauses.append)
    return pauses


def _away() -> LostError:
    return lost("file://contoh", message("The line broke."), message("Try again."))


@pytest.mark.parametrize("words", [["publish", "--if-due", "--yes"], ["rollback", "--yes"], ["verify"]])
def test_a_host_that_does_not_answer_at_once_is_called_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """A line that is down when the work begins is tried again, after growing pauses, by every command."""
    desk.says("publish", "--yes")
    if words[0] != "verify":
        desk.newsroom.release("dua.md", release("CONTOH dua", "2026-11-02"))
    if words[0] == "rollback":
        desk.says("publish", "--yes")
    pauses = _down(monkeypatch, 3, _away)
    said = desk.says(*words)
    assert (said.code, said.err, pauses) == (0, "", [1.0, 2.0, 4.0])


def test_a_host_that_stays_away_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the last try it is said; whoever watches reads meanwhile that it goes on."""
    pauses = _down(monkeypatch, 99, _away)
    assert desk.says("publish", "--yes").code == 1
    assert pauses == list(PAUSES)
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    assert desk.says("publish", answers="").code == 1
    assert "Host belum dapat dihubungi. Dicoba lagi dalam 16 detik." in screen.getvalue()


def test_a_host_that_refuses_is_not_called_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another try would end the same way; so it is where somebody has enough."""
    for error, said in (
        (lambda: refused("file://contoh", message("Nothing goes."), message("Try again.")), "Nothing goes."),
        (KeyboardInterrupt, "Penerbitan dihentikan."),
    ):
        with monkeypatch.context() as broken:
            pauses = _down(broken, 99, error)
            told = desk.says("publish", "--yes")
        assert (told.code, pauses) == (1, [])
        assert said in told.err


def test_ctrl_c_ends_the_wait_for_a_host(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has enough of waiting for a host ends it with Ctrl-C."""
    _down(monkeypatch, 99, _away)

    def enough(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Stop, "pause", enough)
    said = desk.says("publish", "--yes")
    assert said.code == 1
    assert "Penerbitan dihentikan." in said.err


def test_ctrl_c_ends_the_wait_for_a_look_ahead(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has enough while the host is still looked at is told what whoever has enough later is."""

    def enough() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.publish.sight.look_ahead", lambda *_: enough)
    said = desk.says("publish", "--yes")
    assert said.code == 1
    assert "Penerbitan dihentikan." in said.err
    told = desk.says("publish", "--yes", "--json")
    assert (told.code, told.json["ok"]) == (1, False)


def test_only_who_looks_for_what_is_hidden_takes_the_long_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over FTP a publish and a rollback take a glance at each folder, adpim verify asks for each list of its own."""
    monkeypatch.setenv("ADPIM_KANTOR_PASSWORD", "CONTOH")
    with FakeServer() as server:
        desk.to(f'[publish.kantor]\nurl = "ftp://kantor@127.0.0.1:{server.port}/situs"\ninsecure = true\n')
        for words, glances in ((["publish", "--yes"], True), (["rollback", "--yes"], True), (["verify"], False)):
            server.asked.clear()
            desk.says(*words)
            assert "CWD /situs" in server.asked
            assert ("STAT -a /situs" in server.asked) == glances


def test_only_what_the_build_made_travels(desk: Desk) -> None:
    """Files that somebody put into output/, and the build's own manifest, stay at home; so does .adpim."""
    desk.says("build", "--now", NOW)
    (desk.newsroom.root / "output/catatan.txt").write_bytes(b"x")
    (desk.newsroom.root / "output/Thumbs.db").write_bytes(b"x")
    desk.says("publish", "--yes")
    assert desk.there().keys().isdisjoint({"catatan.txt", "Thumbs.db", ".adpim-manifest"})
    assert (desk.newsroom.root / "output/catatan.txt").exists()


def test_a_bar_shows_how_far_it_is(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever watches sees files, bytes and the time that is left, and nothing of it stays."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    assert desk.says("publish", answers="y\n").code == 0
    shown = screen.getvalue()
    assert "Memeriksa file://" in shown
    assert "Mengirim" in shown
    files = desk.newsroom.files()
    whole = size_in_words(sum(map(len, files.values())), "id")
    assert f"{len(files)}/{len(files)} · {whole} / {whole}" in shown


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends a signal as a terminal does")
def test_ctrl_c_in_a_terminal(desk: Desk) -> None:
    """A real process that is interrupted ends within two seconds, and what it did is gone on with."""
    for n in range(40):
        desk.newsroom.release(f"rilis-{n}.md", release(f"CONTOH {n}", "2026-11-02"))
    desk.says("build")
    command = [sys.executable, "-m", "generator", "--root", str(desk.newsroom.root), "publish", "--yes"]
    for delay in (0.5, 0.8, 1.1):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        said, _ = process.communicate(timeout=20)
        assert time.monotonic() - began < 4
        assert "Traceback" not in said or "KeyboardInterrupt" in said  # while Python itself starts, Python answers
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    desk.check()
