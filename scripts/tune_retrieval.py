"""Print how retrieval does with each of its choices changed, one at a time: the table of docs/retrieval.md.

Usage: python scripts/tune_retrieval.py --articles FILE --evidence FILE [--size N] [--sizes 126,190,254]
       python scripts/tune_retrieval.py --library DIR --evidence FILE
       python scripts/tune_retrieval.py --library DIR --dated FILE

The first form ingests the articles (those with evidence first) once for each passage size and scores the questions of
the evidence, ten passages each; the second asks a library that is there. The third asks dated questions as of their
date and scores the articles (a quarter of an hour for 10,000). Every difference is to the shipped choice, paired by
question, with its 95 % interval.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import astuple
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from measure import corpus
from measure.corpus import Question
from measure.metrics import TOP, difference, marks
from qa import open_engine, rank, retrieve
from qa.engine import Engine
from qa.ingest import ingest
from qa.library import stems, words
from qa.library.exact import ExactIndex
from qa.retrieve import resolve
from qa.search import search
from qa.types import Hit, Retrieved, Window

RETURNED_PIECES = 2_000
"""Word pieces of text that passages of every size may return together, where sizes are compared."""
MEASURES = ("Hits@10", "Hits@4", "MAP@10", "MRR@10", "recall@10", "all of two parts")
Change = Callable[[], Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", type=Path)
    options.add_argument("--evidence", type=Path)
    options.add_argument("--library", type=Path)
    options.add_argument("--dated", type=Path)
    options.add_argument("--size", type=int, default=300, help="articles, those with evidence first (default: 300)")
    options.add_argument("--sizes", default="126,190,254", help="word pieces of a passage, the shipped size last")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.articles and given.evidence:
            _by_passages(given, Path(folder))
        elif given.library and given.evidence:
            _of_library(given)
        elif given.library and given.dated:
            _by_articles(given)
        else:
            options.error("name --articles and --evidence, or --library and --evidence or --dated")


def _changes() -> dict[str, Change]:
    """Each choice, changed."""

    def constant(name: str, value: float) -> Change:
        return lambda: patch.object(rank, name, value)

    return {
        "as shipped": nullcontext,
        "meaning alone": constant("_MEANING", 1.0),
        "words alone": constant("_MEANING", 0.0),
        "meaning .4, words .6": constant("_MEANING", 0.4),
        "meaning .6, words .4": constant("_MEANING", 0.6),
        "reciprocal ranks (k = 60)": lambda: patch.object(retrieve, "fuse", _reciprocal),
        "title, source, date not searched": lambda: patch.object(words, "_HEADER_WEIGHT", 0.0),
        "title, source, date weighted 1.5": lambda: patch.object(words, "_HEADER_WEIGHT", 1.5),
        "stop words searched": lambda: patch.object(stems.Analysis, "_english_stops", lambda _: frozenset()),
        "parts not split": lambda: patch.object(retrieve, "parts_of", lambda _: ()),
        "named source searched as words": lambda: patch.object(retrieve, "attributed", lambda text, _: (text, ())),
        "without coverage": constant("_COVERED", 0.0),
        "coverage .4": constant("_COVERED", 0.4),
        "40 candidates read": lambda: patch.object(retrieve, "READ", 40),
        "without newness": constant("_NEW", 0.0),
        "newness .6": constant("_NEW", 0.6),
    }


def _reciprocal(by_words: rank.Scored, by_meaning: rank.Scored) -> dict[int, float]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009), scaled so that the best possible is 1."""
    fused: dict[int, float] = {}
    for scored in (by_words, by_meaning):
        for place, (number, _) in enumerate(scored, 1):
            fused[number] = fused.get(number, 0.0) + 61 / (60 + place) / 2
    return fused


# passages that hold gold sentences


def _by_passages(given: argparse.Namespace, folder: Path) -> None:
    asked = corpus.load_questions(given.evidence)
    wanted = [name for question in asked for name in question.articles]
    sample = corpus.sample(given.articles, given.size, wanted, folder)
    asked = [question for question in asked if question.facts and sample.ids.issuperset(question.articles)]
    *other_sizes, shipped = (int(size) for size in given.sizes.split(","))
    print(f"{len(sample.ids)} articles, {len(asked)} questions with evidence\n")
    with _ingested(sample.path, folder, shipped) as engine:
        table = _each_change(engine, asked)
        with _header_embedded(engine):
            table.row("title embedded with the passage", _marked(engine, asked))
        with _without_stems(engine, folder):
            table.row("words not stemmed", _marked(engine, asked))
        whole = _at_equal_text(engine, asked)
    print(f"\nPassage sizes, {RETURNED_PIECES:,} word pieces returned\n")
    table = _Table(MEASURES[4:], whole)
    table.row(f"{shipped} word pieces, as shipped", whole)
    for size in other_sizes:
        with _ingested(sample.path, folder, size) as engine:
            table.row(f"{size} word pieces", _at_equal_text(engine, asked))


def _of_library(given: argparse.Namespace) -> None:
    asked = [question for question in corpus.load_questions(given.evidence) if question.facts]
    with open_engine(create=False, library=str(given.library)) as engine:
        print(f"{engine.library.stats().articles:,} articles, {len(asked)} questions with evidence\n")
        _each_change(engine, asked)


def _each_change(engine: Engine, asked: Sequence[Question]) -> _Table:
    base = _marked(engine, asked)
    table = _Table(MEASURES, base)
    for name, change in _changes().items():
        with change():
            table.row(name, base if name == "as shipped" else _marked(engine, asked))
    return table


class _Table:
    """Rows of means with their difference to the first."""

    def __init__(self, measures: Sequence[str], base: np.ndarray) -> None:
        self.base = base
        print("| | " + " | ".join(measures) + " |\n|---|" + "---|" * len(measures))

    def row(self, name: str, rows: np.ndarray) -> None:
        """Print one row; ``rows`` is questions × measures, NaN where a measure does not count for a question."""
        cells = []
        for one, base in zip(rows.T, self.base.T, strict=True):
            counts = ~np.isnan(one)
            gap = difference(one[counts].tolist(), base[counts].tolist())
            same = rows is self.base or not np.any(one[counts] != base[counts])
            cells.append(f"{one[counts].mean():.3f}" + ("" if same else f" ({gap.low:+.3f} to {gap.high:+.3f})"))
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


@contextmanager
def _ingested(path: Path, folder: Path, size: int) -> Iterator[Engine]:
    with open_engine(library=str(folder / f"library-{size}")) as engine:
        engine.embedder.limit = size
        for _ in ingest(engine, [path]):
            pass
        print(f"passages of up to {size} word pieces: {engine.library.stats().passages:,}", file=sys.stderr)
        yield engine


def _hits(engine: Engine, question: Question, k: int = TOP) -> Sequence[Hit]:
    *_, found = search(engine, resolve(engine, question.text, as_of=question.as_of), k=k, index="exact")
    assert isinstance(found, Retrieved)  # the verb's last event
    return found.hits


def _marked(engine: Engine, asked: Sequence[Question]) -> np.ndarray:
    """Marks of each question, shape (questions, measures)."""
    rows = []
    for question in asked:
        found = astuple(marks([hit.passage.text for hit in _hits(engine, question)], question.facts))
        rows.append([*found[:5], found[5] if question.kind == "two-part" else np.nan])
    return np.asarray(rows)


def _at_equal_text(engine: Engine, asked: Sequence[Question]) -> np.ndarray:
    """Recall and whole evidence among the first passages that together have no more than so many word pieces."""
    rows = []
    for question in asked:
        kept: list[str] = []
        left = RETURNED_PIECES
        for hit in _hits(engine, question, 40):
            left -= engine.embedder.count(hit.passage.text)
            if left < 0:
                break
            kept.append(hit.passage.text)
        facts = ["".join(fact.split()) for fact in question.facts]
        text = ["".join(passage.split()) for passage in kept]
        found = [any(fact in passage for passage in text) for fact in facts]
        rows.append([np.mean(found), float(all(found)) if question.kind == "two-part" else np.nan])
    return np.asarray(rows, dtype=float)


@contextmanager
def _header_embedded(engine: Engine) -> Iterator[None]:
    """Vectors of the passages with their title before them, in place of the library's."""
    library = engine.library
    places = sorted(library.catalogue.vector_places())
    passages = library.catalogue.passages([place[0] for place in places])
    texts = [f"{article.title}\n{passage.text}" for passage, article in passages.values()]
    made = dict(zip(passages, (engine.embedder.embed(text) for text in texts), strict=True))
    index = ExactIndex.build(
        library.catalogue.vector_revision,
        library.embedder,
        places=places,
        fetch=lambda numbers: [(n, made[n].astype("<f4").tobytes()) for n in numbers],
        dimensions=library.dimensions,
    )
    with patch.object(library, "exact", lambda: index):
        yield


@contextmanager
def _without_stems(engine: Engine, folder: Path) -> Iterator[None]:
    """A word index of the words as they stand, accents folded, in place of the library's."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    library = engine.library
    plain = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase()).filter(Filter.ascii_fold()).build()
    with ExitStack() as stack:
        stack.enter_context(patch.object(stems.Analysis, "english", lambda _: plain))
        index = words.WordIndex(folder / "unstemmed")
        index.reconcile(library.catalogue.passage_numbers(), library._fetch, library.catalogue.revision)
        stack.enter_context(patch.object(library, "_words", index))
        yield


# articles, by dated questions


def _by_articles(given: argparse.Namespace) -> None:
    asked = [question for question in corpus.load_questions(given.dated) if question.as_of and question.answers]
    measures = ("answer in 1", "in 5", "in 10", "linked article in 10")
    with open_engine(create=False, library=str(given.library)) as engine:
        stats = engine.library.stats()
        print(f"{stats.articles:,} articles, {stats.passages:,} passages, {len(asked)} dated questions\n")
        texts: dict[str, str] = {}
        base = _found(engine, asked, texts)
        table = _Table(measures, base)
        changes = _changes() | {
            "windows in words not used": lambda: patch.object(retrieve, "window_of", lambda *_: Window()),
            "nothing from beyond such a window": lambda: patch.object(retrieve, "_BEYOND", 9.0),
        }
        for name, change in changes.items():
            with change():
                table.row(name, base if name == "as shipped" else _found(engine, asked, texts))


def _found(engine: Engine, asked: Sequence[Question], texts: dict[str, str]) -> np.ndarray:
    """Of each question whether an answer stands among the first 1, 5 and 10 articles, and the linked one there."""
    rows = []
    for question in asked:
        query = resolve(engine, question.text, as_of=question.as_of)
        *_, found = search(engine, query, k=TOP, by="article", index="exact")
        assert isinstance(found, Retrieved)  # the verb's last event
        ids = [hit.article.id for hit in found.hits]
        for hit in found.hits:
            if hit.article.id not in texts:
                texts[hit.article.id] = _plain(f"{hit.article.title} {hit.article.text}")
        answers = [plain for answer in question.answers if (plain := _plain(answer)).strip()]
        holds = [any(answer in texts[name] for answer in answers) for name in ids]
        linked = float(bool(set(question.articles) & set(ids))) if question.articles else np.nan
        rows.append([any(holds[:1]), any(holds[:5]), any(holds), linked])
    return np.asarray(rows, dtype=float)


def _plain(text: str) -> str:
    return " ".join(["", *re.findall(r"\w+", text.lower()), ""])


if __name__ == "__main__":
    main()
