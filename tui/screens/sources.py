"""Whose articles are asked: sources to mark in a list that narrows as one types, thousands of them if need be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input

from qa.types import Cancel
from tui import wording
from tui.desk import Desk
from tui.screens.dialog import ScopeDialog
from tui.work import Work

_SHOWN = 200
"""Sources in the list; the others are found by typing."""

Counted = tuple[tuple[str, int], ...]
"""Sources and how many articles each has."""


class SourcesDialog(ScopeDialog[tuple[str, ...]]):
    """The sources that are marked; none means all."""

    TITLE_TEXT = "Whose articles?"
    TYPED = "type part of a name"
    KEYS = "Space marks · Enter takes · Esc leaves it as it was"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", "Mark", id="sources.mark")]

    def __init__(self, desk: Desk) -> None:
        """For the scope of ``desk``, which is open."""
        super().__init__(desk)
        self.marked: dict[str, None] = dict.fromkeys(desk.scope.sources)
        self._all: Counted = ()
        self._sought: tuple[str, ...] = ()
        self._rows: tuple[tuple[str, int], ...] = ()

    def on_mount(self) -> None:
        """Read the sources."""
        self.say("reading the sources…")
        self.desk.begin(self, "sources", self._read)

    def _read(self, cancel: Cancel) -> Iterator[Counted]:
        if not cancel.cancelled:
            yield tuple(self.desk.permitted.library.sources())

    def on_work_told(self, event: Work.Told) -> None:
        """List them, those that are marked first."""
        if event.work.kind == "sources" and isinstance(event.event, tuple):
            self._all = tuple(sorted(event.event, key=lambda one: one[0] not in self.marked))
            self._sought = tuple(name.casefold() for name, _ in self._all)
            self._narrow()

    def on_work_failed(self, event: Work.Failed) -> None:
        """Say why there is no list."""
        self.say(event.message, wrong=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._narrow()

    def _narrow(self, at: int | None = None) -> None:
        words = self.query_one("#typed", Input).value[:200].casefold().split()
        pairs = zip(self._all, self._sought, strict=True)
        self._rows = tuple(one for one, sought in pairs if all(word in sought for word in words))
        listed = [self._row(name, count) for name, count in self._rows[:_SHOWN]]
        narrowed = bool(words)
        self.offer([*([] if narrowed else [Content("all sources")]), *listed], at=at or 0)
        self._tell()

    def _row(self, name: str, count: int) -> Content:
        mark = "■" if name in self.marked else "□"
        return Content.assemble(f"{mark} ", wording.line(name), (f"  {count:,}", "dim"))

    def _tell(self) -> None:
        beyond = f" · the first {_SHOWN}: type to find the others" if len(self._rows) > _SHOWN else ""
        marked = f" · marked: {', '.join(self.marked)}" if self.marked else ""
        self.say(f"{len(self._rows):,} source{'s' * (len(self._rows) != 1)}{beyond}{marked}")

    def _at(self, row: int | None) -> str | None:
        """The source of a row; None for the row of all sources."""
        if row is None:
            return None
        row -= self.choices.option_count - len(self._rows[:_SHOWN])
        return self._rows[row][0] if row >= 0 else None

    def action_mark(self) -> None:
        """Mark the source under the cursor, or take the mark off."""
        at = self.choices.highlighted
        if (name := self._at(at)) is None:
            return
        if name in self.marked:
            del self.marked[name]
        else:
            self.marked[name] = None
        self._narrow(at)

    def picked(self, at: int) -> None:
        """Take what is marked, or this source; on the first row, all of them."""
        name = self._at(at)
        self.dismiss(tuple(sorted(self.marked or {name: None})) if name else ())

    def entered(self, typed: str) -> None:
        """Take the only source that is left; else go to the list."""
        if len(self._rows) == 1 and typed.strip():
            self.dismiss(tuple(sorted({*self.marked, self._rows[0][0]})))
        else:
            self.set_focus(self.choices)
