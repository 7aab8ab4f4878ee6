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
    parts = [template, output.template.encode()]
    for name, value in output.inputs.items():
        parts += (name.encode(), encode(value))
    return hashlib.blake2b(b"\0".join(parts), digest_size=16).digest()


def encode(value: Any) -> bytes:  # noqa: ANN401 - any value that may stand among inputs
    """Return bytes that stand for ``value``. Raises TypeError for a kind of value that no one has thought about."""
    special = _ENCODERS.get(type(value))
    if special is not None:
        return special(value)
    if isinstance(value, tuple):
        return b"(%s)" % b"\1".join(map(encode, value))
    raise TypeError(f"no fingerprint for {type(value)}")


def _release(release: Release) -> bytes:
    article, card, pictures = release
    return article.digest + card.digest + (repr(pictures).encode() if pictures else b"")


_ENCODERS: dict[type, Callable[[Any], bytes]] = {
    Card: lambda card: card.digest,
    Release: _release,
    Page: lambda page: page.digest,
    Asset: lambda asset: asset.digest,
    Moment: lambda moment: f"{moment.at.isoformat()}{moment.has_time}".encode(),
    str: str.encode,
    int: lambda number: b"%d" % number,
    type(None): lambda _: b"-",
}
