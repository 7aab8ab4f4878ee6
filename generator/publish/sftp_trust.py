"""Whether an SFTP server is the one that is known to OpenSSH, and what is told when it is not.

An unknown server's key is never trusted: whoever could stand in between would get the password and the site. Known
ones stand in the user's ``known_hosts``, or in the machine's.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import asyncssh  # noqa: TID251 - this is a room for it

from generator.errors import message
from generator.publish.host import refused
from generator.publish.refusals import told

if TYPE_CHECKING:
    from generator.publish.host import RefusedError


class Greeter(asyncssh.SSHClient):
    """Looks the server up in known_hosts, and notes during the handshake what a clear error needs to know."""

    def __init__(self) -> None:
        self.place = ""
        """The server as known_hosts names it, which need not be as site.toml does: ~/.ssh/config may rename it."""
        self.known: set[asyncssh.SSHKey] = set()
        """What known_hosts has of it: its keys, and those of authorities that vouch for it."""
        self.file = _known_hosts()[0]
        """The known_hosts that has something of it; while none has, the user's own; while one is read, that one."""
        self.stranger: asyncssh.SSHKey | None = None
        self.takes_passwords = False

    def known_hosts(self, host: str, addr: str, port: int | None) -> tuple[list[asyncssh.SSHKey], ...]:  # noqa: ARG002 - asyncssh calls it so
        """Return the trusted keys, the trusted authorities and the revoked keys of a server.

        As for ``ssh``, a server is known by its name, whatever its address is known for; and where nothing is known of
        it at its port, by what is known of the name. A key that is revoked under either is revoked. Raises ValueError
        where known_hosts cannot be read; ``port`` is None for the usual one.
        """
        self.place = host if port is None else f"[{host}]:{port}"
        lines, files, naming = asyncssh.import_known_hosts(""), _known_hosts(), list[Path]()
        for self.file in files:
            try:
                text = self.file.read_bytes().decode()
            except OSError:
                continue  # nobody is known there yet
            lines.load(text)
            if any(asyncssh.import_known_hosts(text).match(host, "", port)[:2]):
                naming.append(self.file)
        self.file = (naming or files)[0]
        keys, authorities, *_ = lines.match(host, "", port)
        # asyncssh forgets what is revoked at the port as soon as it falls back to the name alone. So both are asked
        # for, and the former as the name of a host, for which there is no fallback.
        revoked = {key for name in (host, self.place) for key in lines.match(name, "", None)[2]}
        self.known = {*keys, *authorities}
        return list(keys), list(authorities), list(revoked)

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 - asyncssh calls it so
        """Note a key that stands in no known_hosts, and do not trust it."""
        self.stranger = key
        return False

    def password_auth_requested(self) -> None:
        """Note that the server takes passwords."""
        self.takes_passwords = True

    def kbdint_auth_requested(self) -> str | None:
        """Note that the server asks questions; asyncssh itself answers the one for the password."""
        self.takes_passwords = True
        return super().kbdint_auth_requested()  # type: ignore[return-value]  # it returns no awaitable


def stranger(label: str, greeter: Greeter, said: str) -> RefusedError:
    """Return the error for a server whose key is not known, or is not the one that is known."""
    key = greeter.stranger
    if key is None:
        what = message("The host's key cannot be trusted: {error}.", error=told(said))
        fix = message(
            "Publish nothing until whoever runs the host has said why. Its key is known from {file}.",
            file=greeter.file,
        )
        return refused(label, what, fix)
    mark = key.get_fingerprint()
    line = f"{greeter.place} {key.export_public_key().decode().strip()}"
    if greeter.known:
        what = message(
            "The host shows another key than before: {fingerprint}. Either it was set up anew, or somebody else "
            "answers in its place.",
            fingerprint=mark,
        )
        fix = message(
            "Publish nothing until whoever runs the host has confirmed this fingerprint. Then replace the host's lines "
            "in {file} with: {line}",
            file=greeter.file,
            line=line,
        )
    else:
        what = message("The host shows a key that this machine does not know: {fingerprint}.", fingerprint=mark)
        fix = message(
            "Ask whoever runs the host for its fingerprint. If it is this one, add this line to {file}: {line}",
            file=greeter.file,
            line=line,
        )
    return refused(label, what, fix)


def unreadable(label: str, greeter: Greeter, error: ValueError) -> RefusedError:
    """Return the error for something in ~/.ssh that is not what it should be."""
    # Nobody is looked up before configuration and keys were read; asyncssh's errors name the file of the former.
    file = greeter.file if greeter.place else Path("~/.ssh").expanduser()
    what = message("{file} cannot be read: {error}.", file=str(file), error=told(error))
    return refused(label, what, message("Correct or remove what is wrong there, then try again."))


def _known_hosts() -> tuple[Path, Path]:
    """Return the file of the user and that of the machine, which whoever runs it may have filled for all."""
    program_data = os.environ.get("PROGRAMDATA")
    machine = Path(program_data, "ssh") if program_data else Path("/etc/ssh")
    return Path("~/.ssh/known_hosts").expanduser(), machine / "ssh_known_hosts"
