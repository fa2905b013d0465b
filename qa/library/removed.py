"""Articles that were removed: out of every list and index at once, and kept whole, so that they can be restored.

Removal and restoration happen in the transaction that is handed in. The vectors of what was removed stay; so a
restored article is found by meaning again without being embedded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa.library import listing, marks
from qa.types import Article, Published, RemovedArticle, RemovedBy

SelectFn = Callable[..., list[Any]]
"""Rows of a query, given its SQL and its values."""

NEEDED = "SELECT digest FROM passages UNION ALL SELECT digest FROM removed_passages"
"""Digests of the passages whose vectors are kept."""

_HEAD = "version, title, source, url, published, day, digest, text"
_ARTICLE = f"id, origin, file, {_HEAD}"
_SHORT = "id, origin, version, title, source, url, published, day, digest"


@dataclass(frozen=True, slots=True)
class Kept:
    """A removed article as an ingest compares it."""

    article: Article
    """With empty ``text``."""
    file: str
    why: RemovedBy


def withdraw(db: sqlite3.Connection, number: int, why: RemovedBy) -> None:
    """Move the article of this row number, with its versions and passages, to the removed ones."""
    turn = db.execute(
        f"INSERT INTO removed_articles (no, why, {_ARTICLE}) SELECT no, ?, {_ARTICLE} FROM articles WHERE no = ?",
        (str(why), number),
    ).lastrowid
    db.execute(
        f"INSERT INTO removed_versions (turn, {_HEAD}) SELECT ?, {_HEAD} FROM versions "
        "WHERE article_id = (SELECT id FROM articles WHERE no = ?)",
        (turn, number),
    )
    db.execute(
        'INSERT INTO removed_passages SELECT ?, n, start, "end", digest FROM passages WHERE article = ?', (turn, number)
    )
    db.execute("DELETE FROM versions WHERE article_id = (SELECT id FROM articles WHERE no = ?)", (number,))
    db.execute("UPDATE files SET digest = '' WHERE path = (SELECT file FROM articles WHERE no = ?)", (number,))
    db.execute("DELETE FROM articles WHERE no = ?", (number,))


def restore(
    db: sqlite3.Connection, article_id: str, embedder: str | None, passage_id: Callable[[Article, int], str]
) -> bool:
    """Bring back the article of this id that was removed last; False when none was, or when its id or its place has
    been taken by another article since."""
    row = db.execute(
        f"SELECT turn, no, {_SHORT} FROM removed_articles WHERE id = ? ORDER BY turn DESC LIMIT 1", (article_id,)
    ).fetchone()
    if row is None:
        return False
    turn, number, article = row[0], row[1], _article(row[2:])
    if db.execute("SELECT 1 FROM articles WHERE id = ? OR origin = ?", (article.id, article.origin)).fetchone():
        return False
    db.execute(
        f"INSERT INTO articles (no, {_ARTICLE}) SELECT no, {_ARTICLE} FROM removed_articles WHERE turn = ?", (turn,)
    )
    db.execute(
        f"INSERT OR REPLACE INTO versions (article_id, {_HEAD}) SELECT ?, {_HEAD} FROM removed_versions WHERE turn = ?",
        (article.id, turn),
    )
    passages = db.execute(
        'SELECT n, start, "end", digest FROM removed_passages WHERE turn = ? ORDER BY n', (turn,)
    ).fetchall()
    db.executemany(
        'INSERT INTO passages (id, article, n, start, "end", digest, vector) VALUES (?, ?, ?, ?, ?, ?, '
        "(SELECT no FROM vectors WHERE embedder = ? AND digest = ?))",
        [(passage_id(article, n), number, n, *span, digest, embedder, digest) for n, *span, digest in passages],
    )
    listing.note(db, number, article, len(passages))
    marks.note_restored(db, article.id)
    db.execute("UPDATE files SET digest = '' WHERE path = (SELECT file FROM articles WHERE no = ?)", (number,))
    db.execute("DELETE FROM removed_articles WHERE turn = ?", (turn,))
    return True


def removed(select: SelectFn) -> list[RemovedArticle]:
    """What can be restored, the last removed first; of an id that was removed several times, the last."""
    rows = select(
        f"SELECT {_SHORT}, why FROM removed_articles r "
        "WHERE turn = (SELECT max(turn) FROM removed_articles WHERE id = r.id) ORDER BY turn DESC"
    )
    return [RemovedArticle(_article(row), RemovedBy(row[9])) for row in rows]


def found(select: SelectFn, column: str, value: str) -> list[Kept]:
    """The removed articles of an id, an origin or a text's digest, the last removed first."""
    rows = select(f"SELECT {_SHORT}, file, why FROM removed_articles WHERE {column} = ? ORDER BY turn DESC", value)
    return [Kept(_article(row), row[9], RemovedBy(row[10])) for row in rows]


def was_in(select: SelectFn, file: str) -> bool:
    """Whether an article of this file was removed."""
    return bool(select("SELECT 1 FROM removed_articles WHERE file = ? LIMIT 1", file))


def _article(row: Any) -> Article:
    published = Published(row[6], date.fromordinal(row[7])) if row[7] is not None else None
    return Article(row[0], row[1], row[2], row[3], row[4], row[5], published, "", row[8])
