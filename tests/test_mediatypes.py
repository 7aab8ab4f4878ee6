"""The table of media types, by which the preview, storage and web servers name what a file is."""

from __future__ import annotations

import pytest

from generator.mediatypes import is_text, kinds, media_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("data.csv", "text/csv; charset=utf-8"),
        ("agenda.ics", "text/calendar; charset=utf-8"),
        ("surat.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("paparan.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("tabel.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("surat.doc", "application/msword"),
        ("TABEL.XLS", "application/vnd.ms-excel"),
        ("paparan.ppt", "application/vnd.ms-powerpoint"),
        ("surat.odt", "application/vnd.oasis.opendocument.text"),
        ("tabel.ods", "application/vnd.oasis.opendocument.spreadsheet"),
        ("paparan.odp", "application/vnd.oasis.opendocument.presentation"),
        ("surat.rtf", "application/rtf"),
        ("buku.epub", "application/epub+zip"),
        ("arsip.rar", "application/vnd.rar"),
        ("kontak.vcf", "text/vcard; charset=utf-8"),
        ("wilayah.geojson", "application/geo+json; charset=utf-8"),
        ("pindaian.tif", "image/tiff"),
        ("pidato.mp3", "audio/mpeg"),
        ("pidato.m4a", "audio/mp4"),
        ("pidato.aac", "audio/aac"),
        ("pidato.flac", "audio/flac"),
        ("pidato.ogg", "audio/ogg"),
        ("pidato.oga", "audio/ogg"),
        ("pidato.opus", "audio/ogg"),
        ("pidato.wav", "audio/wav"),
        ("rekaman.webm", "video/webm"),
        ("rekaman.ogv", "video/ogg"),
        ("rekaman.mov", "video/quicktime"),
        ("rekaman.vtt", "text/vtt; charset=utf-8"),
        ("peta.mjs", "text/javascript; charset=utf-8"),
        ("peta.wasm", "application/wasm"),
        ("huruf.otf", "font/otf"),
        ("huruf.ttf", "font/ttf"),
        ("huruf.woff", "font/woff"),
    ],
)
def test_what_an_office_puts_beside_its_style_has_a_type(name: str, kind: str) -> None:
    """Documents, sound, video and fonts of a site's own are not mere bytes."""
    assert media_type(name) == kind


@pytest.mark.parametrize("name", ["a.vtt", "a.mjs", "a.vcf", "a.geojson", "a.ics", "a.csv", "A.SVG"])
def test_text_is_told_from_what_is_packed(name: str) -> None:
    """Subtitles, scripts, contacts, maps and calendars are text, and so compressed on their way."""
    assert is_text(name)


@pytest.mark.parametrize("name", ["a.rtf", "a.doc", "a.odt", "a.wav", "a.webm", "a.wasm", "a.tif", "a.rar", "nama"])
def test_what_has_no_charset_is_no_text(name: str) -> None:
    """Documents, sound, video and archives have no charset."""
    assert not is_text(name)


def test_no_type_is_listed_twice() -> None:
    """A media type stands once in a web server's table: all of its names are text, or none is."""
    table = kinds(whole=False)
    assert len({kind.type for kind in table}) == len(table)
