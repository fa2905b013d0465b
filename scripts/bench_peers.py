"""Put LangChain and txtai beside Newsdesk: same articles, same weights, same passages, same questions, in one run.

Usage: python scripts/bench_peers.py --articles FILE --evidence FILE [--sizes N] [--json FILE]

Each peer gets an environment of its own in .bench/, installed from the package index with the pins beside its script
(scripts/measure/peers). All embed with the shipped int8 weights, one text a call on one thread, and return ten texts.
A peer is measured twice: over Newsdesk's own passages, so that retrieval is compared and not cutting, and over its own
splitting. Peers get the text alone, as their documentation does it; Newsdesk indexes title, source and date besides.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import bench
from measure import corpus, figures, runs
from measure.corpus import Question
from measure.figures import Figure
from measure.metrics import Marks, Mean, difference, marks
from measure.processes import Ran, run
from measure.runs import MB, ROOT, Newsdesk, Survey
from qa import open_engine
from qa.errors import NewsdeskError, UsageError
from qa.resources import resource_folder

PEERS = ROOT / "scripts" / "measure" / "peers"
ENVIRONMENTS = ROOT / ".bench"
MARKS = (*runs.QUALITY, (runs.TWO_PART, "all10"))


@dataclass(frozen=True, slots=True)
class Peer:
    """A system to compare with: its script and pins are ``name``_peer.py and ``name``.txt."""

    name: str
    title: str
    own: str
    """What its own splitting is."""

    def python(self) -> Path:
        """The interpreter of its environment, which is made when it is not there yet. Raises NewsdeskError."""
        folder, pins = ENVIRONMENTS / self.name, PEERS / f"{self.name}.txt"
        python, stamp = folder / "bin" / "python", folder / "stamp"
        made = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()
        if stamp.exists() and stamp.read_text(encoding="ascii") == made:
            return python
        bench.say(f"making the environment of {self.title} (once; from the package index)")
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--requirement", str(pins)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise NewsdeskError(f"the environment of {self.title} cannot be made", done.stderr.strip()[-2000:])
        stamp.write_text(made, encoding="ascii")
        return python


ALL = (
    Peer("langchain", "LangChain + Chroma", "1,000 characters, 200 shared"),
    Peer("txtai", "txtai, hybrid", "paragraphs"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One system measured: its figures, and the marks of each question in order."""

    name: str
    figures: tuple[Figure, ...]
    marks: tuple[Marks, ...]


def main() -> int:
    return bench.ended(lambda: _run(_options().parse_args()))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", metavar="FILE")
    options.add_argument("--evidence", metavar="FILE")
    options.add_argument("--sizes", metavar="N", help="compare over the first N articles (default: all)")
    options.add_argument("--json", metavar="FILE", help="write every figure, and the marks of every question, there")
    return options


def _run(given: argparse.Namespace) -> None:
    if not given.articles or not given.evidence:
        raise UsageError(
            "a comparison needs articles and questions with evidence",
            "make bench-peers ARTICLES=FILE.jsonl EVIDENCE=FILE.jsonl",
        )
    size, *more = bench.sizes_of(given.sizes)
    if more:
        raise UsageError("a comparison is of one size", "Write it as SIZES=300.")
    if given.json:
        bench.write(given.json, "")
    pythons = {peer: peer.python() for peer in ALL}
    with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as temporary:
        folder = Path(temporary)
        articles, questions = bench.with_evidence(Path(given.articles), Path(given.evidence), size, folder)
        if not questions:
            raise UsageError("no question has all its evidence in the sample", "Name larger SIZES.")
        trials = list(_trials(articles, questions, pythons, folder))
    pairs = {trial.name: differences(trials[0], trial, questions) for trial in trials[1:]}
    if given.json:
        bench.write(given.json, _as_json(trials, pairs, questions))
    print(bench.head(bench.machine()))
    print(f"{len(articles.ids):,} articles, {len(questions)} questions. {_pins()}.\n")
    print(table(trials))
    print("Newsdesk minus the peer, paired by question, with the 95 % interval:\n")
    print(differences_table(pairs), end="")


def _trials(
    articles: corpus.Corpus, questions: Sequence[Question], pythons: Mapping[Peer, Path], folder: Path
) -> Iterator[Trial]:
    words, newsdesk = Newsdesk(folder, "words", bench.say), Newsdesk(folder, "library", bench.say)
    bench.say("Newsdesk: ingest, words only, for the passages")
    words.command("ingest", "--words-only", str(articles.path))
    survey = runs.read_library(words.library)
    work = folder / "peers"
    work.mkdir()
    _share_out(words.library, questions, work)
    bench.say(f"Newsdesk: ingest of {survey.articles:,} articles, {survey.passages:,} passages")
    ingested = newsdesk.command("ingest", str(articles.path))
    found = runs.hits_of(newsdesk, questions)
    asked = [{"id": one.id, "question": one.text, "ways": {"no window": {}}} for one in questions]
    costs, _ = runs.costs_of(newsdesk, asked)
    cpu = [cost for cost, _ in costs["costs"]["no window"]]
    told = [{"id": one.id, "texts": found[one.id], "cpu": ms} for one, ms in zip(questions, cpu, strict=True)]
    yield _trial("Newsdesk", survey, ingested, told, questions)
    for peer, python in pythons.items():
        for splitting, what in (("passages", "same passages"), ("own", peer.own)):
            name = f"{peer.title}, {what}"
            bench.say(f"{name}: ingest")
            ingested = _step(peer, python, "ingest", splitting, work)
            bench.say(f"{name}: {len(questions)} questions")
            told = [json.loads(line) for line in _step(peer, python, "ask", splitting, work).out.splitlines()]
            yield _trial(name, survey, ingested, told, questions)


def _share_out(library: Path, questions: Sequence[Question], work: Path) -> None:
    """Write the passages, the articles' texts and the questions where the peers read them."""
    with open_engine(create=False, library=str(library)) as engine:
        ids = [row.article.id for row in engine.library.list()]
        texts = [engine.library.article(one).text for one in ids]
        passages = [passage.text for one in ids for passage in engine.library.catalogue.passages_of(one)]
    asked = [{"id": question.id, "question": question.text} for question in questions]
    files = {"articles": [{"text": t} for t in texts], "passages": [{"text": t} for t in passages], "questions": asked}
    for name, lines in files.items():
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (work / f"{name}.jsonl").write_text(text, encoding="utf-8")


def _step(peer: Peer, python: Path, step: str, splitting: str, work: Path) -> Ran:
    script, assets = PEERS / f"{peer.name}_peer.py", resource_folder("assets")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CHROMA_", "HF_"))}
    own = {"ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    ran = run([str(python), str(script), step, splitting, str(work), str(assets)], environment=kept | own, cwd=work)
    if ran.code:
        raise NewsdeskError(f"{peer.title}, {step} ended with {ran.code}", ran.err.strip()[-2000:])
    return ran


def _trial(
    name: str,
    survey: Survey,
    ingested: Ran,
    told: Sequence[Mapping[str, Any]],
    questions: Sequence[Question],
) -> Trial:
    """The figures of a system; ``told`` has for each question its id, the texts found, and milliseconds of CPU."""
    cpu, found = [one["cpu"] for one in told], {one["id"]: one["texts"] for one in told}
    costs = [
        Figure("ingest", "CPU", "CPU s", ingested.cpu),
        Figure("ingest", "source tokens", "tokens/s", survey.pieces / ingested.cpu),
        Figure("memory", "ingest", "MB", ingested.memory.together / MB),
        Figure("questions", "median", "CPU ms", statistics.median(cpu), n=len(cpu)),
        Figure("questions", "95th percentile", "CPU ms", float(np.percentile(cpu, 95)), n=len(cpu)),
    ]
    marked = tuple(marks(found[question.id], question.facts) for question in questions)
    scores = runs.quality(marked, [question.kind for question in questions])
    return Trial(name, (*costs, *scores), marked)


def differences(ours: Trial, theirs: Trial, questions: Sequence[Question]) -> dict[str, Mean]:
    """Ours minus theirs in every mark, paired by question; questions of two parts have one more."""
    told = {}
    for name, field in MARKS:
        counted = [n for n, one in enumerate(questions) if field != "all10" or one.kind == "two-part"]
        if counted:
            values = [[getattr(trial.marks[n], field) for n in counted] for trial in (ours, theirs)]
            told[name] = difference(*values)
    return told


def table(trials: Sequence[Trial]) -> str:
    """Markdown: a row for each system."""
    heads = [f"{f.group} {f.name}, {f.unit}" if f.group != "quality" else f.name for f in trials[0].figures]
    rows = [[trial.name, *(figures.told(f.value, f.unit) for f in trial.figures)] for trial in trials]
    return figures.markdown(["", *heads], rows, texts=1)


def differences_table(pairs: Mapping[str, Mapping[str, Mean]]) -> str:
    """Markdown: a row for each peer."""
    heads = list(dict.fromkeys(name for told in pairs.values() for name in told))
    rows = [
        [name, *(f"{d.value:+.3f} [{d.low:+.3f}, {d.high:+.3f}]" for d in told.values())]
        for name, told in pairs.items()
    ]
    return figures.markdown(["", *heads], rows, texts=1)


def _pins() -> str:
    names = ("langchain-core", "langchain-chroma", "txtai")
    pins = dict(line.split("==") for peer in ALL for line in _lines(PEERS / f"{peer.name}.txt") if "==" in line)
    return ", ".join(f"{name} {pins[name]}" for name in names)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _as_json(trials: Sequence[Trial], pairs: Mapping[str, Mapping[str, Mean]], questions: Sequence[Question]) -> str:
    told = {
        "format": figures.FORMAT,
        "machine": bench.machine(),
        "pins": {peer.name: [line for line in _lines(PEERS / f"{peer.name}.txt") if "==" in line] for peer in ALL},
        "questions": [question.id for question in questions],
        "systems": [asdict(trial) for trial in trials],
        "newsdesk minus": {name: {mark: asdict(d) for mark, d in told.items()} for name, told in pairs.items()},
    }
    return json.dumps(told, indent=1) + "\n"


if __name__ == "__main__":
    sys.exit(main())
