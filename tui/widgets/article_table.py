"""The library's articles in a table, a page at a time, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.message import Message
from textual.widgets import DataTable

from qa.render import show_line

_PAGE = 300
"""Rows added at a time, the next page when the cursor comes near the end."""
_OTHERS = 42
"""Cells that the other columns and the gaps take beside the title."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as the table lists it."""

    id: str
    version: int
    title: str
    source: str
    day: str
    passages: int
    sought: str
    """What the filter looks into: title, source and day, case folded."""


class ArticleTable(DataTable[Text]):
    """Date, title, source, passages; Enter opens."""

    DEFAULT_CSS = """
    ArticleTable { height: 1fr; min-width: 12; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Open"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    @dataclass
    class Opened(Message):
        """The reader wants to read ``article``."""

        article: Listed

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, cursor_type="row", zebra_stripes=True)
        self.articles: tuple[Listed, ...] = ()
        self._all: tuple[Listed, ...] = ()
        self._words: tuple[str, ...] = ()

    def show(self, articles: Sequence[Listed]) -> None:
        """Show ``articles``, in their order."""
        self._all = tuple(articles)
        self.narrow(" ".join(self._words))

    def narrow(self, typed: str) -> None:
        """Show only articles that have every word of ``typed`` in title, source or date."""
        self._words = tuple(typed.casefold().split())
        self.articles = tuple(one for one in self._all if all(word in one.sought for word in self._words))
        self._draw()

    def on_resize(self, event: Resize) -> None:
        """The title takes the room there is."""
        self._draw()

    def _draw(self) -> None:
        place = self.cursor_row
        rows = max(self.row_count, _PAGE)
        self.clear(columns=True)
        self.add_column("Date", width=10)
        self.add_column("Title", width=max(20, self.size.width - _OTHERS))
        self.add_column("Source", width=14)
        self.add_column("Passages", width=8)
        self._add(rows)
        self.move_cursor(row=min(place, self.row_count - 1), animate=False)

    def _add(self, count: int) -> None:
        for one in self.articles[self.row_count : self.row_count + count]:
            cells = (one.day, one.title, one.source, f"{one.passages:>8}")
            self.add_row(*(Text(show_line(cell), no_wrap=True, overflow="ellipsis") for cell in cells))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Add the next page in time."""
        event.stop()
        if event.cursor_row >= self.row_count - _PAGE // 3 and self.row_count < len(self.articles):
            self._add(_PAGE)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Open the article."""
        event.stop()
        if event.cursor_row < len(self.articles):
            self.post_message(self.Opened(self.articles[event.cursor_row]))
