"""Searching passages directly: what is found and how, what is searched in vain, and where one goes on from there."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_driver import AS_OF, User, ask, make_library, marked, run, running, screen_text, state, until, words
from fake_llm import FakeLLM, Reply
from fixtures.newsroom import jsonl, passages_of, told
from textual.widgets import Input

from qa.config import Config
from tui.scope import Scope
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.consent import ConsentScreen
from tui.screens.library import LibraryScreen
from tui.screens.search import FIRST, MORE, SearchScreen
from tui.widgets.article_text import ArticleText
from tui.widgets.passage_pane import PassagePane, telling
from tui.widgets.passage_table import PassageTable

BRIDGES = 60


@pytest.fixture(scope="module")
def bridges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of many articles that one search finds, a copy among them."""
    folder = tmp_path_factory.mktemp("bridges")
    kinds = "stone iron wooden rope steel covered hanging swing arched narrow broad toll".split()
    articles = [
        told(n, f"Bridge {n}", f"The {kinds[n % 12]} bridge number {n} opened to traffic after {n + 2} months of work.")
        for n in range(BRIDGES)
    ]
    ferry = "The ferry to Varna sails again twice a week, the harbour master said after the spring storms were over."
    articles.append(told(100, "Ferry sails again", ferry, source="Gazette"))
    articles.append(told(101, "Ferry to Varna is back", ferry, source="Herald"))
    return make_library(folder / "library", jsonl(folder / "news.jsonl", articles))


async def search(user: User, typed: str) -> PassageTable:
    """Search for ``typed``, from wherever the search screen is reached."""
    if not isinstance(user.app.screen, SearchScreen):
        user.app.set_focus(None)
        await user.press("slash")
        await until(user, lambda: isinstance(user.app.screen, SearchScreen), "the search")
    screen = user.app.screen
    assert isinstance(screen, SearchScreen)
    before = screen.found
    box = screen.query_one("#words", Input)
    box.focus()
    box.value = typed
    await user.press("enter")
    await until(user, lambda: screen.found is not before and screen.desk.running("search") is None, "what is found")
    return screen.query_one(PassageTable)


def test_words_find_passages_with_how_each_was_found_and_enter_opens_the_article_there(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(120, 34)) as user:
            table = await search(user, "talks in Istanbul")
            assert table.has_focus
            assert "by words and meaning · index: exact" in state(user)
            for heading in ("Meaning", "Words", "Score", "Date", "Title"):
                assert heading in words(user)
            pane = user.app.screen.query_one(PassagePane)
            assert "1st by " in passage(user)
            assert "MENAFN · 2026-02-04, the day before" in passage(user)
            assert _underlined(pane) >= {"talks", "Istanbul"}
            await user.press("j")
            assert table.cursor_row == 1
            await user.press("k", "enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            article = user.app.screen.query_one(ArticleText)
            await until(user, lambda: "Istanbul" in marked(article), "the telling sentence is in sight")
            await user.press("escape")
            assert isinstance(user.app.screen, SearchScreen)
            assert (table.has_focus, table.cursor_row) == (True, 0)
            await user.press("escape")
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "back")

    run(test)


def passage(user: User) -> str:
    """What is said of the passage under the cursor, and its words."""
    pane = user.app.screen.query_one(PassagePane)
    lines = [pane.children[0].render_line(y).text for y in range(pane.children[0].size.height)]
    return " ".join(" ".join(lines).split())


def _underlined(pane: PassagePane) -> set[str]:
    """The words that are marked as matching."""
    lines = [pane.children[0].render_line(y) for y in range(pane.children[0].size.height)]
    return {s.text.strip() for line in lines for s in line if s.style and s.style.underline and s.text.strip()}


def test_phrases_excluded_words_sources_and_days_narrow_a_search(bridges: Path) -> None:
    async def test() -> None:
        async with running(Config(library=bridges)) as user:
            table = await search(user, '"bridge number 7"')
            assert [row.title for row in table.kept] == ["Bridge 7"]
            table = await search(user, "opened bridge -iron -stone")
            assert not any(word in row.text for row in table.kept for word in (" iron ", " stone "))
            table = await search(user, "ferry source:gazette")
            assert {row.source for row in table.kept} == {"Gazette"}
            table = await search(user, "ferry before:2026-02-04")
            assert table.kept == ()
            assert "No passage was found in 0 articles" in words(user)
            assert "another window, or none" in words(user)

    run(test)


def test_copies_that_gave_way_stand_under_their_passage_and_open(bridges: Path) -> None:
    async def test() -> None:
        async with running(Config(library=bridges), size=(120, 34)) as user:
            table = await search(user, "ferry to Varna")
            first, copy = table.kept[:2]
            assert (first.kind, copy.kind, copy.n) == ("hit", "copy", 1)
            assert {first.source, copy.source} == {"Gazette", "Herald"}
            assert f"1 article with a copy of it gave way ({copy.source})" in passage(user)
            await user.press("down")
            assert "holds a copy of passage 1, and gave way to it" in passage(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the copy")
            assert copy.title in words(user)

    run(test)


def test_more_come_at_the_end_of_the_list_and_by_key_and_the_cursor_stays(bridges: Path) -> None:
    async def test() -> None:
        async with running(Config(library=bridges)) as user:
            table = await search(user, "bridge opened to traffic")
            assert len(table.kept) == FIRST
            await user.press("down", "down", "plus")
            await until(user, lambda: len(table.kept) == FIRST + MORE, "more")
            assert table.cursor_row == 2
            await user.press("end")
            await until(user, lambda: len(table.kept) > FIRST + MORE, "all of them")
            assert table.cursor_row == FIRST + MORE - 1
            assert "+ for more" not in state(user)

    run(test)


def test_words_alone_are_searched_when_that_is_wanted(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            table = await search(user, "negotiations")
            assert any(row.how and row.how.meaning for row in table.kept)
            await user.press("o")
            await until(user, lambda: "words alone" in state(user) and "passage" in state(user), "by words")
            assert all(row.how and row.how.meaning is None for row in table.kept)
            await user.press("o")
            await until(user, lambda: "words and meaning · index" in state(user), "by meaning again")

    run(test)


def test_the_same_words_are_asked_as_a_question_by_one_key(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await search(user, "Where do the US-Iran talks take place?")
            await user.press("a")
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "Ask")
            await until(user, lambda: "answered" in state(user), "the answer")
            assert "Istanbul" in words(user)

    run(test)


def test_a_search_comes_back_to_where_it_was_begun_and_keeps_what_it_found(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            table = await search(user, "Istanbul")
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            user.app.action_search()  # as the palette does
            await until(user, lambda: isinstance(user.app.screen, SearchScreen), "the search")
            assert user.app.screen.query_one(PassageTable) is table
            assert table.kept
            await user.press("escape")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library again")

    run(test)


def test_the_box_and_the_list_are_a_key_apart_and_an_empty_box_says_so(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            table = await search(user, "Istanbul")
            await user.press("slash")
            box = user.app.screen.query_one("#words", Input)
            assert (box.has_focus, box.selected_text) == (True, "Istanbul")
            await user.press("down")
            assert table.has_focus
            await user.press("slash", "backspace", "enter")
            assert "there is nothing to search for" in state(user)
            assert table.kept

    run(test)


def test_what_cannot_be_searched_is_said_with_a_remedy_and_the_list_stays(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            table = await search(user, "Istanbul")
            box = user.app.screen.query_one("#words", Input)
            box.focus()
            box.value = "talks source:Nobody"
            await user.press("enter")
            await until(user, lambda: "no article is from 'Nobody'" in state(user), "the refusal")
            assert table.kept

    run(test)


def test_the_scope_holds_for_a_search(bridges: Path) -> None:
    async def test() -> None:
        async with running(Config(library=bridges), as_of="2026-02-03") as user:
            table = await search(user, "ferry")
            assert table.kept == ()
            assert "a later as-of day" in words(user)
            screen = user.app.screen
            assert isinstance(screen, SearchScreen)
            screen.post_message(SearchScreen.Rescoped(Scope(as_of=AS_OF)))
            await until(user, lambda: table.kept, "what is found from a later day")
            screen.post_message(SearchScreen.Rescoped(Scope(as_of=AS_OF, sources=("Herald",))))
            await until(user, lambda: {row.source for row in table.kept} == {"Herald"}, "what is found of one source")

    run(test)


def test_nothing_goes_to_a_model_elsewhere_that_scores_before_the_reader_agrees(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            url = server.url.replace("127.0.0.1", "127.1")
            config = Config(library=seeds_library, model="test", base_url=url, rerank="llm")
            async with running(config) as user:
                user.app.set_focus(None)
                await user.press("slash")
                await until(user, lambda: isinstance(user.app.screen, SearchScreen), "the search")
                await user.press(*"Istanbul", "enter")
                await until(user, lambda: isinstance(user.app.screen, ConsentScreen), "the question")
                assert not server.requests
                await user.press("n")
                await until(user, lambda: "by words and meaning" in state(user), "what is found")
                assert not server.requests
                user.app.desk.decided["model"] = True
                server.default = lambda body: Reply(["".join(f"{n}: {n % 4}\n" for n in passages_of(body))])
                table = await search(user, "Istanbul talks")
                assert "order re-scored by test" in state(user)
                assert len(server.requests) == 1
                assert all(row.how and row.how.before for row in table.kept)
                await user.press("end")
                assert len(server.requests) == 1  # the end of the list asks no model again

    run(test)


@pytest.mark.parametrize("size", [(80, 24), (58, 20), (40, 12)])
def test_it_works_in_small_terminals(seeds_library: Path, size: tuple[int, int]) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=size) as user:
            table = await search(user, "talks Istanbul")
            assert "French FM" in words(user)
            if size[0] < 60:
                pane = user.app.screen.query_one(PassagePane)
                assert not pane.display
                await user.press("v")
                assert (pane.display, table.display) == (True, False)
                assert "1st by " in passage(user)
                await user.press("escape")
                assert (pane.display, table.display) == (False, True)
            assert all(len(line) <= size[0] for line in screen_text(user).splitlines())

    run(test)


def test_an_empty_library_says_what_to_do(tmp_path: Path) -> None:
    async def test() -> None:
        async with running(Config(library=tmp_path / "library")) as user:
            user.app.action_search()
            await until(user, lambda: isinstance(user.app.screen, SearchScreen), "the search")
            assert "This library has no articles yet" in words(user)

    run(test)


def test_an_article_is_opened_at_the_sentence_that_holds_most_of_the_words() -> None:
    text = "Talks were held.\nThe talks in Istanbul ended. Nothing else happened."
    start, end = telling(text, {"talks", "istanbul"})
    assert text[start:end] == "The talks in Istanbul ended."
    assert telling("", {"talks"}) == (0, 0)
    start, end = telling(text, set())
    assert text[start:end] == "Talks were held."


def test_slash_on_ask_leads_to_the_search_and_the_answer_is_there_afterwards(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            sentences = await ask(user, "Where do the US-Iran talks take place?")
            await user.press("slash")
            await until(user, lambda: isinstance(user.app.screen, SearchScreen), "the search")
            await user.press("escape")
            await until(user, lambda: isinstance(user.app.screen, AskScreen), "the answer")
            assert sentences.has_focus

    run(test)
