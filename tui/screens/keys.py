"""All keys of the screen it was opened from, in groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.keys import Deed
from tui.screens.leaving import Dialog

_WITHOUT_NAME = (
    "PgUp, PgDn, Home and End move in every list and text; Tab goes on to the next part of the screen.\n"
    "Drag with the mouse to select text, Ctrl+C copies it. Ctrl+P finds any action by its name.\n"
    "Keys can be changed in config.toml: `newsdesk keys` says how."
)


class KeysScreen(Dialog[None]):
    """Shows what can be done and by which keys; what cannot be done just now is faint."""

    CSS_PATH = "keys.tcss"
    BINDING_GROUP_TITLE = "This list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close", id="keys.close"),
        Binding("j", "scroll('down')", "Down", show=False, id="keys.down"),
        Binding("k", "scroll('up')", "Up", show=False, id="keys.up"),
    ]

    def __init__(self, deeds: Iterable[Deed]) -> None:
        """Show ``deeds``, those of one place together, in their order."""
        super().__init__()
        self.groups = [(title, list(those)) for title, those in groupby(deeds, key=lambda deed: deed.place)]

    def compose(self) -> ComposeResult:
        """A heading, two columns of groups, and what has no name."""
        with VerticalScroll(id="keys"):
            yield Static(Content.styled("Keys  ", "bold") + Content.styled("Esc closes", "$text-muted"), markup=False)
            left, right = _columns([_told(title, deeds) for title, deeds in self.groups])
            with Horizontal():
                yield Static(left, markup=False)
                yield Static(right, markup=False)
            yield Static(Content.styled(_WITHOUT_NAME, "$text-muted"), markup=False)

    def on_mount(self) -> None:
        """The list has the focus, so that it scrolls."""
        self.query_one("#keys").focus()

    def action_scroll(self, way: str) -> None:
        """A line down or up."""
        self.query_one("#keys", VerticalScroll).scroll_relative(y=1 if way == "down" else -1, animate=False)


def _told(title: str, deeds: Sequence[Deed]) -> list[Content]:
    """A group: its title, then a line for each thing."""
    width = max(cell_len(deed.by) for deed in deeds)
    lines = [Content.styled(title, "bold $text-accent")]
    for deed in deeds:
        keys = deed.by + " " * (width - cell_len(deed.by))
        named = Content.styled(deed.binding.description, "" if deed.possible else "$text-muted")
        lines.append(Content.styled(f" {keys}  ", "bold" if deed.possible else "$text-muted") + named)
    return [*lines, Content("")]


def _columns(groups: Sequence[Sequence[Content]]) -> tuple[Content, Content]:
    """The groups in two columns of about the same length, in their order."""
    sizes = [len(lines) for lines in groups]
    cut = min(range(len(groups) + 1), key=lambda n: (max(sum(sizes[:n]), sum(sizes[n:])), n))
    columns = [[line for lines in some for line in lines] for some in (groups[:cut], groups[cut:])]
    return Content("\n").join(columns[0]), Content("\n").join(columns[1])
