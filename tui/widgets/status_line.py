"""One place for what is going on: work in progress, notices, how it ended, or what went wrong."""

from __future__ import annotations

from textual.widgets import Static

from tui import wording


class StatusLine(Static):
    """A state, and the notices that came with it."""

    DEFAULT_CSS = """
    StatusLine { height: auto; max-height: 5; padding: 0 1; color: $text-muted; }
    StatusLine.-failed { color: $text-error; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(markup=False, id=id)
        self.state = ""
        self.notices: tuple[str, ...] = ()

    def say(self, state: str, *, keep: bool = False) -> None:
        """Show ``state``; the notices so far go unless ``keep``."""
        self.notices = self.notices if keep else ()
        self._show(state, failed=False)

    def add(self, notice: str) -> None:
        """Show one more notice beside the state."""
        if notice not in self.notices:
            self.notices = (*self.notices, notice)
            self._show(self.state, failed=self.has_class("-failed"))

    def fail(self, message: str, hint: str) -> None:
        """Show what went wrong and the remedy."""
        self.notices = ()
        self._show(f"✗ {message}" + (f" — {hint}" if hint else ""), failed=True)

    def _show(self, state: str, *, failed: bool) -> None:
        self.state = state
        self.set_class(failed, "-failed")
        self.update(wording.line(" · ".join(part for part in (state, *self.notices) if part)))
