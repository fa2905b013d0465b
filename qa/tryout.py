"""A tryout: one fixture through the verb that its reader would use, and scored; the journal keeps nothing of it."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from pathlib import Path

from qa.ask import REACH, ask
from qa.brief import Event as BriefEvent
from qa.brief import brief
from qa.check import verdict_on
from qa.converse import Event as ConverseEvent
from qa.converse import converse
from qa.engine import Engine
from qa.errors import FixtureError, UsageError
from qa.evaluation import Case, Costs
from qa.fixtures import (
    BriefingFixture,
    Fixture,
    GroupingFixture,
    QuestionFixture,
    SummaryFixture,
    VerificationFixture,
)
from qa.importance import stories_of
from qa.judged import Judged, judged, with_judgement
from qa.leads import quoted
from qa.retrieve import known_sources, resolve, retrieve
from qa.scoring.briefings import briefing_case
from qa.scoring.groupings import grouping_cases, grouping_ids
from qa.scoring.questions import Asked, question_case, retrieval_case
from qa.scoring.retrieval import DEPTH, names_something
from qa.scoring.summaries import summary_case
from qa.scoring.verification import verification_case
from qa.sources.draft import draft
from qa.stories import group
from qa.types import (
    Answer,
    Article,
    Briefing,
    Cancel,
    Hit,
    IndexChoice,
    Query,
    Retrieved,
    Story,
    Turn,
    Usage,
    Weighed,
)

UNSCORED = "its passages were not re-scored: "
"""What the note of a case begins with whose passages a model should have scored, and did not."""


@dataclass(frozen=True, slots=True)
class Tryout:
    """How the fixtures of a run are tried: the same for all of them. Safe to use from several threads."""

    engine: Engine
    suite: str
    """Name of the fixtures, for what is wrong with one."""
    k: int
    """Passages of an answer."""
    index: IndexChoice
    retrieval_only: bool = False

    def takes(self, fixture: Fixture) -> bool:
        """Whether a fixture is tried at all: of retrieval alone, a question that names something to be found."""
        return not self.retrieval_only or (isinstance(fixture, QuestionFixture) and names_something(fixture))

    def ids(self, fixture: Fixture) -> tuple[str, ...]:
        """Ids of the cases that a fixture has."""
        return grouping_ids(fixture) if isinstance(fixture, GroupingFixture) else (fixture.id,)

    def asks(self, fixture: Fixture) -> int:
        """Answers and stories, at most, that a model writes for a fixture."""
        if isinstance(fixture, BriefingFixture):
            return (len(fixture.after) + 1) * stories_of(_length(fixture) or self.engine.config.briefing_length)
        return len(fixture.turns) + 1 if isinstance(fixture, QuestionFixture) else 0

    def examine(self, fixture: Fixture) -> None:
        """Raise FixtureError for a fixture that cannot be tried, before anything is."""
        try:
            if isinstance(fixture, QuestionFixture):
                for typed in (*fixture.turns, fixture.question):
                    self._query(replace(fixture, question=typed))
            elif isinstance(fixture, BriefingFixture):
                known_sources(self.engine, fixture.sources)
        except UsageError as error:
            raise FixtureError(f"{self.suite}:{fixture.line}: {error.message}", error.hint) from None

    def cases(self, fixture: Fixture, cancel: Cancel) -> tuple[Case, ...]:
        """How a fixture comes out; no case when it was cancelled before it was done. Raises what the verbs raise, and
        FixtureError for evidence that is none."""
        match fixture:
            case QuestionFixture():
                return self._question(fixture, cancel)
            case BriefingFixture():
                return self._briefing(fixture, cancel)
            case VerificationFixture():
                return (self._verification(fixture),)
            case GroupingFixture():
                return self._grouping(fixture)
            case SummaryFixture():
                return (self._summary(fixture),)

    def _question(self, fixture: QuestionFixture, cancel: Cancel) -> tuple[Case, ...]:
        started = _now()
        if self.retrieval_only:
            query = self._completed(fixture, cancel) if fixture.turns else self._query(fixture)
            hits = self._best(fixture, query)
            return () if cancel.cancelled else (retrieval_case(fixture, hits, _since(started)),)
        asked = self._asked(fixture, cancel)
        if cancel.cancelled and not asked.answer.complete:
            return ()
        said = self._judged(fixture, asked.answer, cancel)
        if cancel.cancelled and said and said.correct is None:
            return ()
        told = asked.answer.rescored
        case = question_case(
            fixture,
            asked,
            article_of=self.engine.library.catalogue.version,
            judge=self.engine.verifier,
            costs=_since(started, asked.answer.usage + said.usage if said else asked.answer.usage),
        )
        unscored = (f"{UNSCORED}{told.why}",) if told and not told.scored else ()
        return (with_judgement(replace(case, notes=(*case.notes, *unscored)), said),)

    def _judged(self, fixture: QuestionFixture, answer: Answer, cancel: Cancel) -> Judged | None:
        """What the model that judges says of an answer; None where there is none, or nothing to judge by."""
        if self.engine.judge is None:
            return None
        steps = judged(self.engine.judge, fixture, answer, cancel)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                said: Judged | None = end.value
                return said

    def _asked(self, fixture: QuestionFixture, cancel: Cancel) -> Asked:
        hits: tuple[Hit, ...] = ()
        sure: list[float] = []
        answer: Answer | None = None
        for event in self._events(fixture, cancel):
            if isinstance(event, Retrieved):
                hits = event.hits
            elif isinstance(event, Weighed):
                sure.append(max((one.probability for one in event.sentences if one.possible), default=0.0))
            elif isinstance(event, Answer | Turn):
                answer = event.answer if isinstance(event, Turn) else event
        assert answer is not None  # the verb's last event
        if fixture.gains:
            hits = self._best(fixture, answer.query)
        elif self.k < DEPTH and names_something(fixture):
            hits = self._followed(hits, answer.query)
        return Asked(answer, hits, min(sure, default=None))

    def _events(self, fixture: QuestionFixture, cancel: Cancel) -> Iterator[ConverseEvent]:
        """What the question's verb tells; where turns stand before it, they are asked first, as one conversation."""
        if not fixture.turns:
            yield from ask(self.engine, self._query(fixture), k=self.k, index=self.index, cancel=cancel)
            return
        before: list[Turn] = []
        for typed in fixture.turns:
            *_, turn = self._turn(fixture, typed, before, cancel)
            assert isinstance(turn, Turn)  # the verb's last event
            before.append(turn)
        yield from self._turn(fixture, fixture.question, before, cancel)

    def _turn(
        self, fixture: QuestionFixture, typed: str, before: Sequence[Turn], cancel: Cancel
    ) -> Iterator[ConverseEvent]:
        return converse(
            self.engine.trying_out(None),
            typed,
            before=tuple(before),
            first=fixture.first,
            last=fixture.last,
            as_of=fixture.as_of,
            sources=fixture.sources,
            all_days=fixture.all_days,
            k=self.k,
            index=self.index,
            cancel=cancel,
        )

    def _briefing(self, fixture: BriefingFixture, cancel: Cancel) -> tuple[Case, ...]:
        """The briefing, after those of the days before it, in a journal of their own."""
        started = _now()
        with tempfile.TemporaryDirectory(prefix="newsdesk-") as folder:
            engine = self.engine.trying_out(Path(folder))
            told = partial(
                brief,
                engine,
                sources=fixture.sources,
                length=_length(fixture),
                topic=fixture.topic,
                index=self.index,
                standing=False,
                cancel=cancel,
            )
            before = [_told(told(day=day, as_of=day)) for day in fixture.after]
            days = partial(told, day=fixture.day, first=fixture.first, last=fixture.last, week=fixture.week)
            briefing = _told(days(as_of=fixture.as_of))
        if cancel.cancelled and not all(one.complete for one in (*before, briefing)):
            return ()
        usage = sum((one.usage for one in before), briefing.usage)
        library, judge, costs = self.engine.library, self.engine.verifier, _since(started, usage)
        case = briefing_case(fixture, briefing, before, article_of=library.catalogue.version, judge=judge, costs=costs)
        return (case,)

    def _verification(self, fixture: VerificationFixture) -> Case:
        started = _now()
        claims = fixture.parts or (fixture.claim,)
        try:
            checked = [verdict_on(claim, fixture.evidence, self.engine.verifier) for claim in claims]
        except ValueError as error:
            raise FixtureError(f"{self.suite}:{fixture.line}: {error}", "Correct the evidence.") from None
        return verification_case(fixture, checked, _since(started))

    def _grouping(self, fixture: GroupingFixture) -> tuple[Case, ...]:
        started = _now()
        articles = [_article(name, text, fixture.days.get(name)) for name, text in fixture.texts.items()]
        groups = [[article.id for article in members] for members in group(articles)]
        return grouping_cases(fixture, groups, _since(started))

    def _summary(self, fixture: SummaryFixture) -> Case:
        """What a story of this one article is quoted by."""
        started = _now()
        article = _article(fixture.id, fixture.text)
        story = quoted(Story(article.id, article.title, "new", (article,), ()))
        return summary_case(fixture, [claim.text for claim in story.claims], _since(started))

    def _completed(self, fixture: QuestionFixture, cancel: Cancel) -> Query:
        """The question as its conversation completes it, by quotation alone: nothing is sent to a model."""
        alone = replace(self, engine=self.engine.without({"model"}))
        return next(event.query for event in alone._events(fixture, cancel) if isinstance(event, Retrieved))

    def _best(self, fixture: QuestionFixture, query: Query) -> tuple[Hit, ...]:
        """What retrieval alone finds: passages, or the best of each article where articles are graded."""
        if fixture.gains:
            return retrieve(self.engine, query, max(self.k, DEPTH), self.index, by="article").hits
        return retrieve(self.engine, query, self.k, self.index).hits

    def _followed(self, hits: tuple[Hit, ...], query: Query) -> tuple[Hit, ...]:
        """The passages of an answer, with those that were found after them: as many as rankings are scored over."""
        known = {hit.passage.id for hit in hits}
        more = (hit for hit in retrieve(self.engine, query, REACH, self.index).hits if hit.passage.id not in known)
        return (*hits, *more)[:DEPTH]

    def _query(self, one: QuestionFixture) -> Query:
        return resolve(
            self.engine,
            one.question,
            first=one.first,
            last=one.last,
            as_of=one.as_of,
            sources=one.sources,
            all_days=one.all_days,
        )


def _length(fixture: BriefingFixture) -> str | int | None:
    """The length of a briefing: a name, or a number of stories."""
    return int(fixture.length) if fixture.length and fixture.length.isdecimal() else fixture.length


def _told(events: Iterator[BriefEvent]) -> Briefing:
    *_, briefing = events
    assert isinstance(briefing, Briefing)  # the verb's last event
    return briefing


def _article(name: str, text: str, day: str | None = None) -> Article:
    """A text as it would be ingested."""
    read = draft(text=text, zone=UTC, published=day)
    digest = hashlib.sha256(read.text.encode()).hexdigest()
    return Article(name, name, 1, read.title, None, None, read.published, read.text, digest)


def _now() -> tuple[float, float]:
    """Wall clock, and CPU of this thread."""
    return time.monotonic(), time.thread_time()


def _since(started: tuple[float, float], usage: Usage = Usage()) -> Costs:  # noqa: B008 - frozen
    """What a case took since it was begun, on the thread that did it."""
    seconds, cpu = time.monotonic() - started[0], time.thread_time() - started[1]
    return Costs(seconds, cpu, usage.tokens_in, usage.tokens_out, usage.cost)
