"""The app: its screens, its keys, and the work that belongs to no screen (opening the library, its Chroma index)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from qa.config import Config
from qa.errors import NewsdeskError
from tui.desk import Desk, Shelf
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.desk_screen import DeskScreen
from tui.screens.leaving import Palette
from tui.screens.library import LibraryScreen
from tui.screens.quotes import QuotesScreen
from tui.screens.search import SearchScreen
from tui.work import Work

_PLACES = {
    "ask": ("Ask", "Put a question to your articles"),
    "briefing": ("Briefing", "Read the stories of a day or a window"),
    "quotes": ("Quotations", "See who said what in the articles, newest first"),
    "library": ("Library", "See the articles, open them, add more"),
    "search": ("Search", "Search passages directly, without an answer"),
}

_WIDTHS = [(0, "-slim"), (40, "-single"), (60, "-stacked"), (100, "-wide")]
"""Classes of the screens by their width: too small, one pane, the quote below, the quote beside."""
_HEIGHTS = [(0, "-flat"), (12, "-low"), (30, "-tall")]


class NewsdeskApp(App[NewsdeskError]):
    """Newsdesk in a terminal. ``run`` returns the error that kept it from starting, if one did."""

    TITLE = "Newsdesk"
    CSS_PATH = "app.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", "Keys", show=False),
        Binding("f2", "switch_mode('ask')", "Ask"),
        Binding("f3", "switch_mode('briefing')", "Briefing"),
        Binding("f4", "switch_mode('library')", "Library"),
        Binding("f5", "switch_mode('quotes')", "Quotes"),
        Binding("ctrl+q", "quit", "Leave", priority=True),
    ]

    def __init__(self, config: Config, *, as_of: str | None = None) -> None:
        """An app over the library of ``config``, seen from ``as_of`` (a day as typed) or from today."""
        super().__init__()
        self.desk = Desk(config, as_of)
        self._searched_from = "ask"
        self.add_mode("ask", lambda: AskScreen(self.desk))
        self.add_mode("briefing", lambda: BriefingScreen(self.desk))
        self.add_mode("quotes", lambda: QuotesScreen(self.desk))
        self.add_mode("library", lambda: LibraryScreen(self.desk))
        self.add_mode("search", lambda: SearchScreen(self.desk))

    def on_mount(self) -> None:
        """Show Ask, and open the library once it is on the screen."""
        self.switch_mode("ask")
        self.call_after_refresh(self.desk.begin, self, "open library", self.desk.open)

    def on_unmount(self) -> None:
        """However the app ends, nothing goes on behind it."""
        self.desk.leave()

    async def action_quit(self) -> None:
        """Stop what runs, and leave."""
        self.desk.leave()
        self.exit()

    def action_help(self) -> None:
        """Show or hide all keys."""
        if self.screen.query("HelpPanel"):
            self.action_hide_help_panel()
        else:
            self.action_show_help_panel()

    def action_command_palette(self) -> None:
        """The command palette."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Textual's own commands, and the places."""
        for mode, (title, what) in _PLACES.items():
            yield SystemCommand(title, what, lambda mode=mode: self.switch_mode(mode))
        if self.desk.elsewhere:
            what = "Decide again what may be sent to other machines"
            yield SystemCommand("Sending", what, self._decide_again)
        yield from super().get_system_commands(screen)

    def _decide_again(self) -> None:
        self.desk.decide_again()
        for screen in self._desk_screens():
            screen.describe()

    # searching

    def action_search(self) -> None:
        """Search passages; Esc there comes back here."""
        if self.current_mode != "search":
            self._searched_from = self.current_mode
            self.switch_mode("search")

    def on_search_screen_left(self) -> None:
        """Back to where the search was begun."""
        self.switch_mode(self._searched_from)

    async def on_search_screen_asked(self, event: SearchScreen.Asked) -> None:
        """Put the words that were searched for as a question."""
        await self.switch_mode("ask")
        if isinstance(self.screen, AskScreen):
            self.screen.put(event.question)

    # the scope

    def on_desk_screen_rescoped(self, event: DeskScreen.Rescoped) -> None:
        """The reader changed the scope: every screen is told."""
        self.desk.rescope(event.scope)
        for screen in self._desk_screens():
            screen.scope_changed()

    # the library

    def library_changed(self) -> None:
        """Articles were added: look again, and bring the Chroma index up to them."""
        self.desk.begin(self, "look", self.desk.look)
        self.desk.begin(self, "index", self.desk.index)

    def on_work_told(self, event: Work.Told) -> None:
        """The library was opened or looked at."""
        if isinstance(event.event, Shelf):
            opened = self.desk.shelf is None
            self.desk.shelf = event.event
            self.desk.rescope(self.desk.scope)  # which may have changed since the worker looked
            for screen in self._desk_screens():
                screen.shelf_changed()
            if opened:
                self.desk.begin(self, "index", self.desk.index)

    def on_work_failed(self, event: Work.Failed) -> None:
        """Without a library there is nothing to show; without its Chroma index, exact search answers."""
        if event.work.kind == "open library":
            error = event.error if isinstance(event.error, NewsdeskError) else NewsdeskError(event.message, event.hint)
            self.exit(error, return_code=int(error.exit_code))
            return
        for screen in self._desk_screens():
            screen.status.add(event.message)

    def _desk_screens(self) -> list[DeskScreen]:
        stacks = self._screen_stacks.values()
        return [screen for stack in stacks for screen in stack if isinstance(screen, DeskScreen) and screen.is_mounted]
