"""The command line: where a site is, what is said, and with which exit code."""

from __future__ import annotations

import errno
import json
import os
import re
import runpy
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import rich.progress

from generator import __version__
from generator.cli import main
from generator.cli.app import choose_language
from generator.cli.progress import Bar
from generator.cli.whereabouts import find_root
from generator.config import load_site
from generator.errors import UsageError, message
from generator.i18n import LOCALE_DIR
from generator.intake.new import new_release
from generator.manuscript import parse_article
from tests.newsroom import Newsroom, release

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parent.parent
NOW = ("--now", "2026-11-24 10:00")

needs_catalogue = pytest.mark.skipif(
    not (LOCALE_DIR / "id/LC_MESSAGES/adpim.mo").is_file(), reason="the Indonesian catalogue is not compiled"
)


class Result(NamedTuple):
    """What a call did."""

    code: int
    out: str
    err: str


@pytest.fixture
def adpim(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the command line in this process, speaking English unless the test says otherwise."""
    monkeypatch.setenv("ADPIM_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")

    def call(*words: str) -> Result:
        with pytest.raises(SystemExit) as stopped:
            main(words)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Result(int(stopped.value.code or 0), captured.out, captured.err)

    return call


# Where the site is


def test_root_names_the_site(newsroom: Newsroom, adpim: Callable[..., Result], tmp_path: Path) -> None:
    """--root names the site's folder, before or behind the command, wherever one stands."""
    newsroom.release("a.md", release())
    for words in (("--root", str(newsroom.root), "build"), ("build", "--root", str(newsroom.root))):
        assert adpim(*words, *NOW).code == 0
    assert (newsroom.root / "output/index.html").is_file()
    assert not (tmp_path / "output").exists()


def test_the_site_is_the_nearest_above(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --root the site is this folder, or the nearest one above it that holds content/site.toml."""
    inner = newsroom.root / "content/berita/2026"
    inner.mkdir(parents=True)
    for here in (newsroom.root, inner):
        monkeypatch.chdir(here)
        assert find_root(None) == newsroom.root
    nested = Newsroom(newsroom.root / "arsip/lain")
    monkeypatch.chdir(nested.root / "content")
    assert find_root(None) == nested.root


def test_a_build_from_below_the_root(
    newsroom: Newsroom, adpim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build in a folder within the site writes the output of the site, not of that folder."""
    newsroom.release("a.md", release())
    monkeypatch.chdir(newsroom.root / "content/berita")
    assert adpim("build", *NOW).code == 0
    assert (newsroom.root / "output/2026/11/contoh/index.html").is_file()


def test_no_site_anywhere_is_said(
    adpim: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no folder above holds a site, the answer names content/site.toml and --root."""
    monkeypatch.chdir(tmp_path)
    done = adpim("build")
    assert done.code == 1
    assert "content/site.toml" in done.err
    assert "--root" in done.err


def test_a_root_that_does_not_exist_is_wrong_usage(adpim: Callable[..., Result], tmp_path: Path) -> None:
    """A --root that is no folder is wrong usage, and nothing is made there."""
    done = adpim("--root", str(tmp_path / "tidak-ada"), "build")
    assert done.code == 2
    assert "tidak-ada" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_site_needs_only_content(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """A root with only content/ is built with the templates that ship with the program."""
    newsroom.release("a.md", release())
    assert [path.name for path in newsroom.root.iterdir()] == ["content"]
    assert adpim("--root", str(newsroom.root), "build", *NOW).code == 0
    assert "<h1>CONTOH</h1>" in newsroom.text("2026/11/contoh/index.html")
    assert any(name.startswith("static/style.") for name in newsroom.files())


def test_a_site_overrides_one_template(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """One template in the site's templates/ takes the place of ours; all others stay, also where they include it."""
    newsroom.release("a.md", release(place="Kuala"))
    newsroom.write(
        {
            "templates/404.html": '{% extends "base.html" %}{% block title %}Hilang{% endblock %}',
            "templates/partials/time.html": "{% macro date(moment) %}TANGGAL{% endmacro %}"
            "{% macro full(moment) %}WAKTU{% endmacro %}",
            "templates/static/style.css": "body{color:red}",
        }
    )
    assert adpim("--root", str(newsroom.root), "build", *NOW).code == 0
    assert "<title>Hilang" in newsroom.text("404.html")
    assert "TANGGAL" in newsroom.text("index.html")
    assert "<h1>CONTOH</h1>" in newsroom.text("2026/11/contoh/index.html")
    styles = [data for name, data in newsroom.files().items() if name.startswith("static/style.")]
    assert styles == [b"body{color:red}"]


# Exit codes


@pytest.mark.parametrize(
    "words",
    [
        ["tidak-ada"],
        ["build", "--tidak-ada"],
        ["build", "--now", "kemarin"],
        ["build", "--lang", "jw"],
        ["build", "lebih"],
        ["new"],
        ["demo", "3"],
        ["demo", "banyak", "x"],
        ["demo", "100001", "x"],
        ["demo", "3", "."],
        ["new", "Judul", "--date", "kemarin"],
        ["new", "新聞"],
        ["new", "31"],
        ["new", "  "],
        ["new", "A\x07B"],
        ["new", "Judul", "--tag", "新聞"],
        ["build", "--output", "."],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(
    newsroom: Newsroom, adpim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """A call that is wrong exits 2, says why on standard error, and changes nothing."""
    monkeypatch.chdir(newsroom.root)
    before = sorted(newsroom.root.rglob("*"))
    done = adpim(*words)
    assert (done.code, done.out) == (2, "")
    assert len(done.err) > 20
    assert sorted(newsroom.root.rglob("*")) == before


def test_problems_exit_1_and_success_0(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """A build that succeeds exits 0 and writes on standard output; one with problems exits 1, and on the other."""
    newsroom.release("a.md", release())
    done = adpim("--root", str(newsroom.root), "build", *NOW)
    assert (done.code, done.err) == (0, "")
    newsroom.release("a.md", release(judul="x"))
    done = adpim("--root", str(newsroom.root), "build", *NOW)
    assert (done.code, done.out) == (1, "")
    assert 'Did you mean "title"?' in done.err
    assert "1 problem. Nothing was written." in done.err


def test_a_warning_stops_nothing(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """A build with warnings exits 0 and tells them on standard error."""
    newsroom.release("a.md", release(body="<script>x</script>"))
    done = adpim("--root", str(newsroom.root), "build", *NOW)
    assert done.code == 0
    assert "content/berita/a.md:6" in done.err
    assert "Nothing was written" not in done.err


# What is said


def test_the_summary_is_in_words(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """A build ends with releases, topics, files written, unchanged and removed, the time taken, and what is next."""
    newsroom.release("a.md", release("A", tags="[Satu, Dua]"))
    newsroom.release("b.md", release("B", tags="[Satu]"))
    newsroom.release("c.md", release("Nanti", publish_at="2026-12-04 08:00"))
    first = adpim("--root", str(newsroom.root), "build", *NOW).out
    assert re.search(r"output/? \(\d+(\.\d)? s\)", first)
    assert "2 releases, 2 topics" in first
    assert re.search(r"[1-9]\d+ \w+ written, 0 unchanged, 0 removed", first)
    assert "next: 'Nanti' is published Friday, December 4, 2026" in first
    again = adpim("--root", str(newsroom.root), "build", *NOW).out
    assert re.search(r"\b0 \w+ written, [1-9]\d+ unchanged, 0 removed", again)
    (newsroom.root / "content/berita/b.md").unlink()
    assert re.search(r", [1-9]\d* removed", adpim("--root", str(newsroom.root), "build", *NOW).out)


@needs_catalogue
def test_the_summary_is_indonesian_by_default(
    newsroom: Newsroom, adpim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a wish the summary is in Indonesian, dates, numbers and time zone too."""
    monkeypatch.delenv("ADPIM_LANG")
    newsroom.release("a.md", release("A", tags="[Satu]"))
    newsroom.release("c.md", release("Judul", publish_at="2026-12-04 08:00"))
    said = adpim("--root", str(newsroom.root), "build", *NOW).out
    assert "berikutnya: 'Judul' terbit Jumat, 4 Desember 2026 pukul 08.00 WIB" in said
    assert "1 rilis" in said
    assert "1 topik" in said


@needs_catalogue
def test_what_expires_next_is_said_in_indonesian(
    newsroom: Newsroom, adpim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of a release is announced like its beginning."""
    monkeypatch.setenv("ADPIM_LANG", "id")
    newsroom.release("a.md", release("Judul", expires="2026-11-30 17:05"))
    said = adpim("--root", str(newsroom.root), "build", *NOW).out
    assert re.search(r"berikutnya: 'Judul' .*Senin, 30 November 2026 pukul 17.05 WIB", said)


def test_nothing_next_is_not_said(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """Where the clock will change nothing, nothing is announced."""
    newsroom.release("a.md", release())
    assert "next:" not in adpim("--root", str(newsroom.root), "build", *NOW).out


def test_foreign_files_are_named(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """The summary names files in output/ that are not ours."""
    adpim("--root", str(newsroom.root), "build", *NOW)
    newsroom.write({"output/google123.html": "x"})
    assert "google123.html" in adpim("--root", str(newsroom.root), "build", *NOW).out


def test_json_is_one_object(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """--json prints the facts of the summary as one object and nothing besides."""
    newsroom.release("a.md", release("A", tags="[Satu]", body="<script>x</script>"))
    newsroom.release("c.md", release("Nanti “é”", publish_at="2026-12-04 08:00"))
    done = adpim("--root", str(newsroom.root), "build", *NOW, "--json")
    result = json.loads(done.out)
    assert (done.code, done.err, result["ok"]) == (0, "", True)
    assert (result["releases"], result["topics"], result["unchanged"], result["removed"]) == (1, 1, 0, 0)
    assert result["written"] == result["added"] + result["changed"] > 10
    assert result["output"] == str(newsroom.root / "output")
    assert result["next"] == {"at": "2026-12-04T08:00:00+07:00", "kind": "published", "title": "Nanti “é”"}
    assert result["seconds"] > 0
    assert [(p["severity"], p["file"], p["line"]) for p in result["problems"]] == [
        ("warning", "content/berita/a.md", 7)
    ]


@pytest.mark.parametrize(
    ("words", "code", "file"),
    [
        ((), 1, "content/berita/a.md"),
        (("--now", "kemarin"), 2, "--now"),
        (("--output", "content"), 2, "content"),
    ],
    ids=["content", "usage", "output"],
)
def test_json_is_one_object_in_failure_too(
    newsroom: Newsroom,
    adpim: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    code: int,
    file: str,
) -> None:
    """--json prints problems as one object, with the same exit code as without it."""
    monkeypatch.chdir(newsroom.root)
    newsroom.release("a.md", release(judul="x"))
    done = adpim("build", "--json", *words)
    result = json.loads(done.out)
    assert (done.code, done.err, result["ok"]) == (code, "", False)
    assert [problem["file"] for problem in result["problems"]] == [file]


def test_json_is_one_object_without_a_site(adpim: Callable[..., Result], tmp_path: Path) -> None:
    """--json tells of a missing site and of a missing root as an object."""
    for root, code in ((tmp_path, 1), (tmp_path / "tidak-ada", 2)):
        done = adpim("--root", str(root), "build", "--json")
        assert (done.code, json.loads(done.out)["ok"]) == (code, False)


# The clock


@pytest.mark.parametrize(("now", "count"), [("2026-11-23", 0), ("2026-11-24", 1), ("2026-11-23 17:00Z", 1)])
def test_now_is_the_builds_clock(newsroom: Newsroom, adpim: Callable[..., Result], now: str, count: int) -> None:
    """--now decides what is public; a time without a zone is in the site's."""
    newsroom.release("a.md", release(date="2026-11-24"))
    done = adpim("--root", str(newsroom.root), "build", "--json", "--now", now)
    assert json.loads(done.out)["releases"] == count


# Languages


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ([], "", "id"),
        ([], "en", "en"),
        ([], "jw", "id"),
        (["--lang", "en", "build"], "", "en"),
        (["build", "--lang=en"], "id", "en"),
        (["build", "--lang", "id"], "en", "id"),
        (["build", "--lang"], "en", "en"),
    ],
)
def test_the_language_is_asked_for(words: list[str], environment: str, language: str) -> None:
    """--lang decides, then ADPIM_LANG, then Indonesian."""
    assert choose_language(words, environment) == language


@needs_catalogue
@pytest.mark.parametrize(
    "words", [["--help"], ["build", "--help"], ["new", "--help"], ["demo", "--help"]], ids=" ".join
)
def test_help_speaks_both_languages(
    adpim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """The help of every command is whole in both languages and names its options in both."""
    english = adpim(*words).out
    monkeypatch.setenv("ADPIM_LANG", "id")
    indonesian = adpim(*words).out
    assert set(re.findall(r"--\w+", english)) == set(re.findall(r"--\w+", indonesian))
    assert not {"Show this message and exit.", "Options", "Usage"} & set(re.findall(r"[A-Z][\w .]+", indonesian))
    clicks = {"OPTIONS", "COMMAND", "ARGS", "DIR", "WHEN", "TAG", "INTEGER", "RANGE"}
    assert not clicks & set(re.findall(r"[A-Z]+", indonesian))


@needs_catalogue
@pytest.mark.parametrize("words", [["build", "--jobs", "x"], ["demo", "x", "y"], ["demo", "1", "y", "--seed", "x"]])
def test_a_number_is_asked_for_in_the_callers_language(
    adpim: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """What is no number is refused without click's own name for numbers."""
    assert "whole number" in adpim(*words).err
    monkeypatch.setenv("ADPIM_LANG", "id")
    assert "bilangan bulat" in adpim(*words).err


def test_the_version_is_told(adpim: Callable[..., Result]) -> None:
    """--version prints the version alone."""
    assert adpim("--version").out == f"{__version__}\n"


# new

TITLES = [
    "Judul biasa",
    "Judul: dengan titik dua",
    "Judul 'kutip' dan \"kutip ganda\"",
    "# pagar di depan, dan # di tengah",
    "- tanda hubung",
    "[kurung] {kurawal} & * ! | > % @ `",
    "Café São Paulo: “é” – ñ",
    "Gubernur Jum’at 你好 сегодня",
    "2026",
    "true",
    "null",
    "~ tilde",
    "akhir titik dua:",
    "back\\slash \\n",
    "Judul " + "panjang " * 60,
    "  spasi   ganda  ",
    "e\u0301 bentuk lain",
    "{{ jinja }} </script>",
    "… titik-titik",
]


@pytest.mark.parametrize("title", TITLES)
def test_the_file_of_new_is_valid_and_a_draft(newsroom: Newsroom, title: str) -> None:
    """What ``new`` writes is read back without a problem, with the same title, date and tags, and is a draft."""
    site = load_site(newsroom.root)
    tags = ["Sosial", "Umum: \"x\", #1 & 'y'", "true"]
    file = new_release(newsroom.root, title, "2026-12-04 08:00", tags, site)
    parsed = parse_article(file.read_bytes(), file.relative_to(newsroom.root).as_posix(), site)
    article = parsed.article
    assert article.draft
    assert parsed.warnings == ()
    assert article.card.title == " ".join(title.replace("e\u0301", "é").split())
    assert [topic.name for topic in article.card.topics] == tags
    assert article.card.date.at.isoformat() == "2026-12-04T08:00:00+07:00"
    assert file.parent == newsroom.root / "content/berita/2026/12"
    assert re.fullmatch(r"[a-z0-9-]{1,120}\.md", file.name)


def test_new_is_kept_out_until_it_is_ready(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """A new release is in no build until it is written and its draft line deleted; then it has its address."""
    done = adpim("--root", str(newsroom.root), "new", "Judul: satu", "--date", "2026-11-20", "--tag", "A", "--tag", "B")
    assert done.code == 0
    assert os.path.join("content", "berita", "2026", "11", "judul-satu.md") in done.out  # noqa: PTH118 - as printed
    assert newsroom.build().releases == 0
    file = newsroom.root / "content/berita/2026/11/judul-satu.md"
    text = file.read_text(encoding="utf-8").replace("Tulis isi rilis di sini.", "Isi CONTOH.")
    file.write_text("\n".join(r for r in text.split("\n") if not r.startswith("draft:")), encoding="utf-8")
    report = newsroom.build()
    assert (report.releases, report.topics) == (1, 2)
    assert "2026/11/judul-satu/index.html" in newsroom.files()


def test_new_takes_now_where_no_date_is_given(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """Without --date a new release has the present time, in the site's zone."""
    adpim("--root", str(newsroom.root), "new", "Judul")
    (file,) = (newsroom.root / "content/berita").rglob("*.md")
    assert re.search(r"^date: \d{4}-\d\d-\d\d \d\d:\d\d$", file.read_text(encoding="utf-8"), re.MULTILINE)


def test_new_never_writes_over_a_file(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """Where a file of that name stands in that month, ``new`` exits 2 and leaves it as it is."""
    newsroom.release("2026/12/judul.md", "milik orang")
    for title in ("Judul", "JUDUL!"):
        done = adpim("--root", str(newsroom.root), "new", title, "--date", "2026-12-04")
        assert done.code == 2
        assert "content/berita/2026/12/judul.md" in done.err
    assert (newsroom.root / "content/berita/2026/12/judul.md").read_text(encoding="utf-8") == "milik orang"
    assert adpim("--root", str(newsroom.root), "new", "Judul", "--date", "2027-01-04").code == 0


def test_new_leaves_no_half_file(newsroom: Newsroom) -> None:
    """Where the disk takes no more, ``new`` says so and leaves no file that would stop a build."""
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10));"
        f"from generator.cli import main; main(['--root', {str(newsroom.root)!r}, 'new', 'Judul'])"
    )
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "ADPIM_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Cannot be written" in done.stderr
    assert list((newsroom.root / "content").rglob("*.md")) == []


def test_new_says_when_its_folder_cannot_be(newsroom: Newsroom, adpim: Callable[..., Result]) -> None:
    """Where a file stands in place of the month's folder, ``new`` exits 1 in words."""
    newsroom.release("2026", "bukan folder")
    done = adpim("--root", str(newsroom.root), "new", "Judul", "--date", "2026-12-04")
    assert done.code == 1
    assert "Cannot be written" in done.err


def test_new_refuses_what_a_terminal_could_not_read(newsroom: Newsroom) -> None:
    """A title in another encoding than the terminal's is refused, and no file is made."""
    site = load_site(newsroom.root)
    with pytest.raises(UsageError):
        new_release(newsroom.root, "Caf\udce9", "2026-12-04", [], site)
    assert list((newsroom.root / "content").rglob("*.md")) == []


# demo


def test_demo_makes_a_site_that_builds(adpim: Callable[..., Result], tmp_path: Path) -> None:
    """A demo is built without a problem, and the same seed makes the same site."""
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert adpim("demo", "25", str(tmp_path / name), "--seed", seed).code == 0
    done = adpim("--root", str(tmp_path / "a"), "build", "--json", *NOW)
    assert (done.code, json.loads(done.out)["problems"]) == (0, [])

    def site(name: str) -> dict[str, bytes]:
        root = tmp_path / name / "content"
        return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert site("a") == site("b") != site("c")


def test_demo_says_how_to_build_it(adpim: Callable[..., Result], tmp_path: Path) -> None:
    """A demo tells how many releases it wrote and the command that builds them."""
    done = adpim("demo", "2", str(tmp_path / "situs contoh"))
    assert "2 artificial releases" in done.out
    assert f'--root "{tmp_path / "situs contoh"}" build' in done.out


def test_demo_fills_no_full_folder(adpim: Callable[..., Result], tmp_path: Path) -> None:
    """A demo into a folder that holds anything exits 2, in words of the chosen language, and leaves it as it was."""
    (tmp_path / "milik.txt").write_text("milik", encoding="utf-8")
    done = adpim("demo", "2", str(tmp_path))
    assert done.code == 2
    assert "not empty" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["milik.txt"]


def test_demo_says_when_it_cannot_be_written(
    adpim: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo that the disk refuses exits 1 in words."""

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("generator.intake.demo.write_demo", full)
    done = adpim("demo", "2", str(tmp_path / "x"))
    assert done.code == 1
    assert "No space left on device" in done.err


# Progress


def test_progress_is_shown_to_a_person_who_waits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that lasts shows its stage and its count, in the chosen language, on standard error."""
    monkeypatch.setattr("generator.cli.progress.PATIENCE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with Bar("en", watched=True) as bar:
        bar.stage(message("Reading"), 0)
        bar.step()
        bar.stage(message("Writing"), 30)
        bar.step(12, name="IMG_[red]4711.JPG")
        bar.step(18)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Writing" in captured.err
    assert "30/30" in captured.err


def test_the_bar_of_a_build_starts_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that is watched may fork its processes as one that is not: its bar needs no thread."""
    monkeypatch.setattr("generator.cli.progress.PATIENCE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    threads = threading.active_count()
    with Bar("en", watched=True) as bar:
        bar.stage(message("Reading"), 2)
        bar.step()
        assert threading.active_count() == threads


def test_progress_is_not_shown_at_once_or_to_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short build shows no bar; a long one that nobody watches shows none either."""
    with Bar("en", watched=True) as bar:
        bar.stage(message("Reading"), 3)
        bar.step()
    monkeypatch.setattr("generator.cli.progress.PATIENCE", 0.0)
    with Bar("en", watched=False) as bar:
        bar.stage(message("Reading"), 3)
        bar.step()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_many_threads_show_one_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that count their steps at one moment show one bar, which ends with the work: a question is seen."""
    monkeypatch.setattr("generator.cli.progress.PATIENCE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown: list[object] = []

    class Slow(rich.progress.Progress):
        def start(self) -> None:
            shown.append(self)
            time.sleep(0.05)  # in which all other threads come by
            super().start()

    monkeypatch.setattr("rich.progress.Progress", Slow)
    terminal = sys.stderr
    with Bar("en", watched=True) as bar, ThreadPoolExecutor(8) as threads:
        bar.stage(message("Reading"), 80)
        list(threads.map(lambda _: bar.step(), range(80)))
    assert len(shown) == 1
    assert sys.stderr is terminal
    assert "80/80" in capsys.readouterr().err


# As a process


def test_the_package_runs_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Running the package is running the command with the process's own words."""
    monkeypatch.setattr(sys, "argv", ["generator", "--version"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("generator", run_name="__main__")
    assert (stopped.value.code, capsys.readouterr().out) == (0, f"{__version__}\n")


def test_python_m_generator_is_the_command(newsroom: Newsroom) -> None:
    """``python -m generator`` is ``adpim``, also on a console that cannot show our signs."""
    newsroom.release("a.md", release("Nanti “é” – ✓", publish_at="2026-12-04 08:00"))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(REPOSITORY), "ADPIM_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "generator", "build", *NOW],
        cwd=newsroom.root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "next: 'Nanti" in done.stdout
    assert "[" not in done.stdout


@pytest.mark.skipif(not hasattr(signal, "SIGCHLD"), reason="the system knows no such signal")
def test_a_caller_that_forgets_children_disturbs_no_build(newsroom: Newsroom) -> None:
    """A build ends well where the program that started it has the system forget how children end."""
    for number in range(4):
        newsroom.release(f"{number}.md", release(f"CONTOH {number}"))
    code = f"""
import signal
from generator import cli, crew
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
crew.MANY = crew.PIECE = crew.ASIDE = 1
cli.main(["build", "--lang", "en", "--root", {str(newsroom.root)!r}, "--jobs", "2", *{NOW!r}])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "4 releases" in done.stdout
