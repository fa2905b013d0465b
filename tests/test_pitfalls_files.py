"""Names of files (docs/pitfalls.md): no title of an article, briefing or conversation ever becomes one."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from app_driver import ask, run, running, until
from fixtures.newsroom import jsonl, take_in, told

from qa.config import Config
from tui.screens.export import ExportScreen

TITLES = ["../../etc/x", "CON", "T" * 300, "line\nbreak", "-rf", "..", "/etc/passwd", "nul\0", "aux.md", "x/../../y"]


@pytest.mark.parametrize("screen", ["briefing", "conversation"])
def test_no_title_becomes_the_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, screen: str) -> None:
    """Both exports of the app over articles with such titles: the name it offers, and the file that is written."""
    articles = [
        told(n, title, f"The harbour of town {n} reopened on Monday, director {n} said. Ferries sail again.")
        for n, title in enumerate(TITLES)
    ]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", articles))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = sorted(path for path in tmp_path.rglob("*") if "library" not in path.parts)

    async def test() -> None:
        async with running(Config(library=tmp_path / "library"), journal=True) as user:
            if screen == "briefing":
                await user.press("f3")
                await until(user, lambda: not user.app.desk.running("briefing"), "the briefing")
            else:
                await ask(user, f"When did {TITLES[0]} reopen?")
                await user.press("f6")
                await until(user, lambda: not user.app.desk.running("conversations"), "the conversations")
            await user.press("e" if screen == "conversation" else "x")
            await until(user, lambda: isinstance(user.app.screen, ExportScreen), "the dialog")
            await user.press("enter")
            await until(user, lambda: list((tmp_path / "here").iterdir()), "the file")

    run(test)
    [written] = (tmp_path / "here").iterdir()
    assert written.name == {"briefing": "briefing-2026-02-04.md", "conversation": "conversation-1.md"}[screen]
    assert stat.S_IMODE(os.stat(written).st_mode) == 0o600
    after = sorted(path for path in tmp_path.rglob("*") if "library" not in path.parts)
    assert after == sorted([*before, written])
