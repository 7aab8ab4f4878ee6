"""All that is public at one moment, in the orders in which the site shows it.

A Library is made from every Article and one View. Whoever asks it sees only what that View shows: for readers, drafts,
embargoed and expired releases are in none of its lists, and names of topics, counts and neighbours are made without
them. Nothing changes a Library; ``revision`` makes the next one from it at the cost of what changed.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from generator.article import Article, Card, Topic
    from generator.clock import View
    from generator.config import Site
    from generator.page import Page
    from generator.photo import Picture

RELATED = 4
"""Related releases under a release."""


class Release(NamedTuple):
    """A release with a page of its own: the Article, its Card with picture and topics as shown, all its pictures."""

    article: Article
    card: Card
    pictures: tuple[Picture, ...]


class Neighbours(NamedTuple):
    """Who stands beside a release."""

    older: Card | None
    newer: Card | None
    related: tuple[Card, ...]


ALONE = Neighbours(None, None, ())
"""The neighbours of a release that is in no list."""


class Shelf(NamedTuple):
    """A topic and its releases, oldest first."""

    topic: Topic
    cards: list[Card]


def shelf_order(card: Card) -> tuple[datetime, str]:
    """Return the key of the one order that every list has: by time of release, then by address."""
    return card.released.at, card.url


def release_order(release: Release) -> tuple[datetime, str]:
    """Return the same key for a Release."""
    return shelf_order(release.card)


class Library:
    """The public set. All lists are oldest first, so that a new release is appended and shifts nothing."""

    def __init__(
        self,
        site: Site,
        articles: Iterable[Article],
        pages: Iterable[Page],
        view: View,
        pictures: Mapping[str, tuple[Picture, ...]],
    ) -> None:
        """Choose and order what ``view`` shows.

        ``pictures`` maps the source of a release to its pictures as they will be served.
        """
        self.site = site
        self.view = view
        self.pages = choose_pages(pages, view)
        shown = [(article, view.shows(article)) for article in articles]
        public = sorted((a for a, s in shown if s == "public"), key=lambda a: shelf_order(a.card))
        withdrawn = sorted((a for a, s in shown if s == "withdrawn"), key=lambda a: shelf_order(a.card))
        self.uses = _count_uses(article.card for article in public)
        names = _common_names(self.uses)
        self.releases = [as_shown(article, names, pictures.get(article.source, ())) for article in public]
        self.withdrawn = [as_shown(article, names, pictures.get(article.source, ())) for article in withdrawn]
        self.topics: dict[str, Shelf] = {}
        self.days: dict[date, list[Card]] = {}
        self.by_url = {release.card.url: release for release in (*self.releases, *self.withdrawn)}
        for release in self.releases:
            self._shelve(release.card)

    def _shelve(self, card: Card) -> None:
        self.days.setdefault(card.date.at.date(), []).append(card)
        for topic in card.topics:
            self.topics.setdefault(topic.slug, Shelf(topic, [])).cards.append(card)

    def neighbours(self) -> Iterator[tuple[Release, Neighbours]]:
        """Yield every public release with its neighbours, oldest first.

        Related are up to RELATED releases on the same topics, nearest first, the first topic's before the next's; older
        ones only, so that a new release changes no page for their sake.
        """
        behind: dict[str, list[Card]] = {}
        releases = self.releases
        for index, release in enumerate(releases):
            card = release.card
            shelves = [behind.setdefault(topic.slug, []) for topic in card.topics]
            yield (
                release,
                Neighbours(
                    older=releases[index - 1].card if index else None,
                    newer=releases[index + 1].card if index + 1 < len(releases) else None,
                    related=_nearest(shelves),
                ),
            )
            for shelf in shelves:
                shelf.append(card)

    def beside(self, release: Release) -> Neighbours:
        """Return the neighbours of one public release, as ``neighbours`` does for all."""
        here = shelf_order(release.card)
        index = bisect_left(self.releases, here, key=release_order)
        shelves = []
        for topic in release.card.topics:
            cards = self.topics[topic.slug].cards
            end = bisect_left(cards, here, key=shelf_order)
            shelves.append(cards[max(0, end - RELATED) : end])
        return Neighbours(
            older=self.releases[index - 1].card if index else None,
            newer=self.releases[index + 1].card if index + 1 < len(self.releases) else None,
            related=_nearest(shelves),
        )


def choose_pages(pages: Iterable[Page], view: View) -> list[Page]:
    """Return the standing pages that ``view`` shows, by address."""
    return sorted((page for page in pages if view.staff or not page.draft), key=lambda page: page.url)


def _nearest(shelves: list[list[Card]]) -> tuple[Card, ...]:
    """Return up to RELATED cards from the ends of ``shelves``, taking one from each in turn."""
    found: dict[str, Card] = {}
    for step in range(1, RELATED + 1):
        for shelf in shelves:
            if len(shelf) >= step:
                card = shelf[-step]
                found.setdefault(card.url, card)
                if len(found) == RELATED:
                    return tuple(found.values())
    return tuple(found.values())


def _count_uses(cards: Iterable[Card]) -> dict[Topic, int]:
    """Return how often each topic is used under each of its names, in the order of their first use."""
    uses: dict[Topic, int] = {}
    for card in cards:
        for topic in card.topics:
            uses[topic] = uses.get(topic, 0) + 1
    return uses


def _common_names(uses: Mapping[Topic, int]) -> dict[str, Topic]:
    """Return each topic under the name used most; of two used equally often, the one that the older release uses."""
    names: dict[str, Topic] = {}
    for topic, count in uses.items():
        # Topics come in the order of their first use, and the first of equals stays.
        if topic.slug not in names or count > uses[names[topic.slug]]:
            names[topic.slug] = topic
    return names


def as_shown(article: Article, names: Mapping[str, Topic], pictures: tuple[Picture, ...]) -> Release:
    """Give a release's card its picture and the common names of its topics.

    A withdrawn release may hold topics that no public one has; those keep no link, since they have no page.
    """
    card = article.card
    topics = tuple([names[t.slug] for t in card.topics if t.slug in names])
    if pictures and article.withdrawn:
        # What was withdrawn is shown with its reason, and handed on to nobody.
        pictures = tuple(p._replace(photo=p.photo._replace(lead=False, download_size=0)) for p in pictures)
    lead = next((picture.photo for picture in pictures if not picture.inline), None) if pictures else None
    if topics != card.topics or lead is not None:
        card = card._replace(topics=topics, photo=lead).sealed()
    return Release(article, card, pictures)
