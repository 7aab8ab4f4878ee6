"""The dateline ("PALANGKA RAYA – BIRO ADPIM.") and the credit ("(dew/bow)"): set once, never doubled."""

from __future__ import annotations

import re

from generator.markup import escape, plain

# A run of capitals, then a dash: what an agency's dateline looks like, whoever the office and whatever the place.
_WRITTEN = re.compile(r"[A-Z][A-Z .,'’()/]{1,60}?\s[–—-]\s?(?:[A-Z][A-Z0-9 .'’&/]{1,60}?[.:]\s+)?")


def without_dateline(lead: str) -> str:
    """Return the first paragraph's text without the dateline that the writer put there."""
    match = _WRITTEN.match(lead)
    return lead[match.end() :] if match else lead


def set_dateline(html: str, lead: str, place: str, office: str) -> str:
    """Return the body with the dateline of ``place`` and ``office``, unless it begins with one or there is no place."""
    if not place or _WRITTEN.match(lead) or re.match(rf"{re.escape(place)}\b[^.]{{0,40}}?[–—]", lead, re.IGNORECASE):
        return html
    words = f"{place.upper()} – {office.upper()}." if office else f"{place.upper()} –"
    line = f'<strong class="dateline">{escape(words)}</strong>'
    head, paragraph, rest = html.partition("<p>")
    return f"{head}<p>{line} {rest}" if paragraph else f"<p>{line}</p>\n{html}".rstrip("\n")


def credits_stand_in(html: str, credits: tuple[str, ...]) -> bool:
    """Say whether the body ends with these credits already, as "(dew/bow)" or with other signs between them."""
    if not credits:
        return False
    match = re.search(r"\(([^()]{1,80})\)\W*$", plain(html[-400:]))
    return bool(match) and re.split(r"[\s/,;&]+", match[1].strip().lower()) == [c.lower() for c in credits]
