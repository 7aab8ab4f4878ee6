"""Every release and standing page in memory, following the files: what was saved is read again, and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from generator.article import Article
from generator.content import SUFFIXES, find_all, find_files, sign
from generator.errors import DamagedError, Problem
from generator.ledger import open_bodies, read_body
from generator.page import Page
from generator.reading import PAGES, RELEASES, Errand, Reading, read_one

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from generator.config import Site
    from generator.content import Content
    from generator.signature import Signature

SETTLING = 150_000_000
"""Nanoseconds for which a file with mistakes may only be half saved, and one that is missing only be put aside."""
KEPT = 500
"""Files whose HTML is kept: those read last, so that one that is broken now still shows its last good text."""
FOLDERS = (RELEASES, PAGES)


class Entry(NamedTuple):
    """What is known of one file.

    ``parsed`` is the last version without mistakes (None if there was none), ``problems`` are those of the version that
    stands there now, ``unfinished`` is what came of that if it has mistakes.
    """

    parsed: Article | Page | None
    problems: tuple[Problem, ...] = ()
    unfinished: Article | None = None

    @property
    def broken(self) -> bool:
        """Whether the version that stands there now has mistakes."""
        return any(problem.severity == "error" for problem in self.problems)


class Edit(NamedTuple):
    """What a reading changed: entries as they were and as they are, by source; None where there was or is no file.

    ``later`` are sources that may be only half saved, to be looked at once more.
    """

    before: dict[str, Entry | None]
    after: dict[str, Entry | None]
    later: frozenset[str] = frozenset()

    def articles(self) -> tuple[list[Article], list[Article]]:
        """Return the Articles that are gone and those that have come; a changed one is among both."""
        gone = [e.parsed for e in self.before.values() if e is not None and isinstance(e.parsed, Article)]
        come = [e.parsed for e in self.after.values() if e is not None and isinstance(e.parsed, Article)]
        return gone, come

    @property
    def moves(self) -> bool:
        """Whether more changed than texts: addresses, dates, pictures, or whether a file has mistakes."""
        return any(_outline(self.before[source]) != _outline(entry) for source, entry in self.after.items())

    @property
    def touches_pages(self) -> bool:
        """Whether a standing page changed."""
        return any(source.startswith(f"{PAGES}/") for source in self.after)


def _outline(entry: Entry | None) -> tuple[object, ...]:
    """Return what an inspection looks at."""
    if entry is None:
        return ()
    parsed = entry.unfinished if entry.broken else entry.parsed
    if isinstance(parsed, Article):
        card = parsed.card
        dates = (parsed.released, card.updated, parsed.expires, parsed.corrections)
        addresses = (card.url, card.topics, parsed.aliases, parsed.photos)
        return (*dates, *addresses, card.title, parsed.draft, parsed.withdrawn, parsed.line, entry.broken)
    return () if parsed is None else (parsed.url, parsed.draft, parsed.line, entry.broken)


def _url(entry: Entry | None) -> str:
    """Return the address of what a file holds."""
    parsed = entry.parsed if entry is not None else None
    return parsed.card.url if isinstance(parsed, Article) else parsed.url if parsed is not None else ""


class Archive:
    """All entries of a site, by source. What a file said before it was broken stays until it is mended or gone."""

    def __init__(self, root: Path, site: Site, content: Content, ledger: Path) -> None:
        """Begin with ``content`` as it was read at the start; ``ledger`` is the file that keeps its HTML."""
        self._root, self._ledger = root, ledger
        self._html: OrderedDict[str, str] = OrderedDict()
        self._missed: dict[str, int] = {}
        self.site = site
        self.seen: dict[str, Signature | None] = {}
        self.entries: dict[str, Entry] = {}
        for place, shard in content.shards.items():
            for name, memory in shard.items():
                self.entries[f"{place}/{name}"] = Entry(memory.parsed, memory.warnings)
                self.seen[f"{place}/{name}"] = memory.signature
        self._remember_broken(content)

    def _remember_broken(self, content: Content) -> None:
        unfinished = {article.source: article for article in content.unfinished}
        for problem in content.problems:
            if problem.path not in self.entries and sign(self._root, problem.path) is not None:
                mine = tuple(p for p in content.problems if p.path == problem.path)
                self.entries[problem.path] = Entry(None, mine, unfinished.get(problem.path))

    @property
    def articles(self) -> list[Article]:
        """Every release in its last version without mistakes."""
        return [e.parsed for e in self.entries.values() if isinstance(e.parsed, Article)]

    @property
    def pages(self) -> list[Page]:
        """Every standing page in its last version without mistakes."""
        return [e.parsed for e in self.entries.values() if isinstance(e.parsed, Page)]

    def read(self, hints: Iterable[str]) -> Edit:
        """Read what may have changed at or below the paths ``hints`` (below the root, with ``/``)."""
        sources = {source for hint in hints for source in self._sources(hint)}
        return self._read(sorted(sources), patient=True)

    def read_all(self, site: Site) -> None:
        """Read every file again for another Site."""
        self.site = site
        self.entries = {source: Entry(None) for source in self.entries}
        self._read(sorted({*self._below("content"), *self.entries}), patient=False)

    def html(self, source: str) -> str:
        """Return the HTML of a source in its last version without mistakes, "" where that is lost."""
        known, entry = self._html.get(source), self.entries.get(source)
        if known is not None or entry is None or entry.parsed is None:
            return known or ""
        # Almost always the file is still the one that was parsed, and to parse it is as quick as to keep it.
        reading = read_one(self._root, self.site, Errand(source, b""))
        if reading.parsed is not None and reading.parsed.digest == entry.parsed.digest:
            return reading.html
        return self._remembered(source)

    def _remembered(self, source: str) -> str:
        try:
            with contextlib.closing(open_bodies(self._ledger)) as bodies:
                return read_body(bodies, source)
        except (DamagedError, OSError, sqlite3.Error):
            return ""

    def _keep(self, source: str, html: str) -> None:
        self._html[source] = html
        self._html.move_to_end(source)
        while len(self._html) > KEPT:
            self._html.popitem(last=False)

    def _sources(self, hint: str) -> Iterator[str]:
        """Yield the sources, known or new, that stand at or below ``hint``."""
        if hint in self.entries or hint.lower().endswith(SUFFIXES):
            yield hint
        yield from (source for source in self.entries if source.startswith(f"{hint}/"))
        if (self._root / hint).is_dir():
            yield from self._below(hint)

    def _below(self, folder: str) -> Iterator[str]:
        for each in FOLDERS:
            if f"{folder}/".startswith(f"{each}/"):
                yield from (source for source, _ in find_files(self._root, folder, []))
            elif each.startswith(f"{folder}/"):
                yield from (source for source, _ in find_files(self._root, each, []))

    def _read(self, sources: list[str], *, patient: bool) -> Edit:
        before: dict[str, Entry | None] = {}
        after: dict[str, Entry | None] = {}
        later: set[str] = set()
        missing: set[str] = set()
        for source in sources:
            old = self.entries.get(source)
            signed = sign(self._root, source) if source.startswith(tuple(f"{f}/" for f in FOLDERS)) else None
            reading = self._look(source, old) if signed is not None else None
            if patient and self._is_doubtful(source, signed, reading):
                (later if signed is not None else missing).add(source)
                continue
            self.seen[source] = signed
            new = self._take(source, old, reading)
            if new != old:
                before[source], after[source] = old, new
        # What a missing file held stands in another now: it has been renamed, and is not waited for.
        come = {_url(entry) for entry in after.values()} - {""}
        for source in [source for source in missing if _url(self.entries.get(source)) in come]:
            missing.discard(source)
            before[source], after[source] = self.entries[source], self._take(source, None, None)
        return Edit(before, after, frozenset(later | missing))

    def _is_doubtful(self, source: str, signed: Signature | None, reading: Reading | None) -> bool:
        """Say whether an editor may be in the midst of saving: some empty the file first, some put it aside."""
        if signed is None or reading is None:
            missed = self._missed.setdefault(source, time.time_ns())
            return source in self.entries and abs(time.time_ns() - missed) < SETTLING
        self._missed.pop(source, None)
        wrong = any(problem.severity == "error" for problem in reading.problems)
        return wrong and abs(time.time_ns() - signed[1]) < SETTLING

    def _look(self, source: str, old: Entry | None) -> Reading:
        digest = old.parsed.digest if old is not None and old.parsed is not None and not old.broken else b""
        return read_one(self._root, self.site, Errand(source, digest))

    def _take(self, source: str, old: Entry | None, reading: Reading | None) -> Entry | None:
        if reading is None:
            self.entries.pop(source, None)
            self.seen.pop(source, None)
            self._missed.pop(source, None)
            self._html.pop(source, None)
            return None
        if any(problem.severity == "error" for problem in reading.problems):
            unfinished = reading.parsed if isinstance(reading.parsed, Article) else None
            # The next build forgets what a broken file held.
            if source not in self._html and old is not None and old.parsed is not None:
                self._keep(source, self._remembered(source))
            new = Entry(old.parsed if old is not None else None, reading.problems, unfinished)
        elif reading.parsed is None and old is not None:
            return old  # its bytes are those that are known
        else:
            new = Entry(reading.parsed, reading.problems)
            self._keep(source, reading.html)
        self.entries[source] = new
        return new


def strays(root: Path, seen: Mapping[str, Signature | None]) -> tuple[set[str], list[Problem]]:
    """Return the sources that are not as they were ``seen``, of which no hint came, and what is wrong with names."""
    found = find_all(root)
    there = dict(found.files)
    return {source for source in there.keys() | seen.keys() if there.get(source) != seen.get(source)}, found.problems
