"""The fingerprint of an Output: a digest of its declared inputs, since nothing else can enter its bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from generator.article import Card
from generator.assets import Asset
from generator.i18n import Moment
from generator.library import Release
from generator.page import Page
from generator.sharing import ShareCard

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.plan import Output


FINGERPRINT_SIZE = 16
"""Bytes of a fingerprint."""


def digested(data: bytes) -> bytes:
    """Return the digest of ``data``, as long as a fingerprint."""
    return hashlib.blake2b(data, digest_size=FINGERPRINT_SIZE).digest()


def fingerprint(output: Output, template: bytes) -> bytes:
    """Return the fingerprint of ``output``; ``template`` stands for all that is not among its inputs.

    Two Outputs of one file have the same fingerprint only if their bytes are the same.
    """
    parts = [
        value.digest if type(value) is Card else _ENCODERS.get(type(value), _other)(value)
        for value in output.inputs.values()
    ]
    return hashlib.blake2b(b"\2".join([template, *parts]), digest_size=FINGERPRINT_SIZE).digest()


def encode(value: Any) -> bytes:  # noqa: ANN401 - any value that may stand among inputs
    """Return bytes that stand for ``value``. Raises TypeError for a kind of value that no one has thought about.

    Each kind is marked, and what people wrote stands behind its length: no text can look like two, or like a number.
    """
    return _ENCODERS.get(type(value), _other)(value)


def _other(value: Any) -> bytes:  # noqa: ANN401 - as above
    if not isinstance(value, tuple):
        raise TypeError(f"no fingerprint for {type(value)}")
    # This runs for every item of every page in every build. Lists of cards are most of it: their digests stand for
    # them, all of one length, so that nothing need part them.
    if value and {*map(type, value)} == {Card}:
        return b"C%d:%b" % (len(value), b"".join([card.digest for card in value]))
    # What other tuples hold is taken without a call for each.
    parts = []
    for item in value:
        kind = type(item)
        if kind is Card:
            parts.append(b"c" + item.digest)
        elif kind is str:
            data = item.encode()
            parts.append(b"%d:%b" % (len(data), data))
        else:
            parts.append(_ENCODERS.get(kind, _other)(item))
    return b"(%b)" % b",".join(parts)


def _text(text: str) -> bytes:
    data = text.encode()
    return b"%d:%b" % (len(data), data)


def _release(release: Release) -> bytes:
    article, card, pictures = release
    return b"r" + article.digest + card.digest + (encode(pictures) if pictures else b"")


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    Card: lambda card: b"c" + card.digest,
    Release: _release,
    Page: lambda page: b"p" + page.digest,
    ShareCard: lambda card: b"s" + card.url.encode(),  # its address is made of all that it says
    Asset: lambda asset: b"a" + asset.digest,
    Moment: lambda moment: f"@{moment.at.isoformat()}{moment.has_time}".encode(),
    bytes: lambda data: b"%d;%b" % (len(data), data),
    str: _text,
    bool: lambda flag: b"T" if flag else b"F",
    int: lambda number: b"%d" % number,
    type(None): lambda _: b"-",
}
