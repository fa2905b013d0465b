"""The sentences that were compared with a question, to be quoted in answer, and how sure each is to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message

from qa.types import Compared
from tui.widgets.paged_table import PagedTable

_SHOWN = 300
"""Characters of a sentence in its row."""


class WeighedTable(PagedTable[Compared]):
    """Certainty, whether it has what is asked for, the sentence, its source; Enter opens the article at it."""

    COLUMNS: ClassVar[tuple[tuple[str, int], ...]] = (("Sure", 5), ("Fits", 4), ("Sentence", -33), ("Source", 14))

    @dataclass
    class Opened(Message):
        """The reader wants to see ``compared`` in its article."""

        compared: Compared

    def columns_shown(self) -> Sequence[tuple[str, int]]:
        """Without the source where there is no room for it."""
        return self.COLUMNS if self.size.width >= 80 else (*self.COLUMNS[:2], ("Sentence", -17))

    def cells(self, row: Compared) -> tuple[str, ...]:
        """How sure it is, whether it fits, its words, its source."""
        told = (f"{row.probability:>5.0%}", "yes" if row.possible else "no", row.citation.quote[:_SHOWN])
        return (*told, row.citation.source or "")[: len(self.columns_shown())]

    def sought(self, row: Compared) -> str:
        """The sentence."""
        return row.citation.quote.casefold()

    def folded(self, typed: str) -> str:
        """What was typed, case folded."""
        return typed.casefold()

    def open(self, row: Compared) -> None:
        """Open the article at the sentence."""
        self.post_message(self.Opened(row))
