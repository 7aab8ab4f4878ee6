"""The pages that readers see, as Outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.plan.lists import TopicCount, calendar, listings, numbered
from generator.plan.output import Output
from generator.urls import ARCHIVE, CORRECTIONS, HOME, TOPICS, file_of, numbered_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.article import Card
    from generator.i18n import Moment
    from generator.library import Library
    from generator.plan.lists import Month, Year

HOME_SIZE = 20
"""Releases on the home page."""


class CorrectionEntry(NamedTuple):
    """A correction on the page of all corrections."""

    card: Card
    date: Moment
    note: str


def pages(library: Library) -> Iterator[Output]:
    """Yield every page but redirects."""
    years = calendar(library.days, library.site.zone)
    yield from _releases(library)
    yield from _topics(library)
    yield from _dates(library, years)
    yield from _corrections(library)
    yield _home(library, years)
    for page in library.pages:
        yield Output(file_of(page.url), "page.html", {"page": page}, source=page.source)
    yield Output("404.html", "404.html", {}, "list")


def _releases(library: Library) -> Iterator[Output]:
    for release, beside in library.neighbours():
        inputs = {"release": release, "older": beside.older, "newer": beside.newer, "related": beside.related}
        yield Output(file_of(release.card.url), "release.html", inputs, source=release.article.source)
    for release in library.withdrawn:
        alone = {"release": release, "older": None, "newer": None, "related": ()}
        yield Output(file_of(release.card.url), "release.html", alone, source=release.article.source)


def _home(library: Library, years: tuple[Year, ...]) -> Output:
    cards = tuple(release.card for release in reversed(library.releases[-HOME_SIZE:]))
    topics = tuple(dict.fromkeys(topic for card in cards for topic in card.topics))
    newest_first = tuple(year._replace(months=()) for year in reversed(years))
    return Output(file_of(HOME), "home.html", {"cards": cards, "topics": topics, "years": newest_first}, "list")


def _topics(library: Library) -> Iterator[Output]:
    counts = []
    for shelf in library.topics.values():
        topic = shelf.topic
        counts.append(TopicCount(topic.name, topic.url, topic.feed_url, len(shelf.cards)))
        for listing in listings(shelf.cards, topic.url):
            yield Output(file_of(listing.url), "topic.html", {"topic": topic, "listing": listing}, "list")
        yield from _next_number(len(shelf.cards), topic.url)
    counts.sort(key=lambda count: (count.name.casefold(), count.url))
    yield Output(file_of(TOPICS), "topics.html", {"topics": tuple(counts)}, "list")


def _dates(library: Library, years: tuple[Year, ...]) -> Iterator[Output]:
    for year in years:
        yield Output(file_of(year.url), "year.html", {"year": year}, "list")
        for month in year.months:
            yield from _month(library, month)
    archive = tuple(year._replace(months=tuple(m._replace(days=()) for m in year.months)) for year in reversed(years))
    yield Output(file_of(ARCHIVE), "archive.html", {"years": archive}, "list")


def _month(library: Library, month: Month) -> Iterator[Output]:
    cards: list[Card] = []
    for day in month.days:
        on_day = library.days[day.date.at.date()]
        cards += on_day
        for listing in listings(on_day, day.url):
            shown_day = day if listing.number is None else day._replace(count=0)
            yield Output(file_of(listing.url), "day.html", {"day": shown_day, "listing": listing}, "list")
        yield from _next_number(len(on_day), day.url)
    for listing in listings(cards, month.url):
        # The calendar of the month stands on its front page: a numbered page must not change with the next release.
        shown = month if listing.number is None else month._replace(days=(), count=0)
        yield Output(file_of(listing.url), "month.html", {"month": shown, "listing": listing}, "list")
    yield from _next_number(len(cards), month.url)


def _corrections(library: Library) -> Iterator[Output]:
    entries = [
        CorrectionEntry(release.card, correction.date, correction.note)
        for release in (*library.releases, *library.withdrawn)
        for correction in release.article.corrections
    ]
    entries.sort(key=lambda entry: (entry.date.at, entry.card.url))
    for listing in listings(entries, CORRECTIONS):
        yield Output(file_of(listing.url), "corrections.html", {"listing": listing}, "list")
    yield from _next_number(len(entries), CORRECTIONS)


def _next_number(count: int, front: str) -> Iterator[Output]:
    """Yield the redirect that waits where the next numbered page of a list will stand, if it has any yet."""
    if last := numbered(count):
        yield Output(file_of(numbered_path(front, last + 1)), "redirect.html", {"target": front}, "list")
