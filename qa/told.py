"""Told: a story of a briefing in the prose of a configured model, in parts, reviewed.

What fails its check is replaced by a quoted sentence that makes the same point, where there is one; else it is dropped
and counted.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from qa.answer import opening
from qa.cite import Sentence, sentences_of
from qa.engine import Engine
from qa.errors import EndpointError
from qa.evidence import evidence
from qa.leads import independent, instead
from qa.llm import is_refusal
from qa.review import GOOD, Reviewed, reviewed
from qa.tellable import near_copy, units_of
from qa.types import Cancel, Claim, Delta, Exchange, Hit, Notice, Story, Usage, Window
from qa.written import named, streamed

MOST = {"happened": 4, "new": 3, "why": 2}
"""The parts of a reply, and sentences of each that are kept."""
_RAMBLES = 20
"""Sentences from which a reply is no item of a briefing."""
_PASSAGES = 8
"""Articles of a story whose beginnings a model is given."""
_PART = re.compile(
    r"^[\s#>*_-]{0,6}(?:(?P<happened>(?:what )?happened)|(?P<new>(?:what(?: is|['’]s) )?new)"
    r"|(?P<why>why(?: it matters)?)|(?P<other>headline|title))[\s*_]{0,4}:[*_]{0,3}[ \t]*",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A story's claims, what they took, and what a reader should know about them."""

    claims: tuple[Claim, ...] = ()
    news: tuple[Claim, ...] = ()
    why: tuple[Claim, ...] = ()
    usage: Usage = field(default_factory=Usage)
    notes: tuple[str, ...] = ()
    dropped: int = 0
    """Sentences of the model that the articles do not support, and that no quoted one stands for."""

    def of(self, story: Story) -> Story:
        """The story with these claims."""
        return replace(story, claims=self.claims, news=self.news, why=self.why)


def told_by_model(
    engine: Engine, story: Story, *, window: Window, as_of: date, cancel: Cancel
) -> Generator[Notice | Delta | Exchange, None, Told]:
    """The model's sentences that are carried by the story's articles; none, and a note, when it refuses, fails, goes on
    and on, or none is. Raises ConfigError for a wrong prompt file, and BudgetError when the request is not allowed."""
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
    hits = [opening(article) for article in independent(story)[:_PASSAGES]]
    known, added = story.earlier, [n for n, hit in enumerate(hits, 1) if hit.article.id in story.added]
    try:
        events = engine.writer.story(
            story.title,
            evidence(hits),
            told=known.day if known else None,
            added=added,
            as_of=as_of,
            window=window,
            cancel=cancel,
        )
        end = yield from streamed(events, hits)
    except EndpointError as error:
        return _quoted(error.message)
    if not end.complete:
        return _quoted(end.reason, end.usage)
    if is_refusal(end.text):
        return _quoted("it found nothing about the headline in the articles", end.usage)
    parts = parts_of(end.text, hits)
    written = sum(map(len, parts.values()))
    if written > _RAMBLES:
        return _quoted(f"its reply went on for {written} sentences", end.usage)
    first = [(part, one) for part, found in parts.items() for one in found[: MOST[part]]]
    if story.status != "update":
        first = [(part, one) for part, one in first if part != "new"]
    review = yield from reviewed(engine, story.title, [one for _, one in first], hits, as_of=as_of, cancel=cancel)
    told = _kept(review, [part for part, _ in first], story)
    told = replace(told, usage=end.usage + review.usage, notes=(*end.notes, *review.notes, *told.notes))
    if not told.claims or not any(claim.verdict in GOOD for claim in review.claims):
        return replace(
            told,
            claims=(),
            news=(),
            why=(),
            notes=(*end.notes, *review.notes, _why("the articles support none of its sentences")),
            dropped=len(review.claims),
        )
    return told


def _quoted(why: str, usage: Usage | None = None) -> Told:
    return Told(usage=usage or Usage(), notes=(_why(why),))


def _why(reason: str) -> str:
    return f"quoted instead of told by the model: {reason}"


def parts_of(reply: str, hits: Sequence[Hit]) -> dict[str, list[Sentence]]:
    """The sentences of each part of a reply, none twice; without names of parts all tell what happened."""
    heads = list(_PART.finditer(reply))
    pieces = [("happened", reply[: heads[0].start()] if heads else reply)]
    ends = [*(head.start() for head in heads[1:]), len(reply)]
    pieces += [(head.lastgroup or "other", reply[head.end() : end]) for head, end in zip(heads, ends, strict=False)]
    found: dict[str, list[Sentence]] = {part: [] for part in MOST}
    for part, text in pieces:
        known = {one.text for own in found.values() for one in own}
        if part in found:
            found[part] += [one for one in dict.fromkeys(sentences_of(text, named(hits))) if one.text not in known]
    return found


def _kept(review: Reviewed, parts: Sequence[str], story: Story) -> Told:
    """The claims that passed, and quoted sentences for those that did not, each in its part and none twice."""
    found: dict[str, list[Claim]] = {part: [] for part in MOST}
    said = [claim for claim in review.claims if claim.verdict in GOOD]
    replaced = dropped = 0
    for claim, place in zip(review.claims, review.places, strict=True):
        part = parts[place]
        if claim.verdict in GOOD:
            if not any(_same(claim, other) for own in found.values() for other in own):
                found[part].append(claim)
        elif quote := instead(claim, story, said):
            said.append(quote)
            found[part].append(quote)
            replaced += 1
        else:
            dropped += 1
    notes = [f"replaced {replaced} sentence(s) the articles do not support by quoted ones"] if replaced else []
    notes += [f"dropped {dropped} sentence(s) the articles do not support"] if dropped else []
    return Told(tuple(found["happened"]), tuple(found["new"]), tuple(found["why"]), notes=tuple(notes), dropped=dropped)


def _same(one: Claim, other: Claim) -> bool:
    return near_copy(units_of(one.text)[0], units_of(other.text)[0])
