"""content/site.toml, read into a frozen Site; all mistakes at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from generator.announcement import Announcement, read_announcements
from generator.contacts import Contact, read_contact, read_press
from generator.errors import ContentError, Problem, message
from generator.fields import Fields, Mapping
from generator.i18n import LANGUAGES
from generator.links import Link, read_links
from generator.menu import MenuItem, read_menu
from generator.photo_settings import PhotoSettings, read_photo_settings
from generator.publishing import Target, read_targets
from generator.site_file import SITE_FILE, site_bytes, site_tree

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

DEFAULT_ZONE = "Asia/Pontianak"

SYNONYMS = {
    "judul": "title",
    "nama": "title",
    "semboyan": "tagline",
    "slogan": "tagline",
    "url": "base_url",
    "bahasa": "language",
    "zona_waktu": "timezone",
    "kantor": "office",
    "instansi": "organization",
    "organisasi": "organization",
    "induk": "parent",
    "publikasi": "publication",
    "navigasi": "menu",
    "alamat_situs": "base_url",
    "alamat": "address",
    "alamat_kantor": "address",
    "telepon": "phone",
    "telp": "phone",
    "wa": "whatsapp",
    "surel": "email",
    "peta": "map",
    "kontak_pers": "press",
    "humas": "press",
    "media_sosial": "social",
    "medsos": "social",
    "kanal": "channels",
    "pengaduan": "channels",
    "pengumuman": "announcement",
    "kartu_sejak": "cards_from",
    "kartu": "cards_from",
    "foto": "photos",
    "terbit": "publish",
    "terbitkan": "publish",
}


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
    contact: Contact
    """How the office is reached, in the foot of every page."""
    press: Contact | None
    """Whom journalists ask, beside every release; None where nobody is named."""
    social: tuple[Link, ...]
    """The office's accounts elsewhere."""
    channels: tuple[Link, ...]
    """Where citizens ask and complain: PPID, SP4N-LAPOR."""
    photos: PhotoSettings
    """How photos are served."""
    announcements: tuple[Announcement, ...]
    """Announcements of the home page, each with the time in which it stands there."""
    cards_from: date | None
    """First day whose releases have a share card of their own; None if all have one."""
    targets: tuple[Target, ...]
    """Where the site is published."""

    @property
    def in_pages(self) -> Site:
        """The Site as far as any page can depend on it: where it is published changes none."""
        return replace(self, targets=())

    @property
    def in_templates(self) -> Site:
        """The Site as every page may see it: without what only the plan asks, so that it makes no other page stale."""
        return replace(self, announcements=(), cards_from=None, targets=())

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
    return parse_site(site_bytes(root))


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
    return _read(site_bytes(root))


def _read(data: bytes) -> tuple[Site, tuple[Problem, ...]]:
    try:
        tree = site_tree(data)
    except ContentError as error:
        return _check(Fields(Mapping({}, 1, {}), SITE_FILE, [])), error.problems
    fields = Fields(tree, SITE_FILE, [])
    return _check(fields), tuple(fields.problems)


def _check(fields: Fields) -> Site:
    title = fields.text("title", required=True)
    organization = fields.text("organization")
    office = fields.text("office")
    zone = _zone(fields)
    site = Site(
        title=title,
        base_url=_base_url(fields),
        tagline=fields.text("tagline"),
        language=_language(fields),
        zone=zone,
        office=office,
        organization=organization or office or title,
        parent=fields.text("parent"),
        publication=fields.text("publication") or title,
        menu=read_menu(fields),
        contact=read_contact(fields),
        press=read_press(fields),
        social=read_links(fields, "social"),
        channels=read_links(fields, "channels"),
        photos=read_photo_settings(fields),
        announcements=read_announcements(fields, zone),
        cards_from=_cards_from(fields, zone),
        targets=read_targets(fields),
    )
    fields.finish(SYNONYMS)
    return site


def _language(fields: Fields) -> str:
    language = fields.text("language") or "id"
    if language not in LANGUAGES:
        what = message('"{language}" is not a language of this program.', language=language)
        fields.report("language", what, message("Known languages: {languages}.", languages=", ".join(LANGUAGES)))
    return language


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


def _cards_from(fields: Fields, zone: ZoneInfo) -> date | None:
    moment = fields.moment("cards_from", zone)
    return moment.at.date() if moment else None


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
