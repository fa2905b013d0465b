"""The dialog that asks where an export goes, and the file that is written there."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from app_driver import run, running, until
from textual.app import App
from textual.widgets import Input

from qa.config import Config
from qa.errors import InputError
from qa.export import write_export
from qa.types import Cancel
from tui.picture import NAME, pictured
from tui.screens.export import Destination, ExportScreen


async def chosen(*keys: str, name: str = "2026-02-04", forms: tuple[str, ...] = ("md", "html", "json")) -> object:
    """What the dialog gives back after these keys; "…" where it is still open."""
    given: list[object] = []
    app: App[None] = App()
    async with app.run_test(size=(80, 24)) as user:
        app.push_screen(ExportScreen(name, forms, what="the briefing"), given.append)
        await user.pause()
        for key in keys:
            await user.press(key)
        await user.pause()
    return given[0] if given else "…"


def test_enter_accepts_the_name_and_the_first_form() -> None:
    assert asyncio.run(chosen("enter")) == Destination("md", Path("2026-02-04.md"), False)


def test_escape_and_leave_write_nothing() -> None:
    assert asyncio.run(chosen("escape")) is None
    assert asyncio.run(chosen("tab", "tab", "enter")) is None  # the button


def test_the_ending_follows_the_form_and_the_form_the_ending() -> None:
    chose_html = ("shift+tab", "right", "space", "tab", "enter")
    assert asyncio.run(chosen(*chose_html)) == Destination("html", Path("2026-02-04.html"), False)
    typed_json = ("end", "backspace", "backspace", *"json", "enter")
    assert asyncio.run(chosen(*typed_json)) == Destination("json", Path("2026-02-04.json"), False)
    assert asyncio.run(chosen("end", *".txt", "enter")) == Destination("md", Path("2026-02-04.md.txt"), False)


def test_overwriting_is_chosen_and_an_empty_name_is_not_taken() -> None:
    assert asyncio.run(chosen("tab", "space", "shift+tab", "enter")) == Destination("md", Path("2026-02-04.md"), True)
    assert asyncio.run(chosen("ctrl+a", "delete", "home", "ctrl+k", "enter")) == "…"


def test_what_is_chosen_is_told_by_shape() -> None:
    async def test() -> None:
        app: App[None] = App()
        async with app.run_test(size=(80, 24)) as user:
            app.push_screen(ExportScreen("day"))
            await user.pause()
            marks = {form: str(app.screen.query_one(f"#form-{form}").render()) for form in ("md", "html", "json")}
            assert [form for form, mark in marks.items() if "●" in mark] == ["md"]
            assert "X" not in str(app.screen.query_one("#overwrite").render())
            await user.press("tab", "space")
            await user.pause()
            assert "X" in str(app.screen.query_one("#overwrite").render())

    asyncio.run(test())


@pytest.mark.parametrize("size", [(200, 60), (80, 24), (40, 12), (20, 5)])
def test_it_can_be_answered_at_any_size(size: tuple[int, int]) -> None:
    async def test() -> None:
        given: list[Destination | None] = []
        app: App[None] = App()
        async with app.run_test(size=size) as user:
            app.push_screen(ExportScreen("[red]x[/nope]"), given.append)
            await user.pause()
            assert app.screen.query_one("#file", Input).value == "[red]x[/nope].md"
            await user.press("enter")
            await user.pause()
        assert given == [Destination("md", Path("[red]x[/nope].md"), False)]

    asyncio.run(test())


def test_a_file_is_its_owners_alone_and_never_overwritten_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "briefing.md"
    assert write_export(path, "one\n") == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(InputError, match="is there already") as refused:
        write_export(path, "two\n")
    assert "overwrite" in refused.value.hint
    assert path.read_text() == "one\n"
    write_export(path, "two\n", overwrite=True)
    assert path.read_text() == "two\n"
    assert [file.name for file in tmp_path.iterdir()] == ["briefing.md"]


def test_a_link_to_another_file_is_not_written_through(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    link = tmp_path / "link.md"
    link.symlink_to(kept)
    with pytest.raises(InputError, match="is there already"):
        write_export(link, "x")
    write_export(link, "x", overwrite=True)
    assert kept.read_text() == "kept"
    gone = tmp_path / "gone.md"
    gone.symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is there already"):
        write_export(gone, "x")


@pytest.mark.parametrize("name", ["", "no/such/folder.md", "n\0l.md", "x" * 300 + ".md", "~nobody-of-that-name/x.md"])
def test_what_cannot_be_written_is_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        write_export(Path(name), "x")
    assert refused.value.hint
    assert os.listdir(tmp_path) == []


def test_a_text_that_is_no_utf8_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_export(tmp_path / "x.md", "a\ud800b")
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_the_screen_is_its_owners_alone_and_where_it_is_is_said(
    seeds_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DOWNLOAD_DIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))

    async def test() -> None:
        async with running(Config(library=seeds_library), (160, 30)) as user:
            (command,) = [one for one in user.app.get_system_commands(user.app.screen) if "picture" in one.title]
            command.callback()
            folder = tmp_path / "XDG_DOWNLOAD_DIR"
            await until(user, lambda: list(folder.glob("newsdesk-*.svg")), "the picture")
            [written] = folder.iterdir()
            assert stat.S_IMODE(written.stat().st_mode) == 0o600
            assert ElementTree.fromstring(written.read_text(encoding="utf-8")).tag.endswith("svg")
            told = f"{written.name} is in {folder}"
            await until(user, lambda: [one for one in user.app._notifications if one.message == told], "where it is")

    run(test)


def test_a_picture_never_overwrites_and_goes_home_where_there_is_no_folder_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DOWNLOAD_DIR", str(tmp_path / "none"))
    [told] = pictured("<svg/>", Cancel())
    assert told.file.parent == tmp_path
    assert told.file.read_text() == "<svg/>"
    now = time.time()
    for second in range(120):
        (tmp_path / time.strftime(NAME, time.localtime(now + second))).write_text("mine")
    with pytest.raises(InputError, match="there already"):
        list(pictured("<svg/>", Cancel()))
    assert {path.read_text() for path in tmp_path.glob("newsdesk-*.svg")} <= {"mine", "<svg/>"}
