"""One edit at a time: what a build makes of it is what a build from nothing makes.

These are the edits whose traces are easily missed; tests/test_incremental.py plays with all others.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from generator.intake.demo import TAGS, write_demo
from generator.plan.lists import LEAST, PAGE_SIZE
from tests.newsroom import NOW, SITE, Newsroom, png, release

if TYPE_CHECKING:
    from collections.abc import Mapping

BERITA, HALAMAN, FOTO, OWN = "content/berita", "content/halaman", "content/foto", "templates"


class Edit(NamedTuple):
    """Files before, and what becomes of them: other bytes, or None where they are deleted."""

    before: Mapping[str, str | bytes]
    after: Mapping[str, str | bytes | None]
    now: str = NOW


def own_page(inside: str) -> str:
    """Return a template for standing pages that holds ``inside``."""
    return '{% extends "base.html" %}{% block content %}{{ page.html }}[' + inside + "]{% endblock %}"


def many(count: int, **keys: str) -> dict[str, str | bytes]:
    """Return ``count`` releases of one day."""
    return {f"{BERITA}/r{n:02}.md": release(f"CONTOH {n:02}", **keys) for n in range(count)}


def rest(count: int, **keys: str) -> dict[str, str | bytes | None]:
    """Return what deletes all but the first ``count`` of 41 releases."""
    return {name: None for number, name in enumerate(many(41, **keys)) if number >= count}


A, B, C = (f"{BERITA}/{name}.md" for name in "abc")
RALAT = "[{date: 2026-11-02, note: CONTOH}]"
FIRST = PAGE_SIZE + LEAST
"""Releases that fill the first numbered page of a list."""
STANDING = {f"{HALAMAN}/tentang.md": "---\ntitle: Tentang\n---\n\nIsi.\n"}

EDITS = {
    "a topic is renamed by majority": Edit(
        {A: release("A", tags="[Air]"), B: release("B", "2026-11-02", tags="[Air, Lain]")},
        {B: release("B", "2026-11-02", tags="[AIR, Lain]"), C: release("C", "2026-11-03", tags="[AIR]")},
    ),
    "a topic is renamed as the majority goes": Edit(
        {A: release("A", tags="[Air]"), B: release("B", "2026-11-02", tags="[AIR]"), C: release("C", tags="[AIR]")},
        {C: None},
    ),
    "a topic loses its last release": Edit({A: release("A", tags="[Air]"), B: release("B")}, {A: release("A")}),
    "a topic's last release is withdrawn": Edit(
        {A: release("A", tags="[Air]"), B: release("B", tags="[Lain]")},
        {A: release("A", tags="[Air]", withdrawn="CONTOH")},
    ),
    "a withdrawn release comes back": Edit({A: release("A", tags="[Air]", withdrawn="CONTOH")}, {A: release("A")}),
    "the first release of a day, month and year comes": Edit({A: release("A")}, {B: release("B", "2025-12-31")}),
    "the last release of a day, month and year goes": Edit(
        {A: release("A"), B: release("B", "2025-12-31", tags="[Air]", aliases="[/lama/]")}, {B: None}
    ),
    "the last release goes": Edit({A: release("A", tags="[Air]", corrections=RALAT)}, {A: None}),
    "a numbered page comes": Edit(
        many(FIRST - 1, tags="[Air]", corrections=RALAT),
        {f"{BERITA}/z.md": release("CONTOH z", tags="[Air]", corrections=RALAT)},
    ),
    "a numbered page goes": Edit(many(41, tags="[Air]", corrections=RALAT), rest(FIRST - 1)),
    "a full page comes before another": Edit(
        many(41, tags="[Air]"), {f"{BERITA}/z{n}.md": release(f"CONTOH z{n}", tags="[Air]") for n in range(20)}
    ),
    "the oldest release goes and all pages shift": Edit(many(41, tags="[Air]"), {f"{BERITA}/r00.md": None}),
    "two releases swap their addresses": Edit(
        {A: release("A", slug="satu"), B: release("B", slug="dua")},
        {A: release("A", slug="dua"), B: release("B", slug="satu")},
    ),
    "an alias goes from one release to another": Edit(
        {A: release("A", aliases="[/lama/]"), B: release("B")}, {A: release("A"), B: release("B", aliases="[/lama/]")}
    ),
    "an alias becomes a page": Edit(
        {A: release("A", aliases="[/lama/]")}, {A: release("A"), f"{HALAMAN}/lama.md": "---\ntitle: L\n---\n\nIsi.\n"}
    ),
    "an alias becomes a folder": Edit(
        {A: release("A", aliases="[/lama.html]")}, {A: release("A", aliases="[/lama.html/x/, /lama.html/y.html]")}
    ),
    "an alias becomes a file": Edit(
        {A: release("A", aliases="[/lama.html/x/, /lama.html/y.html]")}, {A: release("A", aliases="[/lama.html]")}
    ),
    "a release changes case in an alias": Edit(
        {A: release("A", aliases="[/Lama/]")}, {A: release("A", aliases="[/lama/]")}
    ),
    "a release moves to another month": Edit(
        {A: release("A", photo="a.png"), f"{FOTO}/a.png": png()}, {A: release("A", "2026-10-31", photo="a.png")}
    ),
    "only the time of day changes": Edit(
        {A: release("A", "2026-11-01 09:00"), B: release("B", "2026-11-01 10:00")},
        {A: release("A", "2026-11-01 11:00")},
    ),
    "a date gets a time": Edit({A: release("A", "2026-11-01")}, {A: release("A", "2026-11-01 00:00")}),
    "an embargo ends by the clock": Edit(
        {A: release("A", publish_at="2026-11-24 11:00", tags="[Air]"), B: release("B")}, {}, "2026-11-24 11:00"
    ),
    "a release leaves the news sitemap": Edit({A: release("A", "2026-11-23"), B: release("B")}, {}, "2026-11-25 00:00"),
    "the clock goes back": Edit({A: release("A", "2026-11-20"), B: release("B")}, {}, "2026-11-10"),
    "a picture is replaced by one of the same size": Edit(
        {A: release("A", photo="a.png"), f"{FOTO}/a.png": png()}, {f"{FOTO}/a.png": png(grey=1)}
    ),
    "a picture is replaced by a wider one": Edit(
        {A: release("A", tags="[Air]", photo="a.png"), f"{FOTO}/a.png": png()}, {f"{FOTO}/a.png": png(width=9)}
    ),
    "a picture nearer to the release is found first": Edit(
        {A: release("A", photo="a.png"), f"{FOTO}/a.png": png()}, {f"{BERITA}/a.png": png(grey=1)}
    ),
    "a picture in the text goes": Edit(
        {A: release("A", body="![a](a.png)"), f"{FOTO}/a.png": png()}, {A: release("A"), f"{FOTO}/a.png": None}
    ),
    "a template is overridden": Edit(STANDING, {f"{OWN}/page.html": own_page("A")}),
    "a template is overridden no more": Edit(
        {**STANDING, f"{OWN}/page.html": own_page("A")}, {f"{OWN}/page.html": None}
    ),
    "a partial far below changes": Edit(
        {
            **STANDING,
            f"{OWN}/page.html": own_page('{% import "partials/a.html" as a %}{{ a.m() }}'),
            f"{OWN}/partials/a.html": '{% macro m() %}{% include "partials/b.html" %}{% endmacro %}',
            f"{OWN}/partials/b.html": "satu",
        },
        {f"{OWN}/partials/b.html": "dua"},
    ),
    "a template with a name that is made": Edit(
        {
            **STANDING,
            f"{OWN}/page.html": own_page('{% set n = "a" %}{% include "partials/" ~ n ~ ".html" %}'),
            f"{OWN}/partials/a.html": "satu",
        },
        {f"{OWN}/partials/a.html": "dua"},
    ),
    "a template of another kind with a name that is made": Edit(
        {
            **STANDING,
            f"{OWN}/page.html": own_page('{% set n = "a" %}{% include "partials/" ~ n ~ ".json" %}'),
            f"{OWN}/partials/a.json": "1",
        },
        {f"{OWN}/partials/a.json": "2"},
    ),
    "a drawing that a template includes with a name that is made": Edit(
        {
            **STANDING,
            f"{OWN}/page.html": own_page('{% set n = "a" %}{% include "partials/" ~ n ~ ".svg" %}'),
            f"{OWN}/partials/a.svg": "<svg/>",
        },
        {f"{OWN}/partials/a.svg": "<svg></svg>"},
    ),
    "what a macro makes once is asked for with what looks equal": Edit(
        {
            **{f"{HALAMAN}/{name}.md": f"---\ntitle: {name} & 1\n---\n\nIsi.\n" for name in "ab"},
            f"{OWN}/page.html": own_page(
                '{% import "partials/m.html" as m %}'
                '{% if page.url == "/a/" %}{{ once(m.m, "<i>") }}{{ once(m.m, 1) }}{{ once(m.m, "<b>"|safe) }}'
                '{% else %}{{ once(m.m, "<i>"|safe) }}{{ once(m.m, true) }}{{ once(m.m, "<b>") }}{% endif %}'
            ),
            f"{OWN}/partials/m.html": "{% macro m(x) %}{{ x }}{% endmacro %}",
        },
        {f"{HALAMAN}/b.md": "---\ntitle: b & 2\n---\n\nIsi.\n"},
    ),
    "a template that may be missing comes": Edit(
        {**STANDING, f"{OWN}/page.html": own_page('{% include "partials/a.html" ignore missing %}')},
        {f"{OWN}/partials/a.html": "satu"},
    ),
    "a template that may be missing goes": Edit(
        {
            **STANDING,
            f"{OWN}/page.html": own_page('{% include "partials/a.html" ignore missing %}'),
            f"{OWN}/partials/a.html": "satu",
        },
        {f"{OWN}/partials/a.html": None},
    ),
    "the first of several templates comes": Edit(
        {
            **STANDING,
            f"{OWN}/page.html": own_page('{% include ["partials/a.html", "partials/b.html"] %}'),
            f"{OWN}/partials/b.html": "dua",
        },
        {f"{OWN}/partials/a.html": "satu"},
    ),
    "a static file changes": Edit(STANDING, {f"{OWN}/static/style.css": "a{}"}),
    "a static file that a template names changes": Edit(
        {**STANDING, f"{OWN}/page.html": own_page('{{ static("a.css") }}'), f"{OWN}/static/a.css": "a{}"},
        {f"{OWN}/static/a.css": "b{}"},
    ),
    "a static file goes": Edit({**STANDING, f"{OWN}/static/a.css": "a{}"}, {f"{OWN}/static/a.css": None}),
    **{
        f"a static file that a template names by {how}": Edit(
            {**STANDING, f"{OWN}/page.html": own_page(text), f"{OWN}/static/a.css": "a{}"},
            {f"{OWN}/static/a.css": "b{}"},
        )
        for how, text in {
            "a variable": '{% set n = "a.css" %}{{ static(n) }}',
            "a sum": '{{ static("a" ~ ".css") }}',
            "a keyword": '{{ static(name="a.css") }}',
            "another name of the function": '{% set s = static %}{{ s("a.css") }}',
            "a filter": '{{ ["a.css"]|map("upper")|list and static(["a.css"]|first) }}',
            "a macro": '{% macro m(f) %}{{ f("a.css") }}{% endmacro %}{{ m(static) }}',
            "a macro's argument": '{% macro m(n) %}{{ static(n) }}{% endmacro %}{{ m("a.css") }}',
        }.items()
    },
    "the language changes": Edit({A: release("A", tags="[Air]")}, {"content/site.toml": SITE + 'language = "en"\n'}),
    "the time zone changes": Edit(
        {A: release("A", "2026-11-01 23:30 WIB")}, {"content/site.toml": SITE + 'timezone = "Asia/Jayapura"\n'}
    ),
    "the site moves below a path": Edit(
        {A: release("A", body="[x](/b/)")}, {"content/site.toml": SITE.replace("example", "example/situs")}
    ),
    "the office has another name": Edit(
        {A: release("A", place="Kota CONTOH")}, {"content/site.toml": SITE.replace("Biro CONTOH", "Kantor COBA")}
    ),
    "a comment in site.toml changes": Edit({A: release("A")}, {"content/site.toml": SITE + "# catatan\n"}),
    "a page becomes a draft": Edit(STANDING, {f"{HALAMAN}/tentang.md": "---\ntitle: T\ndraft: true\n---\n\nIsi.\n"}),
    "a folder of releases is renamed": Edit(
        {f"{BERITA}/x/a.md": release("A"), f"{BERITA}/x/b.md": release("B")},
        {f"{BERITA}/x/a.md": None, f"{BERITA}/x/b.md": None, f"{BERITA}/y/a.md": release("A")},
    ),
}


def apply(room: Newsroom, files: Mapping[str, str | bytes | None]) -> None:
    """Write or delete ``files``."""
    room.write({name: text for name, text in files.items() if text is not None})
    for name, text in files.items():
        if text is None:
            (room.root / name).unlink()


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_gives_what_a_clean_build_gives(newsroom: Newsroom, name: str) -> None:
    """After the edit, and after it is undone, output/ is that of a build from nothing."""
    edit = EDITS[name]
    newsroom.write(edit.before)
    newsroom.build()
    before = newsroom.files()
    apply(newsroom, edit.after)
    newsroom.build(edit.now)
    after = newsroom.files()
    assert after == clean(newsroom, edit.now)
    apply(newsroom, {name: None for name, text in edit.after.items() if text is not None})
    newsroom.write({"content/site.toml": SITE})
    newsroom.write(edit.before)
    newsroom.build()
    assert newsroom.files() == before


@pytest.mark.parametrize("name", ["a numbered page comes", "a numbered page goes"])
def test_an_edit_of_a_numbered_page_is_one(newsroom: Newsroom, name: str) -> None:
    """By an edit that is named for it a numbered page comes or goes, however many releases it takes to fill one."""
    edit, numbered = EDITS[name], "topik/air/halaman/1/index.html"
    newsroom.write(edit.before)
    newsroom.build()
    before = newsroom.files()
    apply(newsroom, edit.after)
    newsroom.build()
    assert (numbered in before) != (numbered in newsroom.files())


def clean(room: Newsroom, now: str) -> dict[str, bytes]:
    """Return what a copy of the sources gives elsewhere."""
    twin = Newsroom(room.root.with_name("lain"))
    for folder in ("content", "templates"):
        if (room.root / folder).is_dir():
            shutil.copytree(room.root / folder, twin.root / folder, dirs_exist_ok=True)
    twin.build(now)
    files = twin.files()
    shutil.rmtree(twin.root)
    return files


@pytest.mark.slow
def test_one_more_release_changes_few_files(newsroom: Newsroom) -> None:
    """In an archive of 2,000 releases one more with four tags changes at most 30 files."""
    shutil.rmtree(newsroom.root)
    write_demo(newsroom.root, 2_000)
    newsroom.build()
    tags = f"[{', '.join(TAGS[:4])}]"
    newsroom.release("2026/11/baru.md", release("CONTOH baru", "2026-11-24 09:00", tags=tags))
    changes = newsroom.build().changes
    assert len(changes.added) + len(changes.changed) + len(changes.removed) <= 30
