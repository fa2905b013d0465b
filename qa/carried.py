"""What the answer before cited, among the passages that a follow-up is answered from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.engine import Engine
from qa.types import Article, Citation, Hit, How, Passage, Query, Retrieved

MOST_CARRIED = 3
"""Passages carried along at most: what was found for the question itself comes first."""


def with_cited(engine: Engine, found: Retrieved, cited: Sequence[Citation]) -> Retrieved:
    """``found`` with the passages that ``cited`` quotes: marked where they were found again, else behind the others.

    Only what is in the query's scope is carried: its days, sources and words hold for a follow-up as for any question.
    """
    hits = list(found.hits)
    at = {hit.passage.id: n for n, hit in enumerate(hits)}
    lowest = min((hit.score for hit in hits), default=0.0)
    carried: dict[str, None] = {}
    for passage, article in _passages(engine, cited):
        if passage.id in carried or len(carried) == MOST_CARRIED or not _in_scope(found.query, article, passage):
            continue
        carried[passage.id] = None
        if (known := at.get(passage.id)) is None:
            hits.append(Hit(passage, article, lowest, How(None, None, cited_before=True)))
        else:
            hits[known] = replace(hits[known], how=replace(hits[known].how, cited_before=True))
    return replace(found, hits=tuple(hits))


def _passages(engine: Engine, cited: Sequence[Citation]) -> Iterator[tuple[Passage, Article]]:
    """The passages of the current versions that hold the quotes, in the order of the citations."""
    catalogue = engine.library.catalogue
    for citation in cited:
        article = catalogue.by_id(citation.article_id)
        if article is None or citation.field != "text":
            continue
        start = citation.start if article.version == citation.version else article.text.find(citation.quote)
        for passage in catalogue.passages_of(article.id) if start >= 0 else ():
            if passage.start <= start < passage.end:
                yield passage, article


def _in_scope(query: Query, article: Article, passage: Passage) -> bool:
    if article.published is None:
        days = query.allows_undated
    else:
        days = article.published.day <= query.as_of and query.window.holds(article)
    words = f"{article.title}\n{passage.text}".casefold()
    return (
        days
        and (not query.sources or article.source in query.sources)
        and (not query.articles or article.id in query.articles)
        and all(phrase.casefold() in words for phrase in query.phrases)
        and not any(word.casefold() in words for word in query.without)
    )
