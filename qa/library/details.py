"""What is known of an article version beside its words (language, author, pages, when it was fetched), and of the
addresses that were read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qa.codec import decoded, encoded
from qa.types import Article, Details

_NONE = Details()
SelectFn = Callable[..., list[Any]]
"""Rows of a query, given its SQL and its values."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An address of the web that was read."""

    at: str
    """When (ISO 8601)."""
    etag: str = ""
    modified: str = ""
    """What its server wants to hear to say that nothing changed."""
    item: str = ""
    """Digest of the feed's item that led there; empty for what was read by itself."""


def fetched(select: SelectFn, url: str) -> Fetched | None:
    """What is known of an address, None where it was never read."""
    rows = select("SELECT at, etag, modified, item FROM fetched WHERE url = ?", url)
    return Fetched(*rows[0]) if rows else None


def note_fetched(db: sqlite3.Connection, url: str, told: Fetched) -> None:
    """Record that an address was read."""
    db.execute(
        "INSERT OR REPLACE INTO fetched VALUES (?, ?, ?, ?, ?)", (url, told.at, told.etag, told.modified, told.item)
    )


def keep(db: sqlite3.Connection, article: Article) -> None:
    """Record the details of an article version, in the transaction that records the article."""
    key = (article.id, article.version)
    if article.details == _NONE:
        db.execute("DELETE FROM details WHERE article_id = ? AND version = ?", key)
        return
    told = {name: value for name, value in encoded(article.details).items() if value}
    db.execute("INSERT OR REPLACE INTO details VALUES (?, ?, ?)", (*key, json.dumps(told, ensure_ascii=False)))


def read(told: str | None) -> Details:
    """Details as they were recorded; those of a version that cannot be read are unknown."""
    if told is None:
        return _NONE
    try:
        return decoded(Details, json.loads(told))
    except ValueError:
        return _NONE
