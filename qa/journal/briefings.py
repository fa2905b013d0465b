"""Briefings in the journal: what was told of which days, so that a later one can tell what is new.

A briefing is of its days, its sources and its topic. Made again from the same articles by the same writer it takes the
place of the one before; from others, or by another writer, it is one more revision. Articles are kept without their
texts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from sqlite3 import Connection
from typing import Any

from qa.codec import decoded, encoded
from qa.errors import LibraryError, NotFoundError
from qa.journal.file import JournalFile, iso
from qa.journal.standing import record
from qa.types import Briefing, Edition

_LATEST = (
    "FROM briefings b JOIN revisions r ON r.briefing = b.id AND r.n = "
    "(SELECT max(n) FROM revisions l WHERE l.briefing = b.id)"
)
_LISTED = (
    "SELECT b.id, b.first, b.last, b.sources, b.topic, r.made, r.n, r.complete, r.stories, r.updates, r.seen, "
    f"r.articles, b.deleted {_LATEST}"
)
_TOLD = f"SELECT b.id, r.told {_LATEST}"
_OF = "b.first IS ? AND b.last = ? AND b.sources = ? AND b.topic = ? AND b.deleted IS NULL"
_NEWEST = "ORDER BY b.last DESC, b.first DESC, b.id DESC"


class Briefings(JournalFile):
    """The briefings of one library's journal."""

    # keeping

    def keep(self, briefing: Briefing) -> Briefing:
        """Record a briefing that has stories; it comes back with its number, and is on the disk by then.

        One that was broken off never replaces a whole one: it comes back without a number then.
        """
        first = briefing.window.start.isoformat() if briefing.window.start else None
        of = (first, briefing.last.isoformat(), json.dumps(sorted(briefing.sources)), briefing.topic)
        with self._writing() as db:
            row = db.execute(f"{_LISTED} WHERE {_OF}", of).fetchone()
            before = self._latest(db, row[0]) if row else None
            if before and before.complete and not briefing.complete:
                return briefing
            number = row[0] if row else db.execute(_NEW, of).lastrowid
            kept = _revised(replace(briefing, number=number), before)
            self._write(db, kept)
        return kept

    @staticmethod
    def _latest(db: Connection, number: int) -> Briefing:
        (told,) = db.execute(
            "SELECT told FROM revisions WHERE briefing = ? ORDER BY n DESC LIMIT 1", (number,)
        ).fetchone()
        return _read(number, told)

    @staticmethod
    def _write(db: Connection, kept: Briefing) -> None:
        assert kept.made is not None  # the verb says when
        status = [story.status for story in kept.stories]
        articles = sum(len(story.articles) for story in kept.stories)
        counts = (kept.complete, len(status), status.count("update"), status.count("seen"), articles)
        told = json.dumps(encoded(_without_texts(kept)), ensure_ascii=True, allow_nan=False)
        db.execute(
            "INSERT OR REPLACE INTO revisions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (kept.number, kept.revision, iso(kept.made), *counts, told),
        )
        record(db, kept)

    # reading

    def editions(self, *, deleted: bool = False) -> list[Edition]:
        """All briefings, the latest days first; or those that were deleted and can be restored."""
        which = "NOT NULL" if deleted else "NULL"
        return [_edition(row) for row in self._all(f"{_LISTED} WHERE b.deleted IS {which} {_NEWEST}")]

    def of(self, first: date | None, last: date, sources: tuple[str, ...] = (), topic: str = "") -> Edition | None:
        """The briefing of these days, sources and topic, if one is kept."""
        rows = self._all(
            f"{_LISTED} WHERE {_OF}",
            first.isoformat() if first else None,
            last.isoformat(),
            json.dumps(sorted(sources)),
            topic,
        )
        return _edition(rows[0]) if rows else None

    def get(self, number: int, revision: int | None = None) -> Briefing:
        """A kept briefing, its latest revision unless another is named. Raises NotFoundError."""
        self._kept(number)
        rows = self._all(
            "SELECT told FROM revisions WHERE briefing = ? AND (? IS NULL OR n = ?) ORDER BY n DESC LIMIT 1",
            number,
            revision,
            revision,
        )
        if not rows:
            raise NotFoundError(f"briefing {number} has no revision {revision}", "`newsdesk brief --list` shows them.")
        return _read(number, rows[0][0])

    def before(self, day: date, most: int, topic: str = "") -> Iterator[Briefing]:
        """The latest revisions of the briefings of a topic whose last day is before ``day``, the latest first."""
        rows = self._all(
            f"{_TOLD} WHERE b.deleted IS NULL AND b.last < ? AND b.topic = ? {_NEWEST} LIMIT ?",
            day.isoformat(),
            topic,
            most,
        )
        for number, told in rows:
            yield _read(number, told)

    # changing

    def delete(self, number: int, at: datetime) -> Edition:
        """Mark a briefing as deleted, with its revisions; ``restore`` brings it back."""
        self._kept(number)
        with self._writing() as db:
            db.execute("UPDATE briefings SET deleted = ? WHERE id = ?", (iso(at), number))
        return self._found(number)

    def restore(self, number: int) -> Edition:
        """Bring a deleted briefing back. Raises LibraryError where another one of its days was made meanwhile."""
        found = self._found(number)
        if not found.deleted:
            return found
        if other := self.of(found.first, found.last, found.sources, found.topic):
            raise LibraryError(
                f"briefing {number} cannot come back: briefing {other.number} is of the same days",
                f"`newsdesk brief --delete {other.number}` first; it can be restored as well.",
            )
        with self._writing() as db:
            db.execute("UPDATE briefings SET deleted = NULL WHERE id = ?", (number,))
        return self._found(number)

    def erase(self, number: int) -> Edition:
        """Remove a briefing for good, deleted or not; its words are overwritten in the file."""
        found = self._found(number)
        with self._writing() as db:
            db.execute("DELETE FROM briefings WHERE id = ?", (number,))
        self._overwrite()
        return found

    def _kept(self, number: int) -> Edition:
        found = self._found(number)
        if found.deleted:
            raise NotFoundError(
                f"briefing {number} was deleted", f"`newsdesk brief --restore {number}` brings it back."
            )
        return found

    def _found(self, number: int) -> Edition:
        rows = self._all(f"{_LISTED} WHERE b.id = ?", number)
        if not rows:
            raise NotFoundError(f"there is no briefing {number}", "`newsdesk brief --list` shows those that are kept.")
        return _edition(rows[0])


_NEW = "INSERT INTO briefings (first, last, sources, topic) VALUES (?, ?, ?, ?)"


def _revised(made: Briefing, before: Briefing | None) -> Briefing:
    """``made`` as the revision it is after ``before``."""
    if before is None:
        return made
    had, have = _articles(before), _articles(made)
    writer, other = ((one.provenance.mode, one.provenance.model) for one in (before, made))
    if not before.complete or (had == have and writer == other):
        return replace(made, revision=before.revision, added=before.added)
    return replace(made, revision=before.revision + 1, added=tuple(i for i, version in have if (i, version) not in had))


def _articles(briefing: Briefing) -> dict[tuple[str, int], None]:
    """Ids and versions of the articles it tells of, in their order."""
    return {(article.id, article.version): None for story in briefing.stories for article in story.articles}


def _without_texts(briefing: Briefing) -> Briefing:
    stories = (
        replace(story, articles=tuple(replace(article, text="") for article in story.articles))
        for story in briefing.stories
    )
    return replace(briefing, stories=tuple(stories))


def _read(number: int, told: str) -> Briefing:
    try:
        return decoded(Briefing, json.loads(told))
    except ValueError as error:
        raise LibraryError(
            f"briefing {number} cannot be read: {error}",
            "It may be of a newer newsdesk: upgrade. The other briefings are not touched by this.",
        ) from None


def _edition(row: Any) -> Edition:
    number, first, last, sources, topic, made, n, complete, stories, updates, seen, articles, deleted = row
    return Edition(
        number,
        date.fromisoformat(first) if first else None,
        date.fromisoformat(last),
        tuple(json.loads(sources)),
        datetime.fromisoformat(made),
        n,
        bool(complete),
        stories,
        updates,
        seen,
        articles,
        datetime.fromisoformat(deleted) if deleted else None,
        topic,
    )
