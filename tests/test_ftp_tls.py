"""The line of commands under TLS: all that has come is taken in at once, and nothing of it is lost."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import closing
from typing import TYPE_CHECKING, cast

import pytest

from generator.publish.ftp_tls import SecuredLine
from tests.hosting_ftp import certified

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.server

LINES = [f"213-CONTOH {number}" for number in range(100)]


class Counted:
    """A socket that counts how often the system is asked for what has come."""

    def __init__(self, inner: socket.socket) -> None:
        self.inner, self.asked = inner, 0

    def recv(self, size: int) -> bytes:
        """Return what has come."""
        self.asked += 1
        return self.inner.recv(size)

    def sendall(self, data: bytes) -> None:
        """Send."""
        self.inner.sendall(data)

    def close(self) -> None:
        """Hang up."""
        self.inner.close()


class Talk:
    """A line to a server that does ``deed`` once hands were shaken."""

    def __init__(self, folder: Path, deed: Callable[[ssl.SSLSocket], None]) -> None:
        certificate = certified(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, folder / "key.pem")
        theirs, ours = socket.socketpair()
        ours.settimeout(20)

        def serve() -> None:
            with context.wrap_socket(theirs, server_side=True) as line:
                deed(line)

        self.server = threading.Thread(target=serve)
        self.server.start()
        self.plain = Counted(ours)
        trusting = ssl.create_default_context(cafile=certificate)
        self.line = SecuredLine(cast("socket.socket", self.plain), trusting, "localhost")

    def text(self) -> str:
        """Return all that the server says until it hangs up."""
        with closing(self.line.makefile(encoding="utf-8", errors="strict", newline="\n")) as file:
            return file.read()


def test_many_records_are_taken_in_at_once(tmp_path: Path) -> None:
    """Of 100 lines, each a record of its own, the system is asked a few times, and each arrives in its turn."""

    def tell(line: ssl.SSLSocket) -> None:
        for text in LINES:
            line.sendall(f"{text}\n".encode())

    talk = Talk(tmp_path, tell)
    talk.server.join()
    before = talk.plain.asked
    with closing(talk.line.makefile(encoding="utf-8", errors="strict", newline="\n")) as file:
        assert [file.readline().rstrip("\n") for _ in LINES] == LINES
        assert talk.plain.asked - before < 10


def test_a_record_that_finds_no_room_is_taken_piece_by_piece(tmp_path: Path) -> None:
    """Of a record with more than was asked for, the rest is given without waiting for the server again."""
    told = b"213-CONTOH\n"

    def tell(line: ssl.SSLSocket) -> None:
        line.sendall(told)

    talk = Talk(tmp_path, tell)
    talk.server.join()
    buffer, come = bytearray(4), b""
    with closing(talk.line):
        come += buffer[: talk.line.readinto(buffer)]
        before = talk.plain.asked
        while len(come) < len(told):
            come += buffer[: talk.line.readinto(buffer)]
        assert (come, talk.plain.asked) == (told, before)
        assert talk.line.readinto(buffer) == 0


def test_a_server_that_hangs_up_without_a_word_has_come_to_its_end(tmp_path: Path) -> None:
    """What came before is read, then there is no more."""

    def tell(line: ssl.SSLSocket) -> None:
        line.sendall(b"421 CONTOH\n")

    talk = Talk(tmp_path, tell)
    assert talk.text() == "421 CONTOH\n"
    talk.server.join()


def test_much_is_sent_whole(tmp_path: Path) -> None:
    """A megabyte arrives as it was given, and what the server says of it comes back."""
    data = bytes(range(256)) * 4096

    def tell(line: ssl.SSLSocket) -> None:
        come = b""
        while len(come) < len(data):
            come += line.recv(1 << 16)
        line.sendall(b"200 sama\n" if come == data else b"500 lain\n")

    talk = Talk(tmp_path, tell)
    talk.line.sendall(data)
    assert talk.text() == "200 sama\n"
    talk.server.join()


def test_a_certificate_that_nobody_vouches_for_ends_it(tmp_path: Path) -> None:
    """No word is said to a server that is not believed, and it is told why."""
    certificate = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, tmp_path / "key.pem")
    theirs, ours = socket.socketpair()
    told: list[str] = []

    def serve() -> None:
        with pytest.raises(ssl.SSLError) as caught, context.wrap_socket(theirs, server_side=True) as line:
            line.recv(1)
        told.append(caught.value.reason)

    server = threading.Thread(target=serve)
    server.start()
    with closing(ours), pytest.raises(ssl.SSLCertVerificationError):
        SecuredLine(ours, ssl.create_default_context(), "localhost")
    server.join()
    assert "UNKNOWN_CA" in told[0]
