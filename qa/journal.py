"""The journal: the reader's own record of conversations, in SQLite beside the library's (WAL, synchronous=FULL).

Committed is acknowledged. Nothing here is derived, so that no rebuild touches it. Each call opens the file, does one
short transaction and closes it: any number of threads and processes may keep and read at once.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.clean import show_line
from qa.codec import decoded, encoded
from qa.errors import LibraryError, NotFoundError
from qa.types import Answer, Conversation, Turn

JOURNAL_FILE = "journal.sqlite"
VERSION = 1
"""Written into ``PRAGMA user_version``; a journal of a newer version is refused."""
LONGEST_TITLE = 200
BUSY_SECONDS = 5.0
"""How long a call waits for others that write."""
_TABLES = (
    "CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, begun TEXT NOT NULL, "
    "changed TEXT NOT NULL, deleted TEXT)",
    "CREATE TABLE turns (conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, "
    "n INTEGER NOT NULL, asked_at TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (conversation, n)) WITHOUT ROWID",
)
_LISTED = (
    "SELECT c.id, c.title, c.begun, c.changed, (SELECT count(*) FROM turns t WHERE t.conversation = c.id), c.deleted "
    "FROM conversations c "
)


class Journal:
    """The journal of one library. Methods raise LibraryError when it is damaged, locked or not writable."""

    def __init__(self, folder: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        """The journal in a library's folder; the file is made when something is kept."""
        self.path = folder / JOURNAL_FILE
        self._busy_seconds = busy_seconds

    # keeping

    def keep(self, answer: Answer, asked_at: datetime, conversation: int | None = None) -> Turn:
        """Record an answer as the next turn of a conversation, or as the first of a new one (also where that
        conversation was deleted meanwhile). When this returns, it is on the disk."""
        kept = json.dumps(encoded(replace(answer, hits=())), ensure_ascii=True, allow_nan=False)
        at = _iso(asked_at)
        with self._writing() as db:
            known = db.execute(
                "SELECT id FROM conversations WHERE id = ? AND deleted IS NULL", (conversation,)
            ).fetchone()
            number = known[0] if known else self._begun(db, answer.question, at)
            (last,) = db.execute("SELECT max(n) FROM turns WHERE conversation = ?", (number,)).fetchone()
            n = (last or 0) + 1
            db.execute("INSERT INTO turns VALUES (?, ?, ?, ?)", (number, n, at, kept))
            db.execute("UPDATE conversations SET changed = max(changed, ?) WHERE id = ?", (at, number))
        return Turn(number, n, asked_at, answer)

    @staticmethod
    def _begun(db: sqlite3.Connection, question: str, at: str) -> int:
        title = show_line(question)[:LONGEST_TITLE]
        made = db.execute("INSERT INTO conversations (title, begun, changed) VALUES (?, ?, ?)", (title, at, at))
        return int(made.lastrowid or 0)

    # reading

    def conversations(self, *, deleted: bool = False) -> list[Conversation]:
        """All conversations, the latest first; or those that were deleted and can be restored."""
        which = "NOT NULL" if deleted else "NULL"
        return [_conversation(row) for row in self._all(f"{_LISTED} WHERE c.deleted IS {which} ORDER BY c.id DESC")]

    def conversation(self, number: int) -> Conversation:
        """A conversation that is not deleted. Raises NotFoundError."""
        found = self._found(number)
        if found.deleted:
            raise NotFoundError(
                f"conversation {number} was deleted", f"`newsdesk conversations restore {number}` brings it back."
            )
        return found

    def last(self) -> Conversation | None:
        """The conversation that was last added to."""
        rows = self._all(f"{_LISTED} WHERE c.deleted IS NULL ORDER BY c.changed DESC, c.id DESC LIMIT 1")
        return _conversation(rows[0]) if rows else None

    def turns(self, number: int) -> tuple[Turn, ...]:
        """The turns of a conversation, in order."""
        rows = self._all("SELECT n, asked_at, answer FROM turns WHERE conversation = ? ORDER BY n", number)
        return tuple(self._turn(number, *row) for row in rows)

    def questions(self, most: int = 500) -> tuple[str, ...]:
        """The questions of conversations that were not deleted, as they were typed, the newest first, each once."""
        rows = self._all(
            "SELECT CASE WHEN json_valid(t.answer) THEN json_extract(t.answer, '$.question') END FROM turns t "
            "JOIN conversations c ON c.id = t.conversation WHERE c.deleted IS NULL "
            "ORDER BY t.asked_at DESC, t.conversation DESC, t.n DESC LIMIT ?",
            most,
        )
        return tuple(dict.fromkeys(row[0] for row in rows if isinstance(row[0], str)))

    def damage(self) -> str | None:
        """What is wrong with the file, None when it is whole (or was never made)."""
        try:
            found = [str(row[0]) for row in self._all("PRAGMA quick_check")]
        except LibraryError as error:
            return error.message
        return None if found in ([], ["ok"]) else "; ".join(found[:3])

    def _found(self, number: int) -> Conversation:
        rows = self._all(f"{_LISTED} WHERE c.id = ?", number)
        if not rows:
            raise NotFoundError(f"there is no conversation {number}", "`newsdesk conversations list` shows them.")
        return _conversation(rows[0])

    def _turn(self, number: int, n: int, asked_at: str, answer: str) -> Turn:
        try:
            return Turn(number, n, datetime.fromisoformat(asked_at), decoded(Answer, json.loads(answer)))
        except ValueError as error:
            raise LibraryError(
                f"turn {n} of conversation {number} cannot be read: {error}",
                "It may be of a newer newsdesk: upgrade. The other conversations are not touched by this.",
            ) from None

    # changing

    def rename(self, number: int, title: str) -> Conversation:
        """Give a conversation another title."""
        return self._changed(
            self.conversation(number), "UPDATE conversations SET title = ? WHERE id = ?", show_line(title)
        )

    def delete(self, number: int, at: datetime) -> Conversation:
        """Mark a conversation as deleted; ``restore`` brings it back."""
        found = self.conversation(number)
        return self._changed(found, "UPDATE conversations SET deleted = ? WHERE id = ?", _iso(at))

    def restore(self, number: int) -> Conversation:
        """Bring a deleted conversation back."""
        return self._changed(self._found(number), "UPDATE conversations SET deleted = ? WHERE id = ?", None)

    def erase(self, number: int) -> Conversation:
        """Remove a conversation for good, deleted or not; its words are overwritten in the file."""
        found = self._found(number)
        with self._writing() as db:
            db.execute("DELETE FROM conversations WHERE id = ?", (number,))
        with self._translated(), closing(self._connection()) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what was written ahead holds them too
        return found

    def _changed(self, found: Conversation, sql: str, value: str | None) -> Conversation:
        with self._writing() as db:
            db.execute(sql, (value, found.id))
        return self._found(found.id)

    # the file

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

    def _connection(self) -> sqlite3.Connection:
        if not self.path.exists():
            _create(self.path)
        db = sqlite3.connect(self.path, timeout=self._busy_seconds, isolation_level=None)
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise LibraryError(f"the journal {self.path} was made by a newer Newsdesk", "Upgrade newsdesk.")
            if version < VERSION:
                _make(db)
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
            raise LibraryError(f"the journal {self.path} cannot be used: {error.strerror}", _WRITABLE) from None
        except sqlite3.OperationalError as error:
            locked = "Another program is writing to it; try again in a moment."
            remedy = locked if "locked" in str(error) else _WRITABLE
            raise LibraryError(f"the journal {self.path} cannot be used: {error}", remedy) from None
        except sqlite3.DatabaseError as error:
            remedy = "Move that file away to begin a new one, or restore it from a backup; your articles are whole."
            raise LibraryError(f"the journal {self.path} is damaged: {error}", remedy) from None


_WRITABLE = "Check that there is room on the disk and that you may write to the file."


def _create(path: Path) -> None:
    """An empty file that its owner alone can read. One that is there is left alone: to open and close it would let go
    of the locks that other threads hold on it (POSIX)."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _make(db: sqlite3.Connection) -> None:
    """Make the tables, unless another process has just done so."""
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    try:
        if db.execute("PRAGMA user_version").fetchone()[0] < VERSION:
            for table in _TABLES:
                db.execute(table)
            db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _iso(at: datetime) -> str:
    """A moment in a form that sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _conversation(row: Any) -> Conversation:
    number, title, begun, changed, turns, deleted = row
    return Conversation(
        number,
        title,
        datetime.fromisoformat(begun),
        datetime.fromisoformat(changed),
        turns,
        datetime.fromisoformat(deleted) if deleted else None,
    )
