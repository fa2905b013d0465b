"""Search: the passages that words find, without an answer; the operators of the question box hold here too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import ContentSwitcher, Input, Static

from qa.config import Role
from qa.types import Cancel, Notice, Retrieved
from tui.desk import Desk
from tui.inspection import rows_of
from tui.passages import LookedUp, look_up, nothing_found, outcome, place_of
from tui.screens.desk_screen import EMPTY, DeskScreen, hint
from tui.widgets.line_input import LineInput
from tui.widgets.passage_pane import telling
from tui.widgets.passage_table import PassageTable
from tui.widgets.passage_view import PassageView
from tui.widgets.status_line import StatusLine
from tui.work import Verb, Work

FIRST, MORE, MOST = 25, 25, 200
"""Passages asked for at first, how many more at a time, and at most."""
_OPERATORS = '"exact words"  -without  source:NAME  before:DAY  after:DAY'
_WELCOME = (
    "Type words and press Enter: the passages that hold them, or mean the same, are listed with how each was found.\n\n"
    f"These narrow a search:  {_OPERATORS}\n\n"
    "Enter opens the article at the passage; a puts the same words as a question; o searches by words alone."
)


class SearchScreen(DeskScreen):
    """A box, the passages found in a table, and the one under the cursor in full."""

    CSS_PATH = "search.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "to_box", "Words", id="search.box"),
        Binding("a", "ask", "Ask this", id="search.ask"),
        Binding("o", "words_only", "Words only", id="search.words_only"),
        Binding("plus", "more", "More", id="search.more"),
        Binding("v", "passage", "Passage", id="search.view"),
    ]
    kind = "search"

    @dataclass
    class Asked(Message):
        """The reader puts ``question`` to the articles."""

        question: str

    @dataclass
    class Left(Message):
        """The reader goes back to where the search was begun."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.typed = ""
        """The words that were searched for last."""
        self.words_only = False
        self.found: Retrieved | None = None
        self._k = FIRST
        self._stale = False
        """Whether the scope has changed since."""

    def compose_desk(self) -> ComposeResult:
        """Box, status, passages."""
        yield LineInput(placeholder=f"Search passages: words, {_OPERATORS}", id="words")
        yield StatusLine()
        with ContentSwitcher(initial="nothing"):
            with VerticalScroll(id="nothing", can_focus=False):
                yield Static(hint(_WELCOME), markup=False)
            yield PassageView(id="found")

    def on_mount(self) -> None:
        """The box has the focus."""
        super().on_mount()
        self.set_focus(self.query_one("#words"))

    def shelf_changed(self) -> None:
        """Say what to do with an empty library."""
        super().shelf_changed()
        if self.found is None and self.desk.shelf is not None:
            self._say(hint(_WELCOME if self.desk.shelf.articles else EMPTY))

    # searching

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search for what was typed."""
        if not event.value.strip():
            self.status.fail("there is nothing to search for", "Type some words.")
            return
        self.typed, self._k = event.value, FIRST
        self._search()

    def _search(self) -> None:
        typed, words_only, k, scope = self.typed, self.words_only, self._k, self.desk.scope

        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.retrieve import resolve
            from qa.search import search

            query = resolve(
                self.engine,
                typed,
                first=scope.first,
                last=scope.last,
                as_of=scope.as_of,
                sources=scope.sources,
                articles=scope.articles,
            )
            found: Retrieved | None = None
            for event in search(self.engine, query, k=k, words_only=words_only, cancel=cancel):
                found = event if isinstance(event, Retrieved) else found
                yield event
            if found is not None and not cancel.cancelled:
                yield from look_up(self.engine, found.query, rows_of(found.hits, (), found.query), cancel)

        self.run_verb(verb)

    def _run(self, verb: Verb) -> None:
        self.begun()
        self.desk.begin(self, self.kind, verb)

    def recipients(self) -> tuple[Role, ...]:
        """The words go to an embedder whose vectors the library has, and to a model that scores; else nowhere."""
        if self.words_only:
            return ()
        shelf, scored = self.desk.shelf, self.desk.config.model is not None and self.desk.config.rerank == "llm"
        return (*(("embedder",) if shelf and shelf.by_server else ()), *(("model",) if scored else ()))

    def begun(self) -> None:
        """Say so; what was found before stays until then."""
        self.status.say("searching… Esc cancels")

    def on_work_told(self, event: Work.Told) -> None:
        """Show what was found."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Retrieved() as found:
                self._show(found, cancelled=event.work.cancel.cancelled)
            case LookedUp(words, articles, searched):
                self.query_one(PassageView).mark(words, articles)
                if self.found is not None and not self.found.hits:
                    self._say(nothing_found(self.found, searched))

    def _show(self, found: Retrieved, *, cancelled: bool) -> None:
        if cancelled:
            self.status.say("cancelled", keep=True)
            return
        longer = self.found is not None and self.found.query == found.query and len(found.hits) > len(self.found.hits)
        at = self.query_one(PassageTable).cursor_row
        self.found, self.window = found, found.query.window
        self.describe()
        self.status.say(outcome(found, more=self._may_have_more), keep=True)
        self.query_one(ContentSwitcher).current = "found" if found.hits else "nothing"
        rows = rows_of(found.hits, (), found.query)
        self.query_one(PassageView).show(rows, found.query.as_of, stay=longer)
        if not found.hits:
            self._say(nothing_found(found, None))
        elif longer:
            self.query_one(PassageTable).move_cursor(row=at)
        else:
            self.set_focus(self.query_one(PassageTable))
        self.refresh_bindings()

    def _say(self, told: Content) -> None:
        self.query_one("#nothing Static", Static).update(told)

    def on_work_ended(self, event: Work.Ended) -> None:
        """What can be done now may be another thing."""
        self.refresh_bindings()

    def on_descendant_focus(self) -> None:
        """What can be done depends on where the reader is."""
        self.refresh_bindings()

    def scope_changed(self) -> None:
        """Search again for the same, in the scope as it is now, when it is looked at."""
        super().scope_changed()
        self._stale = bool(self.typed)
        if self.app.screen is self:
            self.on_screen_resume()

    def on_screen_resume(self) -> None:
        """What is shown is of the scope as it is."""
        if self._stale:
            self._stale, self._k = False, FIRST
            self._search()

    # going on

    @property
    def _may_have_more(self) -> bool:
        return self.found is not None and len(self.found.hits) == self._k < MOST

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs words or passages is offered where there are some; letters are letters where they are typed."""
        if action in {"more", "ask", "passage", "words_only", "to_box"} and isinstance(self.focused, Input):
            return False
        match action:
            case "more":
                return self._may_have_more
            case "ask":
                return bool(self.typed)
            case "passage":
                return self.has_class("-single") and self.found is not None and bool(self.found.hits)
        return super().check_action(action, parameters)

    def action_more(self) -> None:
        """Look for more of the same."""
        if self._may_have_more and not self.desk.running(self.kind):
            self._k = min(MOST, self._k + MORE)
            self._search()

    def on_passage_view_at_end(self, event: PassageView.AtEnd) -> None:
        """Go on by itself, unless a model would be asked once more."""
        if "model" not in self.recipients():
            self.action_more()

    def action_words_only(self) -> None:
        """Search by words alone, or by meaning too."""
        self.words_only = not self.words_only
        self.status.say("by words alone" if self.words_only else "by words and by meaning")
        if self.typed:
            self._search()

    def action_ask(self) -> None:
        """Put the same words as a question."""
        self.post_message(self.Asked(self.typed))

    def action_to_box(self) -> None:
        """Go to the box, the words selected so that typing replaces them."""
        box = self.query_one("#words", LineInput)
        self.set_focus(box)
        box.action_select_all()

    def action_enter_list(self) -> None:
        """From the box to the passages."""
        if self.query_one(PassageView).display:
            self.set_focus(self.query_one(PassageTable))

    def action_passage(self) -> None:
        """In one pane: from the table to the passage, or back."""
        self.query_one(PassageView).turn()

    def action_back(self) -> None:
        """Cancel a search that runs; else back to the table in one pane; else to where the search was begun."""
        view = self.query_one(PassageView)
        if self._waiting is not None or self.desk.running(self.kind):
            super().action_back()
        elif view.has_class("-passage"):
            view.turn()
        else:
            self.post_message(self.Left())

    def on_passage_table_opened(self, event: PassageTable.Opened) -> None:
        """Open the article at the most telling sentence of the passage."""
        row = event.row
        where = place_of(row, telling(row.text, self.query_one(PassageView).words))
        self.open_article(row.article_id, row.version, where)
