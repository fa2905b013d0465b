"""Conversations beside the answer: the last one when the app starts, which there are, and going on with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import Input, TextArea

from qa.errors import NewsdeskError
from qa.types import Cancel, Conversation, Turn
from tui.desk import Desk
from tui.screens.keeping import KeepingScreen
from tui.widgets.conversation_list import ConversationPanel
from tui.widgets.question_box import QuestionBox
from tui.work import Work

AT_ONCE = 20
"""Questions of a conversation that are read from the journal at once."""
_ROOMY = 140
"""Columns from which the panel stands beside two panes; below, beside one above the other."""
_UNKEPT = "No conversations are kept: the setting journal is off."


_OF_THE_ANSWER = {"new_question", "all_days", "as_typed", "copy_answer", "copy", "words", "older", "history"}


@dataclass(frozen=True, slots=True)
class _Listed:
    """The conversations there are; or why they cannot be listed now."""

    conversations: tuple[Conversation, ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class _Resumed:
    """The last turns of a conversation."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Older:
    """Turns that come before those that are shown."""

    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Recalled:
    """The last conversation, as the journal has it, and all questions that were asked."""

    turns: tuple[Turn, ...]
    questions: tuple[str, ...]


class ConversingScreen(KeepingScreen):
    """A ReadingScreen that has a ConversationPanel, and a conversation that goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "older", "Earlier questions", show=False, id="ask.older"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._recalls = desk.config.journal
        """Whether the last conversation is yet to be read."""

    @property
    def panel(self) -> ConversationPanel:
        """The panel."""
        return self.query_one(ConversationPanel)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing is done to an answer that the panel covers; earlier questions can be shown while some are not."""
        if self.has_class("-panelled") and not self.has_class("-wide") and action in _OF_THE_ANSWER:
            return False
        if action == "older":
            return self.hidden > 0 and not isinstance(self.focused, TextArea | Input)
        return super().check_action(action, parameters)

    # the panel

    def action_conversations(self) -> None:
        """Open the panel, go to it, or leave it."""
        if self.has_class("-panelled") and self.panel.has_focus_within:
            self._close()
            return
        self.add_class("-panelled")
        self.panel.display = True
        self._fit()
        self.panel.list.focus()
        self.refresh_conversations()

    def _close(self) -> None:
        self.remove_class("-panelled")
        self.panel.display = False
        self._fit()
        self.action_new_question()

    def action_new_question(self) -> None:
        """Back to where a question is typed."""
        raise NotImplementedError

    def shelf_changed(self) -> None:
        """The library was opened: now there is a journal to read."""
        super().shelf_changed()
        if self._recalls and self.desk.engine is not None:
            self._recalls = False
            self.desk.begin(self, "recall", self._recall)
        if not self.panel.all:
            self.refresh_conversations()

    def on_resize(self, event: Resize) -> None:
        """Give the panes the room they have."""
        self._fit()

    def _fit(self) -> None:
        self.set_class(self.has_class("-panelled") and self.app.size.width < _ROOMY, "-tight")

    def on_conversation_panel_left(self, event: ConversationPanel.Left) -> None:
        """Back to the question box."""
        self._close()

    def refresh_conversations(self) -> None:
        """Read the list again, if it is shown: another program may have added to it."""
        if not self.has_class("-panelled"):
            return
        if not self.desk.config.journal:
            self.panel.tell(_UNKEPT)
        elif self.desk.engine is not None:
            self.desk.begin(self, "conversations", self._list)

    def _list(self, cancel: Cancel) -> Iterator[_Listed]:
        if cancel.cancelled:
            return
        try:
            yield _Listed(tuple(self.engine.journal.conversations()))
        except NewsdeskError as error:  # the panel says so; the status line has what the reader did last
            yield _Listed((), f"{error.message}. {error.hint}")

    def on_work_told(self, event: Work.Told) -> None:
        """What the journal had to say."""
        if not self.awaits(event.work):
            return
        match event.event:
            case _Recalled() as recalled:
                self._show_before(recalled)
            case _Listed(conversations, wrong):
                self.panel.tell(wrong) if wrong else self.panel.show(conversations, self.conversation)
            case _Resumed(turns):
                self._resume(turns)
            case _Older(turns):
                self._prepend(turns)
            case Turn():
                self.refresh_conversations()

    # going on

    def _recall(self, cancel: Cancel) -> Iterator[_Recalled]:
        journal = self.engine.journal
        if not cancel.cancelled:
            last = journal.last()
            yield _Recalled(journal.turns(last.id, most=AT_ONCE) if last else (), journal.questions())

    def _show_before(self, recalled: _Recalled) -> None:
        """The last conversation, to go on with; unless something was asked meanwhile."""
        box = self.query_one(QuestionBox)
        box.asked_before = tuple(dict.fromkeys((*box.asked_before, *recalled.questions)))
        turns = recalled.turns
        if self.turns or self.desk.running(self.kind) or not turns:
            return
        self.go_on(turns)

    def on_conversation_panel_asked(self, event: ConversationPanel.Asked) -> None:
        """Go on with a conversation, delete or export it."""
        {"resume": self._load, "delete": self.delete, "export": self.export}[event.what](event.conversation)

    def _load(self, one: Conversation) -> None:
        def read(cancel: Cancel) -> Iterator[_Resumed]:
            journal = self.engine.journal
            yield _Resumed(journal.turns(journal.conversation(one.id).id, most=AT_ONCE))

        self.desk.begin(self, "resume", read)

    def go_on(self, turns: tuple[Turn, ...]) -> None:
        """Show the last turns of a conversation, to go on with it."""
        raise NotImplementedError

    def _resume(self, turns: tuple[Turn, ...]) -> None:
        """Go on with a conversation. What is still being answered is of another one."""
        if not turns:
            return
        self.desk.drop(self.kind)
        self.desk.drop("recall")
        self.shown = AT_ONCE
        self.go_on(turns)
        if self.has_class("-wide"):
            self.refresh_conversations()
            self.action_enter_list()
        else:
            self._close()
            self.action_enter_list()

    @property
    def hidden(self) -> int:
        """How many earlier questions of the conversation are not shown."""
        shown = self.turns[-self.shown :]
        return max(len(self.turns) - len(shown), shown[0].n - 1 if shown and self.conversation else 0)

    def action_older(self) -> None:
        """Show earlier questions, from the journal when need be."""
        if len(self.turns) > self.shown or self.conversation is None:
            self._show_more(())
            return
        number, first = self.conversation, self.turns[0].n

        def read(cancel: Cancel) -> Iterator[_Older]:
            yield _Older(self.engine.journal.turns(number, before=first, most=AT_ONCE))

        self.desk.begin(self, "older", read)

    def _prepend(self, turns: tuple[Turn, ...]) -> None:
        if turns and self.turns and turns[-1].conversation == self.conversation and turns[-1].n < self.turns[0].n:
            self._show_more(turns)

    def _show_more(self, turns: tuple[Turn, ...]) -> None:
        """Show these and some more before those that are shown, the nearest at the top."""
        before = min(self.shown, len(self.turns))
        self.turns = (*turns, *self.turns)
        self.shown = min(len(self.turns), before + AT_ONCE)
        self.list_turns(self.shown - before - 1)
