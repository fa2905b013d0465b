"""The verdict on one sentence: is what it says in what it cites? Deterministic; no model, no network.

What is quoted must stand verbatim in the cited words; numbers, names and days must be found there, nothing there may
say otherwise, and the words must be carried by it. A quotation, number or name that is nowhere in the cited passage
is a hard flag, and so is each thing that the passage says otherwise (``contradicted``): *unsupported*. One that is in
the passage but not near the quoted sentence, or words carried only in part, make it *weak*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.facts import content_stems, days, normal_quote, numbers
from qa.types import Cited, Verdict
from qa.verify.absent import day_words, days_told, missing
from qa.verify.aliases import short
from qa.verify.contests import contested_day, contested_name, contested_numbers
from qa.verify.directions import contested_direction
from qa.verify.opposites import contested_negation
from qa.verify.reading import Read
from qa.verify.speakers import contested_speaker

SUPPORTED_FROM = 0.6
"""Share of a sentence's content words found in what it cites, from which it counts as carried."""
WEAK_FROM = 0.35
_NEGATION = re.compile(r"\b(?:no|not|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)\b", re.I)
_UNIT_WORD = re.compile(r"^\s*(?:%|percent\b|per\s+cent\b|pct\b|dollars?\b|euros?\b|pounds?\b)", re.I)


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the reasons a reader is shown."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def verify(claim: str, cited: Sequence[Cited]) -> Finding:
    """The verdict on ``claim``, checked against all it cites together."""
    if not cited:
        return Finding(Verdict.UNCITED, ("it cites nothing",))
    plain = normal_quote(claim)
    if any(plain and plain in normal_quote(one.quote) for one in cited):
        return Finding(Verdict.SUPPORTED)
    near = "\n".join(f"{one.near}\n{one.header}" for one in cited)
    whole = "\n".join(f"{one.passage}\n{one.header}" for one in cited)
    absent = missing(claim, whole, days_told((one.passage, one.header) for one in cited))
    absent += [reason for _, reason in contradicted(claim, cited)]
    if absent:
        return Finding(Verdict.UNSUPPORTED, tuple(dict.fromkeys(absent)))
    share = coverage(claim, near)
    if share < WEAK_FROM:
        return Finding(Verdict.UNSUPPORTED, (f"only {share:.0%} of its words are in what it cites",))
    told_near = days_told((one.near, one.header) for one in cited)
    doubts = [reason.replace("what it cites", "the sentences it cites") for reason in missing(claim, near, told_near)]
    if share < SUPPORTED_FROM:
        doubts.append(f"only {share:.0%} of its words are in what it cites")
    quotes = " ".join(one.quote for one in cited)
    if _negated(claim) != _negated(quotes) and share >= WEAK_FROM:
        doubts.append("one of the two is negated: the sentence, or what it cites")
    return Finding(Verdict.WEAK, tuple(doubts)) if doubts else Finding(Verdict.SUPPORTED)


def contradicted(claim: str, cited: Sequence[Cited]) -> Iterator[tuple[str, str]]:
    """What the evidence says otherwise: the name of the rule, and the reason a reader is shown."""
    read = Read.of(short(claim), [short(one.passage) for one in cited])
    for number, other in contested_numbers(read):
        yield "number", f"says {read.claim.text[number.start : number.end]}; the article says {other}"
    header = cited[read.best[0]].header
    told = days_told((line.text, header) for line in read.beside) - days(header)
    told |= days("\n".join(line.text for line in read.beside))
    if day := contested_day(read, told):
        yield "day", f"says {day_words(day[0])}; the article says {day_words(day[1])}"
    if name := contested_name(read):
        yield "name", f"says {name[0]}; the article says {name[1]}"
    if speaker := contested_speaker(read):
        yield "speaker", f"gives to {speaker[0]} what the article has {speaker[1]} say"
    if negation := contested_negation(read):
        yield "negation", negation
    if turned := contested_direction(read):
        yield "direction", f"says “{turned[0]}”; the article says “{turned[1]}”"


def coverage(claim: str, evidence: str) -> float:
    """Share of the claim's content words whose stem is in ``evidence``; 1.0 for a claim without any. Numbers, which
    are compared by value, do not count."""
    for number in reversed(numbers(claim)):
        claim = f"{claim[: number.start]} {_UNIT_WORD.sub('', claim[number.end :])}"
    wanted = content_stems(short(claim))
    have = set(content_stems(short(evidence)))
    return sum(word in have for word in wanted) / len(wanted) if wanted else 1.0


def _negated(text: str) -> bool:
    return _NEGATION.search(text) is not None
