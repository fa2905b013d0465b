"""SQLite files that several processes open at once: what SQLite itself does not wait for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

_PAUSE = 0.02
_LOOK_MS = 100
"""How long SQLite waits by itself, which nobody can end, before somebody may give up."""


def write_ahead(db: sqlite3.Connection, seconds: float) -> None:
    """Let writers and readers work together (WAL). SQLite does not wait for others who change the same thing, or who
    are just making the file: this does, so many ``seconds`` at most. Raises sqlite3.OperationalError."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_locked(error) or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def begin(db: sqlite3.Connection, patience: Callable[[], float], otherwise_ms: int) -> None:
    """Begin to write, once others who do so have ended. ``patience``, asked again and again, says how many seconds that
    may take; SQLite waits ``otherwise_ms`` for anything else. Raises sqlite3.OperationalError."""
    since = time.monotonic()
    db.execute(f"PRAGMA busy_timeout = {_LOOK_MS}")
    try:
        while True:
            try:
                db.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not is_locked(error) or time.monotonic() - since > patience():
                    raise
    finally:
        db.execute(f"PRAGMA busy_timeout = {otherwise_ms}")


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another process kept a file for too long."""
    return "locked" in str(error)
