"""The scope of the app: what limits a question is set by a key, is in sight, and holds on every screen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from app_driver import (
    TALKS,
    User,
    ask,
    make_library,
    offered,
    run,
    running,
    screen_text,
    state,
    until,
    words,
)
from fake_llm import FakeLLM, Reply
from textual.command import CommandList
from textual.geometry import Offset
from textual.widgets import Input

from qa import open_engine
from qa.config import Config
from qa.engine import Engine
from qa.errors import LibraryError
from qa.library import record
from qa.period import Period
from qa.types import Cancel
from tui.desk import Opened
from tui.scope import Scope
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.desk_screen import DeskScreen
from tui.screens.dialog import ScopeDialog
from tui.screens.libraries import LibraryChoice
from tui.screens.window import WindowDialog
from tui.state import State
from tui.widgets.article_table import ArticleTable
from tui.widgets.question_box import QuestionBox
from tui.widgets.scope_line import Part, ScopeLine
from tui.work import Work

MENAFN = "MENAFN"
LAST_WEEK = "What did Fidan discuss with Barrot last week?"


def scope_of(user: User) -> Scope:
    screen = user.app.screen
    assert isinstance(screen, DeskScreen | ScopeDialog)
    return screen.desk.scope


async def rescope(user: User, **changes: object) -> Scope:
    """Limit what is asked, as a dialog does."""
    screen = user.app.screen
    assert isinstance(screen, DeskScreen)
    scope = replace(screen.desk.scope, **changes)  # type: ignore[arg-type]
    screen.post_message(DeskScreen.Rescoped(scope))
    await until(user, lambda: screen.desk.scope == scope, "the scope")
    return scope


async def dialog(user: User, key: str) -> None:
    """Open a dialog by its key, from the scope line."""
    line = user.app.screen.query_one(ScopeLine)
    if not line.has_focus:
        await user.press("ctrl+s")
    await user.press(key)
    await until(user, lambda: isinstance(user.app.screen, ScopeDialog), f"the dialog of {key}")


async def typed(user: User, text: str) -> None:
    field = user.app.screen.query_one("#typed", Input)
    field.focus()
    field.value = text
    await user.pause()


async def closed(user: User) -> None:
    await until(user, lambda: not isinstance(user.app.screen, ScopeDialog), "the dialog is gone")


def line_of(user: User) -> str:
    """What the scope line says, whatever its line breaks."""
    line = user.app.screen.query_one(ScopeLine)
    rows = screen_text(user).splitlines()[: line.size.height]
    return " ".join(" ".join(rows).split())


# the scope


def test_days_sources_and_as_of_hold_for_the_next_question_and_are_in_sight(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await rescope(user, period=Period(first="2026-01-20", last="2026-01-31"))
            assert "window: 2026-01-20 to 2026-01-31" in line_of(user)
            await ask(user, "What did Fidan discuss with Barrot?")
            assert "(--" not in words(user)
            await rescope(user, period=Period(), sources=(MENAFN,))
            assert "only MENAFN" in line_of(user)
            await ask(user, TALKS)
            assert "Istanbul" in words(user)
            await rescope(user, sources=(), as_of="2026-02-01")
            assert "as of 2026-02-01" in line_of(user)
            await ask(user, TALKS)
            assert "left out 1 article(s) newer than 2026-02-01" in words(user)

    run(test)


def test_a_story_limits_questions_and_quotations_until_it_is_left(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            engine = user.app.desk.engine
            assert engine is not None
            (older,) = (row.article for row in engine.library.list() if row.article.source != MENAFN)
            story = scope_of(user).on_story("[@click=app.quit]Fidan[/] in Paris", (older.id,))
            user.app.screen.post_message(DeskScreen.Rescoped(story))
            await until(user, lambda: "story: [@click=app.quit]Fidan[/] in Paris" in line_of(user), "the story")
            answer = await ask(user, "What did Fidan say about the talks?")
            cited = {one.article_id for claim in answer.items for one in getattr(claim, "citations", ())}
            assert cited <= {older.id}
            await user.press("f5")
            await until(user, lambda: "of 1 article" in state(user), "quotations of the story")
            await user.press("f3")
            await until(user, lambda: isinstance(user.app.screen, BriefingScreen), "the briefing")
            assert "story:" not in line_of(user)
            await user.press("f2", "ctrl+s")
            line = user.app.screen.query_one(ScopeLine)
            while line.parts[line.at].name != "story":
                await user.press("right")
            await user.press("enter")
            await until(user, lambda: not scope_of(user).articles, "the story is left")
            assert "story:" not in line_of(user)

    run(test)


def test_a_follow_up_takes_the_scope_along_until_the_reader_sets_another(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds), as_of=None, journal=True) as user:
            screen = user.app.screen
            assert isinstance(screen, AskScreen)
            await ask(user, "What did Fidan discuss with Barrot in January 2026?")
            await ask(user, "and what did he say about Gaza?")
            assert screen.turns[-1].answer.query.window.why == "as before: in January 2026"
            await rescope(user, as_of="2026-02-05")
            await ask(user, "and what did he say about NATO?")
            query = screen.turns[-1].answer.query
            assert (query.window.is_open, str(query.as_of), query.as_of_given) == (True, "2026-02-05", True)
            await rescope(user, as_of=None)
            await ask(user, "and what did he say about Syria?")
            assert not screen.turns[-1].answer.query.as_of_given

    run(test)


def test_quotations_are_read_again_in_a_new_scope(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f5")
            await until(user, lambda: "of 2 articles" in state(user), "all quotations")
            await rescope(user, sources=(MENAFN,))
            await until(user, lambda: "of 1 article" in state(user), "those of one source")

    run(test)


# the line


def test_the_arrows_go_along_the_line_and_escape_goes_back(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(80, 24)) as user:
            question, line = user.app.screen.query_one("#question"), user.app.screen.query_one(ScopeLine)
            assert question.has_focus
            await user.press("ctrl+s")
            assert line.has_focus
            names = [part.name for part in line.parts]
            assert names == ["library", "library", "window", "as_of", "sources", "mode"]
            await user.press("right", "l")
            assert line.at == 2
            await user.press("h", "left", "left")
            assert line.at == len(names) - 1
            await user.press("up")
            assert line.at < 4
            await user.press("down")
            assert line.at >= 3
            await user.press("escape")
            assert question.has_focus
            await user.press("ctrl+s", "ctrl+s")
            assert question.has_focus

    run(test)


def test_every_part_has_a_dialog_a_key_away_that_escape_leaves(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(40, 12)) as user:
            before = scope_of(user)
            for key in "wdsmb":
                await dialog(user, key)
                (box,) = user.app.screen.query("#dialog")
                assert user.app.screen.region.contains_region(box.region)
                assert user.app.screen.query_one("#choices").size.height >= 2
                await user.press("escape")
                await closed(user)
                assert scope_of(user) == before
                assert user.app.screen.query_one(ScopeLine).has_focus

    run(test)


def test_a_click_on_a_part_opens_its_dialog(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(100, 30)) as user:
            row = next(n for n, line in enumerate(screen_text(user).splitlines()) if "window: all days" in line)
            column = screen_text(user).splitlines()[row].index("window:")
            await user.click(offset=Offset(column + 2, row))
            await until(user, lambda: isinstance(user.app.screen, WindowDialog), "the windows")

    run(test)


@pytest.mark.parametrize(("size", "most"), [((40, 12), 4), ((60, 20), 3), ((80, 24), 2), ((200, 60), 2)])
def test_the_line_takes_few_lines_at_every_width(seeds_library: Path, size: tuple[int, int], most: int) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=size) as user:
            await rescope(user, period=Period(first="2026-01-20", last="2026-01-31"), sources=("A" * 60, "漢字" * 30))
            line = user.app.screen.query_one(ScopeLine)
            assert line.size.height <= most
            said = line_of(user)
            for part in ("2 articles", "2026-01-20 to 2026-01-31", "as of 2026-02-05", "2 sources", "nothing"):
                assert part in said

    run(test)


def test_what_leaves_is_never_cut(seeds_library: Path) -> None:
    async def test() -> None:
        config = Config(library=seeds_library, model="m" * 50, base_url="https://llm.example.org/v1")
        async with running(config, size=(40, 24)) as user:
            line = user.app.screen.query_one(ScopeLine)
            assert line.parts[0].leaves
            assert "llm.example.org" in line_of(user).replace(" ", "")
            line.describe([Part("library", ("x" * 100,)), Part("window", ("all days",))])
            await user.pause()
            assert "…" in line_of(user)

    run(test)


# the dialogs


def test_a_window_is_typed_counted_and_taken(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await dialog(user, "w")
            await until(user, lambda: "all days · 2 articles" in words(user), "the counts")
            await typed(user, "last we")
            assert "no day and no window" in words(user)
            await user.press("enter")
            assert isinstance(user.app.screen, WindowDialog)
            await typed(user, "last week")
            await until(user, lambda: "2026-01-26 to 2026-02-01 · 1 article" in words(user), "the count")
            await user.press("enter")
            await closed(user)
            await until(user, lambda: "window: 2026-01-26 to 2026-02-01" in line_of(user), "the window")
            await ask(user, TALKS)
            assert "searched" in words(user).casefold()
            await dialog(user, "w")
            await user.press("enter")  # nothing typed: the row under the cursor, all days
            await until(user, lambda: scope_of(user).period == Period(), "all days")

    run(test)


def test_a_window_is_chosen_from_the_list(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await dialog(user, "w")
            await user.press("down", "down", "enter")
            await until(user, lambda: scope_of(user).period == Period(day="2026-02-04"), "the newest day")
            assert "window: 2026-02-04" in line_of(user)

    run(test)


def test_the_window_of_words_is_dropped_in_its_dialog(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, LAST_WEEK)
            assert "window: 2026-01-26 to 2026-02-01 (last week)" in line_of(user)
            await user.press("w")
            await until(user, lambda: "drop “last week”" in words(user), "the offer")
            await user.press("enter")
            await until(user, lambda: "window: all days" in line_of(user) and "index:" in state(user), "an answer")

    run(test)


def test_an_as_of_day_is_typed_refused_and_reset(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), as_of=None) as user:
            await dialog(user, "d")
            await typed(user, "2999-01-01")
            await user.press("enter")
            assert "still to come" in words(user)
            await typed(user, "2026-02-01")
            await user.press("enter")
            await until(user, lambda: "as of 2026-02-01" in line_of(user), "the day")
            await dialog(user, "d")
            assert "now: 2026-02-01" in words(user)
            await typed(user, "today")
            await user.press("enter")
            await until(user, lambda: scope_of(user).as_of is None, "today")
            assert "(today)" in line_of(user)
            await dialog(user, "d")
            await user.press("down", "down", "enter")
            await until(user, lambda: scope_of(user).as_of is not None, "yesterday")

    run(test)


def test_sources_are_narrowed_marked_and_taken(tmp_path: Path) -> None:
    lines = [
        json.dumps({"title": f"T{n}", "date": "2026-02-03", "source": source, "text": f"Word {n}."})
        for n, source in enumerate(["Herald", "Gazette", "Herald", "Agency"])
    ]
    (tmp_path / "three.jsonl").write_text("\n".join(lines), encoding="utf-8")
    library = make_library(tmp_path / "library", tmp_path / "three.jsonl")

    async def test() -> None:
        async with running(Config(library=library)) as user:
            await dialog(user, "s")
            await until(user, lambda: "□ Herald 2" in words(user), "the sources")
            await typed(user, "GAZ")
            await user.press("enter")
            await until(user, lambda: scope_of(user).sources == ("Gazette",), "one source")
            await dialog(user, "s")
            await until(
                user,
                lambda: words(user).find("■ Gazette 1") in range(words(user).find("□ Herald")),
                "the mark, at the top",
            )
            await user.press("down", "down", "down", "space")
            assert "marked: Gazette, Herald" in words(user)
            await user.press("space", "down", "space", "enter")
            await until(user, lambda: scope_of(user).sources == ("Agency", "Gazette"), "both")
            await dialog(user, "s")
            await until(user, lambda: "marked:" in words(user), "the sources")
            await user.press("down", "enter")
            await until(user, lambda: scope_of(user).sources == (), "all of them")

    run(test)


def test_thousands_of_sources_are_listed_and_narrowed(tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    hostile = "\x1b]52;c;x\x07[@click=app.quit]Agency[/]"
    lines = [
        json.dumps({"title": f"T{n}", "date": "2026-02-03", "source": f"Paper {n}", "text": f"Word {n}."})
        for n in range(2_500)
    ]
    lines.append(json.dumps({"title": "T", "date": "2026-02-03", "source": hostile, "text": "A word."}))
    file.write_text("\n".join(lines), encoding="utf-8")
    library = make_library(tmp_path / "library", file, words_only=True)

    async def test() -> None:
        async with running(Config(library=library)) as user:
            await dialog(user, "s")
            await until(user, lambda: "2,501 sources" in words(user), "the sources")
            assert "type to find the others" in words(user)
            await typed(user, "paper 2499")
            await until(user, lambda: "1 source" in words(user), "one of them")
            await user.press("down", "space")
            await typed(user, "click=app")
            assert "[@click=app.quit]Agency[/]" in words(user)
            assert "\x1b" not in screen_text(user)
            await user.press("enter")
            await until(user, lambda: len(scope_of(user).sources) == 2, "both")

    run(test)


# who writes


def test_without_a_model_the_dialog_says_how_to_have_one(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await dialog(user, "m")
            assert "No model is configured" in words(user)
            assert "NEWSDESK_MODEL" in words(user)
            await user.press("enter")
            await closed(user)

    run(test)


def test_a_model_is_done_without_and_taken_again(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            server.default = lambda _: Reply(["The talks are expected in Istanbul [1]."])
            config = Config(library=seeds_library, model="test", base_url=server.url)
            async with running(config) as user:
                await dialog(user, "m")
                assert "on this machine" in words(user)
                assert "now: the model" in words(user)
                await user.press("down", "enter")
                await until(user, lambda: "extractive: nothing leaves this machine" in line_of(user), "quoting")
                await ask(user, TALKS)
                assert not server.requests
                assert State().read().without_model == ()
                await dialog(user, "m")
                assert "now: no model" in words(user)
                await user.press("up", "enter")
                await until(user, lambda: "test at 127.0.0.1" in line_of(user), "the model")
                await ask(user, TALKS)
                assert server.requests

    run(test)


def test_no_model_for_this_library_is_remembered_and_nothing_elsewhere_is_asked_about(own_seeds: Path) -> None:
    async def test() -> None:
        config = Config(library=own_seeds, model="m", base_url="http://llm.example/v1")
        async with running(config) as user:
            await dialog(user, "m")
            assert "NOT encrypted" in words(user)
            await user.press("end", "enter")
            await closed(user)
            await until(user, lambda: State().read().without_model == (str(own_seeds.resolve()),), "it is written")
        async with running(config) as user:
            assert "extractive: nothing leaves this machine" in line_of(user)
            await ask(user, TALKS)  # no question about sending stands between
            await dialog(user, "m")
            assert "now: no model for this library" in words(user)
            await user.press("home", "enter")
            await until(user, lambda: State().read().without_model == (), "the model is allowed again")
            assert "asks before sending to m at llm.example" in line_of(user)
        named = replace(config, origins={"model": "--model"})
        assert list(State().keep(lambda was: was.allowed(own_seeds.resolve(), model=False), Cancel()))
        async with running(named) as user:
            assert "asks before sending" in line_of(user)

    run(test)


# libraries


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another library, of one article."""
    file = tmp_path / "other.jsonl"
    article = {"title": "Ferry runs again", "date": "2026-02-03", "source": "Harbour", "text": "The ferry runs again."}
    file.write_text(json.dumps(article), encoding="utf-8")
    return make_library(tmp_path / "ferries", file)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Path) -> Iterator[Path]:
    """Settings that name the other library, which no model may see, though the environment names one."""
    folder = tmp_path / "settings"
    folder.mkdir()
    (folder / "config.toml").write_text(f'[libraries.Ferries]\npath = "{other}"\nmodel = "none"\n')
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(folder))
    monkeypatch.setenv("NEWSDESK_MODEL", "m")
    monkeypatch.setenv("NEWSDESK_BASE_URL", "http://llm.example/v1")
    monkeypatch.setenv("NEWSDESK_JOURNAL", "false")
    return folder


async def turned_to(user: User, said: str) -> None:
    await until(user, lambda: isinstance(user.app.screen, AskScreen) and said in line_of(user), "the other library")


def test_another_library_is_chosen_by_name_with_settings_of_its_own(
    seeds_library: Path, settings: Path, other: Path
) -> None:
    async def test() -> None:
        libraries = (("Ferries", other),)
        config = Config(library=seeds_library, model="m", base_url="http://llm.example/v1", libraries=libraries)
        async with running(config) as user:
            before = user.app.desk.engine
            await user.press("f5")
            await until(user, lambda: "of 2 articles" in state(user), "quotations of the first")
            await rescope(user, sources=(MENAFN,))
            await dialog(user, "b")
            await typed(user, "ferr")
            await user.press("enter")
            await turned_to(user, "Ferries │ 1 article")
            assert "extractive: nothing leaves this machine" in line_of(user)
            assert "all sources" in line_of(user)
            assert user.app.desk.engine is not before
            await until(user, lambda: user.app.desk.running("close library") is None, "the first is closed")
            await ask(user, "What runs again?")
            assert "ferry" in words(user)
            await user.press("f5")
            await until(user, lambda: "of 1 article" in state(user), "quotations of the other")
            await dialog(user, "m")
            assert "No model for this library" in words(user)
            await user.press("escape")
            await closed(user)
            await until(
                user,
                lambda: State().read().libraries == (str(other.resolve()), str(seeds_library.resolve())),
                "it is remembered",
            )

    run(test)


def test_a_library_of_the_settings_is_in_the_palette(seeds_library: Path, settings: Path, other: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library, libraries=(("Ferries", other),))) as user:
            await user.press("ctrl+p", *"Ferries")
            options = user.app.screen.query_one(CommandList)
            await until(user, lambda: options.option_count == 1, "what the palette found")
            await user.press("enter")
            await turned_to(user, "Ferries │ 1 article")

    run(test)


def test_a_folder_that_is_typed_is_opened_or_made_and_a_wrong_one_is_refused(own_seeds: Path, tmp_path: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            await dialog(user, "b")
            await typed(user, str(tmp_path / "none"))
            assert "make a new library in" in words(user)
            await user.press("enter")
            await until(user, lambda: "✗ there is no library" in words(user), "the refusal")
            assert "2 articles" in line_of(user)
            await ask(user, TALKS)
            await dialog(user, "b")
            await typed(user, str(tmp_path / "none"))
            await user.press("down", "down", "enter")
            await turned_to(user, "none │ no articles yet")
            assert "has no articles yet" in words(user)

    run(test)


def test_what_was_removed_just_before_turning_to_another_library_is_removed(own_seeds: Path, other: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            await user.press("f4")
            await until(user, lambda: user.app.screen.query_one(ArticleTable).total == 2, "the list")
            with closing(sqlite3.connect(own_seeds / "catalogue.sqlite", isolation_level=None)) as writer:
                writer.execute("BEGIN IMMEDIATE")  # the first removal waits, and the second for it
                await user.press("delete", "delete")
                user.app.screen.post_message(DeskScreen.LibraryChosen(LibraryChoice(str(other))))
                await turned_to(user, "1 article")
                writer.execute("COMMIT")
            await until(user, lambda: user.app.desk.running("close library") is None, "the first is closed")

    run(test)
    with open_engine(Config(library=own_seeds)) as engine:
        assert not engine.library.list()


def test_leaving_waits_a_moment_for_another_program_that_writes_and_no_longer(
    own_seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record, "_BUSY_MS", 600_000)

    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            await user.press("f4")
            await until(user, lambda: user.app.screen.query_one(ArticleTable).total == 2, "the list")
            writer.execute("BEGIN IMMEDIATE")
            await user.press("delete")
            await until(user, lambda: user.app.desk.running("change") is not None, "the removal")
            await user.press("ctrl+q")

    with closing(sqlite3.connect(own_seeds / "catalogue.sqlite", isolation_level=None)) as writer:
        run(test)
        writer.execute("COMMIT")
    with open_engine(Config(library=own_seeds)) as engine:
        assert len(engine.library.list()) == 2


def test_a_library_that_was_opened_too_late_is_closed_again(own_seeds: Path, other: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            shown, late = user.app.desk.engine, open_engine(Config(library=other))
            replaced = Work(user.app, "another library", lambda cancel: iter(()))
            user.app.post_message(Work.Told(replaced, Opened(Config(library=other), late, other)))
            await until(user, lambda: _is_closed(late), "it is closed")
            assert user.app.desk.engine is shown

    run(test)


def test_a_question_that_comes_when_another_library_is_shown_goes_with_its_screen(own_seeds: Path, other: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            box = user.app.screen.query_one(QuestionBox)
            work = user.app.desk.begin(user.app, "another library", lambda cancel: iter(()))
            opened = Opened(Config(library=other), open_engine(Config(library=other)), other)
            user.app.post_message(Work.Told(work, opened))
            user.app.screen.post_message(QuestionBox.Submitted(box, LAST_WEEK))  # heard before, and done after it
            await turned_to(user, "1 article")
            assert user.app.desk.running("ask") is None

    run(test)


def _is_closed(engine: Engine) -> bool:
    try:
        engine.library.stats()
    except LibraryError:
        return True
    return False


def test_a_new_conversation_has_no_window_to_drop(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, LAST_WEEK)
            user.app.screen.set_focus(None)
            await until(user, lambda: offered(user, "all_days"), "the key")
            await user.press("ctrl+n")
            user.app.screen.set_focus(None)
            await until(user, lambda: not offered(user, "all_days"), "nothing to ask again")

    run(test)


def test_turning_to_another_library_cancels_what_runs(own_seeds: Path, other: Path) -> None:
    async def test() -> None:
        with FakeLLM(Reply(["The talks "], stall_after=1)) as server:
            config = Config(library=own_seeds, model="test", base_url=server.url)
            async with running(config) as user:
                field = user.app.screen.query_one("#question")
                field.focus()
                await user.press(*"Where?", "enter")
                await until(user, lambda: server.requests, "the model is asked")
                work = user.app.desk.running("ask")
                assert work is not None
                user.app.desk.given = {"base_url": server.url}
                user.app.screen.post_message(DeskScreen.LibraryChosen(LibraryChoice(str(other))))
                await turned_to(user, "1 article")
                await until(user, lambda: work.over, "the answer is cancelled")
                await until(user, lambda: user.app.desk.running("close library") is None, "the first is closed")

    run(test)
