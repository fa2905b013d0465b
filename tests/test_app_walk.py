"""Thousands of keys at random over all screens, while a model streams and articles are read: nothing breaks.

Each walk is seeded and told in full when it fails; ``WALK_SEEDS`` and ``WALK_KEYS`` in the environment make others.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
import unicodedata
from pathlib import Path

import pytest
from app_driver import PATIENCE, TALKS, User, run, running, screen_text
from fake_llm import FakeLLM, Reply
from textual import events
from textual.css.query import NoMatches
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.widgets import Input, TextArea

from qa.config import Config

KEYS = int(os.environ.get("WALK_KEYS", "400"))
SEEDS = os.environ.get("WALK_SEEDS", "1 2").split()
SIZES = [(80, 24), (120, 40), (200, 60), (59, 20), (40, 12), (30, 8), (1, 1)]
PLACES = ["f1", "f2", "f3", "f4", "f5", "f6", "ctrl+p", "slash", "i"]
MOVES = ["up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab", "j", "k", "h", "l"]
CHORDS = ["ctrl+n", "ctrl+t", "ctrl+s", "ctrl+r", "ctrl+y", "ctrl+c", "ctrl+p", "ctrl+z", "ctrl+j", "ctrl+a", "f8"]
LETTERS = [*"abcdefgimnoprstuvwxyz", *"123", "question_mark", "plus", "minus", "slash", "delete", "space", "backspace"]
DRAWN = [(PLACES, 2), (MOVES, 6), (CHORDS, 2), (LETTERS, 5), (["enter"], 3), (["escape"], 3)]
FEW = 3
"""Messages that may wait when the next key is sent."""
SETTLES = 200
"""Keys between two looks at whether the app is alive, and a new size."""


def drawn(random_: random.Random) -> str:
    (group,) = random_.choices([keys for keys, _ in DRAWN], [weight for _, weight in DRAWN])
    return random_.choice(group)


def send(user: User, key: str) -> None:
    """Post a key as the terminal's driver does, without waiting for what comes of it."""
    driver = user.app._driver
    assert driver is not None
    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    try:
        character: str | None = unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        character = key if len(key) == 1 else None
    event = events.Key(key, character)
    event.set_sender(user.app)
    driver.send_message(event)


async def taken(user: User) -> None:
    """Wait until what was sent is at work, though not until all that comes of it is done."""
    await asyncio.sleep(0.001)
    deadline = time.monotonic() + PATIENCE
    while user.app._message_queue.qsize() + user.app.screen._message_queue.qsize() > FEW:
        assert user.app._exception is None, "a key broke the app"
        assert time.monotonic() < deadline, "the app does not take keys any more"
        await asyncio.sleep(0.001)


def names_a_path(user: User) -> bool:
    """Whether what is typed now names a place on the disk: the walk must not read all of it."""
    box = user.app.screen.focused
    return isinstance(box, Input | TextArea) and box.id != "question"


def a_reply() -> Reply:
    """Three sentences in two hundred pieces."""
    text = "The talks are expected to take place in Istanbul [1]. Barrot supports them [1]. They are in Ankara [2]. "
    return Reply([*text, *("" for _ in range(100))])


@pytest.mark.parametrize("seed", SEEDS)
def test_no_key_breaks_the_app(seed: str, own_seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    write_short(folder / "many.jsonl", 300)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    random_ = random.Random(int(seed))
    trail: list[str] = []

    async def walk(user: User) -> None:
        for n in range(KEYS):
            key = drawn(random_)
            if key in ("slash", "enter") and names_a_path(user):
                continue
            trail.append(key)
            send(user, key)
            await taken(user)
            assert user.app._exception is None
            if n % SETTLES == SETTLES - 1:
                await user.resize_terminal(*random_.choice(SIZES))
                await user.pause()

    async def test() -> None:
        with FakeLLM() as server:
            server.default = a_reply()
            config = Config(library=own_seeds, model="test", base_url=server.url)
            async with running(config, size=(80, 24), journal=True) as user:
                user.app.action_quit = staying  # type: ignore[method-assign]
                user.app.open_url = lambda url, *, new_tab=True: None  # type: ignore[method-assign]
                user.app.desk.begin(user.app, "walked ingest", reading(user, folder / "many.jsonl"))
                send(user, "f2")
                await user.pause()
                for character in TALKS:
                    send(user, character)
                send(user, "enter")
                try:
                    await walk(user)
                    await user.resize_terminal(120, 40)
                    await back_at_ask(user)
                except BaseException:
                    print(f"seed {seed}, keys: {' '.join(trail)}\n{screen_text(user)}")
                    raise

    run(test)


async def back_at_ask(user: User) -> None:
    """Leave what is open; what was asked for last may open only now."""
    deadline, there = time.monotonic() + PATIENCE, False
    while not there:
        assert time.monotonic() < deadline, "Ask is not there after the walk"
        for _ in range(6):
            await user.press("escape")
        await user.press("f2")
        await user.pause()
        there = shows_ask(user)


async def staying() -> None:
    """Leaving is for other tests: the palette would end the walk."""


def shows_ask(user: User) -> bool:
    try:
        return bool(user.app.screen.query_one("#question").display)
    except NoMatches:
        return False


def write_short(file: Path, count: int) -> None:
    with file.open("w", encoding="utf-8") as out:
        for n in range(count):
            told = {"title": f"Bridge of town {n}", "date": f"2026-01-{n % 28 + 1:02}", "text": f"Bridge {n} opened."}
            out.write(json.dumps(told) + "\n")


def reading(user: User, file: Path):  # type: ignore[no-untyped-def]
    from qa.apart import ingest_apart

    return lambda cancel: ingest_apart(user.app.desk.config, [file], cancel=cancel)
