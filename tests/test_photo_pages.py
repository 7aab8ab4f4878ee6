"""Photos as staff name them and as readers and journalists get them."""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest
from PIL import Image

from generator.cli import main
from generator.i18n import filesize
from tests.newsroom import SITE, Newsroom, read, refusals, release
from tests.reading import found, one, page, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

PATH = "/2026/11/contoh/"


def jpeg(width: int = 1800, height: int = 1200, colour: str = "teal") -> bytes:
    """Return a photo of one colour."""
    data = BytesIO()
    Image.new("RGB", (width, height), colour).save(data, "JPEG")
    return data.getvalue()


def built(newsroom: Newsroom, text: str, *names: str, **photos: bytes) -> HtmlElement:
    """Build a site of one release with photos of these ``names``, and return its page."""
    newsroom.write({f"content/foto/{name}": jpeg() for name in names})
    newsroom.write({f"content/foto/{name}.jpg": data for name, data in photos.items()})
    newsroom.release("a.md", text)
    newsroom.build()
    return page(newsroom.files(), PATH)


def widths(srcset: str) -> list[int]:
    """Return the widths that a srcset offers."""
    return [int(entry.split()[1].removesuffix("w")) for entry in srcset.split(", ")]


def several(number: int, **said: str) -> dict[str, str]:
    """Return front matter with that many photos, 0.jpg and on, each with ``said`` besides."""
    more = "".join(f", {key}: {value}" for key, value in said.items())
    return {"photos": "[" + ", ".join(f"{{file: {n}.jpg, alt: Gambar {n}{more}}}" for n in range(number)) + "]"}


# A photo on a page


def test_a_browser_may_choose(newsroom: Newsroom) -> None:
    """A photo is offered as WebP and as JPEG in several widths, each of which is the file's own, with its size."""
    root = built(newsroom, release(photo="a.jpg", alt="Teh"), "a.jpg")
    (picture,) = root.xpath("//figure//picture")
    # lxml knows no <source>, and takes what stands behind it for its content.
    offers = picture.xpath(".//@srcset")
    assert found(picture, ".//source/@type") == ["image/webp"]
    assert len(offers) == 2
    for srcset, kind in zip(offers, ("WEBP", "JPEG"), strict=True):
        assert len(widths(srcset)) > 1
        for entry in srcset.split(", "):
            url, width = entry.split()
            with Image.open(BytesIO(newsroom.files()[url.lstrip("/")])) as image:
                assert (image.format, f"{image.width}w") == (kind, width)
    (image,) = picture.xpath(".//img")
    assert int(image.get("width")) / int(image.get("height")) == pytest.approx(1.5, abs=0.01)
    assert image.get("sizes") == one(picture, ".//source/@sizes")


def test_only_the_first_photo_is_fetched_at_once(newsroom: Newsroom) -> None:
    """The lead is fetched first of all; every other photo, in the text and below it, waits until it is scrolled to."""
    body = "Isi.\n\n![Gambar](b.jpg)"
    root = built(newsroom, release(body=body, **several(3)), "0.jpg", "1.jpg", "2.jpg", "b.jpg")
    lead, *others = root.xpath("//main//img")
    assert (lead.get("fetchpriority"), lead.get("loading")) == ("high", None)
    assert [(image.get("loading"), image.get("decoding")) for image in others] == [("lazy", "async")] * 3


def test_a_photo_s_place_has_its_colour(newsroom: Newsroom) -> None:
    """Until a photo is there its dominant colour stands in its place, as the fill of a drawing that no one hears."""
    root = built(newsroom, release(photo="merah.jpg", alt="Merah"), merah=jpeg(colour="#c81e1e"))
    (svg,) = root.xpath("//figure//svg")
    assert svg.get("aria-hidden") == "true"
    (fill,) = svg.xpath("rect/@fill")
    assert [abs(int(fill[n : n + 2], 16) - wanted) < 12 for n, wanted in ((1, 0xC8), (3, 0x1E), (5, 0x1E))] == [
        True
    ] * 3


def test_an_upright_photo_is_kept_narrow(newsroom: Newsroom) -> None:
    """An upright photo is shown narrower, and the browser is told so."""
    root = built(newsroom, release(photo="tegak.jpg", alt="Tegak"), tegak=jpeg(1000, 1500))
    assert "tall" in one(root, "//figure/@class")
    assert "42rem" not in one(root, "//figure//img/@sizes")


@pytest.mark.parametrize(("size", "is_small"), [((120, 80), True), ((671, 500), True), ((672, 500), False)])
def test_a_small_photo_says_its_width(newsroom: Newsroom, size: tuple[int, int], is_small: bool) -> None:
    """A photo of fewer pixels than the column has a place that wide, and the browser is told so; others fill it."""
    root = built(newsroom, release(photo="a.jpg", alt="Teh", body="Isi.\n\n![Lain](a.jpg)"), a=jpeg(*size))
    for figure in root.xpath("//figure"):
        assert found(figure, ".//svg/@width") == ([str(size[0])] if is_small else [])
        assert (f"{size[0]}px" in one(figure, ".//img/@sizes")) == is_small
    assert len(root.xpath("//figure")) == 2


def test_lists_show_small_photos(newsroom: Newsroom) -> None:
    """A card shows a crop of a few hundred pixels, without words of its own, since its headline says them."""
    newsroom.write({"content/foto/a.jpg": jpeg()})
    for number in range(2):
        text = release(f"Naskah {number}", f"2026-11-0{number + 1}", tags="[Topik]", photo="a.jpg", alt="Teh")
        newsroom.release(f"{number}.md", text)
    newsroom.build()
    files = newsroom.files()
    for path, count in (("/topik/topik/", 2), ("/", 1)):
        cards = page(files, path).xpath("//li//article[contains(@class, 'card')]//img")
        assert len(cards) == count
        for card in cards:
            assert (card.get("alt"), card.get("loading")) == ("", "lazy")
            assert max(widths(card.get("srcset"))) <= 640
            with Image.open(BytesIO(files[card.get("src").lstrip("/")])) as image:
                assert image.width * 3 == image.height * 4


def test_an_upright_lead_is_cropped_on_the_home_page(newsroom: Newsroom) -> None:
    """The home page shows a wide photo whole, and of an upright one the crop."""
    newsroom.write({"content/foto/a.jpg": jpeg(1000, 1500), "content/foto/b.jpg": jpeg()})
    for name, width, height in (("a", 4, 3), ("b", 3, 2)):
        newsroom.release("a.md", release(photo=f"{name}.jpg", alt="Teh"))
        newsroom.build()
        (image,) = page(newsroom.files(), "/").xpath("//article[contains(@class, 'lead')]//img")
        assert int(image.get("width")) / int(image.get("height")) == pytest.approx(width / height, abs=0.01)
        assert (image.get("fetchpriority"), image.get("loading")) == ("high", None)


def test_a_small_lead_is_not_enlarged_on_the_home_page(newsroom: Newsroom) -> None:
    """The home page shows a photo of few pixels as wide as it is, cropped or whole, and tells the browser so."""
    newsroom.write({"content/foto/a.jpg": jpeg(120, 80), "content/foto/b.jpg": jpeg(300, 400)})
    for name, width in (("a", 120), ("b", 300)):
        newsroom.release("a.md", release(photo=f"{name}.jpg", alt="Teh"))
        newsroom.build()
        (place,) = page(newsroom.files(), "/").xpath("//article[contains(@class, 'lead')]/span")
        assert (place.get("class"), found(place, "svg/@width")) == ("pic small", [str(width)])
        assert f"{width}px" in one(place, ".//img/@sizes")


# Photos in the text


def test_a_photo_in_the_text_is_a_figure(newsroom: Newsroom) -> None:
    """A photo with a paragraph of its own becomes a figure, with all variants, its words and its title as caption."""
    body = 'Awal.\n\n![Orang & "topi"](b.jpg "Keterangan <foto>.")\n\nAkhir.'
    root = built(newsroom, release(body=body), "b.jpg")
    (figure,) = root.xpath("//div[@class='text']/figure")
    assert one(figure, ".//img/@alt") == 'Orang & "topi"'
    assert one(figure, "figcaption") == "Keterangan <foto>."
    assert len(figure.xpath(".//source")) == 1
    assert found(root, "//div[@class='text']/p") == ["Awal.", "Akhir."]


def test_photos_in_one_paragraph_are_figures(newsroom: Newsroom) -> None:
    """Photos on lines of their own without an empty line between are a figure each."""
    root = built(newsroom, release(body="Awal.\n\n![Satu](b.jpg)\n![Dua](c.jpg)"), "b.jpg", "c.jpg")
    assert found(root, "//div[@class='text']/figure//img/@alt") == ["Satu", "Dua"]
    assert found(root, "//div[@class='text']//p//figure") == []


def test_a_photo_among_words_stays_there(newsroom: Newsroom) -> None:
    """A photo within a sentence stays in its paragraph, with all its variants."""
    root = built(newsroom, release(body="Lihat ![Tanda](b.jpg) ini."), "b.jpg")
    (paragraph,) = root.xpath("//div[@class='text']/p")
    assert len(paragraph.xpath(".//picture/source")) == 1
    assert paragraph.text_content().split() == ["Lihat", "ini."]


def test_a_picture_of_the_templates_stays_as_it_is(newsroom: Newsroom) -> None:
    """A picture at an address of the site's own is no photo, beside photos too."""
    newsroom.write({"templates/static/peta.png": jpeg()})
    root = built(newsroom, release(body="![Peta](/static/peta.png)\n\n![Foto](b.jpg)"), "b.jpg")
    (image,) = root.xpath("//div[@class='text']/p/img")
    assert image.get("src") == "/static/peta.png"


def test_a_site_below_a_path_finds_its_photos(newsroom: Newsroom) -> None:
    """Below a path every address of a photo begins with it, once: on the page, in srcset, downloads and feeds."""
    newsroom.write({"content/site.toml": SITE.replace("contoh.example", "contoh.example/pers")})
    root = built(newsroom, release(body="Isi.\n\n![Dua](b.jpg)", **several(2)), "0.jpg", "1.jpg", "b.jpg")
    offers = [entry.split()[0] for srcset in found(root, "//@srcset | //@data-srcset") for entry in srcset.split(", ")]
    addresses = found(root, "//main//img/@src | //a[@download]/@href | //a[@class='zoom']/@href") + offers
    assert len(addresses) > 20
    files = newsroom.files()
    assert [url for url in addresses if not url.startswith("/pers/") or url.removeprefix("/pers/") not in files] == []
    (entry,) = json.loads(files["feed.json"])["items"]
    sources = re.findall(r'<img src="https://contoh.example/pers/([^"]+)"', entry["content_html"])
    assert len(sources) == 3
    assert set(sources) <= set(files)


def test_feeds_get_plain_pictures(newsroom: Newsroom) -> None:
    """In feeds a photo of the text is an image with its whole address, size, words and caption, and no more."""
    built(newsroom, release(body='Isi.\n\n![Dua & tiga](b.jpg "Tiga <3")'), "b.jpg")
    (entry,) = json.loads(newsroom.files()["feed.json"])["items"]
    assert "<picture" not in entry["content_html"]
    assert "srcset" not in entry["content_html"]
    (figure,) = re.findall(r"<figure>.*?</figure>", entry["content_html"])
    assert 'alt="Dua &amp; tiga"' in figure
    assert "<figcaption>Tiga &lt;3</figcaption>" in figure
    assert re.search(r'src="https://contoh\.example/2026/11/contoh/b-\d+\.\w+\.jpg" width="\d+" height="\d+"', figure)


def test_a_replaced_photo_is_replaced_everywhere(newsroom: Newsroom) -> None:
    """When a photo of the text is replaced, page and feeds lead to the new one, and nothing leads to the old."""
    built(newsroom, release(body="Isi.\n\n![Dua](b.jpg)"), "b.jpg")
    before = {file for file in newsroom.files() if file.startswith("2026/11/contoh/b-")}
    newsroom.write({"content/foto/b.jpg": jpeg(colour="maroon")})
    newsroom.build()
    files = newsroom.files()
    assert before.isdisjoint(files)
    for file in ("2026/11/contoh/index.html", "atom.xml", "rss.xml", "feed.json"):
        assert [name for name in before if name.encode() in files[file]] == [], file


# Alternative texts


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        (release(photo="a.jpg", caption="Keterangan."), "no alternative text"),
        (release(photos="[{file: a.jpg, caption: Keterangan.}]"), "no alternative text"),
        (release(photos="[a.jpg]"), "no alternative text"),
        (release(body="Isi.\n\n![](a.jpg)"), "no alternative text"),
        (release(photo="a.jpg", caption="Keterangan.", alt="Keterangan."), "only repeats the caption"),
        (release(body='Isi.\n\n![Sama](a.jpg "Sama")'), "only repeats the caption"),
        (release(photo="a.jpg", caption="Keterangan.", alt="Orang berdiri"), ""),
        (release(body="Isi.\n\n![Orang](a.jpg)"), ""),
        (release(caption="Tanpa foto."), ""),
    ],
)
def test_an_alternative_text_is_asked_for(text: str, warned: str) -> None:
    """A photo without alternative text, or with its caption for one, is told with its line, and stops nothing."""
    warnings = read(text).warnings
    assert [problem.severity for problem in warnings] == ["warning"] * bool(warned)
    for problem in warnings:
        assert warned in problem.what.msgid
        assert dict(problem.what.values)["name"] == "a.jpg"
        assert "a.jpg" in text.split("\n")[problem.line - 1]


def test_the_caption_is_not_repeated_as_alternative_text(newsroom: Newsroom) -> None:
    """Without alternative text it stays empty beside the caption; a link to the large photo has words all the same."""
    photos = "[{file: a.jpg, caption: Keterangan satu.}, {file: b.jpg, caption: Keterangan dua.}]"
    root = built(newsroom, release(photos=photos), "a.jpg", "b.jpg")
    assert found(root, "//figure//img/@alt") == ["", ""]
    assert found(root, "//figure/figcaption") == ["Keterangan satu.", "Keterangan dua."]
    assert [link.text_content().strip() for link in root.xpath("//a[@class='zoom']")] == [
        "Perbesar foto 1",
        "Perbesar foto 2",
    ]
    assert "Keterangan satu." not in one(root, "//meta[@property='og:image:alt']/@content")


def test_many_warnings_alike_are_counted(newsroom: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    """Of warnings of one kind ten are printed and the others counted; as JSON all are told."""
    newsroom.write({"content/foto/a.jpg": jpeg(20, 20)})
    for number in range(13):
        newsroom.release(f"{number}.md", release(f"Naskah {number}", photo="a.jpg"))
    arguments = ["--root", str(newsroom.root), "build", "--now", "2026-11-24 10:00"]
    assert adpim(*arguments) == 0
    said = capsys.readouterr().err
    assert said.count("belum punya teks alternatif") == 10
    assert "… dan 3 peringatan sejenis lainnya. adpim build --json menyebutkan semuanya." in said
    assert adpim(*arguments, "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["problems"]) == 13


# What a crop must show


@pytest.mark.parametrize(
    ("written", "focus"),
    [
        ("30% 20%", (30, 20)),
        ("30 20", (30, 20)),
        ("100%,0%", (100, 0)),
        ("kiri", (0, 50)),
        ("Kanan Atas", (100, 0)),
        ("bawah", (50, 100)),
        ("tengah", (50, 50)),
        ("tengah kiri", (0, 50)),
        ("top, left", (0, 0)),
        ("", (50, 50)),
    ],
)
def test_a_focus_is_two_percentages_or_words(written: str, focus: tuple[int, int]) -> None:
    """A focus is written in percent from the left and from the top, or in words for sides, Indonesian or English."""
    for text in (
        release(photo="a.jpg", alt="Teh", focus=f'"{written}"'),
        release(photos=f'[{{file: a.jpg, alt: Teh, focus: "{written}"}}]'),
    ):
        (ref,) = read(text).article.photos
        assert ref.focus == focus


@pytest.mark.parametrize("written", ["120% 20%", "kiri kanan", "atas bawah", "wajah", "30%", "10% 20% 30%"])
def test_a_focus_that_cannot_be_is_refused(written: str) -> None:
    """A focus outside the photo, on two opposite sides or in other words is a problem at its line."""
    (problem,) = refusals(release(photo="a.jpg", alt="Teh", focus=f'"{written}"'))
    assert "focus" in problem.what.msgid
    assert problem.text == f"focus: {written}"


def test_the_focus_is_what_a_crop_shows(newsroom: Newsroom) -> None:
    """A square crop of a panorama shows its left end, if the focus is there."""
    picture = Image.new("RGB", (3000, 1000), "white")
    picture.paste("black", (0, 0, 1000, 1000))
    data = BytesIO()
    picture.save(data, "JPEG")
    for focus, shade in (("kiri", 0), ("kanan", 255)):
        built(newsroom, release(photo="a.jpg", alt="Teh", focus=focus), a=data.getvalue())
        (square,) = (file for file in newsroom.files() if "-1x1." in file)
        with Image.open(BytesIO(newsroom.files()[square])) as image:
            assert abs(image.convert("L").getpixel((image.width // 2, image.height // 2)) - shade) < 10  # type: ignore[operator] # a grey is a number


# For the media


def test_originals_are_offered_with_their_size_and_words(newsroom: Newsroom) -> None:
    """Under "Untuk media" each original stands with size in words, caption and credit, and all of them as one ZIP."""
    photos = "[{file: a.jpg, alt: Teh, caption: Keterangan satu., credit: dew}, {file: b.jpg, alt: Kopi}]"
    body = "Isi.\n\n![Susu](c.jpg)"
    root = built(newsroom, release(body=body, photos=photos), "b.jpg", "c.jpg", a=jpeg(2400, 1600))
    files = newsroom.files()
    (media,) = root.xpath("//section[@class='media']")
    links = found(media, "ol//a[@download]/@href")
    assert ["a-" in links[0], "b-" in links[1], "c-" in links[2]] == [True] * 3
    size = filesize(len(files[links[0].lstrip("/")]), "id")
    assert one(media, "ol/li[1]/a") == "Foto 1"
    assert one(media, "ol/li[1]/span") == f"(2400 × 1600 piksel, JPEG, {size})"
    assert one(media, "ol/li[1]/p") == "Keterangan satu. (Foto: dew)"
    assert found(media, "ol/li[2]/p") == []
    (bundle,) = found(media, "p/a[@download]/@href")
    assert words(media.xpath("p[a/@download]")[0]).startswith("Semua 3 foto (ZIP, ")
    with ZipFile(BytesIO(files[bundle.lstrip("/")])) as archive:
        packed = {archive.read(name) for name in archive.namelist()}
    assert packed == {files[link.lstrip("/")] for link in links}


def test_downloads_can_be_turned_off(newsroom: Newsroom) -> None:
    """With ``downloads = false`` nothing is offered, neither by the page nor by the folder."""
    newsroom.write({"content/site.toml": SITE + "photos = { downloads = false }\n"})
    root = built(newsroom, release(**several(2)), "0.jpg", "1.jpg")
    assert found(root, "//section[@class='media']//a[@download] | //ol[@class='originals']") == []
    assert [file for file in newsroom.files() if file.endswith(".zip") or "-asli." in file] == []


def test_a_withdrawn_release_offers_nothing(newsroom: Newsroom) -> None:
    """A withdrawn release shows its photos, and neither offers nor holds originals."""
    root = built(newsroom, release(withdrawn="CONTOH acara dibatalkan.", **several(2)), "0.jpg", "1.jpg")
    assert len(found(root, "//main//figure")) == 2
    assert found(root, "//a[@download]") == []
    assert [file for file in newsroom.files() if file.endswith(".zip") or "-asli." in file] == []


def test_a_long_list_of_originals_unfolds(newsroom: Newsroom) -> None:
    """With five photos and more the single ones are folded away, and the ZIP of all stays in sight."""
    names = [f"{n}.jpg" for n in range(5)]
    root = built(newsroom, release(**several(5)), *names)
    assert len(found(root, "//section[@class='media']/details//a[@download]")) == 5
    root = built(newsroom, release(**several(4)), *names)
    assert len(found(root, "//section[@class='media']/ol//a[@download]")) == 4
    assert len(found(root, "//section[@class='media']/p/a[@download]")) == 1


@pytest.mark.parametrize(
    ("size", "said"),
    [(1, "1 kB"), (839_700, "840 kB"), (999_600, "1 MB"), (3_240_000, "3,2 MB"), (9_960_000, "10 MB"), (12e6, "12 MB")],
)
def test_a_size_is_said_in_words(size: int, said: str) -> None:
    """Sizes of files are said in kB or MB, with one decimal below ten, in the language of the site."""
    assert filesize(size, "id") == said
    assert filesize(size, "en") == said.replace(",", ".")


# Galleries


def test_several_photos_are_a_gallery(newsroom: Newsroom) -> None:
    """Of several photos the first leads, the others are a grid, each with its caption and a link to the large photo."""
    root = built(newsroom, release(**several(4, caption="Keterangan.", credit="dew")), *(f"{n}.jpg" for n in range(4)))
    assert len(found(root, "//section[@class='gallery']//li/figure")) == 3
    assert found(root, "//section[@class='gallery']//figcaption") == ["Keterangan. (Foto: dew)"] * 3
    files = newsroom.files()
    for link in root.xpath("//a[@class='zoom']"):
        with Image.open(BytesIO(files[link.get("href").lstrip("/")]), formats=["JPEG"]) as image:
            assert image.width == int(link.get("data-width")) >= 1600
            assert image.height == int(link.get("data-height"))
    assert len(found(root, "//a[@class='zoom']")) == 4


def test_two_photos_are_a_gallery(newsroom: Newsroom) -> None:
    """The second of two photos has the whole column, and both are opened by the viewer."""
    root = built(newsroom, release(**several(2)), "0.jpg", "1.jpg")
    assert len(found(root, "//section[@class='gallery']//li")) == 1
    assert len(found(root, "//a[@class='zoom']")) == 2
    assert len(found(root, "//dialog")) == 1


def test_a_page_without_a_gallery_has_no_viewer(newsroom: Newsroom) -> None:
    """The script and the viewer of galleries are on the pages of galleries alone."""
    newsroom.release("b.md", release("Lain", photo="0.jpg", alt="Gambar"))
    built(newsroom, release(**several(2)), "0.jpg", "1.jpg")
    files = newsroom.files()
    with_script = [file for file, data in files.items() if file.endswith(".html") and b"/static/gallery." in data]
    assert with_script == ["2026/11/contoh/index.html"]
    assert [file for file, data in files.items() if b"<dialog" in data] == with_script


def test_a_gallery_speaks_english(newsroom: Newsroom) -> None:
    """On an English site the gallery, its viewer and the downloads speak English."""
    newsroom.write({"content/site.toml": SITE + 'language = "en"\n'})
    root = built(newsroom, release(**several(3)), *(f"{n}.jpg" for n in range(3)))
    assert found(root, "//section[@class='gallery']/h2") == ["Photos"]
    assert found(root, "//dialog/button") == ["Close", "Previous", "Next"]
    assert one(root, "//dialog/@data-says") == "Photo {number} of {count}"
    assert "All 3 photos (ZIP, " in words(root.xpath("//section[@class='media']")[0])


def adpim(*arguments: str) -> int:
    """Call the command line in this process and return its exit code."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return int(stopped.value.code or 0)


def values_of(text: str) -> dict[str, Any]:
    """Return the keys of front matter that have a value."""
    rows = (row.partition(":") for row in text.split("---")[1].strip().split("\n"))
    return {key: value.strip() for key, _, value in rows if value.strip()}


def test_a_new_release_has_room_for_a_photo(newsroom: Newsroom) -> None:
    """`adpim new` writes the keys of a photo without values, which hold nothing back and are warned of by nobody."""
    assert adpim("--root", str(newsroom.root), "new", "CONTOH Naskah", "--date", "2026-11-20") == 0
    (file,) = (newsroom.root / "content/berita").rglob("*.md")
    text = file.read_text("utf-8")
    assert [row for row in ("photo:", "caption:", "alt:", "credit:") if f"\n{row}\n" not in text] == []
    assert "photo" not in values_of(text)
    assert read(text.replace("Tulis isi rilis di sini.", "Isi.")).warnings == ()
