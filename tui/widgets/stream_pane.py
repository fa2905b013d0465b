"""An answer while it is being written: plain text, about ten times a second."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui import wording

_FLUSH_SECONDS = 0.1


class StreamPane(VerticalScroll):
    """Text that grows. It stays at the end as long as the reader does."""

    DEFAULT_CSS = """
    StreamPane { padding: 0 1; min-width: 10; }
    StreamPane > Static { height: auto; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._pieces: list[str] = []
        self._stale = False

    def compose(self) -> ComposeResult:
        """One growing text."""
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Flush at a steady pace, however fast the words come."""
        self.set_interval(_FLUSH_SECONDS, self._flush)

    def restart(self) -> None:
        """Begin anew with nothing."""
        self._pieces.clear()
        self._stale = True
        self._flush()
        self.anchor()

    def feed(self, piece: str) -> None:
        """Add words; they are shown with the next flush."""
        self._pieces.append(piece)
        self._stale = True

    def _flush(self) -> None:
        if self._stale:
            self._stale = False
            self.query_one(Static).update(wording.text("".join(self._pieces)))
