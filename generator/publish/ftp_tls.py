"""The line of commands to an FTP server under TLS, on which all that has come is taken in at once."""

from __future__ import annotations

import contextlib
import io
import ssl
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from _typeshed import WriteableBuffer

_BLOCK = 1 << 16

T = TypeVar("T")


class SecuredLine(io.RawIOBase):
    """As much of a socket under TLS as ftplib uses. Takes ``plain`` over, and shakes hands.

    An ``ssl.SSLSocket`` reads one record at a time, with two calls of the system or three, and vsftpd sends a record
    for each line of its answers: a look at 15,845 folders took a third more time with it. Methods raise OSError, of
    which ``ssl.SSLError`` is one.
    """

    def __init__(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> None:
        super().__init__()
        self._plain = plain
        self._come, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._come, self._going, server_hostname=host)
        self._read = cast("Callable[[int, memoryview], int]", self._tls.read)
        self._is_over = False
        self._through(self._tls.do_handshake)

    @property
    def session(self) -> ssl.SSLSession | None:
        """What a further line resumes; None until the server has told."""
        return self._tls.session

    def sendall(self, data: bytes) -> None:
        """Send bytes."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._through(partial(self._tls.write, rest)) :]

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` with what has come, and wait if that is nothing; return how many bytes, 0 for the end."""
        view = memoryview(buffer)
        count = self._taken(view)
        while not count and not self._is_over:
            self._take_in()
            count = self._taken(view)
        return count

    def makefile(self, *, encoding: str, errors: str, newline: str) -> io.TextIOWrapper:
        """Return what gives this line's text, line by line; its arguments are those of ``io.TextIOWrapper``."""
        return io.TextIOWrapper(io.BufferedReader(self, _BLOCK), encoding, errors, newline)

    def getpeername(self) -> object:
        """Return the server's address."""
        return self._plain.getpeername()

    def close(self) -> None:
        """Hang up."""
        self._plain.close()
        super().close()

    def _taken(self, view: memoryview) -> int:
        """Move what has come in into ``view``, as far as there is room, and return how many bytes."""
        count = 0
        with contextlib.suppress(ssl.SSLWantReadError):
            while count < len(view) and not self._is_over:
                try:
                    size = self._read(len(view) - count, view[count:])
                except ssl.SSLEOFError:  # hung up without a word
                    size = 0
                self._is_over = not size
                count += size
        return count

    def _through(self, step: Callable[[], T]) -> T:
        """Take a step of TLS, with all the sending and waiting that it wants, and return its result."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._take_in()
            except ssl.SSLError:
                with contextlib.suppress(OSError):
                    self._send()  # the server is told why, if it listens
                raise
            else:
                self._send()
                return result

    def _take_in(self) -> None:
        """Wait until something comes, and take in all of it."""
        self._send()
        if data := self._plain.recv(_BLOCK):
            self._come.write(data)
        else:
            self._come.write_eof()

    def _send(self) -> None:
        if self._going.pending:
            self._plain.sendall(self._going.read())
