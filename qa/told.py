"""Told: a story of a briefing in the prose of a configured model, reviewed; what fails is dropped and counted."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import date

from qa.answer import composed
from qa.cite import sentences_of
from qa.engine import Engine
from qa.errors import EndpointError
from qa.evidence import evidence
from qa.llm import is_refusal
from qa.review import dropped, reviewed
from qa.types import Cancel, Claim, Delta, Exchange, Hit, Notice, Usage, Window
from qa.written import named, streamed

MOST_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A story's claims, what they took, and what a reader should know about them."""

    claims: tuple[Claim, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()


def told_by_model(
    engine: Engine, headline: str, hits: Sequence[Hit], *, window: Window, as_of: date, cancel: Cancel
) -> Generator[Notice | Delta | Exchange, None, Told]:
    """The model's sentences that are carried by the articles; none when it refuses, fails, or none is. Raises
    ConfigError for a wrong prompt file, and BudgetError when the request is not allowed."""
    assert engine.writer is not None  # the caller asked
    try:
        events = engine.writer.story(headline, evidence(hits), as_of=as_of, window=window, cancel=cancel)
        end = yield from streamed(events, hits)
    except EndpointError as error:
        return Told(notes=(f"quoted instead of told by the model: {error.message}",))
    if not end.complete:
        return Told((), end.usage, (f"quoted instead of told by the model: {end.reason}",))
    if is_refusal(end.text):
        return Told((), end.usage)
    sentences = list(dict.fromkeys(sentences_of(end.text, named(hits))))[:MOST_SENTENCES]
    review = yield from reviewed(engine, headline, sentences, hits, as_of=as_of, cancel=cancel)
    kept, gone = dropped(review.claims)
    return Told(composed(kept)[1], end.usage + review.usage, (*end.notes, *review.notes, *gone))
