"""Faults are written down where they can be reported from: all of where, and not a word of an article or a key."""

from __future__ import annotations

import argparse
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import NoReturn

import pytest
from fixtures.commands import command

from qa.cli import main
from qa.errors import ExitCode
from qa.faultlog import FILE, KEPT, MOST_BYTES, entry, log_file, write_down

WHEN = datetime(2026, 2, 5, 12, 0, tzinfo=UTC)
SECRET = "sk-planted-7Q4xVb2ZpL9"
WORDS = "The harbour of Aldmere reopened"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_LOG_DIR", str(tmp_path / "log"))
    return tmp_path / "log"


def failing(told: str, key: str) -> NoReturn:
    article = {told: key}
    try:
        try:
            Path(f"/nowhere/{told}/{key}").read_text()
        except OSError:
            article[f"not {told}"]
    except KeyError as error:
        raise ValueError(f"{told}: {key}", article) from error
    raise AssertionError


def fault(told: str = WORDS, key: str = SECRET) -> Exception:
    try:
        failing(told, key)
    except ValueError as error:
        return error


def test_an_entry_says_where_it_was_and_quotes_nothing() -> None:
    told = entry(fault(), "ask", WHEN)
    assert told.startswith("2026-02-05T12:00:00+00:00 newsdesk ")
    assert "ValueError\n" in told
    assert "because of KeyError\n" in told
    assert "because of FileNotFoundError: ENOENT\n" in told
    assert 'in failing: article[f"not {told}"]' in told
    for hidden in (SECRET, "Aldmere", "harbour", str(Path(__file__).parent)):
        assert hidden not in told


def test_a_name_of_the_code_is_told_and_nothing_that_only_looks_like_one() -> None:
    for error, line in (
        (AttributeError("x", name="published", obj=WORDS), "AttributeError: published\n"),
        (AttributeError("x", name=WORDS), "AttributeError\n"),
        (AttributeError("x", name="a" * 1_000), "AttributeError\n"),
        (ImportError(WORDS, name="onnxruntime.capi"), "ImportError: onnxruntime.capi\n"),
        (NameError(WORDS, name="wörter"), "NameError\n"),
        (OSError(28, WORDS, SECRET), "OSError: ENOSPC\n"),
        (OSError(WORDS), "OSError\n"),
    ):
        assert entry(error, "ask", WHEN).split("\n", 2)[2] == line


def test_a_recursion_without_end_and_errors_in_a_ring_are_told_in_few_lines() -> None:
    def deep(n: int) -> int:
        return deep(n + 1)

    with pytest.raises(RecursionError) as endless:
        deep(0)
    told = entry(endless.value, "ask", WHEN)
    assert " more)\n" in told
    assert len(told.splitlines()) < 50
    one, two = ValueError(), KeyError()
    one.__context__, two.__context__ = two, one
    assert entry(one, "ask", WHEN).endswith("\nValueError\nbecause of KeyError\n")


def test_it_is_its_owners_alone_and_rotates(folder: Path) -> None:
    os.umask(os.umask(0))
    told = fault()
    for _ in range(5 * MOST_BYTES // len(entry(told, "ask", WHEN)) + 5):
        assert write_down(told, "ask", WHEN) == folder / FILE
    write_down(told, "the last", WHEN)
    files = sorted(path.name for path in folder.iterdir())
    assert files == [FILE, *(f"{FILE}.{n}" for n in range(1, KEPT + 1))]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.stat().st_size <= MOST_BYTES
    assert " the last\n" in (folder / FILE).read_text()


def test_many_write_at_once_and_no_entry_is_torn(folder: Path) -> None:
    told = fault()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_down(told, f"work-{n:03}", WHEN), range(200)))
    entries = (folder / FILE).read_text().strip().split("\n\n")
    assert sorted(one.split()[-1] for text in entries for one in [text.splitlines()[0]]) == [
        f"work-{n:03}" for n in range(200)
    ]
    assert {text.partition("\n")[2] for text in entries} == {entries[0].partition("\n")[2]}


def test_a_link_in_its_place_is_not_followed_and_a_folder_that_cannot_be_is_no_error(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").write_text("mine")
    folder.mkdir()
    (folder / FILE).symlink_to(tmp_path / "mine")
    assert write_down(fault(), "ask") is None
    assert (tmp_path / "mine").read_text() == "mine"
    monkeypatch.setenv("NEWSDESK_LOG_DIR", str(tmp_path / "mine" / "log"))
    assert write_down(fault(), "ask") is None
    monkeypatch.setenv("NEWSDESK_LOG_DIR", "/proc/nowhere")
    assert write_down(fault(), "ask") is None


def faulty(options: argparse.Namespace) -> NoReturn:
    raise fault()


@pytest.mark.parametrize("as_json", [False, True])
def test_a_command_that_meets_a_fault_says_where_it_is_written(folder: Path, as_json: bool) -> None:
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["config", *["--json"][: int(as_json)]], {"config": faulty})
    assert code == ExitCode.INTERNAL
    told = json.loads(out.getvalue())["error"]["hint"] if as_json else err.getvalue()
    assert str(log_file()) in told
    assert "Traceback" not in told
    assert " config\n" in (folder / FILE).read_text()


def test_the_doctor_says_where_faults_are_written_and_when_the_last_was(folder: Path, seeds_library: Path) -> None:
    assert f"ok  faults: none was written down in {folder}\n" in command(seeds_library, "doctor").stdout
    assert main(["config"], {"config": faulty}) == ExitCode.INTERNAL
    told = command(seeds_library, "doctor", "--json")
    (check,) = [one for one in json.loads(told.stdout)["checks"] if one["name"] == "faults"]
    assert check["fine"]
    assert datetime.now(UTC).date().isoformat() in check["says"]
    assert str(folder / FILE) in check["says"]


def test_where_nothing_can_be_written_the_command_says_what_it_always_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").touch()
    monkeypatch.setenv("NEWSDESK_LOG_DIR", str(tmp_path / "taken"))
    err = StringIO()
    with redirect_stderr(err):
        assert main(["config"], {"config": faulty}) == ExitCode.INTERNAL
    assert "report the line above.\n" in err.getvalue()
