"""Sides: figures where they stand in articles, and whether two of them conflict.

Two figures conflict only when what they count, of whom or where, and when align, and when neither can be the other
rounded, or a bound of it. Of a count that grows, the later one supersedes the earlier; a smaller one later on is taken
for a count of something else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from qa.aliases import is_told
from qa.dates import DAY_NAMES, MONTH_NAMES
from qa.facts import content_stems, stem
from qa.figures import Figure, WantedFn, figures, wanted_figures
from qa.question import is_light
from qa.types import Article, Hit

Kind = Literal["disagreement", "superseded"]
_SHARED = 1
"""Words that say what it is about, beside those of the place and of counts, that sentences with their titles must
share."""
_ALIKE = 0.6
"""Share of the longer sentence's content words that two sentences must share, where the kind of number is not known."""
_FEWEST = 8
"""Content words that such a sentence must have."""
_APART = 7
"""Days between reports of such a number, which need not change."""
SOON = 2
"""Days within which two reports of a number that does not grow are of about the same time."""
_CALENDAR = frozenset(stem(word) for word in (*DAY_NAMES, *MONTH_NAMES))
_WIDE = frozenset({"us", "world", "china", "uk"})
"""Places where so much happens that one word more must be shared."""
_OF_COUNTS = frozenset(
    content_stems(
        """kill died dead death deaths toll people person case confirmed reported number total rose injured infected
        tested positive fatalities official according new million thousand hundred"""
    )
)
_SAME_DAY, _A_DAY = 1.5, 1.35
"""How many times larger a count may be on the same day, and for each day between: more is another count."""
_A_YEAR = 365
"""Days from which on a count is rather one of another event."""
_CLEARLY = 1.15
_BOUNDS = 1.25
"""How many times larger a later count must be than an earlier "at least"; and when both are such bounds."""


@dataclass(frozen=True, slots=True)
class Side:
    """A figure where it stands."""

    article: Article
    figure: Figure

    @property
    def day(self) -> int:
        """The day of publication, as a number."""
        return self.article.published.day.toordinal() if self.article.published else 0

    @property
    def text(self) -> str:
        """The number as written."""
        return self.article.text[self.figure.span.start : self.figure.span.end]


def sides(hit: Hit, is_wanted: WantedFn | None = None) -> Iterator[Side]:
    """The figures of a hit, or of its sentences that are wanted, where its article has a date and the sentences speak
    of about that day."""
    if hit.article.published:
        where = hit.article.text, hit.passage.start, hit.passage.end
        found = wanted_figures(*where, is_wanted) if is_wanted else figures(*where)
        yield from (side for figure in found if _is_now(side := Side(hit.article, figure)))


def differ(one: Side, other: Side) -> Kind | None:
    """How two figures of different articles, the earlier first, conflict; None where they do not."""
    a, b = one.figure, other.figure
    if one.article.id == other.article.id or a.kind != b.kind or a.group != b.group or a.value == b.value:
        return None
    apart = other.day - one.day
    if a.kind.startswith("age "):
        return "disagreement" if abs(a.value - b.value) > 1 or apart <= SOON else None
    if (
        not a.scope
        or not _same_scope(a.scope, b.scope)
        or len(_about(one) & _about(other)) < _SHARED + (a.scope <= _WIDE)
    ):
        return None
    if a.grows:
        return _grown(a, b, apart)
    if min(len(a.stems), len(b.stems)) < _FEWEST or apart > _APART or a.periods != b.periods:
        return None
    if a.names != b.names or a.others != b.others:
        return None
    if len(a.stems & b.stems) < _ALIKE * max(len(a.stems), len(b.stems)) or _meet(a, b):
        return None
    return "superseded" if apart > SOON else "disagreement"


def _grown(a: Figure, b: Figure, apart: int) -> Kind | None:
    """How two counts of the same conflict, the second ``apart`` days later."""
    if apart > _A_YEAR or not a.value / _SAME_DAY <= b.value <= a.value * _SAME_DAY * _A_DAY**apart:
        return None
    if not apart:
        return None if _meet(a, b) else "disagreement"
    if a.high == math.inf:
        return "superseded" if b.value >= (_BOUNDS if b.high == math.inf else _CLEARLY) * a.value else None
    return "superseded" if b.value > a.high else None


def _meet(a: Figure, b: Figure) -> bool:
    """Whether both may be the same number."""
    return a.low < b.high and b.low < a.high


def _is_now(side: Side) -> bool:
    """Whether the days that the sentence names are those of its article, or just before."""
    assert side.article.published is not None  # the caller looked
    return side.figure.kind.startswith("age ") or side.figure.told <= _near(side.article.published.day)


@lru_cache(maxsize=1024)
def _near(day: date) -> frozenset[str]:
    """How sentences name the days just before ``day``, as ``facts.days`` gives them."""
    near = [day + timedelta(n) for n in range(-3, 2)]
    known = {part for one in near for part in (f"{one:%b}".lower(), f"{one.day} {one:%b}".lower(), str(one.year))}
    return frozenset(known | {name[:3] for name in DAY_NAMES})


def _same_scope(one: frozenset[str], other: frozenset[str]) -> bool:
    return _told(one, other) and _told(other, one)


def _told(names: frozenset[str], others: frozenset[str]) -> bool:
    return all(any(set(name.split()) == set(o.split()) or is_told(name, {o}) for o in others) for name in names)


@lru_cache(maxsize=4096)
def titled(title: str) -> frozenset[str]:
    """The content words of a title."""
    return frozenset(content_stems(title))


def _about(side: Side) -> frozenset[str]:
    """What a figure's sentence and title tell, beside the place."""
    words = (titled(side.article.title) | side.figure.stems) - titled(" ".join(side.figure.scope)) - _OF_COUNTS
    return frozenset(word for word in words if not (word[0].isdigit() or is_light(word) or word in _CALENDAR))


def same_thing(one: Figure, other: Figure) -> bool:
    """Whether two figures count the same, of the same."""
    return one.kind == other.kind and _same_scope(one.scope, other.scope)
