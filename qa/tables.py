"""The tables ``[libraries.NAME]`` of config.toml: libraries with a name, and with settings of their own."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.errors import ConfigError

NONE = frozenset({"", "none"})
"""What is written for "none at all"."""
REFUSABLE = ("model", "embedder", "store")
"""Servers that a library can do without: what its table says of them is a promise, which no environment breaks."""
_NAME = re.compile(r"[\w-][\w. -]{0,39}")


@dataclass(frozen=True, slots=True)
class Named:
    """A library of the settings file."""

    name: str
    path: Path
    settings: Mapping[str, str]
    """What it overrides."""

    @property
    def refused(self) -> tuple[str, ...]:
        """The servers that nothing of this library may be sent to."""
        return tuple(one for one in REFUSABLE if self.settings.get(one, "x").strip().lower() in NONE)


def read_tables(
    raw: Any, where: Path, known: Sequence[str], as_texts: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> tuple[Named, ...]:
    """The libraries of a settings file; ``known`` are the settings that a table may have, ``as_texts`` writes switches
    and numbers among them as texts. Raises ConfigError."""
    if not isinstance(raw, dict) or not all(isinstance(table, dict) for table in raw.values()):
        raise ConfigError(f"{where}: libraries must be tables", 'Write [libraries.NAME] and below it path = "…".')
    named = tuple(_read(name, as_texts(table), where, known) for name, table in raw.items())
    for n, one in enumerate(named):
        if same := next((other for other in named[:n] if _same(one.path, other.path)), None):
            message = f"{where}: libraries {same.name} and {one.name} are the same folder"
            raise ConfigError(message, "Give each library a folder of its own, or one name.")
    return named


def _read(name: str, table: Mapping[str, Any], where: Path, known: Sequence[str]) -> Named:
    at = f"{where}: [libraries.{name[:40]}]"
    if not _NAME.fullmatch(name):
        raise ConfigError(f"{at} is no name for a library", "Use letters, digits, spaces and hyphens, forty at most.")
    if unknown := sorted(table.keys() - {*known, "path"}):
        raise ConfigError(
            f"{at}: unknown setting {unknown[0]!r}", f"A library has path, and: {', '.join(sorted(known))}."
        )
    settings = {key: value for key, value in table.items() if key != "path"}
    for key, value in settings.items():
        if not isinstance(value, str) or not (value.strip() or key in REFUSABLE):
            raise ConfigError(f"{at}: {key} must be a text that is not empty", f'Write {key} = "…".')
    return Named(name, _path(table.get("path"), at), settings)


def _path(raw: Any, at: str) -> Path:
    remedy = 'Write path = "~/news" or another folder, from / or ~ on.'
    if not isinstance(raw, str) or "\x00" in raw or not raw.startswith(("/", "~")):
        raise ConfigError(f"{at}: path must name a folder", remedy)
    try:
        return Path(raw).expanduser()
    except RuntimeError:
        raise ConfigError(f"{at}: path names the home of an unknown user", remedy) from None


def table_of(library: str, tables: Sequence[Named]) -> Named | None:
    """The library of this name or, where none is called so, of this folder, however it is written."""
    if found := next((one for one in tables if one.name == library), None):
        return found
    if "\x00" in library:
        return None
    return next((one for one in tables if _same(Path(os.path.expanduser(library)), one.path)), None)


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
