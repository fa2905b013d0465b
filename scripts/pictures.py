"""Draw the README's pictures from the real app on the seed articles: python scripts/pictures.py [FOLDER]."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from qa import open_engine
from qa.config import Config
from qa.errors import NewsdeskError
from qa.ingest import ingest
from qa.resources import resource_folder
from tui.app import NewsdeskApp
from tui.widgets.status_line import StatusLine

AS_OF = "2026-02-05"
QUESTION = "Where are the US-Iran talks expected to take place?"
SIZE = (100, 30)
PATIENCE = 600
"""Looks at the screen, a twentieth of a second apart, before giving up."""


async def until(user: Pilot[NewsdeskError], holds: Callable[[], bool]) -> None:
    for _ in range(PATIENCE):
        if holds():
            await user.pause(0.2)
            return
        await user.pause(0.05)
    sys.exit("the app did not come to what was to be drawn")


async def draw(library: Path, folder: Path) -> None:
    app = NewsdeskApp(Config(library=library), as_of=AS_OF)
    async with app.run_test(size=SIZE) as user:
        await until(user, lambda: app.desk.shelf is not None and not app.desk.running("index"))
        app.screen.query_one("#question").value = QUESTION
        await user.press("enter")
        await until(user, lambda: app.screen.query_one(StatusLine).state.startswith("answered"))
        save(app, folder / "ask.svg")
        await user.press("f3")
        await until(user, lambda: "1 story" in app.screen.query_one(StatusLine).state)
        save(app, folder / "briefing.svg")
    app.desk.close()


def save(app: NewsdeskApp, path: Path) -> None:
    """Without the address of a font: a picture fetches nothing. Seconds vary from run to run and are left out."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", app.export_screenshot(title="Newsdesk"), flags=re.S)
    svg = re.sub(r"&#160;·&#160;\d+\.\d&#160;s(?=<)", "", svg)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    path.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")
    print(path)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "docs"
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / "seeds"
        with open_engine(Config(library=library)) as engine:
            for _ in ingest(engine, [resource_folder("seeds")]):
                pass
        asyncio.run(draw(library, folder))


if __name__ == "__main__":
    main()
