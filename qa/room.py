"""A disk that is full, a quota that is used up, a limit on the size of files: one to a person, many to programs."""

from __future__ import annotations

import errno
import re
import sqlite3

NO_ROOM = "The disk, or what you may use of it, is full: free some space. Nothing that was kept is lost."
"""What a person does about it."""
_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OF_SQLITE = ("disk is full", "disk I/O error")
"""The second where a file would grow beyond its limit."""
_OF_RUST = re.compile(r"(?:os error|Os \{ code:) (\d+)")


def has_no_room(error: BaseException) -> bool:
    """Whether an error (of the system, of SQLite, or in words of a library) means that there is no room to write."""
    if isinstance(error, OSError):
        return error.errno in _ERRORS
    if isinstance(error, sqlite3.Error):
        return any(words in str(error) for words in _OF_SQLITE)
    return any(int(number) in _ERRORS for number in _OF_RUST.findall(str(error)))
