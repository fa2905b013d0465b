"""The inspector: for any answer and story, what was found and how, what a model was sent, what it took."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_driver import AS_OF, TALKS, User, ask, enter, make_library, marked, run, running, state, until, words
from fake_llm import Failure, FakeLLM, Reply, Scripted
from fixtures.newsroom import jsonl, passages_of, told
from textual.widgets import Static

from qa.config import Config, Secret
from qa.prompts import load_prompt
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.inspector import InspectorScreen
from tui.widgets.article_text import ArticleText
from tui.widgets.exchange_view import ExchangeView
from tui.widgets.passage_pane import PassagePane
from tui.widgets.passage_table import PassageTable
from tui.widgets.stream_pane import StreamPane
from tui.widgets.weighed_table import WeighedTable

GOOD = "The talks are expected to take place in Istanbul"
KEY = "sk-secret-5f4e3d2c1b0a"
LARGE = (120, 40)


async def inspect(user: User) -> InspectorScreen:
    """Open the inspector by its key, from Ask or Briefing."""
    await user.press("i")
    await until(user, lambda: isinstance(user.app.screen, InspectorScreen), "the inspector")
    screen = user.app.screen
    assert isinstance(screen, InspectorScreen)
    await until(user, lambda: user.app.desk.running("look up") is None, "what is looked up")
    return screen


def text(user: User, widget: str) -> str:
    """What a widget says, whatever the line breaks."""
    node = user.app.screen.query_one(widget)
    inner = node if isinstance(node, Static) else node.query_one(Static)
    return " ".join(" ".join(inner.render_line(y).text for y in range(inner.size.height)).split())


def place(body: dict[str, Any]) -> int:
    return next(n for n, said in passages_of(body).items() if "reportedly expected to take place in Istanbul" in said)


def by_prompt(**replies: Callable[[dict[str, Any]], Scripted]) -> Callable[[dict[str, Any]], Scripted]:
    """A reply for each prompt, told by the beginning of its system message."""

    def reply(body: dict[str, Any]) -> Scripted:
        system = body["messages"][0]["content"]
        (name,) = (name for name in replies if system.startswith(load_prompt(name).system.split("$")[0]))
        return replies[name](body)

    return reply


def test_the_passages_of_an_answer_say_how_they_were_found_and_who_cites_them(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=LARGE) as user:
            sentences = await ask(user, TALKS)
            claims = [item for item in sentences.items if hasattr(item, "verdict")]
            await inspect(user)
            table = user.app.screen.query_one(PassageTable)
            assert table.has_focus
            assert f"Inspecting: {TALKS}" in text(user, "#inspected")
            assert "index: exact" in text(user, "#searched")
            assert [row.n for row in table.kept] == list(range(1, len(table.kept) + 1))
            cited = {n for row in table.kept for n in row.cited_by}
            assert cited == set(range(1, len(claims) + 1))
            assert all(row.how and (row.how.words or row.how.meaning) for row in table.kept)
            assert "1st by words" in text(user, "PassagePane")
            assert "cited by sentence 1" in text(user, "PassagePane")
            first = "".join(table.kept[0].quotes[0].quote.split())
            assert _reversed(user.app.screen.query_one(PassagePane)).startswith(first)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: marked(article), "the quote is in sight")
            assert "".join(marked(article).split()) == "".join(table.kept[0].quotes[0].quote.split())
            await user.press("escape")
            assert isinstance(user.app.screen, InspectorScreen)
            await user.press("escape")
            assert isinstance(user.app.screen, AskScreen)
            assert sentences.has_focus

    run(test)


def _reversed(pane: PassagePane) -> str:
    """The words of the first stretch that stands out as cited."""
    inner, found = pane.children[0], ""
    for y in range(inner.size.height):
        here = "".join(s.text for s in inner.render_line(y) if s.style and s.style.reverse)
        if found and not here:
            break
        found += here
    return "".join(found.split())


def test_without_a_model_it_says_that_nothing_was_sent_and_shows_the_sentences_compared(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=LARGE) as user:
            await ask(user, TALKS)
            await inspect(user)
            await user.press("2")
            assert "Nothing was sent to a model" in text(user, "#requests")
            assert "is enough" in text(user, "#requests")
            table = user.app.screen.query_one(WeighedTable)
            assert table.has_focus
            assert "Istanbul" in table.kept[0].citation.quote
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: "Istanbul" in marked(article), "the sentence is in sight")

    run(test)


def test_each_request_to_a_model_is_shown_word_for_word_with_its_reply_and_without_the_key(
    seeds_library: Path,
) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            server.default = by_prompt(
                rerank=lambda body: Reply(["".join(f"{n}: {n % 4}\n" for n in passages_of(body))]),
                answer=lambda body: Reply([f"<think>Hm</think>{GOOD} with 40 envoys [{place(body)}]."]),
                repair=lambda body: Reply([f"1: {GOOD} [{place(body)}]."]),
            )
            config = Config(library=seeds_library, model="test", base_url=server.url, api_key=Secret(KEY), rerank="llm")
            async with running(config, size=LARGE) as user:
                await ask(user, TALKS)
                screen = await inspect(user)
                table = screen.query_one(PassageTable)
                assert {"Model", "Before"} <= set(words(user).split())
                assert all(row.how and row.how.before for row in table.kept)
                await user.press("2")
                view = screen.query_one(ExchangeView)
                seen = []
                for body in server.bodies:
                    exchange = view.exchange
                    assert exchange is not None
                    shown = screen.query_one(ArticleText)
                    assert shown.has_focus
                    assert [exchange.system, exchange.user] == [one["content"] for one in body["messages"]]
                    first = exchange.system.splitlines()[0][:40]
                    await until(user, lambda said=first: said in words(user), "the first words of what was sent")
                    assert "tokens sent, with" in text(user, "#requests")
                    assert load_prompt(exchange.prompt).hash in text(user, "#requests")
                    seen.append(exchange.prompt)
                    await user.press("end")
                    await until(user, lambda one=exchange: one.reply.split()[-1] in words(user), "the reply")
                    assert KEY not in words(user)
                    await user.press("right")
                assert seen == ["rerank", "answer", "repair"]
                assert view.exchange is not None
                assert view.exchange.prompt == "rerank"  # round again
                await user.press("left", "left")
                assert view.exchange.reply.startswith("<think>Hm</think>")
                await user.press("3")
                facts = text(user, "#facts")
                for said in ("tokens read", "scores of the passages", "sentences asked for again", "Embedder"):
                    assert said in facts
                assert load_prompt("answer").hash in facts

    run(test)


def test_the_pages_are_turned_by_number_and_by_tab(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            screen = await inspect(user)
            for key, page in (("2", "requests"), ("3", "facts"), ("1", "passages")):
                await user.press(key)
                assert screen.page == page
            for page in ("requests", "facts", "passages"):
                await user.press("tab")
                assert screen.page == page
            await user.press("shift+tab")
            assert screen.page == "facts"
            await user.press("ctrl+s", "w", "m")  # the scope it was asked in cannot be changed
            assert user.app.screen is screen
            assert "quotation of the articles' own sentences" in text(user, "#facts")

    run(test)


def test_a_refusal_shows_what_was_found_and_that_no_sentence_was_sure_enough(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=LARGE) as user:
            await ask(user, "Who won the 2026 World Cup?")
            screen = await inspect(user)
            assert screen.query_one(PassageTable).kept
            await user.press("3")
            facts = text(user, "#facts")
            assert "not in your articles" in facts
            assert "Certainty" in facts
            assert "is enough" in facts

    run(test)


def test_a_question_that_failed_and_an_answer_that_was_cancelled_can_be_inspected(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            config = Config(library=seeds_library, model="test", base_url=server.url)
            async with running(config, size=LARGE) as user:
                server.default = lambda _: Failure(400, "no such thing")
                await enter(user, TALKS)
                await until(user, lambda: "✗" in state(user), "the failure")
                user.app.set_focus(None)
                screen = await inspect(user)
                assert screen.query_one(PassageTable).kept  # it was found, though not answered
                await user.press("2")
                view = screen.query_one(ExchangeView)
                assert view.exchange is not None
                assert "no such thing" in view.exchange.ended
                await user.press("escape")
                server.default = lambda body: Reply([f"{GOOD} [{place(body)}]. ", "Never"], stall_after=1)
                await enter(user, TALKS)
                stream = user.app.screen.query_one(StreamPane)
                await until(user, lambda: "expected to take" in words(user) and stream.display, "some words")
                await user.press("escape")
                await until(user, lambda: "broken off" in state(user), "what came")
                await inspect(user)
                await user.press("2")
                assert "cancelled" in text(user, "#requests")

    run(test)


def test_of_an_answer_from_the_journal_it_shows_what_is_kept_and_finds_the_rest_again(own_seeds: Path) -> None:
    async def test() -> None:
        config = Config(library=own_seeds)
        async with running(config, journal=True) as user:
            await ask(user, TALKS)
        async with running(config, journal=True, size=LARGE) as user:
            await until(user, lambda: "Istanbul" in words(user), "the conversation")
            user.app.set_focus(None)
            screen = await inspect(user)
            table = screen.query_one(PassageTable)
            assert "From a conversation that was kept" in text(user, "#searched")
            assert table.kept
            assert all(row.kind == "cited" and row.cited_by for row in table.kept)
            await user.press("f")
            await until(user, lambda: screen.told.source == "again", "what is found again")
            assert "What the same question finds now" in text(user, "#searched")
            assert any(row.cited_by for row in table.kept)
            assert all(row.how for row in table.kept)
            await user.press("2")
            assert "Nothing was sent to a model" in text(user, "#requests")

    run(test)


def test_what_a_model_was_sent_is_said_not_to_be_kept_with_a_conversation(own_seeds: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            server.default = lambda body: Reply([f"{GOOD} [{place(body)}]."])
            config = Config(library=own_seeds, model="test", base_url=server.url)
            async with running(config, journal=True) as user:
                await ask(user, TALKS)
            async with running(config, journal=True, size=LARGE) as user:
                await until(user, lambda: "Istanbul" in words(user), "the conversation")
                user.app.set_focus(None)
                await inspect(user)
                asked = len(server.requests)
                await user.press("2")
                await until(user, lambda: "is not kept with a conversation" in text(user, "#requests"), "the reason")
                await user.press("1", "f")
                await until(user, lambda: "finds now" in text(user, "#searched"), "what is found again")
                assert len(server.requests) == asked  # nothing is sent to find it again

    run(test)


def test_a_story_of_a_briefing_shows_its_articles_and_what_the_model_was_sent_for_it(tmp_path: Path) -> None:
    items = [
        told(1, "Bridge opens in Varna", "The new bridge in Varna opened on Tuesday, the port authority said."),
        told(2, "Court in Oslo", "A court in Oslo sentenced the fraudster Ola Nordmann to nine years on Tuesday."),
    ]
    library = make_library(tmp_path / "library", jsonl(tmp_path / "news.jsonl", items))

    async def test() -> None:
        with FakeLLM() as server:
            server.default = lambda body: Reply([f"{next(iter(passages_of(body).values())).split('.')[0]} [1]."])
            async with running(Config(library=library, model="test", base_url=server.url), size=LARGE) as user:
                await user.press("f3")
                await until(user, lambda: isinstance(user.app.screen, BriefingScreen), "the briefing")
                await until(user, lambda: "stories" in state(user) and "index" in state(user), "the stories")
                briefing = user.app.screen.briefing
                assert briefing is not None
                user.app.set_focus(user.app.screen.query_one("#stories"))
                for story in briefing.stories:
                    screen = await inspect(user)
                    assert story.title in text(user, "#inspected")
                    (row,) = screen.query_one(PassageTable).kept
                    assert (row.title, row.cited_by) == (story.title, (1,))
                    await user.press("2")
                    view = screen.query_one(ExchangeView)
                    assert view.exchange is not None
                    assert story.title in view.exchange.user
                    await user.press("escape", "down")

    run(test)


def test_nothing_of_an_article_or_a_reply_acts_on_the_terminal(tmp_path: Path) -> None:
    hostile = "\x1b]52;c;cHduZWQ=\x07[@click=app.quit]harbour[/] \x1b[2Jreopened [/nope] on Monday\u202e"
    item = told(1, f"Port {hostile}", f"The harbour of Varna {hostile}, the port authority said.", source="[bold]X[/]")
    library = make_library(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [item]))

    async def test() -> None:
        with FakeLLM() as server:
            server.default = lambda _: Reply([f"The harbour of Varna {hostile} [1]."])
            async with running(Config(library=library, model="test", base_url=server.url), size=LARGE) as user:
                await ask(user, "When did the harbour of Varna reopen?")
                user.app.set_focus(None)
                await inspect(user)
                for key in ("1", "2", "end", "3"):
                    await user.press(key)
                    shown = "".join(strip.text for strip in user.app.screen._compositor.render_strips())
                    assert not any(bad in shown for bad in ("\x1b", "\x07", "\u202e"))
                assert "[@click=app.quit]" in str(user.app.screen.query_one(ExchangeView).exchange)

    run(test)


@pytest.mark.parametrize("size", [(80, 24), (58, 20), (40, 12)])
def test_it_works_in_small_terminals(seeds_library: Path, size: tuple[int, int]) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=size) as user:
            await ask(user, TALKS)
            screen = await inspect(user)
            table, pane = screen.query_one(PassageTable), screen.query_one(PassagePane)
            assert "French FM" in words(user)
            if size[0] < 60:
                assert not pane.display
                await user.press("v")
                assert (pane.display, table.display) == (True, False)
                await user.press("escape")
                assert isinstance(user.app.screen, InspectorScreen)
            assert table.display
            await user.press("2")
            await until(user, lambda: screen.query_one(WeighedTable).size.height >= 1, "the table has room")

    run(test)


def test_where_nothing_was_asked_yet_it_is_not_offered(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), as_of=AS_OF) as user:
            user.app.set_focus(None)
            await user.press("i")
            assert isinstance(user.app.screen, AskScreen)

    run(test)
