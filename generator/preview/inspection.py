"""What no single file can know, looked into when nobody is saving: addresses wanted twice, names that are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.checks.addresses import check_addresses
from generator.checks.dates import check_dates
from generator.clock import View
from generator.library import Library
from generator.plan import plan
from generator.preview.archive import strays

if TYPE_CHECKING:
    from generator.errors import Problem
    from generator.preview.desk import Desk


class Inspection(NamedTuple):
    """What an inspection found: problems, and files that are not as they were seen though nobody said so."""

    problems: tuple[Problem, ...]
    strays: frozenset[str]


def inspect(desk: Desk) -> Inspection:
    """Look into all of the site, with the lock held only while its lists are copied."""
    with desk.lock:
        articles, pages, seen = desk.archive.articles, desk.archive.pages, dict(desk.archive.seen)
        unfinished = [e.unfinished for e in desk.archive.entries.values() if e.broken and e.unfinished]
        site, now, assets = desk.site, desk.now, desk.press.assets
        found = dict(desk.pictures.of)
    # What is broken is judged as it stands there now, not as it last was.
    broken = {article.source for article in unfinished}
    there = [*(a for a in articles if a.source not in broken), *unfinished]
    strayed, problems = strays(desk.root, seen)
    outputs = plan(Library(site, articles, pages, View(now), found), assets)
    problems += check_dates(there, now)
    problems += check_addresses(there, pages, [output.file for output in outputs if not output.source], now)
    return Inspection(tuple(problems), frozenset(strayed))
