"""A tryout: one fixture through the verb that its reader would use, and scored; the journal keeps nothing of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.ask import ask
from qa.converse import Event as ConverseEvent
from qa.converse import converse
from qa.engine import Engine
from qa.errors import FixtureError, UsageError
from qa.evaluation import Case, Costs
from qa.fixtures import Fixture, QuestionFixture
from qa.retrieve import resolve, retrieve
from qa.scoring.questions import Asked, question_case, retrieval_case
from qa.scoring.retrieval import names_something
from qa.types import Answer, Cancel, Hit, IndexChoice, Query, Retrieved, Turn, Usage, Weighed

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
        if not self.retrieval_only:
            return isinstance(fixture, QuestionFixture)
        return isinstance(fixture, QuestionFixture) and names_something(fixture)

    def ids(self, fixture: Fixture) -> tuple[str, ...]:
        """Ids of the cases that a fixture has."""
        return (fixture.id,)

    def examine(self, fixture: Fixture) -> None:
        """Raise FixtureError for a fixture that cannot be tried, before anything is."""
        try:
            if isinstance(fixture, QuestionFixture):
                self._query(fixture)
                for turn in fixture.turns:
                    self._query(replace(fixture, question=turn))
        except UsageError as error:
            raise FixtureError(f"{self.suite}:{fixture.line}: {error.message}", error.hint) from None

    def cases(self, fixture: Fixture, cancel: Cancel) -> tuple[Case, ...]:
        """How a fixture comes out; no case when it was cancelled before it was done. Raises what the verbs raise."""
        assert isinstance(fixture, QuestionFixture)  # what ``takes`` takes
        return self._question(fixture, cancel)

    def _question(self, fixture: QuestionFixture, cancel: Cancel) -> tuple[Case, ...]:
        started = (time.monotonic(), time.thread_time())
        if self.retrieval_only:
            query = self._completed(fixture, cancel) if fixture.turns else self._query(fixture)
            hits = self._best(fixture, query)
            return () if cancel.cancelled else (retrieval_case(fixture, hits, _since(started)),)
        asked = self._asked(fixture, cancel)
        if cancel.cancelled and not asked.answer.complete:
            return ()
        told = asked.answer.rescored
        case = question_case(
            fixture,
            asked,
            article_of=self.engine.library.catalogue.version,
            judge=self.engine.verifier,
            costs=_since(started, asked.answer.usage),
        )
        unscored = (f"{UNSCORED}{told.why}",) if told and not told.scored else ()
        return (replace(case, notes=(*case.notes, *unscored)),)

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

    def _completed(self, fixture: QuestionFixture, cancel: Cancel) -> Query:
        """The question as its conversation completes it, by quotation alone: nothing is sent to a model."""
        alone = replace(self, engine=self.engine.without({"model"}))
        return next(event.query for event in alone._events(fixture, cancel) if isinstance(event, Retrieved))

    def _best(self, fixture: QuestionFixture, query: Query) -> tuple[Hit, ...]:
        """What retrieval alone finds: passages, or the best of each article where articles are graded."""
        if fixture.gains:
            return retrieve(self.engine, query, self.k, self.index, by="article").hits
        return retrieve(self.engine, query, self.k, self.index).hits

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


def _since(started: tuple[float, float], usage: Usage = Usage()) -> Costs:  # noqa: B008 - frozen
    """What a case took since it was begun, on the thread that did it."""
    seconds, cpu = time.monotonic() - started[0], time.thread_time() - started[1]
    return Costs(seconds, cpu, usage.tokens_in, usage.tokens_out, usage.cost)
