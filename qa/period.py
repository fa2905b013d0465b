"""A day or a window as a person types it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from qa.dates import parse_day
from qa.errors import UsageError
from qa.types import Window
from qa.windows import window_of

_BETWEEN = re.compile(r"\s+(?:to|until|-|–)\s+|\s*\.\.\s*")


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
    """A day (``2026-02-04``, ``yesterday``), two with ``to`` between them, or words such as ``last week``.

    Raises UsageError.
    """
    typed = " ".join(typed.split())
    if not typed:
        return Period()
    if len(ends := _BETWEEN.split(typed)) == 2:
        first, last = (parse_day(end, as_of, "the window").isoformat() for end in ends)
        return Period(first=first, last=last)
    try:
        return Period(day=parse_day(typed, as_of, "the day").isoformat())
    except UsageError:
        window = window_of(typed, as_of) or window_of(f"in {typed}", as_of)
        whole = window is not None and window.why in (typed, f"in {typed}")
        if not whole or window is None or window.start is None or window.end is None:
            raise
        return Period(first=window.start.isoformat(), last=window.end.isoformat())
