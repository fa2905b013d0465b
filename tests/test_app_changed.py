"""What was quoted and has changed since, in the app: the old words open, it is said that they are old, and how."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from app_driver import User, add, ask, marked, offered, run, running, state, until, words
from fixtures.newsroom import engine_at
from textual.widgets import Static

from qa.config import Config
from qa.forget import forget
from qa.ingest import ingest
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.difference import DifferenceScreen, _blocks, _shown
from tui.screens.library import LibraryScreen
from tui.widgets.article_table import ArticleTable
from tui.widgets.article_text import ArticleText
from tui.widgets.sentence_list import SentenceList

REPORT = "Boats off Crete\n\n4 February 2026\n\n{} off Crete on Monday. Nobody was hurt, said the mayor."
BOATS, NOW = REPORT.format("Two boats met a whale"), REPORT.format("Three boats met a shark")
QUESTION = "What did the boats meet off Crete?"


def known(user: User) -> str:
    """What the pane says of the quote."""
    return str(user.app.screen.query_one("#known", Static).content)


@pytest.fixture
def news(tmp_path: Path) -> Path:
    file = tmp_path / "boats.txt"
    file.write_text(BOATS)
    with engine_at(tmp_path / "library") as engine:
        list(ingest(engine, [file], index=False))
    return file


def test_old_words_open_as_they_were_and_say_that_they_changed_and_how(news: Path) -> None:
    config = Config(library=news.parent / "library")

    async def asked() -> None:
        async with running(config, journal=True) as user:
            sentences = await ask(user, QUESTION)
            assert "whale" in str(sentences.citation)
            assert "changed since" not in known(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert not offered(user, "difference")
            await user.press("escape")
            news.write_text(NOW)
            await add(user, news)
            await until(user, lambda: "1 changed" in state(user), "the report")
            await user.press("f2")
            await until(user, lambda: "its article has changed since (20" in known(user), "that it changed")

    async def reopened() -> None:
        async with running(config, journal=True, size=(120, 30)) as user:
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "the conversation")
            sentences = user.app.screen.query_one("#sentences", SentenceList)
            await until(user, lambda: sentences.citation, "its citation")
            await until(user, lambda: "the quoted words are gone from it" in known(user), "that it changed")
            sentences.focus()
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            text = user.app.screen.query_one(ArticleText)
            await until(user, lambda: "Two boats met a whale" in marked(text), "the old words")
            assert "the quoted words are gone from it · d shows how" in words(user)
            await user.press("d")
            await until(user, lambda: isinstance(user.app.screen, DifferenceScreen), "the changes")
            await until(user, lambda: "-Two boats met a whale" in words(user), "what it said")
            assert "+Three boats met a shark" in words(user)
            assert "version 1 (-) and version 2 (+), read 20" in words(user)
            await user.press("escape", "escape", "f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.current, "the list")
            await user.press("enter")
            await until(user, lambda: offered(user, "difference"), "the current version")
            assert "changed since" not in words(user)

    asyncio.run(asked())
    asyncio.run(reopened())


def test_the_words_that_differ_are_marked() -> None:
    lines = [
        "-One met a whale.",
        "-Gone.",
        "+Two met a  shark",
        "+Come.",
        "-Only old.",
        " Same.",
        "@@ -1 +1 @@",
        "+Only new.",
    ]
    shown = [one for block in _blocks(lines) for one in _shown(block)]
    told = [one.plain for one in shown]
    assert told == [*lines[:6], "⋯", lines[7]]
    marks = [[one.plain[span.start : span.end] for span in one.spans if "reverse" in str(span.style)] for one in shown]
    assert marks == [["One", "whale."], ["Gone."], ["Two", "shark"], ["Come."], [], [], [], []]
    assert [len(_shown(block)) for block in _blocks([])] == []


def test_words_of_a_removed_or_forgotten_article_are_shown_with_what_became_of_it(news: Path) -> None:
    config = Config(library=news.parent / "library")

    async def test() -> None:
        async with running(config, journal=True) as user:
            sentences = await ask(user, QUESTION)
            cited = sentences.citation
            assert cited is not None
            user.app.desk.engine.library.remove([cited.article_id])
            user.app.library_changed()
            await until(user, lambda: "its article was removed from this library" in known(user), "that it is gone")
            assert "Two boats met a whale" in words(user)
            await user.press("enter")
            await until(user, lambda: "library restore ID" in words(user), "the remedy")
            assert isinstance(user.app.screen, AskScreen)
        with engine_at(config.library) as engine:
            forget(engine, cited.article_id)
        async with running(config, journal=True) as user:
            await until(user, lambda: "[forgotten: its article was erased]" in words(user), "that it is forgotten")
            await until(user, lambda: "its article is not in this library" in known(user), "that it is gone")
            assert "whale" not in words(user)

    run(test)
