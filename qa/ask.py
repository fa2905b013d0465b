"""Ask: a question to a verified answer, by quotation or by a configured model."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa.answer import checked, citations_of, extracted, following_later, nearest, with_reserve
from qa.carried import with_cited
from qa.conflicts import conflicts, outdated
from qa.engine import Engine
from qa.errors import UsageError
from qa.llm import Writer
from qa.rerank import depth, rescored
from qa.retrieve import notices, resolve, retrieve
from qa.types import (
    Answer,
    Cancel,
    Citation,
    Claim,
    Delta,
    Exchange,
    Hit,
    IndexChoice,
    Notice,
    Query,
    Rescored,
    Retrieved,
    Status,
    Usage,
    Weighed,
)
from qa.windows import asks_present
from qa.written import written

PASSAGES = 10
"""Passages an answer is written from, unless ``k`` says otherwise."""

REACH = 40
"""Passages whose articles are read for sentences to quote, at least."""

MOST_PASSAGES = 200

Event = Notice | Retrieved | Exchange | Weighed | Delta | Answer


def ask(
    engine: Engine,
    question: str | Query,
    *,
    k: int = PASSAGES,
    index: IndexChoice = "auto",
    cancel: Cancel | None = None,
    cited: Sequence[Citation] = (),
) -> Iterator[Event]:
    """Answer ``question`` (text, or a Query made with ``qa.retrieve.resolve``); the last event is the Answer.

    What the answer before ``cited`` joins the passages that are found, where it is in scope.
    Nothing outside the query's window is used; where words of the question set it and nothing inside answers, the
    nearest evidence may lie outside, and ``Answer.beyond`` says so.
    Cancelled, the last event is the Answer as far as it got, with ``complete=False``. Raises UsageError for a question
    that cannot be asked and EndpointError when the model's server cannot be reached or refuses.
    """
    if not 1 <= k <= MOST_PASSAGES:
        raise UsageError(f"-k {k} is out of range", f"Answer from 1 to {MOST_PASSAGES} passages.")
    cancel = cancel or Cancel()
    query = question if isinstance(question, Query) else resolve(engine, question)
    started = time.monotonic()
    found = retrieve(engine, query, max(depth(k, engine.scorer), REACH if engine.writer is None else 0), index)
    yield from notices(found)
    reserve = found.hits
    found = replace(found, hits=found.hits[: depth(k, engine.scorer)])
    found = yield from rescored(found, k, engine.scorer, cancel)
    found = with_cited(engine, found, cited)
    yield found
    for event in _answered(engine, found, reserve, cancel):
        if isinstance(event, Answer):
            yield _counted(_with_nearest(engine, _with_conflicts(event)), found.rescored, started)
        else:
            yield event


def _answered(engine: Engine, found: Retrieved, reserve: Sequence[Hit], cancel: Cancel) -> Iterator[Event]:
    if cancel.cancelled:
        yield _answer(engine, found, "", (), Status.INSUFFICIENT, complete=False)
    elif engine.writer is None:
        yield from _extractive(engine, found, reserve)
    else:
        yield from _written(engine, engine.writer, found, cancel)


def _with_nearest(engine: Engine, answer: Answer) -> Answer:
    """The answer, where it is none, with the closest words, of articles outside a window in words too."""
    if answer.status is not Status.INSUFFICIENT:
        return answer
    query, near = answer.query, answer.hits
    shown = answer.nearest
    if query.window_in_words and answer.complete:
        near = retrieve(engine, query, PASSAGES, beyond=True).hits
        shown = ()
    shown = shown or nearest(engine, query, near)
    outside = {hit.article.id for hit in near if not query.window.holds(hit.article)}
    beyond = tuple(citation.article_id for citation in shown if citation.article_id in outside)
    return replace(answer, nearest=shown, beyond=beyond, searched=engine.library.searched(query))


def _with_conflicts(answer: Answer) -> Answer:
    """The answer with what its sources do not agree on, and a note where a value that it gives is out of date."""
    if answer.status is Status.INSUFFICIENT:
        return answer
    cited = citations_of(answer.claims)
    found = conflicts(answer.hits, answer.query.topic, cited)
    return replace(answer, conflicts=found, notes=(*answer.notes, *outdated(found, cited)))


def _counted(answer: Answer, told: Rescored | None, started: float) -> Answer:
    """The answer with the time it took, and with what re-scoring its passages took and who did it."""
    usage = answer.usage + told.usage if told else answer.usage
    usage = replace(usage, seconds=round(time.monotonic() - started, 3))
    answer = replace(answer, notes=(*answer.notes, *_age(answer)))
    provenance = replace(answer.provenance, rerank_hash=told.prompt_hash if told else None)
    return replace(answer, usage=usage, provenance=provenance, rescored=told)


def _age(answer: Answer) -> tuple[str, ...]:
    """How old an answer about the present state is."""
    cited = {citation.article_id for claim in answer.claims for citation in claim.citations}
    dated = [hit.article.published.day for hit in answer.hits if hit.article.id in cited and hit.article.published]
    if not dated or not asks_present(answer.question):
        return ()
    newest = max(dated)
    as_of = answer.query.as_of
    days = (as_of - newest).days
    age = "the same day" if days == 0 else f"{days} day{'' if days == 1 else 's'} before {as_of}"
    return (f"the newest report quoted is of {newest}, {age}",)


def _extractive(engine: Engine, found: Retrieved, reserve: Sequence[Hit]) -> Iterator[Event]:
    read = with_reserve(found.hits, reserve)
    said = extracted(engine, found.query, read, len(found.hits))
    found = replace(found, hits=said.quoted.hits)
    sentences = following_later(said.quoted.sentences, found.hits, found.query.topic)
    text, claims = checked(sentences, found.hits, engine.verifier)
    yield from said.weighed
    for claim in claims:
        yield Delta(claim.text + " ")
    if not claims:
        shown = nearest(engine, found.query, read, said.ranked)
        yield replace(_answer(engine, found, text, claims, Status.INSUFFICIENT), nearest=shown)
        return
    status = Status.PARTIAL if said.missing else Status.ANSWERED
    notes = tuple(f"not in your articles: {part}" for part in said.missing)
    yield replace(_answer(engine, found, text, claims, status), notes=notes)


def _written(engine: Engine, writer: Writer, found: Retrieved, cancel: Cancel) -> Iterator[Event]:
    told = yield from written(engine, writer, found, cancel)
    answer = _answer(engine, found, told.text, told.claims, told.status, complete=told.complete)
    provenance = engine.provenance(writer.prompt_hash("answer"))
    yield replace(answer, usage=told.usage, notes=told.notes, provenance=provenance)


def _answer(
    engine: Engine,
    found: Retrieved,
    text: str,
    claims: tuple[Claim, ...],
    status: Status,
    *,
    complete: bool = True,
) -> Answer:
    return Answer(
        question=found.query.typed,
        text=text,
        claims=claims,
        hits=found.hits,
        status=status,
        complete=complete,
        query=found.query,
        nearest=(),
        left_out=found.left_out,
        index=found.index,
        usage=Usage(),
        provenance=engine.provenance(),
    )
