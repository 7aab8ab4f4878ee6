"""Photos from a camera to the site: upright, in the right colours and sizes, without what nobody may see."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, IptcImagePlugin

from generator.library import Release
from generator.photo import CROPS, SHARE, WIDTHS, bundle_of, rendition_sizes
from generator.photos import making
from generator.photos.jpeg import take_apart
from generator.plan import plan
from tests.camera import (
    AUTHOR,
    COPYRIGHT,
    CORNERS,
    SECRETS,
    alike,
    at_place,
    corners,
    foreign_profile,
    from_camera,
    jpeg,
    scene,
    srgb_profile,
)
from tests.newsroom import SITE, Newsroom, release
from tests.previewing import Running, until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from generator.assets import Asset
    from generator.library import Library
    from generator.photo import Rendition
    from generator.plan import Output

ENDINGS = (".jpg", ".webp", ".avif")
DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """Return an empty site."""
    return Newsroom(tmp_path / "situs")


def published(newsroom: Newsroom) -> dict[str, bytes]:
    """Return every picture that the site serves, those in ZIPs too."""
    pictures = {}
    for name, data in newsroom.files().items():
        if name.endswith(ENDINGS) and name.startswith("2026/"):
            pictures[name] = data
        if name.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                pictures |= {f"{name}/{member}": archive.read(member) for member in archive.namelist()}
    return pictures


def decoded(data: bytes) -> Image.Image:
    """Return a picture, its pixels as they are stored: whatever its metadata says is not heeded."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def gallery(newsroom: Newsroom, *pictures: bytes, **keys: str) -> None:
    """Put pictures beside a release that shows them."""
    names = [f"IMG_{4711 + number}.JPG" for number in range(len(pictures))]
    newsroom.write({f"content/berita/{name}": data for name, data in zip(names, pictures, strict=True)})
    photos = ", ".join(f"{{file: {name}, alt: Gambar, caption: Keterangan {name}, credit: Dew}}" for name in names)
    newsroom.release("a.md", release(photos=f"[{photos}]", **keys))


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_picture_is_upright_and_keeps_its_secrets(newsroom: Newsroom, turn: int) -> None:
    """However the camera was held: no file holds position, serial number or notes, and all stand upright by pixels."""
    newsroom.write({"content/site.toml": f"{SITE}\n[photos]\navif = true\n"})
    gallery(newsroom, from_camera(turn), from_camera(turn, picture=scene(1200, 1800)))
    newsroom.build()
    pictures = published(newsroom)
    assert {name.rpartition(".")[2] for name in pictures} == {"jpg", "webp", "avif"}
    assert sum("kecil" in name for name in pictures) == 2 * 2 * 3
    assert sum("semua" in name for name in pictures) == 2
    for name, data in pictures.items():
        picture = decoded(data)
        assert alike(corners(picture), CORNERS, 20), name
        assert dict(picture.getexif()) == {}, name
    for name, data in newsroom.files().items():
        assert [secret for secret in SECRETS if secret in data] == [], name


def test_a_download_is_the_very_picture(newsroom: Newsroom) -> None:
    """Of an upright JPEG in sRGB the picture data are those of the camera, bit for bit, and nothing else of it."""
    original = from_camera(icc=srgb_profile())
    gallery(newsroom, original)
    newsroom.build()
    data = newsroom.files()[newsroom.photo("img-4711-asli")]
    assert decoded(data).tobytes() == decoded(original).tobytes()
    before, after = take_apart(original), take_apart(data)
    assert before is not None
    assert after is not None
    assert before.core == after.core
    assert "icc_profile" not in decoded(data).info
    assert {key for key in map(str, decoded(data).info) if key.startswith(("exif", "comment"))} == set()


def test_files_say_who_made_them_and_what_they_show(newsroom: Newsroom) -> None:
    """JPEG says caption, credit, author and copyright as IPTC and XMP; WebP and AVIF as XMP."""
    newsroom.write({"content/site.toml": f"{SITE}\n[photos]\navif = true\n"})
    gallery(newsroom, from_camera(6))
    newsroom.build()
    for name, made in published(newsroom).items():
        picture = decoded(made)
        packet = picture.info["xmp"]
        tree = ET.fromstring(packet)
        said = {tag: "".join(next(tree.iter(DC + tag)).itertext()) for tag in ("description", "creator", "rights")}
        assert said == {"description": "Keterangan IMG_4711.JPG", "creator": AUTHOR, "rights": COPYRIGHT}, name
        assert b"<photoshop:Credit>Dew<" in packet
        if name.endswith(".jpg"):
            iptc = IptcImagePlugin.getiptcinfo(picture)  # type: ignore[arg-type] # a file's picture
            assert iptc is not None
            texts = [data.decode() for n in (120, 80, 116, 110) if isinstance(data := iptc[2, n], bytes)]
            assert texts == ["Keterangan IMG_4711.JPG", AUTHOR, COPYRIGHT, "Dew"], name


def test_a_caption_of_the_picture_itself_stays_in_the_file(newsroom: Newsroom) -> None:
    """Without a caption in the release the file's own is kept, and the page shows none."""
    exif = Image.Exif()
    exif[0x010E] = "Judul dari kamera"
    newsroom.write({"content/foto/a.jpg": jpeg(scene(), exif=exif)})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    newsroom.build()
    assert b"Judul dari kamera" in newsroom.files()[newsroom.photo("a-480", "webp")]
    assert "Judul dari kamera" not in newsroom.text("2026/11/contoh/index.html")


def test_widths_suit_the_layout_and_nothing_is_enlarged(newsroom: Newsroom) -> None:
    """Each width is served once in each format; a small picture only as large as it is."""
    newsroom.write({"content/foto/besar.jpg": jpeg(scene(2000, 1500)), "content/foto/kecil.jpg": jpeg(scene(700, 500))})
    newsroom.release("a.md", release("Besar", photo="besar.jpg", alt="Gambar"))
    newsroom.release("b.md", release("Kecil", photo="kecil.jpg", alt="Gambar"))
    newsroom.build()
    for title, widths in (("besar", WIDTHS), ("kecil", (480, 700))):
        for ending in ("jpg", "webp"):
            for width in widths:
                assert decoded(newsroom.files()[newsroom.photo(f"{title}-{width}", ending)]).width == width
    assert all(
        decoded(data).width <= 700
        for name, data in published(newsroom).items()
        if "/kecil-" in name and "kartu" not in name
    )
    assert rendition_sizes(100, 60_000)[-1][1] <= 6400
    assert rendition_sizes(1, 1) == ((1, 1),)


def test_crops_stand_around_the_focus(newsroom: Newsroom) -> None:
    """Crops of the first photo have the three shapes, and show what ``focus:`` names."""
    newsroom.write({"content/foto/a.jpg": jpeg(scene(3000, 1200))})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar", focus="100% 0%"))
    newsroom.build()
    for across, down in CROPS:
        crop = decoded(newsroom.files()[newsroom.photo(f"a-{across}x{down}")])
        assert abs(crop.width / crop.height - across / down) < 0.01
        # The right half is nearly all that a crop of this wide picture shows; of the left one there is less or nothing.
        assert alike([at_place(crop, crop.width // 2 + 5, 5)], [CORNERS[1]])
    square = decoded(newsroom.files()[newsroom.photo("a-1x1")])
    assert alike(corners(square)[:2], [CORNERS[1], CORNERS[1]])


def test_the_share_card_is_made_of_the_photo(newsroom: Newsroom) -> None:
    """It is a JPEG of 1200 × 630 below 300 KB, however noisy the photo; a small one is not enlarged."""
    noise = Image.effect_noise((2400, 1600), 200).convert("RGB")
    newsroom.write({"content/foto/a.jpg": jpeg(noise), "content/foto/b.jpg": jpeg(scene(400, 300))})
    newsroom.release("a.md", release("Ramai", photo="a.jpg", alt="Gambar"))
    newsroom.release("b.md", release("Kecil", photo="b.jpg", alt="Gambar"))
    newsroom.build()
    for name in ("a-kartu", "b-kartu"):
        data = newsroom.files()[newsroom.photo(name)]
        assert len(data) < 300_000
        assert (decoded(data).format, decoded(data).size) == ("JPEG", SHARE)
    small = decoded(newsroom.files()[newsroom.photo("b-kartu")]).convert("RGB")
    assert alike([at_place(small, 410, 175), at_place(small, 790, 455)], [CORNERS[0], CORNERS[3]])


def test_foreign_colours_become_those_of_the_web(newsroom: Newsroom) -> None:
    """A picture with a profile of its own is converted to sRGB everywhere, the download included."""
    gallery(newsroom, from_camera(icc=foreign_profile()))
    newsroom.build()
    seen = [corners(decoded(data)) for data in published(newsroom).values()]
    assert all(not alike(its, CORNERS) for its in seen)
    assert all(alike(its, seen[0], 20) for its in seen)
    # Red was stored as the profile's green.
    assert seen[0][0][1] > seen[0][0][0]


def test_all_photos_of_a_release_are_one_zip(newsroom: Newsroom) -> None:
    """The ZIP holds each download as it is, has the size that the page tells, and never changes by itself."""
    gallery(newsroom, from_camera(), from_camera(6), from_camera(3))
    newsroom.build()
    (name,) = (file for file in newsroom.files() if file.endswith(".zip"))
    data = newsroom.files()[name]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["img-4711.jpg", "img-4712.jpg", "img-4713.jpg"]
        for member in archive.infolist():
            stem = member.filename.removesuffix(".jpg")
            assert archive.read(member) == newsroom.files()[newsroom.photo(f"{stem}-asli")]
            assert member.date_time == (1980, 1, 1, 0, 0, 0)
    newsroom.build(clean=True)
    assert newsroom.files()[name] == data


def test_sizes_on_the_page_are_those_of_the_files(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is planned as the size of a download or ZIP is what is written, whether it was encoded anew or not."""
    outputs: list[Output] = []

    def note(library: Library, assets: Iterable[Asset]) -> Iterator[Output]:
        outputs.extend(plan(library, assets))
        return iter(outputs)

    monkeypatch.setattr("generator.build.plan", note)
    gallery(newsroom, from_camera(), from_camera(6))
    newsroom.build()
    (release_shown,) = (o.inputs["release"] for o in outputs if o.template == "release.html")
    assert isinstance(release_shown, Release)
    bundle = bundle_of(release_shown.pictures)
    assert bundle is not None
    downloads = [bundle.download, *(p.photo.download for p in release_shown.pictures if p.photo.download)]
    assert len(downloads) == 3
    assert [len(newsroom.files()[each.url[1:]]) for each in downloads] == [each.bytes for each in downloads]


def test_downloads_can_be_turned_off(newsroom: Newsroom) -> None:
    """With ``downloads = false`` there is no original and no ZIP; turned on again, they come."""
    newsroom.write({"content/site.toml": f"{SITE}\n[photos]\ndownloads = false\n"})
    gallery(newsroom, from_camera(6), from_camera())
    newsroom.build()
    assert [name for name in newsroom.files() if "-asli" in name or name.endswith(".zip")] == []
    newsroom.write({"content/site.toml": SITE})
    newsroom.build()
    assert sum("-asli" in name or name.endswith(".zip") for name in newsroom.files()) == 3


def test_a_new_text_makes_no_picture(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose text, title, caption or alternative text changed is built without making any picture."""
    gallery(newsroom, from_camera(), from_camera(6))
    newsroom.build()

    def made(*_: object) -> None:
        raise AssertionError("a picture was made")

    monkeypatch.setattr(making, "develop", made)
    text = (newsroom.root / "content/berita/a.md").read_text("utf-8")
    newsroom.release("a.md", text.replace("Isi CONTOH.", "Isi baru CONTOH."))
    assert newsroom.build().changes.changed
    newsroom.release("a.md", text.replace("Keterangan", "Penjelasan").replace("Gambar", "Lukisan"))
    assert newsroom.build(clean=True).changes.added
    assert any(b"Penjelasan" in data for data in published(newsroom).values())
    newsroom.release("b.md", release("Lain", photo="IMG_4711.JPG", alt="Gambar"))
    newsroom.build()


def test_no_file_of_an_embargoed_release_is_there(newsroom: Newsroom) -> None:
    """Before its hour nothing of its photos is in the output; after it, all is; once withdrawn, no download is."""
    gallery(newsroom, from_camera(), from_camera(3), publish_at='"2026-12-01 08:00"')
    newsroom.build("2026-11-24 10:00")
    assert published(newsroom) == {}
    newsroom.build("2026-12-01 08:00")
    assert sum("-asli" in name for name in newsroom.files()) == 2
    gallery(newsroom, from_camera(), from_camera(3), withdrawn="Keliru CONTOH.")
    newsroom.build("2026-12-02 08:00")
    assert [name for name in newsroom.files() if "-asli" in name or "-kartu" in name or name.endswith(".zip")] == []


def test_what_no_release_shows_any_more_is_removed(newsroom: Newsroom) -> None:
    """The files of a photo that was replaced or is named no more leave the output, and a build from nothing agrees."""
    gallery(newsroom, from_camera(), from_camera(6))
    newsroom.build()
    before = published(newsroom)
    gallery(newsroom, from_camera(picture=scene(1700, 1200)))
    newsroom.build()
    after = newsroom.files()
    assert before.keys().isdisjoint(published(newsroom))
    newsroom.build(clean=True)
    assert newsroom.files() == after


def test_long_unused_pictures_leave_the_cache(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its size the cache keeps what the site shows, and nothing else; it is looked at once a day."""
    from generator import build  # noqa: PLC0415 - patched

    monkeypatch.setattr(build, "KEPT_PICTURES", 0)
    newsroom.write({"content/foto/lama.jpg": from_camera(), "content/foto/baru.jpg": from_camera(6)})
    newsroom.release("a.md", release(photo="lama.jpg", alt="Gambar"))
    newsroom.build("2026-11-24 10:00")
    newsroom.release("a.md", release(photo="baru.jpg", alt="Gambar"))
    cache = newsroom.root / ".adpim/pictures"
    newsroom.build("2026-11-24 11:00")
    crowded = sum(1 for file in cache.rglob("*") if file.is_file())
    newsroom.write({"content/foto/baru.jpg": from_camera(8)})
    newsroom.build("2026-11-25 12:00")
    left = sum(1 for file in cache.rglob("*") if file.is_file())
    assert 0 < left < crowded
    assert newsroom.files()[newsroom.photo("baru-480", "webp")]


@pytest.mark.server
def test_the_preview_makes_what_is_asked_for(newsroom: Newsroom) -> None:
    """It shows a photo without having made anything of it; each file is the one that a build makes."""
    gallery(newsroom, from_camera())
    with Running(newsroom.root) as running:
        text = running.ask("/2026/11/contoh/").text
        assert "img-4711-960." in text
        gallery(newsroom, from_camera(3))
        running.shows("/2026/11/contoh/", "img-4711-960.")
        until(lambda: running.ask("/2026/11/contoh/").text != text, "the new photo is shown")
        (address,) = set(
            re.findall(r"/2026/11/contoh/img-4711-960\.[0-9a-f]{8}\.webp", running.ask("/2026/11/contoh/").text)
        )
        kept = sum(1 for file in (newsroom.root / ".adpim/pictures").rglob("*") if file.is_file())
        made = running.ask(address).body
        assert sum(1 for file in (newsroom.root / ".adpim/pictures").rglob("*") if file.is_file()) == kept + 1
    newsroom.build()
    assert newsroom.files()[address[1:]] == made


@pytest.mark.parametrize("name", ["IMG_4711.jpg", "img_4711.JPG", "IMG_4711.JPEG", "IMG_4712.JPG"])
def test_a_name_is_compared_letter_by_letter(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Wrong case is a problem with the right name, also on a drive that would take any case."""
    monkeypatch.setattr("pathlib.Path.is_file", lambda _: True)
    gallery(newsroom, from_camera())
    newsroom.release("a.md", release(photo=name, alt="Gambar"))
    (problem,) = newsroom.problems()
    assert problem.fix.values == (("near", "IMG_4711.JPG"),)


def test_only_exif_says_how_a_photo_was_held(newsroom: Newsroom) -> None:
    """An orientation that an editor left in XMP turns nothing: no browser and no viewer heeds it."""
    plain = jpeg(scene(900, 600))
    described = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    packet = b"http://ns.adobe.com/xap/1.0/\0" + described
    segment = b"\xff\xe1" + (len(packet) + 2).to_bytes(2) + packet
    newsroom.write({"content/foto/a.jpg": plain[:2] + segment + plain[2:]})
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar"))
    newsroom.build()
    for label in ("480", "900", "asli"):
        picture = decoded(newsroom.files()[newsroom.photo(f"a-{label}")])
        assert picture.width * 2 == picture.height * 3
        assert alike(corners(picture), CORNERS)


@pytest.mark.parametrize("written", ["content/foto/a.jpg", "foto/A.jpg", "2026/foto/a.jpeg"])
def test_a_folder_too_many_is_told(newsroom: Newsroom, written: str) -> None:
    """Who writes the folder of a photo as well is told the name that is enough; a folder within stays."""
    newsroom.write({"content/foto/a.jpg": jpeg(scene(300, 200)), "content/foto/rapat/b.jpg": jpeg(scene(300, 200))})
    newsroom.release("a.md", release(photos=f"[{{file: {written}, alt: Satu}}, {{file: rapat/B.jpg, alt: Dua}}]"))
    assert [problem.fix.values for problem in newsroom.problems()] == [(("near", "a.jpg"),), (("near", "rapat/b.jpg"),)]


def test_no_crop_is_made_of_a_photo_in_the_text(newsroom: Newsroom) -> None:
    """A photo of the text has no files that nothing shows; as one of the gallery it has its small crops again."""
    newsroom.write({"content/foto/a.jpg": jpeg(scene(1800, 1200))})
    text = release(body="![Gambar](a.jpg)")
    newsroom.release("a.md", text)
    newsroom.build()
    page, own = newsroom.text("2026/11/contoh/index.html"), [file for file in newsroom.files() if "/contoh/a-" in file]
    assert len(own) == 2 * 3 + 1
    assert [file for file in own if file not in page] == []
    newsroom.release("a.md", release(photo="a.jpg", alt="Gambar", body="![Gambar](a.jpg)"))
    newsroom.build()
    assert newsroom.photo("2026/11/contoh/a-kecil-240", "webp")
    newsroom.release("a.md", text)
    newsroom.build()
    assert [file for file in newsroom.files() if "/contoh/a-" in file] == own


@pytest.mark.parametrize("typed", ["Pem\u00e9rintah.jpg", "Peme\u0301rintah.jpg"])
def test_a_name_from_another_system_is_found(newsroom: Newsroom, typed: str) -> None:
    """A file whose name a Mac wrote with letters and marks apart is found under the name that people type."""
    newsroom.write({"content/foto/Peme\u0301rintah.jpg": jpeg(scene(300, 200))})
    newsroom.release("a.md", release(photo=typed, alt="Gambar"))
    newsroom.build()
    assert newsroom.photo("pemerintah-300")


def test_avif_is_asked_for_before_it_is_made(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library has no AVIF, the setting is the problem, once and not with each photo."""
    monkeypatch.setattr(making, "avif_works", lambda: False)
    newsroom.write({"content/site.toml": f"{SITE}\n[photos]\navif = true\n"})
    gallery(newsroom, from_camera(), from_camera(2))
    (problem,) = newsroom.problems()
    assert (problem.path, problem.what.msgid) == (
        "content/site.toml",
        "AVIF pictures cannot be written on this machine.",
    )


def test_a_picture_that_changes_while_it_is_published_is_a_problem(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other bytes than those that were looked at never go out under their mark."""
    gallery(newsroom, from_camera())
    bytes_of = making.Counter.bytes_of

    def changed(counter: making.Counter, rendition: Rendition) -> bytes:
        newsroom.write({rendition.file: from_camera(5)})
        return bytes_of(counter, rendition)

    monkeypatch.setattr(making.Counter, "bytes_of", changed)
    (problem,) = newsroom.problems()
    assert problem.what.msgid == 'The picture "{name}" changed while it was being published.'
    assert newsroom.files() == {}
