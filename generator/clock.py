"""Who is public when: the one place where drafts, embargoes, expiry and withdrawal are decided.

``now`` comes from the edge and is passed down; every surface of the site is made from the same answer.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from generator.announcement import Announcement
    from generator.article import Article

State = Literal["public", "draft", "embargo", "expired", "withdrawn"]

NEWS_AGE = timedelta(hours=48)
"""How long a release stays in the news sitemap; source: Google's news sitemap guide, "within the last 2 days"."""

A_MOMENT_AGO = timedelta(days=30)
"""How far a timetable looks back: longer than any holiday in which nobody publishes."""


class View(NamedTuple):
    """Who looks at the site, and when.

    Readers see what is public at ``now``. Staff see in the preview what they are working on too: drafts, what is under
    embargo and what has expired, each as it looks once it is public, and all announcements.
    """

    now: datetime
    staff: bool = False

    def shows(self, article: Article) -> State:
        """Return the state in which the site shows ``article``; only ``public`` and ``withdrawn`` have pages."""
        if self.staff:
            return "withdrawn" if article.withdrawn else "public"
        return state(article, self.now)

    def announced(self, announcements: Iterable[Announcement]) -> tuple[Announcement, ...]:
        """Return those of ``announcements`` that stand on the home page."""
        return tuple(each for each in announcements if self.staff or _stands(each, self.now))


class Change(NamedTuple):
    """What the clock alone will change next: a release or an announcement appears, or its time is over."""

    at: datetime
    kind: Literal["published", "expired", "announced", "announcement over"]
    title: str


class Appointment(NamedTuple):
    """When a release goes out, and when its time is over, if it ever is; ``source`` is its file."""

    at: datetime
    title: str
    source: str
    until: datetime | None = None


def state(article: Article, now: datetime) -> State:
    """Return what readers may see of ``article`` at ``now``: only ``public`` and ``withdrawn`` have pages."""
    if article.draft:
        return "draft"
    if article.released.at > now:
        return "embargo"
    if article.expires is not None and article.expires.at <= now:
        return "expired"
    return "withdrawn" if article.withdrawn else "public"


def is_news(released: datetime, now: datetime) -> bool:
    """Say whether what was released at ``released`` still belongs into the news sitemap."""
    return released > now - NEWS_AGE


def next_change(articles: Iterable[Article], announcements: Iterable[Announcement], now: datetime) -> Change | None:
    """Return the earliest moment after ``now`` at which something appears or its time is over, or None."""
    best = _next_announcement(announcements, now)
    for article in articles:
        if article.draft:
            continue
        released = article.released.at
        if released > now:
            change = Change(released, "published", article.card.title)
        elif article.expires is not None and article.expires.at > now:
            change = Change(article.expires.at, "expired", article.card.title)
        else:
            continue
        # Of several at one moment the first by title, whatever order the releases were read in.
        if best is None or (change.at, change.title) < (best.at, best.title):
            best = change
    return best


def timetable(articles: Iterable[Article], now: datetime) -> tuple[Appointment, ...]:
    """Return when each release goes out that did so A_MOMENT_AGO or has yet to, earliest first."""
    since = now - A_MOMENT_AGO
    dates = (
        Appointment(a.released.at, a.card.title, a.source, a.expires.at if a.expires else None)
        for a in articles
        if a.released.at > since and not a.draft
    )
    return tuple(sorted(dates, key=lambda each: (each.at, each.title, each.source)))


def _stands(announcement: Announcement, now: datetime) -> bool:
    start, end = announcement.start, announcement.end
    return (start is None or start.at <= now) and (end is None or now < end.at)


def _next_announcement(announcements: Iterable[Announcement], now: datetime) -> Change | None:
    changes = [
        change
        for each in announcements
        for change in (
            Change(each.start.at, "announced", each.text) if each.start else None,
            Change(each.end.at, "announcement over", each.text) if each.end else None,
        )
        if change is not None and change.at > now
    ]
    return min(changes, key=lambda change: (change.at, change.title), default=None)
