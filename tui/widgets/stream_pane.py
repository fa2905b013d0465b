"""An answer while it is being written: plain text, about ten times a second."""

from __future__ import annotations

from rich.segment import Segment
from textual.events import Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qa.render import show
from tui.wrap import Span, line_at, wrapped

_FLUSH_SECONDS = 0.1
_MARGIN = 1


class StreamPane(ScrollView, can_focus=True):
    """Text that grows: only its last line is wrapped anew. It stays at the end as long as the reader is there."""

    DEFAULT_CSS = """
    StreamPane { height: 1fr; min-width: 10; overflow-x: hidden; background: $background; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.text = ""
        self._pieces: list[str] = []
        self._lines: list[Span] = []
        self._following = True

    def on_mount(self) -> None:
        """Flush at a steady pace, however fast the words come."""
        self.set_interval(_FLUSH_SECONDS, self._flush)

    def restart(self) -> None:
        """Begin anew with nothing."""
        self._pieces.clear()
        self._lines, self.text, self._following = [], "", True
        self._measure()
        self.scroll_home(animate=False, immediate=True, force=True)

    def feed(self, piece: str) -> None:
        """Add words; they are shown with the next flush."""
        self._pieces.append(piece)

    def on_resize(self, event: Resize) -> None:
        """Wrap anew, and stay at the end or at the words that were at the top."""
        following = self._following
        top = self._lines[min(self.scroll_offset.y, len(self._lines) - 1)][0] if self._lines else 0
        self._lines = wrapped(self.text, self._width)
        self._measure()
        y = self.max_scroll_y if following else line_at(self._lines, top)
        self.scroll_to(y=y, animate=False, immediate=True, force=True)
        self._following = following

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The reader is at the end when the last move led there; a new size alone moves nobody."""
        super().watch_scroll_y(old_value, new_value)
        self._following = new_value >= self.max_scroll_y

    @property
    def _width(self) -> int:
        return max(1, self.scrollable_content_region.width - 2 * _MARGIN)

    def _flush(self) -> None:
        if not self._pieces:
            return
        following = self._following
        self.text += show("".join(self._pieces)).replace("\t", " ")
        self._pieces.clear()
        start = self._lines.pop()[0] if self._lines else 0
        self._lines += [(start + first, start + last) for first, last in wrapped(self.text[start:], self._width)]
        self._measure()
        if following:
            self.scroll_to(y=self.max_scroll_y, animate=False, immediate=True, force=True)
            self._following = True

    def _measure(self) -> None:
        self.virtual_size = Size(self._width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width, style = self.size.width, self.rich_style
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, style)
        start, end = self._lines[index]
        strip = Strip([Segment(" " * _MARGIN, style), Segment(self.text[start:end], style)])
        return strip.adjust_cell_length(width, style)
