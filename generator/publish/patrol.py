"""One round of the host guard: what must stand on a host beside what does, whatever a publish does meanwhile."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from generator.errors import message
from generator.publish.guard import Expected, Verdict, check
from generator.publish.host import refused
from generator.publish.manifest import HEAD, OWN, DamagedManifestError, Manifest, unpack
from generator.publish.record import Record, work_folder
from generator.publish.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.config import Site
    from generator.gather import Progress
    from generator.publish.host import Host
    from generator.publishing import Target

LOCK = f"{OWN}lock"
PAUSES = (15.0, 45.0, 120.0)
"""Seconds to wait for a publish that goes on, before what was found is told all the same."""


class Post(NamedTuple):
    """What is guarded: the site in ``root``, built into ``output``, at a target."""

    root: Path
    output: Path
    site: Site
    target: Target


class Round(NamedTuple):
    """What a round found.

    ``is_hosts_word`` says that this machine has no record, so that only the host's own list could be gone by;
    ``is_busy`` that a publish was going on all the while, so that some of the findings may be its doing.
    """

    verdict: Verdict
    expected: Expected
    is_hosts_word: bool
    is_busy: bool


def patrol(post: Post, host: Host, progress: Progress, wait: Callable[[float], None]) -> Round:
    """Go one round. ``wait`` sleeps so many seconds. Raises LostError or RefusedError where nothing can be compared."""
    for pause in (*PAUSES, 0.0):
        expected, is_hosts_word = expect(post, host)
        verdict = check(host, expected, progress)
        is_busy = bool(verdict.findings) and _is_publishing(post, host, expected)
        if not is_busy or not pause:
            break
        progress.stage(message("A publish is going on: waiting for its end"), 0)
        wait(pause)
    return Round(verdict, expected, is_hosts_word, is_busy)


def house(post: Post, file: str) -> bytes | None:
    """Return the bytes of a file that holds the manifest, as this machine keeps it."""
    return Record(work_folder(post.root, post.target.name)).read(file)


def _is_publishing(post: Post, host: Host, expected: Expected) -> bool:
    """Say whether a publish goes on, or has ended since what was expected was read."""
    head = Record(work_folder(post.root, post.target.name)).head()
    return (expected.head is not None and head != expected.head) or host.read(LOCK) is not None


def expect(post: Post, host: Host) -> tuple[Expected, bool]:
    """Return what must stand on the host, and whether that is only what the host itself says.

    Raises RefusedError where neither this machine nor the host knows.
    """
    work = work_folder(post.root, post.target.name)
    record = Record(work)
    head, manifest = record.head(), record.manifest()
    is_hosts_word = head is None or manifest is None
    if head is None or manifest is None:
        head, manifest = None, _hosts_word(post, host)
    stock = Stock(post.output, partial(_copy, work / "copies"))
    files = manifest.files
    expected = Expected(
        manifest,
        head,
        frozenset({LOCK}),
        post.target.allow,
        urlsplit(post.site.base_url).hostname or "",
        lambda file: stock.bytes_of(file, files[file]),
    )
    return expected, is_hosts_word


def _copy(folder: Path, digest: str) -> bytes | None:
    with contextlib.suppress(OSError):
        return (folder / digest).read_bytes()
    return None


def _hosts_word(post: Post, host: Host) -> Manifest:
    head = host.read(HEAD)
    try:
        if head is not None:
            manifest = unpack(head, host.read)
            if manifest.site == post.site.base_url:
                return manifest
    except DamagedManifestError:
        pass
    what = message("It is not known what was published there: neither this machine nor the host has a list of it.")
    raise refused(host.label, what, message("Publish once with adpim publish."))
