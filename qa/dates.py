"""Dates: an article's as given, a day as a person types it, and written days in a text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

from qa.errors import UsageError
from qa.types import Published

_LEAP_GAP = 8
"""Most years between two 29ths of February."""

MONTH_NAMES = "january february march april may june july august september october november december".split()
MONTHS = {name: i for i, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name[:3]: i for name, i in list(MONTHS.items())} | {"sept": 9}
DAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTH = "(?:" + "|".join([*MONTH_NAMES, *(n[:3] + r"\.?" for n in MONTH_NAMES if n != "may"), r"sept\.?"]) + ")"
DATE = (
    r"(?:\d{4}-\d{1,2}-\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}(?:,?\s+\d{{4}})?"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s+\d{{4}})?)"
)
_DAY_OF_WEEK = re.compile(rf"\A(?:{'|'.join(f'{n}|{n[:3]}' for n in DAY_NAMES)}),?\s+", re.I)
_LONGEST_MONTH = 31
FOLDED = str.maketrans("İıſ\u212a", "IisK")
"""Letters that a pattern which ignores case takes for an i, s or k, though they are not spelt so."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({MONTH})(?:,?\s+(\d{{4}}))?", re.I)
_MONTH_DAY = re.compile(rf"({MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?", re.I)
_WRITTEN = ((_ISO, (0, 1, 2)), (_DAY_MONTH, (2, 1, 0)), (_MONTH_DAY, (2, 0, 1)))
"""Spellings of a day, each with the places of year, month and day."""


def parse_published(text: str, zone: tzinfo | None) -> Published:
    """An article's date as given: ISO 8601 day or time, RFC 2822, "4 February 2026", "February 4, 2026".

    A time with an offset falls on its day in ``zone`` (the system's when None); one without an offset keeps its
    calendar day; a day of the week before a written day is passed over. Raises ValueError for anything else, also for
    a day that does not exist.
    """
    text = text.translate(FOLDED).strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{8}", text):
        day = date.fromisoformat(text)
        return Published(day.isoformat(), day)
    moment = _moment(text)
    if moment is None:
        day = _full_day(text)
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


def _full_day(text: str) -> date:
    text = _DAY_OF_WEEK.sub("", text)
    for pattern, order in _WRITTEN:
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
    return int(text) if text.isdigit() else MONTHS[text.lower().rstrip(".")]


def written_day(text: str, as_of: date) -> date | None:
    """The day that a written date names; without a year the latest one not after ``as_of``. None for other words."""
    for pattern, order in _WRITTEN:
        if match := pattern.fullmatch(text.strip()):
            year, month, day = (match.group(i + 1) for i in order)
            if year:
                return _existing_day(int(year), _month(month), int(day))
            back = (_existing_day(as_of.year - n, _month(month), int(day)) for n in range(_LEAP_GAP + 1))
            return next((found for found in back if found and found <= as_of), None)
    return None


def impossible_day(question: str) -> str | None:
    """The first written date in ``question`` that no calendar has ("30 February", "2026-02-30"), None without one."""
    for found in re.finditer(rf"(?<![\w-]){DATE}(?![\w-])", question.translate(FOLDED), re.I):
        for pattern, order in _WRITTEN:
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


def readable(published: str | None) -> str:
    """A date of publication as a reader is told it: "2026-02-04", or "2026-02-04 09:26 UTC" where its hour is known, in
    the zone that its source gave it; "undated" for None. What is no such date comes back as it is."""
    if published is None or "T" not in published:
        return published or "undated"
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return published
    told = moment.isoformat(" ", "minutes")
    return told[:16] + (f" {told[16:]}" if moment.utcoffset() else " UTC" if moment.tzinfo else "")


def age_in_words(day: date, as_of: date) -> str:
    """How old a day is, seen from ``as_of``: "today", "yesterday", "9 days earlier"."""
    days = (as_of - day).days
    if days < 0:
        return f"{-days} day(s) later"
    return {0: "the same day", 1: "the day before"}.get(days, f"{days} days earlier")
