"""How sure a mean is, and whether two runs differ: seeded bootstrap, McNemar's test.

Intervals are percentile bootstrap (Efron 1979) over cases; McNemar's test (1947) is the exact binomial one. Equal input
gives equal figures to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

SEED = 20260205
RESAMPLES = 10_000
BOOTSTRAP = "paired bootstrap"
SURE_FROM = 0.05
"""A p-value below this is evidence of a difference."""
_AT_ONCE = 4_000_000
"""Draws that are held at once."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over ``n`` cases with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the same cases: the mean difference with its interval, and how it was tested."""

    difference: Interval
    p: float
    """The chance of a difference this large if there were none."""
    test: str
    better: int
    """Cases that came out better."""
    worse: int

    @property
    def evident(self) -> bool:
        """Whether there is evidence of a difference."""
        return self.p < SURE_FROM


def interval(values: Sequence[float]) -> Interval:
    """The mean of ``values``, of one case each (at least one), with its interval."""
    sample = np.asarray(values, dtype=float)
    low, high = (float(one) for one in np.percentile(_resampled(sample), [2.5, 97.5]))
    return Interval(math.fsum(values) / len(values), low, high, len(values))


def _resampled(sample: np.ndarray) -> np.ndarray:
    """Means of ``RESAMPLES`` samples drawn with replacement."""
    drawing = np.random.default_rng(SEED)
    rows = max(1, _AT_ONCE // len(sample))
    counts = [min(rows, RESAMPLES - start) for start in range(0, RESAMPLES, rows)]
    return np.concatenate([sample[drawing.integers(0, len(sample), (n, len(sample)))].mean(axis=1) for n in counts])


def mcnemar(better: int, worse: int) -> float:
    """p-value of the exact test, two-sided, of cases that went from wrong to right and from right to wrong."""
    flipped = better + worse
    if not flipped:
        return 1.0
    tail = sum(math.comb(flipped, k) for k in range(min(better, worse) + 1))
    return min(1.0, float(2 * tail / 2**flipped))


def compared(before: Sequence[float], now: Sequence[float]) -> Comparison:
    """Two runs, paired by case: McNemar's test where every value is 0 or 1, a paired bootstrap otherwise.

    Raises ValueError on two lengths, or without cases.
    """
    changes = [after - first for first, after in zip(before, now, strict=True)]
    if not changes:
        raise ValueError("no cases to compare")
    better, worse = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
    counts = {*before, *now} <= {0.0, 1.0}
    test = "McNemar's exact test" if counts else BOOTSTRAP
    if not better and not worse:
        return Comparison(Interval(0.0, 0.0, 0.0, len(changes)), 1.0, test, 0, 0)
    means = _resampled(np.asarray(changes, dtype=float))
    low, high = (float(one) for one in np.percentile(means, [2.5, 97.5]))
    difference = Interval(math.fsum(changes) / len(changes), low, high, len(changes))
    p = mcnemar(better, worse) if counts else max(beyond(means), least_p(better + worse))
    return Comparison(difference, p, test, better, worse)


def least_p(changed: int) -> float:
    """The least p-value that ``changed`` cases can give, two-sided: that all of them changed the same way by chance. A
    bootstrap of a few cases knows nothing of others, and would call any change of one evident."""
    return min(1.0, 2.0 ** (1 - changed))


def beyond(differences: np.ndarray) -> float:
    """p-value of a bootstrap: twice the share of resampled ``differences`` (those that are none left out) that lie on
    the other side of zero, the sample itself counted once."""
    other = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return min(1.0, 2 * (other + 1) / (int((~np.isnan(differences)).sum()) + 1))


def drawn(n: int) -> Iterator[np.ndarray]:
    """How often each of ``n`` cases is in a sample drawn with replacement: ``RESAMPLES`` samples, some rows at once."""
    drawing = np.random.default_rng(SEED)
    rows = max(1, _AT_ONCE // n)
    for start in range(0, RESAMPLES, rows):
        yield drawing.multinomial(n, np.full(n, 1.0 / n), min(rows, RESAMPLES - start))


def between(values: np.ndarray) -> tuple[float, float]:
    """The 95 % interval of resampled ``values``, those that are none left out."""
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)
