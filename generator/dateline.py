"""The dateline ("PALANGKA RAYA – BIRO ADPIM.") and the credit ("(dew/bow)"): set once, never doubled."""

from __future__ import annotations

import re
from functools import lru_cache

from generator.markup import escape, plain

# Capitals, a dash, capitals, a stop: what an agency's dateline looks like, whoever the office and whatever the place.
# Capitals and a dash alone are not enough: "KPK – lembaga antirasuah – hadir" is a sentence.
_WRITTEN = re.compile(r"[A-Z][A-Z .,'’()/]{1,60}?\s[–—-]\s?[A-Z][A-Z0-9 .'’&/]{1,60}?[.:]\s+")


_SIGNS = re.compile(r"[\s/,;&]+")
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def without_dateline(lead: str, place: str, office: str) -> str:
    """Return the first paragraph's text without the dateline that the writer put there."""
    match = _WRITTEN.match(lead)
    if match is None and place:
        match = _in_small_letters(place, office).match(lead)
    return lead[match.end() :] if match else lead


@lru_cache(maxsize=256)
def _in_small_letters(place: str, office: str) -> re.Pattern[str]:
    """Match the same in small letters: the place, perhaps an agency behind it, a dash, perhaps the office."""
    pattern = rf"{re.escape(place)}(?:\s*[,(/][^.–—]{{1,40}}?)?(?:\s*[–—]\s*|\s-\s)"
    behind = rf"(?:{re.escape(office)}\s*[.:]\s+)?" if office else ""
    return re.compile(pattern + behind, re.IGNORECASE)


def set_dateline(html: str, place: str, office: str) -> str:
    """Return the body, which has no dateline, with that of ``place`` and ``office``, unless there is no place."""
    if not place:
        return html
    words = f"{place.upper()} – {office.upper()}." if office else f"{place.upper()} –"
    line = f'<strong class="dateline">{escape(words)}</strong>'
    first = next((p for p in _PARAGRAPH.finditer(html) if plain(p[1])), None)
    # A text that begins with a quotation or a list gets a paragraph of its own: the office is not what is quoted.
    if first is None or re.match(r"<(?:blockquote|ul|ol|table)\b", html):
        return f"<p>{line}</p>\n{html}".rstrip("\n")
    return f"{html[: first.start()]}<p>{line} {html[first.start() + 3 :]}"


def credits_stand_in(html: str, names: tuple[str, ...]) -> bool:
    """Say whether the body ends with these credits already, as "(dew/bow)" or with other signs between them."""
    if not names:
        return False
    match = re.search(r"\(([^()]{1,80})\)\W*$", plain(html[-400:]))
    return match is not None and _SIGNS.split(match[1].strip().lower()) == _SIGNS.split("/".join(names).lower())
