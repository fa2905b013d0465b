"""Briefing: the stories of a day or a window, every sentence as checkable as in Ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import ContentSwitcher, Input, Static

from qa.period import parse_period
from qa.types import Briefing, Cancel, Notice, Progress, Story
from tui import wording
from tui.desk import Desk
from tui.screens.desk_screen import EMPTY, DeskScreen, focus_is_free, hint
from tui.widgets.line_input import LineInput
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import Heading, Item, SentenceList
from tui.widgets.status_line import StatusLine
from tui.work import Work


class BriefingScreen(DeskScreen):
    """The newest day at the first visit; another when one is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "other_day", "Day")]
    CSS_PATH = "briefing.tcss"
    kind = "briefing"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._visited = False

    def compose_desk(self) -> ComposeResult:
        """The day, status, stories and quote."""
        yield LineInput(placeholder="A day or window: 2026-02-04, last week, 2026-02-01 to 2026-02-04", id="period")
        yield StatusLine()
        with Container(classes="desk-body"):
            with ContentSwitcher(initial="blank", classes="desk-main"):
                yield Static(markup=False, id="blank")
                yield SentenceList(id="stories")
            yield QuotePane()

    def shelf_changed(self) -> None:
        """At the first visit to a library with articles, brief its newest day."""
        super().shelf_changed()
        shelf = self.desk.shelf
        if shelf is None or self._visited:
            return
        self.query_one("#blank", Static).update(hint("" if shelf.articles else EMPTY))
        if shelf.articles and self.app.screen is self:
            self._brief("")

    def action_other_day(self) -> None:
        """Type another day or window."""
        self.set_focus(self.query_one("#period", LineInput))

    def on_screen_resume(self) -> None:
        """The screen is visited."""
        self.shelf_changed()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Brief what was typed."""
        self._brief(event.value)

    def _brief(self, typed: str) -> None:
        self._visited, scope = True, self.desk.scope

        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.brief import brief
            from qa.dates import parse_day

            today = self.engine.today
            as_of = parse_day(scope.as_of, today, "--as-of") if scope.as_of else today
            period = parse_period(typed, as_of) if typed.strip() else scope.period
            yield from brief(
                self.engine,
                day=period.day,
                first=period.first,
                last=period.last,
                as_of=scope.as_of,
                sources=scope.sources,
                cancel=cancel,
            )

        self.run_verb(verb)

    def begun(self) -> None:
        """Say that it is being written; the old one stays until then."""
        self.status.say("writing the briefing… Esc cancels")

    def on_work_told(self, event: Work.Told) -> None:
        """Show what the verb tells."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)} · Esc cancels", keep=True)
            case Briefing() as briefing:
                self._show(briefing)

    def _show(self, briefing: Briefing) -> None:
        self.window = briefing.window
        self.shelf_changed()
        self.status.say(_outcome(briefing), keep=True)
        self.query_one(QuotePane).clear()
        stories = self.query_one("#stories", SentenceList)
        self.query_one(ContentSwitcher).current = "stories"
        stories.show(_items(briefing.stories))
        if focus_is_free(self) and briefing.stories:
            self.set_focus(stories)


def _items(stories: Sequence[Story]) -> list[Item]:
    items: list[Item] = []
    for story in stories:
        items += [Heading(story.title, _detail(story)), *story.claims]
    return items or [Heading("No article of these days.", "Type another day or a window above.")]


def _detail(story: Story) -> str:
    """Status, sources and days of a story."""
    sources = dict.fromkeys(article.source for article in story.articles if article.source)
    days = sorted({article.published.day.isoformat() for article in story.articles if article.published})
    span = days[:1] if len(days) < 2 else [f"{days[0]} to {days[-1]}"]
    return " · ".join([story.status, ", ".join(sources) or "source unknown", *span])


def _outcome(briefing: Briefing) -> str:
    count = len(briefing.stories)
    parts = [f"{count} stor{'y' if count == 1 else 'ies'}"]
    parts += [f"{len(briefing.left_out)} article(s) left out"] if briefing.left_out else []
    parts += [f"index: {briefing.index}", briefing.provenance.model or str(briefing.provenance.mode)]
    return " · ".join(parts) + ("" if briefing.complete else " · broken off")
