"""SQLite files that several processes open at once: what SQLite itself does not wait for."""

from __future__ import annotations

import sqlite3
import time

_PAUSE = 0.02


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


def is_locked(error: sqlite3.Error) -> bool:
    """Whether another process kept a file for too long."""
    return "locked" in str(error)
