"""What a publish is about to do and what it has done, written down before and after each file.

A publish that was cut is gone on with from here: what has arrived is not sent again, and of what was under way it is
found out. The manifest on the host says what stood there before; the journal, what has been put there since.
"""

from __future__ import annotations

import contextlib
import json
import threading
from typing import TYPE_CHECKING, NamedTuple

from generator.publish.manifest import File, is_safe
from generator.publish.record import unkept, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


class Past(NamedTuple):
    """What a cut publish has left: the digest of the head that stood on the host when it began ("" for none).

    ``put`` are files that arrived whole, ``tried`` those of which it is not known.
    """

    head: str
    put: dict[str, File]
    tried: dict[str, File]


class Journal:
    """The journal of one target, in its work folder. Several threads write to it."""

    def __init__(self, work: Path) -> None:
        self._file = work / "journal"
        self._lock = threading.Lock()

    def past(self) -> Past | None:
        """Return what is written down, None where the last publish came to its end."""
        past: Past | None = None
        for what, *values in self._lines():
            with contextlib.suppress(IndexError, TypeError, ValueError):
                if what == "begin":
                    past = past or Past(str(values[0]), {}, {})
                elif past is not None and is_safe(file := str(values[0])):
                    if what == "try":
                        past.tried[file] = File(int(str(values[1])), *map(str, values[2:4]))
                    elif what == "put" and file in past.tried:
                        past.put[file] = past.tried[file]
        if past is None:
            return None
        put = {file: each for file, each in past.put.items() if past.tried[file] == each}
        return Past(past.head, put, {file: each for file, each in past.tried.items() if file not in put})

    def _lines(self) -> Iterator[list[object]]:
        with contextlib.suppress(FileNotFoundError):
            for line in self._file.read_bytes().splitlines():
                # The last line of a process that was killed may be half a line.
                with contextlib.suppress(ValueError):
                    words = json.loads(line)
                    if isinstance(words, list) and words:
                        yield words

    def begin(self, head: str, past: Past | None) -> None:
        """Begin anew with what is still true of the ``past``; ``head`` is the digest of the head on the host."""
        lines: list[list[object]] = [["begin", head]]
        for file, each in (past.tried if past else {}).items():
            lines.append(["try", file, *each])
        for file, each in (past.put if past else {}).items():
            lines += [["try", file, *each], ["put", file]]
        try:
            # What is noted already stays until all of it is noted anew.
            write_whole(self._file, _text(lines))
        except OSError as error:
            raise unkept(error, self._file) from None

    def tries(self, file: str, each: File) -> None:
        """Write down that a file is about to be sent."""
        self._add("try", file, *each)

    def puts(self, file: str) -> None:
        """Write down that it has arrived whole."""
        self._add("put", file)

    def clear(self) -> None:
        """Forget everything: the manifest on the host says it now."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            raise unkept(error, self._file) from None

    def _add(self, *line: object) -> None:
        try:
            with self._lock, self._file.open("ab") as file:
                file.write(_text([line]))
        except OSError as error:
            raise unkept(error, self._file) from None


def _text(lines: Iterable[Sequence[object]]) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
