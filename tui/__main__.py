"""The ``newsdesk`` command: the app when no subcommand is given, else the command line, which never loads textual."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from qa.cli import Served, app_options, serve_options, unexpected
from qa.cli import main as command_line
from qa.errors import ExitCode, NewsdeskError
from qa.faultlog import write_down
from qa.render import show


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app or a command, as ``argv`` says; return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if (served := serve_options(arguments)) is not None:
            return _serve(served)
        options = app_options(arguments)
        if options is not None:
            return _app(options)
    except NewsdeskError as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001 - the last edge before a person, as in the command line
        return _told(unexpected(error, write_down(error, "app")))
    return command_line(arguments, {"keys": _keys, "config": _check_keys})


def _keys(options: argparse.Namespace) -> int:
    from qa.config import load_config
    from tui.keymap import listing

    sys.stdout.write(show(listing(load_config().keys, as_json=options.json)))
    return ExitCode.OK


def _check_keys(options: argparse.Namespace) -> None:
    """Say what is wrong with the keys that were set; what is right with them costs no import."""
    from qa.config import load_config

    if keys := load_config().keys:
        from tui.keymap import checked

        checked(keys)


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
    if not in_a_browser and os.environ.get("TERM") == "dumb":
        return _say(
            "this terminal (TERM=dumb) cannot show the app",
            "`newsdesk chat --linear` needs nothing of it; `newsdesk --help` lists the other commands.",
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

    try:
        app = NewsdeskApp(config, as_of=as_of)
    except NewsdeskError as error:
        return _told(error)
    app.desk.given = {name: value for name, value in settings.items() if name != "library"}
    try:
        failure = app.run()
    finally:
        app.desk.close()
    if app.fault is not None:
        return _told(unexpected(app.fault, app.log_of_fault))
    return _told(failure) if failure is not None else app.return_code or ExitCode.OK


def _told(error: NewsdeskError) -> int:
    return _say(error.message, error.hint, error.exit_code)


def _say(message: str, hint: str, code: ExitCode) -> int:
    sys.stderr.write(show(f"newsdesk: {message}\n" + (f"  {hint}\n" if hint else "")))
    return code


if __name__ == "__main__":
    sys.exit(main())
