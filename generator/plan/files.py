"""Files that no template makes: static files of the templates, the pictures of public releases, and share cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.photo import bundle_of, renditions
from generator.plan.output import Output
from generator.urls import file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.assets import Asset
    from generator.library import Library, Release
    from generator.sharing import ShareCard


def files(library: Library, assets: Iterable[Asset]) -> Iterator[Output]:
    """Yield an Output for each static file and each picture."""
    yield from static_files(assets)
    for release in (*library.releases, *library.withdrawn):
        yield from picture_files(release)


def static_files(assets: Iterable[Asset]) -> Iterator[Output]:
    """Yield an Output for each static file."""
    for asset in assets:
        yield Output(file_of(asset.url), "", {"asset": asset}, "asset")


def picture_files(release: Release) -> Iterator[Output]:
    """Yield an Output for each file of each picture of a release, and for the ZIP of its downloads."""
    source = release.article.source
    made = {url: rendition for picture in release.pictures for url, rendition in renditions(picture)}
    for url, rendition in made.items():
        yield Output(file_of(url), "", {"rendition": rendition}, "asset", source)
    bundle = bundle_of(release.pictures)
    if bundle is not None:
        yield Output(file_of(bundle.download.url), "", {"bundle": bundle}, "asset", source)


def card_file(card: ShareCard, source: str = "") -> Output:
    """Return the share card of a release, or the site's own."""
    return Output(file_of(card.url), "", {"drawing": card}, "asset", source)
