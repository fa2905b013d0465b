"""Reading in the app: the question box, a conversation as one list, quotes in their passage, copying, the stream."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app_driver import TALKS, User, ask, enter, make_library, offered, run, running, screen_text, state, until, words
from fake_llm import FakeLLM, Reply
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.widgets import OptionList

from qa.config import Config
from qa.period import Period
from qa.retrieve import MAX_QUESTION
from qa.types import Article, Citation, Claim, Published
from tui.around import around
from tui.scope import Scope
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.history import HistoryScreen
from tui.widgets.question_box import LONGEST, QuestionBox
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import Heading
from tui.widgets.stream_pane import StreamPane

LAST_WEEK = "What did Fidan discuss with Barrot last week?"


def box_of(user: User) -> QuestionBox:
    return user.app.screen.query_one(QuestionBox)


async def answered(user: User) -> None:
    await until(user, lambda: "index:" in state(user) and "answering" not in state(user), "an answer")


# the question box


def test_a_question_of_several_lines_is_typed_and_asked(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            box = box_of(user)
            before = box.size.height
            await user.press(*"Where are the", "ctrl+j", *"US-Iran talks", "shift+enter", *"expected?")
            assert box.text == "Where are the\nUS-Iran talks\nexpected?"
            assert box.size.height == before + 2
            await user.press("up", "end", "alt+enter")
            assert box.text == "Where are the\nUS-Iran talks\n\nexpected?"
            await user.press("ctrl+z", "enter")
            await answered(user)
            assert "Istanbul" in words(user)

    run(test)


def test_earlier_questions_come_back_and_so_does_what_was_being_typed(own_seeds: Path) -> None:
    config = Config(library=own_seeds)

    async def first() -> None:
        async with running(config, journal=True) as user:
            for question in (TALKS, LAST_WEEK, TALKS):
                await ask(user, question)

    async def test() -> None:
        async with running(config, journal=True) as user:
            box = box_of(user)
            await until(user, lambda: box.asked_before, "the questions of the journal")
            assert box.asked_before == (TALKS, LAST_WEEK)
            await user.press(*"Who is", "up")
            assert box.text == TALKS
            await user.press("up")
            assert box.text == LAST_WEEK
            await user.press("up", "down")
            assert box.text == TALKS
            await user.press("down")
            assert box.text == "Who is"
            await user.press("up", *" Really?", "up")
            assert box.text == TALKS
            await user.press("down")
            assert box.text == f"{TALKS} Really?"

    run(first)
    run(test)


def test_an_earlier_question_is_found_by_its_words(own_seeds: Path) -> None:
    async def test() -> None:
        async with running(Config(library=own_seeds)) as user:
            await ask(user, TALKS)
            await ask(user, LAST_WEEK)
            await user.press("escape", "ctrl+r")
            await until(user, lambda: isinstance(user.app.screen, HistoryScreen), "the questions")
            found = user.app.screen.query_one("#found", OptionList)
            assert found.option_count == 2
            await user.press("down")
            assert found.highlighted == 1
            await user.press(*"no such", "space", *"words")
            await until(user, lambda: "No question has these words" in words(user), "nothing found")
            await user.press("enter")
            assert isinstance(user.app.screen, HistoryScreen)
            await user.press("ctrl+u", *"TALKS iran")
            await until(user, lambda: found.highlighted == 0, "the question")
            await user.press("enter")
            assert isinstance(user.app.screen, AskScreen)
            assert (box_of(user).text, box_of(user).has_focus) == (TALKS, True)
            await user.press("ctrl+z")
            assert box_of(user).text == LAST_WEEK
            await user.press("ctrl+r")
            await until(user, lambda: isinstance(user.app.screen, HistoryScreen), "the questions")
            await user.press("escape")
            assert box_of(user).text == LAST_WEEK

    run(test)


def test_of_a_long_paste_what_a_question_holds_is_kept_and_that_is_said(seeds_library: Path) -> None:
    assert LONGEST == MAX_QUESTION

    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            box = box_of(user)
            await user.press(*"Mine: ")
            box.post_message(Paste("word " * 20_000))
            await until(user, lambda: "pasted 100,000 characters; a question holds 4,000" in words(user), "what became")
            assert "kept the first 3,994" in words(user)
            assert len(box.text) == LONGEST
            box.post_message(Paste("more"))
            await until(user, lambda: "none found room" in words(user), "no room")
            assert len(box.text) == LONGEST
            await user.press("ctrl+z")
            assert box.text == "Mine: "
            box.post_message(Paste("a\tshort\r\none\n"))
            await until(user, lambda: "one" in box.text, "the paste")
            assert box.text == "Mine: a short\none"

    run(test)


def test_who_types_the_next_question_is_not_led_away_by_the_answer(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM(Reply(["The talks ", "are in ", "Istanbul [1]."], stall_after=1)) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                await enter(user, TALKS)
                await until(user, lambda: "The " in user.app.screen.query_one(StreamPane).text, "the stream")
                await user.press("end", "ctrl+u", *"And who")
                user.app.desk.stop("ask")
                await until(user, lambda: "broken off" in state(user), "what came until then")
                assert box_of(user).has_focus
                assert box_of(user).text == "And who"

    run(test)


# the list


def test_reasons_are_told_in_full_and_no_longer(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM(Reply(["The talks are expected in Istanbul [1]. Fidan paid 900 million dollars [1]."])) as server:
            server.default = lambda _: Reply(["Fidan paid 900 million dollars [1]."])
            async with running(Config(library=seeds_library, model="test", base_url=server.url), (120, 40)) as user:
                sentences = await ask(user, TALKS)
                while not (isinstance(sentences.current, Claim) and "900" in sentences.current.text):
                    at = sentences.highlighted
                    await user.press("j")
                    assert sentences.highlighted != at, "the sentence is in the list"
                reason = sentences.current.reasons[0]
                await user.press("r")
                await until(user, lambda: f"– {reason}" in words(user), "the reasons")
                listed = sentences.get_option_at_index(sentences.highlighted or 0).prompt
                assert "[1] says “" in str(listed)
                await user.press("r")
                listed = sentences.get_option_at_index(sentences.highlighted or 0).prompt
                assert "says “" not in str(listed)

    run(test)


def test_what_carries_a_supported_sentence_is_told_too(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, TALKS)
            await user.press("r")
            await until(user, lambda: "the cited words carry it" in words(user), "why")
            assert sentences.opened_up == {sentences.highlighted}

    run(test)


def test_the_quote_stands_in_its_passage(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), (120, 40)) as user:
            sentences = await ask(user, TALKS)
            await user.press("j")
            assert sentences.citation is not None
            pane = user.app.screen.query_one(QuotePane)
            after = "He added that"
            assert after not in sentences.citation.quote
            await until(user, lambda: after in str(pane.query_one("#quoted").render()), "the words after the quote")
            quote = " ".join(sentences.citation.quote.split())
            assert quote in " ".join(str(pane.query_one("#quoted").render()).split())
            assert "MENAFN · 2026-02-04, the day before" in words(user)

    run(test)


@pytest.mark.parametrize("size", [(50, 24), (80, 24), (120, 40)])
def test_a_key_leads_to_the_quote_and_back_at_every_width(seeds_library: Path, size: tuple[int, int]) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size) as user:
            sentences = await ask(user, TALKS)
            await user.press("j")
            at, pane = sentences.highlighted, user.app.screen.query_one(QuotePane)
            for back in ("v", "escape", "left"):
                assert offered(user, "words")
                await user.press("v")
                await until(user, lambda: pane.has_focus and pane.display, "the quote")
                assert bool(sentences.region.area) is (size[0] >= 60)
                assert "MENAFN" in words(user)
                await user.press(back)
                await until(user, lambda: sentences.has_focus and sentences.display, "the sentences")
                assert sentences.highlighted == at
            await user.press("v", "enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await user.press("escape")
            assert pane.has_focus

    run(test)


def test_earlier_questions_stay_above_and_can_be_copied(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            sentences = await ask(user, "Who won the 2026 World Cup last week?")
            asked = [one.title for one in sentences.items if isinstance(one, Heading) and one.kind == "question"]
            assert asked == [TALKS, "Who won the 2026 World Cup last week?"]
            assert TALKS not in screen_text(user).split("Not in your")[0].split("index:")[1]
            await user.press("y")
            await until(user, lambda: "copied the answer" in state(user), "the copy")
            assert user.app.clipboard.startswith("Who won the 2026 World Cup last week?\n")
            await user.press("home")
            await until(user, lambda: sentences.highlighted == 1, "the first sentence")
            await user.press("up")
            await until(user, lambda: f"▌ {TALKS}" in words(user), "the first question")
            await user.press("y")
            assert user.app.clipboard.startswith(f"{TALKS}\n")
            assert "[1] “" in user.app.clipboard
            assert f"{len(user.app.clipboard):,} characters" in state(user)
            await user.press("n", "ctrl+y")
            assert box_of(user).has_focus
            assert user.app.clipboard.startswith(f"{TALKS}\n")

    run(test)


def test_there_is_nothing_to_copy_before_the_first_answer(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await user.press("ctrl+y")
            await until(user, lambda: "there is no answer to copy" in state(user), "the refusal")
            assert not offered(user, "copy_answer")

    run(test)


def test_without_a_window_nothing_is_offered_to_widen(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, "Who won the 2026 World Cup?")
            assert "No window was set: there is nothing to widen." in words(user)
            assert not offered(user, "all_days")
            user.app.desk.scope = Scope(period=Period(first="2026-01-01", last="2026-01-02"))
            await ask(user, "Who won the 2026 World Cup?")
            assert "No article lies in there, so nothing could answer." in words(user)
            assert "change them in the scope above" in words(user)
            assert not offered(user, "all_days")

    run(test)


def test_two_reports_of_one_time_stand_side_by_side(tmp_path: Path) -> None:
    more = {35: "Rescuers from Manisa searched two schools.", 41: "The harbour was closed and trams stood still."}
    items = [
        {
            "title": f"Earthquake {n}",
            "date": "2026-02-04",
            "source": f"Paper {n}",
            "text": f"The earthquake in Izmir killed {n} people. {told}",
        }
        for n, told in more.items()
    ]
    (tmp_path / "quake.jsonl").write_text("".join(json.dumps(one) + "\n" for one in items), encoding="utf-8")
    library = make_library(tmp_path / "library", tmp_path / "quake.jsonl")

    async def test() -> None:
        async with running(Config(library=library), (200, 50)) as user:
            await ask(user, "How many people did the earthquake in Izmir kill?")
            shown = words(user)
            assert "⇄ Sources differ on deaths: 35 or 41" in shown
            assert "neither is taken for right" in shown
            for value in more:
                assert f"│ {value} “" in shown
                assert f"Earthquake {value} · Paper {value} · 2026-02-04" in shown

    run(test)


# the stream


class Streaming(App[None]):
    """A stream and nothing else."""

    def compose(self) -> ComposeResult:
        yield StreamPane()


def test_the_stream_follows_its_end_only_while_the_reader_is_there() -> None:
    async def test() -> None:
        async with Streaming().run_test(size=(40, 10)) as user:
            pane = user.app.query_one(StreamPane)
            sent = [f"Bullet {n} of a long answer that is wrapped.\n" for n in range(300)]
            for n, piece in enumerate(sent):
                pane.feed(piece[:7])
                pane.feed(piece[7:])
                if n == 200:
                    await until(user, lambda: len(pane.text) > 8_000, "the first flush")  # type: ignore[arg-type]
                    assert pane.scroll_offset.y == pane.max_scroll_y > 0
                    pane.scroll_to(y=5, animate=False, immediate=True)
            await until(user, lambda: pane.text == "".join(sent), "all of it")  # type: ignore[arg-type]
            assert pane.scroll_offset.y == 5
            top = pane.render_line(0).text.strip()
            await user.resize_terminal(30, 12)
            await user.pause()
            assert top.split()[0] in pane.render_line(0).text
            pane.scroll_to(y=pane.max_scroll_y, animate=False, immediate=True)
            pane.feed("The end")
            await until(user, lambda: pane.text.endswith("The end"), "the last words")  # type: ignore[arg-type]
            assert pane.render_line(pane.size.height - 1).text.strip() == "The end"

    run(test)


def test_a_resize_while_it_streams_and_an_end_without_a_word_leave_a_consistent_state(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM(Reply(["The talks are in ", "Istanbul [1]. "], stall_after=2)) as server:
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                await enter(user, TALKS)
                await until(user, lambda: "The talks are in" in words(user), "the stream")
                for width, height in ((50, 20), (20, 5), (200, 60), (80, 24)):
                    await user.resize_terminal(width, height)
                    await user.pause()
                assert "The talks are in" in words(user)
                await user.press("escape")
                await until(user, lambda: "broken off" in state(user), "what came until then")
                assert "Broken off: this is what came until then" in words(user)
                assert "Istanbul" in words(user)

    run(test)


def test_a_server_that_goes_away_in_the_middle_leaves_what_came_marked(seeds_library: Path) -> None:
    async def test() -> None:
        told = ["The talks are expected in Istanbul [1]. ", "Barrot said so"]
        with FakeLLM(Reply(told, break_at=200)) as server:
            server.default = lambda _: Reply(["x"], break_at=1)
            async with running(Config(library=seeds_library, model="test", base_url=server.url)) as user:
                await enter(user, TALKS)
                await until(user, lambda: "broken off" in state(user) or "✗" in state(user), "the end")
                assert user.app.desk.running("ask") is None or await _over(user)
                assert "broken off" in state(user)
                assert "Istanbul" in words(user)
                assert box_of(user).text == TALKS

    run(test)


async def _over(user: User) -> bool:
    await until(user, lambda: user.app.desk.running("ask") is None, "the worker is over")
    return True


def test_a_refused_question_leaves_the_answer_before(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await enter(user, "What happened on 2026-02-31?")
            await until(user, lambda: "✗" in state(user), "the refusal")
            assert "Istanbul" in words(user)
            assert box_of(user).text == "What happened on 2026-02-31?"

    run(test)


# the words around a quote


def test_the_words_around_a_quote_are_those_of_the_article_and_bounded() -> None:
    text = "First words. " * 100 + "The quote." + " Last words." * 100
    article = Article("a", "o", 1, "t", None, None, Published("2026-02-04", date(2026, 2, 4)), text, "0" * 64)
    start = text.index("The quote.")
    cited = Citation(1, "a", 1, "t", None, "2026-02-04", "text", start, start + 10, "The quote.")
    told = around(article, cited)
    assert told is not None
    assert told.quote == "The quote."
    assert f"{told.before}{told.quote}{told.after}" in text
    assert (told.cut_before, told.cut_after) == (True, True)
    assert 300 < len(told.before) <= 400 < len(told.after) <= 600
    assert told.before.split()[0] in {"First", "words."}
    short = replace(article, text="Here.\n\nOne. The quote. Two.\n\nThere.")
    near = around(short, replace(cited, start=12, end=22))
    assert near is not None
    assert (near.before, near.quote) == ("Here.\n\nOne. ", "The quote.")
    assert around(article, replace(cited, field="title")) is None
