"""What retrieval found: metrics of one ranked list of ids, and those that MultiHop-RAG counts by gold facts.

hit, recall, reciprocal rank and nDCG are those of trec_eval (nDCG with linear gains; Järvelin and Kekäläinen 2002):
they agree with pytrec_eval and ranx. ``fact_score`` is that of MultiHop-RAG (Tang and Yang 2024, arXiv 2401.15391).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


def hit(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1.0 when one of the first ``k`` of ``ranked`` is relevant, else 0.0."""
    return float(any(one in relevant for one in ranked[:k]))


def recall(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of ``relevant`` (at least one) that is among the first ``k``; an id that stands twice counts once."""
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant))


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 / rank of the first relevant one of the first ``k``; 0.0 where there is none."""
    return next((1.0 / rank for rank, one in enumerate(ranked[:k], 1) if one in relevant), 0.0)


def ndcg(ranked: Sequence[str], gains: Mapping[str, float], k: int) -> float:
    """Discounted gain of the first ``k`` over that of the best order; an id not in ``gains`` has none.

    ``gains`` holds at least one above 0; one below counts as 0, as in trec_eval. An id that stands twice counts once.
    """
    best = sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:k]
    once = list(dict.fromkeys(ranked))[:k]
    return _discounted([max(0.0, gains.get(one, 0.0)) for one in once]) / _discounted(best)


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


@dataclass(frozen=True, slots=True)
class FactScore:
    """How one question came out by its gold facts, each figure in [0, 1]."""

    hits10: float
    hits4: float
    map10: float
    mrr10: float
    recall10: float
    """Share of the facts that stand in one of the ten."""
    all10: float
    """1.0 when every fact does."""


def fact_score(passages: Sequence[str], facts: Sequence[str]) -> FactScore:
    """Score of the passages found, best first, for a question with these gold ``facts`` (at least one).

    A passage is a hit when it holds any fact, white space aside; MAP counts at each rank the facts newly found there
    only, and divides by the number of facts, ten at most.
    """
    gold = list(dict.fromkeys(_squeezed(fact) for fact in facts))
    found: list[str] = []
    first, precision = 0, 0.0
    for rank, passage in enumerate(map(_squeezed, passages[:10]), 1):
        held = [fact for fact in gold if fact in passage]
        first = first or (rank if held else 0)
        new = [fact for fact in held if fact not in found]
        found += new
        precision += len(new) / rank
    return FactScore(
        hits10=float(first > 0),
        hits4=float(0 < first <= 4),
        map10=precision / min(len(facts), 10),
        mrr10=1.0 / first if first else 0.0,
        recall10=len(found) / len(gold),
        all10=float(len(found) == len(gold)),
    )


def _squeezed(text: str) -> str:
    return "".join(text.split())
