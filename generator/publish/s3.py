"""``s3://``: a bucket of Amazon's or of any service that speaks S3, by way of obstore."""

from __future__ import annotations

import contextlib
import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

from generator.errors import message
from generator.mediatypes import media_type
from generator.publish.coding import is_compressed
from generator.publish.host import Entry, inside, refused
from generator.publish.refusals import broken, denied, distrusted, not_let_in, scrubbed, told, unreachable
from generator.publish.s3_store import Stores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.publish.host import HostError
    from generator.publish.secrets import Secrets
    from generator.publishing import Target

_PAGE = 1000
"""Objects that a service lists at once. Source: Amazon S3 API, "ListObjectsV2"."""
_PROBE = 1 << 20
"""Bytes up to which an object is fetched to see what the service's ETags are."""
FOR_EVER = "public, max-age=31536000, immutable"
SHORT = "no-cache"
"""Cached, but asked for anew each time, which costs a line where nothing changed: the next publish may change it."""
AS_IT_IS = "no-transform"
"""Nobody unpacks on the way what stands compressed: Google's service would, also for the guard, which then found other
bytes than were published. Source: Google Cloud Storage, "Transcoding of gzip-compressed files"; RFC 9110, 7.7."""
_HASHED = re.compile(r"\.[0-9a-f]{8,}\.[a-z0-9]+\Z")
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


class S3Host:
    """A bucket, or what stands below a prefix in it. An object is replaced in one step: none is ever half there."""

    lanes = 16

    def __init__(self, target: Target, secrets: Secrets) -> None:
        """Prepare the client; whether the service lets us in is asked at once. Raises LostError or RefusedError."""
        import obstore  # noqa: PLC0415, TID251 - this is a room for it; other kinds of hosts need not load it

        self.label = target.label
        self._client = obstore
        prefix = target.path.strip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._stores = Stores(target, secrets)
        with self._answering(unreachable):
            self._store = self._stores.bearing(0)
            next(iter(obstore.list(self._store, self._prefix or None, chunk_size=1)), None)

    def listing(self) -> dict[str, Entry]:
        """Return every object below the prefix."""
        found: dict[str, Entry] = {}
        with self._answering():
            for meta in self._objects():
                name = meta["path"].removeprefix(self._prefix)
                # The ETag of what came in one piece is its MD5. Source: Amazon S3 API, "Object".
                tag = _MD5.fullmatch(meta["e_tag"] or "")
                digest = f"md5:{tag[1]}" if tag else ""
                found.setdefault(name, Entry(meta["size"], digest, meta["last_modified"].timestamp()))
        for name in [name for name, entry in found.items() if not entry.size]:
            if f"{name}/" == self._prefix or self.read(name) is None:
                del found[name]  # "folder/", which services' own consoles make, and of which obstore drops the slash
        if self._tags_are_md5(found):
            return found
        return {name: entry._replace(digest="") for name, entry in found.items()}

    def _objects(self) -> Iterator[Any]:
        """Yield what the service says of each object below the prefix.

        It lists a thousand at a time, and only then says where the next thousand begin. Where there are more, all
        folders are asked for at once: 27,000 files take 1.0 instead of 2.8 s where each way takes 40 ms.
        """
        first = next(iter(self._client.list(self._store, self._prefix or None, chunk_size=_PAGE)), ())
        if len(first) < _PAGE:
            yield from first
            return
        top = self._client.list_with_delimiter(self._store, self._prefix or None)
        yield from top["objects"]
        with ThreadPoolExecutor(self.lanes) as pool:
            yield from chain.from_iterable(pool.map(self._below, top["common_prefixes"]))

    def _below(self, folder: str) -> list[Any]:
        return [*chain.from_iterable(self._client.list(self._store, folder, chunk_size=_PAGE))]

    def read(self, file: str, most: int | None = None) -> bytes | None:
        """Return the bytes of an object, None if there is none, or it has more than ``most``."""
        with self._answering():
            try:
                found = self._client.get(self._store, self._path(file))
                return None if most is not None and found.meta["size"] > most else bytes(found.bytes())
            except FileNotFoundError as error:
                if "NoSuchBucket" in str(error):
                    raise
                return None

    def write(self, file: str, data: bytes) -> None:
        """Put an object there in one step."""
        with self._answering():
            self._put(file, data, "overwrite")

    def create(self, file: str, data: bytes) -> bool:
        """Put an object there unless there is one, and say whether it was put: the service decides, in one step.

        A service that does not know the condition refuses it, or passes over it if it is old. For those it is looked
        first: only two at the same moment may then both succeed.
        """
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415, TID251 - as above

        if self.read(file) is not None:
            return False
        with self._answering():
            try:
                self._put(file, data, "create")
            except AlreadyExistsError:
                return False
            return True

    def remove(self, file: str) -> None:
        """Remove an object; folders are only in names."""
        with self._answering(), contextlib.suppress(FileNotFoundError):
            self._client.delete(self._store, self._path(file))

    def move(self, file: str, target: str) -> None:
        """Rename an object; ``target`` may lie beside the prefix."""
        above, name = self._prefix.rstrip("/"), target
        while name.startswith("../"):
            if not above:
                raise denied(self.label, target)
            above, name = above.rpartition("/")[0], name.removeprefix("../")
        goal = f"{above}/{inside(self.label, name)}" if above else inside(self.label, name)
        with self._answering():
            self._client.copy(self._store, self._path(file), goal)
            self._client.delete(self._store, self._path(file))

    def close(self) -> None:
        """Do nothing: connections end by themselves."""

    def _path(self, file: str) -> str:
        return self._prefix + inside(self.label, file)

    def _tags_are_md5(self, found: dict[str, Entry]) -> bool:
        """Return whether the service's ETags are MD5: with some kinds of encryption they only look so."""
        fit = [(entry.size, name) for name, entry in found.items() if entry.digest and 0 < entry.size <= _PROBE]
        data = self.read(min(fit)[1]) if fit else None
        if data is None:
            return True
        return found[min(fit)[1]].digest == f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}"

    def _put(self, file: str, data: bytes, mode: Any) -> None:  # noqa: ANN401 - obstore's own words for it
        caching = FOR_EVER if _HASHED.search(file) else SHORT
        headers: Mapping[str, str] = {"Content-Type": media_type(file), "Cache-Control": caching}
        if is_compressed(file, data):
            headers = {**headers, "Content-Encoding": "gzip", "Cache-Control": f"{caching}, {AS_IT_IS}"}
        # In one piece whatever its size, so that the ETag is the MD5.
        self._client.put(
            self._stores.bearing(len(data)),
            self._path(file),
            data,
            attributes=headers,  # type: ignore[arg-type] # its type lists names that it knows
            mode=mode,
            use_multipart=False,
        )

    @contextlib.contextmanager
    def _answering(self, silent: Any = broken) -> Iterator[None]:  # noqa: ANN401 - one of the refusals
        from obstore.exceptions import BaseError  # noqa: PLC0415, TID251 - as above

        try:
            yield
        except (BaseError, OSError) as error:
            raise self._meaning(error, silent) from None

    def _meaning(self, error: Exception, silent: Any) -> HostError:  # noqa: ANN401 - as above
        from obstore.exceptions import PermissionDeniedError, UnauthenticatedError  # noqa: PLC0415, TID251 - as above

        said = _cause(scrubbed(error, *self._stores.hidden))
        if odd := re.search(r"invalid path: (?:Error parsing )?Path (\".*?\"(?=:| contained))", str(error), re.DOTALL):
            what = message("An object stands there whose name no file can have: {name}.", name=told(odd[1]))
            fix = message(
                "Look into it with the service's own tools and remove it: until then nothing can be compared."
            )
            return refused(self.label, what, fix)
        if "<Code>" not in str(error) and (why := re.search(_CERTIFICATE, str(error))):
            return distrusted(self.label, why[1] or "TLS")
        if re.search(_PASSING, str(error)):
            passing: HostError = silent(self.label, said)
            return passing
        if isinstance(error, (UnauthenticatedError, PermissionDeniedError)) or re.search(_KEYS, str(error)):
            return not_let_in(self.label, said)
        # Of a request that came back with any other 4xx the service wants no second try.
        if isinstance(error, FileNotFoundError) or re.search(r"\b4\d\d [A-Z]|NoSuchBucket", str(error)):
            return denied(self.label, said)
        refusal: HostError = silent(self.label, said)
        return refusal


_CERTIFICATE = r"InvalidCertificate\(\s*(?:Other\(\s*OtherError\(\s*)?(\w*)"
"""How the client's TLS (rustls) says what is wrong with a certificate."""
_PASSING = (
    r"status code: (?:408|425|429)\b"
    r"|<Code>(?:RequestTimeout|OperationAborted|SlowDown|TooManyRequests|Throttling\w*|ServiceUnavailable)</Code>"
)
"""How services ask for another try, whatever the number of their answer. Source: Amazon S3 API, "Error responses"."""
_KEYS = r"InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|\b40[13] "


def _cause(error: object) -> str:
    """Return the service's own words, or the first line of the library's: more of it is for its makers."""
    text = str(error)
    said = re.search(r"<Code>([^<]*)</Code>(?:\s*<Message>([^<]*)</Message>)?", text)
    if said:
        return told(": ".join(part for part in said.groups() if part))
    return told(text.partition("\n")[0])
