"""What is done with standing questions by workers: list, keep, remove and bring back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.types import Briefing, Cancel, StandingQuestion

if TYPE_CHECKING:
    from qa.engine import Engine

REMOVED_SHOWN = 10
"""Questions that were removed and are offered to be brought back, the latest."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Those that are kept, and the latest of those that were removed."""

    kept: tuple[StandingQuestion, ...]
    removed: tuple[StandingQuestion, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """A question is kept now."""

    question: StandingQuestion


@dataclass(frozen=True, slots=True)
class Unasked:
    """The questions that are kept and that a briefing does not answer."""

    questions: tuple[str, ...]


def listed(engine: Engine) -> Iterator[Questions]:
    """All of them."""
    yield _all(engine)


def added(engine: Engine, typed: str) -> Iterator[Added | Questions]:
    """Keep one."""
    from qa.standing import add

    yield Added(add(engine, typed))
    yield _all(engine)


def removed(engine: Engine, number: int) -> Iterator[Questions]:
    """Ask one no more."""
    engine.journal.standing.remove(number, engine.clock())
    yield _all(engine)


def restored(engine: Engine, number: int) -> Iterator[Questions]:
    """Ask one again."""
    engine.journal.standing.restore(number)
    yield _all(engine)


def unasked(engine: Engine, briefing: Briefing, cancel: Cancel) -> Iterator[Unasked]:
    """Which questions were added since a briefing was made."""
    if not cancel.cancelled:
        yield Unasked(unanswered(engine, briefing))


def unanswered(engine: Engine, briefing: Briefing) -> tuple[str, ...]:
    """Those of the questions that are kept and that ``briefing`` does not answer."""
    if not engine.config.journal:
        return ()
    answered = {one.number for one in briefing.standing}
    return tuple(one.question for one in engine.journal.standing.questions() if one.number not in answered)


def _all(engine: Engine) -> Questions:
    standing = engine.journal.standing
    latest = sorted(standing.questions(removed=True), key=lambda one: (one.removed, one.number), reverse=True)
    return Questions(tuple(standing.questions()), tuple(latest[:REMOVED_SHOWN]))
