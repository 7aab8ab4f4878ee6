"""One connection to an FTP server, with TLS from its first or second word on; what it answers becomes our errors."""

from __future__ import annotations

import contextlib
import ftplib  # noqa: TID251 - this is the room for it
import re
import socket
import ssl
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.publish.ftp_listing import UnreadableError, habit_items, machine_items
from generator.publish.host import LostError, RefusedError, refused
from generator.publish.refusals import broken, denied, distrusted, not_let_in, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.ftp_listing import Item
    from generator.publish.secrets import Secret

TIMEOUT = 30.0
"""Seconds after which a server that says nothing is given up."""
_BLOCK = 1 << 16
_NO_SUCH_COMMAND = ("500", "501", "502", "504")
"""Replies to a command or an argument that a server does not have. Source: RFC 959, section 4.2."""
_UNWRITTEN = ("451", "452", "552")
"""Replies of a host that could not write: vsftpd says "451", a local error, where its disk is full."""
_UNSURE = re.compile(r"[\s*?\[\]{}\\]")
"""Signs in a path behind a command that some servers take for the end of it, or for a pattern of several names."""


class Access(NamedTuple):
    """How a server is reached; ``context`` is None for a line in the clear."""

    label: str
    host: str
    port: int
    user: str
    password: Secret
    context: ssl.SSLContext | None
    implicit: bool


class Line(ftplib.FTP):
    """A connection that is logged in, in binary mode and passive. Serves one thread at a time.

    Paths are absolute, or stand below the folder where the login ended up. Methods raise what ``answering`` turns into
    LostError and RefusedError.
    """

    def __init__(self, access: Access) -> None:
        super().__init__(timeout=TIMEOUT, encoding="utf-8")  # RFC 2640
        self._access = access
        self._features: set[str] = set()
        self._glances = True
        try:
            self._greet()
            self._log_in()
        except BaseException:
            self.close()
            raise

    def has(self, feature: str) -> bool:
        """Return whether the server says that it has a feature. Source: RFC 2389."""
        return feature in self._features

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Begin a transfer; under TLS its line resumes the session of this one.

        Servers demand that (vsftpd with ``require_ssl_reuse``), so that nobody else can step into the transfer. It
        works with TLS 1.3 as well, where the session is known once the server's tickets were read: the replies to the
        login come after them.
        """
        conn, size = super().ntransfercmd(cmd, rest)
        if self._access.context is None:
            return conn, size
        try:
            assert isinstance(self.sock, ssl.SSLSocket)
            return self._secured(conn, self.sock.session), size
        except BaseException:
            conn.close()
            raise

    def putline(self, line: str) -> None:
        """Send a line, with names of any bytes: the listing tells those that are no UTF-8 with surrogates."""
        if "\r" in line or "\n" in line:
            raise ValueError("\\n")  # and not the line: it may be the one with the password
        assert self.sock is not None
        self.sock.sendall(f"{line}\r\n".encode(errors="surrogateescape"))

    def store(self, path: str, data: bytes) -> None:
        """Send a file. Raises RefusedError for want of space, LostError if the server has another number of bytes."""
        conn = self.transfercmd(f"STOR {path}")
        with conn:
            try:
                for start in range(0, len(data), _BLOCK):
                    conn.sendall(data[start : start + _BLOCK])  # the timeout is for each: a slow line is not a dead one
                _finish(conn)
            except OSError:
                self.voidresp()  # a server that wants no more hangs up first and says why here
                raise
        self.voidresp()
        size = self.length(path)
        # Without TLS a line that was cut looks like the end of the file.
        if size is not None and size != len(data):
            raise EOFError

    def fetch(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return self._received(f"RETR {path}")

    def length(self, path: str) -> int | None:
        """Return the bytes that a file has; None if there is none. Source: RFC 3659, section 4."""
        try:
            reply = self.sendcmd(f"SIZE {path}")
        except ftplib.error_perm as error:
            if not str(error).startswith(_NO_SUCH_COMMAND):
                return None
            folder, _, name = path.rpartition("/")
            entries = [item.entry for item in self.folder(folder or "/") or () if item.name == name]
            return entries[0].size if entries and entries[0] else None
        return int(reply[3:].strip()) if reply.startswith("213") else None

    def folder(self, path: str) -> list[Item] | None:
        """Return what stands in a folder; None if there is no such folder."""
        try:
            self.cwd(path)  # a name with a blank or a bracket in it means what it says only here
        except ftplib.error_perm:
            return None
        if self.has("MLST"):
            return machine_items(self._lines("MLSD"))
        # Without "-a" most keep silent about names that begin with a dot; some take it for the name of a folder.
        try:
            lines = self._lines("LIST -a")
        except ftplib.error_perm:
            lines = []
        if not any(line.endswith(" .") for line in lines):
            lines = list(dict.fromkeys([*lines, *self._lines("LIST")]))
        return habit_items(lines)

    def glance(self, path: str) -> list[Item] | None:
        """Return what stands in a folder, as far as the server tells it on this line; None if ``folder`` must be asked.

        STAT is one round trip, where a line of its own, under TLS, makes a listing six. Source: RFC 959, section 4.1.3,
        which leaves the form to habit: it is that of LIST, and believed where the folder itself is listed too. A name
        with an end of line in it may cut the answer short, so this is no way to look for what somebody hides.
        """
        if not self._glances or _UNSURE.search(path):
            return None
        try:
            lines = [line.removeprefix(" ") for line in self.sendcmd(f"STAT -a {path}").split("\n")[1:-1]]
            if any(line.endswith(" .") for line in lines):
                return habit_items(lines)
        except (ftplib.error_perm, ftplib.error_temp) as error:
            if str(error).startswith("421"):
                raise
            if not str(error).startswith(_NO_SUCH_COMMAND):
                return None  # of this folder alone: it is gone, or closed
        except UnreadableError:
            pass
        self._glances = False
        return None

    def _greet(self) -> None:
        access = self._access
        self.host, self.port = access.host, access.port
        self.sock = socket.create_connection((access.host, access.port), TIMEOUT)
        self.af = self.sock.family
        if access.implicit:
            self.sock = self._secured(self.sock)
        self._read_anew()
        self.welcome = self.getresp()
        if access.context is not None and not access.implicit:
            self.voidcmd("AUTH TLS")  # RFC 4217
            self.sock = self._secured(self.sock)
            self._read_anew()

    def _log_in(self) -> None:
        access = self._access
        try:
            self.login(access.user, access.password.reveal())
        except ftplib.error_perm as error:
            raise not_let_in(access.label, scrubbed(error, access.password)) from None
        if access.context is not None:
            self.voidcmd("PBSZ 0")
            self.voidcmd("PROT P")
        with contextlib.suppress(ftplib.error_perm):  # a server of before 1998 has no features
            self._features = {
                line.split()[0].upper() for line in self.sendcmd("FEAT").splitlines()[1:-1] if line.strip()
            }
        if self.has("UTF8"):
            with contextlib.suppress(ftplib.error_perm):
                self.sendcmd("OPTS UTF8 ON")
        self.voidcmd("TYPE I")

    def _secured(self, plain: socket.socket, session: ssl.SSLSession | None = None) -> socket.socket:
        context = self._access.context
        assert context is not None
        return context.wrap_socket(plain, server_hostname=self._access.host, session=session)

    def _read_anew(self) -> None:
        """Read replies from here on. What was sent before TLS began, perhaps by somebody else, is forgotten."""
        assert self.sock is not None
        if self.file is not None:
            self.file.close()
        self.file = self.sock.makefile("r", encoding="utf-8", errors="surrogateescape", newline="\n")

    def _lines(self, command: str) -> list[str]:
        text = self._received(command).decode(errors="surrogateescape")
        return [line.removesuffix("\r") for line in text.split("\n") if line.strip()]

    def _received(self, command: str) -> bytes:
        """Return what comes over a line of its own. Raises EOFError if less came than was announced."""
        conn, size = self.ntransfercmd(command)
        blocks = []
        with conn:
            while block := conn.recv(_BLOCK):
                blocks.append(block)
            _finish(conn)
        self.voidresp()
        data = b"".join(blocks)
        if command.startswith("RETR") and size is not None and len(data) < size:
            raise EOFError
        return data


def _finish(conn: socket.socket) -> None:
    """Say goodbye on a line of TLS. Some servers hang up without a word; the reply tells whether all came through."""
    if isinstance(conn, ssl.SSLSocket):
        with contextlib.suppress(OSError):
            conn.unwrap()


def scrubbed(error: object, password: Secret) -> str:
    """Return what an error says, without the password that a server may have repeated."""
    text = str(error)
    return text.replace(password.reveal(), "…") if password else text


@contextlib.contextmanager
def connecting(access: Access) -> Iterator[None]:
    """Turn what goes wrong while a line is made into LostError and RefusedError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise distrusted(access.label, error.verify_message) from None
    except ssl.SSLError as error:
        what = message("The host does not speak TLS there as was expected: {error}.", error=error.reason or "TLS")
        fix = message('Check the port, and whether "implicit = true" belongs into site.toml (usually with port 990).')
        raise refused(access.label, what, fix) from None
    except ftplib.error_perm as error:
        # AUTH, PBSZ or PROT: the server has no TLS, and nothing is sent in the clear instead.
        what = message("The host refuses TLS: {error}.", error=scrubbed(error, access.password))
        fix = message("Ask whoever runs the host for FTPS or SFTP. Nothing was sent in the clear.")
        raise refused(access.label, what, fix) from None
    except (ftplib.Error, EOFError, OSError, ValueError) as error:  # ValueError: what cannot be the name of a host
        raise unreachable(access.label, _said(error, access.password)) from None


@contextlib.contextmanager
def answering(access: Access) -> Iterator[None]:
    """Turn what goes wrong on a line into LostError and RefusedError."""
    try:
        yield
    except ftplib.error_perm as error:
        raise denied(access.label, scrubbed(error, access.password)) from None
    except UnreadableError as error:
        what = message("The host's list of files is in a form that is not known: {text}", text=repr(str(error)[:120]))
        raise refused(access.label, what, message("Ask whoever runs the host for SFTP, or for MLSD in FTP.")) from None
    except ValueError as error:  # a name with an end of line in it: FTP cannot say it
        raise denied(access.label, repr(scrubbed(error, access.password))) from None
    except (ftplib.Error, EOFError, OSError) as error:
        text = _said(error, access.password)
        raise (denied if text.startswith(_UNWRITTEN) else broken)(access.label, text) from None


def _said(error: Exception, password: Secret) -> str:
    """Return what an error says, or what kind of silence it was."""
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, EOFError):
        return "connection closed"
    text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return scrubbed(text, password)


def crowded(error: LostError | RefusedError) -> bool:
    """Return whether a server did not want one more line: 421, or a refused login that speaks of connections."""
    said = " ".join(value for problem in error.problems for _, value in problem.what.values).lower()
    return said.startswith("421") or ("530" in said and ("connection" in said or "too many" in said))
