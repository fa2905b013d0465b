"""Colours: text can be read in both of Newsdesk's themes, and nothing is told by colour alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app_driver import TALKS, User, ask, enter, run, running, state, until, words
from rich.segment import Segment
from textual.color import Color

from qa.config import Config
from qa.types import Cancel
from tui.__main__ import main
from tui.app import NewsdeskApp
from tui.desk import Desk
from tui.screens.article import ArticleScreen
from tui.screens.library import LibraryScreen
from tui.state import Remembered
from tui.themes import DARK, LIGHT, PLAIN
from tui.wording import BADGES

READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3."""
BORDERS = frozenset("▊▔▁▎│─╭╮╰╯━▄▀█▅▂▃▆▇▉▋▌▍▏▐ ")


def luminance(colour: Color) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [part / 255 for part in colour.rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def drawn(user: User) -> Iterator[Segment]:
    """Every piece of the screen as it goes to the terminal."""
    for strip in user.app.screen._compositor.render_strips():
        for line_filter in user.app.get_line_filters():
            strip = strip.apply_filter(line_filter, user.app.screen.background_colors[1])  # noqa: PLW2901
        yield from strip


def too_faint(user: User) -> list[tuple[str, float]]:
    found = []
    for text, style, _ in drawn(user):
        if set(text) <= BORDERS:
            continue
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        ratio = contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))
        if ratio < READABLE:
            found.append((text, round(ratio, 2)))
    return found


@pytest.mark.parametrize("theme", [DARK.name, LIGHT.name])
def test_all_text_can_be_read_in_both_themes(seeds_library: Path, theme: str) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library), size=(100, 30)) as user:
            user.app.theme = theme
            await user.pause()
            assert not too_faint(user)
            await ask(user, TALKS)
            assert not too_faint(user)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await until(user, lambda: "French" in words(user), "its text")
            assert not too_faint(user)
            await user.press("escape")
            await ask(user, "Who won the 2026 World Cup last week?")
            assert not too_faint(user)
            await enter(user, "")
            await until(user, lambda: "✗ the question" in words(user), "an error")
            assert not too_faint(user)
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await until(user, lambda: "MENAFN" in words(user), "the articles")
            assert not too_faint(user)
            await user.press("f3")
            await until(user, lambda: "stor" in state(user), "the briefing")
            assert not too_faint(user)

    run(test)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_badge_can_be_read_on_every_ground(theme: object) -> None:
    colours = theme.to_color_system().generate()  # type: ignore[attr-defined]
    grounds = ("background", "surface", "panel", "block-cursor-background", "block-cursor-blurred-background")
    inks = {style.removeprefix("$") for _, style in BADGES.values()} | {"text-accent", "text-muted", "foreground"}
    for ink in inks:
        for ground in grounds:
            assert contrast(Color.parse(colours[ink]), Color.parse(colours[ground])) >= READABLE, (ink, ground)
    assert contrast(Color.parse(colours["warning"]), Color.parse(colours["background"])) >= READABLE  # the quote's mark


def test_verdicts_differ_in_shape_and_in_word() -> None:
    shapes, names = zip(*(words.split(" ", 1) for words, _ in BADGES.values()), strict=True)
    assert len(set(shapes)) == len(set(names)) == len(BADGES)


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "xterm"), ("TERM", "linux")])
def test_without_colours_the_quote_and_the_cursor_still_stand_out(
    seeds_library: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    async def test() -> None:
        async with running(Config(library=seeds_library), size=(100, 30)) as user:
            assert user.app.theme == PLAIN.name
            await ask(user, TALKS)
            assert "● supported" in words(user)
            cursor = [text for text, style, _ in drawn(user) if style and style.underline]
            assert any("French Foreign Minister" in text for text in cursor)
            await user.press("enter")
            await until(user, lambda: isinstance(user.app.screen, ArticleScreen), "the article")
            await until(user, lambda: any(one.style and one.style.reverse for one in drawn(user)), "the quote")
            marked = "".join(text for text, style, _ in drawn(user) if style and style.reverse and style.bold)
            assert marked.startswith("French Foreign Minister")
            if name == "NO_COLOR":
                for _, style, _ in drawn(user):
                    for colour in (style.color, style.bgcolor) if style else ():
                        assert colour is None or colour.is_default

    run(test)


def test_the_chosen_theme_is_there_the_next_time(seeds_library: Path) -> None:
    async def test() -> None:
        config = Config(library=seeds_library)
        async with running(config) as user:
            assert user.app.theme == DARK.name
            user.app.theme = LIGHT.name
            desk: Desk = user.app.desk
            await until(user, lambda: desk.state.read().theme == LIGHT.name, "it is written")
        app = NewsdeskApp(replace(config, journal=False))
        app.desk.remembered = app.desk.state.read()
        async with app.run_test():
            assert app.theme == LIGHT.name
        app.desk.close()

    run(test)


def test_a_theme_that_is_gone_is_not_asked_for(seeds_library: Path) -> None:
    async def test() -> None:
        desk = Desk(Config(library=seeds_library))
        *_, kept = desk.state.keep(lambda _: Remembered(theme="no-such-theme"), Cancel())
        app = NewsdeskApp(Config(library=seeds_library, journal=False))
        app.desk.remembered = kept
        async with app.run_test():
            assert app.theme == DARK.name
            assert json.loads((desk.state.folder / "app.json").read_text())["theme"] == "no-such-theme"
        app.desk.close()

    run(test)


def test_a_terminal_that_cannot_place_words_is_told_what_can_be_done_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    assert main([]) == 2
    assert "TERM=dumb" in capsys.readouterr().err
