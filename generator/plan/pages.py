"""The pages that readers see, as Outputs; and beside each release what belongs to its page.

Each function here yields a group of pages that stand together, so that all of them can be planned (``pages``), and one
be found without planning the others (``finding``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.library import ALONE
from generator.plan.files import card_file
from generator.plan.lists import by_day, calendar, listings, numbered
from generator.plan.output import Output
from generator.plan.topics import topics_pages
from generator.sharing import ShareCards
from generator.urls import ARCHIVE, CORRECTIONS, HOME, file_of, numbered_path, release_text_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.article import Card
    from generator.i18n import Moment
    from generator.library import Library, Neighbours, Release, Shelf
    from generator.page import Page
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
    cards = ShareCards(library.site)
    yield card_file(cards.own)
    for release, beside in library.neighbours():
        yield from release_files(release, beside, cards)
    for release in library.withdrawn:
        yield from release_files(release, ALONE, cards)
    for shelf in library.topics.values():
        yield from topic_lists(shelf)
    yield from topics_pages(library)
    years = calendar(library.days, library.site.zone)
    for year in years:
        yield year_page(year)
        for month in year.months:
            yield from month_lists(library, month)
    yield archive_page(years)
    yield from correction_lists(library)
    yield home_page(library, years)
    for page in library.pages:
        yield standing_page(page)
    yield not_found_page()


def release_files(release: Release, beside: Neighbours, cards: ShareCards) -> Iterator[Output]:
    """Yield the page of a release, its plain text unless it was withdrawn, and its share card if it has one."""
    withdrawn, source = bool(release.article.withdrawn), release.article.source
    card = cards.of(release.card, withdrawn=withdrawn)
    inputs = {
        "release": release,
        "share_card": card,
        "older": beside.older,
        "newer": beside.newer,
        "related": beside.related,
    }
    yield Output(file_of(release.card.url), "release.html", inputs, source=source)
    if not withdrawn:
        yield Output(file_of(release_text_path(release.card.url)), "release.txt", {"release": release}, source=source)
    if card:
        yield card_file(card, source)


def home_page(library: Library, years: tuple[Year, ...]) -> Output:
    """Return the home page; of ``years``, oldest first, the months are not shown."""
    cards = tuple(release.card for release in reversed(library.releases[-HOME_SIZE:]))
    topics = tuple(dict.fromkeys(topic for card in cards for topic in card.topics))
    inputs = {
        "announcements": library.view.announced(library.site.announcements),
        "lead": cards[0] if cards else None,
        "days": by_day(cards[1:]),
        "topics": topics,
        "years": tuple(year._replace(months=()) for year in reversed(years)),
    }
    return Output(file_of(HOME), "home.html", inputs, "list")


def topic_lists(shelf: Shelf) -> Iterator[Output]:
    """Yield the lists of a topic's releases."""
    topic = shelf.topic
    for listing in listings(shelf.cards, topic.url):
        yield Output(file_of(listing.url), "topic.html", {"topic": topic, "listing": listing}, "list")
    yield from _next_number(len(shelf.cards), topic.url)


def archive_page(years: tuple[Year, ...]) -> Output:
    """Return the archive's front page from ``years``, oldest first."""
    shown = tuple(year._replace(months=tuple(m._replace(days=()) for m in year.months)) for year in reversed(years))
    return Output(file_of(ARCHIVE), "archive.html", {"years": shown}, "list")


def year_page(year: Year) -> Output:
    """Return the page of a year."""
    return Output(file_of(year.url), "year.html", {"year": year}, "list")


def month_lists(library: Library, month: Month) -> Iterator[Output]:
    """Yield the lists of a month's days, and of the month."""
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


def correction_lists(library: Library) -> Iterator[Output]:
    """Yield the lists of all corrections."""
    entries = [
        CorrectionEntry(release.card, correction.date, correction.note)
        for release in (*library.releases, *library.withdrawn)
        for correction in release.article.corrections
    ]
    entries.sort(key=lambda entry: (entry.date.at, entry.card.url))
    for listing in listings(entries, CORRECTIONS):
        yield Output(file_of(listing.url), "corrections.html", {"listing": listing}, "list")
    yield from _next_number(len(entries), CORRECTIONS)


def standing_page(page: Page) -> Output:
    """Return a standing page."""
    return Output(file_of(page.url), "page.html", {"page": page}, source=page.source)


def not_found_page() -> Output:
    """Return the page for addresses that lead nowhere."""
    return Output("404.html", "404.html", {}, "list")


def _next_number(count: int, front: str) -> Iterator[Output]:
    """Yield the redirect that waits where the next numbered page of a list will stand, if it has any yet."""
    if last := numbered(count):
        yield Output(file_of(numbered_path(front, last + 1)), "redirect.html", {"target": front}, "list")
