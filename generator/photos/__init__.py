"""Photos: found, looked at, and made fit to publish without what a camera wrote into them.

The only room that knows Pillow, beside that of share cards. ``finding`` says where a picture stands, ``opening``
whether it may be decoded, ``darkroom`` and ``printing`` make its files, ``labels`` what these say of themselves;
``making`` does all of it once, ``measures`` for whole sites.
"""

from __future__ import annotations

from generator.photos.facts import Facts
from generator.photos.making import Counter, Errand, Studio, key_of, look_at_piece
from generator.photos.measures import Found, Measure, Measures
from generator.photos.opening import Refusal, RefusedError

__all__ = [
    "Counter",
    "Errand",
    "Facts",
    "Found",
    "Measure",
    "Measures",
    "Refusal",
    "RefusedError",
    "Studio",
    "key_of",
    "look_at_piece",
]
