"""All that is public at one moment, in the orders in which the site shows it.

A Library is made from every Article and one clock. Whoever asks it sees only what readers may see: drafts, embargoed
and expired releases are in none of its lists, and names of topics, counts and neighbours are made without them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from generator.article import Article, Card, Picture, Topic
from generator.clock import state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from generator.config import Site
    from generator.page import Page

RELATED = 4
"""Related releases under a release."""


class Release(NamedTuple):
    """A release with a page of its own: the Article, its Card with picture and topics as shown, and all its pictures."""

    article: Article
    card: Card
    pictures: tuple[Picture, ...]


class Shelf(NamedTuple):
    """A topic and its releases, oldest first."""

    topic: Topic
    cards: list[Card]


def shelf_order(card: Card) -> tuple[datetime, str]:
    """Return the key of the one order that every list has: by time of release, then by address."""
    return card.released.at, card.url


class Library:
    """The public set. All lists are oldest first, so that a new release is appended and shifts nothing."""

    def __init__(
        self,
        site: Site,
        articles: Iterable[Article],
        pages: Iterable[Page],
        now: datetime,
        pictures: Mapping[str, tuple[Picture, ...]],
    ) -> None:
        """Choose and order what is public.

        ``pictures`` maps the source of a release to its pictures as they will be served.
        """
        self.site = site
        self.now = now
        self.pages = sorted((p for p in pages if not p.draft), key=lambda p: p.url)
        shown = [(a, s) for a in articles if (s := state(a, now)) in {"public", "withdrawn"}]
        names = _topic_names([a.card for a, s in shown if s == "public"])
        made = sorted(
            ((_release(a, names, pictures.get(a.source, ())), s) for a, s in shown),
            key=lambda pair: shelf_order(pair[0].card),
        )
        self.releases = [release for release, s in made if s == "public"]
        self.withdrawn = [release for release, s in made if s == "withdrawn"]
        self.topics: dict[str, Shelf] = {}
        self.days: dict[date, list[Card]] = {}
        for release in self.releases:
            self._shelve(release.card)

    def _shelve(self, card: Card) -> None:
        self.days.setdefault(card.date.at.date(), []).append(card)
        for topic in card.topics:
            self.topics.setdefault(topic.slug, Shelf(topic, [])).cards.append(card)

    def related(self, card: Card) -> tuple[Card, ...]:
        """Return up to RELATED older releases on the same topics, nearest first, the first topic's before the next's.

        Older ones only: so a new release changes no page but its own.
        """
        found: dict[str, Card] = {}
        shelves = [self.topics[t.slug].cards for t in card.topics if t.slug in self.topics]
        places = [bisect_left(cards, shelf_order(card), key=shelf_order) for cards in shelves]
        for step in range(1, RELATED + 1):
            for cards, place in zip(shelves, places, strict=True):
                if place >= step:
                    found.setdefault(cards[place - step].url, cards[place - step])
                if len(found) == RELATED:
                    return tuple(found.values())
        return tuple(found.values())


def _topic_names(cards: Iterable[Card]) -> dict[str, Topic]:
    """Return each topic under the name used most; of two used equally often, the one that the older release uses."""
    forms: dict[str, Counter[Topic]] = {}
    for card in sorted(cards, key=shelf_order):
        for topic in card.topics:
            forms.setdefault(topic.slug, Counter())[topic] += 1
    # most_common keeps the order of first use among equals.
    return {slug: counter.most_common(1)[0][0] for slug, counter in forms.items()}


def _release(article: Article, names: Mapping[str, Topic], pictures: tuple[Picture, ...]) -> Release:
    """Give a release's card its picture and the common names of its topics.

    A withdrawn release may hold topics that no public one has; those keep no link, since they have no page.
    """
    card = article.card
    topics = tuple(names[t.slug] for t in card.topics if t.slug in names)
    lead = next((picture.photo for picture in pictures if not picture.inline), None)
    if topics != card.topics or lead is not None:
        card = card._replace(topics=topics, photo=lead).sealed()
    return Release(article, card, pictures)
