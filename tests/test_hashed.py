"""Which files carry a hash of what is in them, so that whoever has one keeps it for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import generator.build
from generator.plan import plan
from generator.urls import clean_alias, could_be_own, file_of, is_hashed, static_path
from tests.newsroom import Newsroom, release
from tests.showcase import NOW, SITE, photo, write_showcase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.assets import Asset
    from generator.library import Library
    from generator.plan.output import Output

SIGNS = st.sampled_from("ab9-_.c61d80cb/")


@pytest.mark.slow
def test_what_is_copied_or_drawn_carries_a_hash_and_what_is_written_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a site that shows everything, all static files, pictures, cards and archives are hashed, and nothing else."""
    outputs: list[Output] = []

    def planned(library: Library, assets: Iterable[Asset]) -> list[Output]:
        outputs.extend(plan(library, assets))
        return outputs

    monkeypatch.setattr(generator.build, "plan", planned)
    newsroom = write_showcase(tmp_path / "situs", count=60)
    newsroom.write({f"templates/static/{name}": b"CONTOH" for name in ("Lampiran.PDF", "nama", "v1.2/nama", "akhir.")})
    newsroom.build(NOW)
    assert set(newsroom.files()) == {output.file for output in outputs}
    assert {o.file for o in outputs if is_hashed(o.file)} == {o.file for o in outputs if not o.template}
    hashed = {file.rpartition(".")[2] for file in newsroom.files() if is_hashed(file)}
    assert {"css", "js", "svg", "png", "jpg", "webp", "zip", "PDF"} <= hashed
    assert hashed.isdisjoint({"html", "xml", "json", "txt", "conf"})


def test_a_static_file_carries_the_hash_of_its_bytes(newsroom: Newsroom) -> None:
    """The name of every static file holds the first eight digits of the BLAKE2b of its bytes."""
    newsroom.build()
    files = {file: data for file, data in newsroom.files().items() if file.startswith("static/")}
    assert files
    for file, data in files.items():
        assert f".{hashlib.blake2b(data, digest_size=16).hexdigest()[:8]}." in file


def test_an_address_that_is_kept_for_ever_never_means_other_bytes(newsroom: Newsroom) -> None:
    """When styles, pictures, credits, titles and the site's name change, no hashed address stays with other bytes."""
    newsroom.write(
        {
            "content/site.toml": SITE,
            "content/foto/a.jpg": photo(500, 400),
            "content/foto/b.jpg": photo(500, 400, 1),
            "templates/static/v1.2/Nama": b"CONTOH",
        }
    )
    newsroom.release("a.md", release("Foto", photos="[a.jpg, b.jpg]", slug="foto"))
    newsroom.release("b.md", release("Kartu", slug="kartu"))
    newsroom.build()
    before = newsroom.files()
    newsroom.write(
        {
            "content/site.toml": SITE.replace("Kabar", "Warta"),
            "content/foto/a.jpg": photo(500, 400, 2),
            "templates/static/v1.2/Nama": b"CONTOH lain",
        }
    )
    newsroom.release("a.md", release("Foto", photos="[a.jpg, {file: b.jpg, credit: CONTOH}]", slug="foto"))
    newsroom.release("b.md", release("Kartu lain", slug="kartu"))
    newsroom.build()
    after = newsroom.files()
    assert [file for file in before if is_hashed(file) and after.get(file, before[file]) != before[file]] == []
    gone = {file for file in before.keys() - after.keys() if is_hashed(file)}
    assert {file.rpartition("/")[0] for file in gone} == {"", "2026/11/foto", "2026/11/kartu", "static/v1.2"}


@given(st.text(SIGNS, min_size=1, max_size=40).map("/{}".format) | st.from_regex(r"/[a-z/.]{1,12}\.[0-9a-f]{8}\.\w+"))
def test_no_old_address_is_hashed(alias: str) -> None:
    """No old address that may be used has a file that would be kept for ever."""
    path = clean_alias(alias, "https://contoh.example")
    assert path is None or could_be_own(path) or not is_hashed(file_of(path))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("style.css", "/static/style.0123abcd.css"),
        ("huruf/a.b.woff2", "/static/huruf/a.b.0123abcd.woff2"),
        ("nama", "/static/nama.0123abcd"),
        ("v1.2/nama", "/static/v1.2/nama.0123abcd"),
    ],
)
def test_the_hash_stands_in_the_name_of_the_file(name: str, path: str) -> None:
    """The hash goes before the ending of a static file, or to the end of its name, never into that of its folder."""
    assert static_path(name, "0123abcd") == path
    assert is_hashed(file_of(path))


@pytest.mark.parametrize(
    "file",
    [
        "static/style.css",
        "static/style.0123abc.css",
        "static/style.0123abcd.min.css",
        "static/a.0123abcd/b.css",
        "Static/style.0123abcd.css",
        "static/style.0123ABCD.css",
        "kartu.0123abcd.png",
        "kartu.0123456789ab.jpg",
        "lama/kartu.0123456789ab.png",
        "2026/11/kartu.0123456789ab.png",
        "2026/11/a/kartu.0123456789ab.jpg",
        "2026/11/a/foto-960.0123abcd.html",
        "2026/11/a/rilis.0123abcd.txt",
        "2026/11/a/b/foto-960.0123abcd.jpg",
        "lama/2026/11/a/foto-960.0123abcd.jpg",
    ],
)
def test_what_only_looks_hashed_is_not(file: str) -> None:
    """A name counts only in the place, with the length and the ending with which the program itself writes a hash."""
    assert not is_hashed(file)
