"""A verb at work in a thread of its own: its events come back as messages, whatever happens to it."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.message import Message
from textual.screen import Screen

from qa.errors import NewsdeskError
from qa.faultlog import write_down
from qa.types import Cancel, Progress, Usage
from tui.spending import usage_of

if TYPE_CHECKING:
    from qa.engine import Engine

_PROGRESS_EVERY = 0.1
"""Seconds between two messages of progress."""
_A_MOMENT = 1.0
"""Seconds that the app, about to leave, waits for another program that writes."""

Owner = App[Any] | Screen[Any]
Verb = Callable[[Cancel], Iterator[object]]


class Work:
    """One run of a verb. It posts ``Told`` for each event, then ``Ended``, with ``Failed`` before it on an error."""

    @dataclass
    class Told(Message, bubble=False):
        """The verb yielded ``event``."""

        work: Work
        event: object

    @dataclass
    class Failed(Message, bubble=False):
        """The verb raised: what to tell the reader, and what to do about it."""

        work: Work
        message: str
        hint: str
        error: BaseException

    @dataclass
    class Ended(Message, bubble=False):
        """The verb is over."""

        work: Work

    def __init__(self, owner: Owner, kind: str, verb: Verb) -> None:
        """Describe a run of ``verb`` for ``owner``, who gets the messages. ``kind`` names what is done."""
        self.owner = owner
        self.kind = kind
        self.cancel = Cancel()
        self.over = False
        self.usage: Usage | None = None
        """What it cost, as its events said last."""
        self._verb = verb

    def start(self) -> None:
        """Start it in a thread."""
        self.owner.run_worker(self._run, name=self.kind, group=self.kind, thread=True, exit_on_error=False)

    def _run(self) -> None:
        told_at = 0.0
        try:
            for event in self._verb(self.cancel):
                if isinstance(event, Progress) and event.done < event.total:
                    if time.monotonic() - told_at < _PROGRESS_EVERY:
                        continue
                    told_at = time.monotonic()
                self.usage = usage_of(event) or self.usage
                self._post(Work.Told(self, event))
        except NewsdeskError as error:
            self._post(Work.Failed(self, error.message, error.hint, error))
        except BaseException as error:  # noqa: BLE001 - a panic in Rust code is no Exception, and must be told too
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            log = write_down(error, f"app: {self.kind}")
            hint = "This is a fault in Newsdesk; try again, and report it if it comes back"
            hint += f": {log} has what to report." if log else "."
            self._post(Work.Failed(self, f"{self.kind} failed: {what}", hint, error))
        finally:
            self.over = True
            self._post(Work.Ended(self))

    def _post(self, message: Message) -> None:
        with suppress(RuntimeError):  # the app has left, and its loop with it
            self.owner.post_message(message)


def warm(engine: Engine) -> None:
    """Load what the first question needs."""
    import qa.ask  # noqa: F401 - so that the first question finds it loaded

    engine.embedder.embed("newsdesk")
    if not gc.get_freeze_count():  # once; to look through what stays holds up a key by a tenth of a second
        gc.freeze()


def end_child(engine: Engine, busy: Sequence[Work]) -> None:
    """End the Chroma child again and again: the work that waits for it may be about to start it only now. What waits
    for another program that writes is given a moment."""
    since = time.monotonic()
    while any(not work.over for work in busy):
        engine.library.end_chroma()
        if time.monotonic() - since > _A_MOMENT:
            engine.library.hurry()
        time.sleep(0.05)
