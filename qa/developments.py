"""Developments: what the articles added to a story say that those told before say otherwise, or do not say.

A number, a day, a state, somebody new, or a place, each named with the sentences behind it. Where subject, attribute
and unit do not align there is no change: silence matters more than coverage. Pure: it reads articles alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from qa.cite import citation, numbered_on
from qa.conflicts import thing
from qa.dates import DATE
from qa.facts import content_stems, fold, name_words, numbers
from qa.newcomers import brought_in, words_of
from qa.sentences import Span, is_glued, sentence_spans, trimmed
from qa.sides import Side, differ, same_thing, sides
from qa.statements import Statement, opposed, statements
from qa.states import State, same_bearer, states
from qa.types import Article, Change, Citation, Hit, How, Passage

READ = 3_000
"""Characters of an article that are compared: what it is about stands at its beginning."""
MOST = 4
"""Changes named of a story."""
_MOST_NEW = 1
"""People and places among them, each."""
_FEWEST = 6
"""Content words of a sentence from which it can say something new."""
_TOLD = 0.75
"""Share of a sentence's content words that one sentence told before must hold, for it to say nothing new."""
_OPENING = 12
"""Sentences of an article that are looked at for something new."""
_LEAD = 2
"""First sentences, in which an article tells its news."""
_MOVED = re.compile(
    rf"\b(?P<verb>postponed|rescheduled|moved|delayed|pushed back|brought forward|put off)\b[^.;]{{0,60}}?"
    rf"(?:\bfrom\s+(?:\w+day,\s)?(?P<before>{DATE})[^.;]{{0,30}}?)?\b(?:to|until|till)\s+(?:\w+day,\s)?(?P<after>{DATE})",
    re.I,
)
_ON = re.compile(rf"\b(?:on|for|by|,)\s+(?:\w+day,\s)?(?P<day>{DATE})", re.I)
_UNSURE = re.compile(
    r"\b(?:could|(?-i:may)|might|if|whether|not|never|consider\w*|propos\w+|want\w*|urg\w+)\b|n['’]t\b", re.I
)


def changes(
    before: Sequence[Article], added: Sequence[Article], numbering: dict[str, int] | None = None
) -> tuple[Change, ...]:
    """What ``added`` says otherwise than ``before``, or newly: numbers, states and days first, then places and people.

    Citations are numbered as ``numbering`` has the articles, and on from it.
    """
    if not before or not added:
        return ()
    numbered = {} if numbering is None else numbering
    ordered = sorted(before, key=_day), sorted(added, key=_day)
    found = chain(_numbers(*ordered), _states(*ordered), _leads(*ordered), _days(*ordered), _newcomers(*ordered))
    made: list[Change] = []
    for kind, about, was, now, stands in found:
        if len(made) == MOST or any(fold(now) == fold(one.after) and kind == one.kind for one in made):
            continue
        if kind == "status" and any(one.kind == kind and fold(one.about) == fold(about) for one in made):
            continue
        made.append(Change(kind, about, was, now, tuple(_cited(numbered, *one) for one in stands)))
    return tuple(made)


Kind = Literal["number", "date", "actor", "place", "status"]
_Stands = tuple[tuple[Article, Span], ...]
_Found = tuple[Kind, str, str | None, str, _Stands]


def _cited(numbering: dict[str, int], article: Article, span: Span) -> Citation:
    return citation(numbered_on(numbering, article.id), article, span)


def _day(article: Article) -> tuple[int, str]:
    return (article.published.day.toordinal() if article.published else 0, article.id)


def beginning(article: Article) -> Hit:
    """The part of an article that is compared, as a hit."""
    end = min(len(article.text), READ)
    passage = Passage(f"{article.id}-beginning", article.id, article.version, 0, 0, end, article.text[:end])
    return Hit(passage, article, 1.0, How(None, None))


def _numbers(before: Sequence[Article], added: Sequence[Article]) -> Iterator[_Found]:
    """Counts that have grown and other numbers that are superseded, by the rules of disagreement. A value that was
    told, or that is less than one that was, is none."""
    told = [side for article in before for side in sides(beginning(article))]
    settled: list[Side] = []
    for later in sorted((side for article in added for side in sides(beginning(article))), key=_latest):
        if any(same_thing(later.figure, one.figure) for one in settled):
            continue
        alike = [one for one in told if same_thing(one.figure, later.figure)]
        if any(one.figure.value >= later.figure.value for one in alike if later.figure.grows):
            continue
        if any(one.figure.value == later.figure.value for one in alike):
            continue
        earlier = [one for one in alike if one.day < later.day and differ(one, later) == "superseded"]
        if earlier:
            settled.append(later)
            was = max(earlier, key=lambda one: (one.day, one.figure.value))
            stands = ((was.article, was.figure.sentence), (later.article, later.figure.sentence))
            yield "number", thing(later.figure), was.text, later.text, stands


def _latest(side: Side) -> tuple[int, float]:
    return -side.day, -side.figure.value


def _states(before: Sequence[Article], added: Sequence[Article]) -> Iterator[_Found]:
    """States further on the ladder than those told of the same person or thing."""
    told = [(article, one) for article in before for one in states(article.text, 0, READ)]
    settled: list[State] = []
    for article in reversed(added):
        for one in states(article.text, 0, READ):
            alike = [(told_in, was) for told_in, was in told if same_bearer(was, one)]
            if not alike or any(same_bearer(one, other) for other in settled):
                continue
            where, was = max(alike, key=lambda pair: (pair[1].step, _day(pair[0])))
            if one.step > was.step and _day(where)[0] <= _day(article)[0] and _is_fresh(article, one):
                settled.append(one)
                yield "status", one.of, was.text, one.text, ((where, was.span), (article, one.span))


def _leads(before: Sequence[Article], added: Sequence[Article]) -> Iterator[_Found]:
    """States of somebody or something named before, told first in an article added and nowhere before."""
    told = [one for article in before for one in states(article.text)]
    known = frozenset[str]().union(*(words_of(article.text) for article in before))
    for article in reversed(added):
        first = _sentences(article)[:_LEAD]
        for one in states(article.text, 0, READ):
            new = not any(same_bearer(was, one) and was.step >= one.step for was in told)
            if one.span in first and one.key <= known and new and one.is_final and _is_fresh(article, one):
                yield "status", one.of, None, one.text, ((article, one.span),)


def _is_fresh(article: Article, state: State) -> bool:
    """Whether the sentence names no year but the article's own, so that it tells no old story."""
    year = str(article.published.day.year) if article.published else ""
    years = re.findall(r"\b(?:19|20)\d\d\b", article.text[state.span.start : state.span.end])
    return all(one == year for one in years)


def _days(before: Sequence[Article], added: Sequence[Article]) -> Iterator[_Found]:
    """Days of what is planned that have moved: told of in the same words with another day, or said to be moved."""
    for article in reversed(added):
        for one in statements(article.text, 0, READ):
            for earlier in reversed(before):
                values = _another_day(earlier, article, one)
                if values:
                    was, now, span = values
                    yield "date", "", was, now, ((earlier, span), (article, one.span))
                    break
        yield from _moved(before, article)


def _another_day(earlier: Article, later: Article, one: Statement) -> tuple[str, str, Span] | None:
    if not earlier.published or not later.published or not one.when or not one.ahead:
        return None
    for other in statements(earlier.text, 0, READ):
        if other.when and (values := opposed(other, one, earlier.published.day, later.published.day)):
            return *values, other.span
    return None


def _moved(before: Sequence[Article], article: Article) -> Iterator[_Found]:
    """A sentence that says that something was moved to a day, where an article told has it on another day."""
    for span in _sentences(article):
        sentence = article.text[span.start : span.end]
        match = _MOVED.search(sentence)
        if not match or _UNSURE.search(sentence[: match.end()]):
            continue
        for earlier in reversed(before):
            for told in _sentences(earlier):
                text = earlier.text[told.start : told.end]
                was = _on_other_day(text, sentence, match)
                if was:
                    yield "date", "", was, match["after"], ((earlier, told), (article, span))
                    return


def _on_other_day(told: str, sentence: str, match: re.Match[str]) -> str | None:
    """The day that a sentence told of the same thing: its names and two of its content words are shared."""
    days = [found["day"] for found in _ON.finditer(told)]
    if len(days) != 1 or fold(days[0]) == fold(match["after"]) or _MOVED.search(told):
        return None
    if match["before"] and fold(days[0]) != fold(match["before"]):
        return None
    subject = sentence[: match.start()]
    named = name_words(f"x {subject}")
    shared = set(content_stems(subject)) & set(content_stems(told))
    return days[0] if named & name_words(f"x {told}") and len(shared) >= 2 else None


def _newcomers(before: Sequence[Article], added: Sequence[Article]) -> Iterator[_Found]:
    count: dict[str, int] = {}
    for article, one in brought_in(before, added):
        count[one.kind] = count.get(one.kind, 0) + 1
        if count[one.kind] <= _MOST_NEW:
            yield one.kind, "", None, one.text, ((article, one.span),)


def _sentences(article: Article) -> list[Span]:
    text = article.text[:READ]
    spans = [trimmed(text, span) for span in sentence_spans(text)]
    return [span for span in spans if span.end > span.start and not is_glued(text[span.start : span.end])]


def says_something_new(article: Article, before: Sequence[Article]) -> bool:
    """Whether one of the first sentences of an article is carried by none of the sentences told: most of its content
    words, and all its numbers, must stand in one of them."""
    told = [_Words.of(other.text[span.start : span.end]) for other in before for span in _sentences(other)]
    for span in _sentences(article)[:_OPENING]:
        one = _Words.of(article.text[span.start : span.end])
        if len(one.stems) >= _FEWEST and not any(one.is_in(other) for other in told):
            return True
    return False


class _Words:
    """What two sentences are compared by."""

    __slots__ = ("numbers", "stems")

    def __init__(self, stems: frozenset[str], values: frozenset[float]) -> None:
        self.stems, self.numbers = stems, values

    @classmethod
    def of(cls, text: str) -> _Words:
        return cls(frozenset(content_stems(text)), frozenset(number.value for number in numbers(text)))

    def is_in(self, other: _Words) -> bool:
        return len(self.stems & other.stems) >= _TOLD * len(self.stems) and self.numbers <= other.numbers
