"""Topical: a question that only names a subject ("the customs union: anything new?"), and what articles say of it.

No sentence answers such a question better than another; the ones to quote are those that report on the subject:
near the beginning of an article, better still of one whose headline names it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.extract import Candidate
from qa.facts import content_stems, names, quotation_spans
from qa.lines import Line, Reading, reading
from qa.pronouns import hangs
from qa.question import ASKING, is_about_something, is_light
from qa.sentences import Span
from qa.types import Hit

_THERE = r"(?:(?:is|are|was|were|has|have) there (?:been )?)?"
_ANY = r"(?:(?:anything|something|any|what|some)(?:['’]s| is| are| has been)?\s*)?"
_NEWS = (
    rf"{_THERE}{_ANY}(?:the )?(?:new(?:s|er)?|latest|recent|updates?|developments?|progress|happening|going on)"
    r"(?: (?:new|news|developments?|updates?))?(?: (?:today|lately|yet|now|since))?"
)
_BEHIND = re.compile(rf"(?P<subject>.+?)(?:\s*[:;?]|\s+[–—-]|,)\s*{_NEWS}[\s?!.]*", re.I)
_BEFORE = re.compile(
    rf"{_NEWS}\s+(?:on|about|regarding|concerning|with|in|from|of|for|around)\s+(?P<subject>.+?)[\s?!.]*", re.I
)
_ALONE = re.compile(rf"{_NEWS}[\s?!.]*", re.I)
_VERBS = frozenset("is are was were do does did has have had will would can could should may might must shall".split())
_LONGEST = 8
"""Words of a subject that is typed alone."""
_NAMED, _BESIDE_A_NAME = 0.6, 0.3
"""Share of the subject's words that a sentence has to hold itself, and where it holds its names; those beside it and
the headline hold the others."""
_FOUND, _IN_HEADLINE, _EARLY, _HELD, _PERSONAL, _LOOSE = 2.0, 1.5, 1.5, 1.0, -1.5, -2.0
"""What a sentence is worth for how well its article was found, the share of the subject in the headline, its place (1/e
of it four sentences later), the share of the subject in itself; less where its author speaks of himself or to the
reader, and where it hangs on the one before."""
_FADES = 4
_AUTHOR = re.compile(r"\b(?:[Mm]e|[Mm]y|[Ww]e|us|[Oo]urs?|[Yy]ours?|[Yy]ou|I)\b")
_JOINS = re.compile(
    r"[\"“]?(?:but|and|so|or|nor|neither|yet|still|also|then|this|these|that|those|it['’]s|here)\b", re.I
)
_PAGE = re.compile(r"//|\bpic\.twitter|\bwww\.|(?:^|\s)[@#]\w")
"""What belongs to a page around the article: addresses and posts."""


def names_nothing(question: str) -> bool:
    """Whether a question asks for news and says of nothing ("anything new?")."""
    typed = " ".join(question.split())
    return _ALONE.fullmatch(typed) is not None or not is_about_something(typed)


def subject_of(question: str) -> str | None:
    """The subject of a question that asks for news of it and for nothing else; None for any other."""
    typed = " ".join(question.split())
    for form in (_BEHIND, _BEFORE):
        if (match := form.fullmatch(typed)) and not names_nothing(match["subject"]):
            return match["subject"].strip(' ,;:–—-"“”')
    words = typed.strip(" ?!.").split()
    asks = bool(words) and (words[0].casefold() in ASKING or any(word.casefold() in _VERBS for word in words))
    return " ".join(words) if words and not asks and len(words) <= _LONGEST and not names_nothing(typed) else None


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a sentence on the subject has to hold."""

    stems: frozenset[str]
    names: frozenset[str]
    """The last word of each name: "Biden" of "Joe Biden"."""

    @classmethod
    def of(cls, words: str) -> _Subject:
        stems = frozenset(content_stems(words))
        telling = frozenset(one for one in stems if not is_light(one)) or stems
        return cls(telling, frozenset(name.words[-1] for name in names(f"x {words}")))

    def held(self, text: str) -> frozenset[str]:
        return self.stems.intersection(content_stems(text))

    def is_told(self, read: Reading, n: int) -> bool:
        """Whether sentence ``n`` is on it: with each of its names and some of its words, the others close by."""
        line = read.lines[n]
        near = " ".join([read.title, *(one.text for one in read.around(n))])
        words = {part for word in line.words for part in (word, word.removesuffix("'s").removesuffix("’s"))}
        return (
            self.names <= words
            and len(self.held(line.text)) >= (_BESIDE_A_NAME if self.names else _NAMED) * len(self.stems)
            and self.held(near) == self.stems
        )


def reporting(subject: str, hits: Sequence[Hit], is_news: Callable[[str, Hit], bool]) -> list[Candidate]:
    """The sentences of the hits' articles that report on ``subject``, as far as ``is_news`` lets them through, the most
    telling first."""
    wanted = _Subject.of(subject)
    best = {hit.article.id: n for n, hit in reversed(list(enumerate(hits)))}
    reports = (one for n in sorted(best.values()) for one in _of_article(wanted, n, hits[n], is_news))
    return sorted(reports, key=lambda one: (-one.rank, one.hit, one.n))


def _of_article(wanted: _Subject, n: int, hit: Hit, is_news: Callable[[str, Hit], bool]) -> Iterator[Candidate]:
    read = reading(hit.article.title, hit.article.text)
    headline = len(wanted.held(read.title)) / len(wanted.stems)
    for at, line in enumerate(read.lines):
        whole = line.stands and line.text.rstrip("\"”’')")[-1:] in ".!"
        if whole and wanted.is_told(read, at) and not _PAGE.search(line.text) and is_news(line.text, hit):
            rank = _FOUND * hit.score + _IN_HEADLINE * headline + _EARLY * math.exp(-at / _FADES)
            rank += _HELD * len(wanted.held(line.text)) / len(wanted.stems) + _personal(line.text)
            rank += _LOOSE if leans(line.text) or _JOINS.match(line.text) else 0.0
            yield Candidate(n, at, line.span, line.text, (), 1.0, rank, possible=True)


def leans(sentence: str) -> bool:
    """Whether a sentence cannot be read without the one before it."""
    return hangs(Line(Span(0, len(sentence)), sentence))


def _personal(text: str) -> float:
    """Less where the author speaks of himself or to the reader, outside quotation marks."""
    for start, end in reversed(quotation_spans(text)):
        text = text[:start] + text[end:]
    return _PERSONAL if _AUTHOR.search(text) else 0.0
