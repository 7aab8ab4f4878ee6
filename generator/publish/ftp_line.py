"""One connection to an FTP server, with TLS from its first or second word on; and how it is asked."""

from __future__ import annotations

import contextlib
import ftplib  # noqa: TID251 - this is the room for it
import re
import socket
import ssl
from typing import TYPE_CHECKING, cast

from generator.publish.ftp_listing import habit_items, machine_items
from generator.publish.ftp_refusals import TooLongError
from generator.publish.ftp_tls import SecuredLine
from generator.publish.refusals import not_let_in, scrubbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.publish.ftp_access import Access
    from generator.publish.ftp_listing import Item, Listed

TIMEOUT = 30.0
"""Seconds after which a server that says nothing is given up."""
AHEAD = 1000
"""Bytes of commands that a server is sent before it answers, without _STOP: ProFTPD 1.3.8 reads 1,024 at a time, and
takes a command that lies across their end for two or none."""
LONGEST = 4000
"""Bytes of a path above which a server is not asked for it: vsftpd 3.0.3 hangs up on a command of more than 4,096."""
_MOST_AROUND = 64
"""Bytes of a command around a path: its word, the name of a file that waits, the end of the line."""
TROUBLE = (ftplib.Error, EOFError, OSError)
"""What a command may end with."""
_STOP = b"NOOP\r\n"
_BLOCK = 1 << 16
_NO_SUCH_COMMAND = ("500", "501", "502", "504")
"""Replies to a command or an argument that a server does not have. Source: RFC 959, section 4.2."""
_UNSURE = re.compile(r"[\s*?\[\]{}\\]")
"""Signs in a path behind a command that some servers take for the end of it, or for a pattern of several names."""


class Line(ftplib.FTP):
    """A connection that is logged in, in binary mode and passive. Serves one thread at a time.

    Paths are absolute, or stand below the folder where the login ended up. Methods raise what ``answering`` turns into
    LostError and RefusedError.
    """

    def __init__(self, access: Access) -> None:
        super().__init__(timeout=TIMEOUT, encoding="utf-8")  # RFC 2640
        self._access = access
        self._secured: SecuredLine | None = None
        self._features: set[str] = set()
        self._glances = True
        self._has_glanced = False
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
        if self._secured is None:
            return conn, size
        try:
            context = self._access.context
            assert context is not None
            host = self._access.host
            return context.wrap_socket(conn, server_hostname=host, session=self._secured.session), size
        except BaseException:
            conn.close()
            raise

    def putline(self, line: str) -> None:
        """Send a line, with names of any bytes: the listing tells those that are no UTF-8 with surrogates."""
        assert self.sock is not None
        self.sock.sendall(_encoded(line))

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
            entries = [item.entry for item in self.items(folder or "/") if item.name == name]
            return entries[0].size if entries and entries[0] else None
        return int(reply[3:].strip()) if reply.startswith("213") else None

    def items(self, path: str) -> list[Item]:
        """Return what stands in a folder, as far as it can be read; nothing if there is no such folder."""
        listed = self.folder(path)
        return listed.items if listed is not None else []

    def folder(self, path: str) -> Listed | None:
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
        listed = habit_items(lines)
        if any(line.endswith(" .") for line in lines):
            return listed
        return listed.and_also(habit_items(self._lines("LIST")))

    def glances(self, paths: Sequence[str]) -> list[Listed | None]:
        """Return what stands in each folder, as far as the server tells it on this line; None: ask ``folder``.

        Many are asked before the first answer is read: they share a round trip, where a listing on a line of its own
        takes six under TLS. Servers queue what comes early (RFC 959, section 5.4), and answer in that order. STAT's
        form is left to habit (section 4.1.3): it is that of LIST, and believed where the folder itself is listed too. A
        name with an end of line in it may cut the answer short, so this is no way to look for what somebody hides.
        Raises EOFError where there are not as many answers as questions.
        """
        found: list[Listed | None] = []
        for group in _groups([_glancing(path) for path in paths]):
            asked = group if self._glances else [b""] * len(group)
            found += self._together(asked) if any(asked) else [None] * len(asked)
        return found

    def _together(self, commands: list[bytes]) -> list[Listed | None]:
        """Send commands in one go, and return what each is answered; "" is none, and None its answer."""
        assert self.sock is not None
        self.sock.sendall(b"".join(commands) + _STOP)
        answers = [self._glance() if command else None for command in commands]
        # A server that had taken one command for two would have its answers taken for those of others.
        try:
            if self.getresp().startswith("200"):
                return answers
        except ftplib.error_perm:
            pass  # this no may be one too many as well: what comes next on this line belongs to nobody
        raise EOFError

    def _glance(self) -> Listed | None:
        try:
            lines = [line.removeprefix(" ") for line in self.getresp().split("\n")[1:-1]]
            listed = habit_items(lines)
            if any(line.endswith(" .") for line in lines) and not listed.unread:
                self._has_glanced = True
                return listed
        except (ftplib.error_perm, ftplib.error_temp) as error:
            if str(error).startswith("421"):
                raise
            if not str(error).startswith(_NO_SUCH_COMMAND):
                return None  # of this folder alone: it is gone, or closed
        # Where it was good for another folder, it is this one: vsftpd says nothing of one that is closed.
        self._glances = self._has_glanced
        return None

    def _greet(self) -> None:
        access = self._access
        self.host, self.port = access.host, access.port
        self.sock = socket.create_connection((access.host, access.port), TIMEOUT)
        self.af = self.sock.family
        if access.context is not None and access.implicit:
            self._secure(access.context)
        self._read_anew()
        self.welcome = self.getresp()
        if access.context is not None and not access.implicit:
            self.voidcmd("AUTH TLS")  # RFC 4217
            self._secure(access.context)
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

    def _secure(self, context: ssl.SSLContext) -> None:
        assert self.sock is not None
        self._secured = SecuredLine(self.sock, context, self._access.host)
        self.sock = cast("socket.socket", self._secured)

    def _read_anew(self) -> None:
        """Read replies from here on. What was sent before TLS began, perhaps by somebody else, is forgotten."""
        assert self.sock is not None
        if self.file is not None:
            self.file.close()
        self.file = (self._secured or self.sock).makefile(encoding="utf-8", errors="surrogateescape", newline="\n")

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


def can_say(path: str) -> bool:
    """Say whether a path can stand behind a command: no end of line in it, and no longer than servers bear."""
    return "\r" not in path and "\n" not in path and len(path.encode(errors="surrogateescape")) <= LONGEST


def _encoded(line: str) -> bytes:
    """Return the bytes of a command. Raises ValueError for what FTP cannot say."""
    if "\r" in line or "\n" in line:
        raise ValueError("\\n")  # and not the line: it may be the one with the password
    data = f"{line}\r\n".encode(errors="surrogateescape")
    if len(data) > LONGEST + _MOST_AROUND:
        raise TooLongError
    return data


def _glancing(path: str) -> bytes:
    """Return the command for a glance at a folder, none where it would not be taken for what it is."""
    command = b"" if _UNSURE.search(path) else f"STAT -a {path}\r\n".encode(errors="surrogateescape")
    return command if len(command) <= AHEAD else b""


def _groups(commands: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield ``commands`` in groups of up to AHEAD bytes, and no group without any."""
    group, size = list[bytes](), 0
    for command in commands:
        if group and size + len(command) > AHEAD:
            yield group
            group, size = [], 0
        group.append(command)
        size += len(command)
    if group:
        yield group


def _finish(conn: socket.socket) -> None:
    """Say goodbye on a line of TLS. Some servers hang up without a word; the reply tells whether all came through."""
    if isinstance(conn, ssl.SSLSocket):
        with contextlib.suppress(OSError):
            conn.unwrap()
