"""The line that is always in sight: which articles are asked, from which day, and what leaves this machine."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from qa.config import Config
from qa.types import Window
from tui import wording
from tui.desk import Shelf


class ScopeLine(Static):
    """Library, articles and their days, window, as-of day, mode."""

    DEFAULT_CSS = """
    ScopeLine { height: auto; max-height: 4; padding: 0 1; background: $panel; color: $text-muted; }
    """

    def describe(self, config: Config, shelf: Shelf | None, window: Window | None) -> None:
        """Say what is in scope. ``window`` is that of the last question, ``shelf`` None while it is being opened."""
        parts = [config.library.name or str(config.library)]
        if shelf is None:
            parts.append("opening…")
        else:
            given = "" if shelf.as_of_given else " (today)"
            parts += [wording.shelf(shelf), f"window: {wording.window(window)}", f"as of {shelf.as_of}{given}"]
        told = wording.line("  │  ".join(parts) + "  │  ")
        self.update(Content.assemble(told, wording.line(wording.mode(config), self._mode_style(config))))

    @staticmethod
    def _mode_style(config: Config) -> str:
        return "$text-success" if config.model is None or config.is_local else "bold $text-warning"
