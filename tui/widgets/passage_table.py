"""The passages of an answer or a search in a table: how each was found, and which sentences rest on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import DataTable

from tui.inspection import Row
from tui.widgets.paged_table import PagedTable

_GAP = 2
"""Cells that the table puts around each column."""
_NARROW, _WIDE = 60, 96
"""Cells from which there is room for how a passage was found, and for its source and date."""
_COLUMNS = {
    "#": 3,
    "Cited": 5,
    "Meaning": 7,
    "Words": 5,
    "Score": 5,
    "Model": 5,
    "Before": 6,
    "Date": 10,
    "Source": 14,
    "Title": -1,
}
"""Headings and widths; the title takes the room there is."""
_FOUND = ("Meaning", "Words", "Score")
_RESCORED = ("Model", "Before")


class PassageTable(PagedTable[Row]):
    """Rank, the sentences that cite it, ranks by meaning and by words, score, date, source, title."""

    DEFAULT_CSS = "PassageTable { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open", id="passages.open"),
        Binding("home", "scroll_top", "First", show=False, id="passages.first"),
        Binding("end", "scroll_bottom", "Last", show=False, id="passages.last"),
    ]
    COLUMNS: ClassVar[tuple[tuple[str, int], ...]] = tuple(_COLUMNS.items())

    @dataclass
    class Moved(Message):
        """The cursor is at ``row``, at this ``place`` of ``of`` rows."""

        row: Row
        place: int
        of: int

    @dataclass
    class Opened(Message):
        """The reader wants to see ``row`` in its article."""

        row: Row

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._names: list[str] = []

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.kept[self.cursor_row] if 0 <= self.cursor_row < len(self.kept) else None

    def columns_shown(self) -> Sequence[tuple[str, int]]:
        """Those there is room for, and something to say in."""
        self._names = self._told()
        taken = sum(_COLUMNS[name] + _GAP for name in self._names if name != "Title")
        return [(name, -taken - _GAP if name == "Title" else _COLUMNS[name]) for name in self._names]

    def _told(self) -> list[str]:
        found = any(row.how for row in self.all)
        scored = any(row.how and row.how.before for row in self.all)
        left_out = {name for name in _RESCORED if not scored} | {name for name in _FOUND if not found}
        if not any(row.cited_by for row in self.all):
            left_out.add("Cited")
        if self.size.width < _WIDE:
            left_out |= {"Source"} | ({"Date"} if scored else set())
        if self.size.width < _NARROW:
            left_out |= {*_FOUND, *_RESCORED, "Date"}
        return [name for name in _COLUMNS if name not in left_out]

    def cells(self, row: Row) -> tuple[str, ...]:
        """What the columns shown say of a row."""
        how, copy = row.how, row.kind == "copy"
        said = {
            "#": "  =" if copy else f"{row.n:>3}",
            "Cited": ",".join(map(str, row.cited_by)),
            "Meaning": _rank(how.meaning if how else None, 7),
            "Words": _rank(how.words if how else None, 5),
            "Score": "" if row.score is None else f"{row.score:.3f}",
            "Model": "" if how is None or how.model_score is None else f"{how.model_score:>5g}",
            "Before": _rank(how.before if how else None, 6),
            "Date": row.published[:10] if row.published else "undated",
            "Source": row.source or "",
            "Title": title(row),
        }
        return tuple(said[name] for name in self._names)

    def sought(self, row: Row) -> str:
        """Title and source."""
        return f"{row.title} {row.source or ''}".casefold()

    def folded(self, typed: str) -> str:
        """What was typed, case folded."""
        return typed.casefold()

    def open(self, row: Row) -> None:
        """Open the article."""
        self.post_message(self.Opened(row))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """The cursor moved."""
        event.stop()
        if 0 <= event.cursor_row < len(self.kept):
            self.post_message(self.Moved(self.kept[event.cursor_row], event.cursor_row, len(self.kept)))


def title(row: Row) -> str:
    """The title, behind what is special about the row."""
    if row.kind == "copy":
        return f"copy of {row.n}: {row.title}"
    return f"(outside the window) {row.title}" if row.outside else row.title


def _rank(value: int | None, width: int) -> str:
    return f"{f'#{value}' if value else '–':>{width}}"
