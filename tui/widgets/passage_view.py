"""Passages in a table with the one under the cursor in full beside it: what the inspector and the search share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from qa.types import Article
from tui.inspection import Row, copy_row, with_text
from tui.widgets.passage_pane import PassagePane
from tui.widgets.passage_table import PassageTable


class PassageView(Container):
    """The table, and the passage: beside it, below it, or (in one pane) instead of it."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    PassageView { layout: vertical; height: 1fr; }
    PassageView PassageTable { height: 3fr; }
    PassageView PassagePane { height: 2fr; border-top: solid $panel; }
    Screen.-wide PassageView { layout: horizontal; }
    Screen.-wide PassageView PassageTable { width: 3fr; height: 100%; }
    Screen.-wide PassageView PassagePane { width: 2fr; height: 100%; border-top: none; border-left: solid $panel; }
    Screen.-single PassageView PassagePane { display: none; height: 1fr; border-top: none; }
    Screen.-single PassageView.-passage PassagePane { display: block; }
    Screen.-single PassageView.-passage PassageTable { display: none; }
    """

    @dataclass
    class AtEnd(Message):
        """The cursor is at the last row."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._rows: tuple[Row, ...] = ()
        self._articles: Mapping[str, Article] = {}
        self._words: frozenset[str] = frozenset()
        self._as_of: date | None = None

    def compose(self) -> ComposeResult:
        """Table and passage."""
        yield PassageTable()
        yield PassagePane()

    @property
    def table(self) -> PassageTable:
        """The table."""
        return self.query_one(PassageTable)

    @property
    def words(self) -> frozenset[str]:
        """The words that are marked, case folded."""
        return self._words

    def show(self, rows: Sequence[Row], as_of: date | None, *, stay: bool = False) -> None:
        """Show ``rows``, with the cursor at the first of them, or where it was."""
        self._rows, self._as_of = tuple(rows), as_of
        if not stay:
            self._articles, self._words = {}, frozenset()
            self.table.move_cursor(row=0)
        self._fill()

    def mark(self, words: frozenset[str], articles: Mapping[str, Article]) -> None:
        """Mark ``words``; of ``articles`` (by id), list those whose copies gave way, and give texts to rows without."""
        self._words, self._articles = words, articles
        self._fill()

    def _fill(self) -> None:
        place = self.table.current
        rows: list[Row] = []
        for row in self._rows:
            rows.append(row if row.text else with_text(row, self._articles.get(row.article_id)))
            rows += [copy_row(row, self._articles[name]) for name in row.copies if name in self._articles]
        self.table.show(rows)
        if place in rows:
            self.table.move_cursor(row=rows.index(place))
        self._show_current()

    def _show_current(self) -> None:
        row = self.table.current
        if row is None:
            self.query_one(PassagePane).clear()
        else:
            self.query_one(PassagePane).show(row, self._words, self._as_of)

    def on_passage_table_moved(self, event: PassageTable.Moved) -> None:
        """Show the passage under the cursor."""
        event.stop()
        self._show_current()
        if event.place == event.of - 1:
            self.post_message(self.AtEnd())

    def turn(self) -> None:
        """In one pane: from the table to the passage, or back."""
        self.toggle_class("-passage")
