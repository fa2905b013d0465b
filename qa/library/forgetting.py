"""An article erased for good: from the record and its log, from every index and every file beside them.

What is derived is deleted whole and made again, because an index that has marked a text as deleted still holds it. The
record is overwritten (SQLite's ``secure_delete``) and written anew (``VACUUM``), and its log is cut to nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa.errors import LibraryError, NotFoundError
from qa.library import generations, marks, removed
from qa.library.record import BACKUPS
from qa.library.sentences import forget
from qa.library.store import SENTENCES_FILE, Library

_PATIENCE_S = 10.0
_TEXTS = (
    "SELECT title, text FROM articles WHERE id = ?1 UNION ALL SELECT title, text FROM versions WHERE article_id = ?1 "
    "UNION ALL SELECT title, text FROM removed_articles WHERE id = ?1 UNION ALL SELECT v.title, v.text FROM "
    "removed_versions v JOIN removed_articles r ON r.turn = v.turn WHERE r.id = ?1"
)


@dataclass(frozen=True, slots=True)
class Held:
    """What a library holds of an article, removed or not."""

    texts: tuple[str, ...]
    """Titles and texts of all its versions."""
    places: tuple[str, ...]
    """The files or addresses it came from."""
    same: tuple[str, ...]
    """Ids of other articles that say the same, word for word."""


def held(library: Library, article_id: str) -> Held:
    """What there is of an article. Raises NotFoundError."""
    select = library.catalogue.select
    rows = select(_TEXTS, article_id)
    if not rows:
        hint = "`newsdesk library list`, and with --removed, show what there is."
        raise NotFoundError(f"there is no article {article_id!r} in this library, removed or not", hint)
    places = select(
        "SELECT file FROM articles WHERE id = ?1 UNION SELECT file FROM removed_articles WHERE id = ?1", article_id
    )
    same = select(
        "SELECT DISTINCT id FROM articles WHERE id != ?1 AND digest IN (SELECT digest FROM articles WHERE id = ?1 "
        "UNION SELECT digest FROM versions WHERE article_id = ?1) ORDER BY id",
        article_id,
    )
    texts = tuple(dict.fromkeys(one for row in rows for one in row if one))
    return Held(texts, tuple(row[0] for row in places), tuple(row[0] for row in same))


@contextmanager
def alone(library: Library) -> Iterator[None]:
    """Nobody else has the Chroma index open, nor opens it meanwhile. Raises LibraryError where somebody has."""
    folder = library.path / "vectors"
    library.end_chroma()
    folder.mkdir(exist_ok=True)
    lock = generations.claim(folder, os.getpid())
    if lock is None:
        owner = generations.owner(folder)
        raise LibraryError(
            f"another Newsdesk{f' (process {owner})' if owner else ''} has this library's index open",
            "Close it and try again: nothing was erased.",
        )
    try:
        yield
    finally:
        generations.release(lock)


def erase(library: Library, article_ids: Sequence[str]) -> None:
    """Erase articles in all their versions, removed or not. Whoever calls it is ``alone``; the word index follows at
    once, the Chroma index with its next update. Raises LibraryError where another program keeps the record busy."""
    _delete_derived(library)
    with library.catalogue.erasing() as db:
        for article_id in article_ids:
            _delete(db, article_id)
    _delete_derived(library)  # what others made of the record meanwhile
    overwrite(library)
    library.update_words()


def _delete(db: sqlite3.Connection, article_id: str) -> None:
    marks.note_removal(db, article_id, marks.Removal.UNTOLD)
    urls = db.execute(
        "SELECT url FROM articles WHERE id = ?1 UNION SELECT origin FROM articles WHERE id = ?1 "
        "UNION SELECT url FROM removed_articles WHERE id = ?1 UNION SELECT origin FROM removed_articles WHERE id = ?1",
        (article_id,),
    ).fetchall()
    db.executemany("DELETE FROM fetched WHERE url = ?", urls)
    db.execute(
        "UPDATE files SET digest = '', problems = '[]' WHERE path IN (SELECT file FROM articles WHERE id = ?1 "
        "UNION SELECT file FROM removed_articles WHERE id = ?1)",
        (article_id,),
    )
    for table, column in (
        ("versions", "article_id"), ("details", "article_id"), ("corrections", "article_id"), ("articles", "id"),
        ("removed_articles", "id"),
    ):  # fmt: skip
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (article_id,))
    db.execute(f"DELETE FROM vectors WHERE digest NOT IN ({removed.NEEDED})")


def overwrite(library: Library) -> None:
    """See to it that the record's file and its log hold what they must, and nothing that was erased."""
    deadline = time.monotonic() + _PATIENCE_S
    while not library.catalogue.compact():
        if time.monotonic() > deadline:
            raise LibraryError(
                "the article is erased, but another program still reads the library's log, which has its words",
                "Close the other program; the log goes when the last one closes the library.",
            )
        time.sleep(0.1)


def _delete_derived(library: Library) -> None:
    """Delete every file that is made from the record, and copies of the record that a migration left."""
    library.forget_exact()
    library.forget_sentences()
    forget(library.path / SENTENCES_FILE)
    library.words.discard()
    for name in ("words", BACKUPS):
        shutil.rmtree(library.path / name, ignore_errors=True)
    for path in _of_chroma(library):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _of_chroma(library: Library) -> Sequence[Path]:
    """The Chroma index but for its lock, and what was moved aside."""
    inside = [path for path in (library.path / "vectors").iterdir() if path.name != "lock"]
    return [*inside, *library.path.glob("vectors.aside-*")]
