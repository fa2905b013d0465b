"""Dates: reading an article's, and turning the words of a question into a window of publication days.

A period of a week or longer ("last week", "in January") is a window on the publication date. A named day ("on
Tuesday", "yesterday") is when something happened, so its window is that day and the few after it in which it is
reported. Weeks are ISO 8601 weeks, Monday to Sunday; "this week" takes in the Sunday before, with
which it begins for half of the readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from qa.errors import UsageError
from qa.types import Published, Window

REPORTED_WITHIN = 3
"""Days after a named day in which it is still reported."""

_LEAP_GAP = 8
"""Most years between two 29ths of February."""

_MONTH_NAMES = "january february march april may june july august september october november december".split()
_MONTHS = {name: i for i, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3]: i for name, i in list(_MONTHS.items())} | {"sept": 9}
_DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAYS = {name: i for i, name in enumerate(_DAY_NAMES)}
_NUMBERS = {
    word: i for i, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}
_NUMBERS |= {"a": 1, "few": 3, "couple of": 2, "a couple of": 2, "a few": 3}

_MONTH = "(?:" + "|".join([*_MONTH_NAMES, *(n[:3] + r"\.?" for n in _MONTH_NAMES if n != "may"), r"sept\.?"]) + ")"
_DATE = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+\d{{4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s+\d{{4}})?)"
)
_DAY_OF_WEEK = re.compile(rf"\A(?:{'|'.join(f'{n}|{n[:3]}' for n in _DAY_NAMES)}),?\s+", re.I)
_LONGEST_MONTH = 31
_FOLDED = str.maketrans("İıſ\u212a", "IisK")
"""Letters that a pattern which ignores case takes for an i, s or k, though they are not spelt so."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})(?:,?\s+(\d{{4}}))?", re.I)
_MONTH_DAY = re.compile(rf"({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?", re.I)
_FUTURE = re.compile(r"\b(?:will|going to|expected|scheduled|planned|due|upcoming|next|set to|to be held)\b", re.I)


def parse_published(text: str, zone: tzinfo | None) -> Published:
    """An article's date as given: ISO 8601 day or time, RFC 2822, "4 February 2026", "February 4, 2026".

    A time with an offset falls on its day in ``zone`` (the system's when None); one without an offset keeps its
    calendar day; a day of the week before a written day is passed over. Raises ValueError for anything else, also for
    a day that does not exist.
    """
    text = text.translate(_FOLDED).strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{8}", text):
        day = date.fromisoformat(text)
        return Published(day.isoformat(), day)
    moment = _moment(text)
    if moment is None:
        day = _written_day(text)
        return Published(day.isoformat(), day)
    if moment.tzinfo is None:
        return Published(moment.isoformat(), moment.date())
    try:
        return Published(moment.isoformat(), moment.astimezone(zone).date())
    except OverflowError:
        raise ValueError(f"{text!r} lies outside the calendar") from None


def _moment(text: str) -> datetime | None:
    if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d|\d{8}T\d", text):
        return datetime.fromisoformat(re.sub(r"\s*(?:Z|UTC|GMT)$", "+00:00", text).replace(" +", "+"))
    if re.match(r"(?:[A-Z][a-z]{2},\s)?\d{1,2}\s[A-Z][a-z]{2}\s\d{4}\s\d", text):
        return parsedate_to_datetime(text)
    return None


def _written_day(text: str) -> date:
    text = _DAY_OF_WEEK.sub("", text)
    for pattern, order in ((_ISO, (0, 1, 2)), (_DAY_MONTH, (2, 1, 0)), (_MONTH_DAY, (2, 0, 1))):
        if (match := pattern.fullmatch(text)) and match.group(order[0] + 1):
            year, month, day = (match.group(i + 1) for i in order)
            return date(int(year), _month(month), int(day))
    raise ValueError(f"{text!r} is not a date; write it as 2026-02-04")


def parse_day(text: str, today: date, option: str) -> date:
    """A day typed by a person: ``2026-02-04``, ``4 February 2026``, ``today``, ``yesterday``.

    Raises UsageError naming ``option``.
    """
    word = text.strip().lower()
    if word in {"today", "now"}:
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    try:
        return parse_published(text, UTC).day
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a day", "Write it as 2026-02-04; the day must exist.") from None


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text.lower().rstrip(".")]


def window_of(question: str, as_of: date) -> Window | None:
    """The window that the words of ``question`` set, seen from ``as_of``; None when they set none.

    It never ends after ``as_of``. Words about the future ("will", "expected") set none: what is to come was reported
    before.
    """
    folded = question.translate(_FOLDED)
    for pattern, rule in _RULES:
        for match in pattern.finditer(folded):
            try:
                found = rule(match, as_of)
            except (ValueError, OverflowError):  # a day outside the calendar
                continue
            if found is None or (found[0] > as_of):
                continue
            start, end, is_day = found
            if is_day:
                if _FUTURE.search(question):
                    continue
                end = min(end, date.max - timedelta(days=REPORTED_WITHIN)) + timedelta(days=REPORTED_WITHIN)
            return Window(start, min(end, as_of), question[match.start() : match.end()].strip())
    return None


_Days = tuple[date, date, bool]
_Found = _Days | None
"""First day, last day, and whether it is a named day on which something happened."""


def _day_in(text: str, as_of: date) -> date | None:
    """The day a written date names; without a year the latest one not after ``as_of``."""
    for pattern, order in ((_ISO, (0, 1, 2)), (_DAY_MONTH, (2, 1, 0)), (_MONTH_DAY, (2, 0, 1))):
        if match := pattern.fullmatch(text.strip()):
            year, month, day = (match.group(i + 1) for i in order)
            if year:
                return _existing_day(int(year), _month(month), int(day))
            back = (_existing_day(as_of.year - n, _month(month), int(day)) for n in range(_LEAP_GAP + 1))
            return next((found for found in back if found and found <= as_of), None)
    if text.strip().lower() in _WEEKDAYS:
        return _weekday(text.strip(), as_of)
    return None


def impossible_day(question: str) -> str | None:
    """The first written date in ``question`` that no calendar has ("30 February", "2026-02-30"), None without one."""
    for found in re.finditer(rf"(?<![\w-]){_DATE}(?![\w-])", question.translate(_FOLDED), re.I):
        for pattern, order in ((_ISO, (0, 1, 2)), (_DAY_MONTH, (2, 1, 0)), (_MONTH_DAY, (2, 0, 1))):
            if match := pattern.fullmatch(found.group()):
                year, month, day = (match.group(i + 1) for i in order)
                leap = year or "2024"
                if 1 <= int(day) <= _LONGEST_MONTH and not _existing_day(int(leap), _month(month), int(day)):
                    return found.group()
    return None


def _existing_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(name: str, as_of: date) -> date:
    return as_of - timedelta(days=(as_of.weekday() - _WEEKDAYS[name.lower()]) % 7)


def _week(as_of: date, back: int) -> _Days:
    monday = as_of - timedelta(days=as_of.weekday() + 7 * back)
    return monday, monday + timedelta(days=6), False


def _month_span(year: int, month: int) -> _Found:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1), False


def _past(match: re.Match[str], as_of: date) -> _Found:
    count = match.group("n")
    n = 1 if not count else int(count) if count.isdigit() else _NUMBERS.get(count.lower(), 1)
    days = {"day": 1, "week": 7, "month": 30, "year": 365, "fortnight": 14}[match.group("unit").lower()]
    if days * n > 365 * 200:
        return None
    return as_of - timedelta(days=days * n - (1 if days == 1 else 0)), as_of, False


def _unit_span(match: re.Match[str], as_of: date) -> _Found:
    back = 0 if match.group("which").lower() == "this" else 1
    unit = match.group("unit").lower()
    if unit == "week":
        first, last, is_day = _week(as_of, back)
        return (first if back else first - timedelta(days=1)), last, is_day
    if unit == "weekend":
        saturday = as_of - timedelta(days=as_of.weekday() - 5 + 7 * back)
        return saturday, saturday + timedelta(days=1), True
    if unit == "year":
        return date(as_of.year - back, 1, 1), date(as_of.year - back, 12, 31), False
    first = as_of.replace(day=1)
    first = (first - timedelta(days=1)).replace(day=1) if back else first
    return _month_span(first.year, first.month)


def _between(match: re.Match[str], as_of: date) -> _Found:
    last = _day_in(match.group("b"), as_of)
    first = _day_in(match.group("a"), last or as_of)
    return (first, last, False) if first and last and first <= last else None


def _since(match: re.Match[str], as_of: date) -> _Found:
    text = match.group("a")
    if text.isdigit():
        return date(int(text), 1, 1), as_of, False
    if month := match.group("m"):
        span = _named_month(month, match.group("y"), as_of)
        return (span[0], as_of, False) if span else None
    day = _day_in(text, as_of)
    return (day, as_of, False) if day else None


def _since_span(match: re.Match[str], as_of: date) -> _Found:
    span = _unit_span(match, as_of)
    return (span[0], as_of, False) if span else None


def _named_month(name: str, year: str | None, as_of: date) -> _Found:
    month = _MONTHS.get(name.lower().rstrip("."))
    if not month:
        return None
    return _month_span(int(year) if year else as_of.year - (month > as_of.month), month)


def _in_month(match: re.Match[str], as_of: date) -> _Found:
    return _named_month(match.group("m"), match.group("y"), as_of)


def _of_month(match: re.Match[str], as_of: date) -> _Found:
    return _named_month(match.group("m") or match.group("alone"), match.group("y"), as_of)


def _in_year(match: re.Match[str], as_of: date) -> _Found:
    year = int(match.group("y"))
    return (date(year, 1, 1), date(year, 12, 31), False) if 1900 <= year <= as_of.year else None


def _on_day(match: re.Match[str], as_of: date) -> _Found:
    day = _day_in(match.group("a"), as_of)
    return (day, day, True) if day else None


def _on_weekday(match: re.Match[str], as_of: date) -> _Found:
    day = _weekday(match.group("d"), as_of)
    if (match.group("last") or "").lower() == "last" and day == as_of:
        day -= timedelta(days=7)
    return day, day, True


def _relative_day(match: re.Match[str], as_of: date) -> _Found:
    day = as_of - timedelta(days=0 if match.group().lower() == "today" else 1)
    return day, day, True


def _days_ago(match: re.Match[str], as_of: date) -> _Found:
    count = match.group("n")
    n = int(count) if count.isdigit() else _NUMBERS.get(count.lower(), 1)
    per = {"day": 1, "week": 7}[match.group("unit").lower()]
    if n * per > 365 * 200:
        return None
    day = as_of - timedelta(days=n * per)
    return _week(as_of, n) if per == 7 else (day, day, True)


_COUNT = r"(?P<n>\d{1,3}|(?:a\s)?couple of|(?:a\s)?few|" + "|".join(k for k in _NUMBERS if " " not in k) + ")"
_WEEKDAY = "(?P<d>" + "|".join(_WEEKDAYS) + ")"
_Rule = Callable[[re.Match[str], date], _Found]
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = tuple(
    (re.compile(pattern, re.I), rule)
    for pattern, rule in (
        (rf"\bbetween\s+(?P<a>{_DATE}|\w+day)\s+and\s+(?P<b>{_DATE}|\w+day)", _between),
        (rf"\bfrom\s+(?P<a>{_DATE}|\w+day)\s+(?:to|until|through)\s+(?P<b>{_DATE}|\w+day)", _between),
        (r"\bsince\s+(?P<which>last|this|previous|past)\s+(?P<unit>weekend|week|month|year)\b", _since_span),
        (
            rf"\bsince\s+(?:(?:last|this)\s+)?(?P<a>{_DATE}|\w+day|(?P<m>{_MONTH})(?:,?\s+(?P<y>\d{{4}}))?|(?:19|20)\d\d)\b",
            _since,
        ),
        (
            rf"\b(?:(?:over|in|during|within|for)\s+)?(?:the\s+)?(?:past|last|previous)\s+{_COUNT}\s+"
            r"(?P<unit>day|week|month|year|fortnight)s\b",
            _past,
        ),
        (r"\b(?:over|in|during|within)\s+the\s+(?:past|last)\s+(?P<n>)(?P<unit>week|month|year|fortnight)\b", _past),
        (r"\b(?P<which>last|this|previous|past)\s+(?P<unit>weekend|week|month|year)\b(?!\s+of\b)", _unit_span),
        (rf"\b{_COUNT}\s+(?P<unit>day|week)s?\s+ago\b", _days_ago),
        (
            rf"\b(?:in|during|throughout)\s+(?:early\s+|late\s+|mid-?)?(?P<m>{_MONTH})(?:,?\s+(?P<y>\d{{4}}))?"
            r"(?!\s*\d)(?=\W|$)",
            _in_month,
        ),
        (  # "of May" and "for Jan Lipavský" may be people; a year, or nothing but a month's whole name, says it is not
            rf"\b(?:for|of)\s+(?:early\s+|late\s+|mid-?)?(?:(?P<m>{_MONTH}),?\s+(?P<y>\d{{4}})(?!\d)"
            rf"|(?P<alone>{'|'.join(n for n in _MONTH_NAMES if n != 'may')})(?!\s*\d)(?!\s+(?-i:[A-Z]))(?=\W|$))",
            _of_month,
        ),
        (rf"\bon\s+(?:(?:{'|'.join(_WEEKDAYS)}),?\s+)?(?P<a>{_DATE})", _on_day),
        (rf"\b(?:on\s+|(?P<last>last|this)\s+){_WEEKDAY}\b", _on_weekday),
        (r"\b(?:yesterday|today)\b", _relative_day),
        (r"\b(?:in|during|throughout)\s+(?P<y>(?:19|20)\d{2})\b", _in_year),
    )
)


def age_in_words(day: date, as_of: date) -> str:
    """How old a day is, seen from ``as_of``: "today", "yesterday", "9 days earlier"."""
    days = (as_of - day).days
    if days < 0:
        return f"{-days} day(s) later"
    return {0: "the same day", 1: "the day before"}.get(days, f"{days} days earlier")
