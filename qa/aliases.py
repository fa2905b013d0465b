"""Names that are written in several ways."""

from __future__ import annotations

import re
from functools import lru_cache, partial

_SAME_NAME = (
    {"us", "usa", "america", "american"},
    {"uk", "britain", "british"},
    {"eu", "european"},
    {"turkiye", "turkey", "turkish"},
    {"france", "french"},
)
_FULL_NAMES = (
    (re.compile(r"\bUnited States(?: of America)?\b"), "US"),
    (re.compile(r"\b(?:United Kingdom|Great Britain)\b"), "UK"),
    (re.compile(r"\bEuropean Union\b"), "EU"),
    (re.compile(r"\bUnited Nations\b"), "UN"),
    (re.compile(r"\bUnited Arab Emirates\b"), "UAE"),
)
"""Names that are written in two ways; both are read as the short one."""
_UNCAPITALISED = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|june|july|september|october|november|december)\b"
    r"|(?<=\d )(?:march|may|august)\b|\b(?:march|may|august)(?= \d)"
)
"""Months and days in lower case, as in texts that were lower-cased; those that are other words too, beside a number."""
_OF_A_PLACE = re.compile(r"i?ans?|n|s|i|ese|ish")
"""What is added to a country's name for its people: Iran, Iranian; Qatar, Qatari."""


def is_told(name: str, have: set[str]) -> bool:
    """Whether a folded name is among folded words, as it is or in another spelling: Türkiye, Turkey; Iran, Iranian."""
    if name in have or any(name in same and same & have for same in _SAME_NAME):
        return True
    return len(name) >= 3 and any(
        len(short) >= 3 and long.startswith(short) and _OF_A_PLACE.fullmatch(long[len(short) :])
        for word in have
        for short, long in ((name, word), (word, name))
    )


@lru_cache(maxsize=512)
def short(text: str) -> str:
    """A text of the same length with its long names in their short form, filled up with spaces: positions hold."""
    for pattern, name in _FULL_NAMES:
        text = pattern.sub(partial(_filled, name), text)
    return text


def _filled(name: str, match: re.Match[str]) -> str:
    return name.ljust(len(match.group()))


@lru_cache(maxsize=512)
def capitalised(text: str) -> str:
    """A text of the same length with a capital for each month and day of the week."""
    return _UNCAPITALISED.sub(lambda match: match.group().capitalize(), text)
