"""Timeline: what happened in a story on each day, one quoted sentence a day, through the same citing and checking.

A day is told by the sentence that carried its change, else by what was told of it, else by the beginning of one of its
articles; never by one that needs the sentence before, or that is told already. The latest day is what the story tells,
so that only a change stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.answer import checked, opening
from qa.cite import Sentence, numbered_on
from qa.facts import numbers
from qa.lines import Line, reading, without_dateline
from qa.pronouns import hangs
from qa.stories import is_copy
from qa.types import Article, Citation, Claim, Development, Verdict

MOST = 8
"""Days told; of more the first and the latest are kept, and those between on which something changed."""
_READ = 3_000
_FEWEST, _LONGEST = 8, 420
"""Words that a sentence must have, and characters it may have."""
_TRIED = 6
"""Sentences of an article's beginning that may tell its day."""


@dataclass(frozen=True, slots=True)
class Past:
    """A story as it was told once: its articles, and the citations of what was told, what had changed first."""

    articles: tuple[Article, ...]
    changed: tuple[Citation, ...] = ()
    told: tuple[Citation, ...] = ()


def timeline(pasts: Sequence[Past], told: Sequence[str], numbering: dict[str, int]) -> tuple[Development, ...]:
    """The developments of a story by day of publication, the earliest first; ``told`` are sentences not to be repeated.
    Citations are numbered as ``numbering`` has the articles, and on from it. Empty where all is of one day."""
    days = sorted({day for past in pasts for article in past.articles if (day := _day(article))})
    if len(days) < 2:
        return ()
    found: list[tuple[bool, Development]] = []
    said = list(told)
    for day in days:
        for has_changed, article, line in _candidates(pasts, day):
            if day == days[-1] and told and not has_changed:
                break  # what the story tells is of that day
            text = " ".join(without_dateline(line.text).split())
            if any(_is_told(text, other) for other in said):
                continue
            if claim := _claim(article, text, numbering):
                said.append(text)
                found.append((has_changed, Development(day, claim)))
                break
    return tuple(one for _, one in _shortened(found))


def _is_told(text: str, other: str) -> bool:
    """Whether a sentence says what another one says: in nearly the same words, with no other number."""
    return is_copy(text, other) and {one.value for one in numbers(text)} <= {one.value for one in numbers(other)}


def _day(article: Article) -> date | None:
    return article.published.day if article.published else None


def _candidates(pasts: Sequence[Past], day: date) -> Iterator[tuple[bool, Article, Line]]:
    """The sentences that may tell a day, the best first, and whether each carried a change."""
    articles = {article.id: article for past in pasts for article in past.articles if _day(article) == day}
    for has_changed, citations in (
        (True, [one for past in pasts for one in past.changed]),
        (False, [one for past in pasts for one in past.told]),
    ):
        for one in citations:
            article = articles.get(one.article_id)
            if article and article.version == one.version and (line := _line_at(article, one.start)):
                yield has_changed, article, line
    for article in articles.values():
        for line in reading(article.title, article.text[:_READ]).lines[:_TRIED]:
            if _stands_alone(line):
                yield False, article, line


def _line_at(article: Article, start: int) -> Line | None:
    lines = reading(article.title, article.text[:_READ]).lines
    found = next((line for line in lines if line.span.start <= start < line.span.end), None)
    return found if found and _stands_alone(found) else None


def _stands_alone(line: Line) -> bool:
    """Whether a sentence is whole, of some length, and needs none before it."""
    words = len(line.text.split())
    whole = line.stands and line.text[-1] in '.!"”’)' and words >= _FEWEST and len(line.text) <= _LONGEST
    return whole and not hangs(line)


def _claim(article: Article, text: str, numbering: dict[str, int]) -> Claim | None:
    """The sentence as a claim, where the article fully carries it."""
    _, claims = checked([Sentence(text, (1,))], [opening(article)])
    if not claims or claims[0].verdict is not Verdict.SUPPORTED or not claims[0].citations:
        return None
    n = numbered_on(numbering, article.id)
    return replace(claims[0], citations=tuple(replace(one, n=n) for one in claims[0].citations))


def _shortened(found: Sequence[tuple[bool, Development]]) -> list[tuple[bool, Development]]:
    """At most ``MOST``: the first and the latest, those that carried a change, then the later ones."""
    if len(found) <= MOST:
        return list(found)
    inner = sorted(range(1, len(found) - 1), key=lambda n: (not found[n][0], -n))[: MOST - 2]
    return [found[n] for n in sorted({0, *inner, len(found) - 1})]
