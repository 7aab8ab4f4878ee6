"""What each of the last publishes replaced and removed, so that it can be taken back."""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from generator.publish.manifest import File
from generator.publish.record import unkept, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Step(NamedTuple):
    """One publish: what each file that it changed was before and became after, None where there was or is none.

    ``at`` is when it began (ISO 8601); ``lists`` are those of its files that lead to the others. One that was cut is
    carried on by the next publish.
    """

    number: int
    at: str
    before: Mapping[str, File | None]
    after: Mapping[str, File | None]
    lists: frozenset[str]


_OPEN = ".open"
"""In the name of a publish that did not come to its end: whether one is, is known without reading what it was."""


class History:
    """The last ``keep`` publishes to one target, in the folder ``history`` of its work folder."""

    def __init__(self, work: Path, keep: int) -> None:
        self._folder, self._keep = work / "history", keep

    def last(self) -> Step | None:
        """Return the last publish, None where none is remembered: beneath a damaged one none can be taken back."""
        files = self._files()
        return _read(files[0]) if files else None

    def steps(self) -> Iterator[Step]:
        """Yield the publishes that are remembered, newest first."""
        for file in self._files():
            step = _read(file)
            if step is not None:
                yield step

    def is_open(self) -> bool:
        """Say whether the last publish has not come to its end."""
        files = self._files()
        return bool(files) and _OPEN in files[0].name

    def begin(self, step: Step) -> None:
        """Write down what a publish is about to change; its number is the next one, or that of one that was cut."""
        files = self._files()
        last = _read(files[0]) if self.is_open() else None
        if last is None:
            number = int(files[0].name[:8]) + 1 if files else 1
            self._write(step._replace(number=number))
            return
        before, after = {**step.before, **last.before}, {**last.after, **step.after}
        self._write(last._replace(at=step.at, before=before, after=after, lists=last.lists | step.lists))

    def finish(self) -> None:
        """Write down that the last publish came to its end, and forget those that are too old."""
        if self.is_open():
            last = self._files()[0]
            self._rename(last, last.name.replace(_OPEN, ""))
        for file in self._files()[self._keep :]:
            self._remove(file)

    def reopen(self) -> None:
        """Write down that the last publish is about to be taken back: until it is, nothing is sure."""
        if not self.is_open():
            last = self._files()[0]
            self._rename(last, f"{last.name[:8]}{_OPEN}.json.gz")

    def drop(self) -> None:
        """Forget the last publish: it was taken back."""
        self._remove(self._files()[0])

    def forget(self) -> None:
        """Forget all publishes: another machine has built upon them, and its pages may need what they changed."""
        for file in self._files():
            self._remove(file)

    def digests(self) -> set[str]:
        """Return the digests of all that would be needed to take back what is remembered, and to do that again."""
        return {
            each.digest
            for step in self.steps()
            for files in (step.before, step.after)
            for each in files.values()
            if each is not None
        }

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json.gz"), reverse=True)

    def _write(self, step: Step) -> None:
        said = {**step._asdict(), "lists": sorted(step.lists)}
        data = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._folder / f"{step.number:08}{_OPEN}.json.gz", gzip.compress(data, 1, mtime=0))
        except OSError as error:
            raise unkept(error, self._folder) from None

    def _rename(self, file: Path, name: str) -> None:
        try:
            file.replace(file.with_name(name))
        except OSError as error:
            raise unkept(error, file) from None

    def _remove(self, file: Path) -> None:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise unkept(error, file) from None


def _read(file: Path) -> Step | None:
    """Return a step as it was written; one that is damaged is none."""
    with contextlib.suppress(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
        said = json.loads(gzip.decompress(file.read_bytes()))
        before, after = _states(said["before"]), _states(said["after"])
        return Step(int(said["number"]), str(said["at"]), before, after, frozenset(said["lists"]))
    return None


def _states(said: Mapping[str, list[Any] | None]) -> dict[str, File | None]:
    return {file: None if each is None else File(*each) for file, each in said.items()}
