"""How the app behaves whatever the screen: its keys, its palette, what was spent, its sizes and colours."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from app_driver import TALKS, User, ask, enter, run, running, screen_text, until, words
from fake_llm import FakeLLM, Reply
from textual.binding import Binding
from textual.command import CommandList

from qa.config import Config, load_config
from qa.errors import ConfigError
from qa.types import Usage
from tui.__main__ import main
from tui.app import NewsdeskApp
from tui.keymap import checked
from tui.keys import Deed, deeds, shown
from tui.screens.ask import AskScreen
from tui.screens.keys import KeysScreen
from tui.screens.leaving import Palette
from tui.screens.library import LibraryScreen
from tui.spending import Spending
from tui.widgets.key_bar import Item, KeyBar, fitting


def bottom(user: User) -> str:
    return screen_text(user).splitlines()[-1]


# the bottom line


def test_what_does_not_fit_is_left_out_whole_the_least_important_first() -> None:
    here = [Item("Enter", "Open", 0), Item("r", "Reasons", 10), Item("Esc", "Back", 95)]
    places = [Item("F2", "Ask", 30), Item("F3", "Briefing", 30), Item("F4", "Library", 30)]
    items = [*here, *places, Item("F1", "Keys", -1), Item("Ctrl+Q", "Leave", 90)]
    full = sum(item.width for item in items)
    assert fitting(items, full) == items
    seen = []
    for room in range(full, -1, -1):
        kept = fitting(items, room)
        assert sum(item.width for item in kept) <= room
        seen += [[item.name for item in kept]] if not seen or seen[-1] != [item.name for item in kept] else []
    assert seen == [
        ["Open", "Reasons", "Back", "Ask", "Briefing", "Library", "Keys", "Leave"],
        ["Open", "Reasons", "Ask", "Briefing", "Library", "Keys", "Leave"],
        ["Open", "Reasons", "Ask", "Briefing", "Library", "Keys"],
        ["Open", "Reasons", "Other screens", "Keys"],
        ["Open", "Reasons", "Keys"],
        ["Open", "Keys"],
        ["Keys"],
        [],
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_key_of_the_bottom_line_is_cut(seeds_library: Path, width: int) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(width, 24)) as user:
            for where in ("typing", "an answer"):
                if where == "an answer":
                    await ask(user, TALKS)
                bar = user.app.screen.query_one(KeyBar)
                await until(user, lambda bar=bar: bar.items, "keys")
                kept = fitting(bar.items, width)
                assert "F1" in [item.key for item in kept]
                assert bottom(user).split() == " ".join(f"{item.key} {item.name}" for item in kept).split()

    run(test)


def test_a_click_on_a_key_presses_it(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await until(user, lambda: "F4 Library" in bottom(user), "the keys")
            await user.click(KeyBar, offset=(bottom(user).index("F4") + 1, 0))
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")

    run(test)


# all keys, all actions


def test_f1_shows_all_keys_and_goes_again(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(80, 24)) as user:
            await ask(user, TALKS)
            for close in ("escape", "f1", "q"):
                await user.press("f1")
                await until(user, lambda: isinstance(user.app.screen, KeysScreen), "the keys")
                assert isinstance(user.app.screen, KeysScreen)
                assert "Sentences" in words(user)
                groups = {
                    title: {deed.by: deed.binding.description for deed in those}
                    for title, those in user.app.screen.groups
                }
                assert groups["Ask"]["Ctrl+N"] == "New conversation"
                assert groups["Everywhere"]["Ctrl+Q"] == "Leave"
                await user.press("end")
                await until(user, lambda: "Keys can be changed" in words(user), "the end of the list")
                await user.press(close)
                await until(user, lambda: isinstance(user.app.screen, AskScreen), "the answer again")

    run(test)


def test_the_keys_are_shown_over_a_dialog_too_and_are_its_own(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            url = server.url.replace("127.0.0.1", "127.1")
            async with running(Config(library=seeds_library, model="test", base_url=url)) as user:
                await enter(user, TALKS)
                await until(user, lambda: "Send? Y or N" in words(user), "the question")
                await user.press("f1")
                await until(user, lambda: isinstance(user.app.screen, KeysScreen), "the keys")
                assert "Not this time" in words(user)
                assert isinstance(user.app.screen, KeysScreen)
                assert [title for title, _ in user.app.screen.groups] == ["Consent"]
                await user.press("f1", "escape")

    run(test)


def test_keys_and_palette_take_each_others_place_and_tell_of_the_screen_beneath(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await palette(user, "")
            await user.press("f1")
            await until(user, lambda: isinstance(user.app.screen, KeysScreen), "the keys")
            assert isinstance(user.app.screen, KeysScreen)
            assert "Question" in " ".join(title for title, _ in user.app.screen.groups)
            assert "New conversation" in await palette(user, "")
            assert len(user.app.screen_stack) == 2
            await user.press("escape")
            assert isinstance(user.app.screen, AskScreen)

    run(test)


def test_a_palette_is_opened_again_before_the_last_one_is_gone(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await palette(user, "")
            user.app.screen.dismiss()
            user.app.action_command_palette()  # type: ignore[attr-defined]
            await until(user, lambda: isinstance(user.app.screen, Palette), "the palette")

    run(test)


def test_a_covered_dialog_that_is_left_takes_nothing_else_away(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await palette(user, "")
            covered, above = user.app.screen, KeysScreen(())
            await user.app.push_screen(above)
            covered.dismiss()
            await user.pause()
            assert user.app.screen is above
            await user.press("escape", "escape")
            assert isinstance(user.app.screen, AskScreen)

    run(test)


def test_what_was_offered_by_a_screen_that_is_gone_does_nothing(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            app = user.app
            assert isinstance(app, NewsdeskApp)
            await user.press("f1")
            await until(user, lambda: isinstance(app.screen, KeysScreen), "the keys")
            keys = app.screen.query_one("#keys")
            gone = Deed(keys, Binding("home", "scroll_home", "First", id="keys.first"), ("home",), possible=True)
            await user.press("escape")
            await until(user, lambda: not keys.is_attached, "the keys are gone")
            await gone.perform(app)
            assert isinstance(app.screen, AskScreen)
            leave = next(deed for deed in deeds(app.screen, {}) if deed.binding.id == "app.library")
            await leave.perform(app)
            await until(user, lambda: isinstance(app.screen, LibraryScreen), "the library")

    run(test)


async def palette(user: User, typed: str) -> list[str]:
    """What the palette offers for ``typed``, the screen behind it as it was."""
    await user.press("ctrl+p")
    await until(user, lambda: isinstance(user.app.screen, Palette), "the palette")
    await user.press(*typed)
    found = user.app.screen.query_one(CommandList)
    await until(user, lambda: found.option_count, "what the palette found")
    return [str(found.get_option_at_index(n).prompt).splitlines()[0] for n in range(found.option_count)]


def test_the_palette_offers_what_can_be_done_now_and_does_it(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            before = await palette(user, "")
            assert {"Library", "Leave", "New conversation", "Theme"} <= set(before)
            assert "Open" not in before
            assert "All days" not in before
            await user.press("escape")
            await ask(user, "What did Fidan discuss with Barrot last week?")
            after = await palette(user, "")
            assert {"Open", "All days"} <= set(after)
            await user.press("escape")
            assert "All days" in await palette(user, "all days")
            await user.press("enter")
            await until(user, lambda: "window: all days" in words(user), "the answer without its window")

    run(test)


def test_ctrl_c_with_nothing_selected_says_how_to_leave_and_stays(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, TALKS)
            await user.press("ctrl+c")
            said = [one.message for one in user.app._notifications]
            assert said == ["Nothing is selected to copy. Ctrl+Q leaves Newsdesk."]
            assert not user.app._exit

    run(test)


# keys of the reader's own


def test_chosen_keys_work_and_are_the_ones_that_are_shown(seeds_library: Path) -> None:
    async def test() -> None:
        keys = {"app.library": "f10", "ask.question": "g,ctrl+g"}
        async with running(Config(library=seeds_library, keys=keys), size=(240, 40)) as user:
            sentences = await ask(user, TALKS)
            await until(user, lambda: "g New" in bottom(user), "the new key")
            await user.press("n")
            assert sentences.has_focus
            await user.press("g")
            assert user.app.screen.query_one("#question").has_focus
            await user.press("f4")
            assert isinstance(user.app.screen, AskScreen)
            await user.press("f1")
            await until(user, lambda: "F10" in words(user), "the chosen key")
            await user.press("escape", "f10")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")

    run(test)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"ask.quetsion": "x"}, "nothing is called 'ask.quetsion' (perhaps ask.question?)"),
        ({"ask.question": "hyperdrive"}, "no key is called 'hyperdrive'"),
        ({"ask.question": "f2"}, "F2 is both ask.question (New) and app.ask (Ask)"),
        ({"app.leave": "q"}, "q could then not be typed any more"),
        ({"ask.question": "ctrl+c"}, "Ctrl+C copies what is selected"),
        ({"ask.question": "ctrl+m"}, "is Enter in a terminal"),
        ({"sentences.open": "j"}, "j is both sentences.next"),
    ],
)
def test_keys_that_cannot_hold_are_refused(keys: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(keys)
    assert said in caught.value.message
    assert "newsdesk keys" in caught.value.hint
    with pytest.raises(ConfigError):
        NewsdeskApp(Config(keys=keys))


def test_everything_wrong_is_said_at_once_and_what_is_right_is_taken() -> None:
    with pytest.raises(ConfigError) as caught:
        checked({"one": "x", "ask.question": "zz", "ask.conversation": "ctrl+i"})
    assert caught.value.message.count(";") == 2
    assert checked({"ask.question": "], ctrl+/ ,é"}) == {"ask.question": "right_square_bracket,ctrl+slash,é"}
    assert checked({"app.ask": "f3", "app.briefing": "f2"}) == {"app.ask": "f3", "app.briefing": "f2"}


def settings(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(folder))


@pytest.mark.parametrize(
    "text",
    [
        '"ask.question" = "ctrl+g,x"',
        'ask.question = "ctrl+g,x"',
        '"ask.question" = ["ctrl+g", "x"]',
        'ask = {question = "ctrl+g,x"}',
    ],
)
def test_keys_are_read_from_the_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    settings(monkeypatch, tmp_path / "conf", f"[keys]\n{text}\n")
    assert load_config().keys == {"ask.question": "ctrl+g,x"}


@pytest.mark.parametrize(
    "text", ["keys = 3", '[keys]\n"ask.question" = 3', '[keys]\n"ask.question" = ""', '[keys]\n"a" = []']
)
def test_a_table_of_keys_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    settings(monkeypatch, tmp_path / "conf", text)
    with pytest.raises(ConfigError, match="key"):
        load_config()


def test_the_commands_list_and_check_the_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(monkeypatch, tmp_path / "conf", '[keys]\n"ask.question" = "ctrl+g"\n')
    assert main(["keys", "--json"]) == 0
    told = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert told["ask.question"] == {"id": "ask.question", "keys": ["ctrl+g"], "what": "New", "changed": True}
    assert told["app.leave"]["keys"] == ["ctrl+q"]
    assert main(["keys"]) == 0
    assert "ctrl+g" in capsys.readouterr().out
    assert main(["config"]) == 0
    assert "ask.question = ctrl+g" in capsys.readouterr().out
    settings(monkeypatch, tmp_path / "conf", '[keys]\n"ask.question" = "f2"\n')
    for command in ("keys", "config"):
        assert main([command]) == ConfigError("").exit_code
        assert "F2 is both" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "name"), [("ctrl+n", "Ctrl+N"), ("escape", "Esc"), ("slash", "/"), ("up", "↑"), ("f1", "F1"), ("g", "g")]
)
def test_keys_are_shown_as_a_reader_knows_them(key: str, name: str) -> None:
    assert shown(key) == name


# what was spent


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ([], ""),
        ([Usage()], ""),
        ([Usage(900, 100, 0.0)], "answer 1,000 tokens · session 1,000 tokens"),
        ([Usage(900, 100, 0.01), Usage()], "session 1,000 tokens $0.0100"),
        (
            [Usage(900, 100, 0.01), Usage(90, 10, 0.005)],
            "answer 100 tokens $0.0050 · session 1,100 tokens $0.0150",
        ),
        ([Usage(900, 100, None)], "answer 1,000 tokens price unknown · session 1,000 tokens price unknown"),
        (
            [Usage(900, 100, None), Usage(0, 1, 0.5)],
            "answer 1 tokens $0.5000 · session 1,001 tokens $0.5000 + unknown prices",
        ),
    ],
)
def test_what_was_spent_is_told(used: list[Usage], told: str) -> None:
    spending = Spending()
    for usage in used:
        spending = spending.plus(usage)
    assert (spending.told or ("",))[0] == told


def test_tokens_of_a_model_stand_at_the_end_of_the_bottom_line(seeds_library: Path) -> None:
    async def test() -> None:
        with FakeLLM() as server:
            server.default = lambda _: Reply(["Talks are expected in Istanbul [1]."])
            config = Config(library=seeds_library, model="test", base_url=server.url)
            async with running(config, size=(160, 30)) as user:
                await ask(user, TALKS)
                await until(user, lambda: "session" in bottom(user), "what was spent")
                first = user.app.desk.spending
                assert first.session.tokens_in > 0
                assert bottom(user).rstrip().endswith(first.told[0])
                await ask(user, TALKS)
                await until(user, lambda: user.app.desk.spending != first, "what was spent in all")
                assert user.app.desk.spending.session.tokens_in > first.session.tokens_in
                await user.press("f4")
                await until(user, lambda: user.app.desk.spending.told[0] in bottom(user), "the sum on another screen")

    run(test)


def test_quotations_cost_nothing_and_say_nothing(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(160, 30)) as user:
            await ask(user, TALKS)
            assert "session" not in bottom(user)

    asyncio.run(test())
