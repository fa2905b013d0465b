"""Another direction: a word of the claim in whose place the evidence has one that says the opposite."""

from __future__ import annotations

from qa.stopwords import STOP_WORDS
from qa.verify.opposites import negated_in
from qa.verify.polarity import negated_by_prefix, opposites
from qa.verify.reading import Line, Read

_AROUND = 4
"""Content words on either side that tell what a word is said of."""
_FITS = 0.4
"""Weighted share of those that must stand around the opposite."""
_BETTER = 0.2
"""How much larger that share must be than around a word of the claim's own side."""


def contested_direction(read: Read) -> tuple[str, str] | None:
    """A word of the claim, and its opposite in the evidence among the same words."""
    denied = {word for negated in negated_in(read.claim) for word in negated.wide}
    for at, word in enumerate(read.claim.stemmed):
        if word in denied:
            continue
        context = _around(read.claim, at)
        weight = _weight(read, context)
        for mine, its in _kinds(read.claim.words[at].folded, word):
            other = _best(read, at, context, its)
            if other and other[0] >= _FITS * weight:
                own = _best(read, at, context, mine | {word})
                if not own or other[0] >= own[0] + _BETTER * weight:
                    return read.claim.words[at].surface, other[1]
    return None


def _kinds(folded: str, word: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    prefixed = negated_by_prefix(folded) if folded not in STOP_WORDS else frozenset()
    return [*opposites().get(word, ()), *([(frozenset({word}), prefixed)] if prefixed else [])]


def _best(read: Read, of: int, context: frozenset[str], wanted: frozenset[str]) -> tuple[float, str] | None:
    """The word of ``wanted`` whose surroundings share most with ``context``, those of the claim's word ``of``: how
    much, and as written. One that the claim says too, and more in its place, is not another."""
    best: tuple[float, str] | None = None
    for line in read.lines():
        if not context & line.stems:
            continue
        for at, word in enumerate(line.stemmed):
            if word in wanted or line.words[at].folded in wanted:
                around = _around(line, at, _AROUND + 2)
                shared = _weight(read, context & around)
                said_too = (n for n, said in enumerate(read.claim.stemmed) if said == word)
                if any(_weight(read, _around(read.claim, n) & around) >= shared for n in said_too if n != of):
                    continue
                if best is None or shared > best[0]:
                    best = shared, line.words[at].surface
    return best


def _weight(read: Read, stems: frozenset[str]) -> float:
    return sum(read.weights.get(one, 1.0) for one in stems)


def _around(line: Line, at: int, within: int = _AROUND) -> frozenset[str]:
    """Stems of the content words on either side of a word."""
    found: list[str] = []
    for step in (-1, 1):
        n, left = at + step, within
        while 0 <= n < len(line.words) and left:
            if line.words[n].folded not in STOP_WORDS:
                found.append(line.stemmed[n])
                left -= 1
            n += step
    return frozenset(found)
