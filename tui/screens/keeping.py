"""What is done with kept conversations: deleted and brought back, renamed, exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.errors import NotFoundError
from qa.export import write_export
from qa.render import exported
from qa.types import Cancel, Conversation
from tui import wording
from tui.desk import Desk
from tui.screens.export import Destination, ExportScreen
from tui.screens.reading import ReadingScreen
from tui.widgets.conversation_list import ConversationPanel
from tui.work import Work

if TYPE_CHECKING:
    from qa.engine import Engine

_RESTORE = "restore conversation "


@dataclass(frozen=True, slots=True)
class _Changed:
    """The journal was changed, or written out: what to say, and which conversation is gone."""

    said: str
    gone: int | None = None


class KeepingScreen(ReadingScreen):
    """A ReadingScreen over the journal, whose conversations it changes as a ConversationPanel asks for."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.conversation: int | None = None
        """The conversation that is gone on with."""
        self._deleted: list[int] = []
        """What was deleted in this session and can be brought back, the last at the end."""

    def on_work_told(self, event: Work.Told) -> None:
        """Say what was done, and list anew."""
        if self.awaits(event.work) and isinstance(event.event, _Changed):
            gone = event.event.gone
            if gone is not None:
                self._deleted.append(gone)
            if gone is not None and gone == self.conversation:
                self.action_new_conversation()
                self.query_one(ConversationPanel).list.focus()
            self.status.say(event.event.said)
            self.refresh_conversations()

    def action_new_conversation(self) -> None:
        """Begin a new conversation."""
        raise NotImplementedError

    def refresh_conversations(self) -> None:
        """Read the list again."""
        raise NotImplementedError

    def _change(self, kind: str, do: Callable[[Engine], _Changed]) -> None:
        """Change the journal of the library that is open now, in a worker. Each is a kind of its own: none is cancelled
        for another."""
        engine = self.engine

        def verb(cancel: Cancel) -> Iterator[_Changed]:
            yield do(engine)

        self.desk.begin(self, kind, verb)

    def delete(self, one: Conversation) -> None:
        """Delete a conversation; it can be brought back."""

        def do(engine: Engine) -> _Changed:
            engine.journal.delete(one.id, engine.clock())
            return _Changed(f"deleted “{one.title}” · Ctrl+Z in the panel brings it back", one.id)

        self._change(f"delete conversation {one.id}", do)

    def on_conversation_panel_undone(self, event: ConversationPanel.Undone) -> None:
        """Bring back what was deleted last."""
        if not self._deleted:
            self.status.say("nothing was deleted since Newsdesk was opened")
            return
        number = self._deleted.pop()

        def do(engine: Engine) -> _Changed:
            return _Changed(f"“{engine.journal.restore(number).title}” is back")

        self._change(f"{_RESTORE}{number}", do)

    def on_work_failed(self, event: Work.Failed) -> None:
        """What could not be brought back now can be tried again, unless somebody erased it."""
        if event.work.kind.startswith(_RESTORE) and not isinstance(event.error, NotFoundError):
            self._deleted.append(int(event.work.kind.removeprefix(_RESTORE)))

    def on_conversation_panel_renamed(self, event: ConversationPanel.Renamed) -> None:
        """Give it the new title."""

        def do(engine: Engine) -> _Changed:
            return _Changed(f"renamed to “{engine.journal.rename(event.conversation.id, event.title).title}”")

        self._change(f"rename conversation {event.conversation.id}", do)

    def export(self, one: Conversation) -> None:
        """Ask where a conversation is to be written, and write it there."""

        def chosen(where: Destination | None) -> None:
            if where is not None:
                self._change(f"export conversation {one.id}", lambda engine: _written(engine, one, where))

        self.app.push_screen(ExportScreen(f"conversation-{one.id}", what=f"“{one.title}”"), chosen)


def _written(engine: Engine, one: Conversation, where: Destination) -> _Changed:
    journal = engine.journal
    text = exported(where.form, journal.conversation(one.id), journal.turns(one.id))
    path = write_export(where.path, text, overwrite=where.overwrite)
    return _Changed(wording.line(f"“{one.title}” is in {path}").plain)
