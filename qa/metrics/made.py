"""Metrics that are no mean over cases, in each of many samples of the cases: the area under risk, and what is made from
the means of other metrics."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from qa.evaluation import Case
from qa.metrics.named import Named

RISK = "abstention.risk_area"
Sampler = Callable[[np.ndarray], np.ndarray]
"""How often each case is in each sample, shape (samples, cases), to the metric in each sample; NaN where none is."""


def bears(metric: Named, case: Case) -> bool:
    """Whether a case counts for a metric that is no mean."""
    if metric.name == RISK:
        return case.confidence is not None and case.right is not None
    return any(name in case.scores for name in metric.of)


def sampler(metric: Named, cases: Sequence[Case]) -> Sampler:
    """The metric over samples of these cases, at least one, all of which bear on it."""
    return _risk(cases) if metric.name == RISK else _of_means(metric, cases)


def _risk(cases: Sequence[Case]) -> Sampler:
    told = np.array([(case.confidence, not case.right) for case in cases], dtype=float)
    order = np.argsort(-told[:, 0], kind="stable")
    sure, wrong = told[order].T
    last = np.append(np.flatnonzero(np.diff(sure)), len(sure) - 1)  # equally sure cases come at one point

    def areas(counts: np.ndarray) -> np.ndarray:
        ordered = counts[:, order]
        covered, missed = ordered.cumsum(axis=1)[:, last], (ordered * wrong).cumsum(axis=1)[:, last]
        steps = np.diff(covered, axis=1, prepend=0) / covered[:, -1:]
        return np.asarray((steps * (missed / np.maximum(covered, 1))).sum(axis=1))

    return areas


def _of_means(metric: Named, cases: Sequence[Case]) -> Sampler:
    table = np.array([[case.scores.get(name, math.nan) for name in metric.of] for case in cases], dtype=float)
    there = ~np.isnan(table)
    filled, weights, make = np.where(there, table, 0.0), there.astype(float), MADE[metric.name]

    def made(counts: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore"):  # a sample without a case of one kind has no value
            return make(list(((counts @ filled) / (counts @ weights)).T))

    return made


def _mean(values: Sequence[np.ndarray]) -> np.ndarray:
    return np.asarray(sum(values) / len(values))


def _harmonic(values: Sequence[np.ndarray]) -> np.ndarray:
    one, other = values
    total = one + other
    return np.asarray(np.where(total > 0, 2 * one * other / np.where(total > 0, total, 1.0), 0.0))


MADE: dict[str, Callable[[Sequence[np.ndarray]], np.ndarray]] = {
    "verification.balanced_accuracy": _mean,
    "grouping.f1": _harmonic,
}
"""How metrics are made from the means of those they are ``of``."""
