"""The host put right again: our files as they were published, and what is not ours out of the visitors' way.

A foreign file is never just deleted: somebody may have put it there on purpose, and who looks into a break-in needs it.
It is moved out of the web root, or, where the host lets nobody out of the site's folder, fetched and then removed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import message
from generator.publish.guard import by_kind
from generator.publish.host import CLOSED, RefusedError, part_name
from generator.publish.manifest import HEAD, digest_of, part_file
from generator.publish.record import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from generator.errors import Message
    from generator.gather import Progress
    from generator.publish.guard import Expected, Finding
    from generator.publish.host import Host

QUARANTINE = "adpim-karantina"
"""The folder beside the web root, and on this machine the one in the target's work folder."""
MOST_FETCHED = 64 * 2**20
"""Bytes of a foreign file above which it is not fetched: a host gives files whole, and memory ends."""


_GONE = message("Its bytes as published are not on this machine any more: publish once, then repair again.")

_SHARED = message("Files of ours stand in this folder, and something that cannot be looked into: it is left there.")


class Failure(NamedTuple):
    """A file that could not be put right, and why."""

    file: str
    why: Message


class PutBack(NamedTuple):
    """What became of our files."""

    done: tuple[str, ...]
    failed: tuple[Failure, ...]


class PutAway(NamedTuple):
    """What became of foreign files: ``moved`` on the host, ``fetched`` to this machine, each to the place named."""

    moved: tuple[tuple[str, str], ...]
    fetched: tuple[tuple[str, Path], ...]
    failed: tuple[Failure, ...]


class Quarantine(NamedTuple):
    """Where foreign files go: ``beside`` is a folder on the host, ``here`` one on this machine."""

    beside: str
    here: Path


def quarantine(base_path: str, here: Path, stamp: str) -> Quarantine:
    """Return where foreign files go.

    ``base_path`` is that of the site's address: a site below ``/pers`` lies in the folder of another, whose web root is
    as many folders further up. ``stamp`` names this repair.
    """
    steps = 1 + sum(1 for part in base_path.split("/") if part)
    return Quarantine(f"{'../' * steps}{QUARANTINE}/{stamp}", here / "quarantine" / stamp)


def put_back(
    host: Host,
    findings: Iterable[Finding],
    expected: Expected,
    house: Callable[[str], bytes | None],
    progress: Progress,
    unread: Iterable[str] = (),
) -> PutBack:
    """Write every altered and missing file of ours as it was published, and every ``unread`` one, pages last.

    ``house`` returns the bytes of a file that holds the manifest. Bytes that are not here any more are a Failure.
    """
    kinds = by_kind(findings)
    foreign = {finding.file for finding in kinds["foreign"]}
    ours = {*(finding.file for finding in (*kinds["altered"], *kinds["missing"])), *unread}
    files = sorted(ours, key=lambda f: (f.endswith(".html"), f))
    progress.stage(message("Putting ours back"), len(files))
    done, failed = [], []
    for file in files:
        data = house(file) if _is_house(file, expected) else expected.ours(file)
        if data is None:
            failed.append(Failure(file, _GONE))
        elif _ways(file) & foreign:
            # Through a link or a file that somebody put where our folder was, we would write elsewhere.
            failed.append(
                Failure(file, message("A foreign file stands where its folder must be: move that away first."))
            )
        else:
            why = _written(host, file, data)
            (failed.append(Failure(file, why)) if why else done.append(file))
        progress.step()
    return PutBack(tuple(done), tuple(failed))


def _written(host: Host, file: str, data: bytes) -> Message | None:
    """Write a file; return why the host refuses it, None where it does not.

    A folder may stand in its place: an empty one is no finding, and goes.
    """
    why = _tried(lambda: host.write(file, data))
    if why is not None:
        _sweep(host, file)
        why = _tried(lambda: host.write(file, data))
    return why


def _sweep(host: Host, folder: str) -> None:
    """Remove a folder, and those above it, as far as nothing stands in them."""
    _tried(lambda: host.remove(f"{folder}/{part_name()}"))  # no file has this name, so that no file goes


def _is_house(file: str, expected: Expected) -> bool:
    return file == HEAD or file in map(part_file, expected.manifest.parts)


def _ways(file: str) -> set[str]:
    """Return the folders that lead to a file."""
    parts = file.split("/")
    return {"/".join(parts[:depth]) for depth in range(1, len(parts))}


def put_away(host: Host, files: Iterable[str], place: Quarantine, progress: Progress) -> PutAway:
    """Take foreign files off the site: moved out of the web root where the host can, else fetched and removed."""
    going = set(files)
    progress.stage(message("Moving foreign files away"), len(going))
    listing = host.listing()
    moved, fetched, failed = [], [], []
    # A folder that is listed itself, since not all in it can be, comes after what is.
    for file in sorted(going, key=lambda file: (listing.get(file) == CLOSED, file)):
        name = safe_name(file)
        target = f"{place.beside}/{name}"
        if listing.get(file) == CLOSED and any(each.startswith(f"{file}/") for each in listing.keys() - going):
            failed.append(Failure(file, _SHARED))
        elif _tried(lambda file=file, target=target: host.move(file, target)) is None:  # type: ignore[misc] # bound at once
            moved.append((file, target))
            if "/" in file:
                _sweep(host, file.rpartition("/")[0])
        elif file in listing and not listing[file].is_file:
            failed.append(
                Failure(file, message("A link or the like cannot be fetched; the host does not let it be moved."))
            )
        elif file in listing and listing[file].size > MOST_FETCHED:
            failed.append(Failure(file, message("Too big to be fetched, and the host does not let it be moved.")))
        else:
            why = _fetch(host, file, place.here / name)
            if why:
                failed.append(Failure(file, why))
            else:
                fetched.append((file, place.here / name))
        progress.step()
    return PutAway(tuple(moved), tuple(fetched), tuple(failed))


def _fetch(host: Host, file: str, goal: Path) -> Message | None:
    """Fetch a file and, once it lies here whole, remove it there; return what went wrong, if anything did."""
    try:
        data = host.read(file)
        if data is None:
            return message("It is not there any more.")
        goal.parent.mkdir(parents=True, exist_ok=True)
        write_whole(goal, data)
        host.remove(file)
    except RefusedError as error:
        return error.problems[0].what
    except OSError as error:
        return message("Cannot be written: {error}.", error=error.strerror or error)
    return None


def _tried(act: Callable[[], None]) -> Message | None:
    """Do something on the host; return why the host refuses it, None where it does not."""
    try:
        act()
    except RefusedError as error:
        return error.problems[0].what
    return None


def safe_name(file: str) -> str:
    """Return the name that a foreign file gets in quarantine: no program to any server or system, and one file.

    All but letters, digits, hyphens and underscores of ASCII is written as ``%`` and hexadecimal digits, dots and
    slashes too: Apache runs ``x.php.txt`` as well, and Windows opens by the last ending.
    """
    safe = re.sub(rb"[^A-Za-z0-9_-]", lambda sign: b"%%%02x" % sign[0][0], file.encode("utf-8", "surrogateescape"))
    name = safe.decode("ascii")
    # A file system takes 255 bytes; what is cut is told apart by the digest of the whole.
    return f"{name[:150]}%{digest_of(safe)}" if len(name) > 190 else name
