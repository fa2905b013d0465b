"""The briefing screen: days to pick from, what is new, each story checked, asked about, copied and exported."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from app_driver import AS_OF, User, enter, run, running, state, until, words
from fake_llm import FakeLLM, Reply
from fixtures.newsroom import briefed, engine_at, jsonl, take_in
from test_memory import FIRST_DAY, SECOND_DAY
from textual.widgets import Input, OptionList, Static

from qa.config import Config
from qa.types import Edition
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.export import ExportScreen
from tui.screens.story_sources import StorySourcesScreen
from tui.widgets.day_list import DayList, Unbriefed
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList


@pytest.fixture
def two_days(tmp_path: Path) -> Path:
    """A library of two days, without a briefing."""
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [*FIRST_DAY, *SECOND_DAY]))
    return tmp_path / "library"


@pytest.fixture
def briefed_once(two_days: Path) -> Path:
    """The same, with the briefing of the first day."""
    with engine_at(two_days) as engine:
        assert briefed(engine, day="2026-02-02")[0].number == 1
    return two_days


def config(library: Path) -> Config:
    return Config(library=library, timezone="UTC")


def screen_of(user: User) -> BriefingScreen:
    assert isinstance(user.app.screen, BriefingScreen)
    return user.app.screen


async def visit(user: User, stories: int = 3) -> BriefingScreen:
    await user.press("f3")
    await until(user, lambda: f"{stories} stor" in state(user), "the briefing")
    screen = screen_of(user)
    await until(user, lambda: screen.query_one(DayList).entries, "the days")
    await until(user, lambda: screen.query_one("#stories").has_focus, "the stories have the focus")
    return screen


def listed(user: User) -> list[str]:
    """The days that are listed, those that have a briefing with its number."""
    return [
        f"{one.last} #{one.number}" if isinstance(one, Edition) else f"{one.day} {one.articles}"
        for one in user.app.screen.query_one(DayList).entries
    ]


async def to_story(user: User, title: str) -> None:
    screen = screen_of(user)
    for _ in range(40):
        if screen.story and screen.story.title == title:
            return
        await user.press("j")
    raise AssertionError(f"no story {title}")


# what is shown


def test_the_newest_day_is_briefed_kept_and_listed(two_days: Path) -> None:
    async def test() -> None:
        async with running(config(two_days), journal=True) as user:
            await visit(user)
            await until(user, lambda: listed(user) == ["2026-02-03 #1", "2026-02-02 3"], "the day is kept")
            assert "■ 2026-02-03" in words(user)
            assert "□ 2026-02-02" in words(user)
            assert "Since the briefing" not in words(user)  # there is none before

    run(test)


def test_what_changed_stands_on_top_and_each_story_has_its_status(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), size=(200, 60), journal=True) as user:
            await visit(user)
            shown = words(user)
            for told in (
                "Since the briefing of 2026-02-02: 1 new, 1 update, 1 seen, 1 not told again",
                "▲ Balikesir quake toll rises to 53: 1 new article since 2026-02-02; deaths 35 → 53",
                "▲ update: 1 new article since 2026-02-02; deaths 35 → 53 · Gazette · 2026-02-03",
                "Told before, with nothing new (1)",
                "▽ Volunteers paint the bridge of Mostar · Gazette · 2026-02-03",
                "★ new · Agency · 2026-02-03",
                "Told on 2026-02-02 and not again",
                "Snow halts trains to Kanazawa",
            ):
                assert told in shown, told

    run(test)


def test_it_opens_at_what_changed_however_small_the_screen(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), size=(80, 24), journal=True) as user:
            screen = await visit(user)
            await until(user, lambda: "Since the briefing of 2026-02-02" in words(user), "what changed")
            assert screen.query_one("#stories", SentenceList).scroll_y == 0

    run(test)


def test_both_sides_of_a_changed_value_lead_to_their_articles(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), size=(120, 40), journal=True) as user:
            screen = await visit(user)
            await to_story(user, "Balikesir quake toll rises to 53")
            stories = screen.query_one("#stories", SentenceList)
            assert "⇄ deaths 35 → 53" in words(user)
            for label in ("told: 35", "now: 53"):
                assert label in words(user)
            while not (stories.citation and stories.citation.article_id == "n1"):
                assert screen.story is not None
                assert screen.story.title == "Balikesir quake toll rises to 53"
                await user.press("j")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert "Quake kills 35 in Balikesir" in words(user)
            await user.press("escape")
            assert user.app.screen is screen

    run(test)


def test_without_a_journal_a_day_is_told_and_nothing_is_kept(two_days: Path) -> None:
    async def test() -> None:
        async with running(config(two_days), journal=False) as user:
            await visit(user)
            await until(user, lambda: listed(user) == ["2026-02-03 3", "2026-02-02 3"], "the days")
        with engine_at(two_days) as engine:
            assert engine.journal.briefings.editions() == []

    run(test)


# which day


def test_a_kept_briefing_is_shown_as_it_was_made_until_there_are_other_articles(
    briefed_once: Path, tmp_path: Path
) -> None:
    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            await enter(user, "2026-02-02", box="#period")
            await until(user, lambda: "as kept on 2026-02-05" in state(user), "the kept one")
            screen = screen_of(user)
            assert screen.briefing is not None
            assert screen.briefing.number == 1
            await until(user, lambda: screen.query_one("#stories").has_focus, "the stories have the focus")
            await user.press("u")
            await until(user, lambda: "3 stories" in state(user) and "as kept" not in state(user), "written again")
            assert (screen.briefing.number, screen.briefing.revision) == (1, 1)
        late = {"id": "n9", "title": "Late", "date": "2026-02-02", "text": "The mayor of Ordu resigned on Monday."}
        take_in(briefed_once, jsonl(tmp_path / "late.jsonl", [late]))
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            await enter(user, "2026-02-02", box="#period")
            await until(user, lambda: "4 stories" in state(user), "written from all there are")
            assert "revision 2, adds 1 article" in words(user).lower()

    run(test)


def test_days_are_picked_from_the_list_with_and_without_a_briefing(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            screen = await visit(user)
            days = screen.query_one(DayList)
            await until(user, lambda: listed(user) == ["2026-02-03 #2", "2026-02-02 #1"], "both are kept")
            await user.press("g")
            await until(user, lambda: days.has_focus, "the days")
            await user.press("j", "enter")
            await until(user, lambda: "as kept on" in state(user), "the kept one")
            assert "Snow halts trains to Kanazawa" in words(user)
            await until(user, lambda: screen.query_one("#stories").has_focus, "the stories")
            await user.press("g", "delete")
            await until(user, lambda: listed(user) == ["2026-02-03 #2", "2026-02-02 3"], "it is deleted")
            assert isinstance(days.current, Unbriefed)
            await user.press("enter")
            await until(user, lambda: listed(user) == ["2026-02-03 #2", "2026-02-02 #3"], "it is written")
            assert state(user).startswith("3 stories")

    run(test)


def test_a_deleted_briefing_comes_back_by_undo(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            await until(user, lambda: len(listed(user)) == 2, "the days")
            await user.press("g", "end", "delete")
            await until(user, lambda: "is deleted: Ctrl+Z brings it back" in state(user), "it is deleted")
            await until(user, lambda: listed(user) == ["2026-02-03 #2", "2026-02-02 3"], "a day without a briefing")
            await user.press("ctrl+z")
            await until(user, lambda: "is back" in state(user), "it is back")
            await until(user, lambda: listed(user) == ["2026-02-03 #2", "2026-02-02 #1"], "the briefing is listed")

    run(test)


def test_two_that_are_deleted_at_once_both_come_back(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            await until(user, lambda: listed(user) == ["2026-02-03 #2", "2026-02-02 #1"], "the days")
            screen, journal = user.app.screen, user.app.desk.permitted.journal
            assert isinstance(screen, BriefingScreen)
            for edition in journal.briefings.editions():
                screen.on_day_list_forgotten(DayList.Forgotten(edition))
            await until(user, lambda: listed(user) == ["2026-02-03 3", "2026-02-02 3"], "both are gone")
            await user.press("g", "ctrl+z")
            await until(user, lambda: len(journal.briefings.editions()) == 1, "one is back")
            await until(user, lambda: "is back" in state(user), "it is said")
            await user.press("ctrl+z")
            await until(user, lambda: len(journal.briefings.editions()) == 2, "the other is back")

    run(test)


def test_a_window_is_typed_in_words_and_a_wrong_one_is_told(two_days: Path) -> None:
    async def test() -> None:
        async with running(config(two_days), journal=True) as user:
            screen = await visit(user)
            await user.press("slash")
            await until(user, lambda: screen.query_one("#period").has_focus, "the box")
            await enter(user, "2026-02-31", box="#period")
            await until(user, lambda: state(user).startswith("✗"), "an error")
            assert screen.briefing is not None  # the one that was shown stays
            await enter(user, "2026-02-02 to 2026-02-03", box="#period")
            await until(user, lambda: "window: 2026-02-02 to 2026-02-03" in words(user), "both days")
            await enter(user, "2026-01-01", box="#period")
            await until(user, lambda: "0 stories" in state(user), "an empty day")
            assert "No article of these days." in words(user)

    run(test)


def test_days_newer_than_the_as_of_day_are_not_listed(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), as_of="2026-02-02", journal=True) as user:
            await visit(user)
            await until(user, lambda: listed(user) == ["2026-02-02 #1"], "only what was known")

    run(test)


# a story


def test_a_follow_up_asks_about_the_story_under_the_cursor(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            await to_story(user, "Balikesir quake toll rises to 53")
            await user.press("f")
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "Ask")
            await until(user, lambda: user.app.desk.scope.articles == ("n4",), "the story is the scope")
            assert user.app.desk.scope.about == "Balikesir quake toll rises to 53"

    run(test)


def test_the_sources_of_a_story_have_outlet_date_and_link_and_open(two_days: Path, tmp_path: Path) -> None:
    async def test() -> None:
        linked = {**FIRST_DAY[0], "id": "n8", "date": "2026-02-03", "url": "https://example.org/quake[red]"}
        take_in(two_days, jsonl(tmp_path / "linked.jsonl", [linked]))
        async with running(config(two_days), journal=True) as user:
            screen = await visit(user)
            story = screen.story
            assert story is not None
            assert len(story.articles) == 2
            await user.press("o")
            await until(user, lambda: isinstance(user.app.screen, StorySourcesScreen), "the sources")
            for told in ("Agency · 2026-02-03", "Gazette · 2026-02-03", "https://example.org/quake[red]"):
                assert told in words(user)
            await user.press("escape")
            assert user.app.screen is screen
            await user.press("o", "j")
            await until(user, lambda: user.app.screen.query_one(OptionList).highlighted == 1, "the second")
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            assert story.articles[1].title in words(user)

    run(test)


def test_the_quoted_words_are_reached_and_left_also_where_there_is_one_pane(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), size=(50, 20), journal=True) as user:
            screen = await visit(user)
            pane, stories = screen.query_one(QuotePane), screen.query_one("#stories")
            assert not pane.region.width
            await user.press("v")
            await until(user, lambda: pane.has_focus and pane.region.width, "the quoted words")
            await user.press("escape")
            await until(user, lambda: stories.has_focus and stories.region.width, "the stories")
            await user.press("g")
            await until(user, lambda: screen.query_one(DayList).has_focus, "the days")
            await user.press("escape")
            await until(user, lambda: stories.has_focus and stories.region.width, "the stories again")

    run(test)


def test_a_story_is_copied_with_its_footnotes(briefed_once: Path) -> None:
    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            await to_story(user, "Balikesir quake toll rises to 53")
            await user.press("y")
            copied = user.app.clipboard
            assert copied.startswith("Balikesir quake toll rises to 53\nupdate: 1 new article since 2026-02-02\ndeaths")
            assert "53 people were killed in Balikesir" in copied
            assert "] “" in copied
            assert "Gazette · 2026-02-03" in copied
            assert f"copied the story with its footnotes, {len(copied):,} characters" in state(user)

    run(test)


def test_a_briefing_is_exported_and_never_over_a_file_unless_told(
    briefed_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    forms = {"md": "# Briefing, 2026-02-03", "html": "<!DOCTYPE html>", "json": "{"}

    async def test() -> None:
        async with running(config(briefed_once), journal=True) as user:
            await visit(user)
            for form, overwrite in product(forms, (False, False, True)):
                await user.press("x")
                await until(user, lambda: isinstance(user.app.screen, ExportScreen), "the dialog")
                field = user.app.screen.query_one("#file", Input)
                assert field.value == "briefing-2026-02-03.md"
                field.value = f"day.{form}"
                await user.pause()
                if overwrite:
                    await user.press("tab", "space", "shift+tab")
                before = state_of_briefing(user)
                await user.press("enter")
                await until(user, lambda before=before: state_of_briefing(user) != before, "told")
                if overwrite:
                    assert f"written to day.{form}" in state(user)

        texts = {form: (tmp_path / f"day.{form}").read_text(encoding="utf-8") for form in forms}
        for form, holds in forms.items():
            assert holds in texts[form][:80]
            assert "Balikesir quake toll rises to 53" in texts[form]
        assert json.loads(texts["json"])["number"] == 2

    def state_of_briefing(user: User) -> str:
        (screen,) = [one for one in user.app.screen_stack if isinstance(one, BriefingScreen)]
        return f"{screen.status.state} {len(list(tmp_path.glob('day.*')))}" + str(screen.status.has_class("-failed"))

    run(test)


# while it is written


def test_escape_cancels_and_keeps_what_is_finished(two_days: Path) -> None:
    told = Reply(["53 people were killed in Balikesir, the disaster agency AFAD said [1]."])

    async def test() -> None:
        with FakeLLM(told) as llm:
            llm.default = Reply(["Volunteers "], stall_after=1)
            by_model = replace(config(two_days), model="test", base_url=llm.url, stories_at_once=1)
            async with running(by_model, journal=True) as user:
                await user.press("f3")
                await until(user, lambda: len(llm.requests) >= 2, "the second story is asked for")
                await user.press("escape")
                await until(user, lambda: "broken off" in state(user), "what is finished")
                await until(user, lambda: listed(user) == ["2026-02-03 #1", "2026-02-02 3"], "it is kept")
                assert "broken off" in words(user)

    run(test)


def test_keys_are_for_typing_in_the_box(two_days: Path) -> None:
    async def test() -> None:
        async with running(config(two_days), journal=True) as user:
            screen = await visit(user)
            await user.press("n", *"fxyugo")
            assert screen.query_one("#period", Input).value == "fxyugo"
            assert user.app.screen is screen
            assert "x Export" not in words(user)

    run(test)


# sizes


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (59, 20), (40, 12)])
def test_it_works_at_every_size_and_the_days_have_the_pane_where_there_is_one(
    briefed_once: Path, size: tuple[int, int]
) -> None:
    async def test() -> None:
        async with running(config(briefed_once), size=size, journal=True) as user:
            screen = await visit(user)
            days, stories = screen.query_one(DayList), screen.query_one("#stories")
            one_pane = size[0] < 60
            assert days.region.width == 0 if one_pane else days.region.width >= 20
            await user.press("g")
            await until(user, lambda: days.has_focus, "the days")
            assert bool(stories.region.width) is not one_pane
            await user.press("end", "enter")
            await until(user, lambda: "as kept on" in state(user), "the first day")
            assert stories.region.width
            assert screen.briefing is not None
            assert screen.briefing.number == 1

    run(test)


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(config(tmp_path / "library"), as_of=AS_OF, journal=True) as user:
            await user.press("f3")
            await until(user, lambda: isinstance(user.app.screen, BriefingScreen), "the screen")
            await until(
                user, lambda: "no articles yet" in str(user.app.screen.query_one("#blank", Static).content), "a hint"
            )

    run(test)


def test_a_damaged_journal_is_told_and_the_briefing_is_written(two_days: Path) -> None:
    (two_days / "journal.sqlite").write_bytes(b"this is no database, " * 500)

    async def test() -> None:
        async with running(config(two_days), journal=True) as user:
            await user.press("f3")
            await until(user, lambda: "damaged" in state(user), "what is wrong")
            await until(user, lambda: "3 stories" in state(user), "and the briefing")

    run(test)
