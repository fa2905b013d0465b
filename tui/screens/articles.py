"""The list of the articles: in a table, over time, filtered as it is typed, in the scope that questions have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, ProgressBar, Static

from qa.period import Period
from qa.types import Listing, SortBy, Window
from tui import listed, wording
from tui.desk import Desk
from tui.listed import Days, Ordered, Page
from tui.screens.desk_screen import EMPTY, DeskScreen, hint
from tui.widgets.article_table import ArticleTable
from tui.widgets.day_chart import DayChart
from tui.widgets.line_input import LineInput
from tui.widgets.long_table import LongTable
from tui.widgets.status_line import StatusLine
from tui.work import Work

_SORTS = tuple(SortBy)
_DOWN = (SortBy.DATE, SortBy.PASSAGES)
"""What is sorted downwards at first."""


class ArticlesScreen(DeskScreen):
    """A filter, a chart of the days, and the table, of which only the rows in sight are read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "to('#filter')", "Filter", id="library.filter"),
        Binding("O", "turn", "Sort the other way", show=False, id="library.turn"),
    ]
    kind = "list"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.listing = Listing()
        self.numbers: Sequence[int] = ()
        """Row numbers of the articles of the list, in its order."""
        self._is_empty = False
        """Whether the library was found empty, and the reader told what to do about it."""

    def compose_desk(self) -> ComposeResult:
        """Filter, chart, status, table, and what the last ingest had to say."""
        yield LineInput(placeholder="Filter: words of title or source, a day", id="filter")
        yield DayChart()
        yield StatusLine()
        yield ProgressBar(id="progress", show_eta=False)
        yield Static(markup=False, id="listing")
        yield ArticleTable()
        yield Static(markup=False, id="problems")

    def on_mount(self) -> None:
        """The table has the focus."""
        self.query_one(ProgressBar).display = False
        self.set_focus(self.table)

    @property
    def table(self) -> ArticleTable:
        """The table."""
        return self.query_one(ArticleTable)

    # the list

    def shelf_changed(self) -> None:
        """Read the list again; say what to do with an empty library."""
        super().shelf_changed()
        shelf = self.desk.shelf
        if shelf is None:
            return
        if self._is_empty != (not shelf.articles):
            self._is_empty = not shelf.articles
            self.query_one("#problems", Static).update(hint(EMPTY) if self._is_empty else "")
        self._list()

    def scope_changed(self) -> None:
        """List what is in scope now."""
        super().scope_changed()
        self._list()

    def _list(self) -> None:
        """Read the list and the chart; the cursor stays on its article."""
        if self.desk.engine is None:
            return
        scope, table = self.desk.scope, self.table
        words = self.query_one("#filter", LineInput).value
        self.listing = replace(self.listing, words=words, window=scope.period.window, sources=scope.sources)
        table.sorted_by = str(self.listing.by), self.listing.descending
        number = table.current.number if table.current else -1
        narrowed = (number, 0) if words else (number, table.cursor)
        self.desk.begin(self, self.kind, partial(listed.ordered, self.engine, self.listing, narrowed))
        all_days = replace(self.listing, window=Window())
        self.desk.begin(self, "days", partial(listed.days, self.engine, all_days))

    def on_long_table_wanted(self, event: LongTable.Wanted) -> None:
        """Read the rows that come in sight."""
        if self.desk.engine is not None:
            verb = partial(listed.page, self.engine, self.numbers, event.first, event.last)
            self.desk.begin(self, "page", verb)

    def _show(self, found: Ordered) -> None:
        self.numbers = found.numbers
        self.table.show(len(found.numbers), found.at, found.page.rows)
        shelf, listing = self.desk.shelf, found.listing
        limited = listing.words or listing.sources or not listing.window.is_open
        way = "downwards" if listing.descending else "upwards"
        of_all = f" of {shelf.articles:,}" if limited and shelf else ""
        said = f"{len(found.numbers):,}{of_all} article(s), by {listing.by}, {way}"
        self.query_one("#listing", Static).update(wording.line(said, "$text-muted"))

    def on_work_told(self, event: Work.Told) -> None:
        """Show the list, a part of it, its days, or an article."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Ordered() as found:
                self._show(found)
            case Page(numbers, rows) if numbers is self.numbers:
                self.table.put(rows)
            case Days(counts):
                window = self.listing.window
                self.query_one(DayChart).show(counts, (window.start, window.end))

    # sorting, filtering, picking days

    def _sort(self, by: SortBy, *, down: bool) -> None:
        self.listing = replace(self.listing, by=by, descending=down)
        self._list()

    def action_sort(self) -> None:
        """Sort by the next column."""
        by = _SORTS[(_SORTS.index(self.listing.by) + 1) % len(_SORTS)]
        self._sort(by, down=by in _DOWN)

    def action_turn(self) -> None:
        """Sort the other way."""
        self._sort(self.listing.by, down=not self.listing.descending)

    def on_long_table_heading_clicked(self, event: LongTable.HeadingClicked) -> None:
        """Sort by this column; clicked again, the other way."""
        if event.name not in _SORTS:
            return
        by = SortBy(event.name)
        down = not self.listing.descending if by is self.listing.by else by in _DOWN
        self._sort(by, down=down)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed; the latest wins."""
        if event.input.id == "filter":
            self._list()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the filter to the table."""
        self.set_focus(self.table)

    def on_day_chart_picked(self, event: DayChart.Picked) -> None:
        """These days are what is asked, listed and briefed from now on."""
        first, last = (day.isoformat() if day else None for day in (event.first, event.last))
        period = Period(day=first) if first == last else Period(first=first, last=last)
        self.post_message(self.Rescoped(replace(self.desk.scope, period=period)))

    # going places

    def action_to(self, selector: str) -> None:
        """Go to the filter or to the chart."""
        self.set_focus(self.query_one(selector))

    def action_back(self) -> None:
        """Back to the table; there, drop the filter."""
        if self.table.has_focus:
            self.query_one("#filter", LineInput).clear()
        self.set_focus(self.table)

    def action_enter_list(self) -> None:
        """From the filter to the table."""
        self.set_focus(self.table)

    def on_article_table_opened(self, event: ArticleTable.Opened) -> None:
        """Open the article."""
        self.open_article(event.article.id, event.article.version)
