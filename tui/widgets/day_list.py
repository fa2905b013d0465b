"""The days that have a briefing, and those whose articles have none yet: where one is picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets.option_list import Option

from qa.render import edition_days
from qa.types import Edition
from tui import wording
from tui.widgets.steady_list import SteadyList


@dataclass(frozen=True, slots=True)
class Unbriefed:
    """A day with articles of which no briefing is kept."""

    day: date
    articles: int


@dataclass(frozen=True, slots=True)
class SinceLast:
    """The days after the latest briefing, of all sources, when several of them have articles."""

    first: date
    day: date
    """The last of them."""
    days: int
    articles: int


Entry = Edition | Unbriefed | SinceLast
MOST = 400
"""Days shown, the latest; any other can be typed."""


class DayList(SteadyList):
    """Kept briefings and days without one, the latest first; Enter picks one."""

    DEFAULT_CSS = """
    DayList { min-width: 12; border: none; padding: 0; background: $background; }
    DayList:focus { border: none; background-tint: $background 0%; }
    DayList > .option-list--option { padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Next", show=False, id="days.next"),
        Binding("k", "cursor_up", "Previous", show=False, id="days.previous"),
        Binding("enter", "select", "Read", id="briefing.read"),
        Binding("delete", "forget", "Delete", id="briefing.delete"),
    ]

    @dataclass
    class Picked(Message):
        """The reader wants to read the briefing of ``entry``, or to have it written."""

        entry: Entry

    @dataclass
    class Forgotten(Message):
        """The reader wants to delete the briefing ``edition``."""

        edition: Edition

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, markup=False)
        self.entries: tuple[Entry, ...] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        """Show ``entries``; the cursor stays on the day it was on."""
        at = self.current
        self.entries = tuple(entries)
        self.set_options(Option(_prompt(entry)) for entry in self.entries)
        if self.entries:
            self.highlighted = next((n for n, one in enumerate(self.entries) if at and same(one, at)), 0)

    def point_at(self, number: int | None, day: date) -> None:
        """Put the cursor on the briefing ``number``, or on a day without one."""
        for n, entry in enumerate(self.entries):
            if isinstance(entry, SinceLast):
                continue
            if entry.number == number if isinstance(entry, Edition) else entry.day == day:
                self.highlighted = n
                return

    @property
    def current(self) -> Entry | None:
        """What is under the cursor."""
        at = self.highlighted
        return self.entries[at] if at is not None and at < len(self.entries) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is kept can be deleted."""
        return isinstance(self.current, Edition) if action == "forget" else True

    def action_forget(self) -> None:
        """Delete the briefing under the cursor."""
        if isinstance(entry := self.current, Edition):
            self.post_message(self.Forgotten(entry))

    def on_option_list_option_highlighted(self, event: SteadyList.OptionHighlighted) -> None:
        """What can be done depends on what is under the cursor."""
        event.stop()
        self.refresh_bindings()

    def on_option_list_option_selected(self, event: SteadyList.OptionSelected) -> None:
        """Enter or a click."""
        event.stop()
        if (entry := self.current) is not None:
            self.post_message(self.Picked(entry))


def entries(editions: Sequence[Edition], days: Sequence[tuple[date, int]], as_of: date) -> list[Entry]:
    """What there is to pick from, not newer than ``as_of``: the latest first."""
    kept = [one for one in editions if one.last <= as_of]
    briefed = {one.last for one in kept if one.first == one.last and _is_of_all(one)}
    found: list[Edition | Unbriefed] = [*kept]
    found += (Unbriefed(day, count) for day, count in days if day <= as_of and day not in briefed)
    gap = since_last(editions, days, as_of)
    return [*([gap] if gap and gap.first != gap.day else []), *sorted(found, key=_order, reverse=True)[:MOST]]


def since_last(editions: Sequence[Edition], days: Sequence[tuple[date, int]], as_of: date) -> SinceLast | None:
    """The days with articles after the latest briefing of all sources, up to ``as_of``; None where there are none, or
    no briefing is kept."""
    last = max((one.last for one in editions if _is_whole(one) and one.last <= as_of), default=None)
    later = [(day, count) for day, count in days if last is not None and last < day <= as_of]
    if not later:
        return None
    first, latest = min(later)[0], max(later)[0]
    return SinceLast(first, latest, len(later), sum(count for _, count in later))


def _is_of_all(one: Edition) -> bool:
    """Whether it is of all articles of its days: of every source, and of no subject alone."""
    return not one.sources and not one.topic


def _is_whole(one: Edition) -> bool:
    return one.complete and _is_of_all(one)


def _order(entry: Edition | Unbriefed) -> tuple[date, bool, date, int]:
    """By last day, days without a briefing first, then the shorter windows."""
    if isinstance(entry, Unbriefed):
        return entry.day, True, entry.day, 0
    return entry.last, False, entry.first or date.min, entry.number


def same(one: Entry, other: Entry) -> bool:
    """Whether both are the same briefing, or of the same day."""
    if isinstance(one, Edition) and isinstance(other, Edition):
        return one.number == other.number
    if isinstance(one, SinceLast) or isinstance(other, SinceLast):
        return type(one) is type(other)
    days = [entry.day if isinstance(entry, Unbriefed) else entry.last for entry in (one, other)]
    return days[0] == days[1]


def _prompt(entry: Entry) -> Content:
    """Two lines: the days with a shape that tells what is kept from what is not, and the counts."""
    if isinstance(entry, SinceLast):
        said = f"  {entry.articles:,} articles, {entry.days} days"
        return Content("\n").join([wording.line("▷ since the last one"), wording.line(said, "dim")])
    if isinstance(entry, Unbriefed):
        plural = "s" * (entry.articles != 1)
        return Content("\n").join(
            [wording.line(f"□ {entry.day.isoformat()}"), wording.line(f"  {entry.articles:,} article{plural}", "dim")]
        )
    parts = [f"{entry.stories} stor{'y' if entry.stories == 1 else 'ies'}"]
    parts += [f"▲{entry.updates}"] if entry.updates else []
    parts += [f"▽{entry.seen}"] if entry.seen else []
    parts += [f"rev. {entry.revision}"] if entry.revision > 1 else []
    parts += ["broken off"] if not entry.complete else []
    parts += [f"“{entry.topic}”"] if entry.topic else []
    parts += [", ".join(entry.sources)] if entry.sources else []
    return Content("\n").join(
        [wording.line(f"■ {edition_days(entry)}", "bold"), wording.line(f"  {' '.join(parts)}", "dim")]
    )
