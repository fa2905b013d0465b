"""Addresses, feeds and lists in the app: said before anything is fetched, read as the command reads, and followed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_driver import User, add, enter, run, running, state, until, words
from textual.widgets import Input, OptionList, Static
from web_server import Web, serving

from qa.config import Config
from qa.engine import open_engine
from qa.given import ENDINGS, given_in, has_reader
from qa.sources import known_types
from qa.types import Followed
from tui.screens.add_files import AddFilesScreen, where_it_goes
from tui.screens.followed import FollowedDialog
from tui.screens.library import LibraryScreen
from tui.widgets.article_table import ArticleTable

SAVED = Path(__file__).parent / "fixtures" / "sources"
PAGE = (SAVED / "wget.html").read_bytes()


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as one:
        one.put("/harbour", PAGE)
        one.put("/feed", (SAVED / "ghost.xml").read_bytes(), media="application/rss+xml")
        yield one


def config(tmp_path: Path, *, private: bool = True) -> Config:
    return Config(library=tmp_path / "library", fetch_private=private)


def said(user: User) -> str:
    return str(user.app.screen.query_one("#said", Static).content)


def rows(user: User) -> list[str]:
    choices = user.app.screen.query_one("#choices", OptionList)
    return [str(choices.get_option_at_index(n).prompt) for n in range(choices.option_count)]


def followed(folder: Path) -> list[Followed]:
    with open_engine(Config(library=folder)) as engine:
        return engine.journal.followed.sources()


async def at_library(user: User) -> ArticleTable:
    await user.press("f4")
    await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
    return user.app.screen.query_one(ArticleTable)


async def dialog(user: User) -> None:
    await until(user, lambda: isinstance(user.app.screen, FollowedDialog) and said(user) != "reading…", "the dialog")


def test_an_address_is_fetched_only_after_it_was_said_and_entered(tmp_path: Path, web: Web) -> None:
    async def test() -> None:
        async with running(config(tmp_path), size=(110, 30)) as user:
            table = await at_library(user)
            await user.press("a")
            await until(user, lambda: isinstance(user.app.screen, AddFilesScreen), "the dialog")
            typed = user.app.screen.query_one("#add", Input)
            typed.value = "news.html"
            await until(user, lambda: "nothing is fetched" in said(user), "that nothing is fetched")
            typed.value = f"{web.url}/harbour"
            await until(user, lambda: "fetches from 127.0.0.1, because you typed it" in said(user), "the host")
            await user.press("escape")
            assert web.asked == []
            await add(user, f"{web.url}/harbour {web.url}/gone")
            await until(user, lambda: "1 new" in state(user), "the report")
            assert "1 failed" in state(user)
            assert f"✗ {web.url}/gone: " in words(user)
            assert "404" in words(user)
            await until(user, lambda: table.total == 1, "its article")
            assert web.taken() == ["/harbour", "/gone"]

    run(test)


def test_an_address_of_this_machine_is_refused_without_the_setting(tmp_path: Path, web: Web) -> None:
    async def test() -> None:
        async with running(config(tmp_path, private=False), size=(110, 30)) as user:
            await at_library(user)
            await add(user, f"{web.url}/harbour")
            await until(user, lambda: "1 failed" in state(user), "the report")
            assert "NEWSDESK_FETCH_PRIVATE" in words(user)
            await user.press("f")
            await dialog(user)
            await enter(user, f"{web.url}/feed", "#typed")
            await until(user, lambda: "NEWSDESK_FETCH_PRIVATE" in said(user), "why it is not followed")
            assert user.app.screen.query_one("#typed", Input).value == f"{web.url}/feed"
            assert web.asked == []

    run(test)


def test_a_feed_is_followed_read_again_and_followed_no_more(tmp_path: Path, web: Web) -> None:
    async def test() -> None:
        async with running(config(tmp_path), size=(110, 40)) as user:
            await user.press("ctrl+p", *"followed")
            await until(user, lambda: "Feeds, pages and folders" in words(user), "the palette's entry")
            await user.press("enter")
            await dialog(user)
            assert said(user) == "0 sources followed"
            typed = user.app.screen.query_one("#typed", Input)
            typed.value = f"{web.url}/feed"
            await until(user, lambda: "fetches it from 127.0.0.1" in said(user), "the host")
            assert web.asked == []
            await enter(user, f"{web.url}/feed", "#typed")
            await until(
                user, lambda: said(user) == f"follows {web.url}/feed · 1 source followed", "that it is followed"
            )
            assert "0 articles · not read yet" in rows(user)[0]
            await enter(user, str(tmp_path / "nowhere"), "#typed")
            await until(user, lambda: "there is no such file or folder" in said(user), "the remedy")
            await user.press("ctrl+r")
            await until(user, lambda: "1 new" in state(user), "the report")
            web.put("/feed", "gone", status=410)
            await user.press("f")
            await dialog(user)
            assert "1 article · read 20" in rows(user)[0]
            await user.press("down", "enter")
            await until(user, lambda: "1 failed" in state(user), "the report")
            await user.press("f")
            await dialog(user)
            assert "✗" in rows(user)[0]
            assert "gone for good, by its server's word" in rows(user)[0]
            await user.press("down", "delete")
            await until(user, lambda: "not followed any more; its articles stay" in said(user), "that it is not")
            assert rows(user) == []
            await user.press("escape")
            assert user.app.screen.query_one(ArticleTable).total == 1

    run(test)
    assert followed(tmp_path / "library") == []


def test_looking_what_an_address_is_can_be_cancelled(tmp_path: Path, web: Web) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def wait(request: object) -> None:
        asked.set()
        go_on.wait(60)

    web.put("/slow", b"", act=wait)

    async def test() -> None:
        async with running(config(tmp_path)) as user:
            await at_library(user)
            await user.press("f")
            await dialog(user)
            await enter(user, f"{web.url}/slow", "#typed")
            await until(user, asked.is_set, "the server is asked")
            await user.press("escape")
            await until(user, lambda: user.app.desk.running("follow") is None, "the end of it")
            assert isinstance(user.app.screen, FollowedDialog)
            await user.press("escape")
            assert isinstance(user.app.screen, LibraryScreen)

    try:
        run(test)
    finally:
        go_on.set()
    assert followed(tmp_path / "library") == []


def test_what_is_typed_is_read_as_the_command_reads_it() -> None:
    assert given_in(" 'my news/2026 *.html' ") == (Path("my news/2026 *.html"),)
    assert given_in("HTTPS://a.example/x https://b.example/?q=1") == ("HTTPS://a.example/x", "https://b.example/?q=1")
    assert given_in("https://a.example and more") == ("https://a.example and more",)
    assert given_in(" ") == ()
    assert "list of feeds" in where_it_goes((Path("mine.OPML"),))
    assert where_it_goes(("http://[::1", "https://x@b.example")) == where_it_goes(
        ("http://[::1", "https://b.example/y")
    )


def test_every_type_that_can_be_read_can_be_picked() -> None:
    assert {ending for some in ENDINGS.values() for ending in some} == set(known_types().split(", "))
    assert has_reader("Page.HTML.gz")
    assert not has_reader("picture.png")
