"""The lines to an FTP server: so many as it bears, and one of them kept free for what must not wait."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from generator.errors import message
from generator.publish import ftp_lines
from generator.publish.ftp_access import Access
from generator.publish.ftp_lines import Lines
from generator.publish.host import lost
from generator.publish.secrets import Secret
from tests.hosting_ftp import vsftpd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Server:
    """A server that bears ``most`` lines at once."""

    def __init__(self, most: int) -> None:
        self.most, self.open = most, 0

    def connect(self, _: Access) -> Server:
        if self.open >= self.most:
            raise lost("CONTOH", message("The host cannot be reached: {error}.", error="421 too many"), message("x"))
        self.open += 1
        return self

    def close(self) -> None:
        self.open -= 1

    def quit(self) -> None:
        pass


class Borrower:
    """A thread that has a line until it is told to give it back."""

    def __init__(self, lines: Lines, *, is_small: bool = False) -> None:
        self._lines, self._is_small = lines, is_small
        self.has, self.may_go = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._borrow, daemon=True)
        self._thread.start()

    def _borrow(self) -> None:
        with self._lines.one(is_small=self._is_small):
            self.has.set()
            assert self.may_go.wait(5)

    def end(self) -> None:
        self.may_go.set()
        self._thread.join(5)
        assert not self._thread.is_alive()


@pytest.fixture
def lines_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Lines]:
    """What returns the lines for four transfers to a server that bears so many; one is there, as in any FtpHost."""

    def make(most: int) -> Lines:
        monkeypatch.setattr(ftp_lines, "Line", Server(most).connect)
        lines = Lines(Access("CONTOH", "localhost", 21, "", Secret(""), None, implicit=False), 4)
        with lines.one(is_small=True):
            return lines

    return make


def count(borrowers: list[Borrower], wanted: int) -> int:
    """Return how many have a line, once as many as are ``wanted`` have, and a moment later."""
    until = time.monotonic() + 5
    while sum(each.has.is_set() for each in borrowers) < wanted and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(0.05)
    return sum(each.has.is_set() for each in borrowers)


@pytest.mark.parametrize(("most", "transfers"), [(8, 4), (5, 4), (4, 3), (2, 1)])
def test_a_line_is_left_for_what_is_small(lines_to: Callable[[int], Lines], most: int, transfers: int) -> None:
    """While all transfers last, there is a line at once for the lock, though one transfer fewer may be under way."""
    lines = lines_to(most)
    borrowers = [Borrower(lines) for _ in range(4)]
    assert count(borrowers, transfers) == transfers
    for _ in range(3):
        small = Borrower(lines, is_small=True)
        assert small.has.wait(5)
        small.end()
    for each in borrowers:
        each.may_go.set()
    assert count(borrowers, 4) == 4
    for each in borrowers:
        each.end()


def test_what_is_small_comes_first(lines_to: Callable[[int], Lines]) -> None:
    """Where a server bears a single line, the lock gets it when it is given back, and the transfers wait."""
    lines = lines_to(1)
    first = Borrower(lines)
    assert first.has.wait(5)
    others = [Borrower(lines) for _ in range(3)]
    assert count(others, 0) == 0
    small = Borrower(lines, is_small=True)
    assert not small.has.wait(0.05)
    first.end()
    assert small.has.wait(5)
    assert count(others, 0) == 0
    small.end()
    for each in others:
        each.may_go.set()
    assert count(others, 3) == 3
    for each in others:
        each.end()


def test_a_server_with_no_room_for_a_second_line_serves_with_one(lines_to: Callable[[int], Lines]) -> None:
    """A transfer that would leave one line for the lock takes it where the server bears no other."""
    lines = lines_to(1)
    for is_small in (True, False, True, False):
        with lines.one(is_small=is_small):
            pass


@pytest.mark.parametrize("step", ["Line", "_alive"])
def test_ctrl_c_takes_no_line_away(
    lines_to: Callable[[int], Lines], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Where a server bears a single line, breaking off while it is made or tried leaves room to let go of the lock."""
    lines = lines_to(1)
    with lines.one():
        pass
    if step == "Line":
        lines.close()

    def interrupted(_: object) -> Server:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(ftp_lines, step, interrupted)
        broken.setattr(ftp_lines, "FRESH", -1.0)
        with pytest.raises(KeyboardInterrupt), lines.one(is_small=True):
            pass
    small = Borrower(lines, is_small=True)
    assert small.has.wait(1)
    small.end()


@pytest.mark.server
def test_the_lock_is_read_and_written_while_all_transfers_last(tmp_path: Path) -> None:
    """While as many files are under way as there are lanes, the lock is read and renewed."""
    folder = tmp_path / "vsftpd"
    folder.mkdir()
    with vsftpd(folder, tls=False, more="anon_max_rate=200000\n") as server:
        host = server.host()
        host.write(".adpim-lock.json", b"CONTOH")
        data = bytes(400_000)  # two seconds
        threads = [threading.Thread(target=host.write, args=(f"f{n}.mp4", data)) for n in range(host.lanes)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        assert host.read(".adpim-lock.json", 4096) == b"CONTOH"
        host.write(".adpim-lock.json", b"lagi")
        assert all(thread.is_alive() for thread in threads)
        for thread in threads:
            thread.join()
        host.close()
