"""Standing questions in the app: kept from Ask, from a dialog, answered on the briefing screen; and a story in full."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app_driver import User, ask, enter, offered, run, running, state, until, words
from fixtures.newsroom import briefed, engine_at, jsonl, take_in
from test_app_briefing import config, visit
from test_standing import NEWS, UNION
from textual.widgets import Input, OptionList, Static

from qa.standing import add
from qa.types import Briefing, Conflict, Copy, Development, StandingQuestion
from tui.screens.article import ArticleScreen
from tui.screens.leaving import Palette
from tui.screens.standing import StandingDialog
from tui.widgets.day_list import DayList, SinceLast
from tui.widgets.sentence_list import SentenceList


@pytest.fixture
def library(tmp_path: Path) -> Path:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", NEWS))
    return tmp_path / "library"


def kept(library: Path, *, removed: bool = False) -> list[StandingQuestion]:
    with engine_at(library) as engine:
        return engine.journal.standing.questions(removed=removed)


def said(user: User) -> str:
    return str(user.app.screen.query_one("#said", Static).content)


def rows(user: User) -> list[str]:
    choices = user.app.screen.query_one("#choices", OptionList)
    return [str(choices.get_option_at_index(n).prompt) for n in range(choices.option_count)]


async def dialog(user: User) -> StandingDialog:
    await until(user, lambda: isinstance(user.app.screen, StandingDialog) and said(user) != "reading…", "the dialog")
    assert isinstance(user.app.screen, StandingDialog)
    return user.app.screen


async def to_words(user: User, told: str) -> SentenceList:
    """The cursor on the first sentence with these words."""
    stories = user.app.screen.query_one("#stories", SentenceList)
    for _ in range(60):
        if told in str(getattr(stories.current, "text", "")):
            return stories
        await user.press("j")
    raise AssertionError(f"no sentence with {told}")


# on the briefing screen


def test_a_question_is_added_answered_removed_and_brought_back(library: Path) -> None:
    async def test() -> None:
        async with running(config(library), size=(120, 40), journal=True) as user:
            screen = await visit(user, 2)
            assert "Your questions" not in words(user)
            await user.press("q")
            await dialog(user)
            await enter(user, UNION, box="#typed")
            await until(user, lambda: said(user) == "kept as question 1 · 1 question", "it is kept")
            assert rows(user) == [f"■ {UNION}  not answered yet"]
            assert user.app.screen.query_one("#typed", Input).value == ""
            await enter(user, "The customs union – anything NEW", box="#typed")
            await until(user, lambda: "standing question 1 already" in said(user), "a double is refused")
            await user.press("escape")
            await until(user, lambda: f"□ {UNION} – not asked yet" in words(user), "not asked yet")
            await user.press("u")
            await until(user, lambda: "answered for the first time" in words(user), "the answer")
            stories = await to_words(user, "Cyprus threatened")
            assert screen.story is None  # it is of no story
            assert stories.citation is not None
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert "Cyprus threatens to veto the customs union" in words(user)
            await user.press("escape", "q")
            await dialog(user)
            assert rows(user) == [f"■ {UNION}  something new on 2026-02-03"]
            await user.press("enter", "enter")  # nothing typed: to the list; there, what is kept stays
            assert said(user) == "it is kept · Del removes it"
            await user.press("delete")
            await until(user, lambda: said(user) == "0 questions, 1 removed", "it is removed")
            assert rows(user) == [f"□ {UNION}  removed, Enter brings it back"]
            assert not offered(user, "remove")
            await user.press("enter")
            await until(user, lambda: said(user) == "1 question", "it is back")
            await user.press("escape")
            assert user.app.screen is screen

    run(test)
    assert [one.question for one in kept(library)] == [UNION]


def test_the_answers_stand_above_the_stories_and_what_is_quiet_in_a_line(library: Path) -> None:
    with engine_at(library) as engine:
        add(engine, UNION)
        add(engine, "volcanoes of [b]Iceland[/b]")
        briefed(engine, day="2026-02-01")
        briefed(engine, day="2026-02-02")
        briefed(engine, day="2026-02-03")

    async def test() -> None:
        async with running(config(library), size=(160, 60), journal=True) as user:
            await visit(user, 2)
            shown = words(user)
            assert "∅ volcanoes of [b]Iceland[/b] – nothing in the articles of 2026-02-03" in shown
            assert "› the customs union: anything new?" in shown
            assert "★ new since 2026-02-02" in shown
            assert shown.index("Your questions") < shown.index("▌ ")
            await enter(user, "2026-02-02", box="#period")
            await until(user, lambda: f"▽ {UNION} – nothing new since 2026-02-01" in words(user), "the day before")

    run(test)


def test_the_cursor_stays_where_it_was_when_the_dialog_is_left(library: Path) -> None:
    async def test() -> None:
        async with running(config(library), journal=True) as user:
            await visit(user, 2)
            stories = await to_words(user, "Rain flooded 19")
            before = stories.current
            await user.press("q")
            await dialog(user)
            await enter(user, UNION, box="#typed")
            await until(user, lambda: "1 question" in said(user), "it is kept")
            await user.press("escape")
            await until(user, lambda: any("Your questions" in str(item) for item in stories.items), "it is listed")
            assert stories.current is before

    run(test)


def test_without_a_journal_the_dialog_says_why_there_are_none(library: Path) -> None:
    async def test() -> None:
        async with running(config(library), journal=False) as user:
            await visit(user, 2)
            await user.press("q")
            await dialog(user)
            assert "set journal = true" in said(user)
            await enter(user, UNION, box="#typed")
            await until(user, lambda: "no journal is kept" in said(user), "it is refused")
            assert user.app.screen.query_one("#typed", Input).value == UNION  # what was typed stays

    run(test)


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (40, 12)])
def test_the_dialog_works_at_every_size(library: Path, size: tuple[int, int]) -> None:
    with engine_at(library) as engine:
        for n in range(12):
            add(engine, f"the town council of Region{n}, its budget and its bridges")

    async def test() -> None:
        async with running(config(library), size=size, journal=True) as user:
            await visit(user, 2)
            await user.press("q")
            await dialog(user)
            await user.press("enter", "end", "delete")
            await until(user, lambda: "11 questions, 1 removed" in said(user), "the last is removed")
            await user.press("escape")

    run(test)


# from elsewhere


def test_the_question_just_asked_is_kept_by_a_key(library: Path) -> None:
    async def test() -> None:
        async with running(config(library), journal=True) as user:
            assert not offered(user, "keep_asking")
            await ask(user, "How many streets of Porto were flooded?")
            await user.press("q")
            await until(user, lambda: "kept as standing question 1: each briefing" in state(user), "it is kept")
            await user.press("q")
            await until(user, lambda: "standing question 1 already" in state(user), "a double is refused")

    run(test)
    assert [one.question for one in kept(library)] == ["How many streets of Porto were flooded?"]


def test_q_is_a_letter_where_a_question_is_typed(library: Path) -> None:
    async def test() -> None:
        async with running(config(library), journal=True) as user:
            await user.press("q")
            assert user.app.screen.query_one("#question").text == "q"  # type: ignore[attr-defined]

    run(test)


def test_the_palette_opens_the_questions_from_any_screen(library: Path) -> None:
    async def test() -> None:
        async with running(config(library), journal=True) as user:
            await user.press("f4", "ctrl+p", *"standing")
            await until(user, lambda: isinstance(user.app.screen, Palette), "the palette")
            await until(user, lambda: "Standing questions" in words(user), "it is offered")
            await user.press("enter")
            await dialog(user)

    run(test)


# since the last briefing


def test_several_days_since_the_last_briefing_are_one_window(library: Path) -> None:
    with engine_at(library) as engine:
        briefed(engine, day="2026-02-01")

    async def test() -> None:
        async with running(config(library), size=(120, 40), journal=True) as user:
            await visit(user, 2)  # the newest day
            engine = user.app.desk.engine
            assert engine is not None
            engine.journal.briefings.erase(2)
            await user.press("f2", "f3")
            days = user.app.screen.query_one(DayList)
            await until(user, lambda: days.entries and isinstance(days.entries[0], SinceLast), "the gap")
            assert "▷ since the last one" in words(user)
            assert "3 articles, 2 days" in words(user)
            await user.press("g")
            await until(user, lambda: days.has_focus, "the days have the focus")
            await user.press("home", "enter")
            await until(user, lambda: len(engine.journal.briefings.editions()) == 2, "the window is briefed")
            made = engine.journal.briefings.editions()[0]
            assert (made.first, made.last) == (date(2026, 2, 2), date(2026, 2, 5))
            await until(user, lambda: not isinstance(days.entries[0], SinceLast), "nothing is newer now")
            engine.journal.briefings.erase(made.number)
            await enter(user, "Since my last briefing", box="#period")
            await until(user, lambda: len(engine.journal.briefings.editions()) == 2, "the same by typing")
            again = engine.journal.briefings.editions()[0]
            assert (again.first, again.last) == (made.first, made.last)

    run(test)


# a story in full


def full(briefing: Briefing) -> Briefing:
    """The briefing with everything that a story can have, made of the sentences there are."""
    first, second = briefing.stories
    claim, other = first.claims[0], second.claims[0]
    sides = (claim.citations[0], other.citations[0])
    more = replace(
        first,
        news=(replace(claim, text="The veto is new."),),
        why=(replace(claim, text="Trade depends on it."),),
        conflicts=(Conflict("disagreement", sides, ("12", "[b]19[/b]"), "streets"),),
        timeline=(Development(date(2026, 2, 1), replace(claim, text="Talks were announced.")),),
        copies=(Copy(first.articles[0].id, first.articles[0].id, later=True),),
    )
    return replace(briefing, stories=(more, second), notes=("one note", "two notes"))


def test_a_story_shows_all_it_has_and_each_sentence_leads_to_its_words(library: Path) -> None:
    with engine_at(library) as engine:
        briefing, _ = briefed(engine, day="2026-02-03")
        engine.journal.briefings.keep(full(briefing))

    async def test() -> None:
        async with running(config(library), size=(160, 60), journal=True) as user:
            screen = await visit(user, 2)
            shown = words(user)
            for told in (
                "2026-02-03: 2 stories from 2 articles · ",
                "sentences supported",
                "newest article of 2026-02-03, 2 days earlier",
                "· one note",
                "› What is new",
                "The veto is new.",
                "› Why it matters",
                "⇄ ",
                "12 ",
                "[b]19[/b]",
                "› How it came about",
                "2026-02-01 Talks were announced.",
                "1 copy counted with the original: ",
                "2026-02-03 (a later version)",
            ):
                assert told in shown, told
            for told in ("The veto is new.", "Trade depends on it.", "Talks were announced."):
                stories = await to_words(user, told)
                assert screen.story is not None
                assert stories.citation is not None
            await user.press("r")
            await until(user, lambda: "– the cited words carry it" in words(user), "the reasons")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")

    run(test)


def test_a_story_without_news_is_a_line_at_the_end_that_opens_and_is_asked_about(library: Path, tmp_path: Path) -> None:
    again = {**NEWS[3], "id": "n9", "date": "2026-02-04", "source": "Gazette"}
    take_in(library, jsonl(tmp_path / "again.jsonl", [again]))
    with engine_at(library) as engine:
        briefed(engine, day="2026-02-03")

    async def test() -> None:
        async with running(config(library), size=(160, 40), journal=True) as user:
            screen = await visit(user, 1)
            assert "Told before, with nothing new (1)" in words(user)
            assert "▽ Cyprus threatens to veto the customs union · Gazette · 2026-02-04" in words(user)
            assert screen.story is not None
            assert screen.story.status == "seen"
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "its article")
            await user.press("escape", "f")
            await until(user, lambda: user.app.desk.scope.articles == ("n9",), "the story is the scope")

    run(test)


def test_a_briefing_that_was_broken_off_says_so_at_its_head(library: Path) -> None:
    with engine_at(library) as engine:
        briefing, _ = briefed(engine, day="2026-02-01")
        engine.journal.briefings.erase(1)
        engine.journal.briefings.keep(replace(briefing, complete=False, notes=("1 story was not told",)))

    async def test() -> None:
        async with running(config(library), size=(120, 40), journal=True) as user:
            await visit(user, 2)
            days = user.app.screen.query_one(DayList)
            await user.press("g")
            await until(user, lambda: days.has_focus, "the days have the focus")
            await user.press("end", "enter")
            await until(user, lambda: "✗ broken off: what is finished is here" in words(user), "it says so")
            assert "· 1 story was not told" in words(user)

    run(test)
