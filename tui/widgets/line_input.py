"""One line to type in. What is pasted into it passes the same door as everything shown."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.widgets import Input

from qa.render import show_line


class LineInput(Input):
    """An Input that takes a paste of several lines as one, without control characters."""

    BINDING_GROUP_TITLE = "When typing"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "screen.enter_list", "To the list", show=False, id="box.list")
    ]

    def _on_paste(self, event: Paste) -> None:
        pasted = " ".join(show_line(event.text).split())
        if pasted:
            self.replace(pasted, *self.selection)
        event.stop()
        event.prevent_default()
