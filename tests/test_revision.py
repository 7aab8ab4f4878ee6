"""What the preview stands on: one Output found by its file, and a Library that follows an edit, as if made anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.assets import Asset, find_assets, template_folders
from generator.clock import View
from generator.library import Library
from generator.page_manuscript import parse_page
from generator.photo import About, Photo, Picture
from generator.plan import find, plan
from generator.revision import revise
from tests.newsroom import NOW, at, read, release, site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.article import Article

NO_PICTURES: Mapping[str, tuple[Picture, ...]] = {}


def articles(texts: dict[str, str]) -> list[Article]:
    """Read releases by the name of their file."""
    return [read(text, f"content/berita/{name}.md").article for name, text in texts.items()]


def archive(count: int) -> list[Article]:
    """Return releases enough for numbered pages of topics, months and days, and with topics of many letters."""
    texts = {}
    for n in range(count):
        day = f"2026-{1 + n % 3:02}-{1 + n % 2:02} {n % 24:02}:{n % 60:02}"
        keys = {"tags": f"[Air, T{n % 5}, U{n}, {n} V]", "aliases": f"[/lama/{n}.html, /2019/05/judul-{n}/]"}
        keys |= {"corrections": "[{date: 2026-04-01, note: CONTOH}]"} if n % 4 == 0 else {}
        keys |= {"withdrawn": "Keliru."} if n % 17 == 3 else {}
        texts[f"r{n}"] = release(f"CONTOH {n}", day, **keys)
    return articles(texts)


def the_library(
    chosen: list[Article], view: View, pictures: Mapping[str, tuple[Picture, ...]] = NO_PICTURES
) -> Library:
    """Return the Library of some Articles and two standing pages, one of them a draft."""
    pages = [
        parse_page(f"---\ntitle: {name}\n{more}---\n\nIsi.\n".encode(), f"content/halaman/{name}.md", site()).page
        for name, more in (("tentang", ""), ("2010", ""), ("static", ""), ("kontak", "draft: true\n"))
    ]
    return Library(site(), chosen, pages, view, pictures)


def some_assets(root: Path) -> tuple[Asset, ...]:
    """Return the static files that ship."""
    return find_assets(template_folders(root))


@pytest.mark.parametrize("staff", [False, True])
def test_every_output_is_found_by_its_file(tmp_path: Path, staff: bool) -> None:
    """Whatever is planned is found alone, with the same inputs."""
    chosen = archive(130)
    photo = Photo("/2026/01/contoh-0/a", "00000000", 1, 1, "#000000", "", "", "")
    pictures = {
        chosen[0].source: (
            Picture(photo, "content/berita/a.jpg", b"-", inline=False, place="/a.jpg", about=About("", "", "", "")),
        )
    }
    library = the_library(chosen, View(at(NOW), staff), pictures)
    assets = some_assets(tmp_path)
    outputs = list(plan(library, assets))
    assert len(outputs) > 400
    assert [find(library, assets, output.file) for output in outputs] == outputs


@pytest.mark.parametrize(
    "file",
    [
        "2026/01/tidak-ada/index.html",
        "2026/13/index.html",
        "2026/01/31/index.html",
        "1999/index.html",
        "1999/01/index.html",
        "0000/00/index.html",
        "2026",
        "2026/01/halaman/99/index.html",
        "topik",
        "topik/tidak-ada/index.html",
        "static/none.css",
        "kontak/index.html",
        "sitemap-2001-01.xml",
        "",
        "index.htm",
    ],
)
def test_what_is_not_planned_is_not_found(tmp_path: Path, file: str) -> None:
    """A file that no build would make is none for the preview either."""
    assert find(the_library(archive(60), View(at(NOW))), some_assets(tmp_path), file) is None


def test_staff_see_what_readers_do_not() -> None:
    """Drafts, embargoed and expired releases and draft pages are in the staff's Library as if they were public."""
    chosen = articles(
        {
            "draf": release("Draf", draft="true"),
            "embargo": release("Embargo", publish_at="2027-01-01"),
            "lewat": release("Lewat", expires="2026-11-02"),
            "tarik": release("Tarik", withdrawn="Keliru."),
            "umum": release("Umum"),
        }
    )
    readers, staff = the_library(chosen, View(at(NOW))), the_library(chosen, View(at(NOW), staff=True))
    assert [r.card.title for r in readers.releases] == ["Umum"]
    assert [r.card.title for r in staff.releases] == ["Draf", "Lewat", "Umum", "Embargo"]
    assert [r.card.title for r in staff.withdrawn] == ["Tarik"]
    assert [p.url for p in readers.pages] == ["/2010/", "/static/", "/tentang/"]
    assert [p.url for p in staff.pages] == ["/2010/", "/kontak/", "/static/", "/tentang/"]


texts = st.builds(
    lambda title, day, keys: release(title, f"2026-11-{day:02}", **keys),
    st.sampled_from(["Satu", "Dua", "Tiga"]),
    st.integers(1, 28),
    st.fixed_dictionaries(
        {},
        optional={
            "tags": st.sampled_from(["[Air]", "[AIR, Lahan]", "[Lahan, Sungai]", "[Hutan]"]),
            "draft": st.just("true"),
            "withdrawn": st.just("Keliru."),
            "publish_at": st.sampled_from(["2026-11-30", "2026-11-03"]),
        },
    ),
)
newsrooms = st.dictionaries(st.sampled_from("abcdefgh"), texts, max_size=8)


@settings(max_examples=300, deadline=None)
@given(newsrooms, newsrooms, st.booleans())
def test_a_revised_library_is_one_made_anew(before: dict[str, str], edits: dict[str, str], staff: bool) -> None:
    """After any edits, what is planned from the revised Library is what is planned from a new one."""
    view = View(at(NOW) + timedelta(days=1), staff)
    old = dict(zip(before, articles(before), strict=True))
    new = dict(zip(edits, articles(edits), strict=True))
    gone = [old[name] for name in edits if name in old]
    revised = revise(the_library(list(old.values()), view), gone, list(new.values()), NO_PICTURES)
    afresh = the_library(list((old | new).values()), view)
    if revised is not None:
        assert by_file(revised) == by_file(afresh)
        assert revised.uses == afresh.uses


def by_file(library: Library) -> dict[str, object]:
    """Return what is planned, by file."""
    return {output.file: output for output in plan(library, ())}


def test_an_edit_alone_is_followed() -> None:
    """The usual edits, of a text, of tags, a new and a deleted release, need no new Library."""
    chosen = archive(60)
    library = the_library(chosen, View(at(NOW)))
    edited = read(release("CONTOH 5 baru", "2026-02-02", tags="[Air, Baru]"), chosen[5].source).article
    added = read(release("CONTOH 99", "2026-02-20", tags="[Air, T1]"), "content/berita/r99.md").article
    revised = revise(library, [chosen[5], chosen[6]], [edited, added], NO_PICTURES)
    assert revised is not None
    afresh = the_library([*chosen[:5], *chosen[7:], edited, added], View(at(NOW)))
    assert by_file(revised) == by_file(afresh)
    assert by_file(library) == by_file(the_library(chosen, View(at(NOW)))), "the Library before the edit is as it was"


def test_a_topic_of_two_spellings_asks_for_a_new_library() -> None:
    """Where one more use may decide the name that all its releases show, the Library is not revised."""
    chosen = articles({"a": release("A", tags="[Air]"), "b": release("B", tags="[AIR]")})
    another = read(release("C", tags="[AIR]"), "content/berita/c.md").article
    assert revise(the_library(chosen, View(at(NOW))), [], [another], NO_PICTURES) is None


def test_a_text_is_followed_whatever_its_topics_are_called() -> None:
    """An edit that leaves a release where it stands decides no name, so the Library is revised."""
    chosen = articles({"a": release("A", tags="[Air]"), "b": release("B", tags="[AIR]")})
    edited = read(release("B", body="Lain.", summary="Lain.", tags="[AIR]"), chosen[1].source).article
    revised = revise(the_library(chosen, View(at(NOW))), [chosen[1]], [edited], NO_PICTURES)
    assert revised is not None
    assert by_file(revised) == by_file(the_library([chosen[0], edited], View(at(NOW))))


def test_two_at_one_address_ask_for_a_new_library() -> None:
    """A second release at an address is not put beside the first, nor taken from beside it."""
    chosen = articles({"a": release("A"), "b": release("B")})
    twin = read(release("A"), "content/berita/c.md").article
    view = View(at(NOW))
    assert revise(the_library(chosen, view), [], [twin], NO_PICTURES) is None
    assert revise(the_library([*chosen, twin], view), [twin], [], NO_PICTURES) is None
