"""The library's articles in a table: date, title, source, passages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from tui.widgets.paged_table import PagedTable


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


class ArticleTable(PagedTable[Listed]):
    """Date, title, source, passages; Enter opens."""

    COLUMNS: ClassVar[tuple[tuple[str, int], ...]] = (("Date", 10), ("Title", -42), ("Source", 14), ("Passages", 8))

    @dataclass
    class Opened(Message):
        """The reader wants to read ``article``."""

        article: Listed

    @property
    def articles(self) -> tuple[Listed, ...]:
        """Those that are shown."""
        return self.kept

    def cells(self, row: Listed) -> tuple[str, ...]:
        """Date, title, source, and how many passages."""
        return row.day, row.title, row.source, f"{row.passages:>8}"

    def sought(self, row: Listed) -> str:
        """Title, source and day."""
        return row.sought

    def folded(self, typed: str) -> str:
        """What was typed, case folded."""
        return typed.casefold()

    def open(self, row: Listed) -> None:
        """Open the article."""
        self.post_message(self.Opened(row))
