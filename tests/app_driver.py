"""Driving the app by its keys, for the tests of its screens: every wait is for a condition."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import textual.app
import textual.pilot
from textual._context import active_app
from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from qa import open_engine
from qa.config import Config
from qa.errors import LibraryError
from qa.ingest import ingest
from qa.types import Cancel, Progress
from tui.app import NewsdeskApp
from tui.desk import Desk
from tui.screens.add_files import AddFilesScreen
from tui.screens.library import LibraryScreen
from tui.widgets.article_text import ArticleText
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine


async def settled(min_sleep: float = 0.0, max_sleep: float = 10.0) -> None:
    """Wait until no message waits anywhere in the app.

    Textual's own wait is for the process to be idle, which takes a second a key while a worker is at work.
    """
    await asyncio.sleep(min_sleep)
    app, deadline, quiet = active_app.get(), time.monotonic() + max_sleep, 0
    while quiet < 6 and time.monotonic() < deadline:
        await asyncio.sleep(0.003)
        pumps = [app, *list(app._registry)]
        quiet = 0 if any(pump.message_queue_size for pump in pumps) else quiet + 1


textual.app.wait_for_idle = textual.pilot.wait_for_idle = settled  # type: ignore[attr-defined]

AS_OF = "2026-02-05"
TALKS = "Where are the US-Iran talks expected to take place?"
PATIENCE = 60.0
User = Pilot[LibraryError]


class UnindexedDesk(Desk):
    """A desk that starts no Chroma child, which costs seconds of CPU a test."""

    def index(self, cancel: Cancel) -> Iterator[tuple[int, int]]:
        yield from ()


def make_library(folder: Path, *paths: Path, words_only: bool = False) -> Path:
    """A library in ``folder`` with the articles of ``paths``, without the Chroma index, or any vectors."""
    with open_engine(Config(library=folder)) as engine:
        for event in ingest(engine, paths, words_only=words_only):
            if isinstance(event, Progress) and event.stage == "embedding" and event.done == event.total:
                break
    return folder


def write_many(file: Path, count: int) -> None:
    """Articles that take a while to read, as JSON Lines."""
    sentence = "The council of town {n} voted on Monday to repair bridge {m} after the spring floods. "
    lines = []
    for n in range(count):
        text = "".join(sentence.format(n=n, m=m) for m in range(20))
        lines.append(json.dumps({"title": f"Bridges of town {n}", "date": "2026-02-03", "text": text}) + "\n")
    file.write_text("".join(lines), encoding="utf-8")


@asynccontextmanager
async def running(
    config: Config,
    size: tuple[int, int] = (100, 30),
    as_of: str | None = AS_OF,
    indexed: bool = False,
    journal: bool = False,
) -> AsyncIterator[User]:
    config = replace(config, journal=journal)
    app = NewsdeskApp(config, as_of=as_of)
    if not indexed:
        app.desk = UnindexedDesk(config, as_of)
    try:
        async with app.run_test(size=size) as user:
            await until(user, lambda: app.desk.shelf is not None, "the library is open")
            yield user
    finally:
        app.desk.close()


async def until(user: User, holds: Callable[[], object], what: str) -> None:
    """Wait until ``holds``; a widget it looks for may not be there yet."""

    def held() -> bool:
        with suppress(NoMatches):
            return bool(holds())
        return False

    deadline = time.monotonic() + PATIENCE
    while not held():
        assert time.monotonic() < deadline, f"waited in vain: {what}\n{screen_text(user)}"
        await asyncio.sleep(0.02)
    await user.pause()


@asynccontextmanager
async def standing_still(user: User) -> AsyncIterator[None]:
    """The process that reads articles reads none meanwhile, however quick or slow this machine is."""
    reading: list[psutil.Process] = []

    def stopped() -> bool:
        for one in psutil.Process().children():
            with suppress(psutil.Error):  # it has just ended
                if "qa.apart" in one.cmdline():
                    reading.append(one)
        return bool(reading)

    await until(user, stopped, "articles are read")
    for one in reading:
        one.suspend()
    try:
        yield
    finally:
        for one in reading:
            one.resume()


def screen_text(user: User) -> str:
    return "\n".join(strip.text for strip in user.app.screen._compositor.render_strips())


def words(user: User) -> str:
    """What is on the screen, whatever the line breaks."""
    return " ".join(screen_text(user).split())


async def enter(user: User, text: str, box: str = "#question") -> None:
    field = user.app.screen.query_one(box)
    field.focus()
    if isinstance(field, TextArea):
        field.text = text
    else:
        assert isinstance(field, Input)
        field.value = text
    await user.pause()
    await user.press("enter")


def state(user: User) -> str:
    return user.app.screen.query_one(StatusLine).state


async def ask(user: User, question: str) -> SentenceList:
    await enter(user, question)
    await until(user, lambda: "index:" in state(user) and "answering" not in state(user), "an answer")
    return user.app.screen.query_one("#sentences", SentenceList)


def offered(user: User, action: str) -> bool:
    """Whether a key does ``action`` now, however much room the bottom line has."""
    bound = user.app.screen.active_bindings.values()
    return any(one.binding.action == action and one.enabled for one in bound)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


def marked(article: ArticleText) -> str:
    """The highlighted words that are in sight."""
    mark = article.get_component_rich_style("article-text--mark")
    lines = (article.render_line(y) for y in range(article.size.height))
    looks = ((segment.text, segment.style) for line in lines for segment in line)
    return " ".join(text for text, look in looks if look and look.bgcolor == mark.bgcolor)


async def add(user: User, path: Path | str) -> None:
    """Add a file or a folder on the Library screen."""
    await user.press("f4")
    await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
    await user.press("a")
    await until(user, lambda: isinstance(user.app.screen, AddFilesScreen), "the dialog")
    await enter(user, str(path), "#add")
    await until(user, lambda: not isinstance(user.app.screen, AddFilesScreen), "the end of the dialog")
