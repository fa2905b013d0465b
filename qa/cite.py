"""Citations: from a writer's sentences to the exact characters they rest on.

A writer marks a sentence with the numbers of the passages it used, and with words of them (``qa.markers``). Numbers
that name no passage are dropped, and so are words that do not stand in theirs. What a reader sees are numbers of
articles in the order they are first cited.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.facts import content_stems, normal_quote
from qa.markers import Place, Sentence, marker, sentences_of, without_numbers
from qa.sentences import Span, sentence_spans, trimmed
from qa.types import Article, Citation, Cited, Hit, Passage
from qa.verbatim import find_verbatim

__all__ = [
    "CitedSentence",
    "Place",
    "Sentence",
    "citation",
    "cite",
    "header",
    "marker",
    "numbered_on",
    "numbering",
    "quote_for",
    "sentences_of",
    "words_found",
]

_FEWEST_WORDS = 3
"""Fewer words carry no sentence, unless they are long: then the quote is the sentence they stand in."""
_FEWEST_CHARACTERS = 12
_LESS = 0.2
"""How much less of a sentence than the best words of the passage the writer's own choice may carry."""


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence with its citations, and for each what the verifier reads."""

    text: str
    citations: tuple[Citation, ...]
    cited: tuple[Cited, ...]


def cite(sentences: Sequence[Sentence], hits: Sequence[Hit]) -> list[CitedSentence]:
    """Each sentence with the exact words of the passages it was marked with: the writer's, where they stand in the
    passage and carry the sentence; else those that carry it best. Numbers that name no hit are dropped."""
    number = numbering(hits)
    cited: list[CitedSentence] = []
    for sentence in sentences:
        citations, read = [], []
        for ref in sentence.refs:
            n = number(ref)
            if n is None:
                continue
            hit = hits[ref - 1]
            for shown, quote, near in _places(sentence, ref, hit.passage):
                citations.append(citation(n, hit.article, shown))
                text = hit.article.text
                words, around = text[quote.start : quote.end], text[near.start : near.end]
                read.append(Cited(words, around, hit.passage.text, header(hit.article), hit.article.title))
        # a bracketed number of the article's own would look like a citation
        cited.append(CitedSentence(without_numbers(sentence.text), tuple(citations), tuple(read)))
    return cited


def numbering(hits: Sequence[Hit]) -> Callable[[int], int | None]:
    """What gives the number of a passage's article, from 1 in the order asked for; None for one that is no hit."""
    numbers: dict[str, int] = {}

    def number(ref: int) -> int | None:
        known = 1 <= ref <= len(hits)
        return numbers.setdefault(hits[ref - 1].article.id, len(numbers) + 1) if known else None

    return number


def numbered_on(numbers: dict[str, int], article_id: str) -> int:
    """The number of an article among ``numbers`` by id; one that has none gets the next, and is entered."""
    return numbers.setdefault(article_id, max(numbers.values(), default=0) + 1)


def _places(sentence: Sentence, ref: int, passage: Passage) -> list[tuple[Span, Span, Span]]:
    """For each quote of ``passage`` that ``sentence`` rests on: the words shown, the sentences that hold them, and the
    same with their neighbours, as positions in the article's text."""
    if sentence.at:
        return [(sentence.at.quote, *sentence.at)]
    quote, near = quote_for(sentence.text, passage)
    if not quote:
        return []
    wanted = frozenset(content_stems(sentence.text))
    given = [words for n, words in sentence.carried if n == ref and _is_enough(words)]
    found = [place for words in given if (place := _place(words, passage, wanted))]
    told = " ".join(_words(passage, holding) for _, holding, _ in found)
    if not found or _share(wanted, told) + _LESS < _share(wanted, _words(passage, quote)):
        return [(quote, quote, near)]
    return list(dict.fromkeys(found))


def _place(words: str, passage: Passage, wanted: frozenset[str]) -> tuple[Span, Span, Span] | None:
    """Where ``words`` stand in ``passage`` with the most of what is ``wanted`` in their sentences; None where they do
    not, or hold none of it."""
    found = [(_moved(at, passage.start), *_holding(passage, at)) for at in find_verbatim(words, passage.text)]
    best = max(found, key=lambda place: _share(wanted, _words(passage, place[1])), default=None)
    return best if best and (not wanted or _share(wanted, _words(passage, best[1]))) else None


def words_found(sentences: Sequence[Sentence], hits: Sequence[Hit]) -> tuple[int, int]:
    """How many stretches of carrying words ``sentences`` were given, and how many stand in the passages they name."""
    given = [(n, words) for sentence in sentences for n, words in sentence.carried if 1 <= n <= len(hits)]
    return len(given), sum(bool(find_verbatim(words, hits[n - 1].passage.text)) for n, words in given)


def _is_enough(words: str) -> bool:
    return len(words.split()) >= _FEWEST_WORDS or len(words) >= _FEWEST_CHARACTERS


def _holding(passage: Passage, at: Span) -> tuple[Span, Span]:
    """The sentences of ``passage`` that hold ``at``, and the same with their neighbours, in the article's text."""
    spans = [trimmed(passage.text, span) for span in sentence_spans(passage.text)]
    inside = [n for n, span in enumerate(spans) if span.start < at.end and at.start < span.end]
    first, last = inside[0], inside[-1]
    near = Span(spans[max(0, first - 1)].start, spans[min(len(spans) - 1, last + 1)].end)
    return _moved(Span(spans[first].start, spans[last].end), passage.start), _moved(near, passage.start)


def _words(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.start : span.end - passage.start]


def _share(wanted: frozenset[str], text: str) -> float:
    """Share of the ``wanted`` stems in a text."""
    return len(wanted & set(content_stems(text))) / len(wanted) if wanted else 0.0


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
        page=article.details.page_of(span.start),
    )


def header(article: Article) -> str:
    """Title, source and date of an article in words, as the verifier reads them."""
    day = article.published.day.strftime("%A %-d %B %Y") if article.published else ""
    return " · ".join(part for part in (article.title, article.source or "", day) if part)
