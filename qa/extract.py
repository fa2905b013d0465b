"""The extractive writer: the sentences of the found passages that answer a question, quoted as they stand.

Each sentence gets a few features (how much of the question it and its surroundings carry, how near its meaning is, how
well its passage was found, whether it offers the kind of thing that was asked for and is new against the question) and
a probability of answering from them (logistic regression; weights from ``scripts/fit_extract.py``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from qa.facts import tokens
from qa.neighbours import following
from qa.question import Asked, Place, WeightFn, Words
from qa.sentences import Span, is_glued, sentence_spans, trimmed
from qa.types import Hit, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


EmbedFn = Callable[[str], "NDArray[np.float32]"]
FEATURES = (
    "bias",
    "covered",
    "around",
    "names",
    "names_here",
    "cosine",
    "score",
    "kind",
    "lead",
    "recent",
    "short",
    "fits",
)
WEIGHTS = (-4.85, 0.80, 0.10, 0.50, -0.20, 1.95, 1.85, 0.50, 0.50, 0.70, -1.30, 0.25)
_EMBEDDED = 40
"""Sentences whose meaning is compared: the best by everything else."""
_BEFORE = 2
_POINTER = re.compile(r"(?:more|read more|related|see also|watch|listen|gallery|photos?|graphics?)\s*:", re.I)
"""How lines begin that point at another article."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer: where it stands, its features (without bias), and its probability of answering."""

    hit: int
    """Index of its passage among the hits."""
    span: Span
    """Position in the article's text."""
    text: str
    features: tuple[float, ...]
    probability: float
    """How sure it is to answer, whatever its age."""
    rank: float
    """What sentences are ordered by: the same, and newer before older."""
    possible: bool
    """Whether nothing rules it out: it has a number or a day where one is asked for, and the right person speaks."""


def candidates(
    question: str, hits: Sequence[Hit], embed: EmbedFn, weigh: WeightFn, as_of: date | None
) -> list[Candidate]:
    """Every sentence of the hits with its probability of answering ``question``, best first.

    ``as_of`` turns recency on (leave it out where the question has its own window): how much older than the freshest
    hit an article is. That ranks sentences, and says nothing of whether any of them answers.
    """
    asked = Asked.of(question, weigh)
    freshest = max((_freshness(hit, as_of) for hit in hits), default=0.0)
    found: list[Candidate] = []
    seen: set[str] = set()
    words: dict[str, Words] = {}
    around = _surroundings(hits)
    for number, hit in enumerate(hits):
        article = hit.article
        if article.id not in words:
            words[article.id] = Words.of(f"{article.title}\n{article.text}")
        for position, (first, span, last) in enumerate(around[number]):
            text = article.text[span.start : span.end]
            if not is_sentence(text) or text in seen:
                continue
            seen.add(text)
            before, after = article.text[first : span.start], article.text[span.end : last]
            place = Place(article.title, text, before, after, words[article.id])
            features = _features(asked, place, hit, position, _freshness(hit, as_of) - freshest)
            found.append(Candidate(number, span, text, features, 0.0, 0.0, asked.can_answer(place)))
    return _with_meaning(question, found, embed)


def _surroundings(hits: Sequence[Hit]) -> list[list[tuple[int, Span, int]]]:
    """For each hit its sentences as positions in the article, each with where the two before it begin and where the
    one after it ends: in its passage, or in the neighbouring one when that was found too."""
    sentences = [_sentences(hit.passage) for hit in hits]
    after = following(hits)
    before = {second: first for first, second in after.items()}
    found = []
    for number, own in enumerate(sentences):
        earlier = sentences[before[number]][-_BEFORE:] if number in before else []
        later = sentences[after[number]][:1] if number in after else []
        spans = [*earlier, *own, *later]
        found.append(
            [
                (spans[max(0, at - _BEFORE)].start, span, spans[min(len(spans) - 1, at + 1)].end)
                for at, span in enumerate(own, len(earlier))
            ]
        )
    return found


def _sentences(passage: Passage) -> list[Span]:
    spans = (trimmed(passage.text, span) for span in sentence_spans(passage.text))
    return [Span(passage.start + span.start, passage.start + span.end) for span in spans]


def _freshness(hit: Hit, as_of: date | None) -> float:
    """1.0 on the day, falling by 1/e a week; 0.0 where recency is off or the article undated."""
    published = hit.article.published
    return math.exp(-max(0, (as_of - published.day).days) / 7) if as_of and published else 0.0


def _features(asked: Asked, place: Place, hit: Hit, position: int, recent: float) -> tuple[float, ...]:
    return (
        asked.share(place.text),
        asked.share(place.around),
        asked.named(place.around),
        asked.named(place.text),
        0.0,
        hit.score,
        float(asked.offers(place)),
        float(hit.passage.n == 0 and position < 3),
        recent,
        float(len(place.text) < 40),
        float(asked.fits(place)),
    )


def _with_meaning(question: str, found: Sequence[Candidate], embed: EmbedFn) -> list[Candidate]:
    """Probabilities for all; the meaning of the best forty is compared with the question's."""
    cosine, recent = FEATURES.index("cosine") - 1, FEATURES.index("recent") - 1
    first = sorted(found, key=lambda c: (-_logit(c.features), c.hit, c.span.start))
    asked = embed(question)
    scored = []
    for place, candidate in enumerate(first):
        features = list(candidate.features)
        features[cosine] = float(asked @ embed(candidate.text)) if place < _EMBEDDED else 0.0
        rank = _logit(features)
        sure = rank - WEIGHTS[recent + 1] * features[recent]
        probability = 1.0 / (1.0 + math.exp(-sure))
        scored.append(replace(candidate, features=tuple(features), probability=probability, rank=rank))
    return sorted(scored, key=lambda c: (-c.rank, c.hit, c.span.start))


def _logit(features: Sequence[float]) -> float:
    return WEIGHTS[0] + sum(weight * value for weight, value in zip(WEIGHTS[1:], features, strict=True))


def is_sentence(text: str) -> bool:
    """Whether a stretch can stand as an answer: some words, at least one in lower case, no question, no links."""
    words = tokens(text)
    if text.rstrip(' "”’)').endswith("?") or _POINTER.match(text) or is_glued(text):
        return False
    return len(words) >= 4 and len(text) <= 900 and any(token.surface[:1].islower() for token in words)
