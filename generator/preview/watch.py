"""Watching the folders that a site is made of: whatever the system says of them becomes a hint."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEvent, FileSystemEventHandler  # noqa: TID251 - this is the room for it
from watchdog.observers import Observer  # noqa: TID251 - as above

if TYPE_CHECKING:
    from pathlib import Path

    from generator.preview.hints import Hints

WATCHED = ("content", "templates")


class _Teller(FileSystemEventHandler):
    def __init__(self, root: Path, hints: Hints) -> None:
        self._root, self._hints = str(root) + os.sep, hints

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hand on the paths of an event. A folder that "changed" only says what its files say themselves."""
        if event.event_type in {"opened", "closed_no_write"} or (event.is_directory and event.event_type == "modified"):
            return
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        self._hints.add({p[len(self._root) :].replace(os.sep, "/") for p in paths if p.startswith(self._root)})


class Watch:
    """Watches a site's folders with what the system offers, and takes them up again when they were made anew."""

    def __init__(self, root: Path, hints: Hints) -> None:
        """Begin to watch ``root``. Raises OSError where the system's watches have run out."""
        self._root, self._hints = root, hints
        # watchdog's word for a folder that was moved out and in again: it goes on watching.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        self._teller = _Teller(root, hints)
        self._observer = Observer()
        self._watched = self._identities()
        self._observer.start()
        try:
            self._watch()
        except OSError:
            self.stop()
            raise

    def look_after(self) -> None:
        """Watch folders that came or were replaced since this was last called. Raises OSError as above."""
        now = self._identities()
        changed = {name for name in WATCHED if now.get(name) != self._watched.get(name)}
        if changed:
            self._watched = now
            self._observer.unschedule_all()
            self._watch()
            self._hints.add(changed)

    def _watch(self) -> None:
        for name in self._watched:
            self._observer.schedule(self._teller, str(self._root / name), recursive=True)

    def _identities(self) -> dict[str, tuple[int, int]]:
        found = {}
        for name in WATCHED:
            try:
                status = (self._root / name).stat()
            except OSError:
                continue
            found[name] = (status.st_dev, status.st_ino)
        return found

    def stop(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join(2)
