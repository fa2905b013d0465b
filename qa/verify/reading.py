"""The evidence as the rules read it: its sentences with their words, and how well each carries a claim."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.facts import Token, content_stems, numbers, stem, tokens
from qa.sentences import sentence_spans, trimmed
from qa.stopwords import STOP_WORDS

_PRONOUNS = frozenset("he she they it his her their its him them".split())
_MOST_CARRIERS = 3
_ADDS = 0.15
"""Weighted share of a claim's words that a further sentence must add to be named."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the evidence, and its place in its passage (-1: the headline)."""

    text: str
    n: int
    start: int
    words: tuple[Token, ...]
    stems: frozenset[str]
    """Of the words that carry content."""
    stemmed: tuple[str, ...]
    """Of all its words, in order."""
    terms: tuple[str, ...]
    """The same with each number as one term of its value ("#35")."""

    @classmethod
    def of(cls, text: str, n: int, start: int) -> Line:
        """The sentence ``text`` read once."""
        words = tokens(text)
        stemmed = tuple(stem(word.folded) for word in words)
        return cls(text, n, start, words, frozenset(content_stems(text)), stemmed, tuple(_terms(text, words)))

    def is_content(self, term: str) -> bool:
        """Whether one of its terms carries content."""
        return term in self.stems or term.startswith("#")


def _terms(text: str, words: Sequence[Token]) -> Iterator[str]:
    told = iter((*numbers(text), None))
    number = next(told)
    for word in words:
        while number is not None and number.end <= word.start:
            number = next(told)
        if number is not None and number.start <= word.start:
            if word.start == number.start:
                yield f"#{number.value:g}"
        elif word.folded not in {"per", "cent"}:
            yield "%" if word.folded in {"percent", "pct"} else stem(word.folded)


@lru_cache(maxsize=256)
def lines_of(passage: str) -> tuple[Line, ...]:
    """The sentences of a passage."""
    spans = (trimmed(passage, span) for span in sentence_spans(passage))
    pieces = [(passage[s.start : s.end], s.start) for s in spans if s.end > s.start]
    return tuple(Line.of(text, n, start) for n, (text, start) in enumerate(pieces))


@dataclass(frozen=True, slots=True)
class Read:
    """A claim beside all its evidence: each passage's sentences, the weight of each word, and the sentence that carries
    the claim best."""

    claim: Line
    passages: tuple[tuple[Line, ...], ...]
    weights: dict[str, float]
    """Of the claim's stems: the rarer in the evidence, the heavier."""
    capitals: frozenset[str]
    """Folded words that the evidence writes with a capital wherever they stand: names."""
    broken: tuple[str, ...]
    """Passages in which numbers are broken by a space, with those numbers whole."""
    best: tuple[int, int]
    """Passage and sentence that carry the claim best."""

    @classmethod
    def of(cls, claim: str, cited: Sequence[str]) -> Read:
        """``cited`` are the passages."""
        line = Line.of(claim, 0, 0)
        passages = tuple(lines_of(text) or (Line.of("", 0, 0),) for text in cited)
        every = [one for lines in passages for one in lines]
        weights = {
            word: math.log(1 + len(every) / (0.5 + sum(word in one.stems for one in every))) for word in line.stems
        }
        at = max(
            ((p, n) for p, lines in enumerate(passages) for n in range(len(lines))),
            key=lambda pair: (carried(weights, passages[pair[0]][pair[1]].stems), -pair[0], -pair[1]),
        )
        return cls(
            line,
            passages,
            weights,
            _capitals(every),
            tuple(spelt for text in cited for spelt in spellings(text)[1:]),
            at,
        )

    @property
    def line(self) -> Line:
        """The sentence that carries the claim best."""
        return self.passages[self.best[0]][self.best[1]]

    @property
    def beside(self) -> tuple[Line, ...]:
        """That sentence with its neighbours."""
        lines, n = self.passages[self.best[0]], self.best[1]
        return lines[max(0, n - 1) : n + 2]

    @property
    def resolved(self) -> tuple[Line, ...]:
        """That sentence, and the one before it when a pronoun points there."""
        lines, n = self.passages[self.best[0]], self.best[1]
        points = n > 0 and any(word.folded in _PRONOUNS for word in lines[n].words)
        return (lines[n], lines[n - 1]) if points else (lines[n],)

    @property
    def carriers(self) -> tuple[tuple[int, Line], ...]:
        """The sentence that carries the claim best and up to two that add a fair part of its words, each with the
        number of its passage."""
        chosen = [(self.best[0], self.line)]
        every = [(p, line) for p, lines in enumerate(self.passages) for line in lines]
        while len(chosen) < _MOST_CARRIERS:
            have = frozenset(word for _, line in chosen for word in line.stems)
            share = carried(self.weights, have)
            best = max(every, key=lambda pair: carried(self.weights, have | pair[1].stems))
            if carried(self.weights, have | best[1].stems) < share + _ADDS:
                break
            chosen.append(best)
        return tuple(chosen)

    @property
    def share(self) -> float:
        """Weighted share of the claim's words in that sentence."""
        return carried(self.weights, self.line.stems)

    def lines(self) -> Iterable[Line]:
        """All sentences of all passages."""
        return (line for lines in self.passages for line in lines)

    def is_name(self, token: Token, text: str) -> bool:
        """Whether a word of the claim or the evidence is, or is part of, a name."""
        if token.folded in self.capitals:
            return True
        return token.surface[:1].isupper() and token.start > 0 and token.folded not in STOP_WORDS


def spellings(text: str) -> tuple[str, ...]:
    """The text, and where a number is broken by a space ("36, 000") the text with it whole; of one length, so that
    positions hold."""
    whole = re.sub(r"(?<=\d)([.,]) (\d{3}(?!\d)|(?<=\.\s)\d)", r"\1\2 ", text)
    return (text,) if whole == text else (text, whole)


def carried(weights: dict[str, float], stems: frozenset[str] | set[str]) -> float:
    """Weighted share of words that are among ``stems``; 1.0 where there are none."""
    total = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in stems) / total if total else 1.0


def _capitals(lines: Sequence[Line]) -> frozenset[str]:
    upper: set[str] = set()
    lower: set[str] = set()
    for line in lines:
        for token in line.words:
            if token.surface[:1].islower():
                lower.add(token.folded)
            elif token.start > 0 and token.surface[:1].isupper():
                upper.add(token.folded)
    return frozenset(upper - lower - STOP_WORDS)


def stem_of(token: Token) -> str:
    """The stem of a word."""
    return stem(token.folded)
