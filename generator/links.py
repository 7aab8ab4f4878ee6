"""Links of site.toml: a label and where it leads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message

if TYPE_CHECKING:
    from generator.fields import Fields

SYNONYMS = {
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

_GOOD = re.compile(r"/(?![/\\])|https?://|mailto:|tel:")


class Link(NamedTuple):
    """What a link says and where it leads: a path of this site, or a whole address."""

    label: str
    url: str


def read_links(fields: Fields, key: str) -> tuple[Link, ...]:
    """Return the list of links at ``key``; what is wrong with them is noted in ``fields``."""
    return tuple(_link(group) for group in fields.groups(key, bare="url"))


def _link(fields: Fields) -> Link:
    link = Link(fields.text("label", required=True), read_url(fields, "url", required=True))
    fields.finish(SYNONYMS)
    return link


def read_url(fields: Fields, key: str, *, required: bool = False) -> str:
    """Return the address at ``key``, "" where there is none; one that no link can lead to is noted in ``fields``."""
    url = fields.text(key, required=required)
    if url and not _GOOD.match(url):
        fields.report(
            key,
            message('"{url}" is not an address that a link can lead to.', url=url),
            message('Write a path such as "/tentang/", or a whole address that begins with https://.'),
        )
    return url
