"""A bar chart of articles per day, from which a day or a window is picked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

_BARS = " ▁▂▃▄▅▆▇█"
_STEPS = ("day", "week", "month", "quarter", "year", "decade", "century")
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}


@dataclass(frozen=True, slots=True)
class Bar:
    """Some days, both ends included, and how many articles were published on them."""

    first: date
    last: date
    count: int


def bars(days: Sequence[tuple[date, int]], room: int) -> tuple[str, tuple[Bar, ...]]:
    """Days, in order, as at most ``room`` bars of whole days, weeks (from Monday), months, quarters, years or decades;
    the name of the step, and the bars from the first to the last, those without articles too."""
    if not days or room < 1:
        return _STEPS[0], ()
    first, last = days[0][0], days[-1][0]
    starts: list[date] = []
    step = _STEPS[0]
    for step in _STEPS:
        starts = [_start(first, step)]
        while starts[-1] <= last and len(starts) <= room:
            following = _next(starts[-1], step)
            if following is None or following > last:
                break
            starts.append(following)
        if len(starts) <= room:
            break
    starts = starts[:room]
    counts = [0] * len(starts)
    for day, count in days:
        counts[max(0, bisect_right(starts, day) - 1)] += count
    ends = [start - timedelta(days=1) for start in starts[1:]]
    found = (Bar(*one) for one in zip(starts, [*ends, max(last, _end(starts[-1], step))], counts, strict=True))
    return step, tuple(found)


def _start(day: date, step: str) -> date:
    if step == "day":
        return day
    if step == "week":
        return date.fromordinal(max(1, day.toordinal() - day.weekday()))
    months = (day.year * 12 + day.month - 1) // _MONTHS[step] * _MONTHS[step]
    return date(max(1, months // 12), months % 12 + 1, 1)


def _next(start: date, step: str) -> date | None:
    """When the next step begins; None past the end of the calendar."""
    try:
        if step in {"day", "week"}:
            return start + timedelta(days=1 if step == "day" else 7)
        months = (start.year * 12 + start.month - 1) // _MONTHS[step] * _MONTHS[step] + _MONTHS[step]
        return date(months // 12, months % 12 + 1, 1)
    except (OverflowError, ValueError):
        return None


def _end(start: date, step: str) -> date:
    following = _next(start, step)
    return following - timedelta(days=1) if following else date.max


class DayChart(Widget, can_focus=True):
    """Bars over time. Arrows move, with Shift they extend; Enter picks what is marked, or marks where to begin."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"day-chart--{part}" for part in ("bar", "window", "cursor", "said")}
    DEFAULT_CSS = """
    DayChart { height: 4; padding: 0 1; background: $background; }
    DayChart > .day-chart--bar { color: $text-muted; }
    DayChart > .day-chart--window { color: $text-accent; }
    DayChart > .day-chart--cursor { background: $block-cursor-background; color: $block-cursor-foreground; }
    DayChart > .day-chart--said { color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", "Pick days", id="chart.pick"),
        Binding("backspace", "all", "All days", id="chart.all"),
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("shift+left", "extend(-1)", show=False),
        Binding("shift+right", "extend(1)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
    ]

    @dataclass
    class Picked(Message):
        """The reader picked these days, both ends included; None for all."""

        first: date | None
        last: date | None

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.bars: tuple[Bar, ...] = ()
        self.cursor = 0
        self.begun: int | None = None
        """Where what is marked begins; None while nothing is."""
        self._step = ""
        self._days: Sequence[tuple[date, int]] = ()
        self._window: tuple[date | None, date | None] = (None, None)

    def show(self, days: Sequence[tuple[date, int]], window: tuple[date | None, date | None]) -> None:
        """Show how many articles each of ``days`` has, and which of them are in the window."""
        self._days, self._window = days, window
        self._fill()

    @property
    def marked(self) -> tuple[int, int]:
        """The first and the last bar that are marked."""
        begun = self.cursor if self.begun is None else self.begun
        return min(begun, self.cursor), max(begun, self.cursor)

    def on_resize(self, event: Resize) -> None:
        """As many bars as there is room for; the cursor stays on its days."""
        self._fill()

    def _fill(self) -> None:
        at = self.bars[self.cursor].first if self.bars else None
        self._step, self.bars = bars(self._days, self.size.width)
        last = len(self.bars) - 1
        self.cursor = last if at is None else min(last, sum(bar.last < at for bar in self.bars))
        self.cursor, self.begun = max(0, self.cursor), None
        self.refresh()

    # moving and picking

    def action_move(self, by: int) -> None:
        """Move the cursor; what was marked with Enter stays marked from there."""
        self.cursor = max(0, min(len(self.bars) - 1, self.cursor + by))
        self.refresh()

    def action_extend(self, by: int) -> None:
        """Mark from where the cursor was."""
        if self.begun is None:
            self.begun = self.cursor
        self.action_move(by)

    def action_pick(self) -> None:
        """Pick what is marked; with nothing marked, mark from here."""
        if not self.bars:
            return
        if self.begun is None:
            self.begun = self.cursor
        else:
            first, last = self.marked
            self.begun = None
            self.post_message(self.Picked(self.bars[first].first, self.bars[last].last))
        self.refresh()

    def action_all(self) -> None:
        """Drop what is marked, or else the window."""
        if self.begun is None:
            self.post_message(self.Picked(None, None))
        self.begun = None
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Go to the bar that was clicked; clicked twice, it is picked."""
        place = event.get_content_offset(self)
        if place is None or not self.bars:
            return
        self.begun = None
        self.cursor = max(0, min(len(self.bars) - 1, place.x))
        if event.chain > 1:
            self.begun = self.cursor
            self.action_pick()
        self.refresh()

    # drawing

    def render_line(self, y: int) -> Strip:
        """A line of bars; on the last what stands under the cursor."""
        width, lines = self.size.width, max(1, self.size.height - 1)
        if y >= lines:
            style = self.get_component_rich_style("day-chart--said")
            return Strip([Segment(set_cell_size(self._said(), width), style)], width)
        most = max((bar.count for bar in self.bars), default=0)
        segments = [self._cell(n, lines - 1 - y, lines, most) for n in range(len(self.bars))]
        return Strip(segments, len(segments)).extend_cell_length(width, self.rich_style)

    def _cell(self, n: int, level: int, lines: int, most: int) -> Segment:
        bar, first, last = self.bars[n], *self.marked
        eighths = max(1, round(bar.count / most * lines * 8)) if bar.count else 0
        here = self.has_focus and first <= n <= last
        name = "cursor" if here else "window" if self._is_in_window(bar) else "bar"
        style = self.get_component_rich_style(f"day-chart--{name}")
        return Segment(_BARS[max(0, min(8, eighths - 8 * level))], style)

    def _is_in_window(self, bar: Bar) -> bool:
        first, last = self._window
        limited = first is not None or last is not None
        return limited and bar.last >= (first or date.min) and bar.first <= (last or date.max)

    def _said(self) -> str:
        if not self.bars:
            return "no dated articles"
        first, last = self.bars[self.marked[0]], self.bars[self.marked[1]]
        count = sum(bar.count for bar in self.bars[self.marked[0] : self.marked[1] + 1])
        days = f"{first.first}" if first.first == last.last else f"{first.first} to {last.last}"
        how = "" if not self.has_focus else " · Enter begins" if self.begun is None else " · Enter picks these days"
        return f"{days}: {count:,} · a bar is a {self._step}{how}"
