"""What ``newsdesk brief`` does with the briefings that are kept: list, show, delete, restore."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from qa.cli import writing
from qa.dates import parse_day
from qa.engine import Engine
from qa.errors import NotFoundError, UsageError
from qa.render import edition_days, edition_json, editions_text

Tell = Callable[[dict[str, Any], str], None]
"""Prints a result: as JSON, or as text."""
_LONGEST_NUMBER = 9
"""Digits of the number of a briefing."""
_MAKES = ("date", "week", "first", "last", "topic", "source", "max_cost", "no_standing")
"""Options of a briefing that is made."""


def act(engine: Engine, options: argparse.Namespace, tell: Tell) -> bool:
    """Do what is asked of kept briefings; whether anything is. Raises NewsdeskError."""
    asked = [name for name in _ACTIONS if getattr(options, name) not in (None, False)]
    if not asked:
        return False
    if len(asked) > 1 or any(getattr(options, name) not in (None, []) for name in _MAKES):
        raise UsageError(
            f"--{asked[0]} stands alone", "Leave out the options by which a briefing is made, and ask for one thing."
        )
    _ACTIONS[asked[0]](engine, options, tell)
    return True


def _list(engine: Engine, options: argparse.Namespace, tell: Tell) -> None:
    listed = engine.journal.briefings.editions(deleted=options.list == "deleted")
    tell({"briefings": [edition_json(one) for one in listed]}, editions_text(listed))


def _show(engine: Engine, options: argparse.Namespace, tell: Tell) -> None:
    found = engine.journal.briefings.get(_meant(engine, options.show))
    writing.put(options, found, writing.form_of(options), tell)


def _delete(engine: Engine, options: argparse.Namespace, tell: Tell) -> None:
    found = engine.journal.briefings.delete(_meant(engine, options.delete), engine.clock())
    undo = f"`newsdesk brief --restore {found.number}` brings it back"
    tell(edition_json(found), f"briefing {found.number} of {edition_days(found)} is deleted; {undo}\n")


def _restore(engine: Engine, options: argparse.Namespace, tell: Tell) -> None:
    found = engine.journal.briefings.restore(options.restore)
    tell(edition_json(found), f"briefing {found.number} of {edition_days(found)} is back\n")


def _meant(engine: Engine, typed: str) -> int:
    """The number of a kept briefing, typed as it is or as a day: of several that end on that day, the one of it alone,
    else the latest made."""
    if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER:
        return int(typed)
    day = parse_day(typed, engine.today, "the day of a briefing")
    found = [one for one in engine.journal.briefings.editions() if one.last == day]
    if not found:
        raise NotFoundError(
            f"no briefing of {day.isoformat()} is kept",
            f"`newsdesk brief --date {day.isoformat()}` makes it; `newsdesk brief --list` shows those that are kept.",
        )
    return max(found, key=lambda one: (one.first == day and not one.sources, one.made)).number


_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace, Tell], None]] = {
    "list": _list,
    "show": _show,
    "delete": _delete,
    "restore": _restore,
}
