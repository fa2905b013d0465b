"""The journal's file: opened, brought up to this version and closed by each call, its errors put into words."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from qa.database import is_locked, write_ahead
from qa.errors import LibraryError
from qa.room import NO_ROOM, has_no_room

JOURNAL_FILE = "journal.sqlite"
BUSY_SECONDS = 5.0
"""How long a call waits for others that write."""
_TABLES = (
    (
        "CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, begun TEXT NOT NULL, "
        "changed TEXT NOT NULL, deleted TEXT)",
        "CREATE TABLE turns (conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, n INTEGER "
        "NOT NULL, asked_at TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (conversation, n)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE briefings (id INTEGER PRIMARY KEY AUTOINCREMENT, first TEXT, last TEXT NOT NULL, sources TEXT "
        "NOT NULL, deleted TEXT)",
        "CREATE INDEX briefings_by_day ON briefings (last, first)",
        "CREATE TABLE revisions (briefing INTEGER NOT NULL REFERENCES briefings (id) ON DELETE CASCADE, n INTEGER NOT "
        "NULL, made TEXT NOT NULL, complete INTEGER NOT NULL, stories INTEGER NOT NULL, updates INTEGER NOT NULL, seen "
        "INTEGER NOT NULL, articles INTEGER NOT NULL, told TEXT NOT NULL, PRIMARY KEY (briefing, n)) WITHOUT ROWID",
    ),
    (
        "ALTER TABLE briefings ADD COLUMN topic TEXT NOT NULL DEFAULT ''",
        "UPDATE revisions SET told = changes_named(told)",
    ),
    (
        "CREATE TABLE standing (id INTEGER PRIMARY KEY AUTOINCREMENT, question TEXT NOT NULL, added TEXT NOT NULL, "
        "removed TEXT)",
        "CREATE TABLE standing_answers (question INTEGER NOT NULL REFERENCES standing (id) ON DELETE CASCADE, briefing "
        "INTEGER NOT NULL REFERENCES briefings (id) ON DELETE CASCADE, new INTEGER NOT NULL, told TEXT NOT NULL, "
        "PRIMARY KEY (question, briefing)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, suite TEXT NOT NULL, fixtures TEXT NOT NULL, made "
        "TEXT NOT NULL, cases INTEGER NOT NULL, complete INTEGER NOT NULL, told TEXT NOT NULL, deleted TEXT)",
        "CREATE INDEX runs_by_fixtures ON runs (fixtures)",
        "CREATE TABLE run_cases (run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, name TEXT NOT NULL, n "
        "INTEGER NOT NULL, passed INTEGER NOT NULL, told BLOB NOT NULL, PRIMARY KEY (run, name)) WITHOUT ROWID",
    ),
    (
        "CREATE TABLE followed (id INTEGER PRIMARY KEY AUTOINCREMENT, place TEXT NOT NULL UNIQUE, name TEXT NOT NULL, "
        "added TEXT NOT NULL, refreshed TEXT, problem TEXT, removed TEXT)",
    ),
    (
        "ALTER TABLE followed ADD COLUMN moved TEXT",
        "ALTER TABLE followed ADD COLUMN gone INTEGER",
        "ALTER TABLE followed ADD COLUMN rests TEXT",
    ),
)
"""What each version added."""
VERSION = len(_TABLES)
"""Written into ``PRAGMA user_version``; a journal of a newer version is refused."""


class JournalFile:
    """The file of one library's journal. Methods raise LibraryError when it is damaged, locked or not writable."""

    def __init__(self, folder: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        """The journal in a library's folder; the file is made when something is kept."""
        self.path = folder / JOURNAL_FILE
        self.busy_seconds = busy_seconds

    def damage(self) -> str | None:
        """What is wrong with the file, None when it is whole (or was never made)."""
        try:
            found = [str(row[0]) for row in self._all("PRAGMA quick_check")]
        except LibraryError as error:
            return error.message
        return None if found in ([], ["ok"]) else "; ".join(found[:3])

    def _all(self, sql: str, *values: Any) -> list[Any]:
        if not self.path.exists():
            return []
        with self._translated(), closing(self._connection()) as db:
            return db.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._translated(), closing(self._connection()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _overwrite(self) -> None:
        """See to it that what was erased stands nowhere: what was written ahead holds it too."""
        with self._translated(), closing(self._connection()) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _connection(self) -> sqlite3.Connection:
        if not self.path.exists():
            _create(self.path)
        db = sqlite3.connect(self.path, timeout=self.busy_seconds, isolation_level=None)
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise LibraryError(f"the journal {self.path} was made by a newer Newsdesk", "Upgrade newsdesk.")
            if version < VERSION:
                _bring_up(db)
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            remedy = NO_ROOM if has_no_room(error) else _WRITABLE
            raise LibraryError(f"the journal {self.path} cannot be used: {error.strerror}", remedy) from None
        except sqlite3.OperationalError as error:
            if str(error).startswith(_OTHER_TABLES):
                raise LibraryError(f"the journal {self.path} is damaged: {error}", _RESTORE) from None
            locked = "Another program is writing to it; try again in a moment."
            remedy = locked if is_locked(error) else NO_ROOM if has_no_room(error) else _WRITABLE
            raise LibraryError(f"the journal {self.path} cannot be used: {error}", remedy) from None
        except sqlite3.DatabaseError as error:
            raise LibraryError(f"the journal {self.path} is damaged: {error}", _RESTORE) from None


_OTHER_TABLES = ("no such table", "no such column")
_RESTORE = "Move that file away to begin a new one, or restore it from a backup; your articles are whole."
_WRITABLE = "Check that there is room on the disk and that you may write to the file."


def _create(path: Path) -> None:
    """An empty file that its owner alone can read. One that is there is left alone: to open and close it would let go
    of the locks that other threads hold on it (POSIX)."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def empty() -> sqlite3.Connection:
    """A journal of this version with nothing in it, in memory: what the tables of one are held against."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    _bring_up(db)
    return db


def _bring_up(db: sqlite3.Connection) -> None:
    """Make the tables that are not there yet, unless another process has just done so."""
    write_ahead(db, BUSY_SECONDS)
    db.create_function("changes_named", 1, _changes_named, deterministic=True)
    db.execute("BEGIN IMMEDIATE")
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for statement in chain(*_TABLES[version:]):
            db.execute(statement)
        if version < VERSION:
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _changes_named(told: str) -> str:
    """A briefing of version 2 as later ones read it: what changed in a story was a conflict there, of numbers alone.

    It happens in the transaction of the upgrade, so that a kill leaves the journal as it was. No copy of the file is
    made: it would hold words that the reader erases later. What cannot be read is left as it is.
    """
    try:
        briefing = json.loads(told)
        for story in briefing["stories"]:
            story["changes"] = [_named(change) for change in story["changes"]]
    except (ValueError, TypeError, KeyError, AttributeError):
        return told
    return json.dumps(briefing, ensure_ascii=True, allow_nan=False)


def _named(change: dict[str, Any]) -> dict[str, Any]:
    before, after = change["values"]
    sides, about = change["sides"], change.get("about", "")
    return {"kind": "number", "about": about, "before": before, "after": after, "sides": sides}


def iso(at: datetime) -> str:
    """A moment in a form that sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
