"""A day or a window as a person types it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qa.errors import ConfigError, UsageError
from qa.setting import length
from qa.types import Window

_BETWEEN = re.compile(r"\s+(?:to|until|till|through|and|-|–|—)\s+|\s*\.\.\s*", re.I)
_FROM = re.compile(r"\A(?:from|between)\s+", re.I)
_EVERYTHING = frozenset({"all", "all days", "any day", "everything"})
_LONGEST = 80
_HINT = "Write 2026-02-04, last week, since Monday, or two days with “to” between them."


@dataclass(frozen=True, slots=True)
class Period:
    """What ``brief`` takes: a day, or the first and last day of a window, or nothing for the newest day."""

    day: str | None = None
    first: str | None = None
    last: str | None = None

    @property
    def window(self) -> Window:
        """These days; all of them where none is given."""
        first, last = self.day or self.first, self.day or self.last
        start, end = (date.fromisoformat(day) if day else None for day in (first, last))
        return Window(start, end)


def parse_period(typed: str, as_of: date) -> Period:
    """A day (``2026-02-04``, ``last Friday``), two with ``to`` between them, or words such as ``last week`` and ``since
    Monday``, seen from ``as_of``; nothing, or ``all days``, for all of them. Raises UsageError."""
    typed = " ".join(typed[: _LONGEST + 1].split())
    if not typed or typed.casefold() in _EVERYTHING:
        return Period()
    if len(typed) > _LONGEST:
        raise UsageError("that is too long for a day or a window", _HINT)
    from qa.windows import days_named, window_of  # its patterns are not for the first paint to wait for

    if days := days_named(typed, as_of):
        return _period(days[0], days[1] if days[0] > as_of else min(days[1], as_of))
    if len(ends := _BETWEEN.split(_FROM.sub("", typed))) == 2:
        first, last = _day(ends[0], as_of)[0], _day(ends[1], as_of)[1]
        if first > last:
            raise UsageError(f"the window ends ({last}) before it begins ({first})", "Exchange the two days.")
        return _period(first, last)
    window = window_of(typed, as_of) or window_of(f"in {typed}", as_of)
    if window is None or window.why not in (typed, f"in {typed}"):
        raise UsageError(f"“{typed}” is no day and no window", _HINT)
    return _period(window.start, window.end)


def parse_as_of(typed: str, today: date) -> str | None:
    """The day to look from (``2026-02-04``, ``last Friday``), None for today. UsageError for others."""
    typed = " ".join(typed[: _LONGEST + 1].split())
    if not typed or typed.casefold() in {"today", "now"}:
        return None
    first, last = _day(typed, today)
    if first != last:
        raise UsageError(f"“{typed}” is more than a day", f"Write its last day: {min(last, today)}.")
    if first > today:
        raise UsageError(f"{first} is still to come", f"Nothing can be looked at from later than today, {today}.")
    return None if first == today else first.isoformat()


def parse_length(typed: str) -> str | int:
    """How long a briefing is to be: short, medium, long, or a number of stories. Raises UsageError."""
    try:
        return length("--length", typed)
    except ConfigError as error:
        raise UsageError(error.message, error.hint) from None


def week_until(day: date) -> tuple[date, date]:
    """Monday of the week of a day (ISO 8601), and that day."""
    return day - timedelta(days=day.weekday()), day


def nearest_days(days: Sequence[tuple[date, int]], window: Window, as_of: date) -> list[tuple[date, int]]:
    """Of days with how many articles each has, the last before a window and the first after it, not after ``as_of``."""
    first, last = window.start or date.min, window.end or date.max
    before = [pair for pair in days if pair[0] < first and pair[0] <= as_of]
    after = [pair for pair in days if last < pair[0] <= as_of]
    return [*before[-1:], *after[:1]]


def _day(typed: str, as_of: date) -> tuple[date, date]:
    from qa.windows import days_named

    if len(typed) <= _LONGEST and (days := days_named(typed, as_of)):
        return days
    raise UsageError(f"“{typed[:_LONGEST]}” is no day", "Write it as 2026-02-04, or yesterday, or last Friday.")


def _period(first: date | None, last: date | None) -> Period:
    if first == last and first is not None:
        return Period(day=first.isoformat())
    return Period(first=first.isoformat() if first else None, last=last.isoformat() if last else None)
