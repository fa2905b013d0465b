"""The command line: the same verbs as the app. stdout is the answer, stderr the narration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from qa.cli.parser import build_parser
from qa.errors import ExitCode, NewsdeskError, UsageError
from qa.types import Cancel

__all__ = ["app_options", "main"]


Front = Callable[[argparse.Namespace], int | None]
"""What another front end does with a command of its own (its exit code), or before one of these (None)."""


def main(argv: Sequence[str] | None = None, front: Mapping[str, Front] = MappingProxyType({})) -> int:
    """Run one command and return its exit code. Errors are one message with a remedy, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        options = build_parser().parse_args(arguments)
    except NewsdeskError as error:
        return _failed(error, as_json=as_json)
    from qa.cli import commands, output

    cancel = Cancel()
    try:
        with output.interruptible(cancel):
            done = front[options.command](options) if options.command in front else None
            return int(commands.run(options, cancel) if done is None else done)
    except NewsdeskError as error:
        return _failed(error, as_json=as_json)
    except BrokenPipeError:
        output.abandon_stdout()
        return int(ExitCode.OK)
    except KeyboardInterrupt:
        output.say("interrupted; everything recorded is kept")
        return int(ExitCode.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last edge before a person: no traceback, but where it happened
        return _failed(_unexpected(error), as_json=as_json)


def _failed(error: NewsdeskError, *, as_json: bool) -> int:
    from qa.cli import output

    try:
        output.fail(error, as_json=as_json)
    except BrokenPipeError:
        output.abandon_stdout()
    return int(error.exit_code)


def _unexpected(error: Exception) -> NewsdeskError:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return NewsdeskError(
        f"something went wrong that should not: {type(error).__name__}: {error}{place}",
        "What was recorded is kept. `newsdesk doctor` checks the library; please report the line above.",
    )


def app_options(argv: Sequence[str]) -> dict[str, str | None] | None:
    """The settings when ``argv`` asks for the app (no command); None when it is for the command line."""
    parser = build_parser()
    if any(argument in {"-h", "--help", "--version"} for argument in argv):
        return None
    try:
        options = parser.parse_args(list(argv))
    except UsageError:
        return None  # the command line says what is wrong
    if options.command is not None:
        return None
    names = ("library", "model", "base_url", "rerank", "store", "as_of")
    return {name: getattr(options, name) for name in names}
