"""Where a question is typed: several lines, the questions asked before, and a paste of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import TextArea

from qa.render import show

LONGEST = 4_000
"""Characters that the box takes: a question holds no more (``qa.retrieve.MAX_QUESTION``, which a test compares)."""
_TAKEN = {"down", "f6", "f7", "ctrl+y,super+y"}
"""Keys of a TextArea that mean something else in the app."""


class QuestionBox(TextArea, inherit_bindings=False):
    """A box that grows with its lines. Enter asks; Up and Down at its edges walk the questions asked before."""

    DEFAULT_CSS = """
    QuestionBox {
        height: auto; max-height: 8; min-width: 12; padding: 0 1; background: $surface; border: tall $border-blurred;
    }
    QuestionBox:focus { border: tall $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in TextArea.BINDINGS if isinstance(one, Binding) and one.key not in _TAKEN),
        Binding("ctrl+j,alt+enter,shift+enter", "new_line", "New line", show=False, id="ask.new_line"),
        Binding("down", "walk_down", "Down", show=False, id="ask.down"),
        Binding("ctrl+shift+z", "redo", "Redo", show=False, id="ask.redo"),
    ]

    @dataclass
    class Submitted(Message):
        """The reader asks ``value``."""

        box: QuestionBox
        value: str

        @property
        def control(self) -> QuestionBox:
            """The box."""
            return self.box

    @dataclass
    class Shortened(Message):
        """Of ``pasted`` characters only the first ``kept`` found room."""

        box: QuestionBox
        pasted: int
        kept: int

    def __init__(self, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, placeholder=placeholder, highlight_cursor_line=False, tab_behavior="focus")
        self.asked_before: tuple[str, ...] = ()
        """Questions asked before, the newest first."""
        self._at = -1
        self._draft = ""

    def put(self, question: str) -> None:
        """Show ``question`` as if it had been typed; Ctrl+Z brings back what was there."""
        self.replace(show(question), (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    def scroll_cursor_visible(self, center: bool = False, animate: bool = False) -> Offset:
        """Scroll to the cursor; not while an undo takes lines away and has not moved it out of them yet, which is when
        Textual's own looks for a line that is gone."""
        if self.cursor_location[0] >= self.document.line_count:
            return Offset()
        return super().scroll_cursor_visible(center, animate)

    async def _on_key(self, event: Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._at = -1
            self.post_message(self.Submitted(self, self.text))

    async def _on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        room = LONGEST - len(self.text) + len(self.selected_text)
        bare = "\n".join(event.text[: 2 * LONGEST].splitlines()).strip("\n")
        kept = show(bare)[: max(0, room)].replace("\t", " ")
        if kept:
            self.replace(kept, *self.selection)
            self.scroll_cursor_visible()
        if len(event.text) > 2 * LONGEST or len(bare) > len(kept):
            self.post_message(self.Shortened(self, len(event.text), len(kept)))

    def action_new_line(self) -> None:
        """Begin another line."""
        self.replace("\n", *self.selection)
        self.scroll_cursor_visible()

    def action_cursor_up(self, select: bool = False) -> None:
        """Up a line; from the first, to an earlier question."""
        edge = self.navigator.is_first_wrapped_line(self.cursor_location)
        if select or not edge or not self._walk(1):
            super().action_cursor_up(select)

    async def action_walk_down(self) -> None:
        """Down a line; from the last, to a later question, to what was being typed, and then to the answer."""
        if not self.navigator.is_last_wrapped_line(self.cursor_location):
            self.action_cursor_down()
        elif not self._walk(-1):
            await self.run_action("screen.enter_list")

    def _walk(self, by: int) -> bool:
        """Go ``by`` questions back; whether there was one to go to."""
        if self._at >= 0 and self.text != show(self.asked_before[self._at]):
            self._at = -1  # it was edited: now that is being typed
        if self._at < 0:
            self._draft = self.text
        at = self._at + by
        if not -1 <= at < len(self.asked_before):
            return False
        self._at = at
        self.put(self.asked_before[at] if at >= 0 else self._draft)
        if by > 0 and self.wrapped_document.height > 1:
            self.move_cursor((0, 0))
        return True
