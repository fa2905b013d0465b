"""Ingest in a process of its own: the same events, and an end in every case."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from qa import open_engine
from qa.apart import ingest_apart
from qa.config import Config
from qa.errors import ConfigError, NewsdeskError
from qa.resources import resource_folder
from qa.types import Cancel, IngestReport, Notice, Progress

PATIENCE = 60.0


def articles(file: Path, count: int) -> Path:
    sentence = "The council of town {n} voted on Monday to repair bridge {m} after the spring floods. "
    with file.open("w", encoding="utf-8") as out:
        for n in range(count):
            text = "".join(sentence.format(n=n, m=m) for m in range(20))
            out.write(json.dumps({"title": f"Bridges of town {n}", "date": "2026-02-03", "text": text}) + "\n")
    return file


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "qa.apart" in one.cmdline()]


def test_it_reads_what_ingest_reads(tmp_path: Path) -> None:
    config = Config(library=tmp_path / "library")
    *events, report = ingest_apart(config, [resource_folder("seeds")])
    assert isinstance(report, IngestReport)
    assert (report.complete, report.failed, report.waiting) == (True, 0, 0)
    assert {event.stage for event in events if isinstance(event, Progress)} == {"reading", "embedding"}
    with open_engine(config) as engine:
        assert engine.library.stats().articles == report.new > 0
    *_, again = ingest_apart(config, [resource_folder("seeds")])
    assert isinstance(again, IngestReport)
    assert (again.new, again.unchanged) == (0, report.new)
    assert children() == []


def test_cancelled_it_ends_with_what_it_has(tmp_path: Path) -> None:
    config, cancel = Config(library=tmp_path / "library"), Cancel()
    last: object = None
    for last in ingest_apart(config, [articles(tmp_path / "many.jsonl", 60)], cancel=cancel):
        if isinstance(last, Progress) and last.stage == "embedding":
            cancel.cancel()
    assert isinstance(last, IngestReport)
    assert not last.complete
    assert children() == []
    with open_engine(config) as engine:
        assert engine.library.stats().articles == 60


def test_one_that_was_cancelled_before_it_began_reads_nothing(tmp_path: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    *_, report = ingest_apart(Config(library=tmp_path / "library"), [resource_folder("seeds")], cancel=cancel)
    assert isinstance(report, IngestReport)
    assert (report.complete, report.new) == (False, 0)


def test_a_child_that_dies_is_told_and_what_it_recorded_is_kept(tmp_path: Path) -> None:
    config = Config(library=tmp_path / "library")
    events = ingest_apart(config, [articles(tmp_path / "many.jsonl", 60)])
    while not (isinstance(event := next(events), Progress) and event.stage == "embedding"):
        pass
    (child,) = children()
    child.send_signal(signal.SIGKILL)
    with pytest.raises(NewsdeskError, match="ended by SIGKILL") as told:
        list(events)
    assert "kept" in told.value.hint
    with open_engine(config) as engine:
        assert engine.library.stats().articles == 60


def test_a_panic_in_the_child_is_told_with_its_last_words(tmp_path: Path) -> None:
    config = Config(library=str(tmp_path / "library"))  # type: ignore[arg-type]  # a fault of ours
    with pytest.raises(NewsdeskError, match="AttributeError"):
        list(ingest_apart(config, [resource_folder("seeds")]))


def test_an_error_of_ingest_comes_as_itself(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NewsdeskError, match="is a file, not a folder") as told:
        list(ingest_apart(Config(library=tmp_path / "file"), [resource_folder("seeds")]))
    assert told.value.hint
    config = Config(library=tmp_path / "library", embedder="m", embedder_url="http://127.0.0.1:9/v1")
    events = list(ingest_apart(config, [resource_folder("seeds")], withheld={"embedder"}))
    assert any(isinstance(event, Notice) and "nothing is sent to 127.0.0.1:9" in event.text for event in events)
    assert not issubclass(type(told.value), ConfigError)


def test_the_child_ends_when_its_parent_dies(tmp_path: Path) -> None:
    file = articles(tmp_path / "many.jsonl", 2_000)
    code = (
        "import sys; from pathlib import Path; from qa.apart import ingest_apart; from qa.config import Config\n"
        "for event in ingest_apart(Config(library=Path(sys.argv[1])), [Path(sys.argv[2])]): print(event, flush=True)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "library"), str(file)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    assert "reading" in parent.stdout.readline()
    (child,) = psutil.Process(parent.pid).children()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
