"""Opening a picture that somebody put there: what it is, and whether it may be decoded at all.

Whatever a file claims to be, nothing of its size is taken into memory before its header was read here.
"""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import warnings
import zlib
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import Message, message
from generator.photos.jpeg import take_apart
from generator.photos.webp import canvas_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL.ImageFile import ImageFile  # noqa: TID251 - this is the room for it

    from generator.photos.jpeg import Anatomy

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "jfif": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}
"""Endings of pictures that can be published, and what the library calls them. WhatsApp on Windows saves ``.jfif``."""
MAX_BYTES = 200_000_000
"""Bytes of a file: a hundred megapixels straight from a camera have half of it."""
MAX_SIDE = 65_500
"""Pixels: what a JPEG can hold."""
MAX_PIXELS = {"JPEG": 120_000_000, "PNG": 50_000_000, "GIF": 50_000_000, "WEBP": 30_000_000}
"""A JPEG is decoded at reduced scale; the others take 4 bytes a pixel, a WebP in libwebp's hands four times that."""
MAX_SAMPLES = 180_000_000
"""Coefficients of 2 bytes that a decoder holds of a progressive JPEG: 100 megapixels as cameras store colours."""
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_ORIENTATION = 0x0112
_XMP = ("xmp", "XML:com.adobe.xmp")
"""Where the library keeps a picture's XMP."""
_DAMAGED = (
    *(OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError),
    *(struct.error, zlib.error),
)
"""What decoders raise on bytes that they did not expect."""
_quiet = threading.Lock()


class Refusal(NamedTuple):
    """Why a picture cannot be published, and what mends that."""

    what: Message
    fix: Message


class RefusedError(Exception):
    """A picture cannot be published; carries the Refusal."""

    def __init__(self, what: Message, fix: Message) -> None:
        super().__init__(what.msgid)
        self.refusal = Refusal(what, fix)


class Opened(NamedTuple):
    """A picture whose header was read and found good.

    ``is_jpeg`` says what it is, ``anatomy`` is None for what is no JPEG or a strange one; ``width`` and ``height`` are
    those of the upright picture, ``turn`` is EXIF's orientation, 1 to 8.
    """

    picture: ImageFile
    is_jpeg: bool
    anatomy: Anatomy | None
    width: int
    height: int
    turn: int


def read_file(file: Path, name: str) -> bytes:
    """Return the bytes of a picture. Raises RefusedError where it is of a kind that is not published, or far too large.

    ``name`` is how the release names it.
    """
    ending = name.lower().rpartition(".")[2]
    if ending in {"heic", "heif"}:
        raise _heic(name)
    if ending in {"svg", "svgz"}:
        raise _svg(name)
    if ending not in FORMATS:
        raise RefusedError(
            message('"{name}" is not a JPEG, PNG, WebP or GIF picture.', name=name),
            message("Open it in a picture program and save it as JPEG."),
        )
    if (size := file.stat().st_size) > MAX_BYTES:
        raise RefusedError(
            message('The picture "{name}" has {size} megabytes.', name=name, size=size // 1_000_000), _smaller()
        )
    data = file.read_bytes()
    if not data:
        raise RefusedError(
            message('The picture "{name}" is empty: it has 0 bytes.', name=name),
            message("Copy it from the camera or the phone again."),
        )
    return data


@contextlib.contextmanager
def opened(data: bytes, name: str) -> Iterator[Opened]:
    """Open a picture's bytes as a context. Raises RefusedError for what is damaged, no picture, or too large.

    Damage that shows itself only within the context is told in the same way.
    """
    from PIL import Image as Images  # noqa: PLC0415, TID251 - 25 ms that a site without pictures need not pay

    _load_formats()
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise _heic(name)
    if b"<svg" in data[:1000].lower():
        raise _svg(name)
    if size := canvas_size(data):
        _check_size("WEBP", size, name)
    # The bounds are this room's own: Pillow's warns first and fails only at twice its size.
    Images.MAX_IMAGE_PIXELS = None
    try:
        with _without_warnings(), Images.open(io.BytesIO(data), formats=list(set(FORMATS.values()))) as picture:
            # A JPEG with others behind it, as many phones write, is called MPO.
            is_jpeg = picture.format in {"JPEG", "MPO"}
            _check_size("JPEG" if is_jpeg else picture.format or "", picture.size, name)
            anatomy = take_apart(data) if is_jpeg else None
            if is_jpeg:
                _check_memory(picture, anatomy, name)
            turn = _turn(picture)
            width, height = picture.size if turn < 5 else picture.size[::-1]
            yield Opened(picture, is_jpeg, anatomy, width, height, turn)
    except _DAMAGED:
        raise RefusedError(
            message('The picture "{name}" is damaged or is no picture.', name=name),
            message("Copy it again, or open it in a picture program and save it as JPEG."),
        ) from None


def _turn(picture: ImageFile) -> int:
    """Return EXIF's orientation, 1 to 8; 1 where it says none.

    The library would take XMP's then, which nothing else heeds: programs that turn the pixels leave it behind.
    """
    hidden = {key: picture.info.pop(key) for key in _XMP if key in picture.info}
    turn = picture.getexif().get(_ORIENTATION, 1)
    picture.info.update(hidden)
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _load_formats() -> None:
    """Have the library know the formats that are read here: by itself it would load all fifty, for 0.2 s."""
    from PIL import GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401, PLC0415, TID251


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep what Pillow remarks on odd EXIF from the terminal. Filters are the process's: one picture at a time."""
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _check_size(kind: str, size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS.get(kind, 0) or max(size) > MAX_SIDE:
        what = message('The picture "{name}" has {width} × {height} pixels.', name=name, width=width, height=height)
        raise RefusedError(what, _smaller())


def _check_memory(picture: ImageFile, anatomy: Anatomy | None, name: str) -> None:
    if not picture.info.get("progressive"):
        return
    samples = anatomy.samples if anatomy else picture.width * picture.height * len(picture.getbands())
    if samples > MAX_SAMPLES:
        raise RefusedError(
            message('The picture "{name}" is a progressive JPEG and too large for that.', name=name), _smaller()
        )


def _smaller() -> Message:
    return message("Make it smaller: 4,000 pixels on the long side are plenty.")


def _heic(name: str) -> RefusedError:
    return RefusedError(
        message('"{name}" is a HEIC picture, which browsers do not show.', name=name),
        message(
            "Save it as JPEG: open it in Windows Photos and choose “Save as”, or have it sent by WhatsApp. "
            "So that an iPhone takes JPEGs: Settings, Camera, Formats, Most Compatible."
        ),
    )


def _svg(name: str) -> RefusedError:
    return RefusedError(
        message('"{name}" is an SVG drawing, which may hold programs.', name=name),
        message("Open it in a picture program and save it as PNG."),
    )


def unreadable(name: str, error: OSError) -> Refusal:
    """Return what the system said when it would not let a picture be read."""
    what = message('The picture "{name}" cannot be read: {error}.', name=name, error=error.strerror or error)
    return Refusal(what, message("Close other programs that use it, and check its permissions."))
