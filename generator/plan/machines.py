"""What machines read: feeds, sitemaps, robots.txt and redirects, as Outputs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from generator.clock import is_news
from generator.i18n import Moment
from generator.plan.output import Output
from generator.urls import (
    ARCHIVE,
    ATOM,
    CORRECTIONS,
    HOME,
    JSON_FEED,
    RSS,
    SITEMAP_INDEX,
    SITEMAP_NEWS,
    SITEMAP_PAGES,
    TOPICS,
    day_path,
    file_of,
    month_path,
    sitemap_month_path,
    year_path,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from generator.article import Card
    from generator.library import Library, Release

FEED_SIZE = 20
"""Releases in a feed."""
NEWS_SIZE = 1000
"""Most addresses in a news sitemap; source: Google's news sitemap guide."""


class SitemapEntry(NamedTuple):
    """An address in a sitemap and when it last changed, None where that is not known."""

    url: str
    lastmod: Moment | None


class Redirect(NamedTuple):
    """An old address and where it leads."""

    source: str
    target: str


def machines(library: Library) -> Iterator[Output]:
    """Yield feeds, sitemaps, robots.txt, redirect pages and the two lists of redirects."""
    yield from _feeds(library)
    yield from _sitemaps(library)
    yield from _redirects(library)
    yield Output("robots.txt", "robots.txt", {}, "list")


def _feeds(library: Library) -> Iterator[Output]:
    by_url = {release.card.url: release for release in library.releases}
    newest = library.releases[-FEED_SIZE:]
    for template, path in (("atom.xml", ATOM), ("rss.xml", RSS), ("feed.json", JSON_FEED)):
        yield _feed(library, newest, template, (library.site.title, path, HOME))
    for shelf in library.topics.values():
        entries = [by_url[card.url] for card in shelf.cards[-FEED_SIZE:]]
        title = f"{shelf.topic.name} – {library.site.title}"
        yield _feed(library, entries, "atom.xml", (title, shelf.topic.feed_url, shelf.topic.url))


def _feed(library: Library, entries: list[Release], template: str, names: tuple[str, str, str]) -> Output:
    title, feed_url, page_url = names
    inputs = {
        "title": title,
        "feed_url": feed_url,
        "page_url": page_url,
        "updated": newest(release.card for release in entries)
        or Moment(datetime(1970, 1, 1, tzinfo=library.site.zone)),
        "entries": tuple(reversed(entries)),
    }
    return Output(file_of(feed_url), template, inputs, "list")


def newest(cards: Iterable[Card]) -> Moment | None:
    """Return the last time that any of ``cards`` changed, or None where there are none."""
    return max((card.lastmod for card in cards), default=None)


def _sitemaps(library: Library) -> Iterator[Output]:
    months: dict[date, list[SitemapEntry]] = {}
    for day, cards in sorted(library.days.items()):
        entries = months.setdefault(day.replace(day=1), [])
        entries.append(SitemapEntry(day_path(day), newest(cards)))
        entries += [SitemapEntry(card.url, card.lastmod) for card in cards]
    maps = [(SITEMAP_PAGES, _page_entries(library))]
    for first, entries in months.items():
        maps.append((sitemap_month_path(first), (SitemapEntry(month_path(first), _last(entries)), *entries)))
    for path, its in maps:
        yield Output(file_of(path), "sitemap.xml", {"entries": its}, "list")
    index = tuple(SitemapEntry(path, _last(its)) for path, its in maps)
    yield Output(file_of(SITEMAP_INDEX), "sitemap-index.xml", {"entries": index}, "list")
    news = [r.card for r in library.releases if is_news(r.card.released.at, library.now)]
    news_cards = tuple(reversed(news[-NEWS_SIZE:]))
    yield Output(file_of(SITEMAP_NEWS), "sitemap-news.xml", {"cards": news_cards}, "list")


def _page_entries(library: Library) -> tuple[SitemapEntry, ...]:
    last = newest(release.card for release in library.releases)
    years: dict[date, list[Card]] = {}
    for day, cards in library.days.items():
        years.setdefault(day.replace(month=1, day=1), []).extend(cards)
    return (
        SitemapEntry(HOME, last),
        SitemapEntry(TOPICS, last),
        SitemapEntry(ARCHIVE, last),
        SitemapEntry(CORRECTIONS, newest(r.card for r in library.releases if r.article.corrections)),
        *(SitemapEntry(page.url, None) for page in library.pages),
        *(SitemapEntry(year_path(first), newest(cards)) for first, cards in sorted(years.items())),
        *(
            SitemapEntry(s.topic.url, newest(s.cards))
            for s in sorted(library.topics.values(), key=lambda s: s.topic.url)
        ),
    )


def _last(entries: Iterable[SitemapEntry]) -> Moment | None:
    return max((entry.lastmod for entry in entries if entry.lastmod), default=None)


def _redirects(library: Library) -> Iterator[Output]:
    sources = {
        Redirect(alias.path, release.card.url): release.article.source
        for release in (*library.releases, *library.withdrawn)
        for alias in release.article.aliases
    }
    redirects = sorted(sources)
    for redirect in redirects:
        source = sources[redirect]
        yield Output(file_of(redirect.source), "redirect.html", {"target": redirect.target}, source=source)
    yield Output(".htaccess", "htaccess.conf", {"redirects": tuple(redirects)}, "list")
    yield Output("nginx-redirects.conf", "nginx-redirects.conf", {"redirects": tuple(redirects)}, "list")
