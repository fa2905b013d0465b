"""The verdict on one sentence: is what it says in what it cites? Deterministic; no model, no network.

First form, simple and honest. What is quoted must stand verbatim in the cited words; numbers, names and days must be
found there; the words must be carried by it. A quotation, number or name that is nowhere in the cited passage is a
hard flag: *unsupported*. One that is in the passage but not near the quoted sentence, or words carried only in part,
make it *weak*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.facts import content_stems, days, names, normal_quote, numbers, quotations, tokens
from qa.types import Cited, Verdict

SUPPORTED_FROM = 0.6
"""Share of a sentence's content words found in what it cites, from which it counts as carried."""
WEAK_FROM = 0.35
_NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor without cannot can't won't don't didn't doesn't isn't wasn't aren't "
    "weren't hasn't haven't hadn't wouldn't shouldn't couldn't".split()
)


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
    absent = _missing(claim, whole)
    if absent:
        return Finding(Verdict.UNSUPPORTED, tuple(absent))
    share = coverage(claim, near)
    if share < WEAK_FROM:
        return Finding(Verdict.UNSUPPORTED, (f"only {share:.0%} of its words are in what it cites",))
    doubts = [f"{reason} near the cited words" for reason in _missing(claim, near)]
    if share < SUPPORTED_FROM:
        doubts.append(f"only {share:.0%} of its words are in what it cites")
    quotes = " ".join(one.quote for one in cited)
    if _negated(claim) != _negated(quotes) and share >= WEAK_FROM:
        doubts.append("one of the two is negated: the sentence, or what it cites")
    return Finding(Verdict.WEAK, tuple(doubts)) if doubts else Finding(Verdict.SUPPORTED)


def coverage(claim: str, evidence: str) -> float:
    """Share of the claim's content words whose stem is in ``evidence``; 1.0 for a claim without any."""
    wanted = content_stems(claim)
    have = set(content_stems(evidence))
    return sum(word in have for word in wanted) / len(wanted) if wanted else 1.0


def _missing(claim: str, evidence: str) -> list[str]:
    """Reasons: quotations, numbers, names and days of ``claim`` that ``evidence`` does not hold."""
    reasons = []
    verbatim = normal_quote(evidence)
    for quoted in quotations(claim):
        if normal_quote(quoted) not in verbatim:
            reasons.append(f"the quotation “{quoted[:80]}” is not verbatim in what it cites")
    stated = {number.value: number.unit for number in numbers(evidence)}
    for number in numbers(claim):
        if number.value not in stated:
            reasons.append(f"the number {claim[number.start : number.end]} is not in what it cites")
        elif (
            number.unit and stated[number.value] != number.unit and not _with_unit(number.value, number.unit, evidence)
        ):
            reasons.append(f"the number {claim[number.start : number.end]} has another unit in what it cites")
    have = {token.folded for token in tokens(evidence)}
    for name in names(claim):
        lacking = [word for word in name.words if word not in have and not (word.endswith("s") and word[:-1] in have)]
        if lacking:
            reasons.append(f"the name {name.text} is not in what it cites")
    for day in sorted(days(claim) - days(evidence)):
        reasons.append(f"the date ({day.capitalize()}) is not in what it cites")
    return reasons


def _with_unit(value: float, unit: str, evidence: str) -> bool:
    return any(number.value == value and number.unit == unit for number in numbers(evidence))


def _negated(text: str) -> bool:
    return any(token.surface.lower().replace("’", "'") in _NEGATIONS for token in tokens(text))
