"""The record: articles, their earlier versions, passages and vectors, in SQLite (WAL, synchronous=FULL).

Committed is acknowledged. Every index is derived from here and can be made again. A connection belongs to one
thread; a write transaction is short, so that several processes work on one library.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from qa.library import corrections, details, listing, marks, removed
from qa.library.listing import Row
from qa.library.record import bump
from qa.library.scope import Scope
from qa.library.vectortable import VectorTable, embedder_of, pages
from qa.types import (
    Article,
    Correction,
    FileProblems,
    Listing,
    Passage,
    Problem,
    Published,
    RemovedBy,
)

_ARTICLE = (
    "a.id, a.origin, a.version, a.title, a.source, a.url, a.published, a.day, a.digest, "
    "(SELECT told FROM details d WHERE d.article_id = a.id AND d.version = a.version)"
)
_READ_AT_ONCE = 50
"""Articles whose texts are in memory together where all are read."""


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of a file that was ingested: its bytes' digest, the reader that parsed it, and its problems."""

    digest: str
    reader: str
    articles: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An article to be recorded, with the spans (start, end) of its passages."""

    article: Article
    file: str
    spans: tuple[tuple[int, int], ...]
    replaces: int | None = None
    """Version it replaces, 0 for none; the one before its own unless given."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of a library; days are None when no article is dated."""

    articles: int
    passages: int
    waiting: int
    """Passages without a vector."""
    undated: int
    first_day: date | None
    last_day: date | None


class Catalogue(VectorTable):
    """Articles, versions, passages and files of one library. Methods raise LibraryError when it cannot be used."""

    # files

    def file_state(self, path: str) -> FileState | None:
        """What is known of an ingested file."""
        row = self._one("SELECT digest, reader, articles, problems FROM files WHERE path = ?", path)
        if row is None:
            return None
        return FileState(row[0], row[1], row[2], tuple(Problem(**item) for item in json.loads(row[3])))

    def record_file(self, path: str, state: FileState) -> None:
        """Record that a file was read to its end."""
        problems = json.dumps(
            [{"path": p.path, "line": p.line, "message": p.message, "fatal": p.fatal} for p in state.problems]
        )
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                (path, state.digest, state.reader, state.articles, problems),
            )

    def files(self) -> list[str]:
        """Paths of all ingested files."""
        return [row[0] for row in self._all("SELECT path FROM files ORDER BY path")]

    def problems(self) -> list[FileProblems]:
        """The files in which something was refused or dropped when they were last read."""
        rows = self._all("SELECT path, articles, problems FROM files WHERE problems != '[]' ORDER BY path")
        return [FileProblems(row[0], row[1], tuple(Problem(**item) for item in json.loads(row[2]))) for row in rows]

    # articles

    def by_origin(self, origin: str) -> Article | None:
        """The current version of the article that came from ``origin``, with its text."""
        return self._article("a.origin = ?", origin)

    def by_id(self, article_id: str) -> Article | None:
        """The current version of an article, with its text."""
        return self._article("a.id = ?", article_id)

    def by_digest(self, digest: str) -> list[tuple[Article, str]]:
        """Articles (without text) whose text has this digest, with their files, oldest record first."""
        rows = self._all(f"SELECT {_ARTICLE}, '', a.file FROM articles a WHERE a.digest = ? ORDER BY a.no", digest)
        return [(_article(row), row[11]) for row in rows]

    def version(self, article_id: str, version: int) -> Article | None:
        """A version of an article, current or earlier, with its text."""
        current = self.by_id(article_id)
        if current and current.version == version:
            return current
        row = self._one(
            "SELECT v.article_id, '', v.version, v.title, v.source, v.url, v.published, v.day, v.digest, d.told, "
            "v.text FROM versions v LEFT JOIN details d ON d.article_id = v.article_id AND d.version = v.version "
            "WHERE v.article_id = ? AND v.version = ?",
            article_id,
            version,
        )
        return _article(row) if row else None

    def earlier(self, article_id: str) -> list[Article]:
        """The versions of an article before its current one, the earliest first."""
        rows = self._all("SELECT version FROM versions WHERE article_id = ? ORDER BY version", article_id)
        found = (self.version(article_id, row[0]) for row in rows)
        return [article for article in found if article]

    def file_of(self, article_id: str) -> str | None:
        """The file an article came from."""
        row = self._one("SELECT file FROM articles WHERE id = ?", article_id)
        return str(row[0]) if row else None

    def ids_under(self, folder: str) -> dict[str, str]:
        """Id and file of each article whose file is ``folder`` or lies in it."""
        rows = self._all(
            "SELECT id, file FROM articles WHERE file = ? OR substr(file, 1, ?) = ? ORDER BY no",
            folder,
            len(folder) + 1,
            folder.rstrip("/") + "/",
        )
        return {row[0]: row[1] for row in rows}

    def record(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Record articles with their passages in one transaction; earlier versions are kept.

        A vector of the embedder in use that is known for a passage's words is used again. Returns the entries that
        were not recorded, because another process has recorded the same id or origin since they were compared.
        """
        with self._writing() as db:
            embedder = embedder_of(db)
            late = [entry for entry in entries if not self._record_one(db, entry, embedder)]
            if len(late) < len(entries):
                bump(db, "passages")
        return late

    def adopt(self, entries: Sequence[tuple[Entry, Sequence[bytes]]], embedder: str) -> set[str]:
        """Record articles of a shared store with the vectors of their passages; the ids of those that were recorded.

        In one transaction. One is left out when the version it replaces is not the current one any more.
        """
        taken: set[str] = set()
        with self._writing() as db:
            in_use = embedder_of(db)
            for entry, vectors in entries:
                words = [entry.article.text[start:end] for start, end in entry.spans]
                db.executemany(
                    "INSERT OR IGNORE INTO vectors (embedder, digest, vector) VALUES (?, ?, ?)",
                    [(embedder, words_digest(said), vector) for said, vector in zip(words, vectors, strict=True)],
                )
                before = corrections.correction_of(_selecting(db), entry.article.id)
                if self._record_one(db, entry, in_use):
                    taken.add(entry.article.id)
                    if before:
                        self._settle(db, entry.article, before)
            if taken:
                bump(db, "passages")
            if len(taken) < len(entries):
                db.execute(f"DELETE FROM vectors WHERE digest NOT IN ({removed.NEEDED})")
        return taken

    def move(self, article_id: str, origin: str, file: str) -> None:
        """An article was found again at another place: same article, new origin."""
        with self._writing() as db:
            db.execute("UPDATE articles SET origin = ?, file = ? WHERE id = ?", (origin, file, article_id))

    def remove(
        self, ids: Sequence[str], why: RemovedBy = RemovedBy.READER, mark: marks.Removal = marks.Removal.UNTOLD
    ) -> int:
        """Remove articles with all their versions; ``restore`` brings them back. Returns how many went.

        What was removed is noted, so that no shared store brings it back.
        """
        with self._writing() as db:
            gone = 0
            for article_id in ids:
                row = db.execute("SELECT no FROM articles WHERE id = ?", (article_id,)).fetchone()
                if row is None:
                    continue
                marks.note_removal(db, article_id, mark)
                removed.withdraw(db, row[0], why)
                gone += 1
            bump(db, "passages")
        return gone

    def restore(self, ids: Sequence[str]) -> list[str]:
        """Bring removed articles back, with all their versions, to what they were; the ids of those that are back."""
        with self._writing() as db:
            embedder = embedder_of(db)
            back = [article_id for article_id in ids if removed.restore(db, article_id, embedder, passage_id)]
            bump(db, "passages")
        return back

    def removed(self, column: Literal["id", "origin", "digest"], value: str) -> Sequence[removed.Kept]:
        """The removed articles of an id, an origin or a text's digest, the last removed first."""
        return removed.found(self.select, column, value)

    def was_removed_in(self, file: str) -> bool:
        """Whether an article of this file was removed."""
        return removed.was_in(self.select, file)

    def correct(self, entry: Entry, correction: Correction) -> bool:
        """Record an article as the reader corrected it, and what its file says; False when another process has changed
        the article since it was read."""
        with self._writing() as db:
            if not self._record_one(db, entry, embedder_of(db)):
                return False
            corrections.keep(db, entry.article.id, correction)
            bump(db, "passages")
        return True

    def correction(self, article_id: str) -> Correction | None:
        """What of an article the reader corrected by hand, None when nothing."""
        return corrections.correction_of(self.select, article_id)

    def keep_correction(self, article_id: str, correction: Correction) -> None:
        """The file of a corrected article says something else now."""
        with self._writing() as db:
            corrections.keep(db, article_id, correction)

    def keep_details(self, article: Article) -> None:
        """What is known of an article beside its words has changed, and nothing else."""
        with self._writing() as db:
            details.keep(db, article)

    def rows(self, offset: int = 0, limit: int = -1, chosen: Listing = Listing()) -> Sequence[Row]:  # noqa: B008 - frozen
        """Articles (without text) of a listing, in its order."""
        numbers = listing.numbers(self.select, chosen)
        return listing.page(self.select, numbers[offset : offset + limit if limit >= 0 else None])

    def stats(self) -> Stats:
        """Counts and the range of days."""
        row = self._one(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages), "
            "(SELECT count(*) FROM passages WHERE vector IS NULL), "
            "(SELECT count(*) FROM articles WHERE day IS NULL), (SELECT min(day) FROM articles), "
            "(SELECT max(day) FROM articles)"
        )
        assert row is not None  # an aggregate always gives a row
        first, last = (date.fromordinal(value) if value else None for value in row[4:6])
        return Stats(row[0], row[1], row[2], row[3], first, last)

    def newer_than(self, as_of: date) -> int:
        """Number of articles published after ``as_of``."""
        row = self._one("SELECT count(*) FROM articles WHERE day > ?", as_of.toordinal())
        return int(row[0]) if row else 0

    def count(self, scope: Scope) -> int:
        """Number of articles of a scope, its words apart."""
        inside, given = _inside(scope)
        row = self._one(f"SELECT count(*) FROM articles WHERE {inside}", *given)
        return int(row[0]) if row else 0

    def passages_in(self, ids: Sequence[str]) -> frozenset[int]:
        """Numbers of the passages of these articles."""
        rows = self._all(
            "SELECT no FROM passages WHERE article IN "
            "(SELECT no FROM articles WHERE id IN (SELECT value FROM json_each(?)))",
            json.dumps(ids),
        )
        return frozenset(row[0] for row in rows)

    def known(self, ids: Sequence[str]) -> list[str]:
        """Those of ``ids`` that are articles, in their order."""
        rows = self._all("SELECT id FROM articles WHERE id IN (SELECT value FROM json_each(?))", json.dumps(ids))
        present = {row[0] for row in rows}
        return [article_id for article_id in dict.fromkeys(ids) if article_id in present]

    def in_days(self, first: date | None, last: date | None) -> list[Article]:
        """Dated articles of a window with their texts, by day and id."""
        rows = self._all(
            f"SELECT {_ARTICLE}, a.text FROM articles a WHERE a.day BETWEEN ? AND ? ORDER BY a.day, a.id",
            first.toordinal() if first else 0,
            last.toordinal() if last else date.max.toordinal(),
        )
        return [_article(row) for row in rows]

    def stream(self, scope: Scope) -> Iterator[Article]:
        """Articles of a scope (its words apart) with their texts, newest first, undated last. A few are read at a time;
        what is removed meanwhile is passed over."""
        inside, given = _inside(scope)
        rows = self._all(f"SELECT no FROM articles WHERE {inside} ORDER BY day IS NULL, day DESC, id", *given)
        numbers = [row[0] for row in rows]
        for at in range(0, len(numbers), _READ_AT_ONCE):
            some = numbers[at : at + _READ_AT_ONCE]
            found = self._all(
                f"SELECT {_ARTICLE}, a.text, a.no FROM articles a WHERE a.no IN ({', '.join('?' * len(some))})", *some
            )
            texts = {row[11]: row for row in found}
            yield from (_article(texts[number]) for number in some if number in texts)

    def newest_day(self, as_of: date) -> date | None:
        """The newest day not after ``as_of`` on which an article was published."""
        row = self._one("SELECT max(day) FROM articles WHERE day <= ?", as_of.toordinal())
        return date.fromordinal(row[0]) if row and row[0] else None

    def contents_digest(self) -> str:
        """SHA-256 (hex) of what its articles are: texts, headlines, sources and dates. The same in any folder, by any
        path and in any order of ingest."""
        rows = self._all("SELECT digest, title, source, published, day FROM articles")
        told = sorted(json.dumps(list(row)) for row in rows)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()

    def undated(self) -> list[str]:
        """Ids of articles without a date."""
        return [row[0] for row in self._all("SELECT id FROM articles WHERE day IS NULL ORDER BY id")]

    def source_names(self) -> list[str]:
        """Names of all sources, sorted."""
        return [row[0] for row in self._all("SELECT DISTINCT source FROM articles WHERE source IS NOT NULL ORDER BY 1")]

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that this thread reads inside is of one moment, whatever others write meanwhile. Write nothing inside."""
        with self._translated(), self._connection() as db:
            db.execute("BEGIN")
            try:
                yield
            finally:
                db.execute("COMMIT")

    # passages

    def passage_numbers(self) -> set[int]:
        """Row numbers of all passages: what the word index must hold."""
        return {row[0] for row in self._all("SELECT no FROM passages")}

    def passages(self, numbers: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Passages by row number, each with its article (with text)."""
        return {row[0]: _passage(row) for row in self._passage_rows("p.no", list(numbers))}

    def origins(self, numbers: Sequence[int]) -> list[tuple[int, int | None, str]]:
        """Row number, day and source of passages."""
        rows: list[tuple[int, int | None, str]] = []
        for some in pages(numbers):
            marks = ",".join("?" * len(some))
            rows += self._all(
                "SELECT p.no, a.day, ifnull(a.source, '') FROM passages p JOIN articles a ON a.no = p.article "
                f"WHERE p.no IN ({marks})",
                *some,
            )
        return rows

    def passages_by_id(self, ids: Sequence[str]) -> dict[str, tuple[int, Passage, Article]]:
        """The same by passage id, with the row number."""
        return {row[1]: (row[0], *_passage(row)) for row in self._passage_rows("p.id", list(ids))}

    def passages_of(self, article_id: str) -> list[Passage]:
        """The passages of an article, in order."""
        row = self._one("SELECT no FROM articles WHERE id = ?", article_id)
        rows = self._passage_rows("p.article", [row[0]]) if row else []
        return sorted((_passage(r)[0] for r in rows), key=lambda passage: passage.n)

    def passage_texts(self, numbers: Sequence[int]) -> dict[int, str]:
        """The words of passages, by row number."""
        found: dict[int, str] = {}
        for some in pages(numbers):
            marks = ",".join("?" * len(some))
            found.update(
                self._all(
                    'SELECT p.no, substr(a.text, p.start + 1, p."end" - p.start) FROM passages p '
                    f"JOIN articles a ON a.no = p.article WHERE p.no IN ({marks})",
                    *some,
                )
            )
        return found

    # inside

    def _passage_rows(self, column: str, values: Sequence[Any]) -> list[Any]:
        rows: list[Any] = []
        for some in pages(values):
            marks = ",".join("?" * len(some))
            rows += self._all(
                f'SELECT p.no, p.id, p.n, p.start, p."end", {_ARTICLE}, a.text FROM passages p '
                f"JOIN articles a ON a.no = p.article WHERE {column} IN ({marks}) ORDER BY p.no",
                *some,
            )
        return rows

    def _article(self, where: str, value: str) -> Article | None:
        row = self._one(f"SELECT {_ARTICLE}, a.text FROM articles a WHERE {where}", value)
        return _article(row) if row else None

    def _record_one(self, db: sqlite3.Connection, entry: Entry, embedder: str | None) -> bool:
        article = entry.article
        published = article.published
        values = (
            article.origin, entry.file, article.version, article.title, article.source, article.url,
            published.iso if published else None, published.day.toordinal() if published else None,
            article.digest, article.text,
        )  # fmt: skip
        row = db.execute("SELECT no, version FROM articles WHERE id = ?", (article.id,)).fetchone()
        same_origin = db.execute("SELECT id FROM articles WHERE origin = ?", (article.origin,)).fetchone()
        before = article.version - 1 if entry.replaces is None else entry.replaces
        if (row and row[1] != before) or (same_origin and same_origin[0] != article.id):
            return False
        if row:
            number = row[0]
            db.execute(
                "INSERT OR REPLACE INTO versions SELECT id, version, title, source, url, published, day, digest, text "
                "FROM articles WHERE no = ?",
                (number,),
            )
            db.execute("DELETE FROM passages WHERE article = ?", (number,))
            db.execute(
                "UPDATE articles SET origin=?, file=?, version=?, title=?, source=?, url=?, published=?, day=?, "
                "digest=?, text=? WHERE no = ?",
                (*values, number),
            )
        else:
            number = db.execute(
                "INSERT INTO articles (origin, file, version, title, source, url, published, day, digest, text, id) "
                "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                (*values, article.id),
            ).lastrowid
        db.executemany(
            'INSERT INTO passages (id, article, n, start, "end", digest, vector) VALUES (?, ?, ?, ?, ?, ?, '
            "(SELECT no FROM vectors WHERE embedder = ? AND digest = ?))",
            [
                (passage_id(article, n), number, n, start, end, digest, embedder, digest)
                for n, (start, end) in enumerate(entry.spans)
                for digest in [words_digest(article.text[start:end])]
            ],
        )
        details.keep(db, article)
        listing.note(db, number, article, len(entry.spans))
        marks.note_return(db, article)
        return True

    def _settle(self, db: sqlite3.Connection, article: Article, before: Correction) -> None:
        """Of a correction stays what a newer version, made by somebody else, has taken over."""
        row = db.execute(
            "SELECT title, source, published, day FROM versions WHERE article_id = ? ORDER BY version DESC LIMIT 1",
            (article.id,),
        ).fetchone()
        published = Published(row[2], date.fromordinal(row[3])) if row[3] is not None else None
        lost = corrections.differing(article, Correction(frozenset(), row[0], row[1], published))
        corrections.keep(db, article.id, replace(before, fields=before.fields - lost))


def words_digest(text: str) -> bytes:
    """Digest of a passage's words, 16 bytes: identical passages share one vector."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def passage_id(article: Article, n: int) -> str:
    """Id of a passage: article, digest of its text and of what is indexed beside it, position."""
    of_article = hashlib.blake2b(article.id.encode(), digest_size=8).hexdigest()
    day = article.published.day.isoformat() if article.published else ""
    beside = "\x1f".join((article.title, article.source or "", day))
    of_header = hashlib.blake2b(beside.encode(), digest_size=4).hexdigest()
    return f"{of_article}-{article.digest[:12]}-{of_header}-{n}"


def _selecting(db: sqlite3.Connection) -> listing.SelectFn:
    return lambda sql, *values: db.execute(sql, values).fetchall()


def _inside(scope: Scope) -> tuple[str, list[Any]]:
    """The condition on articles of a scope, its words apart, and the values in it."""
    window, sources = scope.window, scope.sources
    conditions = ["(day BETWEEN ? AND ? OR (? AND day IS NULL))"]
    first, last = window.start or date.min, window.end or date.max
    given: list[Any] = [first.toordinal(), last.toordinal(), scope.undated]
    if sources:
        conditions.append("source IN (SELECT value FROM json_each(?))")
        given.append(json.dumps(sources))
    if scope.articles:
        conditions.append("id IN (SELECT value FROM json_each(?))")
        given.append(json.dumps(scope.articles))
    return " AND ".join(conditions), given


def _article(row: Any) -> Article:
    published = Published(row[6], date.fromordinal(row[7])) if row[7] is not None else None
    return Article(row[0], row[1], row[2], row[3], row[4], row[5], published, row[10], row[8], details.read(row[9]))


def _passage(row: Any) -> tuple[Passage, Article]:
    article = _article(row[5:])
    start, end = row[3], row[4]
    return Passage(row[1], article.id, article.version, row[2], start, end, article.text[start:end]), article
