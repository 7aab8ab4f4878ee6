"""The pages that readers see, and the ways between them."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from lxml import html

from generator.intake.demo import write_demo
from generator.plan.lists import LEAST, PAGE_SIZE
from tests.newsroom import SITE, Newsroom, release
from tests.reading import broken, file_at, found, meta, one, page, png, titles

if TYPE_CHECKING:
    from collections.abc import Iterator

TAGS = ("Jalan", "Sawah", "Pasar", "Sungai")
SUB = "https://contoh.example/sub"


def fill(newsroom: Newsroom, count: int, *, start: int = 1) -> None:
    """Write ``count`` releases, one an hour, each on all four TAGS."""
    for number in range(start, start + count):
        days, hour = divmod(number, 10)
        date = f"2026-{9 + days // 28:02}-{1 + days % 28:02} {8 + hour:02}:00"
        newsroom.release(f"n{number:03}.md", release(f"Naskah {number:03}", date, tags=f"[{', '.join(TAGS)}]"))


def walk(files: dict[str, bytes], front: str, link: str = "older") -> Iterator[tuple[str, list[str]]]:
    """Yield each page of a list and its titles, from ``front`` on, by its links to older pages or newer ones."""
    rel = {"older": "next", "newer": "prev"}[link]
    path = front
    for _ in range(100):
        root = page(files, path)
        yield path, titles(root)
        onward = found(root, f"//nav[@class='paging']/a[@rel='{rel}']/@href")
        if not onward:
            return
        (path,) = onward
    raise AssertionError("the pages go in a circle")


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """Return the files that one build has and the other has not, or has otherwise."""
    return sorted(file for file in before.keys() | after.keys() if before.get(file) != after.get(file))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """The files of a site of 200 releases on four topics, and after each of 45 more."""
    newsroom = Newsroom(tmp_path_factory.mktemp("arsip") / "situs")
    fill(newsroom, 200)
    newsroom.build()
    states = {"before": newsroom.files()}
    fill(newsroom, 1, start=201)
    newsroom.build()
    states["one more"] = newsroom.files()
    fill(newsroom, 44, start=202)
    newsroom.build()
    states["45 more"] = newsroom.files()
    return states


@pytest.fixture(scope="module", params=["https://contoh.example", SUB])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """Address and files of a demo of 60 releases with pages, photos, aliases and links, at the root or below a path."""
    root = tmp_path_factory.mktemp("demo") / "situs"
    write_demo(root, 60)
    newsroom = Newsroom(root)
    newsroom.write(
        {
            "content/site.toml": SITE.replace("https://contoh.example", request.param)
            + 'menu = [{label = "Tentang", url = "/tentang/"}, {label = "Lain", url = "https://lain.example/"}]\n',
            "content/foto/peta.png": png(),
        }
    )
    links = "[tentang kami](/tentang/), [situs lain](https://lain.example/) dan [bagian ini](#bawah)"
    body = f"Baca {links}.\n\n![Peta](peta.png)"
    newsroom.release(
        "foto.md",
        release("CONTOH berfoto", body=body, photo="peta.png", tags="[Peta]", aliases="[/lama/1.html, /lama/2/]"),
    )
    newsroom.release("tarik.md", release("CONTOH ditarik", withdrawn="Salah.", tags="[Hanya di sini]"))
    newsroom.release(
        "ralat.md", release("CONTOH diralat", corrections="[{date: 2026-11-02, note: Ejaan nama dibetulkan.}]")
    )
    newsroom.write({"content/halaman/hubungi.md": "---\ntitle: Hubungi\n---\n\nKe [topik](/topik/).\n"})
    newsroom.build()
    return request.param, newsroom.files()


# Which pages there are


def test_a_site_without_a_release_has_all_its_own_pages(newsroom: Newsroom) -> None:
    """Home, topics, archive, corrections and 404 stand before the first release does."""
    newsroom.build()
    files = newsroom.files()
    for path in ("/", "/topik/", "/arsip/", "/koreksi/", "/404.html"):
        assert one(page(files, path), "//h1")
    assert not [file for file in files if re.match(r"\d{4}/", file)]


def test_a_release_stands_at_year_month_and_slug(newsroom: Newsroom) -> None:
    """A release's page holds its title, date in words, place, body and topics."""
    newsroom.release(
        "a.md", release("Jembatan Dibuka", "2026-03-14 09:05", "Isi naskah.", tags="[Jalan]", place="Kuala CONTOH")
    )
    newsroom.build()
    root = page(newsroom.files(), "/2026/03/jembatan-dibuka/")
    assert one(root, "//h1") == "Jembatan Dibuka"
    assert "Sabtu, 14 Maret 2026 pukul 09.05 WIB" in one(root, "//article/header/p[@class='meta']")
    assert one(root, "//article//p[@class='meta']/time/@datetime") == "2026-03-14T09:05:00+07:00"
    assert "Isi naskah." in one(root, "//div[@class='text']/p")
    assert set(found(root, "//ul[@class='topics']//a/@href")) == {"/topik/jalan/"}


def test_home_shows_the_newest_first(newsroom: Newsroom) -> None:
    """The home page shows the 20 newest releases, newest first, with their topics and the years."""
    fill(newsroom, 30)
    newsroom.release("lama.md", release("Lama", "2020-01-01", tags="[Purba]"))
    newsroom.build()
    home = page(newsroom.files(), "/")
    assert titles(home) == [f"Naskah {number:03}" for number in range(30, 10, -1)]
    assert found(home, "//ul[@class='topics']//a") == list(TAGS)
    assert found(home, "//ul[@class='years']/li/a/@href") == ["/2026/", "/2020/"]


def test_home_groups_the_newest_by_day(newsroom: Newsroom) -> None:
    """Below the lead each day stands once, with the link to its page, and each release of it with its time."""
    for name, date in {
        "a": "2026-03-04 08:00",
        "b": "2026-03-04 13:05",
        "c": "2026-03-05",
        "d": "2026-03-05 10:00",
    }.items():
        newsroom.release(f"{name}.md", release(name.upper(), date))
    newsroom.release("e.md", release("Tertahan", "2026-03-04 09:00", publish_at="2026-03-05 09:00"))
    newsroom.build()
    home = page(newsroom.files(), "/")
    assert found(home, "//article[@class='card lead']/h2") == ["D"]
    assert found(home, "//section[@class='day']/h2/a/@href") == ["/2026/03/04/", "/2026/03/05/"]
    assert found(home, "//section[@class='day']/h2") == ["Rabu, 4 Maret 2026", "Kamis, 5 Maret 2026"]
    days = [found(day, ".//h3 | .//p[@class='meta']") for day in home.xpath("//section[@class='day']")]
    assert days == [["Tertahan", "09.00 WIB", "B", "13.05 WIB", "A", "08.00 WIB"], ["C"]]


def test_topics_by_use_come_first_where_there_are_many(newsroom: Newsroom) -> None:
    """With more than a dozen topics the twelve most used stand above the alphabet."""
    for number in range(14):
        newsroom.release(
            f"{number}.md", release(f"N{number}", tags=f"[{', '.join(f'T{n:02}' for n in range(number + 1))}]")
        )
    newsroom.build()
    root = page(newsroom.files(), "/topik/")
    assert found(root, "//ol[@class='topics']/li/a")[:3] == ["T00 14", "T01 13", "T02 12"]
    assert len(found(root, "//ol[@class='topics']/li")) == 12
    assert len(found(root, "//dl/dd")) == 14


def test_topics_are_listed_with_their_counts(newsroom: Newsroom) -> None:
    """/topik/ lists every topic by name with the number of its releases."""
    newsroom.release("a.md", release("A", tags="[sawah, Jalan]"))
    newsroom.release("b.md", release("B", tags="[sawah]"))
    newsroom.build()
    topics = page(newsroom.files(), "/topik/")
    assert found(topics, "//dl/dt") == ["J", "S"]
    assert found(topics, "//dl/dd/a/@href") == ["/topik/jalan/", "/topik/sawah/"]
    assert found(topics, "//dl/dd") == ["Jalan 1", "sawah 2"]


def test_a_topic_shows_its_releases_and_its_feed(newsroom: Newsroom) -> None:
    """The page of a topic shows its releases, newest first, and names its own feed."""
    newsroom.release("a.md", release("Lama", "2026-01-01", tags="[Jalan]"))
    newsroom.release("b.md", release("Baru", "2026-02-01", tags="[Jalan]"))
    newsroom.release("c.md", release("Lain", "2026-03-01", tags="[Sawah]"))
    newsroom.build()
    root = page(newsroom.files(), "/topik/jalan/")
    assert titles(root) == ["Baru", "Lama"]
    assert "/topik/jalan/atom.xml" in found(root, "//link[@rel='alternate']/@href")


def test_the_archive_counts_years_and_months(newsroom: Newsroom) -> None:
    """/arsip/ lists the years, newest first, and their months, January first, each with its count."""
    for number, date in enumerate(["2025-12-01", "2026-01-02", "2026-01-02", "2026-03-04"]):
        newsroom.release(f"{number}.md", release(f"Naskah {number}", date))
    newsroom.build()
    archive = page(newsroom.files(), "/arsip/")
    links = found(archive, "//main//section//a/@href")
    counts = [int(re.findall(r"\d+", text)[0]) for text in found(archive, "//span[@class='count']")]
    assert dict(zip(links, counts, strict=True)) == {
        "/2026/": 3,
        "/2026/01/": 2,
        "/2026/03/": 1,
        "/2025/": 1,
        "/2025/12/": 1,
    }
    assert links == ["/2026/", "/2026/01/", "/2026/03/", "/2025/", "/2025/12/"]


def test_year_month_and_day_have_pages(newsroom: Newsroom) -> None:
    """A year leads to its months and days, a month to its days, and month and day show their releases."""
    newsroom.release("a.md", release("Pagi", "2026-03-04 08:00"))
    newsroom.release("b.md", release("Siang", "2026-03-04 13:00"))
    newsroom.release("c.md", release("Esok", "2026-03-05"))
    newsroom.build()
    files = newsroom.files()
    year, month = page(files, "/2026/"), page(files, "/2026/03/")
    assert found(year, "//main//section//a/@href") == ["/2026/03/", "/2026/03/04/", "/2026/03/05/"]
    assert found(month, "//main//nav//table//a/@href") == ["/2026/03/04/", "/2026/03/05/"]
    assert titles(month) == ["Esok", "Siang", "Pagi"]
    assert titles(page(files, "/2026/03/04/")) == ["Siang", "Pagi"]
    assert "2026/03/06/index.html" not in files


def test_a_year_changes_with_the_first_release_of_a_day_alone(newsroom: Newsroom) -> None:
    """The page of a year, a long one, stays as it is when a day that has releases gets another."""
    newsroom.release("a.md", release("Pagi", "2026-03-04 08:00"))
    newsroom.build()
    before = newsroom.files()["2026/index.html"]
    newsroom.release("b.md", release("Siang", "2026-03-04 13:00"))
    newsroom.build()
    assert newsroom.files()["2026/index.html"] == before
    newsroom.release("c.md", release("Esok", "2026-03-05 08:00"))
    newsroom.build()
    assert newsroom.files()["2026/index.html"] != before


def test_months_are_calendars(newsroom: Newsroom) -> None:
    """A month is a calendar of weeks from Monday on, in which days without a release are no links."""
    newsroom.release("a.md", release("Naskah", "2026-02-03"))
    newsroom.build()
    table = page(newsroom.files(), "/2026/").xpath("//table")[0]
    assert found(table, ".//th/abbr/@title")[0] == "Senin"
    rows = [[str(cell.text_content()) for cell in row.iter("td")] for row in table.iter("tr")][1:]
    assert rows == [
        ["", "", "", "", "", "", "1"],
        ["2", "3", "4", "5", "6", "7", "8"],
        ["9", "10", "11", "12", "13", "14", "15"],
        ["16", "17", "18", "19", "20", "21", "22"],
        ["23", "24", "25", "26", "27", "28", ""],
    ]
    assert found(table, ".//td/a/@href") == ["/2026/02/03/"]
    assert found(table, ".//td/a/@aria-label") == ["3 Februari"]


def test_any_day_is_two_clicks_from_home(archive: dict[str, dict[str, bytes]]) -> None:
    """Home leads to every year, and a year to every day that has a page."""
    files = archive["before"]
    years = [path for path in found(page(files, "/"), "//main//a/@href") if re.fullmatch(r"/\d{4}/", path)]
    days = {path for year in years for path in found(page(files, year), "//main//table//a/@href")}
    assert {f"/{file.removesuffix('index.html')}" for file in files if re.fullmatch(r"(\d+/){3}index.html", file)} == {
        day for day in days if re.fullmatch(r"/(\d+/){3}", day)
    }


def test_all_corrections_stand_on_one_page(newsroom: Newsroom) -> None:
    """/koreksi/ shows every correction, the last first, with its date, note and release."""
    newsroom.release("a.md", release("Satu", corrections="[{date: 2026-11-05, note: Nama dibetulkan.}]"))
    newsroom.release(
        "b.md",
        release("Dua", corrections='[{date: 2026-11-03, note: "Angka."}, {date: 2026-11-09, note: "Tempat."}]'),
    )
    newsroom.build()
    root = page(newsroom.files(), "/koreksi/")
    assert titles(root) == ["Dua", "Satu", "Dua"]
    assert found(root, "//p[@class='summary']") == ["Tempat.", "Nama dibetulkan.", "Angka."]
    assert found(root, "//article//time/@datetime") == ["2026-11-09", "2026-11-05", "2026-11-03"]


def test_a_corrected_release_says_so_where_it_is_listed(newsroom: Newsroom) -> None:
    """A correction is shown dated on the release's page and marked in lists."""
    newsroom.release("a.md", release("Satu", corrections="[{date: 2026-11-15, note: Nama dibetulkan.}]"))
    newsroom.build()
    files = newsroom.files()
    notice = one(page(files, "/2026/11/satu/"), "//section[contains(@class, 'corrections')]//li")
    assert notice == "Minggu, 15 November 2026: Nama dibetulkan."
    assert found(page(files, "/"), "//strong[@class='mark']")


def test_standing_pages_and_menu(newsroom: Newsroom) -> None:
    """A standing page has an address of its own, and every page has the menu of site.toml, which says where one is."""
    newsroom.write(
        {
            "content/site.toml": SITE
            + 'menu = [{label = "Tentang", url = "/tentang/"}, {label = "Daerah", url = "https://daerah.example/"}]\n',
            "content/halaman/tentang.md": "---\ntitle: Tentang kami\n---\n\nTeks.\n",
        }
    )
    newsroom.build()
    files = newsroom.files()
    here, home = page(files, "/tentang/"), page(files, "/")
    menu = "//header//nav[@class='menu']//a"
    assert one(here, "//h1") == "Tentang kami"
    assert found(here, f"{menu}/@href")[-2:] == ["/tentang/", "https://daerah.example/"]
    assert found(here, menu)[-2:] == ["Tentang", "Daerah"]
    assert one(here, f"{menu}[@aria-current='page']/@href") == "/tentang/"
    assert one(home, f"{menu}[@aria-current='page']/@href") == "/"
    assert found(page(files, "/404.html"), f"{menu}[@aria-current]") == []


def test_the_error_page_is_in_no_index(newsroom: Newsroom) -> None:
    """404.html asks not to be indexed, has no canonical address, and leads home."""
    newsroom.build()
    root = page(newsroom.files(), "/404.html")
    assert meta(root, "robots") == ["noindex"]
    assert found(root, "//link[@rel='canonical']") == []
    assert "/" in found(root, "//main//a/@href")


def test_a_withdrawn_release_keeps_its_page_alone(newsroom: Newsroom) -> None:
    """A withdrawn release says why on its page, is not indexed, and stands in no list."""
    newsroom.release("a.md", release("Tetap", tags="[Jalan]"))
    newsroom.release("b.md", release("Ditarik", tags="[Jalan, Sendiri]", withdrawn="Acara dibatalkan."))
    newsroom.build()
    files = newsroom.files()
    root = page(files, "/2026/11/ditarik/")
    assert "Acara dibatalkan." in one(root, "//div[contains(@class, 'withdrawn')]")
    assert meta(root, "robots") == ["noindex"]
    assert [file for file, data in files.items() if b"/2026/11/ditarik/" in data] == ["2026/11/ditarik/index.html"]
    assert "topik/sendiri/index.html" not in files


# Topics that are one


def test_topics_that_differ_in_form_only_are_one(newsroom: Newsroom) -> None:
    """Case, spacing and Unicode form make no topic of their own; the form used most is shown everywhere."""
    forms = ['"Café  Rakyat"', "café rakyat", '" CAFE\N{COMBINING ACUTE ACCENT} RAKYAT "', "Café Rakyat"]
    for number, form in enumerate(forms):
        newsroom.release(f"{number}.md", release(f"Naskah {number}", tags=f"[{form}]"))
    newsroom.build()
    files = newsroom.files()
    assert [file for file in files if file.startswith("topik/")] == [
        "topik/cafe-rakyat/atom.xml",
        "topik/cafe-rakyat/index.html",
        "topik/index.html",
    ]
    assert one(page(files, "/topik/cafe-rakyat/"), "//h1") == "Café Rakyat"
    for number in range(4):
        names = found(page(files, f"/2026/11/naskah-{number}/"), "//ul[@class='topics']//a")
        assert set(names) == {"Café Rakyat"}


def test_a_topic_is_counted_once_in_a_release(newsroom: Newsroom) -> None:
    """A release that names one topic in two forms is in it once."""
    newsroom.release("a.md", release("Naskah", tags="[Jalan Raya, jalan  raya]"))
    newsroom.build()
    assert titles(page(newsroom.files(), "/topik/jalan-raya/")) == ["Naskah"]


# Long lists


def is_redirect(data: bytes, to: str = "") -> bool:
    """Say whether a page only leads elsewhere: to the front of its list, where the next numbered page will stand."""
    return b'http-equiv="refresh"' in data and f"url={to}".encode() in data.replace(b"https://contoh.example", b"")


def test_the_front_page_shows_about_a_page(newsroom: Newsroom) -> None:
    """The front of a list shows all of up to 29 items, and from then on between 10 and 29."""
    counts = {1: 1, 2: 20, 3: 21, 4: 29, 5: 30, 6: 31, 7: 49, 8: 50, 9: 79, 10: 80}
    for month, count in counts.items():
        for number in range(count):
            date = f"2026-{month:02}-01 {number // 60:02}:{number % 60:02}"
            newsroom.release(f"{month}-{number}.md", release(f"Naskah {number}", date, "."))
    newsroom.build()
    files = newsroom.files()
    for month, count in counts.items():
        front = len(titles(page(files, f"/2026/{month:02}/")))
        assert front == count if count < LEAST + PAGE_SIZE else LEAST <= front < LEAST + PAGE_SIZE
        numbered = [f for f in files if f.startswith(f"2026/{month:02}/halaman/") and not is_redirect(files[f])]
        assert len(numbered) == (count - front) // PAGE_SIZE


@pytest.mark.parametrize("front", ["/topik/jalan/", "/2026/09/"])
@pytest.mark.parametrize("state", ["before", "one more", "45 more"])
def test_older_links_walk_through_all(archive: dict[str, dict[str, bytes]], state: str, front: str) -> None:
    """From the front page on, older pages show every release once, newest first, each numbered page a full one."""
    pages = list(walk(archive[state], front))
    shown = [title for _, its in pages for title in its]
    assert shown == sorted(set(shown), reverse=True)
    assert len(shown) == {"before": 200, "one more": 201, "45 more": 245}[state]
    assert [path for path, _ in pages[1:]] == [f"{front}halaman/{n}/" for n in range(len(pages) - 1, 0, -1)]
    assert {len(its) for _, its in pages[1:]} == {PAGE_SIZE}


def test_newer_links_walk_back_to_the_front(archive: dict[str, dict[str, bytes]]) -> None:
    """From the oldest page on, newer pages lead to the front by the same way."""
    there = [path for path, _ in walk(archive["before"], "/topik/jalan/")]
    back = [path for path, _ in walk(archive["before"], there[-1], "newer")]
    *numbered, waiting = back
    assert [*numbered, "/topik/jalan/"] == there[::-1]
    assert is_redirect(archive["before"][f"{waiting.strip('/')}/index.html"], to="/topik/jalan/")


def test_a_full_page_never_changes_again(archive: dict[str, dict[str, bytes]]) -> None:
    """A numbered page has the same bytes after 45 more releases, two of them filling further pages."""
    before, after = archive["before"], archive["45 more"]
    numbered = [file for file in before if "/halaman/" in file and not is_redirect(before[file])]
    assert len(numbered) > 40
    assert [file for file in numbered if before[file] != after[file]] == []


def test_one_more_release_changes_few_files(archive: dict[str, dict[str, bytes]]) -> None:
    """In a site of 200, one more release on four topics changes at most 30 files."""
    files = changed(archive["before"], archive["one more"])
    assert len(files) <= 30, files


def test_neighbours_lead_from_release_to_release(archive: dict[str, dict[str, bytes]]) -> None:
    """Every release leads to the next older and the next newer one."""
    files = archive["before"]
    paths = found(page(files, "/"), "//article[@class='card']//h2/a/@href")
    for newer, here, older in zip(paths, paths[1:], paths[2:], strict=False):
        links = "//nav[@class='paging']/a[@rel='%s']/@href"
        assert one(page(files, here), links % "next") == newer
        assert one(page(files, here), links % "prev") == older


def test_related_releases_are_older_ones(archive: dict[str, dict[str, bytes]]) -> None:
    """Related releases share a topic and are older, so a new release changes none of their pages."""
    files = archive["before"]
    related = found(page(files, "/2026/09/naskah-100/"), "//article[@class='card']//h3")
    assert related == ["Naskah 099", "Naskah 098", "Naskah 097", "Naskah 096"]


# One clock


def test_no_byte_depends_on_the_clock_but_the_news_sitemap(newsroom: Newsroom) -> None:
    """Two builds of the same content years apart differ in the news sitemap alone."""
    fill(newsroom, 30)
    newsroom.release("r.md", release("Ralat", corrections="[{date: 2026-11-02, note: Ejaan.}]", aliases="[/lama/]"))
    newsroom.build(now="2026-11-02 12:00")
    before = newsroom.files()
    newsroom.build(now="2031-05-06 07:08")
    assert changed(before, newsroom.files()) == ["sitemap-news.xml"]


# Every page


def test_every_address_leads_somewhere(demo: tuple[str, dict[str, bytes]]) -> None:
    """Every link, picture, feed address, structured address, redirect and sitemap entry leads to a file."""
    base_url, files = demo
    assert broken(files, base_url) == []


def test_every_page_is_whole(demo: tuple[str, dict[str, bytes]]) -> None:
    """Every page has a language, one title, one h1, one main and, but for 404, the canonical address it stands at."""
    base_url, files = demo
    for file in files:
        if not file.endswith(".html"):
            continue
        root = html.document_fromstring(files[file].decode("utf-8"))
        assert root.get("lang") == "id", file
        assert one(root, "/html/head/title").strip(), file
        assert len(found(root, "//h1")) == len(found(root, "//main")) == 1, file
        canonical = found(root, "//link[@rel='canonical']/@href")
        if meta(root, "robots") or file == "404.html":
            own = f"{base_url}/{file.removesuffix('index.html')}"
            assert canonical == ([] if file == "404.html" else [own]), file
            assert one(root, "//meta[@name='description']/@content"), file
        else:
            assert "refresh" in found(root, "//meta/@http-equiv"), file
            assert canonical[0].startswith(f"{base_url}/"), file


def test_headings_skip_no_level(demo: tuple[str, dict[str, bytes]]) -> None:
    """Below its h1 a page goes down one level of heading at a time."""
    for file, data in demo[1].items():
        if file.endswith(".html"):
            root = html.document_fromstring(data.decode("utf-8"))
            levels = [int(e.tag[1]) for e in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]
            assert levels[0] == 1, file
            assert all(after <= before + 1 for before, after in pairwise(levels)), (file, levels)


def test_no_id_stands_twice(demo: tuple[str, dict[str, bytes]]) -> None:
    """An id is used once in a page."""
    for file, data in demo[1].items():
        if file.endswith(".html"):
            ids = found(html.document_fromstring(data.decode("utf-8")), "//@id")
            assert max(Counter(ids).values(), default=1) == 1, file


def test_a_path_in_the_address_is_carried_once(newsroom: Newsroom) -> None:
    """With an address below a path, links in pages, bodies and feeds carry that path, once."""
    newsroom.write(
        {
            "content/site.toml": SITE.replace("https://contoh.example", SUB),
            "content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\n[Topik](/topik/)\n",
        }
    )
    newsroom.release("a.md", release("Naskah", body="Ke [kami](/tentang/) dan [lain](//lain.example/x).", tags="[T]"))
    newsroom.build()
    files = newsroom.files()
    root = page(files, "/2026/11/naskah/")
    assert found(root, "//div[@class='text']//a/@href") == ["/sub/tentang/", "//lain.example/x"]
    assert one(page(files, "/tentang/"), "//div[@class='text']//a/@href") == "/sub/topik/"
    assert one(root, "//link[@rel='canonical']/@href") == f"{SUB}/2026/11/naskah/"
    for feed in ("atom.xml", "rss.xml", "feed.json", "topik/t/atom.xml"):
        text = newsroom.text(feed)
        assert "https://contoh.example/sub/" in text, feed
        assert ("https://contoh.example/sub/tentang/" in text) is ("/" not in feed), feed
        assert "/sub/sub" not in text, feed
        assert re.findall(r"https://contoh\.example(?!/sub)", text) == [], feed
    rooted = [
        (file, address)
        for file in files
        if file.endswith(".html")
        for address in re.findall(r'(?:href|src)="(/(?!/)[^"]*)"', newsroom.text(file))
        if not re.match(r"/sub/(?!sub)", address)
    ]
    assert rooted == []


def test_pages_are_found_under_their_own_address(newsroom: Newsroom) -> None:
    """Every page stands in a folder of its own, so that its address needs no file name."""
    fill(newsroom, 3)
    newsroom.build()
    pages = [file for file in newsroom.files() if file.endswith(".html")]
    assert [file for file in pages if not file.endswith("index.html")] == ["404.html"]
    assert file_at("/2026/09/naskah-001/") in pages


# What stands on a release's page


def test_a_day_of_the_month_has_no_zero_before_it(newsroom: Newsroom) -> None:
    """The fourth of December is written "4 Desember", as people write it."""
    newsroom.release("a.md", release("Naskah", "2025-12-04 08:00"))
    newsroom.build()
    root = page(newsroom.files(), "/2025/12/naskah/")
    assert one(root, "//article/header/p[@class='meta']") == "Kamis, 4 Desember 2025 pukul 08.00 WIB"


def test_what_happened_since_is_said_first(newsroom: Newsroom) -> None:
    """Withdrawal stands above the headline; an update and corrections between headline and text."""
    newsroom.release("a.md", release("Tarik", withdrawn="Salah."))
    newsroom.release(
        "b.md", release("Baru", updated="2026-11-03", corrections="[{date: 2026-11-02, note: Ejaan.}]", body="Isi.")
    )
    newsroom.build()
    files = newsroom.files()
    assert found(page(files, "/2026/11/tarik/"), "//h1/preceding-sibling::div[contains(@class, 'withdrawn')]")
    root = page(files, "/2026/11/baru/")
    assert found(root, "//h1/following-sibling::p/strong[@class='mark']") == ["Diperbarui"]
    assert found(root, "//h1/following-sibling::section[contains(@class, 'corrections')]/h2") == ["Koreksi"]
    assert found(page(files, "/"), "//strong[@class='mark']") == ["Dikoreksi"]


def test_a_release_can_be_shared_and_its_photos_fetched(newsroom: Newsroom) -> None:
    """Share links are plain links that carry title and address; each photo can be fetched; buttons wait for scripts."""
    newsroom.write({"content/foto/peta.png": png()})
    newsroom.release("a.md", release("Satu & dua", photos="[{file: peta.png, caption: Peta}]"))
    newsroom.release("b.md", release("Ditarik", withdrawn="Salah."))
    newsroom.build()
    root = page(newsroom.files(), "/2026/11/satu-dua/")
    shares = found(root, "//section[@class='share']//a/@href")
    assert [address.split("/")[2] for address in shares] == ["wa.me", "t.me", "www.facebook.com", "x.com"]
    assert all("https%3A//contoh.example/2026/11/satu-dua/" in address for address in shares)
    assert shares[0].startswith("https://wa.me/?text=Satu%20%26%20dua%20")
    (download,) = found(root, "//a[@download]/@href")
    assert newsroom.files()[download.removeprefix("/")].startswith(b"\xff\xd8")
    assert len(found(root, "//button")) == len(found(root, "//button[@hidden]"))
    assert found(page(newsroom.files(), "/2026/11/ditarik/"), "//section[@class='share']") == []


def test_no_page_asks_another_host_for_anything(demo: tuple[str, dict[str, bytes]]) -> None:
    """Style, script, icons, manifest and pictures come from the site itself; nothing runs or styles within a page.

    So a content security policy may be served that allows nothing but the site's own files.
    """
    base_url, files = demo
    base = base_url.removeprefix("https://contoh.example")
    for file, data in files.items():
        if file.endswith(".html"):
            root = html.document_fromstring(data.decode("utf-8"))
            loaded = found(root, "//link[@rel='stylesheet' or contains(@rel, 'icon') or @rel='manifest']/@href")
            loaded += found(root, "//img/@src | //script/@src")
            assert [address for address in loaded if not re.match(rf"{base}/(?!/)", address)] == [], file
            assert not root.xpath(
                "//iframe | //style | //script[not(@src)][@type != 'application/ld+json' or not(@type)]"
            ), file
            assert not root.xpath("//@style | //@*[starts-with(name(), 'on')]"), file
        assert not file.endswith(".css") or not re.search(rb'@import|url\((?!"data:)', data)


def test_a_site_can_be_installed(demo: tuple[str, dict[str, bytes]]) -> None:
    """The manifest names the site and its icons, all of which are there in the size that it says."""
    base_url, files = demo
    manifest = json.loads(files["manifest.json"])
    assert manifest["name"] == "Biro CONTOH"
    for icon in manifest["icons"]:
        data = files[icon["src"].removeprefix(base_url.removeprefix("https://contoh.example")).lstrip("/")]
        if icon["type"] == "image/png":
            width, height = (int.from_bytes(data[at : at + 4]) for at in (16, 20))
            assert icon["sizes"] == f"{width}x{height}"


def test_empty_states_say_something(newsroom: Newsroom) -> None:
    """A site without a release, with one, and a release with nothing but its text are whole."""
    newsroom.build()
    files = newsroom.files()
    for path in ("/", "/topik/", "/arsip/", "/koreksi/"):
        assert found(page(files, path), "//main//p[@class='none']"), path
    newsroom.release("a.md", release("Satu-satunya"))
    newsroom.build()
    files = newsroom.files()
    assert titles(page(files, "/")) == ["Satu-satunya"]
    for path in ("/", "/2026/11/satu-satunya/", "/2026/", "/2026/11/", "/2026/11/01/"):
        root = page(files, path)
        assert found(root, "//main//p[@class='none']") == []
        assert not root.xpath("//main//*[self::p or self::ul or self::section or self::h2][not(normalize-space())]"), (
            path
        )


def test_a_summary_that_nobody_wrote_is_not_said_twice(newsroom: Newsroom) -> None:
    """Where the first paragraph stands in for the summary, it is not repeated above itself, dateline or not."""
    lead = "Paragraf pertama naskah ini cukup panjang untuk mudah dikenali."
    newsroom.release("a.md", release("Tanpa tempat", body=lead))
    newsroom.release("b.md", release("Dengan tempat", body=lead, place="Kuala CONTOH"))
    newsroom.release("c.md", release("Tertulis", body=f"KUALA CONTOH – BIRO CONTOH. {lead}", place="Kuala CONTOH"))
    newsroom.release("d.md", release("Beringkasan", body=lead, place="Kuala CONTOH", summary="Ringkasan yang lain."))
    newsroom.build()
    files = newsroom.files()
    for slug in ("tanpa-tempat", "dengan-tempat", "tertulis"):
        root = page(files, f"/2026/11/{slug}/")
        assert sum(lead in text for text in found(root, "//article//p")) == 1, slug
    assert one(page(files, "/2026/11/beringkasan/"), "//p[@class='standfirst']") == "Ringkasan yang lain."


def test_the_caption_of_a_missing_photo_is_said_once(newsroom: Newsroom) -> None:
    """A caption without a photo stands in for the summary and is not repeated."""
    newsroom.release("a.md", release("Naskah", caption="Kepala biro membuka acara."))
    newsroom.build()
    root = page(newsroom.files(), "/2026/11/naskah/")
    assert sum("Kepala biro" in text for text in found(root, "//article//p")) == 1


def test_text_of_a_release_is_never_markup(newsroom: Newsroom) -> None:
    """Titles, captions, tags, places, credits and notes are shown as they were written."""
    evil = "<b>&amp;</b> \"'"
    text = release(
        "'<b>&amp;</b> \"'''",
        summary="'<b>&amp;</b> \"'''",
        place="'<b>&amp;</b> \"'''",
        tags="['<b>&amp;</b> \"''']",
        credits="['<b>&amp;</b> \"''']",
        corrections="[{date: 2026-11-02, note: '<b>&amp;</b> \"'''}]",
    )
    newsroom.release("a.md", text)
    newsroom.build()
    root = page(newsroom.files(), "/2026/11/b-amp-b/")
    assert found(root, "//b") == []
    assert one(root, "//h1") == evil
    assert one(root, "//p[@class='standfirst']") == evil
    assert set(found(root, "//ul[@class='topics']//a")) == {evil}
    assert one(root, "//p[@class='credits']") == f"({evil})"
    assert evil in one(root, "//section[contains(@class, 'corrections')]//li")


def test_signs_that_nobody_sees_make_no_topic(newsroom: Newsroom) -> None:
    """A topic with a soft hyphen or a zero-width space in it is the topic without them."""
    newsroom.release("a.md", release("A", tags='["So\u00adsial", "So\u200bsial", Sosial]'))
    newsroom.build()
    assert [name for name in newsroom.files() if name.startswith("topik/so")] == [
        "topik/sosial/atom.xml",
        "topik/sosial/index.html",
    ]
