"""The conversations in a panel: found by their words, gone on with, renamed, deleted, brought back, exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from qa.types import Conversation
from tui import wording
from tui.widgets.line_input import LineInput
from tui.widgets.steady_list import SteadyList

MOST_SHOWN = 300
"""Conversations in the list; words find the others."""


class ConversationList(SteadyList):
    """The list itself, so that letters are keys here and letters where they are typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
        Binding("enter", "select", "Go on", id="conversations.resume"),
        Binding("r", "panel('rename')", "Rename", id="conversations.rename"),
        Binding("delete,backspace", "panel('delete')", "Delete", id="conversations.delete"),
        Binding("e", "panel('export')", "Export", id="conversations.export"),
        Binding("slash", "panel('find')", "Find", id="conversations.find"),
    ]

    def __init__(self) -> None:
        super().__init__(id="conversations", markup=False)

    def action_panel(self, what: str) -> None:
        """Have the panel do it."""
        panel = self.parent
        assert isinstance(panel, ConversationPanel)
        panel.do(what)


class ConversationPanel(Vertical):
    """A line to find or to rename in, the conversations, the latest first, and what the keys do."""

    DEFAULT_CSS = """
    ConversationPanel { display: none; width: 100%; height: 1fr; background: $surface; padding: 0 1; }
    ConversationPanel > #conversations {
        height: 1fr; min-width: 12; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    ConversationPanel > LineInput, ConversationPanel > LineInput:focus {
        border: none; height: 1; padding: 0; background: $boost;
    }
    ConversationPanel > #conversations:focus { border: none; background-tint: $background 0%; }
    ConversationPanel > #rename { display: none; }
    ConversationPanel > .about { height: auto; color: $text-muted; }
    ConversationPanel > #panel-says { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", show=False, id="conversations.back"),
        Binding("ctrl+z", "undo", "Undo", id="conversations.undo"),
    ]

    @dataclass
    class Asked(Message):
        """The reader wants to ``resume``, ``delete`` or ``export`` a conversation."""

        what: str
        conversation: Conversation

    @dataclass
    class Renamed(Message):
        """The reader gave a conversation another title."""

        conversation: Conversation
        title: str

    class Undone(Message):
        """The reader wants back what was deleted last."""

    class Left(Message):
        """The reader is done with the panel."""

    def __init__(self) -> None:
        super().__init__()
        self.all: tuple[Conversation, ...] = ()
        self.shown: tuple[Conversation, ...] = ()
        self._marked: int | None = None
        self._renaming: Conversation | None = None

    def compose(self) -> ComposeResult:
        """What it is, the lines to type in, the list, the keys."""
        yield Static(Content.styled("Conversations", "bold"), markup=False, classes="about")
        yield LineInput(placeholder="Find: words of a title", id="sought")
        yield LineInput(placeholder="A new title, then Enter", id="rename")
        yield Static(markup=False, classes="about", id="panel-says")
        yield ConversationList()
        yield Static(markup=False, classes="about", id="panel-keys")

    def on_mount(self) -> None:
        """Say what the keys do."""
        keys = "Enter goes on with it · r renames · Del deletes, Ctrl+Z undoes · e exports · / finds · Esc back"
        self.query_one("#panel-keys", Static).update(wording.line(keys))

    @property
    def list(self) -> OptionList:
        """The list."""
        return self.query_one("#conversations", OptionList)

    @property
    def current(self) -> Conversation | None:
        """The conversation under the cursor."""
        at = self.list.highlighted
        return self.shown[at] if at is not None and at < len(self.shown) else None

    def show(self, conversations: Sequence[Conversation], running: int | None) -> None:
        """Show these, the latest first, ``running`` marked as the one that is gone on with; the cursor stays."""
        self.all, self._marked = tuple(conversations), running
        self._narrow(self.list.highlighted or 0)

    def tell(self, words: str) -> None:
        """Show nothing but why there is nothing to show."""
        self.all = self.shown = ()
        self.list.clear_options()
        self._say(words)

    def _narrow(self, at: int = 0) -> None:
        """Show those whose titles have all the words that are sought; the cursor stays with its conversation, or goes
        to the one in its place."""
        before = self.current
        words = self.query_one("#sought", Input).value.casefold().split()
        held = [one for one in self.all if all(word in one.title.casefold() for word in words)]
        self.shown = tuple(held[:MOST_SHOWN])
        self.list.set_options(Option(self._prompt(one)) for one in self.shown)
        none = "No title has these words." if words else "Nothing was asked yet."
        more = f"The latest {MOST_SHOWN:,} of {len(held):,}: words find the others." if len(held) > MOST_SHOWN else ""
        self._say(more if held else none)
        if self.shown:
            ids = [one.id for one in self.shown]
            kept = before.id if before else self._marked
            self.list.highlighted = ids.index(kept) if kept in ids else min(at, len(ids) - 1)

    def _say(self, words: str) -> None:
        says = self.query_one("#panel-says", Static)
        says.update(wording.line(words))
        says.display = bool(words)

    def _prompt(self, one: Conversation) -> Content:
        running = one.id == self._marked
        count = f"{one.turns:,} question{'s' * (one.turns != 1)}"
        told = f"{'▸ open · ' * running}{one.changed.astimezone().date().isoformat()} · {count}"
        return Content("\n").join([wording.line(one.title, "bold"), wording.line(told, "dim")])

    # what the reader does

    def do(self, what: str) -> None:
        """Find, or do something with the conversation under the cursor."""
        if what == "find":
            self.query_one("#sought").focus()
        elif self.current is None:
            self.app.bell()
        elif what == "rename":
            self._rename(self.current)
        else:
            self.post_message(self.Asked(what, self.current))

    def _rename(self, one: Conversation | None) -> None:
        """Open the line for a new title; with None, close it."""
        self._renaming = one
        line = self.query_one("#rename", LineInput)
        line.display = one is not None
        self.query_one("#sought").display = one is None
        if one is None:
            self.list.focus()
            return
        line.value = wording.line(one.title).plain
        line.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click: go on with it."""
        event.stop()
        self.do("resume")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow as it is typed."""
        event.stop()
        if event.input.id == "sought":
            self._narrow()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the words to the list; or the new title."""
        event.stop()
        title = " ".join(event.value.split())
        if event.input.id == "rename" and self._renaming is not None and title:
            self.post_message(self.Renamed(self._renaming, title))
        self._rename(None)

    def action_enter_list(self) -> None:
        """From the words to the list."""
        self.list.focus()

    def action_undo(self) -> None:
        """Bring back what was deleted last."""
        self.post_message(self.Undone())

    def action_leave(self) -> None:
        """From renaming and finding back to the list; there, leave the panel."""
        if self.list.has_focus:
            self.post_message(self.Left())
        else:
            self._rename(None)
