"""Nobody reads what is not public, nothing is held back that is, and a failed build changes nothing."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from generator.clock import state
from generator.errors import ContentError, NewsroomError, OutputError
from generator.output import MANIFEST
from tests.newsroom import Newsroom, at, png, read, refusals, release

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = "2026-11-24 10:00"
ZONE = ZoneInfo("Asia/Pontianak")
PLACES = (
    "judul",
    "isi",
    "topik",
    "ringkasan",
    "keterangan",
    "alias",
    "foto",
    "alamat",
    "koreksi",
    "tempat",
    "kredit",
    "teksalt",
    "penarikan",
    "fotoisi",
    "berkas",
)


def marked(token: str, **keys: str) -> str:
    """A release with a word of its own, which begins with ``token``, in every place that takes a text."""
    word = {place: f"{token}{place}" for place in PLACES}
    return release(
        f"Judul {word['judul']}",
        keys.pop("date", "2026-11-20"),
        f"Isi {word['isi']}.\n\n![Foto {word['teksalt']}2]({word['fotoisi']}.png)\n\n[tautan](/{word['isi']}tautan/)",
        tags=f"[Umum, Topik {word['topik']}]",
        summary=f"Ringkasan {word['ringkasan']}",
        place=f"Kota {word['tempat']}",
        credits=f"[{word['kredit']}]",
        slug=word["alamat"],
        aliases=f"[/lama/{word['alias']}.html]",
        photos=f"[{{file: {word['foto']}.png, caption: {word['keterangan']}, alt: {word['teksalt']}}}]",
        corrections=f"[{{date: 2026-11-21, note: {word['koreksi']}}}]",
        updated="2026-11-22",
        **keys,
    )


def plant(newsroom: Newsroom, token: str, **keys: str) -> None:
    """Write a marked release and its pictures."""
    newsroom.release(f"{token}berkas.md", marked(token, **keys))
    newsroom.write({f"content/foto/{token}{place}.png": png() for place in ("foto", "fotoisi")})


def places_of(newsroom: Newsroom, token: str) -> list[str]:
    """Every file below output/ whose name or bytes hold ``token``, whatever its case."""
    output = newsroom.root / "output"
    mark = token.lower().encode()
    return [
        path.relative_to(output).as_posix()
        for path in sorted(output.rglob("*"))
        if mark in path.relative_to(output).as_posix().lower().encode()
        or (path.is_file() and mark in path.read_bytes().lower())
    ]


HIDDEN = {
    "konsepq": {"draft": "true"},
    "konsepya": {"draft": "ya"},
    "embargoq": {"publish_at": "2026-11-24 10:01"},
    "esokq": {"date": "2026-11-25"},
    "nantiq": {"date": "2026-11-24 10:01"},
    "usangq": {"expires": "2026-11-23"},
    "habisq": {"expires": "2026-11-24 10:00"},
    "konseptarikq": {"draft": "true", "withdrawn": "konseptarikqpenarikan"},
    "tariknantiq": {"publish_at": "2027-01-01", "withdrawn": "tariknantiqpenarikan"},
    "usangtarikq": {"expires": "2026-11-23", "withdrawn": "usangtarikqpenarikan"},
}


def test_what_is_not_public_is_nowhere_in_the_site(newsroom: Newsroom) -> None:
    """No byte and no file name of output/ holds a word of a draft, an embargoed or an expired release."""
    for token, keys in HIDDEN.items():
        plant(newsroom, token, **keys)
    plant(newsroom, "terbuka")
    newsroom.release("z.md", release("Sesudahnya", "2026-11-24", tags="[Umum]"))
    newsroom.write({"content/halaman/k.md": "---\ntitle: Halaman konsepq\ndraft: true\n---\n\nkonsepq\n"})
    assert newsroom.build(NOW).releases == 2
    assert {token: places_of(newsroom, token) for token in HIDDEN} == {token: [] for token in HIDDEN}
    seen = b"\n".join([*newsroom.files().values(), *(name.encode() for name in newsroom.files())])
    # The search would find them: of a public release every word but the two that never leave the file is there.
    assert [p for p in PLACES if f"terbuka{p}".encode() not in seen] == ["penarikan", "berkas"]


@pytest.mark.parametrize(
    "keys",
    [{"draft": "true"}, {"publish_at": "2026-11-30"}, {"expires": "2026-11-22"}, {"date": "2026-11-30"}],
    ids=["draft", "embargo", "expired", "future"],
)
def test_a_release_that_is_hidden_again_loses_its_files(newsroom: Newsroom, keys: dict[str, str]) -> None:
    """A release that becomes a draft, is embargoed or expires leaves nothing behind at the next build."""
    newsroom.release("a.md", release("Tetap", tags="[Umum]"))
    newsroom.build(NOW)
    before = newsroom.files()
    plant(newsroom, "gantiq")
    newsroom.build(NOW)
    assert len(places_of(newsroom, "gantiq")) > 10
    plant(newsroom, "gantiq", **keys)
    report = newsroom.build(NOW)
    assert report.changes.removed
    assert places_of(newsroom, "gantiq") == []
    assert newsroom.files() == before
    assert not (newsroom.root / "output/2026/11/gantiqalamat").exists()


def test_a_release_expires_by_the_clock_alone(newsroom: Newsroom) -> None:
    """A release that nobody touches is gone from every file at the first build after its time."""
    newsroom.release("a.md", release("Tetap"))
    plant(newsroom, "waktuq", expires="2026-11-24 12:00")
    newsroom.build("2026-11-24 11:59")
    assert places_of(newsroom, "waktuq")
    newsroom.build("2026-11-24 12:00")
    assert places_of(newsroom, "waktuq") == []


def test_a_deleted_release_loses_its_files(newsroom: Newsroom) -> None:
    """A release whose file is deleted leaves nothing behind at the next build."""
    newsroom.release("a.md", release("Tetap"))
    plant(newsroom, "hapusq")
    newsroom.build(NOW)
    (newsroom.root / "content/berita/hapusqberkas.md").unlink()
    newsroom.build(NOW)
    assert places_of(newsroom, "hapusq") == []


def test_a_draft_value_that_cannot_be_read_publishes_nothing() -> None:
    """A draft key whose value is neither yes nor no stops the build."""
    (problem,) = refusals(release(draft="mungkin"))
    assert (problem.line, problem.text) == (4, "draft: mungkin")


@pytest.mark.parametrize("key", ["draf", "Draft", "konsep", "DRAFT", "drfat"])
def test_a_misspelt_draft_key_publishes_nothing(key: str) -> None:
    """A draft key that is spelt wrong stops the build and is not passed over."""
    assert [p.line for p in refusals(release(**{key: "true"}))] == [4]


# Topics


def test_a_topic_of_hidden_releases_only_has_no_page(newsroom: Newsroom) -> None:
    """A topic that only drafts, embargoed, expired or withdrawn releases use has no page, feed, count or link."""
    newsroom.release("a.md", release("A", tags="[Umum]"))
    for number, keys in enumerate(
        ({"draft": "true"}, {"publish_at": "2027-01-01"}, {"expires": "2026-11-02"}, {"withdrawn": "Keliru."})
    ):
        newsroom.release(f"h{number}.md", release(f"H{number}", tags="[Rahasiaq]", **keys))
    assert newsroom.build(NOW).topics == 1
    assert places_of(newsroom, "rahasiaq") == []


def test_hidden_releases_do_not_choose_how_a_topic_is_written(newsroom: Newsroom) -> None:
    """A topic has the form that most public releases use, however many hidden ones write it otherwise."""
    newsroom.release("a.md", release("A", tags="[Gotong Royong]"))
    for number in range(3):
        newsroom.release(f"d{number}.md", release(f"D{number}", tags="[GOTONG-ROYONG]", draft="true"))
        newsroom.release(f"e{number}.md", release(f"E{number}", tags="[GOTONG-ROYONG]", publish_at="2027-01-01"))
        newsroom.release(f"x{number}.md", release(f"X{number}", tags="[GOTONG-ROYONG]", expires="2026-11-02"))
    newsroom.build(NOW)
    assert "<h1>Gotong Royong</h1>" in newsroom.text("topik/gotong-royong/index.html")
    assert places_of(newsroom, "GOTONG-ROYONG</") == []


# One clock


def published(newsroom: Newsroom, now: str) -> bool:
    """Whether a build at ``now`` publishes the one release there is."""
    return newsroom.build(now).releases == 1


@pytest.mark.parametrize("now", ["2026-11-24 00:00", "2026-11-24 00:30", "2026-11-23 17:30Z"])
def test_a_release_dated_today_is_not_held_back_by_utc(newsroom: Newsroom, now: str) -> None:
    """Just after midnight in WIB, when UTC still has yesterday, a release of today is public."""
    newsroom.release("a.md", release(date="2026-11-24"))
    assert published(newsroom, now)
    assert "2026/11/24/index.html" in newsroom.files()


@pytest.mark.parametrize(
    ("keys", "before", "public"),
    [
        pytest.param({"date": "2026-11-24"}, "2026-11-23 23:59:59", "2026-11-24 00:00", id="date"),
        pytest.param({"date": "2026-11-24 08:30"}, "2026-11-24 08:29:59", "2026-11-24 08:30", id="date-with-time"),
        pytest.param({"publish_at": "2026-11-24 08:30"}, "2026-11-24 08:29:59", "2026-11-24 08:30", id="publish_at"),
        pytest.param({"publish_at": "2026-11-24"}, "2026-11-23 23:59:59", "2026-11-24 00:00", id="publish_at-day"),
        pytest.param(
            {"date": "2026-11-25", "publish_at": "2026-11-24"},
            "2026-11-24 23:59",
            "2026-11-25 00:00",
            id="later-counts",
        ),
        pytest.param({"publish_at": "2026-11-24 08:30 WITA"}, "2026-11-24 07:29", "2026-11-24 07:30", id="wita"),
        pytest.param({"publish_at": "2026-11-24T01:30Z"}, "2026-11-24 08:29", "2026-11-24 08:30", id="utc"),
        pytest.param({"publish_at": "2026-11-24 08:30+09:00"}, "2026-11-24 06:29", "2026-11-24 06:30", id="offset"),
        pytest.param({"publish_at": "2026-11-24 08.30"}, "2026-11-24 08:29", "2026-11-24 08:30", id="dot"),
    ],
)
def test_a_release_is_public_from_its_very_moment(keys: dict[str, str], before: str, public: str) -> None:
    """At the moment of its date or publish_at a release is public, a moment earlier it is not; no zone means WIB."""
    article = read(release(**keys)).article
    assert (state(article, at(before)), state(article, at(public))) == ("embargo", "public")


@pytest.mark.parametrize(
    ("expires", "last", "gone"),
    [
        pytest.param("2026-11-24 12:00", "2026-11-24 11:59:59", "2026-11-24 12:00", id="time"),
        pytest.param("2026-11-24", "2026-11-24 23:59:59", "2026-11-25 00:00", id="day"),
        pytest.param("2026-11-24 12:00Z", "2026-11-24 18:59", "2026-11-24 19:00", id="utc"),
    ],
)
def test_a_release_expires_at_its_very_moment(expires: str, last: str, gone: str) -> None:
    """A release is gone from the moment of ``expires``; where that is only a date, from the end of that day."""
    article = read(release(expires=expires)).article
    assert (state(article, at(last)), state(article, at(gone))) == ("public", "expired")


def test_a_release_that_expires_before_it_is_published_is_a_problem() -> None:
    """An end before the beginning is refused at its line."""
    assert [p.line for p in refusals(release(publish_at="2026-12-01", expires="2026-11-30"))] == [5]


def test_another_zone_moves_the_clock(newsroom: Newsroom) -> None:
    """In a site of the zone WIT a time without a zone is WIT, two hours before WIB."""
    site = newsroom.root / "content/site.toml"
    site.write_text(site.read_text(encoding="utf-8") + 'timezone = "Asia/Jayapura"\n', encoding="utf-8")
    newsroom.release("a.md", release(publish_at="2026-11-24 08:30"))
    assert not published(newsroom, "2026-11-24 06:29 WIB")
    assert published(newsroom, "2026-11-24 06:30 WIB")


def test_dates_of_machines_carry_the_zone(newsroom: Newsroom) -> None:
    """Feeds, sitemaps and structured data give the moment with the offset of the site's zone."""
    newsroom.release("a.md", release(date="2026-11-23 14:05"))
    newsroom.build(NOW)
    for file in ("2026/11/contoh/index.html", "atom.xml", "feed.json", "sitemap-2026-11.xml", "sitemap-news.xml"):
        assert "2026-11-23T14:05:00+07:00" in newsroom.text(file), file
    assert "Mon, 23 Nov 2026 14:05:00 +0700" in newsroom.text("rss.xml")


def news_titles(newsroom: Newsroom, now: str) -> list[str | None]:
    """The titles in the news sitemap of a build at ``now``."""
    newsroom.build(now)
    return [element.text for element in etree.fromstring(newsroom.files()["sitemap-news.xml"]).iter("{*}title")]


def test_the_news_sitemap_holds_48_hours(newsroom: Newsroom) -> None:
    """The news sitemap holds what was released within 48 hours before the build's clock, an embargo's end counting."""
    newsroom.release("a.md", release("Kemarin lusa", date="2026-11-22 10:00"))
    newsroom.release("b.md", release("Terlambat", date="2026-11-01", publish_at="2026-11-23 09:00"))
    newsroom.release("c.md", release("Nanti", date="2026-11-24 10:01"))
    assert news_titles(newsroom, "2026-11-24 09:59:59") == ["Terlambat", "Kemarin lusa"]
    assert news_titles(newsroom, "2026-11-24 10:00") == ["Terlambat"]
    assert news_titles(newsroom, "2026-11-25 09:00") == ["Nanti"]


def test_all_surfaces_show_one_set(newsroom: Newsroom) -> None:
    """Lists, feeds, sitemaps and neighbours of one build are made from the same public releases."""
    for day in range(20, 29):
        newsroom.release(f"{day}.md", release(f"Hari {day}", date=f"2026-11-{day}", tags="[Umum]"))
    newsroom.build("2026-11-24 10:00")
    public = [f"Hari {day}" for day in range(24, 19, -1)]
    assert [item["title"] for item in json.loads(newsroom.text("feed.json"))["items"]] == public
    hidden = [f"hari {day}" for day in range(25, 29)]
    for name, data in newsroom.files().items():
        text = data.decode("utf-8", "replace").lower().replace("-", " ")
        assert not [word for word in hidden if word in text], name
    for file in ("index.html", "topik/umum/index.html", "2026/11/index.html", "sitemap-2026-11.xml"):
        assert newsroom.text(file).lower().replace("-", " ").count("hari 20") >= 1, file


def test_what_changes_next_is_the_earliest_moment(newsroom: Newsroom) -> None:
    """The report names the next release that appears or expires; drafts and what is over count for nothing."""
    newsroom.release("a.md", release("Besok", date="2026-11-25"))
    newsroom.release("b.md", release("Habis malam ini", expires="2026-11-24 23:00"))
    newsroom.release("c.md", release("Konsep", draft="true", publish_at="2026-11-24 11:00"))
    newsroom.release("d.md", release("Usang", expires="2026-11-02"))
    newsroom.release("e.md", release("Lusa", date="2026-11-26"))
    change = newsroom.build(NOW).next_change
    assert change is not None
    assert (change.title, change.kind, change.at) == ("Habis malam ini", "expired", at("2026-11-24 23:00"))
    (newsroom.root / "content/berita/b.md").unlink()
    newsroom.release("a.md", release("Besok", date="2026-11-25 08:00"))
    change = newsroom.build(NOW).next_change
    assert change is not None
    assert (change.title, change.kind, change.at) == ("Besok", "published", at("2026-11-25 08:00"))
    assert newsroom.build("2027-01-01").next_change is None


# Nothing by halves


def state_of(folder: Path) -> Mapping[str, tuple[bytes, int, int]]:
    """Every file below ``folder``, the manifest too: its bytes, when it was written, and its inode."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in folder.rglob("*")
        if path.is_file()
    }


BROKEN = {
    "release": {"content/berita/rusak.md": "---\ntitle: [\n---\n"},
    "page": {"content/halaman/rusak.md": "tanpa kepala"},
    "site": {"content/site.toml": "title ="},
    "collision": {"content/berita/rusak.md": release("A")},
    "picture": {"content/berita/rusak.md": release("B", photo="hilang.png")},
    "template": {"templates/release.html": "{{ tidak.ada }}"},
    "template-syntax": {"templates/home.html": "{% jika %}"},
    "last-template": {"templates/robots.txt": "{{ 1 / 0 }}"},
}


@pytest.mark.parametrize("files", BROKEN.values(), ids=BROKEN.keys())
def test_a_failed_build_changes_nothing(newsroom: Newsroom, files: dict[str, str]) -> None:
    """Whatever a build fails at, no byte of output/ is written, not even the same one again."""
    newsroom.release("a.md", release("A"))
    newsroom.release("hapus.md", release("Hapus"))
    newsroom.build(NOW)
    before = state_of(newsroom.root / "output")
    (newsroom.root / "content/berita/hapus.md").unlink()
    newsroom.release("baru.md", release("Baru"))
    newsroom.write(files)
    with pytest.raises(ContentError):
        newsroom.build(NOW)
    assert state_of(newsroom.root / "output") == before


def test_a_build_without_changes_writes_nothing(newsroom: Newsroom) -> None:
    """A second build of the same content touches no file."""
    newsroom.release("a.md", release("A"))
    newsroom.build(NOW)
    before = state_of(newsroom.root / "output")
    changes = newsroom.build(NOW).changes
    assert (changes.added, changes.changed, changes.removed) == ((), (), ())
    assert state_of(newsroom.root / "output") == before


def test_foreign_files_stay_and_are_reported(newsroom: Newsroom) -> None:
    """Files in output/ that the program did not write stay, also in a folder that loses its pages, and are named."""
    newsroom.release("a.md", release("A"))
    newsroom.build(NOW)
    foreign = {
        "output/.well-known/security.txt": "x",
        "output/google123.html": "x",
        "output/2026/11/a/lampiran.pdf": "x",
    }
    newsroom.write(foreign)
    (newsroom.root / "content/berita/a.md").unlink()
    changes = newsroom.build(NOW).changes
    assert changes.foreign == (".well-known/security.txt", "2026/11/a/lampiran.pdf", "google123.html")
    assert "2026/11/a/index.html" in changes.removed
    assert all((newsroom.root / name).read_text(encoding="utf-8") == "x" for name in foreign)


def test_a_foreign_file_at_an_address_of_the_site_is_not_written_over(newsroom: Newsroom) -> None:
    """A file that somebody else put where a new page must stand is not lost in silence."""
    newsroom.build(NOW)
    newsroom.write({"output/2026/11/a/index.html": "milik orang"})
    newsroom.release("a.md", release("A"))
    with suppress(NewsroomError):
        newsroom.build(NOW)
    assert newsroom.text("2026/11/a/index.html") == "milik orang"


def test_what_neither_the_manifest_nor_its_look_says_is_ours_is_not_written_over(newsroom: Newsroom) -> None:
    """With the manifest gone, a page that somebody changed could be anyone's: a build refuses to replace it."""
    newsroom.release("a.md", release("A"))
    newsroom.build(NOW)
    (newsroom.root / "output" / MANIFEST).unlink()
    newsroom.write({"output/index.html": "milik orang"})
    newsroom.release("b.md", release("B"))
    with pytest.raises(OutputError):
        newsroom.build(NOW)
    assert newsroom.text("index.html") == "milik orang"


def test_a_changed_page_of_ours_is_mended(newsroom: Newsroom) -> None:
    """A page of ours that somebody changed or deleted in output/ is made anew at the next build."""
    newsroom.release("a.md", release("A"))
    newsroom.build(NOW)
    before = newsroom.files()
    newsroom.write({"output/index.html": "diubah"})
    (newsroom.root / "output/2026/11/a/index.html").unlink()
    newsroom.build(NOW)
    assert newsroom.files() == before


def test_the_clock_is_the_callers(newsroom: Newsroom) -> None:
    """Two builds at one moment give the same bytes, whatever the computer's own clock and zone say."""
    newsroom.release("a.md", release("A", date="2026-11-23 10:00"))
    newsroom.build(NOW)
    first = newsroom.files()
    assert datetime.now(ZONE).isoformat()[:16].encode() not in b"".join(first.values())
    other = Newsroom(newsroom.root.parent / "lain")
    other.release("a.md", release("A", date="2026-11-23 10:00"))
    other.build(NOW)
    assert other.files() == first
