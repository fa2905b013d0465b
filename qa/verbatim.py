"""Words found verbatim in a text: white space, quotation marks, dashes and case aside, nothing else."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

from qa.sentences import Span

LONGEST = 500
"""Characters of a stretch that is still a quotation of a few words."""
_QUOTES = "“”„«»\"‘’'`´"
_PARTS = re.compile(r"(\s+)|([“”„«»\"‘’'`´]+)|([‐-―−-]+)|([^\s“”„«»\"‘’'`´‐-―−-]+)")
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
    pattern = r"[\s\S]{1,300}?".join(_pattern(piece) for piece in pieces)
    found = re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.I)
    spans = (Span(match.start(), match.end()) for match in islice(found, _MOST_PLACES))
    return [span for span in spans if span.end - span.start <= LONGEST]


def _pattern(piece: str) -> str:
    """A pattern of ``piece`` in which quotation marks may be others or missing, and dashes and white space others."""
    marks = f"[{_QUOTES}]{{0,2}}"
    told: list[str] = []
    for space, quotes, dashes, rest in _PARTS.findall(piece):
        if space:
            told.append(rf"{marks}\s+{marks}")
        elif dashes:
            told.append(r"[‐-―−-]{1,3}")
        else:
            told.append(marks if quotes else re.escape(rest))
    return "".join(told)
