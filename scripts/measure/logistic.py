"""Logistic regression by Newton's method with a ridge, and the figures of a score against what is true."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def fit(x: Floats, y: Bools, *, ridge: float = 1.0, weights: Floats | None = None, steps: int = 50) -> Floats:
    """Weights of the columns of ``x`` (n × f); the first is the constant, which the ridge spares. ``weights`` are the
    rows'. The ridge treats the columns alike, so bring them to one scale before."""
    rows = np.ones(len(y)) if weights is None else weights
    shrink = ridge * np.eye(x.shape[1])
    shrink[0, 0] = 1e-6
    found = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        gradient = x.T @ (rows * (p - y)) + shrink @ found
        curvature = (x * (rows * p * (1 - p))[:, None]).T @ x + shrink
        found = found - np.linalg.solve(curvature, gradient)
    return found


def folds(groups: Floats | NDArray[np.int_], n: int, seed: int) -> NDArray[np.int_]:
    """A fold from 0 to n-1 for each row, the same for all rows of a group."""
    names, at = np.unique(groups, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(names)) % n)[at]


def held_out(
    x: Floats, y: Bools, groups: NDArray[np.int_], *, ridge: float, weights: Floats, seed: int, n: int = 5
) -> Floats:
    """The score of each row by weights that were fitted on the other groups."""
    scores = np.zeros(len(y))
    fold = folds(groups, n, seed)
    for one in range(n):
        here = fold == one
        scores[here] = x[here] @ fit(x[~here], y[~here], ridge=ridge, weights=weights[~here])
    return scores


def area(y: Bools, scores: Floats) -> float:
    """Area under the ROC curve: how often a true one scores higher than a false one, ties half."""
    good, bad = scores[y], scores[~y]
    higher = (good[:, None] > bad[None]).mean() + 0.5 * (good[:, None] == bad[None]).mean()
    return float(higher)


def balanced(y: Bools, passed: Bools) -> float:
    """Balanced accuracy: the mean of the share of true ones passed and of false ones not passed."""
    return float((passed[y].mean() + (~passed[~y]).mean()) / 2)
