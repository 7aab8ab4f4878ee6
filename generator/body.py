"""The text of a release or a standing page: converted, and checked for what no page may hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator import markup
from generator.errors import Message, Problem, message
from generator.i18n import LANGUAGES, catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.frontmatter import Source
    from generator.markup import Markup

MAX_BRACKETS = 500
"""Square brackets in a paragraph: with thousands of them Python-Markdown's search for links takes minutes."""

REMOTE_PICTURE = (
    message("The picture stands on another site, or in the text itself."),
    message("Save it beside the release and write ![what it shows](name.jpg)."),
)

# What no XML may hold, so no feed either; Word leaves the vertical tab behind.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
# Read by a browser as a picture on another host, though it looks like a path of this site.
_REMOTE = re.compile(r'<img\b[^>]*? src="(/[/\\][^"]*)"')


def read_body(parts: Source, source: str, place: Callable[[str], str], problems: list[Problem]) -> Markup:
    """Return the HTML of a release's or page's text, and add to ``problems`` what its writer should know of it.

    ``place`` takes a picture's name as written and returns the address at which the site serves it.
    """
    problems += markup.warnings(parts.body, source, parts.body_line)
    if parts.body.count("[") > MAX_BRACKETS and max(b.count("[") for b in parts.body.split("\n\n")) > MAX_BRACKETS:
        what = message("A paragraph holds more than {limit} square brackets.", limit=MAX_BRACKETS)
        problems.append(at_row(parts, source, "[", what, message("Delete the surplus brackets.")))
        return markup.Markup("", "", "", ())
    try:
        body = markup.to_html(parts.body, place)
    except RecursionError:
        what = message("Quotes or lists are nested too deep.")
        fix = message('Delete the surplus ">" signs or indents.')
        problems.append(Problem(source, parts.body_line, what, fix))
        return markup.Markup("", "", "", ())
    if sign := _CONTROL.search(body.html):
        # A sign written as "&#11;" stands there under another name.
        found = sign[0] if sign[0] in parts.body else "&#"
        what = message("The text contains a control character (U+{code}).", code=f"{ord(sign[0]):04X}")
        fix = message("Delete the invisible character, or type the text again.")
        problems.append(at_row(parts, source, found, what, fix))
    for address in _REMOTE.findall(body.html):
        problems.append(at_row(parts, source, address[:2], *REMOTE_PICTURE))
    return body


def at_row(parts: Source, source: str, found: str, what: Message, fix: Message) -> Problem:
    """Return a Problem at the first line of the text that holds ``found``."""
    rows = parts.body.split("\n")
    row = next((number for number, text in enumerate(rows) if found in text or found in unquote(text)), 0)
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", rows[row]).strip()[:200]
    return Problem(source, parts.body_line + row, what, fix, text)


# What `adpim new` puts where the text will stand.
_PLACEHOLDERS = frozenset(catalogue(language).gettext("Write the text of the release here.") for language in LANGUAGES)


def look_for_text(parts: Source, source: str, *, needed: bool) -> list[Problem]:
    """Return a Problem if there is no text where one is ``needed``, or if what `adpim new` wrote still stands there."""
    body = parts.body.strip()
    if body not in _PLACEHOLDERS and (body or not needed):
        return []
    what = message("The release has no text yet.")
    fix = message('Write it below the second "---", or add a line "draft: true".')
    return [Problem(source, parts.body_line, what, fix, body, "error" if body else "warning")]
