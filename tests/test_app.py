"""The app, driven by its keys: every wait is for a condition."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from fake_llm import FakeLLM, Reply
from fixtures.chroma_server import chroma_server, small_server
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input, Static

from qa import open_engine
from qa.config import Config
from qa.errors import LibraryError
from qa.ingest import ingest
from qa.resources import resource_folder
from qa.types import Cancel, IngestReport, Progress, Verdict
from tui.app import NewsdeskApp
from tui.desk import Desk
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.consent import ConsentScreen
from tui.screens.library import LibraryScreen
from tui.screens.quotes import QuotesScreen
from tui.widgets.absent_view import AbsentView
from tui.widgets.article_table import ArticleTable
from tui.widgets.article_text import ArticleText
from tui.widgets.quotation_table import QuotationTable
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList
from tui.widgets.status_line import StatusLine

AS_OF = "2026-02-05"
TALKS = "Where are the US-Iran talks expected to take place?"
PATIENCE = 30.0
User = Pilot[LibraryError]


class UnindexedDesk(Desk):
    """A desk that starts no Chroma child, which costs seconds of CPU a test."""

    def index(self, cancel: Cancel) -> Iterator[tuple[int, int]]:
        yield from ()


def make_library(folder: Path, *paths: Path) -> Path:
    """A library in ``folder`` with the articles of ``paths``, without the Chroma index."""
    with open_engine(Config(library=folder)) as engine:
        for event in ingest(engine, paths):
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
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}\n{screen_text(user)}"
        await user.pause(0.02)
    await user.pause()


def screen_text(user: User) -> str:
    return "\n".join(strip.text for strip in user.app.screen._compositor.render_strips())


def words(user: User) -> str:
    """What is on the screen, whatever the line breaks."""
    return " ".join(screen_text(user).split())


async def enter(user: User, text: str, box: str = "#question") -> None:
    field = user.app.screen.query_one(box, Input)
    field.focus()
    field.value = text
    await user.pause()
    await user.press("enter")


def state(user: User) -> str:
    return user.app.screen.query_one(StatusLine).state


async def ask(user: User, question: str) -> SentenceList:
    await enter(user, question)
    await until(user, lambda: "index:" in state(user) and "answering" not in state(user), "an answer")
    switcher = "#nearest" if "insufficient" in state(user) else "#sentences"
    return user.app.screen.query_one(switcher, SentenceList)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(test())  # type: ignore[arg-type]


# asking


def test_typing_a_question_leads_to_the_quoted_words_and_back(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press(*"Where are the", "space")
            assert user.app.screen.query_one("#question", Input).value == "Where are the "
            sentences = await ask(user, TALKS)
            assert "Istanbul" in words(user)
            assert "● supported" in words(user)
            assert "[1]" in words(user)
            assert sentences.has_focus
            await user.press("down")
            assert sentences.highlighted == 1
            await user.press("k", "j")
            assert sentences.highlighted == 1
            citation = sentences.citation
            assert citation is not None
            assert "MENAFN · 2026-02-04, the day before" in words(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: _marked(article), "the mark is in sight")
            assert "".join(_marked(article).split()) == "".join(citation.quote.split())
            await user.press("escape")
            assert isinstance(user.app.screen, AskScreen)
            assert (sentences.has_focus, sentences.highlighted) == (True, 1)

    run(test)


def _marked(article: ArticleText) -> str:
    """The highlighted words that are in sight."""
    mark = article.get_component_rich_style("article-text--mark")
    lines = (article.render_line(y) for y in range(article.size.height))
    return " ".join(segment.text for line in lines for segment in line if segment.style == mark)


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


def test_what_sources_do_not_agree_on_stands_under_the_answer_and_opens(tmp_path: Path) -> None:
    text = "The earthquake in Izmir killed {} people, the governor's office said."
    items = [
        {
            "id": "n1",
            "title": "Earthquake shakes Izmir",
            "date": "2026-02-02",
            "source": "Gazette",
            "text": text.format(35),
        },
        {"id": "n2", "title": "Earthquake in Izmir", "date": "2026-02-04", "source": "Herald", "text": text.format(53)},
    ]
    (tmp_path / "quake.jsonl").write_text("".join(json.dumps(one) + "\n" for one in items), encoding="utf-8")
    library = make_library(tmp_path / "library", tmp_path / "quake.jsonl")

    async def test() -> None:
        async with running(Config(library=library)) as user:
            sentences = await ask(user, "How many people did the earthquake in Izmir kill?")
            assert "A later report on deaths: 35, then 53" in words(user)
            early = next(n for n, one in enumerate(sentences.items) if getattr(one, "article_id", "") == "n1")
            sentences.highlighted = early
            await until(user, lambda: "Earthquake shakes Izmir" in words(user), "the earlier side's source")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert "35 people" in words(user)

    run(test)


def test_the_window_that_words_set_is_left_by_a_key(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, "What did Fidan discuss with Barrot last week?")
            assert sentences.has_focus
            assert "w All days" in words(user)
            await user.press("w")
            await until(user, lambda: "window: all days" in words(user) and "answering" not in state(user), "an answer")
            assert not isinstance(user.app.screen, AskScreen) or not user.app.screen.in_words
            assert "w All days" not in words(user)

    run(test)


def test_not_in_your_articles_is_a_view_whose_evidence_opens(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            nearest = await ask(user, "Who won the 2026 World Cup last week?")
            assert user.app.screen.query_one(AbsentView).display
            assert "Not in your articles" in words(user)
            assert "Searched: 1 article(s), 2026-01-26 to 2026-02-01" in words(user)
            assert nearest.has_focus
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the nearest evidence")
            await user.press("escape")
            assert nearest.has_focus

    run(test)


def test_what_is_newer_than_the_as_of_day_is_left_out_and_said(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), as_of="2026-02-01") as user:
            await ask(user, TALKS)
            assert "left out 1 article(s) newer than 2026-02-01" in words(user)

    run(test)


@pytest.mark.parametrize("question", ["", "x" * 5_000])
def test_a_question_that_cannot_be_asked_is_refused_with_a_remedy(seeds_library: Path, question: str) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await enter(user, question)
            await until(user, lambda: "✗ the question" in words(user), "the refusal")
            await ask(user, TALKS)
            assert "Istanbul" in words(user)

    run(test)


def test_keys_of_the_question_box(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, TALKS)
            question = user.app.screen.query_one("#question", Input)
            await user.press("escape")
            assert question.has_focus
            await user.press("down")
            assert sentences.has_focus
            await user.press("slash")
            assert question.has_focus
            await user.press(*"Who")
            assert question.value == "Who"

    run(test)


def test_with_its_index_up_an_unfiltered_question_is_answered_by_chroma(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds), as_of=None, indexed=True) as user:
            await until(user, lambda: user.app.desk.running("index") is None, "the index")
            await ask(user, TALKS)
            assert "index: chroma" in state(user)

    run(test)


# a model


def test_a_model_streams_and_each_of_its_sentences_is_checked(seeds_library: Path) -> None:
    async def test() -> None:
        written = ["The talks are expected ", "in Istanbul [1]. ", "Fidan paid 900 million dollars [1]."]
        with FakeLLM(Reply(written)) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                assert "test at 127.0.0.1" in words(user)
                sentences = await ask(user, TALKS)
                verdicts = [claim.verdict for claim in sentences.items]
                assert verdicts[1] is not Verdict.SUPPORTED
                assert "900" in screen_text(user).split("· ", 1)[1]
                assert "test" in state(user)

    run(test)


def test_a_sentence_that_still_fails_is_struck_out_with_the_word(seeds_library: Path) -> None:
    async def struck() -> None:
        with FakeLLM() as server:
            server.default = lambda _: Reply(["Fidan met Barrot in Geneva with 40 envoys [1]. Talks are expected [1]."])
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                await ask(user, TALKS)
                assert "✗ unsupported, struck out" in words(user)

    run(struck)


def test_sources_of_a_sentence_are_stepped_through(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM(Reply(["Barrot and Fidan are foreign ministers [1][2]."])) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                sentences = await ask(user, "What do Barrot and Fidan do as foreign ministers?")
                first = sentences.citation
                assert len(sentences.items[0].citations) == 2
                assert "citation 1 of 2" in words(user)
                await user.press("right")
                assert "citation 2 of 2" in words(user)
                assert sentences.citation != first
                await user.press("left")
                assert sentences.citation == first

    run(test)


def elsewhere(url: str) -> str:
    """The address of a server on this machine, in a way that is not known as such."""
    return url.replace("127.0.0.1", "127.1")


async def consent(user: User, key: str, *said: str) -> None:
    """Answer the next question about sending with ``key``; it must say all of ``said``."""
    await until(user, lambda: isinstance(user.app.screen, ConsentScreen), "the question")
    for part in ("127.1:", "another machine", "NOT encrypted", *said):
        assert part in words(user)
    asked = user.app.screen
    await user.press(key)
    await until(user, lambda: user.app.screen is not asked, "the decision")


async def answered(user: User) -> None:
    await until(user, lambda: "index:" in state(user) and "answering" not in state(user), "an answer")


def test_nothing_is_sent_to_a_model_elsewhere_before_the_reader_agrees(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            async with running(Config(library=seeds_library, model="test", base_url=elsewhere(server.url))) as user:
                assert "asks before sending to test at 127.1:" in words(user)
                for key in ("escape", "n"):  # not this time; not at all
                    await enter(user, TALKS)
                    await consent(user, key, "Passages of your articles")
                    await answered(user)
                    assert "extractive" in state(user)
                    assert "Istanbul" in words(user)
                    assert "quoted without test: nothing is sent to 127.1:" in words(user)
                assert "extractive: nothing leaves this machine" in words(user)
                await ask(user, TALKS)  # a refusal is remembered
                assert not server.requests
                server.queue(Reply(["In Istanbul [1]."]), Reply(["In Istanbul [1]."]))
                await user.press("ctrl+p", *"Sending")
                options = user.app.screen.query_one(CommandList)
                await until(user, lambda: options.option_count == 1, "what the palette found")
                await user.press("enter")
                await until(user, lambda: "asks before sending" in words(user), "the decision is open again")
                await enter(user, TALKS)
                await consent(user, "y")
                await answered(user)
                assert "articles are sent there" in words(user)
                await ask(user, TALKS)
                assert len(server.bodies) == 2

    run(test)


def test_a_briefing_is_quoted_when_the_reader_declines_to_send(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            async with running(Config(library=seeds_library, model="test", base_url=elsewhere(server.url))) as user:
                await user.press("f3")
                await consent(user, "n")
                await until(user, lambda: "1 story" in state(user), "the briefing")
                assert "● supported" in words(user)
                assert not server.requests

    run(test)


def test_passages_are_re_scored_only_after_the_reader_agreed_and_that_is_shown(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            config = Config(library=seeds_library, model="test", base_url=elsewhere(server.url), rerank="llm")
            async with running(config) as user:
                await enter(user, TALKS)
                await consent(user, "escape", "up to 30 passages")
                await answered(user)
                assert "re-scored" not in state(user)
                assert not server.requests
                server.queue(Reply(["1: 9"]), Reply(["In Istanbul [1]."]))
                await enter(user, TALKS)
                await consent(user, "y")
                await answered(user)
                assert f"order re-scored by test at 127.1:{server.host.split(':')[1]}" in state(user)
                assert len(server.bodies) == 2

    run(test)


def test_where_articles_would_go_is_in_sight_in_the_smallest_terminal(seeds_library: Path) -> None:
    async def test() -> None:
        settings = {"model": "m", "embedder": "e", "store": "http://news.example"}
        config = Config(library=seeds_library, base_url="http://llm.example/v1", **settings)
        async with running(config, size=(40, 12)) as user:
            for host in ("e at llm.example", "m at llm.example", "store at news.example"):
                assert host in words(user)
            await enter(user, TALKS)
            await until(user, lambda: isinstance(user.app.screen, ConsentScreen), "the question")
            assert "Send? Y or N" in words(user)
            assert "llm.example" in words(user)
            await user.press("end")
            await until(user, lambda: "Do not send (N)" in words(user), "the answers")
            await user.press("n")
            await answered(user)

    run(test)


async def add(user: User, path: Path) -> None:
    """Add ``path`` on the Library screen."""
    await user.press("f4")
    await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
    await enter(user, str(path), "#add")


async def added(user: User, said: str) -> None:
    await until(user, lambda: said in state(user), "the end of the ingest")
    await until(user, lambda: user.app.desk.running("ingest") is None, "its worker is over")


def test_articles_are_embedded_elsewhere_only_after_the_reader_agreed(tmp_path: Path) -> None:
    write_many(tmp_path / "many.jsonl", 3)

    async def test() -> None:
        with FakeLLM() as server:
            config = Config(library=tmp_path / "library", embedder="test", embedder_url=elsewhere(server.url))
            async with running(config) as user:
                assert "asks before sending to embedder test at 127.1:" in words(user)
                assert "nothing leaves this machine" not in words(user)
                await add(user, resource_folder("seeds"))
                await consent(user, "n", "All passages of the articles you add", "your questions")
                await added(user, "2 new")
                assert "5 passage(s) are found by words alone: nothing is sent to 127.1:" in words(user)
                assert "extractive: nothing leaves this machine" in words(user)
                await add(user, tmp_path / "many.jsonl")
                await added(user, "3 new")
                await user.press("f2")
                await ask(user, TALKS)
                assert "Istanbul" in words(user)
                assert not server.requests
                user.app.desk.decide_again()
                await add(user, tmp_path / "many.jsonl")
                await consent(user, "y")
                await added(user, "3 unchanged")
                assert sum(len(body["input"]) for body in server.bodies) >= 5
                await user.press("f2")
                assert "articles and questions are sent there" in words(user)
                await ask(user, TALKS)
                assert server.bodies[-1]["input"] == [TALKS]

    run(test)


def test_a_question_is_embedded_elsewhere_only_after_the_reader_agreed(tmp_path: Path) -> None:
    with FakeLLM() as server:
        config = Config(library=tmp_path / "library", embedder="test", embedder_url=elsewhere(server.url))
        with open_engine(config) as engine:
            assert [event for event in ingest(engine, [resource_folder("seeds")]) if isinstance(event, IngestReport)]
        sent = len(server.requests)

        async def test() -> None:
            async with running(config) as user:
                for key in ("escape", "n"):
                    await enter(user, TALKS)
                    await consent(user, key, "your questions")
                    await answered(user)
                    assert "searched by words alone: the question is not sent to 127.1:" in words(user)
                await ask(user, TALKS)
                assert "Istanbul" in words(user)
                assert len(server.requests) == sent
                user.app.desk.decide_again()
                await enter(user, TALKS)
                await consent(user, "y")
                await answered(user)
                assert "by words alone" not in words(user)
                assert len(server.requests) == sent + 1

        run(test)


def test_articles_are_shared_only_after_the_reader_agreed(tmp_path: Path) -> None:
    write_many(tmp_path / "many.jsonl", 2)
    knocks: list[str] = []

    def refuse(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        knocks.append(request.path)
        return 500, b"{}"

    async def test() -> None:
        with small_server(refuse) as url:
            async with running(Config(library=tmp_path / "library", store=elsewhere(url))) as user:
                assert "asks before sending to store at 127.1:" in words(user)
                for key, path in (("escape", resource_folder("seeds")), ("n", tmp_path / "many.jsonl")):
                    await add(user, path)
                    await consent(user, key, "All articles of this library")
                    await added(user, "2 new")
                    assert "not shared: nothing is sent to 127.1:" in words(user)
                assert "extractive: nothing leaves this machine" in words(user)
                assert not knocks
                user.app.desk.decide_again()
                await add(user, tmp_path / "many.jsonl")
                await consent(user, "y")
                await added(user, "2 unchanged")
                assert knocks
                assert "nothing here depends on it" in words(user)
                assert "all articles are sent there" in words(user)

    run(test)


def test_a_store_and_an_embedder_on_this_machine_are_named_and_need_no_consent(tmp_path: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server, chroma_server(tmp_path / "chroma") as store:
            config = Config(library=tmp_path / "library", embedder="test", embedder_url=server.url, store=store)
            async with running(config) as user:
                assert words(user).count("on this machine") == 2
                assert "extractive: nothing leaves this machine" in words(user)
                await add(user, resource_folder("seeds"))
                await added(user, "2 new; 2 sent to")

    run(test)


def test_a_refusing_endpoint_is_one_line_with_a_remedy(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            url = server.url
        async with running(Config(library=seeds_library, model="test", base_url=url)) as user:
            await enter(user, TALKS)
            await until(user, lambda: user.app.screen.query_one(StatusLine).has_class("-failed"), "the failure")
            assert state(user).startswith("✗ ")
            assert " — " in state(user)
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the app goes on")

    run(test)


def test_escape_cancels_an_answer_and_the_next_is_answered(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM(
            Reply(["The talks ", "are in ", "Istanbul [1]."], stall_after=2), Reply(["In Istanbul [1]."])
        ) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                await enter(user, TALKS)
                await until(user, lambda: "The talks are" in words(user), "the stream")
                await user.press("escape")
                await until(user, lambda: "broken off" in state(user), "the cancelled answer")
                assert server.hung_up.wait(5)
                await ask(user, TALKS)
                assert "broken off" not in state(user)

    run(test)


def test_leaving_does_not_wait_for_an_answer_that_stalls(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM(Reply(["The talks are "], stall_after=1)) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                await enter(user, TALKS)
                await until(user, lambda: "The talks" in words(user), "the stream")
                await user.press("ctrl+q")
                async with asyncio.timeout(PATIENCE):
                    while any(not work.over for work in user.app.desk._works.values()):
                        await asyncio.sleep(0.01)
                assert server.hung_up.wait(5)

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


def test_leaving_while_articles_are_read_keeps_what_was_read(own_seeds: Path, tmp_path: Path) -> None:
    write_many(tmp_path / "many.jsonl", 120)
    app = NewsdeskApp(Config(library=own_seeds))

    async def test() -> None:
        async with app.run_test() as user:
            await until(user, lambda: app.desk.shelf is not None, "the library is open")
            await user.press("f4")
            await until(user, lambda: isinstance(app.screen, LibraryScreen), "the library")
            await enter(user, str(tmp_path / "many.jsonl"), "#add")
            await until(user, lambda: "embedding" in state(user), "the vectors are being made")
            await user.press("ctrl+q")

    run(test)
    app.desk.close()
    with open_engine(Config(library=own_seeds)) as engine:
        stats = engine.library.stats()
    assert stats.articles == 122
    assert stats.waiting > 0  # it was left unfinished, not waited for


def test_a_key_without_a_model_changes_nothing_but_a_hint(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library, stray_key=True)) as user:
            assert "It is not used" in words(user)
            assert "nothing leaves this machine" in words(user)

    run(test)


class Panic(BaseException):
    """Like the panic of a Rust extension: no Exception."""


def test_a_worker_that_dies_of_anything_says_so(seeds_library: Path) -> None:
    async def test() -> None:
        def verb(cancel: Cancel) -> Iterator[object]:
            raise Panic("index out of bounds")
            yield

        async with running(Config(library=seeds_library)) as user:
            screen = user.app.screen
            assert isinstance(screen, AskScreen)
            screen.run_verb(verb)
            await until(user, lambda: "✗ ask failed: Panic: index out of bounds" in words(user), "the failure")
            assert screen.desk.running("ask") is None
            await ask(user, TALKS)

    run(test)


# briefing


def test_the_newest_day_is_briefed_at_the_first_visit(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f3")
            await until(user, lambda: "1 story" in state(user), "the briefing")
            stories = user.app.screen.query_one("#stories", SentenceList)
            assert "newest day" in words(user)
            assert "new · MENAFN · 2026-02-04" in words(user)
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


# the library


def test_the_library_lists_filters_and_opens(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.row_count == 2, "the list")
            assert "2026-02-04 French FM Backs" in words(user)
            await user.press("slash", *"fidan")
            assert table.row_count == 1
            await user.press("enter")
            assert table.has_focus
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert "2026-01-27" in words(user)
            await user.press("escape")
            await user.press("escape")
            assert table.row_count == 2

    run(test)


def test_an_empty_library_says_what_to_do_and_is_filled_while_asking_goes_on(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(Config(library=tmp_path / "library")) as user:
            assert "newsdesk ingest FOLDER" in words(user)
            await enter(user, TALKS)
            await until(user, lambda: "there is nothing to ask yet" in words(user), "the remedy")
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await user.press("a")
            await enter(user, str(resource_folder("seeds")), "#add")
            await until(user, lambda: "2 new" in state(user), "the ingest")
            await until(user, lambda: user.app.screen.query_one(ArticleTable).row_count == 2, "the list")
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
            await enter(user, str(many), "#add")
            await until(user, lambda: user.app.desk.running("ingest") is not None, "the ingest")
            await user.press("f2")
            await ask(user, TALKS)
            assert "Istanbul" in words(user)
            assert user.app.desk.running("ingest") is not None
            await user.press("f4", "f8")
            await until(user, lambda: "stopped: " in state(user), "the end of the ingest")
            assert user.app.desk.running("ingest") is None

    run(test)


def test_a_path_that_is_not_there_is_a_problem_by_name(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await enter(user, "/nowhere/at/all.txt", "#add")
            await until(user, lambda: "all.txt" in str(user.app.screen.query_one("#problems", Static).render()), "it")
            assert "1 failed" in state(user)

    run(test)


# the frame


def test_places_help_and_palette_are_a_key_away(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            for key, screen in (("f3", BriefingScreen), ("f4", LibraryScreen), ("f2", AskScreen)):
                await user.press(key)
                await until(user, lambda screen=screen: isinstance(user.app.screen, screen), key)
            for word in ("Ask", "Briefing", "Library", "Leave"):
                assert word in screen_text(user).splitlines()[-1]
            await user.press("f1")
            await until(user, lambda: user.app.screen.query("HelpPanel"), "the keys")
            await user.press("f1")
            await until(user, lambda: not user.app.screen.query("HelpPanel"), "no keys")
            await user.press("ctrl+p")
            await user.press(*"Library")
            options = user.app.screen.query_one(CommandList)
            await until(user, lambda: options.option_count == 1, "what the palette found")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "by the palette")
            await user.press("ctrl+q")
            await until(user, lambda: user.app._exit, "it leaves")

    run(test)


@pytest.mark.parametrize("key", ["f2", "f3", "f4"])
def test_the_keys_of_every_place_fit_a_terminal_of_80_columns(seeds_library: Path, key: str) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(80, 24)) as user:
            await user.press(key)
            await until(user, lambda: user.app.desk.running("list") is None, "the list")
            footer = screen_text(user).splitlines()[-1]
            for word in ("^q Leave", "f2 Ask", "f3 Briefing", "f4 Library"):
                assert word in footer

    run(test)


def test_an_article_opened_from_the_list_has_no_quote_to_go_to(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await user.press("enter")
            await until(user, lambda: "c To the quote" in screen_text(user), "the article at its quote")
            await user.press("escape", "f4")
            table = user.app.screen.query_one(ArticleTable)
            await until(user, lambda: table.row_count == 2, "the list")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await until(user, lambda: "f4 Library" in screen_text(user), "its keys")
            assert "To the quote" not in screen_text(user)

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
            assert sentences.highlighted == 0

    run(test)


def test_an_empty_enter_keeps_the_answer(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            before = words(user)
            assert "Istanbul" in before
            await enter(user, "  ")
            await until(user, lambda: "✗ the question is empty" in words(user), "the refusal")
            assert "Istanbul" in words(user)
            assert "● supported" in words(user)

    run(test)


# conversations


def test_a_conversation_goes_on_shows_what_was_asked_and_is_there_again(own_seeds: Path) -> None:
    async def test() -> None:
        config = Config(library=own_seeds)
        async with running(config, journal=True) as user:
            await ask(user, "What did Fidan discuss with Barrot last week?")
            await ask(user, "and what did he say about Gaza?")
            assert "asked as: What did Hakan Fidan say about Gaza? (from “he” is Hakan Fidan)" in state(user)
            assert "Gaza" in words(user)
            await user.press("ctrl+t")
            await until(user, lambda: "answering" not in state(user) and "index:" in state(user), "an answer")
            await until(user, lambda: "asked as" not in state(user), "the question as it was typed")
        async with running(config, journal=True) as user:
            await until(user, lambda: "conversation 1, 3 questions" in state(user), "the last conversation")
            assert "and what did he say about Gaza?" in words(user)
            assert isinstance(user.app.focused, Input)
            await ask(user, "and what did he say about NATO?")
            assert "asked as: What did Hakan Fidan say about NATO?" in state(user)
            await user.press("ctrl+n")
            assert "a new conversation" in state(user)
            await ask(user, TALKS)
            screen = user.app.screen
            assert isinstance(screen, AskScreen)
            assert screen.conversation == 2
            engine = screen.desk.engine
            assert engine is not None
            assert [one.turns for one in engine.journal.conversations()] == [1, 4]

    run(test)


def test_without_a_journal_a_follow_up_still_goes_on(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await ask(user, "when will they begin?")
            assert "asked as: When will the US-Iran talks begin?" in state(user)
            screen = user.app.screen
            assert isinstance(screen, AskScreen)
            assert screen.conversation is None

    run(test)


def test_a_damaged_journal_is_said_and_questions_are_answered(own_seeds: Path) -> None:
    async def test() -> None:
        (own_seeds / "journal.sqlite").write_bytes(b"no database at all " * 1000)
        async with running(Config(library=own_seeds), journal=True) as user:
            await until(user, lambda: "is damaged" in state(user), "what is wrong with the journal")
            await ask(user, TALKS)
            assert "Istanbul" in words(user)
            assert "this answer was not kept" in state(user)

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
            await until(user, lambda: _marked(article), "the mark is in sight")
            assert "".join(_marked(article).split()) == "".join(table.quotations[0].text.split())
            await user.press("escape")
            await user.press("escape")
            assert table.quotations == everything

    run(test)
