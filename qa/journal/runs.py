"""Evaluations in the journal: each case is kept as it finishes, so that a run that is killed can go on.

A run is begun with what it is of, its cases are added, each in a transaction of its own, and it is ended with its
figures. Cases lie packed (zlib); of two runs of the same thing they are the same but for what they took.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from qa.codec import decoded, encoded
from qa.errors import LibraryError, NotFoundError
from qa.evaluation import Case, Costs, KeptRun, Run
from qa.journal.file import JournalFile, iso

_LISTED = (
    "SELECT r.id, r.suite, r.fixtures, r.made, r.cases, (SELECT count(*) FROM run_cases c WHERE c.run = r.id), "
    "(SELECT count(*) FROM run_cases c WHERE c.run = r.id AND c.passed), r.complete, "
    "CASE WHEN json_valid(r.told) THEN json_extract(r.told, '$.provenance.model') END, "
    "CASE WHEN json_valid(r.told) THEN json_extract(r.told, '$.provenance.version') END, r.deleted FROM runs r "
)
_BEGIN = "INSERT INTO runs (suite, fixtures, made, cases, complete, told) VALUES (?, ?, ?, ?, FALSE, ?)"
_KEEP = "INSERT OR REPLACE INTO run_cases (run, name, n, passed, told) VALUES (?, ?, ?, ?, ?)"


class Runs(JournalFile):
    """The evaluations of one library's journal."""

    # keeping

    def begin(self, run: Run) -> Run:
        """Record what a run is of, before its first case; it comes back with its number."""
        assert run.made is not None  # whoever begins it says when
        with self._writing() as db:
            told = _told(replace(run, complete=False))
            made = db.execute(_BEGIN, (_utf8(run.suite), run.fixtures, iso(run.made), run.of, told))
        return replace(run, number=int(made.lastrowid or 0), complete=False)

    def add(self, number: int, n: int, case: Case) -> None:
        """Record the n-th case of a run; of one that was erased meanwhile, nothing. When this returns, it is on the
        disk."""
        with self._writing() as db:
            if db.execute("SELECT 1 FROM runs WHERE id = ?", (number,)).fetchone():
                db.execute(_KEEP, _row(number, n, case))

    def end(self, run: Run) -> Run:
        """Record a run's figures, costs and cases, in their order; it stays incomplete where it was broken off.

        One that was erased meanwhile comes back without a number.
        """
        with self._writing() as db:
            told = (_told(run), run.complete, run.number)
            if not db.execute("UPDATE runs SET told = ?, complete = ? WHERE id = ?", told).rowcount:
                return replace(run, number=None)
            db.execute("DELETE FROM run_cases WHERE run = ?", (run.number,))
            db.executemany(_KEEP, (_row(run.number, n, case) for n, case in enumerate(run.cases)))
        return run

    # reading

    def listed(self, *, deleted: bool = False) -> list[KeptRun]:
        """All runs, the latest first; or those that were deleted and can be restored."""
        which = "NOT NULL" if deleted else "NULL"
        return [_kept(row) for row in self._all(f"{_LISTED} WHERE r.deleted IS {which} ORDER BY r.id DESC")]

    def get(self, number: int) -> Run:
        """A kept run with its cases. Raises NotFoundError."""
        self._there(number)
        (row,) = self._all("SELECT told FROM runs WHERE id = ?", number) or [(None,)]
        return self._read(number, row[0])

    def last(self, fixtures: str | None = None, *, but: int | None = None) -> Run | None:
        """The latest run that is complete, of some fixtures (their digest) and other than one, if those are given."""
        rows = self._all(
            "SELECT id, told FROM runs WHERE complete AND deleted IS NULL AND (?1 IS NULL OR fixtures = ?1) "
            "AND (?2 IS NULL OR id <> ?2) ORDER BY id DESC LIMIT 1",
            fixtures,
            but,
        )
        return self._read(*rows[0]) if rows else None

    def broken_off(self, planned: Run) -> Run | None:
        """The latest run of the very same thing as ``planned``, if it was broken off, with the cases that finished."""
        rows = self._all(
            "SELECT id, told, complete FROM runs WHERE deleted IS NULL AND fixtures = ? ORDER BY id DESC",
            planned.fixtures,
        )
        for number, told, complete in rows:
            if _of(_run(number, told)) == _of(planned):
                return None if complete else self._read(number, told)
        return None

    def _read(self, number: int, told: str) -> Run:
        cases = self._all("SELECT name, told FROM run_cases WHERE run = ? ORDER BY n, name", number)
        return replace(_run(number, told), cases=tuple(_case(number, *row) for row in cases))

    # changing

    def delete(self, number: int, at: datetime) -> KeptRun:
        """Mark a run as deleted; ``restore`` brings it back."""
        self._there(number)
        return self._changed(number, iso(at))

    def restore(self, number: int) -> KeptRun:
        """Bring a deleted run back."""
        self._found(number)
        return self._changed(number, None)

    def erase(self, number: int) -> KeptRun:
        """Remove a run for good, deleted or not; its words are overwritten in the file."""
        found = self._found(number)
        with self._writing() as db:
            db.execute("DELETE FROM runs WHERE id = ?", (number,))
        self._overwrite()
        return found

    def _changed(self, number: int, deleted: str | None) -> KeptRun:
        with self._writing() as db:
            db.execute("UPDATE runs SET deleted = ? WHERE id = ?", (deleted, number))
        return self._found(number)

    def _there(self, number: int) -> KeptRun:
        found = self._found(number)
        if found.deleted:
            raise NotFoundError(f"run {number} was deleted", f"`newsdesk eval --restore {number}` brings it back.")
        return found

    def _found(self, number: int) -> KeptRun:
        rows = self._all(f"{_LISTED} WHERE r.id = ?", number)
        if not rows:
            raise NotFoundError(f"there is no run {number}", "`newsdesk eval --list` shows those that are kept.")
        return _kept(rows[0])


def _of(run: Run) -> Run:
    """What a run is of, without what came of it."""
    return replace(run, figures=(), cases=(), complete=True, made=None, number=None, costs=Costs(), notes=())


def _told(run: Run) -> str:
    """A run without its cases, which lie beside it, and without its number."""
    return _text(replace(run, cases=(), number=None))


def _row(number: int | None, n: int, case: Case) -> tuple[int | None, str, int, bool, bytes]:
    return number, _utf8(case.id), n, case.passed, zlib.compress(_text(case).encode("ascii"))


def _utf8(text: str) -> str:
    """A name that SQLite can hold: half a character, of a file's name or of JSON, is written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _text(value: Run | Case) -> str:
    try:
        return json.dumps(encoded(value), ensure_ascii=True, allow_nan=False)
    except ValueError:
        raise LibraryError(
            "the journal keeps no number that is none", "Please report this: a score is wrong."
        ) from None


def _run(number: int, told: str) -> Run:
    try:
        return replace(decoded(Run, json.loads(told)), number=number)
    except ValueError as error:
        raise _unreadable(number, error) from None


def _case(number: int, name: str, told: bytes) -> Case:
    try:
        return decoded(Case, json.loads(zlib.decompress(told)))
    except (ValueError, TypeError, zlib.error) as error:
        raise _unreadable(number, f"case {name}: {error}") from None


def _unreadable(number: int, why: object) -> LibraryError:
    return LibraryError(
        f"run {number} cannot be read: {why}",
        "It may be of a newer newsdesk: upgrade. The other runs are not touched by this.",
    )


def _kept(row: Any) -> KeptRun:
    number, suite, fixtures, made, of, done, passed, complete, model, version, deleted = row
    return KeptRun(
        number,
        suite,
        fixtures,
        datetime.fromisoformat(made),
        of,
        done,
        passed,
        bool(complete),
        model,
        version or "unknown",
        datetime.fromisoformat(deleted) if deleted else None,
    )
