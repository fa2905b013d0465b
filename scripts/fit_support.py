"""Fit the verifier's support score on sentences that people judged, and print its figures and its lower threshold.

Usage: python scripts/fit_support.py --qags FILE.jsonl[.gz] --faithbench FILE.jsonl[.gz]

A row of qags is {"task", "source_text", "sentences": [{"sentence", "supported"}]}, one of faithbench {"source_text",
"response", "labels": [{"start", "end", "label"}], "hallucinated_unwanted"}: there a sentence counts as supported when
nothing unwanted is marked in it, and a summary by its worst sentence. Each task, and in it the supported and the
others, weigh the same (faithbench half as much). Then the border of *supported* is moved, for claims that copy and for
those in their own words, to where the balanced accuracies with the hard rules are best together (copies, which models
are asked for, twice), and taken into the constants, so that it lies at 0. All figures are of sources that were held
out (5 folds, the mean of 6 ways to cut them). *flagged* tells what share has less than so many log odds: *unsupported*
is chosen from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from measure.corpus import json_lines
from measure.logistic import area, balanced, fit, held_out
from qa.embed import Embedder
from qa.meanings import Meanings
from qa.sentences import sentence_spans
from qa.types import Cited
from qa.verify import read_claim, verify
from qa.verify.framing import unframed
from qa.verify.support import BY_WORDS, WITH_MEANING, Features, MeaningFn, Weights, copied, features

Scale = tuple[NDArray[np.float64], NDArray[np.float64]]
RIDGE = 5.0
_WAYS = 6
_SUMMARIES = "faithbench"
_COUNTS = {_SUMMARIES: 0.5}


@dataclass(frozen=True, slots=True)
class Rows:
    """Judged sentences: their features (n × f), whether they are supported, their task, and whether a hard rule flags
    them; the number of their source (folds keep it together) and of their text."""

    features: NDArray[np.float64]
    y: NDArray[np.bool_]
    task: NDArray[np.str_]
    contradicted: NDArray[np.bool_]
    source: NDArray[np.int_]
    text: NDArray[np.int_]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--qags", required=True)
    options.add_argument("--faithbench", required=True)
    given = options.parse_args()
    judged = [*_qags(given.qags), *_faithbench(given.faithbench)]
    meanings = Meanings(Embedder(threads=1).embed_pieces, most=20_000)
    for name, meaning, shipped in (("with meaning", meanings, WITH_MEANING), ("by words alone", None, BY_WORDS)):
        _report(name, _rows(judged, meaning), shipped)


def _report(name: str, rows: Rows, shipped: Weights) -> None:
    weights = _weights(rows)
    scale = rows.features.mean(axis=0), rows.features.std(axis=0)
    terms = _terms(rows.features, scale)
    ways = [held_out(terms, rows.y, rows.source, ridge=RIDGE, weights=weights, seed=seed) for seed in range(_WAYS)]
    border = max(((a, b) for a in _STEPS for b in _STEPS), key=lambda ab: _worth(rows, np.mean(ways, axis=0), ab))
    found = _unscaled(fit(terms, rows.y, ridge=RIDGE, weights=weights), scale, border)
    print(f"\n{name}\nfitted:  {found}\nshipped: {shipped}")
    print(f"borders moved by {border[0]} (copies), {border[1]} (own words)")
    for label, moved in (("at the borders", border), ("unmoved", (0.0, 0.0))):
        figures = np.mean([_figures(rows, _moved(rows, way, moved)) for way in ways], axis=0)
        told = ", ".join(f"{task} {value:.3f}" for task, value in zip(_tasks(rows), figures, strict=True))
        print(f"balanced accuracy {label}: {told}")
    for task in _tasks(rows):
        here = rows.task == task
        print(f"area under ROC, {task}: {np.mean([area(rows.y[here], way[here]) for way in ways]):.3f} of {here.sum()}")
    _flagged(rows, _moved(rows, np.mean(ways, axis=0), border))


_STEPS = tuple(float(step) for step in np.arange(-1.25, 1.01, 0.125))


def _worth(rows: Rows, scores: NDArray[np.float64], border: tuple[float, float]) -> float:
    figures = dict(zip(_tasks(rows), _figures(rows, _moved(rows, scores, border)), strict=True))
    return sum(figures.values()) + figures["summary_cnndm"]


def _moved(rows: Rows, scores: NDArray[np.float64], border: tuple[float, float]) -> NDArray[np.float64]:
    copies = _copies(rows.features)
    return scores - copies * border[0] - (1 - copies) * border[1]


def _figures(rows: Rows, scores: NDArray[np.float64]) -> list[float]:
    """Balanced accuracy of each task with the hard rules; of summaries, by their worst sentence."""
    passed = (scores > 0) & ~rows.contradicted
    figures = []
    for task in _tasks(rows):
        here = rows.task == task
        if task == _SUMMARIES:
            texts = np.unique(rows.text[here])
            sides = [[bool(values[here & (rows.text == text)].all()) for text in texts] for values in (rows.y, passed)]
            figures.append(balanced(np.array(sides[0]), np.array(sides[1])))
        else:
            figures.append(balanced(rows.y[here], passed[here]))
    return figures


def _tasks(rows: Rows) -> list[str]:
    return sorted(set(rows.task.tolist()))


def _flagged(rows: Rows, scores: NDArray[np.float64]) -> None:
    sides = [(task, y) for task in _tasks(rows) for y in (True, False)]
    print("flagged below   " + "".join(f"{task + (' true' if y else ' false'):>22}" for task, y in sides))
    for least in np.arange(-3.0, 0.01, 0.25):
        shares = [float((scores[(rows.task == task) & (rows.y == y)] < least).mean()) for task, y in sides]
        print(f"{least:>13.2f}   " + "".join(f"{share:>22.3f}" for share in shares))


def _weights(rows: Rows) -> NDArray[np.float64]:
    """Of each row, so that every task counts the same, and in it the supported as much as the others."""
    found = np.zeros(len(rows.y))
    for task in _tasks(rows):
        for y in (True, False):
            here = (rows.task == task) & (rows.y == y)
            found[here] = _COUNTS.get(task, 1.0) * len(rows.y) / 2 / len(_tasks(rows)) / here.sum()
    return found


def _copies(found: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([copied(Features(*row)) for row in found.tolist()])


def _terms(found: NDArray[np.float64], scale: Scale) -> NDArray[np.float64]:
    """The columns that are weighted: a constant, that of copying claims, and the features of either kind, each brought
    to mean 0 and spread 1 before it is given its share."""
    copies = _copies(found)[:, None]
    z = (found - scale[0]) / scale[1]
    return np.concatenate([np.ones_like(copies), copies, copies * z[:, :3], (1 - copies) * z[:, 3:6]], axis=1)


def _unscaled(found: NDArray[np.float64], scale: Scale, border: tuple[float, float]) -> Weights:
    """The same weights for features as they are measured, with the borders at 0."""
    per = found[2:] / scale[1][:6]
    shift = per * scale[0][:6]
    one = (found[0] + found[1] - shift[:3].sum() - border[0], *per[:3])
    other = (found[0] - shift[3:].sum() - border[1], *per[3:])
    a, b, c, d = (round(float(value), 2) for value in one)
    e, f, g, h = (round(float(value), 2) for value in other)
    return Weights((a, b, c, d), (e, f, g, h))


@dataclass(frozen=True, slots=True)
class _Judged:
    task: str
    claim: str
    source: str
    text: int
    supported: bool


def _rows(judged: list[_Judged], meaning: MeaningFn | None) -> Rows:
    numbers = {source: n for n, source in enumerate(dict.fromkeys(one.source for one in judged))}
    found = []
    for one in judged:
        claim, cited = unframed(one.claim), [Cited(one.source, one.source, one.source, "")]
        if claim:
            measured = features(read_claim(claim, cited), meaning)
            found.append((measured, one, verify(claim, cited).contradicted))
    return Rows(
        np.array([measured for measured, _, _ in found]),
        np.array([one.supported for _, one, _ in found], dtype=bool),
        np.array([one.task for _, one, _ in found]),
        np.array([flagged for *_, flagged in found], dtype=bool),
        np.array([numbers[one.source] for _, one, _ in found]),
        np.array([one.text for _, one, _ in found]),
    )


def _qags(path: str) -> Iterator[_Judged]:
    for n, row in enumerate(json_lines(path)):
        for one in row["sentences"]:
            yield _Judged(row["task"], one["sentence"], row["source_text"], n, one["supported"] == 1)


def _faithbench(path: str) -> Iterator[_Judged]:
    for n, row in enumerate(json_lines(path)):
        text = row["response"]
        unwanted = [mark for mark in row["labels"] if "Unwanted" in " ".join(mark["label"])]
        for span in sentence_spans(text):
            claim = text[span.start : span.end].strip()
            if any(c.isalnum() for c in claim):
                wrong = any(mark["start"] < span.end and mark["end"] > span.start for mark in unwanted)
                yield _Judged(_SUMMARIES, claim, row["source_text"], n, not wrong)


if __name__ == "__main__":
    main()
