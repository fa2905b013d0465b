"""What the reader follows: feeds, pages, files and folders that ``sources refresh`` reads again.

It stands in the journal because it is the reader's own doing: no rebuild of the library touches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qa.errors import NotFoundError
from qa.journal.file import JournalFile, iso
from qa.types import Followed

_LISTED = "SELECT id, place, name, added, refreshed, problem, moved, gone, rests FROM followed "


class FollowedSources(JournalFile):
    """The followed sources of one library's journal."""

    def sources(self) -> list[Followed]:
        """All that are followed, in the order in which they were added."""
        return [_followed(row) for row in self._all(f"{_LISTED} WHERE removed IS NULL ORDER BY id")]

    def source(self, number: int) -> Followed:
        """One that is followed. Raises NotFoundError."""
        rows = self._all(f"{_LISTED} WHERE removed IS NULL AND id = ?", number)
        if not rows:
            raise NotFoundError(f"there is no followed source {number}", "`newsdesk sources list` shows them.")
        return _followed(rows[0])

    def add(self, places: Sequence[tuple[str, str]], at: datetime) -> tuple[list[Followed], list[Followed]]:
        """Follow places, each with a name or an empty one: those that are new, and those that were followed already.

        One that was removed is followed again under its number.
        """
        new: list[int] = []
        already: list[int] = []
        with self._writing() as db:
            for place, name in places:
                row = db.execute("SELECT id, removed FROM followed WHERE place = ?", (place,)).fetchone()
                if row is None:
                    made = db.execute(
                        "INSERT INTO followed (place, name, added) VALUES (?, ?, ?)", (place, name, iso(at))
                    )
                    new.append(int(made.lastrowid or 0))
                    continue
                if name:
                    db.execute("UPDATE followed SET name = ? WHERE id = ?", (name, row[0]))
                db.execute("UPDATE followed SET gone = NULL, rests = NULL WHERE id = ?", (row[0],))
                if row[1] is not None:
                    db.execute("UPDATE followed SET removed = NULL, added = ? WHERE id = ?", (iso(at), row[0]))
                (already if row[1] is None else new).append(row[0])
        return [self.source(number) for number in new], [self.source(number) for number in already]

    def remove(self, number: int, at: datetime) -> Followed:
        """Follow it no more; its articles stay. Raises NotFoundError."""
        found = self.source(number)
        with self._writing() as db:
            db.execute("UPDATE followed SET removed = ? WHERE id = ?", (iso(at), number))
        return found

    def refreshed(self, sources: Sequence[Followed], at: datetime) -> None:
        """Record that sources were read: what was wrong, where they are now, until when their servers rest."""
        with self._writing() as db:
            db.executemany(
                "UPDATE followed SET refreshed = ?, problem = ?, moved = ?, gone = ?, rests = ? WHERE id = ?",
                [
                    (iso(at), one.problem, one.moved, one.gone, iso(one.rests) if one.rests else None, one.number)
                    for one in sources
                ],
            )


def _followed(row: Sequence[Any]) -> Followed:
    number, place, name, added, refreshed, problem, moved, gone, rests = row
    return Followed(
        number,
        place,
        name,
        datetime.fromisoformat(added),
        datetime.fromisoformat(refreshed) if refreshed else None,
        problem or "",
        moved or "",
        bool(gone),
        datetime.fromisoformat(rests) if rests else None,
    )
