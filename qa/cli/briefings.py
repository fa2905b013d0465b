"""What ``newsdesk brief`` does with the briefings that are kept: list, show, compare, delete, restore."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from qa.cli import writing
from qa.cli.output import say_fates
from qa.cli.session import put_result
from qa.dates import parse_day
from qa.engine import Engine
from qa.errors import NotFoundError, UsageError
from qa.render import contrast_json, contrast_text, edition_days, edition_json, editions_text, quotes_in

_NUMBER = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?")
"""A briefing by its number, or one revision of it."""
_MAKES = ("date", "week", "first", "last", "since_last", "length", "topic", "source", "max_cost", "no_standing")
"""Options of a briefing that is made."""


def act(engine: Engine, options: argparse.Namespace) -> bool:
    """Do what is asked of kept briefings; whether anything is. Raises NewsdeskError."""
    asked = [name for name in _ACTIONS if getattr(options, name) not in (None, False)]
    if not asked:
        return False
    if asked[0] != "show" and (options.out or options.format or options.force):
        raise UsageError(f"--{asked[0]} writes no file", "--out, --format and --force go with a briefing and --show.")
    if len(asked) > 1 or any(getattr(options, name) not in (None, [], False) for name in _MAKES):
        raise UsageError(
            f"--{asked[0]} stands alone", "Leave out the options by which a briefing is made, and ask for one thing."
        )
    _ACTIONS[asked[0]](engine, options)
    return True


def _list(engine: Engine, options: argparse.Namespace) -> None:
    listed = engine.journal.briefings.editions(deleted=options.list == "deleted")
    put_result(options, {"briefings": [edition_json(one) for one in listed]}, editions_text(listed))


def _show(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.briefings.get(*_meant(engine, options.show))
    writing.put(options, found, writing.form_of(options))
    say_fates(engine.library.fate, quotes_in(found))


def _compare(engine: Engine, options: argparse.Namespace) -> None:
    before, after = (engine.journal.briefings.get(*_meant(engine, typed)) for typed in options.compare)
    if (before.number, before.revision) == (after.number, after.revision):
        raise UsageError(
            f"both are revision {after.revision} of briefing {after.number}",
            "Name two; ID.N is revision N of briefing ID, and `newsdesk brief --list` shows how many each has.",
        )
    from qa.contrast import contrast

    found = contrast(engine, before, after)
    put_result(options, contrast_json(before, after, found), contrast_text(before, after, found))


def _delete(engine: Engine, options: argparse.Namespace) -> None:
    number, revision = _meant(engine, options.delete)
    if revision is not None:
        raise UsageError("a revision cannot be deleted alone", f"--delete {number} deletes the briefing.")
    found = engine.journal.briefings.delete(number, engine.clock())
    undo = f"`newsdesk brief --restore {found.number}` brings it back"
    put_result(options, edition_json(found), f"briefing {found.number} of {edition_days(found)} is deleted; {undo}\n")


def _restore(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.briefings.restore(options.restore)
    put_result(options, edition_json(found), f"briefing {found.number} of {edition_days(found)} is back\n")


def _meant(engine: Engine, typed: str) -> tuple[int, int | None]:
    """The number of a kept briefing, and its revision where one is named (``3.1``). Typed as a day: of several that end
    on that day, the one of it alone, else the latest made."""
    if found := _NUMBER.fullmatch(typed):
        return int(found.group(1)), int(found.group(2)) if found.group(2) else None
    day = parse_day(typed, engine.today, "the day of a briefing")
    ending = [one for one in engine.journal.briefings.editions() if one.last == day]
    if not ending:
        raise NotFoundError(
            f"no briefing of {day.isoformat()} is kept",
            f"`newsdesk brief --date {day.isoformat()}` makes it; `newsdesk brief --list` shows those that are kept.",
        )
    return max(ending, key=lambda one: (one.first == day and not one.sources and not one.topic, one.made)).number, None


_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace], None]] = {
    "list": _list,
    "show": _show,
    "compare": _compare,
    "delete": _delete,
    "restore": _restore,
}
