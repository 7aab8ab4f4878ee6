"""The manifest of what stands on a host: small where little changed, and never believed where it cannot be ours."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.publish.manifest import (
    HEAD,
    DamagedManifestError,
    File,
    Manifest,
    Packed,
    digest_of,
    is_safe,
    pack,
    part_file,
    unpack,
)
from generator.publish.record import Record, settle, work_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SITE, WHEN = "https://contoh.example", "2026-11-24T10:00:00+07:00"


def many(count: int, mark: str = "") -> dict[str, File]:
    """Return ``count`` files as an archive has them, of other bytes for another ``mark``."""
    return {
        f"2026/{n % 12:02}/contoh-rilis-nomor-{n}/index.html": File(n, digest_of(f"{mark}{n}".encode()))
        for n in range(count)
    }


class Kept:
    """A host's folder as far as the manifest is concerned."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.sent = 0

    def keep(self, packed: Packed) -> Manifest:
        """Write what is new, and remove what is no longer named."""
        new = {**packed.parts, HEAD: packed.head}
        self.sent = sum(map(len, new.values()))
        self.files = {name: data for name, data in (self.files | new).items() if name in packed.names}
        return packed.manifest

    def read(self) -> Manifest:
        """Return what is read back."""
        return unpack(self.files[HEAD], self.files.get)


def test_a_manifest_is_read_as_it_was_written() -> None:
    """Files, those that are leaving, the site and the time come back."""
    manifest = Manifest(SITE, WHEN, many(5_000), frozenset({"lama/index.html"}))
    kept = Kept()
    kept.keep(pack(manifest))
    read = kept.read()
    assert (read.site, read.published, read.files, read.leaving) == (SITE, WHEN, manifest.files, manifest.leaving)
    assert read.own == set(manifest.files) | {"lama/index.html"}


def test_a_small_manifest_is_one_file() -> None:
    """A site of some hundred files needs the head alone."""
    assert pack(Manifest(SITE, WHEN, many(200))).names == {HEAD}


def test_one_release_costs_a_few_kilobytes() -> None:
    """In an archive of 30,000 files, what one release changes is written into the head alone."""
    kept = Kept()
    manifest = kept.keep(pack(Manifest(SITE, WHEN, many(30_000))))
    whole = kept.sent
    kept.keep(pack(replace(manifest, files=many(30_000) | many(25, "lain"))))
    assert kept.read().files == many(30_000) | many(25, "lain")
    assert kept.sent < whole / 100


def test_no_release_in_an_archive_costs_much_more_than_another() -> None:
    """Releases that are published one by one, each with eight pages of topics, cost the head and some parts at most."""
    kept, files, sent = Kept(), many(20_000), list[int]()
    manifest = kept.keep(pack(Manifest(SITE, WHEN, files)))
    whole = kept.sent
    for n in range(300):
        page = f"2027/01/contoh-rilis-nomor-{n}"
        pages = [f"{page}/{name}" for name in ("index.html", "a", "b")]
        topics = [f"topik/contoh-{(n * 97 + each * 331) % 1_300}/index.html" for each in range(8)]
        files = files | {file: File(n, digest_of(f"{n}{file}".encode())) for file in (*pages, *topics)}
        manifest = kept.keep(pack(replace(manifest, files=files)))
        sent.append(kept.sent)
    assert kept.read().files == files
    assert 10_000 < max(sent) < 45_000 < whole / 10
    assert sum(sent) / len(sent) < 25_000
    assert len(kept.files[HEAD]) < 16_000


def test_a_grown_archive_gets_more_parts() -> None:
    """Parts keep their measure when the archive becomes ten times as large."""
    kept = Kept()
    manifest = kept.keep(pack(Manifest(SITE, WHEN, many(4_000))))
    grown = kept.keep(pack(replace(manifest, files=many(40_000))))
    assert len(grown.parts) >= 4 * len(manifest.parts)
    assert kept.read().files == many(40_000)


_files = st.dictionaries(
    st.text("abc/", min_size=1, max_size=40).filter(is_safe),
    st.builds(File, st.integers(0, 9), st.just(digest_of(b"")) | st.just(digest_of(b"a"))),
    max_size=40,
)


@settings(deadline=None)  # it writes files, and a machine at work may take its time
@given(st.lists(_files, min_size=1, max_size=5))
def test_whatever_changes_is_read_back(states: list[dict[str, File]]) -> None:
    """After any sequence of states the manifest says the last one."""
    kept = Kept()
    manifest = Manifest(SITE, WHEN, many(600))
    for files in states:
        manifest = kept.keep(pack(replace(manifest, files=many(600) | files)))
        assert kept.read().files == many(600) | files


def _head(**changed: object) -> bytes:
    head = {"format": 1, "site": SITE, "published": WHEN, "parts": [], "changes": {}, "leaving": []}
    return gzip.compress(json.dumps(head | changed).encode())


def _part(data: bytes) -> tuple[bytes, Mapping[str, bytes]]:
    return _head(parts=[digest_of(data)]), {part_file(digest_of(data)): data}


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        gzip.compress(b"\xff"),
        gzip.compress(b"[]"),
        gzip.compress(b"{}"),
        gzip.compress(b"[" * 100_000),
        _head()[:-1],
        _head(site=[]),
        _head(format=2),
        _head(parts=None),
        _head(parts=["0123"]),
        _head(changes=[]),
        _head(changes={"a": 1}),
        _head(changes={"a": ["1", "x"]}),
        _head(changes={"a": [1, 2]}),
        _head(changes={"../a": [1, "x"]}),
        _head(leaving=["/etc/passwd"]),
        _head(leaving=["a\\b"]),
        _head(leaving=["a/../../b"]),
        _head(leaving=["a\nb"]),
        _head(leaving=[".adpim-lock.json"]),
        _head(leaving=["a/.adpim-0.part"]),
    ],
)
def test_what_cannot_be_ours_is_not_believed(head: bytes) -> None:
    """A head that is damaged, or names a file outside of the site's folder or of our own, is refused as a whole."""
    with pytest.raises(DamagedManifestError):
        unpack(head, lambda _: None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"CONTOH",
        gzip.compress(b"[]"),
        gzip.compress(b"{}")[:-9],
        gzip.compress(b" " * 70_000_000),
        gzip.compress(b"[" * 100_000),
    ],
    ids=["empty", "text", "list", "cut", "bomb", "brackets"],
)
def test_a_damaged_part_is_not_believed(data: bytes) -> None:
    """A part that is no list of files is refused, also where the head has its digest; so is one that goes too far."""
    head, parts = _part(data)
    with pytest.raises(DamagedManifestError):
        unpack(head, parts.get)


def test_an_altered_part_is_noticed() -> None:
    """A part whose bytes are not those of its digest is refused."""
    head, parts = _part(gzip.compress(b'{"a": [1, "x"]}'))
    assert unpack(head, parts.get).files == {"a": File(1, "x")}
    with pytest.raises(DamagedManifestError):
        unpack(head, lambda _: gzip.compress(b'{"a": [1, "y"]}'))


def test_the_record_holds_what_was_kept_last(tmp_path: Path) -> None:
    """This machine remembers the last manifest, and keeps no part that it no longer names."""
    work = work_folder(tmp_path, "contoh")
    record = Record(work)
    assert record.manifest() is None
    first = pack(Manifest(SITE, WHEN, many(5_000)))
    record.keep(first)
    second = pack(replace(first.manifest, files=many(5_000, "lain")))
    record.keep(second)
    kept = Record(work).manifest()
    assert kept is not None
    assert kept.files == many(5_000, "lain")
    assert record.head() == second.head
    assert {file.name for file in (work / "record").iterdir()} == second.names


def test_a_part_of_another_machine_is_learnt(tmp_path: Path) -> None:
    """What another machine has written can be built upon: its parts are kept until a manifest no longer names them."""
    theirs = pack(Manifest(SITE, WHEN, many(5_000)))
    record = Record(tmp_path)
    read = unpack(theirs.head, lambda name: record.learn(name, theirs.parts.get(name)))
    ours = pack(replace(read, files=many(5_000) | many(3, "lain")))
    assert ours.parts == {}
    record.keep(ours)
    assert (kept := Record(tmp_path).manifest()) is not None
    assert kept.files == many(5_000) | many(3, "lain")


def test_a_part_that_is_known_is_not_asked_for(tmp_path: Path) -> None:
    """Of the parts this machine has, none need come from the host, unless it is damaged here."""
    packed = pack(Manifest(SITE, WHEN, many(5_000)))
    record = Record(tmp_path)
    assert [record.part(name) for name in packed.parts] == [None] * len(packed.parts)
    record.keep(packed)
    assert {name: record.part(name) for name in packed.parts} == packed.parts
    name = min(packed.parts)
    (tmp_path / "record" / name).write_bytes(b"CONTOH")
    assert record.part(name) is None


def test_a_part_that_was_tampered_with_is_not_learnt(tmp_path: Path) -> None:
    """Only bytes of the name's digest are kept, whatever the host gives; and they mend a part that is damaged here."""
    theirs = pack(Manifest(SITE, WHEN, many(2_000)))
    record = Record(tmp_path)
    with pytest.raises(DamagedManifestError):
        unpack(theirs.head, lambda name: record.learn(name, b"CONTOH"))
    assert not (tmp_path / "record").exists()
    (tmp_path / "record").mkdir()
    for name in theirs.parts:
        (tmp_path / "record" / name).write_bytes(b"CONTOH")
    read = unpack(theirs.head, lambda name: record.learn(name, theirs.parts.get(name)))
    record.keep(pack(read))
    assert (kept := record.manifest()) is not None
    assert kept.files == many(2_000)


@pytest.mark.parametrize("digest", ["/../../../x", "\\..\\..\\x", "0123", ""])
def test_a_part_has_a_digest_for_a_name(digest: str) -> None:
    """A head whose parts lead to other files is damaged: none of these is asked for."""
    asked: list[str] = []
    with pytest.raises(DamagedManifestError):
        unpack(_head(parts=[digest]), asked.append)
    assert asked == []


def test_a_changed_address_sets_its_memory_aside(tmp_path: Path) -> None:
    """What is remembered of a host is not believed of another one, and comes back with its address."""
    work = work_folder(tmp_path, "contoh")
    for label in ("sftp://a", "sftp://b", "sftp://c"):
        settle(work, label)
        assert not (work / "record").exists()
        Record(work).keep(pack(Manifest(label, WHEN, {})))
    for label in ("sftp://b", "sftp://a", "sftp://b", "sftp://c"):
        settle(work, label)
        assert (kept := Record(work).manifest()) is not None
        assert kept.site == label


def test_a_damaged_record_is_none(tmp_path: Path) -> None:
    """A record that cannot be read is as good as none."""
    record = Record(tmp_path)
    record.keep(pack(Manifest(SITE, WHEN, many(2_000))))
    next(file for file in (tmp_path / "record").iterdir() if file.name != HEAD).write_bytes(b"CONTOH")
    assert record.manifest() is None
