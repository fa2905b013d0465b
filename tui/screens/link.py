"""Asked before an article's link is opened: the whole address, and whose it is."""

from __future__ import annotations

from functools import partial
from typing import ClassVar
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import wording
from tui.screens.leaving import Dialog


def may_open(url: str | None) -> bool:
    """Whether a browser may be given ``url``: a web address with a host, and nothing in it that cannot be seen."""
    return bool(url) and _host(url or "") != ""


def _host(url: str) -> str:
    if not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    return host if parts.scheme in {"http", "https"} else ""


class LinkScreen(Dialog[None]):
    """Shows an address whole; O or Enter opens it in the browser, C copies it, Esc does neither."""

    CSS_PATH = "link.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,enter", "open", "Open", id="link.open"),
        Binding("y,c", "copy", "Copy", id="link.copy"),
        Binding("escape,n", "dismiss", "Back", id="link.back"),
    ]

    def __init__(self, url: str) -> None:
        """Ask about ``url``, which is not trusted."""
        super().__init__()
        self.url = url

    def compose(self) -> ComposeResult:
        """Whose site it is, then the address, then the keys."""
        with VerticalScroll(id="link"):
            yield Static(
                Content.assemble(
                    ("Open this link in your browser?\n\n", "bold"),
                    ("site  ", "dim"),
                    wording.line(_host(self.url), "bold $text-warning"),
                    "\n",
                    ("link  ", "dim"),
                    wording.line(self.url),
                    (
                        "\n\nThe site learns that you opened it. The address comes from the article.",
                        "dim",
                    ),
                    "\n\nO open · C copy the address · Esc back",
                ),
                markup=False,
            )

    def action_open(self) -> None:
        """Give the address to the browser; a thread waits for it, because some browsers answer late."""
        self.app.run_worker(partial(self.app.open_url, self.url), thread=True, exit_on_error=False, group="browser")
        self.dismiss()

    def action_copy(self) -> None:
        """Put the address on the clipboard."""
        self.app.copy_to_clipboard(self.url)
        self.dismiss()
