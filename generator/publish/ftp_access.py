"""How an FTP server is reached, and as whom."""

from __future__ import annotations

import ftplib  # noqa: TID251 - this is a room for it
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.publish.host import refused
from generator.publish.trust import trusting
from generator.publishing import IMPLICIT_PORT

if TYPE_CHECKING:
    import ssl

    from generator.publish.secrets import Secret, Secrets
    from generator.publishing import Target


class Access(NamedTuple):
    """How a server is reached; ``context`` is None for a line in the clear."""

    label: str
    host: str
    port: int
    user: str
    password: Secret
    context: ssl.SSLContext | None
    implicit: bool


def access_to(target: Target, secrets: Secrets) -> Access:
    """Return how a target is reached. Raises RefusedError if it must not be, or not like that."""
    secure = target.scheme == "ftps"
    if not secure and not target.insecure:
        what = message("ftp:// sends the password and every file in the clear.")
        fix = message('Write ftps:// if the host can; only if it cannot, add the line "insecure = true".')
        raise refused(target.label, what, fix)
    port = target.port or (IMPLICIT_PORT if secure and target.implicit else ftplib.FTP_PORT)
    context = trusting(target) if secure else None
    if not target.user:
        what = message("The address does not say who is to log in.")
        raise refused(
            target.label, what, message('Write it in site.toml in front of the host: "ftps://user@host/folder".')
        )
    password = secrets.password(target)
    return Access(target.label, target.host, port, target.user, password, context, secure and target.implicit)
