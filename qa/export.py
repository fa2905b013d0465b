"""Export: a text as a file of the reader's."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from qa.errors import InputError

_ELSEWHERE = "Name a file in a folder of yours."


def write_export(path: Path, text: str, *, overwrite: bool = False) -> Path:
    """Write a new file that its owner alone can read, whole or not at all; ``~`` is the reader's home. Where it is.

    Raises InputError when it is there already, unless it may be overwritten, and when it cannot be written.
    """
    beside: Path | None = None
    try:
        path = path.expanduser()
        if path.is_dir():
            raise InputError(f"{path} is a folder", "Name a file in it.")
        if not overwrite and os.path.lexists(path):
            raise InputError(f"{path} is there already", "Name another file, or choose to overwrite it (--force).")
        beside = path.with_name(f".{path.name[:100]}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except (OSError, ValueError, RuntimeError) as error:
        if beside is not None:
            with suppress(OSError, ValueError):
                beside.unlink(missing_ok=True)
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path} cannot be written: {why}", _ELSEWHERE) from None
    return path
