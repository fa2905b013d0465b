"""From which day the articles are seen: nothing that was published later is used."""

from __future__ import annotations

from textual.widgets import Input

from qa.errors import UsageError
from qa.period import parse_as_of
from tui import wording
from tui.desk import Desk
from tui.screens.dialog import ScopeDialog


class AsOfDialog(ScopeDialog[tuple[str | None]]):
    """A day, or today; the choice is the day in a tuple, None in it for today."""

    TITLE_TEXT = "As of which day? Nothing published later is used."
    TYPED = "2026-02-04 · yesterday · last Friday · today"

    def __init__(self, desk: Desk) -> None:
        """For the scope of ``desk``, which is open."""
        super().__init__(desk)
        assert desk.engine is not None
        self._today = desk.engine.today
        newest = desk.shelf.last_day if desk.shelf else None
        self._rows: list[tuple[str, str | None]] = [(f"today, {self._today}", None)]
        self._rows.append(("yesterday", parse_as_of("yesterday", self._today)))
        if newest is not None and newest < self._today:
            self._rows.append(("the newest day of the library", newest.isoformat()))

    def on_mount(self) -> None:
        """List the usual days."""
        self.offer([wording.line(f"{name} · {day}" if day else name) for name, day in self._rows])
        self.say(f"now: {self.desk.scope.as_of or 'today'}")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say which day was typed."""
        try:
            day = parse_as_of(event.value, self._today)
        except UsageError as error:
            self.say(f"{error.message}. {error.hint}")
        else:
            self.say(day or f"today, {self._today}: moves on with the days")

    def entered(self, typed: str) -> None:
        """Take the day that was typed; nothing typed, the row of the list."""
        if not typed.strip():
            self.picked(self.choices.highlighted or 0)
            return
        try:
            self.dismiss((parse_as_of(typed, self._today),))
        except UsageError as error:
            self.say(f"{error.message}. {error.hint}", wrong=True)

    def picked(self, at: int) -> None:
        """Take a usual day."""
        self.dismiss((self._rows[at][1],))
