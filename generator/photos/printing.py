"""From developed pixels to the files of a photo: sizes, crops, share card, download; their formats and qualities."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING

from generator.photos.darkroom import dominant_colour
from generator.photos.labels import xmp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from PIL.Image import Image  # noqa: TID251 - this is the room for it

    from generator.photo import Rendition
    from generator.photos.darkroom import Developed

_SHARE_BYTES = 300_000
"""WhatsApp shows no larger picture; source: its guide to link previews."""
_JPEG, _WEBP, _AVIF = 80, 76, 58
"""Qualities that look alike to the eye in each format."""
_WEBP_EFFORT = 2
"""Of 6. At 4, the usual one, the file is 3 % smaller and takes three times as long (1600 × 1200: 33 and 100 ms)."""
_ORIGINAL = 95
"""Of a download that must be encoded anew: no difference can be seen."""


def avif_works() -> bool:
    """Say whether the library was built with AVIF; that for Windows on ARM is not."""
    from PIL import features  # noqa: PLC0415, TID251 - only where somebody wants AVIF

    return features.check("avif") is True


def print_all(wanted: Iterable[Rendition], developed: Developed) -> Iterator[tuple[Rendition, bytes]]:
    """Yield the bytes of each rendition, as ``print_out`` does; the formats of one size share their pixels."""

    def pixels(rendition: Rendition) -> tuple[str, int, int, tuple[int, int]]:
        return rendition.kind, rendition.width, rendition.height, rendition.focus

    for _, group in groupby(sorted(wanted, key=pixels), pixels):
        its = list(group)
        picture = _pixels(its[0], developed)
        yield from ((rendition, _encode(picture, rendition)) for rendition in its)


def print_out(rendition: Rendition, developed: Developed) -> bytes:
    """Return the bytes of a rendition, without metadata but for AVIF, which takes it only when it is encoded."""
    return _encode(_pixels(rendition, developed), rendition)


def _pixels(rendition: Rendition, developed: Developed) -> Image:
    from PIL import Image as Images  # noqa: PLC0415, TID251 - only where a picture is made

    size, picture = (rendition.width, rendition.height), developed.print
    if rendition.kind == "download":
        assert developed.whole is not None
        return developed.whole
    if rendition.kind == "share":
        return _share(picture, size, rendition.focus)
    if rendition.kind == "crop":
        return _crop(picture, size, rendition.focus)
    return picture if picture.size == size else picture.resize(size, Images.Resampling.LANCZOS, reducing_gap=1.5)


def _encode(picture: Image, rendition: Rendition) -> bytes:
    target = io.BytesIO()
    if rendition.kind == "download":
        return _jpeg(picture, _ORIGINAL)
    if rendition.kind == "share":
        return _small_jpeg(picture)
    if rendition.ending == "jpg":
        return _jpeg(picture, _JPEG)
    if rendition.ending == "webp":
        picture.save(target, "WEBP", quality=_WEBP, method=_WEBP_EFFORT, exif=b"", icc_profile=b"", xmp=b"")
    else:
        from PIL import AvifImagePlugin  # noqa: F401, PLC0415, TID251 - by itself the library would load all formats

        about = xmp(rendition.about) if any(rendition.about) else b""
        picture.save(target, "AVIF", quality=_AVIF, speed=7, max_threads=1, exif=b"", icc_profile=b"", xmp=about)
    return target.getvalue()


def _jpeg(picture: Image, quality: int) -> bytes:
    target = io.BytesIO()
    sampling = 0 if quality == _ORIGINAL else 2
    picture.save(target, "JPEG", quality=quality, subsampling=sampling, optimize=True, exif=b"", comment=b"")
    return target.getvalue()


def _crop(picture: Image, size: tuple[int, int], focus: tuple[int, int]) -> Image:
    """Return the largest part of a picture in the shape of ``size`` with ``focus`` as near its middle as it goes."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    share = min(picture.width / size[0], picture.height / size[1])
    width, height = min(picture.width, size[0] * share), min(picture.height, size[1] * share)
    left = min(max(0.0, picture.width * focus[0] / 100 - width / 2), picture.width - width)
    top = min(max(0.0, picture.height * focus[1] / 100 - height / 2), picture.height - height)
    box = (left, top, left + width, top + height)
    return picture.resize(size, Images.Resampling.LANCZOS, box, reducing_gap=1.5)


def _share(picture: Image, size: tuple[int, int], focus: tuple[int, int]) -> Image:
    """Return the pixels of a share card; a smaller picture is not enlarged: it stands in its own colour."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    if picture.width >= size[0] and picture.height >= size[1]:
        return _crop(picture, size, focus)
    card = Images.new("RGB", size, dominant_colour(picture))
    share = min(1.0, size[0] / picture.width, size[1] / picture.height)
    inner = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    middle = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    card.paste(picture.resize(inner, Images.Resampling.LANCZOS), middle)
    return card


def _small_jpeg(card: Image) -> bytes:
    """Return a share card as JPEG, in the best quality at which it is shown."""
    for quality in (_JPEG, 70, 60, 50, 40, 30, 20):
        data = _jpeg(card, quality)
        # What it says of itself comes on top.
        if len(data) <= _SHARE_BYTES * 9 // 10:
            return data
    return data
