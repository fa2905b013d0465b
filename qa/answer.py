"""From hits to a verified answer or story: the steps that ask and brief share.

Whoever wrote the sentences, quotation or model, they go through the same ``cite`` and ``verify``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa import rank
from qa.cite import CitedSentence, Sentence, citation, cite, marker, quote_for
from qa.conflicts import later_told
from qa.engine import Engine
from qa.extract import Candidate, candidates, is_sentence
from qa.facts import content_stems
from qa.question import attributed, is_about_something, is_light, parts_of
from qa.sentences import sentence_spans, trimmed
from qa.types import Citation, Claim, Hit, Query, Verdict
from qa.verify import Finding, coverage, verify
from qa.verify.support import MeaningFn
from qa.windows import asks_present

MOST_SENTENCES = 3
ANSWERS_FROM = 0.20
"""Probability from which a sentence counts as an answer (``scripts/fit_extract.py`` prints the shares of answerable
kept and unanswerable refused at each)."""
_BESIDE_BEST = 0.5
"""A further sentence is quoted when its probability is at least this share of the best one's."""
_BESIDE_OTHER = 1.5
"""How much lower, in log odds, a further sentence of another article may rank."""
_ALIKE = 0.6
_OTHERS = 3
_OTHERS_FROM = 0.6
"""Passages tried where a sentence's own citation does not support it, and the share of its words they must hold."""


def checked(
    sentences: Sequence[Sentence], hits: Sequence[Hit], meaning: MeaningFn | None = None
) -> tuple[str, tuple[Claim, ...]]:
    """The text a reader sees, with markers, and its sentences as claims with exact citations and verdicts.

    A sentence that its own citations do not support, and another of the hits does, is cited to that one, marked as
    corrected. ``meaning`` is as for ``qa.verify.verify``.
    """
    claims: list[Claim] = []
    parts: list[str] = []
    at = 0
    for one, finding in _verified(sentences, hits, meaning):
        markers = "".join(marker(n) for n in dict.fromkeys(c.n for c in one.citations))
        part = f"{one.text} {markers}".strip()
        start = at + (1 if parts else 0)
        claims.append(Claim(one.text, start, start + len(one.text), one.citations, finding.verdict, finding.reasons))
        parts.append(part)
        at = start + len(part)
    return " ".join(parts), tuple(claims)


def _verified(
    sentences: Sequence[Sentence], hits: Sequence[Hit], meaning: MeaningFn | None
) -> list[tuple[CitedSentence, Finding]]:
    cited = cite(sentences, hits)
    found = [(one, verify(one.text, one.cited, meaning)) for one in cited]
    moved: dict[int, tuple[Sentence, Finding]] = {}
    for n, (_, finding) in enumerate(found):
        if finding.verdict is Verdict.UNSUPPORTED and (better := _supported_by_another(sentences[n], hits, meaning)):
            moved[n] = better
    if not moved:
        return found
    again = cite([moved[n][0] if n in moved else one for n, one in enumerate(sentences)], hits)
    return [
        (_as_corrected(one), moved[n][1]) if n in moved else (one, finding)
        for n, (one, (_, finding)) in enumerate(zip(again, found, strict=True))
    ]


def _supported_by_another(
    sentence: Sentence, hits: Sequence[Hit], meaning: MeaningFn | None
) -> tuple[Sentence, Finding] | None:
    """The sentence citing the one other passage, of the few that hold most of its words, that supports it."""
    others = [n for n in range(1, len(hits) + 1) if n not in sentence.refs]
    shares = {n: coverage(sentence.text, hits[n - 1].passage.text) for n in others}
    for n in sorted(others, key=lambda n: -shares[n])[:_OTHERS]:
        if shares[n] < _OTHERS_FROM:
            break
        moved = replace(sentence, refs=(n,))
        (one,) = cite([moved], hits)
        if verify(one.text, one.cited).verdict is not Verdict.SUPPORTED:
            continue
        finding = verify(one.text, one.cited, meaning)
        return (moved, finding) if finding.verdict is Verdict.SUPPORTED else None
    return None


def _as_corrected(one: CitedSentence) -> CitedSentence:
    return replace(one, citations=tuple(replace(citation, corrected=True) for citation in one.citations))


def citations_of(claims: Sequence[Claim]) -> tuple[Citation, ...]:
    """All citations of some claims."""
    return tuple(citation for claim in claims for citation in claim.citations)


def following_later(sentences: Sequence[Sentence], hits: Sequence[Hit], asked: str) -> list[Sentence]:
    """The sentences, and before one whose value a later report supersedes, the sentence of that report."""
    _, claims = checked(sentences, hits)
    cited = citations_of(claims)
    told = [Sentence(" ".join(later.quote.split()), (number,)) for later, number in later_told(hits, asked, cited)]
    kept = [sentence for sentence in sentences if sentence.text not in {one.text for one in told}]
    return [*told, *kept][: max(len(sentences), MOST_SENTENCES)]


def nearest(question: str, hits: Sequence[Hit], most: int = 3) -> tuple[Citation, ...]:
    """The closest words of the first hits, one an article: what is shown when the articles do not answer."""
    found: dict[str, Citation] = {}
    for hit in hits:
        if hit.article.id in found or len(found) == most:
            continue
        quote, _ = quote_for(question, hit.passage)
        if quote:
            found[hit.article.id] = _or_title(question, citation(len(found) + 1, hit.article, quote))
    return tuple(found.values())


def _or_title(question: str, closest: Citation) -> Citation:
    """The article's title instead of words from its text, where the title is closer to the question."""
    if coverage(question, closest.quote) >= coverage(question, closest.title):
        return closest
    return replace(closest, field="title", start=0, end=len(closest.title), quote=closest.title)


def extracted(engine: Engine, query: Query, hits: Sequence[Hit]) -> tuple[list[Sentence], list[str]]:
    """One to three sentences of the hits that answer the question, the best first, the others in the order of their
    articles; none when no sentence answers. A question of several parts has the best sentence of each, and beside the
    sentences come the parts that none answers."""
    if not query.window.is_open and not is_about_something(query.topic):
        return _leads(hits), []
    parts = parts_of(query.topic)
    if not parts:
        return _extracted(engine, query, query.topic, hits), []
    best = {part: _extracted(engine, query, part, hits)[:1] for part in parts}
    sentences = dict.fromkeys(sentence for found in best.values() for sentence in found)
    return list(sentences), [part for part, found in best.items() if not found]


def _leads(hits: Sequence[Hit]) -> list[Sentence]:
    """The first sentences of the newest articles found: what happened in a window, where nothing else is asked."""
    first = {hit.article.id: (n, hit) for n, hit in reversed(list(enumerate(hits, 1))) if hit.passage.n == 0}
    newest = sorted(first.values(), key=lambda pair: (-_day(pair[1]), pair[0]))
    found = []
    for n, hit in newest[:MOST_SENTENCES]:
        text = hit.passage.text
        spans = [trimmed(text, span) for span in sentence_spans(text)]
        lead = next((text[s.start : s.end] for s in spans if is_sentence(text[s.start : s.end])), None)
        if lead:
            found.append(Sentence(" ".join(lead.split()), (n,)))
    return found


def _day(hit: Hit) -> int:
    return hit.article.published.day.toordinal() if hit.article.published else 0


def _extracted(engine: Engine, query: Query, wording: str, hits: Sequence[Hit]) -> list[Sentence]:
    if not hits:
        return []
    wording, _ = attributed(wording, engine.library.source_names)  # an article seldom names the paper it stands in
    ranked = candidates(
        wording,
        hits,
        engine.embedder.embed,
        lambda words: rarity(engine, words),
        query.as_of if query.window.is_open else None,
    )
    if asks_present(wording):
        ranked = _newest_first(ranked, hits)
    chosen: list[Candidate] = []
    for candidate in ranked:
        if not answers(candidate):
            continue
        if chosen and not _stands_beside(candidate, chosen[0], hits):
            continue
        if not any(_alike(candidate.text, other.text) for other in chosen):
            chosen.append(candidate)
        if len(chosen) == MOST_SENTENCES:
            break
    best = chosen[:1]
    rest = sorted(chosen[1:], key=lambda c: (c.hit != best[0].hit, c.hit, c.span.start)) if best else []
    return [Sentence(" ".join(c.text.split()), (c.hit + 1,)) for c in best + rest]


def _newest_first(ranked: Sequence[Candidate], hits: Sequence[Hit]) -> list[Candidate]:
    """The candidates about as sure as the best one, those of the newest article first; then the others."""
    enough = _BESIDE_BEST * max((one.probability for one in ranked if answers(one)), default=1.0)
    sure = [one for one in ranked if answers(one) and one.probability >= enough]
    return sorted(sure, key=lambda one: -_day(hits[one.hit])) + [one for one in ranked if one not in sure]


def _stands_beside(candidate: Candidate, best: Candidate, hits: Sequence[Hit]) -> bool:
    """Whether a sentence is sure enough to be quoted after the best one; one of another article, which may tell of
    another event, must also rank (age and all) nearly as high."""
    if hits[candidate.hit].article.id != hits[best.hit].article.id and candidate.rank < best.rank - _BESIDE_OTHER:
        return False
    return candidate.probability >= _BESIDE_BEST * best.probability


def answers(candidate: Candidate) -> bool:
    """Whether a sentence is sure enough to be shown as an answer."""
    return candidate.possible and candidate.probability >= ANSWERS_FROM


def rarity(engine: Engine, words: Sequence[str]) -> Mapping[str, float]:
    """Weight of each word: its rarity in the library's passages, half of it for a light word."""
    rare = rank.rarity(engine.library.words.frequencies(words), engine.library.stats().passages)
    return {word: (0.5 if is_light(word) else 1.0) * weight for word, weight in rare.items()}


def _alike(one: str, other: str) -> bool:
    first, second = set(content_stems(one)), set(content_stems(other))
    return len(first & second) >= _ALIKE * min(len(first), len(second)) if first and second else True
