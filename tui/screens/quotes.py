"""Quotations: who said what, newest first, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from qa.types import Cancel, Citation, Notice, Progress, Quotation, QuotesReport
from tui import wording
from tui.screens.desk_screen import DeskScreen
from tui.widgets.line_input import LineInput
from tui.widgets.quotation_table import QuotationTable
from tui.widgets.status_line import StatusLine
from tui.work import Work

MOST = 10_000
"""Quotations in the table; the command line has them all."""


class QuotesScreen(DeskScreen):
    """The quotations of the library, and a filter by speaker, words or source."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "to_filter", "Filter", id="quotes.filter")]
    kind = "quotes"

    def compose_desk(self) -> ComposeResult:
        """Filter, status, table."""
        yield LineInput(placeholder="Filter: a speaker, words that were said, a source", id="filter")
        yield StatusLine()
        yield QuotationTable()

    def on_mount(self) -> None:
        """The table has the focus."""
        super().on_mount()
        self.set_focus(self.query_one(QuotationTable))

    def shelf_changed(self) -> None:
        """Read the quotations again."""
        super().shelf_changed()
        if self.desk.shelf is not None:
            self.status.say("reading quotations…")
            self.desk.begin(self, self.kind, self._read)

    def scope_changed(self) -> None:
        """Other days, other quotations."""
        self.shelf_changed()

    def _read(self, cancel: Cancel) -> Iterator[Notice | Progress | QuotesReport]:
        from qa.quotes import quotes

        scope = self.desk.scope
        yield from quotes(
            self.engine,
            first=scope.first,
            last=scope.last,
            as_of=scope.as_of,
            sources=scope.sources,
            articles=scope.articles,
            k=MOST,
            cancel=cancel,
        )

    def on_work_told(self, event: Work.Told) -> None:
        """Show the quotations, or how far the reading is."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)} · Esc stops", keep=True)
            case QuotesReport() as report:
                self.query_one(QuotationTable).show(report.quotations)
                self._count(report)

    def _count(self, report: QuotesReport) -> None:
        shown, read = len(report.quotations), f"{report.articles:,} article{'' if report.articles == 1 else 's'}"
        of_all = f"the newest {shown:,} of {report.total:,}" if shown < report.total else f"{shown:,}"
        stopped = "" if report.complete else " · stopped before the end"
        self.status.say(f"{of_all} quotation{'' if report.total == 1 else 's'} of {read}{stopped}", keep=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        table = self.query_one(QuotationTable)
        table.narrow(event.value)
        if event.value:
            self.status.say(f"{len(table.quotations):,} quotation(s) shown", keep=True)
        elif table.all:
            self.status.say(f"{len(table.all):,} quotation(s)", keep=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the filter to the table."""
        self.set_focus(self.query_one(QuotationTable))

    def action_to_filter(self) -> None:
        """Go to the filter."""
        self.set_focus(self.query_one("#filter"))

    def action_enter_list(self) -> None:
        """From the filter to the table."""
        self.set_focus(self.query_one(QuotationTable))

    def action_back(self) -> None:
        """Stop reading; else back to the table; there, drop the filter."""
        if self.desk.stop(self.kind):
            self.status.say("stopping…")
            return
        table = self.query_one(QuotationTable)
        if table.has_focus:
            self.query_one("#filter", LineInput).clear()
        self.set_focus(table)

    def on_quotation_table_opened(self, event: QuotationTable.Opened) -> None:
        """Open the article at the words."""
        one = event.quotation
        self.open_article(one.article_id, one.version, _citation(one))


def _citation(one: Quotation) -> Citation:
    """The place of a quotation, in the form in which an article is opened at its words."""
    published = one.published.iso if one.published else None
    return Citation(
        n=1,
        article_id=one.article_id,
        version=one.version,
        title=one.title,
        source=one.source,
        published=published,
        url=one.url,
        field="text",
        start=one.start,
        end=one.end,
        quote=one.text,
    )
