"""The ledger's file: one SQLite database in .adpim/, and the lock that lets one build at a time use it.

All that is kept is a cache of what content/ and templates/ say, under the digest of the program that made it. Each
piece carries a checksum; a piece that does not fit, a database that cannot be read or another program's is thrown away.
SQLite makes every save whole or not at all, whatever moment the power fails at.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

from generator.errors import OutputError, Problem, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.content import Shard
    from generator.signature import Signature

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds to wait for another build of this site to end."""


class DamagedError(Exception):
    """Something in the ledger is not as it was written. Whoever meets it begins anew without what was kept."""


class Made(NamedTuple):
    """What was written for an Output."""

    fingerprint: bytes
    signature: Signature


class Ledger:
    """The open ledger of one site. Use as a context; while it is open, no other build of the site runs."""

    def __init__(self, work: Path, program: bytes, *, forget: bool = False, patience: float = PATIENCE) -> None:
        """Open the ledger in the folder ``work``.

        ``program`` stands for all that turns content into bytes besides content and templates: what another program
        kept is not believed. ``forget`` begins anew. Raises OutputError if another build does not end in time, or if
        ``work`` cannot be written.
        """
        self.file = work / "ledger.db"
        try:
            work.mkdir(parents=True, exist_ok=True)
            if not (work / ".gitignore").is_file():
                (work / ".gitignore").write_text("*\n", encoding="utf-8")
            self._lock = _take_lock(work / "lock.db", patience)
        except OSError as error:
            raise _unusable(str(work), error.strerror or str(error)) from None
        try:
            self._base = self._open(program, forget=forget)
        except BaseException:
            self._lock.close()
            raise

    def _open(self, program: bytes, *, forget: bool) -> sqlite3.Connection:
        if not forget:
            try:
                base = _connect(self.file)
            except sqlite3.DatabaseError:
                pass  # damaged, or no database at all: made anew below
            else:
                row = base.execute("SELECT value FROM facts WHERE name = 'program'").fetchone()
                if row is not None and row[0] == program:
                    return base
                base.close()
        for leftover in (self.file, self.file.with_name("ledger.db-journal")):
            leftover.unlink(missing_ok=True)
        try:
            base = _connect(self.file)
            base.execute("INSERT INTO facts VALUES ('program', ?)", (program,))
            base.commit()
        except sqlite3.Error as error:
            raise _unusable(str(self.file), str(error)) from None
        return base

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()
        self._lock.close()

    def shards(self) -> dict[str, Shard]:
        """Return what was read from content/, by folder and file name."""
        rows = self._read("SELECT folder, data FROM shards")
        return {folder: _unpack(data) for folder, data in rows}

    def save_sources(
        self,
        shards: Mapping[str, Shard],
        bodies: Iterable[tuple[str, str]],
        gone: Iterable[str],
    ) -> None:
        """Keep ``shards`` (an empty one is forgotten) and the HTML of sources; forget that of sources ``gone``."""
        with self._saving():
            self._base.executemany("DELETE FROM bodies WHERE source = ?", ((source,) for source in gone))
            rows = ((source, _seal(html.encode())) for source, html in bodies)
            self._base.executemany("INSERT OR REPLACE INTO bodies VALUES (?, ?)", rows)
            self._base.executemany("DELETE FROM shards WHERE folder = ?", ((f,) for f, s in shards.items() if not s))
            kept = ((folder, _pack(shard)) for folder, shard in shards.items() if shard)
            self._base.executemany("INSERT OR REPLACE INTO shards VALUES (?, ?)", kept)

    def body(self, source: str) -> str:
        """Return the HTML of a source file. Raises DamagedError where it is not as it was written."""
        return read_body(self._base, source)

    def recall(self, name: str, otherwise: T) -> T:
        """Return the value kept under ``name``, or ``otherwise``."""
        rows = self._read("SELECT name, value FROM facts WHERE name = ?", (name,))
        return _unpack(rows[0][1]) if rows else otherwise

    def keep(self, values: Mapping[str, object]) -> None:
        """Keep each value under its name, all or none."""
        with self._saving():
            rows = ((name, _pack(value)) for name, value in values.items())
            self._base.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise DamagedError(str(self.file)) from error

    @contextlib.contextmanager
    def _saving(self) -> Any:  # noqa: ANN401 - a context manager without a value
        try:
            with self._base:
                yield
        except sqlite3.Error as error:
            raise _unusable(str(self.file), str(error)) from None


def open_bodies(file: Path) -> sqlite3.Connection:
    """Open the ledger's file for reading alone, as the processes that render do."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def read_body(base: sqlite3.Connection, source: str) -> str:
    """Return the HTML of a source file. Raises DamagedError where it is not as it was written."""
    try:
        row = base.execute("SELECT html FROM bodies WHERE source = ?", (source,)).fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedError(source) from error
    return _unseal(row[0] if row else None).decode()


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
    except sqlite3.DatabaseError:
        base.close()
        raise
    return base


def _take_lock(file: Path, patience: float) -> sqlite3.Connection:
    """Hold a database of its own exclusively: every system lets go of it when the process ends, however it ends."""
    lock = sqlite3.connect(file, timeout=patience, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        lock.close()
        what = message("Another build of this site is running.")
        raise OutputError(
            [Problem(str(file.parent), 0, what, message("Wait until it ends, then try again."))]
        ) from None
    except sqlite3.DatabaseError:
        lock.close()
        file.unlink()
        return _take_lock(file, patience)
    return lock


def _pack(value: object) -> bytes:
    return _seal(pickle.dumps(value, protocol=5))


def _unpack(blob: object) -> Any:  # noqa: ANN401 - whatever was packed
    # Only what bears its checksum is unpickled: a damaged file makes no objects.
    return pickle.loads(_unseal(blob))  # noqa: S301 - written by this program, beside the site's own sources


def _seal(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest() + data


def _unseal(blob: object) -> bytes:
    if not isinstance(blob, bytes) or _seal(blob[16:])[:16] != blob[:16]:
        raise DamagedError
    return blob[16:]


def _unusable(where: str, error: str) -> OutputError:
    what = message("Cannot be written: {error}.", error=error)
    return OutputError(
        [Problem(where, 0, what, message("Check free space and permissions. The published pages are as they were."))]
    )
