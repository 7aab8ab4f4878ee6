"""Every object of a bucket, whatever its name.

obstore gives up a whole listing at the first name that no file could have, such as ``a//b`` or ``a/../b``. Anybody who
can write to the bucket could so keep all other names from being told; then the service is asked without obstore.
Source: Amazon S3 API, "ListObjectsV2", and "Authenticating Requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import datetime
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote_plus, urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener
from xml.etree import ElementTree as ET

from generator.publish.trust import trusting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.publish.s3_access import Access

_SECONDS = 60.0
"""How long the service may say nothing."""
_NOTHING = hashlib.sha256(b"").hexdigest()
_MOST_SAID = 4096
"""Bytes of an answer other than a listing that are looked at."""


class AnswerError(OSError):
    """The service answered something else than a listing."""


class _Staying(HTTPRedirectHandler):
    """Follows nobody elsewhere: what is signed is for this service."""

    def redirect_request(self, *_: Any) -> None:  # noqa: ANN401 - what it is given is not looked at
        """Return no other request."""


def is_odd(name: str) -> bool:
    """Say whether an object's name is none that a file could have, so that obstore refuses it."""
    return any(part in {"", ".", ".."} for part in name.split("/")) or any(
        ord(sign) < 32 or sign == "\x7f" for sign in name
    )


def every_object(access: Access, prefix: str) -> Iterator[dict[str, Any]]:
    """Yield what the service says of each object whose name begins with ``prefix``, with the keys that obstore uses.

    As with obstore, a name has no slash at its end. Raises OSError.
    """
    more: str | None = ""
    while more is not None:
        asked = {"list-type": "2", "encoding-type": "url", "prefix": prefix}
        page = _page(access, {**asked, "continuation-token": more} if more else asked)
        is_encoded = page.findtext("{*}EncodingType") == "url"
        try:
            yield from [_object(each, is_encoded=is_encoded) for each in page.iterfind("{*}Contents")]
        except ValueError as error:
            raise AnswerError(str(error)) from None
        more = page.findtext("{*}NextContinuationToken") or None


def _object(said: ET.Element, *, is_encoded: bool) -> dict[str, Any]:
    """Return what is said of one object. Raises ValueError for a size or a time that is none."""
    key = said.findtext("{*}Key") or ""
    return {
        "path": (unquote_plus(key) if is_encoded else key).removesuffix("/"),
        "size": int(said.findtext("{*}Size") or ""),
        "e_tag": said.findtext("{*}ETag"),
        "last_modified": datetime.fromisoformat(said.findtext("{*}LastModified") or ""),
    }


def _page(access: Access, query: Mapping[str, str]) -> ET.Element:
    """Return one page of a listing."""
    url, headers = signed(access, query, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    # Through the proxy that the environment names, as obstore goes; the address is site.toml's, http or https.
    opener = build_opener(_Staying, HTTPSHandler(context=trusting(access.target)))
    try:
        with opener.open(Request(url, headers=headers), timeout=_SECONDS) as answer:  # noqa: S310 - as above
            data = answer.read()
    except HTTPError as error:
        said = error.read(_MOST_SAID).decode(errors="replace")
        raise AnswerError(f"status code: {error.code} {error.reason}: {said}") from None
    except URLError as error:
        raise AnswerError(str(error.reason)) from None
    except HTTPException as error:
        raise AnswerError("IncompleteMessage") from error
    try:
        return ET.fromstring(data)  # noqa: S314 - of the service that has our files; expat bears what swells
    except ET.ParseError as error:
        raise AnswerError(str(error)) from None


def signed(access: Access, query: Mapping[str, str], moment: str) -> tuple[str, dict[str, str]]:
    """Return the address and the headers of a request to the bucket that carries our signature.

    ``moment`` is the time as ``20261124T120000Z``.
    """
    place = urlsplit(access.endpoint)
    path = quote(f"{place.path.rstrip('/')}/{access.target.host if access.target.endpoint else ''}", safe="/-_.~")
    asked = "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))
    host = place.netloc.rpartition("@")[2]
    headers = {"host": host, "x-amz-content-sha256": _NOTHING, "x-amz-date": moment}
    if access.token:
        headers["x-amz-security-token"] = access.token.reveal()
    names = ";".join(headers)
    rows = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"GET\n{path}\n{asked}\n{rows}\n{names}\n{_NOTHING}"
    scope = f"{moment[:8]}/{access.region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{access.password.reveal()}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={access.key.reveal()}/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    )
    return f"{place.scheme}://{host}{path}?{asked}", headers
