"""What stands on the host: which files the program put there, kept on the host itself and once more on this machine.

A small file, the head, is written last by every publish. It names the site, what changed since the parts were written,
and the parts, which hold the other files: each path belongs to one part by its hash. When the head grows full, the
parts that most of its changes belong to are written anew. So a release in an archive of 10,000 costs some 20 KB, where
a whole manifest would cost 900: the head, and now and then one part. Only when twice as many files stand there
as when the parts were made, all are made anew.

Parts bear the digest of their bytes in their names: a new head never leads to an old part, and a part that is cut or
tampered with is noticed. Digests are BLAKE2b (RFC 7693) of 16 bytes, in hexadecimal.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

HEAD = ".adpim-site.json.gz"
"""The head's file, in the site's folder on the host."""
OWN = ".adpim-"
"""How every file begins that the program puts onto a host for itself: the manifest, its lock, what is under way."""
FORMAT = 1
ROOM = 32_768
"""Bytes of changes in a head, uncompressed, above which parts are written anew. Compressed they are 13 KB."""
PART_FILES = 512
"""Files in a part: some 16 KB of it, compressed, and 25 where they are text that stands compressed. With four times as
many, a release in an archive of 10,000 sends as much in the mean, but 70 KB at the most where it is 34 now."""
MOST = 64 * 2**20
"""Bytes of either, unpacked, above which it was not written by this program, but to fill this machine's memory."""

# A part of a path that is empty, leads up, or is the program's own; a backslash parts paths on Windows.
_UNSAFE = re.compile(rf"/(?:\.{{0,2}}|{re.escape(OWN)}[^/]*)/|\\")


_DIGEST = re.compile(r"[0-9a-f]{32}")
_DAMAGES = (OSError, EOFError, zlib.error, ValueError, RecursionError)
"""What unpacking raises where it is no compressed JSON."""


class File(NamedTuple):
    """A file as it was put onto the host: its size in bytes, and the digest of its bytes.

    ``text`` is the digest of the text that these bytes hold compressed, "" where they are the file itself.
    """

    size: int
    digest: str
    text: str = ""

    @property
    def content(self) -> str:
        """The digest of what readers get, whatever form it is stored in."""
        return self.text or self.digest

    def stands_for(self, other: File) -> bool:
        """Say whether it is ``other``, or the same text as compressed on another machine."""
        return self == other or (self.text != "" and self.text == other.text)


class DamagedManifestError(Exception):
    """A manifest cannot be believed: it is not JSON of this form, or a part is missing or not as it was written."""


@dataclass(frozen=True)
class Manifest:
    """What stands on a host.

    ``site`` is the base_url of the site that was published, ``published`` when that was (ISO 8601), ``files`` are all
    that the program put there, and ``leaving`` those it put there once and has still to remove. ``parts`` are the
    digests of the stored parts, ``stored`` what these say.
    """

    site: str
    published: str
    files: Mapping[str, File]
    leaving: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()
    stored: Mapping[str, File] = field(default_factory=dict)

    @property
    def own(self) -> frozenset[str]:
        """All files that the program may remove."""
        return frozenset(self.files) | self.leaving


class Packed(NamedTuple):
    """A manifest as it is kept: the head's bytes, the ``parts`` that must stand before it, and what it is once kept."""

    head: bytes
    parts: Mapping[str, bytes]
    manifest: Manifest

    @property
    def names(self) -> frozenset[str]:
        """The files that hold this manifest."""
        return frozenset({HEAD, *map(part_file, self.manifest.parts)})


def digest_of(data: bytes) -> str:
    """Return the digest of a file's bytes as the manifest has it."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def part_file(digest: str) -> str:
    """Return the file in which the part of this digest is kept."""
    return f"{OWN}site-{digest}.gz"


def is_safe(file: str) -> bool:
    """Say whether a path leads to a file below a site's folder that a publish can have put there.

    A manifest on a host may have been written by somebody else: no path in it may lead out of the folder.
    """
    return file.isprintable() and _UNSAFE.search(f"/{file}/") is None


def pack(manifest: Manifest) -> Packed:
    """Return the form in which ``manifest`` is kept, with as few new parts as the head's room allows."""
    files, stored = manifest.files, manifest.stored
    changed = {file: files.get(file) for file in files.keys() | stored.keys() if files.get(file) != stored.get(file)}
    count = len(manifest.parts)
    if not _room_for(changed):
        wanted = max(1, -(-len(files) // PART_FILES))
        if not count or wanted > 2 * count:
            return _pack_anew(manifest, wanted)
    renewed = _fullest(changed, count)
    digests, parts = list(manifest.parts), {}
    for number in renewed:
        digests[number], data = _part(files, number, count)
        parts[part_file(digests[number])] = data
    if renewed:
        chosen = frozenset(renewed)
        changed = {file: each for file, each in changed.items() if _place(file, count) not in chosen}
    known = {file: each for file, each in files.items() if file not in changed}
    known |= {file: stored[file] for file in changed if file in stored}
    return _packed(Manifest(manifest.site, manifest.published, files, manifest.leaving, tuple(digests), known), parts)


def _pack_anew(manifest: Manifest, count: int) -> Packed:
    made = [_part(manifest.files, number, count) for number in range(count)]
    digests = tuple(digest for digest, _ in made)
    parts = {part_file(digest): data for digest, data in made}
    files = manifest.files
    return _packed(Manifest(manifest.site, manifest.published, files, manifest.leaving, digests, files), parts)


def _packed(manifest: Manifest, parts: Mapping[str, bytes]) -> Packed:
    files, stored = manifest.files, manifest.stored
    paths = sorted(file for file in files.keys() | stored.keys() if files.get(file) != stored.get(file))
    head = {
        "format": FORMAT,
        "site": manifest.site,
        "published": manifest.published,
        "parts": manifest.parts,
        "changes": {file: _row(files.get(file)) for file in paths},
        "leaving": sorted(manifest.leaving),
    }
    return Packed(_packed_json(head), parts, manifest)


def _packed_json(value: object) -> bytes:
    return gzip.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


def _unpacked_json(data: bytes) -> Any:  # noqa: ANN401 - what stands there, of whatever form
    """Return what compressed JSON says. Raises one of _DAMAGES."""
    with gzip.open(io.BytesIO(data)) as stream:
        text = stream.read(MOST + 1)
    if len(text) > MOST:
        raise ValueError("more than anything of ours holds")
    return json.loads(text)


def _row(each: File | None) -> tuple[object, ...] | None:
    """Return how a file is written: what is not compressed has no third value."""
    return each[:2] if each is not None and not each.text else each


def _room_for(changed: Mapping[str, File | None]) -> bool:
    # Digest, size and signs between them take some 45 bytes, a text's digest 35 more.
    return sum(len(file) + (80 if each and each.text else 45) for file, each in changed.items()) <= ROOM


def _fullest(changed: Mapping[str, File | None], count: int) -> list[int]:
    """Return the parts to write anew so that the changes of the others have room in the head."""
    left, renewed = dict(changed), list[int]()
    if not count or _room_for(left):
        return renewed
    for number, _ in Counter(_place(file, count) for file in changed).most_common():
        renewed.append(number)
        left = {file: each for file, each in left.items() if _place(file, count) != number}
        if _room_for(left):
            break
    return renewed


def _place(file: str, count: int) -> int:
    return zlib.crc32(file.encode()) % count


def _part(files: Mapping[str, File], number: int, count: int) -> tuple[str, bytes]:
    its = {file: _row(files[file]) for file in sorted(files) if _place(file, count) == number}
    data = _packed_json(its)
    return digest_of(data), data


def unpack(head: bytes, read: Callable[[str], bytes | None]) -> Manifest:
    """Return the manifest of a ``head``; ``read`` gives the bytes of the files that hold its parts, or None.

    Raises DamagedManifestError.
    """
    said = read_head(head)
    try:
        digests = tuple(str(digest) for digest in said["parts"])
        stored: dict[str, File] = {}
        for digest in digests:
            stored |= _read_part(digest, read)
        files = dict(stored)
        for file, each in said["changes"].items():
            if each is None:
                files.pop(file, None)
            else:
                files[file] = _file(each)
        leaving = frozenset(map(str, said["leaving"]))
        site, published = str(said["site"]), str(said["published"])
    except (*_DAMAGES, KeyError, TypeError, AttributeError) as error:
        raise DamagedManifestError(str(error)) from None
    if not all(map(is_safe, (*files, *leaving))):
        raise DamagedManifestError("a path that leads elsewhere")
    return Manifest(site, published, files, leaving, digests, stored)


def count_by(head: bytes) -> int:
    """Return about how many files a manifest lists, by its head alone; 0 where there are few, or it is damaged."""
    try:
        return len(read_head(head)["parts"]) * PART_FILES
    except (DamagedManifestError, KeyError, TypeError):
        return 0


def read_head(head: bytes) -> dict[str, Any]:
    """Return what a head says, its parts unread. Raises DamagedManifestError."""
    try:
        said = _unpacked_json(head)
    except _DAMAGES as error:
        raise DamagedManifestError(str(error)) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT or not isinstance(said.get("site"), str):
        raise DamagedManifestError("no head of this form")
    return said


def _read_part(digest: str, read: Callable[[str], bytes | None]) -> dict[str, File]:
    if not _DIGEST.fullmatch(digest):
        raise ValueError("no digest, but a way to some other file")
    data = read(part_file(digest))
    if data is None or digest_of(data) != digest:
        raise DamagedManifestError(part_file(digest))
    return {str(file): _file(each) for file, each in _unpacked_json(data).items()}


def _file(each: Iterable[Any]) -> File:
    file = File(*each)
    if not (isinstance(file.size, int) and isinstance(file.digest, str) and isinstance(file.text, str)):
        raise TypeError("not a file")
    return file
