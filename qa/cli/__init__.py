"""The command line: the same verbs as the app. stdout is the answer, stderr the narration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from qa.cli.parser import build_parser
from qa.errors import ExitCode, NewsdeskError, UsageError
from qa.faultlog import write_down
from qa.types import Cancel

__all__ = ["Served", "app_options", "main", "serve_options", "unexpected"]


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
        doing = " ".join(filter(None, (options.command, getattr(options, "action", None))))
        return _failed(unexpected(error, write_down(error, doing)), as_json=as_json)


def _failed(error: NewsdeskError, *, as_json: bool) -> int:
    from qa.cli import output

    try:
        output.fail(error, as_json=as_json)
    except BrokenPipeError:
        output.abandon_stdout()
    return int(error.exit_code)


def unexpected(error: Exception, log: Path | None) -> NewsdeskError:
    """An error that nobody foresaw, as it is told; ``log`` is where it was written down."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    told = f", with what {log} has of it, which quotes nothing of yours" if log else ""
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return NewsdeskError(
        f"something went wrong that should not: {type(error).__name__}: {error}{place}",
        f"What was recorded is kept. `newsdesk doctor` checks the library; please report the line above{told}.",
    )


_APP_SETTINGS = ("library", "model", "base_url", "rerank", "store", "as_of")


@dataclass(frozen=True, slots=True)
class Served:
    """What ``newsdesk serve`` was asked for."""

    settings: dict[str, str | None]
    host: str
    port: int


def app_options(argv: Sequence[str]) -> dict[str, str | None] | None:
    """The settings when ``argv`` asks for the app (no command, or a bare ``chat``); None when for the command line."""
    options = _parsed(argv)
    if options is None or options.command not in (None, "chat"):
        return None
    linear = options.command == "chat" and (options.linear or options.continued is not None or options.max_cost)
    return None if linear else {name: getattr(options, name) for name in _APP_SETTINGS}


def serve_options(argv: Sequence[str]) -> Served | None:
    """What ``argv`` wants of ``newsdesk serve``; None when it is another command."""
    options = _parsed(argv)
    if options is None or options.command != "serve":
        return None
    return Served({name: getattr(options, name) for name in _APP_SETTINGS}, options.host, options.port)


def _parsed(argv: Sequence[str]) -> argparse.Namespace | None:
    """The options, None where the command line is to show help or say what is wrong."""
    if any(argument in {"-h", "--help", "--version"} for argument in argv):
        return None
    try:
        return build_parser().parse_args(list(argv))
    except UsageError:
        return None
