"""What others are told about a page: search engines, chat programs, and whoever follows an old address."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from math import gcd
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from generator.errors import ContentError
from tests.newsroom import SITE, Newsroom, release
from tests.reading import found, meta, one, page, structured

if TYPE_CHECKING:
    from lxml.html import HtmlElement

BASE = "https://contoh.example"
SENTENCE = "Biro ini menyusun kalimat contoh yang panjangnya sedang saja. "


def jpeg(width: int = 1200, height: int = 630) -> bytes:
    """Return a photo."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(data, "JPEG")
    return data.getvalue()


def built(newsroom: Newsroom, path: str = "/2026/11/naskah/") -> HtmlElement:
    """Build and return the page at ``path``."""
    newsroom.build()
    return page(newsroom.files(), path)


def shape(newsroom: Newsroom, url: str) -> tuple[int, int]:
    """Return the proportions of the JPEG at ``url``, in lowest terms."""
    with Image.open(io.BytesIO(newsroom.files()[url.removeprefix(f"{BASE}/")]), formats=["JPEG"]) as image:
        common = gcd(*image.size)
        return image.width // common, image.height // common


# Tags for sharing


def test_a_release_has_all_that_a_preview_card_shows(newsroom: Newsroom) -> None:
    """A release names its canonical address, title, description, kind, dates and topics; addresses are whole."""
    newsroom.release(
        "a.md", release("Naskah", "2026-11-10 09:05", SENTENCE * 3, tags="[Jalan, Sawah]", updated="2026-11-12")
    )
    root = built(newsroom)
    url = f"{BASE}/2026/11/naskah/"
    assert one(root, "//link[@rel='canonical']/@href") == url
    assert {name: meta(root, f"og:{name}") for name in ("site_name", "locale", "title", "type", "url")} == {
        "site_name": ["Biro CONTOH"],
        "locale": ["id_ID"],
        "title": ["Naskah"],
        "type": ["article"],
        "url": [url],
    }
    assert meta(root, "og:description") == meta(root, "description")
    assert meta(root, "article:published_time") == ["2026-11-10T09:05:00+07:00"]
    assert meta(root, "article:modified_time") == ["2026-11-12T00:00:00+07:00"]
    assert meta(root, "article:tag") == ["Jalan", "Sawah"]
    assert meta(root, "twitter:card") == ["summary_large_image"]
    assert meta(root, "robots") == ["max-image-preview:large"]


def test_a_list_page_can_be_shared_too(newsroom: Newsroom) -> None:
    """A topic's page has title, description, address and card of its own."""
    newsroom.release("a.md", release("Naskah", tags="[Jalan]"))
    root = built(newsroom, "/topik/jalan/")
    assert meta(root, "og:title") == ["Jalan"]
    assert meta(root, "og:type") == ["website"]
    assert meta(root, "og:url") == [one(root, "//link[@rel='canonical']/@href")] == [f"{BASE}/topik/jalan/"]
    assert meta(root, "twitter:card") == ["summary_large_image"]
    assert "Jalan" in one(root, "//meta[@name='description']/@content")


def test_a_photo_is_shared_with_its_size(newsroom: Newsroom) -> None:
    """The first photo's card is named with its whole address, size and words; search engines get it in three shapes."""
    newsroom.write({"content/foto/acara.jpg": jpeg(), "content/foto/lain.jpg": jpeg(40, 30)})
    photos = "[{file: acara.jpg, caption: Acara <dibuka>, alt: 'Orang \"berdiri\"', credit: dew}, lain.jpg]"
    newsroom.release("a.md", release("Naskah", photos=photos))
    root = built(newsroom)
    (image,) = meta(root, "og:image")
    assert image.startswith(f"{BASE}/2026/11/naskah/")
    assert newsroom.files()[image.removeprefix(f"{BASE}/")].startswith(b"\xff\xd8")
    assert (meta(root, "og:image:width"), meta(root, "og:image:height")) == (["1200"], ["630"])
    assert meta(root, "og:image:alt") == ['Orang "berdiri"']
    assert meta(root, "twitter:card") == ["summary_large_image"]
    images = structured(root, "NewsArticle")["image"]
    assert [shape(newsroom, url) for url in images] == [(16, 9), (4, 3), (1, 1), (4, 3)]
    assert "acara" in images[2]
    assert "lain" in images[3]
    assert one(root, "//figure[1]/figcaption") == "Acara <dibuka> (Foto: dew)"
    assert found(root, "//figure//img/@loading") == ["lazy"]


def test_a_description_is_as_long_as_previews_show(newsroom: Newsroom) -> None:
    """Where the texts give that much, a description has 80 to 160 characters, begins with the summary, and is clean."""
    texts = [
        ("Ringkas saja.", SENTENCE * 6),
        ("", SENTENCE * 6),
        ("Tanpa titik", SENTENCE * 6),
        (SENTENCE * 5, "Isi."),
        (SENTENCE.strip(), SENTENCE * 3),
        ("", f"PALANGKA RAYA – BIRO CONTOH. {SENTENCE * 4}"),
    ]
    for number, (summary, body) in enumerate(texts):
        keys = {"summary": summary} if summary else {}
        newsroom.release(f"{number}.md", release(f"Naskah {number}", body=body, **keys))
    newsroom.build()
    files = newsroom.files()
    for number, (summary, _) in enumerate(texts):
        (description,) = meta(page(files, f"/2026/11/naskah-{number}/"), "description")
        assert 80 <= len(description) <= 160, description
        assert description.startswith((summary or SENTENCE)[:11])
        assert not description.endswith((" ", ",", "..")), description


def test_a_description_is_never_empty(newsroom: Newsroom) -> None:
    """A release of three words is described by what there is."""
    newsroom.release("a.md", release("Naskah", body=""))
    assert meta(built(newsroom), "description") == ["Naskah"]


def test_quotation_marks_end_no_attribute(newsroom: Newsroom) -> None:
    """Quotation marks and markup in a title come through in every tag."""
    evil = "\"Kutip\" 'tunggal' <b> & </title>"
    newsroom.release("a.md", release(f"'{evil.replace(chr(39), chr(39) * 2)}'", slug="naskah", tags="['\"A\" <b>']"))
    root = built(newsroom)
    assert meta(root, "og:title") == [evil]
    assert one(root, "/html/head/title") == f"{evil} | Biro CONTOH"
    assert meta(root, "article:tag") == ['"A" <b>']
    assert structured(root, "NewsArticle")["headline"] == evil


# Structured data


def test_a_release_is_a_news_article(newsroom: Newsroom) -> None:
    """The NewsArticle has dates with their zone, the publisher and what it belongs to, and the topics."""
    newsroom.write({"content/site.toml": f'parent = "Lembaga Induk"\n{SITE}'})
    newsroom.release(
        "a.md", release("Naskah", "2026-11-10 09:05", SENTENCE * 3, tags="[Jalan, Sawah]", place="Kuala CONTOH")
    )
    root = built(newsroom)
    article = structured(root, "NewsArticle")
    url = f"{BASE}/2026/11/naskah/"
    assert article["headline"] == "Naskah"
    assert article["url"] == article["mainEntityOfPage"] == url
    assert article["datePublished"] == article["dateModified"] == "2026-11-10T09:05:00+07:00"
    assert article["description"] == meta(root, "description")[0]
    assert article["publisher"] == {
        "@type": "GovernmentOrganization",
        "name": "Biro Percontohan",
        "url": f"{BASE}/",
        "parentOrganization": {"@type": "GovernmentOrganization", "name": "Lembaga Induk"},
    }
    assert article["keywords"] == ["Jalan", "Sawah"]
    assert article["articleSection"] == "Jalan"
    assert article["dateline"] == article["contentLocation"]["name"] == "Kuala CONTOH"
    assert article["inLanguage"] == "id"


def test_empty_members_are_left_out(newsroom: Newsroom) -> None:
    """Structured data names only what there is."""
    newsroom.release("a.md", release("Naskah"))
    article = structured(built(newsroom), "NewsArticle")
    assert not {"image", "keywords", "articleSection", "dateline", "correction", "creativeWorkStatus"} & article.keys()
    assert all(article.values())


def test_corrections_are_correction_comments(newsroom: Newsroom) -> None:
    """Each correction is a CorrectionComment with its date, and the last one dates the article's change."""
    newsroom.release(
        "a.md",
        release(
            "Naskah", corrections="[{date: 2026-11-12 10:00, note: Angka.}, {date: 2026-11-11, note: 'Nama </script>'}]"
        ),
    )
    article = structured(built(newsroom), "NewsArticle")
    assert article["correction"] == [
        {"@type": "CorrectionComment", "text": "Nama </script>", "datePublished": "2026-11-11T00:00:00+07:00"},
        {"@type": "CorrectionComment", "text": "Angka.", "datePublished": "2026-11-12T10:00:00+07:00"},
    ]
    assert article["dateModified"] == "2026-11-12T10:00:00+07:00"


def test_a_withdrawn_release_says_so_to_machines(newsroom: Newsroom) -> None:
    """The structured data of a withdrawn release carries its state."""
    newsroom.release("a.md", release("Naskah", withdrawn="Salah."))
    assert structured(built(newsroom), "NewsArticle")["creativeWorkStatus"] == "Withdrawn"


def test_breadcrumbs_lead_from_home_to_the_page(newsroom: Newsroom) -> None:
    """The way to a release goes by archive, year and month, for readers as links and for machines as a list."""
    newsroom.release("a.md", release("Naskah"))
    root = built(newsroom)
    steps = structured(root, "BreadcrumbList")["itemListElement"]
    assert [step["position"] for step in steps] == [1, 2, 3, 4, 5]
    assert [step["item"] for step in steps] == [
        f"{BASE}/{path}" for path in ("", "arsip/", "2026/", "2026/11/", "2026/11/naskah/")
    ]
    assert steps[-1]["name"] == "Naskah"
    assert found(root, "//nav[@class='breadcrumbs']//a/@href") == ["/", "/arsip/", "/2026/", "/2026/11/"]


def test_the_home_page_is_a_web_site(newsroom: Newsroom) -> None:
    """The home page tells machines the name of the site and who publishes it."""
    site = structured(built(newsroom, "/"), "WebSite")
    assert (site["name"], site["url"], site["publisher"]["name"]) == ("Biro CONTOH", f"{BASE}/", "Biro Percontohan")


# Old addresses

OLD = ["/lama/berita-1.html", "/Lama/Berita_2/", "/a+b/(c).php", "/2019/05/judul.lama/"]


@pytest.fixture(scope="module", params=["", "/sub"])
def moved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, bytes]]:
    """The path of a site's address, and the files of the site with a release that has OLD addresses."""
    newsroom = Newsroom(tmp_path_factory.mktemp("pindah") / "situs")
    newsroom.write({"content/site.toml": SITE.replace(BASE, f"{BASE}{request.param}")})
    newsroom.release("a.md", release("Naskah", aliases="[" + ", ".join(f'"{old}"' for old in OLD) + "]"))
    newsroom.build()
    return request.param, newsroom.files()


def test_an_old_address_is_a_page_that_leads_on(moved: tuple[str, dict[str, bytes]]) -> None:
    """The page at an old address names the new one as canonical, sends browsers there, and has a link."""
    path, files = moved
    for old in OLD:
        root = page(files, old)
        assert one(root, "//link[@rel='canonical']/@href") == f"{BASE}{path}/2026/11/naskah/"
        assert one(root, "//meta[@http-equiv='refresh']/@content") == f"0; url={path}/2026/11/naskah/"
        assert one(root, "//main//a/@href") == f"{path}/2026/11/naskah/"


def apache(text: str) -> list[tuple[str, str]]:
    """Return pattern and target of each RedirectMatch that leads on, with quotes read as Apache reads them."""
    word = r'"((?:[^"\\]|\\.)*)"'
    rows = re.findall(rf"^RedirectMatch 301 {word} {word}$", text, re.MULTILINE)
    assert len(rows) == text.count("\nRedirectMatch 301 ")
    # Within quotes Apache takes a backslash away only from another one and from the quotation mark.
    return [(re.sub(r'\\([\\"])', r"\1", pattern), target) for pattern, target in rows]


def test_htaccess_redirects_the_old_address_and_no_other(moved: tuple[str, dict[str, bytes]]) -> None:
    """Each pattern matches its old address to the letter, and nothing longer, shorter or merely alike."""
    path, files = moved
    rules = apache(files[".htaccess"].decode())
    assert [target for _, target in rules] == [f"{path}/2026/11/naskah/"] * len(OLD)
    for old in OLD:
        (pattern,) = [pattern for pattern, _ in rules if re.search(pattern, f"{path}{old}")]
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        others = {f"{old}x", f"{old}/x", f"/x{old}", old[:-1], old.replace(".", "x"), old.swapcase()} - {old}
        assert [other for other in others if re.search(pattern, f"{path}{other}")] == []


def test_htaccess_keeps_to_what_every_apache_knows(newsroom: Newsroom) -> None:
    """Each directive of .htaccess is of the class FileInfo and stands inside of a question for its module."""
    newsroom.build()
    asked: list[str] = []
    needs = {
        "ErrorDocument": "",
        "SetHandler": "",
        "ForceType": "",
        "AddType": "mime",
        "Header": "headers",
        "RequestHeader": "headers",
        "SetEnvIf": "setenvif",
        "AddOutputFilterByType": "filter",
        "RedirectMatch": "alias",
    }
    lines = [line for line in newsroom.text(".htaccess").splitlines() if line and not line.startswith("#")]
    for line in lines:
        if question := re.fullmatch(r"<IfModule mod_(\w+)\.c>", line):
            asked.append(question[1])
        elif line == "</IfModule>":
            asked.pop()
        elif not re.fullmatch(r"</?Files( .+)?>", line):
            need = needs[line.split()[0]]
            assert not need or need in asked, line
    assert asked == []
    assert "ErrorDocument 404 /404.html" in lines


def test_nginx_has_each_old_address_once(moved: tuple[str, dict[str, bytes]]) -> None:
    """Each old address is a place of its own with two quoted words; none is a pattern or holds a variable."""
    path, files = moved
    text = files[".nginx.conf"].decode()
    pairs = re.findall(r'^    location = "(/[^"\\$\s]*)" \{ return 301 "(/[^"\\$\s]*)"; \}$', text, re.MULTILINE)
    assert len(pairs) == text.count("return 301")
    assert dict(pairs) == {f"{path}{old}": f"{path}/2026/11/naskah/" for old in OLD}


def test_redirects_of_a_site_without_aliases_are_empty(newsroom: Newsroom) -> None:
    """Without old addresses no file redirects anything."""
    newsroom.build()
    assert apache(newsroom.text(".htaccess")) == []
    assert "return 301" not in newsroom.text(".nginx.conf")


# Pictures and old addresses beside each other


def test_two_pictures_never_share_an_address(newsroom: Newsroom) -> None:
    """Two pictures whose names differ only in form are both shown, or refused with a Problem."""
    newsroom.write({"content/foto/Acara 1.jpg": jpeg(40, 30), "content/foto/acara-1.jpg": jpeg(50, 20)})
    newsroom.release("a.md", release("Naskah", photos="[Acara 1.jpg, acara-1.jpg]"))
    with suppress(ContentError):
        root = built(newsroom)
        sources = found(root, "//figure//img/@src")
        assert len(set(sources)) == 2, sources


def test_an_old_address_never_takes_a_pictures_place(newsroom: Newsroom) -> None:
    """An alias where another release's picture stands is refused with a Problem."""
    newsroom.write({"content/foto/acara.jpg": jpeg(40, 30)})
    newsroom.release("a.md", release("Naskah", photo="acara.jpg", alt="Acara"))
    newsroom.release("b.md", release("Lain", aliases="[/2026/11/naskah/acara.jpg]"))
    assert [problem.path for problem in newsroom.problems()] == ["content/berita/b.md"]
