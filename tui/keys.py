"""What a reader can do where, and by which keys: read from the bindings of our own screens and widgets, and the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from textual.actions import parse
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import Screen
from textual.widget import Widget

Keymap = Mapping[str, str]
"""Keys that the reader chose, by the id of a binding: ``{"ask.copy": "y,ctrl+y"}``."""

_SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "delete": "Del",
    "backspace": "Backspace",
    "tab": "Tab",
    "home": "Home",
    "end": "End",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that can be done at ``node``: what, by which keys, and whether now."""

    node: DOMNode
    binding: Binding
    keys: tuple[str, ...]
    possible: bool

    @property
    def place(self) -> str:
        """Where it is done: the title of its group."""
        return place(self.node)

    @property
    def by(self) -> str:
        """Its keys as they are shown."""
        return " ".join(dict.fromkeys(map(shown, self.keys)))

    async def perform(self, app: App[Any]) -> None:
        """Do it, with the focus where it is done; nothing where that has gone since it was offered."""
        if not self.node.is_attached and self.node is not app:
            return
        if isinstance(self.node, Widget) and self.node.focusable:
            self.node.screen.set_focus(self.node)
        await app.run_action(self.binding.action, self.node)


def place(node: DOMNode) -> str:
    """The title of the group that ``node``'s bindings stand in."""
    return node.BINDING_GROUP_TITLE or _words(type(node).__name__)


def _words(name: str) -> str:
    """``SentenceList`` as "Sentence list"."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name.removesuffix("Screen"))
    return spaced.strip().capitalize()


def bindings_of(kind: type[DOMNode]) -> tuple[Binding, ...]:
    """The bindings with an id that our own classes give ``kind``, those of the nearest class first."""
    found: dict[str, Binding] = {}
    for cls in kind.__mro__:
        if cls.__module__.partition(".")[0] == "tui":
            for binding in cls.__dict__.get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id:
                    found.setdefault(binding.id, binding)
    return tuple(found.values())


def keys_of(binding: Binding, keymap: Keymap) -> tuple[str, ...]:
    """The keys of ``binding``, the reader's where some were chosen."""
    chosen = keymap.get(binding.id, binding.key) if binding.id else binding.key
    return tuple(key.strip() for key in chosen.split(","))


def shown(key: str) -> str:
    """A key as a reader knows it: ``ctrl+n`` as "Ctrl+N"."""
    *modifiers, last = key.split("+")
    name = _SHOWN.get(last) or format_key(last)
    if modifiers or (len(name) > 1 and name.isascii()):
        name = name[:1].upper() + name[1:]
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def deeds(screen: Screen[Any], keymap: Keymap) -> Iterator[Deed]:
    """All that has a key and a name on ``screen``: where the focus is first, then in what else is in sight, then on the
    screen and in the app, each once."""
    seen: set[str] = set()
    for node in _nodes(screen):
        for binding in bindings_of(type(node)):
            if binding.description and binding.id and binding.id not in seen:
                seen.add(binding.id)
                yield Deed(node, binding, keys_of(binding, keymap), _possible(screen, node, binding))


def _nodes(screen: Screen[Any]) -> Iterator[DOMNode]:
    focused = screen.focused
    inside = [node for node in focused.ancestors_with_self if isinstance(node, Widget)] if focused else []
    yield from (node for node in inside if node is not screen)
    yield from (node for node in screen.query(Widget) if node not in inside and node.is_on_screen)
    yield screen
    if not screen.is_modal:
        yield screen.app


def _possible(screen: Screen[Any], node: DOMNode, binding: Binding) -> bool:
    where, name, parameters = parse(binding.action)
    target = {"app": screen.app, "screen": screen}.get(where, node)
    return bool(target.check_action(name, parameters))
