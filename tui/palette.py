"""The command palette's list: everything that can be done now, on the screen and in the app, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from qa.render import show_line
from tui.keys import deeds

if TYPE_CHECKING:
    from tui.app import NewsdeskApp


@dataclass(frozen=True, slots=True)
class Command:
    """An entry: its name, what it does and by which key, and how to do it. Names are shown, never read as markup."""

    name: str
    what: str
    do: Callable[[], Any]


class Actions(Provider):
    """What is possible now, first on the screen, then in the app; what is not possible now is not offered."""

    async def discover(self) -> Hits:
        """All of it, in its order."""
        for command in self._commands():
            yield DiscoveryHit(_safe(command.name), command.do, command.name, cast(str, _safe(command.what)))

    async def search(self, query: str) -> Hits:
        """What matches ``query`` by its name."""
        search = self.matcher(query).fuzzy_search
        for command in self._commands():
            name = _safe(command.name)
            score, offsets = search.match(query, name.plain)
            if score > 0:
                for at in offsets:
                    name = name.stylize(self.match_style or "underline", at, at + 1)
                yield Hit(score, name, command.do, command.name, cast(str, _safe(command.what)))

    def _commands(self) -> Iterator[Command]:
        app = cast("NewsdeskApp", self.app)
        known: set[str] = set()
        for deed in deeds(self.screen, app.keymap):
            if deed.possible and deed.binding.action not in {"command_palette", "app.command_palette"}:
                name = deed.binding.tooltip or deed.binding.description
                known.add(name)
                yield Command(name, f"{deed.place} · {deed.by}", lambda deed=deed: deed.perform(app))  # type: ignore[misc]
        for command in app.get_system_commands(self.screen):
            if command.title not in known:
                yield Command(command.title, command.help, command.callback)


def _safe(words: str) -> Content:
    return Content(show_line(words))
