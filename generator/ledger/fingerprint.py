"""The fingerprint of an Output: a digest of its declared inputs, since nothing else can enter its bytes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from generator.article import Card
from generator.assets import Asset
from generator.i18n import Moment
from generator.library import Release
from generator.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.plan import Output


def fingerprint(output: Output, template: bytes) -> bytes:
    """Return the fingerprint of ``output``; ``template`` stands for all that is not among its inputs.

    Two Outputs of one file have the same fingerprint only if their bytes are the same.
    """
    return hashlib.blake2b(template + encode(tuple(output.inputs.values())), digest_size=16).digest()


def encode(value: Any) -> bytes:  # noqa: ANN401 - any value that may stand among inputs
    """Return bytes that stand for ``value``. Raises TypeError for a kind of value that no one has thought about."""
    kind = type(value)
    if kind in _ENCODERS:
        return _ENCODERS[kind](value)
    if not isinstance(value, tuple):
        raise TypeError(f"no fingerprint for {kind}")
    # What most tuples hold is taken without a call for each; this runs for every item of every page in every build.
    parts = []
    for item in value:
        kind = type(item)
        if kind is Card:
            parts.append(item.digest)
        elif kind is str:
            parts.append(item.encode())
        elif kind in _ENCODERS:
            parts.append(_ENCODERS[kind](item))
        else:
            parts.append(encode(item))
    return b"(%s)" % b"\1".join(parts)


def _release(release: Release) -> bytes:
    article, card, pictures = release
    return article.digest + card.digest + (repr(pictures).encode() if pictures else b"")


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    Card: lambda card: card.digest,
    Release: _release,
    Page: lambda page: page.digest,
    Asset: lambda asset: asset.digest,
    Moment: lambda moment: f"{moment.at.isoformat()}{moment.has_time}".encode(),
    bytes: bytes,
    str: str.encode,
    bool: lambda flag: b"%d" % flag,
    int: lambda number: b"%d" % number,
    type(None): lambda _: b"-",
}
