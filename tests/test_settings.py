"""The standing needs of a government site in site.toml: contacts, accounts, channels, a menu of two levels, notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.build import build
from generator.clock import View
from generator.config import Site, load_site, parse_site
from generator.errors import ContentError
from generator.gather import Order
from generator.i18n import say
from tests.newsroom import BELOW, NOW, SITE, Quiet, at, release
from tests.reading import found, one, page, words

if TYPE_CHECKING:
    from generator.errors import Message, Problem
    from tests.newsroom import Newsroom

EVERYTHING = """\
address = "Jalan CONTOH Nomor 1"
phone = "(0000) 12-34 56"
whatsapp = "0800-0000-0000"
email = "kantor@contoh.example"
map = "https://peta.example/"
press = { name = "Meja Pers CONTOH", hours = "08.00–16.00 WIB", phone = "112", email = "pers@contoh.example" }
social = [{ label = "Akun CONTOH", url = "https://akun.example/" }]
channels = [{ label = "PPID CONTOH", url = "https://ppid.example/" }]
"""


def site(settings: str) -> Site:
    return parse_site((SITE + settings).encode())


def refused(settings: str) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        site(settings)
    return caught.value.problems


def said(problem: Problem) -> str:
    return f"{say(problem.what, 'en')} {say(problem.fix, 'en')}"


# Contacts, accounts, channels


def test_every_page_says_how_to_reach_the_office(newsroom: Newsroom) -> None:
    """Address, numbers, e-mail, map, accounts and channels stand in the foot of every page, as links where they can."""
    newsroom.write({"content/site.toml": SITE + EVERYTHING})
    newsroom.release("a.md", release("Naskah"))
    newsroom.build()
    files = newsroom.files()
    for path in ("/", "/arsip/", "/2026/11/naskah/"):
        foot = page(files, path).xpath("//footer")[0]
        assert "Jalan CONTOH Nomor 1" in words(foot)
        assert set(found(foot, ".//a/@href")) >= {
            "tel:+62000123456",
            "https://wa.me/6280000000000",
            "mailto:kantor@contoh.example",
            "https://peta.example/",
            "https://akun.example/",
            "https://ppid.example/",
        }


def test_a_release_says_whom_journalists_ask(newsroom: Newsroom) -> None:
    """The press contact stands beside every release, and nothing of it where none is set."""
    newsroom.release("a.md", release("Naskah"))
    newsroom.build()
    assert found(page(newsroom.files(), "/2026/11/naskah/"), "//section[@class='media']/h3") == []
    newsroom.write({"content/site.toml": SITE + EVERYTHING})
    newsroom.build()
    media = page(newsroom.files(), "/2026/11/naskah/").xpath("//section[@class='media']")[0]
    assert one(media, "./h3") == "Kontak pers"
    assert "Meja Pers CONTOH 08.00–16.00 WIB" in words(media)
    assert set(found(media, ".//a/@href")) >= {"tel:112", "mailto:pers@contoh.example"}


def test_nothing_set_shows_nothing(newsroom: Newsroom) -> None:
    """Without these settings no page has an empty heading, list or paragraph for them."""
    newsroom.build()
    foot = page(newsroom.files(), "/").xpath("//footer")[0]
    assert found(foot, ".//h2") == ["Biro Percontohan", "Koreksi dan feed"]
    assert not foot.xpath(".//*[self::p or self::ul or self::h2][not(normalize-space())]")


@pytest.mark.parametrize(
    ("settings", "line", "words_"),
    [
        ('phone = "telepon kantor"', BELOW, "not a phone number"),
        ('phone = "12"', BELOW, "not a phone number"),
        ('whatsapp = "+62 800 0000 0000 0000"', BELOW, "not a phone number"),
        ('email = "kantor di contoh"', BELOW, "not an e-mail address"),
        ('map = "peta"', BELOW, "a link can lead to"),
        ('social = [{ label = "x", url = "javascript:x" }]', BELOW, "a link can lead to"),
        ('channels = ["https://ppid.example/"]', BELOW, '"channels.label" is missing'),
        ('press = { telepon = "112" }', BELOW, '"press.name" is missing'),
        ('press = [{ name = "a" }, { name = "b" }]', BELOW, "one press contact"),
        ('menu = [{ label = "x", url = "/x/", items = [{ label = "y", url = "/y/" }] }]', BELOW, "not both"),
        ('menu = [{ label = "x" }]', BELOW, '"menu.url" is missing'),
        ('announcement = { url = "/x/" }', BELOW, '"announcement.text" is missing'),
        ('announcement = { text = "x", start = "besok" }', BELOW, "not a valid date"),
        ('announcement = { text = "x", start = "2026-12-05", end = "2026-12-04" }', BELOW, "ends before it begins"),
        ('announcement = { text = "x", end = "" }', BELOW, "has no value"),
    ],
)
def test_a_wrong_setting_is_told_with_its_line(settings: str, line: int, words_: str) -> None:
    """Each wrong value is a problem with line, cause and fix."""
    problems = refused(settings)
    assert any(problem.line == line and words_ in said(problem) for problem in problems), list(map(said, problems))


def test_a_number_keeps_its_form() -> None:
    """A number is shown as written, and dialled with its country: one with a plus as it is, a service number too."""
    contact = site('phone = "+62 (0)"\nwhatsapp = "+62-800 11"').contact
    assert contact.phone is not None
    assert contact.whatsapp is not None
    assert (contact.phone.label, contact.phone.url) == ("+62 (0)", "tel:+620")
    assert contact.whatsapp.url == "https://wa.me/6280011"


# The menu


def test_a_menu_unfolds(newsroom: Newsroom) -> None:
    """An item with items of its own unfolds without a script, and says where one is."""
    menu = 'menu = [{ label = "Layanan", items = [{ label = "Koreksi", url = "/koreksi/" }] }]\n'
    newsroom.write({"content/site.toml": SITE + menu})
    newsroom.build()
    root = page(newsroom.files(), "/koreksi/")
    assert one(root, "//nav[@class='menu']//details/summary") == "Layanan"
    assert one(root, "//nav[@class='menu']//details//a[@aria-current='page']/@href") == "/koreksi/"


# Announcements


NOTICE = (
    'announcement = { text = "CONTOH Pengumuman", url = "/arsip/", start = "2026-12-01 08:00", end = "2026-12-05" }\n'
)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2026-12-01 07:59", []),
        ("2026-12-01 08:00", ["CONTOH Pengumuman"]),
        ("2026-12-05 23:59", ["CONTOH Pengumuman"]),
        ("2026-12-06 00:00", []),
    ],
)
def test_an_announcement_has_its_time(newsroom: Newsroom, now: str, shown: list[str]) -> None:
    """An announcement stands on the home page from its start on to the end of its last day, and on no other page."""
    newsroom.write({"content/site.toml": SITE + NOTICE})
    newsroom.build(now)
    files = newsroom.files()
    assert found(page(files, "/"), "//aside//p/a[@href='/arsip/']") == shown
    assert [file for file, data in files.items() if b"CONTOH Pengumuman" in data] == (["index.html"] if shown else [])


def test_an_announcement_without_times_stands(newsroom: Newsroom) -> None:
    """Announcements without start and end stand from now on, in their order; markup in them is text."""
    newsroom.write({"content/site.toml": f'{SITE}announcement = ["Satu <b>", {{ text = "Dua" }}]\n'})
    newsroom.build()
    assert found(page(newsroom.files(), "/"), "//aside//p") == ["Satu <b>", "Dua"]


def test_the_clock_alone_brings_and_takes_an_announcement(newsroom: Newsroom) -> None:
    """A build at the announcement's start and one after its end change the home page alone, though no file changed."""
    newsroom.write({"content/site.toml": SITE + NOTICE})
    newsroom.release("a.md", release("Naskah"))
    newsroom.build("2026-11-30 10:00")
    assert newsroom.build("2026-12-01 07:00").changes.changed == ()
    assert newsroom.build("2026-12-01 08:00").changes.changed == ("index.html",)
    assert newsroom.build("2026-12-05 12:00").changes.changed == ()
    assert newsroom.build("2026-12-06 00:00").changes.changed == ("index.html",)


def test_a_build_says_when_an_announcement_comes_and_goes(newsroom: Newsroom) -> None:
    """The next change is the announcement's start, then its end, if no release is due before."""
    newsroom.write({"content/site.toml": SITE + NOTICE})
    newsroom.release("a.md", release("Naskah", publish_at="2026-12-03 09:00"))
    expected = [
        ("2026-11-30 10:00", "announced", "2026-12-01 08:00"),
        ("2026-12-02 10:00", "published", "2026-12-03 09:00"),
        ("2026-12-04 10:00", "announcement over", "2026-12-06 00:00"),
    ]
    for now, kind, moment in expected:
        change = newsroom.build(now).next_change
        assert change is not None
        assert (change.kind, change.at) == (kind, at(moment))
    assert newsroom.build("2026-12-07").next_change is None


def test_staff_see_every_announcement() -> None:
    """In the preview staff see announcements before their start and after their end, as they see embargoed releases."""
    every = site(NOTICE).announcements
    assert View(at("2026-11-01")).announced(every) == ()
    assert View(at("2026-11-01"), staff=True).announced(every) == every


def test_an_announcement_costs_one_page(newsroom: Newsroom) -> None:
    """Another announcement makes the home page anew and no other; another title makes them all anew."""
    for number in range(5):
        newsroom.release(f"r{number}.md", release(f"R {number}"))
    made: list[int] = []

    class Counting(Quiet):
        def stage(self, what: Message, total: int) -> None:
            made.extend([total] if what.msgid == "Writing" else [])

    for more in ("", 'announcement = "CONTOH Libur"\n', 'announcement = "CONTOH Libur"\ntagline = "CONTOH"\n'):
        newsroom.write({"content/site.toml": SITE + more})
        build(Order(newsroom.root, load_site(newsroom.root), at(NOW)), Counting())
    first, second, third = made
    assert second == 1
    assert 20 < third < first
