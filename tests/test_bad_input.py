"""Whatever a file, a name or a call holds: it is refused in words, or it does no harm."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree, html

from generator import markup
from generator.cli import main
from generator.errors import NewsroomError, OutputError, UsageError
from generator.i18n import say
from generator.reading import USUAL_FILE, read_file
from generator.textfile import MAX_FILE
from tests.newsroom import SITE, Newsroom, png, read, refusals, release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.errors import Problem

SOURCE = "content/berita/a.md"
FENCED = "---\ntitle: CONTOH\ndate: 2026-11-01\n---\n\nIsi.\n"


def words(problem: Problem) -> str:
    """What is wrong and the fix, in English."""
    return f"{say(problem.what, 'en')} {say(problem.fix, 'en')}"


def errors(newsroom: Newsroom) -> list[Problem]:
    """What stops the build, without the warnings."""
    return [problem for problem in newsroom.problems() if problem.severity == "error"]


def attempt(newsroom: Newsroom) -> tuple[Problem, ...]:
    """Build, and return what stopped it, if anything did."""
    try:
        newsroom.build()
    except NewsroomError as error:
        return error.problems
    return ()


def only(newsroom: Newsroom, data: str | bytes) -> Problem:
    """The one problem that a release of these bytes makes."""
    newsroom.release("a.md", data)
    (problem,) = errors(newsroom)
    assert problem.path == SOURCE
    return problem


# Front matter


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        pytest.param("title: CONTOH\n\nIsi.\n", 1, "does not begin with front matter", id="no-front-matter"),
        pytest.param("---\ntitle: CONTOH\ndate: 2026-11-01\n\nIsi.\n", 1, "not closed", id="no-closing-fence"),
        pytest.param("---\ntitle: CONTOH\ndate: 2026-11-01\n----\n\nIsi.\n", 1, "not closed", id="four-hyphens"),
        pytest.param("---\n- title\n- date\n---\nIsi.\n", 2, "not made of keys and values", id="list"),
        pytest.param("---\nCONTOH\n---\nIsi.\n", 2, "not made of keys and values", id="scalar"),
        pytest.param("---\ntitle: CONTOH\n\ttanggal: x\n---\nIsi.\n", 3, "tab", id="tab"),
        pytest.param("---\ntitle: CONTOH\ndate: 2026-11-01\ntags:\n\t- x\n---\n", 5, "tab", id="tab-in-list"),
        pytest.param(
            "---\ntitle: A\ndate: 2026-11-01\ntitle: B\n---\nIsi.\n", 4, 'The key "title" stands twice', id="twice"
        ),
        pytest.param("---\ntitle: CONTOH\ndate: 2023-13-40\n---\n", 3, '"date" is not a valid date', id="no-such-day"),
        pytest.param("---\ntitle: CONTOH\ndate: 30-10-2023\n---\n", 3, '"date: 2023-10-30"', id="day-first"),
        pytest.param("---\ntitle: CONTOH: B\ndate: 2026-11-01\n---\n", 2, "needs quotes", id="colon"),
        pytest.param('---\ntitle: "CONTOH\ndate: 2026-11-01\n---\n', 2, "quotation mark", id="open-quote"),
        pytest.param("", 1, "empty", id="empty"),
        pytest.param(" \n\n\t\n", 1, "empty", id="only-space"),
    ],
)
def test_front_matter_that_cannot_be_read_is_a_problem(newsroom: Newsroom, text: str, line: int, said: str) -> None:
    """A file whose front matter cannot be read stops the build with the line and the cause."""
    problem = only(newsroom, text)
    assert problem.line == line
    assert said in words(problem)


def test_empty_front_matter_lacks_title_and_date(newsroom: Newsroom) -> None:
    """Front matter without any key is missing its title and its date."""
    newsroom.release("a.md", "---\n---\nIsi.\n")
    assert [say(p.what, "en") for p in newsroom.problems()] == ['"title" is missing.', '"date" is missing.']


def test_front_matter_is_read_behind_a_bom_and_with_any_line_ends(newsroom: Newsroom) -> None:
    """A byte order mark, blank lines and CRLF hide no key: a draft stays out, and a release comes in."""
    ways = [
        (before, ends) for before in ("\ufeff", "\ufeff\n\n", "\n\n", "\ufeff  \n", "") for ends in ("\n", "\r\n", "\r")
    ]
    for number, (before, ends) in enumerate(ways):
        newsroom.release(f"konsep-{number}.md", (before + release("Konsep marah", draft="true")).replace("\n", ends))
        newsroom.release(f"terbit-{number}.md", (before + release(f"Terbit {number}")).replace("\n", ends))
    assert newsroom.build().releases == len(ways)
    assert "2026/11/terbit-0/index.html" in newsroom.files()
    assert not any(b"Konsep marah" in data for data in newsroom.files().values())


def test_a_second_bom_publishes_nothing(newsroom: Newsroom) -> None:
    """Two byte order marks are a problem, not a release without front matter."""
    assert "front matter" in words(only(newsroom, "\ufeff\ufeff" + release(draft="true")))


def test_strange_space_behind_a_fence_is_space(newsroom: Newsroom) -> None:
    """A no-break space or form feed behind one of the fences does not hide the front matter."""
    for number, sign in enumerate("\u00a0\x0c\x0b\u2003\x1f"):
        for fence in ("---\ntitle", "---\n\nIsi"):
            text = release(f"Judul {number}", draft="true").replace(fence, fence.replace("---", f"---{sign}"))
            newsroom.release(f"{fence[4:].strip()}-{number}.md", text)
    assert newsroom.build().releases == 0


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_unicode_line_breaks_end_no_line(newsroom: Newsroom, sign: str) -> None:
    """What YAML alone takes for a line break is a space in a title and counts no line."""
    newsroom.release("a.md", f"---\ntitle: Satu{sign}dua\ndate: kemarin\n---\nIsi.\n")
    (problem,) = newsroom.problems()
    assert (problem.line, problem.text) == (3, "date: kemarin")


BOMB = "---\ntitle: CONTOH\ndate: 2026-11-01\na: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ("x: &x [*x]", 4, "aliases"),
        ("tags: &x [a]\nplace: *x", 5, "aliases"),
        ("place: !!python/object/apply:os.system [id]", 4, "tags (!…)"),
        ("place: !!python/name:os.system", 4, "tags (!…)"),
        ("!!python/name:os.system : x", 4, "tags (!…)"),
        ("place: !apa x", 4, "tags (!…)"),
        ("place: !!binary aGFsbw==", 4, "tags (!…)"),
        ("tags: " + "[" * 30_000, 4, "nested too deep"),
        ("tags:\n  " + "- " * 9_000 + "x", 5, "nested too deep"),
        ("tags: " + "{a: " * 9_000, 4, "nested too deep"),
        ("? " * 9_000 + "x", 4, "nested too deep"),
        ("summary: " + "a" * 65_000, 1, "longer than 64000 characters"),
    ],
)
def test_yaml_is_refused_before_it_can_do_harm(newsroom: Newsroom, rows: str, line: int, said: str) -> None:
    """Aliases, tags that make objects, and nesting without end are refused at their line."""
    newsroom.release("a.md", f"---\ntitle: CONTOH\ndate: 2026-11-01\n{rows}\n---\n\nIsi.\n")
    problems = newsroom.problems()
    assert any(said in words(p) and p.line == line for p in problems), problems


def test_a_tag_on_the_whole_front_matter_is_refused(newsroom: Newsroom) -> None:
    """A tag that would make an object of the whole front matter is refused."""
    text = "---\n!!python/object/apply:os.system\ntitle: CONTOH\ndate: 2026-11-01\n---\n"
    assert "tags (!…)" in words(only(newsroom, text))


def test_an_alias_bomb_is_refused(newsroom: Newsroom) -> None:
    """Aliases that would grow to a hundred million items are refused, once for each line."""
    newsroom.release("a.md", f"{BOMB}---\nIsi.\n")
    refused = [p for p in newsroom.problems() if "aliases" in say(p.what, "en")]
    assert [p.line for p in refused] == list(range(5, 13))


@pytest.fixture
def own_converter() -> Iterator[None]:
    """A Markdown converter that no other test has used or will use."""
    markup._converter.cache_clear()
    yield
    markup._converter.cache_clear()


def test_quotes_without_end_are_no_crash(newsroom: Newsroom, own_converter: None) -> None:
    """Thousands of quotation levels, in a release or a page, are shown or refused."""
    newsroom.release("a.md", release(body=">" * 3000 + " x"))
    newsroom.write({"content/halaman/b.md": "---\ntitle: B\n---\n" + ">" * 3000 + " x\n"})
    assert all("nested too deep" in words(problem) for problem in attempt(newsroom))


@pytest.mark.parametrize("body", ["- " * 3000 + "x", "\n".join(" " * 4 * depth + "- x" for depth in range(300))])
def test_lists_without_end_are_refused(own_converter: None, body: str) -> None:
    """Lists that nest hundreds deep, in a release or a page, are a problem and no crash."""
    (problem,) = refusals(release(body=body))
    assert "nested too deep" in words(problem)


def test_a_text_that_is_refused_spoils_no_other(own_converter: None) -> None:
    """After a text that nests too deep, the next one is read like any other."""
    body = "- a\n\nSatu.\n\nDua. [x](/y/)"
    before = read(release(body=body))
    refusals(release(body="- " * 3000 + "x"))
    assert read(release(body=body)) == before
    assert "another site" in words(refusals(release(body="Isi.\n\n![x](https://lain.example/x.png)"))[0])


# Bytes


@pytest.mark.parametrize(
    ("data", "line", "sign", "encoding"),
    [
        pytest.param(FENCED.replace("Isi.", "Café").encode("cp1252"), 6, b"\xe9", "Windows-1252", id="cp1252"),
        pytest.param(b"\xef\xbb\xbf" + FENCED.encode() + b"\xff", 7, b"\xff", "UTF-8", id="invalid-behind-bom"),
        pytest.param(FENCED.replace("\n", "\r\n").encode() + b"\x93", 7, b"\x93", "Windows-1252", id="cp1252-crlf"),
        pytest.param(FENCED.replace("\n", "\r").encode() + b"\x93", 7, b"\x93", "Windows-1252", id="cp1252-cr"),
        pytest.param(FENCED.encode("utf-16"), 1, b"", "UTF-16", id="utf-16"),
        pytest.param(FENCED.encode("utf-16-be"), 1, b"", "UTF-16", id="utf-16-be-without-bom"),
        pytest.param(FENCED.encode("utf-16-le"), 1, b"", "UTF-16", id="utf-16-le-without-bom"),
        pytest.param(FENCED.encode() + b"a\0b", 7, b"\0", "NUL", id="nul"),
        pytest.param(FENCED.encode() + b"\xed\xa0\x80", 7, b"\xed", "UTF-8", id="surrogate"),
        pytest.param(FENCED.encode() + b"\xc0\xae", 7, b"\xc0", "UTF-8", id="overlong"),
    ],
)
def test_other_encodings_are_named_with_file_and_byte(
    newsroom: Newsroom, data: bytes, line: int, sign: bytes, encoding: str
) -> None:
    """A file that is not UTF-8 is refused with its name, its line and the byte at which it shows."""
    problem = only(newsroom, data)
    assert problem.line == line
    assert f"byte {data.index(sign)}" in words(problem)
    assert encoding in words(problem)


def test_ten_megabytes_are_refused(newsroom: Newsroom) -> None:
    """A file of 10 MB is refused, and no more of it is read than the limit."""
    assert "larger than 1000000 bytes" in words(only(newsroom, FENCED.encode() + b"x" * 10_000_000))


@pytest.mark.parametrize("size", [0, USUAL_FILE - 1, USUAL_FILE, USUAL_FILE + 1, MAX_FILE, MAX_FILE + 1, MAX_FILE + 2])
def test_files_are_read_up_to_the_limit(tmp_path: Path, size: int) -> None:
    """A file of any size is read as it is, up to the byte that shows that it is too large."""
    data = (b"0123456789\n" * (size // 11 + 1))[:size]
    (tmp_path / "a.md").write_bytes(data)
    assert read_file(tmp_path, "a.md") == data[: MAX_FILE + 1]


@pytest.mark.parametrize("sign", ["\x0b", "\x0c", "\x08", "\x1b", "\x7f", "\ufffe", "&#11;", "&#x8;", "&#1;"])
def test_control_characters_are_refused_in_a_text(newsroom: Newsroom, sign: str) -> None:
    """A character that no XML feed may hold is refused at its line, also where it is written as an entity."""
    problem = only(newsroom, release(body=f"Satu.\n\nDua{sign}tiga."))
    assert problem.line == 8
    assert "control character" in words(problem)


@pytest.mark.parametrize("key", ["title", "summary", "place", "slug", "tags", "credits", "withdrawn", "aliases"])
def test_control_characters_are_refused_in_front_matter(newsroom: Newsroom, key: str) -> None:
    """A control character in front matter, written plainly or as an escape, is refused at its line."""
    rows = {"title": "CONTOH", "date": "2026-11-01", key: '"a\\u0007b"'}
    newsroom.release("a.md", "---\n" + "".join(f"{k}: {v}\n" for k, v in rows.items()) + "---\n")
    assert any("control character" in words(p) and p.line >= 2 for p in newsroom.problems())
    newsroom.release("a.md", f"---\ntitle: a\ndate: 2026-11-01\n{key}x: a\x07b\n---\n")
    (problem,) = newsroom.problems()
    assert (problem.line, "U+0007" in words(problem)) == (4, True)


# Paths that people write

PATHS = {
    "up": "../../rahasia",
    "up-back": "..\\..\\rahasia",
    "escaped": "%2e%2e/%2e%2e/rahasia",
    "twice-escaped": "%252e%252e/rahasia",
    "mixed": "a/../../rahasia",
    "absolute": "/etc/rahasia",
    "drive": "C:\\rahasia",
    "drive-slash": "C:/rahasia",
    "nul": "a\\0rahasia",
    "device": "CON",
    "device-suffix": "nul.jpg",
    "long": "r" * 300,
    "unc": "\\\\server\\rahasia",
    "host": "//server.example/rahasia",
    "hidden": "/.adpim-manifest",
}


def quoted(text: str) -> str:
    r"""A YAML text in double quotes; ``\0`` in it stays the escape of NUL."""
    escaped = json.dumps(text) if "\\0" not in text else f'"{text}"'
    assert "\n" not in escaped
    return escaped


def outside(newsroom: Newsroom) -> set[str]:
    """Every path beside output/ and the sources, below the folder that holds the site."""
    above = newsroom.root.parent
    everything = {path.relative_to(above).as_posix() for path in above.rglob("*")}
    own = ("situs/output", "situs/content", "situs/.adpim")
    return {path for path in everything if not path.startswith(own) and path != "situs"}


@pytest.mark.parametrize("key", ["slug", "aliases", "photo", "photos"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_a_path_that_somebody_wrote_leads_nowhere_else(newsroom: Newsroom, key: str, path: str) -> None:
    """A slug, tag, alias or picture's path is refused at its line, or becomes an address within the site."""
    value = f"[{quoted(path)}]" if key in {"aliases", "photos"} else quoted(path)
    newsroom.release("a.md", release(**{key: value}))
    if problems := attempt(newsroom):
        assert {(p.path, p.line) for p in problems} == {(SOURCE, 4)}
        assert not (newsroom.root / "output").exists() or not newsroom.files()
    else:
        assert key == "aliases"
        assert (newsroom.root / "output/2026/11/contoh/index.html").is_file()
        assert all(is_harmless(file) for file in newsroom.files())
    assert outside(newsroom) == set()


def is_harmless(file: str) -> bool:
    """Whether a file's path is one that every system can hold below output/."""
    parts = {part for whole in file.lower().split("/") for part in (whole, whole.split(".")[0])}
    return re.fullmatch(r"[A-Za-z0-9./_-]{1,250}", file) is not None and not parts & {"..", "con", "nul"}


def test_a_tag_that_looks_like_a_path_is_a_harmless_address(newsroom: Newsroom) -> None:
    """Tags written like paths, devices or of any length get addresses within the site."""
    tags = [path for name, path in PATHS.items() if name != "nul"]
    newsroom.release("a.md", release(tags=f"[{', '.join(quoted(tag) for tag in tags)}]"))
    assert newsroom.build().topics > 7
    assert all(is_harmless(file) for file in newsroom.files())
    assert outside(newsroom) == set()
    newsroom.release("a.md", release(tags='["a\\0b"]'))
    assert "control character" in words(newsroom.problems()[0])


@pytest.mark.parametrize("path", ["../x", "a..b/../../x", "x/", "con", "Judul", "judul_lama", "a--b", "é"])
def test_a_slug_is_taken_only_as_it_will_stand(newsroom: Newsroom, path: str) -> None:
    """A slug that is no slug is refused, with the slug that it would be."""
    assert "small letters" in words(only(newsroom, release(slug=quoted(path))))


@pytest.mark.parametrize(
    "alias",
    ["https://lain.example/a", "https://contoh.examplejahat/a", "/a?b=c", "/a b", "/é", "/a/.htaccess", "/.git/", "/"],
)
def test_an_alias_is_an_old_address_of_this_site(newsroom: Newsroom, alias: str) -> None:
    """An alias on another host, with a query, or with what a server keeps for itself is refused."""
    assert "not an old address" in words(only(newsroom, release(aliases=f"[{quoted(alias)}]")))


@pytest.mark.parametrize(
    "alias", ["/index.html", "/atom.xml", "/2026/", "/2026/11", "/topik", "/robots.txt", "/404.html", "/2026/11/01/"]
)
def test_an_alias_takes_no_page_of_the_site(newsroom: Newsroom, alias: str) -> None:
    """An alias that is the address of a list, a feed or a fixed file is refused."""
    assert "site's own" in words(only(newsroom, release(aliases=f"[{alias}]")))


def test_an_alias_does_not_take_the_place_of_a_picture(newsroom: Newsroom) -> None:
    """An alias that is the address of the release's own picture is refused."""
    newsroom.write({"content/berita/foto.png": png()})
    newsroom.release("a.md", release(photo="foto.png", aliases="[/2026/11/contoh/foto.png]"))
    assert "address" in words(newsroom.problems()[0])


@pytest.mark.parametrize("file", ["foto-960.0123abcd.webp", "foto-asli.0123abcd.jpg", "foto-semua.0123abcd.zip"])
def test_an_alias_takes_no_place_where_a_picture_may_come_to_stand(newsroom: Newsroom, file: str) -> None:
    """An alias that looks like a file of a release's picture is refused: such files are kept by readers for ever."""
    assert "site's own" in words(only(newsroom, release(aliases=f"[/2026/11/lain/{file}]")))


def test_two_aliases_that_differ_by_case_are_refused(newsroom: Newsroom) -> None:
    """Two old addresses that are one on a file system without case are refused, even in one release."""
    assert "is taken by content/berita/a.md:4" in words(only(newsroom, release(aliases="[/Lama/, /lama/]")))


def test_an_alias_below_a_file_is_refused(newsroom: Newsroom) -> None:
    """An old address below another that is a file is refused: no folder can have a file's name."""
    newsroom.release("a.md", release("A", aliases="[/lama/a.html]"))
    newsroom.release("b.md", release("B", aliases="[/lama/a.html/b/]"))
    assert any("which is a file" in words(p) for p in newsroom.problems())


@pytest.mark.parametrize(
    "path",
    ["//server.example/a.png", "https://server.example/a.png", "data:image/png;base64,AAAA", "javascript:alert(1)"],
)
def test_a_picture_from_elsewhere_is_refused_in_a_text(newsroom: Newsroom, path: str) -> None:
    """A picture in the text that stands on another site, or in the address itself, is refused at its line."""
    problem = only(newsroom, release(body=f"Isi.\n\n![foto]({path})"))
    assert problem.line == 8


@pytest.mark.parametrize("path", ["../rahasia.png", "%2e%2e/rahasia.png", "a/../../rahasia.png", "C:a.png"])
def test_a_picture_in_the_text_stays_in_its_folder(newsroom: Newsroom, path: str) -> None:
    """A picture's path in the text that leaves its folder is refused at its line."""
    newsroom.write({"content/rahasia.png": png(), "content/berita/sub/b.md": release("B", body=f"x\n\n![y]({path})")})
    (problem,) = errors(newsroom)
    assert (problem.path, problem.line) == ("content/berita/sub/b.md", 8)


def test_a_path_of_six_thousand_characters_is_refused(newsroom: Newsroom) -> None:
    """A picture's path that is longer than systems take is refused like any other."""
    assert "picture" in words(only(newsroom, release(photo="a/" * 3000 + "x.jpg")))


def test_two_pictures_at_one_address_are_refused(newsroom: Newsroom) -> None:
    """Two pictures of one release whose names differ only by what an address cannot hold are refused, both named."""
    newsroom.write({"content/berita/a b.png": png(grey=1), "content/berita/a-b.PNG": png(grey=2)})
    said = words(only(newsroom, release(photos="[a b.png, a-b.PNG]")))
    assert "content/berita/a b.png" in said
    assert "content/berita/a-b.PNG" in said


@pytest.mark.parametrize("name", ["kosong.png", "teks.png", "gambar.svg", "gambar.gif", "hilang.png"])
def test_what_is_no_picture_is_a_problem(newsroom: Newsroom, name: str) -> None:
    """An empty file, a text, an SVG, a GIF or no file at all where a picture should be is a problem with its line."""
    newsroom.write({"content/berita/kosong.png": b"", "content/berita/teks.png": "teks"})
    newsroom.write({"content/berita/gambar.svg": "<svg/>", "content/berita/gambar.gif": b"GIF89a"})
    problem = only(newsroom, release(photo=name))
    assert (problem.line, problem.text) == (4, name)


# Names of files, and where they lead


NAMES = [
    "berita dengan spasi.md",
    "Café & “tanda”.md",
    "新聞.md",
    "tanda'kutip\"ganda.md",
    "x" * 247 + ".md",
    "é" * 123 + ".md",
    "CON.md",
    "baris\nbaru.md",
    "HURUF.MD",
    "bentuk.markdown",
]


def test_a_file_may_have_any_name(newsroom: Newsroom) -> None:
    """A release is built whatever its file is called, at the address that its title gives."""
    for number, name in enumerate(NAMES):
        newsroom.release(name, release(f"Judul {number}"))
    assert newsroom.build().releases == len(NAMES)
    assert "2026/11/judul-9/index.html" in newsroom.files()


def test_a_file_name_that_is_no_text_is_a_problem(newsroom: Newsroom) -> None:
    """A file whose name is not UTF-8 is a problem that can be printed."""
    folder = newsroom.root / "content/berita"
    folder.mkdir(parents=True)
    with open(os.fsencode(folder) + b"/caf\xe9.md", "wb") as file:  # noqa: PTH123 - a Path holds no bytes
        file.write(release().encode())
    (problem,) = newsroom.problems()
    problem.path.encode()
    assert "name" in words(problem)


@pytest.mark.parametrize("target", ["a.md", ".", "..", "../../.."])
@pytest.mark.parametrize("link", ["berita/pintas.md", "berita/pintas", "halaman/pintas.md"])
def test_a_link_out_of_content_is_refused(newsroom: Newsroom, link: str, target: str) -> None:
    """A symlink that leaves content/, to a file or a folder, is reported and not followed."""
    secret = newsroom.root / "rahasia"
    newsroom.write({"rahasia/a.md": release("Rahasia"), "content/berita/b.md": release("B")})
    place = newsroom.root / "content" / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(secret / target)
    (problem,) = newsroom.problems()
    assert problem.path == f"content/{link}"
    assert "leads out of content/" in words(problem)


@pytest.mark.parametrize("folder", ["berita", "halaman"])
def test_a_whole_folder_that_links_out_of_content_is_refused(newsroom: Newsroom, folder: str) -> None:
    """content/berita or content/halaman that is itself a link out of content/ is reported and not followed."""
    newsroom.write({"rahasia/a.md": release("Rahasia")})
    (newsroom.root / "content" / folder).symlink_to(newsroom.root / "rahasia")
    (problem,) = newsroom.problems()
    assert "leads out of content/" in words(problem)


def test_a_picture_that_links_out_of_content_is_refused(newsroom: Newsroom) -> None:
    """A picture that is a link out of content/ is not published."""
    newsroom.write({"rahasia.png": png()})
    (newsroom.root / "content/berita").mkdir()
    (newsroom.root / "content/berita/foto.png").symlink_to(newsroom.root / "rahasia.png")
    newsroom.release("a.md", release(photo="foto.png"))
    assert (SOURCE, 4) in {(p.path, p.line) for p in newsroom.problems() if "leads out of content/" in words(p)}


def test_links_within_content_are_followed(newsroom: Newsroom) -> None:
    """A link to a file within content/ is that file, and a circle of links between folders has an end."""
    newsroom.write({"content/foto/a.md": release("A"), "content/berita/2026/b.md": release("B")})
    (newsroom.root / "content/berita/a.md").symlink_to("../foto/a.md")
    (newsroom.root / "content/berita/2026/lagi").symlink_to("..")
    assert newsroom.build().releases == 2


def test_a_link_to_nowhere_is_a_problem(newsroom: Newsroom) -> None:
    """A link whose file is gone is a file that cannot be read."""
    (newsroom.root / "content/berita").mkdir()
    (newsroom.root / "content/berita/a.md").symlink_to("hilang.md")
    (problem,) = newsroom.problems()
    assert problem.path == SOURCE
    assert "cannot be read" in words(problem)


# One address for two


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(release("Judul"), release("Judul"), id="same"),
        pytest.param(release("Judul Besar"), release("JUDUL besar", date="2026-11-09"), id="case"),
        pytest.param(release("Kafé"), release("Kafe\u0301"), id="unicode-form"),
        pytest.param(release("Kafé"), release("Kafe"), id="accent"),
        pytest.param(release("Judul"), release("Lain", slug="judul"), id="slug"),
        pytest.param(release("Judul"), release("Judul", publish_at="2027-01-01"), id="embargoed"),
        pytest.param(release("Judul"), release("Lain", aliases="[/2026/11/Judul/]"), id="alias-case"),
        pytest.param(release("A", aliases="[/lama/]"), release("B", aliases="[/LAMA]"), id="two-aliases"),
    ],
)
def test_two_releases_with_one_address_are_both_named(newsroom: Newsroom, first: str, second: str) -> None:
    """Two releases that want one address, also by case or Unicode form, stop the build; the message names both."""
    newsroom.release("satu.md", first)
    newsroom.release("dua.md", second)
    (problem,) = newsroom.problems()
    named = {problem.path, *re.findall(r"content/berita/\w+\.md", words(problem))}
    assert named == {"content/berita/satu.md", "content/berita/dua.md"}


def test_a_page_and_an_alias_at_one_address_are_refused(newsroom: Newsroom) -> None:
    """A standing page keeps its address against an alias."""
    newsroom.write({"content/halaman/kontak.md": "---\ntitle: Kontak\n---\n\nAlamat.\n"})
    assert "is taken by content/halaman/kontak.md:2" in words(only(newsroom, release(aliases="[/kontak]")))


@pytest.mark.parametrize("title", ["1", "09", "31", "'2'", '"¹²"'])
def test_a_number_that_could_be_a_day_is_no_slug(newsroom: Newsroom, title: str) -> None:
    """A title or slug that would stand where the page of a day stands is refused."""
    assert "page of a day" in words(only(newsroom, release(title)))
    if title.isdigit():
        assert "page of a day" in words(only(newsroom, release(slug=title)))


def test_a_longer_number_is_a_slug(newsroom: Newsroom) -> None:
    """A title that is a number of three digits or more has an address of its own."""
    newsroom.release("a.md", release("2026"))
    newsroom.build()
    assert "2026/11/2026/index.html" in newsroom.files()


# Text that would be markup

ALERT = "alert(1)"
BODIES = [
    f"<script>{ALERT}</script>",
    f"<ScRiPt\n>{ALERT}</sCrIpT\n>",
    "<script src=//jahat.example></script>",
    f"<svg onload={ALERT}></svg>",
    f"<svg><script>{ALERT}</script></svg>",
    f"<math><mtext><style><a title='</style><script>{ALERT}</script>'>x</a></style></mtext></math>",
    f'<p onclick="{ALERT}">x</p>',
    f"<p/onmouseover={ALERT}>x</p>",
    f'<td ONCLICK="{ALERT}">x</td>',
    f'x <b onfocus="{ALERT}" tabindex=1>y</b>',
    f'<details open ontoggle="{ALERT}">x</details>',
    f'<a href="javascript:{ALERT}">x</a>',
    f'<a href=" JaVaScRiPt:{ALERT}">x</a>',
    f'<a href="java\tscript:{ALERT}">x</a>',
    f'<a href="java\nscript:{ALERT}">x</a>',
    f'<a href="java&#9;script:{ALERT}">x</a>',
    f'<a href="java&Tab;script:{ALERT}">x</a>',
    f'<a href="java&NewLine;script&colon;{ALERT}">x</a>',
    f'<a href="&#106;&#x61;vascript:{ALERT}">x</a>',
    f'<a href="&#0000106avascript&#58{ALERT}">x</a>',
    f'<a href="vbscript:{ALERT}">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    f'<a href="x" title="&quot; onmouseover={ALERT} &quot;">x</a>',
    f"[x](javascript:{ALERT})",
    f"[x](JaVaScRiPt:{ALERT})",
    f"[x](<java\tscript:{ALERT}>)",
    f"[x](&#106;avascript:{ALERT})",
    f"[x](javascript&colon;{ALERT})",
    f"[x](&#x6A;avascript&#58;{ALERT})",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](DATA:text/html,x)",
    f"[x](vbscript:{ALERT})",
    f"[x](feed:javascript:{ALERT})",
    f"[x](view-source:javascript:{ALERT})",
    f'[x](https://a.example "\\" onmouseover={ALERT}")',
    f'[x](https://a.example/"onmouseover="{ALERT})',
    f"[x][y]\n\n[y]: javascript:{ALERT}",
    f"[x][z]\n\n[z]: <JAVASCRIPT:{ALERT}> 'x'",
    f"[w]\n\n[w]: data:text/html,{ALERT}",
    f"<javascript:{ALERT}>",
    f"<JavaScript:{ALERT}>",
    "<data:text/html,x>",
    "<iframe src='https://jahat.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    f"<object data='javascript:{ALERT}'></object>",
    f"<embed src='javascript:{ALERT}'>",
    f"<form action='javascript:{ALERT}'><button formaction='javascript:{ALERT}'>x</button></form>",
    "<base href='https://jahat.example/'>",
    "<meta http-equiv=refresh content='0; url=https://jahat.example/'>",
    "<link rel=stylesheet href=https://jahat.example/x.css>",
    "<style>@import 'https://jahat.example/x.css';</style>",
    "<p style='background:url(javascript:1)'>x</p>",
    f"<noscript><p title='</noscript><script>{ALERT}</script>'>x</p></noscript>",
    f"<!--><script>{ALERT}</script>-->",
    f"<!-- x --!><script>{ALERT}</script>",
    f"<![CDATA[<script>{ALERT}</script>]]>",
    f"<?php echo 1 ?><script>{ALERT}</script>",
    f"<title><script>{ALERT}</script></title>",
    f"</div></main><script>{ALERT}</script>",
    f"`<script>{ALERT}</script>`",
    f"    <script>{ALERT}</script>",
    f"ABC\n\n*[ABC]: \" onmouseover='{ALERT}'",
    f"<b>**x**<script>{ALERT}</script>",
    f"<<script>script>{ALERT}<</script>/script>",
    f"&lt;script&gt;{ALERT}&lt;/script&gt;",
    f"| a |\n|---|\n| <script>{ALERT}</script> |",
    "klzzwxh:0000 <b>x</b>",
]
HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "-->",
    "]]>",
    "'\"><b onclick=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "&lt;script&gt;",
    "</SCRIPT >",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A site in which every text that a press officer can write attacks its readers."""
    newsroom = Newsroom(tmp_path_factory.mktemp("serangan") / "situs")
    for number, body in enumerate(BODIES):
        newsroom.release(f"isi-{number}.md", release(f"Isi {number}", body=f"Awal.\n\n{body}\n\nAkhir {number}."))
    newsroom.write({"content/berita/foto.png": png()})
    for number, text in enumerate(HOSTILE):
        value = quoted(text)
        newsroom.release(
            f"teks-{number}.md",
            release(
                quoted(f"{text} a{number}"),
                "2026-11-23",
                f"![{text.replace('!', '').replace('[', '').replace(']', '')}](foto.png)\n\n{text}",
                tags=f"[{quoted(text + ' topik')}, a]",
                summary=value,
                place=value,
                credits=f"[{value}]",
                photos=f"[{{file: foto.png, caption: {value}, alt: {value}, credit: {value}}}]",
                corrections=f"[{{date: 2026-11-23, note: {value}}}]",
                aliases=f"[/lama/{number}.html]",
            ),
        )
        newsroom.release(
            f"tarik-{number}.md", release(quoted(f"{text} b{number}"), caption=value, withdrawn=quoted(text + "."))
        )
        page = f"---\ntitle: {value}\nslug: halaman-{number}\nsummary: {value}\n---\n\n{BODIES[number]}\n"
        newsroom.write({f"content/halaman/h{number}.md": page})
    newsroom.build()
    return newsroom.files()


def fragments(files: Mapping[str, bytes]) -> list[tuple[str, html.HtmlElement]]:
    """Every page, and every HTML text in every feed, parsed as a browser does."""
    found = [(name, html.document_fromstring(data.decode())) for name, data in files.items() if name.endswith(".html")]
    texts = []
    for name, data in files.items():
        if name.endswith("atom.xml"):
            texts += [(name, element.text) for element in etree.fromstring(data).iter("{*}content")]
        elif name == "rss.xml":
            texts += [(name, element.text) for element in etree.fromstring(data).iter("{*}encoded")]
        elif name == "feed.json":
            texts += [(name, item["content_html"]) for item in json.loads(data)["items"]]
    return found + [(name, html.document_fromstring(f"<div>{text}</div>")) for name, text in texts]


SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)")


def schemes(element: html.HtmlElement) -> set[str]:
    """The schemes of all addresses in an element's attributes, as a browser reads them."""
    found = set()
    for name in ("href", "src", "action", "formaction", "data", "srcset", "poster", "cite", "background"):
        address = re.sub(r"[\t\n\r]", "", element.get(name, "").lstrip("".join(map(chr, range(33))))).lower()
        if match := SCHEME.match(address):
            found.add(match[0])
    return found


OWN_SCRIPT = re.compile(r"/static/site\.[0-9a-f]{8}\.js")
OWN_SVG = re.compile(
    r'<svg(?: width="\d+")? viewbox="0 0 \d+ \d+" aria-hidden="true">'
    r'<rect width="100%" height="100%" fill="#[0-9a-f]{6}"/></svg>'
)
OWN_BUTTONS = {"theme", "copy", "copy-link", "send"}


def test_no_text_becomes_a_script(hostile: dict[str, bytes]) -> None:
    """No page and no feed holds a foreign script, button, frame, form or style."""
    for name, page in fragments(hostile):
        scripts = page.xpath("//script")
        data = [script for script in scripts if script.get("type") == "application/ld+json" and not script.get("src")]
        own = [script for script in scripts if OWN_SCRIPT.fullmatch(script.get("src", "")) and not script.text]
        assert len(data) + len(own) == len(scripts), name
        assert len(own) <= 1, name
        assert not page.xpath("//iframe|//object|//embed|//form|//base|//math|//style|//template"), name
        for svg in page.iter("svg"):
            # The place of a photo that is not there yet has its colour.
            assert OWN_SVG.fullmatch(etree.tostring(svg, encoding="unicode", with_tail=False)), name
        assert {button.get("class") for button in page.iter("button")} <= OWN_BUTTONS, name
        assert not page.xpath("//link[@rel='stylesheet'][starts-with(@href, 'http')]"), name


def test_no_text_becomes_a_handler(hostile: dict[str, bytes]) -> None:
    """No element of any page or feed has an event handler or a style of its own."""
    for name, page in fragments(hostile):
        for element in page.iter(etree.Element):
            assert not [a for a in element.attrib if str(a).lower().startswith(("on", "style", "srcdoc"))], name


def test_no_text_becomes_a_strange_address(hostile: dict[str, bytes]) -> None:
    """No address in any page or feed has a scheme but http, https, mailto and tel."""
    for name, page in fragments(hostile):
        for element in page.iter(etree.Element):
            assert schemes(element) <= {"http", "https", "mailto", "tel"}, (name, etree.tostring(element))


def test_no_text_sends_a_reader_away(hostile: dict[str, bytes]) -> None:
    """No page but a redirect of the site's own refreshes to another address."""
    for name, page in fragments(hostile):
        if not name.startswith("lama/") and "/halaman/" not in name:
            assert not page.xpath("//meta[@http-equiv]"), name


def test_structured_data_stays_whole(hostile: dict[str, bytes]) -> None:
    """Each JSON-LD script parses, and a title with </script> or <!-- in it comes back as it was written."""
    headlines = []
    for _, page in fragments(hostile):
        for script in page.xpath("//script[not(@src)]"):
            data = json.loads(script.text)
            headlines.append(data.get("headline"))
            assert "<" not in script.text
    for number, text in enumerate(HOSTILE):
        assert f"{' '.join(text.split())} a{number}" in headlines


def test_hostile_text_is_shown_as_text(hostile: dict[str, bytes]) -> None:
    """A hostile title stands in its page as the words that it is."""
    headings = {
        " ".join("".join(heading.itertext()).split()) for _, page in fragments(hostile) for heading in page.iter("h1")
    }
    for number, text in enumerate(HOSTILE):
        assert {f"{' '.join(text.split())} a{number}", f"{' '.join(text.split())} b{number}"} <= headings


def test_text_around_what_is_left_out_stays(hostile: dict[str, bytes]) -> None:
    """The words before a forbidden element or link are kept."""
    for number in range(len(BODIES)):
        page = html.document_fromstring(hostile[f"2026/11/isi-{number}/index.html"].decode())
        assert any(b"Awal." in etree.tostring(part) for part in page.iter("div") if part.get("class") == "text")


def test_every_file_for_machines_parses(hostile: dict[str, bytes]) -> None:
    """Every XML file and the JSON feed of a hostile site are well-formed."""
    for name, data in hostile.items():
        if name.endswith(".xml"):
            etree.fromstring(data)
    assert json.loads(hostile["feed.json"])["items"]


@pytest.mark.parametrize(
    "body",
    ["<script>x</script>", "<p onclick='x'>y</p>", "[x](javascript:alert(1))", "<iframe src='x'></iframe>"],
)
def test_what_is_left_out_is_said(body: str) -> None:
    """The writer is warned, with the line, of what the page will not show."""
    warnings = read(release(body=f"Isi.\n\n{body}")).warnings
    assert {(w.path, w.line, w.severity) for w in warnings} == {(SOURCE, 8, "warning")}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//jahat.example", "/\\\\jahat.example"]
)
def test_a_menu_leads_to_no_strange_address(newsroom: Newsroom, address: str) -> None:
    """A menu entry in site.toml with a strange scheme or a hidden host is refused."""
    newsroom.write({"content/site.toml": f'{SITE}menu = [{{ label = "x", url = "{address}" }}]\n'})
    (problem,) = newsroom.problems()
    assert "a link can lead to" in words(problem)


# site.toml


def test_a_missing_site_toml_is_a_problem(newsroom: Newsroom) -> None:
    """Without content/site.toml the build stops and says what to do."""
    (newsroom.root / "content/site.toml").unlink()
    (problem,) = newsroom.problems()
    assert (problem.path, problem.line) == ("content/site.toml", 0)
    assert "missing" in words(problem)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('title = "A"\nbase_url = https://a.example\n', 2, id="no-quotes"),
        pytest.param('title = "A"\ntitle = "B"\n', 2, id="twice"),
        pytest.param('title = "A\n', 1, id="open-quote"),
        pytest.param('title = "A"\nmenu = [\n', 3, id="open-list"),
        pytest.param("title: A\n", 1, id="yaml"),
        pytest.param("title = " + "9" * 5000 + "\n", 1, id="long-number"),
        pytest.param("menu = " + "[" * 5000 + "\n", 1, id="deep"),
        pytest.param("\ufefftitle = “A”\n", 1, id="curly-quotes-behind-bom"),
        pytest.param("[menu]\nlabel = 'x'\n[[menu]]\n", 3, id="two-shapes"),
    ],
)
def test_a_broken_site_toml_is_a_problem_with_its_line(newsroom: Newsroom, text: str, line: int) -> None:
    """A site.toml that is no TOML is one problem with its line and text."""
    newsroom.write({"content/site.toml": text})
    (problem,) = newsroom.problems()
    assert (problem.path, problem.line) == ("content/site.toml", line)


def test_all_mistakes_in_site_toml_are_said_at_once(newsroom: Newsroom) -> None:
    """Wrong values and unknown keys of site.toml come together, each with its line, text and fix."""
    rows = [
        "base_url = 'biroadpim'",
        "language = 'jw'",
        "timezone = 'WIB'",
        "judul = 'A'",
        "kantor = 'B'",
        "tag_line = 'C'",
        "zzz = 1",
        "[[menu]]",
        "label = 'Kontak'",
        "alamat = '/kontak/'",
    ]
    newsroom.write({"content/site.toml": "\n".join(rows) + "\n"})
    problems = newsroom.problems()
    found = {(p.line, p.text.split(" =")[0]): words(p) for p in problems}
    assert "not the address of a site" in found[1, "base_url"]
    assert "Known languages: id, en" in found[2, "language"]
    assert "Asia/Pontianak" in found[3, "timezone"]
    assert 'Did you mean "title"?' in found[4, "judul"]
    assert 'Did you mean "office"?' in found[5, "kantor"]
    assert 'Did you mean "tagline"?' in found[6, "tag_line"]
    assert "Known keys: address, " in found[7, "zzz"]
    assert not any("is missing" in words(p) for p in problems)  # all that is needed is there under another name
    assert any('Did you mean "url"?' in words(p) for p in problems)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("title = 3\nmenu = 'x'", '"menu.label" is missing'),
        ("menu = [[1]]", "must be a group of keys"),
        ("office = ['a']", "must be a text"),
        ("tagline = { a = 1 }", "must be a text"),
        ("base_url = 'ftp://a.example'", "not the address of a site"),
        ("base_url = 'https://a.example/?x'", "not the address of a site"),
        ("base_url = 'https://a.example/../x'", "not the address of a site"),
        ("base_url = 'https://a.example:99999'", "not the address of a site"),
        ("base_url = 'https://u@a.example'", "not the address of a site"),
        ("timezone = '../../etc/passwd'", "not a known time zone"),
        ("timezone = ''\ntagline = \"\\u0007\"", "control character"),
    ],
)
def test_a_wrong_value_in_site_toml_is_a_problem(newsroom: Newsroom, row: str, said: str) -> None:
    """A value of site.toml that will not do is refused in words."""
    key = row.partition(" ")[0]
    kept = "".join(f"{line}\n" for line in SITE.splitlines() if not line.startswith(key))
    newsroom.write({"content/site.toml": f"{kept}{row}\n"})
    assert any(said in words(p) for p in newsroom.problems()), [words(p) for p in newsroom.problems()]


# The output folder


@pytest.mark.parametrize("limit", [9_000, 90_000])
def test_a_full_disk_leaves_the_old_site_and_the_next_build_heals(newsroom: Newsroom, limit: int) -> None:
    """When the disk takes no more the build exits 1 in words, the old site stands, and the next build is whole."""
    newsroom.release("a.md", release("A"))
    newsroom.build()
    before = newsroom.files()
    newsroom.release("b.md", release("B", body="Kata. " * 16_000))
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}));"
        f"from generator.cli import main; main(['--root', {str(newsroom.root)!r}, 'build', '--now', '2026-11-24'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "ADPIM_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done
    assert "Check free space and permissions" in done.stderr
    assert newsroom.files() == before
    newsroom.build()
    assert "2026/11/b/index.html" in newsroom.files()


def test_a_full_disk_behind_the_output_folder_changes_nothing(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With output/ on another disk that fills up in the middle, no published page has changed."""
    newsroom.release("a.md", release("A"))
    newsroom.build()
    before = newsroom.files()
    newsroom.release("b.md", release("B", body="Kata. " * 300))
    replace, copies = os.replace, iter(range(100))

    def other_disk(source: str | Path, target: str | Path) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        replace(source, target)

    def full(source: str | Path, target: str | Path, **_: object) -> str | Path:
        if next(copies) >= 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        Path(target).write_bytes(Path(source).read_bytes())
        return target

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", other_disk)
        patch.setattr("shutil.copyfile", full)
        with pytest.raises(OutputError):
            newsroom.build()
    assert {name: data for name, data in newsroom.files().items() if "tmp" not in name} == before
    newsroom.build()
    assert "2026/11/b/index.html" in newsroom.files()
    assert not [name for name in newsroom.files() if "tmp" in name]


@pytest.mark.parametrize("place", ["2026", "2026/11", "topik/t", "2026/11/b/index.html/x"])
def test_what_stands_in_the_way_stays(newsroom: Newsroom, place: str) -> None:
    """A foreign file where a folder must be, or folder where a file must be, stops the build and stays."""
    newsroom.build()
    newsroom.write({f"output/{place}": "milik orang"})
    before = newsroom.files()
    newsroom.release("b.md", release("B", tags="[T]"))
    with pytest.raises(OutputError) as caught:
        newsroom.build()
    assert "not ours" in words(caught.value.problems[0])
    assert newsroom.files() == before
    (newsroom.root / "output" / place).unlink()
    if place.endswith("/x"):
        (newsroom.root / "output" / place).parent.rmdir()
    newsroom.build()
    assert "2026/11/b/index.html" in newsroom.files()


def test_a_link_below_output_is_not_written_through(newsroom: Newsroom) -> None:
    """A symlink below output/ that leads elsewhere stops the build; what it leads to is untouched."""
    newsroom.build()
    newsroom.write({"luar/milik.txt": "milik orang"})
    (newsroom.root / "output/2026").symlink_to(newsroom.root / "luar")
    newsroom.release("b.md", release("B"))
    with pytest.raises(OutputError):
        newsroom.build()
    assert [path.name for path in (newsroom.root / "luar").iterdir()] == ["milik.txt"]


def test_a_work_folder_that_is_a_file_is_a_problem(newsroom: Newsroom) -> None:
    """A file where the program keeps its own things stops the build in words."""
    newsroom.write({".adpim": "milik orang"})
    with pytest.raises(OutputError):
        newsroom.build()
    assert (newsroom.root / ".adpim").read_text(encoding="utf-8") == "milik orang"


@pytest.mark.parametrize("name", ["berkas/situs", "x" * 300], ids=["below-a-file", "too-long"])
def test_an_output_that_cannot_be_is_a_problem(newsroom: Newsroom, name: str) -> None:
    """An output folder below a file, or with a name too long for the disk, is an error in words."""
    newsroom.write({"berkas": "milik orang"})
    with pytest.raises(NewsroomError):
        newsroom.build(output=newsroom.root / name)


def _plain(folder: Path) -> Path:
    return folder


def _linked(folder: Path) -> Path:
    link = folder.parent / "pintas"
    link.symlink_to(folder)
    return link


def _dangling(folder: Path) -> Path:
    link = folder.parent / "pintas"
    link.symlink_to(folder / "belum-ada")
    return link


REFUSED: dict[str, Callable[[Path], Path]] = {
    "root": lambda above: above / "situs",
    "root-dotted": lambda above: above / "situs/content/..",
    "content": lambda above: above / "situs/content",
    "below-content": lambda above: above / "situs/content/berita/keluaran",
    "templates": lambda above: above / "situs/templates",
    "work-folder": lambda above: above / "situs/.adpim",
    "git": lambda above: above / "situs/.git/x",
    "parent": lambda above: above,
    "slash": lambda _: Path("/"),
    "here": lambda _: Path(),
    "dot": lambda _: Path("./"),
    "above-here": lambda _: Path(".."),
    "home": lambda above: above / "rumah",
    "above-home": lambda above: above / "rumah/..",
    "full": lambda above: above / "penuh",
    "hidden": lambda above: above / "tersembunyi",
    "file": lambda above: above / "penuh/milik.txt",
    "link-to-full": lambda above: _linked(above / "penuh"),
    "link-to-empty": lambda above: _linked(above / "kosong"),
    "link-to-nothing": lambda above: _dangling(above / "kosong"),
}


@pytest.mark.parametrize("choose", REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_output_folder_is_refused_and_nothing_removed(
    newsroom: Newsroom,
    choose: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An output folder that holds anything of somebody else's is refused with exit 2, and not a byte changes."""
    above = newsroom.root.parent
    newsroom.release("a.md", release("A"))
    newsroom.write({"../penuh/milik.txt": "milik", "../rumah/surat.txt": "milik", "../sini/milik.txt": "milik"})
    newsroom.write({"../tersembunyi/.htaccess": "milik", "templates/static/x.css": "a{}", ".git/HEAD": "x"})
    (above / "kosong").mkdir()
    monkeypatch.chdir(above / "sini")
    monkeypatch.setenv("HOME", str(above / "rumah"))
    monkeypatch.setenv("USERPROFILE", str(above / "rumah"))
    monkeypatch.setenv("ADPIM_LANG", "en")
    folder = choose(above)
    before = {path: path.read_bytes() for path in above.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit) as stopped:
        main(["--root", str(newsroom.root), "build", "--output", str(folder)])
    said = capsys.readouterr().err
    assert stopped.value.code == 2, said
    assert "--output" in said
    after = {path: path.read_bytes() for path in above.rglob("*") if path.is_file()}
    assert {p: d for p, d in after.items() if ".adpim" not in p.parts} == before


def test_an_output_that_is_a_link_out_is_refused(newsroom: Newsroom) -> None:
    """output/ itself, where it is a link to another folder, is refused; that folder is untouched."""
    outside = newsroom.root.parent / "luar"
    outside.mkdir()
    (newsroom.root / "output").symlink_to(outside)
    with pytest.raises(UsageError):
        newsroom.build()
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", ["baru", "baru/di/dalam", "kosong"])
def test_a_new_or_empty_output_folder_is_taken(newsroom: Newsroom, name: str) -> None:
    """A folder that does not exist yet, or is empty, is taken, and taken again at the next build."""
    folder = newsroom.root.parent / name
    (newsroom.root.parent / "kosong").mkdir()
    newsroom.build(output=folder)
    assert (folder / "index.html").is_file()
    assert newsroom.build(output=folder).changes.added == ()


@pytest.mark.parametrize("sign", ["[", "![", "[a]("])
def test_brackets_by_the_thousand_are_refused(newsroom: Newsroom, sign: str) -> None:
    """A paragraph of brackets, which would keep Python-Markdown busy for minutes, is refused at once."""
    newsroom.release("a.md", release(body=sign * 5000))
    (problem,) = newsroom.problems()
    assert "square brackets" in problem.what.msgid


def test_a_file_with_a_name_of_ours_is_not_ours(newsroom: Newsroom) -> None:
    """In a folder that somebody made anew under the old name, files are neither written over nor removed."""
    newsroom.write({"content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\nIsi.\n"})
    newsroom.build()
    shutil.rmtree(newsroom.root / "output")
    newsroom.write({"output/tentang/index.html": "milik orang", "output/berharga.txt": "x"})
    with pytest.raises(UsageError):
        newsroom.build()
    (newsroom.root / "content/halaman/tentang.md").unlink()
    with pytest.raises(UsageError):
        newsroom.build()
    assert newsroom.files() == {"tentang/index.html": b"milik orang", "berharga.txt": b"x"}
