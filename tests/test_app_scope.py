"""The scope of the app: what limits a question is set by a key, is in sight, and holds on every screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from test_app import TALKS, User, ask, run, running, state, until, words

from qa.config import Config
from qa.period import Period
from tui.scope import Scope
from tui.screens.desk_screen import DeskScreen

MENAFN = "MENAFN"


async def rescope(user: User, **changes: object) -> Scope:
    """Limit what is asked, as a dialog does."""
    screen = user.app.screen
    assert isinstance(screen, DeskScreen)
    scope = replace(screen.desk.scope, **changes)  # type: ignore[arg-type]
    screen.post_message(DeskScreen.Rescoped(scope))
    await until(user, lambda: screen.desk.scope == scope, "the scope")
    return scope


def test_days_sources_and_as_of_hold_for_the_next_question_and_are_in_sight(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await rescope(user, period=Period(first="2026-01-20", last="2026-01-31"))
            assert "window: 2026-01-20 to 2026-01-31" in words(user)
            await ask(user, "What did Fidan discuss with Barrot?")
            assert "(--" not in words(user)
            await rescope(user, period=Period(), sources=(MENAFN,))
            assert "only MENAFN" in words(user)
            await ask(user, TALKS)
            assert "Istanbul" in words(user)
            await rescope(user, sources=(), as_of="2026-02-01")
            assert "as of 2026-02-01" in words(user)
            await ask(user, TALKS)
            assert "left out 1 article(s) newer than 2026-02-01" in words(user)

    run(test)


def test_quotations_are_read_again_in_a_new_scope(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f5")
            await until(user, lambda: "of 2 articles" in state(user), "all quotations")
            await rescope(user, sources=(MENAFN,))
            await until(user, lambda: "of 1 article" in state(user), "those of one source")

    run(test)
