"""What stands on a host now: what its manifest says, what a cut publish has added, and what the host itself lists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from generator.errors import Message, message
from generator.publish.belief import Seen, believe, head_digest
from generator.publish.coding import is_text_of, most_compressed
from generator.publish.host import CLOSED, is_part, refused
from generator.publish.lock import LOCK
from generator.publish.manifest import (
    HEAD,
    MOST,
    OWN,
    File,
    Manifest,
    digest_of,
    part_file,
)
from generator.publish.patience import Stop, each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from generator.publish.belief import Belief
    from generator.publish.host import Entry, Host
    from generator.publish.journal import Past
    from generator.publish.record import Record
    from generator.publish.sight import Sight


class Standing(NamedTuple):
    """What stands on a host.

    ``manifest`` is what the host is believed to have been given by the last publish that came to its end; ``files`` are
    those of which it is known that they stand there, with the bytes that they have. ``listing`` is all that the host
    lists but the program's own, which is in ``kept``; ``own`` are all files that may be removed. ``head`` is the
    manifest's on the host, None where there is none; ``is_noted`` says whether this machine's record says the same, and
    all parts are there.
    ``tried`` are those of which it is not known what a publish that was cut has made of them.
    ``stranger`` says why the folder cannot be taken for this site's, None if it can; ``notes`` are what whoever
    publishes should know; ``is_overtaken`` says whether another machine has published since this one did.
    """

    manifest: Manifest
    files: Mapping[str, File]
    listing: Mapping[str, Entry]
    kept: frozenset[str]
    own: frozenset[str]
    head: bytes | None
    is_noted: bool
    tried: frozenset[str]
    stranger: Message | None = None
    notes: tuple[Message, ...] = ()
    is_overtaken: bool = False


class Wanted(NamedTuple):
    """What is to stand on the host: ``site`` is its base_url, ``md5`` gives the MD5 of one of the ``files``."""

    site: str
    files: Mapping[str, File]
    md5: Callable[[str], str] | None


class Memory(NamedTuple):
    """What this machine knows of a host beforehand: its ``record``, a ``past`` publish that was cut, a ``sight``."""

    record: Record
    past: Past | None
    sight: Sight | None = None


def look(host: Host, memory: Memory, wanted: Wanted, stop: Stop) -> Standing:
    """Find out what stands on ``host``. Nothing is changed there. Raises HostError."""
    record, past, sight = memory
    with ThreadPoolExecutor(1) as aside:
        reading = aside.submit(record.manifest)  # of 10,000 releases that takes a tenth of the time there is
        head, listed = _seen(host, sight)
        remembered = reading.result()
    listing = {file: entry for file, entry in listed.items() if not is_own(file)}
    belief = believe(host, record, past, Seen(remembered, head, listing), wanted.site)
    known, own = _known(belief, wanted), belief.manifest.own
    tried: dict[str, File] = {}
    if past is not None:
        # Somebody else's publish in between may have replaced what this machine has put there.
        ours = past.head == head_digest(head) or head == record.head()
        known |= past.put if ours else {}
        tried = past.tried if ours else past.tried | past.put
        known = {file: each for file, each in known.items() if file not in tried} | _forms(known, tried, listing)
        arrived = _arrived(host, past, listing, wanted, stop)
        # What another site's list names it has put there since, if that is not the list that stood there then.
        own |= arrived if ours else arrived - belief.others
    files = {file: each for file, each in known.items() if _agrees(file, each, listing.get(file), wanted)}
    doubtful = _doubtful(files, wanted, record if belief.is_sure else None)
    proven = _read_back(host, files, doubtful, wanted, stop)
    files = {file: each for file, each in files.items() if file in proven or file not in doubtful}
    is_forgetful = record.head() is None
    unsure = (f for f, each in wanted.files.items() if f not in files or (is_forgetful and files[f] != each))
    files |= _compare(host, listing, wanted, unsure, stop)
    kept = _kept(listed)
    manifest = belief.manifest
    is_whole = belief.is_sure and kept.issuperset(map(part_file, manifest.parts))
    is_noted = is_whole and head is not None and head == record.head() and past is None
    if not is_whole:
        manifest = replace(manifest, parts=(), stored={})  # they are not there to be built upon
    notes = (*belief.notes, *_news(files, wanted))
    return Standing(
        manifest=manifest,
        files=files,
        listing=listing,
        kept=kept,
        own=own,
        head=head,
        is_noted=is_noted,
        tried=frozenset(tried),
        stranger=belief.stranger,
        notes=notes,
        is_overtaken=belief.is_overtaken,
    )


def _seen(host: Host, sight: Sight | None) -> tuple[bytes | None, Mapping[str, Entry]]:
    """Return the head on the host and all that it lists: as they were seen ahead, if the head is still the same."""
    if sight is not None:
        # Where there was none, somebody may have put one there since.
        head = _read_head(host, sight.listing[HEAD]) if HEAD in sight.listing else host.read(HEAD, MOST)
        if head == sight.head:
            return head, sight.listing
    listed = host.listing()
    return _read_head(host, listed.get(HEAD)), listed


def _forms(known: Mapping[str, File], tried: Mapping[str, File], listing: Mapping[str, Entry]) -> dict[str, File]:
    """Return those of the ``tried`` files of which only a new form was sent, in the form that has the size listed.

    A bucket, where there are such, has no half of a file.
    """
    found: dict[str, File] = {}
    for file, new in tried.items():
        old, entry = known.get(file), listing.get(file)
        if old is None or entry is None or old == new or old.content != new.content:
            continue
        if entry.size in {old.size, new.size}:
            found[file] = new if entry.size == new.size else old
    return found


def _read_head(host: Host, entry: Entry | None) -> bytes | None:
    """Return the head on the host, None where there is none. Raises RefusedError where it cannot be one of ours."""
    if entry is None:
        return None
    if not entry.is_file or entry.size > MOST:
        what = message("{file} on the host is no list of published files that this program wrote.", file=HEAD)
        raise refused(host.label, what, message("Delete {file} on the host, then run the command again.", file=HEAD))
    return host.read(HEAD, MOST)


def is_own(file: str) -> bool:
    """Say whether a file on a host is the program's own and no part of the site: such stand beside the head.

    Below it are only files that wait to be renamed, each beside the one that it becomes.
    """
    # Nearly no file is one: the name is taken apart only where it may be.
    return OWN in file and (is_part(file) or (file.startswith(OWN) and "/" not in file))


def _kept(listed: Mapping[str, Entry]) -> frozenset[str]:
    """Return the program's own files. What waits in a folder below in which another site stands is that one's.

    What is closed to us is no file of ours, whatever its name, and would refuse to be removed.
    """
    others = {file.rpartition("/")[0] + "/" for file in listed if file.endswith((f"/{HEAD}", f"/{LOCK}"))}
    ours = (file for file in listed if is_own(file) and listed[file] != CLOSED)
    return frozenset(file for file in ours if not file.startswith(tuple(others)))


def _arrived(host: Host, past: Past, listing: Mapping[str, Entry], wanted: Wanted, stop: Stop) -> frozenset[str]:
    """Return the files that a cut publish has put there, or meant to and will be sent anew.

    One of which that is not known, and which is not wanted any more, may be one of somebody else's that it would have
    replaced: it is ours if it holds what was sent.
    """
    unsure = {file: each for file, each in past.tried.items() if file not in past.put and file not in wanted.files}
    ours = _compare(host, listing, Wanted(wanted.site, unsure, None), unsure, stop)
    return frozenset((*past.put, *(past.tried.keys() - unsure.keys()), *ours))


def _agrees(file: str, known: File, entry: Entry | None, wanted: Wanted) -> bool:
    """Say whether what the host lists speaks against a file that is believed to stand there."""
    if entry is None or not entry.is_file or entry.size != known.size:
        return False
    if entry.digest.startswith("md5:") and wanted.md5 is not None and wanted.files.get(file) == known:
        return entry.digest == f"md5:{wanted.md5(file)}"
    return True


def _known(belief: Belief, wanted: Wanted) -> dict[str, File]:
    """Return what is to be believed of bytes unless something speaks against it.

    Without a list on the host all is compared with what is wanted: of what this machine remembers only text in another
    form is of use, which could not be told from other bytes.
    """
    said = belief.manifest.files
    if belief.is_sure:
        return dict(said)
    return {
        file: there
        for file, each in wanted.files.items()
        if (there := said.get(file)) is not None and there != each and there.stands_for(each)
    }


def _doubtful(files: Mapping[str, File], wanted: Wanted, record: Record | None) -> frozenset[str]:
    """Return the files that hold the wanted text in another machine's form only by a list that is not of this machine.

    To believe that would let whoever can write to the host choose what this machine will remember of them. Without a
    ``record`` nothing is believed.
    """
    other = {
        file
        for file, each in wanted.files.items()
        if (there := files.get(file)) is not None and there != each and there.stands_for(each)
    }
    noted = record.manifest() if other and record is not None else None
    return frozenset(file for file in other if noted is None or noted.files.get(file) != files[file])


def _read_back(
    host: Host, files: Mapping[str, File], doubtful: Iterable[str], wanted: Wanted, stop: Stop
) -> frozenset[str]:
    """Return those of the ``doubtful`` files that do hold the wanted text."""
    proven = set[str]()

    def ask(file: str) -> None:
        said = files[file]
        if said.size > most_compressed(wanted.files[file]):
            return
        data = host.read(file)
        if data is not None and is_text_of(data, said, MOST):
            proven.add(file)

    each(doubtful, ask, host.lanes, stop)
    return frozenset(proven)


def _news(files: Mapping[str, File], wanted: Wanted) -> tuple[Message, ...]:
    """Return what explains why so much will be sent, if the text is there, but not compressed."""
    for file, wish in wanted.files.items():
        if wish.text and (there := files.get(file)) is not None and there.digest == wish.text:
            return (message("Text stands there uncompressed: it is sent once more, compressed for readers."),)
    return ()


def _compare(
    host: Host, listing: Mapping[str, Entry], wanted: Wanted, unknown: Iterable[str], stop: Stop
) -> dict[str, File]:
    """Return those of the ``unknown`` files that stand there as they are wanted: by the host's digest, or read back.

    Where this machine remembers nothing, a publish may have been cut whose journal is lost.
    """
    found, asked = {}, list[str]()
    for file in unknown:
        entry = listing.get(file)
        if entry is None or not entry.is_file or entry.size != wanted.files[file].size:
            continue
        if entry.digest.startswith("md5:") and wanted.md5 is not None:
            if entry.digest == f"md5:{wanted.md5(file)}":
                found[file] = wanted.files[file]
        else:
            asked.append(file)

    def ask(file: str) -> None:
        data = host.read(file)
        if data is not None and digest_of(data) == wanted.files[file].digest:
            found[file] = wanted.files[file]

    each(asked, ask, host.lanes, stop)
    return found
