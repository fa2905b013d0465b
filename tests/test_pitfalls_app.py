"""What must not stop the app or spoil plain output (docs/pitfalls.md): a record held by another program, no colours."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from app_driver import TALKS, ask, enter, run, running, until, words
from fixtures.commands import command

from qa.config import Config
from tui.screens.library import LibraryScreen


def test_while_another_program_holds_the_record_the_app_answers_and_takes_keys(own_seeds: Path) -> None:
    """The lock is held until the end of the test: whatever waited for it on the event loop would wait for ever."""

    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            held = sqlite3.connect(own_seeds / "catalogue.sqlite", isolation_level=None)
            held.execute("BEGIN IMMEDIATE")
            try:
                await ask(user, TALKS)
                assert "Istanbul" in words(user)
                await user.press("f4")
                await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
                await until(user, lambda: "MENAFN" in words(user), "the list")
                await user.press("delete")  # a change, which waits for the lock in its worker
                await user.press("f2")
                await enter(user, "Who is Barrot?")
                await until(user, lambda: "Foreign Minister" in words(user), "the next answer")
            finally:
                held.execute("ROLLBACK")
                held.close()
            await user.press("f4")
            await until(user, lambda: "1 article" in words(user), "the change that waited")

    run(test)


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "xterm-256color"}]
)
def test_commands_print_plain_text_whatever_the_terminal_says_of_itself(
    seeds_library: Path, environment: dict[str, str]
) -> None:
    for arguments in (("ask", TALKS), ("library", "list"), ("brief",), ("search", "Istanbul")):
        done = command(seeds_library, *arguments, **environment)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()
        assert "\x1b" not in done.stdout + done.stderr
        assert "Istanbul" in done.stdout or arguments == ("library", "list")
