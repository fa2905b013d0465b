"""Which days of publication are asked: typed as one says it, or one of the usual windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from textual.widgets import Input

from qa.errors import UsageError
from qa.period import Period, parse_period
from qa.types import Cancel, Query, Window
from tui import wording
from tui.desk import Desk
from tui.screens.dialog import ScopeDialog
from tui.work import Work

DROP: Literal["drop"] = "drop"
"""Chosen instead of a period: ask again without the window that words of the question set."""
_USUAL = ("all days", "today", "yesterday", "last 7 days", "last week", "last month")


@dataclass(frozen=True, slots=True)
class _Counted:
    """How many articles lie in a period: of row ``at`` of the list, or typed (None)."""

    at: int | None
    period: Period
    articles: int


class WindowDialog(ScopeDialog[Period | Literal["drop"]]):
    """The days, and how many articles lie in them, of the sources and the story that are in scope."""

    TITLE_TEXT = "Which days?"
    TYPED = "last week · since Monday · 2026-02-01 to 2026-02-04"

    def __init__(self, desk: Desk, in_words: Window | None) -> None:
        """For the scope of ``desk``; ``in_words`` is the window that words of the last question set."""
        super().__init__(desk)
        assert desk.shelf is not None
        self._shelf = desk.shelf
        self._in_words = in_words
        self._rows = [(name, parse_period(name, self._shelf.as_of)) for name in _USUAL]
        newest = self._shelf.last_day
        if newest is not None and newest <= self._shelf.as_of:
            self._rows.insert(1, ("the newest day", Period(day=newest.isoformat())))
        self._counts: dict[int, int] = {}

    def on_mount(self) -> None:
        """List the usual windows, and count."""
        self._offer()
        self.say(f"now: {wording.window(self.desk.scope.period.window)}")
        rows = list(enumerate(self._rows))
        self.desk.begin(self, "count windows", lambda cancel: self._count(rows, cancel))

    def _offer(self) -> None:
        rows = [wording.line(self._row(at)) for at in range(len(self._rows))]
        if self._in_words is not None:
            why = wording.line(f"drop “{self._in_words.why}”: ask the last question of all days", "$text-accent")
            rows.insert(0, why)
        self.offer(rows, at=self.choices.highlighted or 0)

    def _row(self, at: int) -> str:
        name, period = self._rows[at]
        days = "" if period == Period() else f" · {wording.window(period.window)}"
        count = f" · {_articles(self._counts[at])}" if at in self._counts else ""
        return f"{name}{days}{count}"

    def _count(self, rows: Sequence[tuple[int | None, tuple[str, Period]]], cancel: Cancel) -> Iterator[_Counted]:
        engine, scope, shelf = self.desk.permitted, self.desk.scope, self._shelf
        for at, (_, period) in rows:
            if cancel.cancelled:
                return
            query = Query("", shelf.as_of, shelf.as_of_given, period.window, scope.sources, scope.articles)
            yield _Counted(at, period, engine.library.searched(query))

    def on_work_told(self, event: Work.Told) -> None:
        """Show a count."""
        if isinstance(event.event, _Counted) and self.desk.current(event.work):
            counted = event.event
            if counted.at is None:
                self.say(f"{wording.window(counted.period.window)} · {_articles(counted.articles)}")
            else:
                self._counts[counted.at] = counted.articles
                if len(self._counts) == len(self._rows):
                    self._offer()

    def on_work_failed(self, event: Work.Failed) -> None:
        """Say why it could not be counted."""
        self.say(event.message, wrong=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say which days were typed, and how many articles they have."""
        try:
            period = parse_period(event.value, self._shelf.as_of)
        except UsageError as error:
            self.desk.stop("count")
            self.say(f"{error.message}. {error.hint}")
            return
        self.say(wording.window(period.window))
        self.desk.begin(self, "count", lambda cancel: self._count([(None, ("", period))], cancel))

    def entered(self, typed: str) -> None:
        """Take the days that were typed; nothing typed, the row of the list."""
        if not typed.strip():
            self.picked(self.choices.highlighted or 0)
            return
        try:
            self.dismiss(parse_period(typed, self._shelf.as_of))
        except UsageError as error:
            self.say(f"{error.message}. {error.hint}", wrong=True)

    def picked(self, at: int) -> None:
        """Take a usual window."""
        if self._in_words is not None and at == 0:
            self.dismiss(DROP)
        else:
            self.dismiss(self._rows[at - (self._in_words is not None)][1])


def _articles(count: int) -> str:
    return f"{count:,} article{'s' * (count != 1)}"
