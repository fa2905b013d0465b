"""Statements: sentences that tell nearly the same, and differ in the day of an event or in whether it is so.

Sentences are compared only where they share most of their words and all their names and numbers, so that what differs
is the one thing; the rules that check a claim against an article (``qa.verify``) say whether it is the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from qa.aliases import short
from qa.dates import DATE, DAY_NAMES, written_day
from qa.facts import Token, fold, is_of_calendar, numbers, stem, tokens
from qa.figures import WantedFn
from qa.lines import stated
from qa.sentences import Span
from qa.stopwords import STOP_WORDS
from qa.verify.directions import contested_direction
from qa.verify.opposites import contested_negation
from qa.verify.reading import Read
from qa.whereabouts import capitals

_ALIKE = 0.75
"""Share of the words of two sentences, of both together, that they must have in common."""
_FEWEST = 5
_LONGEST = 500
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|next|last|previous|another|other|new|final|latest)\b", re.I
)
"""What tells one of a row of events from another."""
_AHEAD = re.compile(r"\b(?:will|to be|scheduled|expected|planned|due|set (?:to|for)|plans?|next|upcoming)\b", re.I)
_WHEN = re.compile(rf"\b(?:{DATE}|(?:{'|'.join(DAY_NAMES)}))\b", re.I)
_AS_OF = re.compile(r"\b(?:as of|by|until|since|so far)\b", re.I)
"""What tells how things are on one day, and may be otherwise on the next."""
_NEGATION = re.compile(r"\b(?:not|never|no|cannot)\b|n['’]t\b", re.I)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence taken apart for comparison."""

    text: str
    span: Span
    stems: frozenset[str]
    """Its content words, without names of days and months, numbers and negations."""
    names: frozenset[str]
    numbers: frozenset[float]
    ordinals: frozenset[str]
    when: str
    """The one day it names, as written; empty where it names none or several."""
    ahead: bool


@lru_cache(maxsize=2048)
def statements(text: str, start: int = 0, end: int | None = None) -> tuple[Statement, ...]:
    """The sentences between two positions of ``text`` that can be compared."""
    return tuple(wanted_statements(text, start, end, lambda *_: True))


def wanted_statements(text: str, start: int, end: int | None, is_wanted: WantedFn) -> Iterator[Statement]:
    """Those of them that are wanted."""
    for span, sentence in stated(text, start, end, _LONGEST):
        stems, _ = _content(sentence)
        if len(stems) >= _FEWEST and not sentence.endswith("?") and is_wanted(stems, span):
            yield _read(sentence, span, text)


@lru_cache(maxsize=4096)
def _content(sentence: str) -> tuple[frozenset[str], tuple[Token, ...]]:
    """Words that carry content, without days, months and numbers: their stems, and the words."""
    words = [t for t in tokens(short(_WHEN.sub(" ", sentence))) if t.folded not in STOP_WORDS]
    content = tuple(t for t in words if not any(map(str.isdigit, t.folded)) and not is_of_calendar(t))
    return frozenset([stem(t.folded) for t in content]), content


@lru_cache(maxsize=4096)
def _read(sentence: str, span: Span, text: str) -> Statement:
    """A sentence of ``text``."""
    named = _WHEN.findall(sentence)
    stems, content = _content(sentence)
    return Statement(
        sentence,
        span,
        stems,
        frozenset(t.folded for t in content if t.surface[0].isupper() and (t.start or t.folded in capitals(text))),
        frozenset(number.value for number in numbers(_WHEN.sub(" ", sentence))),
        frozenset(word.lower() for word in _ORDINAL.findall(sentence)),
        named[0] if len(named) == 1 else "",
        _AHEAD.search(sentence) is not None,
    )


def opposed(one: Statement, other: Statement, day: date, other_day: date) -> tuple[str, str] | None:
    """What two sentences, published on ``day`` and ``other_day``, state otherwise: the days or words in which they
    differ, as written; None where they do not, or where more than that differs."""
    if one.names != other.names or one.numbers != other.numbers or one.ordinals != other.ordinals:
        return None
    if len(one.stems & other.stems) < _ALIKE * len(one.stems | other.stems) or one.ahead != other.ahead:
        return None
    if _AS_OF.search(one.text) or _AS_OF.search(other.text):
        return None
    if one.when and other.when and bool(_NEGATION.search(one.text)) == bool(_NEGATION.search(other.text)):
        first, second = _resolved(one, day), _resolved(other, other_day)
        alike = one.stems == other.stems and fold(one.when) != fold(other.when)  # "on Sunday" a week later is the same
        return (one.when, other.when) if alike and first and second and first != second else None
    if one.when or other.when:
        return None
    read = Read.of(short(one.text), [short(other.text)]), Read.of(short(other.text), [short(one.text)])
    if not all(contested_negation(pair) or contested_direction(pair) for pair in read):
        return None
    return _differing(one, other)


def _resolved(one: Statement, day: date) -> date | None:
    """The day that a sentence of ``day`` names: the coming one where it looks ahead."""
    word = fold(one.when)
    if word not in DAY_NAMES:
        return written_day(one.when, day + timedelta(days=200 if one.ahead else 0))
    away = (DAY_NAMES.index(word) - day.weekday()) % 7
    return day + timedelta(days=away if one.ahead or not away else away - 7)


def _differing(one: Statement, other: Statement) -> tuple[str, str] | None:
    """The words by which two sentences say the opposite."""
    mine, its = _NEGATION.search(one.text), _NEGATION.search(other.text)
    own = [t.surface for t in tokens(one.text) if stem(t.folded) in one.stems - other.stems]
    others = [t.surface for t in tokens(other.text) if stem(t.folded) in other.stems - one.stems]
    if bool(mine) != bool(its) and not own and not others:
        heads = [word for word in tokens(one.text) if stem(word.folded) in one.stems]
        negation = mine or its
        assert negation is not None  # one of the two has it
        text = one.text if mine else other.text
        head = next((t for t in tokens(text) if t.start >= negation.end() and stem(t.folded) in one.stems), None)
        plain = next((t.surface for t in heads if head and stem(t.folded) == stem(head.folded)), "")
        if head is None or not plain:
            return None
        negated = text[negation.start() : head.end]
        same = next(
            (t.surface for t in tokens(other.text if mine else one.text) if stem(t.folded) == stem(head.folded)), ""
        )
        return ((negated, same) if mine else (same, negated)) if same else None
    if mine or its or len(own) != 1 or len(others) != 1:
        return None
    return own[0], others[0]
