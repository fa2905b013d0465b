"""``newsdesk ingest`` and ``newsdesk sources``: what is read, and what came of it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from qa.cli.session import ended, engine_of, put_result, result_of
from qa.errors import ExitCode, InputError
from qa.render import report_json, report_text
from qa.types import Cancel, IngestReport


def ingest(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Read articles into the library, which is made where there is none. Raises NewsdeskError."""
    from qa.ingest import ingest

    given = [_given(one, options.format) for one in options.paths]
    with engine_of(options, create=True) as engine:
        events = ingest(
            engine,
            given,
            prune=options.prune,
            yes=options.yes,
            again=options.again,
            dry_run=options.dry_run,
            words_only=options.words_only,
            cancel=cancel,
        )
        report = result_of(events, IngestReport)
    return _told(options, report)


def _given(argument: str, named: str | None) -> Any:
    """An argument of ``ingest``: an address of the web, standard input (``-``), or a path."""
    from qa.given import given
    from qa.ingest import MOST_INPUT, of_input

    if argument != "-":
        return given(argument)
    data = sys.stdin.buffer.read(MOST_INPUT + 1)
    if len(data) > MOST_INPUT:
        raise InputError(f"standard input holds more than {MOST_INPUT:,} bytes", "Save it as a file and ingest that.")
    if not data:
        raise InputError("standard input is empty", "Pipe an article into it: newsdesk ingest - --format md < FILE")
    return of_input(data, named or "")


def _told(options: argparse.Namespace, report: IngestReport) -> ExitCode:
    """Print what was read, and how it ended: badly where nothing could be, or with --strict something could not."""
    put_result(options, report_json(report), report_text(report))
    read = report.new + report.changed + report.unchanged + report.copies + report.restored + report.kept_out
    if report.failed and (options.strict or not read):
        return ExitCode.INPUT
    if report.would_prune and not options.dry_run:
        return ExitCode.USAGE
    return ended(report.complete)


def sources(options: argparse.Namespace, cancel: Cancel) -> ExitCode:
    """Act on what is followed. Raises NewsdeskError."""
    from qa.cli import sources as followed

    with engine_of(options, create=True) as engine:
        report = followed.act(engine, options, cancel)
    return ExitCode.OK if report is None else _told(options, report)
