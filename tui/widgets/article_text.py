"""An article's text with the cited words marked, drawn line by line so that its length costs nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, takewhile
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from qa.render import show
from qa.types import Article
from tui.wrap import Span, line_at, wrapped

_MARGIN = 2
_MEASURE = 100
"""Longest line in cells: longer ones are hard to read."""
_AT_ONCE = 100_000
"""Characters that are wrapped on the event loop; more are wrapped in a thread, which takes some moments."""


def shown_text(article: Article) -> str:
    """An article's text, safe to show, one character for one."""
    return show(article.text).replace("\t", " ")


class ArticleText(ScrollView, can_focus=True):
    """Shows ``text``, made by ``shown_text``, wrapped at words.

    The characters of ``mark`` stand out and are scrolled to, those of ``others`` are marked as well.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"article-text--mark", "article-text--other"}
    DEFAULT_CSS = """
    ArticleText { height: 1fr; background: $background; overflow-x: hidden; }
    ArticleText > .article-text--mark { background: $warning; color: $background; text-style: bold; }
    ArticleText > .article-text--other { background: $warning 25%; text-style: underline; }
    """
    BINDING_GROUP_TITLE = "Text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False, id="text.down"),
        Binding("k", "scroll_up", "Up", show=False, id="text.up"),
        Binding("space", "page_down", "Page", show=False, id="text.page"),
    ]

    @dataclass
    class Wrapped(Message):
        """The lines at this width are known."""

        lines: list[Span]
        width: int

    def __init__(
        self,
        text: str,
        mark: Span = (0, 0),
        others: Sequence[Span] = (),
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._text = text
        self._mark = mark
        self._others = _united(others)
        self._lines: list[Span] = []
        self._width = 0
        self._settled = False
        """Whether the mark was gone to, from when on the reader's place is kept."""
        self._top: int | None = None
        """Offset of the words that must be at the top once the lines are known; None: those of the mark in sight."""

    def go_to(self, mark: Span, others: Sequence[Span]) -> None:
        """Mark other words, and scroll to them."""
        self._mark, self._others = mark, _united(others)
        self._to_mark()
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        """Wrap anew and stay at the words that were at the top; the first time, go to the mark."""
        width = min(_MEASURE, max(1, self.scrollable_content_region.width - 2 * _MARGIN))
        if width == self._width:
            return
        self._width = width
        if self._settled:
            self._top = self._lines[min(self.scroll_offset.y, len(self._lines) - 1)][0]
        if len(self._text) <= _AT_ONCE:
            self._place(wrapped(self._text, width))
            return
        work = partial(self._wrap, width)
        self.run_worker(work, thread=True, exclusive=True, group="wrap", exit_on_error=False)

    def _wrap(self, width: int) -> None:
        self.post_message(self.Wrapped(wrapped(self._text, width), width))

    def on_article_text_wrapped(self, event: Wrapped) -> None:
        """Show a long text, unless the size has changed once more."""
        event.stop()
        if event.width == self._width:
            self._place(event.lines)

    def _place(self, lines: list[Span]) -> None:
        self._lines = lines
        self.virtual_size = Size(self._width + 2 * _MARGIN, len(lines))
        top, self._top = self._top, None
        if top is None:
            self.call_after_refresh(self._to_mark)
        else:
            self.scroll_to(y=line_at(lines, top), animate=False, immediate=True, force=True)
        self.refresh()

    def _to_mark(self) -> None:
        """Scroll so that the marked words stand in the upper third."""
        self._settled = bool(self._lines)
        if self._lines and self._mark[0] < self._mark[1]:
            y = line_at(self._lines, self._mark[0]) - self.size.height // 3
            self.scroll_to(y=y, animate=False, immediate=True, force=True)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width, style = self.size.width, self.rich_style
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, style)
        segments = [Segment(" " * _MARGIN, style), *self._segments(*self._lines[index], style, index)]
        return Strip(segments).apply_offsets(0, index).adjust_cell_length(width, style)

    def _segments(self, start: int, end: int, style: Style, index: int) -> list[Segment]:
        """The characters of a line, those that are marked or selected in their own look."""
        other, near = self.get_component_rich_style("article-text--other"), bisect_left(self._others, (start, 0))
        looks = [(span, other) for span in takewhile(lambda span: span[0] < end, self._others[max(0, near - 1) :])]
        looks.append((self._mark, self.get_component_rich_style("article-text--mark")))
        if self.text_selection is not None and (chosen := self._selected(self.text_selection)):
            looks.append((chosen, self.screen.get_component_rich_style("screen--selection")))
        looks = [(span, look) for span, look in looks if span[0] < end and start < span[1]]
        edges = sorted({start, end, *(min(max(edge, start), end) for span, _ in looks for edge in span)})
        segments = []
        for first, last in pairwise(edges):
            over = [look for span, look in looks if span[0] <= first < span[1]]
            segments.append(Segment(self._text[first:last], over[-1] if over else style))
        return segments

    # selecting

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected words as they stand in the article, without the line breaks of the screen."""
        span = self._selected(selection)
        return (self._text[span[0] : span[1]], "\n") if span else None

    def _selected(self, selection: Selection) -> Span | None:
        if not self._lines:
            return None

        def offset(y: int, x: int) -> int:
            start, end = self._lines[min(max(y, 0), len(self._lines) - 1)]
            return min(max(start, start + x - _MARGIN), end)

        first = offset(selection.start.y, selection.start.x) if selection.start else 0
        last = offset(selection.end.y, selection.end.x) if selection.end else len(self._text)
        return (first, last) if first < last else None

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the selection."""
        self.refresh()


def _united(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same characters in spans that do not overlap, in order."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return tuple(united)
