"""The Library screen: the list at any size, days to pick, corrections, removals and what was refused."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from app_driver import (
    TALKS,
    User,
    add,
    ask,
    enter,
    make_library,
    run,
    running,
    screen_text,
    standing_still,
    state,
    until,
    words,
    write_many,
)
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input, Static

from qa.config import Config
from qa.engine import open_engine
from qa.library.catalogue import Entry
from qa.resources import resource_folder
from qa.types import Article, Published
from tui.cited import Opening
from tui.screens.add_files import AddFilesScreen, completed
from tui.screens.article import ArticleScreen
from tui.screens.edit_article import EditArticleScreen
from tui.screens.library import LibraryScreen
from tui.screens.problems import ProblemsScreen
from tui.widgets.article_table import ArticleTable
from tui.widgets.article_text import shown_text
from tui.widgets.day_chart import DayChart, bars
from tui.widgets.file_tree import FileTree
from tui.work import Work

FIRST = date(2024, 1, 1)


def article(n: int) -> Article:
    day = FIRST + timedelta(days=n // 10)
    title = f"Élan at bridge {n:05}" if n % 100 == 0 else f"Bridge {n:05}"
    return Article(
        f"n{n:05}", f"/n#{n}", 1, title, "AFP" if n % 2 else "Reuters", None,
        Published(day.isoformat(), day), f"Text {n}.", f"digest {n}",
    )  # fmt: skip


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A library of 5,000 articles, whose passages have no vectors."""
    with open_engine(Config(library=tmp_path / "large")) as engine:
        made = [article(n) for n in range(5_000)]
        engine.library.catalogue.record([Entry(one, "/n", ((0, len(one.text)),)) for one in made])
    return tmp_path / "large"


async def at_library(user: User, count: int) -> ArticleTable:
    await user.press("f4")
    await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
    table = user.app.screen.query_one(ArticleTable)
    await until(user, lambda: table.total == count, "the list")
    return table


def title(table: ArticleTable) -> str:
    return table.current.title if table.current else ""


async def shown(user: User, table: ArticleTable, said: str) -> None:
    await until(user, lambda: title(table) == said, f"{said} under the cursor")


def only(user: User, kind: type) -> bool:
    return isinstance(user.app.screen, kind)


# the list


def test_the_library_lists_filters_and_opens(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.total == 2, "the list")
            assert "2026-02-04 French FM Backs" in words(user)
            await user.press("slash", *"fidan")
            await until(user, lambda: table.total == 1, "what the filter leaves")
            await user.press("enter")
            assert table.has_focus
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert "2026-01-27" in words(user)
            await user.press("escape")
            await user.press("escape")
            await until(user, lambda: table.total == 2, "all of them")

    run(test)


def test_an_empty_library_says_what_to_do_and_is_filled_while_asking_goes_on(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(Config(library=tmp_path / "library")) as user:
            assert "newsdesk ingest FOLDER" in words(user)
            await enter(user, TALKS)
            await until(user, lambda: "there is nothing to ask yet" in words(user), "the remedy")
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await add(user, resource_folder("seeds"))
            await until(user, lambda: "2 new" in state(user), "the ingest")
            await until(user, lambda: user.app.screen.query_one(ArticleTable).total == 2, "the list")
            await user.press("f2")
            await ask(user, TALKS)
            assert "Istanbul" in words(user)

    run(test)


def test_an_ingest_is_stopped_by_its_key_while_a_question_is_answered(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    write_many(many, 80)

    async def test() -> None:
        async with running(Config(library=make_library(tmp_path / "library", resource_folder("seeds")))) as user:
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await add(user, many)
            await until(user, lambda: user.app.desk.running("ingest") is not None, "the ingest")
            await user.press("f2")
            await ask(user, TALKS)
            assert "Istanbul" in words(user)
            assert user.app.desk.running("ingest") is not None
            await user.press("f4", "f8")
            await until(user, lambda: "stopped: " in state(user), "the end of the ingest")
            await until(user, lambda: user.app.desk.running("ingest") is None, "its worker is over")

    run(test)


def test_what_is_added_while_something_is_read_has_its_turn(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    write_many(many, 3)

    async def test() -> None:
        async with running(Config(library=tmp_path / "library"), size=(100, 40)) as user:
            await add(user, many)
            async with standing_still(user):
                await add(user, tmp_path / "not-there.txt")
                await add(user, resource_folder("seeds"))
                await until(user, lambda: "then 2 more to read" in state(user), "what has to wait")
            await until(user, lambda: "2 new" in state(user), "the last is read")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.total == 5, "all of both")
            assert "not-there.txt: there is no such file" in words(user)

    run(test)


def test_stopping_an_ingest_stops_what_waits_for_its_turn(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    write_many(many, 80)

    async def test() -> None:
        async with running(Config(library=tmp_path / "library")) as user:
            await add(user, many)
            await until(user, lambda: user.app.desk.running("ingest") is not None, "the first is read")
            await add(user, resource_folder("seeds"))
            await user.press("f8")
            await until(user, lambda: "stopped: " in state(user), "the end of the ingest")
            await until(user, lambda: user.app.desk.running("ingest") is None, "nothing is read any more")
            assert "reading" not in state(user)

    run(test)


def test_a_path_that_is_not_there_is_a_problem_by_name(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await add(user, Path("/nowhere/at/all.txt"))
            await until(user, lambda: "all.txt" in str(user.app.screen.query_one("#problems", Static).render()), "it")
            assert "1 failed" in state(user)

    run(test)


def test_an_article_opened_from_the_list_has_no_quote_to_go_to(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await user.press("enter")
            await until(user, lambda: "c To the quote" in screen_text(user), "the article at its quote")
            await user.press("escape", "f4")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.total == 2, "the list")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await until(user, lambda: "Esc Back" in screen_text(user), "its keys")
            assert "To the quote" not in screen_text(user)

    run(test)


def test_the_end_of_a_long_list_is_a_key_away_and_few_rows_are_held(large: Path) -> None:
    async def test() -> None:
        async with running(Config(library=large)) as user:
            table = await at_library(user, 5_000)
            await until(user, lambda: "Bridge 04990" in words(user), "the newest")
            await user.press("end")
            await shown(user, table, "Bridge 00009")
            await until(user, lambda: "2024-01-01 Bridge 00009" in words(user), "the last row in sight")
            assert len(table._rows) < 1_000
            await user.press("pageup", "k")
            await until(user, lambda: table.current is not None, "a row further up")
            await user.press("home")
            await shown(user, table, "Bridge 04990")
            for _ in range(3):
                await user.press("pagedown")
            await until(user, lambda: table.current is not None, "a row further down")
            assert table.cursor > 30

    run(test)


def test_the_list_is_sorted_by_keys_and_headings_and_keeps_its_place(large: Path) -> None:
    async def test() -> None:
        async with running(Config(library=large)) as user:
            table = await at_library(user, 5_000)
            await user.press("down")
            await shown(user, table, "Bridge 04991")
            await user.press("o")
            await until(user, lambda: "by title" in words(user), "by title")
            await shown(user, table, "Bridge 04991")
            await user.press("home")
            await shown(user, table, "Bridge 00001")
            await user.press("O")
            await until(user, lambda: table.cursor == 4_999, "the other way")
            await user.click(ArticleTable, offset=(2, 0))
            await until(user, lambda: "by date" in words(user), "by date")
            await user.press("home")
            await shown(user, table, "Bridge 04990")
            await user.click(ArticleTable, offset=(2, 0))
            await until(user, lambda: table.cursor == 4_990, "upwards")
            await user.click(ArticleTable, offset=(8, 3))
            assert table.cursor == 4_990 - (4_990 - table.scroll_offset.y) + 2

    run(test)


def test_the_filter_folds_case_and_accents_and_the_latest_word_wins(large: Path) -> None:
    async def test() -> None:
        async with running(Config(library=large)) as user:
            table = await at_library(user, 5_000)
            await user.press("slash", *"ELAN reuters")
            await until(user, lambda: table.total == 50, "what both words leave")
            assert "50 of 5,000" in words(user)
            await user.press("enter")
            await shown(user, table, "Élan at bridge 04900")
            await user.press("slash", "end", *" 2024-01-11")
            await until(user, lambda: table.total == 1, "a day too")
            await shown(user, table, "Élan at bridge 00100")
            await user.press(*" none")
            await until(user, lambda: table.total == 0, "nothing")
            assert table.current is None
            await user.press("enter", "enter", "delete", "e", "end")
            assert isinstance(user.app.screen, LibraryScreen)
            await user.press("escape")
            await until(user, lambda: table.total == 5_000, "all again")

    run(test)


# days


@given(
    st.lists(st.tuples(st.dates(), st.integers(1, 9)), unique_by=lambda one: one[0], max_size=40), st.integers(1, 200)
)
def test_bars_tile_the_days_and_count_each_once(days: list[tuple[date, int]], room: int) -> None:
    days.sort()
    _, made = bars(days, room)
    assert len(made) <= room
    assert sum(bar.count for bar in made) == sum(count for _, count in days)
    for bar, following in pairwise(made):
        assert (following.first - bar.last).days == 1
    for bar in made:
        assert bar.count == sum(count for day, count in days if bar.first <= day <= bar.last)


def test_days_are_picked_from_the_chart_for_all_screens(large: Path) -> None:
    async def test() -> None:
        async with running(Config(library=large), size=(120, 30)) as user:
            table = await at_library(user, 5_000)
            chart = user.app.screen.query_one(DayChart)
            await until(user, lambda: chart.bars, "the days")
            await user.press("c", "home", "shift+right", "enter")
            last = chart.bars[1].last
            await until(user, lambda: user.app.desk.scope.last == last.isoformat(), "the window")
            assert user.app.desk.scope.first == "2024-01-01"
            count = sum(bar.count for bar in chart.bars[:2])
            await until(user, lambda: table.total == count, "the articles of these days")
            assert f"window: 2024-01-01 to {last}" in words(user)
            await user.press("end", "enter", "left", "left", "enter")
            await until(user, lambda: table.total == sum(bar.count for bar in chart.bars[-3:]), "the last three")
            await user.press("enter", "backspace", "backspace")
            await until(user, lambda: table.total == 5_000, "all days")
            await user.click(DayChart, offset=(4, 1), times=2)
            await until(user, lambda: table.total == chart.bars[3].count, "the bar that was clicked twice")
            await user.press("escape")
            assert table.has_focus

    run(test)


# changing


def test_an_article_is_removed_and_the_removal_undone(large: Path) -> None:
    async def test() -> None:
        async with running(Config(library=large)) as user:
            table = await at_library(user, 5_000)
            await until(user, lambda: table.current, "the first row")
            await user.press("delete", "x")
            await until(user, lambda: table.total == 4_998, "two fewer")
            await until(user, lambda: "removed “Bridge 04991”" in state(user), "the second")
            await shown(user, table, "Bridge 04992")
            await user.press("u")
            await until(user, lambda: table.total == 4_999, "one is back")
            assert "restored “Bridge 04991”" in state(user)
            await user.press("ctrl+z")
            await until(user, lambda: table.total == 5_000, "both are back")
            await user.press("u")
            await until(user, lambda: "nothing to undo" in state(user), "the end of it")

    run(test)


def test_a_removal_that_fails_is_said_and_the_row_is_still_there(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            table = await at_library(user, 2)
            await until(user, lambda: table.row(0) and table.row(1), "the rows")
            with closing(sqlite3.connect(own_seeds / "catalogue.sqlite")) as db:
                db.execute("DROP TABLE removed_passages")
            await user.press("home", "delete")
            await until(user, lambda: "removed_passages" in state(user), "the error")
            await until(user, lambda: table.row(0) is not None, "the row is back")

    run(test)


def test_an_article_that_was_read_too_late_is_not_opened(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await at_library(user, 2)
            screen, desk = user.app.screen, user.app.desk
            assert desk.engine is not None
            article = desk.engine.library.article(desk.engine.library.list()[0].article.id)
            replaced = Work(screen, "open", lambda cancel: iter(()))
            screen.post_message(Work.Told(replaced, Opening(article, None, (), shown_text(article))))
            await user.pause()
            assert user.app.screen is screen

    run(test)


def test_the_last_row_is_removed_and_the_cursor_stays_in_the_list(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            table = await at_library(user, 2)
            await user.press("end", "delete", "delete")
            await until(user, lambda: table.total == 0, "an empty list")
            await user.press("u", "u")
            await until(user, lambda: table.total == 2, "both")

    run(test)


def test_an_undo_waits_for_the_removals_before_it_and_the_empty_library_is_forgotten(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            table = await at_library(user, 2)
            screen = user.app.screen
            assert isinstance(screen, LibraryScreen)
            for key in ("x", "x", "u", "u"):
                await user.press(key)
            await until(user, lambda: user.app.desk.running("change") is None and table.total == 2, "both are back")
            await user.press("x")
            await until(user, lambda: table.total == 1, "one is removed")
            await user.press("x")
            await until(user, lambda: "no articles yet" in words(user), "what to do about an empty library")
            screen.action_undo()
            screen.action_undo()
            await until(user, lambda: table.total == 2, "both")
            await until(user, lambda: "no articles yet" not in words(user), "it is not empty")

    run(test)


def test_an_article_is_corrected_and_that_is_taken_back(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            table = await at_library(user, 2)
            await user.press("end", "e")
            await until(user, lambda: only(user, EditArticleScreen), "the dialog")
            await enter(user, "2026-02-30", "#edit-date")
            await until(user, lambda: "is not a date" in words(user), "what is wrong")
            await enter(user, " ", "#edit-title")
            await until(user, lambda: "without a title" in words(user), "what is wrong")
            await user.press("escape")
            await until(user, lambda: only(user, LibraryScreen), "the library")
            await user.press("e")
            await until(user, lambda: only(user, EditArticleScreen), "the dialog")
            user.app.screen.query_one("#edit-source", Input).value = "The Wire"
            await enter(user, "2026-02-03", "#edit-date")
            await until(user, lambda: "corrected" in state(user), "the correction")
            await until(user, lambda: table.current and table.current.edited, "the mark")
            assert "2026-02-03 ✎v2" in words(user)
            assert "The Wire" in words(user)
            await user.press("u")
            await until(user, lambda: table.current and not table.current.edited, "as it was")
            await until(user, lambda: "2026-01-27" in words(user), "its day")
            await user.press("e")
            await until(user, lambda: only(user, EditArticleScreen), "the dialog")
            await enter(user, "", "#edit-date")
            await until(user, lambda: "undated" in words(user), "no date")
            await user.press("end", "e")
            await until(user, lambda: "its file says: 2026-01-27" in words(user), "what the file says")
            await user.press("ctrl+o")
            await until(user, lambda: table.current and table.current.day == "2026-01-27", "the file's day")

    run(test)


# adding


def test_files_are_picked_from_a_tree_or_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    (home / "articles").mkdir(parents=True)
    (home / ".hidden").mkdir()
    (home / "[@click=app.quit]x\x1b]52;c;x\x07.txt").write_text("Boats met off Crete on Monday.")
    (home / "picture.png").write_text("x")
    (home / "articles" / "bread.md").write_text("Bread prices rose by a tenth.")
    monkeypatch.chdir(home)

    async def test() -> None:
        async with running(Config(library=tmp_path / "library")) as user:
            table = await at_library(user, 0)
            await user.press("a")
            await until(user, lambda: only(user, AddFilesScreen), "the dialog")
            await until(user, lambda: "[@click=app.quit]x" in words(user), "the files")
            assert "articles" in words(user)
            assert "hidden" not in words(user)
            assert "picture" not in words(user)
            assert "\x1b" not in screen_text(user)
            await user.press(*"art")
            field = user.app.screen.query_one("#add", Input)
            await until(user, lambda: field._suggestion == "articles/", "a completion")
            await user.press("right")
            assert field.value == "articles/"
            await user.press("down")
            tree = user.app.screen.query_one(FileTree)
            assert tree.has_focus
            await user.press("end")
            await until(user, lambda: "app.quit" in field.value, "its name in the line")
            await user.press("enter")
            await until(user, lambda: table.total == 1, "its article")
            await add(user, home)
            await until(user, lambda: table.total == 2, "those of the folder")
            await user.press("a")
            await until(user, lambda: only(user, AddFilesScreen), "the dialog")
            await user.press("escape")
            assert only(user, LibraryScreen)

    run(test)


def test_completion_is_of_what_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "news.jsonl").touch()
    (tmp_path / "news.png").touch()
    (tmp_path / "newsroom").mkdir()
    assert completed(f"{tmp_path}/ne") == f"{tmp_path}/newsroom/"
    assert completed(f"{tmp_path}/news.") == f"{tmp_path}/news.jsonl"
    for typed in ("", f"{tmp_path}/", f"{tmp_path}/x", f"{tmp_path}/no/x", "a\0b", "~nobody-here/x"):
        assert completed(typed) is None


def test_problems_are_listed_by_file_also_those_of_earlier_ingests(tmp_path: Path) -> None:
    items = [{"title": "Boats", "text": "Boats met."}, {"title": "No text"}, {"title": "B", "text": "B.", "date": "x"}]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    library = make_library(tmp_path / "library", tmp_path / "news.jsonl")

    async def test() -> None:
        async with running(Config(library=library)) as user:
            await at_library(user, 2)
            await add(user, Path("/nowhere/at/all.txt"))
            await until(user, lambda: "1 failed" in state(user), "the report")
            await user.press("p")
            await until(user, lambda: only(user, ProblemsScreen), "the problems")
            for said in ("all.txt", "✗ news.jsonl", "no such file", "cannot be read"):
                assert said in words(user)
            await user.press("end")
            await until(user, lambda: "news.jsonl, line" in words(user), "the last one in full")
            await user.press("p")
            await until(user, lambda: only(user, LibraryScreen), "the library")

    run(test)


@pytest.mark.parametrize("size", [(40, 12), (59, 20), (80, 24), (200, 60)])
def test_every_size_shows_the_list_and_takes_every_key(large: Path, size: tuple[int, int]) -> None:
    async def test() -> None:
        async with running(Config(library=large), size=size) as user:
            await at_library(user, 5_000)
            await until(user, lambda: "2025-05-14 " in words(user), "the newest day")
            await user.press("end", "o", "O", "c", "right", "enter", "escape", "slash", "b", "escape")
            await user.resize_terminal(60, 14)
            await user.press("e")
            await until(user, lambda: only(user, EditArticleScreen), "the dialog")
            await user.press("escape", "p")
            await until(user, lambda: only(user, ProblemsScreen), "the problems")
            await user.press("escape")

    run(test)
