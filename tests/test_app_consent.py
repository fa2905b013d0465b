"""What the app sends to other machines: nothing before the reader agreed."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler
from pathlib import Path

from app_driver import TALKS, User, add, ask, enter, run, running, state, until, words, write_many
from fake_llm import FakeLLM, Reply
from fixtures.chroma_server import chroma_server, small_server
from textual.command import CommandList

from qa import open_engine
from qa.config import Config
from qa.ingest import ingest
from qa.resources import resource_folder
from qa.types import IngestReport
from tui.screens.consent import ConsentScreen


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
