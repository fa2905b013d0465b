"""Asked before an article's link is opened: the whole address, and whose it is.

What is opened is what is shown: a name in other letters is given to the browser as it is registered (``xn--…``), and an
address that a browser reads otherwise (``https://evil.example\\@bank.example``: WHATWG URL, 4.4) is not opened.
"""

from __future__ import annotations

import re
from functools import partial
from typing import ClassVar
from urllib.parse import SplitResult, urlsplit, urlunsplit

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import wording
from tui.screens.leaving import Dialog

_HOST = re.compile(r"[a-z0-9_-][a-z0-9_.-]*|\[[0-9a-f:.]+\]")


def may_open(url: str | None) -> bool:
    """Whether a browser may be given ``url``: a web address with a host, and nothing in it that cannot be seen."""
    return bool(url) and _read(url or "") is not None


def _read(url: str) -> tuple[str, SplitResult] | None:
    """Host of an address, as it is registered, and its parts with that host; None when it is not to be opened."""
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
        port = f":{parts.port}" if parts.port is not None else ""
    except (ValueError, UnicodeError):
        return None
    host = f"[{host}]" if ":" in host else host
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        return None
    user, at, _ = parts.netloc.rpartition("@")
    return host, parts._replace(netloc=f"{user}{at}{host}{port}")


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
        read = _read(url)
        assert read is not None  # may_open
        self.host, self._parts = read
        self.url = urlunsplit(self._parts) if not url.isascii() else url

    def compose(self) -> ComposeResult:
        """Whose site it is, then the address, then the keys."""
        user = self._parts.netloc.rpartition("@")[0]
        beware = f"\nWhat stands before the @ ({user}) is not the site." if user else ""
        if "xn--" in self.host:
            beware += "\nIts name is in other letters, which can look like those of another site."
        with VerticalScroll(id="link"):
            yield Static(
                Content.assemble(
                    ("Open this link in your browser?\n\n", "bold"),
                    ("site  ", "dim"),
                    wording.line(self.host, "bold $text-warning"),
                    "\n",
                    ("link  ", "dim"),
                    wording.line(self.url),
                    wording.text(beware, "$text-warning"),
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
