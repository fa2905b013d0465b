"""Retrieval measured by passages that hold gold sentences, and how sure a mean is.

Hits@10, Hits@4, MAP@10 and MRR@10 as MultiHop-RAG defines them (Tang and Yang 2024, arXiv 2401.15391): a passage is a
hit when it holds any gold fact, white space aside; MAP counts at each rank only the facts newly found there, and
divides by the number of facts, ten at most. Beside them: the share of the facts found among the ten, and whether all
were. Intervals: percentile bootstrap over the questions, seeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20260205
RESAMPLES = 10_000
TOP = 10


@dataclass(frozen=True, slots=True)
class Marks:
    """How one question came out, each in [0, 1]."""

    hits10: float
    hits4: float
    map10: float
    mrr10: float
    recall10: float
    all10: float
    """1 when every fact stands in one of the ten."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over ``n`` questions with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def marks(passages: Sequence[str], facts: Sequence[str]) -> Marks:
    """Marks of the passages found, best first, for a question with these gold ``facts`` (at least one)."""
    gold = [_squeezed(fact) for fact in facts]
    found: list[str] = []
    first = 0
    precision = 0.0
    for rank, passage in enumerate(map(_squeezed, passages[:TOP]), 1):
        held = [fact for fact in gold if fact in passage]
        if held and not first:
            first = rank
        new = [fact for fact in dict.fromkeys(held) if fact not in found]
        found += new
        precision += len(new) / rank
    return Marks(
        hits10=float(first > 0),
        hits4=float(0 < first <= 4),
        map10=precision / min(len(gold), TOP),
        mrr10=1.0 / first if first else 0.0,
        recall10=len(found) / len(set(gold)),
        all10=float(len(found) == len(set(gold))),
    )


def mean(values: Sequence[float]) -> Mean:
    """Mean with its interval; ``values`` are of one question each, and there is at least one."""
    sample = np.asarray(values, dtype=float)
    drawn = np.random.default_rng(SEED).integers(0, len(sample), (RESAMPLES, len(sample)))
    low, high = np.percentile(sample[drawn].mean(axis=1), [2.5, 97.5])
    return Mean(float(sample.mean()), float(low), float(high), len(sample))


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Mean:
    """Mean of ``ours`` minus ``theirs``, paired by question, with its interval. Raises ValueError on two lengths."""
    return mean([one - other for one, other in zip(ours, theirs, strict=True)])


def _squeezed(text: str) -> str:
    return "".join(text.split())
