"""The ledger's file: one SQLite database in .adpim/, and the lock that lets one build at a time use it.

All that is kept is a cache of what content/ and templates/ say, under the digest of the program that made it. Each
piece carries a checksum of its name and bytes; a piece that does not fit, a database that cannot be read or another
program's is thrown away. SQLite makes every save whole or not at all, whatever moment the power fails at.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from generator.errors import DamagedError, Message, OutputError, Problem, message
from generator.sealing import pack, seal, unpack, unseal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.content import Shard
    from generator.signature import Signature

T = TypeVar("T")

SINCE = 20
"""What changed in an output folder is kept apart while it is less than this part of all that was made there: to write
down all of it takes 30 ms with 27,000 files, a twentieth of a build in which one release changed."""
PATIENCE = 10.0
"""Seconds to wait for another build of this site to end."""

_BROKEN = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a damaged database raises: even the messages about it may quote bytes that are no text."""
_REFUSED = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says where the disk refuses; whatever else it says, the database itself is no good."""


class Made(NamedTuple):
    """What was written for an Output."""

    fingerprint: bytes
    signature: Signature


class Ledger:
    """The open ledger of one site. Use as a context; while it is open, no other build of the site runs."""

    def __init__(self, work: Path, program: bytes, *, forget: bool = False, patience: float | None = None) -> None:
        """Open the ledger in the folder ``work``.

        ``program`` stands for all that turns content into bytes besides content and templates: what another program
        kept is not believed. ``forget`` begins anew. Raises OutputError if another build does not end within
        ``patience`` seconds (PATIENCE if None), or if ``work`` cannot be written.
        """
        self.file = work / "ledger.db"
        try:
            work.mkdir(parents=True, exist_ok=True)
            if not (work / ".gitignore").is_file():
                (work / ".gitignore").write_text("*\n", encoding="utf-8")
            self._lock = _take_lock(work / "lock.db", PATIENCE if patience is None else patience)
        except OSError as error:
            raise _unusable(work, error.strerror or str(error)) from None
        with contextlib.suppress(OSError):
            for left in (work / "templates").glob("*.tmp"):
                left.unlink()  # of a process that was ended while it kept a compiled template
        try:
            self._base = (None if forget else self._continue(program)) or self._begin(program)
        except BaseException:
            self._lock.close()
            raise

    def _continue(self, program: bytes) -> sqlite3.Connection | None:
        """Return what the last build left, or None where that is damaged, of another program, or nothing."""
        base = None
        try:
            base = _connect(self.file)
            row = base.execute("SELECT value FROM facts WHERE name = 'program'").fetchone()
            if row is not None and row[0] == program:
                return base
        except _BROKEN:
            pass
        if base is not None:
            base.close()
        return None

    def _begin(self, program: bytes) -> sqlite3.Connection:
        try:
            _discard(self.file)
            _discard(self.file.with_name("ledger.db-journal"))
            # Compiled templates depend on the program too, and do not say of which they are.
            _discard(self.file.with_name("templates"))
            base = _connect(self.file)
        except OSError as error:
            raise _unusable(self.file, error.strerror or str(error)) from None
        except sqlite3.Error as error:
            raise _unusable(self.file, str(error)) from None
        try:
            with base:
                base.execute("INSERT INTO facts VALUES ('program', ?)", (program,))
        except sqlite3.Error as error:
            base.close()
            raise _unusable(self.file, str(error)) from None
        return base

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()
        self._lock.close()

    def shards(self) -> dict[str, Shard]:
        """Return what was read from content/, by folder and file name."""
        return {folder: unpack(folder, data) for folder, data in self._read("SELECT folder, data FROM shards")}

    def keep_body(self, source: str, html: str) -> None:
        """Take in the HTML of a source file; it stays if ``save_sources`` comes after it, with what that keeps."""
        with self._refusing():
            row = (source, seal(source, html.encode()))
            self._base.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?)", row)

    def save_sources(self, shards: Mapping[str, Shard], gone: Iterable[str], context: str) -> None:
        """Keep ``shards`` (an empty one is forgotten) and all ``keep_body`` took in; forget the HTML of ``gone``.

        ``context`` is what was read besides the files; it is recalled under that name. All is kept or nothing.
        """
        with self._saving():
            self._base.executemany("DELETE FROM bodies WHERE source = ?", ((source,) for source in gone))
            self._base.executemany("DELETE FROM shards WHERE folder = ?", ((f,) for f, s in shards.items() if not s))
            kept = ((folder, pack(folder, shard)) for folder, shard in shards.items() if shard)
            self._base.executemany("INSERT OR REPLACE INTO shards VALUES (?, ?)", kept)
            self._put("context", context)

    def count_bodies(self) -> int:
        """Return of how many sources the HTML is kept."""
        return sum(count for (count,) in self._read("SELECT count(*) FROM bodies"))

    def body(self, source: str) -> str:
        """Return the HTML of a source file. Raises DamagedError where it is not as it was written."""
        return read_body(self._base, source)

    def made(self, folder: Path) -> dict[str, Made]:
        """Return what was written into an output folder, by file."""
        files, prints, signatures = self.recall(f"made {folder}", _NOTHING)
        made = dict(zip(files, map(Made, prints, signatures), strict=True))
        for file, each in self.recall(f"since {folder}", _UNCHANGED).items():
            if each is None:
                made.pop(file, None)
            else:
                made[file] = each
        return made

    def keep_made(
        self, folder: Path, before: Mapping[str, Made], changed: Mapping[str, Made | None], last: object
    ) -> None:
        """Keep what was written into an output folder and what it came from; forget folders that are no more.

        ``before`` is what ``made`` returned, ``changed`` what differs from it now, None for what is no more there.
        Raises OutputError.
        """
        with self._saving(message("The site is written. Check free space and permissions, then build once more.")):
            for (name,) in self._read("SELECT name FROM facts WHERE name LIKE 'made %'"):
                if not Path(name.removeprefix("made ")).is_dir():
                    names = (name, f"since {name[5:]}", f"last {name[5:]}")
                    self._base.execute("DELETE FROM facts WHERE name IN (?, ?, ?)", names)
            since = {**self.recall(f"since {folder}", _UNCHANGED), **changed}
            if len(since) > len(before) / SINCE:
                # As columns: plain values are packed three times as fast as objects.
                made = {file: each for file, each in {**before, **changed}.items() if each is not None}
                columns = tuple([*column] for column in zip(*made.values(), strict=True)) or ([], [])
                self._put(f"made {folder}", ([*made], *columns))
                since = {}
            self._put(f"since {folder}", since)
            self._put(f"last {folder}", last)

    def recall(self, name: str, otherwise: T) -> T:
        """Return the value kept under ``name``, or ``otherwise``."""
        rows = self._read("SELECT value FROM facts WHERE name = ?", (name,))
        return unpack(name, rows[0][0]) if rows else otherwise

    def keep(self, name: str, value: object) -> None:
        """Keep ``value`` under ``name``."""
        with self._saving():
            self._put(name, value)

    def _put(self, name: str, value: object) -> None:
        self._base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, pack(name, value)))

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            return self._base.execute(query, values).fetchall()
        except _BROKEN as error:
            raise DamagedError(str(self.file)) from error

    @contextlib.contextmanager
    def _saving(self, fix: Message | None = None) -> Iterator[None]:
        with self._refusing(fix), self._base:
            yield

    @contextlib.contextmanager
    def _refusing(self, fix: Message | None = None) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            if _code(error) in _REFUSED:
                raise _unusable(self.file, str(error), fix) from None
            raise DamagedError(str(self.file)) from error


_UNCHANGED: dict[str, Made | None] = {}
_NOTHING: tuple[list[str], list[bytes], list[Signature]] = ([], [], [])


def open_bodies(file: Path) -> sqlite3.Connection:
    """Open the ledger's file for reading alone, as the processes that render do."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def read_body(base: sqlite3.Connection, source: str) -> str:
    """Return the HTML of a source file. Raises DamagedError where it is not as it was written."""
    try:
        row = base.execute("SELECT html FROM bodies WHERE source = ?", (source,)).fetchone()
    except _BROKEN as error:
        raise DamagedError(source) from error
    return unseal(source, row[0] if row else None).decode()


def _connect(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file)
    try:
        # A rollback journal works on network drives too, where a write-ahead log does not.
        base.execute("PRAGMA journal_mode = DELETE")
        base.execute("PRAGMA synchronous = NORMAL")
        base.execute("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
        base.execute("CREATE TABLE IF NOT EXISTS shards (folder TEXT PRIMARY KEY, data BLOB)")
        base.execute("CREATE TABLE IF NOT EXISTS bodies (source TEXT PRIMARY KEY, html BLOB)")
        base.commit()
    except BaseException:
        base.close()
        raise
    return base


def _discard(path: Path) -> None:
    """Remove whatever stands at ``path``."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _take_lock(file: Path, patience: float) -> sqlite3.Connection:
    """Hold a database of its own exclusively: every system lets go of it when the process ends, however it ends."""
    until = time.monotonic() + patience
    while True:
        # SQLite hears no Ctrl-C while it waits, so it waits a moment only.
        lock = None
        try:
            lock = sqlite3.connect(file, timeout=0.2, isolation_level=None)
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if lock is not None:
                lock.close()
            if _code(error) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
                # Emptied, not removed: two builds that meet here still wait for one and the same file.
                file.write_bytes(b"")
            elif _code(error) != sqlite3.SQLITE_BUSY:
                raise _unusable(file, str(error)) from None
            elif time.monotonic() >= until:
                what = message("Another build of this site is running.")
                fix = message("Wait until it ends, then try again.")
                raise OutputError([Problem(str(file.parent), 0, what, fix)]) from None
        else:
            return lock


def _code(error: Exception) -> int:
    """Return SQLite's primary code of an error; the higher bits say more than is asked here."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _unusable(where: Path, error: str, fix: Message | None = None) -> OutputError:
    what = message("Cannot be written: {error}.", error=error)
    fix = fix or message("Check free space and permissions. The published pages are as they were.")
    return OutputError([Problem(str(where), 0, what, fix)])
