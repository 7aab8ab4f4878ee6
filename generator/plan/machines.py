"""What machines read: feeds, sitemaps, robots.txt, the manifest and redirects, as Outputs."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from generator.clock import is_news
from generator.i18n import Moment
from generator.mediatypes import kinds
from generator.plan.output import Output
from generator.plan.pages import HOME_SIZE
from generator.plan.topics import letters_of
from generator.urls import (
    ARCHIVE,
    ATOM,
    CORRECTIONS,
    HASHED,
    HOME,
    JSON_FEED,
    MANIFEST,
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
    from generator.library import Library, Shelf

FEED_SIZE = 10
"""Releases in a feed. Each new one has three feeds sent with the full text of all of them, and four of its topics."""
FRONTS = (HOME, TOPICS, ARCHIVE)
"""Pages that new releases change, whatever their days and topics."""
NEWS_SIZE = 1000
"""Most addresses in a news sitemap; source: Google's news sitemap guide."""


_AT = attrgetter("at")
"""Moments are compared by their time alone: a pair would be compared twice over, 80,000 times a plan."""


class SitemapEntry(NamedTuple):
    """An address in a sitemap and when it last changed, None where that is not known."""

    url: str
    lastmod: Moment | None


class Redirect(NamedTuple):
    """An old address and where it leads."""

    source: str
    target: str


def machines(library: Library) -> Iterator[Output]:
    """Yield feeds, sitemaps, robots.txt, the web app manifest, redirect pages and what web servers read."""
    yield from site_feeds(library)
    for shelf in library.topics.values():
        yield topic_feed(library, shelf)
    yield from sitemaps(library)
    yield news_sitemap(library)
    yield from redirects(library)
    yield robots()
    yield manifest()


def site_feeds(library: Library) -> Iterator[Output]:
    """Yield the feeds of all releases."""
    newest_releases = tuple(reversed(library.releases[-FEED_SIZE:]))
    changed = newest(release.card for release in newest_releases)
    for template, path in (("atom.xml", ATOM), ("rss.xml", RSS), ("feed.json", JSON_FEED)):
        inputs = {"entries": newest_releases, **_about_feed(library, changed, (library.site.title, path, HOME))}
        yield Output(file_of(path), template, inputs, "list")


def topic_feed(library: Library, shelf: Shelf) -> Output:
    """Return the feed of a topic."""
    topic, cards = shelf.topic, tuple(reversed(shelf.cards[-FEED_SIZE:]))
    releases = tuple(library.by_url[card.url] for card in cards)
    names = (f"{topic.name} – {library.site.title}", topic.feed_url, topic.url)
    inputs = {"entries": releases, **_about_feed(library, newest(cards), names)}
    return Output(file_of(topic.feed_url), "topic-atom.xml", inputs, "list")


def _about_feed(library: Library, changed: Moment | None, names: tuple[str, str, str]) -> dict[str, object]:
    title, feed_url, page_url = names
    updated = changed or Moment(datetime(1970, 1, 1, tzinfo=library.site.zone))
    return {"title": title, "feed_url": feed_url, "page_url": page_url, "updated": updated}


def newest(cards: Iterable[Card]) -> Moment | None:
    """Return the last time that any of ``cards`` changed, or None where there are none."""
    return max([card.lastmod for card in cards], default=None, key=_AT)


def sitemaps(library: Library) -> Iterator[Output]:
    """Yield the sitemaps of pages and months, and their index."""
    # When a day last changed is asked of its releases; a month, a year and the site ask their days.
    days = {day: newest(library.days[day]) for day in sorted(library.days)}
    months: dict[date, list[date]] = {}
    for day in days:
        months.setdefault(day.replace(day=1), []).append(day)
    fronts, topics = _fronts_by_month(library, days), _topics_by_month(library)
    pages = _page_entries(library, () if fronts else FRONTS)
    maps: list[tuple[str, Moment | None, tuple[SitemapEntry | Card, ...]]] = [
        (SITEMAP_PAGES, _last(entry.lastmod for entry in pages), pages)
    ]
    for first, its in months.items():
        lists = [*fronts.get(first, ()), SitemapEntry(month_path(first), _last(days[day] for day in its))]
        entries: list[SitemapEntry | Card] = [*lists]
        for day in its:
            # A card has an address and a time of change too, and carries its digest for the fingerprint.
            entries += (SitemapEntry(day_path(day), days[day]), *library.days[day])
        last = _last(entry.lastmod for entry in lists)
        maps.append((sitemap_month_path(first), last, (*entries, *topics.get(first, ()))))
    for path, _, its_entries in maps:
        yield Output(file_of(path), "sitemap.xml", {"entries": its_entries}, "list")
    index = tuple(SitemapEntry(path, last) for path, last, _ in maps)
    yield Output(file_of(SITEMAP_INDEX), "sitemap-index.xml", {"entries": index}, "list")


def news_sitemap(library: Library) -> Output:
    """Return the sitemap of the last two days."""
    news = [r.card for r in library.releases if is_news(r.card.released.at, library.view.now)]
    return Output(file_of(SITEMAP_NEWS), "sitemap-news.xml", {"cards": tuple(reversed(news[-NEWS_SIZE:]))}, "list")


def _topics_by_month(library: Library) -> dict[date, list[SitemapEntry]]:
    """Return the topics by the month in which each was first used: it will be no other when more releases come.

    When a topic last changed is not said: its releases stand in the sitemaps with their own times, and one release
    would change the sitemaps of four old months, or else a single one of 190 KB where there are 1,300 topics.
    """
    found: dict[date, list[SitemapEntry]] = {}
    for shelf in sorted(library.topics.values(), key=lambda shelf: shelf.topic.url):
        first = shelf.cards[0].date.at.date().replace(day=1)
        found.setdefault(first, []).append(SitemapEntry(shelf.topic.url, None))
    return found


def _fronts_by_month(library: Library, days: Iterable[date]) -> dict[date, list[SitemapEntry]]:
    """Return what new releases change besides their own: years by their last month, the site's fronts by the newest.

    ``days`` are those that have releases, in their order.

    In the sitemap of pages they would have that one sent with every release too. Each has the time of the newest
    release that it shows or counts: a year shows which days have some, the archive how many, and neither what is
    corrected in one, as home does.
    """
    years: dict[int, list[Moment]] = {}
    last_months: dict[int, date] = {}
    for day in days:
        years.setdefault(day.year, []).append(library.days[day][0].released)
        last_months[day.year] = day.replace(day=1)
    found = {last_months[year]: [SitemapEntry(year_path(last_months[year]), _last(its))] for year, its in years.items()}
    if found:
        last = library.releases[-1].card.released
        changed = {
            HOME: newest(release.card for release in library.releases[-HOME_SIZE:]),
            # Where topics are many the most used stand there uncounted: when one of them last changed is not known.
            TOPICS: None if letters_of(library) else _last(s.cards[-1].released for s in library.topics.values()),
            ARCHIVE: last,
        }
        found[max(found)][:0] = [SitemapEntry(path, changed[path]) for path in FRONTS]
    return found


def _page_entries(library: Library, fronts: Iterable[str]) -> tuple[SitemapEntry, ...]:
    """Return what no release changes by itself; ``fronts`` only where there is none yet."""
    return (
        *(SitemapEntry(path, None) for path in fronts),
        *(SitemapEntry(letter.url, None) for letter in letters_of(library)),
        SitemapEntry(CORRECTIONS, newest(r.card for r in library.releases if r.article.corrections)),
        *(SitemapEntry(page.url, None) for page in library.pages),
    )


def _last(moments: Iterable[Moment | None]) -> Moment | None:
    return max(filter(None, moments), default=None, key=_AT)


def redirects(library: Library) -> Iterator[Output]:
    """Yield a page for each old address, and what tells Apache and nginx of them and how to serve the site."""
    sources = {
        Redirect(alias.path, release.card.url): release.article.source
        for release in (*library.releases, *library.withdrawn)
        for alias in release.article.aliases
    }
    in_order = sorted(sources)
    for redirect in in_order:
        source = sources[redirect]
        yield Output(file_of(redirect.source), "redirect.html", {"target": redirect.target}, source=source)
    named = kinds(whole=True)
    inputs = {"redirects": tuple(in_order), "types": kinds(whole=False), "named": named, "hashed": HASHED}
    yield Output(".htaccess", "htaccess.conf", inputs, "list")
    yield Output(".nginx.conf", "nginx.conf", inputs, "list")


def robots() -> Output:
    """Return what search engines ask for first."""
    return Output("robots.txt", "robots.txt", {}, "list")


def manifest() -> Output:
    """Return the web app manifest."""
    return Output(file_of(MANIFEST), "manifest.json", {}, "list")
