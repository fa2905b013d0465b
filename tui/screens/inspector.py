"""Inspector: how an answer came about. Its passages and how each was found, what a model was sent, what it took."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from qa.config import Role
from qa.types import Cancel, Claim, Retrieved
from tui import wording
from tui.desk import Desk
from tui.facts import of_exchanges
from tui.inspection import Inspection, found_again
from tui.passages import LookedUp, look_up, place_of
from tui.screens.desk_screen import DeskScreen
from tui.widgets.exchange_view import ExchangeView
from tui.widgets.passage_pane import telling
from tui.widgets.passage_table import PassageTable
from tui.widgets.passage_view import PassageView
from tui.widgets.status_line import StatusLine
from tui.widgets.weighed_table import WeighedTable
from tui.work import Verb, Work

_PAGES = {"passages": "Passages", "requests": "Prompt", "facts": "Facts"}
_HOW = {
    "found": "",
    "articles": "The articles of this story, which are read from their beginning",
    "kept": "From a conversation that was kept: what the answer cites. F finds again what was not kept with it",
    "again": "What the same question finds now; when it was answered, the library may have held other articles",
}
_MOST_AGAIN = 10


class InspectorScreen(DeskScreen):
    """Three pages about one answer or story. Esc goes back to it."""

    CSS_PATH = "inspector.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "page('passages')", "Passages", id="inspector.passages"),
        Binding("2", "page('requests')", "Prompt", id="inspector.prompt"),
        Binding("3", "page('facts')", "Facts", id="inspector.facts"),
        Binding("tab", "turn(1)", "Next page", show=False, id="inspector.next_page"),
        Binding("shift+tab", "turn(-1)", "Page before", show=False, id="inspector.previous_page"),
        Binding("f", "find_again", "Find again", id="inspector.find_again"),
        Binding("v", "passage", "Passage", id="inspector.view"),
    ]
    kind = "inspect"

    def __init__(self, desk: Desk, told: Inspection, claims: tuple[Claim, ...] = ()) -> None:
        """Show how ``told`` came about; ``claims`` are the sentences of the answer."""
        super().__init__(desk)
        self.told = told
        self._claims = claims

    def compose_scope(self) -> ComposeResult:
        """What is inspected, instead: it has a scope of its own."""
        yield Static(markup=False, id="inspected")

    def compose_desk(self) -> ComposeResult:
        """The pages' names, one page, status."""
        yield Static(markup=False, id="pages")
        with ContentSwitcher(initial="passages"):
            with Vertical(id="passages"):
                yield Static(markup=False, id="searched")
                yield PassageView()
            yield ExchangeView(self.told, id="requests")
            with VerticalScroll(id="facts"):
                yield Static(markup=False)
        yield StatusLine()

    def on_mount(self) -> None:
        """Fill the pages, and look up what the passages do not say of themselves."""
        self.query_one("#inspected", Static).update(wording.line(f"Inspecting: {self.told.title}", "bold"))
        self._show_passages()
        lines = [_fact(*pair) for pair in (*self.told.facts, *of_exchanges(self.told.exchanges))]
        nothing = [Content("There is no answer yet, or it failed.")]
        self.query_one("#facts Static", Static).update(Content("\n").join(lines or nothing))
        self.action_page("passages")

    def describe(self) -> None:
        """The answer that is inspected has a scope of its own."""

    def _show_passages(self) -> None:
        told = self.told
        said = [part for part in (_HOW[told.source], told.scope) if part]
        said = said or ["Nothing was searched yet."]
        self.query_one("#searched", Static).update(Content("\n").join(wording.line(part) for part in said))
        shelf = self.desk.shelf
        as_of = told.query.as_of if told.query else shelf.as_of if shelf else None
        self.query_one(PassageView).show(told.rows, as_of)
        if told.rows and self.desk.engine is not None:
            self.desk.begin(self, "look up", lambda cancel: look_up(self.engine, told.query, told.rows, cancel))

    # pages

    @property
    def page(self) -> str:
        """The page that is shown."""
        return self.query_one(ContentSwitcher).current or "passages"

    def action_page(self, page: str) -> None:
        """Show a page."""
        self.query_one(ContentSwitcher).current = page
        names = [
            Content.styled(f" {n} {name} ", "reverse" if key == page else "")
            for n, (key, name) in enumerate(_PAGES.items(), 1)
        ]
        self.query_one("#pages", Static).update(Content(" ").join(names))
        match page:
            case "passages":
                self.set_focus(self.query_one(PassageTable))
            case "requests":
                self.query_one(ExchangeView).take_focus()
            case _:
                self.set_focus(self.query_one("#facts"))
        self.refresh_bindings()

    def action_turn(self, by: int) -> None:
        """Show the page after, or before, the one that is shown."""
        pages = list(_PAGES)
        self.action_page(pages[(pages.index(self.page) + by) % len(pages)])

    def action_passage(self) -> None:
        """In one pane: from the table to the passage, or back."""
        self.query_one(PassageView).turn()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Finding again is offered where the passages found are not kept; turning to the passage in one pane."""
        if action == "find_again":
            return self.told.source in ("kept", "again") and self.told.query is not None
        if action == "passage":
            return self.has_class("-single") and self.page == "passages"
        return action not in ("scope", "choose")

    # passages

    def on_passage_table_opened(self, event: PassageTable.Opened) -> None:
        """Open the article at what is cited of the passage, or at its most telling sentence."""
        row = event.row
        where = place_of(row, telling(row.text, self.query_one(PassageView).words))
        self.open_article(row.article_id, row.version, where)

    def on_weighed_table_opened(self, event: WeighedTable.Opened) -> None:
        """Open the article at a sentence that was compared."""
        where = event.compared.citation
        self.open_article(where.article_id, where.version, where)

    def action_find_again(self) -> None:
        """Search the library as it is now for what was asked; no model is asked."""
        query = self.told.query
        if query is None or self.desk.engine is None:
            return

        def again(cancel: Cancel) -> Iterator[object]:
            from qa.search import search

            yield from search(self.engine.without({"model"}), query, k=_MOST_AGAIN, cancel=cancel)

        self.status.say("searching…")
        self.after_consent(self.recipients(), lambda: self._begin(again))

    def recipients(self) -> tuple[Role, ...]:
        """What is found again is found without a model."""
        return ("embedder",) if self.desk.shelf and self.desk.shelf.by_server else ()

    def _begin(self, verb: Verb) -> None:
        self.desk.begin(self, self.kind, verb)

    def on_work_told(self, event: Work.Told) -> None:
        """What was looked up, or found again."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case LookedUp(words, articles):
                self.query_one(PassageView).mark(words, articles)
            case Retrieved() as found:
                self.told = found_again(self.told, found, self._claims)
                self.status.say("")
                self._show_passages()

    def action_back(self) -> None:
        """Back to the passages' table in one pane, else to the answer."""
        view = self.query_one(PassageView)
        if view.has_class("-passage"):
            view.turn()
        elif not self.desk.stop(self.kind):
            self.desk.stop("look up")
            self.dismiss()


def _fact(name: str, value: str) -> Content:
    return Content.assemble(wording.line(f"{name:<12}", "$text-muted"), wording.line(value))
