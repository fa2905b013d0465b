"""Workers that die, of anything: every screen stops waiting, says what happened, and goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_driver import PATIENCE, TALKS, add, ask, make_library, run, running, state, until, words, write_many
from textual.widgets import ProgressBar

from qa.config import Config
from qa.resources import resource_folder
from qa.types import Cancel, Progress
from tui.screens.desk_screen import DeskScreen
from tui.screens.inspector import InspectorScreen
from tui.screens.library import LibraryScreen
from tui.screens.sources import SourcesDialog
from tui.screens.window import WindowDialog
from tui.widgets.status_line import StatusLine


class Panic(BaseException):
    """Like the panic of a Rust extension: no Exception."""


def dies(cancel: Cancel) -> Iterator[object]:
    """A verb that gets somewhere and dies."""
    yield Progress("embedding", 1, 3)
    raise Panic("index out of bounds")


@pytest.mark.parametrize(
    ("keys", "kinds"),
    [
        (("f3",), ("briefing", "days", "change briefings", "open", "export")),
        (("f4",), ("list", "change", "edit", "problems")),
        (("f5",), ("quotes",)),
        (("f5", "slash"), ("quotes",)),
        (("f6",), ("conversations",)),
        (("f2",), ("resume", "older", "around")),
        (("f4", "f3", "f4"), ("page",)),
    ],
)
def test_a_worker_of_a_screen_that_dies_is_told_there(
    seeds_library: Path, keys: tuple[str, ...], kinds: tuple[str, ...]
) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press(*keys)
            screen, desk = user.app.screen, user.app.desk
            assert isinstance(screen, DeskScreen)
            for kind in kinds:
                await until(user, lambda: all(work.over for work in list(desk._works.values())), "nothing is at work")
                desk.begin(screen, kind, dies)
                told = f"✗ {kind} failed: Panic: index out of bounds"
                await until(user, lambda told=told: told in words(user), "what happened")
                assert "report it" in state(user)
                assert desk.running(kind) is None
            await user.press("f2")
            await ask(user, TALKS)

    run(test)


def test_a_search_and_an_inspection_that_die_are_told(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await user.press("i")
            await until(user, lambda: isinstance(user.app.screen, InspectorScreen), "the inspector")
            for kind in ("look up", user.app.screen.kind):
                user.app.desk.begin(user.app.screen, kind, dies)
                await until(user, lambda kind=kind: f"✗ {kind} failed: Panic" in words(user), kind)
            await user.press("escape", "slash")
            await until(user, lambda: getattr(user.app.screen, "kind", "") == "search", "the search")
            user.app.screen.run_verb(dies)
            await until(user, lambda: "✗ search failed: Panic" in words(user), "what happened")

    run(test)


@pytest.mark.parametrize(("key", "dialog", "kind"), [("w", WindowDialog, "count"), ("s", SourcesDialog, "sources")])
def test_a_dialog_whose_worker_dies_says_so_and_can_be_left(
    seeds_library: Path, key: str, dialog: type, kind: str
) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f4", key)
            await until(user, lambda: isinstance(user.app.screen, dialog), "the dialog")
            user.app.desk.begin(user.app.screen, kind, dies)
            await until(user, lambda: f"{kind} failed: Panic" in words(user), "what happened")
            await user.press("escape")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the dialog is left")

    run(test)


def test_an_ingest_that_dies_takes_its_bar_along_and_leaves_the_rest_unread(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    write_many(many, 5)

    async def test() -> None:
        async with running(Config(library=make_library(tmp_path / "library", resource_folder("seeds")))) as user:
            await user.press("f4")
            screen = user.app.screen
            assert isinstance(screen, LibraryScreen)
            goes_on = threading.Event()

            def until_told(cancel: Cancel) -> Iterator[object]:
                yield Progress("embedding", 1, 3)
                goes_on.wait(PATIENCE)
                raise Panic("index out of bounds")

            screen.read(until_told)
            await until(user, lambda: screen.query_one(ProgressBar).display, "the bar")
            await add(user, many)
            goes_on.set()
            await until(user, lambda: "✗ ingest failed: Panic" in words(user), "what happened")
            await until(user, lambda: "1 more that waited: not read" in words(user), "what was not read")
            await until(user, lambda: not screen.query_one(ProgressBar).display, "no bar")
            assert not screen.query_one(StatusLine).state.startswith("reading")
            await add(user, many)
            await until(user, lambda: "5 new" in state(user), "added again")

    run(test)
