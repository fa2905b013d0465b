"""An article read once: its sentences in order, each with its words, and whether it can stand as a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from qa.facts import Token, spellings, tokens
from qa.sentences import Span, is_glued, sentence_spans, trimmed

_POINTER = re.compile(
    r"(?:more|read more|read also|related|see also|watch|listen|gallery|photos?|graphics?|video|analysis|opinion|"
    r"key points?|editor['’]s note|correction|clarification)\s*:"
    r"|(?:click|tap|swipe) here\b|read (?:more|the full)\b|sign up\b|subscribe\b|follow (?:us|him|her|them) on\b",
    re.I,
)
"""How lines begin that point elsewhere: at another article, a newsletter, a picture."""
_CREDIT = r"s?\s*(?:by|credit|courtesy|:)"
_NOTICES = tuple(
    (hint, re.compile(rf"\b(?:{pattern})", re.I))
    for hint, pattern in (
        ("sign", r"sign(?:ing)? up (?:for|to)"),
        ("subscribe", r"subscribe (?:to|now|today)"),
        ("newsletter", r"newsletters?\b.{0,60}\b(?:inbox|here|sign)"),
        ("click here", "click here"),
        ("read more here", "read more here"),
        ("all rights reserved", "all rights reserved"),
        ("contributed to this", r"contributed to this (?:report|story)"),
        ("getty images", r"getty images\s*[)/]"),
        ("afp", r"afp\s*[)/]"),
        ("reuters", r"reuters\s*[)/]"),
        ("ap photo", r"ap photo\s*[)/]"),
        ("epa", r"epa\s*[)/]"),
        ("photo", rf"(?:photo|photograph){_CREDIT}"),
        ("picture", f"picture{_CREDIT}"),
        ("image", f"image{_CREDIT}"),
        ("illustration", f"illustration{_CREDIT}"),
        ("this article", r"this article (?:was|is|has been) (?:originally|first)"),
        ("a version of this", r"a version of this (?:article|story)"),
        ("hide caption", r"hide caption\b"),
    )
)
"""What stands in a page around its article: notices, credits, captions; each with letters that it cannot be without,
which are looked for first."""
_BYLINE = re.compile(r"(?:[Bb]y|[Ff]rom|Reporting by|Writing by|Edited by)\s+(?:[A-Z][\w.'’-]*[\s,]*(?:and\s+)?){1,8}$")

_DATELINE = re.compile(
    r"^(?:[^\n()a-z]{0,40}[^\n()]{0,25})?\((?:[A-Z][\w.&]*\s?){1,3}\)\s*(?:[-–—]+\s*)?(?=[\"“‘']?[A-Z])"
    r"|^[A-Z][A-Z.’' -]{2,30}(?:, [A-Z][\w.]+)?\s+(?:[–—-]{1,2}|\|)\s+(?=[\"“‘']?[A-Z])"
)
"""Place and agency before the first sentence: "(CNN) — ", "PARIS (Reuters) - ", "CHICAGO – "."""


_APART = ("", " ")
"""What surely parts a word from those beside it."""


@dataclass(frozen=True)
class Line:
    """A sentence of an article and its positions in the article's text. What takes reading is read when it is asked
    for: of a long article few sentences are."""

    span: Span
    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words, folded."""
        return folded(self.text)

    @cached_property
    def stands(self) -> bool:
        """Whether it can be quoted."""
        return is_sentence(self.text)


@dataclass(frozen=True)
class Reading:
    """The title and the sentences of an article."""

    title: str
    title_words: frozenset[str]
    lines: tuple[Line, ...]
    spelled: Mapping[str, Sequence[str]]
    """How each word of the sentences, folded, is written there."""

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of its sentences and its title, folded."""
        return self.title_words.union(self.spelled)

    def holds(self, line: Line, word: str) -> bool:
        """Whether a folded word stands in one of its sentences."""
        found = [_found(written, line.text) for written in self.spelled.get(word, ()) if written in line.text]
        return True in found or (None in found and word in line.words)

    def around(self, n: int, before: int = 2, after: int = 1) -> Sequence[Line]:
        """Sentence ``n`` with so many neighbours on either side."""
        return self.lines[max(0, n - before) : n + 1 + after]


@lru_cache(maxsize=256)
def reading(title: str, text: str) -> Reading:
    """An article's sentences, those of white space alone left out."""
    spans = (trimmed(text, span) for span in sentence_spans(text))
    lines = tuple(Line(span, text[span.start : span.end]) for span in spans if span.end > span.start)
    apart = all(one.span.end < other.span.start for one, other in pairwise(lines))  # no word lies in two of them
    return Reading(title, folded(title), lines, spellings([text] if apart else [line.text for line in lines]))


def _found(word: str, text: str) -> bool | None:
    """Whether a word, as it is written, is one of those of a sentence that has its letters; None where only reading
    the sentence would tell."""
    parts = False
    at = text.find(word)
    while at >= 0:
        before, behind = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if before in _APART and behind in _APART:
            return True
        parts |= not (before.isalpha() and word[0].isalpha()) and not (behind.isalpha() and word[-1].isalpha())
        at = text.find(word, at + 1)
    return None if parts else False


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
    return (one for one in _stated(text, start, end) if len(one[1]) <= longest)


@lru_cache(maxsize=256)
def _stated(text: str, start: int, end: int | None) -> tuple[tuple[Span, str], ...]:
    found = []
    for raw in sentence_spans(text[start:end]):
        inner = trimmed(text[start:end], raw)
        span = Span(start + inner.start, start + inner.end)
        sentence = past_dateline(text[span.start : span.end])
        if not is_glued(sentence):
            found.append((span, sentence))
    return tuple(found)


def folded(text: str) -> frozenset[str]:
    """The words of ``text``, folded."""
    return frozenset([token.folded for token in tokens(text)])


def is_sentence(text: str) -> bool:
    """Whether a stretch can stand as an answer: some words, at least one in lower case, no question, no links, no
    caption, byline or notice."""
    return _stands(text, tokens(text))


def _is_small(letter: str) -> bool:
    """Whether a word begins with a small letter, or with one of a script that knows no capitals."""
    return letter.islower() or (letter.isalpha() and letter == letter.swapcase())


def _stands(text: str, words: Sequence[Token]) -> bool:
    if len(words) < 4 or len(text) > 900 or not any(_is_small(token.surface[0]) for token in words):
        return False
    if text.rstrip(' "”’)').endswith(("?", "؟")) or is_glued(text):
        return False
    return not (_POINTER.match(text) or _is_notice(text) or _BYLINE.match(text))


def _is_notice(text: str) -> bool:
    low = text.lower()
    return any(hint in low and pattern.search(text) for hint, pattern in _NOTICES)
