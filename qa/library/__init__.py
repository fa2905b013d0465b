"""The library: one record (SQLite), two indexes derived from it (words, meaning)."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.library.catalogue import Stats
    from qa.library.listing import Row
    from qa.library.scope import Scope
    from qa.library.store import Library

__all__ = ["Library", "Row", "Scope", "Stats"]

_HOMES = {"Library": "store", "Row": "listing", "Scope": "scope", "Stats": "catalogue"}


def __getattr__(name: str) -> Any:
    """Loaded when it is asked for: the process that owns the Chroma index needs none of it."""
    if home := _HOMES.get(name):
        return getattr(import_module(f"qa.library.{home}"), name)
    raise AttributeError(f"module 'qa.library' has no attribute {name!r}")
