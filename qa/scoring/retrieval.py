"""What retrieval found, against the evidence, the articles or the graded articles that a question names.

Evidence: a passage is relevant when it holds an evidence sentence, white space and quotation marks aside. For nDCG the
gain of a passage is the number of sentences that none above it holds, and each sentence that is not found counts as a
passage of its own. Articles: a passage is relevant when it belongs to one; nDCG ranks articles by their best passage.
Gains (qrels): articles alone, by their best passage. The figures are then those of trec_eval over these rankings.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from qa.fixtures.kinds import QuestionFixture
from qa.metrics import contains, fact_score, hit, ndcg, recall, reciprocal_rank
from qa.scoring.said import squeezed
from qa.types import Article, Hit

DEPTH = 10
"""Passages, or articles, that the metrics look at."""


def called(article: Article) -> frozenset[str]:
    """What a fixture may call an article by: its id, its URL, the name of its file."""
    names = (article.id, article.url or "", PurePath(article.origin.split("#")[0]).name)
    return frozenset(name for name in names if name)


def names_something(fixture: QuestionFixture) -> bool:
    """Whether a question names what is relevant, so that its retrieval can be scored."""
    named = fixture.evidence or fixture.articles or fixture.answers
    return bool(named or any(gain > 0 for gain in fixture.gains.values()))


def retrieval_scores(fixture: QuestionFixture, hits: Sequence[Hit]) -> dict[str, float]:
    """What a question adds to ``retrieval.*`` and ``multihop.*``: nothing where it names nothing that is relevant
    and no answer.

    ``hits``, best first, are passages; where the fixture has gains, the best passage of each article.
    """
    if fixture.gains:
        return _graded(fixture, hits)
    hits = hits[:DEPTH]
    scores = _with_answer(fixture, hits) if fixture.answers else {}
    if fixture.evidence:
        return {**_by_evidence(fixture, hits), **_multihop(fixture, hits), **scores}
    return {**_by_article(fixture, hits), **scores} if fixture.articles else scores


def articles_of(hits: Sequence[Hit]) -> tuple[str, ...]:
    """Ids of the articles found, best first."""
    return tuple(dict.fromkeys(hit.article.id for hit in hits))


def rank_of(fixture: QuestionFixture, hits: Sequence[Hit]) -> int | None:
    """Rank, from 1, of the first relevant one among the first ten; None where there is none. Where nothing is named as
    relevant, one that holds an answer is."""
    if not (fixture.gains or fixture.evidence or fixture.articles):
        held = (rank for rank, one in enumerate(hits[:DEPTH], 1) if contains(one.passage.text, fixture.answers))
        return next(held, None)
    facts = [squeezed(fact) for fact in fixture.evidence]
    wanted = {name for name, gain in fixture.gains.items() if gain > 0} or set(fixture.articles)
    for rank, one in enumerate(hits[:DEPTH], 1):
        by_text = facts and not fixture.gains
        plain = squeezed(one.passage.text) if by_text else ""
        if any(fact in plain for fact in facts) if by_text else wanted & called(one.article):
            return rank
    return None


def _ranks(ranked: Sequence[str], relevant: set[str]) -> dict[str, float]:
    found = {f"retrieval.hit@{k}": hit(ranked, relevant, k) for k in (1, 4, 10)}
    return found | {"retrieval.mrr@10": reciprocal_rank(ranked, relevant, DEPTH)}


def _by_evidence(fixture: QuestionFixture, hits: Sequence[Hit]) -> dict[str, float]:
    facts = set(map(squeezed, fixture.evidence))
    texts = [squeezed(one.passage.text) for one in hits]
    held = [{fact for fact in facts if fact in text} for text in texts]
    ranked = [one.passage.id for one in hits]
    relevant = {name for name, has in zip(ranked, held, strict=True) if has}
    gains: dict[str, float] = {}
    known: set[str] = set()
    for name, has in zip(ranked, held, strict=True):
        gains[name] = float(len(has - known))
        known |= has
    missing = {f"missing {n}": 1.0 for n in range(len(facts - known))}
    return _ranks(ranked, relevant) | {
        "retrieval.recall@10": len(known) / len(facts),
        "retrieval.ndcg@10": ndcg(ranked, gains | missing, DEPTH),
    }


def _by_article(fixture: QuestionFixture, hits: Sequence[Hit]) -> dict[str, float]:
    ranked, relevant = _named(fixture.articles, hits), set(fixture.articles)
    return _ranks(ranked, relevant) | {
        "retrieval.recall@10": recall(ranked, relevant, DEPTH),
        "retrieval.ndcg@10": ndcg(ranked, dict.fromkeys(relevant, 1.0), DEPTH),
    }


def _graded(fixture: QuestionFixture, hits: Sequence[Hit]) -> dict[str, float]:
    relevant = {name for name, gain in fixture.gains.items() if gain > 0}
    if not relevant:
        return {}
    ranked = list(dict.fromkeys(_named(tuple(fixture.gains), hits)))
    return _ranks(ranked, relevant) | {
        "retrieval.recall@10": recall(ranked, relevant, DEPTH),
        "retrieval.ndcg@10": ndcg(ranked, fixture.gains, DEPTH),
    }


def _named(names: Sequence[str], hits: Sequence[Hit]) -> list[str]:
    """The articles of the hits, each by the name that the fixture has for it, else by its id."""
    wanted = set(names)
    return [min(called(one.article) & wanted, default=one.article.id) for one in hits]


def _with_answer(fixture: QuestionFixture, hits: Sequence[Hit]) -> dict[str, float]:
    held = [contains(one.passage.text, fixture.answers) for one in hits]
    return {f"retrieval.answer@{k}": float(any(held[:k])) for k in (1, 4, 10)}


def _multihop(fixture: QuestionFixture, hits: Sequence[Hit]) -> dict[str, float]:
    found = fact_score([one.passage.text for one in hits], fixture.evidence)
    return {
        "multihop.hits@10": found.hits10,
        "multihop.hits@4": found.hits4,
        "multihop.map@10": found.map10,
        "multihop.mrr@10": found.mrr10,
    }
