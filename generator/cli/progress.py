"""Progress bars for a build that lasts longer than a second and for a transfer, when a person is watching."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Self

from generator.i18n import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from rich.progress import ProgressColumn

    from generator.errors import Message

PATIENCE = 1.0
"""Seconds for which nothing is shown."""
PACE = 0.1
"""Seconds between two looks of a bar."""
NAME = 30
"""Characters of a name that are shown: its end, where numbers are."""


class _OnTerminal:
    """What a person sees of some work; ``watched`` says whether one is there. Nothing of it stays on the terminal.

    Several threads count. A bar that ``moves`` is drawn anew by a thread of its own, another one by its ``refresh``.
    """

    moves = True

    def __init__(self, language: str, *, watched: bool) -> None:
        self._language = language
        self._watched = watched
        self._lock = threading.Lock()
        """Without it two threads would show a bar each, and the one that nobody ends would hide every question."""
        self._bar: Any = None
        self._task: Any = None
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _show(self, counts: Iterable[ProgressColumn], words: str, total: int | None, **fields: object) -> None:
        """Show what is being done, a bar, ``counts`` made of ``fields``, and the time that is left."""
        from rich.console import Console  # noqa: PLC0415 - only who watches long work needs it
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415 - as above

        columns = (TextColumn("{task.description}"), BarColumn(), *counts, TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=self.moves)
        self._task = self._bar.add_task(words, total=total, **fields)
        self._bar.start()


class Bar(_OnTerminal):
    """A build's Progress; ``watched`` is whether a person sees the terminal.

    It has no thread: a process that has one cannot be forked, and a first build of 10,000 releases took a third longer.
    """

    moves = False

    def __init__(self, language: str, *, watched: bool) -> None:
        super().__init__(language, watched=watched)
        self._begun = self._drawn = time.monotonic()
        self._what, self._name, self._total = "", "", 0

    def stage(self, what: Message, total: int) -> None:
        """Begin a stage of ``total`` steps (0: unknown)."""
        self._what, self._name, self._total, self._done = say(what, self._language), "", total, 0
        if self._bar is not None:
            self._bar.update(self._task, description=self._words(), total=total or None, completed=0, refresh=True)

    def step(self, steps: int = 1, name: str = "") -> None:
        """Count steps that are done, and show the ``name`` of what was done last."""
        with self._lock:
            self._done += steps
            self._name = name
            if not self._watched:
                return
            if self._bar is not None:
                if time.monotonic() - self._drawn > PACE or self._done == self._total:
                    self._drawn = time.monotonic()
                    self._bar.update(self._task, description=self._words(), completed=self._done, refresh=True)
            elif time.monotonic() - self._begun > PATIENCE:
                from rich.progress import MofNCompleteColumn  # noqa: PLC0415 - as in _show

                self._show([MofNCompleteColumn()], self._words(), self._total or None, completed=self._done)

    def _words(self) -> str:
        """Return what is being done, and to what; a file's name must not steer the terminal."""
        from rich.markup import escape  # noqa: PLC0415 - as in _show

        name = "".join(sign for sign in self._name[-NAME:] if sign.isprintable())
        return escape(f"{self._what} {name}".rstrip())


class UploadBar(_OnTerminal):
    """A transfer's Progress: files, bytes and the time that is left; ``watched`` as for a Bar."""

    def __init__(self, language: str, *, watched: bool) -> None:
        super().__init__(language, watched=watched)
        self._size, self._files, self._whole = 0, 0, 0
        self._told = 0.0

    def sending(self, what: Message, files: int, size: int) -> None:
        """Begin to show ``files`` of ``size`` bytes together."""
        self._files, self._whole = files, size
        if self._watched:
            from rich.progress import TextColumn  # noqa: PLC0415 - as in _show

            counts = (TextColumn("{task.fields[sent]}"),)
            self._show(counts, say(what, self._language), size, sent=self._counts())

    def sent(self, size: int) -> None:
        """Count a file that has travelled."""
        with self._lock:
            self._done += 1
            self._size += size
            if self._bar is None:
                return
            fields = dict[str, str]()
            if time.monotonic() - self._told > PACE or self._done == self._files:  # words take a tenth of a millisecond
                self._told = time.monotonic()
                fields["sent"] = self._counts()
            self._bar.update(self._task, completed=self._size, **fields)

    def _counts(self) -> str:
        """Return files and bytes as people of this language write them: "12/40 · 840 kB / 3,2 MB"."""
        from generator.publish.words import size_in_words  # noqa: PLC0415 - a build's bar needs none of it

        sizes = (size_in_words(size, self._language) for size in (self._size, self._whole))
        return f"{self._done}/{self._files} · {' / '.join(sizes)}"
