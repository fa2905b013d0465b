"""The app: its screens, its keys, and the work that belongs to no screen (opening the library, its Chroma index)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar

from textual.actions import ActionParseResult
from textual.binding import Binding, BindingType
from textual.command import Provider
from textual.dom import DOMNode
from textual.events import Event, InputEvent
from textual.filter import LineFilter, NoColor
from textual.screen import Screen
from textual.widget import Widget

from qa.config import Config
from qa.errors import NewsdeskError
from qa.faultlog import write_down
from qa.render import show
from tui.desk import Desk, Opened, Shelf
from tui.keymap import checked
from tui.keys import Keymap, deeds
from tui.offering import Offering
from tui.palette import Actions
from tui.picture import Pictured
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.desk_screen import DeskScreen
from tui.screens.keys import KeysScreen
from tui.screens.leaving import LeavesOnce, Palette
from tui.screens.library import LibraryScreen
from tui.screens.quotes import QuotesScreen
from tui.screens.search import SearchScreen
from tui.stylesheet import ParsedOnce
from tui.themes import THEMES, start_with
from tui.work import Work

_WIDTHS = [(0, "-slim"), (40, "-single"), (60, "-stacked"), (100, "-wide")]
"""Classes of the screens by their width: too small, one pane, the quote below, the quote beside."""
_HEIGHTS = [(0, "-flat"), (12, "-low"), (30, "-tall")]


_WORKERS = 32
"""Works at once; asyncio's own six on two cores would make a key wait for what already runs."""


class NewsdeskApp(Offering):
    """Newsdesk in a terminal. ``run`` returns the error that kept it from starting, if one did."""

    TITLE = "Newsdesk"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "plain.tcss"]
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "keys", "Keys", priority=True, id="app.keys"),
        Binding("f2", "switch_mode('ask')", "Ask", id="app.ask"),
        Binding("f3", "switch_mode('briefing')", "Briefing", id="app.briefing"),
        Binding("f4", "switch_mode('library')", "Library", id="app.library"),
        Binding("f5", "switch_mode('quotes')", "Quotes", id="app.quotes"),
        Binding("f6", "conversations", "Talks", id="app.conversations"),
        Binding("ctrl+p", "command_palette", "Find an action", show=False, priority=True, id="app.palette"),
        Binding("ctrl+q", "quit", "Leave", priority=True, id="app.leave"),
    ]
    BINDING_GROUP_TITLE = "Everywhere"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Actions}

    def __init__(self, config: Config, *, as_of: str | None = None) -> None:
        """An app over the library of ``config``, seen from ``as_of`` (a day as typed) or from today."""
        self._chooses = False
        """Whether a theme that comes is the reader's choice."""
        self.fault: Exception | None = None
        """The error that ended the app, if nobody foresaw it."""
        self.log_of_fault: Path | None = None
        """Where it was written down."""
        super().__init__()
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        self.keymap: Keymap = checked(config.keys) if config.keys else {}
        self.desk = Desk(config, as_of)
        self._searched_from = "ask"
        for theme in THEMES:
            self.register_theme(theme)
        self._furnish()

    def _furnish(self) -> None:
        """The places, each made when it is first visited."""
        self.add_mode("ask", lambda: AskScreen(self.desk))
        self.add_mode("briefing", lambda: BriefingScreen(self.desk))
        self.add_mode("quotes", lambda: QuotesScreen(self.desk))
        self.add_mode("library", lambda: LibraryScreen(self.desk))
        self.add_mode("search", lambda: SearchScreen(self.desk))

    def on_mount(self) -> None:
        """Show Ask, and open the library once it is on the screen."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_WORKERS, thread_name_prefix="work"))
        self.set_keymap(self.keymap)
        self.theme = start_with(self.desk.remembered.theme, set(self.available_themes), plain=self.is_plain)
        self._chooses = True
        self.switch_mode("ask")
        self.call_after_refresh(self.desk.begin, self, "open library", self.desk.open)

    def on_unmount(self) -> None:
        """However the app ends, nothing goes on behind it."""
        self.desk.leave()

    def _handle_exception(self, error: Exception) -> None:
        """Write down what ends the app, at once: its terminal may be closed the next moment."""
        if self.fault is None:
            self.fault, self.log_of_fault = error, write_down(error, "app")
        super()._handle_exception(error)

    def panic(self, *renderables: object) -> None:
        """End without a word, as in ``_fatal_error``."""
        self._fatal_error()

    def _fatal_error(self) -> None:
        """End without a word: ``tui.__main__`` tells in a line what it was, once the terminal is the reader's again.
        Textual would show the values of all variables, articles and keys among them."""
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """Stop what runs, and leave."""
        self.desk.leave()
        self.exit()

    async def on_event(self, event: Event) -> None:
        """Keys that are typed after the last one, while the screens go, mean nothing any more."""
        if (self._screen_stack and not self._exit) or not isinstance(event, InputEvent):
            await super().on_event(event)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key means, unless what it is meant for is not there yet, or not any more."""
        node = default_namespace
        gone = isinstance(node, LeavesOnce) and node.has_left
        if gone or (isinstance(node, Widget) and not (node.is_mounted and node.is_attached)):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def action_keys(self) -> None:
        """Show all keys, or hide them."""
        shown = isinstance(self.screen, KeysScreen)
        self._uncover()
        if not shown:
            self.push_screen(KeysScreen(list(deeds(self.screen, self.keymap))))

    def action_help_quit(self) -> None:
        """Ctrl+C with nothing selected: it copies, it does not leave."""
        leave = next(deed.by for deed in deeds(self.screen_stack[0], self.keymap) if deed.binding.id == "app.leave")
        self.notify(f"Nothing is selected to copy. {leave} leaves Newsdesk.", markup=False)

    def action_command_palette(self) -> None:
        """The command palette."""
        if not isinstance(self.screen, Palette):
            self._uncover()
            self.push_screen(Palette())  # without a name: the one before may not be quite gone

    def _uncover(self) -> None:
        """Come back to the screen that the keys or the palette lie over, which is the one they are asked about."""
        if isinstance(self.screen, KeysScreen | Palette):
            self.screen.dismiss()

    async def action_conversations(self) -> None:
        """Show the conversations beside Ask, go to them, or leave them."""
        await self.switch_mode("ask")
        if isinstance(self.screen, AskScreen):
            self.screen.action_conversations()
        else:
            self.bell()  # an article lies over it

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
        for screen in self.desk_screens():
            screen.scope_changed()

    def on_desk_screen_mode_chosen(self, event: DeskScreen.ModeChosen) -> None:
        """The reader decided who writes."""
        self.desk.choose_mode(self, event.choice)
        for screen in self.desk_screens():
            screen.describe()

    # colours

    @property
    def is_plain(self) -> bool:
        """Whether the reader wants no colours (``NO_COLOR``), or the terminal has sixteen at most."""
        return self.no_color or self.console.color_system in (None, "standard")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With ``NO_COLOR``, no colour at all goes out, no grey either."""
        return [NoColor()] if self.no_color else super().get_line_filters()

    def watch_theme(self, theme: str) -> None:
        """Remember the one that the reader chose."""
        if self._chooses and theme != self.desk.remembered.theme:
            self.desk.remember(self, lambda remembered: replace(remembered, theme=theme))

    # the library

    def on_desk_screen_library_chosen(self, event: DeskScreen.LibraryChosen) -> None:
        """Open another library in a worker; until it is open, everything stays."""
        chosen, create = event.choice.library, event.choice.create
        self.desk.begin(self, "another library", lambda cancel: self.desk.another(chosen, cancel, create=create))

    async def _turn_to(self, opened: Opened) -> None:
        """Show the library that was opened, in new screens, and close the one before."""
        close = self.desk.turn_to(opened)
        self.add_mode("turning", Screen)
        await self.switch_mode("turning")
        for mode in [mode for mode in self._modes if mode != "turning"]:
            await self.remove_mode(mode)
        self._furnish()
        await self.switch_mode("ask")
        await self.remove_mode("turning")
        self.desk.begin(self, "look", self.desk.look)
        self.desk.begin(self, "close library", close)

    def library_changed(self) -> None:
        """Articles were added: look again, and bring the Chroma index up to them."""
        self.desk.begin(self, "look", self.desk.look)
        self.desk.begin(self, "index", self.desk.index)

    async def on_work_told(self, event: Work.Told) -> None:
        """The library was opened or looked at, or another one opened."""
        if isinstance(event.event, Opened):
            if self.desk.current(event.work):
                await self._turn_to(event.event)
            else:
                self.desk.begin(self, "close library", event.event.close)  # another one was chosen since
        elif isinstance(event.event, Pictured):
            written = event.event.file
            self.notify(show(f"{written.name} is in {written.parent}"), markup=False)
        elif isinstance(event.event, Shelf) and self.desk.current(event.work):
            opened = self.desk.shelf is None
            self.desk.shelf = event.event
            self.desk.rescope(self.desk.scope)  # which may have changed since the worker looked
            for screen in self.desk_screens():
                screen.shelf_changed()
            if opened:
                self._remember_library()
                self.desk.begin(self, "index", self.desk.index)

    def _remember_library(self) -> None:
        folder = self.desk.folder
        if self.desk.remembered.libraries[:1] != (str(folder),):
            self.desk.remember(self, lambda was: was.opened(folder))

    def on_work_failed(self, event: Work.Failed) -> None:
        """Without a library there is nothing to show; without its Chroma index, exact search answers."""
        if event.work.kind == "open library":
            error = event.error if isinstance(event.error, NewsdeskError) else NewsdeskError(event.message, event.hint)
            self.exit(error, return_code=int(error.exit_code))
            return
        if event.work.kind == "another library" and isinstance(self.screen, DeskScreen):
            self.screen.status.fail(event.message, event.hint)
            return
        for screen in self.desk_screens():
            screen.status.add(event.message)
