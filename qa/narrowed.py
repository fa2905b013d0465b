"""What a question narrows: whom and what places it names, which year, which of several; and what keeps to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from itertools import pairwise

from qa.aliases import is_told
from qa.dates import MONTH_NAMES
from qa.facts import Name, days, fold, names, stem, tokens
from qa.lines import folded
from qa.peoples import of_one_place

_ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth".split())
_YEAR = re.compile(rf"\b(?:in|of|during|for|since|from)\s+(?:({'|'.join(MONTH_NAMES)})\s+)?((?:19|20)\d\d)\b", re.I)
_PLACED = re.compile(r"\b(?P<noun>[a-z]{3,}) (?:in|at|near|of) (?:the )?(?P<place>[A-Z]\w+(?:[ -][A-Z]\w+)*)")


def are_told(named: Iterable[Name], words: frozenset[str]) -> bool:
    """Whether folded words hold each name by its last word, or what is of the same place: "France", "French"."""
    return all(name.words[-1] in words or _is_told_otherwise(name.words[-1], words) for name in named)


def _is_told_otherwise(name: str, words: frozenset[str]) -> bool:
    have = set(words)
    return is_told(name, have) or of_one_place(name, have)


def is_of_those(question: str, text: str) -> bool:
    """Whether ``text`` does not speak of another of several than ``question`` asks about: the second runway, where the
    first is asked about."""
    asked = _counted_off(question)
    told = _counted_off(text) if asked else {}
    return all(noun not in told or told[noun] & which for noun, which in asked.items())


@lru_cache(maxsize=1024)
def _counted_off(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, two in pairwise(tokens(text)):
        if one.folded in _ORDINALS and two.surface[:1].islower():
            found.setdefault(stem(two.folded), set()).add(one.folded)
    return found


def is_there(question: str, text: str) -> bool:
    """Whether ``text`` does not place what ``question`` asks about elsewhere: a fire in another town."""
    for match in _PLACED.finditer(question):
        there = names(f"x {match['place']}")
        if not there or are_told(there, folded(text)):
            continue
        others = (other for other in _PLACED.finditer(text) if stem(fold(other["noun"])) == stem(fold(match["noun"])))
        if any(names(f"x {other['place']}") for other in others):
            return False
    return True


def is_of_year(question: str, around: str, published: date | None) -> bool:
    """Whether each year, or month of a year, that ``question`` names is told ``around`` a sentence, or is that of its
    publication."""
    for month, year in _YEAR.findall(question):
        day = days(month) if month else frozenset()
        if published and str(published.year) == year and day <= days(MONTH_NAMES[published.month - 1].title()):
            continue
        if not {*day, *([] if published and str(published.year) == year else [year])} <= days(around):
            return False
    return True
