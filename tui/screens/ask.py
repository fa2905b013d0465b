"""Ask: a question to sentences that can be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import ContentSwitcher, Input, Static, TextArea

from qa.config import Role
from qa.render import order_words
from qa.types import Answer, Cancel, Delta, Notice, Retrieved, Turn, Window
from tui import wording
from tui.desk import Desk
from tui.scope import Scope
from tui.screens.conversing import ConversingScreen
from tui.screens.desk_screen import focus_is_free, hint
from tui.screens.history import HistoryScreen
from tui.screens.welcome import welcome
from tui.widgets.conversation_list import ConversationPanel
from tui.widgets.question_box import LONGEST, QuestionBox
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine
from tui.widgets.stream_pane import StreamPane
from tui.work import Work

_WITHOUT_TYPING = {"new_question", "all_days"}
"""What a letter does where nobody is typing."""


class AskScreen(ConversingScreen):
    """The question box, the answer, and beside it the words behind the sentence under the cursor.

    Questions go on from one another, from the last conversation that was kept, until a new one is begun.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "app.search", "Search", id="ask.search"),
        Binding("n", "new_question", "New", id="ask.question"),
        Binding("a", "all_days", "All days", id="ask.all_days"),
        Binding("ctrl+r", "history", "Earlier questions", show=False, id="ask.history"),
        Binding("ctrl+n", "new_conversation", "New conversation", show=False, id="ask.conversation"),
        Binding("ctrl+t", "as_typed", "Ask as typed", id="ask.as_typed"),
        Binding("ctrl+s", "scope", "Scope", id="scope.line"),
    ]
    CSS_PATH = "ask.tcss"
    kind = "ask"
    asked = ""
    """The question that was asked last, as it was typed."""
    in_words = False
    """Whether words of it set the window."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._asked_in: Scope | None = None
        """The scope of the last question, which a follow-up takes along as long as the reader sets no other."""

    def compose_desk(self) -> ComposeResult:
        """Conversations, question, status, answer and quote."""
        yield ConversationPanel()
        yield QuestionBox(placeholder="Ask your articles…", id="question")
        yield StatusLine()
        with Container(classes="desk-body"):
            with ContentSwitcher(initial="welcome", classes="desk-main"):
                yield Static(hint(welcome(self.desk)), markup=False, id="welcome")
                yield StreamPane(id="stream")
                yield SentenceList(id="sentences")
            yield QuotePane()

    def on_mount(self) -> None:
        """The question box has the focus."""
        super().on_mount()
        self.turn_to("welcome")
        self.set_focus(self.query_one("#question"))

    def shelf_changed(self) -> None:
        """Say what to do with an empty library."""
        super().shelf_changed()
        self.query_one("#welcome", Static).update(hint(welcome(self.desk)))

    @property
    def window_of_words(self) -> Window | None:
        """The window that words of the last question set."""
        return self.window if self.in_words else None

    def drop_words(self) -> None:
        """Ask again of all days."""
        self.action_all_days()

    def scope_changed(self) -> None:
        """What the reader set stands, and words of the last question no longer do."""
        self.in_words = False
        super().scope_changed()
        self.refresh_bindings()
        if self.turns and self.desk.running(self.kind) is None:
            self.status.say("this holds from the next question on")

    # the conversation

    def go_on(self, turns: tuple[Turn, ...]) -> None:
        """Show the last turns of a conversation, to go on with it."""
        self.turns, self.conversation, self.asked = turns, turns[-1].conversation, turns[-1].answer.question
        given = turns[-1].answer.query.as_of_given == (self.desk.scope.as_of is not None)
        self._asked_in = self.desk.scope if given else None
        self.window, self.in_words, self._recalls = None, False, False
        self.describe()
        self.list_turns()
        count = f"{turns[-1].n:,} question{'s' * (turns[-1].n != 1)}"
        self.status.say(f"conversation {self.conversation}, {count}: ask on, or Ctrl+N for a new one")

    def action_new_conversation(self) -> None:
        """Begin a new conversation: the next question leans on nothing."""
        self.desk.drop(self.kind)
        self.desk.drop("recall")
        self.turns, self.conversation, self._recalls = (), None, False
        self.window, self.in_words = None, False
        self.query_one(QuotePane).clear()
        self.turn_to("welcome")
        self.shelf_changed()
        self.status.say("a new conversation")
        self.refresh_conversations()
        self.refresh_bindings()
        self.action_new_question()

    def action_as_typed(self) -> None:
        """Ask the last question again, as it was typed."""
        self._ask(self.turns[-1].answer.question, complete=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A question that was completed can be asked as it was typed; a window that words of it set can be left."""
        if action in _WITHOUT_TYPING and isinstance(self.focused, TextArea | Input):
            return False
        if action == "all_days":
            return self.in_words
        if action == "as_typed":
            return bool(self.turns and self.turns[-1].answer.query.followup)
        return super().check_action(action, parameters)

    # asking

    def on_question_box_submitted(self, event: QuestionBox.Submitted) -> None:
        """Ask what was typed, once the keys before it have done their work: those of the app and its screens are
        answered a step later than those of a box, and Ctrl+N would take back the question that was typed after it."""
        self.app.call_later(self._submitted, event.box, event.value)

    def _submitted(self, box: QuestionBox, question: str) -> None:
        if not self.is_attached:
            return  # another library was opened meanwhile, and its screens are in the place of this one
        if not question.strip():
            self.status.fail("the question is empty", "Type a question about your articles.")
            return  # the answer that is shown stays
        if self.desk.shelf is not None and not self.desk.shelf.articles:
            self.turn_to("welcome")
            self.status.fail("there is nothing to ask yet", "Add articles: F4, or `newsdesk ingest FOLDER`.")
            return
        box.asked_before = tuple(dict.fromkeys((" ".join(question.split()), *box.asked_before)))
        self._ask(question)

    def on_question_box_shortened(self, event: QuestionBox.Shortened) -> None:
        """Say what became of a long paste."""
        kept = f"kept the first {event.kept:,}" if event.kept else "none found room"
        self.status.fail(
            f"pasted {event.pasted:,} characters; a question holds {LONGEST:,}: {kept}",
            "Ctrl+Z takes it back. A whole article goes into the library: F4.",
        )

    def _ask(self, question: str, *, complete: bool = True, all_days: bool = False) -> None:
        scope, take_along = self.desk.scope, self._asked_in == self.desk.scope
        self._asked_in = scope

        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.converse import converse

            yield from converse(
                self.engine,
                question,
                conversation=self.conversation,
                before=self.turns,
                complete=complete,
                take_along=take_along,
                first=scope.first,
                last=scope.last,
                as_of=scope.as_of,
                sources=scope.sources,
                articles=scope.articles,
                all_days=all_days,
                cancel=cancel,
            )

        self.asked = question
        self.run_verb(verb)

    def put(self, question: str) -> None:
        """Ask a question that was typed elsewhere."""
        self.query_one(QuestionBox).put(question)
        self._ask(question)

    def action_all_days(self) -> None:
        """Ask the same again without the window that its words set."""
        self._ask(self.asked, all_days=True)

    def recipients(self) -> tuple[Role, ...]:
        """A question goes to the model, and to an embedder whose vectors the library has."""
        shelf = self.desk.shelf
        return ("embedder", "model") if shelf and shelf.by_server else ("model",)

    def begun(self) -> None:
        """Make room for the answer."""
        self.collected.begin(self.asked)
        self.query_one(QuotePane).clear()
        self.turn_to("stream")
        self.query_one(StreamPane).restart()
        self.status.say("asking…")

    def on_work_told(self, event: Work.Told) -> None:
        """Show what the verb tells."""
        if self.opened(event) or not self.awaits(event.work):
            return
        self.collected.take(event.event)
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Retrieved() as found:
                self.window, self.in_words = found.query.window, found.query.window_in_words
                self.refresh_bindings()
                self.shelf_changed()
                passages = f"{len(found.hits)} passages found, index: {found.index}{order_words(found.rescored)}"
                self.status.say(f"answering… Esc cancels · {passages}", keep=True)
            case Delta(text):
                self.query_one(StreamPane).feed(text)
            case Turn() as turn:
                kept = replace(turn, answer=replace(turn.answer, hits=()))  # what was cited, not all that was found
                self.turns, self.conversation = (*self.turns, kept), turn.conversation or self.conversation
                self.refresh_bindings()
                self._show(turn.answer)

    def _show(self, answer: Answer) -> None:
        """Show a finished answer under the questions before it; a reader who is typing the next is left alone."""
        self.status.say(wording.outcome(answer), keep=True)
        box, sentences = self.query_one(QuestionBox), self.query_one("#sentences", SentenceList)
        free = focus_is_free(self) or isinstance(self.focused, StreamPane | QuotePane)
        follow = free and not (box.has_focus and box.text.split() != self.asked.split())
        self.list_turns()
        if follow and sentences.highlighted is not None and sentences.highlighted >= self.starts[-1]:
            self.set_focus(sentences)

    def failed(self, work: Work) -> None:
        """Nothing half written stays; the question does, and what was answered before."""
        if work.kind == self.kind:
            self.list_turns()

    # from the answer

    def action_new_question(self) -> None:
        """Back to the question box, what was asked selected so that typing replaces it."""
        box = self.query_one(QuestionBox)
        self.set_focus(box)
        if box.text.split() == self.asked.split():
            box.action_select_all()

    def to_input(self) -> None:
        """The same by Esc."""
        self.action_new_question()

    def action_history(self) -> None:
        """Find an earlier question; it comes into the box, to be asked again or changed."""

        def taken(question: str | None) -> None:
            box = self.query_one(QuestionBox)
            if question is not None:
                box.put(question)
            self.set_focus(box)

        self.app.push_screen(HistoryScreen(self.query_one(QuestionBox).asked_before), taken)
