"""What each key of a release does, on its page and everywhere else; and the office's own first release."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html

from generator.config import load_site
from generator.manuscript import parse_article
from tests.newsroom import Newsroom, png, read, refusals, release

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).parent.parent
PAGE = "2026/11/contoh/index.html"


def page(newsroom: Newsroom, file: str = PAGE) -> html.HtmlElement:
    """A page as a browser reads it."""
    return html.document_fromstring(newsroom.text(file))


def texts(element: html.HtmlElement, xpath: str) -> list[str]:
    """The words of everything that ``xpath`` finds."""
    found = element.xpath(xpath)
    assert isinstance(found, list)
    return [" ".join((e if isinstance(e, str) else e.text_content()).split()) for e in found]


def paragraphs(text: str) -> list[str]:
    """Read the release ``text`` and return the paragraphs of its body."""
    return texts(html.document_fromstring(f"<div>{read(text).html}</div>"), "//p")


def newsarticle(newsroom: Newsroom, file: str = PAGE) -> dict[str, Any]:
    """The NewsArticle in a page's structured data."""
    scripts = [json.loads(text) for text in page(newsroom, file).xpath("//script/text()")]
    (article,) = (data for data in scripts if data["@type"] == "NewsArticle")
    assert isinstance(article, dict)
    return article


def feeds(newsroom: Newsroom) -> dict[str, list[str]]:
    """The full text of every entry of every feed, by feed."""
    files = newsroom.files()
    found = {
        name: [element.text or "" for element in etree.fromstring(data).iter("{*}content", "{*}encoded")]
        for name, data in files.items()
        if name.endswith(("atom.xml", "rss.xml"))
    }
    found["feed.json"] = [item["content_html"] for item in json.loads(files["feed.json"])["items"]]
    return found


# The dateline


@pytest.mark.parametrize(
    ("body", "first"),
    [
        ("Isi.", "PALANGKA RAYA – BIRO CONTOH. Isi."),
        ("**Tebal** di depan.", "PALANGKA RAYA – BIRO CONTOH. Tebal di depan."),
        ("[Tautan](/x/) di depan.", "PALANGKA RAYA – BIRO CONTOH. Tautan di depan."),
        ("Palangka Raya menjadi tuan rumah.", "PALANGKA RAYA – BIRO CONTOH. Palangka Raya menjadi tuan rumah."),
        ("DPRD Kalteng bersidang.", "PALANGKA RAYA – BIRO CONTOH. DPRD Kalteng bersidang."),
        ("> Kutipan.", "PALANGKA RAYA – BIRO CONTOH."),
        ("- Butir.", "PALANGKA RAYA – BIRO CONTOH."),
        ("## Kepala\n\nIsi.", "PALANGKA RAYA – BIRO CONTOH. Isi."),
        ("", "PALANGKA RAYA – BIRO CONTOH."),
    ],
)
def test_the_dateline_is_set_from_place_and_office(body: str, first: str) -> None:
    """The first paragraph begins with place and office in capitals; a quotation or list gets one before it."""
    assert paragraphs(release(body=body, place="Palangka Raya"))[0] == first


@pytest.mark.parametrize(
    "body",
    [
        "PALANGKA RAYA – BIRO ADPIM. Isi.",
        "PALANGKA RAYA – BIRO CONTOH. Isi.",
        "PALANGKA RAYA - BIRO CONTOH. Isi.",
        "PALANGKA RAYA — Isi.",
        "PALANGKA RAYA -- BIRO CONTOH. Isi.",
        "**PALANGKA RAYA – BIRO CONTOH.** Isi.",
        "Palangka Raya – Biro Contoh. Isi.",
        "Palangka Raya - Biro Contoh. Isi.",
        "Palangka Raya, Biro Contoh – Isi.",
        "Palangka Raya (Antara) - Isi.",
        "KUALA KAPUAS – BIRO CONTOH. Isi.",
    ],
)
def test_a_written_dateline_is_not_doubled(body: str) -> None:
    """A body that begins with a dateline, in capitals or not, with any dash, keeps that one, and summaries none."""
    parsed = read(release(body=body, place="Palangka Raya"))
    assert "dateline" not in parsed.html
    assert (parsed.article.card.summary, parsed.article.description) == ("Isi.", "Isi.")


def test_without_place_there_is_no_dateline() -> None:
    """A release without a place begins as it was written."""
    assert paragraphs(release()) == ["Isi CONTOH."]


def test_the_dateline_stands_in_feeds_and_not_in_summaries(newsroom: Newsroom) -> None:
    """Feeds carry the dateline in the full text; lists and descriptions do without it."""
    newsroom.release("a.md", release(place="Palangka Raya"))
    newsroom.build()
    assert all("PALANGKA RAYA – BIRO CONTOH." in entry for its in feeds(newsroom).values() for entry in its)
    assert "PALANGKA RAYA" not in newsroom.text("index.html")
    assert newsarticle(newsroom)["dateline"] == "Palangka Raya"


# Credits


@pytest.mark.parametrize(
    ("body", "written", "shown"),
    [
        ("Isi.", "[dew, bow]", ("dew", "bow")),
        ("Isi.", "dew, bow", ("dew", "bow")),
        ("Isi. (xyz)", "[dew]", ("dew",)),
        ("Isi (dew/bow) di tengah.", "[dew, bow]", ("dew", "bow")),
        ("Isi. (dew/bow)", "[dew, bow]", ()),
        ("Isi. (Dew/Bow).", "[dew, bow]", ()),
        ("Isi. (dew, bow)", "[dew, bow]", ()),
        ("Isi. **(dew & bow)**", "[dew, bow]", ()),
        ("Isi. (Dewi Sartika)", "[Dewi Sartika]", ()),
        ("Isi.\n\n(dew)", "[dew]", ()),
    ],
)
def test_credits_are_not_doubled(body: str, written: str, shown: tuple[str, ...]) -> None:
    """Credits are set where the body does not end with them already, whatever signs stand between them."""
    assert read(release(body=body, credits=written)).article.credits == shown


def test_credits_stand_once_at_the_end(newsroom: Newsroom) -> None:
    """On the page and in every feed the credits follow the text in brackets, once."""
    newsroom.release("a.md", release("Diberi", body="Isi.", credits="[Dewi S., bowq]"))
    newsroom.release("b.md", release("Ditulis", body="Isi. (Dewi S./bowq)", credits="[Dewi S., bowq]"))
    newsroom.build()
    for name in ("diberi", "ditulis"):
        last = texts(page(newsroom, f"2026/11/{name}/index.html"), "//div[@class='text']")[0]
        assert last == "Isi. (Dewi S./bowq)"
    assert {text.count("(Dewi S./bowq)") for its in feeds(newsroom).values() for text in its} == {1}
    assert {len(its) for its in feeds(newsroom).values()} == {2}


# Corrections, updates, withdrawal


def test_a_correction_is_shown_everywhere(newsroom: Newsroom) -> None:
    """A correction stands, dated, on the page, in every feed, in the structured data and on /koreksi/."""
    newsroom.release(
        "a.md",
        release(
            tags="[Umum]",
            corrections="\n  - {date: 2026-11-20 14:00, note: Nama diperbaiki.}"
            "\n  - {date: 2026-11-05, note: Angka diperbaiki.}",
        ),
    )
    newsroom.build()
    shown = texts(page(newsroom), "//section[contains(@class, 'corrections')]//li")
    assert [row.rpartition(": ")[2] for row in shown] == ["Angka diperbaiki.", "Nama diperbaiki."]
    assert "November 2026" in shown[0]
    for name, entries in feeds(newsroom).items():
        assert len(entries) == 1, name
        assert "Nama diperbaiki." in entries[0], name
        assert "November 2026" in entries[0], name
    article = newsarticle(newsroom)
    assert article["correction"] == [
        {"@type": "CorrectionComment", "text": "Angka diperbaiki.", "datePublished": "2026-11-05T00:00:00+07:00"},
        {"@type": "CorrectionComment", "text": "Nama diperbaiki.", "datePublished": "2026-11-20T14:00:00+07:00"},
    ]
    assert article["dateModified"] == "2026-11-20T14:00:00+07:00"
    entries = page(newsroom, "koreksi/index.html")
    assert texts(entries, "//li//p[@class='summary']") == ["Nama diperbaiki.", "Angka diperbaiki."]
    assert set(entries.xpath("//main//li//h2/a/@href")) == {"/2026/11/contoh/"}


def test_without_corrections_the_page_says_so(newsroom: Newsroom) -> None:
    """/koreksi/ exists before the first correction."""
    newsroom.release("a.md", release())
    newsroom.build()
    assert texts(page(newsroom, "koreksi/index.html"), "//h1") != []


@pytest.mark.parametrize("dates", ["{note: x}", "{date: 2026-11-05}", "x", "[x]", "{date: lusa, note: x}"])
def test_a_correction_has_a_date_and_a_note(dates: str) -> None:
    """A correction without date or note is refused at its line."""
    assert {p.line for p in refusals(release(corrections=f"[{dates}]"))} == {4}


def test_an_update_is_shown_and_dated(newsroom: Newsroom) -> None:
    """``updated`` is told on the page and moves the times that machines read, not the date of publication."""
    newsroom.release("a.md", release(updated="2026-11-20 09:15"))
    newsroom.build()
    assert page(newsroom).xpath("//p[@class='meta']//time/@datetime") == ["2026-11-01", "2026-11-20T09:15:00+07:00"]
    article = newsarticle(newsroom)
    assert (article["datePublished"], article["dateModified"]) == (
        "2026-11-01T00:00:00+07:00",
        "2026-11-20T09:15:00+07:00",
    )
    assert "<updated>2026-11-20T09:15:00+07:00</updated>" in newsroom.text("atom.xml")
    assert "<lastmod>2026-11-20T09:15:00+07:00</lastmod>" in newsroom.text("sitemap-2026-11.xml")


def test_a_withdrawn_release_keeps_its_page_and_leaves_the_rest(newsroom: Newsroom) -> None:
    """A withdrawn release says why on its own page, and is in no list, feed, sitemap or neighbour's page."""
    newsroom.release("a.md", release("Penerus", "2026-11-02", tags="[Umum]"))
    newsroom.release(
        "b.md", release("Ditarikq", "2026-11-03", tags="[Umum]", withdrawn="Data keliru.", aliases="[/lama/]")
    )
    newsroom.release("c.md", release("Pendahulu", "2026-11-04", tags="[Umum]"))
    report = newsroom.build()
    assert report.releases == 2
    file = "2026/11/ditarikq/index.html"
    assert "Data keliru." in texts(page(newsroom, file), "//main")[0]
    assert page(newsroom, file).xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert newsarticle(newsroom, file)["creativeWorkStatus"] == "Withdrawn"
    others = {name for name, data in newsroom.files().items() if b"ditarikq" in data.lower()}
    assert others == {file, "lama/index.html", ".htaccess", ".nginx.conf"}


@pytest.mark.parametrize("value", ["true", "ya"])
def test_a_withdrawal_says_why(value: str) -> None:
    """``withdrawn`` without a reason is refused."""
    assert [p.line for p in refusals(release(withdrawn=value))] == [4]


def test_not_withdrawn_is_public() -> None:
    """``withdrawn: false`` is a release like any other."""
    assert read(release(withdrawn="false")).article.withdrawn == ""


# Aliases


ALIASES = {
    "/2019/05/judul-lama/": ("2019/05/judul-lama/index.html", "^/2019/05/judul\\-lama/$"),
    "berita/123.html": ("berita/123.html", "^/berita/123\\.html$"),
    "https://contoh.example/lama": ("lama/index.html", "^/lama/$"),
    "/Berita_Lama/Satu": ("Berita_Lama/Satu/index.html", "^/Berita_Lama/Satu/$"),
}


def test_an_alias_leads_to_the_release_three_ways(newsroom: Newsroom) -> None:
    """An old address is a page that refreshes, a line for Apache and a line for nginx, all to the new address."""
    newsroom.release("a.md", release(aliases=f"[{', '.join(ALIASES)}]"))
    newsroom.build()
    for file, pattern in ALIASES.values():
        old = page(newsroom, file)
        assert old.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=/2026/11/contoh/"]
        assert old.xpath("//link[@rel='canonical']/@href") == ["https://contoh.example/2026/11/contoh/"]
        assert old.xpath("//main//a/@href") == ["/2026/11/contoh/"]
        assert f'RedirectMatch 301 "{pattern}" "/2026/11/contoh/"' in newsroom.text(".htaccess")
        path = "/" + file.removesuffix("index.html")
        assert f'location = "{path}" {{ return 301 "/2026/11/contoh/"; }}' in newsroom.text(".nginx.conf")
    assert "lama" not in newsroom.text("sitemap-2026-11.xml").lower()


def test_aliases_hold_below_a_base_path(newsroom: Newsroom) -> None:
    """On a site below a path, old and new addresses carry that path."""
    site = newsroom.root / "content/site.toml"
    site.write_text(site.read_text(encoding="utf-8").replace("contoh.example", "contoh.example/pers"), encoding="utf-8")
    newsroom.release("a.md", release(aliases="[/lama/, 'https://contoh.example/pers/tua/']"))
    newsroom.build()
    assert '"/pers/lama/" { return 301 "/pers/2026/11/contoh/"; }' in newsroom.text(".nginx.conf")
    assert '"/pers/tua/" { return 301 "/pers/2026/11/contoh/"; }' in newsroom.text(".nginx.conf")
    assert "url=/pers/2026/11/contoh/" in newsroom.text("lama/index.html")


def test_a_releases_own_address_is_no_alias(newsroom: Newsroom) -> None:
    """An alias that is the release's own address is passed over."""
    newsroom.release("a.md", release(aliases="[/2026/11/contoh/]"))
    newsroom.build()
    assert "refresh" not in newsroom.text(PAGE)


# Summaries


LONG = "Kalimat panjang tentang acara contoh di kota. " * 12


@pytest.mark.parametrize(
    ("keys", "body", "summary"),
    [
        ({"summary": "Ringkasan.", "caption": "Keterangan."}, "Isi.", "Ringkasan."),
        ({"caption": "Keterangan."}, "Isi.", "Keterangan."),
        ({"photos": "[{file: f.png, caption: Keterangan.}]"}, "Isi.", "Keterangan."),
        ({"photo": "f.png", "caption": "Keterangan."}, "Isi.", "Keterangan."),
        ({}, "Isi *miring* & [tautan](/x/).\n\nDua.", "Isi miring & tautan."),
        ({}, "## Kepala\n\nIsi.", "Isi."),
        ({"place": "Palangka Raya"}, "PALANGKA RAYA – BIRO ADPIM. Isi.", "Isi."),
        ({}, "", "CONTOH"),
        ({"photo": "f.png"}, "Isi.", "Isi."),
    ],
)
def test_the_summary_has_stand_ins(keys: Mapping[str, str], body: str, summary: str) -> None:
    """The summary is what was written, else the caption, else the first paragraph without dateline, else the title."""
    assert read(release(body=body, **keys)).article.card.summary == summary


def test_a_long_first_paragraph_is_shortened(newsroom: Newsroom) -> None:
    """A first paragraph that stands in is cut at a word, and so is the description, at most 160 characters long."""
    newsroom.release("a.md", release(body=LONG))
    newsroom.build()
    (summary,) = texts(page(newsroom, "index.html"), "//main//p[@class='summary']")
    (description,) = page(newsroom).xpath("//meta[@name='description']/@content")
    for text, low, high in ((summary, 200, 241), (description, 80, 161)):
        assert low < len(text) <= high
        assert text.endswith("…")
        assert LONG.startswith(text.removesuffix("…"))
        assert LONG[len(text) - 1] in " ."


def test_a_picture_is_shown_with_its_texts(newsroom: Newsroom) -> None:
    """The first picture stands on the page with its size and words, and in the feeds and the sharing tags."""
    newsroom.write({"content/foto/f.png": png(8, 6)})
    newsroom.release("a.md", release(photo="f.png", caption="Keterangan.", alt="Gambar.", credit="Dew"))
    newsroom.build()
    (figure,) = page(newsroom).xpath("//figure")
    (image,) = figure.xpath(".//img")
    assert [image.get(name) for name in ("width", "height", "alt")] == ["8", "6", "Gambar."]
    src = image.get("src")
    assert re.fullmatch(r"/2026/11/contoh/f-8\.[0-9a-f]{8}\.jpg", src)
    assert "Keterangan." in figure.text_content()
    assert "Dew" in figure.text_content()
    card = f"https://contoh.example/{newsroom.photo('f-kartu')}"
    assert page(newsroom).xpath("//meta[@property='og:image']/@content") == [card]
    crops = [f"https://contoh.example/{newsroom.photo(f'f-{shape}')}" for shape in ("16x9", "4x3", "1x1")]
    assert newsarticle(newsroom)["image"] == crops
    assert all(f"https://contoh.example{src}" in t for its in feeds(newsroom).values() for t in its)


# The office's own release

SEED = REPOSITORY / "tests/data/rilis-bimtek-tksk.txt"
ADDRESS = "2023/10/sekda-nuryakin-buka-bimtek-tenaga-kesejahteraan-sosial-kecamatan"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The repository's own content, built."""
    newsroom = Newsroom(tmp_path_factory.mktemp("kantor") / "situs")
    shutil.copytree(REPOSITORY / "content", newsroom.root / "content", dirs_exist_ok=True)
    newsroom.build()
    return newsroom


def test_the_offices_release_is_complete_to_the_letter(office: Newsroom) -> None:
    """The seed release is served at its old address with title, caption, paragraphs and credit as delivered."""
    title, caption, *body = SEED.read_text(encoding="utf-8").strip().split("\n")
    served = page(office, f"{ADDRESS}/index.html")
    assert served.xpath("//h1")[0].text_content() == title
    (text,) = served.xpath("//div[@class='text']")
    assert [p.text_content() for p in text.xpath(".//p")] == body
    assert text.text_content().count("(dew/bow)") == 1
    assert served.xpath("//main")[0].text_content().count(caption) == 1
    assert texts(served, "//time")[0] == "Senin, 30 Oktober 2023"


def test_the_offices_release_is_whole_in_the_feeds(office: Newsroom) -> None:
    """Each feed of all releases carries the seed release's paragraphs to the letter and once."""
    _, _, *body = SEED.read_text(encoding="utf-8").strip().split("\n")
    for name, entries in feeds(office).items():
        if "/" not in name:
            assert len(entries) == 1, name
            fragment = html.fragment_fromstring(entries[0], create_parent=True)
            assert [p.text_content() for p in fragment.xpath(".//p")] == body, name


def test_the_offices_release_is_the_only_news(office: Newsroom) -> None:
    """The repository holds one release, the office's own, and no invented news."""
    sources = list((REPOSITORY / "content/berita").rglob("*.md"))
    assert len(sources) == 1
    site = load_site(REPOSITORY)
    parsed = parse_article(sources[0].read_bytes(), sources[0].relative_to(REPOSITORY).as_posix(), site)
    assert parsed.article.card.url == f"/{ADDRESS}/"
    assert parsed.warnings == ()
    assert office.build().warnings == ()


def test_a_sentence_with_a_dash_is_no_dateline() -> None:
    """Capitals and a dash begin a sentence too: the dateline is set before it and no word of it is lost."""
    parsed = read(release(body="KPK – lembaga antirasuah – hadir di Sampit.", place="Sampit"))
    assert parsed.html.startswith('<p><strong class="dateline">SAMPIT – BIRO CONTOH.</strong> KPK – lembaga')
    assert parsed.article.card.summary == "KPK – lembaga antirasuah – hadir di Sampit."
