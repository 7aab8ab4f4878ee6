"""JPEG files as their segments: what carries the picture is kept byte for byte, all else goes.

Source: ITU-T T.81, annex B; for APP0 ITU-T T.871 (JFIF), for APP14 Adobe's technical note 5116.
"""

from __future__ import annotations

from typing import NamedTuple

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive: what decoders in browsers know."""
_TABLES = frozenset({0xC4, 0xDB, 0xDD})
_RESTARTS = frozenset(range(0xD0, 0xD8))
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"


class Anatomy(NamedTuple):
    """A JPEG taken apart: all that carries the picture, and what that is.

    ``core`` is a whole JPEG without metadata; ``components`` are the sampling factors of each, across and down.
    """

    core: bytes
    width: int
    height: int
    components: tuple[tuple[int, int], ...]

    @property
    def samples(self) -> int:
        """How many coefficients a decoder must hold at once that cannot decode row by row."""
        widest = max(across for across, _ in self.components)
        tallest = max(down for _, down in self.components)
        shares = sum(across * down for across, down in self.components) / (widest * tallest)
        return round(self.width * self.height * shares)


def take_apart(data: bytes) -> Anatomy | None:
    """Return the anatomy of a JPEG, or None where it is damaged or of a kind that this room does not know.

    Kept are frame, tables, scans, and what says how colours are stored, written anew; what stands behind the end of the
    picture (other pictures, films) is dropped.
    """
    kept, frames, at = [b"\xff\xd8"], list[bytes](), 2
    code, body = _SOI, b""
    while data[:2] == b"\xff\xd8" and code != _EOI:
        at = _skip_fill(data, at)
        code, body, end = _next(data, at)
        piece = _keep(code, body, data[at:end])
        if piece is None:
            return None
        kept.append(piece)
        if code in _FRAMES:
            frames.append(body)
        at = end
    return _anatomy(b"".join(kept), frames[0]) if len(frames) == 1 else None


def _skip_fill(data: bytes, at: int) -> int:
    """Return where the marker at ``at`` begins, behind the fill bytes that may stand before it."""
    while data[at + 1 : at + 2] == b"\xff":
        at += 1
    return at


def _keep(code: int, body: bytes, whole: bytes) -> bytes | None:
    """Return what is kept of a segment, or None where it is none that belongs into a picture."""
    if code in _FRAMES or code in _TABLES or code in {_SOS, _EOI}:
        return whole
    if code == 0xE0 and body[:5] == b"JFIF\0":
        return _JFIF
    if code == 0xEE and body[:5] == b"Adobe" and len(body) >= 12:
        # Version 100, no flags: only the last byte, the transform, matters to a decoder.
        return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + body[11:12]
    return b"" if 0xE0 <= code <= 0xEF or code == 0xFE else None


def _next(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Return the marker at ``at``, its body and where it ends, a scan with its data; a marker of 0 is damage."""
    code, length = int.from_bytes(data[at + 1 : at + 2]), int.from_bytes(data[at + 2 : at + 4])
    if data[at : at + 1] != b"\xff":
        return 0, b"", at
    if code == _EOI:
        return code, b"", at + 2
    end = at + 2 + length
    if length < 2 or end > len(data):
        return 0, b"", at
    body = data[at + 4 : end]
    if code == _SOS:
        end = _scan_end(data, end)
    return (code, body, end) if end > 0 else (0, b"", at)


def _scan_end(data: bytes, at: int) -> int:
    """Return where the entropy-coded data that begins at ``at`` ends, -1 where it does not."""
    while (at := data.find(b"\xff", at)) >= 0:
        follower = data[at + 1 : at + 2]
        if not follower:
            return -1
        if follower[0] == 0 or follower[0] in _RESTARTS:
            at += 2
        elif follower[0] == 0xFF:
            at += 1
        else:
            return at
    return -1


def _anatomy(core: bytes, frame: bytes) -> Anatomy | None:
    if len(frame) < 6 or len(frame) < 6 + 3 * frame[5] or not frame[5]:
        return None
    factors = [frame[7 + 3 * number] for number in range(frame[5])]
    components = tuple((factor >> 4, factor & 15) for factor in factors)
    height, width = int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5])
    if not height or not width or not all(across and down for across, down in components):
        return None
    return Anatomy(core, width, height, components)


def with_segments(data: bytes, segments: bytes) -> bytes:
    """Return a JPEG with ``segments`` behind its first ones (JFIF stays first, as T.871 demands)."""
    at = 2 + len(_JFIF) if data[2:4] == b"\xff\xe0" else 2
    return data[:at] + segments + data[at:]


def segment(code: int, body: bytes) -> bytes:
    """Return a segment. Raises ValueError where ``body`` is longer than one can be."""
    if len(body) > 65_533:
        raise ValueError("too long for a segment")
    return bytes((0xFF, code)) + (len(body) + 2).to_bytes(2) + body
