"""Spans of days that words name, seen from a day: "last week", "3-5 February", "the first week of January 2025".

Weeks are ISO 8601 weeks, Monday to Sunday; "this week" takes in the Sunday before, with which it begins for half of
the readers. Without a year, a day or a month is the latest that is not after the day it is seen from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from qa.dates import DATE, DAY_NAMES, MONTH, MONTHS, written_day


class Span(NamedTuple):
    """First and last day."""

    first: date
    last: date
    is_day: bool = False
    """Whether it is a day (or a weekend) on which something happened, not a period of publication."""


_MOST_YEARS = 200
_NUMBERS = {
    word: n for n, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_NUMBERS |= {"a": 1, "an": 1, "few": 3, "a few": 3, "couple of": 2, "a couple of": 2, "several": 3}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 5}
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "decade": 3652}

WEEKDAY = f"(?:{'|'.join(DAY_NAMES)})"
_COUNT = r"(?:\d{1,3}|(?:a\s+)?couple\s+of|(?:a\s+)?few|several|" + "|".join(w for w in _NUMBERS if " " not in w) + ")"
_WHICH = r"(?:last|previous|this\s+past|this|past)"
_NTH = r"(?:\d{1,2}(?:st|nd|rd|th)?)"
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|and|until|till|through)\s+)"
_MONTH_YEAR = rf"{MONTH}(?:,?\s+\d{{4}})?(?!\s*\d)"
_PART = r"(?:(?:the\s+)?(?:start|beginning|middle|end)\s+of\s+(?:the\s+)?|early\s+|late\s+|mid-?\s*)?"
_Read = Callable[[re.Match[str], date], Span | None]


def _day(match: re.Match[str], as_of: date) -> Span | None:
    day = written_day(match.group("day"), as_of)
    return Span(day, day, True) if day else None


def _days_of_month(match: re.Match[str], as_of: date) -> Span | None:
    """ "3-5 February 2025" and "February 3 to 5, 2025"."""
    month, year = match.group("month"), match.group("year") or ""
    last = written_day(f"{match.group('b')} {month} {year}".strip(), as_of)
    first = written_day(f"{match.group('a')} {month} {last.year if last else ''}".strip(), as_of)
    return Span(first, last) if first and last and first <= last else None


def _weekday(match: re.Match[str], as_of: date) -> Span:
    away = (as_of.weekday() - DAY_NAMES.index(match.group("name").lower())) % 7
    which = (match.group("which") or "").lower()
    day = as_of - timedelta(away or (7 if which in {"last", "previous"} else 0))
    return Span(day, day, True)


def _relative(match: re.Match[str], as_of: date) -> Span:
    words = match.group().lower()
    back = 2 if "before" in words else 1 if words == "yesterday" or words.startswith("last") else 0
    day = as_of - timedelta(back)
    return Span(day, day, True)


def _ago(match: re.Match[str], as_of: date) -> Span | None:
    n, unit = _count(match.group("n")), match.group("unit").lower()
    if n * _DAYS[unit] > 365 * _MOST_YEARS:
        return None
    if unit == "day":
        return Span(as_of - timedelta(n), as_of - timedelta(n), True)
    return _unit(unit, as_of, n)


def _unit(unit: str, as_of: date, back: int) -> Span:
    """The week, weekend, month or year ``back`` before that of ``as_of``."""
    if unit == "weekend":
        saturday = as_of - timedelta(as_of.weekday() - 5 + 7 * back)
        return Span(saturday, saturday + timedelta(1), True)
    if unit == "week":
        monday = as_of - timedelta(as_of.weekday() + 7 * back)
        return Span(monday if back else monday - timedelta(1), monday + timedelta(6))
    if unit == "year":
        return _year(as_of.year - back)
    months = as_of.year * 12 + as_of.month - 1 - back
    return _month(months // 12, months % 12 + 1)


def _named_unit(match: re.Match[str], as_of: date) -> Span:
    which, unit = match.group("which").lower(), match.group("unit").lower()
    if which.split()[-1] == "past" and unit != "weekend":
        return Span(as_of - timedelta(_DAYS[unit]), as_of)
    if which == "the":  # "the weekend"; "the start of the year"
        found = _unit(unit, as_of, 0)
        return found if found.first <= as_of else _unit(unit, as_of, 1)
    return _unit(unit, as_of, 0 if which == "this" else 1)


def _before_last(match: re.Match[str], as_of: date) -> Span:
    return _unit(match.group("unit").lower(), as_of, 2)


def _past(match: re.Match[str], as_of: date) -> Span | None:
    n, unit = _count(match.group("n") or "a"), match.group("unit").lower()
    if unit == "hour":
        return Span(as_of - timedelta(-(-n // 24)), as_of)
    days = n * _DAYS[unit]
    return None if days > 365 * _MOST_YEARS else Span(as_of - timedelta(days - (1 if unit == "day" else 0)), as_of)


def _week_of(match: re.Match[str], as_of: date) -> Span | None:
    day = written_day(match.group("day"), as_of)
    if day is None:
        return None
    found = _unit(match.group("unit").lower(), day, 0)
    return Span(day - timedelta(day.weekday()), found.last) if match.group("unit").lower() == "week" else found


def _part_of_month(match: re.Match[str], as_of: date) -> Span | None:
    whole = month_span(match.group("month"), as_of)
    if whole is None:
        return None
    nth, first = _ORDINALS[match.group("nth").lower()], whole.first
    if match.group("unit").lower() == "half":
        middle = first.replace(day=15)
        return Span(first, middle) if nth == 1 else Span(middle + timedelta(1), whole.last)
    if nth == 5:
        return Span(whole.last - timedelta(6), whole.last)
    return Span(first + timedelta(7 * nth - 7), first + timedelta(7 * nth - 1))


def _month_named(match: re.Match[str], as_of: date) -> Span | None:
    if which := match.groupdict().get("which"):
        return month_span(f"{match.group('month')} {as_of.year - (which.lower() == 'last')}", as_of)
    return month_span(match.group("month"), as_of)


def month_span(words: str, as_of: date) -> Span | None:
    """ "January" (the latest that has begun), "Jan. 2025"; None for a month outside the calendar."""
    name, _, year = words.replace(",", " ").strip().partition(" ")
    month = MONTHS[name.lower().rstrip(".")]
    return _month(int(year) if year.strip() else as_of.year - (month > as_of.month), month)


def _month(year: int, month: int) -> Span:
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), following - timedelta(1))


def _year_named(match: re.Match[str], as_of: date) -> Span | None:
    year = int(match.group())
    return _year(year) if 1900 <= year <= as_of.year else None


def _year(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def _count(words: str) -> int:
    return int(words) if words.isdigit() else _NUMBERS.get(" ".join(words.lower().split()), 1)


_YEAR = r"(?:,?\s+(?P<year>\d{4}))?"
_PARTS_OF_DAY = r"tonight|last\s+night|this\s+(?:morning|afternoon|evening)"
_KINDS: tuple[tuple[str, _Read], ...] = (
    (rf"(?:the\s+)?(?P<a>{_NTH}){_TO}(?P<b>{_NTH})\s+(?:of\s+)?(?P<month>{MONTH}){_YEAR}", _days_of_month),
    (rf"(?P<month>{MONTH})\s+(?P<a>{_NTH}){_TO}(?P<b>{_NTH})(?!\d){_YEAR}", _days_of_month),
    (rf"(?:(?:{WEEKDAY}|{'|'.join(n[:3] for n in DAY_NAMES)}),?\s+)?(?:the\s+)?(?P<day>{DATE})", _day),
    (rf"(?:the\s+)?(?P<unit>week|weekend)\s+of\s+(?:the\s+)?(?P<day>{DATE})", _week_of),
    (
        rf"(?:the\s+)?(?P<nth>{'|'.join(_ORDINALS)})\s+(?P<unit>week|half)\s+of\s+(?P<month>{_MONTH_YEAR})",
        _part_of_month,
    ),
    (r"(?:the\s+)?(?P<unit>week|weekend|month|year)\s+before\s+last", _before_last),
    (
        rf"(?:the\s+)?(?:last|past|previous|these\s+past)\s+(?P<n>{_COUNT})\s+"
        r"(?P<unit>hour|day|week|fortnight|month|year|decade)s?",
        _past,
    ),
    (r"(?:the\s+)?(?:last|past)(?P<n>)\s+(?P<unit>hour|fortnight|decade)", _past),
    (rf"{_PART}(?P<which>{_WHICH})\s+(?P<unit>weekend|week|month|year)", _named_unit),
    (r"(?P<which>the)\s+(?P<unit>weekend)", _named_unit),
    (r"(?:the\s+)?(?:start|beginning)\s+of\s+(?P<which>the)\s+(?P<unit>week|month|year)", _named_unit),
    (rf"(?<!\band\s)(?P<n>{_COUNT})\s+(?P<unit>day|week|month|year)s?\s+ago", _ago),
    (rf"(?:the\s+)?day\s+before\s+yesterday|yesterday|today|{_PARTS_OF_DAY}", _relative),
    (rf"(?:(?P<which>{_WHICH})\s+)?(?P<name>{WEEKDAY})", _weekday),
    (rf"{_PART}(?P<month>{MONTH})\s+(?:of\s+)?(?P<which>last|this)\s+year", _month_named),
    (rf"{_PART}(?P<month>{_MONTH_YEAR})", _month_named),
    (r"(?:19|20)\d\d", _year_named),
)
"""How spans are written, the longer before the shorter, each with what reads it."""
_READ = tuple((re.compile(pattern, re.I), read) for pattern, read in _KINDS)
_NAMED = re.compile(r"\?P<\w+>")


def pattern_of(*reads: str) -> str:
    """A pattern, without groups, for the words that name a span; ``reads`` names the kinds, all when left out."""
    kinds = [_NAMED.sub("?:", pattern) for pattern, read in _KINDS if not reads or read.__name__.strip("_") in reads]
    return f"(?:{'|'.join(f'(?:{kind})' for kind in kinds)})"


def span_of(words: str, as_of: date) -> Span | None:
    """The days that ``words`` name, seen from ``as_of``; None when they name none, or one that no calendar has."""
    for pattern, read in _READ:
        if match := pattern.fullmatch(words.strip()):
            try:
                if found := read(match, as_of):
                    return found
            except (ValueError, OverflowError):
                continue
    return None
