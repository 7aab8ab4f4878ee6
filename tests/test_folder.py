"""What is a folder's own as a host: the disk of this machine."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.i18n import say
from generator.publish.host import CLOSED, RefusedError
from generator.publish.opening import open_host
from tests.hosting import secrets, target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.host import Host


@pytest.fixture
def host(tmp_path: Path) -> Host:
    """A folder whose name holds what an address must quote."""
    (tmp_path / "situs kami 100%").mkdir()
    return open_host(target(f"file://{tmp_path.as_posix()}/situs%20kami%20100%25"), secrets())


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """A limit on the size of files, which ends a write in its midst as a full disk does.

    It holds for the process: for no longer than the write, or pytest's own report could not be written.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk(host: Host, tmp_path: Path) -> None:
    """Where there is no space for all of a file, it is refused, and the old one stays without anything beside it."""
    host.write("a/index.html", b"CONTOH")
    for call in (host.write, host.create):
        with full_disk(), pytest.raises(RefusedError) as caught:
            call("a/index.html" if call == host.write else ".adpim-lock", b"x" * 10_000)
        assert say(caught.value.problems[0].what, "en") == "The host refuses: File too large."
    folder = tmp_path / "situs kami 100%"
    assert {path.name for path in folder.rglob("*")} == {"a", "index.html"}
    assert host.read("a/index.html") == b"CONTOH"


def test_where_there_are_no_links_a_file_is_created_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without links a file is created all the same, by one of many, and nothing is left beside it."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "CONTOH")

    monkeypatch.setattr(os, "link", refuse)
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda number: host.create(".adpim-lock", b"%d" % number), range(8)))
    assert made.count(True) == 1
    assert host.read(".adpim-lock") == b"%d" % made.index(True)
    with full_disk(), pytest.raises(RefusedError):
        host.create(".adpim-lain", b"x" * 10_000)
    assert set(host.listing()) == {".adpim-lock"}


def test_links_are_listed_and_not_followed(host: Host, tmp_path: Path) -> None:
    """A link to a folder is one file, and removing it removes nothing behind it."""
    folder = tmp_path / "situs kami 100%"
    (tmp_path / "lain").mkdir()
    (tmp_path / "lain" / "b.txt").write_bytes(b"CONTOH")
    (folder / "pintas").symlink_to(tmp_path / "lain", target_is_directory=True)
    assert set(host.listing()) == {"pintas"}
    host.remove("pintas")
    assert host.listing() == {}
    assert (tmp_path / "lain" / "b.txt").exists()
    host.close()


def test_a_folder_that_may_not_be_entered(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder into which we are not let is listed by its name; where it is the site's own, that is told."""
    host.write("a/b.txt", b"CONTOH")
    host.write("c.txt", b"CONTOH")
    enter, closed = os.scandir, "a"

    def scandir(folder: Path) -> object:
        if Path(folder).name == closed:
            raise PermissionError(13, "CONTOH")
        return enter(folder)

    monkeypatch.setattr(os, "scandir", scandir)
    assert set(host.listing()) == {"a", "c.txt"}
    assert host.listing()["a"] == CLOSED
    closed = tmp_path.name
    monkeypatch.setattr(host, "_folder", tmp_path)
    with pytest.raises(RefusedError):
        host.listing()


def test_a_folder_that_has_gone_is_no_finding(host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be found is listed while the one above names it, as where a path is too long for Windows."""
    host.write("a/b.txt", b"CONTOH")
    host.write("c.txt", b"CONTOH")
    enter, goes = os.scandir, False
    folder = tmp_path / "situs kami 100%"

    def scandir(path: str) -> object:
        if Path(path).name == "a":
            if goes:
                (folder / "a/b.txt").unlink()
                (folder / "a").rmdir()
            raise FileNotFoundError(2, "CONTOH")
        return enter(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert host.listing()["a"] == CLOSED
    goes = True
    assert set(host.listing()) == {"c.txt"}


def test_a_disk_that_fails_is_no_closed_folder(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk or the mount fails nothing is listed: the folder is not taken for one that is closed."""
    host.write("a/b.txt", b"CONTOH")
    enter = os.scandir

    def scandir(path: str) -> object:
        if Path(path).name == "a":
            raise OSError(errno.EIO, "CONTOH")
        return enter(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(RefusedError):
        host.listing()
