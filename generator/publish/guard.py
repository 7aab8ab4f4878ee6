"""Whether what stands on a host is what was published: every file compared, and every other file named.

What was published is known from this machine's own record, since whoever broke into the host can change the list that
lies there. Bytes are read back, for an intruder keeps a file's size and its date; only where the host itself vouches
for its bytes by a digest, and ours are here to be compared, they need not travel.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from generator.errors import message
from generator.publish.coding import is_ours_of
from generator.publish.host import RefusedError, is_part
from generator.publish.manifest import HEAD, MOST, digest_of, part_file
from generator.publish.pages import is_page
from generator.publish.patience import Stop, each
from generator.publish.suspects import Suspicion, Weight, altered_page, is_dangerous, suspect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from generator.errors import Message
    from generator.gather import Progress
    from generator.publish.host import Entry, Host
    from generator.publish.manifest import File, Manifest

Kind = Literal["altered", "missing", "foreign"]

MOST_READ = 2 * 2**20
"""Bytes of a foreign file above which it is judged by its name alone: it may be of any size, and memory is not."""


class Finding(NamedTuple):
    """A file on the host that is not as it should be."""

    file: str
    kind: Kind
    weight: Weight
    why: Message


class Expected(NamedTuple):
    """What must stand on a host.

    ``tried`` are files that a publish which was broken off may have put there. ``head`` are the bytes of the manifest's
    head as this machine keeps it, None where only the host's own is known. ``spared`` returns which of the files that
    are listed may stand there as well, as they are: the lock, and what a publish has under way. ``allowed`` are the
    patterns of the target, and ``own_host`` is the site's. ``ours`` returns a file's bytes as they were published, None
    where they are not here.
    """

    manifest: Manifest
    tried: Mapping[str, File]
    head: bytes | None
    spared: Callable[[Mapping[str, Entry]], AbstractSet[str]]
    allowed: tuple[str, ...]
    own_host: str
    ours: Callable[[str], bytes | None]


class Verdict(NamedTuple):
    """What a check found, the most telling first; ``checked`` files of ours are as they were published."""

    findings: tuple[Finding, ...]
    unread: tuple[str, ...]
    """Files that the host would not let us read: nothing is known of them."""
    checked: int
    allowed: tuple[str, ...]
    """Files that are not ours and may stand there."""


def check(host: Host, expected: Expected, progress: Progress) -> Verdict:
    """Compare every file on ``host`` with what is ``expected``. Raises LostError or RefusedError if it cannot."""
    progress.stage(message("Asking what stands on the host"), 0)
    listing = host.listing()
    files, house = expected.manifest.files, _house(expected).keys()
    passing = {file for file in expected.manifest.leaving | expected.spared(listing) if _is_file(file, listing)}
    others = listing.keys() - files.keys() - house - passing
    unnamed = [file for file in others if not is_named(file, expected.allowed)]
    there = [file for file in files if file in listing]
    progress.stage(message("Comparing with what was published"), len(listing))
    looks: list[Callable[[], Finding | str | None]] = [
        *(partial(_compare, host, file, listing[file], expected) for file in there),
        *(partial(_compare_house, host, file, listing.get(file), expected) for file in house),
        *(partial(_judge, host, file, listing[file], expected) for file in unnamed),
    ]
    found: list[Finding | str | None] = []

    def one(look: Callable[[], Finding | str | None]) -> None:
        found.append(look())
        progress.step()

    each(looks, one, host.lanes, Stop())
    absent = [Finding(f, "missing", Weight.MISSING, _MISSING) for f in files.keys() - listing.keys()]
    findings = sorted((one for one in (*found, *absent) if isinstance(one, Finding)), key=lambda f: (f.weight, f.file))
    unread = tuple(sorted(one for one in found if isinstance(one, str)))
    told = {finding.file for finding in findings}
    allowed = tuple(sorted(file for file in others - told if is_allowed(file, expected.allowed)))
    return Verdict(tuple(findings), unread, len(files.keys() - told - set(unread)), allowed)


def _is_file(file: str, listing: Mapping[str, Entry]) -> bool:
    """Say whether it is a file: a publish makes no links, and no folders that are closed to itself."""
    return file in listing and listing[file].is_file


_MISSING = message("It was published, and is gone.")
_REPLACED = message("A link or the like stands in its place.")
_OPAQUE = message("A pattern allows it, but it cannot be looked into: only its whole name in allow excuses it.")
_NOT_OUR_LIST = message("Not the list of this machine: another one has published since, or somebody changed it.")


def _house(expected: Expected) -> dict[str, str]:
    """Return the files on the host that hold the manifest, with the digest of each ("" where it is not known)."""
    names = {part_file(digest): digest for digest in expected.manifest.parts}
    return names | {HEAD: digest_of(expected.head) if expected.head is not None else ""}


def _compare(host: Host, file: str, entry: Entry, expected: Expected) -> Finding | str | None:
    """Return what is wrong with a file of ours, its name where it could not be read, None where all is well."""
    wanted = expected.manifest.files[file]
    if not entry.is_file:
        return Finding(file, "altered", Weight.ALTERED, _REPLACED)
    if entry.size == wanted.size and entry.digest and _is_vouched(entry, expected.ours(file)):
        return None
    data: bytes | None = None
    if entry.size <= max(wanted.size, MOST_READ):
        try:
            data = host.read(file)
        except RefusedError:
            if entry.size in _sizes(file, expected):
                return file
        else:
            if data is None:
                return Finding(file, "missing", Weight.MISSING, _MISSING)
    if data is not None and (digest_of(data) in _fitting(file, expected) or is_ours_of(data, wanted, MOST)):
        return None
    return Finding(file, "altered", *_alteration(file, data, wanted, expected.own_host))


def _fitting(file: str, expected: Expected) -> set[str]:
    """Return the digests that a file may have: as it was published, or as a publish that was broken off sent it."""
    said = (expected.manifest.files.get(file), expected.tried.get(file))
    return {each.digest for each in said if each is not None}


def _sizes(file: str, expected: Expected) -> set[int]:
    """Return the sizes that a file may have, of which nothing else is known."""
    said = (expected.manifest.files.get(file), expected.tried.get(file))
    sizes = {each.size for each in said if each is not None}
    ours = expected.ours(file)  # as this machine compresses it, which may be otherwise than when it was published
    return sizes if ours is None else sizes | {len(ours)}


def _is_vouched(entry: Entry, ours: bytes | None) -> bool:
    kind, _, digest = entry.digest.partition(":")
    return kind == "md5" and ours is not None and hashlib.md5(ours, usedforsecurity=False).hexdigest() == digest


def _alteration(file: str, data: bytes | None, wanted: File, own_host: str) -> tuple[Weight, Message]:
    """Return how much the alteration of a file tells, and what it is."""
    if is_dangerous(file):
        return Weight.RULES, message("Rules for the web server, changed by somebody: they can lead visitors elsewhere.")
    if data is not None and is_page(file):
        given = altered_page(file, data, own_host)
        if given is not None:
            return Weight.ELSEWHERE, given
    if data is not None and len(data) == wanted.size:
        return Weight.ALTERED, message("Of the same size, but not what was published.")
    return Weight.ALTERED, message("Not what was published.")


def _compare_house(host: Host, file: str, entry: Entry | None, expected: Expected) -> Finding | str | None:
    """Return what is wrong with a file that holds the manifest, its name where it could not be read."""
    wanted = _house(expected)[file]
    if entry is not None and not entry.is_file:
        return Finding(file, "altered", Weight.RULES, _REPLACED)
    try:
        data = host.read(file, MOST) if entry is not None else None
    except RefusedError:
        is_other = file == HEAD and expected.head is not None and entry is not None and entry.size != len(expected.head)
        return Finding(file, "altered", Weight.RULES, _NOT_OUR_LIST) if is_other else file
    if data is None and (entry is None or entry.size <= MOST):
        return Finding(file, "missing", Weight.MISSING, message("The list of what was published is gone."))
    if data is None or (wanted and digest_of(data) != wanted):
        return Finding(file, "altered", Weight.RULES, _NOT_OUR_LIST)
    return None


def _judge(host: Host, file: str, entry: Entry, expected: Expected) -> Finding | None:
    """Return what a foreign file seems to be.

    None for one that a publish put there before it was broken off, and for a quiet one that a pattern allows.
    """
    data: bytes | None = None
    tried = expected.tried.get(file)
    if entry.is_file and (entry.size <= MOST_READ or (tried is not None and entry.size == tried.size)):
        with contextlib.suppress(RefusedError):
            data = host.read(file)
            if data is None and is_part(file):
                return None  # its publish has gone on since the host was listed
    if data is not None and digest_of(data) in _fitting(file, expected):
        return None
    found = suspect(file, data, expected.own_host)
    if found is None and is_allowed(file, expected.allowed):
        if entry.is_file and (data is not None or not is_page(file)):
            return None
        found = Suspicion(Weight.FOREIGN, _OPAQUE)
    found = found or _unknown(entry, expected.manifest)
    return Finding(file, "foreign", found.weight, found.why)


def _unknown(entry: Entry, manifest: Manifest) -> Suspicion:
    if entry.modified is not None and entry.modified > _seconds(manifest.published):
        return Suspicion(Weight.RECENT, message("Somebody put it there after the last publish."))
    return Suspicion(Weight.FOREIGN, message("This program did not put it there."))


def _seconds(written: str) -> float:
    from datetime import datetime  # noqa: PLC0415 - late, as everything that `--help` does not need

    try:
        return datetime.fromisoformat(written).timestamp()
    except ValueError:
        return float("inf")


def is_named(file: str, patterns: Sequence[str]) -> bool:
    """Say whether one of ``patterns`` is a file's whole name, or a folder's: whatever it is, somebody knows of it.

    A folder's name ends in a slash; another site stands there, which has a guard of its own. A star in a file's own
    name is no name: whoever reads our settings could call a file like a pattern.
    """
    folders = tuple(pattern for pattern in patterns if pattern.endswith("/") and "*" not in pattern)
    return file.startswith(folders) or ("*" not in file and file in patterns)


def is_allowed(file: str, patterns: Iterable[str]) -> bool:
    """Say whether a foreign file in which nothing is wrong may stand on the host by one of ``patterns``.

    ``*`` stands for any signs but ``/``, and at the end, after a ``/``, for all that lies below. What ``suspects``
    knows is let stand only by its whole name: a pattern was not written for what somebody hides under it.
    """
    patterns = tuple(patterns)
    if is_named(file, patterns):
        return True
    return not is_dangerous(file) and any(re.fullmatch(_expression(pattern), file) for pattern in patterns)


def _expression(pattern: str) -> str:
    """Return a pattern as a regular expression."""
    below = pattern.endswith("/*")
    parts = (pattern[:-1] if below else pattern).split("*")
    return "[^/]*".join(map(re.escape, parts)) + (".+" if below else "")


def by_kind(findings: Iterable[Finding]) -> Mapping[Kind, list[Finding]]:
    """Return findings by their kind, each list in its order."""
    kinds: dict[Kind, list[Finding]] = {"altered": [], "missing": [], "foreign": []}
    for finding in findings:
        kinds[finding.kind].append(finding)
    return kinds
