"""Since: the days after the last briefing, however long ago it was, and the articles that came too late for theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from qa.engine import Engine
from qa.errors import LibraryError, UsageError
from qa.types import Article, Briefing, Edition, LeftOut, Notice, Window

LATE = "dated {day}, and came after the briefing of that day"
"""Why an article was left out that is older than a briefing's days; the next briefing since the last one tells it."""
_LOOKED_BACK = 7
"""Briefings whose days may have got an article later."""
_FARTHEST = 31
"""How many days older than a briefing an article may be that came late, and not with an archive."""


@dataclass(frozen=True, slots=True)
class Late:
    """Articles that are older than a briefing's days: those it tells, those it leaves out, and what to say of them."""

    told: tuple[Article, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def window_since(engine: Engine, as_of: date, sources: Sequence[str], topic: str = "") -> tuple[Window, Notice]:
    """The days after the last whole briefing of these sources and this topic, up to ``as_of``, and what to say of it;
    that briefing's own days again where it ends on ``as_of``; the newest day that has articles where none is kept.
    Raises UsageError where no journal is kept, and LibraryError where it cannot be read."""
    if not engine.config.journal:
        raise UsageError(
            "no briefings are kept, so there is none to go on from",
            "Set journal = true, or give the days: --from, --to.",
        )
    kept = [one for one in engine.journal.briefings.editions() if _is_alike(one, sources, topic)]
    last = max((one for one in kept if one.last <= as_of), key=lambda one: (one.last, one.made), default=None)
    if last is None:
        newest = engine.library.catalogue.newest_day(as_of) or as_of
        later = f" that ends by {as_of.isoformat()}" if kept else ""
        told = f"no earlier briefing{later} is kept: briefing on {newest.isoformat()}, the newest day that has articles"
        return Window(newest, newest, "no briefing to go on from"), Notice(told)
    day = last.last.isoformat()
    if last.last == as_of:
        window = Window(last.first, last.last, f"the days of the last briefing, which ends on {day}")
        return window, Notice(f"the last briefing is of {day}, too: it is made again, with what has come since")
    start = last.last + timedelta(days=1)
    days = f"{start.isoformat()} to {as_of.isoformat()}"
    return Window(start, as_of, f"since the briefing of {day}"), Notice(f"briefing on {days}, since the one of {day}")


def _is_alike(one: Edition, sources: Sequence[str], topic: str) -> bool:
    return one.complete and set(one.sources) == set(sources) and one.topic == topic


def late(
    engine: Engine, window: Window, as_of: date, sources: Sequence[str], topic: str = "", *, is_told: bool
) -> Late:
    """The articles dated before the window, of days that a briefing was made of, that no briefing before this one told
    or left out for a reason: to be told, or to be left out and named. None where no journal can be read."""
    if not engine.config.journal or window.start is None or topic:
        return Late()
    try:
        found = _arrived(engine, window.start, window.last(as_of), sources)
    except LibraryError:
        return Late()
    if not found:
        return Late()
    days = sorted({article.published.day.isoformat() for article in found if article.published})
    of = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    came = f"{len(found)} article{'s' * (len(found) != 1)} of {of} came after the briefing of that day"
    if is_told:
        return Late(found, notes=(f"{came}: told here",))
    reasons = (LATE.format(day=article.published.day) for article in found if article.published)
    left_out = tuple(LeftOut(article.id, reason) for article, reason in zip(found, reasons, strict=True))
    return Late((), left_out, (f"{came}: not told here; that day made again tells them",))


def _arrived(engine: Engine, start: date, last: date, sources: Sequence[str]) -> tuple[Article, ...]:
    """The articles dated before ``start`` that came after the briefings of their days, by day and id."""
    before = [one for one in engine.journal.briefings.before(last, _LOOKED_BACK) if one.complete]
    first = max(
        date.fromordinal(max(1, start.toordinal() - _FARTHEST)), min((_first(one) for one in before), default=start)
    )
    if first >= start:
        return ()
    known = {key for one in before for key in _known(one)}
    articles = engine.library.catalogue.in_days(first, start - timedelta(days=1))
    return tuple(
        article
        for article in articles
        if article.id not in known and any(_covers(one, article, sources) for one in before)
    )


def _first(briefing: Briefing) -> date:
    return briefing.window.start or date.min


def _known(briefing: Briefing) -> set[str]:
    """Ids of the articles that a briefing told, or left out for another reason than being late."""
    came_late = LATE.partition("{day}")[2]
    left = {one.article_id for one in briefing.left_out if not one.reason.endswith(came_late)}
    return left | {article.id for story in briefing.stories for article in story.articles}


def _covers(briefing: Briefing, article: Article, sources: Sequence[str]) -> bool:
    """Whether a briefing was made of the day of an article, and of its source, which are those asked for."""
    day = article.published.day if article.published else None
    of_sources = (not briefing.sources or article.source in briefing.sources) and (
        not sources or article.source in sources
    )
    return day is not None and _first(briefing) <= day <= briefing.last and of_sources
