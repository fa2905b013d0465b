"""The operators of every question box: ``"exact words"``, ``-word``, ``source:``, ``before:``, ``after:``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPERATOR = re.compile(
    r"(?<!\S)(?P<name>source|before|after):(?:\"(?P<quoted>[^\"]*)\"|(?P<plain>\S+))"
    r"|(?<!\S)-(?P<without>[^\W\d_][\w’'-]*)(?!\S)"
    r"|(?<![\w\"])\"(?P<phrase>[^\"]+)\"(?![\w\"])",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, taken apart. ``text`` keeps the words of phrases, and has no other operator in it."""

    text: str
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    before: str | None = None
    """A day, exclusive, as typed; the last one given."""
    after: str | None = None
    """A day, exclusive, as typed; the last one given."""


def parse_operators(question: str) -> Typed:
    """Take the operators out of ``question``. A phrase has two words or more; a single quoted word is a word."""
    phrases: list[str] = []
    without: list[str] = []
    sources: list[str] = []
    days: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        if phrase := match.group("phrase"):
            if len(phrase.split()) > 1:
                phrases.append(" ".join(phrase.split()))
            return match.group()
        if word := match.group("without"):
            without.append(word)
        else:
            name = match.group("name").lower()
            value = (match.group("quoted") or match.group("plain") or "").strip()
            if not value:
                return match.group()
            if name == "source":
                sources.append(value)
            else:
                days[name] = value
        return " "

    text = " ".join(_OPERATOR.sub(take, question).split())
    return Typed(text, tuple(phrases), tuple(without), tuple(sources), days.get("before"), days.get("after"))
