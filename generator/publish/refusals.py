"""What hosts of every kind answer when they refuse or fall silent, as Problems for whoever publishes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.host import lost, refused

if TYPE_CHECKING:
    from generator.publish.host import LostError, RefusedError
    from generator.publish.secrets import Secret

_LONGEST = 200


def scrubbed(said: object, *secrets: Secret) -> str:
    """Return what a host, or a library in its place, says, without secrets that it may have repeated."""
    text = str(said)
    for secret in secrets:
        text = text.replace(secret.reveal(), "…") if secret else text
    return text


def told(said: object) -> str:
    """Return what a host said as one short line: its words are shown in a terminal, and it may be anybody's."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in str(said)).split())
    return line[:_LONGEST].rstrip(". ")


def unreachable(label: str, said: object) -> LostError:
    """Return the error for a host to which no connection came about."""
    what = message("The host cannot be reached: {error}.", error=told(said))
    return lost(label, what, message("Check the address in site.toml and the internet connection, then try again."))


def broken(label: str, said: object) -> LostError:
    """Return the error for a connection that broke or fell silent."""
    what = message("The connection to the host broke: {error}.", error=told(said))
    return lost(label, what, message("Try again: what has arrived is not sent twice."))


def denied(label: str, said: object) -> RefusedError:
    """Return the error for something that the host does not want to do."""
    what = message("The host refuses: {error}.", error=told(said))
    return refused(label, what, message("Check free space and permissions on the host."))


def not_let_in(label: str, said: object) -> RefusedError:
    """Return the error for a user, password or key that the host does not know."""
    what = message("The host does not let us in: {error}.", error=told(said))
    return refused(label, what, message("Check user name, password and key with whoever runs the host."))


def distrusted(label: str, said: object) -> RefusedError:
    """Return the error for a certificate that nobody vouches for: who listens there may be anybody."""
    what = message("The host's certificate cannot be trusted: {error}.", error=told(said))
    fix = message(
        "Do not send a password there. Ask whoever runs the host for the right name, or for the certificate of their "
        'own authority, and name its file in site.toml: "certificate".'
    )
    return refused(label, what, fix)


def client_missing(label: str, scheme: str, package: str) -> RefusedError:
    """Return the error for a library that this kind of host needs and that is not installed."""
    what = message(
        'For "{scheme}://" the package {package} is needed, which is not installed.', scheme=scheme, package=package
    )
    fix = message("Run: {command}", command=f'"{sys.executable}" -m pip install "{package}"')
    return refused(label, what, fix)
