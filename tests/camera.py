"""Pictures as cameras and phones leave them, made for tests: turned, with position, serial number and all else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageCms, ImageDraw, TiffImagePlugin

if TYPE_CHECKING:
    from collections.abc import Iterable

SERIAL = "SN90817263"
MAKER = b"CATATANPEMBUAT" + SERIAL.encode()
PLACE = "2,12,36"
XMP_PLACE = "2,12.6100S"
SECRETS = (
    SERIAL.encode(),
    b"CATATANPEMBUAT",
    XMP_PLACE.encode(),
    b"GPSLatitude",
    b"CONTOHKAMERA",
    b"Exif\0\0",
    b"MOV!",
)
"""Bytes that none of the site's files may hold: serial number, maker's notes, position, model, EXIF, a film behind."""
AUTHOR, COPYRIGHT = "Pewarta CONTOH", "© Biro CONTOH"
CORNERS = ((200, 30, 30), (30, 160, 40), (40, 60, 200), (220, 200, 40))
"""Colours of the upright picture: top left, top right, bottom left, bottom right."""
_TO_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that was held so stores what is upright to the eye."""


def scene(width: int = 1800, height: int = 1200) -> Image.Image:
    """Return an upright picture of four fields, each of its own colour."""
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for number, colour in enumerate(CORNERS):
        left, top = number % 2 * width // 2, number // 2 * height // 2
        draw.rectangle((left, top, left + width // 2, top + height // 2), colour)
    return picture


def jpeg(picture: Image.Image, **how: object) -> bytes:
    """Return a picture as JPEG."""
    target = io.BytesIO()
    picture.save(target, "JPEG", **{"quality": 90, **how})
    return target.getvalue()


def from_camera(turn: int = 1, *, picture: Image.Image | None = None, icc: bytes = b"") -> bytes:
    """Return a JPEG with all that cameras write: EXIF, GPS, serial number, thumbnail with GPS, XMP, IPTC, a film."""
    upright = picture or scene()
    stored = upright.transpose(_TO_STORED[turn]) if turn in _TO_STORED else upright
    plain = jpeg(stored, **({"icc_profile": icc} if icc else {}))
    segments = [
        _segment(0xE1, b"Exif\0\0" + _exif(turn)),
        _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + _xmp()),
        _segment(0xED, b"Photoshop 3.0\0" + _iptc()),
        _segment(0xFE, f"komentar {SERIAL}".encode()),
    ]
    return plain[:2] + b"".join(segments) + plain[2:] + b"MOV! " + SERIAL.encode()


def _segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2) + body


def _exif(turn: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x0110] = turn, "CONTOHKAMERA", "CONTOHKAMERA X"
    exif[0x013B], exif[0x8298] = AUTHOR, COPYRIGHT
    inner = exif.get_ifd(0x8769)
    inner[0xA431], inner[0x927C] = SERIAL, MAKER
    exif.get_ifd(0x8825).update(_gps())
    data = exif.tobytes().removeprefix(b"Exif\0\0")
    # The thumbnail has EXIF of its own: some phones copy all of it there.
    small = Image.Exif()
    small.get_ifd(0x8825).update(_gps())
    small[0x010F] = "CONTOHKAMERA"
    return data + jpeg(Image.new("RGB", (160, 120)), exif=small.tobytes())


def _gps() -> dict[int, object]:
    degrees = [TiffImagePlugin.IFDRational(int(part)) for part in PLACE.split(",")]
    return {1: "S", 2: tuple(degrees), 3: "E", 4: tuple(degrees)}


def _xmp() -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' exif:GPSLatitude="{XMP_PLACE}" aux:SerialNumber="{SERIAL}">'
        f"<dc:creator><rdf:Seq><rdf:li>{AUTHOR}</rdf:li></rdf:Seq></dc:creator>"
        f'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{COPYRIGHT}</rdf:li></rdf:Alt></dc:rights>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def _iptc() -> bytes:
    records = b"".join(
        b"\x1c\x02" + bytes((number,)) + len(data).to_bytes(2) + data
        for number, data in ((80, AUTHOR.encode()), (40, f"instruksi {SERIAL}".encode()))
    )
    return b"8BIM\x04\x04\0\0" + len(records).to_bytes(4) + records + b"\0" * (len(records) % 2)


def foreign_profile() -> bytes:
    """Return an ICC profile that is not sRGB: red and green change places, so that nobody misses it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * int.from_bytes(profile[128:132]), 12)}
    red, green = tags[b"rXYZ"] + 4, tags[b"gXYZ"] + 4
    profile[red : red + 8], profile[green : green + 8] = profile[green : green + 8], profile[red : red + 8]
    return bytes(profile)


def srgb_profile() -> bytes:
    """Return sRGB as an ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """Return the colours in the middle of the four quarters of a picture."""
    plain = picture.convert("RGB")
    width, height = plain.size
    places = ((x, y) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4))
    return [pixel for place in places if isinstance(pixel := plain.getpixel(place), tuple)]


def alike(seen: Iterable[tuple[int, ...]], wanted: Iterable[tuple[int, ...]], by: int = 14) -> bool:
    """Say whether colours are the same but for what compression does."""
    pairs = zip(seen, wanted, strict=True)
    return all(abs(a - b) <= by for one, other in pairs for a, b in zip(one, other, strict=True))


def at_place(picture: Image.Image, across: int, down: int) -> tuple[int, ...]:
    """Return the colour at a place."""
    pixel = picture.convert("RGB").getpixel((across, down))
    assert isinstance(pixel, tuple)
    return pixel
