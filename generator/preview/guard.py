"""Who may ask the preview: this machine's browser on this site, and nobody who only pretends to be.

Another site's page can make a browser ask this server under a name of its own (DNS rebinding) or send it forms; so the
Host must be a name of this machine, and whatever is not a mere reading must come from a page of this server.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
from typing import NamedTuple
from urllib.parse import urlsplit

TOKEN = "adpim-token"  # noqa: S105 - the name of a cookie, not what it holds
_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard(NamedTuple):
    """Checks requests; ``token`` is "" where only this machine can reach the server."""

    host: str
    token: str

    @classmethod
    def of(cls, host: str) -> Guard:
        """Return the guard of a server that listens on ``host``: beyond this machine it asks for a token."""
        return cls(host, "" if is_loopback(host) else secrets.token_urlsafe(18))

    def knows(self, host: str) -> bool:
        """Say whether ``host``, as a request's Host names it, is a name of this server."""
        name = _name(host)
        if name in _NAMES or name == self.host.lower():
            return True
        # With a token nobody gains by a false name, and the office's other machines ask by address or name.
        own = socket.gethostname().lower()
        return bool(self.token) and (_is_address(name) or name == own or name.startswith(f"{own}."))

    def admits(self, given: str) -> bool:
        """Say whether ``given`` is the token, or none is needed."""
        return not self.token or hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def trusts(self, origin: str, host: str) -> bool:
        """Say whether a request that is no mere reading comes from a page of this server, by its Origin and Host."""
        try:
            return bool(origin) and urlsplit(origin).netloc.lower() == host.lower()
        except ValueError:
            return False


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach a server that listens on ``host``."""
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
