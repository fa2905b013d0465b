"""A second opinion: a model is asked whether cited passages say all of a sentence. It can lower a verdict, never raise
one: what code found stands, and a model that is content adds nothing to it.

The reply is untrusted: it is one line of ``number: yes`` or ``number: no`` for each sentence, or it is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from qa.endpoint import Finished
from qa.errors import BudgetError, EndpointError, UsageError
from qa.evidence import evidence
from qa.llm import Writer
from qa.types import Cancel, Claim, Exchange, Hit, Notice, Usage, Verdict

_LINE = re.compile(r"\[?(\d{1,3})\]?\s*[:.)]\s*(yes|no)\.?", re.I | re.A)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a model said of claims: those it doubts, by position, or why it said nothing."""

    doubted: frozenset[int] = frozenset()
    usage: Usage = field(default_factory=Usage)
    why: str = ""


def second_opinion(
    writer: Writer, claims: Sequence[Claim], hits: Sequence[Hit], *, as_of: date, cancel: Cancel
) -> Generator[Notice | Exchange, None, tuple[tuple[Claim, ...], Opinion]]:
    """``claims`` after a model has read those that code found supported: *weak* where it says no. Raises ConfigError
    for a wrong prompt file, and nothing for what a server does: the verdicts then stay as they are."""
    asked = {n: refs for n, claim in enumerate(claims) if (refs := _refs(claim, hits))}
    if not asked or cancel.cancelled:
        return tuple(claims), Opinion()
    yield Notice(f"asked {writer.model} for a second opinion on {len(asked)} sentence(s)")
    opinion = Opinion()
    cited = {n for refs in asked.values() for n in refs}
    shown = [one for one in evidence(hits) if one.n in cited]
    try:
        sentences = [(claims[n].text, refs) for n, refs in asked.items()]
        for event in writer.opinion(sentences, shown, as_of=as_of, cancel=cancel):
            if isinstance(event, Notice | Exchange):
                yield event
            elif isinstance(event, Finished):
                opinion = _read(event, list(asked))
    except (EndpointError, BudgetError, UsageError) as error:
        opinion = Opinion(why=f"{error.message}.")
    if opinion.why:
        yield Notice(f"no second opinion: {opinion.why}")
    return tuple(_doubted(claim, writer) if n in opinion.doubted else claim for n, claim in enumerate(claims)), opinion


def _refs(claim: Claim, hits: Sequence[Hit]) -> tuple[int, ...]:
    """The numbers (from 1) of the passages that a supported claim cites; none where there is nothing to lower."""
    if claim.verdict is not Verdict.SUPPORTED:
        return ()
    places = {(c.article_id, c.version, c.start) for c in claim.citations if c.field == "text"}
    return tuple(
        n
        for n, hit in enumerate(hits, 1)
        if any(
            (hit.article.id, hit.article.version) == (article, version) and hit.passage.start <= start < hit.passage.end
            for article, version, start in places
        )
    )


def _read(end: Finished, asked: Sequence[int]) -> Opinion:
    if not end.complete:
        return Opinion(usage=end.usage, why=end.reason)
    try:
        said = read_opinion(end.text, len(asked))
    except ValueError as error:
        return Opinion(usage=end.usage, why=f"The reply of the model cannot be used: {error}.")
    return Opinion(frozenset(asked[n - 1] for n, passes in said.items() if not passes), end.usage)


def read_opinion(reply: str, most: int) -> dict[int, bool]:
    """Whether each sentence from 1 to ``most`` passes. Raises ValueError, with the reason for a reader, for any line
    that is not a number and yes or no, and for a sentence that is missing or stands there twice."""
    found: dict[int, bool] = {}
    for line in filter(None, map(str.strip, reply.splitlines())):
        match = _LINE.fullmatch(line)
        if match is None or not 1 <= int(match[1]) <= most:
            raise ValueError("it says something else than yes or no for each sentence")
        if int(match[1]) in found:
            raise ValueError(f"it judges sentence {match[1]} twice")
        found[int(match[1])] = match[2].lower() == "yes"
    if len(found) < most:
        raise ValueError(f"it judges {len(found)} of {most} sentences")
    return found


def _doubted(claim: Claim, writer: Writer) -> Claim:
    reason = f"the checks found it supported, but {writer.model}, asked for a second opinion, does not"
    return replace(claim, verdict=Verdict.WEAK, reasons=(*claim.reasons, reason))
