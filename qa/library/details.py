"""What is known of an article version beside its words: language, author, pages, when it was fetched."""

from __future__ import annotations

import json
import sqlite3

from qa.codec import decoded, encoded
from qa.types import Article, Details

_NONE = Details()


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
