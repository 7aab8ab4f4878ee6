"""The Libraries that the preview shows: one for each way of looking at the site, each following every edit."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from generator.clock import View
from generator.due import plan_changes
from generator.library import Library, choose_pages
from generator.revision import revise

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from generator.article import Article
    from generator.photo import Picture
    from generator.preview.archive import Archive

KEPT = 4
"""Ways of looking whose Libraries are kept."""
FEW = 50
"""Articles up to which an edit is followed; a checkout of more is taken in anew."""


class Look(NamedTuple):
    """A way of looking at the site: as staff do (all that is being worked on), or as the public does.

    ``at`` is the moment at which the public looks, None for now.
    """

    staff: bool = True
    at: datetime | None = None


class _Kept(NamedTuple):
    library: Library
    until: datetime | None
    """When the clock changes what the Library holds; None if it never will."""


class Libraries:
    """Libraries by Look, made when they are asked for."""

    def __init__(
        self, archive: Archive, pictures: Mapping[str, tuple[Picture, ...]], clock: Callable[[], datetime]
    ) -> None:
        """Show ``archive`` with ``pictures``, which are those of now; ``clock`` says what time it is."""
        self._archive, self._pictures, self._clock = archive, pictures, clock
        self._kept: OrderedDict[Look, _Kept] = OrderedDict()

    def of(self, look: Look) -> Library:
        """Return the Library for a Look."""
        kept = self._kept.get(look)
        now = look.at or self._clock()
        if kept is None or (kept.until is not None and now >= kept.until):
            kept = self._make(look, now)
        self._kept[look] = kept
        self._kept.move_to_end(look)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept.library

    def _make(self, look: Look, now: datetime) -> _Kept:
        archive = self._archive
        articles = archive.articles
        library = Library(archive.site, articles, archive.pages, View(now, look.staff), self._pictures)
        return _Kept(
            library, None if look.staff or look.at else plan_changes(articles, archive.site.announcements, now)
        )

    def follow(self, gone: list[Article], come: list[Article], *, pages: bool) -> None:
        """Take an edit into every Library that is kept; ``pages`` says whether standing pages changed."""
        for look, kept in list(self._kept.items()):
            few = len(gone) + len(come) <= FEW
            library = revise(kept.library, gone, come, self._pictures) if few else None
            if library is None:
                del self._kept[look]
                continue
            if pages:
                library.pages = choose_pages(self._archive.pages, library.view)
            changes = [kept.until, plan_changes(come, library.site.announcements, library.view.now)]
            until = min((change for change in changes if change), default=None)
            self._kept[look] = _Kept(library, None if look.staff or look.at else until)

    def forget(self) -> None:
        """Make every Library anew when it is next asked for."""
        self._kept.clear()
