"""What abstention is worth: the risk that is left at each coverage (El-Yaniv and Wiener 2010; Geifman et al. 2019)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """When only the surest are answered: what share that is, and what share of these is wrong."""

    coverage: float
    risk: float


def risk_coverage(outcomes: Sequence[tuple[float, bool]]) -> list[RiskPoint]:
    """The curve of cases as (how sure, whether right), the surest first; cases equally sure come at one point."""
    points, wrong = [], 0
    ordered = sorted(outcomes, key=lambda outcome: -outcome[0])
    for n, (sure, right) in enumerate(ordered, 1):
        wrong += not right
        if n == len(ordered) or ordered[n][0] != sure:
            points.append(RiskPoint(n / len(ordered), wrong / n))
    return points


def area_under_risk(outcomes: Sequence[tuple[float, bool]]) -> float | None:
    """Area under the curve in [0, 1], each case weighing the same; None without cases. Less is better."""
    if not outcomes:
        return None
    points = risk_coverage(outcomes)
    before = [0.0, *(point.coverage for point in points)]
    return math.fsum((point.coverage - start) * point.risk for start, point in zip(before, points, strict=False))
