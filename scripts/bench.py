"""Measure Newsdesk in one go: CPU and wall clock of ingest and questions, memory, disk, and retrieval quality.

Usage: python scripts/bench.py [--articles FILE] [--evidence FILE] [--questions FILE] [--sizes N,N] [--json FILE]
                               [--library DIR] [--starts N]
       python scripts/bench.py --table FILE.json…

Files are JSON lines, .jsonl or .jsonl.gz; with no articles named, the shipped seeds are measured. Evidence is
{"id", "question", "type", "evidence": [{"article_id", "fact"}]}: its questions are scored by the passages that hold
the facts, where all their articles are in the sample. Questions are {"question", "date", "answers", "evidence"?}: they
are asked as of their date and scored by the articles. The table goes to stdout, progress to stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from measure import corpus, figures, processes, runs
from measure.metrics import RESAMPLES, SEED
from qa.errors import ExitCode, InputError, NewsdeskError, UsageError
from qa.version import __version__

VENDORS = ("chromadb", "numpy", "onnxruntime", "tantivy", "tokenizers")


def main() -> int:
    return ended(lambda: _run(_options().parse_args()))


def ended(measure: Callable[[], None]) -> int:
    """Measure, and give the exit code; whatever ends it, temporary folders and started processes go first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        measure()
    except NewsdeskError as error:
        say(error.message)
        if error.hint:
            say(error.hint)
        return int(error.exit_code)
    except KeyboardInterrupt:
        say("interrupted; nothing is left behind")
        return int(ExitCode.INTERRUPTED)
    return int(ExitCode.OK)


def say(text: str) -> None:
    """One line of narration."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how."""
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "newsdesk": __version__,
        "versions": {name: version(name) for name in VENDORS},
        "memory_is": processes.MEMORY_IS,
        "counts_orphans": processes.COUNTS_ORPHANS,
        "seed": SEED,
        "resamples": RESAMPLES,
    }


def head(about: dict[str, Any]) -> str:
    """The machine and the method in two sentences."""
    vendors = ", ".join(f"{name} {number}" for name, number in about["versions"].items())
    return (
        f"Newsdesk {about['newsdesk']}, Python {about['python']} on {about['system']}, {about['processor']}, "
        f"{about['cores']} core(s); {vendors}. CPU is of the process and all its descendants; memory is peak "
        f"{about['memory_is']}; intervals are 95 %, bootstrap of {about['resamples']:,}, seed {about['seed']}.\n"
    )


def sizes_of(text: str | None) -> list[int | None]:
    """``100,1000`` as numbers; None is everything. Raises UsageError."""
    if not text:
        return [None]
    parts = text.split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() and int(part) for part in parts):
        raise UsageError(f"{text!r} is not a list of sizes", "Write them as SIZES=100,1000.")
    return [*sorted({int(part) for part in parts})]


def write(path: str, text: str) -> None:
    """Write a file of results. Raises InputError."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", "Name a file that can be written.") from None


def _processor() -> str:
    """The processor's name where the system tells it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--articles", metavar="FILE")
    options.add_argument("--evidence", metavar="FILE")
    options.add_argument("--questions", metavar="FILE")
    options.add_argument("--sizes", metavar="N,N", help="measure the first N articles, for each N (default: all)")
    options.add_argument("--json", metavar="FILE", help="write every figure there")
    options.add_argument("--starts", metavar="N", type=int, default=5, help="starts of a cold command (default: 5)")
    options.add_argument("--library", metavar="DIR", help="ask a copy of this library of all articles; make no vectors")
    options.add_argument("--table", nargs="+", metavar="FILE", help="measure nothing; how figures kept before grow")
    return options


def _run(given: argparse.Namespace) -> None:
    if given.table:
        print(figures.growth(figures.read_runs([Path(path) for path in given.table])), end="")
        return
    if given.json:
        write(given.json, "")  # found out now, not after an hour
    done = _measured(given, sizes_of(given.sizes))
    about = machine()
    if given.json:
        write(given.json, figures.as_json(done, about))
    print(head(about))
    print(figures.table(done), end="")


def with_evidence(
    articles: Path, evidence: Path | None, size: int | None, folder: Path
) -> tuple[corpus.Corpus, list[corpus.Question]]:
    """A sample of the articles, and the questions whose evidence is all in it; their articles come first."""
    questions = corpus.load_questions(evidence) if evidence else []
    if without := [one.id for one in questions if not one.facts]:
        raise InputError(f"{evidence}: question {without[0]} has no evidence", "Name such a file as QUESTIONS.")
    chosen = corpus.sample(articles, size, [article for one in questions for article in one.articles], folder)
    scored = [one for one in questions if chosen.ids.issuperset(one.articles)]
    if len(scored) < len(questions):
        say(f"{len(scored)} of {len(questions)} questions have all their evidence in the sample")
    return chosen, scored


def _measured(given: argparse.Namespace, sizes: list[int | None]) -> list[figures.Run]:
    dated = corpus.load_questions(Path(given.questions)) if given.questions else []
    if not given.articles:
        if given.sizes or given.evidence:
            raise UsageError("sizes and evidence need articles", "Name them with ARTICLES=FILE.jsonl.")
        say("no articles were named: measuring the shipped seeds, which are too few to say how fast anything is")
    if given.library and (given.sizes or not given.articles):
        raise UsageError("a library is measured whole", "Name the file of articles it was made from, and no SIZES.")
    kept = (Path(given.library), Path(given.articles).absolute()) if given.library else None
    evidence = Path(given.evidence) if given.evidence else None
    done = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="newsdesk-bench-") as temporary:
            folder = Path(temporary)
            if given.articles:
                articles, scored = with_evidence(Path(given.articles), evidence, size, folder)
            else:
                articles, scored = corpus.seeds(folder), []
            newsdesk = runs.Newsdesk(folder, "library", say)
            done.append(runs.measured(articles, scored, dated, newsdesk, starts=given.starts, kept=kept))
    return done


if __name__ == "__main__":
    sys.exit(main())
