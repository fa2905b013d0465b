"""An article's text with the cited words marked, drawn line by line so that its length costs nothing."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qa.render import show
from tui.wrap import Span, line_at, wrapped

_MARGIN = 2
_MEASURE = 100
"""Longest line in cells: longer ones are hard to read."""


class ArticleText(ScrollView, can_focus=True):
    """Shows ``text`` wrapped at words; the characters of ``mark`` stand out and are scrolled to."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"article-text--mark"}
    DEFAULT_CSS = """
    ArticleText { height: 1fr; background: $background; overflow-x: hidden; }
    ArticleText > .article-text--mark { background: $warning; color: $background; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
        Binding("space", "page_down", "Page", show=False),
        Binding("c", "to_mark", "To the quote"),
    ]

    def __init__(self, text: str, mark: Span = (0, 0), id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._text = show(text).replace("\t", " ")
        self._mark = mark
        self._lines: list[Span] = []
        self._placed = False

    def on_resize(self, event: Resize) -> None:
        """Wrap anew and stay at the words that were at the top; the first time, go to the mark."""
        top = self._lines[min(self.scroll_offset.y, len(self._lines) - 1)][0] if self._lines else 0
        width = min(_MEASURE, max(1, self.scrollable_content_region.width - 2 * _MARGIN))
        self._lines = wrapped(self._text, width)
        self.virtual_size = Size(width + 2 * _MARGIN, len(self._lines))
        if self._placed:
            self.scroll_to(y=line_at(self._lines, top), animate=False, immediate=True)
        else:
            self._placed = True
            self.call_after_refresh(self.action_to_mark)
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going to the quote is offered only where there is one."""
        return self._mark[0] < self._mark[1] if action == "to_mark" else True

    def action_to_mark(self) -> None:
        """Scroll so that the marked words stand in the upper third."""
        if self._mark[0] < self._mark[1]:
            self.scroll_to(y=line_at(self._lines, self._mark[0]) - self.size.height // 3, animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width, style = self.size.width, self.rich_style
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, style)
        start, end = self._lines[index]
        first, last = (min(max(edge, start), end) for edge in self._mark)
        mark = self.get_component_rich_style("article-text--mark")
        pieces = ((start, first, style), (first, last, mark), (last, end, style))
        segments = [Segment(" " * _MARGIN, style), *(Segment(self._text[a:b], look) for a, b, look in pieces if a < b)]
        return Strip(segments).adjust_cell_length(width, style)
