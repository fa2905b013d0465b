"""A claim of several clauses as claims of one each, when each can be checked by itself."""

from __future__ import annotations

import re

from qa.facts import Token, content_stems, quotation_spans, tokens
from qa.stopwords import STOP_WORDS

_BORDER = re.compile(r"\s*(?:;|,\s+(?:and|but|while|whereas|yet)\b|\s+and(?=\s+(?:he|she|they|it)\s))\s*", re.I)
_PRONOUN = re.compile(r"(?:he|she|they|it)\s+", re.I)
_SUBJECT = re.compile(r"(?:the|a|an|this|these|its|their|his|her|some|more|most|about|nearly|over)\s+\w+|[A-Z]|\d")
"""How a clause with a subject of its own begins."""
_NAMED = re.compile(r"(?:(?:the|an?)\s+)?(?:[A-Z][\w.’'-]+\s)+")
_SAID = re.compile(
    r"^(?P<who>[^,;]{2,60}?\s"
    r"(?:said|says|told \w+|added|noted|stated|announced|warned|argued|claimed|stressed)(?:\sthat)?)\s"
)
_SAID_LAST = re.compile(
    r",\s*(?:according to\b|(?:he|she|they|[A-Z][^,;]{1,60}?)\s+(?:said|says|added|noted|told)\b|"
    r"(?:said|says|added|noted)\s+[A-Z])[^;]*$"
)
"""Who said all of it, told at the end: each clause would lose its speaker."""
_FEW = 2
"""Words that carry content which a clause must have."""


def clauses(claim: str) -> tuple[str, ...]:
    """The clauses of ``claim``, each with its subject and speaker; none where it has one only, or where they cannot be
    told apart: one lacks a subject, the speaker is named at the end, or a quotation goes on over the border."""
    first, *others = [piece.strip(" .") for piece in _BORDER.split(claim)]
    if not others or _SAID_LAST.search(claim) or _cuts_quotation(claim):
        return ()
    speaker, subject = _SAID.match(first), _NAMED.match(first)
    found = [first]
    for piece in others:
        if pronoun := _PRONOUN.match(piece):
            if not subject:
                return ()
            found.append(f"{subject.group()}{piece[pronoun.end() :]}")
        elif not _SUBJECT.match(piece):
            return ()
        else:
            found.append(f"{speaker['who']} {piece}" if speaker and not _SAID.match(piece) else piece)
    return tuple(found) if all(_is_clause(piece) for piece in found) else ()


def _cuts_quotation(claim: str) -> bool:
    """Whether a border lies in what is quoted: each half would pass where the whole was never said."""
    spans = quotation_spans(claim)
    return any(start < border.start() < end for border in _BORDER.finditer(claim) for start, end in spans)


def _is_clause(piece: str) -> bool:
    """Whether it says something: a list of names does not."""
    return len(content_stems(piece)) >= _FEW and any(word.surface[:1].islower() for word in _content(piece))


def _content(piece: str) -> list[Token]:
    return [word for word in tokens(piece) if word.folded not in STOP_WORDS]
