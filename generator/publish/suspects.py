"""What a file on the host that is not ours may be, by its name and its bytes, told in one line.

What intruders leave is known: programs and rules for the server, pages that lead visitors elsewhere, and files that
make them known to search engines as the site's owner. Source of the kinds: OWASP's Unrestricted File Upload, and what
was found on Indonesian government sites in 2022 and 2023.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.publish.coding import unpacked
from generator.publish.pages import is_page, leads, seems_page

if TYPE_CHECKING:
    from generator.errors import Message
    from generator.publish.pages import Leads

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
# Every tag is looked through once, up to the next: a file of nothing but "<script " must not take an hour. "<?=" alone
# stands by chance in every eighth photo of 2 MB: of a program's, text follows.
_CODE = re.compile(
    rb"<\?(php|=[\t\n\r -~]{6})|<script[^<>]+language\s*=\s*[\"']?php|"
    rb"eval\s*\(\s*(base64_decode|gzinflate|str_rot13)",
    re.IGNORECASE,
)
_MAGIC = (b"\x7fELF", b"MZ", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_OWNERSHIP = re.compile(
    r"google[0-9a-f]{6,}\.html|BingSiteAuth\.xml|yandex_[0-9a-f]+\.(html|txt)|.*sitemap.*\.(xml|txt)", re.IGNORECASE
)


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
    if is_page(name) or seems_page(inner):
        found = _leading(name, inner, own_host)
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


_HIDING = message("A page with text or links that visitors do not see, for search engines.")


def _leading(name: str, data: bytes, own_host: str) -> Message | None:
    """Return where a page leads its visitors, None where it leads nobody anywhere."""
    led = leads(name, data, own_host)
    given = _given(led)
    if given is not None:
        return given
    if led.links:
        return message("A page with links to {hosts}.", hosts=_few(led.links))
    return message("A page with pictures from {hosts}.", hosts=_few(led.pictures)) if led.pictures else None


def altered_page(file: str, data: bytes, own_host: str) -> Message | None:
    """Return what a page of ours must have been given by somebody else: ours have no such thing; None if nothing.

    Links and pictures alone tell nothing: releases have them.
    """
    return _given(leads(file, unpacked(data, MOST_SEEN), own_host))


def _given(led: Leads) -> Message | None:
    """Return what a page has that none of ours would have, the most telling alone."""
    for hosts, what in (
        (led.scripts, message("A page with scripts from elsewhere: {hosts}.", hosts=_few(led.scripts))),
        (led.frames, message("A page that shows another one within it: {hosts}.", hosts=_few(led.frames))),
        (led.leaps, message("A page that sends visitors on to {hosts}.", hosts=_few(led.leaps))),
        (led.originals, message("A page that sends search engines on to {hosts}.", hosts=_few(led.originals))),
    ):
        if hosts:
            return what
    return _HIDING if led.is_hiding else None


def _few(hosts: tuple[str, ...]) -> str:
    return ", ".join(hosts[:3]) + (", …" if len(hosts) > 3 else "")
