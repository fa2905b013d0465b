"""Fit the extractive writer's weights, and print what it reaches: the share of all questions whose answer's words stand
within one, three and five sentences, the area under ROC of abstention, and the shares of answerable questions kept and
of unanswerable ones refused at each setting.

Usage: python scripts/fit_extract.py --library DIR --queries FILE.jsonl[.gz] [--every N] [--fit]

The library holds articles ingested before; each query is {"question", "answers": [...], "date", "evidence"?}, asked as
of its date. A sentence counts as answering when it holds an answer's words. Answerable are the questions with such a
sentence among the first three; a question is made unanswerable by taking every article away that holds an answer, and
leaving those that resemble it. ``--fit`` fits the weights and prints them beside what they reach on questions they were
not fitted on (five folds).
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from measure.corpus import json_lines
from qa import extract, open_engine
from qa.answer import answers_from, ranked
from qa.ask import REACH
from qa.engine import Engine
from qa.retrieve import resolve, retrieve
from qa.types import Hit, Query

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """The sentences of one question, best first: features (n × f), and of each whether it can answer and does."""

    features: np.ndarray
    certain: np.ndarray
    possible: np.ndarray
    answers: np.ndarray

    def score(self) -> float:
        """How sure the surest sentence is that nothing rules out; 0.0 where there is none."""
        return float(self.certain[self.possible].max(initial=0.0))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--library", required=True)
    options.add_argument("--queries", required=True)
    options.add_argument("--every", type=int, default=1, help="use only every so-manieth question")
    options.add_argument("--fit", action="store_true", help="fit the weights, too")
    given = options.parse_args()
    queries = json_lines(given.queries)[:: given.every]
    with open_engine(library=given.library) as engine:
        articles = engine.library.stats().articles
        started = time.process_time()
        pairs = list(_pairs(engine, queries))
        spent = (time.process_time() - started) / (2 * len(pairs))
    print(f"{len(queries)} questions, {articles:,} articles, {1000 * spent:.0f} ms of CPU to find and rank a question")
    own = [row for row, _ in pairs]
    anywhere = np.mean([row.answers.any() for row in own])
    within = "  ".join(f"{n}: {_within(own, n):.3f}" for n in (1, 3, 5))
    print(
        f"answer within {within} of all questions; in any of the {extract.EMBEDDED} sentences compared: {anywhere:.3f}"
    )
    _print_abstention(own, [without for _, without in pairs], answers_from(articles))
    if given.fit:
        _print_fitted(own)


def _pairs(engine: Engine, queries: Sequence[dict]) -> Iterator[tuple[Row, Row]]:
    """Of each question its sentences, and those that are left without the articles that answer."""
    for asked in queries:
        query = resolve(engine, asked["question"], as_of=asked["date"])
        hits = retrieve(engine, query, 2 * REACH, index="exact").hits
        answers = [words for answer in asked["answers"] if (words := _plain(answer))]
        known = {evidence.get("article_id") for evidence in asked.get("evidence", ())}
        without = [
            hit
            for hit in hits
            if hit.article.id not in known and not _holds(answers, f"{hit.article.title} {hit.article.text}")
        ]
        yield _row(engine, query, hits[:REACH], answers), _row(engine, query, without[:REACH], answers)


def _row(engine: Engine, query: Query, hits: Sequence[Hit], answers: list[str]) -> Row:
    found = ranked(engine, query, query.topic, hits)
    return Row(
        np.array([one.features for one in found]).reshape(-1, len(extract.FEATURES)),
        np.array([one.probability for one in found]),
        np.array([one.possible for one in found], dtype=bool),
        np.array([_holds(answers, one.text) for one in found], dtype=bool),
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _holds(answers: list[str], text: str) -> bool:
    plain = f" {_plain(text)} "
    return any(f" {answer} " in plain for answer in answers)


def _within(rows: Sequence[Row], n: int) -> float:
    return float(np.mean([row.answers[:n].any() for row in rows]))


def _print_abstention(rows: Sequence[Row], without: Sequence[Row], used: float) -> None:
    kept = np.array([row.score() for row in rows if row.answers[:3].any()])
    gone = np.array([row.score() for row in without])
    above = (kept[:, None] > gone[None]).mean() + 0.5 * (kept[:, None] == gone[None]).mean()
    print(f"abstention: area under ROC {above:.3f} ({len(kept)} answerable, {len(gone)} made unanswerable)")
    at = float(np.quantile(kept, 0.15))
    print(f"refused where .85 of the answerable are kept (at {at:.3f}): {(gone < at).mean():.3f}")
    print("answers_from  kept of answerable  refused of unanswerable")
    for least in sorted({used, *(round(0.05 * step, 2) for step in range(2, 15))}):
        mark = "  (in use)" if least == used else ""
        print(f"{least:>12.2f} {(kept >= least).mean():>18.3f} {(gone < least).mean():>24.3f}{mark}")


def _print_fitted(rows: Sequence[Row]) -> None:
    some = [row for row in rows if row.answers.any()]
    held = []
    for fold in range(FOLDS):
        weights = _ranking([row for n, row in enumerate(some) if n % FOLDS != fold])
        held += [_hit(row, weights) for n, row in enumerate(some) if n % FOLDS == fold]
    share = len(some) / len(rows)
    within = "  ".join(f"{n}: {share * value:.3f}" for n, value in zip((1, 3, 5), np.mean(held, axis=0), strict=True))
    print(f"held back from the fit, answer within {within} of all questions")
    print("WEIGHTS fitted on all:", _named(_ranking(some)))
    age = extract.FEATURES.index("recent")
    x = np.concatenate([row.features for row in some])
    x[:, age] = 0.0
    fitted = _logistic(np.c_[np.ones(len(x)), x], np.concatenate([row.answers for row in some]).astype(float))
    print(f"CERTAINTY fitted on all: bias {fitted[0]:.2f}", _named(fitted[1:]))


def _named(weights: np.ndarray) -> dict[str, float]:
    return {name: round(float(weight), 2) for name, weight in zip(extract.FEATURES, weights, strict=True)}


def _hit(row: Row, weights: np.ndarray) -> list[bool]:
    order = np.argsort(-(row.features @ weights), kind="stable")
    return [bool(row.answers[order[:n]].any()) for n in (1, 3, 5)]


def _ranking(rows: Sequence[Row], ridge: float = 3.0, steps: int = 300) -> np.ndarray:
    """Weights under which the answering sentences have most of the softmax over a question's sentences (Adam; Kingma
    and Ba 2015, arXiv 1412.6980)."""
    weights = np.zeros(len(extract.FEATURES))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, steps + 1):
        gradient = ridge * weights
        for row in rows:
            score = row.features @ weights
            share = np.exp(score - score.max())
            share /= share.sum()
            right = share * row.answers
            gradient = gradient + row.features.T @ (share - right / right.sum())
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        pace = 0.3 * (1.0 if step <= steps // 2 else 0.3)
        weights = weights - pace * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights


def _logistic(x: np.ndarray, y: np.ndarray, ridge: float = 1.0, steps: int = 60) -> np.ndarray:
    """Logistic regression by Newton's method with a ridge of ``ridge``."""
    weights = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge * weights
        curvature = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(weights))
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


if __name__ == "__main__":
    main()
