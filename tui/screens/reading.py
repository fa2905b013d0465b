"""Reading answers: the turns of a conversation as one list, the quoted words beside it, and taking them along."""

from __future__ import annotations

from bisect import bisect_right
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import ContentSwitcher, Input, TextArea

from qa.render import copied_answer
from qa.types import Turn
from tui import questions, wording
from tui.desk import Desk
from tui.inspection import Collected
from tui.screens.inspector import InspectorScreen
from tui.screens.two_panes import TwoPanesScreen
from tui.turns import listed
from tui.widgets.sentence_list import SentenceList
from tui.work import Work

_SHOWN = 21
"""Questions of the conversation that are shown at first."""


class ReadingScreen(TwoPanesScreen):
    """A screen with a ContentSwitcher (one of its views the SentenceList ``#sentences``) and a QuotePane."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_answer", "Copy", id="ask.copy"),
        Binding("v", "words", "Quote", id="ask.quote"),
        Binding("i", "inspect", "Inspect", id="ask.inspect"),
        Binding("q", "keep_asking", "Keep asking", show=False, id="ask.standing"),
        Binding("ctrl+y", "copy", "Copy the answer", show=False, id="ask.copy_anywhere"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.collected = Collected()
        self.turns: tuple[Turn, ...] = ()
        self.shown = _SHOWN
        """How many of the turns are listed, the last ones."""
        self.starts: list[int] = []
        """Where each turn that is shown begins in the list."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the sentences work where these are shown; letters are letters where they are typed."""
        if action in {"copy_answer", "words", "keep_asking"}:
            typing = isinstance(self.focused, TextArea | Input)
            return not typing and self.query_one(ContentSwitcher).current == "sentences"
        if action == "inspect":
            return not isinstance(self.focused, TextArea | Input) and bool(self.turn or self.collected.asked)
        return super().check_action(action, parameters)

    @property
    def hidden(self) -> int:
        """How many earlier questions are not listed."""
        return max(0, len(self.turns) - self.shown)

    def list_turns(self, top: int = -1) -> None:
        """Show the turns, the last of them (or the one at ``top``) at the top; where there are none, what to do."""
        if not self.turns:
            self.turn_to("welcome")
            return
        items, self.starts = listed(self.turns[-self.shown :], self.hidden)
        self.turn_to("sentences")
        self.query_one("#sentences", SentenceList).show(items, self.starts[top])

    @property
    def turn(self) -> Turn | None:
        """The turn that the cursor is in: the last one, unless the reader went up to an earlier."""
        if not self.turns or self.query_one(ContentSwitcher).current != "sentences":
            return None
        at = self.query_one("#sentences", SentenceList).highlighted
        nth = len(self.starts) if at is None else bisect_right(self.starts, at)
        return self.turns[nth - 1 - len(self.starts)] if nth else None

    def turn_to(self, view: str) -> None:
        """Show one of the views in the place of the others."""
        self.query_one(ContentSwitcher).current = view
        self.set_class(view == "welcome", "-blank")
        self.remove_class("-quoting")
        self.refresh_bindings()

    def action_inspect(self) -> None:
        """See how the answer under the cursor came about; where none is shown, as much as is known of it."""
        turn = self.turn
        told = self.collected.of(turn.answer) if turn else self.collected.unfinished
        self.app.push_screen(InspectorScreen(self.desk, told, turn.answer.claims if turn else ()))

    def action_keep_asking(self) -> None:
        """Keep the question under the cursor, as it was searched, as a standing one."""
        if (turn := self.turn) is not None:
            engine, question = self.engine, turn.answer.query.text
            self.desk.begin(self, "keep asking", lambda cancel: questions.added(engine, question))

    def on_work_told(self, event: Work.Told) -> None:
        """Say that a question is kept."""
        if isinstance(event.event, questions.Added):
            number = event.event.question.number
            self.status.say(f"kept as standing question {number}: each briefing answers it (F3, q lists them)")

    def action_copy_answer(self) -> None:
        """Put the answer under the cursor on the clipboard, with its footnotes."""
        if (turn := self.turn) is None:
            self.status.fail("there is no answer to copy", "Ask first.")
            return
        copied = copied_answer(turn.answer)
        self.app.copy_to_clipboard(copied)
        self.status.say(wording.on_clipboard("the answer with its footnotes", copied))

    action_copy = action_copy_answer
