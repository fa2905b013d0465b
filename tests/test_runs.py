"""Evaluations in the journal: each case is kept as it finishes, whatever is killed, and comes back whole."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fixtures.evaluations import AT, MADE, case, run_of

from qa.errors import LibraryError, NotFoundError
from qa.evaluation import Costs, Judge, Over
from qa.journal import Journal, Runs
from qa.journal.file import VERSION
from qa.types import Mode

CASES = (
    case("harbour"),
    case("strike", "status insufficient, expected answered"),
    case("snow", said="Schnee in Žilina"),
)
PLANNED = replace(run_of(*CASES), cases=(), figures=(), complete=False, costs=Costs())
WHOLE = replace(run_of(*CASES), costs=Costs(3.25, 2.5, 10, 20, None))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Journal(tmp_path).runs


def kept(runs: Runs, run: object = WHOLE) -> int:
    begun = runs.begin(PLANNED)
    assert begun.number is not None
    for n, one in enumerate(CASES):
        runs.add(begun.number, n, one)
    runs.end(replace(run, number=begun.number))  # type: ignore[type-var]
    return begun.number


def test_a_run_comes_back_whole_and_is_listed(runs: Runs) -> None:
    assert runs.listed() == []
    assert runs.last() is None
    number = kept(runs)
    assert runs.get(number) == replace(WHOLE, number=number) == runs.last()
    (listed,) = runs.listed()
    assert (listed.number, listed.suite, listed.of, listed.done, listed.passed) == (1, "news.yaml", 3, 3, 2)
    assert (listed.complete, listed.model, listed.version, listed.made) == (True, None, "1.0", AT)


def test_cases_that_finished_are_kept_in_their_order_and_in_that_of_the_fixtures_at_the_end(runs: Runs) -> None:
    begun = runs.begin(PLANNED)
    assert begun.number == 1
    runs.add(1, 0, CASES[2])
    runs.add(1, 1, CASES[0])
    assert runs.last() is None
    assert runs.get(1) == replace(PLANNED, number=1, cases=(CASES[2], CASES[0]))
    runs.add(1, 2, CASES[1])
    assert [one.id for one in runs.get(1).cases] == ["snow", "harbour", "strike"]
    runs.end(replace(WHOLE, number=1))
    assert runs.get(1).cases == CASES


@pytest.mark.parametrize(
    "other",
    [
        {"provenance": replace(MADE, mode=Mode.LLM, model="gpt")},
        {"provenance": replace(MADE, config_hash="d")},
        {"judge": Judge("newsdesk", "z")},
        {"over": Over(3, 9, "y")},
        {"settings": {"k": "4"}},
        {"prompts": {"answer.md": "1"}},
        {"fixtures": "g" * 64},
        {"code": "e" * 64},
    ],
)
def test_only_a_run_of_the_very_same_thing_goes_on(runs: Runs, other: dict[str, object]) -> None:
    runs.begin(PLANNED)
    runs.add(1, 0, CASES[0])
    assert runs.broken_off(replace(PLANNED, **other)) is None  # type: ignore[arg-type]
    later = replace(PLANNED, made=AT + timedelta(days=1))
    found = runs.broken_off(later)
    assert found is not None
    assert (found.number, found.made, found.cases) == (1, AT, CASES[:1])
    runs.delete(1, AT)
    assert runs.broken_off(later) is None


def test_a_run_that_ended_is_not_gone_on_with_and_one_that_was_broken_off_is_not_the_last(runs: Runs) -> None:
    kept(runs)
    assert runs.broken_off(PLANNED) is None
    kept(runs, replace(WHOLE, cases=CASES[:2], complete=False))
    assert [one.complete for one in runs.listed()] == [False, True]
    last, broken = runs.last("f" * 64), runs.broken_off(PLANNED)
    assert last is not None
    assert broken is not None
    assert (last.number, broken.number, len(broken.cases)) == (1, 2, 2)
    assert runs.last("f" * 64, but=1) is None
    kept(runs)
    assert runs.broken_off(PLANNED) is None  # the same is whole by now
    assert runs.last("e" * 64) is None


def test_a_killed_process_loses_no_case_that_finished(runs: Runs, tmp_path: Path) -> None:
    code = """
import os, sys
from pathlib import Path
from test_runs import CASES, PLANNED
from qa.journal import Journal
runs = Journal(Path(sys.argv[1])).runs
number = runs.begin(PLANNED).number
for n, case in enumerate(CASES[:2]):
    runs.add(number, n, case)
    print(case.id, flush=True)
print("now", flush=True)
sys.stdin.read()
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["tests", *sys.path])}
    root = Path(__file__).resolve().parent.parent
    told = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, env=environment, stdin=told, stdout=told, text=True
    ) as child:
        assert child.stdout is not None
        assert [child.stdout.readline().strip() for _ in range(3)] == ["harbour", "strike", "now"]
        child.send_signal(signal.SIGKILL)
    found = runs.broken_off(PLANNED)
    assert found is not None
    assert (found.cases, found.complete) == (CASES[:2], False)
    assert runs.damage() is None


def test_a_run_erased_while_it_goes_on_is_kept_no_further(runs: Runs) -> None:
    runs.begin(PLANNED)
    runs.add(1, 0, CASES[0])
    runs.erase(1)
    runs.add(1, 1, CASES[1])
    assert runs.end(replace(WHOLE, number=1)).number is None
    assert runs.listed() == []


def test_a_deleted_run_can_be_restored_and_an_erased_one_leaves_no_word(runs: Runs) -> None:
    kept(runs)
    kept(runs)
    assert runs.delete(2, AT).deleted == AT
    assert [one.number for one in runs.listed()] == [1]
    assert [one.number for one in runs.listed(deleted=True)] == [2]
    with pytest.raises(NotFoundError, match="deleted") as refused:
        runs.get(2)
    assert "--restore 2" in refused.value.hint
    assert runs.restore(2).deleted is None
    assert runs.get(2).cases == CASES
    runs.erase(1)
    runs.erase(2)
    for call in (runs.get, runs.restore, runs.erase):
        with pytest.raises(NotFoundError, match="no run 2"):
            call(2)
    for file in runs.path.parent.iterdir():
        assert b"c0ffee" not in file.read_bytes()


def test_a_run_that_cannot_be_read_is_named_and_the_others_are(runs: Runs) -> None:
    kept(runs)
    kept(runs)
    with closing(sqlite3.connect(runs.path)) as db, db:
        db.execute("UPDATE run_cases SET told = x'00' WHERE run = 1 AND name = 'snow'")
        db.execute("UPDATE runs SET told = 'no json' WHERE id = 2")
    with pytest.raises(LibraryError, match="run 1 cannot be read: case snow"):
        runs.get(1)
    with pytest.raises(LibraryError, match="run 2 cannot be read"):
        runs.get(2)
    assert [(one.number, one.version) for one in runs.listed()] == [(2, "unknown"), (1, "1.0")]


@pytest.mark.parametrize("version", [2, 4])
def test_a_journal_of_an_earlier_version_opens_as_it_is(tmp_path: Path, version: int) -> None:
    dump = Path(__file__).parent / "fixtures" / "journal-2.sql"  # of a file that Newsdesk wrote then
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db, db:
        db.executescript(dump.read_text(encoding="utf-8"))
    journal = Journal(tmp_path)
    journal.standing.add("the customs union", "the customs union", AT)  # brought up
    if version == 4:
        with closing(sqlite3.connect(journal.path)) as db, db:
            db.execute("DROP TABLE followed")
            db.execute("DROP TABLE run_cases")
            db.execute("DROP TABLE runs")
            db.execute("PRAGMA user_version = 4")
    assert kept(journal.runs) == 1
    assert len(journal.briefings.editions()) == 2
    assert len(journal.turns(1)) == 1
    assert len(journal.standing.questions()) == 1
    with closing(sqlite3.connect(journal.path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_number_that_is_none_is_not_kept(runs: Runs) -> None:
    runs.begin(PLANNED)
    with pytest.raises(LibraryError, match="no number that is none"):
        runs.add(1, 0, case("odd", scores={"retrieval.hit@1": math.nan}))
    assert runs.get(1).cases == ()


def test_a_thousand_cases_stay_small(runs: Runs) -> None:
    cases = tuple(
        case(f"q{n}", said=f"The talks of {n} are expected in Istanbul, officials said. " * 3) for n in range(1000)
    )
    run = run_of(*cases, figures=())
    begun = runs.begin(replace(run, cases=()))
    runs.end(replace(run, number=begun.number))
    assert runs.path.stat().st_size < 1_000_000
    assert len(runs.get(1).cases) == 1000
