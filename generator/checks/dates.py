"""No change that lies ahead: what is public must not say that it was corrected or updated tomorrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.clock import state
from generator.errors import Problem, message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from generator.article import Article


def check_dates(articles: Iterable[Article], now: datetime) -> list[Problem]:
    """Return a Problem for each public release whose ``updated`` or corrections are dated after ``now``.

    Sitemaps, feeds and structured data give these dates to machines, which would take them for true.
    """
    problems = []
    for article in articles:
        # Without an address its date may be unknown, and so whether it is public.
        if article.card.lastmod.at > now and article.card.url and state(article, now) in {"public", "withdrawn"}:
            what = message("An update or a correction is dated in the future.")
            fix = message("Give the date on which it was made, or wait until then.")
            problems.append(Problem(article.source, article.line, what, fix, f"{article.card.lastmod.at:%Y-%m-%d}"))
    return problems
