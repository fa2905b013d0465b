"""What the reader corrected by hand: date, title and source of an article, kept through every later ingest.

The values in force stand in the article itself; here is which of its fields are the reader's, and what its file says
there, so that a correction can be taken back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, tzinfo
from typing import Any

from qa.clean import clean_line
from qa.dates import parse_published
from qa.errors import UsageError
from qa.types import Article, Correction, Heading, Published

SelectFn = Callable[..., list[Any]]
"""Rows of a query, given its SQL and its values."""

LONGEST = 400
"""Characters of a title or a source."""
_NO_DATE = frozenset({"", "none", "undated"})


def correction_of(select: SelectFn, article_id: str) -> Correction | None:
    """What of an article is the reader's own, None when nothing is."""
    rows = select("SELECT fields, title, source, published, day FROM corrections WHERE article_id = ?", article_id)
    if not rows:
        return None
    fields, title, source, iso, day = rows[0]
    published = Published(iso, date.fromordinal(day)) if day is not None else None
    return Correction(frozenset(Heading(name) for name in fields.split(",")), title, source, published)


def keep(db: sqlite3.Connection, article_id: str, correction: Correction) -> None:
    """Record what of an article is the reader's, in the transaction that records the article; nothing is, once there
    are no fields."""
    db.execute("DELETE FROM corrections WHERE article_id = ?", (article_id,))
    if correction.fields:
        published = correction.published
        db.execute(
            "INSERT INTO corrections (article_id, fields, title, source, published, day) VALUES (?, ?, ?, ?, ?, ?)",
            (
                article_id,
                ",".join(sorted(correction.fields)),
                correction.title,
                correction.source,
                published.iso if published else None,
                published.day.toordinal() if published else None,
            ),
        )


def changed(article: Article, changes: Mapping[Heading, str], zone: tzinfo | None) -> Article:
    """``article`` with ``changes`` as they were typed; an empty date or source means that there is none.

    Raises UsageError.
    """
    for field, typed in changes.items():
        value = clean_line(typed)
        if len(value) > LONGEST:
            raise UsageError(f"the {field} has {len(value):,} characters", f"Shorten it to {LONGEST} or fewer.")
        if field is Heading.TITLE:
            if not value:
                raise UsageError("an article cannot be without a title", "Write a few words that name it.")
            article = replace(article, title=value)
        elif field is Heading.SOURCE:
            article = replace(article, source=value or None)
        else:
            article = replace(article, published=_published(value, zone))
    return article


def _published(value: str, zone: tzinfo | None) -> Published | None:
    if value.lower() in _NO_DATE:
        return None
    try:
        return parse_published(value, zone)
    except (ValueError, OverflowError):
        hint = "Write it as 2026-02-04 or 2026-02-04T09:30; the day must exist. Leave it empty for no date."
        raise UsageError(f"{value!r} is not a date", hint) from None


def in_force(filed: Article, current: Article, correction: Correction | None) -> Article:
    """An article as its file has it, with what the reader corrected in its current version."""
    fields = correction.fields if correction else ()
    return replace(
        filed,
        title=current.title if Heading.TITLE in fields else filed.title,
        source=current.source if Heading.SOURCE in fields else filed.source,
        published=current.published if Heading.DATE in fields else filed.published,
    )


def filed(article: Article, correction: Correction | None) -> Correction:
    """What the file of an article says; nothing of it is the reader's."""
    said = correction or article
    return Correction(frozenset(), said.title, said.source, said.published)


def differing(article: Article, said: Article | Correction) -> frozenset[Heading]:
    """The fields in which an article is not as its file says."""
    pairs = {
        Heading.TITLE: article.title == said.title,
        Heading.SOURCE: article.source == said.source,
        Heading.DATE: article.published == said.published,
    }
    return frozenset(field for field, same in pairs.items() if not same)
