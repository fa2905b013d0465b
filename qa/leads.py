"""Leads: the sentences that a story is quoted by: the beginning of its main article, and what the others add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.answer import checked, opening
from qa.cite import Sentence
from qa.sentences import is_glued, sentence_spans, trimmed
from qa.stories import is_copy
from qa.types import Article, Claim, Story

MOST_SENTENCES = 4
_LEAD = 2
"""Sentences from a story's central article; the others of the story add one each."""
_ANAPHORA = re.compile(
    r"^[\"“]?(?:he|she|they|it|this|that|these|those|his|her|their|its|but|and|also|meanwhile|however|the two|"
    r"the former|the latter|such|so|then|there|another|others|in addition|moreover|separately|for example|as a result|"
    r"instead|when asked|asked)\b",
    re.I,
)
_NOT_NEWS = re.compile(
    r"\b(?:AP Photo|Getty Images|File Photo|Photo by|Photograph:|via AP|via Reuters)\b|^\(?(?:Photo|Image|Credit)s?:"
    r"|^(?:From The New York Times, I.m|Series:|Watch:|Listen:|More:|Related:|See also:)"
    r"|\b(?:sign up (?:for|to)|subscribe (?:to|now)|newsletters?\b.*\b(?:here|inbox)|nonprofit newsroom|click here|"
    r"all rights reserved|follow (?:us|me|him|her) on|read more:|this (?:story|article) (?:was|has been) \w+ly|"
    r"this (?:story|article) (?:was|has been) updated|"
    r"support our journalism|terms of (?:use|service)|ad blocker|enable javascript)\b",
    re.I,
)
"""Captions and notices that stand among an article's sentences."""


def quoted(story: Story) -> Story:
    """The story with the sentences that it is quoted by."""
    return replace(story, claims=_claims(story.articles))


def _claims(articles: Sequence[Article]) -> tuple[Claim, ...]:
    """The lead of the central article, then what the others add: one sentence each that is no copy of those before."""
    hits = [opening(article) for article in articles]
    chosen: list[Sentence] = []
    for n, hit in enumerate(hits, 1):
        room = _LEAD if n == 1 else 1
        if len(hits) == 1:
            room = 3
        for text in _sentences(hit.passage.text):
            if room == 0 or len(chosen) == MOST_SENTENCES:
                break
            if _ANAPHORA.match(text) and not (n == 1 and chosen):
                continue
            if not any(is_copy(text, other.text) for other in chosen):
                chosen.append(Sentence(text, (n,)))
                room -= 1
    if not chosen:
        chosen = [Sentence(text, (n,)) for n, hit in enumerate(hits, 1) for text in _spoken(hit.passage.text)[:1]][:1]
    _, claims = checked(chosen, hits)
    return claims


def _sentences(text: str) -> list[str]:
    """The sentences that can stand in a briefing: whole ones of some length, no questions, captions or notices."""
    return [
        sentence
        for sentence in _spoken(text)
        if len(sentence.split()) >= 6
        and len(sentence) <= 600
        and sentence[-1] in '.!"”’)'
        and not is_glued(sentence)
        and not _NOT_NEWS.search(sentence)
    ]


def _spoken(text: str) -> list[str]:
    """The sentences with a letter or a number in them, each on one line."""
    spans = (trimmed(text, span) for span in sentence_spans(text))
    found = (" ".join(text[span.start : span.end].split()) for span in spans)
    return [sentence for sentence in found if any(c.isalnum() for c in sentence)]
