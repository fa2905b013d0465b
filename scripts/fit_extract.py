"""Fit the extractive writer's weights and print its figures: accuracy within one, three and five sentences, area under
ROC of abstention, and the shares of answerable kept and unanswerable refused at each setting.

Usage: python scripts/fit_extract.py --library DIR --queries FILE.jsonl[.gz]

The library holds articles ingested before; each query is {"question", "answers": [...], "date", "evidence"?}. A
sentence counts as answering when it holds an answer; a question is made unanswerable by taking away every article that
holds one. Even questions fit, odd ones are held back.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass

import numpy as np

from qa import extract, open_engine
from qa.answer import ANSWERS_FROM, rarity
from qa.engine import Engine
from qa.facts import normal_quote
from qa.retrieve import resolve, retrieve
from qa.types import Hit, Query


@dataclass(frozen=True, slots=True)
class Row:
    """The candidates of one question: features (n × f), and of each whether it can answer and does."""

    features: np.ndarray
    possible: np.ndarray
    answers: np.ndarray


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--library", required=True)
    options.add_argument("--queries", required=True)
    options.add_argument("--most", type=int, default=10**9, help="use at most this many questions")
    given = options.parse_args()
    opened = gzip.open if given.queries.endswith(".gz") else open
    with opened(given.queries, "rt", encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines][: given.most]
    answerable, unanswerable = _rows(given.library, queries)
    print(f"{len(queries)} questions; {len(answerable)} with an answer among the sentences found")
    fit_on, held = answerable[::2], answerable[1::2]
    weights = _fit(fit_on)
    for name, chosen in (("shipped weights", np.array(extract.WEIGHTS)), ("fitted on even questions", weights)):
        within = "  ".join(f"{n}: {_within(held, chosen, n):.3f}" for n in (1, 3, 5))
        area = _area(held, unanswerable[1::2], chosen)
        print(f"{name}: answer within {within}; area under ROC of abstention {area:.3f}")
    final = _fit(answerable)
    print("weights fitted on all:", {n: round(float(w), 2) for n, w in zip(extract.FEATURES, final, strict=True)})
    print("answers_from  kept of answerable  refused of unanswerable (shipped weights, all questions)")
    for least in [ANSWERS_FROM, *(round(0.08 + 0.02 * step, 2) for step in range(14))]:
        shown = [np.mean([_shown(row, least) for row in rows]) for rows in (answerable, unanswerable)]
        print(f"{least:>12.2f} {shown[0]:>18.3f} {1 - shown[1]:>24.3f}")


def _rows(library: str, queries: list[dict]) -> tuple[list[Row], list[Row]]:
    """Of each question with an answer among the sentences found: those sentences, and what is found without them."""
    answerable, unanswerable = [], []
    with open_engine(library=library) as engine:
        for asked in queries:
            if asked["answers"][0].lower() in {"true", "false"}:
                continue
            query = resolve(engine, asked["question"], as_of=asked["date"])
            hits = retrieve(engine, query, 40).hits
            if not any(_holds(asked["answers"], hit.passage.text) for hit in hits[:10]):
                continue
            known = {e.get("article_id") for e in asked.get("evidence", ())}
            without = [h for h in hits if h.article.id not in known and not _holds(asked["answers"], h.article.text)]
            row = _row(engine, query, list(hits[:10]), asked["answers"])
            if row.answers.any():
                answerable.append(row)
                unanswerable.append(_row(engine, query, without[:10], asked["answers"]))
    return answerable, unanswerable


def _row(engine: Engine, query: Query, hits: list[Hit], answers: list[str]) -> Row:
    found = extract.candidates(
        query.topic,
        hits,
        engine.embedder.embed,
        lambda words: rarity(engine, words),
        query.as_of if query.window.is_open else None,
    )
    return Row(
        np.array([(1.0, *c.features) for c in found]).reshape(-1, len(extract.FEATURES)),
        np.array([c.possible for c in found], dtype=bool),
        np.array([_holds(answers, c.text) for c in found], dtype=bool),
    )


def _holds(answers: list[str], text: str) -> bool:
    plain = f" {normal_quote(text)} "
    return any(len(a := normal_quote(answer).strip(" .")) > 1 and f" {a}" in plain for answer in answers)


def _fit(rows: list[Row], ridge: float = 1.0, steps: int = 60) -> np.ndarray:
    """Logistic regression by Newton's method with a ridge of ``ridge``."""
    x = np.concatenate([row.features for row in rows])
    y = np.concatenate([row.answers for row in rows]).astype(float)
    weights = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + ridge * weights
        curvature = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(weights))
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


def _within(rows: list[Row], weights: np.ndarray, n: int) -> float:
    return float(np.mean([row.answers[np.argsort(-(row.features @ weights), kind="stable")[:n]].any() for row in rows]))


def _area(rows: list[Row], others: list[Row], weights: np.ndarray) -> float:
    best = np.array([(row.features @ weights).max(initial=-20) for row in rows])
    worse = np.array([(row.features @ weights).max(initial=-20) for row in others])
    return float((best[:, None] > worse[None]).mean() + 0.5 * (best[:, None] == worse[None]).mean())


def _shown(row: Row, least: float) -> bool:
    weights = np.array(extract.WEIGHTS)
    weights[extract.FEATURES.index("recent")] = 0.0
    p = 1 / (1 + np.exp(-row.features @ weights))
    return bool((row.possible & (p >= least)).any())


if __name__ == "__main__":
    main()
