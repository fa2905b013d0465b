"""Asked before anything is first sent to a server that is not this machine."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from qa.config import Recipient
from tui import wording
from tui.screens.leaving import Dialog

_SENT = {
    "model": "Passages of your articles, your questions and the answers before them would be sent to",
    "embedder": "All passages of the articles you add, and your questions, would be sent, to be found by meaning, to",
    "store": "All articles of this library would be sent, for others to read and take, to the Chroma server",
}
_RERANK = "For each question it is sent up to 30 passages, to put them in order, and then those it answers from.\n\n"
_OTHERWISE = {
    "model": "Otherwise Newsdesk quotes your articles",
    "embedder": "Otherwise articles are found by their words alone",
    "store": "Otherwise they stay here, nothing is taken from there",
}


class ConsentScreen(Dialog[bool | None]):
    """Says what would be sent where; True when the reader agrees, False when not, None when not this time."""

    CSS_PATH = "consent.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Send", id="consent.send"),
        Binding("n", "answer(False)", "Do not send", id="consent.refuse"),
        Binding("escape", "answer(None)", "Not this time", id="consent.later"),
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, recipient: Recipient, *, rerank: bool = False) -> None:
        """A question about ``recipient``; with ``rerank``, a model that also puts passages in order."""
        super().__init__()
        self._recipient = recipient
        self._rerank = rerank

    def compose(self) -> ComposeResult:
        """The question and two answers, the cautious one first."""
        with VerticalScroll(id="consent"):
            yield Static(_question(self._recipient, self._rerank), markup=False)
            with Horizontal():
                yield Button("Do not send (N)", id="refuse")
                yield Button("Send (Y)", id="agree", variant="warning")

    def on_mount(self) -> None:
        """What would be sent is read first, however small the terminal."""
        self.query_one("#consent").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """One of the two answers."""
        self.dismiss(event.button.id == "agree")

    def action_answer(self, agreed: bool | None) -> None:
        """One of the keys."""
        self.dismiss(agreed)


def _question(one: Recipient, rerank: bool) -> Content:
    """What would be sent, where, by which way, and what happens otherwise."""
    way = "encrypted (https)" if one.is_encrypted else "NOT encrypted (http)"
    return Content.assemble(
        ("Articles would leave this machine. Send? Y or N\n\n", "bold $text-warning"),
        f"{_SENT[one.role]}\n\n  ",
        wording.line(one.host, "bold"),
        wording.line(f"  {one.role} {one.model}".rstrip()),
        f"\n  another machine; the way there is {way}\n\n",
        _RERANK if rerank and one.role == "model" else "",
        f"{_OTHERWISE[one.role]}, and nothing is sent there.\n\n",
        "Y and N hold until you leave, or choose Sending from Ctrl+P; Esc is “not this time”.",
    )
