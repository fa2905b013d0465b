"""Evaluate: fixtures asked through the same verb as everything else, and scored by code.

Retrieval: hit@k and MRR@10 over the fixtures that name evidence or articles. A passage is relevant when it holds an
evidence sentence, white space and quotation marks aside; where a fixture gives no evidence, when it belongs to a named
article. Runs repeat to the last digit: exact search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath

from qa.ask import ask
from qa.engine import Engine, cost_notice
from qa.errors import BudgetError, FixtureError, UsageError
from qa.facts import normal_quote
from qa.fixtures import QuestionFixture, load_fixtures
from qa.retrieve import resolve
from qa.types import (
    Answer,
    Cancel,
    EvaluationReport,
    Hit,
    IndexChoice,
    Metric,
    Notice,
    Progress,
    Query,
    Scored,
    Status,
    Usage,
    Verdict,
)

Event = Notice | Progress | Scored | EvaluationReport


def evaluate(
    engine: Engine, path: Path, *, k: int = 10, index: IndexChoice = "exact", cancel: Cancel | None = None
) -> Iterator[Event]:
    """Ask every fixture of ``path``; the last event is the EvaluationReport.

    Cancelled, the report holds the finished cases. Raises FixtureError for a wrong file and for a question that cannot
    be asked, and UsageError when ``k`` is out of range.
    """
    if k < 1:
        raise UsageError(f"-k {k} is out of range", "Ask for at least 1 passage.")
    cancel = cancel or Cancel()
    fixtures = [one for one in load_fixtures(path).fixtures if isinstance(one, QuestionFixture)]
    queries = [_query(engine, path, one) for one in fixtures]
    cases: list[Scored] = []
    if notice := cost_notice(engine, len(fixtures), "questions"):
        yield notice
    for done, (fixture, query) in enumerate(zip(fixtures, queries, strict=True)):
        if cancel.cancelled:
            break
        yield Progress("evaluating", done, len(fixtures))
        try:
            *_, answer = ask(engine, query, k=max(k, 10), index=index, cancel=cancel)
        except BudgetError as error:
            if not cases:
                raise
            yield Notice(f"stopped after {len(cases)} of {len(fixtures)} questions: {error.message}")
            break
        assert isinstance(answer, Answer)  # the verb's last event
        if not cancel.cancelled:
            cases.append(score(fixture, answer))
            yield cases[-1]
    yield from _unscored(cases)
    provenance = engine.provenance(engine.writer.prompt_hash("answer") if engine.writer else None)
    yield EvaluationReport(
        metrics=tuple(_metrics(cases)),
        cases=tuple(cases),
        complete=len(cases) == len(fixtures),
        usage=replace(sum((case.answer.usage for case in cases), Usage()), seconds=0.0),  # so that runs repeat
        provenance=replace(provenance, rerank_hash=engine.scorer.prompt_hash("rerank") if engine.scorer else None),
    )


def _unscored(cases: Sequence[Scored]) -> Iterator[Notice]:
    """Figures of a re-scored order that in part is not one must not pass without a word."""
    failed = [told.why for case in cases if (told := case.answer.rescored) and not told.scored]
    if failed:
        yield Notice(f"{len(failed)} of {len(cases)} questions were not re-scored; the first, because: {failed[0]}")


def _query(engine: Engine, path: Path, one: QuestionFixture) -> Query:
    try:
        return resolve(engine, one.question, first=one.first, last=one.last, as_of=one.as_of, sources=one.sources)
    except UsageError as error:
        raise FixtureError(f"{path}:{one.line}: {error.message}", error.hint) from None


def score(fixture: QuestionFixture, answer: Answer) -> Scored:
    """One answer held against what its fixture expects."""
    failures = []
    if fixture.status is not None and answer.status is not fixture.status:
        failures.append(f"status {answer.status.value}, expected {fixture.status.value}")
    said = normal_quote(" ".join(claim.text for claim in answer.claims))
    for wanted in fixture.contains:
        if not any(normal_quote(one) in said for one in wanted):
            failures.append(f"says none of {list(wanted)}")
    relevant = bool(fixture.evidence or fixture.articles)
    ranks = [rank for rank, hit in enumerate(answer.hits, 1) if _is_relevant(fixture, hit)]
    return Scored(
        id=fixture.id,
        question=answer.question,
        expected=fixture.status or answer.status,
        status=answer.status,
        rank=ranks[0] if ranks else None,
        failures=tuple(failures),
        answer=answer,
        relevant=relevant,
    )


def _is_relevant(fixture: QuestionFixture, hit: Hit) -> bool:
    if fixture.evidence:
        plain = _squeezed(hit.passage.text)
        return any(_squeezed(sentence) in plain for sentence in fixture.evidence)
    known = {hit.article.id, hit.article.url, PurePath(hit.article.origin.split("#")[0]).name}
    return any(name in known for name in fixture.articles)


def _squeezed(text: str) -> str:
    return "".join(normal_quote(text).split())


def _metrics(cases: Sequence[Scored]) -> Iterator[Metric]:
    ranked = [case for case in cases if case.relevant]
    for k in (1, 4, 10):
        yield _share("retrieval", f"hit@{k}", [case.rank is not None and case.rank <= k for case in ranked])
    reciprocal = [1.0 / case.rank if case.rank and case.rank <= 10 else 0.0 for case in ranked]
    yield Metric("retrieval", "MRR@10", sum(reciprocal) / len(ranked) if ranked else None, len(ranked))
    answerable = [case for case in cases if case.expected is not Status.INSUFFICIENT]
    yield _share("answers", "as expected", [not case.failures for case in answerable])
    claims = [claim for case in cases for claim in case.answer.claims]
    yield _share("citations", "sentences cited", [bool(claim.citations) for claim in claims])
    yield _share("citations", "sentences supported", [claim.verdict is Verdict.SUPPORTED for claim in claims])
    yield _share(
        "citations",
        "quotes exact",
        [_is_exact(case.answer, i) for case in cases for i in range(len(case.answer.claims))],
    )
    unanswerable = [case for case in cases if case.expected is Status.INSUFFICIENT]
    yield _share("abstention", "unanswerable refused", [case.status is Status.INSUFFICIENT for case in unanswerable])
    yield _share("abstention", "answerable refused", [case.status is Status.INSUFFICIENT for case in answerable])


def _is_exact(answer: Answer, claim: int) -> bool:
    """Whether every quote of a claim stands at its offsets in the article it names."""
    texts = {(hit.article.id, hit.article.version): hit.article for hit in answer.hits}
    for citation in answer.claims[claim].citations:
        article = texts.get((citation.article_id, citation.version))
        text = "" if article is None else (article.title if citation.field == "title" else article.text)
        if text[citation.start : citation.end] != citation.quote:
            return False
    return True


def _share(group: str, name: str, outcomes: Sequence[bool]) -> Metric:
    return Metric(group, name, sum(outcomes) / len(outcomes) if outcomes else None, len(outcomes))
