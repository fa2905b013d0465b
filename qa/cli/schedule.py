"""What ``newsdesk schedule`` prints: the briefing of these options and settings, as cron and systemd would run it."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

from qa.cli import writing
from qa.config import carried, keys_outside
from qa.engine import Engine
from qa.errors import UsageError
from qa.period import parse_length
from qa.render import WEEKDAYS, Timetable
from qa.retrieve import known_sources

_AT = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_MOVING = frozenset({"today", "yesterday"})
"""Days that are other ones each time."""
_MONTHS = (1, 7)
"""Months in which two time zones are compared: one of them has summer time."""


def timetable(engine: Engine, options: argparse.Namespace) -> Timetable:
    """When and how the briefing of ``options`` is to be made. Raises UsageError for options of which each day's
    briefing would be the same, or could not be written."""
    _check(options)
    known_sources(engine, options.source)
    if options.length is not None:
        parse_length(options.length)
    on = _weekday(options)
    command = (*_program(), *_words(engine, options, on))
    environment = carried(engine.config)
    if unfit := next((word for word in (*command, *environment.values()) if not word.isprintable()), None):
        raise UsageError(f"{unfit!r} has a character that no crontab can hold", "Name it without line breaks.")
    return Timetable(command, environment, _at(options.at), on, _zone(engine), tuple(_remarks(engine, options)))


def _check(options: argparse.Namespace) -> None:
    for name, given in (("--date", options.date), ("--week", options.week), ("--to", options.last)):
        if given and given.strip().lower() not in _MOVING:
            raise UsageError(f"{name} {given} is the same days each time", f"Write {name} yesterday, or leave it out.")
    if options.as_of:
        raise UsageError("--as-of looks from one day for ever", "Leave it out: each briefing looks from its own day.")
    writing.form_of(argparse.Namespace(**vars(options) | {"json": False}))
    if options.out and writing.DAY not in options.out and not options.force:
        raise UsageError(
            f"--out {options.out} is there already the second time",
            f"Put the day into its name ({writing.DAY}.html), or give --force to overwrite it.",
        )


def _at(typed: str) -> time:
    if not (found := _AT.fullmatch(typed.strip())):
        raise UsageError(f"--at {typed} is no time of day", "Write it as 07:00 or 18:30.")
    return time(int(found.group(1)), int(found.group(2)))


def _weekday(options: argparse.Namespace) -> int | None:
    if options.on is None:
        return None if options.week is None else 0
    typed = options.on.strip().lower()
    found = [n for n, name in enumerate(WEEKDAYS) if len(typed) >= 3 and name.startswith(typed)]
    if not found:
        raise UsageError(f"--on {options.on} is no day of the week", f"Write one of {', '.join(WEEKDAYS)}.")
    return found[0]


def _program() -> list[str]:
    """The command that runs now, by its absolute path."""
    beside = Path(sys.executable).with_name("newsdesk")
    for path in (Path(sys.argv[0]), beside):
        if path.name == "newsdesk" and path.is_file():
            return [str(path.absolute())]
    found = shutil.which("newsdesk")
    return [str(Path(found).absolute())] if found else [sys.executable, "-m", "tui"]


def _words(engine: Engine, options: argparse.Namespace, on: int | None) -> Iterator[str]:
    """The words behind the command: the library, the settings given here, and the options of the briefing."""
    yield from ("--library", str(engine.library.path), "brief")
    for name in _VALUED:
        value = getattr(options, name, None)
        if value:
            yield from (_option(name), str(value))
    for source in options.source:
        yield from ("--source", source)
    if options.index != "auto":
        yield from ("--index", options.index)
    if options.week is not None:
        yield from ("--week", options.week or ("yesterday" if on == 0 else "today"))
    yield from (_option(name) for name in _SWITCHES if getattr(options, name, False))
    if options.out:
        yield from ("--out", str(writing.path_of(options.out).absolute()))
    if options.format:
        yield from ("--format", options.format)


_VALUED = ("model", "base_url", "rerank", "store", "max_cost", "length", "topic", "date", "first", "last")
_SWITCHES = ("since_last", "no_standing", "force")
_NAMES = {"first": "from", "last": "to"}


def _option(name: str) -> str:
    return f"--{_NAMES.get(name, name).replace('_', '-')}"


def _zone(engine: Engine) -> str | None:
    """The library's time zone where it has one of its own that is not the machine's."""
    zone = engine.library.zone
    name = getattr(zone, "key", None)
    if zone is None or name is None:
        return None
    year = engine.today.year
    moments = [datetime(year, month, 1, tzinfo=zone) for month in _MONTHS]
    return None if all(moment.utcoffset() == moment.astimezone().utcoffset() for moment in moments) else name


def _remarks(engine: Engine, options: argparse.Namespace) -> Iterator[str]:
    yield "It reads what is in the library by then: have `newsdesk ingest` run before it, if articles come in by files."
    for name in keys_outside(engine.config):
        yield f"The key in {name} is not written here: put it into a file, and name that in config.toml (api_key_file)."
    if options.out is None:
        yield "It is printed (cron mails it, systemd logs it) and kept in the library: `newsdesk brief --show DAY`."
