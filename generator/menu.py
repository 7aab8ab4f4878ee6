"""The menu of site.toml, in up to two levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.links import SYNONYMS, Link, read_links, read_url

if TYPE_CHECKING:
    from generator.fields import Fields


class MenuItem(NamedTuple):
    """One entry of the menu: what it says, and where it leads or which links unfold below it ("" or none)."""

    label: str
    url: str
    items: tuple[Link, ...]


def read_menu(fields: Fields) -> tuple[MenuItem, ...]:
    """Return the menu; what is wrong with it is noted in ``fields``."""
    return tuple(_item(group) for group in fields.groups("menu", bare="url"))


def _item(fields: Fields) -> MenuItem:
    unfolds = fields.has("items")
    item = MenuItem(
        fields.text("label", required=True),
        read_url(fields, "url", required=not unfolds),
        read_links(fields, "items"),
    )
    if unfolds and item.url:
        what = message("A menu item either leads somewhere or unfolds, not both.")
        fields.report("url", what, message('Move the address into "items", as a link of its own.'))
    fields.finish({**SYNONYMS, "submenu": "items", "isi": "items"})
    return item
