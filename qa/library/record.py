"""The file of the record: its connections, its short write transactions, its errors in words, its versions.

A connection belongs to one thread; a write transaction is short, so that several processes work on one library.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.database import begin, is_locked, write_ahead
from qa.errors import LibraryError
from qa.library import listing, marks, schema
from qa.library.generations import sync
from qa.room import NO_ROOM, has_no_room

BACKUPS = "backups"
"""Folder of the copy that was made before the record was brought up to a later version."""
_BUSY_MS = 10_000


@dataclass(frozen=True, slots=True)
class _Opened:
    """A thread's connection, and what it holds while it reads or writes."""

    connection: sqlite3.Connection
    busy: threading.RLock = field(default_factory=threading.RLock)


class RecordFile:
    """One SQLite file (WAL, synchronous=FULL). Raises LibraryError when it is damaged, locked or not writable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open: list[_Opened] = []
        self._closed = False
        self._patience = _BUSY_MS / 1000
        self._lock = threading.Lock()
        self.backup: Path | None = None
        """Where the file as it was lies, when it was of an earlier version and has just been brought up to this one."""
        with self._translated():
            self._prepare()

    def close(self) -> None:
        """Close the connections of all threads, each once what it is doing is done. Whoever reads or writes afterwards
        gets a LibraryError. Idempotent."""
        with self._lock:
            self._closed = True
            opened, self._open = self._open, []
        for one in opened:
            with one.busy:
                one.connection.close()

    def hurry(self) -> None:
        """Whoever waits until others have written waits no longer, now or later: the program is about to end."""
        self._patience = 0.0

    # values of the library itself

    def meta(self, name: str) -> str | None:
        """A value of the library itself (its time zone, its id)."""
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return str(row[0]) if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Record a value of the library itself."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @property
    def revision(self) -> str:
        """Changes with every change of the set of passages; a word index of the same revision is complete."""
        return self.meta("passages") or "0"

    @property
    def vector_revision(self) -> str:
        """Changes with every change of passages or vectors; an index of meaning of the same revision is complete."""
        rows = dict(self._all("SELECT name, value FROM meta WHERE name IN ('passages', 'vectors')"))
        return f"{rows.get('passages', 0)}.{rows.get('vectors', 0)}"

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file, None when it is whole."""
        found = [str(row[0]) for row in self._all("PRAGMA quick_check")]
        return None if found == ["ok"] else "; ".join(found[:3])

    # for the library's own modules

    def select(self, sql: str, *values: Any) -> list[Any]:
        """Rows of a query, for the library's own modules."""
        return self._all(sql, *values)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """One short write transaction, for the library's own modules."""
        return self._writing()

    # erasing

    @contextmanager
    def erasing(self) -> Iterator[sqlite3.Connection]:
        """One write transaction in which what is deleted is overwritten."""
        with self._connection() as db:
            db.execute("PRAGMA secure_delete = ON")
        with self._writing() as db:
            yield db
            bump(db, "passages")

    def compact(self) -> bool:
        """Write the file anew without what was deleted, and cut its log to nothing; False while others read it."""
        try:
            with self._connection() as db:
                db.execute("VACUUM")
                busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if is_locked(error) or "busy" in str(error):
                return False
            raise LibraryError(f"the library {self.path.parent} cannot be used: {error}", _remedy(error)) from None
        return not busy

    # inside

    def _prepare(self) -> None:
        with self._connection() as db:
            self._bring_up(db)

    def _bring_up(self, db: sqlite3.Connection) -> None:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > schema.VERSION:
            raise LibraryError(
                f"the library {self.path.parent} was made by a newer Newsdesk",
                "Upgrade newsdesk, or use another --library.",
            )
        if version < schema.VERSION:
            self.backup = self._backed_up(db, version) if version else None
            with self._writing() as writer:
                _bring_up(writer, writer.execute("PRAGMA user_version").fetchone()[0])
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'removed'").fetchone():
            with self._writing() as writer:
                writer.execute(marks.TABLE)

    def _backed_up(self, db: sqlite3.Connection, version: int) -> Path:
        """A copy of the file before it is changed, on the disk whole or not at all; it takes the place of earlier ones.

        Its folder goes when an article is forgotten.
        """
        folder = self.path.parent / BACKUPS
        target = folder / f"{self.path.stem}-{version}.sqlite"
        beside = target.with_suffix(".new")
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            beside.unlink(missing_ok=True)
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            try:
                db.execute("VACUUM INTO ?", (str(beside),))
                sync(beside)
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)  # on a full disk, what was written of it is in the way
            sync(folder)
            for other in folder.glob(f"{self.path.stem}-*.sqlite"):
                if other != target:
                    other.unlink()
        except OSError as error:
            raise LibraryError(
                f"no copy of the library {self.path.parent} can be made before it is brought up to this version: "
                f"{error.strerror}",
                "Free some space, or check that you may write to it. Nothing was changed.",
            ) from None
        return target

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """This thread's connection, which nobody closes meanwhile."""
        opened: _Opened | None = getattr(self._local, "opened", None)
        if opened is None and not self._closed:
            opened = self._local.opened = self._connect()
        with opened.busy if opened else nullcontext():
            if opened is None or self._closed:
                raise LibraryError(f"the library {self.path.parent} has been closed", "Open it again.")
            yield opened.connection

    def _connect(self) -> _Opened:
        connection = sqlite3.connect(self.path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        write_ahead(connection, _BUSY_MS / 1000)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        listing.register(connection)
        opened = _Opened(connection)
        with self._lock:
            self._open.append(opened)
        return opened

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._translated(), self._connection() as db:
            begin(db, lambda: self._patience, _BUSY_MS)
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise LibraryError(f"the library {self.path.parent} cannot be used: {error}", _remedy(error)) from None
        except sqlite3.DatabaseError as error:
            raise LibraryError(
                f"the library's record {self.path} is damaged: {error}",
                "Move the folder away and ingest your articles again, or restore it from a backup.",
            ) from None

    def _one(self, sql: str, *values: Any) -> Any:
        with self._translated(), self._connection() as db:
            return db.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: Any) -> list[Any]:
        with self._translated(), self._connection() as db:
            return db.execute(sql, values).fetchall()


def _bring_up(db: sqlite3.Connection, version: int) -> None:
    """Make the tables, or bring those of an earlier version up to this one."""
    steps = [schema.TABLES] if version == 0 else [schema.CHANGES[n] for n in range(version, schema.VERSION)]
    for statement in ";\n".join(steps).split(";\n"):
        if statement.strip():
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {schema.VERSION}")


def empty() -> sqlite3.Connection:
    """A record of this version with nothing in it, in memory: what the tables of one are held against."""
    db = sqlite3.connect(":memory:")
    db.executescript(f"{schema.TABLES};{marks.TABLE}")
    return db


def bump(db: sqlite3.Connection, counter: str) -> None:
    """Count a change. A token makes the revision one of its kind: a record that was restored from a backup never comes
    to a revision that indexes made since then are complete for."""
    db.execute(
        "INSERT INTO meta VALUES (?1, '1-' || lower(hex(randomblob(4)))) "
        "ON CONFLICT (name) DO UPDATE SET value = (CAST(value AS INTEGER) + 1) || '-' || lower(hex(randomblob(4)))",
        (counter,),
    )


def _remedy(error: sqlite3.OperationalError) -> str:
    message = str(error)
    if "readonly" in message or "read-only" in message or "unable to open" in message:
        return "Check that the folder exists and that you may write to it, or use another --library."
    if is_locked(error):
        return "Another program is writing to it; try again in a moment."
    if has_no_room(error):
        return NO_ROOM
    return "Run `newsdesk doctor`."
