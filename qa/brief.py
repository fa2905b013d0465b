"""Brief: the articles of a day or a window, grouped by story, each told in a few cited, checked sentences."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date

from qa.answer import opening
from qa.copies import copies
from qa.dates import parse_day
from qa.engine import Engine, cost_notice
from qa.errors import BudgetError, LibraryError, UsageError
from qa.importance import chosen
from qa.leads import quoted
from qa.memory import compared, finished, memory_of
from qa.retrieve import known_sources, window_given
from qa.stories import group, main_first, story_id
from qa.told import Told, told_by_model
from qa.types import (
    Article,
    Briefing,
    Cancel,
    Delta,
    Exchange,
    LeftOut,
    Notice,
    Progress,
    Story,
    Usage,
    Window,
)

_PASSAGES = 8
"""Articles of a story whose beginnings a model is given."""

Event = Notice | Progress | Delta | Exchange | Briefing


def brief(
    engine: Engine,
    *,
    day: str | None = None,
    first: str | None = None,
    last: str | None = None,
    as_of: str | None = None,
    sources: Sequence[str] = (),
    length: str | int | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """The briefing of ``day``, or of the window from ``first`` to ``last``; the last event is the Briefing, which is in
    the journal by then (unless the settings keep none, or it cannot be written: a note says so then). ``length`` is
    short, medium, long or a number of stories; else what the settings say.

    Without either, the newest day that has articles (not after ``as_of``), which a Notice says. Undated articles, and
    those newer than ``as_of``, are left out and listed. Cancelled, the stories finished so far are kept. Its stories
    are compared with those of the briefings of earlier days. Raises UsageError for days that cannot be read, and
    BudgetError when not even the first story is allowed.
    """
    cancel = cancel or Cancel()
    started, made = time.monotonic(), engine.clock()
    seen_from = parse_day(as_of, engine.today, "--as-of") if as_of else engine.today
    window, notice = _window(engine, day, first, last, seen_from)
    if notice:
        yield notice
    wanted = known_sources(engine, sources)
    articles = [
        article
        for article in engine.library.catalogue.in_days(window.start, window.end)
        if not wanted or article.source in wanted
    ]
    left_out = [LeftOut(i, "undated") for i in engine.library.catalogue.undated()]
    left_out += [LeftOut(a.id, f"newer than {seen_from.isoformat()}") for a in articles if _newer(a, seen_from)]
    groups = group([article for article in articles if not _newer(article, seen_from)])
    told_of, others = chosen(
        groups,
        length=length or engine.config.briefing_length,
        topics=engine.config.briefing_topics,
        sources=engine.config.briefing_sources,
        until=min(window.end or seen_from, seen_from),
    )
    reason = f"not in the {len(told_of)} most important stories"
    left_out += [LeftOut(article.id, reason) for members in others for article in members]
    if notice := cost_notice(engine, len(told_of), "stories"):
        yield notice
    stories: list[Story] = []
    usage, notes = Usage(), list[str]()
    quoting, telling = engine.writer is None, time.monotonic()
    for done, members in enumerate(told_of):
        if cancel.cancelled:
            break
        left = (time.monotonic() - telling) / done * (len(told_of) - done) if done else None
        yield Progress("stories", done, len(told_of), left)
        articles = _main_first(members)
        try:
            told = yield from _told(engine, members, window, seen_from, cancel, quoting=quoting)
        except BudgetError as error:
            if not stories:
                raise
            quoting = True
            notes.append(f"quoted from “{articles[0].title}” on: {error.message}")
            yield Notice(notes[-1])
            told = yield from _told(engine, members, window, seen_from, cancel, quoting=quoting)
        story = Story(story_id(members), articles[0].title, "new", tuple(articles), told.claims)
        stories.append(replace(story, copies=copies(members)))
        usage += told.usage
        notes += [f"{articles[0].title}: {note}" for note in told.notes]
    prompt = engine.writer.prompt_hash("brief") if engine.writer else None
    briefing = Briefing(
        window=window,
        as_of=seen_from,
        stories=tuple(stories),
        left_out=tuple(left_out),
        complete=not cancel.cancelled,
        index="exact",
        usage=replace(usage, seconds=round(time.monotonic() - started, 3)),
        provenance=engine.provenance(prompt),
        notes=tuple(notes),
        sources=wanted,
        made=made,
    )
    yield _kept(engine, _compared(engine, briefing, [*told_of[len(stories) :], *others]))


def _compared(engine: Engine, briefing: Briefing, others: Sequence[Sequence[Article]]) -> Briefing:
    """The briefing with the status of its stories against those of earlier days; ``others`` were not told."""
    try:
        memory = memory_of(engine, briefing.last, briefing.topic)
    except LibraryError as error:
        note = f"compared with no earlier briefing: {error.message}. {error.hint}"
        return replace(briefing, notes=(*briefing.notes, note))
    stories, since = compared(memory, briefing.stories, others)
    return replace(briefing, stories=tuple(finished(memory, story) for story in stories), since=since)


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
    seen_from = parse_day(as_of, engine.today, "--as-of") if as_of else engine.today
    window, _ = _window(engine, day, first, last, seen_from)
    wanted = known_sources(engine, sources)
    until = min(window.end or seen_from, seen_from)
    edition = engine.journal.briefings.of(window.start, until, wanted)
    if edition is None or not edition.complete:
        return None
    found = engine.journal.briefings.get(edition.number)
    told = {(article.id, article.version) for story in found.stories for article in story.articles}
    passed_over = {one.article_id for one in found.left_out}
    articles = engine.library.catalogue.in_days(window.start, until)
    of_them = (one for one in articles if not wanted or one.source in wanted)
    now = {(one.id, one.version) for one in of_them if one.id not in passed_over}
    return found if now == told else None


def _window(
    engine: Engine, day: str | None, first: str | None, last: str | None, as_of: date
) -> tuple[Window, Notice | None]:
    if day and (first or last):
        raise UsageError("--date and --from/--to were both given", "Give a day, or a window.")
    if day:
        only = parse_day(day, engine.today, "--date")
        return Window(only, only, f"--date {only}"), None
    if window := window_given(engine, first, last):
        return window, None
    newest = engine.library.catalogue.newest_day(as_of)
    if newest is None:
        return Window(as_of, as_of, "no dated articles"), Notice("no dated article to brief on; ingest some first")
    return (
        Window(newest, newest, "the newest day that has articles"),
        Notice(f"briefing on {newest.isoformat()}, the newest day that has articles"),
    )


def _newer(article: Article, as_of: date) -> bool:
    return article.published is not None and article.published.day > as_of


def _told(
    engine: Engine, members: Sequence[Article], window: Window, as_of: date, cancel: Cancel, *, quoting: bool
) -> Generator[Notice | Delta | Exchange, None, Told]:
    """A story with its claims, by the model unless it is to be quoted; quoted also where none of the model's is carried
    by the articles."""
    articles = _main_first(members)
    told = Told()
    if not quoting:
        hits = [opening(article) for article in articles[:_PASSAGES]]
        steps = told_by_model(engine, articles[0].title, hits, window=window, as_of=as_of, cancel=cancel)
        told = yield from _of_story(steps, story_id(members))
    for note in told.notes:
        yield Notice(note)
    return replace(told, claims=told.claims or quoted(articles))


def _of_story(
    steps: Generator[Notice | Delta | Exchange, None, Told], name: str
) -> Generator[Notice | Delta | Exchange, None, Told]:
    """``steps``, in which each exchange says for which story it was."""
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            told: Told = end.value
            return told
        yield replace(event, story=name) if isinstance(event, Exchange) else event


def _main_first(members: Sequence[Article]) -> list[Article]:
    return main_first(members, copies(members))
