"""The ``newsdesk`` command: the app when no subcommand is given, else the command line, which never loads textual."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from qa.cli import Served, app_options, serve_options
from qa.cli import main as command_line
from qa.errors import ExitCode, NewsdeskError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app or a command, as ``argv`` says; return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if (served := serve_options(arguments)) is not None:
            return _serve(served)
        options = app_options(arguments)
    except NewsdeskError as error:
        return _told(error)
    return command_line(arguments) if options is None else _app(options)


def _serve(served: Served) -> int:
    from qa.config import load_config
    from tui.serve import serve

    settings = dict(served.settings)
    settings.pop("as_of")
    load_config(**settings)  # what is wrong with them is said here, not to the first visitor
    return serve(served.settings, served.host, served.port)


def _app(options: Mapping[str, str | None]) -> int:
    in_a_browser = "TEXTUAL_DRIVER" in os.environ
    if not in_a_browser and not all(s is not None and s.isatty() for s in (sys.stdin, sys.stdout, sys.stderr)):
        return _say(
            "the app needs a terminal for its input and its output",
            "`newsdesk chat --linear` needs none, nor does `newsdesk ask`; `newsdesk --help` lists the other commands.",
            ExitCode.USAGE,
        )
    from qa.config import load_config

    settings = dict(options)
    as_of = settings.pop("as_of", None)
    try:
        config = load_config(**settings)
    except NewsdeskError as error:
        return _told(error)
    from tui.app import NewsdeskApp

    app = NewsdeskApp(config, as_of=as_of)
    app.desk.remembered = app.desk.state.read()
    try:
        failure = app.run()
    finally:
        app.desk.close()
    return _told(failure) if failure is not None else app.return_code or ExitCode.OK


def _told(error: NewsdeskError) -> int:
    return _say(error.message, error.hint, error.exit_code)


def _say(message: str, hint: str, code: ExitCode) -> int:
    from qa.render import show

    sys.stderr.write(show(f"newsdesk: {message}\n" + (f"  {hint}\n" if hint else "")))
    return code


if __name__ == "__main__":
    sys.exit(main())
