"""How people reach the office, as site.toml gives it: address, phone, WhatsApp, e-mail, map."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.links import Link, read_url

if TYPE_CHECKING:
    from generator.fields import Fields

SYNONYMS = {
    "nama": "name",
    "telepon": "phone",
    "telp": "phone",
    "wa": "whatsapp",
    "surel": "email",
    "jam": "hours",
    "jam_kerja": "hours",
}


class Contact(NamedTuple):
    """An office or a desk; texts are "" and links None where they were not set. ``map`` is an address on the web."""

    name: str
    hours: str
    address: str
    phone: Link | None
    whatsapp: Link | None
    email: Link | None
    map: str


def read_contact(fields: Fields) -> Contact:
    """Return how the office itself is reached; what is wrong is noted in ``fields``."""
    return Contact(
        name="",
        hours="",
        address=fields.text("address"),
        phone=_phone(fields),
        whatsapp=_whatsapp(fields),
        email=_email(fields),
        map=read_url(fields, "map"),
    )


def read_press(fields: Fields) -> Contact | None:
    """Return whom journalists ask, or None where site.toml names nobody; what is wrong is noted in ``fields``."""
    groups = fields.groups("press", bare="name")
    if not groups:
        return None
    desk = groups[0]
    contact = Contact(
        name=desk.text("name", required=True),
        hours=desk.text("hours"),
        address="",
        phone=_phone(desk),
        whatsapp=_whatsapp(desk),
        email=_email(desk),
        map="",
    )
    desk.finish(SYNONYMS)
    if len(groups) > 1:
        what = message("There is one press contact, not several.")
        fields.report("press", what, message("Keep one group of keys."))
    return contact


def _phone(fields: Fields) -> Link | None:
    number = _number(fields, "phone")
    # A service number (112, 1500…) is dialled as it is; one with a leading 0 is Indonesia's own way of writing +62.
    return Link(fields.text("phone"), f"tel:{re.sub('^0', '+62', number)}") if number else None


def _whatsapp(fields: Fields) -> Link | None:
    number = _number(fields, "whatsapp")
    return Link(fields.text("whatsapp"), f"https://wa.me/{re.sub('^0', '62', number.lstrip('+'))}") if number else None


def _number(fields: Fields, key: str) -> str:
    """Return the digits of a number, a plus before them where it was written, or ""."""
    written = fields.text(key)
    if not written:
        return ""
    if not re.fullmatch(r"\+?[\d\s().-]+", written) or not 3 <= len(re.sub(r"\D", "", written)) <= 15:
        fields.report(
            key,
            message('"{number}" is not a phone number.', number=written),
            message("Write digits, with spaces or hyphens between them, and nothing else."),
        )
        return ""
    return re.sub(r"[^\d+]", "", written)


def _email(fields: Fields) -> Link | None:
    written = fields.text("email")
    if not written:
        return None
    if not re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", written, re.ASCII):
        fields.report(
            "email",
            message('"{email}" is not an e-mail address.', email=written),
            message("Write one address, for example nama@contoh.example."),
        )
        return None
    return Link(written, f"mailto:{written}")
