"""The keys that a reader may choose, in the configuration: which there are, and whether a choice can hold."""

from __future__ import annotations

import difflib
import json
import pkgutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from itertools import combinations
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, format_key
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

import tui
from qa.errors import ConfigError
from tui.keys import Keymap, bindings_of, keys_of, shown

_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMED = frozenset(key.value for key in Keys) | {f"f{n}" for n in range(1, 25)} | set(KEY_NAME_REPLACEMENTS.values())
_TAKEN = {
    "ctrl+c": "copies what is selected",
    "ctrl+i": "is Tab in a terminal",
    "ctrl+m": "is Enter in a terminal",
    "ctrl+left_square_bracket": "is Esc in a terminal",
}
_LIST = "`newsdesk keys` lists what can be changed."


def checked(keys: Keymap) -> Keymap:
    """``keys`` with each key under its full name ("/" is "slash"). Raises ConfigError with all that is wrong."""
    known = _known()
    wrong = [_unknown(name, known) for name in keys if name not in known]
    keymap: dict[str, str] = {}
    for name, given in keys.items():
        full = [_full(key) for key in given.split(",")]
        named = zip(given.split(","), full, strict=True)
        wrong += [f"{name}: no key is called {key.strip()!r}" for key, known_as in named if not known_as]
        keymap[name] = ",".join(key for key in full if key)
        wrong += [f"{name}: {shown(key)} {why}" for key in full if key and (why := _unfit(key, known.get(name)))]
    if not wrong:
        wrong = sorted({said for bindings in _together() for said in _clashes(bindings, keymap)})
    if wrong:
        raise ConfigError("keys: " + "; ".join(wrong), _LIST)
    return keymap


def listing(keys: Keymap, *, as_json: bool) -> str:
    """What can be changed, with the keys that are in force."""
    keymap, known = checked(keys), _known()
    rows = [(name, keys_of(binding, keymap), binding.description) for name, binding in sorted(known.items())]
    if as_json:
        told = [{"id": name, "keys": list(by), "what": what, "changed": name in keymap} for name, by, what in rows]
        return json.dumps(told, indent=2) + "\n"
    width = max(len(name) for name in known)
    by_width = max(len(" ".join(by)) for _, by, _ in rows)
    lines = [f"{name:{width}}  {' '.join(by):{by_width}}  {what}" for name, by, what in rows]
    first = next(name for name in known if name.startswith("ask."))
    return "\n".join([*lines, "", "Change them in config.toml, for example:", "[keys]", f'"{first}" = "f9,ctrl+g"', ""])


@cache
def _classes() -> tuple[type[DOMNode], ...]:
    """The app, and every screen and widget that has keys of its own."""
    from tui import screens, widgets

    modules = [import_module("tui.app")]
    for package in (screens, widgets):
        modules += [import_module(one.name) for one in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    found: dict[type[DOMNode], None] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__ == module.__name__:
                found[value] = None
    return tuple(found)


@cache
def _known() -> dict[str, Binding]:
    known = [(kind, binding) for kind in _classes() for binding in bindings_of(kind)]
    return {binding.id: binding for _, binding in known if binding.id and binding.description}


def _together() -> Iterator[Mapping[str, Binding]]:
    """Bindings that can be in force at the same time, by id: of each screen with each widget that its module names, and
    the app's where it is no dialog."""
    kinds = _classes()
    app = [kind for kind in kinds if kind.__module__ == "tui.app"]
    for screen in kinds:
        if not issubclass(screen, Screen):
            continue
        around = [screen] if issubclass(screen, ModalScreen) else [screen, *app]
        for widget in [None, *_widgets_of(screen)]:
            nodes = [*around, widget] if widget else around
            yield {one.id: one for node in nodes for one in bindings_of(node) if one.id}


def _widgets_of(screen: type[DOMNode]) -> Iterator[type[Widget]]:
    seen: set[type[Any]] = set()
    pending: list[type[Any]] = [screen]
    while pending:
        kind = pending.pop()
        if kind in seen:
            continue
        seen.add(kind)
        if kind is not screen and issubclass(kind, Widget) and not issubclass(kind, Screen):
            yield kind
        for base in kind.__mro__:
            if base.__module__.startswith(f"{tui.__name__}."):
                named = vars(sys.modules[base.__module__]).values()
                ours = (one for one in named if isinstance(one, type) and one.__module__.startswith("tui."))
                pending += [one for one in ours if issubclass(one, Widget) and not issubclass(one, Screen)]


def _clashes(bindings: Mapping[str, Binding], keymap: Keymap) -> Iterator[str]:
    """Keys that would do two things there, unless they did so before."""
    for (one, first), (other, second) in combinations(bindings.items(), 2):
        if one not in keymap and other not in keymap:
            continue
        both = set(keys_of(first, keymap)) & set(keys_of(second, keymap))
        before = {_full(key) for key in keys_of(first, {})} & {_full(key) for key in keys_of(second, {})}
        for key in sorted(both - before):
            said = f"{one} ({first.description}) and {other} ({second.description})"
            yield f"{shown(key)} is both {said}"


def _unknown(name: str, known: Mapping[str, Binding]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"nothing is called {name!r}" + (f" (perhaps {near[0]}?)" if near else "")


def _unfit(key: str, binding: Binding | None) -> str:
    if key in _TAKEN:
        return _TAKEN[key]
    if binding is not None and binding.priority and len(format_key(key)) == 1:
        return "could then not be typed any more"
    return ""


def _full(key: str) -> str:
    """The name under which Textual knows ``key``; empty where it knows none."""
    *modifiers, last = key.strip().split("+") if key.strip() not in {"+", "ctrl++"} else [key.strip()[:-2], "+"]
    modifiers = [modifier for modifier in modifiers if modifier]
    if not set(modifiers) <= _MODIFIERS or not last:
        return ""
    if len(last) == 1:
        if not last.isprintable() or last.isspace():
            return ""
        if not last.isalnum():
            last = unicodedata.name(last, "").lower().replace("-", "_").replace(" ", "_")
            last = KEY_NAME_REPLACEMENTS.get(last, last)
    elif last not in _NAMED and not _is_character(last):
        return ""
    return "+".join([*modifiers, last]) if last else ""


def _is_character(name: str) -> bool:
    try:
        return bool(unicodedata.lookup(name.replace("_", " ")))
    except KeyError:
        return False
