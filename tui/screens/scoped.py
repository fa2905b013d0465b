"""A screen with the scope line above it: it says what is in scope, and opens a dialog for each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from qa.period import Period
from qa.types import Window
from tui.desk import Desk
from tui.scope import Scope
from tui.scoping import parts
from tui.screens.as_of import AsOfDialog
from tui.screens.dialog import ScopeDialog
from tui.screens.leaving import Page
from tui.screens.libraries import LibrariesDialog, LibraryChoice
from tui.screens.mode import ModeChoice, ModeDialog
from tui.screens.sources import SourcesDialog
from tui.screens.window import DROP, WindowDialog
from tui.widgets.scope_line import PartName, ScopeLine


class ScopedScreen(Page[None]):
    """Its keys for the scope mean something wherever the reader is not typing; Ctrl+S everywhere."""

    @dataclass
    class Rescoped(Message, namespace="desk_screen"):
        """The reader limits what is asked to ``scope``; the app tells all screens."""

        scope: Scope

    @dataclass
    class ModeChosen(Message, namespace="desk_screen"):
        """The reader decided who writes."""

        choice: ModeChoice

    @dataclass
    class LibraryChosen(Message, namespace="desk_screen"):
        """The reader wants another library."""

        choice: LibraryChoice

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "scope", "Scope", show=False, id="scope.line"),
        Binding("w", "choose('window')", "Window", show=False, id="scope.window"),
        Binding("d", "choose('as_of')", "As-of day", show=False, id="scope.as_of"),
        Binding("s", "choose('sources')", "Sources", show=False, id="scope.sources"),
        Binding("m", "choose('mode')", "Model or none", show=False, id="scope.mode"),
        Binding("b", "choose('library')", "Another library", show=False, id="scope.library"),
    ]
    AUTO_FOCUS = "QuestionBox, LineInput"
    within_story: ClassVar[bool] = True
    """Whether the story of the scope limits what this screen shows."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.window: Window | None = None
        """That of the last question or briefing."""
        self._before_scope: Widget | None = None

    @property
    def window_of_words(self) -> Window | None:
        """The window that words of the last question set, and that can be dropped."""
        return None

    def drop_words(self) -> None:
        """Ask again without the window that words set."""

    def scope_changed(self) -> None:
        """The reader limits what is asked otherwise than before."""
        self.window = None
        self.describe()

    def describe(self) -> None:
        """Say anew what is in scope, and what leaves this machine."""
        story = self.desk.scope if self.within_story else self.desk.scope.on_story("", ())
        self.query_one(ScopeLine).describe(parts(self.desk, story, self.window, in_words=self.window_of_words))

    # the line

    def action_scope(self) -> None:
        """Go to the scope line; from there, back."""
        line = self.query_one(ScopeLine)
        if line.has_focus:
            line.action_leave()
        else:
            self._before_scope = self.focused
            self.set_focus(line)

    def on_scope_line_left(self) -> None:
        """Back to where the focus was."""
        before = self._before_scope
        known = before is not None and before.is_attached and before.focusable
        self.set_focus(before if known else self.query(self.AUTO_FOCUS or "*").first())

    def on_scope_line_chosen(self, event: ScopeLine.Chosen) -> None:
        """Change a part of it."""
        self.action_choose(event.name)

    # the dialogs

    def action_choose(self, name: PartName) -> None:
        """Open the dialog of a part."""
        if self.desk.engine is None or self.desk.shelf is None or isinstance(self.app.screen, ScopeDialog):
            return
        match name:
            case "window":
                self.app.push_screen(WindowDialog(self.desk, self.window_of_words), self._window_chosen)
            case "as_of":
                self.app.push_screen(AsOfDialog(self.desk), self._as_of_chosen)
            case "sources":
                self.app.push_screen(SourcesDialog(self.desk), self._sources_chosen)
            case "mode":
                self.app.push_screen(ModeDialog(self.desk), self._mode_chosen)
            case "library":
                self.app.push_screen(LibrariesDialog(self.desk), self._library_chosen)
            case "story":
                self.post_message(self.Rescoped(self.desk.scope.on_story("", ())))

    def _window_chosen(self, chosen: Period | str | None) -> None:
        if chosen == DROP:
            self.drop_words()
        elif isinstance(chosen, Period):
            self.post_message(self.Rescoped(replace(self.desk.scope, period=chosen)))

    def _as_of_chosen(self, chosen: tuple[str | None] | None) -> None:
        if chosen is not None:
            self.post_message(self.Rescoped(replace(self.desk.scope, as_of=chosen[0])))

    def _sources_chosen(self, chosen: Sequence[str] | None) -> None:
        if chosen is not None:
            self.post_message(self.Rescoped(replace(self.desk.scope, sources=tuple(chosen))))

    def _mode_chosen(self, chosen: ModeChoice | None) -> None:
        if chosen is not None:
            self.post_message(self.ModeChosen(chosen))

    def _library_chosen(self, chosen: LibraryChoice | None) -> None:
        if chosen is not None:
            self.post_message(self.LibraryChosen(chosen))
