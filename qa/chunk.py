"""Passages: an article cut into stretches that tile it, each within the embedder's window, sentences whole."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import NamedTuple

from qa.sentences import Span, sentence_spans
from qa.wordpiece import is_between_words

MAX_CHARACTERS = 4_000
"""Longest passage in characters: a "word" of a million letters is one word piece."""

CountFn = Callable[[str], int]
"""Gives the number of a text's word pieces."""


class _Unit(NamedTuple):
    start: int
    end: int
    pieces: int


def passage_spans(text: str, starts: Sequence[int], count: CountFn, limit: int) -> list[Span]:
    """Spans of the passages of ``text``: contiguous, covering it, none above ``limit`` word pieces.

    ``starts`` are the characters at which the word pieces of the whole text start; ``count`` is asked about stretches
    that begin or end inside a word, which have pieces of their own.
    Sentences are packed whole, evenly over the fewest passages they need. A sentence above the limit is cut at its
    last white space within the limit, and where it has none, at the last word piece that fits. An empty text has no
    passages.
    """
    if not text:
        return []
    units = _units(text, starts, count, limit)
    total = sum(unit.pieces for unit in units)
    target = total / max(1, -(-total // limit))
    spans: list[Span] = []
    start, pieces = units[0].start, 0
    for unit in units:
        full = pieces + unit.pieces > limit or unit.end - start > MAX_CHARACTERS
        if unit.start > start and (full or pieces + unit.pieces / 2 > target):
            spans.append(Span(start, unit.start))
            start, pieces = unit.start, 0
        pieces += unit.pieces
    spans.append(Span(start, len(text)))
    return [part for span in spans for part in _within_limit(text, span, count, limit)]


def _units(text: str, starts: Sequence[int], count: CountFn, limit: int) -> list[_Unit]:
    units: list[_Unit] = []
    for sentence in sentence_spans(text):
        start = sentence.start
        while start < sentence.end:
            end = _cut(text, start, sentence.end, starts, limit)
            for part in _within_limit(text, Span(start, end), count, limit):
                units.append(_Unit(*part, _pieces(text, part, count, starts)))
            start = end
    return units


def _pieces(text: str, span: Span, count: CountFn, starts: Sequence[int]) -> int:
    """Word pieces of a span by itself: between words as many as in the whole text, else measured."""
    if is_between_words(text, span.start) and is_between_words(text, span.end):
        return bisect_left(starts, span.end) - bisect_left(starts, span.start)
    return count(text[span.start : span.end])


def _cut(text: str, start: int, end: int, starts: Sequence[int], limit: int) -> int:
    """Where the unit that begins at ``start`` ends: at ``end`` when it fits, else before."""
    first = bisect_left(starts, start)
    fits = starts[first + limit] if first + limit < len(starts) else end
    bound = min(end, fits, start + MAX_CHARACTERS)
    if bound >= end:
        return end
    for at in range(bound, start + (bound - start) // 2, -1):
        if is_between_words(text, at):
            return at
    return max(bound, start + 1)


def _within_limit(text: str, span: Span, count: CountFn, limit: int) -> list[Span]:
    """Halve a span cut inside a word until it measures within the limit by itself (such a cut makes more pieces)."""
    between_words = is_between_words(text, span.start) and is_between_words(text, span.end)
    if between_words or span.end - span.start <= 1 or count(text[span.start : span.end]) <= limit:
        return [span]
    middle = (span.start + span.end) // 2
    return [
        part
        for half in (Span(span.start, middle), Span(middle, span.end))
        for part in _within_limit(text, half, count, limit)
    ]
