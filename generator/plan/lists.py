"""Long lists in pages whose numbers never change, and the shapes that list pages show.

Numbered pages count from the oldest, so a full page never changes again. The front page, which has no number, shows
what is not yet on one: between half a page's worth and one and a half. No release stands on two pages.
Where the next number will stand, a redirect leads to the front page until then, so that not even a link changes.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from generator.i18n import Moment
from generator.urls import day_path, month_path, numbered_path, year_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from generator.article import Card

PAGE_SIZE = 20
"""Items on a numbered page."""
LEAST = PAGE_SIZE // 2
"""Fewest items that numbered pages leave for the front, which each new item has sent anew."""

T = TypeVar("T")
calendar_day = date
"""What ``date`` is outside of the tuples below, which have a field of that name."""


class DayCards(NamedTuple):
    """Releases of one day on the home page, newest first, with the day's page."""

    date: Moment
    url: str
    cards: tuple[Card, ...]


class Listing(NamedTuple, Generic[T]):
    """One page of a long list: its items newest first and the addresses of its neighbours ("" where there is none)."""

    items: tuple[T, ...]
    url: str
    number: int | None
    older_url: str
    newer_url: str


class TopicCount(NamedTuple):
    """A topic with the number of its releases."""

    name: str
    url: str
    feed_url: str
    count: int  # type: ignore[assignment] # what templates read; nobody counts in this tuple


class Day(NamedTuple):
    """A day with releases."""

    date: Moment
    url: str
    count: int  # type: ignore[assignment] # what templates read; nobody counts in this tuple


class Month(NamedTuple):
    """A month with its days, first day first."""

    date: Moment
    url: str
    count: int  # type: ignore[assignment] # what templates read; nobody counts in this tuple
    days: tuple[Day, ...]

    @property
    def weeks(self) -> tuple[tuple[Day | None, ...], ...]:
        """The month as a calendar shows it: weeks of seven days from Monday on, None where another month's day is."""
        held = {day.date.at.date(): day for day in self.days}
        first = self.date.at.date()
        start = first - timedelta(first.weekday())
        weeks = []
        while start <= first or start.month == first.month:
            week = [start + timedelta(n) for n in range(7)]
            weeks.append(tuple(held.get(d) or self._without(d) if d.month == first.month else None for d in week))
            start += timedelta(7)
        return tuple(weeks)

    def _without(self, day: calendar_day) -> Day:
        return Day(Moment(self.date.at.replace(day=day.day), has_time=False), day_path(day), 0)


class Year(NamedTuple):
    """A year with its months, January first."""

    year: int
    url: str
    count: int  # type: ignore[assignment] # what templates read; nobody counts in this tuple
    months: tuple[Month, ...]

    @property
    def calendar(self) -> tuple[Month, ...]:
        """All twelve months, those without releases too, with a count of 0."""
        held = {month.date.at.month: month for month in self.months}
        firsts = (self.months[0].date.at.replace(month=number) for number in range(1, 13))
        return tuple(
            held.get(first.month) or Month(Moment(first, has_time=False), month_path(first), 0, ()) for first in firsts
        )


def listings(items: Sequence[T], front: str) -> Iterator[Listing[T]]:
    """Yield the front page and then the numbered pages of ``items`` (oldest first), whose front page is ``front``."""
    last = numbered(len(items))
    yield Listing(
        tuple(reversed(items[last * PAGE_SIZE :])), front, None, numbered_path(front, last) if last else "", ""
    )
    for number in range(1, last + 1):
        older = numbered_path(front, number - 1) if number > 1 else ""
        # Of the newest full page too this leads to the next number: there a redirect waits until the page comes.
        newer = numbered_path(front, number + 1)
        page = items[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        yield Listing(tuple(reversed(page)), numbered_path(front, number), number, older, newer)


def by_day(cards: Iterable[Card]) -> tuple[DayCards, ...]:
    """Return ``cards`` by their days, each day where its first card stands.

    A release that was held back has an earlier date than its neighbours; it is shown under that date, which has a page.
    """
    days: dict[date, list[Card]] = {}
    for card in cards:
        days.setdefault(card.date.at.date(), []).append(card)
    return tuple(
        DayCards(Moment(its[0].date.at, has_time=False), day_path(day), tuple(its)) for day, its in days.items()
    )


def numbered(count: int) -> int:
    """Return how many numbered pages ``count`` items fill, half a page's worth always being left for the front."""
    return max(0, (count - LEAST) // PAGE_SIZE)


def calendar(days: Mapping[date, Sequence[Card]], zone: ZoneInfo) -> tuple[Year, ...]:
    """Return the years that hold releases, oldest first, with their months and days."""
    return tuple(year_of(days, year, zone) for year in sorted({day.year for day in days}))


def year_of(days: Mapping[date, Sequence[Card]], year: int, zone: ZoneInfo) -> Year:
    """Return a year with its months that hold releases; it may have none."""
    months = [month_of(days, date(year, month, 1), zone) for month in range(1, 13)]
    held = tuple(month for month in months if month.days)
    return Year(year, year_path(date(year, 1, 1)), sum(month.count for month in held), held)


def month_of(days: Mapping[date, Sequence[Card]], first: date, zone: ZoneInfo) -> Month:
    """Return the month that begins at ``first`` with its days that hold releases; it may have none."""
    dates = (first.replace(day=day) for day in range(1, monthrange(first.year, first.month)[1] + 1))
    held = tuple(Day(_moment(day, zone), day_path(day), len(days[day])) for day in dates if day in days)
    return Month(_moment(first, zone), month_path(first), sum(day.count for day in held), held)


def _moment(day: date, zone: ZoneInfo) -> Moment:
    return Moment(datetime(day.year, day.month, day.day, tzinfo=zone), has_time=False)
