"""Library: the list of the articles, with what corrects, removes, restores and adds them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from qa.types import Article, Cancel, Heading
from tui import listed
from tui.desk import Desk
from tui.listed import Changed, Corrected, Listed, Removed, ToCorrect
from tui.screens.adding import AddingScreen
from tui.screens.edit_article import EditArticleScreen
from tui.screens.problems import ProblemsScreen
from tui.work import Work

if TYPE_CHECKING:
    from qa.engine import Engine
    from tui.app import NewsdeskApp

_MOST_UNDONE = 100
Change = Callable[[], Iterator[Changed]]


class LibraryScreen(AddingScreen):
    """The list of the articles, what adds to them, and what changes them."""

    CSS_PATH = "library.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("delete,x", "remove", "Remove", id="library.remove"),
        Binding("u,ctrl+z", "undo", "Undo", id="library.undo"),
        Binding("e", "edit", "Correct", id="library.edit"),
        Binding("o", "sort", "Sort", id="library.sort"),
        Binding("c", "to('DayChart')", "Days", id="library.days"),
        Binding("p", "problems", "Problems", id="library.problems"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._changes: deque[Change] = deque()
        """What is to be changed yet, one after the other."""
        self._undo: list[Removed | Corrected] = []

    # what workers tell

    def on_work_told(self, event: Work.Told) -> None:
        """Show what was changed, or what was asked for."""
        if isinstance(event.event, Changed):
            self._changed(event.event)
        if not self.awaits(event.work):
            return
        match event.event:
            case ToCorrect(article, correction):
                self.app.push_screen(EditArticleScreen(article, correction), partial(self._edited, article))
            case list() as files:
                self.app.push_screen(ProblemsScreen([*self.unread, *files]))

    def on_work_ended(self, event: Work.Ended) -> None:
        """The next change has its turn."""
        if event.work.kind == "change":
            self._next_change()

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

    def failed(self, work: Work) -> None:
        """A row that was to go is still there."""
        if work.kind == "change":
            self._list()
        super().failed(work)

    def action_problems(self) -> None:
        """List what was refused or dropped, file by file."""
        if self.desk.engine is not None:
            self.desk.begin(self, "problems", partial(listed.problems, self.engine))
