"""The record: articles, their earlier versions, passages and vectors, in SQLite (WAL, synchronous=FULL).

Committed is acknowledged. Every index is derived from here and can be made again. A connection belongs to one
thread; a write transaction is short, so that several processes work on one library.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from qa.database import is_locked, write_ahead
from qa.errors import LibraryError
from qa.library import corrections, details, listing, marks, removed, schema
from qa.library.generations import sync
from qa.library.listing import Row
from qa.library.scope import Scope
from qa.room import NO_ROOM, has_no_room
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
_LACKS_VECTOR = "NOT EXISTS (SELECT 1 FROM vectors v WHERE v.embedder = ? AND v.digest = p.digest)"
BACKUPS = "backups"
"""Folder of the copy that was made before the record was brought up to a later version."""
_BUSY_MS = 10_000
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


@dataclass(frozen=True, slots=True)
class _Opened:
    """A thread's connection, and what it holds while it reads or writes."""

    connection: sqlite3.Connection
    busy: threading.RLock = field(default_factory=threading.RLock)


class Catalogue:
    """The SQLite file of one library. Methods raise LibraryError when it is damaged, locked or not writable."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._open: list[_Opened] = []
        self._closed = False
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

    # meta

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
            embedder = _embedder(db)
            late = [entry for entry in entries if not self._record_one(db, entry, embedder)]
            if len(late) < len(entries):
                _bump(db, "passages")
        return late

    def adopt(self, entries: Sequence[tuple[Entry, Sequence[bytes]]], embedder: str) -> set[str]:
        """Record articles of a shared store with the vectors of their passages; the ids of those that were recorded.

        In one transaction. One is left out when the version it replaces is not the current one any more.
        """
        taken: set[str] = set()
        with self._writing() as db:
            in_use = _embedder(db)
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
                _bump(db, "passages")
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
            _bump(db, "passages")
        return gone

    def restore(self, ids: Sequence[str]) -> list[str]:
        """Bring removed articles back, with all their versions, to what they were; the ids of those that are back."""
        with self._writing() as db:
            embedder = _embedder(db)
            back = [article_id for article_id in ids if removed.restore(db, article_id, embedder, passage_id)]
            _bump(db, "passages")
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
            if not self._record_one(db, entry, _embedder(db)):
                return False
            corrections.keep(db, entry.article.id, correction)
            _bump(db, "passages")
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

    def vector_ids(self, embedder: str) -> frozenset[str]:
        """Ids of all passages that have a vector of ``embedder``: what the Chroma index must hold."""
        rows = self._all("SELECT p.id FROM passages p JOIN vectors v ON v.no = p.vector WHERE v.embedder = ?", embedder)
        return frozenset(row[0] for row in rows)

    def passages(self, numbers: Sequence[int]) -> dict[int, tuple[Passage, Article]]:
        """Passages by row number, each with its article (with text)."""
        return {row[0]: _passage(row) for row in self._passage_rows("p.no", list(numbers))}

    def origins(self, numbers: Sequence[int]) -> list[tuple[int, int | None, str]]:
        """Row number, day and source of passages."""
        rows: list[tuple[int, int | None, str]] = []
        for some in _pages(numbers):
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
        for some in _pages(numbers):
            marks = ",".join("?" * len(some))
            found.update(
                self._all(
                    'SELECT p.no, substr(a.text, p.start + 1, p."end" - p.start) FROM passages p '
                    f"JOIN articles a ON a.no = p.article WHERE p.no IN ({marks})",
                    *some,
                )
            )
        return found

    # vectors

    @property
    def embedder(self) -> str | None:
        """Fingerprint of the embedder in use, None before the first."""
        return self.meta("embedder")

    def dimensions(self, embedder: str) -> int | None:
        """Length of the vectors of ``embedder``, None when there are none."""
        row = self._one("SELECT length(vector) / 4 FROM vectors WHERE embedder = ? LIMIT 1", embedder)
        return int(row[0]) if row else None

    def waiting(self, embedder: str) -> list[tuple[int, bytes]]:
        """Number and words' digest of each different passage that lacks a vector of ``embedder``, newest articles
        first."""
        return self._all(
            "SELECT min(p.no), p.digest FROM passages p JOIN articles a ON a.no = p.article "
            f"WHERE {_LACKS_VECTOR} GROUP BY p.digest ORDER BY max(ifnull(a.day, 0)) DESC, min(p.no)",
            embedder,
        )

    def share_embedded(self, embedder: str) -> float:
        """Share of the passages that have a vector of ``embedder``."""
        row = self._one(
            f"SELECT count(*), ifnull(sum({_LACKS_VECTOR}), 0) FROM passages p",
            embedder,
        )
        return 1.0 - row[1] / row[0] if row[0] else 1.0

    def lacking(self, embedder: str, digests: Sequence[bytes]) -> set[bytes]:
        """Those of ``digests`` (of passages' words) for which there is no vector of ``embedder``."""
        found: set[bytes] = set()
        for some in _pages(digests):
            marks = ",".join("?" * len(some))
            sql = f"SELECT digest FROM vectors WHERE embedder = ? AND digest IN ({marks})"
            found.update(row[0] for row in self._all(sql, embedder, *some))
        return set(digests) - found

    def store_vectors(self, embedder: str, vectors: Iterable[tuple[bytes, bytes]]) -> None:
        """Record vectors (digest of the passage's words, little-endian float32).

        Those of the embedder in use are given to their passages at once; those of another one wait for ``use``. A
        vector whose passages have gone meanwhile is not kept.
        """
        rows = [(embedder, digest, vector) for digest, vector in vectors]
        with self._writing() as db:
            db.executemany(
                "INSERT OR IGNORE INTO vectors (embedder, digest, vector) SELECT ?1, ?2, ?3 "
                "WHERE EXISTS (SELECT 1 FROM passages WHERE digest = ?2)",
                rows,
            )
            if _embedder(db) == embedder:
                db.executemany(
                    "UPDATE passages SET vector = (SELECT no FROM vectors WHERE embedder = ?1 AND digest = ?2) "
                    "WHERE digest = ?2 AND vector IS NULL",
                    [row[:2] for row in rows],
                )
                _bump(db, "vectors")

    def drop_vectors(self, embedder: str, digests: Sequence[bytes]) -> None:
        """Let go of vectors that are damaged: their passages wait for new ones."""
        with self._writing() as db:
            db.executemany(
                "DELETE FROM vectors WHERE embedder = ? AND digest = ?", [(embedder, one) for one in digests]
            )
            _bump(db, "vectors")

    def use(self, embedder: str) -> bool:
        """Make ``embedder`` the one in use, unless a passage lacks its vector and the one in use has any: whether it is
        now. One transaction: a search sees vectors of one embedder only."""
        with self._writing() as db:
            known = _embedder(db)
            if known == embedder:
                return True
            started = db.execute("SELECT 1 FROM vectors WHERE embedder = ? LIMIT 1", (known,)).fetchone()
            lacks = db.execute(f"SELECT 1 FROM passages p WHERE {_LACKS_VECTOR} LIMIT 1", (embedder,)).fetchone()
            if started and lacks:
                return False
            db.execute("INSERT OR REPLACE INTO meta VALUES ('embedder', ?), ('leftovers', '1')", (embedder,))
            db.execute(
                "UPDATE passages SET vector = "
                "(SELECT no FROM vectors v WHERE v.embedder = ? AND v.digest = passages.digest)",
                (embedder,),
            )
            _bump(db, "vectors")
        return True

    def drop_leftovers(self, some: int = 2_000) -> bool:
        """After a change of embedder, delete up to ``some`` vectors of others: whether there may be more.

        What another embedder has made without having come into use yet is kept: it goes on there.
        """
        if self.meta("leftovers") is None:
            return False
        with self._writing() as db:
            gone = db.execute(
                "DELETE FROM vectors WHERE no IN (SELECT no FROM vectors WHERE embedder != ? LIMIT ?)",
                (_embedder(db), some),
            ).rowcount
            if gone < some:
                db.execute("DELETE FROM meta WHERE name = 'leftovers'")
        return gone == some

    def vector_places(self) -> list[tuple[int, bytes, int | None, str | None]]:
        """Row number, words' digest, day and source of each passage that has a vector."""
        return self._all(
            "SELECT p.no, p.digest, a.day, a.source FROM passages p JOIN articles a ON a.no = p.article "
            "WHERE p.vector IS NOT NULL"
        )

    def vectors_at(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Row number and vector (little-endian float32) of passages that have one, in the order of ``numbers``, which
        ascend."""
        for some in _pages(numbers):
            marks = ",".join("?" * len(some))
            yield from self._all(
                f"SELECT p.no, v.vector FROM passages p JOIN vectors v ON v.no = p.vector WHERE p.no IN ({marks}) "
                "ORDER BY p.no",
                *some,
            )

    def vectors_of(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Vectors (little-endian float32) of passages by passage id."""
        found: dict[str, bytes] = {}
        for some in _pages(list(ids)):
            marks = ",".join("?" * len(some))
            found.update(
                (row[0], row[1])
                for row in self._all(
                    f"SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.no = p.vector WHERE p.id IN ({marks})",
                    *some,
                )
            )
        return found

    # for the shared store

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
            _bump(db, "passages")

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

    def _passage_rows(self, column: str, values: Sequence[Any]) -> list[Any]:
        rows: list[Any] = []
        for some in _pages(values):
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
            with closing(sqlite3.connect(beside)) as copy:
                db.backup(copy, pages=1_000)
            sync(beside)
            beside.replace(target)
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
            db.execute("BEGIN IMMEDIATE")
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


def _embedder(db: sqlite3.Connection) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE name = 'embedder'").fetchone()
    return row[0] if row else None


def _bump(db: sqlite3.Connection, counter: str) -> None:
    """Count a change. A token makes the revision one of its kind: a record that was restored from a backup never comes
    to a revision that indexes made since then are complete for."""
    db.execute(
        "INSERT INTO meta VALUES (?1, '1-' || lower(hex(randomblob(4)))) "
        "ON CONFLICT (name) DO UPDATE SET value = (CAST(value AS INTEGER) + 1) || '-' || lower(hex(randomblob(4)))",
        (counter,),
    )


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


def _pages(values: Sequence[Any], size: int = 5_000) -> Iterator[Sequence[Any]]:
    return (values[i : i + size] for i in range(0, len(values), size))


def _remedy(error: sqlite3.OperationalError) -> str:
    message = str(error)
    if "readonly" in message or "read-only" in message or "unable to open" in message:
        return "Check that the folder exists and that you may write to it, or use another --library."
    if is_locked(error):
        return "Another program is writing to it; try again in a moment."
    if has_no_room(error):
        return NO_ROOM
    return "Run `newsdesk doctor`."
