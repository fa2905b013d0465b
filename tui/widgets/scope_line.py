"""The line that is always in sight: which articles are asked, from which day, and what leaves this machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from qa.types import Window
from tui import wording
from tui.desk import Shelf
from tui.scope import Scope

_BETWEEN = "  │  "


class ScopeLine(Static):
    """What leaves this machine, library, articles and their days, window, as-of day, mode; broken between them."""

    DEFAULT_CSS = """
    ScopeLine { height: auto; max-height: 5; padding: 0 1; background: $panel; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._parts: list[tuple[str, str]] = []

    def describe(
        self,
        library: Path,
        shelf: Shelf | None,
        scope: Scope,
        window: Window | None,
        leaving: Sequence[tuple[str, bool]],
    ) -> None:
        """Say what is in scope. ``window`` is that of the last question, ``shelf`` None while it is being opened.

        ``leaving`` says what is sent where, and by which nothing leaves this machine; what leaves it comes first.
        """
        parts = [library.name or str(library)]
        if shelf is None:
            parts.append("opening…")
        else:
            given = "" if shelf.as_of_given else " (today)"
            days = wording.window(window or scope.period.window)
            parts += [wording.shelf(shelf), f"window: {days}", f"as of {shelf.as_of}{given}"]
            parts += [f"only {', '.join(scope.sources)}"] if scope.sources else []
            parts += [f"story: {scope.about}"] if scope.articles else []
        self._parts = [(said, "bold $text-warning") for said, safe in leaving if not safe]
        self._parts += [(part, "") for part in parts]
        self._parts += [(said, "$text-success") for said, safe in leaving if safe]
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
