"""What was refused or dropped of the files that were read, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from qa.types import FileProblems
from tui import wording
from tui.screens.leaving import Dialog
from tui.widgets.long_table import Column, LongTable


@dataclass(frozen=True, slots=True)
class Told:
    """One problem of a file; the first of its file says so."""

    path: str
    line: int | None
    message: str
    refused: bool
    first: bool


class ProblemTable(LongTable[Told]):
    """File, line, what was wrong."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("mark", "", 2),
        Column("file", "File", 24),
        Column("line", "Line", 6, shown_from=60),
        Column("message", "What was refused ✗, or changed", 0),
    )

    def cells(self, row: Told) -> tuple[str, ...]:
        """Its mark, its file's name where it is the first of it, its line and message."""
        name = wording.named(row.path) if row.first else ""
        return "✗" if row.refused else "·", name, f"{row.line:>6}" if row.line else "", row.message

    def open(self, row: Told) -> None:
        """There is nothing to open."""


class ProblemsScreen(Dialog[None]):
    """The problems of every file as it was last read; under them the one at the cursor in full."""

    CSS_PATH = "problems.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,p,q", "dismiss", "Back", id="problems.back"),
    ]

    def __init__(self, files: Sequence[FileProblems]) -> None:
        """Show the problems of ``files``."""
        super().__init__()
        self.rows = tuple(
            Told(file.path, problem.line, problem.message, problem.fatal, n == 0)
            for file in files
            for n, problem in enumerate(sorted(file.problems, key=lambda one: not one.fatal))
        )
        self._files = len(files)

    def compose(self) -> ComposeResult:
        """Title, table, the one at the cursor in full, keys."""
        refused = sum(row.refused for row in self.rows)
        said = f"{len(self.rows):,} problem(s) in {self._files:,} file(s), {refused:,} refused ✗"
        with Vertical(id="problems-view"):
            yield Static(Content.styled(said, "bold"), markup=False)
            yield ProblemTable()
            yield Static(markup=False, id="problem")
            yield Static(Content.styled("↑ ↓ move · Esc back", "$text-muted"), markup=False)

    def on_mount(self) -> None:
        """The first."""
        table = self.query_one(ProblemTable)
        table.show(len(self.rows), 0, dict(enumerate(self.rows)))
        table.focus()
        self._tell(0)

    def on_long_table_moved(self, event: LongTable.Moved) -> None:
        """The one at the cursor in full."""
        self._tell(event.at)

    def _tell(self, at: int) -> None:
        if at < len(self.rows):
            row = self.rows[at]
            where = row.path + (f", line {row.line}" if row.line else "")
            self.query_one("#problem", Static).update(wording.text(f"{where}\n{row.message}"))
