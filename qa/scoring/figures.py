"""The figures of a run: each metric over the cases that bear on it, with its 95 % interval (seeded bootstrap).

What is made from other metrics, and the area under risk, are worked out anew in each sample of cases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qa.evaluation import Case, Figure
from qa.metrics import area_under_risk, interval
from qa.metrics.certainty import between, drawn
from qa.metrics.made import MADE, RISK, bears, sampler
from qa.metrics.named import METRICS, Named


def figures(cases: Sequence[Case]) -> tuple[Figure, ...]:
    """All metrics in the order of reports; those that only a model gives, where one gave them."""
    made = (_figure(metric, cases) for metric in METRICS.values())
    return tuple(figure for figure in made if figure.n or not METRICS[figure.metric].judged)


def _figure(metric: Named, cases: Sequence[Case]) -> Figure:
    if metric.name == RISK:
        return _risk(cases)
    if metric.of:
        return _made(metric, cases)
    values = [case.scores[metric.name] for case in cases if metric.name in case.scores]
    if not values:
        return Figure(metric.name, None, None, None, 0)
    found = interval(values)
    return Figure(metric.name, found.value, found.low, found.high, found.n)


def _risk(cases: Sequence[Case]) -> Figure:
    metric = METRICS[RISK]
    pointed = [(case.confidence, case.right, case) for case in cases]
    points = [(sure, right, case) for sure, right, case in pointed if sure is not None and right is not None]
    area = area_under_risk([(sure, right) for sure, right, _ in points])
    if area is None:
        return Figure(RISK, None, None, None, 0)
    ordered = [case for *_, case in sorted(points, key=lambda point: -point[0])]
    return Figure(RISK, area, *_interval(metric, ordered), len(points))


def _interval(metric: Named, cases: Sequence[Case]) -> tuple[float, float]:
    sample = sampler(metric, cases)
    return between(np.concatenate([sample(counts) for counts in drawn(len(cases))]))


def _made(metric: Named, cases: Sequence[Case]) -> Figure:
    """A metric made from the means of others; none where one of those is none."""
    bearing = [case for case in cases if bears(metric, case)]
    values = [[case.scores[name] for case in bearing if name in case.scores] for name in metric.of]
    if not all(values):
        return Figure(metric.name, None, None, None, 0)
    value = MADE[metric.name]([np.asarray(math.fsum(of_one) / len(of_one)) for of_one in values])
    return Figure(metric.name, float(value), *_interval(metric, bearing), len(bearing))
