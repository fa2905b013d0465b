"""How a question came out: its retrieval, what the answer says, what it cites, and whether it should have refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qa.evaluation import Case, Costs, Sentence
from qa.fixtures.kinds import QuestionFixture
from qa.metrics import contains, token_f1
from qa.scoring.citations import ArticleFn, Cites, cites, is_exact, is_named_right, quoted_text, told
from qa.scoring.composition import composed_as_told
from qa.scoring.repetition import repeated
from qa.scoring.retrieval import articles_of, rank_of, retrieval_scores
from qa.scoring.said import listed, says, share_said, squeezed
from qa.types import Answer, Article, Citation, Claim, Hit, Mode, Query, Status, Verdict
from qa.verify import Verifier

_REFUSED = Status.INSUFFICIENT
_MOST_QUOTED = 3
"""Sentences of a quoted answer that a reader is promised at most: its own number, whatever the writer goes by."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked, with what the verb told on the way."""

    answer: Answer
    hits: tuple[Hit, ...]
    """What was retrieved, best first; where the fixture has gains, the best passage of each article."""
    confidence: float | None
    """How sure the surest sentence was to answer."""


def question_case(
    fixture: QuestionFixture,
    asked: Asked,
    *,
    article_of: ArticleFn,
    judge: Verifier,
    costs: Costs = Costs(),  # noqa: B008 - frozen
) -> Case:
    """An answer held against its fixture. ``article_of`` reads the library, ``judge`` judges anew."""
    answer = asked.answer
    claims = told(answer.claims)
    cited = tuple(dict.fromkeys(c for claim in claims for c in claim.citations))
    said = " ".join(claim.text for claim in claims)
    refused = answer.status is _REFUSED
    found = cites(claims, article_of, lambda article: _may_be_used(fixture, answer.query, article), judge)
    told_facts = _told_facts(fixture, answer, said)
    scores = retrieval_scores(fixture, asked.hits) | _said_scores(fixture, said, told_facts)
    scores |= _quoted(fixture, [c for claim in claims for c in claim.citations], article_of)
    scores |= _cited(found) | _abstained(fixture, refused=refused) | _shape(answer, claims)
    composed = composed_as_told(answer.text, answer.claims)
    if composed is not None:
        scores["citations.markers"] = composed.share
    if refused and answer.searched != 0:
        scores["abstention.nearest"] = float(_names_nearest(answer, article_of))
    if fixture.window is not None:
        scores["answers.window"] = float(_days(answer.query) == fixture.window)
    if fixture.status is not None:
        scores["answers.status"] = float(answer.status is fixture.status)
    failures = tuple(_failures(fixture, answer, said, told_facts)) + (found.failures if found else ())
    failures += composed.failures if composed else ()
    if _expects(fixture):
        scores["answers.as_expected"] = float(not failures)
    return Case(
        id=fixture.id,
        kind="question",
        asked=asked_as(fixture),
        expected=_expected(fixture),
        outcome=answer.status.value,
        scores=scores,
        failures=failures,
        confidence=asked.confidence if asked.confidence is not None else _by_verdicts(answer),
        right=None if refused else _right(fixture, scores),
        said=answer.text,
        cited=cited,
        sentences=tuple(Sentence(one.text, tuple(map(cited.index, dict.fromkeys(one.citations)))) for one in claims),
        notes=answer.notes,
        ranked=articles_of(asked.hits),
        costs=costs,
    )


def retrieval_case(fixture: QuestionFixture, hits: Sequence[Hit], costs: Costs = Costs()) -> Case:  # noqa: B008 - frozen
    """A question whose passages alone were looked for."""
    scores, rank = retrieval_scores(fixture, hits), rank_of(fixture, hits)
    missed = bool(scores) and rank is None
    return Case(
        id=fixture.id,
        kind="question",
        asked=asked_as(fixture),
        expected="found" if scores else "",
        outcome=f"rank {rank}" if rank else "not found" if scores else "",
        scores=scores,
        failures=("nothing relevant among the first 10",) if missed else (),
        ranked=articles_of(hits),
        costs=costs,
    )


def asked_as(fixture: QuestionFixture) -> str:
    """The question with the turns before it."""
    return " / ".join((*fixture.turns, fixture.question))


def _expects(fixture: QuestionFixture) -> bool:
    return bool(fixture.status or fixture.contains or fixture.excludes or fixture.answers or fixture.window)


def _expected(fixture: QuestionFixture) -> str:
    if fixture.status is not None:
        return fixture.status.value
    return Status.ANSWERED.value if _answerable(fixture) else ""


def _answerable(fixture: QuestionFixture) -> bool:
    """Whether the articles answer it: as its status says, or else because it says what the answer is."""
    if fixture.status is not None:
        return fixture.status is not _REFUSED
    return bool(fixture.contains or fixture.answers or fixture.evidence)


def _told_facts(fixture: QuestionFixture, answer: Answer, said: str) -> str:
    """What facts are looked for in: what is said, and where a fact that it must hold is not in it, also what sources do
    not agree on, which a reader is told beside it. Who shows every number there has then told the wrong ones, too."""
    if not fixture.contains or not share_said(said, fixture.contains)[1]:
        return said
    return " ".join([said, *(side.quote for conflict in answer.conflicts for side in conflict.sides)])


def _failures(fixture: QuestionFixture, answer: Answer, said: str, told_facts: str) -> Iterator[str]:
    if fixture.status is not None and answer.status is not fixture.status:
        yield f"{answer.status.value}, expected {fixture.status.value}"
    if fixture.contains and (lacking := share_said(told_facts, fixture.contains)[1]):
        yield f"does not say {listed(lacking)}"
    if wrong := [one for one in fixture.excludes if says(told_facts, one)]:
        yield f"says {listed(wrong)}"
    if fixture.answers and not contains(said, fixture.answers):
        yield f"holds none of the answers {listed(fixture.answers)}"
    if fixture.window is not None and (days := _days(answer.query)) != fixture.window:
        yield f"read as {_in_words(days)}, expected {_in_words(fixture.window)}"
    if not answer.complete:
        yield "the answer broke off"


def _said_scores(fixture: QuestionFixture, said: str, told_facts: str) -> dict[str, float]:
    scores: dict[str, float] = {}
    if fixture.contains:
        scores["answers.facts"] = share_said(told_facts, fixture.contains)[0]
    if fixture.excludes:
        scores["answers.excluded"] = float(any(says(told_facts, one) for one in fixture.excludes))
    if fixture.answers:
        scores["answers.contain"] = float(contains(said, fixture.answers))
        scores["answers.token_f1"] = token_f1(said, fixture.answers)
    return scores


def _quoted(fixture: QuestionFixture, citations: Sequence[Citation], article_of: ArticleFn) -> dict[str, float]:
    """Whether a gold fact stands inside the cited words: as a whole, or they inside it."""
    if not fixture.evidence:
        return {}
    quotes = [squeezed(quoted_text(c, article_of(c.article_id, c.version))) for c in citations]
    facts = [squeezed(fact) for fact in fixture.evidence]
    within = any(fact in quote or _most_of(quote, fact) for quote in filter(None, quotes) for fact in facts)
    return {"answers.fact_quoted": float(within)}


def _most_of(quote: str, fact: str) -> bool:
    """Whether a quote is the larger part of a gold fact: carrying words of a model, or a sentence cut otherwise."""
    return quote in fact and 2 * len(quote) >= len(fact)


def _cited(found: Cites | None) -> dict[str, float]:
    if found is None:
        return {}
    scores = {
        "citations.recall": found.alce.recall,
        "citations.precision": found.alce.precision,
        "citations.cited": found.cited,
        "citations.supported": found.supported,
        "citations.numbers": found.numbers,
        "citations.exact": found.exact,
        "citations.dated": found.dated,
    }
    return {name: value for name, value in scores.items() if value is not None}


def _shape(answer: Answer, claims: Sequence[Claim]) -> dict[str, float]:
    """What an answer says twice, and whether it quotes more than it may."""
    if not claims:
        return {}
    scores = {"answers.repeated": len(repeated([claim.text for claim in claims])) / len(claims)}
    if answer.provenance.mode is Mode.EXTRACTIVE:
        scores["answers.too_long"] = float(len(claims) > _MOST_QUOTED)
    return scores


def _names_nearest(answer: Answer, article_of: ArticleFn) -> bool:
    """Whether a refusal shows what comes nearest, all of it word for word as the library has it."""
    read = [(c, article_of(c.article_id, c.version)) for c in answer.nearest]
    return bool(read) and all(is_exact(c, article) and is_named_right(c, article) for c, article in read)


def _abstained(fixture: QuestionFixture, *, refused: bool) -> dict[str, float]:
    if _answerable(fixture):
        return {"abstention.answerable_refused": float(refused)}
    return {"abstention.unanswerable_refused": float(refused)} if fixture.status is _REFUSED else {}


def _right(fixture: QuestionFixture, scores: dict[str, float]) -> bool | None:
    """Whether an answer that was given is right: None where the fixture does not say what is."""
    if fixture.status is _REFUSED or scores.get("answers.excluded"):
        return False
    for name in ("answers.contain", "answers.facts", "answers.fact_quoted"):
        if name in scores:
            return scores[name] == 1.0
    return None


def _by_verdicts(answer: Answer) -> float | None:
    """How sure a model's answer is: the share of its sentences that what they cite supports."""
    if not answer.claims:
        return None
    return sum(claim.verdict is Verdict.SUPPORTED for claim in answer.claims) / len(answer.claims)


def _may_be_used(fixture: QuestionFixture, query: Query, article: Article) -> bool:
    """Whether an article lies in the days that the fixture, and the answer's own query, allow."""
    if article.published is None:
        return query.allows_undated and not (fixture.as_of or fixture.first or fixture.last)
    day = article.published.day
    first, last = fixture.window or (None, None)
    lasts = [query.as_of, *map(date.fromisoformat, filter(None, (fixture.as_of, fixture.last, last)))]
    firsts = [date.fromisoformat(one) for one in (fixture.first, first) if one]
    return query.window.holds(article) and day <= min(lasts) and all(day >= one for one in firsts)


def _days(query: Query) -> tuple[str | None, str | None]:
    start, end = query.window.start, query.window.end
    return (start.isoformat() if start else None, end.isoformat() if end else None)


def _in_words(days: tuple[str | None, str | None]) -> str:
    first, last = days
    return "any day" if not (first or last) else f"{first or 'the first day'} to {last or 'the as-of date'}"
