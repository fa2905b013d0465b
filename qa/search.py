"""Search: the passages, or the articles, that a question finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from qa.engine import Engine
from qa.errors import UsageError
from qa.rerank import depth, rescored
from qa.retrieve import notices, retrieve
from qa.types import Cancel, Exchange, IndexChoice, Notice, Query, Retrieved

MAX_K = 1_000


def search(
    engine: Engine,
    query: Query,
    *,
    k: int = 10,
    by: Literal["passage", "article"] = "passage",
    index: IndexChoice = "auto",
    words_only: bool = False,
    cancel: Cancel | None = None,
) -> Iterator[Notice | Exchange | Retrieved]:
    """The ``k`` best passages, or with ``by="article"`` the best passage of each of the ``k`` best articles.

    Where the setting ``rerank`` says so, a model re-scores the first of them. ``words_only`` asks the word index alone,
    and no model. The last event is the Retrieved; cancelled, it has no hits. Raises UsageError when ``k`` is out of
    range.
    """
    if not 1 <= k <= MAX_K:
        raise UsageError(f"-k {k} is out of range", f"Ask for 1 to {MAX_K} results.")
    cancel = cancel or Cancel()
    scorer = None if words_only else engine.scorer
    found = retrieve(engine, query, depth(k, scorer), index, by=by, words_only=words_only, beyond=True)
    yield from notices(found)
    found = yield from rescored(found, k, scorer, cancel)
    yield replace(found, hits=()) if cancel.cancelled else found
