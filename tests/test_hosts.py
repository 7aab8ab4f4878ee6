"""What holds for every host, whatever its kind: each fact is asked of a real one."""

from __future__ import annotations

import contextlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from generator.publish.host import PART, LostError, RefusedError
from tests.hosting import BUCKETS, LOCAL, Proxy
from tests.hosting_ftp import FTP_KINDS, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.publish.host import Host
    from tests.hosting import Stand

pytestmark = pytest.mark.server

NAMES = (
    "index.html",
    ".htaccess",
    "2026/11/rilis-contoh/index.html",
    "foto/dua kata & tanda'kutip.jpg",
    "foto/kahayan–ñandú-日本.webp",
    "foto/100%25#1+2.txt",
    "-berawal-tanda.txt",
)


@pytest.fixture(params=KINDS)
def stand(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Each kind of host in turn."""
    with contextlib.contextmanager(KINDS[request.param])(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture(params=[kind for kind in KINDS if kind not in LOCAL])
def far(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    """Each kind of host at the other end of a line."""
    with contextlib.contextmanager(KINDS[request.param])(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def host(stand: Stand) -> Iterator[Host]:
    """The host, connected."""
    with contextlib.closing(stand.open()) as connected:
        yield connected


def test_a_host_without_a_folder_is_empty(host: Host) -> None:
    """Where nothing was published yet, there is nothing, and nothing is wrong."""
    assert host.listing() == {}
    assert host.read("index.html") is None
    host.remove("2026/index.html")


def test_what_was_written_is_there(host: Host, stand: Stand) -> None:
    """A file arrives under its name and no other, byte for byte, whatever the name."""
    for name in NAMES:
        host.write(name, f"CONTOH {name}".encode())
    for name in NAMES:
        assert host.read(name) == stand.get(name) == f"CONTOH {name}".encode()
    listed = host.listing()
    assert set(listed) == stand.names() == set(NAMES)
    assert all(listed[name].size == len(f"CONTOH {name}".encode()) for name in NAMES)


def test_what_others_put_there_is_listed(host: Host, stand: Stand) -> None:
    """Files that are not ours are seen too, hidden ones and empty ones among them."""
    host.write("index.html", b"CONTOH")
    for name in ("wp-login.php", ".well-known/contoh.txt", "a/b/c/.htaccess"):
        stand.put(name, b"")
    assert set(host.listing()) == {"index.html", "wp-login.php", ".well-known/contoh.txt", "a/b/c/.htaccess"}
    assert host.listing()["wp-login.php"].size == 0
    assert host.read("wp-login.php") == b""


def test_a_file_is_replaced(host: Host, stand: Stand) -> None:
    """Writing again replaces what was there, also by less, and leaves nothing beside it."""
    host.write("a/index.html", b"CONTOH satu " * 10_000)
    host.write("a/index.html", b"dua")
    host.write("a/kosong.txt", b"")
    assert (stand.get("a/index.html"), stand.get("a/kosong.txt")) == (b"dua", b"")
    assert stand.names() == {"a/index.html", "a/kosong.txt"}


def test_a_big_file_travels_whole(host: Host) -> None:
    """Five megabytes arrive and come back."""
    data = os.urandom(5 << 20)
    host.write("foto/besar.jpg", data)
    assert host.read("foto/besar.jpg") == data


def test_a_file_is_created_once(host: Host, stand: Stand) -> None:
    """Of many who create a file at the same time one succeeds, and its bytes are there until they are removed."""
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda number: host.create(".adpim-lock", b"CONTOH %d" % number), range(8)))
    assert made.count(True) == 1
    winner = b"CONTOH %d" % made.index(True)
    assert host.read(".adpim-lock") == winner
    assert set(host.listing()) == {".adpim-lock"}
    assert not host.create(".adpim-lock", b"lain")
    assert host.read(".adpim-lock") == winner
    host.write(".adpim-lock", b"CONTOH diperbarui")
    assert host.read(".adpim-lock") == b"CONTOH diperbarui"
    host.remove(".adpim-lock")
    assert host.read(".adpim-lock") is None
    assert stand.names() == set()
    assert host.create(".adpim-lock", b"lagi")


@pytest.mark.parametrize("stand", [kind for kind in KINDS if kind not in BUCKETS], indirect=True)
def test_a_file_is_whole_once_it_is_created(stand: Stand) -> None:
    """Whoever looks for a file while it is created finds none or the whole of it, also over a line that is slow."""
    data = b"CONTOH " * 200_000
    with contextlib.ExitStack() as ends:
        port = ends.enter_context(Proxy(stand.port, delay=0.02)).port if stand.reopen else 0
        host = ends.enter_context(contextlib.closing(stand.reopen(port) if stand.reopen else stand.open()))
        host.write("index.html", b"CONTOH")
        done, met = threading.Event(), set[bytes | None]()

        def look() -> None:
            while not done.is_set():
                with contextlib.suppress(FileNotFoundError):  # it was removed just now
                    met.add(stand.get(".adpim-lock"))

        looker = threading.Thread(target=look)
        looker.start()
        for _ in range(2):
            assert host.create(".adpim-lock", data)
            host.remove(".adpim-lock")
        done.set()
        looker.join()
    assert {None if each is None else len(each) for each in met} <= {None, len(data)}
    assert stand.names() == {"index.html"}


@pytest.mark.parametrize("stand", [kind for kind in KINDS if kind not in BUCKETS], indirect=True)
def test_a_file_is_moved_once(host: Host, stand: Stand) -> None:
    """Of many who move a file at the same time, each to a name of his own, one succeeds; the others are refused."""

    def move(number: int) -> bool:
        try:
            host.move(".adpim-lock", f".adpim-{number}.part")
        except RefusedError:
            return False
        return True

    for _ in range(5):
        host.write(".adpim-lock", b"CONTOH")
        with ThreadPoolExecutor(8) as threads:
            moved = list(threads.map(move, range(8)))
        assert moved.count(True) == 1
        assert stand.names() == {f".adpim-{moved.index(True)}.part"}
        host.remove(f".adpim-{moved.index(True)}.part")


def test_what_is_removed_takes_its_empty_folders_along(host: Host, stand: Stand) -> None:
    """Removing the last file of a folder removes the folder, but not one in which something else stands."""
    for name in ("2026/11/a/index.html", "2026/11/b/index.html", "2025/x.html"):
        host.write(name, b"CONTOH")
    host.remove("2026/11/a/index.html")
    host.remove("2025/x.html")
    host.remove("2025/x.html")
    assert set(host.listing()) == stand.names() == {"2026/11/b/index.html"}
    host.write("2025/x.html", b"CONTOH")
    assert host.read("2025/x.html") == b"CONTOH"


def test_a_file_is_moved(host: Host, stand: Stand) -> None:
    """A file can be renamed into a folder that is not there yet."""
    stand.put("jahat.php", b"CONTOH")
    host.move("jahat.php", "karantina/2026/jahat.php.txt")
    assert set(host.listing()) == {"karantina/2026/jahat.php.txt"}
    assert host.read("karantina/2026/jahat.php.txt") == b"CONTOH"


def test_a_file_is_moved_out_of_the_site_or_stays(host: Host, stand: Stand) -> None:
    """Moving a file beside the site's folder works, or is refused and leaves the file where it is."""
    stand.put("jahat.php", b"CONTOH")
    try:
        host.move("jahat.php", "../karantina/jahat.php.txt")
    except RefusedError:
        assert host.read("jahat.php") == b"CONTOH"
    else:
        assert host.listing() == {}


@pytest.mark.parametrize("name", ["", "../luar.txt", "/etc/contoh", "a//b", "a/../../b", "a/./b", "a\0b"])
def test_no_file_is_written_outside(host: Host, stand: Stand, name: str) -> None:
    """A name that leads out of the site's folder is refused, in each call."""
    calls = (host.read, host.remove, lambda n: host.write(n, b""), lambda n: host.create(n, b""))
    for call in (*calls, lambda n: host.move(n, "b")):
        with pytest.raises(RefusedError):
            call(name)
    assert stand.names() == set()


def test_a_reader_never_meets_half_a_file(host: Host, stand: Stand) -> None:
    """While a file is replaced over and over, whoever reads it gets one of its versions, whole."""
    versions = [bytes([48 + number]) * 300_000 for number in range(4)]
    host.write("index.html", versions[0])
    done = threading.Event()
    met: list[bytes] = []

    def look() -> None:
        while not done.is_set():
            met.append(host.read("index.html") or b"")

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(24):
        host.write("index.html", versions[number % 4])
    done.set()
    reader.join()
    assert met
    wrong = [len(data) for data in met if data not in versions]
    assert not wrong or (wrong == [0] * len(wrong) and not stand.renames_over)


@pytest.mark.slow
def test_a_thousand_files_by_many_threads(host: Host, stand: Stand) -> None:
    """A thousand files in as many folders arrive through all lanes at once."""
    files = {f"2026/{number % 12:02}/contoh-{number}/index.html": b"CONTOH %d" % number for number in range(1_000)}
    with ThreadPoolExecutor(host.lanes) as threads:
        list(threads.map(lambda file: host.write(file, files[file]), files))
        listed = host.listing()
        assert {file: entry.size for file, entry in listed.items()} == {file: len(d) for file, d in files.items()}
        assert dict(zip(files, threads.map(host.read, files), strict=True)) == files
        list(threads.map(host.remove, files))
    assert host.listing() == {}
    assert stand.names() == set()


@pytest.mark.parametrize("far", [kind for kind in KINDS if kind not in LOCAL | FTP_KINDS], indirect=True)
def test_a_line_that_breaks_leaves_no_half_file(far: Stand) -> None:
    """Wherever the line breaks in the midst of writing, the name holds the old bytes; the next call connects anew."""
    assert far.reopen is not None
    old, new = b"lama" * 1_000, os.urandom(1_000_000)
    far.put("index.html", old)
    for left in (20_000, 300_000, 900_000):
        with Proxy(far.port, cut_after=left) as line, contextlib.closing(far.reopen(line.port)) as host:
            with pytest.raises(LostError):
                host.write("index.html", new)
            assert line.was_cut
            assert far.get("index.html") == old
            assert all(name == "index.html" or name.rpartition("/")[2].startswith(PART) for name in far.names())
            host.write("lain.html", b"CONTOH")
            assert host.read("lain.html") == b"CONTOH"
            host.remove("lain.html")


def test_a_host_that_is_not_there_is_lost(far: Stand) -> None:
    """Where nobody listens, another try may succeed."""
    assert far.reopen is not None
    with Proxy(far.port) as gone:
        port = gone.port
    with pytest.raises(LostError):
        far.reopen(port)


@pytest.mark.parametrize("stand", [kind for kind in KINDS if kind not in BUCKETS], indirect=True)
def test_what_the_host_refuses_is_said(host: Host, stand: Stand) -> None:
    """Where a file stands in the way of a folder, writing is refused, and the file stays."""
    stand.put("a", b"CONTOH")
    with pytest.raises(RefusedError) as caught:
        host.write("a/index.html", b"CONTOH")
    assert caught.value.problems[0].path == host.label
    assert stand.names() == {"a"}
