"""What a claim states and its evidence does not: quotations, numbers, names and days that are nowhere in it."""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections.abc import Iterable, Set
from datetime import date, datetime, timedelta

from qa.aliases import is_told, short
from qa.facts import (
    Number,
    days,
    like_numbers,
    names,
    normal_quote,
    numbers,
    opening_name,
    ordinals,
    quotations,
    tokens,
)
from qa.peoples import of_one_place
from qa.verify.reading import spellings

_OFFICES = frozenset("state homeland security interior treasury defense defence justice commerce energy labor".split())
"""Words that the name of an office ends with, before a person's: "Secretary of State Marco Rubio"."""
_INITIALS = re.compile(r"(?:[A-Z]\.)+|[A-Z]")
_HEDGED = re.compile(
    r"\b(?:about|around|roughly|approximately|nearly|almost|over|under|some|more than|less than|fewer than|at least"
    r"|up to|an? estimated|close to|just (?:over|under))\s+[$€£¥₺]?$",
    re.I,
)
_ROUNDED_FROM = 1000
"""From here on a number may be another, rounded."""
_AS_GOOD = 0.03
"""Share of a rounded number by which it may be off whatever its digits."""


def misquoted(claim: str, evidence: str) -> list[str]:
    """Reasons: quotations of ``claim`` that are not verbatim in ``evidence``."""
    verbatim = normal_quote(evidence)
    return [
        f"the quotation “{quoted[:80]}” is not verbatim in what it cites"
        for quoted in quotations(claim)
        if normal_quote(quoted) not in verbatim
    ]


def missing(claim: str, evidence: str, told: set[str]) -> list[str]:
    """Reasons: quotations, numbers, names and days of ``claim`` that ``evidence``, which tells the days ``told``, does
    not hold."""
    reasons = misquoted(claim, evidence)
    reasons += _missing_numbers(claim, evidence)
    reasons += [f"the name {name} is not in what it cites" for name in _missing_names(claim, evidence)]
    reasons += [f"the date {day_words(day)} is not in what it cites" for day in sorted(days(claim) - told)]
    return list(dict.fromkeys(reasons))


def _missing_numbers(claim: str, evidence: str) -> list[str]:
    units: dict[float, set[str]] = {}
    for number in (one for text in spellings(evidence) for one in numbers(text)):
        units.setdefault(number.value, set()).add(number.unit)
    counted = ordinals(evidence)
    reasons = []
    for number in numbers(claim):
        stated = claim[number.start : number.end]
        likely = like_numbers(number, claim)
        found = set().union(*(units.get(value, set()) for value in likely))
        if not found:
            if not (counted & likely or stated.casefold() == "one" or _is_rounded(number, claim, units)):
                reasons.append(f"the number {stated} is not in what it cites")
        elif number.unit not in found and (number.unit or found == {"%"}):
            reasons.append(f"the number {stated} has another unit in what it cites")
    return reasons


def _is_rounded(number: Number, claim: str, units: dict[float, set[str]]) -> bool:
    """Whether a large or hedged number ("about 50") is one of the evidence rounded to the digits it is written with,
    or cut there where the claim says "over"."""
    hedged = _HEDGED.search(claim[: number.start]) is not None
    digits = re.search(r"\d[\d,]*(?:\.\d+)?", claim[number.start : number.end])
    if not digits or not (hedged or number.value >= _ROUNDED_FROM):
        return False
    whole, _, decimals = digits.group().replace(",", "").partition(".")
    written = float(f"{whole}.{decimals or 0}") or 1.0
    last = 10.0 ** -len(decimals) if decimals else 10.0 ** (len(whole) - len(whole.rstrip("0")))
    step = number.value / written * last
    told = len((whole + decimals).strip("0"))
    return any(
        (told > 1 and away <= step / 2)
        or (told < 3 and abs(away) <= _AS_GOOD * number.value)
        or (hedged and 0 < away < min(step, value / 11))
        for value, known in units.items()
        if number.unit in known and (away := value - number.value) >= -step / 2
    )


def _missing_names(claim: str, evidence: str) -> list[str]:
    words = tokens(short(evidence))
    have = {token.folded for token in words}
    initials = "".join(token.folded[:1] for token in words)
    plain = short(claim)
    stated = [(name.text, name.words) for name in names(plain)]
    if opening := opening_name(plain):
        stated.append((opening, tuple(token.folded for token in tokens(opening))))
    return [
        text
        for text, parts in stated
        if not all(is_told(part, have) or of_one_place(part, have) for part in _told_apart(text, parts))
        and not _is_abbreviated(text, parts, have, initials)
    ]


def _told_apart(text: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of a name that must be found: initials need not, where another part is."""
    kept = tuple(part for part, word in zip(parts, text.split(), strict=False) if not _INITIALS.fullmatch(word))
    if len(parts) > 1 and parts[0] in _OFFICES and "department" not in parts:
        kept = tuple(part for part in kept if part != parts[0])
    return kept if len(text.split()) == len(parts) and kept else parts


def _is_abbreviated(text: str, parts: tuple[str, ...], have: set[str], initials: str) -> bool:
    """Whether a name in capitals is what words of the evidence begin with, or the evidence has the name's initials."""
    plain = text.replace(".", "")
    if len(parts) == 1 and plain.isupper() and len(plain) > 1:
        return (plain.casefold() in initials and len(plain) > 2) or (plain == "TV" and "television" in have)
    return len(parts) > 1 and "".join(part[0] for part in parts) in have


def days_told(cited: Iterable[tuple[str, str]]) -> set[str]:
    """The days that texts tell, each seen from the day in its header: "on Tuesday" in an article of Wednesday
    4 February 2026 is also 3 February."""
    told: set[str] = set()
    for text, header in cited:
        told |= days(text) | days(header)
        published = _published(header)
        if published is None:
            continue
        words = days(text) | {token.folded for token in tokens(text)}
        for away in range(-7, 8):
            day = published + timedelta(away)
            if away == 0 or {f"{day:%a}".lower(), f"{day.day} {day:%b}".lower()} & words or _is_called(away, words):
                told |= days(f"{day:%A} {day.day} {day:%B %Y}")
    return told


def _is_called(away: int, words: Set[str]) -> bool:
    return {-1: "yesterday", 1: "tomorrow"}.get(away) in words


def _published(header: str) -> date | None:
    """The day at the end of a header (``qa.cite.header``)."""
    try:
        return datetime.strptime(header.rpartition(" · ")[2], "%A %d %B %Y").date()  # noqa: DTZ007 - a day, no time
    except ValueError:
        return None


def day_words(day: str) -> str:
    """ "4 February" for "4 feb", "Tuesday" for "tue"."""
    full = {name[:3].lower(): name for name in (*day_name, *month_name) if name}
    return " ".join(full.get(part, part) for part in day.split())
