"""A photo of a release: how it is named, what pages show of it, and which files of it the site serves.

A Photo is small, since Cards carry it: the addresses and sizes of its files follow from a few facts. What each of these
files is made from is a Rendition; nothing else enters the file's bytes, and the mark in its name stands for all of it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from generator.urls import photo_file_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION = "2"
"""Of how renditions are made: another one gives every file of every photo a new name and has it made anew."""
WIDTHS = (480, 960, 1600)
"""Pixels. The text column is 42rem wide: 672 on a desktop, twice that where pixels are small, 328 on a phone; a photo
in a list is 176 wide at most."""
MAX_HEIGHT = 6400
"""Pixels of the tallest rendition: WebP ends at 16,383, and a poster of four screens is still read."""
THUMBS = ((240, 180), (480, 360))
"""Pixels of the crops for cards, which are 104 to 176 wide, and galleries, whose cells are 215 at most."""
CROPS = ((16, 9), (4, 3), (1, 1))
"""Shapes that Google asks of a news article's images. Source: Google Search Central, "Article structured data"."""
CROP_WIDTH = 1200
"""Pixels: what Google and chat services show large."""
SHARE = (1200, 630)
"""Pixels of the picture that chat services and social networks show; source: Facebook's sharing guide."""
CENTRE = (50, 50)
"""Where a photo is cropped around if nobody says otherwise, in percent from the left and from the top."""
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
"""Media types of renditions, best first: a browser takes the first that it knows."""


class PhotoRef(NamedTuple):
    """A picture as the release names it; ``inline`` where it stands in the text and not in the front matter.

    ``focus`` is what a crop must show, in percent from the left and from the top.
    """

    name: str
    caption: str
    alt: str
    credit: str
    line: int
    inline: bool = False
    focus: tuple[int, int] = CENTRE


class Frame(NamedTuple):
    """A picture's file that pages link to: address and size in pixels."""

    url: str
    width: int
    height: int


class Source(NamedTuple):
    """The files of a photo in one format, for a ``<source>``: its media type, and each width, smallest first."""

    type: str
    frames: tuple[Frame, ...]


class Download(NamedTuple):
    """A file for the media: address and size in bytes; in pixels too if it is a photo, else 0."""

    url: str
    bytes: int
    width: int = 0
    height: int = 0


class About(NamedTuple):
    """What a photo's file says of itself, and all that it says; each is "" where nobody wrote it."""

    caption: str
    credit: str
    author: str
    copyright: str


class Photo(NamedTuple):
    """A picture as pages show it.

    ``base`` is what the addresses of its files begin with, ``mark`` what they carry before the ending; the size is that
    of the original, upright, in pixels; ``colour`` is the dominant one, as ``#rrggbb``; ``formats`` are the endings of
    its renditions, best first; ``lead`` says whether crops and a share card are made; ``download_size`` is that of the
    file for the media in bytes, 0 where there is none.
    """

    base: str
    mark: str
    original_width: int
    original_height: int
    colour: str
    caption: str
    alt: str
    credit: str
    formats: tuple[str, ...] = ("webp", "jpg")
    lead: bool = False
    download_size: int = 0

    def _url(self, label: str, ending: str = "jpg") -> str:
        return photo_file_path(self.base, label, self.mark, ending)

    def _frames(self, ending: str) -> tuple[Frame, ...]:
        sizes = rendition_sizes(self.original_width, self.original_height)
        return tuple(Frame(self._url(str(width), ending), width, height) for width, height in sizes)

    @property
    def url(self) -> str:
        """The largest rendition as JPEG, for what knows one address only."""
        return self._frames("jpg")[-1].url

    @property
    def width(self) -> int:
        """Pixels of ``url``."""
        return self._frames("jpg")[-1].width

    @property
    def height(self) -> int:
        """Pixels of ``url``."""
        return self._frames("jpg")[-1].height

    @property
    def sources(self) -> tuple[Source, ...]:
        """The renditions by format, best first, JPEG last."""
        return tuple(Source(TYPES[ending], self._frames(ending)) for ending in self.formats)

    @property
    def thumbs(self) -> tuple[Source, ...]:
        """The same for cards and galleries: small frames of THUMBS' shape around the focus, smallest first.

        Of a picture that has this shape some are renditions of the whole.
        """
        original = self.original_width, self.original_height
        sizes = dict.fromkeys(crop_size(original, limit) for limit in THUMBS)
        whole = rendition_sizes(*original)
        labels = {size: str(size[0]) if size in whole else f"kecil-{size[0]}" for size in sizes}
        return tuple(
            Source(TYPES[e], tuple(Frame(self._url(label, e), *size) for size, label in labels.items()))
            for e in self.formats
        )

    @property
    def crops(self) -> tuple[Frame, ...]:
        """JPEGs in the shapes CROPS around the focus, for structured data; none of a photo that is not the lead."""
        if not self.lead:
            return ()
        original = self.original_width, self.original_height
        return tuple(Frame(self._url(f"{w}x{h}"), *crop_size(original, crop_limit(w, h))) for w, h in CROPS)

    @property
    def share(self) -> Frame | None:
        """The picture for chat services and social networks; None of a photo that is not the lead."""
        return Frame(self._url("kartu"), *SHARE) if self.lead else None

    @property
    def download(self) -> Download | None:
        """The original size for the media, or None where the site offers none."""
        if not self.download_size:
            return None
        return Download(self._url("asli"), self.download_size, self.original_width, self.original_height)


class Picture(NamedTuple):
    """A picture found on disk: what pages show of it, its file below the root, the digest of that file's bytes.

    ``place`` is the address that the text of the release gives it (it stands for the picture there and is served by
    nothing).
    """

    photo: Photo
    file: str
    digest: bytes
    inline: bool
    place: str
    about: About
    focus: tuple[int, int] = CENTRE


class Rendition(NamedTuple):
    """All that the bytes of one file of a photo are made from.

    ``kind`` is ``width`` (the whole picture), ``crop`` (a part of that shape around ``focus``), ``share`` or
    ``download``; ``width`` and ``height`` are what comes out, in pixels, upright.
    """

    file: str
    digest: bytes
    kind: str
    ending: str
    width: int
    height: int
    focus: tuple[int, int]
    about: About


class Bundle(NamedTuple):
    """A ZIP of downloads: where it is served, the name of each in it, and what it is."""

    download: Download
    members: tuple[tuple[str, Rendition], ...]


def mark_of(digest: bytes, about: About, focus: tuple[int, int]) -> str:
    """Return what stands in the names of a photo's files for all that they are made from: eight hexadecimal digits."""
    made_from = repr((VERSION, digest, about, focus))
    return hashlib.blake2b(made_from.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def rendition_sizes(width: int, height: int) -> tuple[tuple[int, int], ...]:
    """Return the sizes of the renditions of a picture of that size, smallest first; none is larger than it."""
    tallest = min(WIDTHS[-1], width, max(1, width * MAX_HEIGHT // height))
    widths = [each for each in WIDTHS if each < tallest] + [tallest]
    return tuple((each, max(1, min(MAX_HEIGHT, round(height * each / width)))) for each in widths)


def crop_limit(across: int, down: int) -> tuple[int, int]:
    """Return the size of a crop of that shape where the picture is large enough."""
    return CROP_WIDTH, CROP_WIDTH * down // across


def crop_size(original: tuple[int, int], limit: tuple[int, int]) -> tuple[int, int]:
    """Return the size of a crop of ``original`` in the shape of ``limit``: that size, or less, never enlarged."""
    share = min(1.0, original[0] / limit[0], original[1] / limit[1])
    return max(1, round(limit[0] * share)), max(1, round(limit[1] * share))


def renditions(picture: Picture) -> Iterator[tuple[str, Rendition]]:
    """Yield the address of each file of a picture, and what it is."""
    photo = picture.photo

    def made(kind: str, ending: str, frame: Frame | Download) -> tuple[str, Rendition]:
        size = frame.width, frame.height
        return frame.url, Rendition(picture.file, picture.digest, kind, ending, *size, picture.focus, picture.about)

    for ending, whole, thumb in zip(photo.formats, photo.sources, photo.thumbs, strict=True):
        yield from (made("width", ending, frame) for frame in whole.frames)
        # No card and no gallery shows a picture of the text.
        small = () if picture.inline else thumb.frames
        yield from (made("crop", ending, frame) for frame in small if frame not in whole.frames)
    yield from (made("crop", "jpg", frame) for frame in photo.crops)
    if photo.share is not None:
        yield made("share", "jpg", photo.share)
    if photo.download is not None:
        yield made("download", "jpg", photo.download)


def bundle_of(pictures: Sequence[Picture]) -> Bundle | None:
    """Return the ZIP of the downloads of a release, or None where there are not at least two."""
    members: dict[Rendition, str] = {}
    size = 22
    for picture in pictures:
        rendition = next((r for _, r in renditions(picture) if r.kind == "download"), None)
        if rendition is not None and rendition not in members:
            name = members[rendition] = _member_name(picture, set(members.values()))
            # Source: PKWARE's APPNOTE, 4.3.7, 4.3.12 and 4.3.16: headers of 30 and 46 bytes, and 22 at the end.
            size += 76 + 2 * len(name) + picture.photo.download_size
    if len(members) < 2:
        return None
    named = tuple((name, rendition) for rendition, name in members.items())
    mark = hashlib.blake2b(repr((VERSION, named)).encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    base = f"{pictures[0].photo.base.rpartition('/')[0]}/foto"
    return Bundle(Download(photo_file_path(base, "semua", mark, "zip"), size), named)


def _member_name(picture: Picture, taken: set[str]) -> str:
    stem = picture.photo.base.rpartition("/")[2]
    names = (f"{stem}.jpg", *(f"{stem}-{number}.jpg" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
