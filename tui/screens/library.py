"""Library: the articles in a table, and a place to add more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, ProgressBar, Static

from qa.types import Cancel, IngestReport, Notice, Problem, Progress
from tui import wording
from tui.screens.desk_screen import EMPTY, DeskScreen, hint
from tui.widgets.article_table import ArticleTable, Listed
from tui.widgets.line_input import LineInput
from tui.widgets.status_line import StatusLine
from tui.work import Verb, Work

if TYPE_CHECKING:
    from tui.app import NewsdeskApp

_PROBLEMS_SHOWN = 4
_SHOWN = " article(s) shown"


class LibraryScreen(DeskScreen):
    """The table, a filter, and an input for a file or a folder to read."""

    CSS_PATH = "library.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "to('filter')", "Filter", id="library.filter"),
        Binding("a", "to('add')", "Add", id="library.add"),
        Binding("f8", "stop_ingest", "Stop", show=False, id="library.stop"),  # the status line names it in time
    ]
    kind = "list"

    def compose_desk(self) -> ComposeResult:
        """Filter and path, status, table, and what the last ingest had to say."""
        with Horizontal(id="inputs"):
            yield LineInput(placeholder="Filter", id="filter")
            yield LineInput(placeholder="Add: path of a file or folder, then Enter", id="add")
        yield StatusLine()
        yield ProgressBar(id="progress", show_eta=False)
        yield ArticleTable()
        yield Static(markup=False, id="problems")

    def on_mount(self) -> None:
        """The table has the focus."""
        super().on_mount()
        self.query_one(ProgressBar).display = False
        self.set_focus(self.query_one(ArticleTable))

    def shelf_changed(self) -> None:
        """Read the list again; say what to do with an empty library."""
        super().shelf_changed()
        shelf = self.desk.shelf
        if shelf is None:
            return
        if not shelf.articles:
            self.query_one("#problems", Static).update(hint(EMPTY))
        self.desk.begin(self, self.kind, self._list)

    def _list(self, cancel: Cancel) -> Iterator[tuple[Listed, ...]]:
        listed: list[Listed] = []
        for row in self.engine.library.list():
            if cancel.cancelled:
                return
            article = row.article
            day, source = article.published.day.isoformat() if article.published else "undated", article.source or ""
            sought = f"{article.title} {source} {day}".casefold()
            listed.append(Listed(article.id, article.version, article.title, source, day, row.passages, sought))
        yield tuple(listed)

    def on_work_told(self, event: Work.Told) -> None:
        """Show the list, or how far the ingest is."""
        if self.opened(event) or not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)} · F8 stops", keep=True)
                self.query_one(ProgressBar).update(total=progress.total or None, progress=progress.done)
            case IngestReport() as report:
                self._report(report)
            case tuple() as listed:
                self.query_one(ArticleTable).show(listed)
                self._count()

    def on_work_ended(self, event: Work.Ended) -> None:
        """An ingest is over, however it ended."""
        if event.work.kind == "ingest" and self.awaits(event.work):
            self.query_one(ProgressBar).display = False
            self.refresh_bindings()
            cast("NewsdeskApp", self.app).library_changed()

    def _report(self, report: IngestReport) -> None:
        self.status.say(f"{wording.ingested(report)} · {report.seconds:.1f} s", keep=True)
        shown = sorted(report.problems, key=lambda problem: not problem.fatal)[:_PROBLEMS_SHOWN]
        more = len(report.problems) - len(shown)
        lines = [_problem(problem) for problem in shown] + ([f"… and {more} more"] if more > 0 else [])
        self.query_one("#problems", Static).update(wording.text("\n".join(lines)))

    def _count(self) -> None:
        """Say how many articles the filter leaves."""
        if self.desk.running("ingest") or self.status.has_class("-failed"):
            return
        if self.query_one("#filter", LineInput).value:
            self.status.say(f"{len(self.query_one(ArticleTable).articles):,}{_SHOWN}", keep=True)
        elif self.status.state.endswith(_SHOWN):
            self.status.say("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        if event.input.id == "filter":
            self.query_one(ArticleTable).narrow(event.value)
            self._count()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the filter to the table; or read what was named."""
        self.set_focus(self.query_one(ArticleTable))
        typed = event.value.strip().strip("'\"")
        if event.input.id == "add" and typed:
            event.input.clear()
            self._ingest(Path(typed))

    def _ingest(self, path: Path) -> None:
        if self.desk.engine is None:
            self.status.fail("the library is still being opened", "Try again in a moment.")
            return

        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.apart import ingest_apart

            yield from ingest_apart(self.desk.config, [path], withheld=self.engine.withheld, cancel=cancel)

        self.after_consent(("embedder", "store"), lambda: self._begin_ingest(path, verb))

    def _begin_ingest(self, path: Path, verb: Verb) -> None:
        self.query_one("#problems", Static).update()
        bar = self.query_one(ProgressBar)
        bar.update(total=None, progress=0)
        bar.display = True
        self.status.say(f"reading {path} · F8 stops")
        self.desk.begin(self, "ingest", verb)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is offered only while something is read."""
        return self.desk.running("ingest") is not None if action == "stop_ingest" else True

    def action_stop_ingest(self) -> None:
        """Stop reading; what was read is kept."""
        if self.desk.stop("ingest"):
            self.status.say("stopping…", keep=True)

    def action_to(self, name: str) -> None:
        """Go to one of the inputs."""
        self.set_focus(self.query_one(f"#{name}"))

    def action_back(self) -> None:
        """Back to the table; there, drop the filter."""
        table, narrowed = self.query_one(ArticleTable), self.query_one("#filter", LineInput)
        if table.has_focus:
            narrowed.clear()
        self.set_focus(table)

    def action_enter_list(self) -> None:
        """From an input to the table."""
        self.set_focus(self.query_one(ArticleTable))

    def on_article_table_opened(self, event: ArticleTable.Opened) -> None:
        """Open the article."""
        self.open_article(event.article.id, event.article.version)


def _problem(problem: Problem) -> str:
    where = Path(problem.path).name + (f", line {problem.line}" if problem.line else "")
    return f"{'✗' if problem.fatal else '·'} {where}: {problem.message}"
