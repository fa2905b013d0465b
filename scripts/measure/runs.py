"""One library measured: the real command run as a reader runs it, and every figure of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from measure.corpus import Corpus, Question, windows
from measure.figures import Figure, Run
from measure.metrics import SEED, TOP, Marks, Mean, marks, mean
from measure.processes import Ran, run
from qa import open_engine
from qa.errors import InputError, NewsdeskError
from qa.facts import normal_quote
from qa.resources import resource_folder

ROOT = Path(__file__).resolve().parents[2]
WARM = 200
"""Questions asked in one process at most."""
RAW = 200
"""Passages embedded by the session alone."""
WINDOW = 256
"""Word pieces a call at most, the two special ones included (qa/embed.py)."""
MB = 1_000_000
WAYS = ("no window", "as of a day", "a week", "a year")
"""Ways of asking that ``corpus.windows`` gives each question."""
SayFn = Callable[[str], None]
QUALITY = (
    ("Hits@10", "hits10"),
    ("Hits@4", "hits4"),
    ("MAP@10", "map10"),
    ("MRR@10", "mrr10"),
    ("evidence recall@10", "recall10"),
)
"""Names of the marks that are told over all questions."""
TWO_PART = "all evidence of two-part questions among ten"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a library holds, read from it."""

    articles: int
    passages: int
    pieces: int
    """Word pieces of the articles' text: source tokens."""
    days: tuple[date, ...]
    titles: tuple[str, ...]
    sample: tuple[tuple[int, ...], ...]
    """Ids of some passages, special ones included, as the embedder takes them."""


class Newsdesk:
    """The command of this checkout over one library, with no settings or keys of this machine."""

    def __init__(self, folder: Path, name: str, say: SayFn) -> None:
        self.library = folder / name
        self.folder = folder
        self.say = say

    def command(self, *arguments: str) -> Ran:
        """Run ``newsdesk`` with these arguments. Raises NewsdeskError when it fails."""
        return self._checked(["-m", "tui", "--library", str(self.library), *arguments])

    def module(self, *arguments: str) -> Ran:
        """Run a module of these scripts, which asks the library through the Python API."""
        return self._checked(["-m", *arguments])

    def _checked(self, arguments: Sequence[str]) -> Ran:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDESK_", "OPENAI_"))}
        path = os.pathsep.join((str(ROOT), str(ROOT / "scripts")))
        own = {"PYTHONPATH": path, "NEWSDESK_CONFIG_DIR": str(self.folder / "config"), "NEWSDESK_TIMEZONE": "UTC"}
        own["TMPDIR"] = str(self.folder)
        ran = run([sys.executable, *arguments], environment=kept | own, cwd=self.folder)
        if ran.code or ran.outlived:
            why = f"ended with {ran.code}" if ran.code else f"left {ran.outlived} process(es) running"
            raise NewsdeskError(f"{' '.join(arguments[:5])} … {why}", (ran.err.strip() or ran.out.strip())[-2000:])
        return ran


def measured(
    corpus: Corpus,
    questions: Sequence[Question],
    dated: Sequence[Question],
    newsdesk: Newsdesk,
    *,
    starts: int,
    kept: tuple[Path, Path] | None = None,
) -> Run:
    """Ingest ``corpus`` in every way and ask it; ``questions`` have evidence, ``dated`` have days and answers.

    A cold command is run ``starts`` times. With ``kept``, a library made before and the file it was made from, a copy
    of that library is asked, and no vectors are made.
    """
    words = Newsdesk(newsdesk.folder, "words", newsdesk.say)
    words.command("--version")  # so that no byte code is compiled while the clock runs
    newsdesk.say("ingest, words only")
    first = words.command("ingest", "--words-only", str(corpus.path))
    survey = read_library(words.library)
    ingested = _copied(newsdesk, survey, *kept) if kept else _ingested(newsdesk, corpus, survey, first)
    figures = [
        Figure("library", "passages", "", survey.passages),
        Figure("library", "source tokens (word pieces)", "", survey.pieces),
        *_spent("words only", first),
        *ingested,
        *asked(newsdesk, survey, (*questions, *dated), starts),
        *_disk(newsdesk.library, survey.passages),
        *scored(newsdesk, questions),
        *_dated(newsdesk, dated),
    ]
    return Run(survey.articles, survey.passages, tuple(figures))


def _ingested(newsdesk: Newsdesk, corpus: Corpus, survey: Survey, words: Ran) -> list[Figure]:
    newsdesk.say("the embedder alone")
    raw = [_raw(newsdesk, survey)]
    newsdesk.say(f"ingest of {survey.articles:,} articles, {survey.passages:,} passages")
    whole = newsdesk.command("ingest", str(corpus.path))
    raw.append(_raw(newsdesk, survey))
    newsdesk.say("ingest again: nothing changed, one changed")
    again = newsdesk.command("ingest", str(corpus.path))
    corpus.change_one()
    changed = newsdesk.command("ingest", str(corpus.path))
    return [
        *_spent("whole, in one go", whole),
        Figure("ingest", "vectors (the whole less words only)", "CPU s", whole.cpu - words.cpu),
        *_spent("again, nothing changed", again),
        *_spent("again, one article changed", changed),
        *_efficiency(survey, whole, raw),
        *_memory("ingest", whole),
    ]


def _copied(newsdesk: Newsdesk, survey: Survey, library: Path, source: Path) -> list[Figure]:
    newsdesk.say("copying the library")
    shutil.copytree(library, newsdesk.library)
    told = json.loads(newsdesk.command("--json", "ingest", "--dry-run", str(source)).out)
    if told["new"] or told["changed"] or told["unchanged"] < survey.articles:
        raise InputError(f"{library} does not hold the articles of {source}", "Name the file it was made from, whole.")
    newsdesk.say("ingest again, nothing changed")
    again = newsdesk.command("ingest", str(source))
    return list(_spent("again, nothing changed", again))


def asked(newsdesk: Newsdesk, survey: Survey, questions: Sequence[Question], starts: int) -> Iterator[Figure]:
    """Cold and warm questions; without any of the user's, the titles of articles are asked."""
    titles = [Question(str(n), title) for n, title in enumerate(survey.titles)]
    asked = windows(questions or titles, survey.days, WARM)
    if not asked:
        raise InputError("there is nothing to ask: no questions, and no article has a title", "Name QUESTIONS.")
    newsdesk.say("cold questions")
    for name in ("search", "search --words-only", "ask"):
        cold = [newsdesk.command(*name.split(), asked[0]["question"]) for _ in range(starts)]
        yield Figure("cold", name, "CPU s", statistics.median(ran.cpu for ran in cold), n=starts)
        yield Figure("cold", name, "wall s", statistics.median(ran.wall for ran in cold), n=starts)
    newsdesk.say(f"{len(asked)} questions in one process, in every way")
    told, ran = costs_of(newsdesk, asked, "--all")
    yield Figure("questions", "start and first question", "CPU ms", told["first"], n=1)
    for way, costs in told["costs"].items():
        yield from _latency(way, costs)
    yield from _latency("every way of searching", [cost for way in WAYS for cost in told["costs"][way]])
    if told["agreement"] is not None:
        yield Figure("questions", "hits of exact search that Chroma gives too", "share", told["agreement"])
    yield from _memory("questions, Chroma's child running", ran)


def costs_of(newsdesk: Newsdesk, asked: Sequence[dict[str, Any]], *options: str) -> tuple[dict[str, Any], Ran]:
    """What ``measure.asking`` tells of each question, and what it cost altogether."""
    file, out = newsdesk.folder / "asked.json", newsdesk.folder / "costs.json"
    file.write_text(json.dumps(asked), encoding="utf-8")
    ran = newsdesk.module("measure.asking", str(newsdesk.library), str(file), str(out), *options)
    return json.loads(out.read_text(encoding="utf-8")), ran


def scored(newsdesk: Newsdesk, questions: Sequence[Question]) -> list[Figure]:
    """Retrieval quality over the questions that name evidence, asked by ``search --questions``."""
    if not questions:
        return []
    told = _each(newsdesk, questions)
    marked = [marks(_texts(told[one.id]), one.facts) for one in questions]
    within = [float(bool(told[one.id].get("window", {}).get("why"))) for one in questions]
    without = [float(not told[one.id].get("hits")) for one in questions]
    return [
        *quality(marked, [one.kind for one in questions]),
        _share("searched within a window that the question's words set", mean(within)),
        _share("found nothing", mean(without)),
    ]


def hits_of(newsdesk: Newsdesk, questions: Sequence[Question]) -> dict[str, list[str]]:
    """Texts of the ten passages found for each question, by its id."""
    return {name: _texts(told) for name, told in _each(newsdesk, questions).items()}


def _texts(told: Mapping[str, Any]) -> list[str]:
    return [hit["text"] for hit in told.get("hits", ())]


def quality(marked: Sequence[Marks], kinds: Sequence[str]) -> Iterator[Figure]:
    """Figures of the marks of each question; ``kinds`` says which are of two parts."""
    if not marked:
        return
    for name, field in QUALITY:
        yield _share(name, mean([getattr(one, field) for one in marked]))
    pairs = [one.all10 for one, kind in zip(marked, kinds, strict=True) if kind == "two-part"]
    if pairs:
        yield _share(TWO_PART, mean(pairs))


def read_library(library: Path) -> Survey:
    """Survey of a library; its word pieces are counted passage by passage."""
    tokenizer = Tokenizer.from_file(str(resource_folder("assets") / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    pieces, passages, ids, days, titles = 0, 0, [], [], []
    with open_engine(create=False, library=str(library)) as engine:
        for row in engine.library.list():
            if row.article.published:
                days.append(row.article.published.day)
            if row.article.title:
                titles.append(row.article.title)
            for passage in engine.library.catalogue.passages_of(row.article.id):
                encoded = tokenizer.encode(passage.text).ids
                pieces, passages = pieces + len(encoded) - 2, passages + 1
                ids.append(tuple([*encoded[: WINDOW - 1], encoded[-1]] if len(encoded) > WINDOW else encoded))
        articles = engine.library.stats().articles
    if not passages:
        raise InputError("the articles hold no text", "Name a file of articles with text.")
    drawn = ids if len(ids) <= RAW else random.Random(SEED).sample(ids, RAW)
    return Survey(articles, passages, pieces, tuple(days), tuple(titles), tuple(drawn))


def _raw(newsdesk: Newsdesk, survey: Survey) -> float:
    """Word pieces a CPU second of the session alone."""
    file = newsdesk.folder / "ids.json"
    file.write_text(json.dumps(survey.sample), encoding="ascii")
    told = json.loads(newsdesk.module("measure.raw", str(file)).out)
    return float(told["pieces"] / told["cpu"])


def _spent(name: str, ran: Ran) -> Iterator[Figure]:
    yield Figure("ingest", name, "CPU s", ran.cpu)
    yield Figure("ingest", name, "wall s", ran.wall)


def _efficiency(survey: Survey, ingested: Ran, raw: Sequence[float]) -> Iterator[Figure]:
    alone, throughout = statistics.mean(raw), survey.pieces / ingested.cpu
    yield Figure("ingest", "source tokens per CPU s, whole", "tokens/s", throughout)
    yield Figure("ingest", "the embedder alone (before and after)", "tokens/s", alone, min(raw), max(raw))
    yield Figure("ingest", "whole ingest against the embedder alone", "share", throughout / alone)


def _memory(what: str, ran: Ran) -> Iterator[Figure]:
    peak = ran.memory
    for name, size in (("process", peak.parent), ("children", peak.children), ("together", peak.together)):
        yield Figure("memory", f"{what}: {name}", "MB", size / MB)


def _latency(way: str, costs: Sequence[tuple[float, float]]) -> Iterator[Figure]:
    for column, unit in enumerate(("CPU ms", "wall ms")):
        values = [cost[column] for cost in costs]
        yield Figure("questions", f"{way}, median", unit, statistics.median(values), n=len(values))
        yield Figure("questions", f"{way}, 95th percentile", unit, float(np.percentile(values, 95)), n=len(values))


def _disk(library: Path, passages: int) -> Iterator[Figure]:
    """What the library takes once it was asked: exact search keeps its files at the first question."""
    parts = {
        "catalogue": "catalogue.sqlite",
        "words": "words",
        "vectors (Chroma)": "vectors",
        "vectors (exact)": "exact",
    }
    sizes = dict.fromkeys([*parts, "the rest"], 0)
    for file in library.rglob("*"):
        if file.is_file():
            top = file.relative_to(library).parts[0]
            name = next((part for part, start in parts.items() if top.startswith(start)), "the rest")
            sizes[name] += file.stat().st_blocks * 512
    for name, size in sizes.items():
        yield Figure("disk", name, "MB", size / MB)
    yield Figure("disk", "together", "MB", sum(sizes.values()) / MB)
    yield Figure("disk", "a passage", "kB", sum(sizes.values()) / passages / 1000)


def _share(name: str, told: Mean) -> Figure:
    return Figure("quality", f"{name} (n = {told.n})", "share", told.value, told.low, told.high, told.n)


def _dated(newsdesk: Newsdesk, questions: Sequence[Question]) -> Iterator[Figure]:
    """Whether the answer's words, and the article that the publisher links, are among the first articles."""
    known = [one for one in questions if one.answers and one.answers[0].casefold() not in {"true", "false"}]
    told = _each(newsdesk, known, "--by", "article")
    ranks: list[int] = []
    with open_engine(create=False, library=str(newsdesk.library)) as engine:
        for one in known:
            texts = [engine.library.article(hit["article_id"]) for hit in told[one.id].get("hits", ())]
            plain = [f" {normal_quote(f'{text.title} {text.text}')} " for text in texts]
            ranks.append(next((n for n, text in enumerate(plain, 1) if _says(text, one.answers)), 0))
    for k in (1, 5, 10):
        if ranks:
            yield _share(f"an answer among the first {k} articles", mean([float(0 < rank <= k) for rank in ranks]))
    linked = [
        float(any(hit["article_id"] in one.articles for hit in told[one.id].get("hits", ())))
        for one in known
        if one.articles
    ]
    if linked:
        yield _share("a linked article among the first 10", mean(linked))


def _says(text: str, answers: Sequence[str]) -> bool:
    return any(len(plain := normal_quote(answer).strip(" .")) > 1 and f" {plain}" in text for answer in answers)


def _each(newsdesk: Newsdesk, questions: Sequence[Question], *options: str) -> dict[str, dict[str, Any]]:
    """What ``search --questions`` tells of each question, by its id; of one that cannot be asked, its error."""
    if not questions:
        return {}
    newsdesk.say(f"{len(questions)} questions by search --questions")
    file = newsdesk.folder / "questions.jsonl"
    lines = ({"id": one.id, "question": one.text} | ({"as_of": one.as_of} if one.as_of else {}) for one in questions)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    ran = newsdesk.command("search", "--questions", str(file), "-k", str(TOP), *options)
    return {told["id"]: told for told in map(json.loads, ran.out.splitlines())}
