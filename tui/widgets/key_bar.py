"""The bottom line: the keys that matter here, each whole or not at all, and at its end what the answers have cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.app import App
from textual.binding import Binding
from textual.content import Content
from textual.events import Click, Resize
from textual.screen import Screen
from textual.widgets import Static

from tui.keys import shown

_PLACE, _HELP, _LEAVE = 30, -1, 90
"""How soon a key is left out when room is short; those of the screen are 0, 10, 20, 40, … in their order."""
_BACK, _WAY_BACK = 95, 5
"""Where nothing was opened, Esc matters least; on what was opened it is the way back."""
_SOON = {"ask.question": 12, "ask.inspect": 22, "scope.line": 25}
"""What somebody new looks for comes before its turn."""
_SPENT_SHARE = 2
"""What was spent takes at most one part in so many of the line."""


@dataclass(frozen=True, slots=True)
class Item:
    """A key with its name, and how soon it is left out."""

    key: str
    name: str
    rank: int
    press: str = ""
    """The key that a click presses."""
    faint: bool = False

    @property
    def width(self) -> int:
        """Cells it takes, with the blank before and two after it."""
        return cell_len(self.key) + cell_len(self.name) + 3


class KeyBar(Static):
    """Says which keys do something now, the most important first."""

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; width: 100%; background: $panel; color: $footer-description-foreground; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(markup=False, id=id)
        self.items: tuple[Item, ...] = ()
        self.told: tuple[str, ...] = ()
        """What was spent, at length and shorter."""
        self._spots: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_unmount(self) -> None:
        """Follow no longer."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _changed(self, screen: Screen[Any]) -> None:
        if screen is self.screen and self.app.app_focus:
            self.show(items(screen))

    def show(self, items: Iterable[Item]) -> None:
        """Show ``items``, as many as there is room for."""
        self.items = tuple(items)
        self._fill()

    def spent(self, told: Sequence[str]) -> None:
        """Show what was spent: the longest of ``told`` that fits."""
        self.told = tuple(told)
        self._fill()

    def on_resize(self, event: Resize) -> None:
        """Choose anew."""
        self._fill()

    def on_click(self, event: Click) -> None:
        """A click on a key presses it."""
        for start, end, key in self._spots:
            if start <= event.x < end and key:
                self.app.simulate_key(key)

    def _fill(self) -> None:
        room = self.size.width
        told = next((one for one in self.told if cell_len(one) + 2 <= room // _SPENT_SHARE), "")
        width = cell_len(told) + 2 if told else 0
        line, at = Content(""), 0
        self._spots = []
        for item in fitting(self.items, room - width):
            look = "$text-muted" if item.faint else "$footer-key-foreground bold"
            line = line + Content.styled(f" {item.key} ", look)
            line = line + Content.styled(f"{item.name} ", "$text-muted" if item.faint else "")
            self._spots.append((at, at + item.width, item.press))
            at += item.width
        if told:
            line = line + Content(" " * max(0, room - at - width + 1)) + Content.styled(told, "$text-muted")
        self.update(line)


def items(screen: Screen[Any]) -> list[Item]:
    """What can be done now, in the order of the line: on the screen, then in the app."""
    here: list[Item] = []
    places: list[Item] = []
    others: list[Item] = []
    known: set[tuple[int, str]] = set()
    for key, (node, binding, enabled, _) in screen.active_bindings.items():
        if not binding.show or (id(node), binding.action) in known:
            continue
        known.add((id(node), binding.action))
        if not isinstance(node, App):
            here.append(_item(key, binding, _rank(screen, binding, len(here)), enabled))
        elif binding.action.startswith("switch_mode"):
            places += [_item(key, binding, _PLACE, enabled)] if not _current(screen, binding) else []
        else:
            rank = _HELP if binding.id == "app.keys" else _LEAVE if binding.id == "app.leave" else _PLACE + 5
            others.append(_item(key, binding, rank, enabled))
    return [*sorted(here, key=lambda item: item.rank), *places, *others]


def _rank(screen: Screen[Any], binding: Binding, at: int) -> int:
    if "back" in binding.action or "dismiss" in binding.action:
        return _WAY_BACK if len(screen.app.screen_stack) > 1 else _BACK
    rank = _SOON.get(binding.id or "", at * 10)
    return rank + (rank >= _PLACE)


def fitting(wanted: Sequence[Item], room: int) -> list[Item]:
    """Those that fit into ``room`` cells: without the last in rank, and the places in one before any of them goes."""
    kept = list(wanted)
    while kept and sum(item.width for item in kept) > room:
        least = max(reversed(kept), key=lambda item: item.rank)
        if least.rank <= _PLACE and sum(item.rank == _PLACE for item in kept) > 1:
            kept = _places_in_one(kept)
        else:
            kept.remove(least)
    return kept


def _places_in_one(wanted: list[Item]) -> list[Item]:
    places = [item for item in wanted if item.rank == _PLACE]
    if len(places) < 2:
        return wanted
    one = Item(f"{places[0].key}…{places[-1].key}", "Other screens", _PLACE)
    at = wanted.index(places[0])
    return [*wanted[:at], one, *(item for item in wanted[at:] if item.rank != _PLACE)]


def _item(key: str, binding: Binding, rank: int, enabled: bool) -> Item:
    return Item(binding.key_display or shown(key), binding.description, rank, key, not enabled)


def _current(screen: Screen[Any], binding: Binding) -> bool:
    return screen.app.current_mode in binding.action
