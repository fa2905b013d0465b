"""The library's list: sorted, filtered and counted in SQL over a table that holds no texts, at any size.

A list is first the row numbers of its articles in order, which a few milliseconds give; what a page of it shows is
read by number. So the end of a long list costs no more than its beginning.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa.facts import fold
from qa.types import Article, Listing, Published, SortBy

SelectFn = Callable[..., list[Any]]
"""Rows of a query, given its SQL and its values."""

_BETWEEN = "\x1f"
_PAGE = 500
_ORDER = {
    SortBy.DATE: "ifnull(day, {1}) {0}, no",
    SortBy.TITLE: "sought {0}, no",
    SortBy.SOURCE: "source = '', source {0}, ifnull(day, 0) DESC, no",
    SortBy.PASSAGES: "passages {0}, ifnull(day, 0) DESC, no",
}
"""How each column sorts; undated and unknown come last whichever way."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the library's list."""

    article: Article
    """With empty ``text``."""
    passages: int
    edited: bool = False
    """Whether the reader corrected it by hand."""
    number: int = 0
    """Its row number: what ``Library.numbers`` gives and ``Library.page`` takes."""


def sought(title: str, source: str | None, day: int | None) -> str:
    """What a filter looks into: title, source and day of an article, case and accents folded."""
    written = date.fromordinal(day).isoformat() if day else "undated"
    return _BETWEEN.join((fold(title), fold(source or ""), written))


def register(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that migrations call."""
    connection.create_function("folded", 1, fold, deterministic=True)
    connection.create_function("sought", 3, sought, deterministic=True)


def note(db: sqlite3.Connection, number: int, article: Article, passages: int) -> None:
    """Keep what the list shows of an article, in the transaction that records it."""
    day = article.published.day.toordinal() if article.published else None
    values = (number, day, fold(article.source or ""), passages, sought(article.title, article.source, day))
    db.execute("INSERT OR REPLACE INTO listed (no, day, source, passages, sought) VALUES (?, ?, ?, ?, ?)", values)


def numbers(select: SelectFn, listing: Listing) -> Sequence[int]:
    """Row numbers of the articles of a listing, in its order.

    They come as one string: SQLite makes it without the interpreter, which row by row it would stop 100,000 times.
    """
    where, values = _where(listing)
    down = listing.descending
    order = _ORDER[listing.by].format("DESC" if down else "ASC", 0 if down else date.max.toordinal() + 1)
    rows = select(f"SELECT group_concat(no) FROM (SELECT no FROM listed WHERE {where} ORDER BY {order})", *values)
    return array("q", map(int, rows[0][0].split(","))) if rows[0][0] else ()


def count(select: SelectFn, listing: Listing) -> int:
    """How many articles a listing has."""
    where, values = _where(listing)
    return int(select(f"SELECT count(*) FROM listed WHERE {where}", *values)[0][0])


def days(select: SelectFn, listing: Listing) -> Sequence[tuple[date, int]]:
    """How many articles of a listing were published on each day that has any, in order; undated ones are not in it."""
    where, values = _where(listing)
    by = "+day" if listing.words or listing.sources else "day"  # the index would fetch every row for the other columns
    rows = select(f"SELECT day, count(*) FROM listed WHERE day IS NOT NULL AND {where} GROUP BY {by}", *values)
    return [(date.fromordinal(day), number) for day, number in sorted(rows)]


def sources(select: SelectFn) -> Sequence[tuple[str, int]]:
    """Each source with the number of its articles, those with most first."""
    rows = select("SELECT source, count(*) FROM articles WHERE source IS NOT NULL GROUP BY source")
    return sorted(((str(name), int(number)) for name, number in rows), key=lambda one: (-one[1], one[0]))


def page(select: SelectFn, some: Sequence[int]) -> Sequence[Row]:
    """The rows of articles by row number, in the order given; one that has gone since is passed over."""
    found: dict[int, Row] = {}
    for at in range(0, len(some), _PAGE):
        part = some[at : at + _PAGE]
        rows = select(
            "SELECT a.no, a.id, a.origin, a.version, a.title, a.source, a.url, a.published, a.day, a.digest, "
            "l.passages, c.article_id IS NOT NULL FROM articles a JOIN listed l ON l.no = a.no "
            f"LEFT JOIN corrections c ON c.article_id = a.id WHERE a.no IN ({', '.join('?' * len(part))})",
            *part,
        )
        for number, article_id, origin, version, title, source, url, iso, day, digest, passages, edited in rows:
            published = Published(iso, date.fromordinal(day)) if day is not None else None
            article = Article(article_id, origin, version, title, source, url, published, "", digest)
            found[number] = Row(article, passages, bool(edited), number)
    return [found[number] for number in some if number in found]


def _where(listing: Listing) -> tuple[str, list[Any]]:
    """A condition on ``listed`` and its values."""
    conditions, values = ["1"], list[Any]()
    for word in fold(listing.words).split():
        conditions.append("instr(sought, ?)")
        values.append(word)
    if listing.window.start or listing.window.end:
        first, last = listing.window.start or date.min, listing.window.end or date.max
        conditions.append("day BETWEEN ? AND ?")
        values += [first.toordinal(), last.toordinal()]
    if listing.sources:
        names = {fold(name) for name in listing.sources}
        conditions.append(f"source IN ({', '.join('?' * len(names))})")
        values += sorted(names)
    return " AND ".join(conditions), values
