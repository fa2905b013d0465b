"""What the Library screen reads of the library, in a worker: the list in its order, pages of it, its days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from qa.types import Article, Cancel, Correction, FileProblems, Heading, Listing

if TYPE_CHECKING:
    from qa.engine import Engine

_AROUND = 100
"""Rows read with the list itself, above and below the cursor."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as the table lists it."""

    number: int
    id: str
    version: int
    title: str
    source: str
    day: str
    """Empty where it is not known."""
    passages: int
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of the list by their place in it; None where an article has gone since."""

    numbers: Sequence[int]
    """The list they are a part of."""
    rows: Mapping[int, Listed | None]


@dataclass(frozen=True, slots=True)
class Ordered:
    """The list: row numbers in order, where the cursor is to be, and the page around it."""

    listing: Listing
    numbers: Sequence[int]
    at: int
    page: Page


@dataclass(frozen=True, slots=True)
class Days:
    """How many articles each day has."""

    counts: Sequence[tuple[date, int]]


@dataclass(frozen=True, slots=True)
class ToCorrect:
    """An article, and what was corrected in it before."""

    article: Article
    correction: Correction | None


def ordered(engine: Engine, listing: Listing, keep: tuple[int, int], cancel: Cancel) -> Iterator[Ordered]:
    """The list, the cursor on the article with the row number ``keep[0]``, or else at the place ``keep[1]``."""
    if cancel.cancelled:
        return
    numbers = engine.library.numbers(listing)
    number, place = keep
    try:
        at = numbers.index(number)
    except ValueError:
        at = max(0, min(place, len(numbers) - 1))
    if not cancel.cancelled:
        for part in page(engine, numbers, at - _AROUND, at + _AROUND, cancel):
            yield Ordered(listing, numbers, at, part)


def page(engine: Engine, numbers: Sequence[int], first: int, last: int, cancel: Cancel) -> Iterator[Page]:
    """The rows of ``numbers`` from ``first`` to before ``last``, as far as there are any."""
    if cancel.cancelled:
        return
    first, last = max(0, first), min(last, len(numbers))
    found = {}
    for row in engine.library.page(numbers[first:last]):
        one = row.article
        day = one.published.day.isoformat() if one.published else ""
        found[row.number] = Listed(
            row.number, one.id, one.version, one.title, one.source or "", day, row.passages, row.edited
        )
    yield Page(numbers, {at: found.get(numbers[at]) for at in range(first, last)})


def days(engine: Engine, listing: Listing, cancel: Cancel) -> Iterator[Days]:
    """How many articles of a listing each day has."""
    if not cancel.cancelled:
        yield Days(engine.library.days(listing))


def to_correct(engine: Engine, article_id: str, cancel: Cancel) -> Iterator[ToCorrect]:
    """An article, and what was corrected in it."""
    if not cancel.cancelled:
        yield ToCorrect(engine.library.article(article_id), engine.library.correction(article_id))


def problems(engine: Engine, cancel: Cancel) -> Iterator[list[FileProblems]]:
    """What was refused or dropped, file by file."""
    if not cancel.cancelled:
        yield list(engine.library.problems())


# changing


@dataclass(frozen=True, slots=True)
class Removed:
    """Undoes a removal."""

    article_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """Undoes a correction: what stood over the article before."""

    article_id: str
    title: str
    before: Mapping[Heading, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """What was done, in words, and what undoes it; nothing to undo where nothing changed."""

    said: str
    undo: Removed | Corrected | None


def remove(engine: Engine, article_id: str, title: str) -> Iterator[Changed]:
    """Remove an article."""
    gone = engine.library.remove([article_id])
    yield Changed(f"removed “{title}”", Removed(article_id, title)) if gone else Changed("it was removed before", None)


def correct(engine: Engine, article_id: str, changes: Mapping[Heading, str]) -> Iterator[Changed]:
    """Correct what stands over an article."""
    yield _corrected(engine, article_id, lambda: engine.library.correct(article_id, changes))


def as_filed(engine: Engine, article_id: str) -> Iterator[Changed]:
    """Take all corrections of an article back."""
    yield _corrected(engine, article_id, lambda: engine.library.as_filed(article_id))


def undo(engine: Engine, one: Removed | Corrected) -> Iterator[Changed]:
    """Undo a removal or a correction."""
    if isinstance(one, Corrected):
        engine.library.correct(one.article_id, one.before)
        yield Changed(f"“{one.title}” is as it was", None)
        return
    back = engine.library.restore([one.article_id])
    taken = "cannot be restored: another article has taken its id or its file"
    yield Changed(f"restored “{one.title}”" if back else f"“{one.title}” {taken}", None)


def _corrected(engine: Engine, article_id: str, change: Callable[[], Article]) -> Changed:
    before = engine.library.article(article_id)
    after = change()
    if after == before:
        return Changed("nothing changed", None)
    heads = {
        Heading.TITLE: before.title,
        Heading.SOURCE: before.source or "",
        Heading.DATE: before.published.iso if before.published else "",
    }
    return Changed(f"corrected “{after.title}”", Corrected(article_id, before.title, heads))
