"""Words found verbatim in a text: white space, quotation marks, dashes and case aside, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from qa.sentences import Span

LONGEST = 500
"""Characters of a stretch that is still a quotation of a few words."""
_QUOTES = "“”„«»\"‘’'`´"
_PARTS = re.compile(r"([“”„«»\"‘’'`´]*\s[\s“”„«»\"‘’'`´]*)|([“”„«»\"‘’'`´]+)|([‐-―−-]+)|([^\s“”„«»\"‘’'`´‐-―−-]+)")
_LEFT_OUT = re.compile(r"\s*[\[(]?(?:\.{3,}|…)[\])]?\s*")
_MOST_PIECES = 3
_MOST_PLACES = 8


def find_verbatim(words: str, text: str) -> list[Span]:
    """Where ``words`` stand in ``text``: the first places, in order; none where they do not. Words that are left out
    are marked with "…": what stands between is part of the stretch, which is never longer than ``LONGEST``."""
    plain = unicodedata.normalize("NFC", words).strip(f" \t\n.,;:!?…{_QUOTES}")
    pieces = [piece for piece in _LEFT_OUT.split(plain) if piece]
    if not pieces or len(pieces) > _MOST_PIECES or len(plain) > LONGEST:
        return []
    patterns = [_pattern(piece) for piece in pieces]
    patterns[0], patterns[-1] = rf"(?<!\w){patterns[0]}", rf"{patterns[-1]}(?!\w)"
    return list(islice(_places([re.compile(one, re.I) for one in patterns], text), _MOST_PLACES))


def _places(pieces: Sequence[re.Pattern[str]], text: str) -> Iterator[Span]:
    """Where the first piece stands with each other as soon behind it as it does; these do not overlap."""
    first, *others = pieces
    last = 0
    for match in first.finditer(text):
        start, end = match.span()
        for piece in others:
            follows = piece.search(text, end + 1, start + LONGEST + 1)
            end = follows.end() if follows else start + LONGEST + 1
        if last <= start and end - start <= LONGEST:
            yield Span(start, end)
            last = end


def _pattern(piece: str) -> str:
    """A pattern of ``piece`` in which quotation marks may be others or missing, and dashes and white space others.

    No two neighbouring parts of it can take the same character, so that it is matched in one way or not at all:
    these are the words of a model, and the text is anybody's."""
    marks = f"[{_QUOTES}]{{0,2}}"
    told: list[str] = []
    for space, quotes, dashes, rest in _PARTS.findall(piece):
        if space:
            told.append(rf"{marks}\s[\s{_QUOTES}]*")
        elif dashes:
            told.append(r"[‐-―−-]{1,3}")
        else:
            told.append(marks if quotes else re.escape(rest))
    return "".join(told)
