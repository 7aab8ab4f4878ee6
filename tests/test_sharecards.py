"""Share cards: what others see of a page that is shared and has no photo."""

from __future__ import annotations

import io
import multiprocessing
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageFont

from generator import sharecards, sharing
from generator.config import parse_site
from generator.sharecards import Words, draw, drawing
from generator.sharecards.colours import DEEP, NOTICE, OCHRE, ON_DEEP, ON_DEEP_SOFT, RATTAN, palette
from generator.sharecards.drawing import BOLD, FONTS, MIDDLE, REGULAR
from generator.sharecards.ground import MARGIN, ground
from generator.sharecards.layout import LEADING
from generator.sharing import CARD_SIZE, LETTERS, legible
from tests.newsroom import BELOW, SITE, Newsroom, png, release
from tests.previewing import Running, look
from tests.reading import meta, page, structured

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lxml.html import HtmlElement

BASE = "https://contoh.example"
LIMIT = 50_000
"""Bytes: one goes out with every release. WhatsApp would show a picture of 300 KB."""
WORDS = Words("Kabar CONTOH", "Lembaga CONTOH", "", "CONTOH Judul", "", "Selasa, 10 November 2026", "Biro CONTOH")
CARDS = SITE.replace("cards_from = 2100-01-01\n", "")
"""SITE without the setting: every release has a card."""
WORST = {
    "two hundred letters": ("CONTOH judul yang panjang sekali " * 7)[:200].strip(),
    "one word of two hundred letters": "CONTOH" + "w" * 194,
    "capitals": ("KAPITAL “WAWANCARA” & MAKLUMAT; " * 7)[:200].strip(),
    "marks above and below": ("CONTOH Ḉ Ǟ Ṩ Ặ Ữ " * 12)[:200].strip(),
    "ten thousand letters": "CONTOH panjang " * 700,
}


def opened(data: bytes) -> Image.Image:
    """Return a picture, which must be a PNG of the size that tags for sharing tell."""
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("PNG", CARD_SIZE)
        return picture.convert("RGB")


def ink(data: bytes, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
    """Return where in ``box`` a card differs from the ground, as a box, or None where it does not."""
    bare = ground().copy()
    bare.putpalette(palette())
    return ImageChops.difference(opened(data), bare.convert("RGB")).crop(box).getbbox()


ALL_LETTERS = [chr(code) for code in range(0x2300) if re.fullmatch(f"[{LETTERS}]", chr(code))]
ALL = (0, 0, *CARD_SIZE)
HEAD = (178, 40, CARD_SIZE[0], 160)
CENTRE = (0, MIDDLE[0], CARD_SIZE[0], MIDDLE[1])
FOOT = (0, 464, CARD_SIZE[0], 566)


@pytest.fixture
def pressroom(newsroom: Newsroom) -> Newsroom:
    """A newsroom in which every release has a card."""
    newsroom.write({"content/site.toml": CARDS})
    return newsroom


def cards(newsroom: Newsroom) -> dict[str, bytes]:
    """Return the share cards that were built, by file."""
    return {file: data for file, data in newsroom.files().items() if re.search(r"(^|/)kartu\.[0-9a-f]{12}\.png$", file)}


def shared(files: Mapping[str, bytes], path: str) -> str:
    """Return the file of the picture that the page at ``path`` shares, which must be there as its tags tell."""
    root = page(files, path)
    (address,) = meta(root, "og:image")
    file = address.removeprefix(f"{BASE}/")
    with Image.open(io.BytesIO(files[file])) as picture:
        assert (meta(root, "og:image:width"), meta(root, "og:image:height")) == tuple([str(n)] for n in picture.size)
    assert meta(root, "twitter:image") == [address]
    assert meta(root, "twitter:card") == ["summary_large_image"]
    assert meta(root, "og:image:alt") == meta(root, "twitter:image:alt") != [""]
    return file


def own(newsroom: Newsroom) -> str:
    """Return the file of the site's own card."""
    (file,) = (file for file in cards(newsroom) if "/" not in file)
    return file


# The picture


@pytest.mark.parametrize("headline", [*WORST.values(), "A", "CONTOH Polos"], ids=[*WORST, "one letter", "short"])
def test_every_headline_stands_in_its_area(headline: str) -> None:
    """A card is a PNG of 1200 by 630 under 50 KB; its headline is seen, within margins and apart from the rest."""
    data = draw(WORDS._replace(headline=headline))
    assert len(data) < LIMIT
    found = ink(data, CENTRE)
    assert found is not None
    left, top, right, bottom = found
    # A letter's own edge may stand a little before the margin.
    assert MARGIN - 4 <= left < right <= CARD_SIZE[0] - MARGIN + 8
    assert 0 <= top < bottom <= MIDDLE[1] - MIDDLE[0]


@pytest.mark.parametrize(
    ("field", "box"),
    [("title", HEAD), ("parent", HEAD), ("notice", CENTRE), ("tagline", CENTRE), ("date", FOOT), ("office", FOOT)],
)
def test_everything_that_is_said_is_seen(field: str, box: tuple[int, int, int, int]) -> None:
    """Each of the words on a card leaves its ink in its place, and none where it is not said."""
    silent = Words(*[""] * len(Words._fields))
    assert ink(draw(silent), ALL) is None
    spoken = ink(draw(silent._replace(**{field: "CONTOH"})), box)
    assert spoken is not None
    assert spoken[3] - spoken[1] < 80
    assert ink(draw(silent._replace(**{field: "CONTOH"})), ALL) == tuple(
        place + box[number % 2] for number, place in enumerate(spoken)
    )


def colours_in(data: bytes, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    """Return the colours in ``box`` of a card."""
    found = opened(data).crop(box).getcolors()
    assert found is not None
    return {colour for _, colour in found if isinstance(colour, tuple)}


def between(ink: str) -> set[tuple[int, ...]]:
    """Return the colours that an edge of ``ink`` may have: sixteen, from that of the ground to its own."""
    ends = [*zip(bytes.fromhex(DEEP[1:]), bytes.fromhex(ink[1:]), strict=True)]
    return {tuple([round(low + (high - low) * step / 15) for low, high in ends]) for step in range(16)}


@pytest.mark.parametrize(
    ("field", "box", "ink"),
    [
        ("title", HEAD, ON_DEEP),
        ("parent", HEAD, ON_DEEP_SOFT),
        ("notice", CENTRE, NOTICE),
        ("headline", CENTRE, ON_DEEP),
        ("tagline", CENTRE, ON_DEEP_SOFT),
        ("date", FOOT, RATTAN),
        ("office", FOOT, ON_DEEP_SOFT),
    ],
)
def test_a_text_has_its_colour_and_smooth_edges(field: str, box: tuple[int, int, int, int], ink: str) -> None:
    """A text is in its own colour, its edges in all steps from there to the ground, and in no others."""
    silent = Words(*[""] * len(Words._fields))
    assert colours_in(draw(silent._replace(**{field: "CONTOH & semua gjpqy"})), box) == between(ink)


def test_the_ground_has_the_sites_colours() -> None:
    """Icon and border are of rattan, the icon's core of ochre, and their edges blend into the ground alone."""
    silent = draw(Words(*[""] * len(Words._fields)))
    assert colours_in(silent, ALL) <= between(RATTAN) | between(OCHRE)
    assert {tuple(bytes.fromhex(colour[1:])) for colour in (DEEP, RATTAN, OCHRE)} <= colours_in(silent, ALL)
    assert colours_in(silent, (0, 160, *CARD_SIZE)) <= between(RATTAN)


@pytest.mark.parametrize("name", [BOLD, REGULAR])
def test_no_letter_is_cut_off(name: str) -> None:
    """Whatever mark a letter bears, in the first line or the last, it is within the cover that is laid."""
    font = ImageFont.truetype(FONTS / name, 100, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("".join(ALL_LETTERS), anchor="ls")
    assert -top <= 100 * (drawing._RISE + 0.5)
    assert bottom <= 100 * (LEADING - drawing._RISE + 0.5)


def test_long_names_of_the_office_stay_within_the_card() -> None:
    """A name that is too long for its line ends in an ellipsis within the margin."""
    data = draw(
        WORDS._replace(title="CONTOH " * 60, parent="CONTOH " * 60, office="CONTOH " * 60, tagline="CONTOH " * 99)
    )
    for box in (HEAD, CENTRE, FOOT):
        found = ink(data, box)
        assert found is not None
        assert found[2] + box[0] <= CARD_SIZE[0] - MARGIN + 8


def test_different_words_are_different_pictures() -> None:
    """No two cards that say different things are the same."""
    said = [WORDS._replace(**{field: "Lain CONTOH"}) for field in Words._fields]
    assert len({draw(words) for words in (WORDS, *said)}) == len(said) + 1


def test_the_same_words_are_the_same_bytes_in_every_process() -> None:
    """A card that is drawn again, here or in a process that was started for it, is the same to the byte."""
    words = [WORDS, WORDS._replace(headline=WORST["marks above and below"])]
    here = [draw(each) for each in words]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert here == [draw(each) for each in words] == pool.map(draw, words)


def test_several_who_draw_at_once_do_not_disturb_each_other() -> None:
    """The preview draws in as many threads as there are requests: each brings the card that was asked for."""
    words = [WORDS._replace(headline=f"CONTOH judul nomor {number}") for number in range(24)]
    alone = [draw(each) for each in words]
    drawing._font.cache_clear()
    ground.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(draw, words)) == alone


@pytest.mark.parametrize("name", [BOLD, REGULAR])
def test_the_fonts_have_every_letter_that_is_said_to_be_there(name: str) -> None:
    """Each character that counts as legible has a glyph of its own and not the box of those that lack."""
    font = ImageFont.truetype(FONTS / name, 40, layout_engine=ImageFont.Layout.BASIC)
    box = bytes(font.getmask("\uf8ff"))
    assert len(ALL_LETTERS) > 800
    assert [sign for sign in ALL_LETTERS if bytes(font.getmask(sign)) == box] == []


def test_the_fonts_bring_their_licence() -> None:
    """The licence under which the fonts may be passed on stands beside them."""
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")


# The words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Harga “Cabai” Naik 5 % – Apa Sebabnya?", "Harga “Cabai” Naik 5 % – Apa Sebabnya?"),
        ("Đặng Šćepanović, Ñandú, Œuvre", "Đặng Šćepanović, Ñandú, Œuvre"),
        ("Caf\u0065\u0301", "Café"),
        ("Selamat 🎉 Datang 🇮🇩 1️⃣", "Selamat Datang 1"),
        ("𝐀𝐧𝐞𝐡 ﬁnal Ｌｅｂａｒ x²", "Aneh final Lebar x²"),
        ("Tata\u200bkelola\u00ad", "Tatakelola"),
        ("العربية", None),
        ("Kalimat 中文 campur", None),
        ("Suhu ≥ 30", None),
        ("Biaya ₹100", None),
        ("🎉", None),
        ("\ud800", None),
        ("", None),
    ],
)
def test_a_headline_is_shown_whole_or_not_at_all(text: str, shown: str | None) -> None:
    """What the fonts lack is left out where it says nothing, else the whole text is; no box stands for a letter."""
    assert legible(text) == shown


def test_a_headline_in_other_letters_has_the_sites_card(pressroom: Newsroom) -> None:
    """A release whose headline the letters cannot show shares the site's own card; one with an emoji has its own."""
    pressroom.release("a.md", release("中文", slug="huruf-lain"))
    pressroom.release("b.md", release("Senang 🎉", slug="senang"))
    pressroom.build()
    files = pressroom.files()
    assert shared(files, "/2026/11/huruf-lain/") == own(pressroom)
    assert shared(files, "/2026/11/senang/").startswith("2026/11/senang/kartu.")
    assert "image" not in structured(page(files, "/2026/11/huruf-lain/"), "NewsArticle")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Words]:
    """The words of every card that is drawn."""
    spoken: list[Words] = []

    def note(words: Words) -> bytes:
        spoken.append(words)
        return draw(words)

    monkeypatch.setattr(sharecards, "draw", note)
    return spoken


@pytest.mark.parametrize(
    ("language", "date", "notice"),
    [
        ("id", "Selasa, 10 November 2026", "Berita ini telah ditarik."),
        ("en", "Tuesday, November 10, 2026", "This release has been withdrawn."),
    ],
)
def test_a_card_says_headline_date_and_office(
    pressroom: Newsroom, said: list[Words], language: str, date: str, notice: str
) -> None:
    """A release's card is in the site's language and says that a release was withdrawn; the site's says what it is."""
    pressroom.write(
        {"content/site.toml": f'language = "{language}"\ntagline = "Semboyan CONTOH"\nparent = "Induk CONTOH"\n{CARDS}'}
    )
    pressroom.release("a.md", release("Judul CONTOH", "2026-11-10 09:05"))
    pressroom.release("b.md", release("Ditarik CONTOH", "2026-11-10", withdrawn="Keliru."))
    pressroom.build()
    sender = {"title": "Biro CONTOH", "parent": "Induk CONTOH", "office": "Biro Percontohan"}
    card = Words(**sender, notice="", headline="Judul CONTOH", tagline="", date=date)
    site = Words(**sender, notice="", headline="Biro CONTOH", tagline="Semboyan CONTOH", date="")._replace(title="")
    assert sorted(said) == sorted([card, card._replace(headline="Ditarik CONTOH", notice=notice), site])


def test_a_name_is_not_said_twice(pressroom: Newsroom, said: list[Words]) -> None:
    """A site that bears the name of its office says it once."""
    pressroom.write({"content/site.toml": 'title = "Biro CONTOH"\nbase_url = "https://contoh.example"\n'})
    pressroom.release("a.md", release("Judul CONTOH"))
    pressroom.build()
    assert [[*words].count("Biro CONTOH") for words in said] == [1, 1]


# On the site


def built(newsroom: Newsroom, path: str) -> HtmlElement:
    """Build and return the page at ``path``."""
    newsroom.build()
    return page(newsroom.files(), path)


def test_a_release_without_a_photo_shares_its_card(pressroom: Newsroom) -> None:
    """The card's address, size and words stand in the tags for sharing and in the structured data."""
    pressroom.release("a.md", release('Judul <b> & "CONTOH"'.join("''"), "2026-11-10 09:05", slug="naskah"))
    root = built(pressroom, "/2026/11/naskah/")
    file = shared(pressroom.files(), "/2026/11/naskah/")
    assert re.fullmatch(r"2026/11/naskah/kartu\.[0-9a-f]{12}\.png", file)
    assert meta(root, "og:image:alt") == ['Judul <b> & "CONTOH" – Selasa, 10 November 2026 – Biro Percontohan']
    assert structured(root, "NewsArticle")["image"] == [f"{BASE}/{file}"]
    assert sorted(cards(pressroom)) == sorted([file, own(pressroom)])


def test_a_release_with_a_photo_shares_the_photo(pressroom: Newsroom) -> None:
    """No card is drawn for a release with a photo; one whose only picture stands in its text has a card."""
    pressroom.write({"content/foto/a.png": png(40, 30)})
    pressroom.release("a.md", release("Berfoto", photo="a.png"))
    pressroom.release("b.md", release("Bergambar", body="![CONTOH](a.png)"))
    pressroom.build()
    files = pressroom.files()
    assert shared(files, "/2026/11/berfoto/") == pressroom.photo("a-kartu")
    assert shared(files, "/2026/11/bergambar/").startswith("2026/11/bergambar/kartu.")
    assert len(cards(pressroom)) == 2


def test_all_other_pages_share_the_sites_card(pressroom: Newsroom) -> None:
    """Home, topics, dates, corrections and standing pages share the site's own card, 404 and redirects nothing."""
    pressroom.write({"content/site.toml": f'tagline = "Semboyan CONTOH"\n{CARDS}'})
    pressroom.write({"content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\nIsi CONTOH.\n"})
    pressroom.release("a.md", release("Naskah", tags="[Jalan]", aliases="[/lama/]"))
    pressroom.build()
    files = pressroom.files()
    pages = {"/" + file.removesuffix("index.html") for file in files if file.endswith("index.html")}
    assert len(pages - {"/lama/", "/2026/11/naskah/"}) == 9
    for path in pages - {"/lama/", "/2026/11/naskah/"}:
        assert shared(files, path) == own(pressroom), path
        assert meta(page(files, path), "og:image:alt") == ["Biro CONTOH – Semboyan CONTOH"]
    assert meta(page(files, "/404.html"), "og:image") == meta(page(files, "/lama/"), "og:image") == []


def test_releases_before_the_setting_share_the_sites_card(pressroom: Newsroom) -> None:
    """The first day of cards_from has cards, the last moment before it has none."""
    pressroom.write({"content/site.toml": f"cards_from = 2026-11-10\n{CARDS}"})
    pressroom.release("a.md", release("Sehari Sebelumnya", "2026-11-09 23:59"))
    pressroom.release("b.md", release("Hari Itu", "2026-11-10"))
    pressroom.build()
    files = pressroom.files()
    assert shared(files, "/2026/11/sehari-sebelumnya/") == own(pressroom)
    assert shared(files, "/2026/11/hari-itu/") != own(pressroom)
    assert len(cards(pressroom)) == 2


@pytest.mark.parametrize("written", ["2026-11-10", '"2026-11-10"', '"2026-11-10 00:00"'])
def test_the_setting_is_a_date(written: str) -> None:
    """A date may stand with or without quotation marks."""
    day = parse_site(f"{CARDS}cards_from = {written}\n".encode()).cards_from
    assert str(day) == "2026-11-10"


def test_a_wrong_date_is_told_with_its_line(newsroom: Newsroom) -> None:
    """What is no date is refused, with the line and the key; a key in Indonesian is understood."""
    newsroom.write({"content/site.toml": f'{CARDS}cards_from = "besok"\n'})
    (problem,) = newsroom.problems()
    assert (problem.path, problem.line) == ("content/site.toml", BELOW - 1)
    newsroom.write({"content/site.toml": f"{CARDS}kartu_sejak = 2026-11-10\n"})
    (problem,) = newsroom.problems()
    assert problem.fix is not None
    assert dict(problem.fix.values) == {"near": "cards_from"}


def test_no_byte_of_a_card_comes_before_its_time(pressroom: Newsroom, said: list[Words]) -> None:
    """Of an embargoed release and of a draft no card is drawn; it comes with its release, and goes with it."""
    pressroom.release("a.md", release("Rahasia", "2026-11-10", publish_at="2026-11-24 12:00", expires="2026-11-30"))
    pressroom.release("b.md", release("Konsep", draft="true"))
    pressroom.build("2026-11-24 11:59")
    assert [words.headline for words in said] == ["Biro CONTOH"]
    assert list(cards(pressroom)) == [own(pressroom)]
    pressroom.build("2026-11-24 12:00")
    assert [words.headline for words in said] == ["Biro CONTOH", "Rahasia"]
    assert len(cards(pressroom)) == 2
    pressroom.build("2026-12-01 00:00")
    assert list(cards(pressroom)) == [own(pressroom)]


# Made once, and never too old


def test_a_card_is_drawn_once(pressroom: Newsroom, said: list[Words]) -> None:
    """Neither another text of the release nor a build from nothing draws a card again; a damaged one is drawn anew."""
    pressroom.release("a.md", release("Judul CONTOH"))
    pressroom.build()
    before = cards(pressroom)
    pressroom.release("a.md", release("Judul CONTOH", body="Isi lain CONTOH.", tags="[Jalan]"))
    pressroom.build()
    pressroom.build(clean=True)
    assert (len(said), cards(pressroom)) == (2, before)
    for file in (pressroom.root / ".adpim/pictures").rglob("*/*"):
        file.write_bytes(file.read_bytes()[:-1])
    pressroom.build(clean=True)
    for name in before:
        (pressroom.root / "output" / name).write_bytes(b"rusak")
    pressroom.build()
    assert (len(said), cards(pressroom)) == (4, before)


def test_long_unused_cards_leave_the_cache(pressroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a site that has no photo, too, what is shown no more goes where the cache is too large, a day later."""
    monkeypatch.setattr("generator.build.KEPT_PICTURES", 0)
    kept = pressroom.root / ".adpim/pictures"
    counts = []
    for title, now in (("Judul", "2026-11-24 10:00"), ("Judul lain", "2026-11-24 11:00"), ("Lagi", "2026-11-25 12:00")):
        pressroom.release("a.md", release(f"{title} CONTOH"))
        pressroom.build(now)
        counts.append(sum(1 for _ in kept.glob("*/*")))
    assert counts == [2, 3, 2]


CHANGES: dict[str, tuple[dict[str, str], str]] = {
    "title": ({"title": "Lain CONTOH", "slug": "naskah"}, CARDS),
    "day": ({"date": "2026-11-02"}, CARDS),
    "withdrawal": ({"withdrawn": "Keliru."}, CARDS),
    "name of the site": ({}, CARDS.replace('title = "Biro CONTOH"', 'title = "Biro LAIN"')),
    "office": ({}, CARDS.replace("Percontohan", "Lain")),
    "parent": ({}, f'parent = "Induk CONTOH"\n{CARDS}'),
    "language": ({}, f'language = "en"\n{CARDS}'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_card_says_is_in_its_address(pressroom: Newsroom, change: str) -> None:
    """Whatever changes on a card changes its address; the old one is gone, and all is as a clean build makes it."""
    pressroom.release("a.md", release("Naskah"))
    pressroom.build()
    (before,) = (file for file in cards(pressroom) if file.startswith("2026/"))
    keys, site = CHANGES[change]
    pressroom.release("a.md", release(**({"title": "Naskah"} | keys)))
    pressroom.write({"content/site.toml": site})
    pressroom.build()
    (after,) = (file for file in cards(pressroom) if file.startswith("2026/"))
    assert before != after
    files = pressroom.files()
    assert shared(files, "/2026/11/naskah/") == after
    pressroom.build(clean=True, output=pressroom.root / "bersih")
    clean = pressroom.root / "bersih"
    assert files == {file: (clean / file).read_bytes() for file in files}
    assert len(files) == sum(path.is_file() for path in clean.rglob("*")) - 1


def test_what_a_card_does_not_say_leaves_it(pressroom: Newsroom) -> None:
    """The time of day, the text and the topics are not on the card: its address stays."""
    pressroom.release("a.md", release("Naskah", "2026-11-10 09:05"))
    pressroom.build()
    before = cards(pressroom)
    pressroom.release("a.md", release("Naskah", "2026-11-10 16:00", "Isi lain CONTOH.", tags="[Jalan]"))
    pressroom.build()
    assert cards(pressroom) == before


def test_another_way_of_drawing_is_another_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The address depends on the drawing's code and fonts, and not on the line ends that a checkout gives the code."""

    def recipe(files: Mapping[str, bytes]) -> str:
        for name, data in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(data)
        sharing.recipe.cache_clear()
        return sharing.recipe()

    monkeypatch.setattr(sharing, "_DRAWING", tmp_path)
    first = recipe({"drawing.py": b"satu\n", "fonts/a.ttf": b"huruf\n"})
    assert recipe({"drawing.py": b"satu\r\n"}) == first
    others = [recipe({"drawing.py": b"dua\n"}), recipe({"fonts/a.ttf": b"huruf\r\n"})]
    sharing.recipe.cache_clear()
    assert len({first, *others}) == 3


def test_the_setting_makes_only_the_pages_concerned_anew(pressroom: Newsroom) -> None:
    """Another cards_from changes the pages whose card comes or goes, brings or takes those cards, and nothing else."""
    for day in range(1, 6):
        pressroom.release(f"{day}.md", release(f"Naskah {day}", f"2026-11-0{day}", tags="[Jalan]"))
    pressroom.write({"content/site.toml": f"{CARDS}cards_from = 2026-11-04\n"})
    pressroom.build()
    before = set(cards(pressroom))
    pressroom.write({"content/site.toml": f"{CARDS}cards_from = 2026-11-02\n"})
    changes = pressroom.build().changes
    concerned = [f"2026/11/naskah-{day}/index.html" for day in (2, 3)]
    assert sorted({*changes.added, *changes.changed} & {*concerned}) == concerned
    come = set(cards(pressroom)) - before
    assert {file.rpartition("/")[0] for file in come} == {"2026/11/naskah-2", "2026/11/naskah-3"}
    assert {*changes.added, *changes.changed, *changes.removed} == {*concerned, *come}
    pressroom.write({"content/site.toml": f"{CARDS}cards_from = 2026-11-04\n"})
    changes = pressroom.build().changes
    assert (set(changes.removed), set(changes.changed), changes.added) == (come, set(concerned), ())


def test_many_processes_draw_what_one_draws(pressroom: Newsroom) -> None:
    """With work for several processes, cards are the same as with one."""
    for number in range(160):
        pressroom.release(f"{number}.md", release(f"Naskah {number}", f"2026-11-{1 + number % 20:02}"))
    pressroom.write({"content/site.toml": f"{CARDS}cards_from = 2026-11-15\n"})
    pressroom.build(jobs=2)
    together = pressroom.files()
    for file in (pressroom.root / ".adpim/pictures").rglob("*/*"):
        file.unlink()
    pressroom.build(jobs=1, clean=True)
    assert pressroom.files() == together
    assert len(cards(pressroom)) > 30


def test_an_old_address_cannot_take_a_cards_place(pressroom: Newsroom) -> None:
    """An alias where a card stands, or might come to stand, is refused; one that only looks like it is not."""
    for alias in ("/kartu.0123456789ab.png", "/2026/11/naskah/kartu.0123456789ab.png"):
        pressroom.release("a.md", release("Naskah", aliases=f"[{alias}]"))
        (problem,) = pressroom.problems()
        assert (problem.path, problem.text) == ("content/berita/a.md", alias)
    pressroom.release("a.md", release("Naskah", aliases="[/kartu.0123456789a.png, /kartu.0123456789ab.jpg]"))
    pressroom.build()


@pytest.mark.server
def test_the_preview_shows_the_cards_that_are_built(pressroom: Newsroom) -> None:
    """The preview serves each card byte for byte, and those of drafts to staff alone."""
    pressroom.release("a.md", release("Naskah"))
    pressroom.release("b.md", release("Konsep", draft="true"))
    with Running(pressroom.root) as running:
        addresses = [meta_of(running, path) for path in ("/", "/2026/11/naskah/", "/2026/11/konsep/")]
        drawn = [running.ask(address) for address in addresses]
        assert [opened(answer.body).size for answer in drawn] == [CARD_SIZE] * 3
        assert drawn[2].headers["Content-Type"] == "image/png"
        assert running.ask(addresses[2], **look("public")).status == 404
        pressroom.build()
        assert [answer.body for answer in drawn[:2]] == [cards(pressroom)[address[1:]] for address in addresses[:2]]
        pressroom.write({"content/site.toml": f"{CARDS}cards_from = 2026-12-01\n"})
        running.shows("/2026/11/naskah/", addresses[0])
        assert running.ask(addresses[1]).status == 404


def meta_of(running: Running, path: str) -> str:
    """Return the path of the picture that a page of the preview shares."""
    found = re.search(r'property="og:image" content="[^"]*?(/[^/"]*\.png|/2026/[^"]*)"', running.ask(path).text)
    assert found is not None
    return found[1]


def test_drawing_waits_until_it_is_needed(pressroom: Newsroom) -> None:
    """A build that draws no new card does not load what draws."""
    code = """if True:
        import sys
        from generator.cli import main
        try:
            main(["--root", sys.argv[1], "build", "--now", "2026-11-24 10:00"])
        except SystemExit as end:
            assert not end.code
        print("PIL.Image" in sys.modules)"""

    def build() -> str:
        done = subprocess.run([sys.executable, "-c", code, pressroom.root], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[-1]

    pressroom.release("a.md", release("Naskah"))
    assert build() == "True"
    pressroom.release("a.md", release("Naskah", body="Isi lain CONTOH."))
    assert build() == "False"
