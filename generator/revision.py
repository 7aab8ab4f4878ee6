"""From one Library to the next, at the cost of the releases that changed.

An edit in the preview must show at once in an archive of any size. So nothing is sorted anew: the lists are copied,
which takes less than a millisecond, and the releases that changed are taken out of the copies and put into them.
"""

from __future__ import annotations

import copy
from bisect import insort
from typing import TYPE_CHECKING

from generator.library import Library, Release, Shelf, as_shown, release_order, shelf_order

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.article import Article, Card, Topic
    from generator.photo import Picture


def revise(
    library: Library, gone: Sequence[Article], come: Sequence[Article], pictures: Mapping[str, tuple[Picture, ...]]
) -> Library | None:
    """Return the Library without the Articles ``gone`` and with those that have ``come``, ``pictures`` being theirs.

    An Article that changed is among both, as it was and as it is. None where one of them decides how others look (the
    name of a topic that is written in several ways, an address that is wanted twice): then a Library must be made of
    all Articles.
    """
    shown = library.view.shows
    leaving = [article for article in gone if shown(article) in {"public", "withdrawn"}]
    arriving = [article for article in come if shown(article) in {"public", "withdrawn"}]
    if _collide(library, leaving, arriving):
        return None
    after = copy.copy(library)
    after.uses = _uses(library, leaving, arriving)
    names = _names(library, after.uses, _touched(leaving, arriving))
    if names is None:
        return None
    after.by_url, after.topics, after.days = dict(library.by_url), dict(library.topics), dict(library.days)
    left = {article.card.url for article in leaving}
    after.releases = [release for release in library.releases if release.card.url not in left]
    for url in left:
        _take_out(after, after.by_url.pop(url))
    # A withdrawn release shows the topics that public ones have, so each is looked at again; they are few.
    staying = [as_shown(r.article, names, r.pictures) for r in library.withdrawn if r.card.url not in left]
    releases = [as_shown(article, names, pictures.get(article.source, ())) for article in arriving]
    after.withdrawn = sorted((*staying, *(r for r in releases if r.article.withdrawn)), key=release_order)
    after.by_url.update((release.card.url, release) for release in (*after.withdrawn, *releases))
    for release in releases:
        _put_in(after, release)
    return after


def _collide(library: Library, leaving: Sequence[Article], arriving: Sequence[Article]) -> bool:
    """Say whether two releases have one address, or had."""
    if len(library.by_url) != len(library.releases) + len(library.withdrawn):
        return True
    left = {article.card.url for article in leaving}
    urls = {article.card.url for article in arriving}
    return (
        len(urls) != len(arriving)
        or any(url in library.by_url for url in urls - left)
        or any(article.card.url not in library.by_url for article in leaving)
    )


def _uses(library: Library, leaving: Sequence[Article], arriving: Sequence[Article]) -> dict[Topic, int]:
    uses = dict(library.uses)
    for articles, step in ((arriving, 1), (leaving, -1)):
        for article in articles:
            for topic in () if article.withdrawn else article.card.topics:
                uses[topic] = uses.get(topic, 0) + step
    return {topic: count for topic, count in uses.items() if count}


def _touched(leaving: Sequence[Article], arriving: Sequence[Article]) -> set[str]:
    """Return the topics whose use may be another than before: not those of a release that stays where it was."""

    def place(article: Article) -> tuple[object, ...]:
        return shelf_order(article.card), article.card.topics, bool(article.withdrawn)

    staying = {place(article) for article in leaving} & {place(article) for article in arriving}
    moved = [article for article in (*leaving, *arriving) if place(article) not in staying]
    return {topic.slug for article in moved for topic in article.card.topics}


def _names(library: Library, uses: Mapping[Topic, int], touched: set[str]) -> dict[str, Topic] | None:
    """Return the name of each topic for ``uses``, or None where one that is touched is written in several ways."""
    names = {slug: shelf.topic for slug, shelf in library.topics.items()}
    for each in (library.uses, uses):
        found = [topic for topic in each if topic.slug in touched]
        if len({topic.slug for topic in found}) != len(found):
            return None
        for slug in touched:
            names.pop(slug, None)
        names.update((topic.slug, topic) for topic in found)
    return names


def _take_out(library: Library, release: Release) -> None:
    card = release.card
    if release.article.withdrawn:
        return
    day = card.date.at.date()
    library.days[day] = _without(library.days[day], card)
    if not library.days[day]:
        del library.days[day]
    for topic in card.topics:
        cards = _without(library.topics[topic.slug].cards, card)
        if cards:
            library.topics[topic.slug] = Shelf(topic, cards)
        else:
            del library.topics[topic.slug]


def _put_in(library: Library, release: Release) -> None:
    card = release.card
    if release.article.withdrawn:
        return
    insort(library.releases, release, key=release_order)
    day = card.date.at.date()
    library.days[day] = _with(library.days.get(day, []), card)
    for topic in card.topics:
        shelf = library.topics.get(topic.slug)
        library.topics[topic.slug] = Shelf(topic, _with(shelf.cards if shelf else [], card))


def _without(cards: list[Card], card: Card) -> list[Card]:
    return [each for each in cards if each.url != card.url]


def _with(cards: list[Card], card: Card) -> list[Card]:
    cards = [*cards]
    insort(cards, card, key=shelf_order)
    return cards
