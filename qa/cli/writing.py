"""In which form ``newsdesk brief`` writes a briefing, and where."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from qa.cli.session import put_result
from qa.errors import InputError, UsageError
from qa.export import write_export
from qa.render import BRIEFING_FORMS, briefing_as, briefing_json, show_line
from qa.types import Briefing

DAY = "{day}"
"""What stands for the last day of a briefing in the name of a file."""


def form_of(options: argparse.Namespace) -> str:
    """The form that is asked for, by name or by the ending of the file. Raises UsageError."""
    if options.out is None:
        if options.force:
            raise UsageError("--force goes with --out", "Name the file that may be overwritten, or leave it out.")
        if options.json and options.format not in (None, "json"):
            raise UsageError(
                f"--json and --format {options.format} were both given", "Give one of them, or a file with --out."
            )
        return "json" if options.json else options.format or "md"
    ending = Path(options.out).suffix.lower().removeprefix(".")
    if options.format is None and ending not in BRIEFING_FORMS:
        endings = ", ".join(f".{name}" for name in BRIEFING_FORMS)
        raise UsageError(f"--out {options.out}: its ending names no form", f"End it in {endings}, or give --format.")
    return options.format or BRIEFING_FORMS[ending]


def expect(options: argparse.Namespace) -> str:
    """The form that is asked for; refused at once where the file cannot be written, before anything is done for it.
    Raises UsageError and InputError."""
    form = form_of(options)
    if options.out is not None and DAY not in options.out:
        path = path_of(options.out)
        if not options.force and os.path.lexists(path):
            raise InputError(f"{path} is there already", "Name another file, or overwrite it with --force.")
        if not path.parent.is_dir():
            raise InputError(f"{path.parent} is no folder", "Make it first, or name a file in another one.")
    return form


def topic_of(options: argparse.Namespace) -> str:
    """What a briefing is to be about; empty for everything. Raises UsageError."""
    topic = " ".join((options.topic or "").split())
    if options.topic is not None and not topic:
        raise UsageError("--topic is empty", 'Name a subject: --topic "customs union".')
    return topic


def put(options: argparse.Namespace, briefing: Briefing, form: str) -> None:
    """Print a briefing, or write it to the file of ``--out`` and say so. Raises InputError."""
    text = briefing_as(form, briefing)
    if options.out is None:
        if form == "json":
            put_result(options, briefing_json(briefing), text)
        else:
            put_result(options, {}, text)
        return
    path = path_of(options.out.replace(DAY, briefing.last.isoformat()))
    try:
        write_export(path, text, overwrite=options.force)
    except InputError as error:
        kept = f" `newsdesk brief --show {briefing.number} --out FILE` writes it." if briefing.number else ""
        raise InputError(error.message, f"{error.hint}{kept}") from None
    told = {"number": briefing.number, "format": form, "file": str(path), "characters": len(text)}
    put_result(options, told, f"briefing of {briefing.last.isoformat()} written to {show_line(str(path))}\n")


def path_of(name: str) -> Path:
    """A file as it was named, `~` being the reader's home. Raises InputError."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise InputError(f"{name} names the home of an unknown user", "Write the path out.") from None
