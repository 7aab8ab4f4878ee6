"""WebP files as their chunks: size and kind without decoding, and metadata put in without encoding anew.

Source: RFC 9649.
"""

from __future__ import annotations

_ALPHA, _XMP = 0x10, 0x04


def canvas_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that a WebP says it has, or None where it says none.

    The library takes memory for all of it when it merely opens the file, so this must be asked before.
    """
    kind, body = data[12:16], data[20:30]
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(body) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None


def with_xmp(data: bytes, packet: bytes) -> bytes:
    """Return a still WebP that carries no metadata with an XMP ``packet``.

    Raises ValueError where it is none that Pillow writes.
    """
    size = canvas_size(data)
    if size is None:
        raise ValueError("no WebP")
    chunks = data[12:]
    if chunks[:4] == b"VP8X":
        flags, chunks = chunks[8], chunks[18:]
    else:
        flags = _ALPHA if chunks[:4] == b"VP8L" and int.from_bytes(chunks[9:13], "little") >> 28 & 1 else 0
    head = bytes((flags | _XMP, 0, 0, 0)) + (size[0] - 1).to_bytes(3, "little") + (size[1] - 1).to_bytes(3, "little")
    body = b"WEBP" + _chunk(b"VP8X", head) + chunks + _chunk(b"XMP ", packet)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
