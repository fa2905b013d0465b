"""Faults of Newsdesk itself, written down where they can be reported from: the platform's log folder, and nothing else.

An entry says which errors they were, one behind the other, and where in the code each was: file, line, function and the
line of code. It has no message and no value of a variable, because either may quote an article or a key; of an error of
the system its number is kept, of a name that was not found the name, which is one of the code's. So whoever reports a
fault can send the whole file.
"""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from traceback import FrameSummary, extract_tb

from qa.version import __version__

FILE = "faults.log"
MOST_BYTES = 200_000
"""Of one file; then it is set aside and another begun."""
KEPT = 3
"""Files that were set aside; the oldest goes."""
_MOST_ERRORS = 6
_FIRST, _LAST = 12, 24
"""Calls that are told of one error; a recursion without end has thousands."""
_LONGEST = 200
"""Characters of a line of code or of a name."""
_NAME = re.compile(r"[^\W\d][\w.]*", re.ASCII)
_OURS = re.compile(r".*/((?:qa|tui)/.+)")
_THEIRS = re.compile(r".*/(?:site-packages|dist-packages|python3\.\d+)/(.+)")


def log_folder() -> Path:
    """The platform's folder for logs (``NEWSDESK_LOG_DIR`` overrides it)."""
    from platformdirs import user_log_path

    override = os.environ.get("NEWSDESK_LOG_DIR")
    return Path(override).expanduser() if override else user_log_path("newsdesk", appauthor=False)


def log_file() -> Path:
    """Where the latest faults are written down, once there was one."""
    return log_folder() / FILE


def write_down(error: BaseException, doing: str, when: datetime | None = None) -> Path | None:
    """Add a fault to the log, met now while ``doing`` (a word of ours); where it is, None when it cannot be written."""
    with suppress(OSError, ValueError, RuntimeError):
        folder = log_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _alone_in(folder):
            _add(folder / FILE, entry(error, doing, when or datetime.now(UTC)))
        return folder / FILE
    return None


def entry(error: BaseException, doing: str, when: datetime) -> str:
    """What the log has of a fault."""
    head = f"{when.isoformat(timespec='seconds')} newsdesk {__version__} {doing}"
    machine = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    told = [head, machine]
    for n, one in enumerate(_chain(error)):
        told += [f"{'because of ' if n else ''}{_named(one)}", *_calls(one)]
    return "\n".join(told) + "\n"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, then what it was raised because of."""
    told: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in told and len(told) < _MOST_ERRORS:
        told.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _named(error: BaseException) -> str:
    """The class of an error, and what of it cannot quote anything."""
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, OSError) and (number := errno.errorcode.get(error.errno or 0)):
        return f"{name}: {number}"
    missing = getattr(error, "name", None) if isinstance(error, AttributeError | NameError | ImportError) else None
    if isinstance(missing, str) and len(missing) <= _LONGEST and _NAME.fullmatch(missing):
        return f"{name}: {missing}"
    return name


def _calls(error: BaseException) -> Iterator[str]:
    """Where an error was raised, the innermost call last."""
    stack = extract_tb(error.__traceback__)
    left_out = len(stack) - _FIRST - _LAST
    for n, call in enumerate(stack):
        if n < _FIRST or n >= _FIRST + left_out:
            yield f"  {_place(call.filename)}:{call.lineno} in {call.name}{_code(call)}"
        elif n == _FIRST:
            yield f"  ({left_out} more)"


def _code(call: FrameSummary) -> str:
    return f": {call.line.strip()[:_LONGEST]}" if call.line else ""


def _place(file: str) -> str:
    """A file of code as it lies in its package: no name of the reader or of a folder of theirs."""
    for form in (_THEIRS, _OURS):
        if found := form.fullmatch(file):
            return found.group(1)
    return Path(file).name


def _add(path: Path, text: str) -> None:
    """Write at the end of a log, or of a new one where that is full. Raises OSError."""
    import logging
    from logging.handlers import RotatingFileHandler

    class Private(RotatingFileHandler):
        """Files that their owner alone can read; a link in the place of one is not followed; errors are raised."""

        def _open(self) -> TextIOWrapper:
            handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            os.fchmod(handle, 0o600)
            return open(handle, "a", encoding="utf-8", errors="backslashreplace")

        def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
            raise  # noqa: PLE0704 - it is called while an error is handled

    log = Private(path, maxBytes=MOST_BYTES, backupCount=KEPT, delay=True)
    try:
        log.emit(logging.makeLogRecord({"msg": text}))
    finally:
        log.close()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """While no other process writes here; the kernel lets go of the folder however this one ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
