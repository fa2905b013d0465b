"""Ingest in a process of its own, for a front end that must stay quick: reading long texts holds the interpreter.

The parent writes one request to the child's stdin and reads events from its stdout, each as eight bytes (big-endian
length) and a pickle: both ends are this code, and nobody else writes to these pipes. The end of the child's stdin, also
when the parent dies, asks it to stop.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from qa.config import Config, Role
from qa.errors import NewsdeskError
from qa.types import Cancel, IngestReport, Notice, Progress

_LENGTH = struct.Struct(">Q")
_GRACE = 0.7
"""Seconds that a child has to end by itself once it was asked to; what it recorded is kept however it ends."""
_NICE = 5
"""How far the child stands back behind whoever waits for a key to be answered."""
_LAST_WORDS = 2_000
"""Characters of a dead child's stderr that are looked at."""

Event = Notice | Progress | IngestReport


@dataclass(frozen=True, slots=True)
class _Request:
    config: Config
    given: tuple[Path | str, ...]
    withheld: frozenset[Role]
    numbers: tuple[int, ...] | None = None
    """Of what is followed and read again, none for all of it; None where what is ``given`` is read."""


def ingest_apart(
    config: Config,
    given: Sequence[Path | str],
    *,
    withheld: Collection[Role] = (),
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Read what is ``given`` (paths, and addresses as texts) into the library of ``config``, as ``ingest`` does, in a
    child process that leaves a core free.

    Nothing is sent to the servers ``withheld``, and the Chroma index is left to whoever owns it here. Cancelled, it
    ends within a second with a report of what is known. Raises NewsdeskError as ``ingest`` does, and when the child
    dies.
    """
    return _by_child(_Request(config, tuple(map(_whole, given)), frozenset(withheld)), cancel or Cancel())


def refresh_apart(
    config: Config,
    numbers: Sequence[int] = (),
    *,
    withheld: Collection[Role] = (),
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Read what is followed again, or those of these ``numbers``, as ``refresh`` does, in such a child process."""
    return _by_child(_Request(config, (), frozenset(withheld), tuple(numbers)), cancel or Cancel())


def _whole(given: Path | str) -> Path | str:
    """A path as it is from anywhere; one of a home folder is found, or not, where it is read."""
    return given if isinstance(given, str) or str(given).startswith("~") else given.absolute()


def _by_child(asked: _Request, cancel: Cancel) -> Iterator[Event]:
    with tempfile.TemporaryFile() as stderr:
        child = subprocess.Popen(  # the interpreter that runs this, and a module of ours
            [sys.executable, "-P", "-m", "qa.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,  # Ctrl+C in the terminal is the front end's to answer
        )
        assert child.stdin is not None
        assert child.stdout is not None
        timer = threading.Timer(_GRACE, child.kill)
        stdin = child.stdin

        def stop() -> None:
            with suppress(OSError, ValueError):
                stdin.close()
            timer.start()

        try:
            with suppress(BrokenPipeError):
                _send(stdin, asked)
            cancel.on_cancel(stop)
            yield from _events(child.stdout, cancel, lambda: _death(child, stderr))
        finally:
            with suppress(OSError, ValueError):
                stdin.close()
            with suppress(subprocess.TimeoutExpired):
                child.wait(_GRACE)
            child.kill()
            child.wait()
            child.stdout.close()
            timer.cancel()


def _events(stdout: IO[bytes], cancel: Cancel, death: Any) -> Iterator[Event]:
    while True:
        told = _receive(stdout)
        if isinstance(told, NewsdeskError):
            raise told
        if told is None:
            if not cancel.cancelled:
                raise death()
            yield Notice("it was stopped before it could say what it had read; what was recorded is kept")
            yield IngestReport(complete=False)
            return
        yield told
        if isinstance(told, IngestReport):
            return


def _death(child: subprocess.Popen[bytes], stderr: IO[bytes]) -> NewsdeskError:
    code = child.wait()
    how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    stderr.seek(0)
    lines = stderr.read().decode("utf-8", "replace")[-_LAST_WORDS:].strip().splitlines()
    said = f": {lines[-1]}" if lines else ""
    return NewsdeskError(
        f"the process that read the articles died ({how}){said}",
        "What was recorded is kept. Add the same again to go on; `newsdesk ingest` says which file it is reading.",
    )


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """The next value, None at the end of the pipe (also in the middle of a value)."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301 - see the module's docstring


def _main() -> None:
    """The child."""
    os.nice(_NICE)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no event
    asked: _Request | None = _receive(sys.stdin.buffer)
    if asked is None:
        return
    cancel = Cancel()
    threading.Thread(target=_watch, args=(sys.stdin.fileno(), cancel), daemon=True).start()
    with suppress(BrokenPipeError):
        try:
            _read(asked, cancel, out)
        except NewsdeskError as error:
            _send(out, error)


def _watch(stdin: int, cancel: Cancel) -> None:
    with suppress(OSError):
        os.read(stdin, 1)  # not through the buffered file, whose lock would be held when the interpreter ends
    cancel.cancel()


def _read(asked: _Request, cancel: Cancel, out: IO[bytes]) -> None:
    from qa.engine import open_engine
    from qa.following import refresh
    from qa.ingest import ingest

    with open_engine(asked.config, spare_a_core=True) as opened:
        engine = opened.without(asked.withheld)
        if asked.numbers is None:
            events = ingest(engine, asked.given, index=False, cancel=cancel)
        else:
            events = refresh(engine, asked.numbers, index=False, cancel=cancel)
        for event in events:
            _send(out, event)


if __name__ == "__main__":
    # Run as a script this module would be two: what is pickled must be of the one that the parent knows.
    from qa.apart import _main as main

    main()
