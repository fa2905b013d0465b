"""What one version of an article says otherwise than another."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
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
_MOST_WORDS = 300
"""Words of a line that are compared one by one: the time grows with their square and more."""
_STYLES = {"-": "$text-error", "+": "$text-success"}
_WORD = re.compile(r"\S+")


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
    shown = [content for block in _blocks(lines[:_MOST]) for content in _shown(block)]
    if len(lines) > _MOST:
        more = f"and {len(lines) - _MOST:,} more lines: newsdesk library show {now.id} --diff"
        shown.append(wording.line(more, "dim"))
    return Content("\n").join(shown)


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Lines that were taken away with those that came in their place; any other line alone."""
    for changed, group in groupby(lines, lambda line: line[:1] in "-+"):
        some = list(group)
        if not changed:
            yield from ([line] for line in some)
            continue
        while some:
            at = next((n for n in range(1, len(some)) if some[n - 1][0] == "+" and some[n][0] == "-"), len(some))
            yield some[:at]
            some = some[at:]


def _shown(block: Sequence[str]) -> list[Content]:
    """A block's lines; where as many came as went, the words that differ are marked in each."""
    lines = [show_line(line[:_LONGEST]) + (" …" if len(line) > _LONGEST else "") for line in block]
    if len(lines) == 1 and not lines[0].startswith(("-", "+")):
        return [Content.styled("⋯", "dim") if lines[0].startswith("@@") else Content(lines[0])]
    half = len(lines) // 2
    if [line[0] for line in lines] != ["-"] * half + ["+"] * half:
        return [Content.styled(line, _STYLES[line[0]]) for line in lines]
    pairs = [_marked(old, new) for old, new in zip(lines[:half], lines[half:], strict=True)]
    return [old for old, _ in pairs] + [new for _, new in pairs]


def _marked(old: str, new: str) -> tuple[Content, Content]:
    """Two lines with the words marked that only one of them has."""
    words = [[match.span() for match in _WORD.finditer(line, 1)] for line in (old, new)]
    told = [Content.styled(line, _STYLES[line[0]]) for line in (old, new)]
    if max(map(len, words)) > _MOST_WORDS:
        return told[0], told[1]
    spelt = [[line[start:end] for start, end in spans] for line, spans in zip((old, new), words, strict=True)]
    was, now = spelt
    for what, *ends in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        for side, (first, last) in enumerate((ends[:2], ends[2:])):
            if what != "equal" and first < last:
                told[side] = told[side].stylize("bold reverse", words[side][first][0], words[side][last - 1][1])
    return told[0], told[1]
