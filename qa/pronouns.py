"""Who "he" or "she" is: the name that a quoted sentence lacks because it stands in the sentence before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.facts import Name, names
from qa.lines import Line, Reading, without_dateline

_PRONOUN = re.compile(
    r"(?:^(?:(?:and|but|so|then|still)\s+)?|(?:,|[”\"'’])\s+(?:but\s+|and\s+)?)(?P<who>he|she)\b(?!['’])", re.I
)
""" "He" as the subject: it opens the sentence, or stands behind a comma or what was quoted."""
_OPENS = re.compile(
    r"(?:(?:and|but|so|then|also|still|later|instead|meanwhile|however|in addition|at the same time),?\s+)?"
    r"(?:he|she|they|it|this|that|these|those|his|her|their|its|the (?:two|three|pair|former|latter))\b(?!['’])",
    re.I,
)
_SOMEBODY = re.compile(r"\b(?:he|she)\b", re.I)
_SAID = re.compile(r"\b(?:he|she|they)\s+(?:\w+ly\s+)?(?:said|says|added|told|noted|wrote|explained|continued)\b", re.I)
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
_OTHER = {"she": re.compile(r"\b(?:he|him|his)\b", re.I), "he": re.compile(r"\b(?:she|hers?)\b", re.I)}
_BACK = 3
"""Sentences that are gone back for a name."""
_NO_PERSON = frozenset(
    """north south east west new saint san los las great united upper lower central american british house court
    department university news times post inc corp ltd bank party council ministry office agency union city county
    street state states kingdom republic college school hospital airport park river mountain island sea ocean stadium
    center centre committee commission congress senate parliament institute group company foundation association
    league cup games olympics open prize award awards day week act bill law church air force army navy guard police
    network studios pictures records magazine journal society museum series world white supreme national international
    federal royal""".split()
)
"""Words of names that are no person's."""
_PLACED = re.compile(r"\b(?:the|a|an|in|at|near|across|outside)\s+$", re.I)
"""What stands before the name of a place or an institution."""
_TITLES = (
    "Mr|Mrs|Ms|Dr|Sir|President|Minister|Chancellor|Senator|Sen|Rep|Gov|Governor|King|Queen|Prince|Princess|Pope|Judge|"
    "Justice|Secretary|Professor|Lord|Lady|Mayor|Chief|Director|Spokesman|Spokeswoman|Spokesperson|Envoy"
)
_TITLED = re.compile(rf"^.*\b(?:{_TITLES})\b\.?\s+")


def hangs(line: Line) -> bool:
    """Whether a sentence cannot be read alone: it opens with a pronoun, or somebody unnamed says it."""
    plain = _unquoted(line.text)
    if line.text[:1] in '“"' and not names(f"x {plain}"):
        return _OPENS.match(line.text[1:]) is not None or _SAID.search(plain) is not None
    return _OPENS.match(plain) is not None or (_SAID.search(plain) is not None and _unnamed(line.text) is not None)


@dataclass(frozen=True, slots=True)
class Named:
    """A sentence with a name in square brackets behind its "he" or "she", and how many sentences before it that name
    stands."""

    text: str
    back: int


def resolved(reading: Reading, n: int) -> Named | None:
    """Sentence ``n`` with the name that it lacks, where the sentence before surely speaks of that person, or goes on
    itself with the same "he"; None where it lacks none, or none is sure."""
    text = reading.lines[n].text
    at = _unnamed(text)
    if at is None:
        return None
    pronoun = _pronoun(text, at)
    for back in range(1, min(n, _BACK) + 1):
        before = reading.lines[n - back].text
        if _OTHER[pronoun].search(_unquoted(before)):
            return None
        if who := _subject(before, reading):
            return Named(f"{text[:at]} [{who}]{text[at:]}", back)
        goes_on = _unnamed(before)
        if goes_on is None or _pronoun(before, goes_on) != pronoun or _people(before, reading):
            return None
    return None


def _pronoun(text: str, end: int) -> str:
    return "she" if text[:end].lower().endswith("she") else "he"


def _unnamed(text: str) -> int | None:
    """Where the first "he" or "she" outside quotation marks ends, if it is the subject and no name stands before it."""
    plain = _unquoted(text)
    first, subject = _SOMEBODY.search(plain), _PRONOUN.search(plain)
    if first is None or subject is None or first.end() != subject.end("who"):
        return None
    return None if any(name.start - 2 < first.start() for name in names(f"x {plain}")) else first.end()


def _unquoted(text: str) -> str:
    """The text with blanks for what is quoted, so that positions hold."""
    return _QUOTED.sub(lambda match: " " * (len(match.group()) - 1) + "”", text)


def _subject(text: str, reading: Reading) -> str | None:
    """The person named first in a sentence, when no other person is named there."""
    plain = _unquoted(without_dateline(text))
    found = [name for name in names(f"x {plain}") if not _PLACED.search(plain[: max(0, name.start - 2)])]
    if not found or _NO_PERSON & set(found[0].words[-2:]) or not is_person(found[0], reading):
        return None
    others = _people(text, reading) - {found[0].words[-1]}
    who = _TITLED.sub("", re.split(r"\s[–—-]\s", found[0].text)[-1])
    pronoun_first = _SOMEBODY.search(plain[: max(0, found[0].start - 2)])
    return None if others or pronoun_first or re.fullmatch(_TITLES, who) else who


def _people(text: str, reading: Reading) -> set[str]:
    """The last names of the people of whom a sentence speaks outside its quotations."""
    return {name.words[-1] for name in names(f"x {_unquoted(text)}") if is_person(name, reading)}


def is_person(name: Name, reading: Reading) -> bool:
    """Whether the article treats a name as a person's: gives it a title or an age, or lets it speak."""
    last = re.escape(name.text.split()[-1])
    told = re.compile(
        rf"\b(?i:{_TITLES})\b\.?\s+(?:[A-Z][\w.'’-]+\s+){{0,2}}{last}\b|\b[A-Z][\w.'’-]+\s+{last},\s+\d{{1,3}}\b"
        rf"|(?<![Tt]he )\b{last}\s+(?:said|says|told|added|tweeted|wrote|explained|recalled)\b"
        rf"|\b(?:said|says|added)\s+(?:[A-Z][\w.'’-]+\s+)?{last}\b"
    )
    return any(name.words[-1] in line.words and told.search(line.text) for line in reading.lines)
