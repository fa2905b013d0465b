"""Any size of terminal, and words of any width: nothing is lost, nothing is cut, nothing fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from app_driver import TALKS, User, ask, make_library, run, running, screen_text, state, until, words
from fake_llm import FakeLLM, Reply
from rich.cells import cell_len

from qa.config import Config
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.library import LibraryScreen
from tui.screens.quotes import QuotesScreen
from tui.widgets.article_table import ArticleTable
from tui.widgets.article_text import ArticleText

SIZES = [(59, 24), (40, 12), (39, 24), (80, 11), (20, 5), (5, 2), (1, 1), (0, 0), (200, 60), (41, 13), (100, 3)]
TITLES = [
    "北京峰会：中美外长讨论伊朗会谈与停火问题以及其他许多事情在伊斯坦布尔举行",
    "נתניהו ייפגש עם ויטקוף באיסטנבול לקראת השיחות עם איראן ביום שישי הקרוב",
    "وزير الخارجية الإيراني عباس عراقجي يصل إلى إسطنبول لإجراء محادثات مع الوفد الأمريكي",
    "👨\u200d👩\u200d👧 Family ❤\ufe0f day in Türkiye 🇹🇷 is marked by talks 🕊\ufe0f in Istanbul once more 👍🏽",
    "Cafe\u0301 owners of Zu\u0308rich and Sa\u0303o Paulo speak of the talks in I\u0307stanbul this Friday",
    "Plain title of an article about the talks in Istanbul, which is long enough to be cut in a table",
]


@pytest.fixture(scope="module")
def wide_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wide")
    articles = [
        {
            "title": title,
            "date": "2026-02-04",
            "source": "Gazette",
            "text": f"{title}. “{title},” said Hakan Fidan. " * 9,
        }
        for title in TITLES
    ]
    (folder / "wide.jsonl").write_text("".join(json.dumps(one) + "\n" for one in articles), encoding="utf-8")
    return make_library(folder / "library", folder / "wide.jsonl")


def assert_whole(user: User) -> None:
    """Each line has exactly the cells of the screen, by Textual's count and by that of the words in it."""
    for strip in user.app.screen._compositor.render_strips():
        assert strip.cell_length == user.app.size.width
        assert sum(cell_len(segment.text) for segment in strip) == user.app.size.width, strip.text


@pytest.mark.parametrize("size", [(80, 24), (57, 20), (101, 30)])
def test_words_of_any_width_leave_every_line_whole(wide_library: Path, size: tuple[int, int]) -> None:
    async def test() -> None:
        async with running(Config(library=wide_library), size=size) as user:
            await ask(user, "What did Hakan Fidan say of the talks in Istanbul?")
            assert_whole(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await until(user, lambda: user.app.screen.query_one(ArticleText)._lines, "its lines")
            assert_whole(user)
            await user.press("escape", "f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.total == len(TITLES), "the articles")
            assert_whole(user)
            rows = [line for line in screen_text(user).splitlines() if "2026-02-04" in line and "Gaz" in line]
            assert len(rows) >= len(TITLES) or size[0] < 60  # there is no column for the source there
            assert len({cell_len(row[: row.index("Gaz")]) for row in rows if row.lstrip().startswith("2026")}) <= 1
            await user.press("f5")
            await until(user, lambda: isinstance(user.app.screen, QuotesScreen), "the quotations")
            await until(user, lambda: "quotation" in state(user), "them")
            assert_whole(user)
            await user.press("f3")
            await until(user, lambda: "stor" in state(user), "the briefing")
            assert_whole(user)

    run(test)


@pytest.mark.parametrize("title", TITLES)
def test_all_of_a_wide_article_is_drawn(title: str) -> None:
    text = f"{title} " * 12

    async def test() -> None:
        from textual.app import App, ComposeResult

        class Reading(App[None]):
            def compose(self) -> ComposeResult:
                yield ArticleText(text)

        for width in (20, 33, 79):
            async with Reading().run_test(size=(width, 60)) as user:
                article = user.app.query_one(ArticleText)
                lines = [article.render_line(y).text for y in range(len(article._lines))]
                assert "".join("".join(lines).split()) == "".join(text.split())

    run(test)


def test_any_size_is_survived_on_every_screen_and_left_intact(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(80, 24)) as user:
            sentences = await ask(user, TALKS)
            await user.press("down")
            at = sentences.highlighted
            for where in ("f2", "enter", "escape", "f4", "f3", "f5", "f2", "f1", "escape", "ctrl+p"):
                await user.press(where)
                await until(user, lambda: not any(map(user.app.desk.running, ("list", "briefing", "quotes"))), where)
                screen, focused = user.app.screen, user.app.screen.focused
                for size in [*SIZES, (80, 24)]:
                    await user.resize_terminal(*size)
                await until(user, lambda: "Newsdesk needs 40 x 12" not in words(user), f"{where}, as large as before")
                assert user.app.screen is screen
                assert screen.focused is focused
            await user.press("escape")
            assert (sentences.highlighted, sentences.has_focus) == (at, True)
            assert "● supported" in words(user)

    run(test)


@pytest.mark.parametrize(("size", "fits"), [((40, 12), True), ((39, 12), False), ((40, 11), False), ((80, 24), True)])
def test_a_terminal_that_is_too_small_is_told_so(seeds_library: Path, size: tuple[int, int], fits: bool) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=size) as user:
            assert ("Newsdesk needs 40 x 12" in words(user)) is not fits

    run(test)


def test_resizing_while_words_stream_loses_no_place(seeds_library: Path) -> None:
    async def test() -> None:
        sentences = [f"Sentence {n} says that talks are expected in Istanbul. " for n in range(120)]
        with FakeLLM() as server:
            server.default = lambda _: Reply(sentences, stall_after=60)
            config = Config(library=seeds_library, model="test", base_url=server.url)
            async with running(config, size=(100, 24)) as user:
                screen = user.app.screen
                assert isinstance(screen, AskScreen)
                await user.press(*"Who?", "enter")
                stream = screen.query_one("#stream")
                await until(user, lambda: stream.max_scroll_y > 5, "more than fits")
                await until(user, lambda: stream.scroll_offset.y == stream.max_scroll_y, "at the end")
                await user.resize_terminal(50, 30)
                await until(user, lambda: stream.scroll_offset.y == stream.max_scroll_y, "still at the end")
                stream.scroll_to(y=2, animate=False)
                await user.pause()
                await user.resize_terminal(90, 24)
                await user.pause(0.3)
                assert stream.scroll_offset.y <= 4
                await user.press("escape")
                await until(user, lambda: user.app.desk.running("ask") is None, "cancelled")

    run(test)


def test_the_sentence_the_words_and_the_row_stay_in_sight(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(100, 24)) as user:
            sentences = await ask(user, TALKS)
            await user.press("down", "down")
            at = sentences.highlighted
            assert at is not None
            for size in ((50, 14), (120, 20), (60, 30)):
                await user.resize_terminal(*size)
                await user.pause(0.1)
                assert sentences.highlighted == at
                assert sentences.items[at].text.split()[0] in words(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: article._lines, "its lines")
            await user.press("pagedown")
            top = article.render_line(0).text.split()[0]
            for size in ((44, 20), (100, 24), (70, 18)):
                await user.resize_terminal(*size)
                await user.pause(0.1)
                assert any(top in article.render_line(y).text for y in range(article.size.height))

    run(test)
