"""What the site will leave out of a text, told to its writer, so that nothing disappears in silence."""

from __future__ import annotations

import re

from generator.errors import Problem, message

TAGS = frozenset(
    [
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "b",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "sub",
        "sup",
        "small",
        "blockquote",
        "q",
        "cite",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "caption",
        "a",
        "img",
        "figure",
        "figcaption",
        "abbr",
        "code",
        "pre",
        "kbd",
    ]
)
"""Elements that a release may hold."""

_OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9:-]*)((?:\s[^<>]*)?)>?")
_HANDLER = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
_LINK = re.compile(r"\]\(\s*<?\s*([A-Za-z][A-Za-z0-9+.-]*):|\]:\s*<?([A-Za-z][A-Za-z0-9+.-]*):")
_CODE = re.compile(r"`[^`\n]*`")


def warnings(text: str, path: str, first_line: int) -> list[Problem]:
    """Tell the writer what ``to_html`` will leave out, so that nothing disappears in silence."""
    found: list[Problem] = []
    if "<" not in text and "]" not in text:
        return found
    for number, raw in enumerate(text.split("\n"), first_line):
        if "<" not in raw and "]" not in raw:
            continue
        line = _CODE.sub("", raw)
        for match in _OPENING.finditer(line):
            tag, attributes = match[1].lower(), match[2]
            if tag in {"http", "https", "mailto", "h1"} or "@" in tag or tag.startswith(("http:", "https:", "mailto:")):
                continue
            if tag == "img":
                found.append(_raw_image(path, number, raw))
            elif tag not in TAGS or _HANDLER.search(attributes):
                found.append(_dropped(path, number, raw, match[0]))
        schemes = (match[1] or match[2] for match in _LINK.finditer(line))
        strange = (scheme for scheme in schemes if scheme.lower() not in {"http", "https", "mailto", "tel"})
        found += [_dropped(path, number, raw, f"{scheme}:") for scheme in strange]
    return found


def _raw_image(path: str, line: int, raw: str) -> Problem:
    return Problem(
        path,
        line,
        message("A picture is written as HTML."),
        message("Put the picture beside the file and write ![what it shows](name.jpg)."),
        raw.strip()[:200],
    )


def _dropped(path: str, line: int, raw: str, what: str) -> Problem:
    return Problem(
        path,
        line,
        message("{what} is left out: it is not taken in a release.", what=what[:60]),
        message("Write it in Markdown, or delete it."),
        raw.strip()[:200],
        "warning",
    )
