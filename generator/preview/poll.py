"""Looking at the files themselves once a second, where the system says nothing of changes: network drives."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from generator.preview.archive import strays
from generator.signature import Signature, signature
from generator.site_file import SITE_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from generator.preview.desk import Desk
    from generator.preview.hints import Hints

SHARE = 10
"""Looking may take one part in so many of the time: a large archive is looked at less often."""


class Poll:
    """Looks at all files of the site of ``desk``."""

    def __init__(self, desk: Desk, hints: Hints) -> None:
        self._desk, self._hints = desk, hints
        self._others = self._sign_others()
        self._next = 0.0
        desk.pictures.strays()

    def look_after(self) -> None:
        """Hint at every file that is not as it was seen."""
        began = time.monotonic()
        if began < self._next:
            return
        with self._desk.lock:
            seen = dict(self._desk.archive.seen)
            changed = self._desk.pictures.strays()
        changed |= strays(self._desk.root, seen)[0]
        others = self._sign_others()
        changed |= {path for path in others.keys() | self._others.keys() if others.get(path) != self._others.get(path)}
        self._others = others
        self._hints.add(changed)
        self._next = time.monotonic() + SHARE * (time.monotonic() - began)

    def stop(self) -> None:
        """Nothing is held."""

    def _sign_others(self) -> dict[str, Signature]:
        root = self._desk.root
        files = [root / SITE_FILE, *(root / "templates").rglob("*")]
        return {file.relative_to(root).as_posix(): signed for file in files if (signed := _sign(file)) is not None}


def _sign(file: Path) -> Signature | None:
    try:
        return signature(file.stat()) if file.is_file() else None
    except OSError:
        return None
