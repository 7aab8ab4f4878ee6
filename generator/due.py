"""Whether anything is due at all: what the last build came from, and until when the clock changes nothing of it.

A plan is a function of content, pictures, templates, static files, the Site and the published set; of the clock it
knows only which releases are public, which are news and which announcements stand. While none of these changes, the
same Outputs would be planned with the same fingerprints, and a build need only see that they still stand where it put
them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from generator.clock import NEWS_AGE, Change, is_news, next_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.announcement import Announcement
    from generator.article import Article
    from generator.assets import Asset
    from generator.config import Site
    from generator.content import Content
    from generator.errors import Problem
    from generator.photo import Picture
    from generator.render.closure import Closures
    from generator.signature import Signature


class LastBuild(NamedTuple):
    """What a build came from (``basis``), when its plan holds, and what it reported.

    ``templates`` are those that it rendered, ``manifest`` is the signature of the output folder's; ``until`` is None if
    the clock will never change the plan. ``lists`` are the files of lists and feeds, which lead to the others.
    """

    basis: bytes
    since: datetime
    until: datetime | None
    templates: tuple[str, ...]
    manifest: Signature | None
    releases: int
    topics: int
    next_change: Change | None
    warnings: tuple[Problem, ...]
    lists: frozenset[str]

    def holds(self, basis: bytes, now: datetime) -> bool:
        """Say whether a build from ``basis`` at ``now`` would plan the same."""
        return basis == self.basis and self.since <= now and (self.until is None or now < self.until)


class Sources(NamedTuple):
    """All that a plan is made of but the clock, as it was found."""

    site: Site
    content: Content
    pictures: Mapping[str, tuple[Picture, ...]]
    folders: tuple[Path, ...]
    assets: tuple[Asset, ...]
    closures: Closures

    def basis(self, templates: Iterable[str]) -> bytes:
        """Return the digest of all this, as far as ``templates`` are concerned."""
        parts = [repr(self.site.in_pages).encode(), *map(self.closures.digest, templates)]
        for place, shard in sorted(self.content.shards.items()):
            parts.append(place.encode())
            parts += [memory.parsed.digest for _, memory in sorted(shard.items())]
        parts += [source.encode("utf-8", "replace") for source in self.content.unread]
        parts += [asset.url.encode() for asset in self.assets]
        parts.append(repr(sorted(self.pictures.items())).encode())
        return hashlib.blake2b(b"\0".join(parts), digest_size=16).digest()


def plan_changes(articles: Iterable[Article], announcements: Iterable[Announcement], now: datetime) -> datetime | None:
    """Return the first moment after ``now`` at which another plan would come from the same basis, or None."""
    articles = list(articles)
    change = next_change(articles, announcements, now)
    ages = [a.released.at + NEWS_AGE for a in articles if a.released.at <= now and is_news(a.released.at, now)]
    return min([*ages, *([change.at] if change else [])], default=None)
