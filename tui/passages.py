"""What is looked up for passages that are shown: words to mark, the articles of copies, how many were searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qa.errors import NotFoundError
from qa.types import Article, Cancel, Citation, Query
from tui.inspection import Row

if TYPE_CHECKING:
    from qa.engine import Engine

_MOST_COPIES = 100
"""Copies that are looked up."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was looked up for some rows."""

    words: frozenset[str]
    """Words of the passages that match the question, case folded."""
    copies: Mapping[str, Article] = field(default_factory=dict)
    """By id: the articles whose copies of passages gave way."""
    searched: int | None = None
    """How many articles could have been found."""


def look_up(engine: Engine, query: Query | None, rows: Sequence[Row], cancel: Cancel) -> Iterator[LookedUp]:
    """What ``rows`` do not say of themselves; one event."""
    library = engine.library
    copies: dict[str, Article] = {}
    for name in [name for row in rows for name in row.copies][:_MOST_COPIES]:
        if cancel.cancelled:
            return
        try:
            copies[name] = library.article(name)
        except NotFoundError:  # removed since
            continue
    texts = [row.text for row in rows] + [article.text for article in copies.values()]
    words = library.matching(query.topic, texts) if query else frozenset()
    yield LookedUp(words, copies, library.searched(query) if query else None)


def place_of(row: Row, span: tuple[int, int]) -> Citation:
    """Where an article is opened for ``row``: at what is cited of it, else at a span of its text."""
    if row.quotes:
        return row.quotes[0]
    start, end = span
    return Citation(
        n=row.n,
        article_id=row.article_id,
        version=row.version,
        title=row.title,
        source=row.source,
        published=row.published,
        field="text",
        start=row.start + start,
        end=row.start + end,
        quote=row.text[start:end],
    )
