"""Retrieval measured by passages that hold gold sentences, and how sure a mean is: ``qa.metrics``, under the names that
scripts have for it. Intervals: percentile bootstrap over the questions, seeded."""

from __future__ import annotations

from collections.abc import Sequence

from qa.metrics import FactScore as Marks
from qa.metrics import Interval as Mean
from qa.metrics import fact_score as marks
from qa.metrics import interval as mean
from qa.metrics.certainty import RESAMPLES, SEED

__all__ = ["RESAMPLES", "SEED", "TOP", "Marks", "Mean", "difference", "marks", "mean"]

TOP = 10


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Mean:
    """Mean of ``ours`` minus ``theirs``, paired by question, with its interval. Raises ValueError on two lengths."""
    return mean([one - other for one, other in zip(ours, theirs, strict=True)])
