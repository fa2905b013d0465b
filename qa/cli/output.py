"""What the command line writes: the answer to stdout, everything else to stderr; all of it through ``show``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from qa.errors import NewsdeskError
from qa.render import dumps, error_json, fates_text, show, show_line
from qa.types import Cancel, Citation, Fate, Notice, Progress


def put(text: str) -> None:
    """The answer, on stdout, whatever is in it. A character the terminal cannot show becomes a question mark."""
    text = show(text)
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def put_utf8(text: str) -> None:
    """A file on stdout: UTF-8 whatever the terminal can show, and its line ends as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8"))
    sys.stdout.buffer.flush()


def put_json(value: Any) -> None:
    """One JSON value on a line of stdout."""
    put(dumps(value) + "\n")


class _ProgressLine:
    """The line of progress, which is written over."""

    shown = False


def say(text: str) -> None:
    """A line of narration on stderr."""
    clear_progress()
    print(show(text), file=sys.stderr)


def say_fates(fate: Callable[[Citation], Fate], cited: Iterable[Citation]) -> None:
    """Which of the cited articles are not as they were, a line each on stderr: what was kept is printed as it was."""
    told = fates_text({one: fate(one) for one in dict.fromkeys(cited)})
    if told:
        say(told)


def fail(error: NewsdeskError, *, as_json: bool) -> None:
    """The one message of an error; with ``--json`` on stdout as well-formed JSON."""
    if as_json:
        put_json(error_json(error))
        return
    say(f"newsdesk: {error.message}")
    if error.hint:
        say(f"  {error.hint}")


def narrate(event: Notice | Progress) -> None:
    """A notice as a line; progress on a line of its own that is written over, when stderr is a terminal."""
    if isinstance(event, Notice):
        say(show_line(event.text))
    elif sys.stderr.isatty():
        left = f", about {_span(event.seconds_left)} left" if event.seconds_left else ""
        total = f" of {event.total}" if event.total else ""
        count = f": {event.done}{total}" if event.done or total else "…"
        host = f" from {show_line(event.host)}" if event.host else ""
        sys.stderr.write(f"\r\x1b[K{show_line(event.stage)}{host}{count}{left}")
        sys.stderr.flush()
        _ProgressLine.shown = True


def clear_progress() -> None:
    """Remove the progress line, if there is one."""
    if _ProgressLine.shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
        _ProgressLine.shown = False


def abandon_stdout() -> None:
    """The reader of stdout went away (``| head``): nothing more can be written, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def interruptible(cancel: Cancel) -> Iterator[None]:
    """The first Ctrl-C asks the running verb to stop and keep what it has; the second one ends at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()

    try:
        before = signal.signal(signal.SIGINT, stop)
    except ValueError:  # not the main thread: whoever runs us handles Ctrl-C
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, where lines are read and nothing runs that would have to be asked to stop."""
    try:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
