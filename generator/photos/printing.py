"""From developed pixels to the files of a photo: sizes, crops, share card, download; their formats and qualities."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from generator.photos.darkroom import dominant_colour, on_white
from generator.photos.labels import xmp

if TYPE_CHECKING:
    from PIL.Image import Image  # noqa: TID251 - this is the room for it

    from generator.photo import Rendition
    from generator.photos.darkroom import Developed

_SHARE_BYTES = 300_000
"""WhatsApp shows no larger picture; source: its guide to link previews."""
_JPEG, _WEBP, _AVIF = 80, 76, 58
"""Qualities that look alike to the eye in each format."""
_ORIGINAL = 95
"""Of a download that must be encoded anew: no difference can be seen."""


def print_out(rendition: Rendition, developed: Developed) -> bytes:
    """Return the bytes of a rendition, without metadata but for AVIF, which takes it only when it is encoded."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - only where a picture is made

    size = rendition.width, rendition.height
    picture = developed.print
    if rendition.kind == "download":
        assert developed.whole is not None
        return _jpeg(developed.whole, _ORIGINAL)
    if rendition.kind == "share":
        return _share(picture, size, rendition.focus)
    if rendition.kind == "crop":
        picture = _crop(picture, size, rendition.focus)
    elif picture.size != size:
        picture = picture.resize(size, Images.Resampling.LANCZOS, reducing_gap=3.0)
    return _encode(picture, rendition)


def _encode(picture: Image, rendition: Rendition) -> bytes:
    target = io.BytesIO()
    if rendition.ending == "jpg":
        return _jpeg(picture, _JPEG)
    if rendition.ending == "webp":
        picture.save(target, "WEBP", quality=_WEBP, method=4, exif=b"", icc_profile=b"", xmp=b"")
    else:
        from PIL import AvifImagePlugin  # noqa: F401, PLC0415, TID251 - by itself the library would load all formats

        about = xmp(rendition.about) if any(rendition.about) else b""
        picture.save(target, "AVIF", quality=_AVIF, speed=7, max_threads=1, exif=b"", icc_profile=b"", xmp=about)
    return target.getvalue()


def _jpeg(picture: Image, quality: int) -> bytes:
    target = io.BytesIO()
    flat = on_white(picture)
    flat.info.clear()
    sampling = 0 if quality == _ORIGINAL else 2
    flat.save(target, "JPEG", quality=quality, subsampling=sampling, progressive=True, exif=b"", comment=b"")
    return target.getvalue()


def _crop(picture: Image, size: tuple[int, int], focus: tuple[int, int]) -> Image:
    """Return the largest part of a picture in the shape of ``size`` with ``focus`` as near its middle as it goes."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    share = min(picture.width / size[0], picture.height / size[1])
    width, height = min(picture.width, size[0] * share), min(picture.height, size[1] * share)
    left = min(max(0.0, picture.width * focus[0] / 100 - width / 2), picture.width - width)
    top = min(max(0.0, picture.height * focus[1] / 100 - height / 2), picture.height - height)
    box = (left, top, left + width, top + height)
    return picture.resize(size, Images.Resampling.LANCZOS, box, reducing_gap=3.0)


def _share(picture: Image, size: tuple[int, int], focus: tuple[int, int]) -> bytes:
    """Return a share card; a smaller picture stands in the middle of its own colour instead of being enlarged."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    if picture.width >= size[0] and picture.height >= size[1]:
        card = on_white(_crop(picture, size, focus))
    else:
        card = Images.new("RGB", size, dominant_colour(picture))
        share = min(1.0, size[0] / picture.width, size[1] / picture.height)
        inner = max(1, round(picture.width * share)), max(1, round(picture.height * share))
        middle = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
        card.paste(on_white(picture.resize(inner, Images.Resampling.LANCZOS)), middle)
    for quality in (_JPEG, 70, 60, 50, 40, 30, 20):
        data = _jpeg(card, quality)
        # What it says of itself comes on top.
        if len(data) <= _SHARE_BYTES * 9 // 10:
            return data
    return data
