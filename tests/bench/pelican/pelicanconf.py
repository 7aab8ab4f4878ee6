"""Pelican's settings, and the few filters that its templates need; Pelican runs this file, nobody imports it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

SITENAME = "Situs CONTOH"
SITESUBTITLE = "Arsip buatan untuk mencoba dan mengukur, bukan berita"
SITEURL = "https://contoh.example"
AUTHOR = "Lembaga CONTOH"
TIMEZONE = "Asia/Pontianak"
DEFAULT_LANG = "id"
PATH = "content"
OUTPUT_PATH = "output"
THEME = "theme"
THEME_STATIC_PATHS: list[str] = []
ARTICLE_PATHS = ["berita"]
PAGE_PATHS = ["pages"]
STATIC_PATHS = ["static"]
USE_FOLDER_AS_CATEGORY = False
FORMATTED_FIELDS: list[str] = []
MARKDOWN = {
    "extension_configs": {"markdown.extensions.tables": {}, "markdown.extensions.meta": {}},
    "output_format": "html5",
}

ARTICLE_URL = "{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
PAGE_URL = "{slug}/"
PAGE_SAVE_AS = "{slug}/index.html"
TAG_URL = "topik/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
MONTH_ARCHIVE_URL = "{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_URL + "index.html"
DAY_ARCHIVE_URL = "{date:%Y}/{date:%m}/{date:%d}/"
DAY_ARCHIVE_SAVE_AS = DAY_ARCHIVE_URL + "index.html"
CATEGORY_SAVE_AS = ""
AUTHOR_SAVE_AS = ""
DRAFT_SAVE_AS = ""

DIRECT_TEMPLATES = ["index", "archives", "tags", "corrections", "404", "sitemap", "jsonfeed", "robots"]
ARCHIVES_SAVE_AS = "arsip/index.html"
TAGS_SAVE_AS = "topik/index.html"
CORRECTIONS_SAVE_AS = "koreksi/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
JSONFEED_SAVE_AS = "feed.json"
ROBOTS_SAVE_AS = "robots.txt"

DEFAULT_PAGINATION = 20
PAGINATED_TEMPLATES = {"tag": 20, "period_archives": 20}
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/halaman/{number}/", "{base_name}/halaman/{number}/index.html"),
)

FEED_MAX_ITEMS = 10  # of a topic too, with the full text: Pelican has no other Atom feeds
FEED_ALL_ATOM = "atom.xml"
FEED_ALL_RSS = "rss.xml"
TAG_FEED_ATOM = TAG_URL + "atom.xml"
CATEGORY_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
TRANSLATION_FEED_ATOM = None

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = tuple(
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905 - short
)


class Ways(NamedTuple):
    """Where a release leads: its neighbours and up to four older ones on its topics."""

    older: Any
    newer: Any
    related: list[Any]


class _Archive:
    """The releases, oldest first, and each one's place among all and in its topics."""

    def __init__(self, articles: Iterable[Any]) -> None:
        self.all = sorted(articles, key=lambda article: (article.date, article.url))
        self.place = {article.url: index for index, article in enumerate(self.all)}
        self.topics: dict[str, list[Any]] = {}
        self.in_topic: dict[tuple[str, str], int] = {}
        for article in self.all:
            for tag in getattr(article, "tags", ()):
                shelf = self.topics.setdefault(tag.slug, [])
                self.in_topic[tag.slug, article.url] = len(shelf)
                shelf.append(article)


_archives: dict[int, _Archive] = {}


def ways(article: Any, articles: Sequence[Any]) -> Ways:
    """Return where ``article`` leads; the archive is sorted once."""
    archive = _archives.get(id(articles)) or _archives.setdefault(id(articles), _Archive(articles))
    place = archive.place[article.url]
    found: dict[str, Any] = {}
    for step in range(1, 5):
        for tag in getattr(article, "tags", ()):
            index = archive.in_topic[tag.slug, article.url] - step
            if index >= 0 and len(found) < 4:
                near = archive.topics[tag.slug][index]
                found.setdefault(near.url, near)
    newer = archive.all[place + 1] if place + 1 < len(archive.all) else None
    return Ways(archive.all[place - 1] if place else None, newer, list(found.values()))


@cache
def _day(day: date) -> str:
    return f"{_DAYS[day.weekday()]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year}"


def words(moment: datetime) -> str:
    """Return the day in words."""
    return _day(moment.date())


def month(moment: datetime) -> str:
    """Return the month in words."""
    return f"{_MONTHS[moment.month - 1]} {moment.year}"


def words_of(day: str) -> str:
    """Return an ISO day in words."""
    from datetime import date  # noqa: PLC0415 - only for types above

    return _day(date.fromisoformat(day))


def cut(text: str, length: int) -> str:
    """Shorten a text at a word."""
    return text if len(text) <= length else f"{text[:length].rpartition(' ')[0]} …"


def lead(article: Any) -> str:
    """Return the first paragraph without markup."""
    return re.sub(r"<[^>]+>", "", article.content[: article.content.find("</p>")])


def summary(article: Any) -> str:
    """Return the summary, else the beginning of the text."""
    return article.metadata.get("summary") or cut(lead(article), 230)


def description(article: Any) -> str:
    """Return summary and beginning of the text for search engines."""
    return cut(f"{article.metadata.get('summary', '')} {lead(article)}".strip(), 160)


def dateline(article: Any) -> str:
    """Return the text with its dateline."""
    place = article.metadata.get("place")
    line = f'<p><strong class="dateline">{place.upper()} – BIRO CONTOH.</strong> ' if place else "<p>"
    return str(article.content.replace("<p>", line, 1))


def newsarticle(article: Any) -> dict[str, Any]:
    """Return the structured data of a release."""
    url = f"{SITEURL}/{article.url}"
    publisher = {"@type": "GovernmentOrganization", "name": AUTHOR, "url": f"{SITEURL}/"}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": description(article),
        "url": url,
        "mainEntityOfPage": url,
        "datePublished": article.date.isoformat(),
        "dateModified": getattr(article, "modified", article.date).isoformat(),
        "inLanguage": "id",
        "isAccessibleForFree": True,
        "author": publisher,
        "publisher": publisher,
    }
    names = [tag.name for tag in getattr(article, "tags", ())]
    if names:
        data |= {"articleSection": names[0], "keywords": names}
    if place := article.metadata.get("place"):
        data |= {"dateline": place, "contentLocation": {"@type": "Place", "name": place}}
    if noted := corrections(article):
        data["correction"] = [
            {"@type": "CorrectionComment", "text": note["note"], "datePublished": f"{note['date']}T00:00:00+07:00"}
            for note in noted
        ]
    return data


def crumbs(steps: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the structured data of a way from the home page."""
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": SITEURL + path}
        for number, (name, path) in enumerate(steps, 1)
    ]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def corrections(article: Any) -> list[dict[str, str]]:
    """Return the corrections of a release."""
    return list(json.loads(article.metadata.get("corrections", "[]")))


def credit(article: Any) -> str:
    """Return who wrote a release."""
    return "/".join(json.loads(article.metadata.get("credits", "[]")))


def as_json(value: Any) -> str:
    """Return JSON that may stand in a script."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def json_feed(articles: Iterable[Any]) -> dict[str, Any]:
    """Return the JSON feed."""
    items = [
        {
            "id": f"{SITEURL}/{article.url}",
            "url": f"{SITEURL}/{article.url}",
            "title": article.title,
            "summary": summary(article),
            "content_html": dateline(article).replace('href="/', f'href="{SITEURL}/'),
            "date_published": article.date.isoformat(),
            "tags": [tag.name for tag in getattr(article, "tags", ())],
        }
        for article in articles
    ]
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": SITENAME,
        "description": SITESUBTITLE,
        "home_page_url": f"{SITEURL}/",
        "feed_url": f"{SITEURL}/feed.json",
        "language": "id",
        "items": items,
    }


def by_month(articles: Iterable[Any]) -> list[list[Any]]:
    """Return the releases of each month, January first."""
    return _grouped(articles, "%Y-%m")


def by_day(articles: Iterable[Any]) -> list[list[Any]]:
    """Return the releases of each day, first day first."""
    return _grouped(articles, "%Y-%m-%d")


def most_used(tags: Iterable[tuple[Any, list[Any]]]) -> list[tuple[Any, list[Any]]]:
    """Return the sixty topics with the most releases."""
    return sorted(tags, key=lambda pair: -len(pair[1]))[:60]


def by_year(articles: Iterable[Any]) -> list[list[Any]]:
    """Return the releases of each year, newest year first."""
    return _grouped(articles, "%Y")[::-1]


def _grouped(articles: Iterable[Any], pattern: str) -> list[list[Any]]:
    groups: dict[str, list[Any]] = {}
    for article in articles:
        groups.setdefault(article.date.strftime(pattern), []).append(article)
    return [groups[key] for key in sorted(groups)]


JINJA_ENVIRONMENT = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
JINJA_FILTERS = {
    filter_.__name__: filter_
    for filter_ in (
        *(ways, words, month, words_of, summary, description, dateline, newsarticle, crumbs, corrections, credit),
        *(as_json, json_feed, by_month, by_day, by_year, most_used),
    )
}
