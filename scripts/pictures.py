"""Draw the README's pictures from the real app: python scripts/pictures.py [FOLDER] (docs/pictures unless given).

``tests/test_app_pictures.py`` holds the app to these pictures: draw them anew after a change that was meant, and look
at them. What varies from run to run (seconds, the last digits of scores) is left out of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from qa import open_engine
from qa.config import Config
from qa.errors import NewsdeskError
from qa.ingest import ingest
from qa.resources import resource_folder
from qa.types import Cancel, Progress
from tui.app import NewsdeskApp
from tui.desk import Desk

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
AS_OF = "2026-02-05"
TALKS = "Where are the US-Iran talks expected to take place?"
TOLL = "How many people did the earthquake in Izmir kill?"
SIZE = (100, 30)
DARK = "newsdesk-dark"
PATIENCE = 60.0
REPORTS = [
    (
        "Earthquake shakes Izmir",
        "Gazette",
        "2026-02-02",
        "The earthquake in Izmir killed 35 people, the governor's office said. "
        "Rescue teams searched collapsed buildings through the night. "
        "“We will not stop while there is hope,” Governor Ayse Demir said.",
    ),
    (
        "Earthquake in Izmir: toll rises",
        "Herald",
        "2026-02-04",
        "The earthquake in Izmir killed 53 people, the governor's office said. "
        "Schools in the province stay closed until Monday. The health ministry sent two field hospitals.",
    ),
    (
        "Harbour strike enters second week",
        "Gazette",
        "2026-02-03",
        "Dockers at the harbour of Mersin began the second week of their strike on Tuesday. "
        "The union asks for 12 percent more pay. The port authority offered 8 percent.",
    ),
    (
        "Talks in harbour strike fail",
        "Courier",
        "2026-02-04",
        "Talks between dockers and the port authority of Mersin ended without a result on Wednesday. "
        "The union rejected an offer of 9 percent. “It is not enough,” union leader Kemal Aydin said.",
    ),
    (
        "Lira steadies after rate decision",
        "Herald",
        "2026-02-04",
        "The lira was little changed on Wednesday after the central bank left its policy rate at 38 percent. "
        "Analysts had expected a cut.",
    ),
    (
        "New ferry links Bodrum and Kos",
        "Courier",
        "2026-01-30",
        "A new ferry between Bodrum and Kos began service on Friday. It carries 200 passengers and sails twice a day.",
    ),
]
"""Title, source, date and text."""
User = Pilot[NewsdeskError]


class StillDesk(Desk):
    """Without the Chroma child: exact search always gives the same."""

    def index(self, cancel: Cancel) -> Iterator[tuple[int, int]]:
        """Nothing."""
        yield from ()


def made(folder: Path, *paths: Path) -> Path:
    """A library of the articles in ``paths``."""
    with open_engine(Config(library=folder)) as engine:
        for event in ingest(engine, paths, index=False):
            assert not isinstance(event, Progress) or event.done <= event.total
    return folder


def reports(folder: Path) -> Path:
    """A library of short reports of our own."""
    file = folder / "reports.jsonl"
    fields = ("id", "title", "source", "date", "text")
    named = [dict(zip(fields, (f"report-{n}", *report), strict=True)) for n, report in enumerate(REPORTS)]
    file.write_text("".join(json.dumps(report) + "\n" for report in named), encoding="utf-8")
    return made(folder / "reports", file)


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[User]:
    app = NewsdeskApp(config, as_of=AS_OF)
    app.desk = StillDesk(config, AS_OF)
    try:
        async with app.run_test(size=SIZE) as user:
            await until(user, lambda: app.desk.shelf is not None)
            app.theme = DARK  # without a terminal the app would wear its plain colours
            yield user
    finally:
        app.desk.close()


def words(user: User) -> str:
    return " ".join(" ".join(strip.text for strip in user.app.screen._compositor.render_strips()).split())


async def until(user: User, holds: Callable[[], object]) -> None:
    """Wait for a condition, and then until nothing on the screen changes any more."""
    deadline = time.monotonic() + PATIENCE
    seen: list[str] = []
    while not holds() or seen[-4:] != [words(user)] * 4:
        seen.append(words(user))
        if time.monotonic() > deadline:
            raise TimeoutError(f"the app did not come to what was to be drawn:\n{words(user)}")
        await user.pause(0.2)


async def shows(user: User, said: str) -> None:
    await until(user, lambda: said in words(user))


async def ask(user: User, question: str, until_said: str) -> None:
    box = user.app.screen.query_one("#question")
    box.focus()
    if isinstance(box, TextArea):
        box.cursor_blink = False
        box.text = question
    elif isinstance(box, Input):
        box.value = question
    await user.press("enter")
    await shows(user, until_said)


async def dressed(user: User, theme: str, size: tuple[int, int]) -> None:
    """Other colours, another size."""
    user.app.theme = theme
    await user.resize_terminal(*size)
    await until(user, lambda: user.app.size == size)


async def draw_seeds(library: Path, folder: Path) -> None:
    async with running(Config(library=library, journal=False)) as user:
        await ask(user, TALKS, "● supported")
        for name, theme, size in (
            ("ask", DARK, SIZE),
            ("ask-light", "newsdesk-light", SIZE),
            ("ask-80x24", DARK, (80, 24)),
            ("ask-plain", "newsdesk-plain", (80, 24)),
            ("ask-narrow", DARK, (45, 20)),
        ):
            await dressed(user, theme, size)
            save(user, folder / f"{name}.svg")
        await dressed(user, DARK, SIZE)
        for name, key, said in (
            ("inspector", "i", "Inspecting"),
            ("article", "enter", "To the quote"),
        ):
            await user.press(key)
            await shows(user, said)
            save(user, folder / f"{name}.svg")
            await user.press("escape")
            await shows(user, "● supported")
        await ask(user, "Who won the chess world championship?", "Not in your articles")
        save(user, folder / "absent.svg")


async def draw_reports(library: Path, folder: Path) -> None:
    async with running(Config(library=library, journal=False)) as user:
        await ask(user, TOLL, "later report")
        save(user, folder / "later-report.svg")
        await user.press("f3")
        await shows(user, "sentences supported")
        await shows(user, "□ 2026-01-30")
        save(user, folder / "briefing.svg")
        await user.press("f4")
        await shows(user, "6 article(s)")
        save(user, folder / "library.svg")


async def draw_error(library: Path, folder: Path) -> None:
    config = Config(library=library, journal=False, model="m", base_url="http://127.0.0.1:9/v1")
    async with running(config) as user:
        await ask(user, TALKS, "✗")
        save(user, folder / "error.svg")


def save(user: User, path: Path) -> None:
    """Without the address of a font: a picture fetches nothing."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", user.app.export_screenshot(title="Newsdesk"), flags=re.S)
    svg = re.sub(r"&#160;·&#160;\d+\.\d(&#160;s)?(?=<|&#160;)", "", svg)
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    path.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")


def draw(folder: Path) -> list[Path]:
    """Draw all pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["NEWSDESK_STATE_DIR"] = str(Path(scratch) / "state")
        os.environ["NEWSDESK_CONFIG_DIR"] = str(Path(scratch) / "config")
        seeds = made(Path(scratch) / "seeds", resource_folder("seeds"))
        asyncio.run(draw_seeds(seeds, folder))
        asyncio.run(draw_reports(reports(Path(scratch)), folder))
        asyncio.run(draw_error(seeds, folder))
    return sorted(folder.glob("*.svg"))


def main() -> None:
    for path in draw(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(path)


if __name__ == "__main__":
    main()
