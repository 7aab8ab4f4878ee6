"""Where a page leads: whatever a browser would follow is seen, and nothing else is."""

from __future__ import annotations

import codecs
import time
from pathlib import Path

import pytest

from generator.publish.pages import host_of, is_page, leads, seems_page
from generator.publish.suspects import Weight, altered_page, suspect
from tests.newsroom import Newsroom, png, release

OWN = "contoh.example"
AWAY = "https://judi.example/"
PAGE = "<!doctype html><html><body>CONTOH {}</body></html>"


def weight_of(file: str, data: bytes) -> Weight | None:
    """Return how much a foreign file of these bytes tells."""
    found = suspect(file, data, OWN)
    return found.weight if found is not None else None


LEADING = {
    "canonical": '<link rel="canonical" href="https://judi.example/">',
    "amphtml": '<link href="//judi.example/amp" rel="nofollow AMPHTML">',
    "base": '<base href="https://judi.example/">',
    "area": '<map><area href="https://judi.example/"></map>',
    "img": '<img src="https://judi.example/iklan.gif">',
    "link in a drawing": '<svg><a xlink:href="https://judi.example/">gacor</a></svg>',
    "button": '<form><button formaction="https://judi.example/">gacor</button></form>',
    "refresh without url=": '<meta http-equiv="refresh" content="0; https://judi.example/">',
    "refresh with a comma": '<meta http-equiv="refresh" content=" 0.5 , url = \'https://judi.example/\' ">',
    "refresh with a quotation mark": '<meta http-equiv="refresh" content=\'0;"https://judi.example/"\'>',
    "backslashes": '<a href="https:\\\\judi.example/">gacor</a>',
    "no slashes": '<a href="https:judi.example/">gacor</a>',
    "slash and backslash": '<a href="/\\judi.example/">gacor</a>',
    "two backslashes": '<a href="\\\\judi.example/">gacor</a>',
    "many slashes": '<a href="///judi.example/">gacor</a>',
    "a line's end in it": '<a href="ht\ntps:/\t/judi.example/">gacor</a>',
    "control characters before it": '<a href="\x01 https://judi.example/">gacor</a>',
    "a name before the host": '<a href="https://contoh.example@judi.example/">gacor</a>',
    "a name before the host, with a backslash": '<a href="https://judi.example\\@contoh.example/">gacor</a>',
    "a second href": '<a href="https://judi.example/" href="/">gacor</a>',
    "location by a string": '<script>window["location"] = "https://judi.example/"</script>',
    "location and href by strings": "<script>self['location']['href']='https://judi.example/'</script>",
    "replace": "<script>top.location . replace (`https://judi.example/`)</script>",
    "escaped slashes": '<script>location="https:\\/\\/judi.example\\/"</script>',
    "a script's address": "<a href=\"javascript:location='https://judi.example/'\">gacor</a>",
    "a script in an attribute": "<body onload=\"location.href='https://judi.example/'\">",
}


@pytest.mark.parametrize("markup", LEADING.values(), ids=LEADING)
def test_whatever_leads_elsewhere_is_seen(markup: str) -> None:
    """A foreign page that leads visitors or search engines elsewhere in any way of browsers is told, with the host."""
    found = suspect("halaman.html", PAGE.format(markup).encode(), OWN)
    assert found is not None
    assert (found.weight, dict(found.why.values)) == (Weight.ELSEWHERE, {"hosts": "judi.example"})


@pytest.mark.parametrize("way", ["canonical", "base", "refresh without url=", "location by a string", "button"])
def test_what_ours_never_have_is_seen_in_an_altered_page(way: str) -> None:
    """A page of ours that was given another original, another base or a leap is told as one that leads elsewhere."""
    assert altered_page("index.html", PAGE.format(LEADING[way]).encode(), OWN) is not None
    assert altered_page("index.html", PAGE.format(LEADING["img"] + LEADING["area"]).encode(), OWN) is None


HARMLESS = (
    '<link rel="canonical" href="https://contoh.example/2026/">',
    '<link rel="stylesheet" href="https://huruf.example/a.css">',
    '<base href="/arsip/">',
    '<img src="/foto.jpg"><img src="https://CONTOH.example:443/foto.jpg">',
    '<meta http-equiv="refresh" content="5">',
    '<meta http-equiv="refresh" content="0; url=/arsip/">',
    '<meta http-equiv="refresh" content="">',
    '<meta name="description" content="0; https://judi.example/">',
    '<a href="https:contoh.example/">sini</a>',
    '<a href="/arsip//2026">sini</a><a href="?x=//judi.example">sini</a><a href="#//judi.example">sini</a>',
    '<a href="mailto:humas@lain.example">surel</a><a href="tel:+62536000">telepon</a>',
    '<a href="https://">rusak</a><a href="https://[rusak">rusak</a><a href="https://dua kata/">rusak</a>',
    '<script>if (location.href == "https://lain.example/") location.href = "/arsip/"</script>',
    '<script>const geolocation = "https://lain.example/"; location.hash = "https://lain.example/"</script>',
    "<p>CONTOH location = 'https://lain.example/'</p>",
)


@pytest.mark.parametrize("markup", HARMLESS)
def test_what_stays_on_the_site_tells_nothing(markup: str) -> None:
    """A page that leads to the site itself, or nowhere, is foreign and no more."""
    assert suspect("halaman.html", PAGE.format(markup).encode(), OWN) is None


@pytest.mark.parametrize("file", ["halaman.html", "tanpa-akhiran"])
@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_coding_is_no_hiding_place(file: str, coding: str) -> None:
    """A page in UTF-16, or behind the mark of UTF-8, is read as browsers read it."""
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(coding, b"")
    data = mark + PAGE.format(f'<a href="{AWAY}">gacor</a>').encode(coding)
    assert weight_of(file, data) is Weight.ELSEWHERE


@pytest.mark.parametrize("file", ["skrip.js", "skrip.MJS"])
@pytest.mark.parametrize("text", ["location.href='{}'", 'window.location = "{}"', "document.write('<iframe src={}>')"])
def test_a_script_that_leads_elsewhere_is_seen(file: str, text: str) -> None:
    """A file of script that sends visitors elsewhere is told; one that stays on the site is foreign and no more."""
    assert weight_of(file, text.format(AWAY).encode()) is Weight.ELSEWHERE
    assert weight_of(file, text.format("/arsip/").encode()) is None
    assert (altered_page(file, text.format(AWAY).encode(), OWN) is None) is False


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("HTTPS://Judi.Example:8443/x", "judi.example"),
        ("http:/judi.example", "judi.example"),
        ("//judi.example", "judi.example"),
        ("https://%6audi.example/", "judi.example"),
        ("https://contoh.example./", "contoh.example"),
        ("https://[2001:db8::1]:80/", "2001:db8::1"),
        ("/judi.example", ""),
        ("judi.example", ""),
        ("data:text/plain,https://judi.example", ""),
        ("", ""),
    ],
)
def test_the_host_of_an_address_is_that_of_browsers(address: str, host: str) -> None:
    """An address leads to the host to which browsers would go, and to none where it stays on the site."""
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("text", "is_markup"),
    [("<!DOCTYPE html>", True), ("\n <a href=x>", True), ("<bagus>", False), ("CONTOH <html>", False), ("", False)],
)
def test_what_browsers_take_for_a_page_is_one(text: str, is_markup: bool) -> None:
    """A file is a page by how it begins, as browsers see it."""
    assert seems_page(text.encode()) is is_markup


HOSTILE = (
    b"<script ", b"<!--", b"<a ", b"<", b"</a ", b"<a style='left:", b"<a href=", b"<a href='", b"<![", b"<!", b"<?",
    b"&#", b"<script>", b"<a a ", b"<a =", b"<a/", b"location", b"location ", b"location[", b'location"]', b"location.",
    b"location='", b"location.href", b" ", b"\t;", b"url", b"url=", b"https:", b"/\\", b"[", b"display:", b"left :",
    b"<meta http-equiv=refresh content='0;", b"<base href=", b"<link rel=canonical href=//", b"eval(", b"eval ", b"<?=",
)  # fmt: skip
AROUND = (
    b"<!doctype html>%s",
    b"<!doctype html><script>%s</script>",
    b"<!doctype html><a href='%s'>x</a>",
    b"<!doctype html><a style='left%s'>x</a>",
    b'<!doctype html><meta http-equiv=refresh content="0%s">',
    b'<!doctype html><a onclick="location%s">',
)


ENDLESS = 5
"""Seconds."""


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_page_holds_the_guard_up(piece: bytes) -> None:
    """A quarter of a megabyte that was written to be looked through for ever is judged all the same.

    On a slow machine that takes a second; what is looked through for each sign anew takes half an hour.
    """
    for file, around in [("x.js", b"%s"), *(("x.html", around) for around in AROUND)]:
        for data in (around % (piece * (2**18 // len(piece))), around % (piece + b" " * 2**18)):
            start = time.process_time()
            suspect(file, data, OWN)
            assert time.process_time() - start < ENDLESS, (file, around)


@pytest.mark.parametrize("number", ["1" * 5000, "0" * 5000 + "47", "9" * 10])
def test_no_number_is_too_long(number: str) -> None:
    """A sign that is written as a number of thousands of digits ends nothing, and hides nothing behind it."""
    page = PAGE.format(
        f'&#{number}; <p title="&#{number}">CONTOH</p><a href="https:&#{"0" * 5000}47;/judi.example/">CONTOH</a>'
    )
    assert leads("x.html", page.encode(), OWN).links == ("judi.example",)


def test_hosts_are_told_in_their_order() -> None:
    """Each host to which a page leads is there once, in the order of the page."""
    text = '<a href="//b.example"></a><a href="//a.example"></a><a href="//b.example/x"></a>'
    assert leads("a.html", PAGE.format(text).encode(), OWN).links == ("b.example", "a.example")


def test_nothing_that_is_published_is_taken_for_anothers(tmp_path: Path) -> None:
    """No page or script of a site has anything of what an altered one is told of."""
    newsroom = Newsroom(tmp_path)
    newsroom.write({"content/berita/foto.png": png(4, 4)})
    body = "CONTOH [tautan](https://lain.example/) dan [lain](/arsip/)."
    newsroom.release("a.md", release("Naskah", body=body, photo="foto.png", caption="CONTOH", aliases="[/lama/]"))
    newsroom.build()
    pages = {file: data for file, data in newsroom.files().items() if is_page(file)}
    assert {".html", ".js"} <= {Path(file).suffix for file in pages}
    assert {file: told for file, data in pages.items() if (told := altered_page(file, data, OWN))} == {}
