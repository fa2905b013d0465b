"""Evaluate: fixtures go through the same verbs as everything else, and are scored by code.

Without ``number``, ``made`` and ``costs`` a Run is the same to the last digit however often it is made, in whatever
order its cases finish, and whether or not it was resumed: exact search, a seeded bootstrap, nothing of the clock. The
reader's journal is neither read nor written.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from qa.ask import PASSAGES
from qa.engine import Engine, cost_notice, side_by_side
from qa.errors import BudgetError, EndpointError, NewsdeskError, RecordingError, UsageError
from qa.evaluation import TODAY, Case, Costs, Over, Run
from qa.fixtures import BriefingFixture, Fixture, QuestionFixture, Suite
from qa.fixtures.mistakes import first_of
from qa.founding import unfounded_in
from qa.judged import UNJUDGED
from qa.prompts import VARIABLES
from qa.resources import code_digest
from qa.scoring.failed import failed_case, has_failed
from qa.scoring.figures import figures
from qa.scoring.judging import judge_of
from qa.scoring.retrieval import DEPTH
from qa.tryout import UNSCORED, Tryout
from qa.types import Cancel, IndexChoice, Notice, Progress, Provenance

Event = Notice | Progress | Case | Run
MOST_AT_ONCE = 32
"""Cases at once, at most."""
_GIVES_UP = 3
"""Cases after which a server that answered none of them is taken to answer no other."""
_Finished = dict[str, tuple[Case, ...]]
"""The cases of each fixture that is done, by its id."""
_Outcome = tuple[Case, ...] | NewsdeskError


def planned(
    engine: Engine,
    suite: Suite,
    *,
    k: int = PASSAGES,
    index: IndexChoice = "exact",
    retrieval_only: bool = False,
) -> Run:
    """The Run that ``evaluate`` ends with, before its first case: what it is of, over, by and with."""
    tryout = _tryout(engine, suite, k=k, index=index, retrieval_only=retrieval_only)
    engine = tryout.engine
    stats = engine.library.stats()
    return Run(
        suite=suite.name,
        fixtures=suite.digest,
        of=sum(len(tryout.ids(one)) for one in suite.fixtures if tryout.takes(one)),
        figures=(),
        cases=(),
        provenance=_provenance(engine),
        prompts={name: engine.writer.prompt_hash(name) for name in sorted(VARIABLES) if name != "judge"}
        if engine.writer
        else {},
        judge=judge_of(engine.verifier, engine.embedder.fingerprint),
        over=Over(stats.articles, stats.passages, engine.library.catalogue.contents_digest()),
        settings={
            "k": str(tryout.k),
            "index": index,
            "retrieval_only": "yes" if retrieval_only else "no",
            "drafts": "yes" if any(one.draft for one in suite.fixtures) else "no",
            **_judging(engine),
            **_seen_from(engine, [one for one in suite.fixtures if tryout.takes(one)]),
        },
        code=code_digest(),
        complete=False,
    )


def evaluate(
    engine: Engine,
    suite: Suite,
    *,
    k: int = PASSAGES,
    index: IndexChoice = "exact",
    retrieval_only: bool = False,
    founded: bool = True,
    done: Sequence[Case] = (),
    plan: Run | None = None,
    at_once: int | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """Try every fixture of ``suite``; the last event is the Run.

    ``done`` are cases of an earlier run over the same: they are taken over, but for those that an error ended; ``plan``
    is what ``planned`` gave for these options, where the caller has it. With
    ``retrieval_only`` questions are searched and not answered, and other kinds are passed over. Cases come as they
    finish, ``at_once`` at a time (None: as many as the settings say where a model is asked, else one); one that raises
    has failed, and the others go on. Cancelled, or where the next request could cost more than is allowed, the Run
    holds the finished cases. Raises FixtureError for a fixture that cannot be tried, or whose evidence no article has
    (unless ``founded`` is false: a set is what it is, and such a case fails), UsageError for ``k`` or ``at_once`` out
    of range (rankings alone take no ``k`` below ten), BudgetError when not even the first case is allowed,
    RecordingError where a reply is not recorded, and EndpointError when the server answers none of the first three.
    """
    if at_once is not None and not 1 <= at_once <= MOST_AT_ONCE:
        raise UsageError(f"{at_once} cases at once is out of range", f"Choose from 1 to {MOST_AT_ONCE}.")
    started, cpu = time.monotonic(), time.process_time()
    tryout = _tryout(engine, suite, k=k, index=index, retrieval_only=retrieval_only)
    wanted = [one for one in suite.fixtures if tryout.takes(one)]
    if founded:
        for one in wanted:
            tryout.examine(one)
    if mistakes := unfounded_in(engine, replace(suite, fixtures=tuple(wanted))):
        if founded:
            raise first_of(Path(suite.name), mistakes)
        yield Notice(f"{len(mistakes)} thing(s) that fixtures name are in no article; the first: {mistakes[0].what}")
    plan = plan or planned(engine, suite, k=k, index=index, retrieval_only=retrieval_only)
    finished = _taken_over(tryout, wanted, done)
    left = [one for one in wanted if one.id not in finished]
    if notice := cost_notice(tryout.engine, sum(map(tryout.asks, left)), "answers and stories"):
        yield notice
    tryout, together = _together(tryout, left, at_once)
    notes = yield from _each(tryout, left, finished, total=len(wanted), at_once=together, cancel=cancel or Cancel())
    cases = tuple(case for one in wanted for case in finished.get(one.id, ()))
    yield from _unscored(cases)
    spent = Costs(time.monotonic() - started, time.process_time() - cpu)
    yield replace(
        plan,
        figures=figures(cases),
        cases=cases,
        complete=len(finished) == len(wanted),
        costs=_costs(cases, spent),
        notes=notes,
    )


def _tryout(engine: Engine, suite: Suite, *, k: int, index: IndexChoice, retrieval_only: bool) -> Tryout:
    if k < 1:
        raise UsageError(f"-k {k} is out of range", "Ask for at least 1 passage.")
    if retrieval_only and k < DEPTH:
        raise UsageError(
            f"-k {k} is too few for --retrieval-only",
            f"Rankings are scored over {DEPTH} passages: leave -k out, or leave out --retrieval-only.",
        )
    engine = (engine.without({"model"}) if retrieval_only else engine).keeping_vectors()
    return Tryout(engine, suite.name, k, index, retrieval_only)


def _taken_over(tryout: Tryout, wanted: Sequence[Fixture], done: Sequence[Case]) -> _Finished:
    """The fixtures that are done already, with their cases."""
    earlier: Mapping[str, Case] = {case.id: case for case in done if not has_failed(case)}
    of = {one.id: tryout.ids(one) for one in wanted}
    return {name: tuple(earlier[i] for i in ids) for name, ids in of.items() if all(i in earlier for i in ids)}


def _each(
    tryout: Tryout, left: Sequence[Fixture], finished: _Finished, *, total: int, at_once: int, cancel: Cancel
) -> Generator[Notice | Progress | Case, None, tuple[str, ...]]:
    """Try what is ``left`` and put it into ``finished``; returns what a reader of the run should know."""
    started, before = time.monotonic(), len(finished)
    yield Progress("evaluating", before, total)
    with closing(_outcomes(tryout, left, at_once, cancel)) as outcomes:
        for fixture, outcome in outcomes:
            if isinstance(outcome, BudgetError):
                if not finished:
                    raise outcome
                note = f"stopped after {len(finished)} of {total} fixtures: {outcome.message}"
                yield Notice(note)
                return (note,)
            if isinstance(outcome, RecordingError):
                raise outcome
            cases = (failed_case(fixture, outcome),) if isinstance(outcome, NewsdeskError) else outcome
            finished[fixture.id] = cases
            if isinstance(outcome, EndpointError) and _is_out(finished, total):
                raise outcome
            yield from cases
            done = len(finished)
            each = (time.monotonic() - started) / (done - before)
            yield Progress("evaluating", done, total, each * (total - done))
    return ()


def _is_out(finished: _Finished, total: int) -> bool:
    """Whether so many cases failed, and nothing else, that the server is taken to answer none."""
    failed = all(has_failed(case) for cases in finished.values() for case in cases)
    return failed and len(finished) >= min(_GIVES_UP, total)


def _outcomes(
    tryout: Tryout, left: Sequence[Fixture], at_once: int, cancel: Cancel
) -> Generator[tuple[Fixture, _Outcome], None, None]:
    """Each fixture with its cases, or with what it raised, as they finish; none of those that were cancelled. Closed
    before its end, it asks those under way to stop, and waits for them."""
    stop = Cancel()
    cancel.on_cancel(stop.cancel)
    if at_once == 1:
        for fixture in left:
            if cancel.cancelled:
                return
            if outcome := _tried(tryout, fixture, stop):
                yield fixture, outcome
        return
    with ThreadPoolExecutor(at_once, thread_name_prefix="case") as pool:
        under_way = {pool.submit(_tried, tryout, fixture, stop): fixture for fixture in left}
        try:
            for future in as_completed(under_way):
                if outcome := future.result():
                    yield under_way[future], outcome
        finally:
            stop.cancel()
            pool.shutdown(cancel_futures=True)


def _tried(tryout: Tryout, fixture: Fixture, stop: Cancel) -> _Outcome:
    """The cases of a fixture, or the error that ended it; nothing when it was cancelled."""
    if stop.cancelled:
        return ()
    try:
        return replace(tryout, engine=tryout.engine.anew()).cases(fixture, stop)
    except NewsdeskError as error:
        return () if stop.cancelled else error


def _together(tryout: Tryout, left: Sequence[Fixture], wanted: int | None) -> tuple[Tryout, int]:
    """How many cases go on at the same time, and how each is tried then: a briefing that is one of several has its
    stories told one by one, so that the server has no more requests at once than there are cases."""
    engine = tryout.engine
    if wanted is None:
        wanted = engine.config.cases_at_once if engine.config.asked else 1
    many = engine.budget.is_set and any(isinstance(one, BriefingFixture) for one in left)
    together = 1 if many else side_by_side(engine, wanted, len(left) + sum(_turns(one) for one in left))
    if together > 1:
        tryout = replace(tryout, engine=replace(engine, config=replace(engine.config, stories_at_once=1)))
    return tryout, together


def _turns(fixture: Fixture) -> int:
    """Questions of a conversation that are asked before it, each with one more request to complete it."""
    return 2 * len(fixture.turns) if isinstance(fixture, QuestionFixture) else 0


def _judging(engine: Engine) -> dict[str, str]:
    """Which model judges, and by which prompt."""
    judge = engine.judge
    return {"judge model": judge.model, "judge prompt": judge.prompt_hash("judge")} if judge else {}


def _seen_from(engine: Engine, fixtures: Sequence[Fixture]) -> dict[str, str]:
    """Today, where it can decide how a fixture comes out."""
    dated = (one for one in fixtures if isinstance(one, QuestionFixture | BriefingFixture))
    return {TODAY: engine.today.isoformat()} if any(one.as_of is None for one in dated) else {}


def _unscored(cases: Sequence[Case]) -> Iterator[Notice]:
    """Figures of a re-scored order that in part is not one, or that a model has judged in part, must not pass without a
    word."""
    for mark, what in ((UNSCORED, "re-scored"), (UNJUDGED, "judged")):
        failed = [note.removeprefix(mark) for case in cases for note in case.notes if note.startswith(mark)]
        if failed:
            yield Notice(f"{len(failed)} of {len(cases)} questions were not {what}; the first, because: {failed[0]}")


def _provenance(engine: Engine) -> Provenance:
    provenance = engine.provenance(engine.writer.prompt_hash("answer") if engine.writer else None)
    return replace(provenance, rerank_hash=engine.scorer.prompt_hash("rerank") if engine.scorer else None)


def _costs(cases: Sequence[Case], spent: Costs) -> Costs:
    """What the run took now, with the tokens and the money of all its cases."""
    dollars = [case.costs.dollars for case in cases]
    return replace(
        spent,
        prompt_tokens=sum(case.costs.prompt_tokens for case in cases),
        completion_tokens=sum(case.costs.completion_tokens for case in cases),
        dollars=None if None in dollars else sum(filter(None, dollars), 0.0),
    )
