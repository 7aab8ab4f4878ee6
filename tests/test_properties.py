"""What holds for any input, tried with many."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from generator import frontmatter
from generator.assets import find_assets, template_folders
from generator.checks.addresses import check_addresses
from generator.clock import View
from generator.config import parse_site
from generator.errors import ContentError
from generator.fields import Fields, parse_moment, tidy
from generator.intake.new import quote
from generator.library import Library
from generator.manuscript import describe, parse_article
from generator.markup import to_html
from generator.page_manuscript import parse_page
from generator.plan import plan
from generator.plan.lists import LEAST, PAGE_SIZE, listings
from generator.urls import MAX_SLUG, clean_alias, could_be_day, file_of, joined, numbered_path, slugify
from tests.newsroom import NOW, SITE, at

if TYPE_CHECKING:
    from generator.article import Article
    from generator.page import Page

ZONE = ZoneInfo("Asia/Pontianak")
THE_SITE = parse_site(SITE.encode())
ASSETS = find_assets(template_folders(Path(__file__).parent.parent))
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
thorough = settings(quick, max_examples=300)

# What may stand in a line: no control character, half of a pair, line or paragraph separator, or byte order mark.
signs = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff")
lines = st.text(signs, min_size=1, max_size=60).map(tidy).filter(bool)
AWKWARD = (
    """null ~ Yes no 1e3 0x1F 2023-10-30 12:30 # &a *a !!x %a ' " \\ \\n a\\ {a} [a] a,b | > ? --- ... @a `a` = <<"""
)
awkward = st.sampled_from([*AWKWARD.split(), "- a", "a: b", "a #b", "a:"])
texts = lines | awkward


def fields_of(front: str) -> Fields:
    """Return the fields of a file with this front matter."""
    return Fields(frontmatter.parse(f"---\n{front}\n---\n\nIsi.\n".encode(), "a.md").fields, "a.md", [])


# Front matter


@thorough
@given(texts)
def test_a_quoted_text_is_read_back(text: str) -> None:
    """What quote() writes into front matter is read back to the letter, as a value and in a list."""
    fields = fields_of(f"title: {quote(text)}\ntags: [{quote(text)}, {quote(text)}]")
    assert fields.text("title") == text
    assert fields.texts("tags") == (text, text)
    assert fields.problems == []


@quick
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), texts | st.lists(texts, max_size=4), max_size=6))
def test_front_matter_of_another_program_is_read_back(values: dict[str, str | list[str]]) -> None:
    """Front matter that PyYAML wrote is read back: texts as texts, lists as lists."""
    assume(values)
    fields = fields_of(yaml.safe_dump(values, allow_unicode=True, sort_keys=False).rstrip("\n"))
    for key, value in values.items():
        if isinstance(value, list):
            assert fields.texts(key) == tuple(value)
        else:
            assert fields.text(key) == value
    assert fields.problems == []


@quick
@given(
    st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"---\n{text}\n---\n".encode("utf-8", "replace"))
)
def test_no_file_is_too_strange(data: bytes) -> None:
    """Whatever bytes a file holds, it is read or refused with a Problem; nothing else is raised."""
    with suppress(ContentError):
        parse_article(data, "content/berita/a.md", THE_SITE)


@quick
@given(
    title=texts,
    place=texts,
    summary=texts,
    tags=st.lists(texts, max_size=4),
    body=st.text(signs | st.sampled_from("\n*_#>-`[]()<&"), max_size=120),
)
def test_an_article_says_what_was_written(title: str, place: str, summary: str, tags: list[str], body: str) -> None:
    """Title, place, summary and tags arrive on the card as they were written."""
    front = yaml.safe_dump(
        {"title": title, "date": "2026-11-01", "place": place, "summary": summary, "tags": tags}, allow_unicode=True
    )
    try:
        card = parse_article(f"---\n{front}---\n\n{body}\n".encode(), "content/berita/a.md", THE_SITE).article.card
    except ContentError:
        # Only what can have no address, and what a body may not hold, is refused.
        assert not slugify(title) or could_be_day(slugify(title)) or not all(map(slugify, tags)) or "[" in body
    else:
        assert (card.title, card.place, card.summary) == (title, place, summary)
        assert [topic.slug for topic in card.topics] == list(dict.fromkeys(map(slugify, tags)))


# Addresses


@thorough
@given(st.text(max_size=300) | texts)
def test_a_slug_is_an_address_and_stays_one(text: str) -> None:
    """A slug is ASCII words joined by hyphens, at most 120 characters long, and its own slug."""
    slug = slugify(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert len(slug) <= MAX_SLUG
    assert slugify(slug) == slug


@quick
@given(st.text(max_size=60))
def test_a_slug_does_not_depend_on_form(text: str) -> None:
    """Case, spacing and Unicode form make no other slug."""
    slug = slugify(text)
    assert slugify(f"  {tidy(text)} ") == slug
    assert slugify(text.upper()) == slug or not text.isascii()


@thorough
@given(st.text(max_size=80) | st.from_regex(r"(/[a-zA-Z0-9._%~-]{0,6}){0,5}/?", fullmatch=True))
def test_an_alias_stays_in_the_site(written: str) -> None:
    """An old address becomes a path whose file is below output/, or is refused; a clean one is clean already."""
    path = clean_alias(written, "https://contoh.example")
    if path is not None:
        file = file_of(path)
        assert path.startswith("/")
        assert path.isascii()
        assert not {"", ".", ".."} & set(file.split("/"))
        assert clean_alias(path, "") == path


# Moments


@quick
@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30)),  # noqa: DTZ001 - the zone is what is tried
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_a_moment_is_read_back(written: datetime, zone: timezone) -> None:
    """A date with a time is read in the site's zone, or in the zone that it carries."""
    written = written.replace(microsecond=0)
    local = parse_moment(f"{written:%Y-%m-%d %H:%M:%S}", ZONE)
    assert local is not None
    assert (local.at.replace(tzinfo=None), local.at.tzinfo, local.has_time) == (written, ZONE, True)
    carried = parse_moment(written.replace(tzinfo=zone).isoformat(), ZONE)
    assert carried is not None
    assert (carried.at.timestamp(), carried.at.tzinfo) == (written.replace(tzinfo=zone).timestamp(), ZONE)
    day = parse_moment(f"{written:%Y-%m-%d}", ZONE)
    assert day is not None
    assert (day.at.date(), day.at.time().isoformat(), day.has_time) == (written.date(), "00:00:00", False)


@thorough
@given(
    st.text(max_size=30)
    | st.from_regex(
        r"[0-9]{1,4}-[0-9]{1,3}-[0-9]{1,2}([T ][0-9]{1,2}[:.][0-9]{2}(Z|WIB|[+-][0-9]{2}:?[0-9]{2})?)?", fullmatch=True
    )
)
def test_no_date_is_too_strange(text: str) -> None:
    """Whatever stands for a date is a moment or none; nothing is raised."""
    moment = parse_moment(text, ZONE)
    assert moment is None or moment.at.tzinfo is ZONE


# Lists


@thorough
@given(st.integers(0, 10 * PAGE_SIZE), st.integers(1, 3 * PAGE_SIZE))
def test_pages_of_a_list_are_a_partition(count: int, more: int) -> None:
    """No item stands on two pages or none; pages are full but the front; one that is full keeps its items for ever."""
    front, *numbered = listings(range(count), "/x/")
    shown = [item for page in (front, *reversed(numbered)) for item in page.items]
    assert shown == list(reversed(range(count)))
    assert all(len(page.items) == PAGE_SIZE for page in numbered)
    assert len(front.items) == count if count < LEAST else LEAST <= len(front.items) < LEAST + PAGE_SIZE
    later = {page.url: page for page in listings(range(count + more), "/x/")}
    for page in numbered:
        kept = later[page.url]
        assert (kept.items, kept.number, kept.older_url) == (page.items, page.number, page.older_url)


@quick
@given(st.integers(0, 10 * PAGE_SIZE))
def test_pages_of_a_list_form_a_chain(count: int) -> None:
    """Older and newer addresses lead from page to page, both ways, without a gap."""
    front, *numbered = listings(range(count), "/x/")
    chain = [front, *reversed(numbered)]
    urls = [page.url for page in chain]
    assert [page.older_url for page in chain] == [*urls[1:], ""]
    # The newest full page leads to the number that comes next, where a redirect waits.
    waiting = [numbered_path("/x/", len(chain))] if len(chain) > 1 else []
    assert [page.newer_url for page in chain] == ["", *waiting, *urls[1:-1]]
    assert len(set(urls)) == len(urls)


# Descriptions and bodies


@thorough
@given(lines, lines | st.just(""))
def test_a_description_fits(summary: str, lead: str) -> None:
    """A description is never empty, never longer than 160 characters, and says the summary first where that fits."""
    text = describe(summary, lead)
    assert 0 < len(text) <= 160
    assert text.startswith(summary[:40].rstrip(" ,;:–-…"))


@quick
@given(st.text(signs | st.sampled_from("\n\t*_#>-`[]()<&!\"'|~:/="), max_size=200))
def test_a_body_has_no_script(text: str) -> None:
    """Whatever a body holds, what comes out has no script, handler or strange scheme, and is clean already."""
    body = to_html(text, lambda name: name).html
    assert not re.search(
        r"<script|<[a-z][^>]*\son[a-z]+\s*=|(?:href|src)=\"\s*(?:javascript|data|vbscript):", body, re.IGNORECASE
    )


# No two files


titles = st.sampled_from(
    [
        "Satu",
        "SATU!",
        "sa\u0301tu",
        "Dua",
        "dua",
        "1",
        "31",
        "123",
        "Halaman",
        "halaman 1",
        "Index",
        "CON",
        "Topik",
        "Arsip",
    ]
)
dates = st.sampled_from(["2026-11-01", "2026-11-01 10:00", "2026-11-23", "2026-10-31", "2025-11-01", "2027-01-01"])
tags = st.lists(st.sampled_from(["Satu", "satu", "Halaman", "Atom", "Index", "2026", "CON"]), max_size=3)
old = st.sampled_from(
    ["/2026/11/satu/", "/2026/11/SATU/index.html", "/2026/11/satu", "/2026/11/dua/x.html", "/2026/11/", "/2026/11/01/"]
    + [
        "/topik/",
        "/topik/satu/",
        "/topik/satu/atom.xml",
        "/topik/satu/lama/",
        "/TOPIK/index.html",
        "/arsip/x/",
        "/index.html",
    ]
    + [
        "/lama",
        "/lama/",
        "/LAMA/",
        "/lama.html",
        "/lama.html/x/",
        "/lama/index.html",
        "/atom.xml",
        "/Atom.XML",
        "/robots.txt",
    ]
    + ["/404.html", "/404.html/x/", "/sitemap.xml", "/sitemap-2026-11.xml", "/.nginx.conf", "/.htaccess"]
    + [f"{asset.url}" for asset in ASSETS[:2]]
    + ["/static/", "/2026/11/halaman/1/", "/koreksi/", "/satu/", "/feed.json/x/"]
)
releases = st.lists(
    st.fixed_dictionaries(
        {"title": titles, "date": dates, "tags": tags, "aliases": st.lists(old, max_size=2)},
        optional={
            "slug": st.sampled_from(["satu", "dua", "halaman"]),
            "draft": st.just(True),
            "withdrawn": st.just("Salah."),
            "expires": st.sampled_from(["2026-11-20", "2028-01-01"]),
        },
    ),
    max_size=6,
)
standing = st.lists(
    st.sampled_from(["satu", "topik", "2026", "static", "lama", "Koreksi", "index"]), max_size=2, unique=True
)


@settings(thorough, max_examples=250)
@given(releases, standing)
def test_no_two_outputs_have_one_file(made: list[dict[str, object]], names: list[str]) -> None:
    """For any releases and pages, either problems are raised, or no file stands where another or its folder does."""
    articles: list[Article] = []
    for number, front in enumerate(made):
        data = f"---\n{yaml.safe_dump(front, allow_unicode=True)}---\n\nIsi.\n".encode()
        try:
            articles.append(parse_article(data, f"content/berita/{number}.md", THE_SITE).article)
        except ContentError:
            return
    pages: list[Page] = [
        parse_page(f"---\ntitle: {name}\n---\n".encode(), f"content/halaman/{name}.md", THE_SITE).page for name in names
    ]
    library = Library(THE_SITE, articles, pages, View(at(NOW)), {})
    outputs = list(plan(library, ASSETS))
    own = [output.file for output in outputs if not output.source and output.template != "redirect.html"]
    if any(problem.severity == "error" for problem in check_addresses(articles, pages, own, at(NOW))):
        return
    files = Counter(output.file.casefold() for output in outputs)
    assert [file for file, count in files.items() if count > 1] == []
    folders = {"/".join(file.split("/")[:n]) for file in files for n in range(1, file.count("/") + 1)}
    assert folders & files.keys() == set()


ADDRESS = st.lists(
    st.sampled_from(
        ["https:", "http:", "/", "//", "a.b", "A", ".", "..", "?", "#", ";", ":", "x-y", "~", "é", " ", "1"]
    ),
    max_size=7,
).map("".join)


@thorough
@given(st.sampled_from(["https://contoh.example/", "http://contoh.example/sub/2026/11/x/"]), ADDRESS)
def test_addresses_are_joined_as_by_the_standard_library(here: str, address: str) -> None:
    """A whole address is the one that ``urljoin`` gives, also where there is nothing to resolve."""
    assert joined(here, address) == urljoin(here, address)
