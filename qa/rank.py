"""Ranking: the candidates of both indexes in one order, by what was measured to help (docs/retrieval.md).

Scores are min-max normalised per index and mixed half and half (convex combination; Bruch, Gai and Ingber 2023, arXiv
2210.11934). Three priors come on top: how much of the question the passage holds and how close together, how new the
article is, and whether it is of the source, or of the day, that the question names.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

DEPTH = 100
"""Candidates taken from each index."""
READ = 15
"""Candidates whose words are read."""
_MEANING = 0.5
"""Weight of meaning against words."""
_COVERED = 0.2
"""Weight of the question's words in the passage, and once more of those within a stretch of it."""
_STRETCH = 25
"""Words of a stretch."""
_NEW = 0.3
_FADES = 30
"""Days after which the weight of newness has fallen to 1/e."""
_NAMED = 0.1
"""Weight of being from a source, or of a day, that the question names."""
_PRIOR_PASSAGES = 200
"""Passages without the word that are added where it is asked how rare a word is."""
_MOST = 1.0 + 2 * _COVERED + _NEW + 2 * _NAMED

Scored = Sequence[tuple[int, float]]
"""Passage numbers and scores, best first."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a passage comes from, as far as ranking asks."""

    day: int | None
    """Ordinal of the day of publication."""
    source: str
    """Case folded."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names beside its matter."""

    as_of: date
    sources: frozenset[str] = frozenset()
    """Case folded."""
    day: date | None = None


def fuse(by_words: Scored, by_meaning: Scored) -> dict[int, float]:
    """Fused score in [0, 1] of every candidate of either list."""
    fused: dict[int, float] = {}
    for weight, scored in ((1.0 - _MEANING, by_words), (_MEANING, by_meaning)):
        for number, score in _min_max(scored):
            fused[number] = fused.get(number, 0.0) + weight * score
    return fused


def _min_max(scored: Scored) -> list[tuple[int, float]]:
    """Scores in [0, 1], by the range of the first candidates, so that asking for more changes nothing before them."""
    if not scored:
        return []
    first = [score for _, score in scored[:DEPTH]]
    low, high = min(first), max(first)
    spread = high - low
    return [(number, max(0.0, (score - low) / spread) if spread > 0 else 1.0) for number, score in scored]


def with_priors(fused: Mapping[int, float], origins: Mapping[int, Origin], named: Named) -> dict[int, float]:
    """Fused scores with newness and named source and day, in [0, 1], best first, ties by number."""
    scores = {number: score + _prior(origins.get(number), named) for number, score in fused.items()}
    return _in_order({number: score / _MOST for number, score in scores.items()})


def _prior(origin: Origin | None, named: Named) -> float:
    if origin is None:
        return 0.0
    prior = _NAMED * (origin.source in named.sources)
    if origin.day is not None:
        prior += _NEW * math.exp(-max(0, named.as_of.toordinal() - origin.day) / _FADES)
        prior += _NAMED * (named.day is not None and origin.day == named.day.toordinal())
    return prior


def with_coverage(scores: Mapping[int, float], covered: Mapping[int, tuple[float, float]]) -> dict[int, float]:
    """Scores with what the passages read hold of the question (whole, in one stretch), best first.

    A passage that was not read counts like the one that holds least.
    """
    held = {number: _COVERED * (whole + close) / _MOST for number, (whole, close) in covered.items()}
    least = min(held.values(), default=0.0)
    return _in_order({number: score + held.get(number, least) for number, score in scores.items()})


def in_turns(orders: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Candidates with their scores: the best for the first part of a question, the best for the second, and so on, so
    that each part gets its share."""
    ranked: dict[int, float] = {}
    for turn in zip_longest(*(order.items() for order in orders)):
        for pair in turn:
            if pair is not None:
                ranked.setdefault(*pair)
    return ranked


def _in_order(scores: Mapping[int, float]) -> dict[int, float]:
    return dict(sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))


def coverage(weights: Mapping[str, float], header: Iterable[str], stems: Sequence[str]) -> tuple[float, float]:
    """Weighted share of a question's stems in a passage with its header, and in the best stretch of the passage.

    ``weights`` are those of the question's stems, ``stems`` the passage's in order.
    """
    total = sum(weights.values())
    if not total:
        return 0.0, 0.0
    at = [(place, word) for place, word in enumerate(stems) if word in weights]
    held = {word for _, word in at} | {word for word in header if word in weights}
    return sum(weights[word] for word in held) / total, _closest(weights, at) / total


def _closest(weights: Mapping[str, float], at: Sequence[tuple[int, str]]) -> float:
    """Weight of the different words within the heaviest stretch; ``at`` are the words' places, ascending."""
    inside: dict[str, int] = {}
    best = weight = 0.0
    first = 0
    for place, word in at:
        if not inside.get(word):
            weight += weights[word]
        inside[word] = inside.get(word, 0) + 1
        while at[first][0] <= place - _STRETCH:
            left = at[first][1]
            inside[left] -= 1
            if not inside[left]:
                weight -= weights[left]
            first += 1
        best = max(best, weight)
    return best


def rarity(frequencies: Mapping[str, int], passages: int) -> dict[str, float]:
    """Inverse document frequency of each word in [0, 1], 1.0 for one that stands in no passage.

    A small library says little about which words are rare: some passages without the word are added. A frequency may
    count passages that were removed since.
    """
    total = passages + _PRIOR_PASSAGES
    return {word: math.log(total / (1 + min(count, passages))) / math.log(total) for word, count in frequencies.items()}
