"""The command line: the same verbs as the app. stdout is the answer, stderr the narration."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from qa.cli.parser import build_parser
from qa.errors import ExitCode, NewsdeskError
from qa.types import Cancel

__all__ = ["app_options", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Errors are one message with a remedy, never a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = build_parser().parse_args(arguments)
    from qa.cli import commands, output

    cancel = Cancel()
    try:
        with output.interruptible(cancel):
            return int(commands.run(options, cancel))
    except NewsdeskError as error:
        output.fail(error, as_json=getattr(options, "json", False))
        return int(error.exit_code)
    except BrokenPipeError:
        output.abandon_stdout()
        return int(ExitCode.OK)
    except KeyboardInterrupt:
        output.say("interrupted; everything recorded is kept")
        return int(ExitCode.INTERRUPTED)


def app_options(argv: Sequence[str]) -> dict[str, str | None] | None:
    """The settings when ``argv`` asks for the app (no command); None when it is for the command line."""
    parser = build_parser()
    if any(argument in {"-h", "--help", "--version"} for argument in argv):
        return None
    options = parser.parse_args(list(argv))
    if options.command is not None:
        return None
    return {name: getattr(options, name) for name in ("library", "model", "base_url", "as_of")}
