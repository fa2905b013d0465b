"""A table of any number of rows, of which it holds only those in sight and their neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from qa.render import show_line

Row = TypeVar("Row")
_MARGIN = 60
"""Rows asked for above and below those in sight."""
_MOST = 2_000
"""Rows held; those far away go when there are more."""
_LEAST = 16
"""Cells of the column that takes the room there is, at least."""
_LONGEST = 1_000
"""Characters of a cell that are looked at."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, heading and width in cells (0 takes the room there is); it is shown in tables of at least
    ``shown_from`` cells."""

    name: str
    heading: str
    width: int
    shown_from: int = 0


class LongTable(ScrollView, Generic[Row], can_focus=True):
    """A heading and rows under it. A subclass says what its columns are and what a row shows; the screen brings rows
    that are wanted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"long-table--heading", "long-table--cursor", "long-table--odd"}
    DEFAULT_CSS = """
    LongTable { height: 1fr; min-width: 12; background: $background; overflow-x: hidden; scrollbar-gutter: stable; }
    LongTable > .long-table--heading { background: $panel; text-style: bold; }
    LongTable > .long-table--odd { background: $surface; }
    LongTable > .long-table--cursor { background: $block-cursor-blurred-background; text-style: bold; }
    LongTable:focus > .long-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="list.open"),
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown,space", "move_page(1)", show=False),
        Binding("pageup", "move_page(-1)", show=False),
        Binding("home,g", "move_to(0)", show=False),
        Binding("end,G", "move_to(-1)", show=False),
    ]
    COLUMNS: ClassVar[tuple[Column, ...]]

    @dataclass
    class Wanted(Message):
        """Rows come in sight that are not here: those from ``first`` to before ``last``."""

        first: int
        last: int

    @dataclass
    class Moved(Message):
        """The cursor is at another place."""

        at: int

    @dataclass
    class HeadingClicked(Message):
        """The reader clicked on the heading of a column."""

        name: str

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self.total = 0
        self.cursor = 0
        self.sorted_by: tuple[str, bool] = ("", True)
        """Name of the column that the rows are sorted by, and whether downwards."""
        self._rows: dict[int, Row | None] = {}
        self._asked: tuple[int, int] | None = None

    def cells(self, row: Row) -> Sequence[str]:
        """What ``row`` shows in each column; aligned right where it begins with a space."""
        raise NotImplementedError

    def open(self, row: Row) -> None:
        """Tell the screen that the reader wants to see ``row``."""
        raise NotImplementedError

    @property
    def current(self) -> Row | None:
        """The row under the cursor, None where there is none or it is not here yet."""
        return self._rows.get(self.cursor)

    def row(self, at: int) -> Row | None:
        """The row at a place, None where it is not here."""
        return self._rows.get(at)

    # what is shown

    def show(self, total: int, at: int, rows: Mapping[int, Row | None]) -> None:
        """Show another list of ``total`` rows, of which ``rows`` are here, the cursor at the place ``at``."""
        self.total, self.cursor = total, max(0, min(at, total - 1))
        self._rows, self._asked = dict(rows), None
        self._measure()
        self._follow()
        self.refresh()

    def put(self, rows: Mapping[int, Row | None]) -> None:
        """Rows of the list that were wanted."""
        if len(self._rows) > _MOST:
            near = range(self.cursor - _MOST // 4, self.cursor + _MOST // 4)
            self._rows = {at: row for at, row in self._rows.items() if at in near}
        self._rows |= rows
        self._asked = None
        self.refresh()

    def drop(self, at: int) -> None:
        """The row at this place is going away: show it no more, and go on to the next."""
        self._rows[at] = None
        self.action_move(1 if at + 1 < self.total else -1)
        self.refresh()

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.total + 1)

    def on_resize(self, event: Resize) -> None:
        """The cursor stays in sight."""
        self._measure()
        self._follow()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for what comes in sight."""
        super().watch_scroll_y(old_value, new_value)
        self._want()

    def _want(self) -> None:
        """Ask for the rows in sight that are not here, with some around them."""
        top = self.scroll_offset.y
        first, last = max(0, top), min(self.total, top + max(1, self.size.height))
        if all(at in self._rows for at in range(first, last)):
            return
        wanted = max(0, first - _MARGIN), min(self.total, last + _MARGIN)
        if self._asked is None or not (self._asked[0] <= first and last <= self._asked[1]):
            self._asked = wanted
            self.post_message(self.Wanted(*wanted))

    # moving

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows."""
        self._go(self.cursor + by)

    def action_move_page(self, by: int) -> None:
        """Move the cursor by what is in sight."""
        self._go(self.cursor + by * max(1, self.size.height - 2))

    def action_move_to(self, at: int) -> None:
        """Move the cursor to a place; -1 is the last."""
        self._go(at if at >= 0 else self.total - 1)

    def _go(self, at: int) -> None:
        self.cursor = max(0, min(at, self.total - 1))
        self._follow()
        self.refresh()
        self.post_message(self.Moved(self.cursor))

    def _follow(self) -> None:
        """Scroll so that the cursor is in sight."""
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True, immediate=True)
        self._want()

    def action_open(self) -> None:
        """Open the row under the cursor."""
        row = self.current
        if row is not None:
            self.open(row)

    def on_click(self, event: Click) -> None:
        """Go to the row that was clicked, open it when it was clicked twice; or tell of a heading."""
        event.stop()
        if event.y == 0:
            at = 0
            for column, width in self._columns():
                at += width + 1
                if event.x < at:
                    self.post_message(self.HeadingClicked(column.name))
                    return
        elif (place := event.y - 1 + self.scroll_offset.y) < self.total:
            self._go(place)
            if event.chain > 1:
                self.action_open()

    # drawing

    def _columns(self) -> list[tuple[Column, int]]:
        """The columns for which there is room, with their widths."""
        room = self.scrollable_content_region.width
        shown = [column for column in self.COLUMNS if column.shown_from <= room]
        fixed = sum(column.width + 1 for column in shown)
        return [(column, column.width or max(_LEAST, room - fixed)) for column in shown]

    def render_line(self, y: int) -> Strip:
        """The heading, or a row."""
        width = self.size.width
        at = y - 1 + self.scroll_offset.y
        if y == 0:
            style, said = self.get_component_rich_style("long-table--heading"), self._headings()
        elif at >= self.total:
            return Strip.blank(width, self.rich_style)
        else:
            row = self._rows.get(at)
            names = ["long-table--odd"] * (at % 2) + ["long-table--cursor"] * (at == self.cursor)
            style = self.get_component_rich_style(*names) if names else self.rich_style
            waiting = "" if at in self._rows else "…"
            said = self._laid_out(self.cells(row)) if row is not None else waiting
        return Strip([Segment(_fit(said, width), style)], width)

    def _headings(self) -> str:
        by, down = self.sorted_by
        arrow = "▼" if down else "▲"
        headings = [column.heading + (arrow if column.name == by else "") for column in self.COLUMNS]
        return self._laid_out(headings)

    def _laid_out(self, cells: Sequence[str]) -> str:
        by_name = {column.name: cell for column, cell in zip(self.COLUMNS, cells, strict=True)}
        return " ".join(_fit(by_name[column.name], width) for column, width in self._columns())


def _fit(said: str, width: int) -> str:
    """Outside text on one line, exactly ``width`` cells wide: cut with an ellipsis, or filled with spaces."""
    said = show_line(said[:_LONGEST])
    if cell_len(said) > width:
        said = set_cell_size(said, max(0, width - 1)) + "…"
    return set_cell_size(said, width)
