"""Where the pictures of releases stand: beside the release, in the folder named like it, or in content/foto/."""

from __future__ import annotations

import difflib
import os
import unicodedata
from typing import TYPE_CHECKING

from generator.errors import ContentError, Message, Problem, message
from generator.photos.opening import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from generator.photo import PhotoRef

COMMON = "content/foto"
"""The folder of pictures that several releases may name."""


class Shelves:
    """The folders below ``root`` in which pictures stand, each listed once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._inside = os.path.realpath(root / "content") + os.sep
        self._listed: dict[str, dict[str, str]] = {}

    def find(self, source: str, ref: PhotoRef) -> str:
        """Return the file below the root that the release ``source`` means. Raises ContentError where there is none.

        Names are compared with what the folders list, letter by letter: a system that takes ``A.JPG`` for ``a.jpg``
        would let a release through that is broken everywhere else.
        """
        folder, _, name = source.rpartition("/")
        places = (folder, f"{folder}/{name.rpartition('.')[0]}", COMMON)
        for place in places:
            file = self._stands(place, ref.name)
            if file:
                if not os.path.realpath(self._root / file).startswith(self._inside):
                    what = message('The picture "{name}" leads out of content/.', name=ref.name)
                    raise problem(source, ref, what, message("Put the picture itself beside the release."))
                return file
        what = message('The picture "{name}" was not found.', name=ref.name)
        near = self._near(places, ref.name)
        if near:
            raise problem(source, ref, what, message('Did you mean "{near}"?', near=near))
        raise problem(
            source, ref, what, message("Put it beside the release, in the folder named like it, or in content/foto/.")
        )

    def _names(self, place: str) -> dict[str, str]:
        """Return the names in a folder in Unicode's composed form, as people type them, and as they stand there."""
        names = self._listed.get(place)
        if names is None:
            try:
                names = {_composed(name): name for name in os.listdir(self._root / place)}  # noqa: PTH208 - names alone
            except OSError:
                names = {}
            self._listed[place] = names
        return names

    def _stands(self, place: str, name: str) -> str:
        """Return the file of that name in a folder or below it, "" where there is none."""
        for part in name.split("/"):
            found = self._names(place).get(_composed(part))
            if found is None:
                return ""
            place = f"{place}/{found}"
        return place if (self._root / place).is_file() else ""

    def _near(self, places: tuple[str, ...], name: str) -> str:
        """Return the name of a picture in the three places that is most like ``name``, "" where none is.

        Who writes a folder that is none of them ("content/foto/a.jpg") is told the name without it.
        """
        folder, _, own = name.rpartition("/")
        within = self._nearest([f"{place}/{folder}" for place in places], own) if folder else ""
        return f"{folder}/{within}" if within else self._nearest(places, own)

    def _nearest(self, places: Iterable[str], own: str) -> str:
        there = {each.lower(): each for place in places for each in self._names(place) if _is_picture(each)}
        close = difflib.get_close_matches(own.lower(), sorted(there), n=1)
        return there[close[0]] if close else ""


def problem(source: str, ref: PhotoRef, what: Message, fix: Message) -> ContentError:
    """Return what is wrong with a picture that a release names."""
    return ContentError([Problem(source, ref.line, what, fix, ref.name)])


def _composed(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _is_picture(name: str) -> bool:
    return name.lower().rpartition(".")[2] in FORMATS
