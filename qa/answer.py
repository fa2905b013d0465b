"""From hits to a verified answer or story: the steps that ask and brief share.

Whoever wrote the sentences, quotation or model, they go through the same ``cite`` and ``verify``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa import rank
from qa.asked import asks_newest
from qa.cite import CitedSentence, Sentence, citation, cite, marker, quote_for
from qa.conflicts import later_told
from qa.engine import Engine
from qa.extract import Candidate, candidates
from qa.lines import is_sentence
from qa.question import attributed, is_about_something, is_light, parts_of
from qa.quoting import MOST_SENTENCES, Quoted, chosen, newest_first, quoted
from qa.sentences import sentence_spans, trimmed
from qa.types import Article, Citation, Claim, Compared, Hit, How, Passage, Query, Verdict, Weighed
from qa.verify import Finding, Verifier, coverage
from qa.windows import asks_present

ANSWERS_FROM = (0.20, 0.32)
"""Probability from which a sentence counts as an answer: among so few articles as ``_FEW``, and among so many as
``_MANY``, where more resembles it that is not it (``scripts/fit_extract.py`` prints the shares of answerable kept and
unanswerable refused at each)."""
_FEW, _MANY = 300, 10_000
_CLOSE_BEHIND = 3
_BY_WORDS = Verifier()
_OTHERS = 3
_OTHERS_FROM = 0.6
"""Passages tried where a sentence's own citation does not support it, and the share of its words they must hold."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """Sentences that answer, with the hits they are cited from, and the parts of the question that none answers."""

    quoted: Quoted
    missing: tuple[str, ...] = ()
    ranked: Sequence[Candidate] = ()
    """All sentences that were compared, best first, where the question has one part."""
    weighed: tuple[Weighed, ...] = ()
    """The same for whom it concerns, by the parts of the question."""


def checked(
    sentences: Sequence[Sentence], hits: Sequence[Hit], verifier: Verifier = _BY_WORDS
) -> tuple[str, tuple[Claim, ...]]:
    """The text a reader sees, with markers, and its sentences as claims with exact citations and verdicts.

    A sentence that its own citations do not fully support, and another of the hits does, is cited to that one, marked
    as corrected.
    """
    found = _verified(sentences, hits, verifier)
    return composed([Claim(one.text, 0, 0, one.citations, told.verdict, told.reasons) for one, told in found])


def composed(claims: Sequence[Claim]) -> tuple[str, tuple[Claim, ...]]:
    """The text a reader sees, with markers, struck-out sentences between ~~, and the claims with their places in it."""
    parts: list[str] = []
    placed: list[Claim] = []
    at = 0
    for claim in claims:
        numbers = "".join(marker(n) for n in dict.fromkeys(c.n for c in claim.citations))
        mark = "~~" if claim.struck else ""
        part = f"{mark}{claim.text}{mark} {numbers}".strip()
        start = at + bool(parts) + len(mark)
        placed.append(replace(claim, start=start, end=start + len(claim.text)))
        at += bool(parts) + len(part)
        parts.append(part)
    return " ".join(parts), tuple(placed)


def _verified(
    sentences: Sequence[Sentence], hits: Sequence[Hit], verifier: Verifier
) -> list[tuple[CitedSentence, Finding]]:
    cited = cite(sentences, hits)
    found = [(one, verifier(one.text, one.cited)) for one in cited]
    moved: dict[int, tuple[Sentence, Finding]] = {}
    for n, (_, finding) in enumerate(found):
        short = finding.verdict in {Verdict.UNSUPPORTED, Verdict.WEAK}
        if short and (better := _supported_by_another(sentences[n], hits, verifier)):
            moved[n] = better
    if not moved:
        return found
    again = cite([moved[n][0] if n in moved else one for n, one in enumerate(sentences)], hits)
    return [
        (_as_corrected(one), moved[n][1]) if n in moved else (one, finding)
        for n, (one, (_, finding)) in enumerate(zip(again, found, strict=True))
    ]


def _supported_by_another(
    sentence: Sentence, hits: Sequence[Hit], verifier: Verifier
) -> tuple[Sentence, Finding] | None:
    """The sentence citing the one other passage, of the few that hold most of its words, that supports it."""
    others = [n for n in range(1, len(hits) + 1) if n not in sentence.refs]
    shares = {n: coverage(sentence.text, hits[n - 1].passage.text) for n in others}
    for n in sorted(others, key=lambda n: -shares[n])[:_OTHERS]:
        if shares[n] < _OTHERS_FROM:
            break
        moved = replace(sentence, refs=(n,), at=None)
        (one,) = cite([moved], hits)
        if replace(verifier, meaning=None)(one.text, one.cited).verdict is not Verdict.SUPPORTED:
            continue
        finding = verifier(one.text, one.cited)
        return (moved, finding) if finding.verdict is Verdict.SUPPORTED else None
    return None


def _as_corrected(one: CitedSentence) -> CitedSentence:
    return replace(one, citations=tuple(replace(citation, corrected=True) for citation in one.citations))


def citations_of(claims: Sequence[Claim]) -> tuple[Citation, ...]:
    """All citations of some claims."""
    return tuple(citation for claim in claims for citation in claim.citations)


def following_later(sentences: Sequence[Sentence], hits: Sequence[Hit], asked: str) -> list[Sentence]:
    """The sentences, and before one whose value a later report supersedes, the sentence of that report."""
    cited = tuple(citation for one in cite(sentences, hits) for citation in one.citations)
    told = [Sentence(" ".join(later.quote.split()), (number,)) for later, number in later_told(hits, asked, cited)]
    kept = [sentence for sentence in sentences if sentence.text not in {one.text for one in told}]
    return [*told, *kept][: max(len(sentences), MOST_SENTENCES)]


def nearest(engine: Engine, query: Query, hits: Sequence[Hit], found: Sequence[Candidate] = ()) -> tuple[Citation, ...]:
    """The closest sentences of the hits, best first, one an article: what is shown when the articles do not answer.

    ``found`` are the sentences of the hits already ranked, when they were.
    """
    closest: dict[str, Citation] = {}
    for one in found or ranked(engine, query, query.topic, hits):
        article = hits[one.hit].article
        if article.id not in closest and len(closest) < MOST_SENTENCES:
            closest[article.id] = _or_title(query.text, citation(len(closest) + 1, article, one.span))
    for hit in hits:
        if hit.article.id in closest or len(closest) == MOST_SENTENCES:
            continue
        quote, _ = quote_for(query.text, hit.passage)
        if quote:
            closest[hit.article.id] = _or_title(query.text, citation(len(closest) + 1, hit.article, quote))
    return tuple(closest.values())


def _or_title(question: str, closest: Citation) -> Citation:
    """The article's title instead of words from its text, where the title is closer to the question."""
    if coverage(question, closest.quote) >= coverage(question, closest.title):
        return closest
    return replace(closest, field="title", start=0, end=len(closest.title), quote=closest.title)


def with_reserve(hits: Sequence[Hit], reserve: Sequence[Hit]) -> tuple[Hit, ...]:
    """``hits`` and behind them the others of ``reserve``, scored no higher than the last."""
    known = {hit.passage.id for hit in hits}
    least = hits[-1].score if hits else 0.0
    others = [replace(hit, score=min(hit.score, least)) for hit in reserve if hit.passage.id not in known]
    return (*hits, *others)


def extracted(engine: Engine, query: Query, hits: Sequence[Hit], shown: int) -> Extracted:
    """What the hits' articles say in answer: one to three sentences, or none. A question of several parts has the best
    sentence of each; the parts that none answers are named. Of the hits, the first ``shown`` are the answer's; those
    that are cited join them."""
    if not query.window.is_open and not is_about_something(query.topic):
        return Extracted(Quoted(tuple(_leads(hits[:shown])), tuple(hits[:shown])))
    passages_of = engine.library.catalogue.passages_of
    parts = parts_of(query.topic)
    least = answers_from(engine.library.searched(query))
    if not parts:
        found = ranked(engine, query, query.topic, hits)
        telling = answering(found, least)
        if asks_present(query.topic) or asks_newest(query.topic):
            telling = newest_first(telling, hits)
        said = quoted(chosen(telling, hits), hits, shown, passages_of)
        return Extracted(said, ranked=found, weighed=(_weighed(query.topic, least, found, hits),))
    of_part = {part: ranked(engine, query, part, hits) for part in parts}
    best = {part: answering(found, least)[:1] for part, found in of_part.items()}
    first = {(one.hit, one.n): one for telling in best.values() for one in telling}
    missing = tuple(part for part, telling in best.items() if not telling)
    weighed = tuple(_weighed(part, least, found, hits) for part, found in of_part.items())
    return Extracted(quoted(list(first.values()), hits, shown, passages_of), missing, weighed=weighed)


def _weighed(asked: str, least: float, found: Sequence[Candidate], hits: Sequence[Hit]) -> Weighed:
    cited = (citation(n, hits[one.hit].article, one.span) for n, one in enumerate(found, 1))
    compared = (Compared(c, one.probability, one.possible) for c, one in zip(cited, found, strict=True))
    return Weighed(asked, least, tuple(compared))


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


def ranked(engine: Engine, query: Query, wording: str, hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences of the hits' articles that read most like an answer to ``wording``, best first."""
    wording, _ = attributed(wording, engine.library.source_names)  # an article seldom names the paper it stands in
    as_of = query.as_of if query.window.is_open else None
    return candidates(wording, hits, engine.embed, lambda words: rarity(engine, words), as_of)


def answering(found: Sequence[Candidate], least: float) -> list[Candidate]:
    """The sentences that nothing rules out, best first, when one of them is as sure as ``least`` to answer; else those
    of them that tell what the question says was done close behind one that is."""
    possible = [one for one in found if one.possible]
    if any(one.probability >= least for one in possible):
        return possible
    sure = [one for one in found if one.probability >= least]
    return [one for one in possible if one.tells and _is_behind(one, sure)]


def _is_behind(one: Candidate, sure: Sequence[Candidate]) -> bool:
    return any(other.hit == one.hit and 0 < one.n - other.n <= _CLOSE_BEHIND for other in sure)


def answers_from(articles: int) -> float:
    """The probability from which a sentence counts as an answer among so many articles."""
    few, many = ANSWERS_FROM
    share = math.log(max(articles, 1) / _FEW) / math.log(_MANY / _FEW)
    return few + (many - few) * min(1.0, max(0.0, share))


def rarity(engine: Engine, words: Sequence[str]) -> Mapping[str, float]:
    """Weight of each word: its rarity in the library's passages, half of it for a light word."""
    rare = rank.rarity(engine.library.words.frequencies(words), engine.library.stats().passages)
    return {word: (0.5 if is_light(word) else 1.0) * weight for word, weight in rare.items()}


def opening(article: Article) -> Hit:
    """The beginning of an article as a hit, so that it is cited and checked like any other."""
    end = min(len(article.text), 3_000)
    passage = Passage(f"{article.id}-opening", article.id, article.version, 0, 0, end, article.text[:end])
    return Hit(passage, article, 1.0, How(None, None))
