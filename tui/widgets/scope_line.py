"""The line that is always in sight: which articles are asked, from which day, and what leaves this machine."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from qa.config import Config
from qa.types import Window
from tui import wording
from tui.desk import Shelf

_BETWEEN = "  │  "


class ScopeLine(Static):
    """Library, articles and their days, window, as-of day, mode; broken only between them."""

    DEFAULT_CSS = """
    ScopeLine { height: auto; max-height: 5; padding: 0 1; background: $panel; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._parts: list[tuple[str, str]] = []

    def describe(self, config: Config, shelf: Shelf | None, window: Window | None) -> None:
        """Say what is in scope. ``window`` is that of the last question, ``shelf`` None while it is being opened."""
        parts = [config.library.name or str(config.library)]
        if shelf is None:
            parts.append("opening…")
        else:
            given = "" if shelf.as_of_given else " (today)"
            parts += [wording.shelf(shelf), f"window: {wording.window(window)}", f"as of {shelf.as_of}{given}"]
        safe = config.model is None or config.is_local
        mode = (wording.mode(config), "$text-success" if safe else "bold $text-warning")
        self._parts = [*((part, "") for part in parts), mode]
        self._fill()

    def on_resize(self, event: Resize) -> None:
        """Break it anew."""
        self._fill()

    def _fill(self) -> None:
        room = max(1, self.app.size.width - 2)
        told = Content("")
        used = 0
        for words, style in self._parts:
            part = wording.line(words, style)
            width = cell_len(part.plain)
            if not used:
                told += part
            elif used + len(_BETWEEN) + width <= room:
                told = told + _BETWEEN + part
                width += used + len(_BETWEEN)
            else:
                told = told + "\n" + part
            used = width
        self.update(told)
