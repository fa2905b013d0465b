"""Briefing: the stories of a day or a window, what is new in them, every sentence as checkable as in Ask."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import ContentSwitcher, Input, Static

from qa.render import copied_story, edition_days
from qa.types import Article, Briefing, Edition, Exchange, Notice, Progress, Story
from tui import editions, wording
from tui.desk import Desk
from tui.inspection import of_story
from tui.period import Period
from tui.screens.desk_screen import EMPTY, DeskScreen, focus_is_free, hint
from tui.screens.export import Destination, ExportScreen
from tui.screens.inspector import InspectorScreen
from tui.screens.story_sources import StorySourcesScreen
from tui.told import Told, told
from tui.widgets.day_list import DayList, Unbriefed
from tui.widgets.line_input import LineInput
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine
from tui.work import Work

_ON_A_STORY = {"follow_up", "copy_story", "sources", "inspect"}
_ON_A_BRIEFING = {"export", "again"}


class BriefingScreen(DeskScreen):
    """The newest day at the first visit; another when one is picked or typed.

    One that is kept, and still of all articles of its days, is shown as it was made; ``again`` writes it anew.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "days", "Days", id="briefing.days"),
        Binding("slash,n", "other_day", "Other day", id="briefing.day"),
        Binding("f", "follow_up", "Follow up", id="briefing.follow_up"),
        Binding("o", "sources", "Sources", id="briefing.sources"),
        Binding("i", "inspect", "Inspect", id="briefing.inspect"),
        Binding("y", "copy_story", "Copy", id="briefing.copy"),
        Binding("x", "export", "Export", id="briefing.export"),
        Binding("u", "again", "Write again", show=False, id="briefing.again"),
        Binding("ctrl+z", "undelete", "Bring back", show=False, id="briefing.undo"),
    ]
    CSS_PATH = "briefing.tcss"
    kind = "briefing"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.briefing: Briefing | None = None
        """The one that is shown."""
        self._told = Told((), ())
        self._exchanges: list[Exchange] = []
        """What was said to a model and by it while the one that is shown was written."""
        self._visited = False
        self._typed = ""
        self._deleted: list[Edition] = []

    def compose_desk(self) -> ComposeResult:
        """The day, status, days to pick from, stories and quote."""
        yield LineInput(placeholder="A day or window: 2026-02-04, last week, 2026-02-01 to 2026-02-04", id="period")
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
            as_of = self.desk.shelf.as_of
            self.desk.begin(self, "days", lambda cancel: editions.listed(self.engine, as_of))

    def action_days(self) -> None:
        """Go to the days, and back; where there is room for one pane, they take it."""
        days = self.query_one(DayList)
        leaving = days.has_focus
        self.set_class(not leaving, "-days")
        self.call_after_refresh(self.action_enter_list if leaving else days.focus)

    def on_day_list_picked(self, event: DayList.Picked) -> None:
        """Read a kept briefing as it was made, or have one written."""
        self.remove_class("-days")
        self.set_focus(self.query_one("#stories") if self.briefing else None)
        match event.entry:
            case Unbriefed(day):
                self._write(Period(day=day.isoformat()))
            case Edition(number):
                self.desk.begin(self, self.kind, lambda cancel: editions.read(self.engine, number))

    def on_day_list_forgotten(self, event: DayList.Forgotten) -> None:
        """Delete a kept briefing."""
        number = event.edition.number
        self.desk.begin(self, "change briefings", lambda cancel: editions.deleted(self.engine, number))

    def action_undelete(self) -> None:
        """Bring back what was last deleted."""
        if self._deleted:
            number = self._deleted[-1].number
            self.desk.begin(self, "change briefings", lambda cancel: editions.restored(self.engine, number))

    # a briefing

    def action_other_day(self) -> None:
        """Type another day or window."""
        self.remove_class("-days")
        self.set_focus(self.query_one("#period", LineInput))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Brief what was typed."""
        self._brief(event.value)

    def action_again(self) -> None:
        """Write the briefing that is shown again, from what the library has now."""
        if self.briefing is not None:
            window = self.briefing.window
            first, last = (day.isoformat() if day else None for day in (window.start, window.end))
            self._write(Period(day=first) if first == last else Period(first=first, last=last))

    def _brief(self, typed: str) -> None:
        """The briefing of what was typed: the kept one, unless the library has other articles of its days now."""
        self._typed, scope = typed, self.desk.scope
        if self.desk.engine is None:
            self.status.say("opening the library…")
            return
        self._visited = True
        self.desk.begin(self, self.kind, lambda cancel: editions.looked_up(self.engine, typed, scope))

    def _write(self, period: Period) -> None:
        self._visited, scope = True, self.desk.scope
        self.run_verb(lambda cancel: editions.written(self.engine, period, scope, cancel))

    def begun(self) -> None:
        """Say that it is being written; the old one stays until then."""
        self.status.say("writing the briefing… Esc cancels")
        self._exchanges.clear()

    def on_work_told(self, event: Work.Told) -> None:
        """Show what the verb tells."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)} · Esc cancels", keep=True)
            case Exchange() as exchange:
                self._exchanges.append(exchange)
            case Briefing() as briefing:
                self._show(briefing)
                self._list_days()
            case editions.Kept(briefing):
                self._exchanges.clear()
                self.status.say("")
                self._show(briefing, f"as kept on {briefing.made:%Y-%m-%d %H:%M} UTC, u writes it again")
            case editions.Unkept(period):
                self._write(period)
            case editions.Listed(entries):
                self._fill(entries)
            case editions.Changed(edition):
                self._changed(edition)
            case editions.Exported(file, characters):
                self.status.say(f"written to {file}, {characters:,} characters")

    def _show(self, briefing: Briefing, how: str = "") -> None:
        self.briefing, self.window = briefing, briefing.window
        self.describe()
        self.status.say(wording.briefed(briefing, how), keep=True)
        self.query_one(QuotePane).clear()
        stories = self.query_one("#stories", SentenceList)
        self.query_one(ContentSwitcher).current = "stories"
        self._told = told(briefing)
        stories.show(self._told.items)
        self.query_one(DayList).point_at(briefing.number, briefing.last)
        self.refresh_bindings()
        if focus_is_free(self) and briefing.stories:
            self.set_focus(stories)

    def _fill(self, entries: tuple[Edition | Unbriefed, ...]) -> None:
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

    # a story

    @property
    def story(self) -> Story | None:
        """The story under the cursor."""
        at = self._told.story_at(self.query_one("#stories", SentenceList).highlighted)
        return None if at is None or self.briefing is None else self.briefing.stories[at]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done with a story or a briefing needs one, and keys that are letters a reader who is not typing."""
        if action in _ON_A_STORY | _ON_A_BRIEFING | {"days", "other_day"} and isinstance(self.focused, Input):
            return False
        if action in _ON_A_STORY:
            return self.briefing is not None and bool(self.briefing.stories)
        if action in _ON_A_BRIEFING:
            return self.briefing is not None
        return bool(self._deleted) if action == "undelete" else super().check_action(action, parameters)

    def on_descendant_focus(self) -> None:
        """What can be done depends on where the reader is."""
        self.refresh_bindings()

    def action_follow_up(self) -> None:
        """Ask about the story under the cursor: Ask, limited to its articles."""
        if story := self.story:
            scope = self.desk.scope.on_story(story.title, tuple(article.id for article in story.articles))
            self.app.switch_mode("ask")
            self.app.post_message(DeskScreen.Rescoped(scope))

    def action_sources(self) -> None:
        """See the articles of the story under the cursor, and open one."""
        if story := self.story:
            compared = self.briefing is not None and self.briefing.since is not None
            screen = StorySourcesScreen(story.title, story.articles, story.added if compared else ())
            self.app.push_screen(screen, self._open_source)

    def _open_source(self, article: Article | None) -> None:
        if article is not None:
            self.open_article(article.id, article.version)

    def action_inspect(self) -> None:
        """See how the story under the cursor came about."""
        if self.briefing is not None and (story := self.story):
            self.app.push_screen(InspectorScreen(self.desk, of_story(story, self.briefing, self._exchanges)))

    def action_copy_story(self) -> None:
        """Put the story under the cursor on the clipboard, with its footnotes."""
        if story := self.story:
            copied = copied_story(story)
            self.app.copy_to_clipboard(copied)
            self.status.say(f"copied the story, {len(copied):,} characters (by OSC 52, which your terminal must allow)")

    def action_export(self) -> None:
        """Ask where to, and write the briefing there."""
        if (briefing := self.briefing) is None:
            return

        def chosen(to: Destination | None) -> None:
            if to is not None:
                self.desk.begin(self, "export", lambda cancel: editions.exported(briefing, to))

        days = wording.window(briefing.window).partition(" (")[0].replace(" ", "-")
        self.app.push_screen(ExportScreen(f"briefing-{days}", what=f"the briefing of {days}"), chosen)
