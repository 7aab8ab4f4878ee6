"""What the pages in the browsers are told: one line for each update, as server-sent events.

Source: HTML Living Standard, section 9.2, Server-sent events.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.preview.desk import Update

HEARTBEAT = 15.0
"""Seconds after which a silent stream says something, so that a browser that went away is noticed."""
KEPT = 100
"""Updates that are kept for a page that was hidden meanwhile; one that missed more hears only that there were some."""


class Stream:
    """Hands every update to everyone who listens, until it is closed."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._updates: deque[Update] = deque(maxlen=KEPT)
        self._closed = False

    def tell(self, update: Update) -> None:
        """Tell everyone."""
        with self._news:
            self._updates.append(update)
            self._news.notify_all()

    def close(self) -> None:
        """End every stream."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def listen(self, number: int, now: int) -> Iterator[bytes]:
        """Yield events for whoever has seen all updates up to ``number``; ``now`` is the last update there was.

        The first event tells at once of all that was missed.
        """
        missed = [update for update in self._kept() if number < update.number <= now] if number >= 0 else []
        yield _event(now, missed) if now != number else _event(now)
        heard = now
        while True:
            with self._news:
                self._news.wait_for(partial(self._has_news, heard), HEARTBEAT)
                if self._closed:
                    return
                fresh = [update for update in self._updates if update.number > heard]
            if not fresh:
                yield b": still here\n\n"
                continue
            for update in fresh:
                heard = update.number
                yield _event(update.number, [update])

    def _kept(self) -> list[Update]:
        with self._news:
            return list(self._updates)

    def _has_news(self, heard: int) -> bool:
        return self._closed or (bool(self._updates) and self._updates[-1].number > heard)


def _event(number: int, updates: list[Update] | None = None) -> bytes:
    """Return the event that tells of ``updates``; a file that was saved several times is told as it last was."""
    data: dict[str, object] = {"number": number}
    if updates is not None:
        data["saved"] = list({saved.source: saved._asdict() for update in updates for saved in update.saved}.values())
        data["pictures"] = any(update.pictures for update in updates)
    return f"data: {json.dumps(data)}\n\n".encode()
