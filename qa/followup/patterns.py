"""What the rules share: what a question can lean on, and how questions are built."""

from __future__ import annotations

import re
from dataclasses import dataclass

WH = r"(?:what|which|who|whom|whose|where|when|why|how)"
AUXILIARY = (
    r"(?:(?:did|do|does|is|are|was|were|has|have|had|would|could|should|might|must)(?:n['’]t)?"
    r"|will|won['’]t|can|can['’]t|may)"
)
PREPOSITION = r"(?:in|on|at|since|before|after|during|from|until|by|about|with|for|near|of|to|against)"
FRAGMENT = re.compile(rf"(?P<preposition>{PREPOSITION})\s+(?P<rest>.+)", re.I)
VERB = re.compile(rf"\b(?:{WH}|{AUXILIARY})\b", re.I)
ASKED = re.compile(
    rf"(?P<before>(?:{PREPOSITION}\s+)?)(?P<wh>(?:how\s+(?:many|much|long|often|old|far)|{WH})\b"
    rf"(?P<thing>(?:\s+(?!{AUXILIARY}\b)[\w’'-]+){{0,3}}?))\s+(?P<verb>{AUXILIARY})\s+(?P<rest>.+)",
    re.I,
)
SUBJECT = re.compile(rf"(?P<wh>who|what|(?:which|how many)\s+[\w’'-]+)\s+(?P<rest>(?!{AUXILIARY}\b)\S.*)", re.I)
PARTICIPLE = re.compile(r"(?:\w+(?:ed|en|ing)|be)\b", re.I)
BESIDE = " – "
"""Between a question and what it was asked about, where one cannot be put into the other."""


@dataclass(frozen=True, slots=True)
class Before:
    """What a question can lean on: the last question as it was searched, its answer, and what that cites."""

    question: str
    window_words: str
    """The words in ``question`` that set its window."""
    claims: tuple[str, ...]
    read: tuple[str, ...]
    """Titles and texts of the articles that are cited."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A question that stands on its own, and what was taken along for that."""

    text: str
    why: str


def matter(base: str) -> str:
    """What a question is about: without its question word."""
    if match := ASKED.fullmatch(base):
        return f"{match.group('thing')} {match.group('rest')}".strip()
    subject = SUBJECT.fullmatch(base)
    if subject and subject.group("wh").lower() in {"who", "what"}:
        return subject.group("rest")
    return base[:1].lower() + base[1:] if VERB.match(base) else base


def capital(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]
