"""Show that the gate goes red on faults, and stays green on changes that harm nobody.

Usage: python scripts/planted_faults.py [--only NAME[,NAME…]] [--articles FOLDER] [--fixtures FILE] [--gate FILE]
                                        [--model FOLDER] [--at-once N] [--list]
       python scripts/planted_faults.py [--plant NAME] -- COMMAND OF NEWSDESK…

Each fault of ``planted.faults`` is put into a child process of its own, which reads the evaluation newsroom where the
fault lies there, and runs ``newsdesk eval FIXTURES --gate FILE``. A table goes to stdout, progress to stderr; the exit
code is 0 when every fault is refused by a condition that is named, and every harmless change passes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from planted.trials import Bench, Outcome
from qa.errors import ExitCode
from qa.resources import resource_folder

_NAMED = 3
"""Failing conditions that the table names."""


def main(given: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if given is None else given)
    if "--" in given:
        at = given.index("--")
        return _as_child(given[:at], given[at + 1 :])
    from planted.faults import FAULTS
    from planted.harmless import HARMLESS

    options = _options().parse_args(given)
    if options.list:
        for name, says in [
            *((name, one.says) for name, one in FAULTS.items()),
            *((n, one.says) for n, one in HARMLESS.items()),
        ]:
            print(f"{name:24} {says}")
        return ExitCode.OK
    wanted = options.only.split(",") if options.only else [*FAULTS, *HARMLESS]
    if unknown := [name for name in wanted if name not in FAULTS and name not in HARMLESS]:
        print(f"planted: {unknown[0]} is no fault; --list names them", file=sys.stderr)
        return ExitCode.USAGE
    with tempfile.TemporaryDirectory(prefix="planted-") as scratch:
        bench = Bench(Path(scratch), options.articles, options.fixtures, options.gate, options.model)
        return _all(bench, wanted, options.at_once)


def _all(bench: Bench, wanted: Sequence[str], at_once: int) -> int:
    """Try what is wanted, after the product as it is; the vectors that it needs are kept for all others."""
    sound = bench.stocked(bench.library)
    for one in (bench, bench.of_model):
        sound = one.tried(bench.library) if sound.is_green else sound
    if not sound.is_green:
        print(f"planted: without any fault the gate is not green: {_told(sound)}", file=sys.stderr)
        return int(ExitCode.GATE)
    wrong = 0
    with ThreadPoolExecutor(at_once) as pool:
        trials = {name: pool.submit(_trial(bench, name)) for name in wanted}
        for name, trial in trials.items():
            outcome, as_it_should = trial.result()
            wrong += not as_it_should
            said = "red" if outcome.is_red else "green" if outcome.is_green else f"ended with {outcome.exit_code}"
            print(f"{'ok' if as_it_should else 'WRONG':6}{name:24} {said:6} {_told(outcome)}", flush=True)
    print(f"{len(wanted) - wrong} of {len(wanted)} as they should be")
    return int(ExitCode.GATE if wrong else ExitCode.OK)


def _trial(bench: Bench, name: str) -> Callable[[], tuple[Outcome, bool]]:
    """What tries a fault, or a change that harms nobody, and says whether it came out as it should."""
    from planted.faults import FAULTS
    from planted.harmless import HARMLESS

    def fault() -> tuple[Outcome, bool]:
        library = bench.library
        if FAULTS[name].at_ingest:
            library = bench.scratch / name
            stocked = bench.stocked(library, fault=name)
            if not stocked.is_green:
                return stocked, False
        tried = bench.of_model if FAULTS[name].of_model else bench
        outcome = tried.tried(library, fault=name)
        return outcome, outcome.is_red

    def harmless() -> tuple[Outcome, bool]:
        outcome = HARMLESS[name].trial(bench)
        return outcome, outcome.is_green

    return fault if name in FAULTS else harmless


def _told(outcome: Outcome) -> str:
    more = len(outcome.failed) - _NAMED
    named = ", ".join(_most_telling(outcome.failed))
    return f"{named} and {more} more" if more > 0 else named or outcome.said.replace("\n", " ")[:200]


def _most_telling(failed: Sequence[str]) -> Iterator[str]:
    """Figures before single cases."""
    figures = [one for one in failed if not one.startswith("case-")]
    yield from [*figures, *(one for one in failed if one.startswith("case-"))][:_NAMED]


def _as_child(options: Sequence[str], command: Sequence[str]) -> int:
    """One command of Newsdesk, with a fault planted or with none."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--plant")
    told = parser.parse_args(list(options))
    if told.plant:
        from planted.faults import FAULTS
        from planted.harmless import PLANTED

        (PLANTED.get(told.plant) or FAULTS[told.plant].plant)()
    from qa.cli import main as newsdesk

    return newsdesk(list(command))


def _options() -> argparse.ArgumentParser:
    newsroom = resource_folder("evaluation")
    parser = argparse.ArgumentParser(description="Show that the gate goes red on faults.", allow_abbrev=False)
    parser.add_argument("--only", metavar="NAMES", help="try these alone, parted by commas")
    parser.add_argument("--list", action="store_true", help="name the faults and the changes that harm nobody")
    parser.add_argument("--articles", type=Path, default=newsroom / "articles", metavar="FOLDER")
    parser.add_argument("--fixtures", type=Path, default=newsroom / "fixtures.yaml", metavar="FILE")
    parser.add_argument("--gate", type=Path, default=newsroom / "gate.toml", metavar="FILE")
    parser.add_argument("--model", type=Path, default=newsroom / "model", metavar="FOLDER")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="trials at once (2)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
