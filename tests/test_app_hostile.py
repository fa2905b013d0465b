"""What comes from outside is shown, never obeyed: no markup, no escape sequence, no bidirectional control."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from app_driver import AS_OF, TALKS, ask, enter, make_library, run, running, screen_text, until, words
from rich.text import Text
from textual.content import Content

from measure.terminal import Terminal
from qa.config import Config
from qa.errors import EndpointError
from qa.types import (
    Answer,
    Article,
    Briefing,
    Cancel,
    Citation,
    Claim,
    Correction,
    Delta,
    FileProblems,
    Heading,
    IngestReport,
    LeftOut,
    Mode,
    Notice,
    Problem,
    Progress,
    Provenance,
    Published,
    Query,
    Retrieved,
    Status,
    Story,
    Turn,
    Usage,
    Verdict,
    Window,
)
from tui.cited import Opening
from tui.screens.article import ArticleScreen
from tui.screens.ask import AskScreen
from tui.screens.briefing import BriefingScreen
from tui.screens.desk_screen import DeskScreen
from tui.screens.difference import DifferenceScreen
from tui.screens.edit_article import EditArticleScreen
from tui.screens.library import LibraryScreen
from tui.screens.problems import ProblemsScreen
from tui.widgets.article_table import ArticleTable, Listed

ROOT = Path(__file__).resolve().parent.parent
MARKUP = "[@click=app.quit]x[/] [/nope] [[[ [$x] [red]"
CONTROLS = (
    "\x1b]52;c;cHduZWQ=\x1b\\ \x1b[2J \x1b]0;pwned\x07 \x9b31m \x90q\x9c \x7f "
    "\u202egnp.exe\u2066 \u200b \U000e0041 \ud800"
)
HOSTILE = f"{MARKUP} {CONTROLS} end"


def hostile_article(name: str = HOSTILE) -> Article:
    day = Published("2026-02-04", date(2026, 2, 4))
    return Article(f"id {name}", name, 1, name, name, f"https://{name}", day, f"{name}\n{name}", "0" * 64)


def hostile_citation(field: str = "text") -> Citation:
    end = len(HOSTILE)
    return Citation(1, HOSTILE, 1, HOSTILE, HOSTILE, "2026-02-04", field, 0, end, HOSTILE)  # type: ignore[arg-type]


def claims() -> tuple[Claim, ...]:
    cited = (hostile_citation(), hostile_citation("title"))
    return tuple(
        Claim(HOSTILE, 0, len(HOSTILE), () if verdict is Verdict.UNCITED else cited, verdict, (HOSTILE, HOSTILE))
        for verdict in Verdict
    )


def made() -> Provenance:
    return Provenance(Mode.LLM, HOSTILE, None, "0", "e", "1")


def query() -> Query:
    day = hostile_article().published
    assert day
    return Query(HOSTILE, day.day, True, Window(day.day, None, HOSTILE), (HOSTILE,))


def answer(status: Status) -> Answer:
    return Answer(
        HOSTILE,
        HOSTILE,
        claims(),
        (),
        status,
        True,
        query(),
        (hostile_citation(),),
        1,
        "exact",
        Usage(1, 2),
        made(),
        (),
        (HOSTILE,),
    )


def turn(of: Answer) -> Turn:
    return Turn(None, 1, datetime(2026, 2, 5, tzinfo=UTC), of)


def events(last: object) -> Iterator[object]:
    yield Notice(HOSTILE)
    yield Progress(HOSTILE, 1, 1)
    yield Retrieved(query(), (), 1, "exact")
    yield Delta(HOSTILE)
    yield last


def assert_harmless(text: str, what: str) -> None:
    """No control or format character but the newlines between lines; the markup stands there as written."""
    bad = {c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    assert not bad, f"{what}: {bad}"


@pytest.fixture
def no_markup_from_outside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collects outside text that reaches one of the two functions that read markup."""
    read: list[str] = []
    for owner in (Content, Text):
        plain = owner.from_markup

        def from_markup(markup: object, *rest: object, plain: object = plain, **options: object) -> object:
            if "nope" in str(markup):
                read.append(str(markup))
            return plain(markup, *rest, **options)  # type: ignore[operator]

        monkeypatch.setattr(owner, "from_markup", from_markup)
    return read


def test_no_view_obeys_what_is_in_it(seeds_library: Path, no_markup_from_outside: list[str]) -> None:
    briefing = Briefing(
        Window(None, None, HOSTILE),
        query().as_of,
        (Story("s", HOSTILE, "new", (hostile_article(),), claims()),),
        (LeftOut(HOSTILE, HOSTILE),),
        True,
        "exact",
        Usage(),
        made(),
    )
    report = IngestReport(new=1, failed=1, problems=(Problem(HOSTILE, 3, HOSTILE),))

    def failing(cancel: Cancel) -> Iterator[object]:
        raise EndpointError(HOSTILE, HOSTILE)
        yield

    async def test() -> None:
        async with running(
            Config(library=seeds_library, model=HOSTILE, base_url="http://127.0.0.1:1/v1"), (120, 50)
        ) as user:

            def screen() -> DeskScreen:
                assert isinstance(user.app.screen, DeskScreen)
                return user.app.screen

            async def settled(what: str) -> None:
                await until(user, lambda: not user.app.desk.running(screen().kind), what)
                await user.pause(0.15)
                assert_harmless(screen_text(user), what)
                assert "[/nope] [[[ [$x]" in words(user), what

            for status in Status:
                screen().run_verb(lambda cancel, status=status: events(turn(answer(status))))
                await settled(status)
                await user.press("down", "right")
                await settled(f"moved in {status}")
            screen().run_verb(failing)
            await settled("a failure")
            await user.press("f3")
            await until(user, lambda: isinstance(user.app.screen, BriefingScreen), "the briefing")
            await until(user, lambda: not user.app.desk.running("briefing"), "the first briefing")
            screen().run_verb(lambda cancel: events(briefing))
            await settled("a briefing")
            await user.press("f4")
            await until(user, lambda: isinstance(user.app.screen, LibraryScreen), "the library")
            await until(user, lambda: not user.app.desk.running("list"), "the list")
            listed = Listed(1, HOSTILE, 2, HOSTILE, HOSTILE, HOSTILE, 1, edited=True)
            user.app.screen.query_one(ArticleTable).show(2, 0, {0: listed, 1: listed})
            user.app.desk.begin(user.app.screen, "ingest", lambda cancel: events(report))
            await settled("an ingest")
            problem = Problem(HOSTILE, 1, HOSTILE)
            filed = Correction(frozenset(Heading), HOSTILE, HOSTILE, None)
            for dialog in (
                ProblemsScreen([FileProblems(HOSTILE, 1, (problem, problem))]),
                EditArticleScreen(hostile_article(), filed),
            ):
                user.app.push_screen(dialog)
                await user.pause()
                assert_harmless(screen_text(user), type(dialog).__name__)
                assert "[/nope] [[[ [$x]" in words(user)
                await user.press("escape")
            versions = (replace(hostile_article(), text="Other words."), hostile_article())
            user.app.push_screen(DifferenceScreen(*versions))
            await until(user, lambda: "-Other words." in words(user), "what changed")
            assert_harmless(screen_text(user), "what changed")
            await user.press("escape")
            for citation in (None, hostile_citation(), hostile_citation("title")):
                user.app.push_screen(ArticleScreen(Opening(hostile_article(), citation, (), "", versions, HOSTILE)))
                await user.pause()
                assert_harmless(screen_text(user), "an article")
                assert "[/nope] [[[ [$x]" in words(user)
                await user.click("#headline", offset=(8, 0))
                await user.press("escape")
            assert not user.app._exit
        assert not no_markup_from_outside

    run(test)


def test_what_is_pasted_holds_no_control_character(tmp_path: Path) -> None:
    async def test() -> None:
        from textual.events import Paste

        async with running(Config(library=tmp_path / "library")) as user:
            assert isinstance(user.app.screen, AskScreen)
            question = user.app.screen.query_one("#question")
            question.post_message(Paste(f"first\nsecond {HOSTILE} {'x' * 100_000}"))
            await until(user, lambda: "pasted 100,1" in words(user), "the paste")
            await user.press("ctrl+home")
            assert question.text.startswith("first\nsecond ")
            assert_harmless(question.text, "the question box")
            assert_harmless(screen_text(user), "the screen")

    run(test)


# a real terminal


def see(terminal: Terminal, words: str) -> None:
    assert terminal.until(lambda text: words in text) is not None, f"{words!r} is not on the screen:\n{terminal.text}"


def test_in_a_real_terminal_no_byte_of_an_article_is_a_command(tmp_path: Path) -> None:
    article = {"title": f"Talks {HOSTILE}", "date": "2026-02-05", "source": HOSTILE}
    article["text"] = f"The US-Iran talks are expected to take place in Ankara {HOSTILE}. It was said on Monday."
    (tmp_path / "hostile.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    library = make_library(tmp_path / "library", ROOT / "seeds", tmp_path / "hostile.jsonl")
    command = [sys.executable, "-m", "tui", "--library", str(library), "--as-of", AS_OF]
    path = os.pathsep.join([str(ROOT), *sys.path])
    with Terminal(command, {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": path}) as terminal:
        see(terminal, "3 articles")
        terminal.type(TALKS + "\r")
        see(terminal, "● supported")
        assert "Istanbul" in terminal.text
        terminal.type("\x1bOS")  # F4
        see(terminal, "Passages")
        see(terminal, "[@click")
        terminal.type("\r")
        see(terminal, "It was said on Monday.")
        terminal.type("\x11")
        assert terminal.left() is not None
        assert terminal.process.returncode == 0, terminal.text
    for escape in (b"]52;", b"]0;pwned", b"\x9b31m", b"\x7f", "\u202e".encode(), "\u2066".encode(), "\u200b".encode()):
        assert escape not in terminal.raw
    assert not re.search(rb"(?<!\x1b\[\?1049h)\x1b\[2J \x1b", terminal.raw)


def test_without_a_terminal_it_says_so() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tui"], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "needs a terminal" in ran.stderr
    assert "newsdesk ask" in ran.stderr
    assert not ran.stdout


def test_questions_may_hold_markup_too(seeds_library: Path) -> None:
    async def test() -> None:
        async with running(Config(library=seeds_library)) as user:
            await ask(user, f"Who is {MARKUP}?")
            assert "[/nope]" in words(user)
            await enter(user, MARKUP)
            await until(user, lambda: "index:" in words(user), "an answer")

    run(test)
