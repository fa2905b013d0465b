"""The standing questions: which every briefing answers, one more to be typed, one to be removed or brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from qa.render import question_words
from qa.types import Cancel, StandingQuestion
from tui import questions, wording
from tui.desk import Desk
from tui.screens.dialog import ScopeDialog
from tui.work import Work

if TYPE_CHECKING:
    from qa.engine import Engine


class StandingDialog(ScopeDialog[None]):
    """What is changed here is in the journal at once."""

    TITLE_TEXT = "Your standing questions: each briefing says what is new"
    TYPED = "one more: the customs union: anything new?"
    KEYS = "Enter keeps what is typed · Del removes · Esc leaves"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete", "remove", "Remove", id="standing.remove")]

    def __init__(self, desk: Desk) -> None:
        """For the library of ``desk``, which is open."""
        super().__init__(desk)
        self._rows: tuple[StandingQuestion, ...] = ()
        self._done = ""
        """What is to be said of the last change once the list shows it."""

    def on_mount(self) -> None:
        """Read them."""
        if not self.desk.config.journal:
            self.say("no journal is kept, and they are kept in it: set journal = true", wrong=True)
            return
        self.say("reading…")
        self._do("list", questions.listed)

    def _do(self, what: str, verb: Callable[[Engine], Iterator[object]]) -> None:
        engine = self.desk.permitted

        def run(cancel: Cancel) -> Iterator[object]:
            yield from verb(engine)

        self.desk.begin(self, f"{what} standing questions", run)

    def on_work_told(self, event: Work.Told) -> None:
        """List them as they are now."""
        match event.event:
            case questions.Added(question):
                self.query_one("#typed", Input).clear()
                self._done = f"kept as question {question.number} · "
            case questions.Questions(kept, removed):
                self._list(kept, removed)

    def _list(self, kept: tuple[StandingQuestion, ...], removed: tuple[StandingQuestion, ...]) -> None:
        at = self.choices.highlighted or 0
        self._rows = (*kept, *removed)
        self.offer([_row(one) for one in self._rows], at=min(at, len(self._rows) - 1))
        count = f"{len(kept)} question{'s' * (len(kept) != 1)}"
        self.say(f"{self._done}{count}{f', {len(removed)} removed' if removed else ''}")
        self._done = ""

    def on_work_failed(self, event: Work.Failed) -> None:
        """Say why it could not be done; what was typed stays."""
        self.say(f"{event.message}. {event.hint}", wrong=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was said of the one before is over."""
        if event.value:
            self.say("Enter keeps it: a question, or a subject alone")

    def entered(self, typed: str) -> None:
        """Keep what was typed; nothing typed, go to the list."""
        if typed.strip():
            self._do("add", lambda engine: questions.added(engine, typed))
        else:
            self.set_focus(self.choices)

    def picked(self, at: int) -> None:
        """Bring a removed question back; one that is kept stays."""
        one = self._rows[at]
        if one.removed:
            self._do("restore", lambda engine: questions.restored(engine, one.number))
        else:
            self.say("it is kept · Del removes it")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is kept can be removed."""
        if action == "remove":
            return (one := self._current) is not None and one.removed is None
        return super().check_action(action, parameters)

    @property
    def _current(self) -> StandingQuestion | None:
        at = self.choices.highlighted if self.choices.has_focus else None
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def action_remove(self) -> None:
        """Remove the question under the cursor; it stays in the list, to be brought back."""
        if (one := self._current) is not None:
            self._do("remove", lambda engine: questions.removed(engine, one.number))


def _row(one: StandingQuestion) -> Content:
    mark, how = ("□", "removed, Enter brings it back") if one.removed else ("■", question_words(one))
    return Content.assemble(f"{mark} ", wording.line(one.question), "  ", wording.line(how, "dim"))
