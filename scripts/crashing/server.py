"""A process that has everything imported and forks one child a trial: starting Python anew would cost most of a trial.

It is started with the shim preloaded, reads a job a line from standard input and answers with a line on standard
output. It has no threads and opens no library itself, so that a fork copies no lock that somebody holds.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crashing.reopened import Expected, described, losses
from crashing.shim import arm
from crashing.steps import Place, do
from qa.errors import NewsdeskError

_SUBREAPER = 36
"""``PR_SET_CHILD_SUBREAPER`` (prctl(2)): what a killed child leaves behind becomes ours, and can be waited for."""
_MOST, _LONGEST_TOLD = 50, 8_000
"""Losses, and characters of a traceback, that are told: what a pipe holds before anybody reads it."""
_LONGEST = 180.0
"""Seconds after which a trial has hung."""


@dataclass(frozen=True, slots=True)
class Job:
    """What one child does: steps, or (with ``expected``) look at what is there."""

    library: str
    inbox: str
    fixtures: str
    told: str
    steps: tuple[str, ...] = ()
    shim: dict[str, str] = field(default_factory=dict)
    """What tells the shim its plan; empty: nothing happens."""
    kill_after: float | None = None
    """Seconds after which the child and all its children are killed."""
    largest: int | None = None
    """The most bytes that a file may have (RLIMIT_FSIZE)."""
    expected: dict[str, Any] | None = None
    describe: tuple[str, ...] | None = None
    """Describe what is there; ids of the articles that were there at the beginning."""

    @property
    def place(self) -> Place:
        """Where it works."""
        return Place(Path(self.library), Path(self.inbox), Path(self.fixtures), Path(self.told))


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    exit_code: int
    """0; the negative number of the signal that ended it; 3 after an error that a person is told; 4 after another."""
    seconds: float
    said: Any = None
    """What it found; of an error the message and its remedy, or the traceback."""
    hung: bool = False
    """Whether it had to be ended, long after its time."""


def serve() -> None:
    """Answer jobs until standard input ends."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)
    _load()
    for line in sys.stdin:
        job = Job(**json.loads(line))
        print(json.dumps(asdict(_held(job))), flush=True)


def _load() -> None:
    """Import what every trial needs and load the model, whose session has no threads; start nothing."""
    import numpy  # noqa: F401 - for the children
    import sentencex  # noqa: F401
    import tantivy  # noqa: F401
    import tokenizers  # noqa: F401
    import yaml  # noqa: F401

    import qa.library.child
    import qa.library.words  # noqa: F401
    from qa.embed import Embedder

    Embedder(1).embed("A ferry has left.")


def _held(job: Job) -> Ended:
    """One child from its fork until it and all it started are gone."""
    reading, writing = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _as_child(job, writing)
    os.close(writing)
    with suppress(ProcessLookupError, PermissionError):
        os.setpgid(child, child)
    try:
        status, hung = _waited(child, started, job.kill_after)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    seconds = time.monotonic() - started
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-child, 0)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    return Ended(os.waitstatus_to_exitcode(status), seconds, json.loads(said) if said else None, hung)


def _waited(child: int, started: float, kill_after: float | None) -> tuple[int, bool]:
    """Wait for a child, killing it and its children when their time has come: how it ended, and whether it hung."""
    limit = _LONGEST if kill_after is None else kill_after
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status, False
        if time.monotonic() - started > limit:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1], kill_after is None
        time.sleep(0.001)


def _as_child(job: Job, writing: int) -> None:
    """Do the job in this process, which ends here."""
    code = 0
    said: Any = None
    try:
        os.setpgid(0, 0)
        if job.largest is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest, job.largest))
        if job.shim:
            arm(job.shim)
        if job.expected is not None:
            said = losses(job.place, Expected(**job.expected))[:_MOST]
        elif job.describe is not None:
            said = described(job.place, job.describe)
        else:
            do(job.place, job.steps)
    except NewsdeskError as error:
        code, said = 3, [error.message, error.hint]
    except BaseException:  # noqa: BLE001 - whatever it is, it is told
        code, said = 4, traceback.format_exc()[-_LONGEST_TOLD:]
    if said is not None:
        os.write(writing, json.dumps(said).encode())
    os._exit(code)


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):  # whoever asked has gone
        serve()
