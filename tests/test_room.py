"""Whether an error means that there is no room to write."""

import errno
import sqlite3

import pytest

from qa.room import has_no_room


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (OSError(errno.EFBIG, "File too large"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (sqlite3.OperationalError("database or disk is full"), True),
        (sqlite3.OperationalError("disk I/O error"), True),
        (sqlite3.OperationalError("database is locked"), False),
        (ValueError("An IO error occurred: 'No space left on device (os error 28)'"), True),
        (ValueError("IoError { err: Os { code: 28, kind: StorageFull } }"), True),
        (ValueError("An IO error occurred: 'No such file or directory (os error 2)'"), False),
        (ValueError("the index is 28 kB"), False),
    ],
)
def test_room(error: Exception, full: bool) -> None:
    assert has_no_room(error) is full
