"""The photos that a release names: in its front matter, short or as a list, and in its text.

For each of them an alternative text is asked for: who cannot see the photo, or loads none, has nothing else. The
caption does not stand in for it: it says who and when, is read anyway, and would only be heard twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.body import REMOTE_PICTURE, at_row
from generator.errors import Message, message
from generator.keys import SYNONYMS
from generator.photo import CENTRE, PhotoRef
from generator.urls import clean_photo_name, is_elsewhere

if TYPE_CHECKING:
    from generator.fields import Fields
    from generator.frontmatter import Source
    from generator.markup import Markup

PHOTO_KEYS = ("caption", "alt", "credit", "focus")
"""What is said of a photo besides its file."""

_NAME = (
    message(
        "A picture's name must lead to a file beside the release, in the folder named like it, or in content/foto/."
    ),
    message('Write only the name, for example "photo: bimtek.jpg".'),
)

_PERCENT = re.compile(r"(\d{1,3})\s*%?[\s,]+(\d{1,3})\s*%?")
_ACROSS = {"kiri": 0, "left": 0, "kanan": 100, "right": 100}
_DOWN = {"atas": 0, "top": 0, "bawah": 100, "bottom": 100}
_SIDES = {*_ACROSS, *_DOWN, "tengah", "center", "centre"}


def read_photos(fields: Fields) -> tuple[PhotoRef, ...]:
    """Return the photos of the front matter: that of ``photo:`` first, then those of ``photos:``."""
    refs = []
    if fields.has("photo"):
        # The short form: all that is said of the photo stands among the release's own keys.
        refs.append(_photo(fields, "photo"))
    for group in fields.groups("photos", bare="file"):
        refs.append(_photo(group, "file"))
        group.finish(SYNONYMS)
    return tuple(ref for ref in refs if ref is not None)


def _photo(fields: Fields, key: str) -> PhotoRef | None:
    name = fields.text(key, required=True)
    caption, alt = fields.text("caption"), fields.text("alt")
    ref = PhotoRef(name, caption, alt, fields.text("credit"), fields.line(key), focus=_focus(fields))
    if name and clean_photo_name(name) is None:
        fields.report(key, *_NAME)
        return None
    if not name:
        return None
    if wanting := _wanting(name, alt, caption):
        fields.report(key, wanting, _add_alt(), severity="warning")
    return ref


def _focus(fields: Fields) -> tuple[int, int]:
    """Return what crops must show, in percent from the left and from the top."""
    written = fields.text("focus")
    if not written:
        return CENTRE
    if (match := _PERCENT.fullmatch(written)) and int(match[1]) <= 100 and int(match[2]) <= 100:
        return int(match[1]), int(match[2])
    words = written.lower().replace(",", " ").split()
    across = [_ACROSS[word] for word in words if word in _ACROSS]
    down = [_DOWN[word] for word in words if word in _DOWN]
    if len(across) > 1 or len(down) > 1 or not _SIDES.issuperset(words):
        what = message("The focus of a photo is two percentages, or words for a side.")
        fix = message('Write "focus: 30% 20%" (from the left, from the top), or for example "focus: kiri atas".')
        fields.report("focus", what, fix)
    return (across or CENTRE[:1])[0], (down or CENTRE[1:])[0]


def _wanting(name: str, alt: str, caption: str) -> Message | None:
    """Return what is wrong with an alternative text, or None."""
    if not alt:
        return message('The photo "{name}" has no alternative text.', name=name)
    if alt == caption:
        return message('The alternative text of the photo "{name}" only repeats the caption.', name=name)
    return None


def _add_alt() -> Message:
    return message('Add "alt: …": one sentence that says what can be seen in the photo, for who cannot see it.')


def read_inline_photos(body: Markup, parts: Source, fields: Fields) -> tuple[PhotoRef, ...]:
    """Return the photos that stand in the text, and report those that cannot be taken to ``fields``."""
    refs = []
    for name, alt, title in body.images:
        wrong = REMOTE_PICTURE if is_elsewhere(name) else _NAME if clean_photo_name(name) is None else None
        what, fix = wrong or _NAME
        problem = at_row(parts, fields.path, name, what, fix)
        if wrong:
            fields.problems.append(problem)
            continue
        refs.append(PhotoRef(name, title, alt, "", problem.line, inline=True))
        if wanting := _wanting(name, alt, title):
            fix = message("Write what can be seen in it between the square brackets: ![what it shows](name.jpg).")
            fields.problems.append(problem._replace(what=wanting, fix=fix, severity="warning"))
    return tuple(refs)
