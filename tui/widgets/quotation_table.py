"""Quotations in a table, a page at a time, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.message import Message
from textual.widgets import DataTable

from qa.render import plain_words, show_line, speaker_words
from qa.types import Quotation

_PAGE = 300
"""Rows added at a time, the next page when the cursor comes near the end."""
_OTHERS = 54
"""Cells that the other columns and the gaps take beside the words."""
_SHOWN = 400
"""Characters of a quotation in its row."""


class QuotationTable(DataTable[Text]):
    """Date, speaker, words, source; Enter opens the article at the words."""

    DEFAULT_CSS = """
    QuotationTable { height: 1fr; min-width: 12; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    @dataclass
    class Opened(Message):
        """The reader wants to see ``quotation`` in its article."""

        quotation: Quotation

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self.all: tuple[Quotation, ...] = ()
        self.quotations: tuple[Quotation, ...] = ()
        self._sought: tuple[str, ...] = ()
        self._words: tuple[str, ...] = ()

    def show(self, quotations: Sequence[Quotation]) -> None:
        """Show ``quotations``, in their order."""
        self.all = tuple(quotations)
        self._sought = tuple(plain_words(f"{speaker_words(one)} {one.text} {one.source or ''}") for one in self.all)
        self.narrow(" ".join(self._words))

    def narrow(self, typed: str) -> None:
        """Show only quotations that have every word of ``typed`` in speaker, words or source."""
        self._words = tuple(plain_words(typed).split())
        kept = zip(self.all, self._sought, strict=True)
        self.quotations = tuple(one for one, sought in kept if all(word in sought for word in self._words))
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """The words take the room there is."""
        self._draw()

    def _draw(self) -> None:
        place = self.cursor_row
        rows = max(self.row_count, _PAGE)
        self.clear(columns=True)
        self.add_column("Date", width=10)
        self.add_column("Speaker", width=20)
        self.add_column("Words", width=max(20, self.size.width - _OTHERS))
        self.add_column("Source", width=14)
        self._add(rows)
        self.move_cursor(row=min(place, self.row_count - 1), animate=False)

    def _add(self, count: int) -> None:
        for one in self.quotations[self.row_count : self.row_count + count]:
            day = one.published.day.isoformat() if one.published else "undated"
            cells = (day, speaker_words(one), one.text[:_SHOWN], one.source or "")
            self.add_row(*(Text(show_line(cell), no_wrap=True, overflow="ellipsis") for cell in cells))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Add the next page in time."""
        event.stop()
        if event.cursor_row >= self.row_count - _PAGE // 3 and self.row_count < len(self.quotations):
            self._add(_PAGE)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the article at the words."""
        event.stop()
        if event.cursor_row < len(self.quotations):
            self.post_message(self.Opened(self.quotations[event.cursor_row]))
