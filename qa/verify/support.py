"""How far the evidence carries a claim's words: one number, fitted on people's judgements (``scripts/fit_verify.py``).

What contradicts is no part of it (``contests``, ``opposites``, ``speakers``): a claim can be carried to the last word
and be false. A claim that copies is judged by the sentence that carries it best; one that says things in its own words
by the whole evidence. Which of the two it is, is a matter of degree: the share of its two longest runs.
"""

from __future__ import annotations

import math
from calendar import day_name, month_abbr, month_name
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from qa.aliases import is_told
from qa.facts import Token, numbers, stem
from qa.verify.reading import Line, Read, carried
from qa.verify.runs import runs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MeaningFn = Callable[[str], "NDArray[np.float32]"]
"""Unit vectors of a sentence's word pieces in their context, shape (pieces, dimensions)."""


class Features(NamedTuple):
    """What the support is worked out from."""

    aligned: float
    """How near each word piece of the claim is to its nearest in the sentence that carries it best (and the one before
    it, when a pronoun points there), on average (cosine); without an embedder the weighted share of its words there."""
    longest: float
    """Share of the claim's words in its longest run."""
    sentences: float
    """From how many sentences its runs come; that one and the one its pronoun points at are one."""
    pieces: float
    """Runs of two words or more, for each word of the claim."""
    in_runs: float
    """Share of the words in runs of two or more."""
    unknown: float
    """log(1 + its words that are nowhere in the evidence)."""
    copied: float
    """Share of the words in the two longest runs."""


class Weights(NamedTuple):
    """Log odds of a claim that copies, and of one in its own words; in between, of both in their shares."""

    copies: tuple[float, float, float, float]
    """Constant; aligned, longest, sentences."""
    own_words: tuple[float, float, float, float]
    """Constant; pieces, in_runs, unknown."""


WITH_MEANING = Weights(copies=(-4.4, 6.2, -0.12, -0.25), own_words=(1.11, 2.12, 1.41, -1.81))
BY_WORDS = Weights(copies=(-0.28, 0.89, 0.79, -0.47), own_words=(1.23, 1.88, 1.74, -1.8))
_FEW = 3
"""Words that carry content which a claim must have to count as carried by one sentence that has them all."""
_MANY = 60
"""Words of a sentence that can count as carrying a claim by having all its words."""
_CALENDAR = frozenset(name.lower() for name in (*day_name, *month_name, *month_abbr, "sept") if name)
_COPIED_FROM = 0.4
_STEEP = 20.0
"""Where, and how steeply, a claim goes over from its own words to copying."""


def support(read: Read, meaning: MeaningFn | None) -> float:
    """The log odds that people call the claim supported by its evidence; not below 0 where one sentence of no great
    length (and the one its pronoun points at) has all its words. ``meaning`` embeds three sentences at most: the claim,
    the one that carries it best, and the one before that."""
    odds = log_odds(features(read, meaning), WITH_MEANING if meaning else BY_WORDS)
    by_one = len(read.claim.stems) >= _FEW and len(read.line.words) <= _MANY and not unknown(read, read.resolved)
    return max(odds, 0.0) if by_one else odds


def features(read: Read, meaning: MeaningFn | None) -> Features:
    """What is measured of a claim beside its evidence."""
    lines = list(read.lines())
    basis = read.resolved
    found = runs(read.claim, lines)
    words = max(1, len(read.claim.terms))
    solid = [run for run in found if run.is_found and run.size > 1]
    sizes = sorted((run.size for run in found if run.is_found), reverse=True)
    return Features(
        aligned=_aligned(meaning, read.claim, basis) if meaning else _shared(read, basis),
        longest=sum(sizes[:1]) / words,
        sentences=float(len({-1 if lines[run.line] in basis else run.line for run in solid})),
        pieces=len(solid) / words,
        in_runs=sum(run.size for run in solid) / words,
        unknown=math.log1p(len(unknown(read, lines))),
        copied=sum(sizes[:2]) / words,
    )


def unknown(read: Read, lines: Sequence[Line]) -> list[Token]:
    """The claim's words that carry content and are in none of ``lines``: numbers are looked for by value, names in any
    of their spellings, and days, which have rules of their own, not at all."""
    known = {term for line in lines for term in (*line.stems, *line.terms)}
    known |= {f"#{one.value:g}" for text in read.broken for one in numbers(text)}
    have = {word.folded for line in lines for word in line.words}
    told = numbers(read.claim.text)
    return [
        word
        for before, word, after in _with_neighbours(read.claim.words)
        if stem(word.folded) in read.claim.stems - known
        and not any(one.start <= word.start < one.end and f"#{one.value:g}" in known for one in told)
        and not (word.surface[:1].isupper() and is_told(word.folded, have))
        and not (word.folded in _CALENDAR or (word.folded.isdigit() and {before, after} & _CALENDAR))
    ]


def _with_neighbours(words: Sequence[Token]) -> Iterator[tuple[str, Token, str]]:
    folded = ["", *(word.folded for word in words), ""]
    return ((folded[n], word, folded[n + 2]) for n, word in enumerate(words))


def log_odds(found: Features, weights: Weights) -> float:
    """The logistic's log odds of features."""
    copies = copied(found)
    one = sum(weight * value for weight, value in zip(weights.copies, (1.0, *found[:3]), strict=True))
    other = sum(weight * value for weight, value in zip(weights.own_words, (1.0, *found[3:6]), strict=True))
    return copies * one + (1 - copies) * other


def copied(found: Features) -> float:
    """How far a claim copies, 0 to 1."""
    return 1 / (1 + math.exp(-_STEEP * (found.copied - _COPIED_FROM)))


def _aligned(meaning: MeaningFn, claim: Line, basis: tuple[Line, ...]) -> float:
    one = meaning(claim.text)
    nearest = [(one @ other.T).max(axis=1) for line in basis if len(other := meaning(line.text))]
    return float(reduce(lambda a, b: a.clip(min=b), nearest).mean()) if len(one) and nearest else 0.0


def _shared(read: Read, basis: tuple[Line, ...]) -> float:
    return carried(read.weights, frozenset(word for line in basis for word in line.stems))
