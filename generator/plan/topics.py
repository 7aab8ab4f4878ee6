"""The list of all topics: one page while they are few, and then one for each letter.

A count changes with every release on its topic. Were all counted on one page, each release would have a page sent that
grows with the archive: 107 KB where there are 1,300 topics. So where they are many, none is counted: the page of all
changes when another becomes one of the most used, that of a letter when a topic comes or goes, which is seldom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.plan.lists import TopicCount
from generator.plan.output import Output
from generator.urls import TOPICS, file_of, topic_letter_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.article import Topic
    from generator.library import Library

TOGETHER = 200
"""Most topics on one page."""
MOST_USED = 60
"""Topics on the page of all where they are more than that."""


class Letter(NamedTuple):
    """The page of the topics whose addresses begin with a letter; digits share one."""

    name: str
    url: str


def topics_pages(library: Library) -> Iterator[Output]:
    """Yield the page of all topics; where they are many, that of the most used, and one for each letter."""
    by_name = sorted(library.topics.values(), key=lambda shelf: _name(shelf.topic))
    parted = by_letter(library)
    letters = tuple(parted)
    most_used: tuple[Topic, ...] = ()
    counts: tuple[TopicCount, ...] = ()
    if letters:
        by_use = sorted(by_name, key=lambda shelf: -len(shelf.cards))
        most_used = tuple(sorted((shelf.topic for shelf in by_use[:MOST_USED]), key=_name))
    else:
        counts = tuple(TopicCount(s.topic.name, s.topic.url, s.topic.feed_url, len(s.cards)) for s in by_name)
    inputs = {"topics": counts, "most_used": most_used, "letters": letters}
    yield Output(file_of(TOPICS), "topics.html", inputs, "list")
    for letter, topics in parted.items():
        of_letter = {"letter": letter, "letters": letters, "topics": topics}
        yield Output(file_of(letter.url), "letter.html", of_letter, "list")


def letters_of(library: Library) -> tuple[Letter, ...]:
    """Return the letters that have a page, in their order; none where all topics stand on one page."""
    if len(library.topics) <= TOGETHER:
        return ()
    return tuple(map(_letter, sorted(set(map(_sign, library.topics)))))


def by_letter(library: Library) -> dict[Letter, tuple[Topic, ...]]:
    """Return the topics by their letters, each group by name; nothing where all stand on one page."""
    groups: dict[Letter, list[Topic]] = {letter: [] for letter in letters_of(library)}
    for slug, shelf in library.topics.items() if groups else ():
        groups[_letter(_sign(slug))].append(shelf.topic)
    return {letter: tuple(sorted(topics, key=_name)) for letter, topics in groups.items()}


def _name(topic: Topic) -> tuple[str, str]:
    """Return what topics are listed by."""
    return topic.name.casefold(), topic.slug


def _sign(slug: str) -> str:
    return "0-9" if slug[0].isdigit() else slug[0]


def _letter(sign: str) -> Letter:
    return Letter(sign.replace("-", "–").upper(), topic_letter_path(sign))
