"""The journal: the reader's own record of conversations, briefings and evaluations, in SQLite beside the library's.

WAL and synchronous=FULL: committed is acknowledged. Nothing here is derived, so that no rebuild touches it. Each call
opens the file, does one short transaction and closes it: any number of threads and processes may keep and read at once.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from qa.clean import show_line
from qa.codec import decoded, encoded
from qa.errors import LibraryError, NotFoundError
from qa.journal.briefings import Briefings
from qa.journal.cited import citations
from qa.journal.file import JOURNAL_FILE, JournalFile, iso
from qa.journal.followed import FollowedSources
from qa.journal.forgetting import FORGOTTEN, Telltale, telltale_of, without
from qa.journal.runs import Runs
from qa.journal.standing import Kept, StandingQuestions, same
from qa.types import Answer, Citation, Conversation, Turn

__all__ = ["JOURNAL_FILE", "Briefings", "FollowedSources", "Journal", "Kept", "Runs", "StandingQuestions", "same"]

LONGEST_TITLE = 200
_LISTED = (
    "SELECT c.id, c.title, c.begun, c.changed, (SELECT count(*) FROM turns t WHERE t.conversation = c.id), c.deleted "
    "FROM conversations c "
)


class Journal(JournalFile):
    """The journal of one library. Methods raise LibraryError when it is damaged, locked or not writable."""

    @property
    def briefings(self) -> Briefings:
        """The briefings in the same file."""
        return Briefings(self.path.parent, self.busy_seconds)

    @property
    def standing(self) -> StandingQuestions:
        """The standing questions in the same file."""
        return StandingQuestions(self.path.parent, self.busy_seconds)

    @property
    def runs(self) -> Runs:
        """The evaluations in the same file."""
        return Runs(self.path.parent, self.busy_seconds)

    @property
    def followed(self) -> FollowedSources:
        """What the reader follows, in the same file."""
        return FollowedSources(self.path.parent, self.busy_seconds)

    def quotes(self) -> Iterator[tuple[str, Citation]]:
        """Every quote in kept answers and briefings, deleted ones too, with where it stands. Raises LibraryError."""
        for sql in _TOLD:
            for where, n, told in self._all(sql):
                try:
                    for one in citations(json.loads(told)):
                        yield f"{where}, {n}", decoded(Citation, one)
                except ValueError as error:
                    raise LibraryError(
                        f"{where}, {n}, cannot be read: {error}", "It may be of a newer newsdesk: upgrade."
                    ) from None

    # keeping

    def keep(self, answer: Answer, asked_at: datetime, conversation: int | None = None) -> Turn:
        """Record an answer as the next turn of a conversation, or as the first of a new one (also where that
        conversation was deleted meanwhile). When this returns, it is on the disk."""
        kept = json.dumps(encoded(replace(answer, hits=())), ensure_ascii=True, allow_nan=False)
        at = iso(asked_at)
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

    def turns(self, number: int, *, before: int | None = None, most: int = -1) -> tuple[Turn, ...]:
        """The turns of a conversation, in order; with ``most`` only the last so many (of those before one of them)."""
        rows = self._all(
            "SELECT n, asked_at, answer FROM turns WHERE conversation = ?1 AND (?2 IS NULL OR n < ?2) "
            "ORDER BY n DESC LIMIT ?3",
            number,
            before,
            most,
        )
        return tuple(self._turn(number, *row) for row in reversed(rows))

    def questions(self, most: int = 500) -> tuple[str, ...]:
        """The questions of conversations that were not deleted, as they were typed, the newest first, each once."""
        rows = self._all(
            "SELECT CASE WHEN json_valid(t.answer) THEN json_extract(t.answer, '$.question') END FROM turns t "
            "JOIN conversations c ON c.id = t.conversation WHERE c.deleted IS NULL "
            "ORDER BY t.asked_at DESC, t.conversation DESC, t.n DESC LIMIT ?",
            most,
        )
        return tuple(dict.fromkeys(row[0] for row in rows if isinstance(row[0], str)))

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
        return self._changed(found, "UPDATE conversations SET deleted = ? WHERE id = ?", iso(at))

    def restore(self, number: int) -> Conversation:
        """Bring a deleted conversation back."""
        return self._changed(self._found(number), "UPDATE conversations SET deleted = ? WHERE id = ?", None)

    def erase(self, number: int) -> Conversation:
        """Remove a conversation for good, deleted or not; its words are overwritten in the file."""
        found = self._found(number)
        with self._writing() as db:
            db.execute("DELETE FROM conversations WHERE id = ?", (number,))
        self._overwrite()
        return found

    def forget(self, article_id: str, texts: Sequence[str]) -> int:
        """Replace what is kept of an article, whose titles and texts are given: its quotes, what was told from it, and
        whatever repeats its words. How many answers, briefings and cases changed. Raises LibraryError."""
        if not self.path.exists():
            return 0
        tells, changed = telltale_of(texts), 0
        with self._writing() as db:
            for table, column, key in _KEPT:
                rows = db.execute(f"SELECT {', '.join(key)}, {column} FROM {table}").fetchall()
                for *where, told in rows:
                    now = _without(table, told, article_id, tells)
                    if now != told:
                        of = " AND ".join(f"{name} = ?" for name in key)
                        db.execute(f"UPDATE {table} SET {column} = ? WHERE {of}", (now, *where))
                        changed += table not in _WORDS_ALONE
            _rename(db, tells)
        with self._translated(), closing(self._connection()) as db:
            db.execute("VACUUM")
        self._overwrite()
        return changed

    def _changed(self, found: Conversation, sql: str, value: str | None) -> Conversation:
        with self._writing() as db:
            db.execute(sql, (value, found.id))
        return self._found(found.id)


def _rename(db: sqlite3.Connection, tells: Telltale) -> None:
    """Cases that are named after the article get another name, and a standing question of its words is asked no
    more."""
    for run, name, n, told in db.execute("SELECT run, name, n, told FROM run_cases").fetchall():
        if tells.named(name):
            value, other = json.loads(zlib.decompress(told)), f"forgotten-{n}"
            renamed = zlib.compress(json.dumps(value | {"id": other}, ensure_ascii=True).encode("ascii"))
            of = (other, renamed, run, name)
            db.execute("UPDATE run_cases SET name = ?, told = ? WHERE run = ? AND name = ?", of)
    db.execute("UPDATE standing SET removed = ifnull(removed, added) WHERE question = ?", (FORGOTTEN,))


_WORDS_ALONE = ("conversations", "standing", "followed")
"""Tables whose columns in ``_KEPT`` are plain words."""
_KEPT = (
    ("conversations", "title", ("id",)),
    ("standing", "question", ("id",)),
    ("followed", "problem", ("id",)),
    ("followed", "name", ("id",)),
    ("turns", "answer", ("conversation", "n")),
    ("revisions", "told", ("briefing", "n")),
    ("standing_answers", "told", ("question", "briefing")),
    ("runs", "told", ("id",)),
    ("run_cases", "told", ("run", "name")),
)
"""Where words of articles are kept: table, column, and what names a row."""


def _without(table: str, told: Any, article_id: str, tells: Telltale) -> Any:
    """What is kept, without an article; the very same where it has nothing of it."""
    if table in _WORDS_ALONE:
        return without(told, article_id, tells)
    try:
        value = json.loads(zlib.decompress(told) if table == "run_cases" else told)
        now = without(value, article_id, tells)
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise LibraryError(
            f"something kept in {table} cannot be read, so what it quotes cannot be erased: {error}",
            "Upgrade newsdesk, or erase that conversation, briefing or run first. Nothing was erased.",
        ) from None
    if now == value:
        return told
    text = json.dumps(now, ensure_ascii=True, allow_nan=False)
    return zlib.compress(text.encode("ascii")) if table == "run_cases" else text


_TOLD = (
    "SELECT 'conversation ' || conversation, n, answer FROM turns ORDER BY conversation, n",
    "SELECT 'briefing ' || briefing, n, told FROM revisions ORDER BY briefing, n",
    "SELECT 'standing question ' || question, briefing, told FROM standing_answers ORDER BY question, briefing",
)
"""Where quotes are kept."""


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
