"""A standing page ("Tentang", "Kontak"): frozen once read, without its HTML."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """A standing page; ``digest`` stands for all that is shown of it."""

    source: str
    line: int
    url: str
    title: str
    description: str
    draft: bool
    digest: bytes
