"""Who says it: the speaker a claim names against the one at the sentence that carries it."""

from __future__ import annotations

import re

from qa.aliases import is_told
from qa.facts import tokens
from qa.stopwords import STOP_WORDS
from qa.verify.reading import Line, Read

_SAYING = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )\b(?:said|says|say|told|tells|added|adds|noted|notes|"
    r"stressed|stated|states|announced|warned|warns|claimed|claims|"
    r"argued|argues|wrote|writes|explained|urged|tweeted|posted|insisted|testified|responded|replied|quipped|remarked|"
    r"declared|asserted|acknowledged|admitted|suggested|complained|recalled|asked|continued|concluded|emphasi[sz]ed)\b",
    re.I,
)
_ACCORDING = re.compile(r"\baccording to\s+(?:the\s+)?", re.I)
_PRONOUN = re.compile(r"\b(?:he|she|they|it|who|i|we)\s+(?:\w+\s+)?$", re.I)
_BEFORE, _BEHIND = 70, 6
"""Characters before, and words behind, a saying verb among which its subject's name stands."""
_NOT_WHO = frozenset(
    """mr mrs ms dr sir president minister prime chancellor senator governor sen gov rep house white the a monday
    tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december democratic republican""".split()
)


def contested_speaker(read: Read) -> tuple[str, str] | None:
    """The speaker of the claim and the other one whom the evidence has at that place; None where they agree, or where
    one of the two names nobody."""
    said = _speakers(read.claim)
    if not said or read.share < 0.3:
        return None
    told = _told(read)
    if not told:
        return None
    near = {t.folded for group in told for t in tokens(group)}
    for who in said:
        words = [t.folded for t in tokens(who)]
        if any(is_told(word, near) for word in words):
            return None
    return said[0], told[0]


def _told(read: Read) -> list[str]:
    """Who speaks at the sentence that carries the claim: there, else before it, where it goes on speaking."""
    lines, n = read.passages[read.best[0]], read.best[1]
    found = _speakers(lines[n])
    if found:
        return found
    verb = _SAYING.search(lines[n].text)
    quoted = bool(re.search(r"[“”\"]", lines[n].text))
    if not verb and not quoted:
        return []
    for one in reversed(lines[max(0, n - 4) : n]):
        if found := _speakers(one):
            return found
    return []


def _speakers(line: Line) -> list[str]:
    """The names beside the verbs of saying of a sentence, and behind "according to"."""
    text = line.text
    found = []
    for verb in _SAYING.finditer(text):
        before = text[max(0, verb.start() - _BEFORE) : verb.start()]
        if _PRONOUN.search(before):
            continue
        name = _last_name(before) or _first_name(text[verb.end() : verb.end() + 60])
        if name:
            found.append(name)
    for match in _ACCORDING.finditer(text):
        if name := _first_name(text[match.end() - 1 : match.end() + 60]):
            found.append(name)
    return found


def _last_name(text: str) -> str:
    """The last run of capitalised words of ``text``, unless a clause ends behind it."""
    runs = list(re.finditer(r"(?:[A-Z][\w.’'-]+\s?)+", text))
    kept = [r.group().strip() for r in runs if _is_who(r.group())]
    return kept[-1] if kept else ""


def _first_name(text: str) -> str:
    words = text.split()[:_BEHIND]
    match = re.match(r"(?:[a-z-]+\s){0,3}(?P<who>(?:[A-Z][\w.’'-]+\s?)+)", " ".join(words))
    who = match.group("who").strip(" .,") if match else ""
    return who if who and _is_who(who) else ""


def _is_who(name: str) -> bool:
    return any(t.folded not in _NOT_WHO | STOP_WORDS and len(t.folded) > 1 for t in tokens(name))
