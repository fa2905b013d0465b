"""Export: a text as a file of the reader's."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qa.errors import InputError
from qa.room import NO_ROOM, has_no_room

_ELSEWHERE = "Name a file in a folder of yours."
_IS_THERE = "Name another file, or choose to overwrite it (--force)."
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}
"""What a file system says that knows no second name of a file."""


def write_export(path: Path, text: str, *, overwrite: bool = False) -> Path:
    """Write a new file that its owner alone can read, whole or not at all; ``~`` is the reader's home. Where it is.

    What a killed process leaves beside it is used up by the next one that writes the same file. Raises InputError when
    it is there already, unless it may be overwritten, and when it cannot be written.
    """
    try:
        path = path.expanduser()
        if path.is_dir():
            raise InputError(f"{path} is a folder", "Name a file in it.")
        if not overwrite and os.path.lexists(path):
            raise InputError(f"{path} is there already", _IS_THERE)
        with _draft(path.with_name(f".{path.name[:100]}.part")) as (draft, handle):
            with open(handle, "w", encoding="utf-8", closefd=False) as file:
                file.write(text)
                file.flush()
                os.fsync(handle)
            put(draft, path, overwrite=overwrite)
    except (OSError, ValueError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path} cannot be written: {why}", NO_ROOM if has_no_room(error) else _ELSEWHERE) from None
    return path


@contextmanager
def _draft(path: Path) -> Iterator[tuple[Path, int]]:
    """An empty file that no other process writes, open; it is gone afterwards. Raises InputError and OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.path.samestat(os.fstat(handle), path.lstat())
        except (BlockingIOError, FileNotFoundError):
            ours = False
        if not ours:
            raise InputError(f"{path} is being written by another program", "Try again in a moment.")
        try:
            os.fchmod(handle, 0o600)
            os.ftruncate(handle, 0)
            yield path, handle
        finally:
            with suppress(OSError):
                if os.path.samestat(os.fstat(handle), path.lstat()):
                    path.unlink()
    finally:
        os.close(handle)


def put(draft: Path, path: Path, *, overwrite: bool) -> None:
    """Give a draft, of the same file system, its name, durably; a file that has come there meanwhile is kept, unless it
    may be overwritten. Raises InputError and OSError."""
    if overwrite or not _linked(draft, path):
        draft.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system whose folders cannot be brought to the disk
            raise
    finally:
        os.close(handle)


def _linked(draft: Path, path: Path) -> bool:
    """Whether a draft has a second name now; False where the file system has no such thing and nothing is there."""
    try:
        os.link(draft, path, follow_symlinks=False)
    except FileExistsError:
        raise InputError(f"{path} is there already", _IS_THERE) from None
    except OSError as error:
        if error.errno not in _NO_LINKS or os.path.lexists(path):
            raise
        return False
    return True
