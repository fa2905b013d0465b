"""The figures of a run: each metric over the cases that bear on it, with its 95 % interval (seeded bootstrap).

What is made from other metrics, and the area under risk, are worked out anew in each sample of cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from qa.evaluation import Case, Figure
from qa.metrics import area_under_risk, interval
from qa.metrics.certainty import between, drawn
from qa.metrics.named import METRICS, Named

_RISK = "abstention.risk_area"
_Counts = np.ndarray
"""How often each case is in each sample, shape (samples, cases)."""


def figures(cases: Sequence[Case]) -> tuple[Figure, ...]:
    """All metrics in the order of reports; those that only a model gives, where one gave them."""
    made = (_figure(metric, cases) for metric in METRICS.values())
    return tuple(figure for figure in made if figure.n or not METRICS[figure.metric].judged)


def _figure(metric: Named, cases: Sequence[Case]) -> Figure:
    if metric.name == _RISK:
        return _risk(cases)
    if metric.of:
        return _made(metric, cases)
    values = [case.scores[metric.name] for case in cases if metric.name in case.scores]
    if not values:
        return Figure(metric.name, None, None, None, 0)
    found = interval(values)
    return Figure(metric.name, found.value, found.low, found.high, found.n)


def _risk(cases: Sequence[Case]) -> Figure:
    points = [(c.confidence, c.right) for c in cases if c.confidence is not None and c.right is not None]
    area = area_under_risk(points)
    if area is None:
        return Figure(_RISK, None, None, None, 0)
    ordered = sorted(points, key=lambda point: -point[0])
    sure, wrong = np.array([one for one, _ in ordered]), np.array([not right for _, right in ordered], dtype=float)
    last = np.append(np.flatnonzero(np.diff(sure)), len(sure) - 1)  # equally sure cases come at one point
    low, high = between(np.concatenate([_areas(counts, wrong, last) for counts in drawn(len(points))]))
    return Figure(_RISK, area, low, high, len(points))


def _areas(counts: _Counts, wrong: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The area under risk in each sample, of cases ordered by how sure they are."""
    covered, missed = counts.cumsum(axis=1)[:, last], (counts * wrong).cumsum(axis=1)[:, last]
    risk = missed / np.maximum(covered, 1)
    steps = np.diff(covered, axis=1, prepend=0) / covered[:, -1:]
    return np.asarray((steps * risk).sum(axis=1))


def _mean(values: Sequence[np.ndarray]) -> np.ndarray:
    return np.asarray(sum(values) / len(values))


def _harmonic(values: Sequence[np.ndarray]) -> np.ndarray:
    one, other = values
    total = one + other
    return np.asarray(np.where(total > 0, 2 * one * other / np.where(total > 0, total, 1.0), 0.0))


_MADE: dict[str, Callable[[Sequence[np.ndarray]], np.ndarray]] = {
    "verification.balanced_accuracy": _mean,
    "grouping.f1": _harmonic,
}
"""How metrics are made from those they are ``of``."""


def _made(metric: Named, cases: Sequence[Case]) -> Figure:
    """A metric made from the means of others; none where one of those is none."""
    bearing = [case for case in cases if any(name in case.scores for name in metric.of)]
    table = np.array([[case.scores.get(name, math.nan) for name in metric.of] for case in bearing], dtype=float)
    if not bearing or np.isnan(table).all(axis=0).any():
        return Figure(metric.name, None, None, None, 0)
    make = _MADE[metric.name]
    there = ~np.isnan(table)
    sums = [math.fsum(case.scores[name] for case in bearing if name in case.scores) for name in metric.of]
    value = make([np.asarray(total / n) for total, n in zip(sums, there.sum(axis=0), strict=True)])
    filled, weights = np.where(there, table, 0.0), there.astype(float)
    with np.errstate(invalid="ignore"):  # a sample without a case of one kind has no value
        samples = [make(list(((counts @ filled) / (counts @ weights)).T)) for counts in drawn(len(bearing))]
    return Figure(metric.name, float(value), *between(np.concatenate(samples)), len(bearing))
