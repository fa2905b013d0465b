"""What an article is to other libraries, and which articles were removed.

``content_of`` names what an article says and how it is headed, whatever its id, version or passages; two libraries
that read the same article agree on it, under whatever id. What was removed is kept by its content, in the same
transaction as the removal, so that it never comes back from a shared store by itself.
"""

from __future__ import annotations

import hashlib
import sqlite3
from enum import IntEnum

from qa.types import Article

TABLE = (
    "CREATE TABLE IF NOT EXISTS removed "
    "(content TEXT PRIMARY KEY, article_id TEXT NOT NULL, state INTEGER NOT NULL) WITHOUT ROWID"
)


class Removal(IntEnum):
    """What is known of a removal."""

    UNTOLD = 0
    """Removed here; the store is yet to be told."""
    TOLD = 1
    """The store has it."""
    BACK = 2
    """Read again here after it was removed: the store is yet to be told to forget the removal."""
    ASIDE = 3
    """Removed before this library shared with this store: it is not taken, and nobody else is told."""


def article_hash(article_id: str) -> str:
    """Sixteen hexadecimal digits for an article's id."""
    return hashlib.blake2b(article_id.encode(), digest_size=8).hexdigest()


def content_hash(digest: str, title: str, source: str | None, url: str | None, published: str | None) -> str:
    """Sixteen hexadecimal digits for a text's digest and what heads it (``published`` as given, not its day)."""
    parts = (digest, title, source or "", url or "", published or "")
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def content_of(article: Article) -> str:
    """The same for an article."""
    published = article.published.iso if article.published else None
    return content_hash(article.digest, article.title, article.source, article.url, published)


def note_removal(db: sqlite3.Connection, article_id: str, state: Removal) -> None:
    """Note that an article is being removed, in all its versions; before its rows are deleted.

    What another article of the library says, word for word, is not removed with it.
    """
    rows = db.execute(
        "SELECT digest, title, source, url, published FROM articles WHERE id = ?1 "
        "UNION SELECT digest, title, source, url, published FROM versions WHERE article_id = ?1",
        (article_id,),
    ).fetchall()
    others = db.execute(
        "SELECT digest, title, source, url, published FROM articles WHERE id != ?1 AND digest IN "
        "(SELECT digest FROM articles WHERE id = ?1 UNION SELECT digest FROM versions WHERE article_id = ?1)",
        (article_id,),
    )
    gone = {content_hash(*row) for row in rows} - {content_hash(*row) for row in others}
    db.executemany(
        "INSERT OR REPLACE INTO removed (content, article_id, state) VALUES (?, ?, ?)",
        [(content, article_id, int(state)) for content in sorted(gone)],
    )


def note_return(db: sqlite3.Connection, article: Article) -> None:
    """Note that an article that was removed has been read again."""
    db.execute("UPDATE removed SET state = ? WHERE content = ?", (int(Removal.BACK), content_of(article)))


def note_restored(db: sqlite3.Connection, article_id: str) -> None:
    """Note that an article is back in all its versions; after its rows are."""
    rows = db.execute(
        "SELECT digest, title, source, url, published FROM articles WHERE id = ?1 "
        "UNION SELECT digest, title, source, url, published FROM versions WHERE article_id = ?1",
        (article_id,),
    ).fetchall()
    back = [(int(Removal.BACK), content_hash(*row)) for row in rows]
    db.executemany("UPDATE removed SET state = ? WHERE content = ?", back)
