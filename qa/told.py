"""Told: a story of a briefing in the prose of a configured model, reviewed; what fails is dropped and counted."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import date

from qa.answer import composed, opening
from qa.cite import sentences_of
from qa.engine import Engine
from qa.errors import EndpointError
from qa.evidence import evidence
from qa.llm import is_refusal
from qa.review import dropped, reviewed
from qa.types import Cancel, Claim, Delta, Exchange, Notice, Story, Usage, Window
from qa.written import named, streamed

MOST_SENTENCES = 4
_PASSAGES = 8
"""Articles of a story whose beginnings a model is given."""


@dataclass(frozen=True, slots=True)
class Told:
    """A story's claims, what they took, and what a reader should know about them."""

    claims: tuple[Claim, ...] = ()
    news: tuple[Claim, ...] = ()
    why: tuple[Claim, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()

    def of(self, story: Story) -> Story:
        """The story with these claims."""
        return replace(story, claims=self.claims, news=self.news, why=self.why)


def told_by_model(
    engine: Engine, story: Story, *, window: Window, as_of: date, cancel: Cancel
) -> Generator[Notice | Delta | Exchange, None, Told]:
    """The model's sentences that are carried by the story's articles; none when it refuses, fails, or none is. Raises
    ConfigError for a wrong prompt file, and BudgetError when the request is not allowed."""
    steps = _told(engine, story, window, as_of, cancel)
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            told: Told = end.value
            return told
        yield replace(event, story=story.id) if isinstance(event, Exchange) else event


def _told(
    engine: Engine, story: Story, window: Window, as_of: date, cancel: Cancel
) -> Generator[Notice | Delta | Exchange, None, Told]:
    assert engine.writer is not None  # the caller asked
    hits = [opening(article) for article in story.articles[:_PASSAGES]]
    try:
        events = engine.writer.story(story.title, evidence(hits), as_of=as_of, window=window, cancel=cancel)
        end = yield from streamed(events, hits)
    except EndpointError as error:
        return Told(notes=(f"quoted instead of told by the model: {error.message}",))
    if not end.complete:
        return Told(usage=end.usage, notes=(f"quoted instead of told by the model: {end.reason}",))
    if is_refusal(end.text):
        return Told(usage=end.usage)
    sentences = list(dict.fromkeys(sentences_of(end.text, named(hits))))[:MOST_SENTENCES]
    review = yield from reviewed(engine, story.title, sentences, hits, as_of=as_of, cancel=cancel)
    kept, gone = dropped(review.claims)
    return Told(composed(kept)[1], usage=end.usage + review.usage, notes=(*end.notes, *review.notes, *gone))
