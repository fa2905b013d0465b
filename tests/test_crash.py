"""Nothing is lost: killed at any change of its files, on a disk that fills up, and with others at work, a library has
all that was acknowledged, once, and its indexes come by themselves."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crashing.bench import Bench
from crashing.shim import why_not
from crashing.steps import QUESTIONS
from qa.config import Config
from qa.engine import open_engine
from qa.errors import InputError
from qa.export import put, write_export
from qa.resources import resource_folder

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "it can be tried")

ARTICLES = resource_folder("data") / "evaluation" / "articles"
SEED = 8


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(tmp_path_factory.mktemp("crash") / "bench", ARTICLES) as made:
        made.prepare()
        yield made


def test_the_cycle_changes_files_in_every_step(bench: Bench) -> None:
    assert all(changes > 20 for changes in bench.changes.values()), bench.changes
    assert sum(bench.changes.values()) > 500


def test_a_kill_at_forty_of_the_changes_loses_nothing(bench: Bench) -> None:
    points = sorted(random.Random(SEED).sample(bench.points, 40))
    trials = list(bench.kills(points))
    assert [trial for trial in trials if trial.losses] == []
    assert sum(trial.ended == -9 for trial in trials) >= 36  # threads change how many changes there are, by a few


def test_a_disk_that_fills_up_is_an_error_and_no_loss(bench: Bench) -> None:
    trials = list(bench.full_disks(sorted(random.Random(SEED).sample(bench.points, 8))))
    assert [trial for trial in trials if trial.losses] == []
    assert {trial.ended for trial in trials} <= {0, 3}
    assert any(trial.was_hit for trial in trials)


@pytest.mark.parametrize("size", [0, 300_000])
def test_a_limit_on_the_size_of_files_is_an_error_and_no_loss(bench: Bench, size: int) -> None:
    (trial,) = bench.short_files([size])
    assert trial.losses == ()
    assert trial.ended in {0, 3}


def test_kills_at_random_moments_lose_nothing(bench: Bench) -> None:
    trials = list(bench.random_kills(SEED, 5))
    assert [trial for trial in trials if trial.losses] == []


def test_what_is_lost_is_seen(bench: Bench) -> None:
    """Each kind of thing that could be lost, taken away behind the library's back."""
    whole = bench.copied(bench.finished)
    assert bench.losses(whole) == []
    thefts = {
        "theft-courier": lambda library, engine: engine.library.catalogue.remove(["theft-courier"]),
        "turn": lambda library, engine: engine.journal.erase(1),
        "briefing": lambda library, engine: engine.journal.briefings.erase(1),
        "cases": lambda library, engine: engine.journal.runs.erase(1),
        "answer.md": lambda library, engine: (library / "exports" / "answer.md").unlink(),
        "left in the library": lambda library, engine: (library / "current.new").touch(),
    }
    for named, steal in thefts.items():
        library = bench.copied(bench.finished)
        _untold_of_the_index(library)
        with open_engine(Config(library=library, timezone="UTC")) as engine:
            steal(library, engine)
        assert any(named in loss for loss in bench.losses(library)), named


def _untold_of_the_index(library: Path) -> None:
    """Nothing was stolen from Chroma: it need not be started to see what was."""
    told = library.with_name(f"{library.name}.told")
    told.write_text("".join(line for line in told.read_text().splitlines(True) if '"index"' not in line))


def test_processes_that_work_on_one_new_library_at_once_wait_for_each_other(tmp_path: Path) -> None:
    library, files = tmp_path / "library", sorted(ARTICLES.glob("*.md"))
    command = [sys.executable, "-m", "tui", "--library", str(library)]
    halves = [[*command, "ingest", *map(str, files[n : n + 10])] for n in (0, 7, 14)]
    reading = [subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for one in halves]
    said = [process.communicate(timeout=240)[0] for process in reading]
    assert [process.returncode for process in reading] == [0, 0, 0], said
    questions = [[*command, "ask", question] for question in QUESTIONS[:3]]
    again = [[*command, "ingest", *map(str, files[:26])], *questions]
    asking = [subprocess.Popen(one, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for one in again]
    said += [process.communicate(timeout=240)[0] for process in asking]
    assert not [words for words in said if "locked" in words or "not kept" in words]
    with open_engine(Config(library=library, timezone="UTC")) as engine:
        ids = [row.article.id for row in engine.library.list()]
        assert len(ids) == len(set(ids)) == 26
        assert {row.article.version for row in engine.library.list()} == {1}
        assert engine.library.stats().waiting == 0
        assert engine.library.update_words()
        assert engine.library.words.present() == engine.library.catalogue.passage_numbers()
        assert sorted(one.title for one in engine.journal.conversations()) == sorted(QUESTIONS[:3])


def test_a_file_of_the_readers_is_never_overwritten_unasked(tmp_path: Path) -> None:
    """Also where another process writes the same file between our look and our last step."""
    (tmp_path / "taken.md").write_text("the reader's")
    (tmp_path / "draft").write_text("ours")
    with pytest.raises(InputError, match="there already"):
        put(tmp_path / "draft", tmp_path / "taken.md", overwrite=False)
    assert (tmp_path / "taken.md").read_text() == "the reader's"
    (tmp_path / ".new.md.part").write_text("of a process that was killed")
    write_export(tmp_path / "new.md", "whole")
    assert (tmp_path / "new.md").read_text() == "whole"
    assert not list(tmp_path.glob(".*.part"))
    assert (tmp_path / "new.md").stat().st_mode & 0o777 == 0o600
