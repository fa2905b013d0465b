"""What the evidence says only under a condition, or as somebody's allegation, and the claim says outright."""

from __future__ import annotations

import re

from qa.verify.reading import Read

_HELD_BACK = re.compile(
    r"\b(?:if|unless|whether|alleg(?:e[sd]?|ing|edly|ations?)|accus(?:e[sd]?|ing|ations?)|claim(?:s|ed|ing)? that"
    r"|rumou?r(?:s|ed)?|suspected of|purported(?:ly)?|supposed(?:ly)?|conspiracy|hoax|false(?:ly)?|fake)\b",
    re.I,
)
_SAID = re.compile(r"\b(?:said|says|told|according to|argued?|claim(?:s|ed)?|could|would|might|may)\b", re.I)


def condition(read: Read) -> str:
    """The word with which the sentence that carries the claim holds back what it says, where the claim has no such
    word and its own words stand behind it; "" where nothing is held back."""
    if _HELD_BACK.search(read.claim.text) or _SAID.search(read.claim.text):
        return ""
    line = read.line
    for found in _HELD_BACK.finditer(line.text):
        words = list(zip(line.words, line.stemmed, strict=True))
        behind = {term for word, term in words if word.start >= found.end()}
        before = {term for word, term in words if word.end <= found.start()}
        said = read.claim.stems & line.stems
        if said and len(said & (behind - before)) > len(said) / 2:
            return found.group().lower()
    return ""
