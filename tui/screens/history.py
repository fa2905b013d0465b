"""The questions asked before, found by their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui import wording
from tui.screens.leaving import Dialog
from tui.widgets.line_input import LineInput
from tui.widgets.steady_list import SteadyList

_MOST_SHOWN = 200


class HistoryScreen(Dialog[str | None]):
    """Narrowed as the reader types; Enter takes a question into the box, Esc takes none."""

    CSS_PATH = "history.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="history.back"),
        Binding("down", "move('down')", show=False, priority=True),
        Binding("up", "move('up')", show=False, priority=True),
        Binding("ctrl+r", "move('down')", show=False, priority=True),
    ]

    def __init__(self, questions: Sequence[str]) -> None:
        """Choose among ``questions``, the newest first."""
        super().__init__()
        self._questions = tuple(questions)
        self._found: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Words to find, what has them, and the keys."""
        with Vertical(id="history"):
            yield LineInput(placeholder="Words of an earlier question…", id="words")
            yield SteadyList(id="found", markup=False)
            yield Static("Enter takes it into the box · ↑ ↓ choose · Esc back", markup=False, id="keys")

    def on_mount(self) -> None:
        """All of them at first."""
        self.query_one("#found").can_focus = False
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show those that have all the words."""
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        words = typed.casefold().split()
        held = (one for one in self._questions if all(word in one.casefold() for word in words))
        self._found = tuple(one for _, one in zip(range(_MOST_SHOWN), held, strict=False))
        options = self.query_one("#found", OptionList)
        options.set_options(Option(wording.line(one)) for one in self._found)
        if self._found:
            options.highlighted = 0
        else:
            none = "No question has these words." if words else "Nothing was asked yet."
            options.set_options([Option(wording.line(none), disabled=True)])
            options.highlighted = None

    def action_move(self, way: str) -> None:
        """Choose another while the words stay in the box."""
        options = self.query_one("#found", OptionList)
        options.action_cursor_down() if way == "down" else options.action_cursor_up()

    def on_input_submitted(self) -> None:
        """Take the one that is chosen."""
        self._take(self.query_one("#found", OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes one as well."""
        self._take(event.option_index)

    def _take(self, index: int | None) -> None:
        if index is not None and index < len(self._found):
            self.dismiss(self._found[index])
        else:
            self.app.bell()
