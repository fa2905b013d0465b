"""The extractive writer: the sentences of the found articles that answer a question, quoted as they stand.

Every sentence of the articles whose passages were found gets a few features that reading gives (how much of the
question it and its surroundings carry, how well its passage and its article were found, how new that is, whether it
offers the kind of thing that was asked for and is new against the question), and from them a first score. The meaning
of the best is compared with the question's, and a logistic regression over both tells the probability of answering.
Weights: ``scripts/fit_extract.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from heapq import heappush, heappushpop
from operator import mul
from typing import TYPE_CHECKING

from qa.asked import Asked, Kind, WeightFn
from qa.lines import reading
from qa.placed import Place
from qa.sentences import Span
from qa.types import Hit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


EmbedFn = Callable[[str], "NDArray[np.float32]"]
FEATURES = (
    "covered", "near", "names", "passage", "article", "kind", "fits", "position", "recent", "short", "new", "wanted",
    "cosine",
)  # fmt: skip
FIRST = (3.55, 1.91, 0.26, 2.64, 1.56, 1.8, 1.0, 1.4, 1.47, -0.38, 1.0, 0.36, 0.0)
"""Weights of the first order, before any meaning is compared."""
WEIGHTS = (2.22, 1.68, 0.57, 1.7, 0.79, 1.65, 0.89, 1.1, 1.41, -0.29, 0.5, 0.32, 2.13)
"""Weights of the order that counts (a softmax over the sentences of a question)."""
CERTAINTY = (-8.3, 0.52, 0.46, 0.2, 0.47, 5.15, 0.73, 0.6, 0.64, 0.0, -1.03, 0.62, 0.37, 2.46)
"""Bias and weights of the probability that a sentence answers (logistic). Age says nothing of that: 0."""
OF_DEED = 1.0
"""How much higher a sentence ranks that tells what the question says was done."""
MOST_ARTICLES = 10
"""Articles whose sentences are read: those of the best hits."""
EMBEDDED = 40
"""Sentences whose meaning is compared: the best by everything else."""
_LATE = ("kind", "fits", "new")
"""Features that take long to read, none more than 1.0."""
_READ_LATE = sum(max(0.0, weight) for name, weight in zip(FEATURES, FIRST, strict=True) if name in _LATE)
"""What they can add to the first score."""
_ROUNDED = 1e-9
"""By how much sums in another order may differ."""


_Read = tuple[int, Place, tuple[float, ...]]
"""A sentence, with the index of its article's best hit before it and its features behind."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: where it stands, its features, and its probability of answering."""

    hit: int
    """Index of the best hit of its article."""
    n: int
    """Which sentence of its article's ``reading``."""
    span: Span
    """Position in the article's text."""
    text: str
    features: tuple[float, ...]
    probability: float
    """How sure it is to answer, whatever its age."""
    rank: float
    """What sentences of one question are ordered by; newer before older."""
    possible: bool
    """Whether nothing rules it out: it has a number or a day where one is asked for, and the right person speaks."""
    tells: bool = False
    """Whether it tells what the question says was done, with the kind of thing that is asked for."""


def candidates(
    question: str, hits: Sequence[Hit], embed: EmbedFn, weigh: WeightFn, as_of: date | None
) -> list[Candidate]:
    """The sentences of the hits' articles that read most like an answer to ``question``, best first, forty at most.

    ``as_of`` turns recency on (leave it out where the question has its own window). That ranks sentences, and says
    nothing of whether any of them answers.
    """
    asked = Asked.of(question, weigh)
    first = _first(asked, _places(asked, hits, as_of))
    if not first:
        return []
    meant = embed(question)
    found = [
        _candidate(asked, hits[hit], hit, place, (*features[:-1], float(meant @ embed(place.text))))
        for hit, place, features in first
    ]
    return sorted(found, key=lambda one: (-one.rank, one.hit, one.span.start))


def _first(asked: Asked, places: Iterable[_Read]) -> list[_Read]:
    """The best of ``places`` that can be quoted before any meaning is compared, best first, all their features read.
    What takes long to read of a sentence is read as long as it can bring one among them."""
    hoped = sorted(
        ((_sum(FIRST, features) + _READ_LATE, hit, place, features) for hit, place, features in places),
        key=lambda one: -one[0],
    )
    found: list[tuple[float, int, int, _Read]] = []
    least: list[float] = []
    for most, hit, place, early in hoped:
        if len(least) == EMBEDDED and most < least[0] - _ROUNDED:
            break
        if not place.line.stands:
            continue
        features = _with_late(asked, place, early)
        score = _sum(FIRST, features)
        found.append((-score, hit, place.n, (hit, place, features)))
        (heappushpop if len(least) == EMBEDDED else heappush)(least, score)
    return [one[3] for one in sorted(found, key=lambda one: one[:3])[:EMBEDDED]]


def _places(asked: Asked, hits: Sequence[Hit], as_of: date | None) -> Iterator[_Read]:
    """Each different sentence of the articles of the best hits, with the index of its article's best hit and its
    features, those that take long not yet read and the meaning not yet compared."""
    held = cache(asked.held)
    of_article: dict[str, list[int]] = {}
    for number, hit in enumerate(hits):
        if hit.article.id in of_article or len(of_article) < MOST_ARTICLES:
            of_article.setdefault(hit.article.id, []).append(number)
    seen: set[str] = set()
    for own in of_article.values():
        best = hits[own[0]]
        recent = _freshness(best, as_of)
        for place in asked.read(reading(best.article.title, best.article.text)):
            if place.text not in seen:
                seen.add(place.text)
                passage = _score(place.line.span, [hits[number] for number in own])
                share = held(place.here), held(place.near)
                yield own[0], place, _features(asked, place, share, (passage, best.score, recent))


def _score(span: Span, hits: Iterable[Hit]) -> float:
    """Score of the hit in whose passage a sentence begins; 0.0 where that passage was not found."""
    return next((hit.score for hit in hits if hit.passage.start <= span.start < hit.passage.end), 0.0)


def _freshness(hit: Hit, as_of: date | None) -> float:
    """1.0 on the day, falling by 1/e a week; 0.0 where recency is off or the article undated."""
    published = hit.article.published
    return math.exp(-max(0, (as_of - published.day).days) / 7) if as_of and published else 0.0


def _features(
    asked: Asked, place: Place, held: tuple[float, float], found: tuple[float, float, float]
) -> tuple[float, ...]:
    """The features, in the order of ``FEATURES``, with 0 for the ``_LATE`` and the cosine."""
    passage, article, recent = found
    return (
        *held,
        asked.named(place),
        passage,
        article,
        0.0,
        0.0,
        math.exp(-place.n / 10),
        recent,
        float(len(place.text) < 40),
        0.0,
        float(bool(asked.wanted & place.here)),
        0.0,
    )


def _with_late(asked: Asked, place: Place, features: tuple[float, ...]) -> tuple[float, ...]:
    kind, fits, new = float(asked.offers(place)), float(asked.fits(place)), asked.new_names(place)
    return (*features[:5], kind, fits, *features[7:10], new, *features[11:])


def _candidate(asked: Asked, best: Hit, hit: int, place: Place, features: tuple[float, ...]) -> Candidate:
    probability = 1.0 / (1.0 + math.exp(-CERTAINTY[0] - _sum(CERTAINTY[1:], features)))
    deed = asked.tells_deed(place)
    rank = _sum(WEIGHTS, features) + OF_DEED * deed
    tells = deed and (asked.kind is Kind.PERSON or asked.offers(place))
    published = best.article.published
    possible = asked.is_of_year(place, published.day if published else None) and asked.can_answer(place)
    return Candidate(hit, place.n, place.line.span, place.text, features, probability, rank, possible, tells)


def _sum(weights: Sequence[float], features: Sequence[float]) -> float:
    total: float = sum(map(mul, weights, features))
    return total
