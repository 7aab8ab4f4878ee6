"""Files that no template makes: static files of the templates, and the pictures and share cards of public releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.plan.output import Output
from generator.sharing import release_card, site_card
from generator.urls import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.assets import Asset
    from generator.config import Site
    from generator.library import Library, Release


def files(library: Library, assets: Iterable[Asset]) -> Iterator[Output]:
    """Yield an Output for each static file, each picture and each share card."""
    yield from static_files(assets)
    yield site_card_file(library.site)
    for release in (*library.releases, *library.withdrawn):
        yield from picture_files(release)
        yield from card_files(library.site, release)


def static_files(assets: Iterable[Asset]) -> Iterator[Output]:
    """Yield an Output for each static file."""
    for asset in assets:
        yield Output(file_of(asset.url), "", {"asset": asset}, "asset")


def picture_files(release: Release) -> Iterator[Output]:
    """Yield an Output for each picture of a release."""
    for picture in {p.photo.url: p for p in release.pictures}.values():
        yield Output(file_of(picture.photo.url), "", {"picture": picture}, "asset", release.article.source)


def site_card_file(site: Site) -> Output:
    """Return the site's own share card."""
    card = site_card(site)
    return Output(file_of(card.url), "", {"drawing": card}, "asset")


def card_files(site: Site, release: Release) -> Iterator[Output]:
    """Yield the share card of a release, if it has one of its own."""
    if card := release_card(site, release):
        yield Output(file_of(card.url), "", {"drawing": card}, "asset", release.article.source)
