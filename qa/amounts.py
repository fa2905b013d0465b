"""Which unit the number has that a question asks for: money for "cost", a weight for "weigh", a length for "deep"."""

from __future__ import annotations

import re
from functools import lru_cache

from qa.facts import Number, numbers

_MONEY = (
    r"dollars?|cents?|pounds?|pence|euros?|crowns?|kronor|kroner|krona|krone|koruna|francs?|yen|yuan|renminbi|rupees?|"
    r"rupiah|roubles?|rubles?|won|pesos?|reais|real|liras?|rand|shekels?|dirhams?|riyals?|dinars?|baht|zloty|zlotys|"
    r"forints?|hryvnia|naira|ringgit|usd|eur|gbp|chf|bitcoins?"
)
_AMOUNTS = (
    (
        r"\bhow much\b[^?]*\b(?:cost|costs|pay|pays|paid|earn|earns|worth|priced?|sell for|sold for|fined?|donate|"
        r"spend|spent|owe|owes|invest|invested|toll|fee|rent|salary|ticket)\b|\bwhat (?:price|fine|fee|salary|wage)\b",
        rf"\b(?:{_MONEY})\b",
        "$€£¥₺",
    ),
    (
        r"\bhow (?:much\b[^?]*\bweighs?|heavy)\b|\bwhat weight\b",
        r"\b(?:kilogram(?:me)?s?|kilos?|kgs?|grams?|tons?|tonnes?|pounds?|lbs?|ounces?|oz|stone)\b",
        "",
    ),
    (
        r"\bhow (?:deep|tall|high|wide)\b|\bwhat (?:depth|height|width|distance)\b",
        r"\b(?:(?:milli|centi|kilo)?met(?:re|er)s?|k?m|kms|miles?|feet|foot|ft|yards?|inch(?:es)?|storeys|stories|floors|"
        r"degrees?|points?|light[- ]years?|nautical|percent|minutes?|hours?)\b",
        "%$€£¥₺",
    ),
    (
        r"\bhow fast\b|\bwhat (?:top )?speed\b",
        r"\b(?:mph|km/?h|kph|kmh|knots?|miles|kilomet(?:re|er)s|metres|meters|minutes?|seconds?|hours?|percent|mach)\b",
        "%",
    ),
    (
        r"\bwhat (?:pay )?(?:rise|raise|increase)\b",
        rf"\b(?:percent|points?|{_MONEY})\b",
        "%$€£¥₺",
    ),
)
_PATTERNS = tuple((re.compile(asks, re.I), re.compile(unit, re.I), signs) for asks, unit, signs in _AMOUNTS)
_WITHIN = 28
"""Characters behind a number among which its unit stands."""


def has_amount(question: str, text: str) -> bool:
    """Whether ``text`` holds a number of the unit that ``question`` asks for; True where it asks for none."""
    asked = _unit(question)
    return asked is None or any(_is_of(number, text, *asked) for number in numbers(text))


def asks_unit(question: str) -> bool:
    """Whether ``question`` asks for a number of a certain unit."""
    return _unit(question) is not None


def is_amount(question: str, text: str, number: Number) -> bool:
    """Whether ``number`` of ``text`` has the unit that ``question`` asks for; False where it asks for none."""
    asked = _unit(question)
    return asked is not None and _is_of(number, text, *asked)


@lru_cache(maxsize=64)
def _unit(question: str) -> tuple[re.Pattern[str], str] | None:
    return next(((unit, signs) for asks, unit, signs in _PATTERNS if asks.search(question)), None)


def _is_of(number: Number, text: str, unit: re.Pattern[str], signs: str) -> bool:
    if number.unit and number.unit in signs:
        return True
    behind = re.split(r"[,;:()]|\band\b", text[number.end : number.end + _WITHIN])[0]
    return unit.search(re.sub(r"^[-–\s]*(?:point)?\s*", " ", behind)) is not None
