"""What is known of a picture's file, once it was looked at; it depends on the file's bytes alone."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from generator.photo import VERSION, About, Photo, Picture, mark_of
from generator.photos.labels import Origin, segments
from generator.urls import photo_path

if TYPE_CHECKING:
    from generator.photo import PhotoRef
    from generator.photo_settings import PhotoSettings
    from generator.picture_cache import PictureCache


class Facts(NamedTuple):
    """Size of the upright picture in pixels, dominant colour, what it says of itself.

    ``download_size`` is that of the file for the media without metadata, in bytes, -1 where it was not asked for yet;
    ``lossless`` says whether that file holds the very picture data that came in.
    """

    digest: bytes
    width: int
    height: int
    colour: str
    origin: Origin
    download_size: int
    lossless: bool

    def serve(self, settings: PhotoSettings) -> bool:
        """Say whether this is all that must be known with ``settings``."""
        return self.download_size >= 0 or not settings.downloads


def digest_of(data: bytes) -> bytes:
    """Return the digest of a picture's bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


def recall(cache: PictureCache, digest: bytes) -> Facts | None:
    """Return what was found out about a picture with that digest, or None."""
    kept = cache.get(_key(digest))
    if kept is None:
        return None
    width, height, colour, origin, size, lossless = json.loads(kept)
    return Facts(digest, width, height, colour, Origin(*origin), size, lossless)


def remember(cache: PictureCache, facts: Facts) -> None:
    """Keep what was found out about a picture."""
    cache.put(_key(facts.digest), json.dumps(facts[1:]).encode())


def _key(digest: bytes) -> str:
    return f"facts {VERSION} {digest.hex()}"


def picture_of(ref: PhotoRef, facts: Facts, found: tuple[str, str, bool], settings: PhotoSettings) -> Picture:
    """Return a picture as the site serves it.

    ``found`` is the address of the release that names it, its file, and whether it is the release's lead.
    """
    release, file, lead = found
    place = photo_path(release, ref.name)
    origin = facts.origin
    author = origin.author or ref.credit
    about = About(ref.caption or origin.caption, ref.credit, author, origin.copyright)
    size = facts.download_size + len(segments(about)) if settings.downloads else 0
    photo = Photo(
        base=place.rpartition(".")[0],
        mark=mark_of(facts.digest, about, ref.focus),
        original_width=facts.width,
        original_height=facts.height,
        colour=facts.colour,
        caption=ref.caption,
        alt=ref.alt,
        credit=ref.credit,
        formats=settings.formats,
        lead=lead,
        download_size=size,
    )
    return Picture(photo, file, facts.digest, ref.inline, place, about, ref.focus)
