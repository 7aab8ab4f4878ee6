"""Announcements of the home page, as site.toml gives them; when one stands there is decided in clock.py."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.i18n import Moment
from generator.links import read_url

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from generator.fields import Fields

SYNONYMS = {
    "isi": "text",
    "teks": "text",
    "tautan": "url",
    "link": "url",
    "alamat": "url",
    "mulai": "start",
    "selesai": "end",
    "sampai": "end",
    "akhir": "end",
}


class Announcement(NamedTuple):
    """A text, where it leads ("" for nowhere), and its first and last moment (None where it has none)."""

    text: str
    url: str
    start: Moment | None
    end: Moment | None


def read_announcements(fields: Fields, zone: ZoneInfo) -> tuple[Announcement, ...]:
    """Return the announcements; what is wrong with them is noted in ``fields``."""
    return tuple(_announcement(group, zone) for group in fields.groups("announcement", bare="text"))


def _announcement(fields: Fields, zone: ZoneInfo) -> Announcement:
    text = fields.text("text", required=True)
    url = read_url(fields, "url")
    start, end = fields.moment("start", zone), fields.moment("end", zone)
    if end is not None and not end.has_time:
        # "end = 2026-12-31" means that it may be read on that day, as with a release that expires.
        end = Moment(end.at + timedelta(days=1))
    if start is not None and end is not None and end.at <= start.at:
        what = message("The announcement ends before it begins.")
        fields.report("end", what, message('Give a later "end".'))
    fields.want_values("start", "end")
    fields.finish(SYNONYMS)
    return Announcement(text, url, start, end)
