"""Where a page leads whoever opens it: read as browsers read it, since intruders write for browsers, and not for us.

Sources: WHATWG URL Standard (4.4, URL parsing), HTML Standard (4.2.5.3, refresh), MIME Sniffing Standard (7.1).
"""

from __future__ import annotations

import codecs
import re
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import unquote

_NAMES = re.compile(r"\.(html?|xhtml|xht|svg|m?js)$", re.IGNORECASE)
_SCRIPT_NAMES = (".js", ".mjs")
_MARKUP = re.compile(
    r"\s*(?:<!--|<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s/>])",
    re.IGNORECASE,
)
"""How what browsers take for HTML begins where nothing says what it is."""
_HEAD = 1024
"""Bytes in which that is looked for."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|(left|top|text-indent)\s*:\s*-\d{3,}", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_LEADING = frozenset({"http:", "https:", "ftp:", "ws:", "wss:"})
"""Schemes in whose addresses a backslash is a slash, and any number of them stands before the host."""
_EDGES = "".join(map(chr, range(0x21)))
"""What browsers cut off at both ends of an address; tabs and ends of lines they take out of its middle as well."""
_INNER = {9: None, 10: None, 13: None}
_NO_HOST = re.compile(r"[\x00-\x20<>^|%\[\]]")
"""Signs that no host has: browsers go nowhere by such an address."""
# Of whitespace there is one blank by then, and no part repeats another: it is looked through once.
_MEMBER = r"(?:\. ?(?:href|replace|assign) ?|\[ ?[\"'`](?:href|replace|assign)[\"'`] ?\] ?)?"
_LEAP = re.compile(rf"(?<![\w$])location ?(?:[\"'`] ?\] ?)?{_MEMBER}[=(] ?[\"'`]([^\"'`]{{1,2048}})")
_WAYS = {
    ("a", "href"): "links",
    ("a", "xlink:href"): "links",
    ("area", "href"): "links",
    ("img", "src"): "pictures",
    ("script", "src"): "scripts",
    ("script", "href"): "scripts",
    ("script", "xlink:href"): "scripts",
    ("iframe", "src"): "frames",
    ("frame", "src"): "frames",
    ("object", "data"): "frames",
    ("embed", "src"): "frames",
    ("base", "href"): "leaps",
    ("form", "action"): "leaps",
    ("button", "formaction"): "leaps",
    ("input", "formaction"): "leaps",
}
"""Which attribute of which tag leads where, by the field of Leads."""


class Leads(NamedTuple):
    """The hosts to which a page leads, by way, in their order; the site's own is none of them.

    ``scripts`` run in it, ``frames`` are shown in it, ``leaps`` are where it sends its visitors, ``originals`` are
    named to search engines in its place, ``links`` may be followed, ``pictures`` come from there. ``is_hiding`` says
    that it has something which visitors do not see.
    """

    scripts: tuple[str, ...]
    frames: tuple[str, ...]
    leaps: tuple[str, ...]
    originals: tuple[str, ...]
    links: tuple[str, ...]
    pictures: tuple[str, ...]
    is_hiding: bool


_ZEROS = re.compile(r"&#0+")
_HUGE = re.compile(r"&#[0-9]{9,}")


def is_page(file: str) -> bool:
    """Say whether a file is by its name a page, or a script that pages run."""
    return _NAMES.search(file) is not None


def seems_page(data: bytes) -> bool:
    """Say whether browsers take ``data`` for a page, whatever the file is called."""
    return _MARKUP.match(_text(data[:_HEAD])) is not None


def leads(file: str, data: bytes, own_host: str) -> Leads:
    """Return where a page, or a script, of these bytes leads."""
    # Python refuses numbers of more than 4,300 digits; browsers skip zeros in front, and know no sign of nine digits.
    text = _HUGE.sub("&#65533", _ZEROS.sub("&#0", _text(data)))
    reader = _Reader()
    reader.feed(text)
    if file.lower().endswith(_SCRIPT_NAMES):
        reader.run(text)
    reader.run("".join(reader.scripting))
    found = {way: tuple(host for host in hosts if host != own_host) for way, hosts in reader.found.items()}
    return Leads(**found, is_hiding=reader.is_hiding)


def _text(data: bytes) -> str:
    """Return the text of a page. What its first bytes say of its coding goes before all else."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def host_of(address: str) -> str:
    """Return the host to which an address in a page leads, "" where it stays on the site or leads nowhere.

    ``https:name`` without slashes leads to a host, or stays on the site, as the page itself was asked for: nobody
    writes it but to deceive, so it is taken for a host.
    """
    address = address.strip(_EDGES).translate(_INNER)
    scheme = _SCHEME.match(address)
    rest = address[scheme.end() :] if scheme else address
    bare = rest.lstrip("/\\")
    if (scheme and scheme[0].lower() not in _LEADING) or (not scheme and len(rest) - len(bare) < 2):
        return ""
    host = unquote(re.split(r"[/\\?#]", bare, maxsplit=1)[0].rpartition("@")[2]).lower()
    if host.startswith("["):
        host, end, _ = host[1:].partition("]")
        return host if end else ""
    host = host.partition(":")[0].rstrip(".")
    return "" if _NO_HOST.search(host) else host


def _refreshing(content: str) -> str:
    """Return the address in a refresh: seconds, then perhaps a sign between them, "url=", and a quotation mark."""
    rest = content.lstrip().lstrip("0123456789.").lstrip()
    rest = (rest[1:] if rest[:1] in {";", ","} else rest).lstrip()
    named = re.match(r"url\s*=", rest, re.IGNORECASE)
    rest = rest[named.end() :].lstrip() if named else rest
    return rest[1:].partition(rest[0])[0] if rest[:1] in {"'", '"'} else rest


class _Reader(HTMLParser):
    """Notes all hosts to which a page leads in ``found``, and the text of its scripts in ``scripting``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, dict[str, None]] = {way: {} for way in Leads._fields if way != "is_hiding"}
        self.scripting: list[str] = []
        self.is_hiding = False

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - as in the base
        """Pass over ``<![…`` as browsers do: older Pythons raise an AssertionError for what is none of SGML's."""
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a tag leads."""
        values: dict[str, str] = {}
        for name, value in attrs:
            values.setdefault(name, value or "")  # of two that are alike browsers take the first
        if _HIDDEN.search(values.get("style", "")):
            self.is_hiding = True
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self._note("leaps", _refreshing(values.get("content", "")))
        if tag == "link" and {"canonical", "amphtml"} & set(values.get("rel", "").lower().split()):
            self._note("originals", values.get("href", ""))
        for name, value in values.items():
            if (tag, name) in _WAYS:
                self._note(_WAYS[tag, name], value)
            elif name.startswith("on"):
                self.run(value)

    def handle_data(self, data: str) -> None:
        """Keep what a script does, which may come in pieces."""
        if self.cdata_elem == "script":
            self.scripting.append(data)

    def run(self, script: str) -> None:
        """Note where a script sends visitors by itself."""
        for leap in _LEAP.finditer(" ".join(script.split())):
            self._note("leaps", leap[1])

    def _note(self, way: str, address: str) -> None:
        if address.strip(_EDGES)[:11].lower() == "javascript:":
            self.run(unquote(address))
        elif host := host_of(address):
            self.found[way][host] = None
