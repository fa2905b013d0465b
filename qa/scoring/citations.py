"""Citations, whatever an answer says of itself: its words are read anew in the library, and judged anew.

ALCE's recall and precision (Gao et al. 2023) are counted over the cited words as the library has them: the sentences
are judged by those words alone, not by what stands around them, with the article's headline, source and day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.cite import header
from qa.facts import like_numbers, numbers, ordinals
from qa.metrics import CitationScore, citation_score
from qa.types import Article, Citation, Cited, Claim, Verdict
from qa.verify import Verifier

ArticleFn = Callable[[str, int], Article | None]
"""A version of an article by id and number, as the library has it now; None where it has not."""
WithinFn = Callable[[Article], bool]
"""Whether an article may be used: of the days that were asked for, and not newer than the as-of date."""
_BEFORE = 1000
"""Characters before a quote in which a name may stand that code put into it in brackets."""


@dataclass(frozen=True, slots=True)
class Cites:
    """What the citations of some sentences came to."""

    alce: CitationScore
    cited: float
    """Share of the sentences with a citation."""
    supported: float
    """Share of the sentences that are told as supported."""
    numbers: float | None
    """Share of the sentences with numbers whose numbers all stand in what they cite."""
    exact: float | None
    """Share of the citations whose words stand at their offsets, and that name their article as it is."""
    dated: float | None
    """Share of the citations of articles that may be used."""
    failures: tuple[str, ...] = ()
    """What must never be: words that do not stand there, articles that may not be used."""


def told(claims: Sequence[Claim]) -> list[Claim]:
    """The sentences that a reader is told: without those that are struck out."""
    return [claim for claim in claims if not claim.struck]


def cites(claims: Sequence[Claim], article_of: ArticleFn, within: WithinFn, judge: Verifier) -> Cites | None:
    """What the citations of ``claims`` came to; None without claims."""
    if not claims:
        return None
    read = {c: article_of(c.article_id, c.version) for claim in claims for c in claim.citations}
    texts = [[_as_read(c, read[c]) for c in dict.fromkeys(claim.citations)] for claim in claims]
    found = [(claim.text, cited) for claim, cited in zip(claims, texts, strict=True)]
    inexact = [c for c, article in read.items() if not is_exact(c, article)]
    misnamed = [c for c, article in read.items() if c not in inexact and not is_named_right(c, article)]
    outside = [c for c, article in read.items() if article is None or not within(article)]
    numbered = [_numbers_stand(text, cited) for text, cited in found if numbers(text)]
    return Cites(
        alce=citation_score(found, lambda cited, text: judge(text, cited).verdict is Verdict.SUPPORTED),
        cited=_share([bool(claim.citations) for claim in claims]) or 0.0,
        supported=_share([claim.verdict is Verdict.SUPPORTED for claim in claims]) or 0.0,
        numbers=_share(numbered),
        exact=_share([c not in inexact and c not in misnamed for c in read]),
        dated=_share([c not in outside for c in read]),
        failures=(
            *(f"cites words of {c.article_id} that do not stand there: “{c.quote[:80]}”" for c in inexact),
            *(f"cites {c.article_id} as what it is not: {_heading(c)}" for c in misnamed),
            *(f"cites {c.article_id}, which is not of the days that may be used" for c in outside if c not in inexact),
        ),
    )


def is_exact(citation: Citation, article: Article | None) -> bool:
    """Whether a citation's words are there, and stand at its offsets in the article as the library has it."""
    words = _words(citation, article)
    return bool(words.strip()) and words == citation.quote


def is_named_right(citation: Citation, article: Article | None) -> bool:
    """Whether a citation gives the title, source, day and address that the library has of its article."""
    if article is None:
        return False
    published = article.published.iso if article.published else None
    return (citation.title, citation.source, citation.published, citation.url) == (
        article.title,
        article.source,
        published,
        article.url,
    )


def quoted_text(citation: Citation, article: Article | None) -> str:
    """The cited words as the library has them, whatever the citation says they are; "" where there are none."""
    return _words(citation, article)


def _heading(citation: Citation) -> str:
    parts = (citation.title, citation.source, citation.published, citation.url)
    return " · ".join(part or "none" for part in parts)


def _words(citation: Citation, article: Article | None) -> str:
    if article is None or not 0 <= citation.start < citation.end:
        return ""
    text = article.title if citation.field == "title" else article.text
    return text[citation.start : citation.end] if citation.end <= len(text) else ""


def _as_read(citation: Citation, article: Article | None) -> Cited:
    """What a sentence cites, from the library's text alone."""
    words = _words(citation, article)
    if article is None or not words:
        return Cited("", "", "", "")
    if citation.field == "title":
        return Cited(words, words, words, header(article), article.title)
    around = article.text[max(0, citation.start - _BEFORE) : citation.end]
    return Cited(words, around, words, header(article), article.title)


def _numbers_stand(sentence: str, cited: Sequence[Cited]) -> bool:
    """Whether every number of a sentence stands in the cited words, or in the heading above them."""
    read = "\n".join(f"{one.passage}\n{one.header}" for one in cited)
    there = {value for number in numbers(read) for value in like_numbers(number, read)} | ordinals(read)
    return all(like_numbers(number, sentence) & there for number in numbers(sentence))


def _share(outcomes: Sequence[bool]) -> float | None:
    return sum(outcomes) / len(outcomes) if outcomes else None
