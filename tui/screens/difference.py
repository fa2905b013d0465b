"""What one version of an article says otherwise than another."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from qa.render import differing, show_line
from qa.types import Article
from tui import wording
from tui.screens.leaving import Page
from tui.widgets.key_bar import KeyBar

_MOST = 500
"""Lines that are shown."""
_LONGEST = 4_000
"""Characters of a line that are shown."""
_STYLES = {"-": "$text-error", "+": "$text-success", "@": "dim"}


class DifferenceScreen(Page[None]):
    """Lines that only the earlier version has (-), and that only the later has (+), each with a line around."""

    CSS_PATH = "difference.tcss"
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,d,q", "dismiss", "Back", id="difference.back"),
        Binding("j", "scroll('down')", "Down", show=False, id="difference.down"),
        Binding("k", "scroll('up')", "Up", show=False, id="difference.up"),
    ]

    def __init__(self, before: Article, now: Article) -> None:
        super().__init__()
        self._before, self._now = before, now

    def compose(self) -> ComposeResult:
        """What is compared, the lines, keys."""
        versions = f"version {self._before.version} (-) and version {self._now.version} (+)"
        changed = self._now.details.changed
        told = f"{versions}, {f'read {wording.when(changed)}' if changed else 'when it came is not known'}"
        yield Static(
            Content("\n").join([wording.line(self._now.title, "bold"), wording.line(told, "dim")]),
            markup=False,
            id="headline",
        )
        with VerticalScroll():
            yield Static("comparing…", markup=False, id="lines")
        yield KeyBar()

    async def on_mount(self) -> None:
        """Compare in a thread: it takes its time for a long article."""
        self.run_worker(self._compare(), exit_on_error=False)

    async def _compare(self) -> None:
        lines = await asyncio.to_thread(_lines, self._before, self._now)
        for shown in self.query("#lines").results(Static):
            shown.update(lines)

    def action_scroll(self, way: str) -> None:
        """A line up or down."""
        lines = self.query_one(VerticalScroll)
        lines.scroll_down() if way == "down" else lines.scroll_up()


def _lines(before: Article, now: Article) -> Content:
    _, _, *lines = differing(before, now) or ("", "", " they say the same")
    shown = [_line(line) for line in islice(lines, _MOST)]
    if len(lines) > _MOST:
        more = f"and {len(lines) - _MOST:,} more lines: newsdesk library show {now.id} --diff"
        shown.append(wording.line(more, "dim"))
    return Content("\n").join(shown)


def _line(line: str) -> Content:
    cut = show_line(line[:_LONGEST]) + (" …" if len(line) > _LONGEST else "")
    return Content.styled("⋯" if line.startswith("@@") else cut, _STYLES.get(line[:1], ""))
