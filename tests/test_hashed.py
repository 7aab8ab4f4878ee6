"""Which files carry a hash of what is in them, so that whoever has one keeps it for ever."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from generator.urls import static_path

if TYPE_CHECKING:
    from tests.newsroom import Newsroom


def test_a_static_file_carries_the_hash_of_its_bytes(newsroom: Newsroom) -> None:
    """The name of every static file holds the first eight digits of the BLAKE2b of its bytes."""
    newsroom.build()
    files = {file: data for file, data in newsroom.files().items() if file.startswith("static/")}
    assert files
    for file, data in files.items():
        assert f".{hashlib.blake2b(data, digest_size=16).hexdigest()[:8]}." in file


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
