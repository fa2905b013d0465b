"""The conversations panel: found, gone on with, renamed, deleted, brought back, exported, whatever the journal does."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from app_driver import TALKS, User, ask, run, running, state, until, words
from fake_llm import FakeLLM, Reply
from fixtures.newsroom import NOW, answered, engine_at
from textual.widgets import Input

from qa.config import Config
from qa.journal import JOURNAL_FILE, Journal
from qa.types import Answer
from tui.screens.ask import AskScreen
from tui.screens.export import ExportScreen
from tui.screens.library import LibraryScreen
from tui.widgets.conversation_list import ConversationPanel
from tui.widgets.question_box import QuestionBox
from tui.widgets.quote_pane import QuotePane
from tui.widgets.sentence_list import SentenceList

FIDAN = "What did Fidan discuss with Barrot last week?"
GAZA = "and what did he say about Gaza?"


def some_answer(library: Path) -> Answer:
    with engine_at(library) as engine:
        return answered(engine, TALKS)


@pytest.fixture
def kept(own_seeds: Path) -> Path:
    """A library in which three conversations were held."""
    answer = some_answer(own_seeds)
    journal = Journal(own_seeds)
    for n, question in enumerate((FIDAN, "Who pays for the bridge?", TALKS)):
        turn = journal.keep(replace(answer, question=question), NOW + timedelta(hours=n))
        if n == 0:
            journal.keep(replace(answer, question="and where?"), NOW, turn.conversation)
    return own_seeds


def screen(user: User) -> AskScreen:
    found = user.app.screen
    assert isinstance(found, AskScreen)
    return found


def panel(user: User) -> ConversationPanel:
    return user.app.screen.query_one(ConversationPanel)


def titles(user: User) -> list[str]:
    return [one.title for one in panel(user).shown]


async def opened(user: User, count: int = 3) -> ConversationPanel:
    """The panel with its conversations in it."""
    await user.press("f6")
    await until(user, lambda: len(panel(user).shown) == count, "the conversations are listed")
    return panel(user)


def test_the_conversations_are_listed_the_latest_first_and_the_open_one_is_marked(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await until(user, lambda: screen(user).conversation == 3, "the last conversation is there")
            await opened(user)
            assert titles(user) == [TALKS, "Who pays for the bridge?", FIDAN]
            assert "▸ open · 2026-02-05 · 1 question" in words(user)
            assert "2026-02-05 · 2 questions" in words(user)
            assert panel(user).current == panel(user).shown[0]

    run(test)


def test_enter_goes_on_with_one_and_its_sentences_can_be_checked(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 40), journal=True) as user:
            await opened(user)
            await user.press("j", "j", "enter")
            await until(user, lambda: screen(user).conversation == 1, "the conversation is gone on with")
            assert "conversation 1, 2 questions" in state(user)
            sentences = screen(user).query_one("#sentences", SentenceList)
            await until(user, lambda: sentences.has_focus, "the sentences have the focus")
            assert [turn.answer.question for turn in screen(user).turns] == [FIDAN, "and where?"]
            assert sentences.citation is not None
            await until(user, lambda: "Istanbul" in words(user), "the quote is shown")
            await until(user, lambda: panel(user)._marked == 1, "the panel marks it")
            await ask(user, "Where are the talks?")
            assert Journal(kept).conversation(1).turns == 3
            await until(user, lambda: panel(user).shown[-1].turns == 3, "the panel counts it")

    run(test)


def test_the_keys_panel_calls_the_list_by_its_name(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), journal=True) as user:
            await user.press("f6")
            await until(user, lambda: panel(user).list.has_focus, "the panel")
            await user.press("f1")
            await until(user, lambda: "Conversation list" in words(user), "its keys")

    run(test)


def test_the_list_is_narrowed_as_words_are_typed(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            await user.press("slash", *"BRIDGE who")
            assert titles(user) == ["Who pays for the bridge?"]
            await user.press(*"zz")
            assert titles(user) == []
            assert "No title has these words." in words(user)
            await user.press("backspace", "backspace", "enter", "enter")
            await until(user, lambda: screen(user).conversation == 2, "what was found is gone on with")

    run(test)


def test_a_conversation_is_renamed_in_its_place(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            await user.press("j", "r")
            line = panel(user).query_one("#rename", Input)
            await until(user, lambda: line.has_focus, "the title can be typed")
            assert line.value == "Who pays for the bridge?"
            await user.press("ctrl+u", *"[b]Bridges[/]", "enter")
            await until(user, lambda: "[b]Bridges[/]" in titles(user), "it has the new title")
            assert "renamed to “[b]Bridges[/]”" in state(user)
            assert Journal(kept).conversation(2).title == "[b]Bridges[/]"
            assert panel(user).list.has_focus
            await user.press("r", "ctrl+u", *"Never", "escape")
            await user.press("r", "ctrl+u", "enter")
            await user.pause()
            assert Journal(kept).conversation(2).title == "[b]Bridges[/]"
            assert panel(user).list.has_focus

    run(test)


def test_what_is_deleted_is_brought_back_in_turn(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            await user.press("j", "delete")
            await until(user, lambda: len(titles(user)) == 2, "it is gone")
            assert "deleted “Who pays for the bridge?” · Ctrl+Z" in state(user)
            assert panel(user).current == panel(user).shown[1]
            await user.press("delete")
            await until(user, lambda: titles(user) == [TALKS], "another is gone")
            assert [one.id for one in Journal(kept).conversations(deleted=True)] == [2, 1]
            await user.press("ctrl+z")
            await until(user, lambda: titles(user) == [TALKS, FIDAN], "the last is back")
            await user.press("ctrl+z")
            await until(user, lambda: len(titles(user)) == 3, "the one before is back")
            await user.press("ctrl+z")
            assert "nothing was deleted" in state(user)
            assert Journal(kept).conversations(deleted=True) == []

    run(test)


def test_what_cannot_be_brought_back_now_can_be_later_and_what_was_erased_is_passed_over(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            await user.press("j", "delete")
            await until(user, lambda: len(titles(user)) == 2, "it is gone")
            await user.press("delete")
            await until(user, lambda: titles(user) == [TALKS], "another is gone")
            Journal(kept).erase(1)
            await user.press("ctrl+z")
            await until(user, lambda: "there is no conversation 1" in state(user), "the error")
            other = sqlite3.connect(kept / JOURNAL_FILE, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await user.press("ctrl+z")
            await until(user, lambda: "locked" in state(user), "the other error")
            other.execute("ROLLBACK")
            other.close()
            await user.press("ctrl+z")
            await until(user, lambda: len(titles(user)) == 2, "it is back")

    run(test)


def test_when_the_open_one_is_deleted_a_new_one_begins(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await until(user, lambda: screen(user).conversation == 3, "the last conversation is there")
            await opened(user)
            await user.press("delete")
            await until(user, lambda: len(titles(user)) == 2, "it is gone")
            assert (screen(user).conversation, screen(user).turns) == (None, ())
            assert panel(user).list.has_focus
            await ask(user, TALKS)
            assert screen(user).conversation == 4
            await until(user, lambda: len(titles(user)) == 3, "the new one is listed")

    run(test)


def test_a_conversation_is_exported(kept: Path, tmp_path: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            for form, begins in {"md": "<!-- newsdesk", "html": "<!DOCTYPE", "json": '{"newsdesk"'}.items():
                file = tmp_path / f"talks.{form}"
                for said in (f"“{TALKS}” is in {file}", "is there already"):
                    await user.press("e")
                    await until(user, lambda: isinstance(user.app.screen, ExportScreen), "the dialog is open")
                    user.app.screen.query_one("#file", Input).value = str(file)
                    await user.pause()
                    await user.press("enter")
                    await until(user, lambda: isinstance(user.app.screen, AskScreen), "the dialog is closed")
                    await until(user, lambda said=said: said in state(user), said)
                assert file.read_text(encoding="utf-8").startswith(begins)
            await user.press("e", "escape")
            assert isinstance(user.app.screen, AskScreen)

    run(test)


def test_a_long_conversation_shows_its_end_and_more_on_demand(own_seeds: Path) -> None:
    answer, journal = some_answer(own_seeds), Journal(own_seeds)
    for n in range(1, 51):
        journal.keep(replace(answer, question=f"Question number {n}"), NOW, 1)

    async def test() -> None:
        async with running(Config(library=own_seeds), size=(120, 40), journal=True) as user:
            await until(user, lambda: screen(user).turns, "the conversation is there")
            assert [turn.n for turn in screen(user).turns] == list(range(31, 51))
            assert "conversation 1, 50 questions" in state(user)
            sentences = screen(user).query_one("#sentences", SentenceList)
            sentences.focus()
            assert "30 earlier questions" in str(sentences.items[0])
            for first, top in ((11, "number 30"), (1, "number 10")):
                await user.press("o")
                await until(user, lambda first=first: screen(user).turns[0].n == first, "earlier ones are shown")
                await until(user, lambda top=top: top in words(user), "the nearest of them is in sight")
            assert len(screen(user).starts) == 50
            assert screen(user).hidden == 0
            assert screen(user).check_action("older", ()) is False
            turn = screen(user).turn
            assert turn is not None
            assert turn.n == 10
            await ask(user, TALKS)
            assert Journal(own_seeds).conversation(1).turns == 51

    run(test)


def test_what_another_program_adds_is_there_when_the_panel_is_opened_again(kept: Path) -> None:
    answer = some_answer(kept)

    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            Journal(kept).keep(replace(answer, question="From elsewhere"), NOW)
            await user.press("f6")
            await until(user, lambda: not panel(user).display, "the panel is closed")
            await opened(user, 4)
            assert titles(user)[0] == "From elsewhere"

    run(test)


def test_a_damaged_journal_is_said_and_the_app_goes_on(kept: Path) -> None:
    (kept / JOURNAL_FILE).write_bytes(b"no database" * 1000)
    for beside in kept.glob(f"{JOURNAL_FILE}-*"):
        beside.unlink()

    async def test() -> None:
        async with running(Config(library=kept), size=(120, 40), journal=True) as user:
            await until(user, lambda: "✗ the journal" in state(user), "it is said")
            await user.press("f6")
            await until(user, lambda: "restore it from a backup" in words(user), "the panel says it too")
            sentences = await ask(user, TALKS)
            assert sentences.items
            assert "this answer was not kept" in state(user)

    run(test)


def test_a_journal_that_another_program_holds_is_said_when_it_was_waited_for(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            other = sqlite3.connect(kept / JOURNAL_FILE, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await user.press("delete")
            await until(user, lambda: "Another program is writing to it" in state(user), "it is said")
            other.execute("ROLLBACK")
            other.close()
            assert len(Journal(kept).conversations()) == 3
            await user.press("delete")
            await until(user, lambda: len(titles(user)) == 2, "later it works")

    run(test)


def test_without_a_journal_the_panel_says_so(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(120, 30)) as user:
            await user.press("f6")
            await until(user, lambda: "No conversations are kept" in words(user), "it is said")
            await user.press("enter", "r", "delete", "e")
            await user.press("escape")
            assert not panel(user).display

    run(test)


def test_the_panel_stands_beside_where_there_is_room_and_else_takes_the_place(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await opened(user)
            box = screen(user).query_one(QuestionBox)
            assert panel(user).region.right <= box.region.x
            assert box.region.right == 120
            await user.resize_terminal(80, 24)
            await until(user, lambda: panel(user).region.width == 80, "the panel has the whole width")
            assert not box.region
            await user.press("n", "y", "a", "v")  # keys of the answer, which is not in sight
            assert panel(user).list.has_focus
            await user.press("enter")
            await until(user, lambda: not panel(user).display, "going on closes it")
            assert box.region
            await opened(user)
            await user.resize_terminal(40, 12)
            await user.press("j", "k", "escape")
            assert not panel(user).display
            await user.resize_terminal(12, 5)
            await user.press("f6")
            await user.resize_terminal(200, 60)
            await until(user, lambda: panel(user).region.height > 40, "it is back")
            assert not screen(user).has_class("-tight")
            assert screen(user).query_one(QuotePane)

    run(test)


def test_f6_goes_to_ask_from_anywhere_and_back_into_the_panel(kept: Path) -> None:
    async def test() -> None:
        async with running(Config(library=kept), size=(120, 30), journal=True) as user:
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await user.press("f6")
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "Ask")
            await until(user, lambda: panel(user).list.has_focus, "the panel has the focus")
            screen(user).query_one(QuestionBox).focus()
            await user.press("f6")
            await until(user, lambda: panel(user).list.has_focus, "the panel has the focus again")
            await user.press("f6")
            await until(user, lambda: not panel(user).display, "it is closed")
            assert screen(user).query_one(QuestionBox).has_focus

    run(test)


def test_an_answer_that_comes_late_stays_with_its_own_conversation(kept: Path) -> None:
    async def test(server: FakeLLM) -> None:
        config = Config(library=kept, model="test", base_url=server.url)
        async with running(config, size=(120, 30), journal=True) as user:
            await until(user, lambda: screen(user).conversation == 3, "the last conversation is there")
            box = screen(user).query_one(QuestionBox)
            box.focus()
            box.text = TALKS
            await user.press("enter")
            await until(user, lambda: "answering" in state(user), "it is being answered")
            await opened(user)
            await user.press("home", "j", "j", "enter")
            await until(user, lambda: screen(user).conversation == 1, "another is gone on with")
            await until(user, lambda: Journal(kept).conversation(3).turns == 2, "the answer is kept where it belongs")
            await user.pause()
            assert [turn.conversation for turn in screen(user).turns] == [1, 1]
            assert screen(user).conversation == 1

    with FakeLLM() as server:
        server.default = lambda body: Reply(["The talks are in Istanbul [1]. ", "And"], stall_after=2)
        run(lambda: test(server))


def test_hostile_titles_are_shown_and_nothing_more(own_seeds: Path) -> None:
    hostile = "[@click=app.quit]x[/] \x1b]52;c;eA==\x07[/nope] \u202eevil [[["
    Journal(own_seeds).keep(replace(some_answer(own_seeds), question=hostile), NOW)
    with sqlite3.connect(own_seeds / JOURNAL_FILE) as db:
        db.execute("UPDATE conversations SET title = ?", (hostile,))  # as another program may write it

    async def test() -> None:
        async with running(Config(library=own_seeds), size=(120, 30), journal=True) as user:
            await opened(user, 1)
            assert "[@click=app.quit]x[/]" in words(user)
            for keys in (("r", "escape"), ("e", "escape"), ("enter",), ("f6", "delete"), ("ctrl+z",)):
                await user.press(*keys)
                await user.pause()
                assert "\x1b" not in words(user)
                assert "\u202e" not in words(user)
            assert user.app._exit is False

    run(test)
