"""The app in a real pseudo-terminal, its screen read with pyte, over the articles that speak to the machine."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_driver import AS_OF, TALKS, make_library
from fixtures.hostile import CASES

from measure.terminal import Terminal

ROOT = Path(__file__).resolve().parent.parent
F2, F3, F4, DOWN, PAGE, ESCAPE, LEAVE = "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[B", "\x1b[6~", "\x1b", "\x11"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f].{0,6}", re.S)
OWN = re.compile(rb"\x1b(?:\[[0-9;?<>=$]*[a-zA-Z]|P\+q[0-9a-f;]*\x1b\\|\]22;[a-z]*(?:\x07|\x1b\\)|[()][A-B0-2]|[=>78])")
"""The sequences that Textual draws with; what an article brings is none of them, or stands without its escape."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    file = folder / "hostile.jsonl"
    file.write_text("".join(json.dumps(case.line) + "\n" for case in CASES), encoding="utf-8")
    return make_library(folder / "library", ROOT / "seeds", file)


@pytest.fixture
def terminal(library: Path) -> Iterator[Terminal]:
    command = [sys.executable, "-m", "tui", "--library", str(library), "--as-of", AS_OF]
    path = os.pathsep.join([str(ROOT), *sys.path])
    with Terminal(command, {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": path}) as opened:
        yield opened


def see(terminal: Terminal, words: str) -> None:
    assert terminal.until(lambda text: words in text) is not None, f"{words!r} is not on the screen:\n{terminal.text}"


def brought() -> set[bytes]:
    """Each control character of the corpus with what follows it, as it would come out."""
    texts = [value for case in CASES for value in case.line.values()]
    found = {match for text in texts for match in CONTROL.findall(text)}
    return {one.encode("utf-8", "surrogatepass") for one in found if len(one) > 1}


def test_a_question_is_asked_and_the_quoted_words_are_read(terminal: Terminal) -> None:
    see(terminal, "articles")
    terminal.type(TALKS + "\r")
    see(terminal, "● supported")
    assert "Istanbul" in terminal.text
    terminal.type("\r")
    see(terminal, "To the quote")
    terminal.type(LEAVE)
    assert terminal.left() is not None
    assert terminal.process.returncode == 0


def test_no_escape_of_an_article_comes_out(terminal: Terminal) -> None:
    see(terminal, "articles")
    for case in CASES[::9]:
        terminal.type(F2 + "\x0e")
        see(terminal, "a new conversation")
        terminal.type(case.question + "\r")
        said = re.compile(f"{re.escape(case.question)} (?:answered|not in your articles) · index:")
        assert terminal.until(said.search) is not None, terminal.text
        see(terminal, "Enter Open")
        terminal.type("\r")
        see(terminal, "/ Find")
        terminal.type(ESCAPE)
        left = terminal.until(lambda text: "/ Find" not in text)  # an Esc with a key right behind it is another key
        assert left is not None
    terminal.type(F3)
    see(terminal, "supported")
    terminal.type(DOWN * 5 + PAGE * 4 + F4)
    see(terminal, "Passages")
    for _ in range(6):
        terminal.type(PAGE)
        see(terminal, "harbour")
    terminal.type(LEAVE)
    assert terminal.left() is not None
    assert terminal.process.returncode == 0
    came = brought()
    assert len(came) > 20
    for one in sorted(came):
        assert one not in terminal.raw, one
    rest = OWN.sub(b"", terminal.raw)
    assert b"\x1b" not in rest, rest[max(0, rest.index(b"\x1b") - 40) : rest.index(b"\x1b") + 40]
    assert not re.search(rb"[\x00-\x07\x0b\x0c\x0e-\x1a\x7f]", rest)
