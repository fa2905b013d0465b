"""Citations: from a writer's sentences to the exact characters they rest on. The marker format lives here alone.

A writer marks a sentence with the numbers of the passages it used: ``[1]``, ``[1][3]``, ``[1, 3]``, ``[1-3]``.
Markers that point nowhere are removed. What a reader sees are numbers of articles in the order they are first cited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa.facts import content_stems, normal_quote
from qa.sentences import Span, sentence_spans, trimmed
from qa.types import Article, Citation, Cited, Hit, Passage

_OPEN, _CLOSE = r"\\?[\[［【]", r"\\?[\]］】]"
_MARKER = re.compile(
    rf"{_OPEN}[\s,;]*\^?(?:(?:passages?|sources?|articles?|refs?)\s*)?(\d{{1,3}}(?:[\s,;–-]+\d{{1,3}})*)[\s,;–-]*{_CLOSE}",
    re.I,
)
_EMPTY = re.compile(rf"{_OPEN}[\s,;–-]*{_CLOSE}")
_BULLET = re.compile(r"^[ \t]*(?:[-*•·]|\d{1,2}[.)]|#{1,6})[ \t]+", re.M)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_MAX_RANGE = 20


class Place(NamedTuple):
    """Where a quoted sentence stands: its own positions, and those of the sentences beside it that it rests on."""

    quote: Span
    near: Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as written, without markers, and the numbers (from 1) of the passages it was marked with."""

    text: str
    refs: tuple[int, ...]
    at: Place | None = None
    """Where in its article's text it stands, when that is known."""


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
    """The sentences of a model's reply with the numbers they are marked with. A marker belongs to the sentence before
    it, also when it stands after the full stop; one that opens a line belongs to the sentence behind it."""
    plain, marks = _without_markers(_EMPHASIS.sub(r"\2", _BULLET.sub("\n", reply)))
    found: list[Sentence] = []
    for span in sentence_spans(plain):
        text = " ".join(_unmarked(plain[span.start : span.end]).split())
        numbers = (
            n
            for mark in marks
            if (span.start <= mark.at < span.end if mark.opens else span.start < mark.at <= span.end)
            for n in mark.numbers
        )
        refs = tuple(dict.fromkeys(numbers))
        if any(c.isalnum() for c in text):
            found.append(Sentence(text, refs))
        elif found and refs:
            found[-1] = Sentence(found[-1].text, tuple(dict.fromkeys((*found[-1].refs, *refs))))
    return found


@dataclass(frozen=True, slots=True)
class _Mark:
    """A marker that was taken out: where it stood in the text without markers, and what it points at."""

    at: int
    numbers: tuple[int, ...]
    opens: bool
    """Whether it opens a line, with words behind it."""


def _without_markers(reply: str) -> tuple[str, list[_Mark]]:
    """The reply without markers, and the markers."""
    plain = ""
    marks: list[_Mark] = []
    at = 0
    for match in _MARKER.finditer(reply):
        plain = _appended(plain, reply[at : match.start()]).rstrip(" \t\u00a0")
        at = match.end()
        opens = (not plain or plain.endswith("\n")) and reply[at:].lstrip(" \t")[:1] not in {"", "\n", "[", "."}
        if opens:
            at += len(reply[at:]) - len(reply[at:].lstrip(" \t"))
        marks.append(_Mark(len(plain), _numbers(match.group(1)), opens))
    return _appended(plain, reply[at:]), marks


def _appended(plain: str, piece: str) -> str:
    """What stood on both sides of a marker: no space before a full stop, and words kept apart."""
    if plain and re.match(r"[ \t\u00a0]+[.!?,;:]", piece):
        return plain + piece.lstrip(" \t\u00a0")
    return f"{plain} {piece}" if plain[-1:].isalnum() and piece[:1].isalnum() else plain + piece


def _unmarked(text: str) -> str:
    """Without what looks like a marker once others are gone (``[[9]1]``)."""
    while (shorter := _EMPTY.sub("", _MARKER.sub("", text))) != text:
        text = " ".join(re.sub(r"\s+(?=[.!?,;:](?:\s|$))", "", shorter).split())
    return text


def _numbers(inside: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[,;]|\s+(?![-–])(?<![-–]\s)", inside):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + _MAX_RANGE:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return tuple(found)


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
            quote, near = sentence.at or quote_for(sentence.text, hit.passage)
            if not quote:
                continue
            citations.append(citation(n, hit.article, quote))
            text = hit.article.text
            read.append(
                Cited(
                    text[quote.start : quote.end],
                    text[near.start : near.end],
                    hit.passage.text,
                    header(hit.article),
                    hit.article.title,
                )
            )
        # a bracketed number of the article's own would look like a citation
        cited.append(CitedSentence(_unmarked(sentence.text), tuple(citations), tuple(read)))
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
        url=article.url,
    )


def header(article: Article) -> str:
    """Title, source and date of an article in words, as the verifier reads them."""
    day = article.published.day.strftime("%A %-d %B %Y") if article.published else ""
    return " · ".join(part for part in (article.title, article.source or "", day) if part)


def _numbered(numbering: dict[str, int], article: Article) -> int:
    return numbering.setdefault(article.id, len(numbering) + 1)
