"""From a target to its host: the only place that knows which kind is which."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.publish.folder import FolderHost
from generator.publish.refusals import client_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.host import Host
    from generator.publish.secrets import Secrets
    from generator.publishing import Target


def open_host(target: Target, secrets: Secrets, *, quick: bool = False) -> Host:
    """Return the host of a target, connected: passwords are asked for here and not in the midst of the work.

    ``quick``: its listing is to publish by, and need not find what somebody hides, nor say when anything changed.
    Raises LostError if it cannot be reached, RefusedError if it does not let us in or its client is not installed.
    """
    match target.scheme:
        case "sftp":
            with _installed(target, "asyncssh", "bcrypt"):
                from generator.publish.sftp import SftpHost  # noqa: PLC0415 - a client is heavy, and one is needed
            return SftpHost(target, secrets)
        case "s3":
            with _installed(target, "obstore"):
                from generator.publish.s3 import S3Host  # noqa: PLC0415 - as above

                return S3Host(target, secrets)
        case "ftps" | "ftp":
            from generator.publish.ftp import FtpHost  # noqa: PLC0415 - as above

            return FtpHost(target, secrets, quick=quick)
        case _:
            from urllib.request import url2pathname  # noqa: PLC0415 - it brings a client of HTTP, 15 ms of it

            return FolderHost(Path(url2pathname(quote(target.path, safe="/:"))), target.label)


def is_soon_called(target: Target) -> bool:
    """Say whether one line more costs little beside a listing: over SSH, shaking hands takes half as long as that."""
    return target.scheme != "sftp"


def compresses(target: Target) -> bool:
    """Say whether text is stored compressed on the host of a target: nothing stands before it that would do that."""
    return target.scheme == "s3"


@contextlib.contextmanager
def _installed(target: Target, package: str, extra: str = "") -> Iterator[None]:
    """Turn an import that fails because ``package`` is not there into what mends it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != package:
            raise
        raise client_missing(target.label, target.scheme, f"{package}[{extra}]" if extra else package) from None
