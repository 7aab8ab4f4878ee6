"""What a publish will change on a host: the difference between what stands there and what is wanted there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.publish.host import CLOSED
from generator.publish.order import in_order, is_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from generator.publish.manifest import File
    from generator.publish.standing import Standing


class Plan(NamedTuple):
    """What will change on a host; each list of files is sorted.

    ``new`` files do not stand there, ``changed`` ones do with other bytes, ``removed`` ones are the program's own and
    no longer wanted. Of these, ``altered`` and ``missing`` are those that somebody else changed or took away there;
    ``replaced`` stand there and are not ours. ``gone`` are files of ours, no longer wanted, that are not there anyway.
    ``files`` is all that is wanted, ``before`` what each changed or removed file was by the manifest: what rolling back
    would bring back, None for nothing. ``lists`` are the files that lead to others.
    """

    files: Mapping[str, File]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    replaced: tuple[str, ...]
    gone: frozenset[str]
    before: Mapping[str, File | None]
    lists: AbstractSet[str]
    is_noted: bool
    """Whether the manifest on the host says already what it will have to say."""

    @property
    def sent(self) -> tuple[str, ...]:
        """The files that will be sent."""
        return (*self.new, *self.changed)

    @property
    def size(self) -> int:
        """Bytes of the files that will be sent."""
        return sum(self.files[file].size for file in self.sent)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is to be done."""
        return not self.sent and not self.removed and self.is_noted

    @property
    def in_way(self) -> list[str]:
        """Files to remove before anything is sent: they stand where a folder must be, or below what becomes a file."""
        sent = set(self.sent)
        folders = {parent for file in sent for parent in _parents(file)}
        return [file for file in self.removed if file in folders or not sent.isdisjoint(_parents(file))]

    @property
    def going(self) -> tuple[list[str], list[str]]:
        """Files to remove at the end, in two stages: a page that still stands needs its pictures."""
        left = [file for file in self.removed if file not in self.in_way]
        return [file for file in left if is_page(file)], [file for file in left if not is_page(file)]

    @property
    def stages(self) -> list[list[str]]:
        """The files to send, in stages: each is there before the next one begins."""
        return in_order(self.new, self.changed, self.lists)


def plan(files: Mapping[str, File], lists: AbstractSet[str], standing: Standing, site: str) -> Plan:
    """Return what makes a host on which all is as ``standing`` says hold ``files`` for the site at ``site``."""
    listing, manifest = standing.listing, standing.manifest
    files = {file: _as_it_stands(standing.files.get(file), each) for file, each in files.items()}
    sent = sorted(file for file, each in files.items() if standing.files.get(file) != each)
    going = standing.own - files.keys()
    # What is closed to us is no file of ours, whatever its name, and would refuse to be removed.
    removed = sorted(file for file in going & listing.keys() if listing[file] != CLOSED)
    said = manifest.files
    # What somebody else did to a file is mended, and is nothing to go back to; nor is text for which only a new form is
    # sent.
    same = {file for file in sent if (old := said.get(file)) is not None and old.content == files[file].content}
    # What a publish of ours that was cut did to it is nobody else's doing.
    mended = same - standing.files.keys() - standing.tried
    return Plan(
        files=files,
        new=tuple(file for file in sent if file not in listing),
        changed=tuple(file for file in sent if file in listing),
        removed=tuple(removed),
        altered=tuple(sorted(file for file in mended if file in listing)),
        missing=tuple(sorted(mended - listing.keys())),
        replaced=tuple(file for file in sent if file in listing and file not in standing.own),
        gone=going - frozenset(removed),
        before={
            file: in_form(said[file], standing.files.get(file)) if file in said else None
            for file in (*sent, *removed)
            if file not in same
        },
        lists=lists,
        is_noted=standing.head is not None
        and manifest.site == site
        and manifest.files == files
        and not manifest.leaving
        and standing.is_noted,
    )


def in_form(said: File, there: File | None) -> File:
    """Return what a file was, in the form in which it stands: a publish that was cut may have sent its text anew."""
    return there if there is not None and there.content == said.content else said


def _as_it_stands(there: File | None, wanted: File) -> File:
    """Return the file as it is wanted, in the form in which it stands there, if it does: that is sent by nobody."""
    return there if there is not None and there.stands_for(wanted) else wanted


def _parents(file: str) -> list[str]:
    return [file[:place] for place, sign in enumerate(file) if sign == "/"]
