"""``s3://``: a bucket of Amazon's or of any service that speaks S3, by way of obstore."""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

from generator.errors import message
from generator.mediatypes import media_type
from generator.publish.coding import is_compressed
from generator.publish.host import Entry, inside, refused
from generator.publish.refusals import broken, denied, told, unreachable
from generator.publish.s3_access import access_to
from generator.publish.s3_names import every_object, is_odd
from generator.publish.s3_refusals import meaning
from generator.publish.s3_store import Stores
from generator.urls import is_hashed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.publish.secrets import Secrets
    from generator.publishing import Target

SETTLING = 2.0
"""Seconds after which it is looked who was last, where a service heeds no condition."""
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
_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


class S3Host:
    """A bucket, or what stands below a prefix in it. An object is replaced in one step: none is ever half there."""

    lanes = 16

    def __init__(self, target: Target, secrets: Secrets) -> None:
        """Prepare the client; whether the service lets us in is asked at once. Raises LostError or RefusedError."""
        import obstore  # noqa: PLC0415, TID251 - this is a room for it; other kinds of hosts need not load it
        from obstore.exceptions import InvalidPathError  # noqa: PLC0415, TID251 - as above

        self.label = target.label
        self._client = obstore
        prefix = target.path.strip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._access = access_to(target, secrets)
        self._stores = Stores(self._access)
        with self._answering(unreachable):
            self._store = self._stores.bearing(0)
            with contextlib.suppress(InvalidPathError):  # it has answered: what its answer is, a listing will say
                next(iter(obstore.list(self._store, self._prefix or None, chunk_size=1)), None)

    def listing(self) -> dict[str, Entry]:
        """Return every object below the prefix."""
        found: dict[str, Entry] = {}
        with self._answering():
            for meta in self._everything():
                name = meta["path"].removeprefix(self._prefix) or "/"
                # The ETag of what came in one piece is its MD5. Source: Amazon S3 API, "Object".
                tag = _MD5.fullmatch(meta["e_tag"] or "")
                digest = f"md5:{tag[1]}" if tag else ""
                found.setdefault(name, Entry(meta["size"], digest, meta["last_modified"].timestamp()))
        for name in [name for name, entry in found.items() if not entry.size and not is_odd(name)]:
            if f"{name}/" == self._prefix or self.read(name) is None:
                del found[name]  # "folder/", which services' own consoles make, and of which obstore drops the slash
        if self._tags_are_md5(found):
            return found
        return {name: entry._replace(digest="") for name, entry in found.items()}

    def _everything(self) -> Iterable[Any]:
        """Return what the service says of each object below the prefix, whatever its name."""
        from obstore.exceptions import BaseError, InvalidPathError  # noqa: PLC0415, TID251 - as above

        try:
            return [*self._objects()]
        except BaseError as error:
            if isinstance(error, InvalidPathError) or "invalid list response" in str(error):
                return every_object(self._access, self._prefix)
            raise

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
        first, and once more after a moment, when another that looked at the same time has put its own there: only one
        that took longer from its look to its object than that moment is not noticed.
        """
        from obstore.exceptions import AlreadyExistsError  # noqa: PLC0415, TID251 - as above

        if self.read(file) is not None:
            return False
        with self._answering():
            try:
                self._put(file, data, "create")
            except AlreadyExistsError:
                return False
            try:
                self._put(file, data, "create")  # which fails where the condition is heeded: then the first one counts
            except AlreadyExistsError:
                return True
        time.sleep(SETTLING)
        return self.read(file, len(data)) == data

    def remove(self, file: str) -> None:
        """Remove an object; folders are only in names."""
        with self._answering(), contextlib.suppress(FileNotFoundError):
            self._client.delete(self._store, self._path(file))

    def move(self, file: str, target: str) -> None:
        """Rename an object; ``target`` may lie beside the prefix. What comes there between the two steps is lost."""
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
        """Return the name of an object. Raises RefusedError for one that obstore would make another of."""
        if is_odd(file):
            what = message("An object stands there whose name no file can have: {name}.", name=told(repr(file)))
            raise refused(self.label, what, message("Look into it with the service's own tools and remove it."))
        return self._prefix + inside(self.label, file)

    def _tags_are_md5(self, found: dict[str, Entry]) -> bool:
        """Return whether the service's ETags are MD5: with some kinds of encryption they only look so."""
        fit = [(entry.size, name) for name, entry in found.items() if _is_probe(name, entry)]
        data = self.read(min(fit)[1]) if fit else None
        if data is None:
            return True
        return found[min(fit)[1]].digest == f"md5:{hashlib.md5(data, usedforsecurity=False).hexdigest()}"

    def _put(self, file: str, data: bytes, mode: Any) -> None:  # noqa: ANN401 - obstore's own words for it
        caching = FOR_EVER if is_hashed(file) else SHORT
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
            raise meaning(self.label, error, silent, self._access.hidden) from None


def _is_probe(name: str, entry: Entry) -> bool:
    """Say whether an object can show what the service's ETags are."""
    return bool(entry.digest) and 0 < entry.size <= _PROBE and not is_odd(name)
