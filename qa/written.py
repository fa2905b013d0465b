"""Written: an answer in the prose of a configured model, streamed, cited and reviewed."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from qa.answer import composed
from qa.cite import numbering, sentences_of
from qa.endpoint import Finished
from qa.engine import Engine
from qa.evidence import evidence
from qa.llm import Event, Writer, is_refusal
from qa.neighbours import joined
from qa.prose import Prose
from qa.review import GOOD, dropped, reviewed, struck
from qa.types import Cancel, Claim, Delta, Exchange, Hit, Notice, Retrieved, Status, Usage

MOST_SENTENCES = 40
"""Sentences of a reply that are checked and shown; a longer one is no answer."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a model's reply came to."""

    text: str
    claims: tuple[Claim, ...]
    status: Status
    complete: bool
    usage: Usage
    notes: tuple[str, ...]


def written(
    engine: Engine, writer: Writer, found: Retrieved, cancel: Cancel
) -> Generator[Notice | Delta | Exchange, None, Written]:
    """Answer from ``found`` with ``writer``. Raises EndpointError, ConfigError and BudgetError before the reply begins;
    after that, what arrived is kept."""
    query, read = found.query, joined(found.hits)
    events = writer.answer(query.text, evidence(read), as_of=query.as_of, window=query.window, cancel=cancel)
    end = yield from streamed(events, read)
    notes = [*end.notes, *([end.reason] if end.reason else [])]
    if is_refusal(end.text):
        return Written("", (), Status.INSUFFICIENT, end.complete, end.usage, tuple(notes))
    sentences = sentences_of(end.text, named(read))
    if len(sentences) > MOST_SENTENCES:
        notes.append(f"the reply went on for {len(sentences)} sentences; the first {MOST_SENTENCES} are shown")
        sentences = sentences[:MOST_SENTENCES]
    told = yield from reviewed(engine, query.text, sentences, read, as_of=query.as_of, cancel=cancel)
    complete = end.complete and not cancel.cancelled
    status = status_of(told.claims, complete)
    if engine.config.failed == "drop":
        claims, gone = dropped(told.claims)
    else:
        claims, gone = struck(told.claims), ()
    text, claims = composed(claims)
    return Written(text, claims, status, complete, end.usage + told.usage, (*notes, *told.notes, *gone))


def streamed(events: Iterator[Event], hits: Sequence[Hit]) -> Generator[Notice | Delta | Exchange, None, Finished]:
    """Pass on notices, the exchange, and the prose of ``hits`` as a reader may see it; the end of the reply."""
    prose = Prose(numbering(hits), named(hits))
    end: Finished | None = None
    for event in events:
        if isinstance(event, Notice | Exchange):
            yield event
            continue
        text = prose.feed(event.text) if isinstance(event, Delta) else prose.flush()
        if text:
            yield Delta(text)
        if isinstance(event, Finished):
            end = event
    assert end is not None  # the writer's last event
    return end


def status_of(claims: Sequence[Claim], complete: bool) -> Status:
    """Answered when every sentence is supported or weak; partial when some are not, or the reply broke off."""
    good = [claim for claim in claims if claim.verdict in GOOD]
    if not good:
        return Status.INSUFFICIENT
    return Status.ANSWERED if len(good) == len(claims) and complete else Status.PARTIAL


def named(hits: Sequence[Hit]) -> str:
    """Where addresses must stand that a reply may name."""
    return "\n".join(f"{hit.article.url or ''}\n{hit.passage.text}" for hit in hits)
