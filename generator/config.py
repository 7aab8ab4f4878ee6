"""content/site.toml, read into a frozen Site; all mistakes at once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.errors import ContentError, Problem, message
from generator.fields import Fields, Mapping, Node, Scalar, Sequence
from generator.i18n import LANGUAGES
from generator.textfile import decode

if TYPE_CHECKING:
    from pathlib import Path

SITE_FILE = "content/site.toml"
DEFAULT_ZONE = "Asia/Pontianak"

SYNONYMS = {
    "judul": "title",
    "nama": "title",
    "semboyan": "tagline",
    "slogan": "tagline",
    "alamat": "base_url",
    "url": "base_url",
    "bahasa": "language",
    "zona_waktu": "timezone",
    "kantor": "office",
    "instansi": "organization",
    "organisasi": "organization",
    "induk": "parent",
    "publikasi": "publication",
    "navigasi": "menu",
}
MENU_SYNONYMS = {
    "alamat": "url",
    "tautan": "url",
    "link": "url",
    "href": "url",
    "nama": "label",
    "name": "label",
    "judul": "label",
    "title": "label",
    "teks": "label",
}


class MenuItem(NamedTuple):
    """One entry of the menu: what it says and where it leads (a path of this site, or a whole address)."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Site:
    """What content/site.toml says. Texts are "" where they were not set."""

    title: str
    """Name of the site, in the head of every page."""
    base_url: str
    """``https://host`` or ``https://host/path``, without a slash at the end."""
    tagline: str
    """One sentence about the site, for the home page and search engines."""
    language: str
    """Language of the pages: ``id`` or ``en``."""
    zone: ZoneInfo
    """Zone of all times that carry none."""
    office: str
    """Short name of the office, as the dateline gives it."""
    organization: str
    """Full name of the office, the publisher."""
    parent: str
    """The body that the office belongs to."""
    publication: str
    """Name of the publication in the news sitemap."""
    menu: tuple[MenuItem, ...]
    """Links in the head of every page."""

    @property
    def base_path(self) -> str:
        """The path part of base_url: "" for a site at the root of its host."""
        return urlsplit(self.base_url).path

    @property
    def reading_context(self) -> str:
        """What the reading of a file depends on besides its bytes and its place."""
        return f"{self.zone.key}\0{self.office}\0{self.base_url}"


def load_site(root: Path) -> Site:
    """Read content/site.toml below ``root``. Raises ContentError with every problem that it holds."""
    return parse_site(_bytes(root))


def parse_site(data: bytes) -> Site:
    """Read the bytes of a site.toml. Raises ContentError with every problem that it holds."""
    site, problems = _read(data)
    if problems:
        raise ContentError(problems)
    return site


def read_site(root: Path) -> tuple[Site, tuple[Problem, ...]]:
    """Read content/site.toml below ``root``, and what is wrong with it.

    With problems the Site has defaults where it could not be read: good enough to find the problems of other files in
    the same run, not to publish. Raises ContentError if there is no such file: then nothing else is there to be read.
    """
    return _read(_bytes(root))


def _bytes(root: Path) -> bytes:
    try:
        return (root / SITE_FILE).read_bytes()
    except FileNotFoundError:
        what = message("{file} is missing.", file=SITE_FILE)
        fix = message(
            'Run adpim in the site\'s folder or name it with --root; "adpim demo 20 DIR" makes a full example.'
        )
        raise ContentError([Problem(SITE_FILE, 0, what, fix)]) from None
    except OSError as error:
        what = message("{file} cannot be read: {error}.", file=SITE_FILE, error=error.strerror or error)
        raise ContentError([Problem(SITE_FILE, 0, what, message("Check the file's permissions."))]) from None


def _read(data: bytes) -> tuple[Site, tuple[Problem, ...]]:
    try:
        text = decode(data, SITE_FILE)
        tree = _parse(text)
    except ContentError as error:
        return _check(Fields(Mapping({}, 1, {}), SITE_FILE, [])), error.problems
    fields = Fields(_nodes(tree, _lines(text), ""), SITE_FILE, [])
    return _check(fields), tuple(fields.problems)


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of 5,000 digits is a plain ValueError; lists in lists by the thousand exhaust the stack.
        raise ContentError([_unreadable(error, text)]) from None


def _unreadable(error: Exception, text: str) -> Problem:
    said, rows = str(error), text.split("\n")
    match = re.search(r"line (\d+)", said)
    line = int(match[1]) if match else len(rows) if "end of document" in said else 1
    what = message("site.toml cannot be read here.")
    fix = message('Texts stand in straight quotes: key = "text". Compare the line with the handbook\'s example.')
    if "overwrite" in said or "twice" in said:
        what, fix = message("This key stands twice."), message("Keep one of the two lines.")
    return Problem(SITE_FILE, line, what, fix, rows[line - 1].strip()[:200])


def _check(fields: Fields) -> Site:
    title = fields.text("title", required=True)
    organization = fields.text("organization")
    office = fields.text("office")
    language = fields.text("language") or "id"
    if language not in LANGUAGES:
        what = message('"{language}" is not a language of this program.', language=language)
        fields.report("language", what, message("Known languages: {languages}.", languages=", ".join(LANGUAGES)))
    site = Site(
        title=title,
        base_url=_base_url(fields),
        tagline=fields.text("tagline"),
        language=language,
        zone=_zone(fields),
        office=office,
        organization=organization or office or title,
        parent=fields.text("parent"),
        publication=fields.text("publication") or title,
        menu=tuple(_menu_item(item) for item in fields.groups("menu", bare="url")),
    )
    fields.finish(SYNONYMS)
    return site


def _base_url(fields: Fields) -> str:
    url = fields.text("base_url", required=True).rstrip("/")
    if not url:
        return url
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query and not parts.fragment
        good = good and parts.username is None and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good or not re.fullmatch(r"[A-Za-z0-9:/._~\[\]-]+", url) or ".." in url or "//" in url.partition("//")[2]:
        fields.report(
            "base_url",
            message('"base_url" is not the address of a site.'),
            message('Write for example base_url = "https://biroadpim.kalteng.go.id".'),
        )
    return url


def _zone(fields: Fields) -> ZoneInfo:
    name = fields.text("timezone") or DEFAULT_ZONE
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fields.report(
            "timezone",
            message('"{name}" is not a known time zone.', name=name),
            message('For WIB write timezone = "Asia/Pontianak", for WITA "Asia/Makassar", for WIT "Asia/Jayapura".'),
        )
        return ZoneInfo(DEFAULT_ZONE)


def _menu_item(fields: Fields) -> MenuItem:
    item = MenuItem(fields.text("label", required=True), fields.text("url", required=True))
    fields.finish(MENU_SYNONYMS)
    if item.url and not re.match(r"/(?![/\\])|https?://|mailto:|tel:", item.url):
        fields.report(
            "url",
            message('"{url}" is not an address that a menu can lead to.', url=item.url),
            message('Write a path such as "/tentang/", or a whole address that begins with https://.'),
        )
    return item


def _lines(text: str) -> dict[str, int]:
    """Map each key, its table's name before it, to its line; ``menu[1]`` is a list's second. tomllib gives none."""
    lines: dict[str, int] = {}
    items: dict[str, int] = {}
    table = opened = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := re.match(r"\s*\[(\[?)\s*([^\]]+?)\s*\]", line):
            name, opened = match[2], ""
            lines.setdefault(name, number)
            if match[1]:
                items[name] = items.get(name, -1) + 1
                name = f"{name}[{items[name]}]"
                lines[name] = number
            table = f"{name}."
        elif opened and re.match(r"\s*\{", line):
            items[opened] = items.get(opened, -1) + 1
            lines[f"{opened}[{items[opened]}]"] = number
        elif match := re.match(r'\s*"?([A-Za-z0-9_.-]+)"?\s*=', line):
            lines.setdefault(table + match[1], number)
            opened = table + match[1] if re.search(r"=\s*\[\s*(#.*)?$", line) else ""
    return lines


def _nodes(value: Any, lines: dict[str, int], name: str, inherited: int = 1) -> Any:  # noqa: ANN401 - a TOML value
    """Turn what tomllib gives into nodes with lines."""
    line = lines.get(name, inherited)
    if isinstance(value, dict):
        prefix = f"{name}." if name else ""
        entries: dict[str, Node] = {k: _nodes(v, lines, prefix + k, line) for k, v in value.items()}
        return Mapping(entries, line, {k: lines.get(prefix + k, line) for k in value})
    if isinstance(value, list):
        return Sequence(tuple(_nodes(item, lines, f"{name}[{n}]", line) for n, item in enumerate(value)), line)
    return Scalar(str(value).lower() if isinstance(value, bool) else str(value), line)
