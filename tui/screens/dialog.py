"""What the dialogs of the scope have in common: a line to type in, over a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui import wording
from tui.desk import Desk
from tui.screens.leaving import Dialog
from tui.widgets.line_input import LineInput
from tui.widgets.steady_list import SteadyList

Chosen = TypeVar("Chosen")


class ScopeDialog(Dialog[Chosen | None], Generic[Chosen]):
    """Esc leaves it as it was. A subclass says what can be typed, what is listed, and what Enter makes of either."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="dialog.back"),
        Binding("ctrl+s", "dismiss", show=False),
    ]
    AUTO_FOCUS = "LineInput, OptionList"
    TITLE_TEXT: ClassVar[str]
    TYPED: ClassVar[str] = ""
    """What can be typed; empty where nothing can."""
    KEYS: ClassVar[str] = "↑ ↓ choose · Enter takes it · Esc leaves it as it was"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def compose(self) -> ComposeResult:
        """Title, line, what is said about what was typed, list, keys."""
        with Vertical(id="dialog"):
            yield Static(Content.styled(self.TITLE_TEXT, "bold"), markup=False)
            if self.TYPED:
                yield LineInput(placeholder=self.TYPED, id="typed")
            yield Static(markup=False, id="said")
            yield SteadyList(id="choices", markup=False)
            yield Static(Content.styled(self.KEYS, "$text-muted"), markup=False, id="keys")

    @property
    def choices(self) -> OptionList:
        """The list."""
        return self.query_one("#choices", OptionList)

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Say something about what was typed."""
        self.query_one("#said", Static).update(wording.line(words, "$text-error" if wrong else "$text-muted"))

    def offer(self, rows: Sequence[Content], at: int | None = 0) -> None:
        """List ``rows``, the cursor on the one at ``at``."""
        choices = self.choices
        choices.clear_options()
        choices.add_options([Option(Content.assemble(row)) for row in rows])
        choices.highlighted = at if rows else None

    def picked(self, at: int) -> None:
        """Enter on a row of the list, or a click."""
        raise NotImplementedError

    def entered(self, typed: str) -> None:
        """Enter on what was typed."""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the row."""
        event.stop()
        self.picked(event.option_index)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what was typed."""
        event.stop()
        self.entered(event.value)

    def action_enter_list(self) -> None:
        """From the line to the list."""
        self.set_focus(self.choices)
