"""What is done with followed sources by workers: list, follow, and follow no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.types import Added, Cancel, Followed, Notice

if TYPE_CHECKING:
    from qa.engine import Engine


@dataclass(frozen=True, slots=True)
class Sources:
    """What is followed, each with how many articles came of it."""

    followed: tuple[tuple[Followed, int], ...]


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """A source is not followed any more; its articles stay."""

    source: Followed


def listed(engine: Engine, cancel: Cancel) -> Iterator[Sources]:
    """All of it."""
    if not cancel.cancelled:
        followed = engine.journal.followed.sources()
        yield Sources(tuple((one, engine.library.articles_at(one.place)) for one in followed))


def added(engine: Engine, given: Sequence[str | Path], cancel: Cancel) -> Iterator[Notice | Added | Sources]:
    """Follow what was typed; an address is fetched to see what it is."""
    from qa.following import add

    for one in given:
        yield from add(engine, str(one), cancel=cancel)
    yield from listed(engine, cancel)


def removed(engine: Engine, number: int, cancel: Cancel) -> Iterator[Unfollowed | Sources]:
    """Follow one no more."""
    yield Unfollowed(engine.journal.followed.remove(number, engine.clock()))
    yield from listed(engine, cancel)
