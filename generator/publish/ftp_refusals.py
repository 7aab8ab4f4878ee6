"""What an FTP server's answers and silences mean: LostError and RefusedError, without the password."""

from __future__ import annotations

import contextlib
import ftplib  # noqa: TID251 - this is a room for it
import ssl
from typing import TYPE_CHECKING

from generator.errors import message
from generator.publish.ftp_listing import UnreadableError
from generator.publish.host import LostError, RefusedError, refused
from generator.publish.refusals import broken, denied, distrusted, scrubbed, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.publish.ftp_access import Access
    from generator.publish.secrets import Secret

_UNWRITTEN = ("451", "452", "552")
"""Replies of a host that could not write: vsftpd says "451", a local error, where its disk is full."""

_CLOSED = "connection closed"


class TooLongError(Exception):
    """A command is longer than servers bear. Does not carry it: it may be the one with the password."""


@contextlib.contextmanager
def connecting(access: Access) -> Iterator[None]:
    """Turn what goes wrong while a line is made into LostError and RefusedError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise distrusted(access.label, error.verify_message) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):  # the line broke, or who listens there has no time for us
        raise unreachable(access.label, _CLOSED) from None
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
        text = repr(scrubbed(error, access.password)[:120])
        what = message("The host's list of files is in a form that is not known: {text}", text=text)
        raise refused(access.label, what, message("Ask whoever runs the host for SFTP, or for MLSD in FTP.")) from None
    except TooLongError:
        raise denied(access.label, "File name too long") from None
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
        return _CLOSED
    text = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return scrubbed(text, password)


def crowded(error: LostError | RefusedError) -> bool:
    """Return whether a server did not want one more line: 421, or a refused login that speaks of connections."""
    said = " ".join(value for problem in error.problems for _, value in problem.what.values).lower()
    return said.startswith("421") or ("530" in said and ("connection" in said or "too many" in said))
