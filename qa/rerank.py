"""Re-scoring: a configured model reads the first passages found, and they are put in the order of its scores.

The reply is untrusted. One that cannot be used as it stands, and a server that fails, leave the order as it was
found, and the reader is told why.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from qa.endpoint import Finished
from qa.errors import EndpointError, UsageError
from qa.evidence import evidence
from qa.llm import Writer
from qa.scores import read_scores
from qa.types import Cancel, Exchange, Hit, Notice, Query, Rescored, Retrieved, Usage

MOST = 30
"""Passages that a model is shown."""

_Scores = Mapping[int, float]


def depth(k: int, scorer: Writer | None) -> int:
    """How many passages to retrieve so that ``k`` can be chosen from what ``scorer`` is shown."""
    return max(k, MOST) if scorer else k


def rescored(
    found: Retrieved, k: int, scorer: Writer | None, cancel: Cancel
) -> Generator[Notice | Exchange, None, Retrieved]:
    """The ``k`` best of ``found`` after ``scorer`` has scored the first thirty; without a scorer, the first ``k``.

    Yields notices and returns the result. Passages with a score come first, equal scores in the order found; those
    without one follow as they were. Raises ConfigError for a wrong prompt file, and nothing for what a server does.
    """
    hits = found.hits
    if scorer is not None and len(hits) > 1 and not cancel.cancelled:
        told, scores = yield from _asked(found.query, hits[:MOST], scorer, cancel)
        found, hits = replace(found, rescored=told), in_order(hits, scores)
    return replace(found, hits=hits[:k])


def in_order(hits: Sequence[Hit], scores: _Scores) -> tuple[Hit, ...]:
    """``hits`` by their ``scores`` (by number, from 1), each with its rank before; as they are when there are none."""
    if not scores:
        return tuple(hits)
    numbered = sorted(enumerate(hits, 1), key=lambda pair: (-scores.get(pair[0], -1.0), pair[0]))
    return tuple(replace(hit, how=replace(hit.how, before=n, model_score=scores.get(n))) for n, hit in numbered)


def _asked(
    query: Query, hits: Sequence[Hit], scorer: Writer, cancel: Cancel
) -> Generator[Notice | Exchange, None, tuple[Rescored | None, _Scores]]:
    """What came of asking, and the scores by number: none when there are none that can be used."""
    try:
        shown, events = scorer.score(query.text, evidence(hits), as_of=query.as_of, cancel=cancel)
    except UsageError:
        shown, events = 0, iter(())
    if shown < 2:
        yield Notice("not re-scored: the passages found do not fit the model's context")
        return None, {}
    few = "" if shown == len(hits) else f" (the other {len(hits) - shown} do not fit its context)"
    yield Notice(f"asking {scorer.model} at {scorer.host} to score {shown} passages{few}")
    told = Rescored(scorer.model, scorer.host, shown, 0, scorer.prompt_hash("rerank"), Usage())
    scores: _Scores = {}
    try:
        for event in events:
            if isinstance(event, Notice | Exchange):
                yield event
            elif isinstance(event, Finished):
                scores, why = _read(event, shown)
                told = replace(told, scored=len(scores), usage=event.usage, why=why)
    except EndpointError as error:
        told = replace(told, why=f"{error.message}.")
    if told.why and not cancel.cancelled:
        yield Notice(f"not re-scored, the order is as it was found: {told.why}")
    return told, scores


def _read(end: Finished, shown: int) -> tuple[_Scores, str]:
    """The scores of a reply, or why there are none."""
    if not end.complete:
        return {}, end.reason
    try:
        return read_scores(end.text, shown), ""
    except ValueError as error:
        return {}, f"The reply of the model cannot be used: {error}."
