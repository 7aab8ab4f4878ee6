"""Every problem of every file in one run, each with file, line, text, cause and fix, and never a traceback."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator import announcement, contacts, links, publishing
from generator.cli import main
from generator.config import SYNONYMS as SITE_SYNONYMS
from generator.config import Site
from generator.errors import ContentError, message
from generator.i18n import LOCALE_DIR, catalogue, say
from generator.keys import SYNONYMS
from generator.system import REASONS
from tests.newsroom import BELOW, SITE, Newsroom, png, read, refusals, release

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.errors import Problem

KEYS = ["title", "date", "summary", "tags", "place", "photo", "photos", "caption", "alt", "credit", "focus", "credits"]
KEYS += ["draft", "publish_at", "expires", "updated", "corrections", "withdrawn", "aliases", "slug"]

needs_catalogue = pytest.mark.skipif(
    not (LOCALE_DIR / "id/LC_MESSAGES/adpim.mo").is_file(), reason="the Indonesian catalogue is not compiled"
)

MANY = {
    "content/berita/a.md": "---\njudul: A\ndate: 2023-13-40\ndraft: mungkin\ntags: [新]\n---\n\nIsi.\n\n![x](../y.png)",
    "content/berita/b.md": "---\ntitle: B\ndate: 30/10/2023\nexpires: besok\nphotos:\n  - file: hilang.png\n"
    "    ket: x\n---\n",
    "content/berita/c.md": "tanpa kepala\n",
    "content/berita/d.md": release("D", body="Isi.\n\n<script>x</script>", photo="hilang.png"),
    "content/berita/e.md": release("E", aliases="[../x, /topik/]", corrections="[{date: kemarin}]"),
    "content/berita/f.md": release("E"),
    "content/berita/g.md": "---\ntitle: G\ntitle: H\nplace: !!python/name:os\ndate: x\n---\n",
    "content/halaman/h.md": "---\ntajuk: H\n---\n\n![x](a.png)\n",
}


def found(problems: Sequence[Problem]) -> set[tuple[str, int, str]]:
    """Problems as file below content/, line and cause in English."""
    return {(p.path.removeprefix("content/"), p.line, say(p.what, "en")) for p in problems}


def run(newsroom: Newsroom, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``adpim`` in the newsroom."""
    with pytest.raises(SystemExit) as stopped:
        main(["--root", str(newsroom.root), *words])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return int(stopped.value.code or 0), captured.out, captured.err


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADPIM_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")


def test_every_problem_of_every_file_comes_in_one_run(newsroom: Newsroom) -> None:
    """One build reports all mistakes of all files: keys, dates, pictures, bodies, addresses."""
    newsroom.write(MANY)
    assert found(newsroom.problems()) >= {
        ("berita/a.md", 2, 'Unknown key "judul".'),
        ("berita/a.md", 3, '"date" is not a valid date.'),
        ("berita/a.md", 4, '"draft" must be true or false.'),
        ("berita/a.md", 5, 'The tag "新" has no Latin letter and no digit, so it can have no page.'),
        ("berita/b.md", 3, '"date" is not a valid date.'),
        ("berita/b.md", 4, '"expires" is not a valid date.'),
        ("berita/b.md", 7, 'Unknown key "photos.ket".'),
        ("berita/c.md", 1, "The file does not begin with front matter."),
        ("berita/d.md", 4, 'The picture "hilang.png" was not found.'),
        ("berita/d.md", 9, "<script> is left out: it is not taken in a release."),
        ("berita/e.md", 4, '"../x" is not an old address of this site.'),
        ("berita/e.md", 5, '"corrections.date" is not a valid date.'),
        ("berita/e.md", 5, '"corrections.note" is missing.'),
        ("berita/f.md", 2, "The address /2026/11/e/ is taken by content/berita/e.md:2."),
        ("berita/g.md", 3, 'The key "title" stands twice (first in line 2).'),
        ("berita/g.md", 4, "YAML tags (!…) are not taken."),
        ("berita/g.md", 5, '"date" is not a valid date.'),
        ("halaman/h.md", 2, '"title" is missing.'),
        ("halaman/h.md", 2, 'Unknown key "tajuk".'),
        ("halaman/h.md", 5, "A standing page takes no pictures yet."),
    }


def test_problems_come_in_the_order_of_files_and_lines(newsroom: Newsroom) -> None:
    """What stops the build comes first, then warnings; within each by file and line."""
    newsroom.write(MANY)
    order = [(p.severity, p.path, p.line) for p in newsroom.problems()]
    assert order == sorted(order)


def test_a_broken_site_toml_hides_no_problem_of_a_release(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in site.toml and one in a release are reported in the same run."""
    newsroom.write({"content/site.toml": f"{SITE}semboyan = 'x'\n"})
    newsroom.release("a.md", release(judul="A"))
    code, _, said = run(newsroom, capsys, "build")
    assert code == 1
    assert f"content/site.toml:{BELOW}" in said
    assert "content/berita/a.md:4" in said


def test_a_release_with_a_mistake_still_tells_of_its_pictures(newsroom: Newsroom) -> None:
    """A picture that is not there is reported in the same run as a mistake in the same front matter."""
    newsroom.release("a.md", release(photo="hilang.png", judul="x"))
    assert {line for _, line, _ in found(newsroom.problems())} == {4, 5}


def test_two_broken_templates_are_reported_together(newsroom: Newsroom) -> None:
    """Two templates that fail are two problems of one run, each with its file and line."""
    newsroom.write({"templates/404.html": "<p>\n{{ tidak }}", "templates/robots.txt": "{% jika %}"})
    assert {(p.path, p.line) for p in newsroom.problems()} == {("templates/404.html", 2), ("templates/robots.txt", 1)}


# What a problem says


def all_problems(newsroom: Newsroom) -> Iterator[Problem]:
    """The problems of many broken sites."""
    newsroom.write(MANY)
    yield from newsroom.problems()
    broken = Newsroom(newsroom.root.parent / "lain")
    broken.write({"content/site.toml": "base_url = 'x'\nlanguage = 'jw'\ntimezone = 'x'\njudul = 1\n[[menu]]\nurl='x'"})
    yield from broken.problems()
    broken.write({"content/site.toml": "title ="})
    yield from broken.problems()
    for data in (b"", b"\xff\xfea", b"\xe9", b"a\0b", b"x" * 1_000_001, b"---\n- a\n---\n", b"---\na: b\n"):
        broken = Newsroom(newsroom.root.parent / f"lain-{len(data)}-{data[:1].hex()}")
        broken.release("a.md", data)
        yield from broken.problems()
    for front in ("a: 'b", "a: b: c", "\tb: c", "a: @b", "a\nb: c", "a: &a [*a]", "a: [", "? {a: b}\n: c", "a: \x07"):
        broken.release("a.md", f"---\n{front}\n---\n")
        yield from broken.problems()
    broken.release("a.md", release("31", slug="X", photo="../x", publish_at="2026-12-01", expires="2026-11-30"))
    yield from broken.problems()
    broken.write({"content/berita/x.png": "x", "content/berita/y.png": png(), "content/berita/y.PNG": png()})
    broken.release("a.md", release("新", photos="[x.png, x.gif, y.png, y.PNG]", withdrawn="ya", body="<img src=x>"))
    yield from broken.problems()
    broken.release("a.md", release(body="a\x0bb ![x](https://a.example/x.png)"))
    yield from broken.problems()


def test_each_problem_has_file_line_text_cause_and_fix(newsroom: Newsroom) -> None:
    """Every problem names a file and a line, shows the text where there is one, and says cause and fix in sentences."""
    for problem in all_problems(newsroom):
        assert problem.path.startswith("content/"), problem
        assert problem.line > 0, problem
        for text in (say(problem.what, "en"), say(problem.fix, "en")):
            assert re.fullmatch(r".{10,}(?:[.?!”…)\"}]|[a-z]:.*)", text), problem
            assert "{" not in re.sub(r"\{.*\}", "", text), problem
        assert "\n" not in problem.text
        assert len(problem.text) <= 200


def test_the_offending_text_is_the_line_or_a_part_of_it(newsroom: Newsroom) -> None:
    """The text of a problem in a file that can be read stands in the line that it names."""
    newsroom.write(MANY)
    for problem in newsroom.problems():
        if problem.text and "hilang" not in problem.text and problem.path != "content/berita/f.md":
            row = MANY[problem.path].split("\n")[problem.line - 1]
            key, _, value = problem.text.partition(":")
            assert key.rpartition(".")[2] in row, problem
            assert value.strip() in row, problem


@needs_catalogue
def test_each_problem_speaks_indonesian(newsroom: Newsroom) -> None:
    """Every cause and fix has an Indonesian sentence that takes the same values."""
    translate = catalogue("id").gettext
    for problem in all_problems(newsroom):
        for text in (problem.what, problem.fix):
            assert translate(text.msgid) != text.msgid, text.msgid
            say(text, "id")


@pytest.mark.parametrize("language", ["en", pytest.param("id", marks=needs_catalogue)])
def test_the_terminal_shows_all_of_a_problem(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    """On the terminal each problem has its place, its text, its cause and its fix, in the language asked for."""
    newsroom.write(MANY)
    problems = newsroom.problems()
    code, out, said = run(newsroom, capsys, "build", "--now", "2026-11-24", "--lang", language)
    assert (code, out) == (1, "")
    for problem in problems:
        assert f"{problem.path}:{problem.line}" in said
        assert problem.text in said
        assert say(problem.what, language) in said
        assert say(problem.fix, language) in said


@needs_catalogue
def test_indonesian_is_the_first_language(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --lang and ADPIM_LANG problems are told in Indonesian."""
    monkeypatch.delenv("ADPIM_LANG")
    newsroom.release("a.md", release(judul="A"))
    _, _, said = run(newsroom, capsys, "build")
    problem = newsroom.problems()[0]
    assert say(problem.what, "id") in said
    assert say(problem.what, "en") not in said


def test_a_name_or_text_does_not_steer_the_terminal(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters in file names and texts are shown as signs, not sent to the terminal."""
    newsroom.release("a\x1b[2Jb.md", '---\ntitle: A\ndate: "\\e[31m"\n\x1b[2J\n---\n')
    _, _, said = run(newsroom, capsys, "build")
    assert "\x1b" not in said


# Keys


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("judul", "title"),
        ("tanggal", "date"),
        ("tittle", "title"),
        ("Title", "title"),
        ("titel", "title"),
        ("tangal", "date"),
        ("ringkasan", "summary"),
        ("sumary", "summary"),
        ("topik", "tags"),
        ("tag", "tags"),
        ("kata kunci", "tags"),
        ("tempat", "place"),
        ("lokasi", "place"),
        ("foto", "photo"),
        ("gambar", "photo"),
        ("keterangan foto", "caption"),
        ("penulis", "credits"),
        ("draf", "draft"),
        ("terbit", "publish_at"),
        ("publish-at", "publish_at"),
        ("kedaluwarsa", "expires"),
        ("kadaluwarsa", "expires"),
        ("diperbarui", "updated"),
        ("koreksi", "corrections"),
        ("ralat", "corrections"),
        ("ditarik", "withdrawn"),
        ("alias", "aliases"),
        ("alamat", "slug"),
        ("SLUG", "slug"),
    ],
)
def test_an_unknown_key_gets_the_nearest_right_one(wrong: str, right: str) -> None:
    """A misspelt or Indonesian key is answered with the key that was meant."""
    (problem,) = refusals(release(**{wrong: "x"}))
    assert (problem.line, problem.text) == (4, f"{wrong}: x")
    assert say(problem.fix, "en") == f'Did you mean "{right}"?'


def test_a_key_like_no_other_gets_the_list_of_keys() -> None:
    """A key that resembles none is answered with all that there are."""
    (problem,) = refusals(release(zzzz="x"))
    assert say(problem.fix, "en") == f"Known keys: {', '.join(sorted(KEYS))}."


def test_every_synonym_leads_to_a_key_that_exists() -> None:
    """No suggestion names a key that would be refused in its turn."""
    nested = {"file", "note"}
    assert set(SYNONYMS.values()) <= {*KEYS, *nested}
    assert not set(SYNONYMS) & set(KEYS)
    assert set(links.SYNONYMS.values()) == set(links.Link._fields)
    assert set(contacts.SYNONYMS.values()) <= set(contacts.Contact._fields)
    assert set(announcement.SYNONYMS.values()) == set(announcement.Announcement._fields)
    assert set(publishing.SYNONYMS.values()) <= {"url", *publishing.Target._fields}
    keys = {*Site.__dataclass_fields__, *contacts.Contact._fields, "timezone", "announcement", "publish"}
    assert set(SITE_SYNONYMS.values()) <= keys
    assert not set(SITE_SYNONYMS) & keys


HOLDING = {"draft", "publish_at", "expires", "withdrawn", "updated", "corrections"}


@pytest.mark.parametrize("value", ["", '""', "' '", "[]", "~", '"\u200b"'])
@pytest.mark.parametrize("key", sorted(HOLDING))
def test_a_key_that_holds_back_needs_a_value(key: str, value: str) -> None:
    """A key that holds a release back or changes its standing is a mistake without a value: it must not go out."""
    (problem,) = refusals(release(**{key: value}))
    assert (problem.line, problem.text.partition(":")[0]) == (4, key)
    assert "has no value" in problem.what.msgid


def test_a_page_that_is_held_back_needs_a_value_too(newsroom: Newsroom) -> None:
    """A standing page whose ``draft:`` is left empty does not go out either."""
    newsroom.write({"content/halaman/a.md": "---\ntitle: A\ndraft:\n---\nIsi.\n"})
    assert found(newsroom.problems()) == {("halaman/a.md", 3, '"draft" has no value.')}


def test_a_key_under_another_name_is_one_problem() -> None:
    """A required key that stands there under a wrong name is not said to be missing besides; one that is empty is."""
    assert found(refusals("---\njudul: A\ntanggal: 2026-11-01\n---\nIsi.\n")) == {
        ("berita/a.md", 2, 'Unknown key "judul".'),
        ("berita/a.md", 3, 'Unknown key "tanggal".'),
    }
    assert ("berita/a.md", 2, '"title" is missing.') in found(
        refusals("---\ntitle:\njudul: A\ndate: 2026-11-01\n---\n")
    )


@pytest.mark.parametrize("key", [key for key in KEYS if key not in HOLDING])
def test_every_key_is_known(key: str) -> None:
    """Each other key of the content model is taken, also empty, as ``new`` leaves some of them."""
    for value in ("", "~", "null"):
        assert read(release(**({key: value} if key not in {"title", "date"} else {}))).warnings == ()


# Lines


@pytest.mark.parametrize("before", ["", "\n", "\n\n \n", "\ufeff", "\ufeff\n\n"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_are_the_editors(before: str, ends: str) -> None:
    """Lines are counted as an editor counts them: behind a BOM, blank lines and any line ends; keys, body and YAML."""
    blank = before.count("\n")
    text = before + release(judul="x", body="Isi.\n\n<img src=x>\n\n![x](../y.png)\n\na\x0bb")
    assert {p.line - blank for p in refusals(text.replace("\n", ends))} == {4, 9, 11, 13}
    text = before + "---\ntitle: B\ndate: 2026-11-01\nplace: a: b\n---\n"
    assert [p.line - blank for p in refusals(text.replace("\n", ends))] == [4]


def test_lines_hold_in_nested_and_long_values() -> None:
    """A mistake below a block text or in an item of a list has the line on which it stands."""
    rows = [
        "---",
        "title: A",
        "date: 2026-11-01",
        "summary: >",
        "  satu",
        "  dua",
        "",
        "  tiga",
        "photos:",
        "  - file: a.png",
        "    keterangan: x",
        "    alt: y",
        "  - berkas: b.png",
        "corrections:",
        "  - date: 2026-11-02",
        "    note: x",
        "  - note: y",
        "# catatan",
        "zzzz: x",
        "---",
        "Isi.",
    ]
    lines = sorted((p.line, say(p.what, "en")) for p in refusals("\n".join(rows)))
    assert lines == [
        (11, 'Unknown key "photos.keterangan".'),
        (13, 'Unknown key "photos.berkas".'),
        (17, '"corrections.date" is missing.'),
        (19, 'Unknown key "zzzz".'),
    ]


def test_lines_hold_in_site_toml(newsroom: Newsroom) -> None:
    """A mistake in site.toml has its line, also in tables and behind comments, a BOM and CRLF."""
    rows = [
        "# Pengaturan",
        *SITE.strip().split("\n"),
        "",
        "[[menu]]",
        "label = 'a'",
        "url = '/a/'",
        "[[menu]]",
        "x = 1",
    ]
    newsroom.write({"content/site.toml": "\ufeff" + "\r\n".join(rows)})
    lines = {(p.line, say(p.what, "en")) for p in newsroom.problems()}
    assert (BELOW + 6, 'Unknown key "menu.x".') in lines
    assert (BELOW + 5, '"menu.label" is missing.') in lines
    rows = [*SITE.strip().split("\n"), "menu = [ # dua", "  { label = 'a', url = '/a/' },", "  { label = 'b' },", "]"]
    newsroom.write({"content/site.toml": "\n".join(rows)})
    assert {(p.line, say(p.what, "en")) for p in newsroom.problems()} == {(BELOW + 2, '"menu.url" is missing.')}


# No traceback


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("release.html", "a\n{{ release.tidak_ada }}", 2, "tidak_ada"),
        ("release.html", "a\n\n{% for x in %}", 3, ""),
        ("release.html", '{% extends "tidak.html" %}', 0, "tidak.html"),
        ("release.html", '\n{{ static("tidak.css") }}', 2, "tidak.css"),
        ("release.html", "\n{{ 1 / 0 }}", 2, ""),
        ("release.html", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 1, ""),
        ("release.html", b"\xff\xfe", 0, ""),
        ("partials/cards.html", "{% macro list(cards, level=2, photos=false) %}\n{{ cards.x.y }}{% endmacro %}", 2, ""),
    ],
    ids=["undefined", "syntax", "missing", "static", "zero", "endless", "encoding", "partial"],
)
def test_a_broken_template_is_a_problem(newsroom: Newsroom, name: str, text: str | bytes, line: int, said: str) -> None:
    """A template that fails is a problem with the template's file and line, and what its writer needs to know."""
    newsroom.release("a.md", release())
    newsroom.write({f"templates/{name}": text})
    problem = newsroom.problems()[0]
    assert problem.path == "templates/tidak.html" if said == "tidak.html" else f"templates/{name}"
    assert problem.line == line
    assert said in say(problem.what, "en")


def test_a_release_that_cannot_be_read_is_a_problem(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system does not let us read is a problem beside those of the other files."""
    newsroom.release("a.md", release("A"))
    newsroom.release("b.md", release(judul="B"))
    real = io.open

    def refuse(file: Any, *words: Any, **more: Any) -> Any:
        if str(file).endswith("a.md"):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return real(file, *words, **more)

    monkeypatch.setattr(io, "open", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    assert {p.path for p in newsroom.problems()} == {"content/berita/a.md", "content/berita/b.md"}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that exists and cannot be read")
@pytest.mark.parametrize("name", ["static/x.css", "404.html"])
def test_a_template_that_cannot_be_read_is_a_problem(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """A template or static file that the system does not let us read is a problem with its name."""
    place = newsroom.root / "templates" / name
    place.parent.mkdir(parents=True)
    place.symlink_to("/proc/self/mem")
    code, _, said = run(newsroom, capsys, "build")
    assert code == 1
    assert f"templates/{name}" in said


@pytest.mark.parametrize("place", ["content", "content/berita", "templates"])
def test_a_file_where_a_folder_should_be_is_no_crash(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """A file named like one of the site's folders is a problem in words, or is passed over."""
    if place == "content":
        (newsroom.root / "content/site.toml").unlink()
        (newsroom.root / "content").rmdir()
    newsroom.write({place: "bukan folder"})
    code, _, said = run(newsroom, capsys, "build")
    assert "The program failed" not in said
    assert code == (0 if place == "templates" else 1)


def test_a_fault_of_the_program_is_told_without_a_traceback(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """When the program itself fails, the press officer reads a sentence, and the trace is in a file for its makers."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("uji")

    monkeypatch.setattr("generator.config.read_site", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    code, _, said = run(newsroom, capsys, "build")
    assert code == 1
    assert "ZeroDivisionError: uji" in said
    (log,) = tmp_path.glob("adpim-*.log")
    assert str(log) in said
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_json_gives_the_same_facts(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    """--json gives each problem with file, line, text, message and fix, and nothing else on standard output."""
    newsroom.write(MANY)
    code, out, said = run(newsroom, capsys, "build", "--json", "--now", "2026-11-24")
    assert (code, said) == (1, "")
    result = json.loads(out)
    assert result["ok"] is False
    with pytest.raises(ContentError) as caught:
        newsroom.build()
    assert [(p["file"], p["line"], p["text"], p["message"], p["fix"]) for p in result["problems"]] == [
        (p.path, p.line, p.text, say(p.what, "en"), say(p.fix, "en")) for p in caught.value.problems
    ]


def test_fixes_can_be_obeyed(newsroom: Newsroom) -> None:
    """A fix gives a line that may stand where it is asked for: the key alone in a group, TOML in site.toml."""
    newsroom.release("a.md", release(corrections="[{note: CONTOH}]"))
    assert [say(problem.fix, "en") for problem in newsroom.problems()] == ["Add a line: date: …"]
    newsroom.write({"content/site.toml": "tagline = 'x'\n"})
    fixes = [say(problem.fix, "en") for problem in newsroom.problems()]
    assert fixes == ['Add a line: title = "…"', 'Add a line: base_url = "…"']
    newsroom.write({"content/site.toml": f'{SITE}menu = [["/a/"]]\n'})
    assert 'Write each item so: { url = "…" }' in {say(problem.fix, "en") for problem in newsroom.problems()}


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ("title: A\ndate: 2026-11-01\ntags: [a, b\n", 4, "Put ] at the end of the list: tags: [a, b]"),
        ("title:Tanpa spasi\ndate: 2026-11-01\n", 2, "with a space after the colon"),
        ('title: A\ndate: 2026-11-01\ntags: [a, "b\n', 4, "use “ ” inside it"),
        ("title: A\ntags: [a, b\ndate: 2026-11-01\n", 3, "tags: [a, b]"),
        ("title: A\ntags: [a,\n  b\ndate: 2026-11-01\n", 3, "Put ] at the end of the list: tags: [a]"),
        ('title: A\ntags: ["a", b\ndate: 2026-11-01\n', 3, "Put ] at the end of the list."),
        ("title: A\ntags: [a: b\ndate: 2026-11-01\n", 3, "The closing ] is missing."),
        ("title: A\ndate: 2026-11-01\ntags: {a, b\n", 4, "Put } at the end of the list: tags: {a, b}"),
        ("title: A\ndate: 2026-11-01\ntags: [\n", 4, "Put ] at the end of the list."),
        ('title: A\ndate: 2026-11-01\ntags: [a,\n  "b" c]\n', 5, "mind quotes and indents"),
        ("title: [Foto] A\ndate: 2026-11-01\n", 2, 'A text that begins with [ needs quotes: title: "[Foto] A"'),
        ("title: A\ndate: 2026-11-01\ncaption: C:\\x: y\n", 4, "caption: 'C:\\x: y'"),
        ("title: A\nplace:Sampit\ndate: 2026-11-01\n", 3, "with a space after the colon"),
        (" title:A\ndate: 2026-11-01\n", 2, "with a space after the colon"),
        ("title:A\n# catatan\n\ndate: 2026-11-01\n", 2, "with a space after the colon"),
        ("title:A\ndate:2026-11-01\n", 2, "with a space after the colon"),
        (" title: A\ndate: 2026-11-01\n", 2, "Delete the spaces at the beginning of the line."),
        ("title: A\n date: 2026-11-01\n", 3, "Delete the spaces at the beginning of the line."),
        ("title: A\ndate: 2026-11-01\nsummary: a\n  b:c\nplace: x: y\n", 6, 'needs quotes: place: "x: y"'),
    ],
)
def test_common_slips_of_yaml_are_named(newsroom: Newsroom, rows: str, line: int, said: str) -> None:
    """A list without its end, a colon without its space, an open quotation: the wrong line and what mends it."""
    newsroom.release("a.md", f"---\n{rows}---\n\nIsi.\n")
    (problem,) = newsroom.problems()
    assert problem.line == line
    assert said in say(problem.fix, "en") + say(problem.what, "en")


def test_a_change_that_lies_ahead_is_a_mistake(newsroom: Newsroom) -> None:
    """A public release cannot have been updated or corrected tomorrow; one under embargo may say so in time."""
    newsroom.release("a.md", release("A", updated="2026-11-25"))
    newsroom.release("b.md", release("B", corrections="[{date: 2027-01-01, note: CONTOH}]"))
    newsroom.release("c.md", release("C", publish_at="2026-12-01", updated="2026-11-30"))
    assert [problem.path for problem in newsroom.problems()] == ["content/berita/a.md", "content/berita/b.md"]
    assert newsroom.problems("2026-12-31")[0].path == "content/berita/b.md"


def test_a_change_that_lies_ahead_is_told_beside_other_mistakes(newsroom: Newsroom) -> None:
    """A date that lies ahead is told in the same run as a wrong key of the release; without its own date nothing is."""
    newsroom.release("a.md", release("A", updated="2026-11-25", zzzz="x"))
    newsroom.release("b.md", release("B", date="kemarin", updated="2026-11-25"))
    assert {(path, line) for path, line, _ in found(newsroom.problems())} == {
        ("berita/a.md", 2),
        ("berita/a.md", 5),
        ("berita/b.md", 3),
    }


def test_a_release_with_a_mistake_keeps_its_claim_to_an_address(newsroom: Newsroom) -> None:
    """Two releases at one address are told in the same run as a mistake in one; without date or slug there is none."""
    newsroom.release("a.md", release("A", zzzz="x"))
    newsroom.release("b.md", release("A"))
    newsroom.release("c.md", release("A", date="kemarin"))
    newsroom.release("d.md", release("新"))
    newsroom.release("e.md", release("新"))
    said = {(path, text) for path, _, text in found(newsroom.problems()) if "address" in text}
    assert said == {
        ("berita/b.md", "The address /2026/11/a/ is taken by content/berita/a.md:2."),
        ("berita/d.md", "No address can be made of this title: it has no Latin letter and no digit."),
        ("berita/e.md", "No address can be made of this title: it has no Latin letter and no digit."),
    }


def test_a_text_that_ends_at_a_number_sign_is_warned_of() -> None:
    """To YAML the rest of "Juara #1" is a remark; the writer is told, and a remark behind a plain value is none."""
    (warning,) = read(release("Juara #1 Nasional", draft="true # hapus baris ini")).warnings
    assert (warning.line, warning.text) == (2, "title: Juara #1 Nasional")
    assert read(release('"Juara #1 Nasional"')).warnings == ()
    assert read(release('"Juara" # dua', place="# nanti", slug="a # b", tags="[a] # c")).warnings == ()


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("summary: 2023 #1", 4),
        ("caption: a#1 #2", 4),
        ("place: #1", 4),
        ("summary:\n  Juara\n  dua #1", 6),
        ("corrections:\n  - date: 2026-11-02\n    note: Juara #1", 6),
        ("photos:\n  - file: a.png\n    alt: Piala\n    caption: Juara #1", 7),
    ],
)
def test_every_sentence_that_ends_at_a_number_sign_is_warned_of(rows: str, line: int) -> None:
    """So is a summary, a caption, a place or a note, on whatever line it ends and whatever it begins with."""
    (warning,) = read(f"---\ntitle: A\ndate: 2026-11-01\n{rows}\n---\nIsi.\n").warnings
    assert (warning.line, warning.severity) == (line, "warning")
    assert "#" in warning.text


def test_a_release_without_text_is_told() -> None:
    """What ``new`` wrote in place of a text is not published, and no text at all is warned of; a draft may lack it."""
    for language in ("id", "en"):
        body = catalogue(language).gettext("Write the text of the release here.")
        assert [problem.severity for problem in refusals(release(body=body))] == ["error"]
        assert read(release(body=body, draft="true")).warnings == ()
    assert [problem.severity for problem in read(release(body="")).warnings] == ["warning"]
    assert read(release(body="", draft="true")).warnings == ()


def test_a_withdrawn_release_may_be_without_text() -> None:
    """The handbook says to delete the text of a withdrawn release that must not be read any more."""
    assert read(release(body="", withdrawn="CONTOH alasan.")).warnings == ()
    assert len(refusals(release(body="Tulis isi rilis di sini.", withdrawn="CONTOH alasan."))) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("berita/a.txt", 'rename it: "a.md"'),
        ("berita/2026/a.md.txt", 'rename it: "a.md"'),
        ("berita/a", 'rename it: "a.md"'),
        ("halaman/a.docx", "a file whose name ends in .md"),
        ("berita/a.b.odt", "a file whose name ends in .md"),
    ],
)
def test_a_file_that_is_not_read_is_warned_of(newsroom: Newsroom, name: str, said: str) -> None:
    """A text under a name that is not read is named with the right one, each time until it is moved."""
    newsroom.release("b.md", release("B"))
    assert newsroom.build().warnings == ()
    newsroom.write({f"content/{name}": "x"})
    for _ in range(2):
        (warning,) = newsroom.build().warnings
        assert (warning.path, warning.severity) == (f"content/{name}", "warning")
        assert said in say(warning.fix, "en")
    (newsroom.root / "content" / name).unlink()
    assert newsroom.build().warnings == ()


def test_what_stands_beside_releases_is_not_warned_of(newsroom: Newsroom) -> None:
    """Pictures in any case, a document, a film, hidden files and what systems leave behind are no releases."""
    names = ["a.JPG", "b.heic", "c.pdf", "d.mp4", ".DS_Store", "Thumbs.db", "~$e.docx", "f.md~"]
    newsroom.write({f"content/berita/{name}": "x" for name in names})
    assert newsroom.build().warnings == ()


@needs_catalogue
def test_a_system_refuses_in_the_language_of_the_message(newsroom: Newsroom) -> None:
    """What an operating system said in English is Indonesian within an Indonesian message; other values stay."""
    what = message("The file cannot be read: {error}.", error=os.strerror(errno.EACCES))
    assert say(what, "id") == "Berkas tidak dapat dibaca: izin akses ditolak."
    assert say(what, "en") == "The file cannot be read: Permission denied."
    assert (
        say(message('Unknown key "{key}".', key="Permission denied"), "id")
        == 'Kunci "Permission denied" tidak dikenal.'
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has words of its own")
@pytest.mark.parametrize("code", [errno.EACCES, errno.ENOSPC, errno.ENOENT, errno.EROFS, errno.EIO, errno.ENAMETOOLONG])
def test_common_refusals_are_known(code: int) -> None:
    """The catalogues know what this system says when a disk is full, locked, broken or a name is wrong."""
    assert os.strerror(code) in REASONS
