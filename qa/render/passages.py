"""Cited words in their passage, told by marks and on one line."""

from __future__ import annotations

from collections.abc import Sequence

from qa.clean import show_line

OPENED, CLOSED = ">>> ", " <<<"
"""What stands around cited words."""
AROUND = 400
"""Characters of the article shown before and after cited words, to the next end of a paragraph or a word."""
_LOOKALIKES = str.maketrans({">": "›", "<": "‹"})
"""Signs of an article that could pass for the marks."""
Span = tuple[int, int]


def passages(text: str, spans: Sequence[Span]) -> list[str]:
    """The text around these spans, in order; a line for those that lie together."""
    text = text.translate(_LOOKALIKES)
    groups: list[list[Span]] = []
    for start, end in _apart(spans):
        if groups and _first(text, start) <= _last(text, groups[-1][-1][1]):
            groups[-1].append((start, end))
        else:
            groups.append([(start, end)])
    return [_passage(text, group) for group in groups]


def _passage(text: str, spans: Sequence[Span]) -> str:
    at, last = _first(text, spans[0][0]), _last(text, spans[-1][1])
    told = "… " * (at > 0)
    for start, end in spans:
        told += f"{text[at:start]}{OPENED}{text[start:end]}{CLOSED}"
        at = end
    return show_line(told + text[at:last] + " …" * (last < len(text)))


def _apart(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, those that overlap as one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _first(text: str, start: int) -> int:
    if start <= AROUND:
        return 0
    at = max(text.rfind("\n", start - AROUND, start), text.find(" ", start - AROUND, start))
    return at + 1 if at >= 0 else start - AROUND


def _last(text: str, end: int) -> int:
    if len(text) - end <= AROUND:
        return len(text)
    paragraph = text.find("\n", end, end + AROUND)
    at = paragraph if paragraph >= 0 else text.rfind(" ", end, end + AROUND)
    return at if at >= 0 else end + AROUND
