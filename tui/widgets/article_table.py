"""The library's articles in a table: date, title, source, passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from tui.listed import Listed
from tui.widgets.long_table import Column, LongTable


class ArticleTable(LongTable[Listed]):
    """Date, marks, title, source, passages; Enter opens. ✎ is corrected by the reader, v2 a later version."""

    COLUMNS: ClassVar[tuple[Column, ...]] = (
        Column("date", "Date", 11),
        Column("marks", "", 4, shown_from=50),
        Column("title", "Title", 0),
        Column("source", "Source", 16, shown_from=56),
        Column("passages", "Passages", 9, shown_from=70),
    )

    @dataclass
    class Opened(Message):
        """The reader wants to read ``article``."""

        article: Listed

    def cells(self, row: Listed) -> tuple[str, ...]:
        """Date, marks, title, source, and how many passages."""
        marks = ("✎" if row.edited else " ") + (f"v{row.version}" if row.version > 1 else "")
        return row.day or "undated", marks, row.title, row.source, f"{row.passages:>8,}"

    def open(self, row: Listed) -> None:
        """Open the article."""
        self.post_message(self.Opened(row))
