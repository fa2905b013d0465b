"""A table of many rows, a page at a time, narrowed by what is typed: what the library's and the quotations' share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import DataTable

from qa.render import show_line

Row = TypeVar("Row")
_PAGE = 300
"""Rows added at a time, the next page when the cursor comes near the end."""
_LEAST = 20
"""Cells of the column that takes the room there is, at least."""


class PagedTable(DataTable[Text], Generic[Row]):
    """Rows of one kind, in their order; Enter opens one. A subclass says what its columns are, what a row shows, what
    the filter looks into, and which message opens it."""

    DEFAULT_CSS = """
    PagedTable { height: 1fr; min-width: 12; background: $background; }
    """
    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", id="table.open"),
        Binding("j,down", "cursor_down", "Next", show=False, id="table.next"),
        Binding("k,up", "cursor_up", "Previous", show=False, id="table.previous"),
    ]
    COLUMNS: ClassVar[tuple[tuple[str, int], ...]]
    """Headings and widths; a negative width leaves so many cells to the other columns and the gaps."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self.all: tuple[Row, ...] = ()
        self.kept: tuple[Row, ...] = ()
        """Those that the filter lets through."""
        self._sought: tuple[str, ...] = ()
        self._words: tuple[str, ...] = ()

    def columns_shown(self) -> Sequence[tuple[str, int]]:
        """The columns there is room for."""
        return self.COLUMNS

    def cells(self, row: Row) -> tuple[str, ...]:
        """What ``row`` shows in each column."""
        raise NotImplementedError

    def sought(self, row: Row) -> str:
        """What the filter looks into, in the form of ``folded``."""
        raise NotImplementedError

    def folded(self, typed: str) -> str:
        """What was typed in the form that is looked for."""
        raise NotImplementedError

    def open(self, row: Row) -> None:
        """Tell the screen that the reader wants to see ``row``."""
        raise NotImplementedError

    def show(self, rows: Sequence[Row]) -> None:
        """Show ``rows``, in their order."""
        self.all = tuple(rows)
        self._sought = tuple(self.sought(row) for row in self.all)
        self.narrow(" ".join(self._words))

    def narrow(self, typed: str) -> None:
        """Show only rows that have every word of ``typed`` in what the filter looks into."""
        self._words = tuple(self.folded(typed).split())
        pairs = zip(self.all, self._sought, strict=True)
        self.kept = tuple(row for row, sought in pairs if all(word in sought for word in self._words))
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """One column takes the room there is."""
        self._draw()

    def _draw(self) -> None:
        place = self.cursor_row
        rows = max(self.row_count, _PAGE)
        self.clear(columns=True)
        for heading, width in self.columns_shown():
            self.add_column(heading, width=width if width > 0 else max(_LEAST, self.size.width + width))
        self._add(rows)
        self.move_cursor(row=min(place, self.row_count - 1), animate=False)

    def _add(self, count: int) -> None:
        for row in self.kept[self.row_count : self.row_count + count]:
            self.add_row(*(Text(show_line(cell), no_wrap=True, overflow="ellipsis") for cell in self.cells(row)))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Add the next page in time."""
        event.stop()
        if event.cursor_row >= self.row_count - _PAGE // 3 and self.row_count < len(self.kept):
            self._add(_PAGE)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the row."""
        event.stop()
        if event.cursor_row < len(self.kept):
            self.open(self.kept[event.cursor_row])
