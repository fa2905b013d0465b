"""Where a claim's words come from: the runs of words that it shares with single sentences of its evidence.

Source of the idea: Grusky, Naaman, Artzi, "Newsroom" (2018), extractive fragments; here a run lies within one sentence,
and of two as long the one nearer to the run before is taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.verify.reading import Line


@dataclass(frozen=True, slots=True)
class Run:
    """Terms ``at`` to ``at + size`` of a claim that stand, in this order, in a sentence from its word ``begin`` on."""

    at: int
    size: int
    line: int
    """Index of the sentence; -1 for a single word that no sentence holds."""
    begin: int = -1

    @property
    def is_found(self) -> bool:
        """Whether a sentence holds it."""
        return self.line >= 0


def runs(claim: Line, lines: Sequence[Line]) -> list[Run]:
    """The claim's words, in order, as the longest runs that single sentences share with it."""
    places = _places(lines)
    found: list[Run] = []
    at, last = 0, -1
    while at < len(claim.terms):
        run = _longest(claim, at, lines, places, last)
        found.append(run)
        if run.is_found and (run.size > 1 or claim.is_content(claim.terms[at])):
            last = run.line
        at += run.size
    return found


def _places(lines: Sequence[Line]) -> Mapping[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, line in enumerate(lines):
        for at, word in enumerate(line.terms):
            found[word].append((number, at))
    return found


def _longest(
    claim: Line, at: int, lines: Sequence[Line], places: Mapping[str, list[tuple[int, int]]], last: int
) -> Run:
    best, key = Run(at, 1, -1), (0, 0)
    for number, begin in places.get(claim.terms[at], ()):
        size = 1
        words = lines[number].terms
        while claim.terms[at + size : at + size + 1] == words[begin + size : begin + size + 1] != ():
            size += 1
        near = (size, 0 if last < 0 else -abs(number - last))
        if not best.is_found or near > key:
            best, key = Run(at, size, number, begin), near
    return best
