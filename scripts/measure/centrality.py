"""LexRank and TextRank, to compare with: sentences ranked by how much they resemble the others of their text.

LexRank (Erkan and Radev 2004, JAIR 22): TF-IDF cosine, edges from 0.1. TextRank (Mihalcea and Tarau 2004): shared words
over the logarithms of both lengths. Both take the stationary vector of a walk that goes on with 0.85.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.facts import stem, tokens

_DAMPING = 0.85
_EDGE_FROM = 0.1
_STEPS = 100


def lexrank(sentences: Sequence[str], most: int) -> list[int]:
    """Places of the ``most`` sentences that LexRank puts first, in the order of the text."""
    counts = [Counter(_words(sentence)) for sentence in sentences]
    holding = Counter(word for count in counts for word in count)
    idf = {word: math.log(len(counts) / held) + 1 for word, held in holding.items()}
    order = {word: n for n, word in enumerate(holding)}
    weights = np.zeros((len(counts), max(1, len(order))))
    for n, count in enumerate(counts):
        for word, times in count.items():
            weights[n, order[word]] = times * idf[word]
    norms = np.linalg.norm(weights, axis=1)
    weights /= np.where(norms > 0, norms, 1)[:, None]
    return _first(np.where(weights @ weights.T > _EDGE_FROM, 1.0, 0.0), most)


def textrank(sentences: Sequence[str], most: int) -> list[int]:
    """The same by TextRank."""
    words = [set(_words(sentence)) for sentence in sentences]
    edges = np.zeros((len(words), len(words)))
    for i, one in enumerate(words):
        for j, other in enumerate(words[:i]):
            if len(one) > 1 and len(other) > 1:
                edges[i, j] = edges[j, i] = len(one & other) / (math.log(len(one)) + math.log(len(other)))
    return _first(edges, most)


def _words(sentence: str) -> list[str]:
    return [stem(word.folded) for word in tokens(sentence)]


def _first(edges: NDArray[np.float64], most: int) -> list[int]:
    if not (count := len(edges)):
        return []
    out = edges.sum(axis=1)
    walk = np.where(out[:, None] > 0, edges / np.where(out > 0, out, 1)[:, None], 1 / max(count, 1))
    rank = np.full(count, 1 / max(count, 1))
    for _ in range(_STEPS):
        rank = (1 - _DAMPING) / count + _DAMPING * (walk.T @ rank)
    best = sorted(range(count), key=lambda n: (-round(float(rank[n]), 12), n))[:most]
    return sorted(best)
