"""Search: the passages, or the articles, that a question finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from qa.engine import Engine
from qa.errors import UsageError
from qa.retrieve import notices, retrieve
from qa.types import Cancel, Hit, IndexChoice, Notice, Query, Retrieved

MAX_K = 1_000
_PASSAGES_PER_ARTICLE = 5
"""Passages looked at for each article wanted."""


def search(
    engine: Engine,
    query: Query,
    *,
    k: int = 10,
    by: Literal["passage", "article"] = "passage",
    index: IndexChoice = "auto",
    cancel: Cancel | None = None,
) -> Iterator[Notice | Retrieved]:
    """The ``k`` best passages, or with ``by="article"`` the best passage of each of the ``k`` best articles.

    The last event is the Retrieved. Raises UsageError when ``k`` is out of range.
    """
    if not 1 <= k <= MAX_K:
        raise UsageError(f"-k {k} is out of range", f"Ask for 1 to {MAX_K} results.")
    wanted = k if by == "passage" else k * _PASSAGES_PER_ARTICLE
    found = retrieve(engine, query, wanted, index)
    if cancel and cancel.cancelled:
        found = replace(found, hits=())
    yield from notices(found)
    hits = found.hits if by == "passage" else best_by_article(found.hits)
    yield replace(found, hits=hits[:k])


def best_by_article(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The first hit of each article."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.article.id, hit)
    return tuple(first.values())
