"""Every error a person can meet, and the exit code it ends a command with.

NewsdeskError(message, hint)
├── UsageError        2   the command, question or date as typed cannot be understood
├── InputError        4   a file, folder or article given as input cannot be read
│   ├── FixtureError  4   an evaluation fixture is wrong; names file and line
│   ├── GateError     4   a gate file, or a run given as a file, is wrong; names file and key
│   └── FetchError    4   an address of the web cannot be fetched, or may not be
├── NotFoundError     4   no such article in the library
├── LibraryError      5   the library folder cannot be used as it is
├── EndpointError     6   the model's server refused, failed or cannot be reached
├── ConfigError       7   the configuration is wrong or incomplete
├── StoreError        8   the shared store refused, failed or cannot be reached
├── BudgetError      13   the next request could cost more than is allowed, so it was not made
└── RecordingError   12   a recording lacks the reply to a request, or cannot be used as it is

``message`` says what is wrong, ``hint`` what to do about it. Edges translate vendor exceptions into these; only the
front ends catch them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of the ``newsdesk`` command (table in the README)."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    STRICT = 3
    INPUT = 4
    LIBRARY = 5
    ENDPOINT = 6
    CONFIG = 7
    STORE = 8
    CHANGED = 9
    REPAIRED = 10
    NEEDS_YOU = 11
    RECORDING = 12
    BUDGET = 13
    GATE = 14
    INTERRUPTED = 130


class NewsdeskError(Exception):
    """What a person is told: ``message`` (what is wrong) and ``hint`` (the remedy)."""

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(NewsdeskError):
    """The command, question or date as typed cannot be understood."""

    code = "usage"
    exit_code = ExitCode.USAGE


class InputError(NewsdeskError):
    """A file, folder or article given as input cannot be read."""

    code = "input"
    exit_code = ExitCode.INPUT


class FixtureError(InputError):
    """An evaluation fixture is wrong; the message names the file and the line."""

    code = "fixture"


class GateError(InputError):
    """A gate file, or a run that is given as a file, is wrong; the message names the file and each key."""

    code = "gate"


class FetchError(InputError):
    """An address of the web cannot be fetched, or may not be."""

    code = "fetch"

    def __init__(
        self, message: str, hint: str = "", *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint)
        self.status = status
        self.retry_after = retry_after


class NotFoundError(NewsdeskError):
    """No such article in the library."""

    code = "not_found"
    exit_code = ExitCode.INPUT


class LibraryError(NewsdeskError):
    """The library folder cannot be used as it is."""

    code = "library"
    exit_code = ExitCode.LIBRARY


class EndpointError(NewsdeskError):
    """The model's server refused, failed or cannot be reached."""

    code = "endpoint"
    exit_code = ExitCode.ENDPOINT


class ConfigError(NewsdeskError):
    """The configuration is wrong or incomplete."""

    code = "config"
    exit_code = ExitCode.CONFIG


class StoreError(NewsdeskError):
    """The shared store refused, failed or cannot be reached."""

    code = "store"
    exit_code = ExitCode.STORE


class BudgetError(NewsdeskError):
    """The next request could cost more than is allowed, or nobody knows what it costs: it was not made."""

    code = "budget"
    exit_code = ExitCode.BUDGET


class RecordingError(NewsdeskError):
    """A recording of a model's replies lacks the reply to a request, or is damaged; names prompt and question, or file
    and line."""

    code = "recording"
    exit_code = ExitCode.RECORDING
