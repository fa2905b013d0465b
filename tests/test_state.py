"""What the app remembers: written whole, read with suspicion, shared by all processes of a reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from qa.config import Config
from qa.errors import NewsdeskError
from qa.types import Cancel
from tui.desk import Desk
from tui.state import MOST_LIBRARIES, Change, Remembered, State, state_folder
from tui.work import Owner


def kept(state: State, change: Change) -> Remembered:
    (remembered,) = state.keep(change, Cancel())
    return remembered


def test_what_was_kept_is_read_again_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    state = State(tmp_path / "a" / "b")
    assert state.read() == Remembered()
    kept(state, lambda was: replace(was, theme="nord"))
    assert kept(state, lambda was: was.opened(Path("/news\udcff"))).theme == "nord"
    assert State(tmp_path / "a" / "b").read() == Remembered(theme="nord", libraries=("/news\udcff",))
    (file,) = (tmp_path / "a" / "b").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_the_folder_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSDESK_STATE_DIR", str(tmp_path))
    assert State().folder == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NEWSDESK_STATE_DIR", "~/mine")
    assert state_folder() == tmp_path / "mine"
    monkeypatch.delenv("NEWSDESK_STATE_DIR")
    assert state_folder().name == "newsdesk"


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b'{"theme": "nor',
        b"[" * 100_000,
        b"null",
        b'["theme"]',
        b'{"theme": 5, "libraries": "/news", "without_model": {"/news": 1}}',
        json.dumps({"theme": "x" * 5_000, "libraries": [1, "", None, ["/a"]], "api_key": "sk"}).encode(),
    ],
)
def test_damaged_and_foreign_content_counts_as_never_chosen(tmp_path: Path, damage: bytes) -> None:
    state = State(tmp_path)
    (tmp_path / "app.json").write_bytes(damage)
    assert state.read() == Remembered()
    kept(state, lambda was: replace(was, chart="week"))
    assert state.read() == Remembered(chart="week")
    assert "api_key" not in (tmp_path / "app.json").read_text()


def test_the_good_parts_of_a_file_are_read(tmp_path: Path) -> None:
    raw = {"theme": "nord", "libraries": ["/a", 7, "/b"], "from a later version": True}
    (tmp_path / "app.json").write_text(json.dumps(raw))
    assert State(tmp_path).read() == Remembered(theme="nord", libraries=("/a", "/b"))


def test_changes_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    def add(n: int) -> None:
        kept(State(tmp_path), lambda was: was.allowed(Path(f"/{n}"), model=False))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert set(State(tmp_path).read().without_model) == {f"/{n}" for n in range(40)}


def test_the_last_library_is_the_first_and_the_oldest_are_forgotten() -> None:
    remembered = Remembered()
    for n in range(MOST_LIBRARIES + 5):
        remembered = remembered.opened(Path(f"/{n}"))
    remembered = remembered.opened(Path("/20"))
    assert remembered.libraries[:2] == ("/20", f"/{MOST_LIBRARIES + 4}")
    assert len(remembered.libraries) == len(set(remembered.libraries)) == MOST_LIBRARIES


def test_a_model_is_allowed_again() -> None:
    declined = Remembered().allowed(Path("/a"), model=False).allowed(Path("/a"), model=False)
    assert declined.without_model == ("/a",)
    assert declined.allowed(Path("/a"), model=True) == Remembered()


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NewsdeskError, match="cannot be written") as error:
        kept(State(tmp_path / "file" / "x"), lambda was: was)
    assert "NEWSDESK_STATE_DIR" in error.value.hint


class _Idle:
    """Whose workers run when they are told to."""

    def __init__(self) -> None:
        self.workers: list[Callable[[], None]] = []

    def run_worker(self, worker: Callable[[], None], **options: object) -> None:
        self.workers.append(worker)

    def post_message(self, message: object) -> None:
        pass


def test_the_last_choice_stays_whichever_worker_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NEWSDESK_STATE_DIR", str(tmp_path))
    desk, owner = Desk(Config(library=tmp_path / "library")), _Idle()
    for theme in ("textual-light", "newsdesk-dark", "newsdesk-light"):
        desk.remember(cast(Owner, owner), lambda was, theme=theme: replace(was, theme=theme))  # type: ignore[misc]
    for work in reversed(owner.workers):
        work()
    assert State(tmp_path).read().theme == "newsdesk-light" == desk.remembered.theme
