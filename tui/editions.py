"""What the briefing screen has done by workers: list, look up, write, delete, restore and export briefings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qa.errors import LibraryError
from qa.export import write_export
from qa.period import Period, parse_period
from qa.render import briefing_html, briefing_json, briefing_markdown, dumps
from qa.types import Briefing, Cancel, Edition, Notice
from tui.questions import unanswered
from tui.scope import Scope
from tui.screens.export import Destination
from tui.widgets.day_list import Entry, entries

if TYPE_CHECKING:
    from qa.engine import Engine

_SINCE = re.compile(r"since (?:the |my )?(?:last|latest|previous) (?:briefing|one)", re.I)
_FORMS: Mapping[str, Callable[[Briefing], str]] = {
    "md": briefing_markdown,
    "html": briefing_html,
    "json": lambda briefing: dumps(briefing_json(briefing)) + "\n",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """What there is to pick from."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Unkept:
    """No briefing of the days is kept that is still of all their articles: it is to be written."""

    period: Period
    since_last: bool = False
    """Whether it is that of the days since the last one, whatever they are, with what came late."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A briefing as it was kept, and the standing questions that were added since."""

    briefing: Briefing
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A kept briefing was deleted, or brought back."""

    edition: Edition


@dataclass(frozen=True, slots=True)
class Exported:
    """An export is in its file."""

    file: str
    characters: int


def listed(engine: Engine, as_of: date) -> Iterator[Notice | Listed]:
    """The kept briefings and the days without one, not newer than ``as_of``; the days alone where the journal cannot be
    read."""
    editions: list[Edition] = []
    try:
        editions = engine.journal.briefings.editions() if engine.config.journal else editions
    except LibraryError as error:
        yield Notice(f"kept briefings are not listed: {error.message}. {error.hint}")
    yield Listed(tuple(entries(editions, engine.library.days(), as_of)))


def looked_up(engine: Engine, typed: str, scope: Scope) -> Iterator[Kept | Unkept]:
    """The kept briefing of what was typed, or of the scope's days; Unkept where it is to be written, also because the
    journal cannot be read, which the briefing will say."""
    from qa.brief import kept_briefing
    from qa.dates import parse_day

    as_of = parse_day(scope.as_of, engine.today, "--as-of") if scope.as_of else engine.today
    if _SINCE.fullmatch(typed.strip()):
        yield Unkept(Period(), since_last=True)
        return
    period = parse_period(typed, as_of) if typed.strip() else scope.period
    found = None
    with suppress(LibraryError):
        found = kept_briefing(
            engine, day=period.day, first=period.first, last=period.last, as_of=scope.as_of, sources=scope.sources
        )
    yield Kept(found, unanswered(engine, found)) if found else Unkept(period)


def read(engine: Engine, number: int) -> Iterator[Kept]:
    """A kept briefing."""
    found = engine.journal.briefings.get(number)
    yield Kept(found, unanswered(engine, found))


def written(engine: Engine, of: Unkept, scope: Scope, cancel: Cancel) -> Iterator[object]:
    """The events of the briefing of a period, or of the days since the last one."""
    from qa.brief import brief

    yield from brief(
        engine,
        day=of.period.day,
        first=of.period.first,
        last=of.period.last,
        since_last=of.since_last,
        as_of=scope.as_of,
        sources=scope.sources,
        cancel=cancel,
    )


def deleted(engine: Engine, number: int) -> Iterator[Changed]:
    """Delete a kept briefing."""
    yield Changed(engine.journal.briefings.delete(number, engine.clock()))


def restored(engine: Engine, number: int) -> Iterator[Changed]:
    """Bring a deleted one back."""
    yield Changed(engine.journal.briefings.restore(number))


def exported(briefing: Briefing, to: Destination) -> Iterator[Exported]:
    """Write a briefing into a file."""
    text = _FORMS[to.form](briefing)
    yield Exported(str(write_export(to.path, text, overwrite=to.overwrite)), len(text))
