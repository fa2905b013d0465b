"""Where an export goes: its form, its file, and whether one that is there may be overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Checkbox, Input, RadioButton, RadioSet, Static

from tui import wording
from tui.screens.leaving import Dialog
from tui.widgets.line_input import LineInput

NAMES = {"md": "Markdown", "html": "HTML", "json": "JSON"}
"""The forms of an export, by the ending of their files."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What the reader chose."""

    form: str
    """One of ``NAMES``."""
    path: Path
    """As typed: ``~`` and a relative path are still in it."""
    overwrite: bool


class ExportScreen(Dialog[Destination | None]):
    """Asks for a Destination; None when the reader leaves it. It writes nothing: ``qa.export.write_export`` does."""

    CSS_PATH = "export.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", id="export.leave")]

    def __init__(self, default_name: str, forms: Sequence[str] = tuple(NAMES), *, what: str = "") -> None:
        """``default_name`` is the file's name without an ending; the first of ``forms`` is chosen at first; ``what``
        names what is exported."""
        super().__init__()
        self._forms = tuple(forms)
        self._default = default_name
        self._what = what

    def compose(self) -> ComposeResult:
        """Form, file, whether to overwrite, and two buttons."""
        with VerticalScroll(id="export"):
            yield Static(wording.line(f"Export {self._what}".rstrip(), "bold"), markup=False)
            with RadioSet(id="forms"):
                for form in self._forms:
                    yield RadioButton(wording.line(NAMES[form]), value=form == self._forms[0], id=f"form-{form}")
            yield LineInput(f"{self._default}.{self._forms[0]}", id="file")
            where = wording.line(f"in {here()}, unless you type a whole path (~ is your home)", "dim")
            yield Static(where, markup=False, id="where")
            yield Checkbox("Overwrite a file of that name", id="overwrite")
            with Horizontal():
                yield Button("Leave (Esc)", id="leave")
                yield Button("Write (Enter)", id="write", variant="primary")

    def on_mount(self) -> None:
        """The name is there to be accepted or changed."""
        for toggle in (*self.query(RadioButton), *self.query(Checkbox)):
            _show_state(toggle)
        self.set_focus(self.query_one("#file"))

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Show it by its shape, too."""
        event.stop()
        _show_state(event.checkbox)

    @property
    def form(self) -> str:
        """The form that is chosen."""
        return self._forms[max(0, self.query_one("#forms", RadioSet).pressed_index)]

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """The file's ending follows the form."""
        event.stop()
        for toggle in self.query(RadioButton):
            _show_state(toggle)
        field = self.query_one("#file", Input)
        stem, dot, ending = field.value.rpartition(".")
        if not dot or ending.lower() not in NAMES:
            stem = field.value
        if stem and (not dot or ending.lower() != self.form):
            field.value = f"{stem}.{self.form}"

    def on_input_changed(self, event: Input.Changed) -> None:
        """The form follows the file's ending."""
        event.stop()
        ending = event.value.rpartition(".")[2].lower()
        if ending in self._forms and ending != self.form:
            self.query_one(f"#form-{ending}", RadioButton).value = True

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the file's name."""
        event.stop()
        self._choose()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the buttons."""
        event.stop()
        if event.button.id == "leave":
            self.dismiss(None)
        else:
            self._choose()

    def action_leave(self) -> None:
        """Write nothing."""
        self.dismiss(None)

    def _choose(self) -> None:
        typed = self.query_one("#file", Input).value.strip()
        if not typed:
            self.query_one("#where", Static).update(wording.line("Type the name of a file.", "$text-error"))
            return
        self.dismiss(Destination(self.form, Path(typed), self.query_one("#overwrite", Checkbox).value))


def _show_state(toggle: RadioButton | Checkbox) -> None:
    """Fill what is chosen and leave the others empty: colour alone does not tell on every terminal."""
    toggle.BUTTON_INNER = ("●" if isinstance(toggle, RadioButton) else "X") if toggle.value else " "
    toggle.refresh()


def here() -> Path:
    """The current folder; the reader's home where it was deleted meanwhile."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path.home()
