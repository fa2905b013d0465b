"""An article read once: its sentences in order, each with its words, and whether it can stand as a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qa.facts import Token, tokens
from qa.sentences import Span, is_glued, sentence_spans, trimmed

_POINTER = re.compile(
    r"(?:more|read more|read also|related|see also|watch|listen|gallery|photos?|graphics?|video|analysis|opinion|"
    r"key points?|editor['’]s note|correction|clarification)\s*:"
    r"|(?:click|tap|swipe) here\b|read (?:more|the full)\b|sign up\b|subscribe\b|follow (?:us|him|her|them) on\b",
    re.I,
)
"""How lines begin that point elsewhere: at another article, a newsletter, a picture."""
_NOTICE = re.compile(
    r"\b(?:sign(?:ing)? up (?:for|to)|subscribe (?:to|now|today)|newsletters?\b.{0,60}\b(?:inbox|here|sign)|"
    r"click here|read more here|all rights reserved|contributed to this (?:report|story)|(?:getty images|afp|reuters|"
    r"ap photo|epa)\s*[)/]|(?:photo|picture|image|photograph|illustration)s?\s*(?:by|credit|courtesy|:)|"
    r"this article (?:was|is|has been) (?:originally|first)|a version of this (?:article|story)|"
    r"hide caption\b)",
    re.I,
)
"""What stands in a page around its article: notices, credits, captions."""
_BYLINE = re.compile(r"(?:[Bb]y|[Ff]rom|Reporting by|Writing by|Edited by)\s+(?:[A-Z][\w.'’-]*[\s,]*(?:and\s+)?){1,8}$")

_DATELINE = re.compile(
    r"^(?:[^\n()a-z]{0,40}[^\n()]{0,25})?\((?:[A-Z][\w.&]*\s?){1,3}\)\s*(?:[-–—]+\s*)?(?=[\"“‘']?[A-Z])"
    r"|^[A-Z][A-Z.’' -]{2,30}(?:, [A-Z][\w.]+)?\s+(?:[–—-]{1,2}|\|)\s+(?=[\"“‘']?[A-Z])"
)
"""Place and agency before the first sentence: "(CNN) — ", "PARIS (Reuters) - ", "CHICAGO – "."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of an article: its positions in the article's text, its words folded, and whether it can be quoted."""

    span: Span
    text: str
    words: frozenset[str]
    stands: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The title and the sentences of an article."""

    title: str
    title_words: frozenset[str]
    lines: tuple[Line, ...]
    words: frozenset[str]
    """All of them, and the title's."""

    def around(self, n: int, before: int = 2, after: int = 1) -> Sequence[Line]:
        """Sentence ``n`` with so many neighbours on either side."""
        return self.lines[max(0, n - before) : n + 1 + after]


@lru_cache(maxsize=256)
def reading(title: str, text: str) -> Reading:
    """An article's sentences, those of white space alone left out."""
    spans = (trimmed(text, span) for span in sentence_spans(text))
    lines = tuple(_line(text, span) for span in spans if span.end > span.start)
    title_words = folded(title)
    return Reading(title, title_words, lines, title_words.union(*(line.words for line in lines)))


def _line(text: str, span: Span) -> Line:
    words = text[span.start : span.end]
    read = tokens(words)
    return Line(span, words, frozenset(token.folded for token in read), _stands(words, read))


def without_dateline(text: str) -> str:
    """A first sentence without the place and the agency in front of it."""
    return _DATELINE.sub("", text, count=1)


def past_dateline(text: str) -> str:
    """A first sentence with blanks for the place and the agency in front of it, so that positions hold."""
    match = _DATELINE.match(text)
    return " " * match.end() + text[match.end() :] if match else text


def stated(text: str, start: int, end: int | None, longest: int) -> Iterator[tuple[Span, str]]:
    """The sentences between two positions of ``text``: where each stands in it, and its words, those before the first
    sentence of an article blanked. Sentences of more than ``longest`` characters, and glued ones, are left out."""
    for raw in sentence_spans(text[start:end]):
        inner = trimmed(text[start:end], raw)
        span = Span(start + inner.start, start + inner.end)
        sentence = past_dateline(text[span.start : span.end])
        if len(sentence) <= longest and not is_glued(sentence):
            yield span, sentence


def folded(text: str) -> frozenset[str]:
    """The words of ``text``, folded."""
    return frozenset(token.folded for token in tokens(text))


def is_sentence(text: str) -> bool:
    """Whether a stretch can stand as an answer: some words, at least one in lower case, no question, no links, no
    caption, byline or notice."""
    return _stands(text, tokens(text))


def _stands(text: str, words: Sequence[Token]) -> bool:
    if len(words) < 4 or len(text) > 900 or not any(token.surface[:1].islower() for token in words):
        return False
    if text.rstrip(' "”’)').endswith("?") or is_glued(text):
        return False
    return not (_POINTER.match(text) or _NOTICE.search(text) or _BYLINE.match(text))
