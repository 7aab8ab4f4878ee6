"""One release, frozen and complete once it exists, in the two sizes in which it is passed around.

An Article holds all that a release's front matter says; a Card is what other pages may show of it. Each carries a
digest of what it holds, from which the fingerprints of pages are made. The HTML is kept apart, so that an archive of
any size fits into memory.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from generator.urls import topic_feed_path, topic_path

if TYPE_CHECKING:
    from generator.config import Site
    from generator.i18n import Moment
    from generator.photo import Photo, PhotoRef


class Topic(NamedTuple):
    """A topic: the name as readers see it, and the slug by which it is known."""

    name: str
    slug: str

    @property
    def url(self) -> str:
        """The topic's page."""
        return topic_path(self.slug)

    @property
    def feed_url(self) -> str:
        """The topic's Atom feed."""
        return topic_feed_path(self.slug)


class Correction(NamedTuple):
    """A public correction."""

    date: Moment
    note: str


class Card(NamedTuple):
    """What any page may show of a release; ``digest`` stands for all of it."""

    url: str
    title: str
    summary: str
    date: Moment
    place: str
    topics: tuple[Topic, ...]
    photo: Photo | None
    corrected: Moment | None
    updated: Moment | None
    lastmod: Moment
    released: Moment
    digest: bytes = b""

    def sealed(self) -> Card:
        """Return the card with the digest of what it holds."""
        return self._replace(digest=hashlib.blake2b(repr(self[:-1]).encode(), digest_size=16).digest())


class Alias(NamedTuple):
    """An old address and the line that names it."""

    path: str
    line: int


class Article(NamedTuple):
    """A release without its HTML, which is kept apart so that the archive fits into memory.

    ``source`` is the file below the site's root, ``line`` the line that decides the address (slug, else title);
    ``standfirst`` is what the page says between headline and text: the summary, unless picture or text say it anyway;
    ``digest`` stands for the file's bytes and all else that the Article was made of.
    """

    source: str
    line: int
    card: Card
    standfirst: str
    description: str
    photos: tuple[PhotoRef, ...]
    caption: str
    credits: tuple[str, ...]
    draft: bool
    expires: Moment | None
    corrections: tuple[Correction, ...]
    withdrawn: str
    aliases: tuple[Alias, ...]
    digest: bytes

    @property
    def released(self) -> Moment:
        """When the release goes public: its date, or the end of its embargo if that is later."""
        return self.card.released


def digest_of(data: bytes, source: str, site: Site) -> bytes:
    """Return what the digest of an Article or Page made of these bytes is: it is known before anything is parsed."""
    context = f"{source}\0{site.reading_context}\0"
    return hashlib.blake2b(context.encode() + data, digest_size=16).digest()
