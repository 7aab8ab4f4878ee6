"""The pictures of releases: found, looked at where they changed, and named as the site serves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from generator.errors import ContentError, Problem, message
from generator.photos.facts import Facts, picture_of
from generator.photos.finding import Shelves, problem
from generator.photos.making import Errand
from generator.photos.opening import Refusal
from generator.signature import Signature, settled, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from generator.article import Article
    from generator.photo import PhotoRef, Picture
    from generator.photo_settings import PhotoSettings

    Look = Callable[[list[Errand]], Iterable[Facts | Refusal]]


class Measure(NamedTuple):
    """What is known of a file; ``signature`` is None where the file must be looked at again."""

    signature: Signature | None
    facts: Facts


class Found(NamedTuple):
    """The pictures of each release by its source, and what is wrong with those of others."""

    pictures: dict[str, tuple[Picture, ...]]
    problems: dict[str, tuple[Problem, ...]]


class Measures:
    """What is known of pictures' files: each is read once and then only when its signature changed.

    ``moment`` is what the drive's clock said before any of them was looked at.
    """

    def __init__(self, root: Path, settings: PhotoSettings, known: Mapping[str, Measure], moment: int) -> None:
        self._root, self._settings, self._moment = root, settings, moment
        self._known = known
        self.used: dict[str, Measure] = {}
        self.taken = False
        """Whether anything was looked at that was not known."""

    def find(self, articles: Iterable[Article], look: Look) -> Found:
        """Find the pictures of releases; ``look`` does errands, in their order, in whatever process."""
        shelves = Shelves(self._root)
        placed = [(article, self._place(shelves, article)) for article in articles if article.photos]
        refused = self._look(placed, look)
        found = Found({}, {})
        for article, places in placed:
            try:
                found.pictures[article.source] = self._pictures(article, places, refused)
            except ContentError as error:
                found.problems[article.source] = error.problems
        return found

    def _place(self, shelves: Shelves, article: Article) -> list[str | ContentError]:
        """Return the file of each picture of a release, or why there is none."""
        places: list[str | ContentError] = []
        for ref in article.photos:
            try:
                places.append(shelves.find(article.source, ref))
            except ContentError as error:
                places.append(error)
        return places

    def _look(self, placed: list[tuple[Article, list[str | ContentError]]], look: Look) -> dict[str, Refusal]:
        """Look at the files that are not known as they are now, and return those that cannot be published."""
        uses: dict[str, dict[tuple[PhotoRef, bool], None]] = {}
        for article, places in placed:
            lead = lead_of(article)
            for ref, file in zip(article.photos, places, strict=True):
                if isinstance(file, str):
                    uses.setdefault(file, {})[ref, ref is lead] = None
        errands, signed = [], {}
        refused: dict[str, Refusal] = {}
        for file, its in uses.items():
            try:
                signed[file] = signature((self._root / file).stat())
            except OSError:  # gone since its folder was listed
                continue
            known = self.used.get(file) or self._known.get(file)
            if known is not None and known.signature == signed[file] and known.facts.serve(self._settings):
                self.used[file] = known
            else:
                errands.append(Errand(file, tuple(its)))
        for errand, facts in zip(errands, look(errands) if errands else (), strict=True):
            if isinstance(facts, Refusal):
                refused[errand.file] = facts
                continue
            trusted = signed[errand.file] if settled(signed[errand.file], self._moment) else None
            self.used[errand.file] = Measure(trusted, facts)
            self.taken = True
        return refused

    def _pictures(
        self, article: Article, places: list[str | ContentError], refused: Mapping[str, Refusal]
    ) -> tuple[Picture, ...]:
        """Return the pictures of a release, in its order. Raises ContentError with every problem."""
        pictures: list[Picture] = []
        problems: list[Problem] = []
        served: dict[str, str] = {}
        lead = lead_of(article)
        for ref, file in zip(article.photos, places, strict=True):
            try:
                if isinstance(file, ContentError):
                    raise file
                if file in refused or file not in self.used:
                    raise problem(article.source, ref, *refused.get(file, _GONE))
                picture = picture_of(ref, self.used[file].facts, (article.card.url, file, ref is lead), self._settings)
                if served.setdefault(picture.place, file) != file:
                    raise problem(article.source, ref, *_twice(served[picture.place], file))
            except ContentError as error:
                problems += error.problems
                continue
            pictures.append(picture)
        if problems:
            raise ContentError(problems)
        return tuple(pictures)


_GONE = Refusal(
    message("The picture vanished while it was looked at."), message("Put it back, or delete the line that names it.")
)


def _twice(first: str, second: str) -> Refusal:
    what = message("The pictures {first} and {second} would have one address.", first=first, second=second)
    return Refusal(what, message("Rename one of the two."))


def lead_of(article: Article) -> PhotoRef | None:
    """Return the picture that stands for a release: the first of its front matter."""
    return next((ref for ref in article.photos if not ref.inline), None)
