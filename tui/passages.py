"""Passages that are shown: what is looked up for them (words to mark, articles of copies), what a search came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.content import Content

from qa.errors import NotFoundError
from qa.render import order_words, window_words
from qa.types import Article, Cancel, Citation, Query, Retrieved
from tui import wording
from tui.facts import count
from tui.inspection import Row

if TYPE_CHECKING:
    from qa.engine import Engine

_MOST = 100
"""Articles that are looked up."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What was looked up for some rows."""

    words: frozenset[str]
    """Words of the passages that match the question, case folded."""
    articles: Mapping[str, Article] = field(default_factory=dict)
    """By id: those whose copies of passages gave way, and those of rows that have no text."""
    searched: int | None = None
    """How many articles could have been found."""


def look_up(engine: Engine, query: Query | None, rows: Sequence[Row], cancel: Cancel) -> Iterator[LookedUp]:
    """What ``rows`` do not say of themselves; one event."""
    library = engine.library
    articles: dict[str, Article] = {}
    wanted = [(name, None) for row in rows for name in row.copies]
    for name, version in [*wanted, *((row.article_id, row.version) for row in rows if not row.text)][:_MOST]:
        if cancel.cancelled:
            return
        try:
            articles[name] = library.article(name, version)
        except NotFoundError:  # removed since
            continue
    texts = [row.text for row in rows] + [article.text for article in articles.values()]
    words = library.matching(query.topic, texts) if query else frozenset()
    yield LookedUp(words, articles, library.searched(query) if query else None)


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


def outcome(found: Retrieved, *, more: bool) -> str:
    """What a search found, in one line; with ``more``, that a key brings more."""
    by = "words alone" if found.index == "words" else f"words and meaning · index: {found.index}"
    told = f"{count(len(found.hits), 'passage')} by {by}{order_words(found.rescored)}"
    return f"{told} · + for more" if more else told


def nothing_found(found: Retrieved, searched: int | None) -> Content:
    """What was searched in vain, and what would widen it."""
    query = found.query
    articles = "" if searched is None else f" in {count(searched, 'article')}"
    lines = [
        Content.styled(f"No passage was found{articles}.", "bold $text-warning"),
        wording.line(f"Words: {query.text}"),
        wording.line(window_words(query).capitalize()),
    ]
    widen = [] if query.window.is_open else ["another window, or none"]
    widen += ["other sources"] if query.sources else []
    widen += ["all stories"] if query.articles else []
    widen += [f"without “-{word}”" for word in query.without]
    widen += ["a later as-of day"] if found.left_out else []
    widen += ["fewer or other words"]
    lines.append(wording.line("To widen it: " + ", ".join(widen) + ".", "$text-muted"))
    return Content("\n").join(lines)
