"""Finished pictures that are kept: found again, never believed when damaged, removed when they grow too many."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from generator.picture_cache import DAY, PictureCache

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 16
"""Bytes of the checksum before each picture."""


@pytest.fixture
def cache(tmp_path: Path) -> PictureCache:
    """A cache in a folder that does not exist yet."""
    return PictureCache(tmp_path / "work" / "pictures")


def used(cache: PictureCache, key: str, days: float) -> None:
    """Let the picture of ``key`` have been used that many days ago."""
    moment = time.time() - days * DAY
    os.utime(cache.file(key), (moment, moment))


def test_what_was_put_is_got(cache: PictureCache) -> None:
    """A picture comes back under its key, whatever the key says and however small the picture is."""
    pictures = {"a": b"satu", "": b"", "../../\0 Ünïcode": b"\xff" * 100_000, "b" * 9000: b"dua"}
    for key, data in pictures.items():
        assert cache.get(key) is None
        cache.put(key, data)
    assert {key: cache.get(key) for key in pictures} == pictures
    assert all(cache.folder in cache.file(key).parents for key in pictures)
    cache.put("a", b"tiga")
    assert cache.get("a") == b"tiga"


@pytest.mark.parametrize("damage", ["empty", "cut", "bit", "checksum", "longer"])
def test_a_damaged_picture_is_missing(cache: PictureCache, damage: str) -> None:
    """Whatever happened to the file of a picture, its bytes are not believed, and can be put anew."""
    cache.put("a", b"gambar")
    file = cache.file("a")
    whole = file.read_bytes()
    flipped = bytes([whole[HEAD] ^ 1])
    file.write_bytes(
        {
            "empty": b"",
            "cut": whole[:-1],
            "bit": whole[:HEAD] + flipped + whole[HEAD + 1 :],
            "checksum": whole[:5],
            "longer": whole + b"x",
        }[damage]
    )
    assert cache.get("a") is None
    cache.put("a", b"gambar")
    assert cache.get("a") == b"gambar"


def test_a_disk_that_refuses_is_only_a_miss(cache: PictureCache) -> None:
    """Where the folder cannot be made, or a folder stands in a picture's place, nothing is raised and nothing left."""
    cache.folder.parent.mkdir()
    cache.folder.write_bytes(b"in the way")
    cache.put("a", b"gambar")
    assert cache.get("a") is None
    cache.prune(0, [])
    cache.folder.unlink()
    cache.file("a").mkdir(parents=True)
    cache.put("a", b"gambar")
    assert cache.get("a") is None
    assert list(cache.file("a").parent.iterdir()) == [cache.file("a")]


def test_many_at_once_see_whole_pictures_only(cache: PictureCache) -> None:
    """Whoever asks while others write gets a whole picture or none."""
    data = os.urandom(300_000)

    def work(number: int) -> bool:
        if number % 2:
            cache.put("a", data)
        return cache.get("a") in {None, data}

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(80)))
    assert [file.name for file in cache.file("a").parent.iterdir()] == [cache.file("a").name]


def test_use_is_remembered_once_a_day(cache: PictureCache) -> None:
    """A picture that is got counts as used; one that counts so already is not touched again."""
    cache.put("a", b"gambar")
    used(cache, "a", 3)
    cache.get("a")
    assert time.time() - cache.file("a").stat().st_mtime < DAY / 2
    used(cache, "a", 0.5)
    before = cache.file("a").stat().st_mtime_ns
    cache.get("a")
    assert cache.file("a").stat().st_mtime_ns == before


def test_pruning_begins_with_what_was_used_longest_ago(cache: PictureCache) -> None:
    """Pictures go in the order of their last use until the rest is light enough."""
    for days, key in enumerate("abcde"):
        cache.put(key, bytes(1000 - HEAD))
        used(cache, key, 10 - days)
    cache.get("b")
    cache.prune(3000, [])
    assert [key for key in "abcde" if cache.get(key) is not None] == ["b", "d", "e"]
    cache.prune(3000, [])
    assert [key for key in "abcde" if cache.get(key) is not None] == ["b", "d", "e"]


def test_pruning_keeps_what_this_run_uses(cache: PictureCache) -> None:
    """What is to be kept stays even where it alone is too heavy; what is not there is no matter."""
    for days, key in enumerate("abc"):
        cache.put(key, bytes(1000))
        used(cache, key, 10 - days)
    cache.prune(500, ["a", "z"])
    assert [key for key in "abc" if cache.get(key) is not None] == ["a"]


def test_pruning_takes_only_its_own(cache: PictureCache) -> None:
    """Leftovers of a killed process go after a day; what anyone else put into the folder stays."""
    cache.put("a", b"gambar")
    shard = cache.file("a").parent
    others = [cache.folder / "CATATAN.txt", shard / "CATATAN.txt", cache.folder / "foto" / "x.jpg"]
    leftovers = [shard / "part-old", shard / "part-new"]
    for file in (*others, *leftovers):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"-")
    old = time.time() - 2 * DAY
    for file in (*others, leftovers[0]):
        os.utime(file, (old, old))
    cache.prune(0, [])
    assert cache.get("a") is None
    assert all(file.exists() for file in others)
    assert [file.exists() for file in leftovers] == [False, True]
