"""Brief: the articles of a day or a window, grouped by story, each told in a few cited, checked sentences."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from qa.copies import copies
from qa.dates import parse_day
from qa.engine import Engine
from qa.errors import LibraryError, UsageError
from qa.importance import chosen
from qa.memory import Memory, compared, finished, memory_of, told_before
from qa.period import nearest_days, week_until
from qa.retrieve import known_sources, window_given
from qa.since import late, window_since
from qa.standing import Answered, answered
from qa.stories import group, main_first, story_id
from qa.subject import by_day, subject
from qa.tellable import is_opinion
from qa.telling import tell
from qa.types import (
    Article,
    Briefing,
    Cancel,
    Delta,
    Exchange,
    IndexChoice,
    LeftOut,
    Listing,
    Notice,
    Progress,
    Story,
    Window,
)

Event = Notice | Progress | Delta | Exchange | Briefing


def brief(
    engine: Engine,
    *,
    day: str | None = None,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
    week: str | None = None,
    topic: str = "",
    length: str | int | None = None,
    since_last: bool = False,
    index: IndexChoice = "auto",
    standing: bool = True,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """The briefing of ``day``, of the window from ``first`` to ``last``, of the days of a week up to its day ``week``,
    or of the days since the last one; the last event is the Briefing, which is in the journal by then (unless the
    settings keep none, or it cannot be written: a note says so then). With a ``topic`` it is about that subject alone,
    of all days unless some are given, its stories in the order of their days; ``index`` finds them. ``length`` is
    short, medium, long or a number of stories; else what the settings say.

    Without any of them, the newest day that has articles (not after ``as_of``), which a Notice says. Undated articles,
    and those newer than ``as_of``, are left out and listed; so are those that came after the briefing of their day,
    which the one since the last tells. Cancelled, the stories finished so far are kept. Its stories are compared with
    those of the briefings of earlier days; the reader's standing questions are answered, unless ``standing`` is off or
    it has a topic. Raises UsageError for days that cannot be read, and BudgetError when not even the first story is
    allowed.
    """
    cancel = cancel or Cancel()
    started, made = time.monotonic(), engine.clock()
    seen_from = engine.seen_from(as_of)
    wanted = known_sources(engine, sources)
    if since_last and (day or first or last or week is not None):
        raise UsageError("--since-last and other days were both given", "Give one of them.")
    window, notice = (
        window_since(engine, seen_from, wanted, topic)
        if since_last
        else _window(engine, day, first, last, seen_from, week=week, topic=topic)
    )
    if notice:
        yield notice
    articles = [
        article
        for article in engine.library.catalogue.in_days(window.start, window.end)
        if not wanted or article.source in wanted
    ]
    left_out = [LeftOut(i, "undated") for i in engine.library.catalogue.undated()]
    left_out += [LeftOut(a.id, f"newer than {seen_from.isoformat()}") for a in articles if _newer(a, seen_from)]
    older = late(engine, window, seen_from, wanted, topic, is_told=since_last)
    left_out += older.left_out
    articles = [*older.told, *(article for article in articles if not _newer(article, seen_from))]
    on = subject(engine, topic, window, articles, as_of=seen_from, index=index) if topic else None
    groups = group(on.articles if on else articles)
    groups = [members for members in groups if not on or on.holds(members)]
    latest = window.last(seen_from)
    told_of, others = chosen(
        groups,
        length=length or engine.config.briefing_length,
        topics=engine.config.briefing_topics,
        sources=engine.config.briefing_sources,
        until=latest,
    )
    reason = f"not in the {len(told_of)} most important stories"
    left_out += [LeftOut(article.id, reason) for members in others for article in members]
    compared_with = window.start if week is not None and window.start else latest
    memory, unread = (Memory((), None), ()) if topic and not since_last else _memory(engine, compared_with, topic)
    untold = [_story(members) for members in (by_day(told_of) if on else told_of)]
    stories, since = compared(memory, untold, others)
    before = partial(told_before, memory)
    telling = yield from tell(engine, stories, before, window=window, as_of=seen_from, cancel=cancel)
    nothing = () if groups else _nothing(engine, window, seen_from, wanted, topic)
    asked = Answered()
    if standing and not topic:
        asked = yield from answered(engine, window, as_of=seen_from, until=compared_with, sources=wanted, cancel=cancel)
    prompt = engine.writer.prompt_hash("brief") if engine.writer else None
    briefing = Briefing(
        window=window,
        as_of=seen_from,
        stories=tuple(finished(memory, story) for story in telling.stories),
        left_out=tuple(left_out),
        complete=not cancel.cancelled,
        index=on.index if on else "exact",
        usage=replace(telling.usage + asked.usage, seconds=round(time.monotonic() - started, 3)),
        provenance=engine.provenance(prompt),
        notes=(*unread, *older.notes, *telling.notes, *asked.notes, *nothing),
        dropped=telling.dropped,
        sources=wanted,
        topic=topic,
        made=made,
        since=since,
        standing=asked.standing,
    )
    yield _kept(engine, briefing)


def _memory(engine: Engine, last: date, topic: str = "") -> tuple[Memory, tuple[str, ...]]:
    """What is remembered of briefings (of a topic, where it is given) that end before ``last``, and a note where they
    cannot be read."""
    try:
        return memory_of(engine, last, topic), ()
    except LibraryError as error:
        return Memory((), None), (f"compared with no earlier briefing: {error.message}. {error.hint}",)


def _kept(engine: Engine, briefing: Briefing) -> Briefing:
    """The briefing as the journal has it; or as it is, saying why it could not be kept."""
    if not engine.config.journal or not briefing.stories:
        return briefing
    try:
        return engine.journal.briefings.keep(briefing)
    except LibraryError as error:
        note = f"this briefing was not kept: {error.message}. {error.hint}"
        return replace(briefing, notes=(*briefing.notes, note))


def kept_briefing(
    engine: Engine,
    *,
    day: str | None = None,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
) -> Briefing | None:
    """The briefing of these days as it is in the journal; None where none is that is whole and of all their articles,
    as they are now. Raises as ``brief`` does, and LibraryError where the journal cannot be read."""
    if not engine.config.journal:
        return None
    seen_from = engine.seen_from(as_of)
    window, _ = _window(engine, day, first, last, seen_from)
    wanted = known_sources(engine, sources)
    until = window.last(seen_from)
    edition = engine.journal.briefings.of(window.start, until, wanted)
    if edition is None or not edition.complete:
        return None
    found = engine.journal.briefings.get(edition.number)
    told = {(a.id, a.version) for story in found.stories for a in story.articles if _is_in(a, window.start, until)}
    passed_over = {one.article_id for one in found.left_out}
    articles = engine.library.catalogue.in_days(window.start, until)
    of_them = (one for one in articles if not wanted or one.source in wanted)
    now = {(one.id, one.version) for one in of_them if one.id not in passed_over}
    return found if now == told else None


def _window(
    engine: Engine,
    day: str | None,
    first: str | None,
    last: str | None,
    as_of: date,
    *,
    week: str | None = None,
    topic: str = "",
) -> tuple[Window, Notice | None]:
    given = (("--date", day), ("--from/--to", first or last), ("--week", week is not None))
    if len(named := [name for name, value in given if value]) > 1:
        raise UsageError(f"{named[0]} and {named[1]} were both given", "Give a day, a week, or a window.")
    if day:
        only = parse_day(day, engine.today, "--date")
        return Window(only, only, f"--date {only}"), None
    if window := window_given(engine, first, last):
        return window, None
    if topic and week is None:
        return Window(None, as_of, "--topic"), None
    newest = parse_day(week, engine.today, "--week") if week else engine.library.catalogue.newest_day(as_of)
    if newest is None:
        return Window(as_of, as_of, "no dated articles"), Notice("no dated article to brief on; ingest some first")
    if week is not None:
        monday, until = week_until(min(newest, as_of))
        return Window(monday, until, "--week"), None if week else Notice(f"briefing on {monday} to {until}")
    return (
        Window(newest, newest, "the newest day that has articles"),
        Notice(f"briefing on {newest.isoformat()}, the newest day that has articles"),
    )


def _is_in(article: Article, first: date | None, last: date) -> bool:
    """Whether an article is of the days from ``first`` to ``last``, and did not come too late for the ones before."""
    return article.published is not None and (first or date.min) <= article.published.day <= last


def _nothing(engine: Engine, window: Window, as_of: date, sources: tuple[str, ...], topic: str) -> Iterator[str]:
    """Why there is no story, and which days nearby have articles."""
    if topic and engine.library.count(Listing(window=window, sources=sources)):
        yield f"no article of these days is about “{topic}”: none holds its words in a passage"
        return
    near = nearest_days(engine.library.days(Listing(sources=sources)), window, as_of)
    days = " and ".join(f"{day.isoformat()} ({count:,} article{'s' * (count != 1)})" for day, count in near)
    if days:
        yield f"the nearest days that have articles: {days}"


def _newer(article: Article, as_of: date) -> bool:
    return article.published is not None and article.published.day > as_of


def _story(members: Sequence[Article]) -> Story:
    """A story as it is before it is compared and told, its main article first: a report where there is one."""
    copied = copies(members)
    articles = main_first(members, copied, is_opinion)
    return Story(story_id(members), articles[0].title, "new", tuple(articles), (), copies=copied)
