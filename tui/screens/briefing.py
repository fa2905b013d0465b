"""Briefing: the stories of a day or a window, what is new in them, every sentence as checkable as in Ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import ContentSwitcher, Input, Static

from qa.period import Period
from qa.render import edition_days
from qa.types import Briefing, Edition, Exchange, Notice, Progress
from tui import editions, wording
from tui.desk import Desk
from tui.questions import Unasked, unasked
from tui.screens.desk_screen import EMPTY, hint
from tui.screens.standing import StandingDialog
from tui.screens.stories import StoriesScreen
from tui.widgets.day_list import DayList, Entry, SinceLast, Unbriefed
from tui.widgets.line_input import LineInput
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine
from tui.work import Work


class BriefingScreen(StoriesScreen):
    """The newest day at the first visit; another when one is picked or typed.

    One that is kept, and still of all articles of its days, is shown as it was made; ``again`` writes it anew.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "days", "Days", id="briefing.days"),
        Binding("slash,n", "other_day", "Other day", id="briefing.day"),
        Binding("u", "again", "Write again", show=False, id="briefing.again"),
        Binding("q", "standing", "Questions", tooltip="Standing questions", id="briefing.standing"),
        Binding("ctrl+z", "undelete", "Bring back", show=False, id="briefing.undo"),
    ]
    CSS_PATH = "briefing.tcss"
    kind = "briefing"
    within_story = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._visited = False
        self._typed = ""
        self._deleted: list[Edition] = []

    def compose_desk(self) -> ComposeResult:
        """The day, status, days to pick from, stories and quote."""
        yield LineInput(placeholder="A day or window: 2026-02-04, last week, since the last briefing", id="period")
        yield StatusLine()
        with Horizontal(id="editions"):
            yield DayList(id="days")
            with Container(classes="desk-body"):
                with ContentSwitcher(initial="blank", classes="desk-main"):
                    yield Static(markup=False, id="blank")
                    yield SentenceList(id="stories")
                yield QuotePane()

    def shelf_changed(self) -> None:
        """At the first visit to a library with articles, brief its newest day."""
        super().shelf_changed()
        shelf = self.desk.shelf
        if shelf is None:
            return
        self.query_one("#blank", Static).update(hint("" if shelf.articles else EMPTY))
        if self.app.screen is self:
            self._list_days()
            if shelf.articles and not self._visited:
                self._brief(self._typed)

    def scope_changed(self) -> None:
        """What is shown stays; what there is to pick from may not."""
        super().scope_changed()
        if self.app.screen is self:
            self._list_days()

    def on_screen_resume(self) -> None:
        """The screen is visited."""
        self.shelf_changed()

    # the days

    def _list_days(self) -> None:
        if self.desk.engine is not None and self.desk.shelf is not None:
            engine, as_of = self.engine, self.desk.shelf.as_of
            self.desk.begin(self, "days", lambda cancel: editions.listed(engine, as_of))

    def action_days(self) -> None:
        """Go to the days, and back; where there is room for one pane, they take it."""
        days = self.query_one(DayList)
        if days.has_focus:
            self.action_enter_list()
            return
        self.remove_class("-quoting")
        self.add_class("-days")
        self.call_after_refresh(days.focus)

    def on_day_list_picked(self, event: DayList.Picked) -> None:
        """Read a kept briefing as it was made, or have one written."""
        self.action_enter_list()
        match event.entry:
            case Unbriefed(day):
                self._write(editions.Unkept(Period(day=day.isoformat())))
            case SinceLast():
                self._write(editions.Unkept(Period(), since_last=True))
            case Edition(number):
                engine = self.engine
                self.desk.begin(self, self.kind, lambda cancel: editions.read(engine, number))

    def on_day_list_forgotten(self, event: DayList.Forgotten) -> None:
        """Delete a kept briefing."""
        engine, number = self.engine, event.edition.number
        self.desk.begin(self, "change briefings", lambda cancel: editions.deleted(engine, number))

    def action_undelete(self) -> None:
        """Bring back what was last deleted."""
        if self._deleted:
            engine, number = self.engine, self._deleted[-1].number
            self.desk.begin(self, "change briefings", lambda cancel: editions.restored(engine, number))

    def show(self, briefing: Briefing, how: str = "", unasked: Sequence[str] = ()) -> None:
        """Show a briefing, and its day under the cursor of the days."""
        super().show(briefing, how, unasked)
        self.query_one(DayList).point_at(briefing.number, briefing.last)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A briefing that is not there cannot be written again, nor one brought back that was not deleted."""
        if action in {"days", "other_day", "again", "standing"}:
            return not isinstance(self.focused, Input) and (action != "again" or self.briefing is not None)
        return bool(self._deleted) if action == "undelete" else super().check_action(action, parameters)

    def action_enter_list(self) -> None:
        """To the stories, also from the days."""
        self.remove_class("-days")
        super().action_enter_list()

    def action_back(self) -> None:
        """From the days to the stories; else as everywhere."""
        if self.query_one(DayList).has_focus and self.briefing is not None and self.briefing.stories:
            self.action_enter_list()
        else:
            super().action_back()

    # a briefing

    def action_other_day(self) -> None:
        """Type another day or window."""
        self.remove_class("-days")
        self.set_focus(self.query_one("#period", LineInput))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Brief what was typed."""
        self._brief(event.value)

    def action_standing(self) -> None:
        """See the standing questions, add one or remove one."""

        def left(_: None) -> None:
            if (briefing := self.briefing) is not None:
                engine = self.engine
                self.desk.begin(self, "unasked questions", lambda cancel: unasked(engine, briefing, cancel))

        if self.desk.engine is not None:
            self.app.push_screen(StandingDialog(self.desk), left)

    def action_again(self) -> None:
        """Write the briefing that is shown again, from what the library has now."""
        if self.briefing is not None:
            window = self.briefing.window
            first, last = (day.isoformat() if day else None for day in (window.start, window.end))
            period = Period(day=first) if first == last else Period(first=first, last=last)
            self._write(editions.Unkept(period))

    def _brief(self, typed: str) -> None:
        """The briefing of what was typed: the kept one, unless the library has other articles of its days now."""
        self._typed, scope = typed, self.desk.scope
        if self.desk.engine is None:
            self.status.say("opening the library…")
            return
        self._visited = True
        self.desk.begin(self, self.kind, lambda cancel: editions.looked_up(self.engine, typed, scope))

    def _write(self, of: editions.Unkept) -> None:
        self._visited, scope = True, self.desk.scope
        self.run_verb(lambda cancel: editions.written(self.engine, of, scope, cancel))

    def begun(self) -> None:
        """Say that it is being written; the old one stays until then."""
        self.status.say("writing the briefing… Esc cancels")
        self.exchanges.clear()

    def on_work_told(self, event: Work.Told) -> None:
        """Show what the verb tells."""
        if isinstance(event.event, editions.Changed):
            self._changed(event.event.edition)
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)} · Esc cancels", keep=True)
            case Exchange() as exchange:
                self.exchanges.append(exchange)
            case Briefing() as briefing:
                self.show(briefing)
                self._list_days()
            case editions.Kept(briefing, unasked):
                self.exchanges.clear()
                self.status.say("")
                self.show(briefing, f"as kept on {briefing.made:%Y-%m-%d %H:%M} UTC, u writes it again", unasked)
            case Unasked(questions):
                self.show_unasked(questions)
            case editions.Unkept() as of:
                self._write(of)
            case editions.Listed(entries):
                self._fill(entries)
            case editions.Exported(file, characters):
                self.status.say(f"written to {file}, {characters:,} characters")

    def _fill(self, entries: tuple[Entry, ...]) -> None:
        days = self.query_one(DayList)
        days.show(entries)
        if self.briefing is not None and not days.has_focus:
            days.point_at(self.briefing.number, self.briefing.last)

    def _changed(self, edition: Edition) -> None:
        if edition.deleted:
            self._deleted.append(edition)
            self.status.say(f"the briefing of {edition_days(edition)} is deleted: Ctrl+Z brings it back")
        else:
            self._deleted = [one for one in self._deleted if one.number != edition.number]
            self.status.say(f"the briefing of {edition_days(edition)} is back")
        self._list_days()
