"""Search: the passages, or the articles, that a question finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from qa.engine import Engine
from qa.errors import UsageError
from qa.retrieve import notices, retrieve
from qa.types import Cancel, IndexChoice, Notice, Query, Retrieved

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
) -> Iterator[Notice | Retrieved]:
    """The ``k`` best passages, or with ``by="article"`` the best passage of each of the ``k`` best articles.

    ``words_only`` asks the word index alone. The last event is the Retrieved; cancelled, it has no hits. Raises
    UsageError when ``k`` is out of range.
    """
    if not 1 <= k <= MAX_K:
        raise UsageError(f"-k {k} is out of range", f"Ask for 1 to {MAX_K} results.")
    found = retrieve(engine, query, k, index, by=by, words_only=words_only)
    yield from notices(found)
    yield replace(found, hits=()) if cancel and cancel.cancelled else found
