"""Sitemaps and robots.txt: what search engines are told, held against the schemas in tests/data/schemas/."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from generator.plan.pages import HOME_SIZE
from tests.newsroom import SITE, Newsroom, release
from tests.reading import locations

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMAS = Path(__file__).parent / "data" / "schemas"
NAMES = {
    "sm": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
}
BASE = "https://contoh.example"


@lru_cache
def schema(name: str) -> etree.XMLSchema:
    """Return a schema of tests/data/schemas/."""
    return etree.XMLSchema(etree.parse(SCHEMAS / f"{name}.xsd"))


def assert_valid(files: Mapping[str, bytes]) -> None:
    """Hold every sitemap among ``files`` against its schema."""
    kinds = {"sitemap.xml": ("siteindex", "siteindex-strict"), "sitemap-news.xml": ("news-sitemap",)}
    for file, data in files.items():
        for kind in kinds.get(file, ("sitemap",)) if file.startswith("sitemap") else ():
            checked = schema(kind)
            assert checked.validate(etree.fromstring(data)), (file, checked.error_log)


def lastmods(data: bytes) -> dict[str, str]:
    """Return the last change of each address, "" where none is given."""
    return {
        str(entry.findtext("sm:loc", namespaces=NAMES)): entry.findtext("sm:lastmod", "", namespaces=NAMES)
        for entry in etree.fromstring(data)
    }


def news(data: bytes, fact: str) -> list[str]:
    """Return one fact of every entry of a news sitemap."""
    return [element.text or "" for element in etree.fromstring(data).iterfind(f".//news:{fact}", NAMES)]


def test_sitemaps_of_an_empty_site_are_valid(newsroom: Newsroom) -> None:
    """Before the first release the sitemaps hold the site's own pages."""
    newsroom.build()
    files = newsroom.files()
    assert_valid(files)
    assert locations(files["sitemap.xml"]) == [f"{BASE}/sitemap-halaman.xml"]
    assert locations(files["sitemap-halaman.xml"]) == [
        f"{BASE}/{name}" for name in ("", "topik/", "arsip/", "koreksi/")
    ]


def test_sitemaps_of_a_full_site_are_valid(newsroom: Newsroom) -> None:
    """Sitemaps are valid with releases of all kinds, and whatever signs stand in titles and names."""
    newsroom.write(
        {
            "content/site.toml": f'publication = "Warta & <Kabar>"\n{SITE}',
            "content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\nTeks.\n",
        }
    )
    newsroom.release("a.md", release("'Satu & \"dua\" <tiga>'", "2026-11-23 09:05", tags="[A & B]"))
    newsroom.release("b.md", release("Dua", "2026-11-24", corrections="[{date: 2026-11-24, note: Ejaan.}]"))
    newsroom.release("c.md", release("Lama", "1999-12-31 23:59:59"))
    newsroom.build()
    files = newsroom.files()
    assert_valid(files)
    assert news(files["sitemap-news.xml"], "title") == ["Dua", 'Satu & "dua" <tiga>']
    assert set(news(files["sitemap-news.xml"], "publication/news:name")) == {"Warta & <Kabar>"}


def test_each_month_has_a_sitemap(newsroom: Newsroom) -> None:
    """The index names a sitemap for each month, which holds its releases with the pages of month and days.

    What each release changes stands in the last one: the site's front pages, the year in the last of the year.
    """
    newsroom.release("a.md", release("Satu", "2026-03-14"))
    newsroom.release("b.md", release("Dua", "2026-03-15"))
    newsroom.release("c.md", release("Tiga", "2025-12-01"))
    newsroom.build()
    files = newsroom.files()
    assert locations(files["sitemap.xml"]) == [
        f"{BASE}/sitemap-halaman.xml",
        f"{BASE}/sitemap-2025-12.xml",
        f"{BASE}/sitemap-2026-03.xml",
    ]
    months = [set(locations(files[f"sitemap-{month}.xml"])) for month in ("2025-12", "2026-03")]
    assert months[0] == {f"{BASE}/2025/{name}" for name in ("", "12/", "12/01/", "12/tiga/")}
    its = [f"2026/03/{name}" for name in ("", "14/", "15/", "satu/", "dua/")]
    assert months[1] == {f"{BASE}/{name}" for name in ("", "topik/", "arsip/", "2026/", *its)}


def changed_sitemaps(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """Return the names of the sitemaps that are new or not what they were."""
    return {file for file in after if file.startswith("sitemap") and before.get(file) != after[file]}


def test_a_topic_stays_in_the_sitemap_of_the_month_that_brought_it(newsroom: Newsroom) -> None:
    """A new release changes the sitemap of its own month and the index, whatever topics it has."""
    newsroom.release("a.md", release("Satu", "2026-03-14", tags="[Jalan]"))
    newsroom.release("b.md", release("Dua", "2026-04-01", tags="[Sungai]"))
    newsroom.build()
    before = newsroom.files()
    newsroom.release("c.md", release("Tiga", "2026-04-15", tags="[Jalan, Sawah]"))
    newsroom.build()
    after = newsroom.files()
    assert changed_sitemaps(before, after) == {"sitemap.xml", "sitemap-2026-04.xml"}
    assert lastmods(after["sitemap-2026-03.xml"])[f"{BASE}/topik/jalan/"] == ""
    assert lastmods(after["sitemap-2026-04.xml"])[f"{BASE}/topik/sawah/"] == ""


def test_what_each_release_changes_goes_on_to_the_sitemap_of_a_new_month(newsroom: Newsroom) -> None:
    """The first release of a month takes the site's front pages from the sitemap of the month before."""
    newsroom.release("a.md", release("Satu", "2026-03-14"))
    newsroom.build()
    before = newsroom.files()
    newsroom.release("b.md", release("Dua", "2026-04-01"))
    newsroom.build()
    after = newsroom.files()
    assert changed_sitemaps(before, after) == {"sitemap.xml", "sitemap-2026-03.xml", "sitemap-2026-04.xml"}
    assert f"{BASE}/" not in lastmods(after["sitemap-2026-03.xml"])
    assert lastmods(after["sitemap-2026-04.xml"])[f"{BASE}/"] == "2026-04-01T00:00:00+07:00"


def test_every_page_is_in_one_sitemap(newsroom: Newsroom) -> None:
    """Each page that may be indexed stands in one sitemap; drafts, withdrawn releases and redirects stand in none."""
    newsroom.write({"content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\nTeks.\n"})
    newsroom.release("a.md", release("Satu", "2026-03-14", tags="[Jalan]", aliases="[/lama/]"))
    newsroom.release("b.md", release("Ditarik", "2026-03-15", withdrawn="Salah."))
    newsroom.release("c.md", release("Konsep", "2026-03-16", draft="true"))
    newsroom.build()
    files = newsroom.files()
    listed = [
        address
        for file in files
        if re.fullmatch(r"sitemap-(halaman|\d{4}-\d\d)\.xml", file)
        for address in locations(files[file])
    ]
    pages = {f"{BASE}/{file.removesuffix('index.html')}" for file in files if file.endswith("index.html")}
    assert sorted(listed) == sorted(pages - {f"{BASE}/lama/", f"{BASE}/2026/03/ditarik/"})


@pytest.mark.parametrize(
    ("keys", "lastmod"),
    [
        ({}, "2026-03-14T09:05:00+07:00"),
        ({"updated": "2026-04-01 10:00"}, "2026-04-01T10:00:00+07:00"),
        ({"corrections": "[{date: 2026-05-02, note: Ejaan.}]"}, "2026-05-02T00:00:00+07:00"),
        ({"publish_at": "2026-03-20 06:00"}, "2026-03-20T06:00:00+07:00"),
        ({"updated": "2026-01-01"}, "2026-03-14T09:05:00+07:00"),
    ],
)
def test_lastmod_is_the_last_change_of_substance(newsroom: Newsroom, keys: dict[str, str], lastmod: str) -> None:
    """A release's lastmod is its publication, update or last correction, and lists and index say the same of theirs.

    What only counts releases, or shows their days, changes with their publication.
    """
    newsroom.release("lama.md", release("Lama", "2026-01-01", tags="[Jalan]"))
    newsroom.release("a.md", release("Satu", "2026-03-14 09:05", tags="[Jalan]", **keys))
    newsroom.build()
    files = newsroom.files()
    month, index = (lastmods(files[f"sitemap{name}.xml"]) for name in ("-2026-03", ""))
    out = keys.get("publish_at", "2026-03-14 09:05").replace(" ", "T") + ":00+07:00"
    fronts = {f"{BASE}/{name}": out for name in ("topik/", "arsip/", "2026/")}
    assert month == {f"{BASE}/{name}": lastmod for name in ("", "2026/03/", "2026/03/14/", "2026/03/satu/")} | fronts
    assert index[f"{BASE}/sitemap-2026-03.xml"] == lastmod
    assert index[f"{BASE}/sitemap-halaman.xml"] == (lastmod if "corrections" in keys else "")
    assert index[f"{BASE}/sitemap-2026-01.xml"] == "2026-01-01T00:00:00+07:00"


def test_a_change_of_an_old_release_is_one_of_the_home_page(newsroom: Newsroom) -> None:
    """An old release that is corrected is the last change of the home page that shows it, and of that one's sitemap."""
    newsroom.release("lama.md", release("Lama", "2025-01-01", corrections="[{date: 2026-05-02, note: Ejaan.}]"))
    newsroom.release("a.md", release("Satu", "2026-03-14 09:05"))
    newsroom.build()
    files = newsroom.files()
    month, index = (lastmods(files[f"sitemap{name}.xml"]) for name in ("-2026-03", ""))
    assert month[f"{BASE}/"] == index[f"{BASE}/sitemap-2026-03.xml"] == "2026-05-02T00:00:00+07:00"
    assert month[f"{BASE}/2026/"] == "2026-03-14T09:05:00+07:00"
    assert lastmods(files["sitemap-2025-01.xml"])[f"{BASE}/2025/01/"] == "2026-05-02T00:00:00+07:00"


def test_what_stays_as_it_is_has_the_lastmod_that_it_had(newsroom: Newsroom) -> None:
    """Home, topics, archive and year have another lastmod only where they are another page."""
    fronts = {f"{BASE}/{name}": f"{name}index.html" for name in ("", "topik/", "arsip/", "2026/")}

    def state() -> dict[str, tuple[bytes, str]]:
        newsroom.build()
        files = newsroom.files()
        listed = lastmods(files["sitemap-2026-03.xml"])
        return {address: (files[file], listed[address]) for address, file in fronts.items()}

    for number in range(HOME_SIZE + 1):
        newsroom.release(f"{number:02}.md", release(f"Naskah {number}", f"2026-03-14 08:{number:02}", tags="[Jalan]"))
    before = state()
    newsroom.release("00.md", release("Naskah 0", "2026-03-14 08:00", tags="[Jalan]", updated="2026-03-15"))
    assert state() == before
    for hour, tags in ((13, "[Jalan]"), (14, "[]")):
        newsroom.release(f"pukul-{hour}.md", release(f"Pukul {hour}", f"2026-03-14 {hour}:00", tags=tags))
        after = state()
        for (page, changed), (page_before, changed_before) in zip(after.values(), before.values(), strict=True):
            assert (page == page_before) == (changed == changed_before)
        before = after


def test_the_clock_changes_the_news_sitemap_only(newsroom: Newsroom) -> None:
    """No lastmod moves with the time of the build."""
    newsroom.release("a.md", release("Satu", "2026-03-14"))
    newsroom.build(now="2026-03-15")
    before = newsroom.files()
    newsroom.build(now="2027-01-01")
    after = newsroom.files()
    assert [file for file in before if before[file] != after[file]] == ["sitemap-news.xml"]


def test_a_correction_is_a_change_of_the_page_of_corrections(newsroom: Newsroom) -> None:
    """/koreksi/ changed when the last correction was made, and before the first one at no time."""
    newsroom.release("a.md", release("Satu", "2026-03-14"))
    newsroom.build()
    assert lastmods(newsroom.files()["sitemap-halaman.xml"])[f"{BASE}/koreksi/"] == ""
    newsroom.release("a.md", release("Satu", "2026-03-14", corrections="[{date: 2026-05-02, note: Ejaan.}]"))
    newsroom.build()
    files, when = newsroom.files(), "2026-05-02T00:00:00+07:00"
    assert lastmods(files["sitemap-halaman.xml"])[f"{BASE}/koreksi/"] == when
    assert lastmods(files["sitemap.xml"])[f"{BASE}/sitemap-halaman.xml"] == when


# News


def test_news_is_what_is_younger_than_two_days(newsroom: Newsroom) -> None:
    """The news sitemap holds what went public within 48 hours before the build, newest first."""
    for name, date in [
        ("Terlalu lama", "2026-11-22 09:59"),
        ("Tepat dua hari", "2026-11-22 10:00"),
        ("Cukup baru", "2026-11-22 10:01"),
        ("Baru", "2026-11-24 09:00"),
    ]:
        newsroom.release(f"{name}.md", release(name, date))
    newsroom.release("embargo.md", release("Tadi malam", "2026-11-01", publish_at="2026-11-23 20:00"))
    newsroom.release("nanti.md", release("Nanti", "2026-11-24 10:01"))
    newsroom.release("tarik.md", release("Ditarik", "2026-11-24 08:00", withdrawn="Salah."))
    newsroom.build(now="2026-11-24 10:00")
    data = newsroom.files()["sitemap-news.xml"]
    shown = [title for title in news(data, "title") if title != "Tepat dua hari"]
    assert shown == ["Baru", "Tadi malam", "Cukup baru"]


def test_a_news_entry_has_name_language_date_and_title(newsroom: Newsroom) -> None:
    """An entry carries the publication's name, the language, the original date with its zone, and the title."""
    newsroom.write({"content/site.toml": f'language = "en"\npublication = "Warta Contoh"\n{SITE}'})
    newsroom.release("a.md", release("Naskah", "2026-11-23 09:05", updated="2026-11-24 07:00"))
    newsroom.build()
    data = newsroom.files()["sitemap-news.xml"]
    assert locations(data) == [f"{BASE}/2026/11/naskah/"]
    assert news(data, "publication/news:name") == ["Warta Contoh"]
    assert news(data, "publication/news:language") == ["en"]
    assert news(data, "publication_date") == ["2026-11-23T09:05:00+07:00"]
    assert news(data, "title") == ["Naskah"]


def test_a_news_sitemap_without_news_is_valid(newsroom: Newsroom) -> None:
    """In quiet days the news sitemap is still valid and holds no news."""
    newsroom.release("a.md", release("Naskah", "2026-01-01"))
    newsroom.build()
    files = newsroom.files()
    assert_valid(files)
    assert news(files["sitemap-news.xml"], "news") == []


@pytest.mark.slow
def test_a_news_sitemap_holds_a_thousand_at_most(newsroom: Newsroom) -> None:
    """Of 1,001 releases in two days the oldest is left out."""
    for number in range(1001):
        clock = f"{number // 60:02}:{number % 60:02}"
        newsroom.release(f"{number}.md", release(f"Naskah {number:04}", f"2026-11-23 {clock}", "."))
    newsroom.build()
    titles = news(newsroom.files()["sitemap-news.xml"], "title")
    assert (len(titles), titles[0], titles[-1]) == (1000, "Naskah 1000", "Naskah 0001")


# robots.txt


def test_robots_txt_leads_to_both_sitemaps(newsroom: Newsroom) -> None:
    """robots.txt lets everyone in and names the index and the news sitemap by their whole addresses."""
    newsroom.build()
    assert newsroom.text("robots.txt").split("\n") == [
        "User-agent: *",
        "Allow: /",
        "",
        f"Sitemap: {BASE}/sitemap.xml",
        f"Sitemap: {BASE}/sitemap-news.xml",
        "",
    ]
