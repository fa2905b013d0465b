"""The app, driven by its keys: its frame, its places, and leaving."""

from __future__ import annotations

from pathlib import Path

from app_driver import (
    AS_OF,
    TALKS,
    add,
    ask,
    enter,
    make_library,
    marked,
    run,
    running,
    screen_text,
    state,
    until,
    words,
    write_many,
)
from textual.command import CommandList

from qa import open_engine
from qa.config import Config
from qa.errors import LibraryError
from qa.resources import resource_folder
from tui.app import NewsdeskApp
from tui.cited import Opening
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.keys import KeysScreen
from tui.screens.library import LibraryScreen
from tui.screens.quotes import QuotesScreen
from tui.screens.story_sources import StorySourcesScreen
from tui.widgets.article_text import ArticleText
from tui.widgets.quotation_table import QuotationTable
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine


def test_the_scope_is_always_in_sight(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            for part in ("library", "2 articles, 2026-01-27 to 2026-02-04", "all days", f"as of {AS_OF}"):
                assert part in words(user)
            assert "extractive: nothing leaves this machine" in words(user)
            await ask(user, "What did Fidan discuss with Barrot last week?")
            assert "window: 2026-01-26 to 2026-02-01 (last week)" in words(user)
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            assert "nothing leaves this machine" in words(user)

    run(test)


def test_leaving_does_not_wait_for_the_index(tmp_path: Path) -> None:
    library = make_library(tmp_path / "library", resource_folder("seeds"))
    app = NewsdeskApp(Config(library=library))

    async def test() -> None:
        async with app.run_test() as user:
            await until(user, lambda: app.desk.running("index"), "the index is being made")
            await user.press("ctrl+q")

    run(test)
    app.desk.close()
    with open_engine(Config(library=library)) as engine:
        assert not engine.library.chroma_is_current()  # it was left unfinished, not waited for


def test_leaving_while_a_page_comes_is_no_error(seeds_library: Path) -> None:
    with open_engine(Config(library=seeds_library)) as engine:
        articles = engine.library.catalogue.in_days(None, None)
    pages = [
        lambda: ArticleScreen(Opening(articles[0])),
        lambda: KeysScreen([]),
        lambda: StorySourcesScreen("", articles, ()),
    ]

    async def test() -> None:
        for page in pages:
            async with running(Config(library=seeds_library)) as user:
                user.app.push_screen(page())
                user.app.exit()

    run(test)


def test_leaving_while_articles_are_read_keeps_what_was_read(own_seeds: Path, tmp_path: Path) -> None:
    write_many(tmp_path / "many.jsonl", 120)
    app = NewsdeskApp(Config(library=own_seeds))

    async def test() -> None:
        async with app.run_test() as user:
            await until(user, lambda: app.desk.shelf is not None, "the library is open")
            await add(user, tmp_path / "many.jsonl")
            await until(user, lambda: "embedding" in state(user), "the vectors are being made")
            await user.press("ctrl+q")

    run(test)
    app.desk.close()
    with open_engine(Config(library=own_seeds)) as engine:
        stats = engine.library.stats()
    assert stats.articles == 122
    assert stats.waiting > 0  # it was left unfinished, not waited for


# briefing


def test_the_newest_day_is_briefed_at_the_first_visit(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f3")
            await until(user, lambda: "1 story" in state(user), "the briefing")
            stories = user.app.screen.query_one("#stories", SentenceList)
            assert "newest day" in words(user)
            assert "MENAFN · 2026-02-04" in words(user)
            assert "● supported" in words(user)
            assert stories.has_focus
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await user.press("escape")
            assert stories.has_focus
            await user.press("slash")
            assert user.app.screen.query_one("#period").has_focus
            await enter(user, "2026-01-27", "#period")
            await until(user, lambda: "2026-01-27" in words(user) and "Fidan" in words(user), "the other day")
            await enter(user, "2026-02-31", "#period")
            await until(user, lambda: user.app.screen.query_one(StatusLine).has_class("-failed"), "no such day")

    run(test)


# the frame


def test_places_help_and_palette_are_a_key_away(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(100, 60)) as user:
            for key, screen in (("f3", BriefingScreen), ("f4", LibraryScreen), ("f2", AskScreen)):
                await user.press(key)
                await until(user, lambda screen=screen: isinstance(user.app.screen, screen), key)
            for word in ("Briefing", "Library", "Quotes", "Leave", "Keys"):
                assert word in screen_text(user).splitlines()[-1]
            await user.press("f1")
            await until(user, lambda: isinstance(user.app.screen, KeysScreen), "the keys")
            for word in ("Ctrl+P", "w Window", "b Another library"):
                assert word in words(user)
            await user.press("escape")
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "no keys")
            await user.press("ctrl+p")
            await user.press(*"Library")
            options = user.app.screen.query_one(CommandList)
            await until(user, lambda: options.option_count == 2, "this place, and another library")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "by the palette")
            await user.press("ctrl+q")
            await until(user, lambda: user.app._exit, "it leaves")

    run(test)


def test_the_keys_of_every_place_fit_a_terminal_of_80_columns(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(80, 24)) as user:
            for key in ("f2", "f3", "f4"):
                await user.press(key)
                await until(user, lambda: user.app.desk.running("list") is None, "the list")
                footer = screen_text(user).splitlines()[-1]
                for name in {"f2": "F2 Ask", "f3": "F3 Briefing", "f4": "F4 Library", "f5": "F5 Quotes"}.items():
                    assert (name[1] in footer) == (name[0] != key)
                assert "F1 Keys" in footer

    run(test)


def test_a_library_that_cannot_be_opened_ends_the_app_with_the_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    app = NewsdeskApp(Config(library=tmp_path / "file"))

    async def test() -> None:
        async with app.run_test() as user:
            await until(user, lambda: app._exit, "it leaves")

    run(test)
    assert isinstance(app.return_value, LibraryError)
    assert app.return_code == LibraryError.exit_code


def test_every_screen_survives_every_size(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, TALKS)
            for width, height in ((80, 24), (70, 24), (59, 20), (40, 12), (20, 5), (5, 2), (1, 1), (200, 60)):
                await user.resize_terminal(width, height)
                await user.pause()
                if width >= 40 and height >= 12:
                    assert sentences.display
                    assert "Barrot" in words(user)
                    assert user.app.screen.query_one(QuotePane).display is (width >= 60)
                elif width >= 20:
                    assert "40 x 12" in words(user)
                for key in ("f3", "f4", "f2") if width in (59, 20, 1) else ():
                    await user.press(key)
                    await user.pause()
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            for width, height in ((40, 12), (5, 2), (1, 1), (100, 30)):
                await user.resize_terminal(width, height)
                await user.pause()
            await user.press("escape")
            assert sentences.highlighted == 1

    run(test)


# quotations


def test_quotations_are_listed_narrowed_and_opened_at_the_words(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(140, 30)) as user:
            await user.press("f5")
            await until(user, lambda: isinstance(user.app.screen, QuotesScreen), "the quotations")
            table = user.app.screen.query_one(QuotationTable)
            await until(user, lambda: table.quotations, "quotations")
            everything = table.quotations
            assert "Hakan Fidan" in words(user)
            assert f"{len(everything)} quotations of 2 articles" in state(user)
            await user.press("slash", *"barrot")
            assert {one.speaker for one in table.quotations} == {"Jean-Noel Barrot"}
            assert 0 < len(table.quotations) < len(everything)
            await user.press("enter")
            assert table.has_focus
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: marked(article), "the mark is in sight")
            assert "".join(marked(article).split()) == "".join(table.quotations[0].text.split())
            await user.press("escape")
            await user.press("escape")
            assert table.quotations == everything

    run(test)
