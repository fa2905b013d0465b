"""Asked once a session before anything is sent to a model that is not on this machine."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from qa.config import Config
from tui import wording

_RERANK = "\n\nFor each question it is sent up to 30 passages, to put them in order,\nand then those it answers from."


class ConsentScreen(ModalScreen[bool]):
    """Says where the articles would go; True when the reader agrees."""

    CSS_PATH = "consent.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Send"),
        Binding("n,escape", "refuse", "Do not send"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, config: Config) -> None:
        super().__init__()
        self._config = config

    def compose(self) -> ComposeResult:
        """The question and two answers, the cautious one first."""
        said = Content.assemble(
            ("Articles would leave this machine\n\n", "bold $text-warning"),
            "Your questions, and passages of your articles, would be sent to\n",
            wording.line(self._config.host, "bold"),
            "\nfor the model ",
            wording.line(self._config.model or "", "bold"),
            ".",
            _RERANK if self._config.rerank == "llm" else "",
            "\n\nAsked once a session. Without a model, Newsdesk quotes and sends nothing.",
        )
        with Vertical(id="consent"):
            yield Static(said, markup=False)
            with Horizontal():
                yield Button("Do not send (N)", id="refuse")
                yield Button("Send (Y)", id="agree", variant="warning")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the two answers."""
        self.dismiss(event.button.id == "agree")

    def action_agree(self) -> None:
        """Send."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Do not send."""
        self.dismiss(False)
