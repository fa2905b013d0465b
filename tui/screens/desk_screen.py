"""What Ask, Briefing and Library have in common: the scope line, the status line, and opening an article."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from qa.config import Recipient, Role
from qa.types import Citation
from tui.cited import Opening, Whereabouts, looked_up, opened
from tui.desk import Desk
from tui.screens.article import ArticleScreen
from tui.screens.consent import ConsentScreen
from tui.screens.scoped import ScopedScreen
from tui.widgets.key_bar import KeyBar
from tui.widgets.quote_pane import QuotePane
from tui.widgets.scope_line import ScopeLine
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine
from tui.work import Verb, Work

if TYPE_CHECKING:
    from qa.engine import Engine

EMPTY = (
    "This library has no articles yet.\n\n"
    "Press F4 for the Library and add a file or a folder there,\n"
    "or leave with Ctrl+Q and run:  newsdesk ingest FOLDER"
)
"""What to do about an empty library."""


class DeskScreen(ScopedScreen):
    """A screen of the desk. Subclasses say what is in it, what they run, and what they do with its events."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="desk.back")]
    kind: ClassVar[str]
    """What this screen runs, and Esc cancels."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._waiting: Verb | None = None
        self._moved: SentenceList.Moved | None = None
        self._found: dict[Citation, Whereabouts] = {}

    def compose(self) -> ComposeResult:
        """Scope, what the screen is for, status, footer; and a word for terminals that are too small."""
        with Vertical(id="desk"):
            yield from self.compose_scope()
            yield from self.compose_desk()
            yield KeyBar()
        yield Static("Newsdesk needs 40 x 12. Ctrl+Q leaves.", markup=False, id="too-small")

    def compose_scope(self) -> ComposeResult:
        """What is in scope."""
        yield ScopeLine()

    def compose_desk(self) -> ComposeResult:
        """What the screen is for, a StatusLine in it."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show the scope."""
        self.shelf_changed()

    def shelf_changed(self) -> None:
        """The library was opened, or what it holds has changed."""
        self.describe()
        self._found.clear()
        if self.desk.engine is not None and self.app.screen is self:
            self._look_up()
        if self._waiting is not None and self.desk.engine is not None:
            verb, self._waiting = self._waiting, None
            self.run_verb(verb)

    @property
    def status(self) -> StatusLine:
        """The status line."""
        return self.query_one(StatusLine)

    @property
    def engine(self) -> Engine:
        """The open engine, sending only what the reader agreed to; for verbs, which run only once it is open."""
        return self.desk.permitted

    # running the screen's verb

    def run_verb(self, verb: Verb) -> None:
        """Run ``verb`` once the library is open and, where anything would leave this machine, the reader was asked.

        What the reader declines is not sent, and the verb goes on without.
        """
        if self.desk.engine is None:
            self._waiting = verb
            self.status.say("opening the library…")
        else:
            self.after_consent(self.recipients(), lambda: self._run(verb))

    def _run(self, verb: Verb) -> None:
        self.begun()
        for one in self.desk.kept_back("model"):
            self.status.add(f"quoted without {one.model}: nothing is sent to {one.host}")
        self.desk.begin(self, self.kind, verb)

    def recipients(self) -> tuple[Role, ...]:
        """The servers that what this screen runs would send to."""
        return ("model",)

    def after_consent(self, roles: Collection[Role], then: Callable[[], None]) -> None:
        """Call ``then`` once the reader was asked about each of these servers elsewhere that is not decided yet."""
        self._ask_about(self.desk.undecided(roles), then)

    def _ask_about(self, pending: Sequence[Recipient], then: Callable[[], None]) -> None:
        if not pending:
            then()
            return
        first, *rest = pending

        def answered(agreed: bool | None) -> None:
            if agreed is not None:
                self.desk.decided[first.role] = agreed
                self.describe()
            self._ask_about(rest, then)

        self.app.push_screen(ConsentScreen(first, rerank=self.desk.in_force.rerank == "llm"), answered)

    def begun(self) -> None:
        """The verb is about to run."""

    def awaits(self, work: Work) -> bool:
        """Whether ``work`` is the one this screen waits for, not one that was replaced."""
        return self.desk.current(work)

    def on_work_failed(self, event: Work.Failed) -> None:
        """Say what went wrong; the app stays."""
        if self.awaits(event.work):
            self.failed(event.work)
            self.status.fail(event.message, event.hint)

    def failed(self, work: Work) -> None:
        """The verb failed: leave a consistent state."""

    def on_work_ended(self, event: Work.Ended) -> None:
        """Count what it cost, whether it was waited for or not."""
        if event.work.usage is not None:
            self.desk.spending = self.desk.spending.plus(event.work.usage)
            self.query_one(KeyBar).spent(self.desk.spending.told)

    def on_screen_resume(self) -> None:
        """Show what was spent elsewhere meanwhile, and what became of what is cited."""
        self.query_one(KeyBar).spent(self.desk.spending.told)
        if self.desk.engine is not None:
            self._look_up()

    # going places

    def action_back(self) -> None:
        """Cancel what this screen runs; with nothing running, go to its input."""
        if self._waiting is not None:
            self._waiting = None
            self.status.say("cancelled")
        elif self.desk.stop(self.kind):
            self.status.say("cancelling…")
        else:
            self.to_input()

    def to_input(self) -> None:
        """Go to where this screen is told what to do."""
        self.set_focus(self.query("QuestionBox, LineInput").first())

    def action_enter_list(self) -> None:
        """Go from the input to the sentences, if there are any."""
        for sentences in self.query(SentenceList):
            if sentences.display and sentences.items and all(node.display for node in sentences.ancestors_with_self):
                self.set_focus(sentences)
                return

    def on_sentence_list_moved(self, event: SentenceList.Moved) -> None:
        """Show the words behind the sentence under the cursor; those around them follow from a worker."""
        self._moved = event
        self._show_quote()
        self._look_up()

    def _look_up(self) -> None:
        citation = self._moved.sentences.citation if self._moved else None
        if citation is not None and citation not in self._found:
            self.desk.begin(self, "around", partial(looked_up, self.engine, citation))

    def _show_quote(self) -> None:
        if (moved := self._moved) is None:
            return
        shelf, citation = self.desk.shelf, moved.sentences.citation
        told = self._found.get(citation) if citation else None
        for pane in self.query(QuotePane):
            pane.show(moved.item, moved.nth, shelf.as_of if shelf else None, told)

    def on_sentence_list_opened(self, event: SentenceList.Opened) -> None:
        """Open the article at the quote."""
        cited = event.citation
        others = event.sentences.cited_in(cited.article_id, cited.version)
        self.open_article(cited.article_id, cited.version, cited, others)

    def action_open_cited(self) -> None:
        """Open the article behind the quote that is shown."""
        if self._moved is not None and (citation := self._moved.sentences.citation) is not None:
            self.on_sentence_list_opened(SentenceList.Opened(self._moved.sentences, citation))

    def open_article(
        self, article_id: str, version: int, citation: Citation | None = None, others: Sequence[Citation] = ()
    ) -> None:
        """Load an article in a worker, then show it at ``citation``; ``others`` are cited from it as well."""

        self.desk.begin(self, "open", partial(opened, self.engine, (article_id, version), citation, others))

    def opened(self, event: Work.Told) -> bool:
        """Show the article or the passage that a worker loaded; whether the event was one."""
        match event.event:
            case Opening() as opening if self.app.screen is self and self.awaits(event.work):
                self.app.push_screen(ArticleScreen(opening))
            case Whereabouts() as told:
                self._found[told.citation] = told
                self._show_quote()
        return event.work.kind in {"open", "around"}


def hint(words: str) -> Content:
    """A text that helps the reader on."""
    return Content.styled(words, "$text-muted")


def focus_is_free(screen: Screen[None]) -> bool:
    """Whether the reader is not typing elsewhere, so that the focus may be moved to what just arrived."""
    return screen.focused is None or isinstance(screen.focused, Input | TextArea | SentenceList)
