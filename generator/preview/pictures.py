"""The pictures of every release in memory, following their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.clock import state
from generator.output import PICTURES, WORK_FOLDER
from generator.photos import Measures, Studio
from generator.picture_cache import PictureCache
from generator.signature import drive_clock, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from generator.article import Article
    from generator.errors import Problem
    from generator.photo import Picture
    from generator.photo_settings import PhotoSettings
    from generator.photos import Measure
    from generator.signature import Signature


class Pictures:
    """The pictures of releases by source, and what is wrong with them."""

    def __init__(
        self, root: Path, found: Mapping[str, tuple[Picture, ...]], settings: Callable[[], PhotoSettings]
    ) -> None:
        """Begin with those that were ``found`` when the site was read; ``settings`` says how photos are served."""
        self._root, self._settings = root, settings
        self._measured: Mapping[str, Measure] = {}
        self._seen: dict[str, Signature | None] = {}
        self._wanted: dict[str, set[str]] = {}
        self.of = dict(found)
        self.problems: dict[str, tuple[Problem, ...]] = {}

    def follow(self, gone: Iterable[Article], come: Iterable[Article], now: datetime) -> None:
        """Find the pictures of releases that have come; what a draft still lacks is only a warning."""
        for article in gone:
            self.of.pop(article.source, None)
            self.problems.pop(article.source, None)
            self._wanted.pop(article.source, None)
        shown = {article.source: article for article in come if article.photos}
        if not shown:
            return
        settings = self._settings()
        measures = Measures(self._root, settings, self._measured, drive_clock(self._root / WORK_FOLDER))
        studio = Studio(self._root, PictureCache(self._root / PICTURES), settings)
        # Nothing is made yet: a browser asks for what it shows.
        found = measures.find(shown.values(), lambda errands: map(studio.look, errands))
        self._measured = {**self._measured, **measures.used}
        self.of.update(found.pictures)
        for source, problems in found.problems.items():
            article = shown[source]
            self._wanted[source] = {ref.name for ref in article.photos}
            unfinished = state(article, now) in {"draft", "expired"}
            self.problems[source] = tuple(
                problem._replace(severity="warning") if unfinished else problem for problem in problems
            )

    def concerned(self, articles: Iterable[Article], hints: Collection[str]) -> list[Article]:
        """Return the releases that name a picture as one of ``hints`` is named, or have one in a folder of these."""
        names = {_name(hint) for hint in hints}
        folders = tuple(f"{hint}/" for hint in hints)
        return [
            article
            for article in articles
            if article.source in self.problems  # what is missing may come with a folder
            or any(_name(ref.name) in names for ref in article.photos)
            or any(picture.file.startswith(folders) for picture in self.of.get(article.source, ()))
        ]

    def strays(self) -> set[str]:
        """Return the files that are new or not as they were when this was last asked, and those that are missing.

        Of the latter only the names are right.
        """
        files = {picture.file for pictures in self.of.values() for picture in pictures}
        there = {file: _sign(self._root / file) for file in files}
        changed = {file for file, signed in there.items() if self._seen.get(file) != signed}
        self._seen = there
        return changed | {f"content/{name}" for names in self._wanted.values() for name in names}


def _name(path: str) -> str:
    return path.rpartition("/")[2].casefold()


def _sign(file: Path) -> Signature | None:
    try:
        return signature(file.stat())
    except OSError:
        return None
