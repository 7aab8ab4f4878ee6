"""Incremental equals clean: whatever happens to a site, a build gives what a build from nothing gives.

A machine of Hypothesis plays the press office, its designer, and everyone and everything that meddles with the folders.
After each step (or some) the site is built, and so is a copy of its sources elsewhere; the two are the same, byte for
byte, or fail for the same reasons. To run it for longer:

    ADPIM_EXAMPLES=1000 python -m pytest tests/test_incremental.py -k machine
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from generator.errors import ContentError, Problem
from tests.newsroom import SITE, Newsroom, png, release

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.build import Report

EXAMPLES = int(os.environ.get("ADPIM_EXAMPLES", "12"))
MANIFEST = ".adpim-manifest"
SHIPPED = Path(__file__).parent.parent / "templates"

MOMENTS = (
    "2026-01-01",  # first of its day, month and year
    "2025-12-31 23:59",  # last of them
    "2025-12-31 17:30 Z",  # the first in Pontianak, the last in UTC
    "2026-02-28 09:00",
    "2026-11-22 10:00",  # leaves the news sitemap at NOW
    "2026-11-22 11:00",
    "2026-11-24 09:00",
    "2026-11-24 12:00",
    "2026-12-31 23:00",
)
NOWS = ("2026-01-01 00:00", "2026-11-24 10:00", "2026-11-24 10:01", "2026-11-24 12:00", "2027-06-01 08:00")
TITLES = tuple(
    f"CONTOH {word}"
    for word in ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh"]
)
TAGS = ("Ekonomi", "ekonomi", "EKONOMI", "Air Bersih", "air-bersih", "Tani", "Jalan")
ALIASES = ("/lama/1/", "/lama/2.html", "/lama/2.html/x/", "/topik/lama/", "/tentang/", "/2026/11/contoh-satu/")
PHOTOS = ("satu.png", "dua.png")
BODIES = (
    "Isi CONTOH.",
    "Isi COBAA.",
    "Isi [CONTOH](/tentang/) dengan **tebal**.",
    "Gambar ![CONTOH](satu.png) di tengah.",
    "- a\n- b\n\n| a | b |\n|---|---|\n| 1 | 2 |",
)
SITES: Mapping[str, tuple[str, ...]] = {
    "title": ('"Biro CONTOH"', '"Biro COBA"'),
    "base_url": ('"https://contoh.example"', '"https://contoh.example/situs"', '"http://lain.example"'),
    "office": ('"Biro CONTOH"', '"Kantor CONTOH"'),
    "timezone": ('"Asia/Pontianak"', '"Asia/Jayapura"', '"America/New_York"'),
    "language": ('"id"', '"en"'),
    "menu": ("[]", '[{label = "Tentang", url = "/tentang/"}]', '[{label = "Air", url = "/topik/air-bersih/"}]'),
    "cards_from": ("2100-01-01", "2026-11-01", "2025-12-31"),
    "announcement": (
        "[]",
        '[{text = "CONTOH", start = "2026-11-24 10:01", end = "2026-11-24"}]',
        '[{text = "COBA", end = "2026-11-24 12:00"}, {text = "LAIN", url = "/tentang/", start = 2027-01-01}]',
    ),
    "photos": ("{downloads = true}", "{downloads = false}"),
    "# catatan": ('"satu"', '"dua"'),
}
OWN: Mapping[str, tuple[str, ...]] = {
    "404.html": ("CONTOH\n", '{% include "partials/own.html" %}\n', '{{ static("own.css") }}\n'),
    "page.html": (
        '{% extends "base.html" %}{% block title %}{{ page.title }}{% endblock %}{% block content %}A{% endblock %}',
        '{% set n = "own" %}{{ page.html }}{% include "partials/" ~ n ~ ".html" %}',
        '{% import "partials/own.html" as own %}{{ page.html }}{{ own }}',
    ),
    "partials/own.html": ("satu", "duaa", '{{ static("own.css") }}', '{% include "partials/deep.html" %}'),
    "partials/deep.html": ("dalam", '{{ static("style.css") }}', "{% if %}"),
    "partials/time.html": (
        (SHIPPED / "partials/time.html").read_text("utf-8") + "{# CONTOH #}",
        (SHIPPED / "partials/time.html").read_text("utf-8").replace("<time", '<time class="contoh"'),
    ),
    "robots.txt": ("User-agent: *\n", '# {{ static("style.css") }} {{ site.title }}\n'),
    "static/own.css": ("a{}", "b{}", "body { margin: 0 }"),
    "static/style.css": ("p{}", "q{}"),
    "static/dalam/x.txt": ("CONTOH",),
}
FOREIGN = ("google123.html", ".well-known/security.txt", "2026/asing.html", "asing/dalam/x.txt")

pick = st.integers(0, 30)
some_tags = st.lists(st.sampled_from(TAGS), max_size=4).map(lambda tags: f"[{', '.join(tags)}]")


class Office(RuleBasedStateMachine):
    """A site, all that happens to it, and a copy of its sources that is always built from nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.moves = 0
        self.room = Newsroom(self._place())
        self.now = NOWS[1]
        self.fields: dict[str, dict[str, str]] = {}
        self.site = {key: values[0] for key, values in SITES.items()}
        self.foreign: dict[str, bytes] = {}
        self.holding = 0
        self.rested = False
        self.forgot = self.disowned = self.meddled = False

    def teardown(self) -> None:
        """Compare once more, so that no edit goes untried."""
        self.holding = 0
        try:
            self.compare()
        finally:
            self.folder.cleanup()

    def _place(self) -> Path:
        self.moves += 1
        return Path(self.folder.name) / f"situs-{self.moves}"

    # Releases

    @initialize()
    def begin(self) -> None:
        """Begin with releases enough for numbered pages, and with a page and a picture."""
        for number, title in enumerate(TITLES[:7]):
            self.write(f"2026/a{number}.md", title=title, date=MOMENTS[number % 5], tags="[Ekonomi, Tani]")
        self.room.write({"content/halaman/tentang.md": "---\ntitle: Tentang\n---\n\nIsi CONTOH.\n"})
        self.room.write({"content/foto/satu.png": png(), "content/foto/dua.png": png(grey=9)})

    def write(self, name: str, **fields: str) -> None:
        """Set ``fields`` of a release ("" removes one) and write its file."""
        all_fields = {"title": TITLES[0], "date": MOMENTS[0], **self.fields.get(name, {}), **fields}
        self.fields[name] = {key: value for key, value in all_fields.items() if value}
        self.room.release(name, release(**self.fields[name]))

    def one(self, number: int) -> str | None:
        """Return the name of a release, if there is one."""
        names = sorted(self.fields)
        return names[number % len(names)] if names else None

    @rule(
        # The last two look the same: é as one sign, and as two.
        name=st.sampled_from(["b.md", "2026/c.md", "2025/d.md", "2026/11/e.markdown", "\xe9.md", "e\u0301.md"]),
        title=st.sampled_from(TITLES),
        date=st.sampled_from(MOMENTS),
        tags=some_tags,
        body=st.sampled_from(BODIES),
    )
    def add_release(self, name: str, title: str, date: str, tags: str, body: str) -> None:
        """Write a new release, or another into the same file."""
        self.write(name, title=title, date=date, tags=tags, body=body)

    @rule(number=pick, tags=some_tags)
    def retag(self, number: int, tags: str) -> None:
        """Give a release other tags."""
        if name := self.one(number):
            self.write(name, tags=tags)

    @rule(tags=st.sampled_from(["[ekonomi]", "[EKONOMI, Tani]", "[]"]), numbers=st.lists(pick, max_size=5))
    def retag_many(self, tags: str, numbers: list[int]) -> None:
        """Write a topic another way in some releases, so that the majority may change."""
        for number in numbers:
            self.retag(number, tags)

    @rule(number=pick, date=st.sampled_from(MOMENTS))
    def redate(self, number: int, date: str) -> None:
        """Give a release another date."""
        if name := self.one(number):
            self.write(name, date=date)

    @rule(number=pick, title=st.sampled_from(TITLES))
    def retitle(self, number: int, title: str) -> None:
        """Give a release another title, which may be another release's."""
        if name := self.one(number):
            self.write(name, title=title)

    @rule(
        number=pick,
        change=st.sampled_from(
            [
                *(("body", body) for body in BODIES),
                *(("summary", text) for text in ("Ringkasan CONTOH.", "Ringkasan COBA.", "")),
                *(("place", text) for text in ("Kota CONTOH", "")),
                *(("draft", text) for text in ("true", "")),
                *(("withdrawn", text) for text in ("CONTOH ditarik.", "")),
                *(("publish_at", text) for text in ("2026-11-24 10:01", "2027-01-01", "")),
                *(("expires", text) for text in ("2027-05-01", "2026-11-24 12:00", "")),
                *(("updated", text) for text in ("2026-11-24", "2027-01-01 01:00", "")),
                *(("corrections", text) for text in ("[{date: 2026-11-24, note: CONTOH}]", "")),
                *(("aliases", f"[{text}]") for text in ALIASES),
                ("aliases", f"[{ALIASES[0]}, {ALIASES[1]}]"),
                ("aliases", ""),
                *(("photo", text) for text in (*PHOTOS, "tiada.png", "")),
                *(("photos", f"[{text}]") for text in ("satu.png, dua.png", "dua.png")),
                ("photos", ""),
                *(("alt", text) for text in ("CONTOH", "")),
                *(("focus", text) for text in ("kanan atas", "")),
                ("slug", "lain-lagi"),
                ("slug", ""),
                ("credits", "[aaa, bbb]"),
                ("judul", "kunci yang salah"),
                ("judul", ""),
            ]
        ),
    )
    def change_release(self, number: int, change: tuple[str, str]) -> None:
        """Change one thing that front matter or text says."""
        if name := self.one(number):
            self.write(name, **{change[0]: change[1]})

    @rule(number=pick)
    def delete_release(self, number: int) -> None:
        """Delete a release."""
        if name := self.one(number):
            del self.fields[name]
            (self.room.root / "content/berita" / name).unlink()

    @rule(number=pick, to=st.sampled_from(["pindah.md", "2025/pindah.md", "z/pindah.md"]))
    def rename_release(self, number: int, to: str) -> None:
        """Give the file of a release another name or folder."""
        if name := self.one(number):
            self.fields[to] = self.fields.pop(name)
            target = self.room.root / "content/berita" / to
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.room.root / "content/berita" / name).replace(target)

    @rule(number=pick, other=pick)
    def swap_two_releases(self, number: int, other: int) -> None:
        """Let two files swap their names."""
        first, second = self.one(number), self.one(other)
        if first and second:
            self.fields[first], self.fields[second] = self.fields[second], self.fields[first]
            here, there = (self.room.root / "content/berita" / name for name in (first, second))
            aside = here.with_name("aside.tmp")
            here.rename(aside)
            aside.replace(here) if here == there else (there.rename(here), aside.rename(there))

    @rule(number=pick, inode=st.booleans())
    def rewrite_behind_its_time(self, number: int, inode: bool) -> None:
        """Put other bytes of the same size into a file, or in its place, and set its time back."""
        if name := self.one(number):
            file = self.room.root / "content/berita" / name
            body = "Isi COBAA." if self.fields[name].get("body") == "Isi CUBAA." else "Isi CUBAA."
            self.write(name, body=body)
            forge(file, file.read_bytes().replace(body.encode(), b"Isi " + body[4:].lower().encode()), inode=inode)
            self.fields[name]["body"] = "Isi " + body[4:].lower()

    @rule(number=pick)
    def touch_release(self, number: int) -> None:
        """Give a file another time and nothing else."""
        if name := self.one(number):
            os.utime(self.room.root / "content/berita" / name, (1_000_000_000 + number, 1_000_000_000 + number))

    # Pages, site.toml, templates, pictures

    @rule(
        name=st.sampled_from(["tentang.md", "kontak.md", "topik.md"]),
        text=st.sampled_from(["Isi CONTOH.", "Isi COBAA.", "[x](/lain/)", "draft"]),
    )
    def write_page(self, name: str, text: str) -> None:
        """Write a standing page, or make it a draft."""
        more = "draft: true\n" if text == "draft" else ""
        self.room.write({f"content/halaman/{name}": f"---\ntitle: Halaman {text[:5]}\n{more}---\n\n{text}\n"})

    @rule(name=st.sampled_from(["tentang.md", "kontak.md", "topik.md"]))
    def delete_page(self, name: str) -> None:
        """Delete a standing page."""
        (self.room.root / "content/halaman" / name).unlink(missing_ok=True)

    @rule(change=st.sampled_from([(key, value) for key, values in SITES.items() for value in values]))
    def change_site(self, change: tuple[str, str]) -> None:
        """Change a setting in site.toml, or a comment."""
        if change[0] == "timezone":
            if self.disowned:
                return
            self.forgot = True  # the ledger does not believe what was made by the rules of another zone
        self.site[change[0]] = change[1]
        text = "".join(f"{key} = {value}\n" for key, value in self.site.items())
        self.room.write({"content/site.toml": SITE.splitlines()[3] + "\n" + text})

    @rule(change=st.sampled_from([(name, text) for name, texts in OWN.items() for text in texts]))
    def write_template(self, change: tuple[str, str]) -> None:
        """Override a template or static file, or add one."""
        self.room.write({f"templates/{change[0]}": change[1]})

    @rule(name=st.sampled_from([*OWN]), number=pick)
    def forge_template(self, name: str, number: int) -> None:
        """Put another text of the same size and time into a template."""
        file = self.room.root / "templates" / name
        if file.is_file():
            texts = [text.encode() for text in OWN[name]]
            same = [text for text in texts if len(text) == file.stat().st_size]
            forge(file, (same or texts)[number % len(same or texts)], inode=number % 2 == 0)

    @rule(name=st.sampled_from([*OWN]))
    def delete_template(self, name: str) -> None:
        """Override a template no more."""
        (self.room.root / "templates" / name).unlink(missing_ok=True)

    @rule()
    def delete_all_templates(self) -> None:
        """Delete the site's own templates."""
        shutil.rmtree(self.room.root / "templates", ignore_errors=True)

    @rule(name=st.sampled_from(PHOTOS), grey=st.sampled_from([1, 2, 3]), width=st.sampled_from([2, 2, 3]))
    def write_photo(self, name: str, grey: int, width: int) -> None:
        """Write a picture."""
        self.room.write({f"content/foto/{name}": png(width=width, grey=grey)})

    @rule(name=st.sampled_from(PHOTOS), grey=st.sampled_from([4, 5, 6]), inode=st.booleans())
    def forge_photo(self, name: str, grey: int, inode: bool) -> None:
        """Put another picture of the same size and time into a file."""
        file = self.room.root / "content/foto" / name
        if file.is_file():
            forge(file, png(grey=grey), inode=inode)

    @rule(name=st.sampled_from(PHOTOS))
    def delete_photo(self, name: str) -> None:
        """Delete a picture."""
        (self.room.root / "content/foto" / name).unlink(missing_ok=True)

    @rule(name=st.sampled_from(PHOTOS))
    def put_photo_beside(self, name: str) -> None:
        """Put a picture where it is looked for first."""
        self.room.write({f"content/berita/2026/{name}": png(grey=77)})

    # Time

    @rule(now=st.sampled_from(NOWS))
    def set_clock(self, now: str) -> None:
        """Move the clock forth or back."""
        self.now = now

    @rule()
    def rest(self) -> None:
        """From now on files are left alone before a build, so that their times are believed; or no more."""
        self.rested = not self.rested

    @rule(count=st.integers(1, 4))
    def gather(self, count: int) -> None:
        """Let some more happen before the next build."""
        self.holding = count + 1

    # What nobody should do

    @rule()
    def empty_output(self) -> None:
        """Delete output/."""
        shutil.rmtree(self.room.root / "output", ignore_errors=True)
        self.foreign.clear()
        self.disowned = self.meddled = False

    # A file that neither the manifest nor its own look says is ours is nobody's: a build refuses to write over it.
    @precondition(lambda self: not self.disowned)
    @rule(number=pick, how=st.sampled_from(["delete", "append", "forge", "inode", "readonly", "link", "touch"]))
    def meddle_with_output(self, number: int, how: str) -> None:
        """Do to a file in output/ what nobody should do."""
        files = [file for file in self.room.files() if file not in self.foreign]
        if not files:
            return
        time.sleep(0.01)  # nobody edits within a tick of the build's last breath
        file = self.room.root / "output" / files[number * 7 % len(files)]
        data = file.read_bytes()
        self.meddled = True
        if how == "readonly":
            file.chmod(0o400)
        elif how in {"forge", "inode"}:
            forge(file, data[::-1], inode=how == "inode")
        elif how == "touch":
            os.utime(file)
        elif how == "append":
            file.write_bytes(data + b"x")
        else:
            file.unlink()
            if how == "link":
                file.symlink_to(self.room.root / "content/site.toml")

    @precondition(lambda self: not self.forgot and not self.meddled)
    @rule(text=st.sampled_from(["", "# CONTOH\n", None]))
    def meddle_with_the_manifest(self, text: str | None) -> None:
        """Empty or delete the manifest, while the ledger still knows what is ours."""
        file = self.room.root / "output" / MANIFEST
        if file.is_file():
            self.disowned = True
            file.unlink()
            if text is not None:
                file.write_text(text)

    @rule(name=st.sampled_from(FOREIGN))
    def put_foreign_file(self, name: str) -> None:
        """Put somebody else's file into output/."""
        if (self.room.root / "output" / MANIFEST).is_file():
            self.foreign[name] = name.encode()
            self.room.write({f"output/{name}": name})

    @precondition(lambda self: not self.disowned)
    @rule()
    def lose_ledger(self) -> None:
        """Delete .adpim/, while the manifest still knows what is ours."""
        shutil.rmtree(self.room.root / ".adpim", ignore_errors=True)
        self.forgot = True

    @precondition(lambda self: not self.disowned)
    @rule(how=st.sampled_from(["flip", "cut", "zero", "empty"]), share=st.floats(0, 1))
    def damage_ledger(self, how: str, share: float) -> None:
        """Damage the ledger's file."""
        file = self.room.root / ".adpim/ledger.db"
        if file.is_file():
            self.forgot = True
            file.write_bytes(damaged(file.read_bytes(), how, share))

    @rule()
    def move_site(self) -> None:
        """Move the whole site to another path."""
        if not self.disowned:
            place = self._place()
            self.room.root.rename(place)
            self.room.root = place
            self.forgot = True

    # What must hold

    @invariant()
    def compare(self) -> None:
        """Build, and build a copy from nothing: both give the same files, or fail for the same reasons."""
        if self.holding:
            self.holding -= 1
            return
        if self.rested:
            time.sleep(0.03)
        before = self.room.files()
        made, problems = attempt(self.room, self.now)
        twin = Newsroom(self._place())
        for folder in ("content", "templates"):
            if (self.room.root / folder).is_dir():
                shutil.copytree(self.room.root / folder, twin.root / folder, dirs_exist_ok=True)
        clean, clean_problems = attempt(twin, self.now)
        assert problems == clean_problems
        if made is None or clean is None:
            assert made is clean
            assert self.room.files() == before
        else:
            assert made.next_change == clean.next_change
            assert set(made.changes.foreign) == set(self.foreign)
            self.assert_same(self.room, twin)
            again = self.room.build(self.now).changes
            assert (again.added, again.changed, again.removed) == ((), (), ())
            self.forgot = self.disowned = self.meddled = False
        shutil.rmtree(twin.root)

    def assert_same(self, room: Newsroom, twin: Newsroom) -> None:
        """Compare files, foreign files and manifest, and look for leftovers."""
        files, clean = room.files(), twin.files()
        assert {name: data for name, data in files.items() if name in self.foreign} == self.foreign
        assert files.keys() - self.foreign.keys() == clean.keys()
        assert [name for name in clean if files[name] != clean[name]] == []
        assert room.text(MANIFEST) == twin.text(MANIFEST)
        assert not [*(room.root / ".adpim").glob("staging*")]


def attempt(room: Newsroom, now: str) -> tuple[Report | None, tuple[Problem, ...]]:
    """Build, and return the report, or None, with the problems or warnings."""
    try:
        report = room.build(now)
    except ContentError as error:
        return None, error.problems
    return report, report.warnings


def forge(file: Path, data: bytes, *, inode: bool) -> None:
    """Put other bytes into a file, or another file in its place, and give it the old one's time."""
    status = file.stat()
    if inode:
        aside = file.with_name("aside.tmp")
        aside.write_bytes(data)
        aside.replace(file)
    else:
        file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def damaged(data: bytes, how: str, share: float) -> bytes:
    """Return ``data`` with a fault at a ``share`` of its length."""
    place = int(share * (len(data) - 1))
    if how == "flip":
        return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
    if how == "zero":
        return data[:place] + bytes(len(data[place : place + 500])) + data[place + 500 :]
    return data[:place] if how == "cut" else b""


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two items, so that few releases fill them, and files that soon count as left alone."""
    for room, name in (("lists", "PAGE"), ("pages", "HOME"), ("machines", "FEED"), ("machines", "NEWS")):
        monkeypatch.setattr(sys.modules[f"generator.plan.{room}"], f"{name}_SIZE", 2)
    monkeypatch.setattr("generator.signature.TICK", 20_000_000)
    monkeypatch.setattr("generator.ledger.store.SINCE", 1.5)  # of so few files, what changed is seldom a twentieth


@pytest.mark.slow
def test_machine(small: None) -> None:
    """After any sequence of edits and accidents a build gives what a build from nothing gives."""
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )
