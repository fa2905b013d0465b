"""Telling: the stories of a briefing, one after the other, by quotation or by the model, which tells several at once.

Whatever goes on at the same time, events and results come in the order of the stories, so that two runs agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from queue import SimpleQueue
from threading import Event

from qa.answer import opening
from qa.conflicts import conflicts
from qa.engine import Engine, cost_notice, side_by_side
from qa.errors import BudgetError
from qa.leads import claims_of, independent, new_in, quoted
from qa.tellable import near_copy, units_of
from qa.told import Told, told_by_model
from qa.types import Article, Cancel, Citation, Claim, Conflict, Delta, Exchange, Notice, Progress, Story, Usage, Window

_NAMED = 3
"""Stories not told that a note names."""

Step = Notice | Delta | Exchange


@dataclass(frozen=True, slots=True)
class Telling:
    """The stories told, what they took, and what a reader should know about them."""

    stories: tuple[Story, ...]
    usage: Usage
    notes: tuple[str, ...]
    dropped: int = 0
    """Sentences of the model that were left out."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A story that the model tells in a thread: its events, None behind the last, and what came of it."""

    events: SimpleQueue[Step | None]
    end: Future[Told]

    @property
    def told(self) -> bool:
        """Whether the model has told it."""
        return self.end.done() and self.end.exception() is None and bool(self.end.result().claims)


def tell(
    engine: Engine,
    stories: Sequence[Story],
    before: Callable[[Story], Sequence[Article]],
    *,
    window: Window,
    as_of: date,
    cancel: Cancel,
) -> Generator[Step | Progress, None, Telling]:
    """Each of ``stories`` with its sentences and what its articles disagree about; ``before`` gives the articles by
    which earlier briefings told of it. Cancelled, those finished so far, and a note on the others.

    A story is quoted where no model is configured, where nothing is new in it, and where none of the model's sentences
    is carried by its articles. Raises BudgetError when not even the first request is allowed, and ConfigError for a
    wrong prompt file.
    """
    by_model = [] if engine.writer is None else [n for n, story in enumerate(stories) if story.status != "seen"]
    if notice := cost_notice(engine, len(by_model), "stories"):
        yield notice
    made: list[Story] = []
    missing: list[Story] = []
    usage, notes, dropped, over = Usage(), list[str](), 0, False
    started = time.monotonic()
    with _begun(engine, {n: stories[n] for n in by_model}, window, as_of, cancel) as works:
        for n, story in enumerate(stories):
            work = works.get(n)
            if cancel.cancelled and not (work and work.told):
                missing.append(story)
                continue
            yield Progress("stories", n, len(stories), _left(started, n, len(stories)))
            told = Told()
            if work is not None:
                try:
                    told = yield from _followed(work)
                except BudgetError as error:
                    if n == by_model[0]:
                        raise
                    if not over:
                        notes.append(f"quoted from “{story.title}” on: {error.message}")
                        yield Notice(notes[-1])
                    over = True
            yield from map(Notice, told.notes)
            made.append(_whole(story, told, before(story), [claim.text for one in made for claim in one.sentences]))
            usage += told.usage
            dropped += told.dropped
            notes += [f"{story.title}: {note}" for note in told.notes]
    notes += _untold(missing, len(stories))
    return Telling(tuple(made), usage, tuple(notes), dropped)


def _whole(story: Story, told: Told, before: Sequence[Article], others: Collection[str]) -> Story:
    """The story told by the model, with quoted news where it gave none, or quoted as a whole."""
    made = told.of(story) if told.claims else quoted(story, before, others)
    if told.claims and not told.news:
        known = [units_of(claim.text)[0] for claim in told.claims]
        articles = independent(story)
        fresh = [one for one in new_in(story, articles, before) if not any(near_copy(one.one.units, k) for k in known)]
        made = replace(made, news=claims_of(fresh, articles))
    return numbered(replace(made, conflicts=disagreements(story)))


def disagreements(story: Story) -> tuple[Conflict, ...]:
    """What the story's articles disagree about, both sides; where nothing is new in it, that was told."""
    articles = independent(story)
    if story.status == "seen" or len(articles) < 2:
        return ()
    return tuple(one for one in conflicts([opening(one) for one in articles]) if one.kind == "disagreement")


def _left(started: float, done: int, total: int) -> float | None:
    """Seconds that the rest will take, by what those done took."""
    return (time.monotonic() - started) / done * (total - done) if done else None


def _untold(missing: Sequence[Story], total: int) -> list[str]:
    if not missing:
        return []
    named = ", ".join(f"“{story.title}”" for story in missing[:_NAMED])
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    return [f"stopped: {len(missing)} of {total} stories were not told: {named}{more}"]


@contextmanager
def _begun(
    engine: Engine, stories: dict[int, Story], window: Window, as_of: date, cancel: Cancel
) -> Iterator[dict[int, _Work]]:
    """The stories being told by the model, so many at once as are allowed; what is not finished at the end is stopped,
    and after the first that the budget refuses none is begun."""
    if not stories:
        yield {}
        return
    stop, refused = Cancel(), Event()
    cancel.on_cancel(stop.cancel)

    def work(story: Story, events: SimpleQueue[Step | None]) -> Told:
        try:
            if refused.is_set() or stop.cancelled:
                return Told()
            return _run(told_by_model(engine, story, window=window, as_of=as_of, cancel=stop), events)
        except BudgetError:
            refused.set()
            raise
        finally:
            events.put(None)

    workers = side_by_side(engine, engine.config.stories_at_once, len(stories))
    with ThreadPoolExecutor(workers, thread_name_prefix="story") as pool:
        try:
            works = {}
            for n, story in stories.items():
                events: SimpleQueue[Step | None] = SimpleQueue()
                works[n] = _Work(events, pool.submit(work, story, events))
            yield works
        finally:
            stop.cancel()


def _run(steps: Generator[Step, None, Told], events: SimpleQueue[Step | None]) -> Told:
    """Run ``steps`` to their end, and pass on what they yield."""
    while True:
        try:
            events.put(next(steps))
        except StopIteration as end:
            told: Told = end.value
            return told


def _followed(work: _Work) -> Generator[Step, None, Told]:
    while (event := work.events.get()) is not None:
        yield event
    return work.end.result()


@dataclass(slots=True)
class _Numbering:
    """Numbers of articles, from 1 in the order in which a story first cites them."""

    numbers: dict[str, int] = field(default_factory=dict)

    def of(self, one: Citation) -> Citation:
        return replace(one, n=self.numbers.setdefault(one.article_id, len(self.numbers) + 1))

    def each(self, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        return tuple(replace(claim, citations=tuple(map(self.of, claim.citations))) for claim in claims)


def numbered(story: Story) -> Story:
    """The story with its cited articles numbered as a reader meets them, whoever cited them."""
    number = _Numbering()
    claims, news, why = number.each(story.claims), number.each(story.news), number.each(story.why)
    return replace(
        story,
        claims=claims,
        news=news,
        why=why,
        conflicts=tuple(replace(c, sides=(number.of(c.sides[0]), number.of(c.sides[1]))) for c in story.conflicts),
        changes=tuple(replace(c, sides=tuple(map(number.of, c.sides))) for c in story.changes),
        timeline=tuple(replace(one, claim=number.each([one.claim])[0]) for one in story.timeline),
    )
