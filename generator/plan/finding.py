"""One Output by its file, found without planning the others: what the preview shows.

An address says which group of Outputs it belongs to; that group alone is planned, by the functions that plan all.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from generator.library import ALONE
from generator.plan.files import card_file, picture_files, static_files
from generator.plan.lists import calendar, month_of, year_of
from generator.plan.machines import manifest, news_sitemap, redirects, robots, site_feeds, sitemaps, topic_feed
from generator.plan.pages import (
    archive_page,
    correction_lists,
    home_page,
    month_lists,
    not_found_page,
    release_files,
    standing_page,
    topic_lists,
    year_page,
)
from generator.plan.topics import topics_pages
from generator.sharing import ShareCards

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.assets import Asset
    from generator.library import Library
    from generator.plan.output import Output


def find(library: Library, assets: Iterable[Asset], file: str) -> Output | None:
    """Return the Output of ``plan`` whose file is ``file`` (below output/, as in Output), or None."""
    head = file.partition("/")[0]
    if re.fullmatch(r"[12]\d{3}", head):
        groups = _dated(library, file)
    elif head == "topik":
        groups = _topics(library, file)
    elif head == "static":
        groups = static_files(assets)
    else:
        groups = _others(library, head)
    for output in groups:
        if output.file == file:
            return output
    # A standing page and an old address may stand anywhere.
    anywhere = chain(map(standing_page, library.pages), redirects(library))
    return next((output for output in anywhere if output.file == file), None)


_MONTH = re.compile(r"([12]\d{3})/(0[1-9]|1[0-2])/(?:\d\d/)?(?:halaman/\d+/)?index\.html")


def _dated(library: Library, file: str) -> Iterator[Output]:
    release = library.by_url.get(f"/{file.rpartition('/')[0]}/")
    if release is not None:
        beside = ALONE if release.article.withdrawn else library.beside(release)
        yield from release_files(release, beside, ShareCards(library.site))
        yield from picture_files(release)
    elif match := _MONTH.fullmatch(file):
        month = month_of(library.days, date(int(match[1]), int(match[2]), 1), library.site.zone)
        if month.days:
            yield from month_lists(library, month)
    elif (year := year_of(library.days, int(file[:4]), library.site.zone)).months:
        yield year_page(year)


def _topics(library: Library, file: str) -> Iterator[Output]:
    shelf = library.topics.get(file.removeprefix("topik/").partition("/")[0])
    if shelf is not None:
        yield topic_feed(library, shelf)
        yield from topic_lists(shelf)
    yield from topics_pages(library)


def _others(library: Library, head: str) -> Iterator[Output]:
    if head in {"index.html", "arsip"}:
        years = calendar(library.days, library.site.zone)
        yield home_page(library, years)
        yield archive_page(years)
    if head == "arsip":
        yield from topics_pages(library)
    if head.startswith("sitemap"):
        yield news_sitemap(library)
        yield from sitemaps(library)
    if head == "koreksi":
        yield from correction_lists(library)
    yield from site_feeds(library)
    yield robots()
    yield manifest()
    yield not_found_page()
    yield card_file(ShareCards(library.site).own)
