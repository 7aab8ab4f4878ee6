"""Feeds: what subscribers and other programs read."""

from __future__ import annotations

import json
import re
import warnings
from contextlib import suppress
from typing import Any

import pytest
from lxml import html

from generator.errors import ContentError
from tests.newsroom import SITE, Newsroom, release
from tests.reading import found, png

with warnings.catch_warnings():
    # feedparser's own use of deprecated things is for its makers to mend.
    warnings.simplefilter("ignore", DeprecationWarning)
    import feedparser


FEEDS = ("atom.xml", "rss.xml", "feed.json")
EVIL = (
    "</title><script>alert(1)</script>",
    "a & b &amp; c &lt;",
    "]]> <![CDATA[ x",
    "\"Kutip\" 'tunggal' <!-- komentar -->",
    "Huruf ꦲꦏ, emoji 🐢 dan ﷽",
)


def quoted(text: str) -> str:
    """Return ``text`` as a YAML string."""
    return json.dumps(text, ensure_ascii=False)


def parsed(data: bytes) -> Any:
    """Return a feed as feedparser reads it, which must find nothing wrong with it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        feed = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    assert not feed.bozo, feed.bozo_exception
    return feed


def entries(newsroom: Newsroom, file: str) -> list[dict[str, Any]]:
    """Return the entries of a feed with the names that JSON Feed gives their parts."""
    data = newsroom.files()[file]
    if file.endswith(".json"):
        items = json.loads(data)["items"]
        assert isinstance(items, list)
        return items
    return [
        {
            "id": entry.id,
            "url": entry.link,
            "title": entry.title,
            "summary": entry.summary,
            "content_html": entry.content[0].value if "content" in entry else "",
            "date_published": entry.published,
            "tags": [tag.term for tag in entry.get("tags", [])],
        }
        for entry in parsed(data).entries
    ]


def links(markup: str) -> list[str]:
    """Return every href and src in a fragment of markup."""
    return found(html.document_fromstring(f"<body>{markup}</body>"), "//@href | //@src")


@pytest.fixture
def two(newsroom: Newsroom) -> Newsroom:
    """A newsroom of two releases, built."""
    newsroom.release("a.md", release("Lama", "2026-03-04 09:05", "Isi **lama**.", tags="[Jalan, Sawah]"))
    newsroom.release("b.md", release("Baru", "2026-03-14", "Isi baru.\n\nAlinea kedua.", summary="Ringkasan baru."))
    newsroom.build()
    return newsroom


def test_the_newest_come_first_with_their_full_text(two: Newsroom) -> None:
    """Each feed holds the releases, newest first, with title, summary, topics and the whole body."""
    for file in FEEDS:
        new, old = entries(two, file)
        assert (new["title"], old["title"]) == ("Baru", "Lama")
        assert new["summary"] == "Ringkasan baru."
        assert "<p>Alinea kedua.</p>" in new["content_html"]
        assert "<strong>lama</strong>" in old["content_html"]
        assert old["tags"] == ["Jalan", "Sawah"]


def test_an_entry_is_known_by_its_address(two: Newsroom) -> None:
    """Id and link of an entry are the release's own whole address."""
    for file in FEEDS:
        assert [(entry["id"], entry["url"]) for entry in entries(two, file)] == [
            ("https://contoh.example/2026/03/baru/",) * 2,
            ("https://contoh.example/2026/03/lama/",) * 2,
        ]


def test_a_feed_holds_the_newest_ten(newsroom: Newsroom) -> None:
    """Older releases than the newest ten are in no feed."""
    for number in range(25):
        newsroom.release(f"{number}.md", release(f"Naskah {number:02}", f"2026-01-{number + 1:02}"))
    newsroom.build()
    for file in FEEDS:
        assert [e["title"] for e in entries(newsroom, file)] == [f"Naskah {number:02}" for number in range(24, 14, -1)]


def test_the_feeds_of_an_empty_site_are_valid(newsroom: Newsroom) -> None:
    """A site without releases has valid feeds without entries."""
    newsroom.build()
    for file in FEEDS:
        assert entries(newsroom, file) == []
    for file in ("atom.xml", "rss.xml"):
        assert parsed(newsroom.files()[file]).feed.title == "Biro CONTOH"


def test_each_topic_has_an_atom_feed(two: Newsroom) -> None:
    """A topic's feed holds its releases only and names itself and its page."""
    feed = parsed(two.files()["topik/jalan/atom.xml"])
    assert [entry.title for entry in feed.entries] == ["Lama"]
    assert feed.feed.title == "Jalan – Biro CONTOH"
    assert feed.feed.id == "https://contoh.example/topik/jalan/atom.xml"
    assert {(link.rel, link.href) for link in feed.feed.links} == {
        ("self", "https://contoh.example/topik/jalan/atom.xml"),
        ("alternate", "https://contoh.example/topik/jalan/"),
    }


def test_a_topic_s_feed_is_brief(newsroom: Newsroom) -> None:
    """A topic's feed says of each release what it is about, and its corrections; the text stands on its page."""
    newsroom.release("a.md", release("Lama", "2026-03-04", "Isi lama.\n\nAlinea kedua.", tags="[T]", summary="Isinya."))
    corrections = "\n  - {date: 2026-11-15, note: Angka <b> dibetulkan.}"
    text = release("Baru", "2026-03-14", "Isi baru.", tags="[T]", summary="Yang baru.", corrections=corrections)
    newsroom.release("b.md", text)
    newsroom.build()
    new, old = entries(newsroom, "topik/t/atom.xml")
    assert (old["summary"], new["summary"]) == ("Isinya.", "Yang baru.")
    assert old["content_html"] == ""
    assert "<p>Yang baru.</p>" in new["content_html"]
    assert "15 November 2026: Angka &lt;b&gt; dibetulkan." in new["content_html"]
    assert "Alinea kedua." not in newsroom.text("topik/t/atom.xml")


def test_a_feed_holds_the_newest_releases(newsroom: Newsroom) -> None:
    """Feeds of all releases, and of a topic's, hold the ten newest of them."""
    for number in range(1, 12):
        newsroom.release(f"{number}.md", release(f"Ke-{number}", f"2026-03-14 09:{number:02}", tags="[Jalan]"))
    newsroom.build()
    for file in (*FEEDS, "topik/jalan/atom.xml"):
        assert [entry["title"] for entry in entries(newsroom, file)] == [f"Ke-{n}" for n in range(11, 1, -1)]


def test_atom_names_its_author_and_dates(two: Newsroom) -> None:
    """The Atom feed has the author, a language, and dates with their zone for each entry."""
    feed = parsed(two.files()["atom.xml"])
    assert feed.version == "atom10"
    assert feed.feed.author == "Biro Percontohan"
    assert two.text("atom.xml").count('xml:lang="id"') == 1
    new, old = feed.entries
    assert (old.published, old.updated) == ("2026-03-04T09:05:00+07:00",) * 2
    assert new.published == "2026-03-14T00:00:00+07:00"
    assert feed.feed.updated == new.updated


def test_rss_dates_are_english(two: Newsroom) -> None:
    """RSS has dates of RFC 822, in English, and permalinks as guids."""
    feed = parsed(two.files()["rss.xml"])
    assert feed.version == "rss20"
    assert feed.entries[1].published == "Wed, 04 Mar 2026 09:05:00 +0700"
    assert two.text("rss.xml").count('<guid isPermaLink="true">') == 2
    assert feed.feed.language == "id"
    assert feed.feed.updated == "Sat, 14 Mar 2026 00:00:00 +0700"
    assert ("self", "https://contoh.example/rss.xml") in {(link.rel, link.href) for link in feed.feed.links}


def test_json_feed_has_what_version_1_1_requires(two: Newsroom) -> None:
    """The JSON Feed has version, title and items; each item an id that is a text, and content."""
    feed = json.loads(two.files()["feed.json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Biro CONTOH"
    assert feed["feed_url"] == "https://contoh.example/feed.json"
    assert feed["home_page_url"] == "https://contoh.example/"
    assert feed["language"] == "id"
    assert feed["authors"] == [{"name": "Biro Percontohan", "url": "https://contoh.example/"}]
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        for name in ("date_published", "date_modified"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", item[name])
        assert all(item.values()), item


# When something changed


def updated(newsroom: Newsroom, file: str) -> str:
    """Return when a feed says that it changed."""
    data = newsroom.files()[file]
    if file.endswith(".json"):
        return max(str(item["date_modified"]) for item in json.loads(data)["items"])
    return str(parsed(data).feed.updated)


def test_the_clock_alone_changes_no_feed(two: Newsroom) -> None:
    """A build at another time gives the same feeds."""
    before = two.files()
    two.build(now="2030-01-01")
    after = two.files()
    for file in (*FEEDS, "topik/jalan/atom.xml"):
        assert after[file] == before[file]


@pytest.mark.parametrize(
    "keys", [{"updated": "2026-05-06 07:08"}, {"corrections": "[{date: 2026-05-06 07:08, note: Ejaan.}]"}]
)
def test_a_change_of_substance_is_dated(two: Newsroom, keys: dict[str, str]) -> None:
    """An update or a correction moves the entry's and the feed's date, and not the date of publication."""
    two.release("a.md", release("Lama", "2026-03-04 09:05", tags="[Jalan]", **keys))
    two.build()
    entry = parsed(two.files()["topik/jalan/atom.xml"]).entries[0]
    assert (entry.published, entry.updated) == ("2026-03-04T09:05:00+07:00", "2026-05-06T07:08:00+07:00")
    assert updated(two, "atom.xml") == updated(two, "feed.json") == "2026-05-06T07:08:00+07:00"
    assert updated(two, "rss.xml") == "Wed, 06 May 2026 07:08:00 +0700"


def test_a_slip_of_the_pen_moves_no_date(two: Newsroom) -> None:
    """A mended text without "updated" keeps the entry's date."""
    before = updated(two, "atom.xml")
    two.release("b.md", release("Baru", "2026-03-14", "Isi baru, tanpa salah ketik."))
    two.build()
    assert "tanpa salah ketik" in entries(two, "atom.xml")[0]["content_html"]
    assert updated(two, "atom.xml") == before


# What stands in the text


def test_corrections_and_credits_stand_in_the_text(newsroom: Newsroom) -> None:
    """Subscribers read corrections, dated, and who wrote the release."""
    newsroom.release(
        "a.md",
        release("Naskah", corrections="[{date: 2026-11-15, note: Angka <b> dibetulkan.}]", credits="[dew, bow]"),
    )
    newsroom.build()
    for file in FEEDS:
        (entry,) = entries(newsroom, file)
        assert "Minggu, 15 November 2026: Angka &lt;b&gt; dibetulkan." in entry["content_html"]
        assert "(dew/bow)" in entry["content_html"]


@pytest.mark.parametrize("base_url", ["https://contoh.example", "https://contoh.example/sub"])
def test_links_in_the_text_are_whole(newsroom: Newsroom, base_url: str) -> None:
    """Links in a feed's text lead to whole addresses, since a feed is read elsewhere."""
    newsroom.write({"content/site.toml": SITE.replace("https://contoh.example", base_url)})
    body = "Ke [topik](/topik/), [lain](https://lain.example/x) dan [surat](mailto:a@lain.example)."
    newsroom.release("a.md", release("Naskah", body=body, tags="[T]"))
    newsroom.build()
    for file in FEEDS:
        (entry,) = entries(newsroom, file)
        assert links(entry["content_html"]) == [
            f"{base_url}/topik/",
            "https://lain.example/x",
            "mailto:a@lain.example",
        ]


def test_relative_links_in_the_text_are_whole(newsroom: Newsroom) -> None:
    """A link relative to the release's page, or to a place in it, is whole in a feed too."""
    newsroom.release("lain.md", release("Lain", "2026-10-01"))
    newsroom.release("a.md", release("Naskah", body="Ke [lain](../../10/lain/) dan [bawah](#bawah)."))
    newsroom.build()
    base = "https://contoh.example/2026"
    for file in FEEDS:
        assert links(entries(newsroom, file)[0]["content_html"]) == [f"{base}/10/lain/", f"{base}/11/naskah/#bawah"]


def test_pictures_stand_in_the_text(newsroom: Newsroom) -> None:
    """A release's photos stand in a feed's text with whole addresses, caption and credit."""
    newsroom.write({"content/foto/peta.png": png()})
    newsroom.release(
        "a.md",
        release("Naskah", photos="[{file: peta.png, caption: 'Peta <lama>', alt: 'Sebuah \"peta\"', credit: dew}]"),
    )
    newsroom.build()
    photo = f"https://contoh.example/{newsroom.photo('peta-1')}"
    for file in FEEDS:
        (entry,) = entries(newsroom, file)
        body = html.document_fromstring(f"<body>{entry['content_html']}</body>")
        assert found(body, "//img/@src") == [photo]
        assert found(body, "//img/@alt") == ['Sebuah "peta"']
        assert found(body, "//figcaption") == ["Peta <lama> (Foto: dew)"]
    assert json.loads(newsroom.files()["feed.json"])["items"][0]["image"] == photo


def test_evil_texts_come_through_as_texts(newsroom: Newsroom) -> None:
    """Titles, summaries and tags full of markup are read back as they were written."""
    for number, evil in enumerate(EVIL):
        text = release(
            quoted(evil), f"2026-01-{number + 11}", slug=f"a{number}", summary=quoted(evil), tags=f"[{quoted(evil)}]"
        )
        newsroom.release(f"{number}.md", text)
    newsroom.build()
    for file in FEEDS:
        shown = [(entry["title"], entry["summary"], entry["tags"]) for entry in entries(newsroom, file)]
        assert shown == [(evil, evil, [evil]) for evil in reversed(EVIL)], file


def test_evil_names_of_the_site_come_through(newsroom: Newsroom) -> None:
    """A site's title, tagline and organization full of markup break no feed."""
    evil = " ".join(EVIL)
    text = SITE.replace('"Biro CONTOH"', quoted(evil)).replace('"Biro Percontohan"', quoted(evil))
    newsroom.write({"content/site.toml": f"tagline = {quoted(evil)}\n{text}"})
    newsroom.release("a.md", release())
    newsroom.build()
    files = newsroom.files()
    atom, rss, feed = parsed(files["atom.xml"]).feed, parsed(files["rss.xml"]).feed, json.loads(files["feed.json"])
    assert atom.title == rss.title == feed["title"] == evil
    assert atom.subtitle == rss.subtitle == feed["description"] == evil
    assert atom.author == feed["authors"][0]["name"] == evil


def test_signs_that_xml_forbids_break_no_feed(newsroom: Newsroom) -> None:
    """A control character in a body is refused or left out, and never makes a feed unreadable."""
    for number, sign in enumerate("\x0b\x0c\x1b\ufffe\uffff"):
        newsroom.release(f"{number}.md", release(f"Naskah {number}", body=f"Satu{sign}dua tiga."))
    with suppress(ContentError):
        newsroom.build()
        for file in ("atom.xml", "rss.xml"):
            assert len(entries(newsroom, file)) == 5


def test_withdrawn_releases_are_in_no_feed(two: Newsroom) -> None:
    """A withdrawn release leaves every feed, and its topic's feed with it."""
    two.release("a.md", release("Lama", "2026-03-04 09:05", tags="[Jalan]", withdrawn="Salah."))
    two.build()
    for file in FEEDS:
        assert [entry["title"] for entry in entries(two, file)] == ["Baru"]
    assert "topik/jalan/atom.xml" not in two.files()
