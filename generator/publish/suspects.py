"""What a file on the host that is not ours may be, by its name and its bytes, told in one line.

What intruders leave is known: programs and rules for the server, pages that lead visitors elsewhere, and files that
make them known to search engines as the site's owner. Source of the kinds: OWASP's Unrestricted File Upload, and what
was found on Indonesian government sites in 2022 and 2023.
"""

from __future__ import annotations

import re
from enum import IntEnum
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from generator.errors import message
from generator.publish.coding import unpacked

if TYPE_CHECKING:
    from generator.errors import Message


MOST_SEEN = 2 * 2**20
"""Bytes of what a compressed file holds that are looked into: a few kilobytes can hold any number of them."""


class Weight(IntEnum):
    """How much a finding tells, the most telling first."""

    PROGRAM = 0
    RULES = 1
    ELSEWHERE = 2
    EXECUTABLE = 3
    OWNERSHIP = 4
    ALTERED = 5
    MISSING = 6
    RECENT = 7
    FOREIGN = 8


class Suspicion(NamedTuple):
    """What a file seems to be, in one line."""

    weight: Weight
    why: Message


_PROGRAMS = re.compile(
    r"\.(php\d*|phtml|phar|phps|pht|inc|cgi|fcgi|pl|py|rb|sh|asp|aspx|asa|ashx|asmx|cer|jsp|jspx|cfm|shtml)(\.|$)"
)
_EXECUTABLES = re.compile(r"\.(exe|dll|com|scr|msi|bat|cmd|ps1|vbs|jar|war|apk|so|elf|bin)$")
_RULES = frozenset({".htaccess", ".htpasswd", ".user.ini", "php.ini", ".php.ini", "web.config", ".env"})
# Every tag is looked through once, up to the next: a file of nothing but "<script " must not take an hour.
_CODE = re.compile(
    rb"<\?(php|=)|<script[^<>]+language\s*=\s*[\"']?php|eval\s*\(\s*(base64_decode|gzinflate|str_rot13)", re.IGNORECASE
)
_MAGIC = (b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_PAGE = re.compile(r"\.(html?|xhtml|svg|js)$")
_OWNERSHIP = re.compile(
    r"google[0-9a-f]{6,}\.html|BingSiteAuth\.xml|yandex_[0-9a-f]+\.(html|txt)|.*sitemap.*\.(xml|txt)", re.IGNORECASE
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|(left|top|text-indent)\s*:\s*-\d{3,}", re.IGNORECASE)


def is_dangerous(file: str) -> bool:
    """Say whether a file's name alone makes it a program or rules for the server: no pattern excuses such a file."""
    name = file.rpartition("/")[2].lower()
    return name in _RULES or _PROGRAMS.search(name) is not None


def suspect(file: str, data: bytes | None, own_host: str) -> Suspicion | None:
    """Return what tells that a file is no good, None where nothing does.

    ``data`` are its bytes, None where they were not read; ``own_host`` is the site's own, to which links may lead.
    """
    name = file.rpartition("/")[2]
    return (
        _by_name(name.lower()) or (_by_bytes(name.lower(), data, own_host) if data is not None else None) or _rest(name)
    )


def _by_name(name: str) -> Suspicion | None:
    if _PROGRAMS.search(name):
        return Suspicion(Weight.PROGRAM, message("A program: the server may run it. This site has none."))
    if name in _RULES:
        what = message("Rules for the web server that this program did not write: they can lead visitors elsewhere.")
        return Suspicion(Weight.RULES, what)
    return None


def _by_bytes(name: str, data: bytes, own_host: str) -> Suspicion | None:
    inner = unpacked(data, MOST_SEEN)
    if _CODE.search(data) or _CODE.search(inner):
        return Suspicion(Weight.PROGRAM, message("Program code, hidden in a file that seems to be something else."))
    if _PAGE.search(name) or inner.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        found = _leading(inner, own_host)
        if found:
            return Suspicion(Weight.ELSEWHERE, found)
    return Suspicion(Weight.EXECUTABLE, _EXECUTABLE) if inner.startswith(_MAGIC) else None


def _rest(name: str) -> Suspicion | None:
    if _EXECUTABLES.search(name.lower()):
        return Suspicion(Weight.EXECUTABLE, _EXECUTABLE)
    if _OWNERSHIP.fullmatch(name):
        what = message("By such a file search engines let somebody speak for this site, or learn of pages to show.")
        return Suspicion(Weight.OWNERSHIP, what)
    return None


_EXECUTABLE = message("A program for computers or phones, to be downloaded from here.")


def _leading(data: bytes, own_host: str) -> Message | None:
    """Return where a page leads its visitors, None where it leads nobody anywhere."""
    reader = _Reader(own_host)
    reader.feed(data.decode("utf-8", "replace"))
    for hosts, what in (
        (reader.scripts, message("A page with scripts from elsewhere: {hosts}.", hosts=_few(reader.scripts))),
        (reader.frames, message("A page that shows another one within it: {hosts}.", hosts=_few(reader.frames))),
        (reader.leaps, message("A page that sends visitors on to {hosts}.", hosts=_few(reader.leaps))),
    ):
        if hosts:
            return what
    if reader.is_hiding:
        return message("A page with text or links that visitors do not see, for search engines.")
    return message("A page with links to {hosts}.", hosts=_few(reader.links)) if reader.links else None


def altered_page(data: bytes, own_host: str) -> Message | None:
    """Return what a page of ours must have been given by somebody else: ours have no such thing; None if nothing.

    Links alone tell nothing: releases have them.
    """
    data = unpacked(data, MOST_SEEN)
    reader = _Reader(own_host)
    reader.feed(data.decode("utf-8", "replace"))
    if reader.scripts or reader.frames or reader.leaps:
        return _leading(data, own_host)
    return (
        message("A page with text or links that visitors do not see, for search engines.") if reader.is_hiding else None
    )


def _few(hosts: dict[str, None]) -> str:
    names = list(hosts)
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


class _Reader(HTMLParser):
    """The hosts to which a page leads, by way, in their order."""

    def __init__(self, own_host: str) -> None:
        super().__init__(convert_charrefs=True)
        self._own = own_host
        self.scripts: dict[str, None] = {}
        self.frames: dict[str, None] = {}
        self.leaps: dict[str, None] = {}
        self.links: dict[str, None] = {}
        self.is_hiding = False

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 - as in the base
        """Pass over ``<![…`` as browsers do: older Pythons raise an AssertionError for what is none of SGML's."""
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a tag leads."""
        values = {name: value or "" for name, value in attrs}
        if _HIDDEN.search(values.get("style", "")):
            self.is_hiding = True
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            self._note(self.leaps, re.sub(r"^[^=]*=\s*['\"]?", "", values.get("content", "")))
        ways = {"script": ("src", self.scripts), "a": ("href", self.links), "form": ("action", self.leaps)}
        ways |= {"iframe": ("src", self.frames), "frame": ("src", self.frames), "object": ("data", self.frames)}
        ways |= {"embed": ("src", self.frames)}
        if tag in ways:
            attribute, hosts = ways[tag]
            self._note(hosts, values.get(attribute, ""))

    def handle_data(self, data: str) -> None:
        """Note a script that leads elsewhere by itself."""
        if self.lasttag == "script":
            leap = re.search(r"location(?:\.href|\.replace|\.assign)?\s*(?:=|\()\s*[\"']([^\"']+)", data)
            if leap:
                self._note(self.leaps, leap[1])

    def _note(self, hosts: dict[str, None], address: str) -> None:
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return
        if parts.hostname and parts.hostname != self._own:
            hosts[parts.hostname] = None
