"""What is quoted of the sentences that answer: which, in what order, and so that each can be read alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from qa.cite import Place, Sentence
from qa.extract import Candidate
from qa.facts import content_stems
from qa.lines import Reading, reading, without_dateline
from qa.pronouns import hangs, resolved
from qa.sentences import Span
from qa.types import Article, Hit, How, Passage

MOST_SENTENCES = 3
_BESIDE_BEST, _BESIDE_OTHER = 2.5, 1.5
"""How much lower than the best a further sentence may rank, and one of another article, which may tell of another
event."""
_ALIKE = 0.6
"""Share of the words of the shorter of two sentences in the other, from which one is enough."""
PassagesFn = Callable[[str], Sequence[Passage]]
"""The passages of an article, in order."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """Sentences to be cited, and the hits that their numbers mean."""

    sentences: tuple[Sentence, ...]
    hits: tuple[Hit, ...]


def newest_first(answering: Sequence[Candidate], hits: Sequence[Hit]) -> list[Candidate]:
    """``answering`` with those that nearly rank with the best in front, the newest report first: for a question about
    how things stand."""
    enough = max((one.rank for one in answering), default=0.0) - _BESIDE_OTHER
    near = [one for one in answering if one.rank >= enough]
    return [*sorted(near, key=lambda one: -_day(hits[one.hit])), *(one for one in answering if one.rank < enough)]


def _day(hit: Hit) -> int:
    return hit.article.published.day.toordinal() if hit.article.published else 0


def chosen(ranked: Iterable[Candidate], hits: Sequence[Hit], most: int = MOST_SENTENCES) -> list[Candidate]:
    """The first of ``ranked`` and others, each different from those before it and ranked nearly as high, in an order
    that reads: article by article, that of the best first, and in each the best first unless another leads up to it."""
    found: list[Candidate] = []
    for one in ranked:
        if len(found) == most:
            break
        if found and one.rank < found[0].rank - (_BESIDE_BEST if one.hit == found[0].hit else _BESIDE_OTHER):
            continue
        if any(_alike(one.text, other.text) for other in found):
            continue
        if found and _is_left_hanging(one, found, hits):
            continue
        found.append(one)
    return _in_order(found)


def _alike(one: str, other: str) -> bool:
    first, second = set(content_stems(one)), set(content_stems(other))
    return len(first & second) >= _ALIKE * min(len(first), len(second)) if first and second else True


def _is_left_hanging(one: Candidate, found: Sequence[Candidate], hits: Sequence[Hit]) -> bool:
    """Whether a sentence hangs on one before it that is neither quoted nor gives it a name."""
    read = _read(hits[one.hit].article)
    if not hangs(read.lines[one.n]) or resolved(read, one.n):
        return False
    return not any(other.hit == one.hit and other.n == one.n - 1 for other in found)


def _in_order(found: Sequence[Candidate]) -> list[Candidate]:
    articles = list(dict.fromkeys(one.hit for one in found))
    ordered: list[Candidate] = []
    for article in articles:
        best, *rest = [one for one in found if one.hit == article]
        leading = [one for one in rest if best.n - 2 <= one.n < best.n]
        ordered += sorted([*leading, best], key=lambda one: one.n)
        ordered += sorted((one for one in rest if one not in leading), key=lambda one: one.n)
    return ordered


def quoted(found: Sequence[Candidate], hits: Sequence[Hit], shown: int, passages_of: PassagesFn) -> Quoted:
    """``found`` as sentences that can be read alone, each with the hit whose passage holds it: of the first ``shown``
    of ``hits``, or added behind them, be it a later hit or a passage of a found article that was not found itself."""
    cited = list(hits[:shown])
    sentences = []
    said: set[tuple[int, int]] = set()
    for one in found:
        read = _read(hits[one.hit].article)
        after_its_like = (one.hit, one.n - 1) in said
        named = None if after_its_like else resolved(read, one.n)
        first = one.n - (named.back if named else 0)
        at = _holding(Span(read.lines[first].span.start, one.span.end), hits[one.hit], cited, hits, passages_of)
        if at is None:
            continue
        said.add((one.hit, one.n))
        text = without_dateline(named.text if named else one.text)
        near = read.around(one.n, max(1, one.n - first), 1)
        place = Place(one.span, Span(near[0].span.start, near[-1].span.end))
        sentences.append(Sentence(" ".join(text.split()), (at + 1,), place))
    return Quoted(tuple(sentences), tuple(cited))


def _read(article: Article) -> Reading:
    return reading(article.title, article.text)


def _holding(span: Span, hit: Hit, cited: list[Hit], hits: Sequence[Hit], passages_of: PassagesFn) -> int | None:
    """Index in ``cited`` of a hit whose passage holds a stretch of an article, added where none does yet. None when the
    article was changed meanwhile."""
    article = hit.article
    for n, other in enumerate(cited):
        if _holds(other, article, span):
            return n
    later = next((other for other in hits if _holds(other, article, span)), None)
    added = later or _stretch(article, span, passages_of)
    if added is None:
        return None
    cited.append(replace(added, score=min(added.score, cited[-1].score)))
    return len(cited) - 1


def _holds(hit: Hit, article: Article, span: Span) -> bool:
    return hit.article.id == article.id and hit.passage.start <= span.start and span.end <= hit.passage.end


def _stretch(article: Article, span: Span, passages_of: PassagesFn) -> Hit | None:
    """The passages that hold a stretch of an article, as one that neither index found."""
    passages = [
        one
        for one in passages_of(article.id)
        if one.version == article.version and one.start < span.end and span.start < one.end
    ]
    text = "".join(one.text for one in passages)
    if not passages or text != article.text[passages[0].start : passages[-1].end]:
        return None
    whole = replace(passages[0], id="+".join(one.id for one in passages), end=passages[-1].end, text=text)
    return Hit(whole, article, 0.0, How(None, None))
