"""Citations: from a writer's sentences to the exact characters they rest on. The marker format lives here alone.

A writer marks a sentence with the numbers of the passages it used: ``[1]``, ``[1][3]``, ``[1, 3]``, ``[1-3]``.
Markers that point nowhere are removed. What a reader sees are numbers of articles in the order they are first cited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.facts import content_stems, normal_quote
from qa.sentences import Span, sentence_spans, trimmed
from qa.types import Article, Citation, Cited, Hit, Passage

_MARKER = re.compile(r"\[\s*(\d{1,3}(?:\s*(?:[,;]|[-–])\s*\d{1,3})*)\s*\]")
_TRAILING = re.compile(r"((?:\s*\[\s*\d{1,3}(?:\s*(?:[,;]|[-–])\s*\d{1,3})*\s*\])+)(\s*[.!?]?)")
_MAX_RANGE = 20


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, without markers, and the numbers (from 1) of the passages it was marked with."""

    text: str
    refs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence with its citations, and for each what the verifier reads."""

    text: str
    citations: tuple[Citation, ...]
    cited: tuple[Cited, ...]


def marker(n: int) -> str:
    """The marker a reader sees, and a writer is asked for."""
    return f"[{n}]"


def sentences_of(reply: str) -> list[Sentence]:
    """The sentences of a model's reply with the numbers they are marked with; a marker belongs to the sentence before
    it, also when it stands after the full stop."""
    reply = _TRAILING.sub(
        lambda m: f"{m.group(2).strip()}{m.group(1).strip()} " if m.group(2).strip() else m.group(), reply
    )
    plain, marks = _without_markers(reply)
    found: list[Sentence] = []
    for span in sentence_spans(plain):
        text = " ".join(_unmarked(plain[span.start : span.end]).split())
        refs = tuple(dict.fromkeys(n for at, numbers in marks if span.start < at <= span.end for n in numbers))
        if any(c.isalnum() for c in text):
            found.append(Sentence(text.lstrip("-*• "), refs))
        elif found and refs:
            found[-1] = Sentence(found[-1].text, tuple(dict.fromkeys((*found[-1].refs, *refs))))
    return found


def _without_markers(reply: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """The reply without markers, and (offset in it, numbers) of each."""
    plain: list[str] = []
    marks: list[tuple[int, list[int]]] = []
    length = at = 0
    for match in _MARKER.finditer(reply):
        piece = reply[at : match.start()].rstrip(" ")
        plain.append(piece)
        length += len(piece)
        at = match.end()
        marks.append((length, _numbers(match.group(1))))
    plain.append(reply[at:])
    return "".join(plain), marks


def _unmarked(text: str) -> str:
    """Without what looks like a marker once others are gone (``[[9]1]``)."""
    while _MARKER.search(text):
        text = _MARKER.sub("", text)
    return text


def _numbers(inside: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"[,;]", inside):
        ends = [int(n) for n in re.split(r"[-–]", part) if n.strip()]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + _MAX_RANGE:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return found


def cite(sentences: Sequence[Sentence], hits: Sequence[Hit]) -> list[CitedSentence]:
    """Each sentence with the exact words of the passages it was marked with; numbers that name no hit are dropped."""
    numbering: dict[str, int] = {}
    cited: list[CitedSentence] = []
    for sentence in sentences:
        pairs = []
        for ref in sentence.refs:
            if 1 <= ref <= len(hits):
                hit = hits[ref - 1]
                pairs.append((_numbered(numbering, hit.article), hit))
        citations, read = [], []
        for n, hit in pairs:
            quote, near = quote_for(sentence.text, hit.passage)
            if not quote:
                continue
            citations.append(citation(n, hit.article, quote))
            text = hit.article.text
            read.append(
                Cited(text[quote.start : quote.end], text[near.start : near.end], hit.passage.text, header(hit.article))
            )
        cited.append(CitedSentence(sentence.text, tuple(citations), tuple(read)))
    return cited


def quote_for(sentence: str, passage: Passage) -> tuple[Span | None, Span]:
    """The stretch of ``passage`` that carries ``sentence`` best, and the same with its neighbours, as positions in the
    article's text. A verbatim sentence is its own quote; else one sentence, or two neighbours when they carry more."""
    text = passage.text
    spans = [inner for inner in (trimmed(text, span) for span in sentence_spans(text)) if inner.end > inner.start]
    if not spans:
        return None, Span(passage.start, passage.end)
    wanted = set(content_stems(sentence))
    plain = normal_quote(sentence)
    best, best_score = (0, 1), -1.0
    for first in range(len(spans)):
        for size in (1, 2):
            if first + size > len(spans):
                continue
            stretch = text[spans[first].start : spans[first + size - 1].end]
            have = set(content_stems(stretch))
            score = len(wanted & have) / len(wanted) if wanted else 0.0
            score += 2.0 * bool(plain and plain in normal_quote(stretch)) - 0.15 * (size - 1)
            if score > best_score:
                best, best_score = (first, size), score
    first, size = best
    quote = Span(spans[first].start, spans[first + size - 1].end)
    near = Span(spans[max(0, first - 1)].start, spans[min(len(spans) - 1, first + size)].end)
    return _moved(quote, passage.start), _moved(near, passage.start)


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)


def citation(n: int, article: Article, span: Span) -> Citation:
    """A citation of characters of an article's text."""
    return Citation(
        n=n,
        article_id=article.id,
        version=article.version,
        title=article.title,
        source=article.source,
        published=article.published.iso if article.published else None,
        field="text",
        start=span.start,
        end=span.end,
        quote=article.text[span.start : span.end],
    )


def header(article: Article) -> str:
    """Title, source and date of an article in words, as the verifier reads them."""
    day = article.published.day.strftime("%A %-d %B %Y") if article.published else ""
    return " · ".join(part for part in (article.title, article.source or "", day) if part)


def _numbered(numbering: dict[str, int], article: Article) -> int:
    return numbering.setdefault(article.id, len(numbering) + 1)
