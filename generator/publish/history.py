"""What each of the last publishes replaced and removed, so that it can be taken back."""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib
from typing import TYPE_CHECKING, NamedTuple

from generator.publish.manifest import File, is_safe
from generator.publish.record import unkept, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class Step(NamedTuple):
    """One publish: what each file that it changed was before and became after, None where there was or is none.

    ``at`` is when it began (ISO 8601). A publish that was cut is not ``finished``; the next one carries it on.
    ``lists`` are those of its files that lead to the others.
    """

    number: int
    at: str
    finished: bool
    before: Mapping[str, File | None]
    after: Mapping[str, File | None]
    lists: frozenset[str]


class History:
    """The last ``keep`` publishes to one target, in the folder ``history`` of its work folder."""

    def __init__(self, work: Path, keep: int) -> None:
        self._folder, self._keep = work / "history", keep

    def last(self) -> Step | None:
        """Return the last publish, None where none is remembered."""
        return next(self.steps(), None)

    def steps(self) -> Iterator[Step]:
        """Yield the publishes that are remembered, newest first."""
        for file in sorted(self._folder.glob("*.json.gz"), reverse=True):
            step = _read(file)
            if step is not None:
                yield step

    def begin(self, step: Step) -> None:
        """Write down what a publish is about to change; its number is the next one, or that of one that was cut."""
        last = self.last()
        if last is None or last.finished:
            self._write(step._replace(number=last.number + 1 if last else 1, finished=False))
            return
        before = {**step.before, **last.before}
        self._write(
            step._replace(
                number=last.number,
                finished=False,
                before=before,
                after={**last.after, **step.after},
                lists=last.lists | step.lists,
            )
        )

    def finish(self) -> None:
        """Write down that the last publish came to its end, and forget those that are too old."""
        last = self.last()
        if last is not None and not last.finished:
            self._write(last._replace(finished=True))
        for file in sorted(self._folder.glob("*.json.gz"), reverse=True)[self._keep :]:
            self._remove(file)

    def reopen(self) -> None:
        """Write down that the last publish is about to be taken back: until it is, nothing is sure."""
        last = self.last()
        if last is not None:
            self._write(last._replace(finished=False))

    def drop(self) -> None:
        """Forget the last publish: it was taken back."""
        last = self.last()
        if last is not None:
            self._remove(self._file(last.number))

    def digests(self) -> set[str]:
        """Return the digests of all that would be needed to take back what is remembered, and to do that again."""
        return {
            each.digest
            for step in self.steps()
            for files in (step.before, step.after)
            for each in files.values()
            if each is not None
        }

    def _file(self, number: int) -> Path:
        return self._folder / f"{number:08}.json.gz"

    def _write(self, step: Step) -> None:
        said = {**step._asdict(), "lists": sorted(step.lists)}
        data = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._file(step.number), gzip.compress(data, 1, mtime=0))
        except OSError as error:
            raise unkept(error, self._folder) from None

    def _remove(self, file: Path) -> None:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise unkept(error, file) from None


def _read(file: Path) -> Step | None:
    """Return a step as it was written; one that is damaged is none."""
    with contextlib.suppress(OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
        said = json.loads(gzip.decompress(file.read_bytes()))
        before, after = _files(said["before"]), _files(said["after"])
        return Step(
            int(said["number"]), str(said["at"]), bool(said["finished"]), before, after, frozenset(said["lists"])
        )
    return None


def _files(said: Mapping[str, list[object] | None]) -> dict[str, File | None]:
    files: dict[str, File | None] = {}
    for file, each in said.items():
        if not is_safe(file):
            raise ValueError(file)
        files[file] = None if each is None else File(int(str(each[0])), str(each[1]))
    return files
