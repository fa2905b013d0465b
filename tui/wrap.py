"""Word wrap that keeps offsets: each line of the screen is a span of the text, so a quote can be found in it."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from rich.cells import get_character_cell_size, split_graphemes

Span = tuple[int, int]
_JOINING = frozenset("\u200d\ufe0f")


def wrapped(text: str, width: int) -> list[Span]:
    """Spans of the lines of ``text`` in ``width`` cells, in order; newlines and the blanks at a break are in none."""
    width = max(width, 1)
    lines: list[Span] = []
    start = 0
    for paragraph in text.split("\n"):
        lines += _paragraph(paragraph, start, width)
        start += len(paragraph) + 1
    return lines


def line_at(lines: list[Span], offset: int) -> int:
    """Index of the line that shows the character at ``offset`` (or the one before it, where none does)."""
    return max(0, bisect_right(lines, (offset, float("inf"))) - 1)


def _edges(text: str) -> list[int] | None:
    """Cells before each character, and in all; None where every character takes one. What a joiner or a variation
    selector makes one sign of has its cells before its second character, so that no line ends within it."""
    if not _JOINING.isdisjoint(text):
        edges = [0]
        for start, end, cells in split_graphemes(text)[0]:
            edges += [edges[-1] + cells] * (end - start)
        return edges
    sizes = {character: get_character_cell_size(character) for character in set(text)}
    if set(sizes.values()) == {1}:
        return None
    return [0, *accumulate(map(sizes.__getitem__, text))]


def _paragraph(text: str, start: int, width: int) -> list[Span]:
    """Greedy wrap of one paragraph that begins at ``start``; a word wider than a line is cut."""
    if not text:
        return [(start, start)]
    edges = _edges(text)
    lines: list[Span] = []
    at = 0
    while at < len(text):
        fits = at + width if edges is None else max(at + 1, bisect_right(edges, edges[at] + width) - 1)
        if fits >= len(text):
            end = following = len(text)
        else:
            blank = text.rfind(" ", at + 1, fits + 1)
            end = blank if blank > at else fits
            following = end + 1 if blank > at else end
        lines.append((start + at, start + end))
        at = following
    return lines
