"""Which list of published files is believed: that on the host, this machine's own, or none; and whose folder it is."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import Message, message
from generator.publish.manifest import MOST, DamagedManifestError, Manifest, digest_of, read_head, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from generator.publish.host import Entry, Host
    from generator.publish.journal import Past
    from generator.publish.record import Record

OVERTAKEN = message("Another machine has published since.")


class Seen(NamedTuple):
    """What is gone by: the manifest that this machine remembers, the head on the host, and all else that it lists."""

    remembered: Manifest | None
    head: bytes | None
    listing: Mapping[str, Entry]


class Belief(NamedTuple):
    """A manifest, whether what it says of bytes is believed, what another site has, and the rest as in Standing."""

    manifest: Manifest
    is_sure: bool
    others: AbstractSet[str] = frozenset()
    stranger: Message | None = None
    notes: tuple[Message, ...] = ()
    is_overtaken: bool = False


def head_digest(head: bytes | None) -> str:
    """Return the digest of a head, "" where there is none."""
    return "" if head is None else digest_of(head)


def believe(host: Host, record: Record, past: Past | None, seen: Seen, site: str) -> Belief:
    """Return what is believed of what was ``seen`` for the site at ``site``. Raises HostError."""
    remembered, head, listing = seen
    if head is not None and head == record.head() and remembered is not None:
        return Belief(remembered, is_sure=True, stranger=_other_site(remembered.site, site))
    empty = Manifest(site, "", {})
    if head is None:
        if remembered is None:
            foreign = listing.keys() - (past.put.keys() | past.tried.keys() if past else frozenset())
            stranger = message("Other files stand in this folder on the host.") if foreign else None
            return Belief(empty, is_sure=True, stranger=stranger)
        # Where a publish was cut that began without it, the list is not there yet, or was missed then already.
        is_news = past is None or past.head != ""
        note = message("The list of published files is missing on the host: every file there is compared.")
        return Belief(remembered, is_sure=False, notes=(note,) if is_news else ())
    try:
        said = unpack(head, lambda name: record.part(name) or record.learn(name, host.read(name, MOST)))
    except DamagedManifestError:
        return _of_damaged(seen, head, past, site)
    is_overtaken = _is_overtaken(remembered, head, past)
    notes = (OVERTAKEN,) if is_overtaken else ()
    stranger = _other_site(said.site, site)
    # What the list of another site names is that site's, and whoever takes its folder does not remove it: unless this
    # machine has published that site too, and its address has changed. So is what it has put in the place of ours.
    is_ours = said.site in {site, remembered.site if remembered else site}
    return Belief(
        said if is_ours else _without(remembered or empty, said.own),
        is_sure=is_ours,
        others=frozenset() if is_ours else said.own,
        stranger=stranger,
        notes=notes,
        is_overtaken=is_overtaken,
    )


def _of_damaged(seen: Seen, head: bytes, past: Past | None, site: str) -> Belief:
    """Return what is believed where a list is damaged: of its ``head`` may be left whose it is."""
    remembered = seen.remembered
    note = message("The list of published files on the host is damaged: every file there is compared.")
    whose = ""
    with contextlib.suppress(DamagedManifestError):
        whose = str(read_head(head).get("site", ""))
    stranger = _other_site(whose or site, site)
    if remembered is None and not whose:
        stranger = message("Other files stand in this folder on the host.")
    is_overtaken = bool(whose) and _is_overtaken(remembered, head, past)
    # Of what stands there, any may be another site's: which, its list would have said.
    is_ours = whose in {"", site, remembered.site if remembered else site}
    return Belief(
        remembered if remembered is not None and is_ours else Manifest(site, "", {}),
        is_sure=False,
        others=frozenset() if is_ours else seen.listing.keys(),
        stranger=stranger,
        notes=(note, OVERTAKEN) if is_overtaken else (note,),
        is_overtaken=is_overtaken,
    )


def _is_overtaken(remembered: Manifest | None, head: bytes, past: Past | None) -> bool:
    # Where a publish from here was cut, the list is still the one that stood there when it began.
    return remembered is not None and (past is None or past.head != head_digest(head))


def _without(manifest: Manifest, others: AbstractSet[str]) -> Manifest:
    files = {file: each for file, each in manifest.files.items() if file not in others}
    return replace(manifest, files=files, leaving=manifest.leaving - others)


def _other_site(whose: str, site: str) -> Message | None:
    if whose == site:
        return None
    return message("Another site stands in this folder on the host: {site}.", site=whose)
