"""Ask, driven by its keys: from a question to the words behind each sentence of its answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_driver import (
    PATIENCE,
    TALKS,
    ask,
    enter,
    make_library,
    marked,
    offered,
    run,
    running,
    screen_text,
    state,
    until,
    words,
)
from fake_llm import FakeLLM, Reply
from textual.app import App, ComposeResult

from qa.config import Config
from qa.types import Cancel, Claim, Verdict
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.library import LibraryScreen
from tui.widgets.article_text import ArticleText
from tui.widgets.question_box import QuestionBox
from tui.widgets.sentence_list import Side
from tui.widgets.status_line import StatusLine


def test_typing_a_question_leads_to_the_quoted_words_and_back(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press(*"Where are the", "space")
            assert user.app.screen.query_one("#question", QuestionBox).text == "Where are the "
            sentences = await ask(user, TALKS)
            assert "Istanbul" in words(user)
            assert "● supported" in words(user)
            assert "[1]" in words(user)
            assert sentences.has_focus
            await user.press("down")
            assert sentences.highlighted == 2
            await user.press("k", "j")
            assert sentences.highlighted == 2
            citation = sentences.citation
            assert citation is not None
            assert "MENAFN · 2026-02-04, the day before" in words(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: marked(article), "the mark is in sight")
            assert "".join(marked(article).split()) == "".join(citation.quote.split())
            await user.press("escape")
            assert isinstance(user.app.screen, AskScreen)
            assert (sentences.has_focus, sentences.highlighted) == (True, 2)

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
            early = next(
                n for n, one in enumerate(sentences.items) if isinstance(one, Side) and one.citation.article_id == "n1"
            )
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
            assert offered(user, "all_days")
            await user.press("a")
            await until(user, lambda: "window: all days" in words(user) and "answering" not in state(user), "an answer")
            assert not isinstance(user.app.screen, AskScreen) or not user.app.screen.in_words
            assert not offered(user, "all_days")

    run(test)


def test_not_in_your_articles_is_a_view_whose_evidence_opens(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            nearest = await ask(user, "Who won the 2026 World Cup last week?")
            assert "Not in your articles" in words(user)
            assert "Searched: 1 article, 2026-01-26 to 2026-02-01" in words(user)
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
            question = user.app.screen.query_one("#question", QuestionBox)
            await user.press("escape")
            assert question.has_focus
            await user.press("down")
            assert sentences.has_focus
            await user.press("n")
            assert question.has_focus
            await user.press(*"Who")
            assert question.text == "Who"

    run(test)


def test_with_its_index_up_an_unfiltered_question_is_answered_by_chroma(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds), as_of=None, indexed=True) as user:
            await until(user, lambda: user.app.desk.running("index") is None, "the index")
            await ask(user, TALKS)
            assert "index: chroma" in state(user)

    run(test)


def test_a_model_streams_and_each_of_its_sentences_is_checked(seeds_library: Path) -> None:
    async def test() -> None:
        written = ["The talks are expected ", "in Istanbul [1]. ", "Fidan paid 900 million dollars [1]."]
        with FakeLLM(Reply(written)) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                assert "test at 127.0.0.1" in words(user)
                sentences = await ask(user, TALKS)
                verdicts = [one.verdict for one in sentences.items if isinstance(one, Claim)]
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
                assert isinstance(sentences.current, Claim)
                assert len(sentences.current.citations) == 2
                assert "citation 1 of 2" in words(user)
                await user.press("right")
                assert "citation 2 of 2" in words(user)
                assert sentences.citation != first
                await user.press("left")
                assert sentences.citation == first

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
            assert isinstance(user.app.focused, QuestionBox)
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


def test_an_undo_that_takes_many_lines_away_at_once_goes_well() -> None:
    class Box(App[None]):
        def compose(self) -> ComposeResult:
            yield QuestionBox()

    async def test() -> None:
        async with Box().run_test(size=(40, 24)) as user:
            box = user.app.query_one(QuestionBox)
            box.focus()
            await user.press(*"abc")
            box.put("\n".join(f"line {n}, which goes on over the edge of the box" for n in range(12)))
            await user.pause()
            assert box.show_vertical_scrollbar
            await user.press("ctrl+z")
            assert box.text == "abc"
            assert box.cursor_location == (0, 3)

    asyncio.run(test())
