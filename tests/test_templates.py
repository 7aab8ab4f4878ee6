"""The templates keep what templates/README.md promises to whoever changes them."""

from __future__ import annotations

import errno
import os
import re
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from jinja2 import meta, nodes
from jinja2.defaults import DEFAULT_NAMESPACE
from jinja2.filters import FILTERS
from lxml import etree, html

from generator.announcement import Announcement
from generator.article import Card, Correction, Topic
from generator.assets import find_assets
from generator.config import load_site
from generator.contacts import Contact
from generator.i18n import Moment
from generator.intake.demo import write_demo
from generator.links import Link
from generator.photo import Download, Frame, Photo
from generator.photo import Source as PhotoSource
from generator.photo_settings import PhotoSettings
from generator.plan.lists import Day, DayCards, Listing, Month, TopicCount, Year
from generator.render.renderer import ReleaseView, Renderer
from tests.newsroom import Newsroom, release
from tests.reading import found, page, png, words

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent.parent / "templates"
README = (TEMPLATES / "README.md").read_text(encoding="utf-8")
NAMES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
PARTS = [name for name in NAMES if name == "base.html" or name.startswith("partials/")]
PAGES = [name for name in NAMES if name not in PARTS and "/" not in name and name != "README.md"]
GETTEXT = {"_", "gettext", "ngettext"}


def section(title: str) -> str:
    """Return the text below a heading of the README."""
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


@lru_cache
def documented() -> dict[str, set[str]]:
    """Return each template of the README's table with the names of its inputs."""
    inputs: dict[str, set[str]] = {}
    for row in section("Templates").splitlines():
        cells = row.split(" | ")
        if len(cells) != 3 or "`" not in cells[0]:
            continue
        same = re.match(r"as `([^`]+)`", cells[2])
        names = inputs[same[1]] if same else set(re.findall(r"`([a-z_]+)`", cells[2]))
        inputs |= dict.fromkeys(re.findall(r"`([^`]+)`", cells[0]), names)
    return inputs


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The environment in which the templates run."""
    newsroom = Newsroom(tmp_path_factory.mktemp("kosong"))
    cache = tmp_path_factory.mktemp("cache")
    assets = find_assets((TEMPLATES,))
    renderer = Renderer(load_site(newsroom.root), [TEMPLATES], assets, lambda source: source, cache)
    made: Environment = renderer._environment  # only here: templates are held against all that they can see
    return made


def undeclared(environment: Environment, name: str) -> set[str]:
    """Return the names that a template takes from outside."""
    tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
    imported = {imported.target for imported in tree.find_all(nodes.Import)}
    # What is set in a template counts only where it is also used outside the block that sets it.
    set_here = {target.name for target in tree.find_all(nodes.Name) if target.ctx == "store"}
    outside = meta.find_undeclared_variables(tree) - {"self", "super"} - imported
    return outside - (set_here - documented().get(name, set()))


# What the README says


def test_every_template_is_documented() -> None:
    """The README's table has a row for each template, and no row for one that does not exist."""
    assert sorted(documented()) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_template_uses_what_it_is_given(environment: Environment, name: str) -> None:
    """A template uses its documented inputs, all of them, and otherwise only globals."""
    unused = {"updated"} if name == "feed.json" else set()  # JSON Feed dates its items only
    assert undeclared(environment, name) - environment.globals.keys() == documented()[name] - unused


@pytest.mark.parametrize("name", PARTS)
def test_what_is_shared_uses_globals_only(environment: Environment, name: str) -> None:
    """base.html and the partials know no page: whatever they show of one is passed to them."""
    assert undeclared(environment, name) <= environment.globals.keys()


def test_every_filter_and_global_is_documented(environment: Environment) -> None:
    """The README names each filter and global that the program adds to Jinja's own, and no other."""
    filters = environment.filters.keys() - FILTERS.keys()
    named = {
        re.sub(r".*\\\| |\(.*", "", cell)
        for cell in re.findall(r"^\| `([^`]+)`", section("Filters, beside those of Jinja"), re.MULTILINE)
    }
    assert named - {"tojson"} == filters
    added = environment.globals.keys() - DEFAULT_NAMESPACE.keys() - {"pgettext", "npgettext"}
    table = section("Globals, in every template")
    shown = set(chain.from_iterable(re.findall(r"`(\w+)[.(`]", row.split(" | ")[0]) for row in table.splitlines()))
    assert shown == added


def test_every_setting_that_templates_see_is_documented(environment: Environment) -> None:
    """The README names each value of the Site, but for those that the program alone decides by."""
    site = environment.globals["site"]
    fields = set(type(site).__dataclass_fields__)  # type: ignore[attr-defined] # a Site is a dataclass
    shown = set(re.findall(r"`site\.(\w+)`", section("Globals, in every template")))
    assert shown == (fields | {"toml"}) - {"zone", "announcements", "cards_from", "targets"}


class Shape(NamedTuple):
    """What the README calls something, and its class."""

    name: str
    made_by: type


@pytest.mark.parametrize(
    "shape",
    [
        Shape("Moment", Moment),
        Shape("Card", Card),
        Shape("Release", ReleaseView),
        Shape("Photo", Photo),
        Shape("PhotoSource", PhotoSource),
        Shape("Frame", Frame),
        Shape("Download", Download),
        Shape("PhotoSettings", PhotoSettings),
        Shape("Correction", Correction),
        Shape("Topic", Topic),
        Shape("TopicCount", TopicCount),
        Shape("Day", Day),
        Shape("Month", Month),
        Shape("Year", Year),
        Shape("Listing", Listing),
        Shape("DayCards", DayCards),
        Shape("Announcement", Announcement),
        Shape("Link", Link),
        Shape("Contact", Contact),
    ],
    ids=lambda shape: shape.name,
)
def test_every_field_is_documented(shape: Shape) -> None:
    """The README names each field of what is passed to templates, and none that does not exist."""
    text = section("Things that are passed in").split(f"**{shape.name}**:", 1)[1]
    text = re.split(r"\*\*\w+\*\*:", text, maxsplit=1)[0]
    named = set(re.findall(r"`\.(\w+)`", text))
    if shape.name == "Release":
        named |= set(Card._fields)
    if shape.name == "TopicCount":
        named |= {"name", "url", "feed_url"}
    own = {"digest", "slug", "body"}  # what the program needs for itself
    if shape.name == "Photo":
        own |= {"base", "mark", "original_width", "original_height", "formats", "lead", "download_size"}
        assert {name for name, value in vars(Photo).items() if isinstance(value, property)} <= named
    fields = getattr(shape.made_by, "_fields", ())
    assert set(fields) - own <= named
    assert all(hasattr(shape.made_by, name) or name in own for name in named)


# What the templates do


def test_names_are_literal() -> None:
    """include, extends, import and static() take names that can be read without running anything."""
    for name in (*PAGES, *PARTS):
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        for tag in re.findall(r"{%-?\s*(?:include|extends|import|from)\s+([^%]*)%}", source):
            assert re.match(r'"[^"]+"(?: as \w+)?\s*$', tag), (name, tag)
        for argument in re.findall(r"static\(([^)]*)\)", source):
            assert re.fullmatch(r'"[^"]+"', argument), (name, argument)
            assert (TEMPLATES / "static" / argument.strip('"')).is_file()


def test_no_text_bypasses_the_escape() -> None:
    """No template marks anything as safe."""
    for name in (*PAGES, *PARTS):
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape", source), name


def test_nothing_in_a_template_depends_on_the_day() -> None:
    """No template asks for the time or for chance."""
    for name in (*PAGES, *PARTS):
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        assert not re.search(r"\bnow\b|\btoday\b|\|\s*random\b|lipsum", source), name


def test_every_text_is_in_the_catalogue(environment: Environment) -> None:
    """Every text that readers see in Indonesian is translated."""
    catalogue = (TEMPLATES.parent / "generator/locale/id/LC_MESSAGES/adpim.po").read_text(encoding="utf-8")
    for name in (*PAGES, *PARTS):
        for _, _, text in environment.extract_translations((TEMPLATES / name).read_text(encoding="utf-8")):  # type: ignore[attr-defined] # the i18n extension adds it
            for form in text if isinstance(text, tuple) else (text,):
                quoted = form.replace('"', '\\"') if form else ""
                assert f'msgid "{quoted}"' in catalogue or f'msgid_plural "{quoted}"' in catalogue, (name, form)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a demo of 60 releases and some that go to extremes."""
    root = tmp_path_factory.mktemp("penuh") / "situs"
    write_demo(root, 60)
    newsroom = Newsroom.__new__(Newsroom)
    newsroom.root = root
    newsroom.write({"content/foto/peta.png": png()})
    newsroom.release("foto.md", release("CONTOH berfoto", photo="peta.png", alt="Peta"))
    newsroom.release("inline.md", release("CONTOH bergambar", body="Teks.\n\n![Peta](peta.png)"))
    newsroom.release("kosong.md", release("CONTOH kosong", body=""))
    newsroom.release("panjang.md", release(f"CONTOH {'panjang sekali ' * 20}"[:200].strip()))
    newsroom.release("kata.md", release(f"CONTOH {'x' * 190}"))
    newsroom.release("topik.md", release("CONTOH 40 topik", tags=f"[{', '.join(f'Topik {n}' for n in range(40))}]"))
    newsroom.release("tarik.md", release("CONTOH ditarik", withdrawn="Salah.", photo="peta.png"))
    newsroom.release(
        "semua.md",
        release(
            "CONTOH lengkap",
            updated="2026-11-03 10:00",
            corrections="[{date: 2026-11-02, note: Satu.}, {date: 2026-11-03 09:00, note: Dua.}]",
            credits="[dew, bow]",
            aliases="[/lama/1.html]",
            caption="Keterangan foto yang tidak ada.",
            summary="Ringkasan.",
            place="Kuala CONTOH",
        ),
    )
    newsroom.build()
    return newsroom.files()


def test_every_template_renders(full: dict[str, bytes]) -> None:
    """With strict undefined names, every page of a full site comes out whole."""
    for file, data in full.items():
        if file.endswith(".html"):
            assert data.startswith(b"<!doctype html>\n"), file
            assert data.endswith(b"</html>\n"), file
        elif file.endswith(".xml"):
            etree.fromstring(data)


def test_no_page_shows_a_python_value(full: dict[str, bytes]) -> None:
    """No None, tuple or object of Python has slipped into the words of a page."""
    for file, data in full.items():
        if file.endswith(".html"):
            root = html.document_fromstring(data.decode("utf-8"))
            shown = " ".join((words(root), *found(root, "//@content | //@alt | //@href | //@datetime")))
            assert not re.search(
                r"\bNone\b|\bTrue\b|Moment\(|datetime\.|Undefined|<generator|&(?:lt|gt|amp|#34);", shown
            ), file


def test_no_release_is_cut(full: dict[str, bytes]) -> None:
    """A title of 200 characters and 40 topics are shown in full."""
    long = next(file for file in full if "panjang-sekali" in file)
    assert len(found(page(full, f"/{long.removesuffix('index.html')}"), "//h1")[0]) == 200
    topics = found(page(full, "/2026/11/contoh-40-topik/"), "//section/ul[@class='topics']/li")
    assert topics == [f"Topik {n}" for n in range(40)]


def test_the_same_page_in_english(newsroom: Newsroom) -> None:
    """With language = "en" pages speak English."""
    newsroom.write({"content/site.toml": f'language = "en"\n{(newsroom.root / "content/site.toml").read_text()}'})
    newsroom.release("a.md", release("CONTOH", "2026-11-14 09:05", tags="[Jalan]"))
    newsroom.build()
    root = page(newsroom.files(), "/2026/11/contoh/")
    assert root.get("lang") == "en"
    assert "Saturday, November 14, 2026" in words(root)
    assert found(root, "//nav[@class='breadcrumbs']//a")[:2] == ["Home", "Archive"]


def test_a_site_may_override_one_template(newsroom: Newsroom) -> None:
    """A template in the site's own folder wins; all others come from those that ship with the program."""
    newsroom.write({"templates/404.html": '{% extends "base.html" %}{% block content %}<h1>Sendiri</h1>{% endblock %}'})
    newsroom.build()
    files = newsroom.files()
    assert found(page(files, "/404.html"), "//h1") == ["Sendiri"]
    assert found(page(files, "/404.html"), "//footer")


@pytest.mark.compiles
@pytest.mark.parametrize("how", ["empty", "cut", "flip", "other"])
def test_a_damaged_compiled_template_is_compiled_again(newsroom: Newsroom, how: str) -> None:
    """What a disk did to the compiled templates in .adpim/ is no template's fault, and changes no byte."""
    newsroom.release("a.md", release())
    newsroom.build()
    before = newsroom.files()
    kept = sorted((newsroom.root / ".adpim/templates").glob("*.cache"))
    assert kept
    whole = [file.read_bytes() for file in kept]
    damaged = []
    for number, (file, data) in enumerate(zip(kept, whole, strict=True)):
        half = len(data) // 2
        flipped = data[:half] + bytes([data[half] ^ 0x55]) + data[half + 1 :]
        damaged.append({"empty": b"", "cut": data[:half], "flip": flipped, "other": whole[number - 1]}[how])
        file.write_bytes(damaged[-1])
    (newsroom.root / "output").rename(newsroom.root / "lama")
    newsroom.build()
    assert newsroom.files() == before
    assert all(file.read_bytes() != data for file, data in zip(kept, damaged, strict=True))


@pytest.mark.compiles
def test_a_compiled_template_that_cannot_be_kept_leaves_nothing(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a compiled template cannot come into its place the site is built all the same, and nothing stays beside."""

    def refuse(source: str, target: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", source, None, target)

    newsroom.release("a.md", release())
    monkeypatch.setattr(os, "replace", refuse)
    newsroom.build()
    assert "index.html" in newsroom.files()
    assert [*(newsroom.root / ".adpim/templates").iterdir()] == []
