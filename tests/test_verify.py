"""The command ``adpim verify``, as whoever looks after the host uses it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from generator.cli import main
from generator.errors import message
from generator.publish.folder import FolderHost
from generator.publish.host import Entry, refused
from generator.publish.journal import Journal
from generator.publish.manifest import HEAD, File, Manifest, digest_of, pack
from generator.publish.record import Record, work_folder
from tests.newsroom import SITE, Newsroom, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHEN = "2026-11-24T10:00:00+07:00"


class Published:
    """A site that stands on a host, in a folder of this machine, as it was published."""

    def __init__(self, root: Path, extra: str = "") -> None:
        self.newsroom = Newsroom(root / "situs")
        self.web = root / "rumah" / "public_html"
        table = f'\n[publish.web]\nurl = "{self.web.as_uri()}"\n{extra}'
        self.newsroom.write({"content/site.toml": SITE + table})
        self.newsroom.release("a.md", release("Naskah"))
        self.newsroom.build()
        self.files = self.newsroom.files()
        files = {file: File(len(data), digest_of(data)) for file, data in self.files.items()}
        packed = pack(Manifest("https://contoh.example", WHEN, files))
        for file, data in {**self.files, **packed.parts, HEAD: packed.head}.items():
            (self.web / file).parent.mkdir(parents=True, exist_ok=True)
            (self.web / file).write_bytes(data)
        Record(work_folder(self.newsroom.root, "web")).keep(packed)

    def verify(self, *words: str) -> int:
        """Run the command and return its exit code."""
        with pytest.raises(SystemExit) as ended:
            main(["--root", str(self.newsroom.root), "--lang", "id", "verify", *words])
        assert isinstance(ended.value.code, int)
        return ended.value.code


@pytest.fixture
def published(tmp_path: Path) -> Published:
    """A published site."""
    return Published(tmp_path)


def test_a_clean_host_is_said_to_be_clean(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """Where all is as published the exit code is 0 and one line says how many files were compared."""
    assert published.verify() == 0
    said = capsys.readouterr().out.strip()
    assert said.endswith(f"{len(published.files)} berkas sama seperti yang diterbitkan.")
    assert "\n" not in said


def test_each_finding_is_told_in_one_line(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings are one line each, the most telling first, then the summary and what to do; the exit code is 1."""
    (published.web / "x.php").write_text("<?php")
    (published.web / "index.html").unlink()
    assert published.verify("web") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("asing   x.php  Program:")
    assert lines[1].startswith("hilang  index.html  ")
    assert lines[2].endswith("1 asing, 1 hilang.")
    assert "adpim verify web --repair" in lines[3]
    assert "kata sandi" in lines[4]


def test_a_name_cannot_steer_the_terminal(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in the name of a foreign file are not printed."""
    (published.web / "x\x1b[2Jy.php").write_text("CONTOH")
    assert published.verify() == 1
    assert "\x1b[2J" not in capsys.readouterr().out


def test_thousands_of_findings_do_not_bury_the_first(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """Of many findings the first hundred are listed and the others counted; --json has all."""
    for number in range(150):
        (published.web / f"slot-{number}.txt").write_text("CONTOH")
    assert published.verify() == 1
    said = capsys.readouterr().out
    assert said.count("\nasing ") == 99
    assert "50 lagi" in said
    assert published.verify("--json") == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == 150


def test_json_says_it_all(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints one object with host, counts and each finding with its kind and what tells on it."""
    (published.web / "x.php").write_text("<?php")
    assert published.verify("--json") == 1
    said = json.loads(capsys.readouterr().out)
    (finding,) = said.pop("findings")
    assert (finding["file"], finding["kind"], finding["telltale"]) == ("x.php", "foreign", "program")
    assert said == {
        "ok": False,
        "host": f"file://{published.web}",
        "checked": len(published.files),
        "unread": [],
        "allowed": [],
        "record": "local",
        "publishing": False,
        "cut": False,
        "put_back": [],
        "failed": [],
    }


def test_repair_for_a_scheduler_puts_ours_back_and_leaves_the_rest(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --repair --yes ours are put back without a question, and foreign files stay where they are."""
    (published.web / "x.php").write_text("<?php")
    (published.web / "index.html").write_text("diubah")
    (published.web / HEAD).unlink()
    assert published.verify("--repair", "--yes") == 1
    assert "2 berkas dikembalikan." in capsys.readouterr().out
    assert (published.web / "index.html").read_bytes() == published.files["index.html"]
    assert (published.web / "x.php").is_file()
    (published.web / "x.php").unlink()
    assert published.verify() == 0


def test_without_anybody_to_ask_repair_needs_yes(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """--repair without a terminal and without --yes is wrong usage, and changes nothing."""
    (published.web / "index.html").write_text("diubah")
    assert published.verify("--repair") == 2
    assert "--yes" in capsys.readouterr().err
    assert (published.web / "index.html").read_text() == "diubah"


def answer(monkeypatch: pytest.MonkeyPatch, *answers: bool) -> list[str]:
    """Let somebody sit at a terminal who gives ``answers``; return the questions, as they are asked."""
    asked: list[str] = []
    left = list(answers)

    def prompt(text: str, **_: object) -> str:
        asked.append(text)
        return "y" if left.pop(0) else "t"

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    return asked


def test_repair_asks_before_it_touches_anything(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--repair asks for foreign files and for ours; a yes to both leaves a clean host and the foreign files kept."""
    (published.web / "slot").mkdir()
    (published.web / "slot" / "x.php").write_text("<?php // CONTOH")
    (published.web / "index.html").write_text("diubah")
    asked = answer(monkeypatch, False, False)
    assert published.verify("--repair") == 1
    assert asked == ["Pindahkan 1 berkas asing ke karantina? [y/t]", "Kembalikan 1 berkas kita? [y/t]"]
    assert (published.web / "slot" / "x.php").is_file()
    assert (published.web / "index.html").read_text() == "diubah"
    answer(monkeypatch, True, True)
    assert published.verify("--repair") == 1
    kept = list((published.web.parent / "adpim-karantina").rglob("*php"))
    assert [file.read_text() for file in kept] == ["<?php // CONTOH"]
    assert "dipindahkan di host: slot/x.php" in capsys.readouterr().out
    assert published.verify() == 0


def test_without_a_record_the_hosts_list_is_gone_by_and_that_is_said(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where this machine has no record the host's own list stands in, with a warning."""
    for file in work_folder(published.newsroom.root, "web").rglob(".adpim-*"):
        file.unlink()
    (published.web / "index.html").write_text("diubah")
    assert published.verify() == 1
    said = capsys.readouterr().out
    assert "hanya daftar di host" in said
    assert "index.html" in said


@pytest.mark.parametrize("head", [None, b"bukan daftar", b"[" * 5000, b'{"format": 1, "parts": ["00"]}'])
def test_what_cannot_be_checked_has_a_code_of_its_own(
    published: Published, capsys: pytest.CaptureFixture[str], head: bytes | None
) -> None:
    """Where nobody knows what was published the exit code is 3, in words and as JSON."""
    for file in work_folder(published.newsroom.root, "web").rglob(".adpim-*"):
        file.unlink()
    (published.web / HEAD).unlink()
    if head is not None:
        (published.web / HEAD).write_bytes(head)
    assert published.verify() == 3
    assert "adpim publish" in capsys.readouterr().err
    assert published.verify("--json") == 3
    assert json.loads(capsys.readouterr().out)["ok"] is False


@pytest.mark.parametrize(
    ("site", "words", "code"), [("title = CONTOH\n", (), 3), ("", ("tiada",), 2), ("", ("--repair",), 2)]
)
def test_what_keeps_it_from_checking_is_no_finding(
    published: Published, capsys: pytest.CaptureFixture[str], site: str, words: tuple[str, ...], code: int
) -> None:
    """A mistake in site.toml is none of the host's, and has not the code of one; --json says it as JSON."""
    if site:
        published.newsroom.write({"content/site.toml": site})
    assert published.verify(*words) == code
    assert capsys.readouterr().err
    assert published.verify(*words, "--json") == code
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], len(said["problems"])) == (False, 1)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("CONTOH")])
def test_what_breaks_the_check_off_is_no_finding(
    published: Published,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    """Ctrl-C or a fault of the program ends with 3, after something was found with 1; --json tells of both."""
    listing = FolderHost.listing

    def fail(self: FolderHost) -> dict[str, Entry]:
        raise error

    monkeypatch.setattr(FolderHost, "listing", fail)
    assert published.verify() == 3
    words = "Pemeriksaan dihentikan" if isinstance(error, KeyboardInterrupt) else "CONTOH"
    assert words in capsys.readouterr().err
    assert published.verify("--json") == 3
    assert words in json.loads(capsys.readouterr().out)["problems"][0]["message"]

    monkeypatch.setattr(FolderHost, "listing", listing)
    monkeypatch.setattr("generator.publish.repair.put_back", lambda *_: fail(FolderHost(published.web, "")))
    (published.web / "index.html").unlink()
    assert published.verify("--repair", "--yes") == 1
    assert "index.html" in capsys.readouterr().out
    assert published.verify("--repair", "--yes", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert [finding["file"] for finding in said["findings"]] == ["index.html"]
    assert words in said["problems"][0]["message"]


def test_ctrl_c_at_the_question_leaves_all_as_it_is(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever breaks off at the question of --repair has still been told: the exit code is 1, and nothing is moved."""

    def prompt(text: str, **_: object) -> str:
        raise click.Abort

    (published.web / "x.php").write_text("CONTOH")
    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert published.verify("--repair") == 1
    assert "Pemeriksaan dihentikan" in capsys.readouterr().err
    assert (published.web / "x.php").exists()


def test_what_is_allowed_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that `allow` names are no findings; the summary counts them."""
    published = Published(tmp_path, 'allow = [".well-known/*", "google0123456789abcdef.html"]\n')
    for file in (".well-known/security.txt", "google0123456789abcdef.html"):
        (published.web / file).parent.mkdir(exist_ok=True)
        (published.web / file).write_text("CONTOH")
    assert published.verify() == 0
    assert "2 diizinkan" in capsys.readouterr().out


def shut(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let a host refuse to have a file read, until it has been written anew."""
    read, write = FolderHost.read, FolderHost.write
    closed = {name}

    def refuse(self: FolderHost, file: str, most: int | None = None) -> bytes | None:
        if file in closed:
            raise refused(
                self.label,
                message("The host refuses: {error}.", error="Permission denied"),
                message("Check free space and permissions on the host."),
            )
        return read(self, file, most)

    def renew(self: FolderHost, file: str, data: bytes) -> None:
        write(self, file, data)
        closed.discard(file)

    monkeypatch.setattr(FolderHost, "read", refuse)
    monkeypatch.setattr(FolderHost, "write", renew)


def test_a_file_that_cannot_be_read_is_not_called_well(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the host does not let a file be read nothing is known of it, code 3; of another size it is altered, 1."""
    shut(monkeypatch, "index.html")
    assert published.verify() == 3
    said = capsys.readouterr().out
    assert "tidak dapat dibaca: index.html" in said
    assert "adpim verify web --repair" in said
    (published.web / "index.html").write_bytes(published.files["index.html"] + b"slot")
    assert published.verify() == 1
    assert "diubah  index.html" in capsys.readouterr().out


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_file_that_cannot_be_read_is_put_back(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_alone: bool
) -> None:
    """--repair writes what could not be read as well, with other findings and without; the next round is clean."""
    ours = published.files["index.html"]
    (published.web / "index.html").write_bytes(ours[:-1] + b"x")
    if not is_alone:
        (published.web / "robots.txt").unlink()
    shut(monkeypatch, "index.html")
    assert published.verify("--repair", "--yes", "--json") == (3 if is_alone else 1)
    said = json.loads(capsys.readouterr().out)
    assert (said["unread"], "index.html" in said["put_back"]) == (["index.html"], True)
    assert (published.web / "index.html").read_bytes() == ours
    assert published.verify() == 0


def test_a_repair_that_is_broken_off_makes_no_finding(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only unread files were to be put back and something keeps them from it the exit code stays 3."""
    shut(monkeypatch, "index.html")
    monkeypatch.setattr("generator.publish.repair.put_back", lambda *_: 1 // 0)
    assert published.verify("--repair", "--yes") == 3
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_after_a_publish_that_was_broken_off_nothing_is_put_back(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a publish was broken off it must first be carried on: till then it is not sure what must stand there."""
    journal = Journal(work_folder(published.newsroom.root, "web"))
    journal.begin("", None)
    (published.web / "index.html").write_text("diubah")
    assert published.verify() == 1
    assert "terputus" in capsys.readouterr().out
    assert published.verify("--repair", "--yes") == 1
    assert "adpim publish" in capsys.readouterr().err
    assert (published.web / "index.html").read_text() == "diubah"


def refuses_after(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]
) -> None:
    """A repair that somebody at a terminal agrees to, after ``act``, says that somebody has published."""

    def prompt(text: str, **_: object) -> str:
        act()
        return "y"

    monkeypatch.setattr(click, "prompt", prompt)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert published.verify("--repair") == 1
    assert "Sudah ada yang menerbitkan" in capsys.readouterr().err


def test_what_was_published_meanwhile_is_not_undone(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody publishes between the check and the answer nothing is put back."""
    record = Record(work_folder(published.newsroom.root, "web"))
    (published.web / "index.html").write_text("diubah")
    newer = pack(Manifest("https://contoh.example", "2026-11-25T10:00:00+07:00", {}))
    refuses_after(published, capsys, monkeypatch, lambda: record.keep(newer))
    assert (published.web / "index.html").read_text() == "diubah"


@pytest.mark.parametrize("found", ["whole", "damaged", "gone", "whole, and nothing is known here"])
def test_what_another_machine_published_meanwhile_is_not_undone(
    published: Published, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    """Nor where another machine does, of which this one, with a record of its own or without, has no word.

    The list on the host tells of it, whatever the check had ``found`` of that one.
    """
    if "nothing" in found:
        shutil.rmtree(work_folder(published.newsroom.root, "web"))
    if found == "gone":
        (published.web / HEAD).unlink()
    elif found == "damaged":
        (published.web / HEAD).write_bytes(b"CONTOH")
    (published.web / "index.html").write_text("diubah")

    def publish_elsewhere() -> None:
        (published.web / "index.html").write_text("halaman baru CONTOH")
        files = {file: File(len(data), digest_of(data)) for file, data in published.files.items()}
        packed = pack(Manifest("https://contoh.example", "2026-11-25T10:00:00+07:00", files))
        (published.web / HEAD).write_bytes(packed.head)

    refuses_after(published, capsys, monkeypatch, publish_elsewhere)
    assert (published.web / "index.html").read_text() == "halaman baru CONTOH"


def test_a_publish_that_ended_meanwhile_is_checked_again(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a publish ends while the host is read the findings are those of what was published last."""
    record = Record(work_folder(published.newsroom.root, "web"))
    listing = FolderHost.listing

    def publish(self: FolderHost) -> dict[str, Entry]:
        listed = listing(self)
        monkeypatch.setattr(FolderHost, "listing", listing)
        (published.web / "baru.txt").write_text("CONTOH")
        manifest = record.manifest()
        assert manifest is not None
        data = b"CONTOH"
        files = {**manifest.files, "baru.txt": File(len(data), digest_of(data))}
        packed = pack(Manifest(manifest.site, "2026-11-25T10:00:00+07:00", files))
        (published.web / HEAD).write_bytes(packed.head)
        record.keep(packed)
        return listed

    monkeypatch.setattr(FolderHost, "listing", publish)
    monkeypatch.setattr("time.sleep", lambda _: None)
    assert published.verify() == 0


def test_the_place_must_be_known(published: Published, capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown name, none of several, and a site without any place are each refused with what to write."""
    assert published.verify("lain") == 2
    assert "web" in capsys.readouterr().err
    published.newsroom.write({"content/site.toml": SITE})
    assert published.verify() == 2
    assert "[publish." in capsys.readouterr().err
    two = '\n[publish.a]\nurl = "file:///a"\n[publish.b]\nurl = "file:///b"\n'
    published.newsroom.write({"content/site.toml": SITE + two})
    assert published.verify() == 2
    assert "a, b" in capsys.readouterr().err


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_whoever_does_not_read_on_changes_no_exit_code(published: Published, words: tuple[str, ...]) -> None:
    """Where nobody reads what is printed the exit code is still that of the host: 0 clean, 1 found, 3 not checked."""

    def code() -> int:
        reads, writes = os.pipe()
        os.close(reads)
        command = [sys.executable, "-m", "generator", "--root", str(published.newsroom.root), "verify", *words]
        try:
            return subprocess.run(command, check=False, stdout=writes, stderr=subprocess.DEVNULL).returncode
        finally:
            os.close(writes)

    assert code() == 0
    (published.web / "x.php").write_text("CONTOH")
    assert code() == 1
    (published.web / HEAD).unlink()
    for file in work_folder(published.newsroom.root, "web").rglob(".adpim-*"):
        file.unlink()
    assert code() == 3


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_full_disk_changes_no_exit_code(published: Published, words: tuple[str, ...]) -> None:
    """Where nothing can be printed the exit code is still that of the host, and it is said why nobody reads of it."""

    def run(*more: str, errors: str = "") -> subprocess.CompletedProcess[str]:
        root = str(published.newsroom.root)
        command = [sys.executable, "-m", "generator", "--lang", "id", "--root", root, "verify", *words, *more]
        script = f'exec "$@" >/dev/full {errors}'
        return subprocess.run(["sh", "-c", script, "sh", *command], check=False, capture_output=True, text=True)

    assert run().returncode == 0
    (published.web / "x.php").write_text("CONTOH")
    done = run()
    assert done.returncode == 1
    assert "Tidak dapat ditulis" in done.stderr
    assert "Program gagal" not in done.stderr
    assert run(errors="2>&1").returncode == 1
    (published.web / HEAD).unlink()
    for file in work_folder(published.newsroom.root, "web").rglob(".adpim-*"):
        file.unlink()
    assert run().returncode == 3
    assert run(errors="2>&1").returncode == 3
    if words:
        assert run("tiada").returncode == 3


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_keep_nothing_from_being_checked(published: Published, closed: str) -> None:
    """A scheduler may close the streams of what it starts: adpim verify and adpim publish work all the same."""

    def code(*words: str) -> int:
        command = [sys.executable, "-m", "generator", "--root", str(published.newsroom.root), *words]
        return subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", *command], check=False).returncode

    assert code("verify") == 0
    (published.web / "robots.txt").unlink()
    assert code("verify") == 1
    assert code("verify", "--repair") == 2
    assert code("verify", "--repair", "--yes") == 1
    assert code("publish", "--if-due", "--yes") == 0
    assert code("verify") == 0
