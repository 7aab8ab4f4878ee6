"""What a published photo's file says of itself: caption, credit, author, copyright, and nothing else.

Written as IPTC IIM 4.2 (JPEG only, within Photoshop's APP13) and as XMP (ISO 16684-1), the two that picture desks,
search engines and agencies read. Read from IPTC, XMP and EXIF of the picture that came in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from generator.photos.jpeg import segment, with_segments
from generator.photos.webp import with_xmp

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile  # noqa: TID251 - this is the room for it

    from generator.photo import About

_XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"
_PHOTOSHOP, _IPTC_RESOURCE = b"Photoshop 3.0\0", b"8BIM\x04\x04\x00\x00"
_DATASETS = (("author", 80, 32), ("credit", 110, 32), ("copyright", 116, 128), ("caption", 120, 2000))
"""Our name, IIM's number in record 2, and the most bytes that it takes there."""
_EXIF = {"caption": 0x010E, "author": 0x013B, "copyright": 0x8298}
_LONGEST = 2000
_MOST_XMP = 1_000_000
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]+")


class Origin(NamedTuple):
    """What a picture that came in says of itself; each is "" where it says nothing."""

    caption: str
    author: str
    copyright: str


def label(data: bytes, ending: str, about: About) -> bytes:
    """Return a JPEG or WebP without metadata with what is to be said ``about`` it; other formats stay as they are."""
    if not any(about):
        return data
    if ending == "webp":
        return with_xmp(data, xmp(about))
    return with_segments(data, segments(about)) if ending == "jpg" else data


@lru_cache(maxsize=256)
def segments(about: About) -> bytes:
    """Return the two segments that a JPEG takes; empty where there is nothing to say."""
    if not any(about):
        return b""
    iptc = _iptc(about)
    resource = _IPTC_RESOURCE + len(iptc).to_bytes(4) + iptc + b"\0" * (len(iptc) % 2)
    return segment(0xE1, _XMP_NAME + xmp(about)) + segment(0xED, _PHOTOSHOP + resource)


def _iptc(about: About) -> bytes:
    """Return IIM's records: that texts are UTF-8 (1:90), that they are version 4 (2:00), and the texts."""
    records = [b"\x1c\x01\x5a\x00\x03\x1b%G", b"\x1c\x02\x00\x00\x02\x00\x04"]
    for name, number, most in _DATASETS:
        text = getattr(about, name).encode()[:most].decode("utf-8", "ignore").encode()
        if text:
            records.append(b"\x1c\x02" + bytes((number,)) + len(text).to_bytes(2) + text)
    return b"".join(records)


def xmp(about: About) -> bytes:
    """Return the XMP packet, without the space that others leave for changes."""
    parts = []
    if about.author:
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{_xml(about.author)}</rdf:li></rdf:Seq></dc:creator>")
    for name, text in (("description", about.caption), ("rights", about.copyright)):
        if text:
            item = f'<rdf:Alt><rdf:li xml:lang="x-default">{_xml(text)}</rdf:li></rdf:Alt>'
            parts.append(f"<dc:{name}>{item}</dc:{name}>")
    if about.credit:
        parts.append(f"<photoshop:Credit>{_xml(about.credit)}</photoshop:Credit>")
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
        f'{"".join(parts)}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _xml(text: str) -> str:
    return escape(text[:_LONGEST], quote=False)


def origin_of(picture: ImageFile) -> Origin:
    """Return what an opened picture says of itself; what cannot be read of it says nothing."""
    iptc, described, exif = _read_iptc(picture), _read_xmp(picture), _read_exif(picture)
    found = {
        name: next((text for each in (iptc, described, exif) if (text := _tidy(each.get(name, "")))), "")
        for name in Origin._fields
    }
    return Origin(**found)


def _tidy(text: str) -> str:
    return " ".join(_UNSEEN.sub(" ", text[: 4 * _LONGEST]).split())[:_LONGEST]


def _text(data: Any) -> str:  # noqa: ANN401 - whatever a file holds where a text should stand
    data = data[0] if isinstance(data, (list, tuple)) and data else data
    if isinstance(data, str):
        return data
    if not isinstance(data, bytes):
        return ""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read_iptc(picture: ImageFile) -> dict[str, str]:
    from PIL import IptcImagePlugin  # noqa: PLC0415, TID251 - only where a picture is read

    try:
        found = IptcImagePlugin.getiptcinfo(picture) or {}
    except (OSError, ValueError, SyntaxError, LookupError, TypeError):
        return {}
    return {name: _text(found.get((2, number))) for name, number, _ in _DATASETS}


def _read_exif(picture: ImageFile) -> dict[str, str]:
    exif = picture.getexif()
    return {name: _text(exif.get(tag)) for name, tag in _EXIF.items()}


_DC = "{http://purl.org/dc/elements/1.1/}"


def _read_xmp(picture: ImageFile) -> dict[str, str]:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    # An XMP packet declares no entities; one that does is not read, so that none can grow.
    packet = packet.strip(b"\0 \r\n\t")
    if not packet or len(packet) > _MOST_XMP or b"<!" in packet or b"\0" in packet:
        return {}
    try:
        tree = ET.fromstring(packet)  # noqa: S314 - as above
    except (ET.ParseError, ValueError, LookupError):
        return {}
    tags = {"caption": "description", "author": "creator", "copyright": "rights"}
    found = {}
    for name, tag in tags.items():
        node = next(tree.iter(_DC + tag), None)
        texts = [text.strip() for text in node.itertext() if text.strip()] if node is not None else []
        found[name] = ", ".join(texts) if name == "author" else next(iter(texts), "")
    return found
