"""What a bucket's service and its silences mean: LostError and RefusedError, in words that people know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.publish.refusals import denied, distrusted, not_let_in, scrubbed, told
from generator.system import UNEXPECTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.publish.host import HostError
    from generator.publish.secrets import Secret

_CERTIFICATE = r"InvalidCertificate\(\s*(?:Other\(\s*OtherError\(\s*)?(\w*)"
"""How the client's TLS (rustls) says what is wrong with a certificate."""
_KEYS = r"InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|\b40[13] "
_PASSING = (
    r"status code: (?:408|425|429)\b"
    r"|<Code>(?:RequestTimeout|OperationAborted|SlowDown|TooManyRequests|Throttling\w*|ServiceUnavailable)</Code>"
)
"""How services ask for another try, whatever the number of their answer. Source: Amazon S3 API, "Error responses"."""
_SILENCES = (
    (r"Temporary failure in name resolution", "Temporary failure in name resolution"),
    (r'"dns error"', "Name or service not known"),
    (r"ConnectionRefused|Connection refused", "Connection refused"),
    (r"ConnectionReset|ConnectionAborted|Connection reset", "Connection reset by peer"),
    (r"NetworkUnreachable|NetworkDown|Network is unreachable", "Network is unreachable"),
    (r"HostUnreachable|No route to host", "No route to host"),
    (r"BrokenPipe|Broken pipe", "Broken pipe"),
    (r"TimedOut|kind: Timeout|timed out", "Connection timed out"),
    (r"IncompleteMessage|IncompleteBody|UnexpectedEof|ChannelClosed", "Connection lost"),
)
"""How the client (hyper and reqwest, in Rust, or Python's own) says that a line broke, and how operating systems do."""


def meaning(
    label: str, error: Exception, silent: Callable[[str, object], HostError], hidden: Iterable[Secret]
) -> HostError:
    """Return what an error of the library means; ``silent`` makes of a silence what it is at this moment.

    What is ``hidden`` is not shown where the service repeats it.
    """
    from obstore.exceptions import (  # noqa: PLC0415, TID251 - a room for it; other kinds of hosts need not load it
        PermissionDeniedError,
        UnauthenticatedError,
    )

    said, text = _cause(scrubbed(error, *hidden)), str(error)
    if "<Code>" not in text and (why := re.search(_CERTIFICATE, text)):
        return distrusted(label, why[1] or "TLS")
    if re.search(_PASSING, text):
        return silent(label, said)
    if isinstance(error, (UnauthenticatedError, PermissionDeniedError)) or re.search(_KEYS, text):
        return not_let_in(label, said)
    # Of a request that came back with any other 4xx the service wants no second try.
    if isinstance(error, FileNotFoundError) or re.search(r"\b4\d\d [A-Z]|NoSuchBucket", text):
        return denied(label, said)
    return silent(label, said)


def _cause(text: str) -> str:
    """Return the service's own words; where it has none, a reason that the catalogues know.

    The library's own words are for its makers.
    """
    if said := re.search(r"<Code>([^<]*)</Code>(?:\s*<Message>([^<]*)</Message>)?", text):
        return told(": ".join(part for part in said.groups() if part))
    if code := re.search(r"status code: (\d{3})\b", text):
        return f"HTTP {code[1]}"
    return next((reason for sign, reason in _SILENCES if re.search(sign, text)), UNEXPECTED)
