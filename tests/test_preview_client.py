"""What the preview's client is given: its pieces, its texts, what it missed, and how it gets into a page."""

from __future__ import annotations

import json
import re
from http.client import HTTPMessage
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from generator.config import load_site
from generator.i18n import LANGUAGES
from generator.preview.app import _SCRIPTS, with_client
from generator.preview.desk import Saved, Update
from generator.preview.facts import facts
from generator.preview.libraries import Look
from generator.preview.serve import Wish, read_desk
from generator.preview.stream import Stream
from generator.preview.texts import texts
from tests.newsroom import NOW, Quiet, at, release
from tests.previewing import Answer

if TYPE_CHECKING:
    from tests.newsroom import Newsroom

STATIC = files("generator.preview") / "static"
PIECES = {name: (STATIC / name).read_text("utf-8") for name in _SCRIPTS if name != "idiomorph.js"}


def first_event(stream: Stream, seen: int, now: int) -> Any:
    """Return the first thing that the stream tells a page that has seen the updates up to ``seen``."""
    (event,) = islice(stream.listen(seen, now), 1)
    return json.loads(event.removeprefix(b"data: "))


def test_every_script_is_part_of_the_client() -> None:
    """Each script that lies in static/ belongs to the client, once."""
    assert sorted(_SCRIPTS) == sorted(each.name for each in STATIC.iterdir() if each.name.endswith(".js"))


def test_the_client_has_every_text_that_it_says() -> None:
    """Each text that a script asks for exists, and each that exists is asked for."""
    code = "\n".join(PIECES.values())
    asked = set(re.findall(r"\bsay\(\"(\w+)\"", code))
    assert len(asked) > 20
    for language in LANGUAGES:
        assert asked <= texts(language).keys()
        assert {name for name in texts(language) if f'"{name}"' not in code and f" {name}: " not in code} == set()


def test_the_client_stands_first_in_the_head() -> None:
    """The client runs before the page's own scripts, and without it the page is as it was built."""
    page = (
        b"<!doctype html>\n<html><head>\n<script src=a.js defer></script></head><body><p>&lt;head></p></body></html>\n"
    )
    served = with_client(page, 7)
    assert served.index(b'data-number="7"') < served.index(b"a.js")
    assert Answer(200, HTTPMessage(), served).page == page
    assert Answer(200, HTTPMessage(), with_client(b"<p>bare</p>", 7)).page == b"<p>bare</p>"


def test_the_first_event_tells_what_was_missed() -> None:
    """Whoever comes back hears of each file that was saved meanwhile once, as it was last saved, and of pictures."""
    stream = Stream()
    stream.tell(Update(1, (Saved("a.md", "A", "/a/", wrong=False),)))
    stream.tell(Update(2, (Saved("b.md", "B", "/b/", wrong=True),), pictures=True))
    stream.tell(Update(3, (Saved("b.md", "B", "/b/", wrong=False),)))
    missed = first_event(stream, 1, 3)
    assert missed["number"] == 3
    assert [(saved["source"], saved["wrong"]) for saved in missed["saved"]] == [("b.md", False)]
    assert missed["pictures"]
    assert first_event(stream, 3, 3) == {"number": 3}
    assert first_event(stream, 900, 3)["saved"] == []


def test_the_facts_say_how_the_site_is_looked_at(newsroom: Newsroom) -> None:
    """The moment of a look is there for the form and in words; addresses come with the site's base path."""
    newsroom.release("a.md", release("A", draft="true"))
    newsroom.write({"content/site.toml": 'title = "CONTOH"\nbase_url = "https://contoh.example/biro"\n'})
    desk = read_desk(Wish(newsroom.root, lambda _: at(NOW)), Quiet())
    look = Look(staff=False, at=at("2026-12-04 08:00", load_site(newsroom.root).zone.key))
    shown = desk.show(look, "/2026/11/a/")
    found = facts(desk, look, shown, (), "id")
    assert found["look"]["at"] == "2026-12-04T08:00"
    assert found["look"]["words"].startswith("Jumat, 4 Desember 2026 pukul 08.00")
    assert (found["base"], found["found"]) == ("/biro", False)
    assert found["marks"] == {"/biro/2026/11/a/": "Draf"}
    assert facts(desk, Look(), desk.show(Look(), "/"), (), "id")["look"] == {"staff": True, "at": "", "words": ""}
