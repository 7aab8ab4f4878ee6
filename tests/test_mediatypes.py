"""The table of media types, by which the preview, storage and web servers name what a file is."""

from __future__ import annotations

import pytest

from generator.mediatypes import media_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("data.csv", "text/csv; charset=utf-8"),
        ("agenda.ics", "text/calendar; charset=utf-8"),
        ("surat.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("paparan.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("tabel.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("pidato.mp3", "audio/mpeg"),
        ("huruf.otf", "font/otf"),
        ("huruf.ttf", "font/ttf"),
        ("huruf.woff", "font/woff"),
    ],
)
def test_what_an_office_puts_beside_its_style_has_a_type(name: str, kind: str) -> None:
    """Documents, sound and fonts of a site's own are not mere bytes."""
    assert media_type(name) == kind
