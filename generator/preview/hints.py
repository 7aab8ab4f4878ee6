"""Paths that may have changed, collected until it is quiet: a checkout of a thousand files is one update."""

from __future__ import annotations

import threading
import time

QUIET = 0.012
"""Seconds without a hint after which those that came are taken: an editor's rename follows its write within these."""
LONGEST = 0.5
"""Seconds after which they are taken though more are coming."""
_TEMPORARY = (".swp", ".swo", ".swx", ".tmp", ".part", ".crdownload")


def is_temporary(name: str) -> bool:
    """Say whether a file is one that an editor makes while it saves, and takes away again."""
    return (
        name == "4913"  # vim tries with it whether it may write here
        or name.startswith((".", "~$", "~wrd"))
        or (name.startswith("#") and name.endswith("#"))
        or name.endswith(("~", *_TEMPORARY))
    )


class Hints:
    """A set of paths below the site's root, with ``/``."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paths: set[str] = set()
        self._first = self._last = 0.0
        self._closed = False

    def add(self, paths: set[str] | frozenset[str]) -> None:
        """Add paths but for editors' temporary files."""
        paths = {path for path in paths if not is_temporary(path.rpartition("/")[2].lower())}
        if not paths:
            return
        with self._changed:
            self._last = time.monotonic()
            self._first = self._first if self._paths else self._last
            self._paths |= paths
            self._changed.notify_all()

    def close(self) -> None:
        """Let whoever waits go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self, patience: float) -> frozenset[str] | None:
        """Return all paths once it is quiet, none if none came within ``patience`` seconds, None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._paths or self._closed, patience)
            while self._paths and not self._closed:
                now = time.monotonic()
                rest = min(self._last + QUIET, self._first + LONGEST) - now
                if rest <= 0:
                    break
                self._changed.wait(rest)
            paths, self._paths = frozenset(self._paths), set()
            self._changed.notify_all()
            return None if self._closed else paths

    def settle(self, patience: float) -> None:
        """Wait until nothing is left to be taken, at most ``patience`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._paths, patience)
