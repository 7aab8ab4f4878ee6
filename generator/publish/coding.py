"""Text that stands compressed on a host: a bucket compresses nothing on the way to its readers, so it is done before.

What is text (as in ``generator.mediatypes``) and becomes smaller is stored as gzip (RFC 1952) and served with
``Content-Encoding: gzip`` (RFC 9110, 8.4). The same text must always become the same bytes, since files on a host are
known by them: no time stands in the header, nor the kind of system. Another build of zlib may still write other bytes.
"""

from __future__ import annotations

import contextlib
import zlib

from generator.mediatypes import is_text
from generator.publish.manifest import File, digest_of

GZIP = b"\x1f\x8b\x08"
"""How gzip begins. No text in UTF-8 does: 8B never follows 1F there."""
_PLAIN = GZIP + b"\0"
"""How it begins where no name, comment or other field follows in the header, as every compressor writes it here."""
_LEVEL = 9
"""The best one: on pages it takes no longer than 6."""
_FORMAT = 31
"""What zlib calls gzip with the largest window."""
_STEP = 16**4
"""Bytes of damaged gzip that are unpacked at once, a sixteenth whenever there is damage among them."""
_UNKNOWN = b"\xff"
"""The kind of system, in the header's tenth byte: zlib names the one it runs on. Source: RFC 1952, 2.3.1."""


def compress(data: bytes) -> bytes:
    """Return ``data`` as gzip."""
    packed = zlib.compress(data, _LEVEL, wbits=_FORMAT)
    return packed[:9] + _UNKNOWN + packed[10:]


def stored(file: str, data: bytes) -> tuple[File, bytes]:
    """Return how the bytes of ``file`` stand on a host that stores text compressed, and those bytes."""
    if is_text(file):
        packed = compress(data)
        # What is gzip itself would be taken for compressed by whoever reads it, whatever its size.
        if len(packed) < len(data) or data.startswith(GZIP):
            return File(len(packed), digest_of(packed), digest_of(data)), packed
    return File(len(data), digest_of(data)), data


def as_stored(data: bytes, wanted: File) -> bytes:
    """Return the bytes of a file in the form in which ``wanted`` stands on its host."""
    return compress(data) if wanted.text else data


def is_compressed(file: str, data: bytes) -> bool:
    """Say whether the ``data`` of ``file`` are text in compressed form, and no archive, as the manifest's parts are."""
    return is_text(file) and data.startswith(GZIP)


def is_text_of(data: bytes, said: File, most: int) -> bool:
    """Say whether ``data`` are the file that is ``said``, and hold the text that it says, of at most ``most`` bytes.

    Nothing but that text: some clients read on behind its end, and all would show what stands in the header's comment
    as soon as somebody took the coding's name from the object.
    """
    if digest_of(data) != said.digest or not data.startswith(_PLAIN):
        return False
    unpacker = zlib.decompressobj(wbits=_FORMAT)
    with contextlib.suppress(zlib.error):
        text = unpacker.decompress(data, most + 1)
        is_alone = unpacker.eof and not unpacker.unused_data
        return is_alone and len(text) <= most and digest_of(text) == said.text
    return False


def is_ours_of(data: bytes, wanted: File, most: int) -> bool:
    """Say whether ``data`` are the text of the ``wanted`` file, of at most ``most`` bytes, as it is compressed here."""
    if not wanted.text or len(data) > most_compressed(wanted):
        return False
    text = unpacked(data, most)
    return digest_of(text) == wanted.text and compress(text) == data


def most_compressed(each: File) -> int:
    """Return the bytes that the text of a file takes at most, whoever compresses it: none writes twice as much."""
    return 2 * each.size + 64


def unpacked(data: bytes, most: int) -> bytes:
    """Return the first ``most`` bytes of what gzip holds; of anything else, the bytes as they are.

    As browsers do, it takes what can be unpacked of damaged gzip, and nothing that follows its end.
    """
    if not data.startswith(GZIP):
        return data
    with contextlib.suppress(zlib.error):
        return zlib.decompressobj(wbits=_FORMAT).decompress(data, most)
    # What a call has unpacked before it meets the damage is lost: near to it, less is unpacked at once.
    unpacker, found, start, step = zlib.decompressobj(wbits=_FORMAT), bytearray(), 0, _STEP
    while start < len(data) and len(found) < most:
        before = unpacker.copy()
        try:
            found += unpacker.decompress(data[start : start + step], most - len(found))
            start += step
        except zlib.error:
            if step == 1:
                break
            unpacker, step = before, step // 16
    return bytes(found)


def compressor() -> str:
    """Return a sign of this machine's zlib: two that compress differently differ in it. Its version does not tell.

    The sample is longer than any window, and has near and far, short and long matches, of which no two ways to compress
    choose the same.
    """
    sample = " ".join(f"{n * n % 997:x}<p>{n % 17 * 'ab'}" for n in range(3000))
    return digest_of(compress(sample.encode()))
