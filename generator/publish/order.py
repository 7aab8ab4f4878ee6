"""In which order files go onto a host, so that whatever moment the line breaks at, no page lacks what it refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

_PAGES = (".html", ".htm")
_DOOR = "index.html"
"""The home page: what leads to all others."""


def is_page(file: str) -> bool:
    """Say whether a file is a page that refers to others."""
    return file.endswith(_PAGES)


def in_order(new: Iterable[str], changed: Iterable[str], lists: AbstractSet[str]) -> list[list[str]]:
    """Return the files to send in stages: each is to be there whole before the next one begins.

    Styles, scripts, photos and texts come first, since any page may need them, and feeds that are new. Then pages that
    are new, to which nothing leads yet, and new lists; only then what leads to them: the home page, where it is new,
    changed pages, at last changed lists and feeds. ``lists`` are the files of lists and feeds; they need not all be
    among those that are sent.
    """
    new, changed = sorted(new), sorted(changed)
    stages = [
        [file for file in (*new, *changed) if not is_page(file) and file not in lists],
        [file for file in new if not is_page(file) and file in lists],
        [file for file in new if is_page(file) and file not in lists],
        [file for file in new if is_page(file) and file in lists and file != _DOOR],
        [file for file in new if file == _DOOR],
        [file for file in changed if is_page(file) and file not in lists],
        [file for file in changed if is_page(file) and file in lists],
        [file for file in changed if not is_page(file) and file in lists],
    ]
    return [stage for stage in stages if stage]
