"""Standing questions in the journal: which the reader keeps, and what each briefing answered to them.

An answer belongs to its briefing: it goes with the briefing when that is erased, and counts for nothing while that is
deleted. A briefing made again has its answers in the place of those before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from sqlite3 import Connection
from typing import Any, TypeAlias

from qa.codec import decoded, encoded
from qa.errors import LibraryError, NotFoundError, UsageError
from qa.journal.file import JournalFile, iso
from qa.types import Briefing, Standing, StandingQuestion

Kept: TypeAlias = tuple[date, tuple[str, ...], Standing]
"""An answer with the last day and the sources of its briefing."""
MOST = 20
"""Questions that are kept at once: each costs every briefing an answer."""
_LISTED = (
    "SELECT s.id, s.question, s.added, max(b.last), max(CASE WHEN a.new THEN b.last END), s.removed FROM standing s "
    "LEFT JOIN standing_answers a ON a.question = s.id "
    "LEFT JOIN briefings b ON b.id = a.briefing AND b.deleted IS NULL "
)
_GROUPED = "GROUP BY s.id ORDER BY s.id"


class StandingQuestions(JournalFile):
    """The standing questions of one library's journal."""

    # reading

    def questions(self, *, removed: bool = False) -> list[StandingQuestion]:
        """Those that are kept, in the order in which they were added; or those that were removed."""
        which = "NOT NULL" if removed else "NULL"
        return [_question(row) for row in self._all(f"{_LISTED} WHERE s.removed IS {which} {_GROUPED}")]

    def answers(self, day: date) -> dict[int, list[Kept]]:
        """What briefings that end before ``day`` answered, by the number of the question, the latest day first: the
        last day of the briefing, its sources, and the answer."""
        rows = self._all(
            "SELECT a.question, b.last, b.sources, a.told FROM standing_answers a "
            "JOIN briefings b ON b.id = a.briefing WHERE b.deleted IS NULL AND b.last < ? "
            "ORDER BY a.question, b.last DESC, b.id DESC",
            day.isoformat(),
        )
        found: dict[int, list[Kept]] = {}
        for number, last, sources, told in rows:
            answer = (date.fromisoformat(last), tuple(json.loads(sources)), _read(number, told))
            found.setdefault(number, []).append(answer)
        return found

    # changing

    def add(self, question: str, key: str, at: datetime) -> StandingQuestion:
        """Keep a question; ``key`` of another one (``same``) that is kept already is what makes it a double.

        Raises UsageError for a double, and where as many are kept as can be.
        """
        with self._writing() as db:
            self._make_room(db, question, key)
            made = db.execute("INSERT INTO standing (question, added) VALUES (?, ?)", (question, iso(at)))
        return self._found(int(made.lastrowid or 0))

    def remove(self, number: int, at: datetime) -> StandingQuestion:
        """Ask it no more; ``restore`` brings it back. Raises NotFoundError."""
        found = self._found(number)
        if found.removed:
            raise NotFoundError(
                f"standing question {number} was removed before",
                f"`newsdesk standing restore {number}` brings it back.",
            )
        with self._writing() as db:
            db.execute("UPDATE standing SET removed = ? WHERE id = ?", (iso(at), number))
        return self._found(number)

    def restore(self, number: int) -> StandingQuestion:
        """Ask it again. Raises UsageError where the same one was added meanwhile, or as many are kept as can be."""
        found = self._found(number)
        if not found.removed:
            return found
        with self._writing() as db:
            self._make_room(db, found.question, same(found.question))
            db.execute("UPDATE standing SET removed = NULL WHERE id = ?", (number,))
        return self._found(number)

    def erase(self, number: int) -> StandingQuestion:
        """Remove a question for good, removed or not, with what was answered to it: its words are overwritten in these
        tables. The briefings that answered it keep what they said."""
        found = self._found(number)
        with self._writing() as db:
            db.execute("DELETE FROM standing WHERE id = ?", (number,))
        self._overwrite()
        return found

    @staticmethod
    def _make_room(db: Connection, question: str, key: str) -> None:
        kept = db.execute("SELECT id, question FROM standing WHERE removed IS NULL ORDER BY id").fetchall()
        for number, other in kept:
            if same(other) == key:
                raise UsageError(
                    f"this is standing question {number} already: {other}",
                    f"`newsdesk standing remove {number}` first, to word it otherwise.",
                )
        if len(kept) >= MOST:
            raise UsageError(
                f"{MOST} standing questions are kept, the most there can be",
                f"Remove one before “{question[:60]}”: `newsdesk standing list` shows them.",
            )

    def _found(self, number: int) -> StandingQuestion:
        rows = self._all(f"{_LISTED} WHERE s.id = ? {_GROUPED}", number)
        if not rows:
            raise NotFoundError(f"there is no standing question {number}", "`newsdesk standing list` shows them.")
        return _question(rows[0])


def same(question: str) -> str:
    """What two questions have in common that are the same: their words, whatever case and punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in question.casefold()).split())


def record(db: Connection, briefing: Briefing) -> None:
    """Write what a briefing answers, each answer in the place of the one it gave before; of a question that was erased
    meanwhile, nothing."""
    for one in briefing.standing:
        told = json.dumps(encoded(one), ensure_ascii=True, allow_nan=False)
        db.execute(
            "INSERT OR REPLACE INTO standing_answers SELECT id, ?, ?, ? FROM standing WHERE id = ?",
            (briefing.number, one.status == "new", told, one.number),
        )


def _read(number: int, told: str) -> Standing:
    try:
        return decoded(Standing, json.loads(told))
    except ValueError as error:
        raise LibraryError(
            f"an answer to standing question {number} cannot be read: {error}",
            "It may be of a newer newsdesk: upgrade. The briefings are not touched by this.",
        ) from None


def _question(row: Sequence[Any]) -> StandingQuestion:
    number, question, added, answered, told, removed = row
    return StandingQuestion(
        number,
        question,
        datetime.fromisoformat(added),
        date.fromisoformat(answered) if answered else None,
        date.fromisoformat(told) if told else None,
        datetime.fromisoformat(removed) if removed else None,
    )
