"""The library: one record (SQLite), two indexes derived from it (words, meaning)."""

from qa.library.catalogue import Stats
from qa.library.listing import Row
from qa.library.scope import Scope
from qa.library.store import Library

__all__ = ["Library", "Row", "Scope", "Stats"]
