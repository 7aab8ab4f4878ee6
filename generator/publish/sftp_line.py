"""The line to an SFTP server: how it comes about, who we are there, and what is told when it does not.

``~/.ssh/config`` holds for us as for ``ssh`` itself, but for one thing: it cannot make us trust whoever answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import asyncssh  # noqa: TID251 - this is the room for it

from generator.errors import message
from generator.publish.host import refused
from generator.publish.refusals import broken, denied, not_let_in, scrubbed, told, unreachable
from generator.publish.sftp_trust import Greeter, stranger, unreadable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from generator.publish.host import HostError, RefusedError
    from generator.publish.secrets import Secret
    from generator.publishing import Target

CONNECT_SECONDS = 30
LOGIN_SECONDS = 60
ALIVE_SECONDS = 15
"""After so long without a word from the server it is asked for a sign of life; three without one end the line."""
SILENT_SECONDS = 120
"""After so long without an answer to any request the file service is given up."""
UNDER_WAY = 1 << 20
"""Bytes of big pieces under way at once: eight seconds at 1 Mbit/s; at 100 Mbit/s the line is full with 80 ms there and
back."""
SMALL = 1 << 15
"""Bytes up to which a piece waits for no other."""
_USUAL_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")
"""Keys that are tried where site.toml names none."""
# What becomes of a line is an error of ours; what the libraries say of it besides is not for whoever publishes, and
# without a handler Python would print it.
for _name in ("asyncio", "asyncssh"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

TROUBLE = (asyncssh.Error, OSError)
"""What a call over the line may raise; a timeout is an OSError."""


class Pulse:
    """When the file service last showed a sign of life.

    The server's other half answers for it: ALIVE_SECONDS finds no service that hangs on a disk of its own.
    """

    def __init__(self) -> None:
        self.beat()

    def beat(self) -> None:
        """Note that something was asked, or answered, now."""
        self._last = time.monotonic()

    @property
    def left(self) -> float:
        """Seconds after which the service is given up, unless there is another sign; less than 0 if it is now."""
        return self._last + SILENT_SECONDS - time.monotonic()


class Room:
    """What may be under way on a line at once, in bytes.

    On a slow line 32 photos at once would fill its queues for minutes, and every question would wait behind them: so
    would the renewal of the lock, which asks nine in turn.
    """

    def __init__(self) -> None:
        self._left = UNDER_WAY
        self._changed = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def taken(self, size: int) -> AsyncIterator[None]:
        """Take the room for so many bytes, when there is; what is small needs none."""
        size = size if size > SMALL else 0
        if size:
            async with self._changed:
                await self._changed.wait_for(lambda: self._left >= size)
                self._left -= size
        try:
            yield
        finally:
            if size:
                self._left += size
                async with self._changed:
                    self._changed.notify_all()


class Line(NamedTuple):
    """A connection and the file service on it."""

    connection: asyncssh.SSHClientConnection
    files: asyncssh.SFTPClient
    pulse: Pulse
    room: Room
    password: Secret
    """What the server was told, or would have been: it is not shown should the server repeat it."""

    @property
    def is_up(self) -> bool:
        """Whether nobody has hung up."""
        return not self.connection.is_closed()


class PasswordWantedError(Exception):
    """No key was accepted, and the server would take a password that nobody was asked for yet."""


def read_key(target: Target, passphrase: Secret) -> asyncssh.SSHKey | None:
    """Return the private key that site.toml names, None if it names none.

    Raises asyncssh.KeyImportError or asyncssh.KeyEncryptionError where it asks for another passphrase, RefusedError if
    there is no such key.
    """
    if not target.key:
        return None
    file = Path(target.key).expanduser()
    try:
        data = file.read_bytes()
    except OSError as error:
        what = message('The key "{file}" cannot be read: {error}.', file=target.key, error=told(error.strerror))
        fix = message('Correct "key" in site.toml, or delete the line: then the usual keys are tried.')
        raise refused(target.label, what, fix) from None
    return asyncssh.import_private_key(data, passphrase.reveal() or None)


def key_refused(target: Target, error: Exception) -> RefusedError:
    """Return the error for a key file that holds no key, or one of another passphrase."""
    what = message('The key "{file}" cannot be read: {error}.', file=target.key, error=told(error))
    return refused(target.label, what, message('"key" must name a private key of OpenSSH; check its passphrase too.'))


async def dial(target: Target, key: asyncssh.SSHKey | None, password: Secret) -> Line:
    """Return a line to the target's host.

    Raises PasswordWantedError where an empty ``password`` is all that stands between, else LostError or RefusedError.
    """
    greeter = Greeter()
    try:
        connection = await asyncssh.connect(
            target.host,
            target.port or (),
            username=target.user or (),
            password=password.reveal() or None,
            client_factory=lambda: greeter,
            # Always ours: "UserKnownHostsFile none" in ~/.ssh/config would have asyncssh trust anybody.
            known_hosts=greeter.known_hosts,
            connect_timeout=CONNECT_SECONDS,
            login_timeout=LOGIN_SECONDS,
            keepalive_interval=ALIVE_SECONDS,
            # Pages and feeds shrink to a fifth on the way: one release in an archive of 10,000 costs 0.2 MB, not 0.9.
            compression_algs=["zlib@openssh.com", "none"],
            # A key that was named is the one to use; the agent's would be tried before it, and count as failures.
            **({"client_keys": [key], "agent_path": None} if key else {}),
        )
    except asyncssh.PermissionDenied as error:
        if greeter.takes_passwords and not password:
            raise PasswordWantedError from None
        raise _locked_out(target, scrubbed(error.reason, password)) from None
    except asyncssh.HostKeyNotVerifiable as error:
        raise stranger(target.label, greeter, scrubbed(error.reason, password)) from None
    except (asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost, ConnectionError) as error:
        # Where known_hosts has keys of other kinds than the server, the two have no kind in common, and it hangs up.
        greeter.stranger = await _shown_key(target) if greeter.known else None
        if greeter.stranger is not None and greeter.stranger not in greeter.known:
            raise stranger(target.label, greeter, scrubbed(error, password)) from None
        raise unreachable(target.label, _words(error, password)) from None
    except ValueError as error:  # ConfigParseError and KeyImportError are such too
        raise unreadable(target.label, greeter, error) from None
    except TROUBLE as error:
        if "uthentication" in str(error):  # "Too many authentication failures": the agent had too many keys
            raise not_let_in(target.label, scrubbed(error, password)) from None
        raise unreachable(target.label, _words(error, password)) from None
    return Line(connection, await _file_service(target, connection, password), Pulse(), Room(), password)


def _locked_out(target: Target, said: str) -> RefusedError:
    """Return the error for one whose keys the host does not know, or whose key was not tried as it is locked itself."""
    for name in () if target.key else _USUAL_KEYS:
        file = Path("~/.ssh").expanduser() / name
        try:
            asyncssh.read_private_key(file)
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):  # in whole keys, for want of a passphrase
            what = message("The host does not let us in: {error}.", error=told(said))
            fix = message(
                'The key "{file}" was not tried: it is locked by a passphrase. Name it in site.toml, "key": then the '
                "passphrase is asked for.",
                file=str(file),
            )
            return refused(target.label, what, fix)
        except OSError:
            pass  # most have one or two
    return not_let_in(target.label, said)


async def _file_service(
    target: Target, connection: asyncssh.SSHClientConnection, password: Secret
) -> asyncssh.SFTPClient:
    """Return the file service on a connection. Raises LostError or RefusedError."""
    try:
        return await connection.start_sftp_client(path_errors="surrogateescape")
    except TROUBLE as error:
        if connection.is_closed():  # which asyncssh may report as if the server had refused the service
            raise broken(target.label, _words(error, password)) from None
        connection.abort()
        what = message("The host lets us in, but offers no SFTP: {error}.", error=told(_words(error, password)))
        fix = message("Ask whoever runs the host to allow SFTP for this user, or for another way, such as FTPS.")
        raise refused(target.label, what, fix) from None


def failed(label: str, error: Exception, password: Secret) -> HostError:
    """Return what became of a call over the line as an error of ours."""
    gone = (asyncssh.DisconnectError, asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost, OSError)
    return (broken if isinstance(error, gone) else denied)(label, _words(error, password))


def _words(error: Exception, password: Secret) -> str:
    """Return what an exception says, without the password; some say nothing but what they are."""
    if isinstance(error, OSError) and error.errno and not isinstance(error, socket.gaierror):
        return os.strerror(error.errno)  # asyncio's own words are for programmers
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return scrubbed(error, password) or type(error).__name__


async def _shown_key(target: Target) -> asyncssh.SSHKey | None:
    """Return the key that the server shows to whoever asks."""
    try:
        return await asyncssh.get_server_host_key(target.host, target.port or ())
    except TROUBLE:
        return None
