"""From a picture as it came in to pixels that can be published: upright, in sRGB, no larger than needed."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from generator.photo import CROP_WIDTH, MAX_HEIGHT, SHARE, WIDTHS

if TYPE_CHECKING:
    from PIL.Image import Image  # noqa: TID251 - this is the room for it

    from generator.photos.opening import Opened

_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""What makes a picture upright, by EXIF's orientation (CIPA DC-008, 4.6.5)."""
_NEAR = 2
"""Levels of 255 by which a profile may differ from sRGB and still be it."""


class Developed(NamedTuple):
    """Pixels, upright, in sRGB and without transparency; ``whole`` is at its original size where asked for."""

    print: Image
    whole: Image | None


def develop(source: Opened, *, whole: bool) -> Developed:
    """Decode a picture once for all that is made of it. Raises what Pillow raises where it is damaged.

    The print is large enough for every rendition but the download, and of a JPEG no more is decoded unless the
    ``whole`` is wanted.
    """
    from PIL import Image as Images  # noqa: PLC0415, TID251 - only where a picture is made

    picture = source.picture
    scale = print_scale(source.width, source.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    profile = picture.info.get("icc_profile")
    if not whole and source.is_jpeg:
        picture.draft("RGB", size)
    picture.load()
    plain = _plain(picture)
    original = _finished(plain, profile, source.turn) if whole else None
    if plain.size != size:
        plain = plain.resize(size, Images.Resampling.LANCZOS, reducing_gap=2.0)
    return Developed(_finished(plain, profile, source.turn), original)


def print_scale(width: int, height: int) -> float:
    """Return the scale at which an upright picture yields every rendition but the download; at most 1."""
    tallest = min(WIDTHS[-1], width * MAX_HEIGHT / height)
    return min(1.0, max(tallest / width, CROP_WIDTH / min(width, height), SHARE[0] / width, SHARE[1] / height))


def _finished(picture: Image, profile: bytes | None, turn: int) -> Image:
    finished = _turned(_on_white(in_srgb(picture, profile)), turn)
    finished.info = {}  # what some formats would write again when the picture is saved
    return finished


def _turned(picture: Image, turn: int) -> Image:
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    return picture.transpose(Images.Transpose[_TURNS[turn]]) if turn in _TURNS else picture


def _plain(picture: Image) -> Image:
    """Return a picture in a mode that can be resized: L, RGB, RGBA or CMYK."""
    if picture.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode.startswith("I"):
        # 16 bits of grey; to convert them by itself would make all of it white.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in {"L", "RGB", "CMYK"}:
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def in_srgb(picture: Image, profile: bytes | None) -> Image:
    """Return a picture in RGB or RGBA and in sRGB; one whose ``profile`` cannot be used is taken as it is."""
    from PIL import ImageCms  # noqa: PLC0415, TID251 - as above

    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    if profile and not is_srgb(profile):
        try:
            foreign = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture,
                foreign,
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture.convert(mode)


def is_lossless(source: Opened) -> bool:
    """Say whether the picture data that came in can be published as they are: an upright JPEG in sRGB."""
    picture, anatomy, profile = source.picture, source.anatomy, source.picture.info.get("icc_profile")
    return (
        anatomy is not None
        and source.turn == 1
        and picture.mode in {"L", "RGB"}
        and picture.size == (anatomy.width, anatomy.height)
        and (not profile or is_srgb(profile))
    )


@lru_cache(maxsize=32)
def is_srgb(profile: bytes) -> bool:
    """Say whether colours stay what they are from ``profile`` to sRGB, whatever its name."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above
    from PIL import ImageCms  # noqa: PLC0415, TID251 - as above

    levels = (0, 40, 90, 128, 170, 215, 255)
    grid = bytes(level for r in levels for g in levels for b in levels for level in (r, g, b))
    patch = Images.frombytes("RGB", (len(levels), len(levels) ** 2), grid)
    try:
        foreign = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        seen = ImageCms.profileToProfile(patch, foreign, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    assert seen is not None
    return all(abs(a - b) <= _NEAR for a, b in zip(grid, seen.tobytes(), strict=True))


def _on_white(picture: Image) -> Image:
    """Return a picture in RGB: white shows through; black would hide a drawing's dark lines."""
    from PIL import Image as Images  # noqa: PLC0415, TID251 - as above

    if picture.mode != "RGBA":
        return picture
    ground = Images.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def dominant_colour(picture: Image) -> str:
    """Return the colour of which a picture holds most, as ``#rrggbb``."""
    small = picture.resize((32, 32), reducing_gap=2.0).quantize(8)
    counts = small.getcolors() or [(1, 0)]
    index = max(counts, key=lambda each: (each[0], -int(str(each[1]))))[1]
    palette = small.getpalette() or [0, 0, 0]
    start = 3 * int(str(index))
    return "#" + bytes(palette[start : start + 3]).hex()
