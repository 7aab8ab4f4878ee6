"""The site in memory, as the preview shows it: what was saved is taken in, pages are made when they are asked for.

One lock guards all of it: an edit is taken in within a few milliseconds and a page is made in one, so whoever asks for
a page waits for the edit that is under way and sees it whole.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from generator.article import Article
from generator.config import Site, read_site
from generator.content import SUFFIXES
from generator.errors import ContentError, Problem
from generator.plan import find
from generator.plan.pages import not_found_page
from generator.preview.archive import SETTLING, Archive, Entry
from generator.preview.libraries import Libraries, Look
from generator.preview.pictures import Pictures
from generator.preview.press import Press
from generator.reading import PAGES
from generator.site_file import SITE_FILE
from generator.urls import file_of, page_path, slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from generator.due import Sources
    from generator.library import Library
    from generator.page import Page
    from generator.plan import Output

GOOD_PAGES = 50
"""Last good pages that are kept, to stand under what is wrong with the new ones."""


class Saved(NamedTuple):
    """A file that somebody saved: whose page that is ("" if it has none), and whether it has mistakes."""

    source: str
    title: str
    url: str
    wrong: bool


class Update(NamedTuple):
    """What changed at once: files of content/ that were saved, or templates; ``number`` counts updates.

    ``later`` are files that may be only half saved, to be looked at again; ``moved`` says whether more changed than
    texts, so that the site must be inspected; ``pictures`` says whether pictures of files that stayed as they were did.
    """

    number: int
    saved: tuple[Saved, ...]
    later: frozenset[str] = frozenset()
    moved: bool = True
    pictures: bool = False


class Shown(NamedTuple):
    """What an address shows.

    ``body`` is None where ``leads_to`` another address or no good version of the page is known; ``problems`` are laid
    over the page.
    """

    body: bytes | None
    file: str = ""
    source: str = ""
    found: bool = True
    leads_to: str = ""
    problems: tuple[Problem, ...] = ()


class Desk:
    """The site below ``root`` as it is now.

    ``sources`` is what was read at the start, with ``site_problems``; ``clock`` says what time it is in a site's zone.
    """

    def __init__(
        self,
        root: Path,
        sources: Sources,
        ledger: Path,
        site_problems: tuple[Problem, ...],
        clock: Callable[[Site], datetime],
    ) -> None:
        self.lock = threading.RLock()
        self.root, self.number = root, 0
        self._clock = clock
        self.archive = Archive(root, sources.site, sources.content, ledger)
        self.pictures = Pictures(root, sources.pictures, lambda: self.site.photos)
        unfound = [a for a in self.archive.articles if a.photos and a.source not in sources.pictures]
        self.pictures.follow((), unfound, self.now)
        self.press = Press(root, sources.site, self.archive.html)
        self.libraries = Libraries(self.archive, self.pictures.of, lambda: self.now)
        self.site_problems = site_problems
        self._missed: dict[str, int] = {}
        self._good: OrderedDict[tuple[Look, str], bytes] = OrderedDict()

    @property
    def site(self) -> Site:
        """The Site in its last version without mistakes."""
        return self.archive.site

    @property
    def now(self) -> datetime:
        """What time it is, in the site's zone."""
        return self._clock(self.archive.site)

    def update(self, hints: Iterable[str]) -> Update:
        """Take in what may have changed at or below the paths ``hints`` (below the root, with ``/``)."""
        with self.lock:
            half_saved = frozenset(hint for hint in hints if self._may_be_half(hint))
            try:
                return self._update(frozenset(hints) - half_saved, half_saved)
            except BaseException:
                self.libraries.forget()  # they may not hold what has been read already
                raise

    def _update(self, hints: frozenset[str], half_saved: frozenset[str]) -> Update:
        changed = False
        if hints & {SITE_FILE, "content"}:
            changed |= self._take_site()
        if any(hint.split("/")[0] == "templates" for hint in hints):
            self.press.reload(self.site)
            changed = True
        edit = self.archive.read(hints)
        gone, come = edit.articles()
        self.pictures.follow(gone, come, self.now)
        pictures = self._take_pictures(self._with_pictures(hints, come))
        if edit.after:
            self.libraries.follow(gone, come, pages=edit.touches_pages)
        changed |= pictures or bool(edit.after)
        self.number += changed
        saved = [self._saved(source, entry) for source, entry in edit.after.items() if entry is not None]
        later = edit.later | half_saved
        return Update(self.number, tuple(saved), later, edit.moves or not edit.after, pictures)

    def _may_be_half(self, path: str) -> bool:
        """Say whether an editor may be in the midst of saving site.toml or a template: it is empty, or put aside."""
        if path != SITE_FILE and not path.startswith("templates/"):
            return False
        try:
            status = (self.root / path).stat()
        except OSError:
            missed = self._missed.setdefault(path, time.time_ns())
            if time.time_ns() - missed < SETTLING:
                return True
            del self._missed[path]
            return False
        self._missed.pop(path, None)
        return not status.st_size and abs(time.time_ns() - status.st_mtime_ns) < SETTLING

    def note(self) -> Update:
        """Count an update that changed no file: something else is to be said of the site."""
        with self.lock:
            self.number += 1
            return Update(self.number, ())

    def _take_site(self) -> bool:
        """Read site.toml; one with mistakes changes nothing but the problems that are shown."""
        before = self.site, self.site_problems
        try:
            site, self.site_problems = read_site(self.root)
        except ContentError as error:
            site, self.site_problems = self.site, error.problems
        if not self.site_problems and site != self.site:
            if site.reading_context != self.site.reading_context:
                self.archive.read_all(site)
            photos, self.archive.site = self.archive.site.photos, site
            if site.photos != photos:
                self.pictures.follow((), self.archive.articles, self.now)
            self.press.reload(site)
            self.libraries.forget()
        return before != (self.site, self.site_problems)

    def _take_pictures(self, articles: list[Article]) -> bool:
        """Look at the pictures of releases again, and say whether they or what is wrong with them changed."""
        pictures = self.pictures
        before = [(pictures.of.get(a.source), pictures.problems.get(a.source)) for a in articles]
        pictures.follow(articles, articles, self.now)
        if before == [(pictures.of.get(a.source), pictures.problems.get(a.source)) for a in articles]:
            return False
        self.libraries.follow(articles, articles, pages=False)
        return True

    def _with_pictures(self, hints: frozenset[str], come: list[Article]) -> list[Article]:
        """Return the releases, but for those that have just ``come``, whose pictures may have changed."""
        files = [hint for hint in hints if hint.startswith("content/") and not hint.lower().endswith(SUFFIXES)]
        if not files:
            return []
        fresh = {article.source for article in come}
        return [a for a in self.pictures.concerned(self.archive.articles, files) if a.source not in fresh]

    def _saved(self, source: str, entry: Entry) -> Saved:
        shown = entry.parsed or entry.unfinished
        title, url = title_and_url(shown)
        return Saved(source, title or source.rpartition("/")[2], url, entry.broken)

    def show(self, look: Look, path: str) -> Shown:
        """Return what the address ``path`` (below the site's base path) shows."""
        with self.lock:
            library = self.libraries.of(look)
            output = find(library, self.press.assets, file_of(path)) if path.startswith("/") else None
            if output is None and path.startswith("/") and self._is_folder(library, path):
                return Shown(None, leads_to=f"{path}/")
            if output is None:
                missing = self._make(look, not_found_page())
                source = self._unfinished(path)
                problems = self.archive.entries[source].problems if source else missing.problems
                return missing._replace(found=False, source=source, problems=problems)
            if not output.inputs.keys() & {"rendition", "bundle", "drawing"}:
                return self._make(look, output)
        # A picture takes a third of a second, a share card a hundredth, for which nobody else need wait.
        return self._make(look, output)

    def _is_folder(self, library: Library, path: str) -> bool:
        return not path.endswith("/") and find(library, self.press.assets, file_of(f"{path}/")) is not None

    def _unfinished(self, path: str) -> str:
        """Return the source of what would stand at ``path`` but for its mistakes, "" if there is none."""
        for source, entry in self.archive.entries.items():
            if entry.broken and entry.parsed is None:
                stem = source.rpartition("/")[2].rpartition(".")[0]
                page = page_path(slugify(stem)) if source.startswith(f"{PAGES}/") else ""
                if path in {title_and_url(entry.unfinished)[1], page} - {""}:
                    return source
        return ""

    def _make(self, look: Look, output: Output) -> Shown:
        wrong: list[Problem] = list(self.site_problems)
        entry = self.archive.entries.get(output.source)
        if entry is not None and entry.broken:
            wrong += entry.problems
        wrong += [p for p in self.pictures.problems.get(output.source, ()) if p.severity == "error"]
        body: bytes | None
        try:
            body = self.press.make(output)
        except ContentError as error:
            wrong += error.problems
            body = self._good.get((look, output.file))
        else:
            self._keep(look, output.file, body)
        return Shown(body, output.file, output.source, problems=tuple(wrong))

    def _keep(self, look: Look, file: str, body: bytes) -> None:
        if file.endswith(".html"):
            self._good[look, file] = body
            self._good.move_to_end((look, file))
            while len(self._good) > GOOD_PAGES:
                self._good.popitem(last=False)


def title_and_url(parsed: Article | Page | None) -> tuple[str, str]:
    """Return the title and the address of a release or page."""
    if isinstance(parsed, Article):
        return parsed.card.title, parsed.card.url
    return (parsed.title, parsed.url) if parsed is not None else ("", "")
