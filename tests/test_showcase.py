"""A site that shows everything: every page is light, whole, and leads somewhere."""

from __future__ import annotations

import gzip
import re
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po
from lxml import html

from generator.i18n import LOCALE_DIR
from tests.newsroom import release
from tests.reading import broken, found, page, words
from tests.showcase import NOW, PAGES, SITE, write_showcase

if TYPE_CHECKING:
    from tests.newsroom import Newsroom

TEMPLATES = Path(__file__).parent.parent / "templates"
GALLERIES = {PAGES["rilis"], PAGES["rilis-galeri"]}
"""The pages with more than one photo."""
BUDGET = 14 * 1024
"""Bytes of a page with its style, compressed: what arrives in the first round trip, in ten packets of TCP's start."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the showcase."""
    newsroom = write_showcase(tmp_path_factory.mktemp("etalase") / "situs")
    newsroom.build(NOW)
    return newsroom.files()


def compressed(data: bytes) -> int:
    return len(gzip.compress(data, 9))


@pytest.mark.slow
def test_every_page_type_is_shown(files: dict[str, bytes]) -> None:
    """Every page that browser tests and screenshots name is there, and is no redirect."""
    for path in PAGES.values():
        assert not found(page(files, path), "//meta[@http-equiv='refresh']"), path


@pytest.mark.slow
def test_every_page_arrives_in_the_first_round_trip(files: dict[str, bytes]) -> None:
    """Each page with its style takes at most 14 KB, compressed."""
    (style,) = (data for file, data in files.items() if re.fullmatch(r"static/style\.\w+\.css", file))
    weights = {file: compressed(data) + compressed(style) for file, data in files.items() if file.endswith(".html")}
    assert len(weights) > 1000
    assert {file: weight for file, weight in weights.items() if weight > BUDGET} == {}


@pytest.mark.slow
def test_no_page_needs_more_than_its_policy_allows(files: dict[str, bytes]) -> None:
    """No page has a style attribute, a script, style or handler of its own, a form, a frame, or another host's file."""
    inline = "//@style | //style | //@*[starts-with(name(), 'on')] | //form | //iframe | //object | //embed | //base"
    inline += " | //script[not(@src) and not(@type='application/ld+json')]"
    fetched = "//script/@src | //img/@src | //img/@srcset | //source/@srcset | //video/@src"
    fetched += " | //link[contains('stylesheet icon manifest preload', @rel)]/@href"
    for file, data in files.items():
        if file.endswith(".html"):
            root = html.fromstring(data)
            assert found(root, inline) == [], file
            elsewhere = [a for a in found(root, fetched) if "//" in str(a) or str(a).startswith("data:")]
            assert elsewhere == [], file


@pytest.mark.slow
def test_the_script_is_tiny(files: dict[str, bytes]) -> None:
    """Each script takes at most 2 KB, compressed, and runs only after the page is read; only galleries have two."""
    scripts = {file: data for file, data in files.items() if file.endswith(".js")}
    assert [file for file, data in scripts.items() if compressed(data) > 2048] == []
    for path in PAGES.values():
        own = page(files, path).xpath("//script[@src]")
        assert len(own) == 1 + (path in GALLERIES), path
        assert [script.get("src") for script in own if script.get("src").lstrip("/") not in scripts] == []
        assert all(script.get("defer") is not None for script in own)


@pytest.mark.slow
def test_nothing_runs_or_styles_within_a_page(files: dict[str, bytes]) -> None:
    """No page has a style attribute or element, a handler, or a script of its own: a strict policy may be served."""
    pages = {file: html.document_fromstring(data.decode("utf-8")) for file, data in files.items() if ".html" in file}
    own = "//@style | //style | //@*[starts-with(name(), 'on')] | //script[not(@src)][@type!='application/ld+json']"
    untyped = "//script[not(@src)][not(@type)]"
    assert len(pages) > 1000
    assert [file for file, root in pages.items() if root.xpath(f"{own} | {untyped}")] == []


@pytest.mark.slow
def test_every_link_leads_somewhere(files: dict[str, bytes]) -> None:
    """Every link, picture, icon, feed address, structured address, redirect and sitemap entry leads to a file."""
    assert broken(files, "https://contoh.example") == []


def test_an_english_site_speaks_english(newsroom: Newsroom) -> None:
    """With language = "en" no page says in Indonesian what a template says."""
    with (LOCALE_DIR / "id/LC_MESSAGES/adpim.po").open("rb") as source:
        catalogue = list(read_po(source))
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.rglob("*.*") if path.suffix in {".html", ".txt"})
    spoken = [str(m.string) for m in catalogue if m.id and f'_("{m.id}"' in sources and m.string != m.id]
    own = {'"id"': '"en"', "Koreksi": "X", "Tentang": "Y", "Senin–Jumat": "Z", "Siaran pers": "W"}
    newsroom.write({"content/site.toml": reduce(lambda text, pair: text.replace(*pair), own.items(), SITE)})
    newsroom.release("a.md", release("A", "2026-11-14 09:05", "B.", tags="[C]", updated="2026-11-15 10:00"))
    newsroom.release("b.md", release("D", corrections="[{date: 2026-11-02, note: E.}]"))
    newsroom.build()
    files = newsroom.files()
    assert len(spoken) > 40
    assert "Saturday, November 14, 2026 at 09:05 WIB" in words(page(files, "/2026/11/a/"))
    for file, data in files.items():
        if file.endswith((".html", ".txt")) and not file.startswith(("tentang", "panduan")):
            said = words(html.document_fromstring(data.decode("utf-8")))
            assert [text for text in spoken if re.search(rf"\b{re.escape(text)}\b", said)] == [], file
