"""Kill Newsdesk at every point of what it does, fill its disk, and count what is lost.

Usage: python scripts/crash.py [--kills N|all] [--random N] [--full N] [--sizes N] [--seed N] [--articles FOLDER]
                               [--scratch FOLDER] [--json FILE]

A cycle (ingest of new, changed and removed files; questions in conversations; a briefing, kept and exported; an
evaluation; an article removed, restored and corrected by hand; the Chroma index) is done once, and every write, fsync,
rename, truncate and unlink below the library is counted by a preloaded library. Then each step is done again, from a
copy of the library as it was before, and killed at one of them. The library is opened again, compared with what had
been acknowledged by then, and used. The table goes to stdout, progress to stderr; the exit code is 0 when nothing was
lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from crashing.bench import Bench, Point, Trial
from crashing.shim import why_not
from qa.errors import ExitCode
from qa.resources import resource_folder

_LARGEST = 1 << 20
"""Bytes that no file of the library reaches."""
_TOLD = 20
"""Losses that the table tells in words."""


def main(given: Sequence[str] | None = None) -> int:
    options = _options().parse_args(given)
    if why := why_not():
        print(f"crash: not tried: {why}", file=sys.stderr)
        return ExitCode.OK
    scratch = tempfile.TemporaryDirectory(prefix="crash-", dir=options.scratch)
    with scratch as folder, Bench(Path(folder) / "bench", options.articles) as bench:
        bench.prepare()
        counts = ", ".join(f"{step} {changes}" for step, changes in bench.changes.items())
        print(f"changes in a cycle: {sum(bench.changes.values())} ({counts})", flush=True)
        trials = list(_shown(_trials(bench, options)))
    _table(trials)
    if options.json:
        options.json.write_text(json.dumps([asdict(trial) for trial in trials], indent=1))
    return int(any(trial.losses for trial in trials))


def _trials(bench: Bench, options: argparse.Namespace) -> Iterator[Trial]:
    chance = random.Random(options.seed)
    yield from bench.kills(_chosen(bench.points, options.kills, chance))
    yield from bench.full_disks(_chosen(bench.points, options.full, chance))
    yield from bench.short_files([_LARGEST * n // max(1, options.sizes) for n in range(options.sizes)])
    yield from bench.random_kills(options.seed, options.random)


def _chosen(points: Sequence[Point], wanted: int | None, chance: random.Random) -> Sequence[Point]:
    """So many points, in their order; all of them where no number is given."""
    if wanted is None or wanted >= len(points):
        return points
    return [points[n] for n in sorted(chance.sample(range(len(points)), wanted))]


def _shown(trials: Iterator[Trial]) -> Iterator[Trial]:
    """Trials as they come, each loss told at once and now and then how far it is."""
    started = time.monotonic()
    for n, trial in enumerate(trials, 1):
        for loss in trial.losses:
            print(f"{trial.kind} at {trial.at}: {loss}", file=sys.stderr, flush=True)
        if n % 100 == 0:
            print(f"{n} trials, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        yield trial


def _table(trials: Sequence[Trial]) -> None:
    runs = Counter(trial.kind for trial in trials)
    print(f"\n{'':14}{'runs':>8}{'hit':>8}{'lost':>8}")
    for kind, count in runs.items():
        hit = sum(trial.was_hit for trial in trials if trial.kind == kind)
        lost = sum(bool(trial.losses) for trial in trials if trial.kind == kind)
        print(f"{kind:14}{count:8}{hit:8}{lost:8}")
    print(f"{'all':14}{len(trials):8}{sum(t.was_hit for t in trials):8}{sum(bool(t.losses) for t in trials):8}")
    for trial in [trial for trial in trials if trial.losses][:_TOLD]:
        print(f"{trial.kind} at {trial.at}: {trial.losses[0]}")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=_number, help="changes that are killed at, chosen by the seed (default: all)")
    parser.add_argument("--random", type=int, default=300, help="kills at random moments (default: 300)")
    parser.add_argument("--full", type=int, default=200, help="changes from which the disk is full (default: 200)")
    parser.add_argument("--sizes", type=int, default=16, help="limits on the size of a file (default: 16)")
    parser.add_argument("--seed", type=int, default=8, help="decides what is chosen at random (default: 8)")
    articles = resource_folder("data") / "evaluation" / "articles"
    parser.add_argument("--articles", type=Path, default=articles, help="the newsroom (default: the one that ships)")
    parser.add_argument("--scratch", type=Path, help="where libraries are copied to (default: the temporary folder)")
    parser.add_argument("--json", type=Path, help="write every trial into this file")
    return parser


def _number(text: str) -> int | None:
    return None if text == "all" else int(text)


if __name__ == "__main__":
    sys.exit(main())
