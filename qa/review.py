"""Review: a model's sentences checked, failed ones asked for once more, a second opinion where one is wanted."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.answer import checked
from qa.cite import Sentence, words_found
from qa.engine import Engine
from qa.opinion import second_opinion
from qa.repair import asked_again
from qa.types import Cancel, Claim, Exchange, Hit, Notice, Usage, Verdict

GOOD = frozenset({Verdict.SUPPORTED, Verdict.WEAK})
"""Verdicts that a sentence is shown with as it stands."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The claims of a reply, what reviewing them took, and what a reader should know about it."""

    claims: tuple[Claim, ...]
    usage: Usage
    notes: tuple[str, ...]
    places: tuple[int, ...] = ()
    """For each claim the place of the sentence it came of: one may be written again as two."""


def reviewed(
    engine: Engine, task: str, sentences: Sequence[Sentence], hits: Sequence[Hit], *, as_of: date, cancel: Cancel
) -> Generator[Notice | Exchange, None, Reviewed]:
    """The claims of ``sentences``, which a model wrote from ``hits`` for ``task``. Whatever the server does while it is
    asked again, the first reply and its verdicts stay."""
    assert engine.writer is not None  # a model wrote them
    _, claims = checked(sentences, hits, engine.verifier)
    notes, places = _words_noted(sentences, hits), tuple(range(len(claims)))
    usage = Usage()
    failed = {n: claim for n, claim in enumerate(claims) if claim.verdict not in GOOD}
    if failed and engine.config.repair and len(claims) == len(sentences) and not cancel.cancelled:
        told = yield from asked_again(engine.writer, task, failed, hits, as_of=as_of, cancel=cancel)
        usage += told.usage
        better = _better(engine, told.sentences, hits)
        if better:
            spread = [better.get(n, [sentence]) for n, sentence in enumerate(sentences)]
            _, claims = checked([one for few in spread for one in few], hits, engine.verifier)
            places = tuple(n for n, few in enumerate(spread) for _ in few)
            notes.append(f"{_count(len(better), 'sentence')} written again, because the articles did not support it")
        if told.why:
            notes.append(f"failed sentences could not be asked for again: {told.why}")
    if engine.config.verify == "llm":
        claims, opinion = yield from second_opinion(engine.writer, claims, hits, as_of=as_of, cancel=cancel)
        usage += opinion.usage
        notes += [f"no second opinion: {opinion.why}"] if opinion.why and not cancel.cancelled else []
    return Reviewed(claims, usage, tuple(notes), places)


def struck(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """``claims`` with those that failed struck out."""
    return tuple(claim if claim.verdict in GOOD else replace(claim, struck=True) for claim in claims)


def dropped(claims: Sequence[Claim]) -> tuple[tuple[Claim, ...], tuple[str, ...]]:
    """``claims`` without those that failed, their articles numbered anew, and a note of how many there were."""
    numbers: dict[str, int] = {}
    kept = []
    for claim in claims:
        if claim.verdict in GOOD:
            cited = (replace(c, n=numbers.setdefault(c.article_id, len(numbers) + 1)) for c in claim.citations)
            kept.append(replace(claim, citations=tuple(cited)))
    gone = len(claims) - len(kept)
    return tuple(kept), ((f"dropped {gone} sentence(s) the articles do not support",) if gone else ())


def _better(
    engine: Engine, asked: Mapping[int, Sequence[Sentence]], hits: Sequence[Hit]
) -> dict[int, Sequence[Sentence]]:
    """Those written again that pass the check now."""
    return {
        n: sentences
        for n, sentences in asked.items()
        if all(claim.verdict in GOOD for claim in checked(sentences, hits, engine.verifier)[1])
    }


def _words_noted(sentences: Sequence[Sentence], hits: Sequence[Hit]) -> list[str]:
    """A note where a model gave carrying words, and none of them stand where it says."""
    given, found = words_found(sentences, hits)
    if given < 2 or found:
        return []
    return ["none of the words the model gave as evidence stand in the articles; the quotes shown are the closest ones"]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun} was" if n == 1 else f"{n} {noun}s were"
