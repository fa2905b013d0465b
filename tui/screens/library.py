"""Library: the list of the articles, with what corrects, removes, restores and adds them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.widgets import ProgressBar, Static

from qa.types import (
    Article,
    Cancel,
    FileProblems,
    Heading,
    IngestReport,
    Notice,
    Progress,
)
from tui import listed, wording
from tui.desk import Desk
from tui.listed import Changed, Corrected, Listed, Removed, ToCorrect
from tui.screens.add_files import AddFilesScreen
from tui.screens.articles import ArticlesScreen
from tui.screens.edit_article import EditArticleScreen
from tui.screens.export import here
from tui.screens.problems import ProblemsScreen
from tui.work import Verb, Work

if TYPE_CHECKING:
    from qa.engine import Engine
    from tui.app import NewsdeskApp

_MOST_UNDONE = 100
Change = Callable[[], Iterator[Changed]]


class LibraryScreen(ArticlesScreen):
    """The list of the articles, what changes them, and what adds to them."""

    CSS_PATH = "library.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", id="library.add"),
        Binding("delete,x", "remove", "Remove", id="library.remove"),
        Binding("u,ctrl+z", "undo", "Undo", id="library.undo"),
        Binding("e", "edit", "Correct", id="library.edit"),
        Binding("o", "sort", "Sort", id="library.sort"),
        Binding("c", "to('DayChart')", "Days", id="library.days"),
        Binding("p", "problems", "Problems", id="library.problems"),
        Binding("f8", "stop_ingest", "Stop", show=False, id="library.stop"),  # the status line names it
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._changes: deque[Change] = deque()
        """What is to be changed yet, one after the other."""
        self._undo: list[Removed | Corrected] = []
        self._unread: tuple[FileProblems, ...] = ()
        """Files that the last ingest could not read at all."""
        self._to_read: deque[Path] = deque()
        """Files and folders that wait until what is read now is read."""
        self._left_unread = 0

    # what workers tell

    def on_work_told(self, event: Work.Told) -> None:
        """Show how far the ingest is, what was changed, or what was asked for."""
        if isinstance(event.event, Changed):
            self._changed(event.event)
        if not self.awaits(event.work):
            return
        match event.event:
            case Notice(text):
                self.status.add(text)
            case Progress() as progress:
                self.status.say(f"{wording.progress(progress)}{self._more} · F8 stops", keep=True)
                self.query_one(ProgressBar).update(total=progress.total or None, progress=progress.done)
            case IngestReport() as report:
                self._report(report)
            case ToCorrect(article, correction):
                self.app.push_screen(EditArticleScreen(article, correction), partial(self._edited, article))
            case list() as files:
                self.app.push_screen(ProblemsScreen([*self._unread, *files]))

    def on_work_ended(self, event: Work.Ended) -> None:
        """An ingest is over, however it ended; or the next change has its turn."""
        if event.work.kind == "change":
            self._next_change()
        elif event.work.kind == "ingest" and self.awaits(event.work):
            self.query_one(ProgressBar).display = False
            self.refresh_bindings()
            cast("NewsdeskApp", self.app).library_changed()
            if self._left_unread:
                self.status.add(f"{self._left_unread:,} more that waited: not read, add them again")
                self._left_unread = 0
            if self._to_read:
                self._begin_ingest(self._to_read.popleft())

    # changing articles

    def _change(self, change: Change) -> None:
        """Have a change made after those before it."""
        self._changes.append(change)
        self._next_change()

    def _next_change(self) -> None:
        if self._changes and self.desk.running("change") is None:
            self.desk.begin(self, "change", self._make_changes)

    def _make_changes(self, cancel: Cancel) -> Iterator[Changed]:
        """All that wait, also when the app is left or turns to another library meanwhile."""
        while self._changes:
            for done in self._changes.popleft()():
                if done.undo is not None:
                    self._undo = [*self._undo[-_MOST_UNDONE:], done.undo]
                yield done

    def _changed(self, done: Changed) -> None:
        self.status.say(done.said + (" · U undoes it" if done.undo else ""))
        cast("NewsdeskApp", self.app).library_changed()

    def action_remove(self) -> None:
        """Remove the article under the cursor; it can be undone."""
        row = self._row()
        if row is not None:
            self.table.drop(self.table.cursor)
            self._change(partial(listed.remove, self.engine, row.id, row.title))

    def action_undo(self) -> None:
        """Undo the last removal or correction of this session."""
        if self.desk.engine is not None:
            self._change(partial(self._undone, self.engine))

    def _undone(self, engine: Engine) -> Iterator[Changed]:
        """Undo what was done last when this has its turn; what fails can be undone again."""
        if not self._undo:
            yield Changed("nothing to undo; `newsdesk library list --removed` lists what was removed before", None)
            return
        yield from listed.undo(engine, self._undo[-1])
        self._undo.pop()

    def action_edit(self) -> None:
        """Correct the article under the cursor."""
        row = self._row()
        if row is not None:
            self.desk.begin(self, "edit", partial(listed.to_correct, self.engine, row.id))

    def _edited(self, article: Article, changes: Mapping[Heading, str] | None) -> None:
        if changes:
            self._change(partial(listed.correct, self.engine, article.id, changes))
        elif changes is not None:
            self._change(partial(listed.as_filed, self.engine, article.id))

    def _row(self) -> Listed | None:
        return self.table.current if self.desk.engine is not None else None

    # adding articles

    def action_add(self) -> None:
        """Choose a file or a folder to read."""
        if self.desk.engine is None:
            self.status.fail("the library is still being opened", "Try again in a moment.")
        else:
            self.app.push_screen(AddFilesScreen(here()), self._ingest)

    def _ingest(self, path: Path | None) -> None:
        if path is not None:
            self.after_consent(("embedder", "store"), lambda: self._read_in_turn(path))

    def _read_in_turn(self, path: Path) -> None:
        """Read ``path`` once what is read now is read: nothing that was added is dropped for what is added after it."""
        if self.desk.running("ingest") is not None:
            self._to_read.append(path)
            self.status.say(f"{path} is read after what is read now{self._more} · F8 stops", keep=True)
        else:
            self._unread = ()
            self.query_one("#problems", Static).update()
            self._begin_ingest(path)

    @property
    def _more(self) -> str:
        """What waits to be read, in words."""
        return f" · then {len(self._to_read):,} more to read" if self._to_read else ""

    def _begin_ingest(self, path: Path) -> None:
        def verb(cancel: Cancel) -> Iterator[object]:
            from qa.apart import ingest_apart

            yield from ingest_apart(self.desk.config, [path], withheld=self.engine.withheld, cancel=cancel)

        self.status.say(f"reading {path}{self._more} · F8 stops")
        self.read(verb)

    def read(self, verb: Verb) -> None:
        """Run ``verb``, which reads articles, and show how far it is."""
        bar = self.query_one(ProgressBar)
        bar.update(total=None, progress=0)
        bar.display = True
        self.desk.begin(self, "ingest", verb)
        self.refresh_bindings()

    def failed(self, work: Work) -> None:
        """A row that was to go is still there. What made reading fail would make what waits fail, too: it is not
        read."""
        if work.kind == "change":
            self._list()
        elif work.kind == "ingest":
            self._left_unread = len(self._to_read)
            self._to_read.clear()

    def _report(self, report: IngestReport) -> None:
        self.status.say(f"{wording.ingested(report)} · {report.seconds:.1f} s", keep=True)
        self._unread = (*self._unread, *wording.unread(report))
        told = (*(one for file in self._unread for one in file.problems), *report.problems)
        self.query_one("#problems", Static).update(wording.problems(tuple(dict.fromkeys(told))))

    def action_problems(self) -> None:
        """List what was refused or dropped, file by file."""
        if self.desk.engine is not None:
            self.desk.begin(self, "problems", partial(listed.problems, self.engine))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is offered only while something is read."""
        return self.desk.running("ingest") is not None if action == "stop_ingest" else True

    def action_stop_ingest(self) -> None:
        """Stop reading, also what waits for its turn; what was read is kept."""
        self._to_read.clear()
        if self.desk.stop("ingest"):
            self.status.say("stopping…", keep=True)
