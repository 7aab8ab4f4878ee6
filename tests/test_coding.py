"""Text that is stored compressed: always the same bytes, known for the same text whoever compressed it."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import random
import zlib
from typing import TYPE_CHECKING

import pytest

from generator.publish import coding, hashes, patience
from generator.publish.coding import GZIP, compress, is_compressed, is_text_of, stored, unpacked
from generator.publish.delivery import Delivery
from generator.publish.guard import check
from generator.publish.hashes import Hashes
from generator.publish.host import LostError
from generator.publish.journal import Journal
from generator.publish.manifest import HEAD, DamagedManifestError, File, Manifest, digest_of, pack, unpack
from generator.publish.patience import Stop
from generator.publish.record import Record
from generator.publish.repair import put_back
from generator.publish.schedule import is_due
from generator.publish.suspects import MOST_SEEN, Weight, altered_page, suspect
from generator.signature import signature
from tests.newsroom import Quiet, release
from tests.publishing import BASE, Meter, Office, first_state, second_state, site_files
from tests.test_publish_memory import Bucket

if TYPE_CHECKING:
    from pathlib import Path

    from tests.newsroom import Newsroom

PAGE = b"<!doctype html><p>CONTOH beranda</p>" * 40
AWAY = b'<!doctype html><script src="https://judi.example/x.js"></script>' + b"<p>CONTOH</p>" * 40


def test_the_same_text_becomes_the_same_bytes() -> None:
    """Gzip holds the text, no time and no kind of system; whoever reads it gets the text back."""
    packed = compress(PAGE)
    assert packed == compress(PAGE)
    assert (packed[4:8], packed[9]) == (b"\0\0\0\0", 255)
    assert gzip.decompress(packed) == unpacked(packed, 1 << 20) == PAGE


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("foto/a.jpg", PAGE),
        ("static/huruf.woff2", PAGE),
        ("2026/11/a/foto.zip", PAGE),
        (".htaccess", PAGE),
        ("index.html", b"CONTOH"),
        ("kosong.txt", b""),
    ],
)
def test_what_would_not_become_smaller_stays(file: str, data: bytes) -> None:
    """Pictures, fonts, archives and what gets no smaller are stored as they are, and not said to be compressed."""
    assert stored(file, data) == (File(len(data), digest_of(data)), data)
    assert not is_compressed(file, data)


@pytest.mark.parametrize(
    "file", ["index.html", "topik/a/atom.xml", "feed.json", "static/a.01234567.css", ".nginx.conf"]
)
def test_text_is_stored_compressed(file: str) -> None:
    """What web servers would compress is known by the bytes that are stored, and by the text that they hold."""
    each, packed = stored(file, PAGE)
    assert each == File(len(packed), digest_of(packed), digest_of(PAGE))
    assert is_compressed(file, packed)
    assert not is_compressed(file, PAGE)
    with pytest.raises(UnicodeDecodeError):
        GZIP.decode()  # so no text can be taken for compressed


def test_gzip_with_a_texts_name_is_compressed_once_more() -> None:
    """An archive that somebody called a text is stored so that readers get it, though it becomes no smaller."""
    archive = compress(os.urandom(99))
    each, packed = stored("static/data.01234567.txt", archive)
    assert each.text == digest_of(archive)
    assert is_compressed("static/data.01234567.txt", packed)
    assert unpacked(packed, 1 << 20) == archive


def test_the_manifests_parts_are_archives() -> None:
    """What is gzip by its own nature is not told to readers as text that was compressed."""
    assert not is_compressed(".adpim-site-0123.gz", compress(PAGE))


def test_damaged_gzip_is_read_as_browsers_read_it() -> None:
    """What can be unpacked is seen: of a file that ends too early, has a wrong sum, or has something behind it."""
    packed = compress(os.urandom(500).hex().encode() + PAGE)
    whole = gzip.decompress(packed)
    assert unpacked(packed[:-8] + b"\0" * 8, 1 << 20) == whole
    assert unpacked(packed + b"CONTOH", 1 << 20) == whole
    assert whole.startswith(unpacked(packed[:200], 1 << 20))
    assert len(unpacked(packed[:200], 1 << 20)) > 100
    assert unpacked(PAGE, 1 << 20) == PAGE


@pytest.mark.parametrize("place", [10, 11, 300, 65_546, 70_000, 150_000, -9, -8, -1])
def test_damage_is_come_up_to(place: int) -> None:
    """Of damaged gzip all is seen that could be unpacked byte by byte, wherever the damage is."""
    packed = bytearray(compress(random.Random(7).randbytes(150_000).hex().encode()))
    packed[place] ^= 255
    unpacker, found = zlib.decompressobj(wbits=31), bytearray()
    with contextlib.suppress(zlib.error):
        for sign in packed:
            found += unpacker.decompress(bytes([sign]))
    assert unpacked(bytes(packed), 1 << 20) == found
    assert unpacked(bytes(packed), 1000) == found[:1000]


@pytest.mark.parametrize(
    "data",
    [
        compress(PAGE) + compress(AWAY),
        compress(PAGE) + b"CONTOH",
        compress(PAGE)[:-8],
        compress(PAGE)[:-8] + b"\0" * 8,
        compress(PAGE)[:3] + b"\x10" + compress(PAGE)[4:10] + AWAY + b"\0" + compress(PAGE)[10:],
        PAGE,
    ],
    ids=["two", "tail", "cut", "sum", "comment", "plain"],
)
def test_text_is_believed_alone(data: bytes) -> None:
    """Bytes that hold our text count as it only if they hold nothing else and are undamaged."""
    whole = compress(PAGE)
    assert is_text_of(whole, File(len(whole), digest_of(whole), digest_of(PAGE)), len(PAGE))
    assert not is_text_of(whole, File(len(whole), digest_of(whole), digest_of(PAGE)), len(PAGE) - 1)
    assert unpacked(data, len(PAGE)).startswith(PAGE)
    assert not is_text_of(data, File(len(data), digest_of(data), digest_of(PAGE)), len(PAGE))


def test_a_bomb_is_unpacked_to_a_bound() -> None:
    """Of a few kilobytes that hold a hundred megabytes no more is unpacked than is looked into, and it is no page."""
    bomb = compress(b"\0" * (100 << 20))
    assert len(bomb) < 200_000
    for said in (bomb, bomb[:-8] + b"\0" * 8):
        assert len(unpacked(said, MOST_SEEN)) == MOST_SEEN
    small = compress(PAGE)[:-8] + b"\0" * 8
    assert unpacked(small, len(PAGE)) == PAGE
    assert suspect("slot.html", bomb, "contoh.example") is None


@pytest.mark.parametrize(
    ("file", "data", "weight"),
    [
        ("slot.html", AWAY, Weight.ELSEWHERE),
        ("slot", AWAY, Weight.ELSEWHERE),
        ("foto.jpg", b"<?php system($_GET['x']);" * 9, Weight.PROGRAM),
        ("unduh.txt", b"MZ CONTOH" * 9, Weight.EXECUTABLE),
    ],
)
def test_foreign_files_are_looked_into(file: str, data: bytes, weight: Weight) -> None:
    """What a foreign file is does not hide behind compression."""
    for said in (data, compress(data), compress(data)[:-8] + b"\0" * 8):
        found = suspect(file, said, "contoh.example")
        assert found is not None
        assert found.weight == weight
    assert altered_page("a.html", compress(AWAY), "contoh.example") is not None
    assert altered_page("a.html", compress(PAGE), "contoh.example") is None


def test_only_what_changed_is_compressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is compressed once as long as it stays as it is; all are once more where zlib became another one."""
    files = {f"{n}.html": PAGE + b"%d" % n for n in range(5)} | {"a.jpg": PAGE}
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    made: list[bytes] = []

    def counted(data: bytes, level: int = 9) -> bytes:
        made.append(data)
        return gzip.compress(data, level, mtime=0)

    def take() -> dict[str, File]:
        made.clear()
        taken = Hashes(tmp_path, tmp_path / "digests.json", compresses=True)
        found = taken.files({file: signature((tmp_path / file).stat()) for file in files})
        md5 = {
            file: hashlib.md5(counted(data) if file != "a.jpg" else data).hexdigest() for file, data in files.items()
        }
        del made[-5:]
        assert {file: taken.md5(file) for file in files} == md5 or level != 9
        taken.save()
        assert len(set(made) - set(files.values())) == 1  # the sample by which zlib is known
        made[:] = [data for data in made if data in files.values()]
        return found

    level = 9
    monkeypatch.setattr(coding, "compress", counted)
    monkeypatch.setattr(hashes, "as_stored", lambda _data, _file: pytest.fail("compressed once more"))
    first = take()
    assert len(made) == 5
    assert take() == first
    assert made == []
    (tmp_path / "3.html").write_bytes(PAGE + b"lain")
    files["3.html"] = PAGE + b"lain"
    assert take() != first
    assert made == [PAGE + b"lain"]
    level = 1
    monkeypatch.setattr(coding, "compress", lambda data: counted(data, 1))
    take()
    assert len(made) == 5


def test_compressors_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever makes zlib write other bytes shows in its sign: how hard it looks, what it prefers, what it holds."""
    signs = set[str]()
    ways = [(level, memory, strategy) for level in range(4, 10) for memory in (8, 9) for strategy in (0, 1)]
    for level, memory, strategy in ways:

        def compress(data: bytes, level: int = level, memory: int = memory, strategy: int = strategy) -> bytes:
            packer = zlib.compressobj(level, zlib.DEFLATED, 31, memory, strategy)
            return packer.compress(data) + packer.flush()

        monkeypatch.setattr(coding, "compress", compress)
        signs.add(coding.compressor())
    assert len(signs) == len(ways)


def test_a_manifest_says_which_text_is_stored() -> None:
    """The text of a compressed file stands in the manifest and the journal; what is none is refused."""
    files = {"a.html": File(9, "x", "y"), "b.jpg": File(8, "z")}
    packed = pack(Manifest(BASE, "", files))
    assert unpack(packed.head, packed.parts.get).files == files
    newer = pack(Manifest(BASE, "", files | {"c.html": File(7, "p", "q")}, parts=packed.manifest.parts, stored=files))
    said = gzip.decompress(newer.head)
    assert b'"c.html":[7,"p","q"]' in said
    assert unpack(newer.head, packed.parts.get).files["c.html"] == File(7, "p", "q")
    for wrong in (b'[7,"p",1]', b'[7,"p","q","r"]', b"[7]"):
        with pytest.raises(DamagedManifestError):
            unpack(gzip.compress(said.replace(b'[7,"p","q"]', wrong)), packed.parts.get)


def test_a_journal_says_which_text_is_stored(tmp_path: Path) -> None:
    """What a cut publish has sent is known in its stored form."""
    journal = Journal(tmp_path)
    journal.begin("", None)
    journal.tries("a.html", File(9, "x", "y"))
    journal.puts("a.html")
    past = journal.past()
    assert past is not None
    assert past.put == {"a.html": File(9, "x", "y")}


def readable(host: Bucket) -> dict[str, bytes]:
    """Return what readers get of a bucket."""
    return {file: unpacked(data, 1 << 30) for file, data in site_files(host.files).items()}


def other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine compress as another would."""
    monkeypatch.setattr(coding, "compress", lambda data: gzip.compress(data, 1, mtime=0))


class TestAnotherMachine:
    """Two machines of which the compressors write other bytes for the same text."""

    def test_the_same_text_is_not_sent_again(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where zlib has become another one, only what changed is sent, and nothing is due or read back for that."""
        host = Bucket()
        office = Office(newsroom, host, compresses=True)
        first_state(newsroom)
        office.publish()
        other(monkeypatch)
        built = office.build()
        assert not is_due(office.work, built.wanted.files, BASE)
        assert office.offer(built).plan.is_empty
        assert host.fetched == []
        second_state(newsroom)
        before = readable(host)
        offer = office.publish()
        assert all(before.get(file) != data for file, data in newsroom.files().items() if file in offer.plan.sent)
        assert readable(host) == newsroom.files()
        assert offer.plan.altered == ()
        office.take_back()
        assert readable(host) == before

    def test_another_machines_list_is_believed_of_text_that_is_there(
        self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A machine that knows nothing reads back what another has compressed, and sends none of it again."""
        host = Bucket()
        first_state(newsroom)
        Office(newsroom, host, compresses=True).publish()
        other(monkeypatch)
        office = Office(newsroom, host, name="lain", compresses=True)
        offer = office.publish()
        assert offer.plan.sent == ()
        assert readable(host) == newsroom.files()
        host.fetched.clear()
        assert office.offer().plan.is_empty
        assert host.fetched == []

    def test_the_guard_puts_back_what_another_zlib_wrote(
        self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where zlib has become another one, the guard puts text back in this one's form, and takes that for ours."""
        host = Bucket()
        office = Office(newsroom, host, compresses=True)
        first_state(newsroom)
        office.publish()
        other(monkeypatch)
        page, list_of_files = host.files["404.html"], host.files[HEAD]
        host.files["404.html"] = page[:-1] + bytes([page[-1] ^ 1])
        del host.files["koreksi/index.html"]
        expected, house = office.expected(), {HEAD: list_of_files}.get
        found = check(host, expected, Quiet()).findings
        assert [(each.file, each.kind) for each in found] == [
            ("404.html", "altered"),
            ("koreksi/index.html", "missing"),
        ]
        assert put_back(host, found, expected, house, Quiet()).failed == ()
        assert readable(host) == newsroom.files()
        newsroom.write({"output/404.html": "CONTOH dibangun lagi"})  # so it is known without what was built
        assert check(host, expected, Quiet()).findings == ()
        host.files["404.html"] += b"CONTOH"
        assert [each.file for each in check(host, expected, Quiet()).findings] == ["404.html"]
        host.files["404.html"] = host.files["404.html"].removesuffix(b"CONTOH")
        office.publish()
        assert host.arrived[-1] == HEAD
        assert "404.html" not in host.arrived[-2:]
        assert check(host, office.expected(), Quiet()).findings == ()

    @pytest.mark.parametrize("size", [0, 100_000])
    def test_a_list_that_lies_is_not_believed(self, newsroom: Newsroom, size: int) -> None:
        """Whoever writes a list that calls other bytes our text is found out: ours are sent, and remembered."""
        host = Bucket()
        first_state(newsroom)
        office = Office(newsroom, host, compresses=True)
        office.publish()
        manifest = unpack(host.files[HEAD], host.files.get)
        evil = compress(AWAY) + os.urandom(size)
        lie = File(len(evil), digest_of(evil), manifest.files["index.html"].text)
        packed = pack(Manifest(BASE, "2026", {**manifest.files, "index.html": lie}))
        host.files |= {**packed.parts, HEAD: packed.head, "index.html": evil}
        offer = office.publish()
        assert offer.plan.altered == ("index.html",)
        assert readable(host) == newsroom.files()
        noted = Record(office.work).manifest()
        assert noted is not None
        assert noted.files["index.html"] == manifest.files["index.html"]

    @pytest.mark.parametrize("head", [None, b"CONTOH"])
    def test_a_list_lost_on_the_host_costs_no_text(
        self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, head: bytes | None
    ) -> None:
        """What this machine remembers of another zlib's text is proved by reading it back; what was altered is sent."""
        host = Bucket()
        first_state(newsroom)
        office = Office(newsroom, host, compresses=True)
        office.publish()
        other(monkeypatch)
        host.files.pop(HEAD)
        if head is not None:
            host.files[HEAD] = head
        page = host.files["404.html"]
        host.files["404.html"] = page[:-1] + bytes([page[-1] ^ 1])
        assert office.publish().plan.sent == ("404.html",)
        assert readable(host) == newsroom.files()
        assert office.offer().plan.is_empty

    def test_a_lost_list_costs_the_text(self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without any list, what another zlib has compressed is sent again; what this one has is not."""
        host = Bucket()
        first_state(newsroom)
        Office(newsroom, host, compresses=True).publish()
        del host.files[HEAD]
        assert Office(newsroom, host, name="baru", compresses=True).offer().plan.sent == ()
        other(monkeypatch)
        sent = Office(newsroom, host, name="lain", compresses=True).offer().plan.sent
        assert "index.html" in sent
        assert not [file for file in sent if file.endswith((".png", ".webp", ".jpg"))]


def test_what_stood_there_uncompressed_goes_over(newsroom: Newsroom) -> None:
    """Text of an older version is sent once more, compressed; that is said, is nobody's attack, and fetches nothing."""
    host = Bucket()
    first_state(newsroom)
    Office(newsroom, host).publish()
    before = dict(host.files)
    office = Office(newsroom, host, compresses=True)
    built = office.build()
    assert is_due(office.work, built.wanted.files, BASE)
    offer = office.publish(built)
    assert any("uncompressed" in note.msgid for note in offer.standing.notes)
    assert (offer.plan.altered, offer.plan.new, offer.plan.before) == ((), (), {})
    assert host.fetched == []
    assert readable(host) == newsroom.files() == site_files(before)
    assert len(host.files["index.html"]) < len(before["index.html"])
    assert office.offer().plan.is_empty
    assert office.offer().standing.notes == ()
    second_state(newsroom)
    office.publish()
    with Delivery(office.call(), Stop()) as delivery:
        back = delivery.offer_back(newsroom.root / "output")
    assert back is not None
    assert back.lacking == ()
    office.take_back()
    assert readable(host) == site_files(before)


def cut_going_over(newsroom: Newsroom, host: Bucket, cut: int, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Go over to compressed text, but for a line that breaks for good at operation number ``cut``."""
    monkeypatch.setattr(patience, "PAUSES", ())
    office = Office(newsroom, host, compresses=True)
    built = office.build()
    with Delivery(office.call(), Stop()) as delivery:
        offer = delivery.offer(built.report.folder, built.wanted, built.report.lists)
        host.cut, host.cut_after = host.count + cut, True
        with pytest.raises(LostError):
            delivery.carry_out(offer, Meter())
    host.cut = None
    return office


@pytest.mark.parametrize("cut", [13, 20, 36])
class TestCutGoingOver:
    """A publish that only compresses what stands there is cut: some text is there in its new form, some is not."""

    def test_the_next_publish_can_be_taken_back(
        self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, cut: int
    ) -> None:
        """What the next publish replaces is kept in whatever form it stood, so that nothing lacks."""
        host = Bucket()
        first_state(newsroom)
        Office(newsroom, host).publish()
        before = site_files(host.files)
        office = cut_going_over(newsroom, host, cut, monkeypatch)
        second_state(newsroom)
        office.publish()
        assert readable(host) == newsroom.files()
        with Delivery(office.call(), Stop()) as delivery:
            back = delivery.offer_back(newsroom.root / "output")
        assert back is not None
        assert back.lacking == ()
        office.take_back()
        assert readable(host) == before

    def test_the_last_publish_can_be_taken_back(
        self, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, cut: int
    ) -> None:
        """Text that stands compressed already stays so: its old form need not be had, nor be sent."""
        host = Bucket()
        first_state(newsroom)
        Office(newsroom, host).publish()
        before = site_files(host.files)
        newsroom.release("rilis-6.md", release("CONTOH 6", "2026-10-06", body="CONTOH lain.", tags="[CONTOH]"))
        Office(newsroom, host).publish()
        office = cut_going_over(newsroom, host, cut, monkeypatch)
        style = next(file for file in host.files if file.endswith(".css"))
        assert host.files[style].startswith(GZIP)
        newsroom.release("rilis-1.md", release("CONTOH 1", "2026-10-01", body="CONTOH lain.", tags="[CONTOH]"))
        newsroom.build()
        assert style not in office.take_back().plan.sent
        assert readable(host) == before


def test_zlib_says_gzip_as_it_is_read_here() -> None:
    """The header is that of RFC 1952: deflate, no extra fields, the best level."""
    assert compress(PAGE)[:10] == GZIP + bytes((0, 0, 0, 0, 0, 2, 255))
    assert zlib.decompress(compress(PAGE)[10:-8], -15) == PAGE
