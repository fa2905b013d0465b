"""The verdict on one sentence: is what it says in what it cites? Deterministic; no model, no network.

What is quoted must stand verbatim in the cited words; numbers, names and days must be found there, nothing there may
say otherwise, and the words must be carried by it. A quotation, number or name that is nowhere in the cited passage
is a hard flag, and so is each thing that the passage says otherwise (``contradicted``): *unsupported*. One that is in
the passage but not near the quoted sentence, or words carried only in part, make it *weak*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.aliases import capitalised, short
from qa.facts import Token, content_stems, days, fold, normal_quote, numbers
from qa.types import Cited, Field, Verdict
from qa.verify.absent import day_words, days_told, misquoted, missing
from qa.verify.clauses import clauses
from qa.verify.conditions import condition
from qa.verify.contests import contested_day, contested_name, contested_numbers
from qa.verify.directions import contested_direction
from qa.verify.foreign import absent_numbers, absent_words, foreign
from qa.verify.framing import unframed
from qa.verify.opposites import contested_negation
from qa.verify.persons import contested_person
from qa.verify.quoted import contested_quotation
from qa.verify.reading import Read, lines_of
from qa.verify.speakers import contested_speaker
from qa.verify.support import MeaningFn, support, unknown

SUPPORTED_FROM = 0.0
"""Log odds of the support score from which a sentence counts as carried: people call it so as often as not."""
WEAK_FROM = -1.5
"""Log odds below which what it cites does not carry it at all (``scripts/fit_support.py`` prints what either costs)."""
_UNIT_WORD = re.compile(r"^\s*(?:%|percent\b|per\s+cent\b|pct\b|dollars?\b|euros?\b|pounds?\b)", re.I)
_INSERTED = re.compile(r"(?:(?<=\b[Hh]e)|(?<=\b[Ss]he))\s\[([A-Z][^\[\]]{1,80})\]")
"""What code puts into a quoted sentence, and nothing else: the name behind the pronoun that stands for it."""
_UNKNOWN_AT_MOST = 0.65
"""Share of its words that may be nowhere in what it cites."""
LONGEST = 1500
"""Characters of a sentence that the rules read: their cost grows with its square, and a longer one is none."""
_TOO_LONG = (
    Verdict.UNSUPPORTED,
    (f"it is longer than the {LONGEST:,} characters that can be checked as one sentence",),
)
_MOST_TOLD = 4
"""Unknown words that a reason names."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence of the evidence that carries a claim: the number of its evidence from 0, and its place in there."""

    evidence: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with the reasons a reader is shown, and what it was read from."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    carried_by: tuple[Stretch, ...] = ()
    """Best first."""
    contradicted: bool = False
    """Whether the evidence says otherwise, or lacks a number, name, day or quotation of it."""


AlikeFn = Callable[[str], str]
"""A text of the same length with names that mean the same written alike (``qa.names.alike``)."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """``verify`` with what it is handed: vectors of word pieces, and names that mean the same."""

    meaning: MeaningFn | None = None
    alike: AlikeFn = str

    def __call__(self, claim: str, cited: Sequence[Cited]) -> Finding:
        """The verdict on ``claim``, checked against all it cites together."""
        return verify(claim, cited, self.meaning, self.alike)


def verify(claim: str, cited: Sequence[Cited], meaning: MeaningFn | None = None, alike: AlikeFn = str) -> Finding:
    """The verdict on ``claim``, checked against all it cites together; one of several clauses is also supported when
    each of them is.

    ``meaning`` gives the vectors of a sentence's word pieces (``qa.meanings``); it is asked for three at most.
    Without it, words alone decide how far the claim is carried. What is quoted must stand there as it is written,
    whatever names are ``alike``.
    """
    if not cited:
        return Finding(Verdict.UNCITED, ("it cites nothing",))
    if language := foreign(claim, cited):
        return _checked_by_words(claim, cited, language)
    claim, cited = unframed(capitalised(claim)), [_written(one, capitalised) for one in cited]
    if not claim:
        return Finding(Verdict.SUPPORTED, ("it states nothing that could be checked",))
    if wrong := misquoted(claim, "\n".join(f"{one.passage}\n{one.header}" for one in cited)):
        return Finding(Verdict.UNSUPPORTED, tuple(wrong), _carriers(read_claim(claim, cited)), contradicted=True)
    claim, cited = alike(claim), [_written(one, alike) for one in cited]
    if len(claim) > LONGEST:
        whole_sentences = _verbatim(claim, cited)
        return Finding(Verdict.SUPPORTED, (), whole_sentences) if whole_sentences else Finding(*_TOO_LONG)
    whole = _verified(claim, cited, meaning)
    if whole.verdict is Verdict.SUPPORTED:
        return whole
    parts = [_verified(clause, cited, None) for clause in clauses(claim)]
    if parts and all(part.verdict is Verdict.SUPPORTED for part in parts):
        return Finding(Verdict.SUPPORTED, (), tuple(dict.fromkeys(at for part in parts for at in part.carried_by)))
    return whole


def _checked_by_words(claim: str, cited: Sequence[Cited], language: str) -> Finding:
    """The verdict on a claim in a language that there are no rules for: ``supported`` word for word alone."""
    if verbatim := _verbatim(claim, cited):
        return Finding(Verdict.SUPPORTED, (), verbatim)
    if len(claim) > LONGEST:
        return Finding(*_TOO_LONG)
    whole = "\n".join(f"{one.passage}\n{one.header}" for one in cited)
    carriers = _carriers(read_claim(claim, cited))
    wrong = misquoted(claim, whole)
    wrong += [f"the number {number} is not in what it cites" for number in absent_numbers(claim, whole)]
    if wrong:
        return Finding(Verdict.UNSUPPORTED, tuple(wrong), carriers, contradicted=True)
    lacking, too_many = absent_words(claim, whole)
    told = (f"what it cites does not say {', '.join(f'“{word}”' for word in lacking)}",) if lacking else ()
    if too_many:
        return Finding(Verdict.UNSUPPORTED, told, carriers)
    return Finding(Verdict.WEAK, (f"checked for words and numbers alone: it is in {language}", *told), carriers)


def _verified(claim: str, cited: Sequence[Cited], meaning: MeaningFn | None) -> Finding:
    verbatim = _verbatim(claim, cited)
    if verbatim:
        return Finding(Verdict.SUPPORTED, (), verbatim)
    read = read_claim(claim, cited)
    carriers = _carriers(read)
    absent = [reason for _, reason in _flags(claim, read, cited)]
    if absent:
        reasons = tuple(dict.fromkeys(" ".join(reason.split()) for reason in absent))
        return Finding(Verdict.UNSUPPORTED, reasons, carriers, contradicted=True)
    lacking = unknown(read, list(read.lines()))
    odds = support(read, meaning)
    if odds < WEAK_FROM or len(lacking) > _UNKNOWN_AT_MOST * len(read.claim.stems):
        return Finding(Verdict.UNSUPPORTED, _lacking(lacking), carriers)
    near = "\n".join(f"{one.near}\n{one.header}" for one in cited)
    told_near = days_told((one.near, one.header) for one in cited)
    doubts = [reason.replace("what it cites", "the sentences it cites") for reason in missing(claim, near, told_near)]
    if held_back := condition(read):
        doubts.append(f"the article says it only with “{held_back}”")
    if odds < SUPPORTED_FROM:
        doubts += _lacking(lacking)
    return Finding(Verdict.WEAK, tuple(doubts), carriers) if doubts else Finding(Verdict.SUPPORTED, (), carriers)


def read_claim(claim: str, cited: Sequence[Cited]) -> Read:
    """A claim beside the passages it cites, as the rules read them."""
    return Read.of(short(claim), [short(one.passage) for one in cited])


def _written(one: Cited, in_form: Callable[[str], str]) -> Cited:
    return replace(one, quote=in_form(one.quote), near=in_form(one.near), passage=in_form(one.passage))


def _verbatim(claim: str, cited: Sequence[Cited]) -> tuple[Stretch, ...]:
    """Where whole sentences of the evidence say the claim word for word; nothing where they do not."""
    plain = _said(_INSERTED.sub("", claim))
    inserted = [fold(name) for name in _INSERTED.findall(claim)]
    for number, one in enumerate(cited):
        if not plain or not all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", fold(one.near)) for name in inserted):
            continue
        if plain == _said(one.title):
            return (Stretch(number, "title", 0, len(one.title)),)
        lines = [(line, _said(line.text)) for line in lines_of(one.passage)]
        for first, (line, _) in enumerate(lines):
            said = ""
            for last, more in lines[first:]:
                said = f"{said} {more}".strip()
                if _said(said) == plain:
                    return (Stretch(number, "text", line.start, last.start + len(last.text)),)
                if not plain.startswith(said):
                    break
    return ()


def _said(text: str) -> str:
    """A text for verbatim comparison, without the punctuation it ends with."""
    return normal_quote(text).rstrip(" .,;:!?…")


def _carriers(read: Read) -> tuple[Stretch, ...]:
    """The sentences that carry the claim: the best, and those that add a fair part of its words."""
    return tuple(Stretch(p, "text", line.start, line.start + len(line.text)) for p, line in read.carriers if line.text)


def _lacking(unknown_words: Sequence[Token]) -> tuple[str, ...]:
    """Reasons why the evidence does not carry the claim."""
    lacking = list(dict.fromkeys(word.surface for word in unknown_words))
    if not lacking:
        return ("its words are in what it cites, but no sentence there says it as a whole",)
    words = ", ".join(f"“{word}”" for word in lacking[:_MOST_TOLD])
    more = len(lacking) - _MOST_TOLD
    return (f"what it cites does not say {words}" + (f" and {more} more of its words" if more > 0 else ""),)


def flags_of(claim: str, cited: Sequence[Cited]) -> list[tuple[str, str]]:
    """The name of each rule that makes a claim unsupported, and the reason a reader is shown."""
    claim, cited = unframed(capitalised(claim)), [_written(one, capitalised) for one in cited]
    return _flags(claim, read_claim(claim, cited), cited) if claim else []


def _flags(claim: str, read: Read, cited: Sequence[Cited]) -> list[tuple[str, str]]:
    whole = "\n".join(f"{one.passage}\n{one.header}" for one in cited)
    absent = missing(claim, whole, days_told((one.passage, one.header) for one in cited))
    return [*(("missing", reason) for reason in absent), *contradicted(read, cited)]


def contradicted(read: Read, cited: Sequence[Cited]) -> Iterator[tuple[str, str]]:
    """What the evidence says otherwise: the name of the rule, and the reason a reader is shown."""
    for number, other in contested_numbers(read):
        yield "number", f"says {read.claim.text[number.start : number.end]}; the article says {other}"
    header = cited[read.best[0]].header
    told = days_told((line.text, header) for line in read.beside) - days(header)
    told |= days("\n".join(line.text for line in read.beside))
    if day := contested_day(read, told):
        yield "day", f"says {day_words(day[0])}; the article says {day_words(day[1])}"
    if name := contested_name(read):
        yield "name", f"says {name[0]}; the article says {name[1]}"
    if person := contested_person(read):
        yield "person", f"says of {person[0]} what the article says of {person[1]}"
    if speaker := contested_speaker(read):
        yield "speaker", f"gives to {speaker[0]} what the article has {speaker[1]} say"
    if said := contested_quotation(read.claim.text, [one.passage for one in cited]):
        yield "quotation", f"has {said[1]} say “{said[0][:80]}”; in the article {said[2]} says it"
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
