"""Quotations in a table: date, speaker, words, source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from qa.render import plain_words, speaker_words
from qa.types import Quotation
from tui.widgets.paged_table import PagedTable

_SHOWN = 400
"""Characters of a quotation in its row."""


class QuotationTable(PagedTable[Quotation]):
    """Date, speaker, words, source; Enter opens the article at the words."""

    COLUMNS: ClassVar[tuple[tuple[str, int], ...]] = (("Date", 10), ("Speaker", 20), ("Words", -54), ("Source", 14))

    @dataclass
    class Opened(Message):
        """The reader wants to see ``quotation`` in its article."""

        quotation: Quotation

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """Those that are shown."""
        return self.kept

    def cells(self, row: Quotation) -> tuple[str, ...]:
        """Date, speaker, the beginning of the words, source."""
        day = row.published.day.isoformat() if row.published else "undated"
        return day, speaker_words(row), row.text[:_SHOWN], row.source or ""

    def sought(self, row: Quotation) -> str:
        """Speaker, words and source, in any spelling."""
        return plain_words(f"{speaker_words(row)} {row.text} {row.source or ''}")

    def folded(self, typed: str) -> str:
        """What was typed, in any spelling."""
        return plain_words(typed)

    def open(self, row: Quotation) -> None:
        """Open the article at the words."""
        self.post_message(self.Opened(row))
