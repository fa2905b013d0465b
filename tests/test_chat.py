"""`newsdesk chat --linear`: plain lines, the same citations; every command; pipes, a terminal, and Ctrl+C."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from fake_llm import FakeLLM, Reply
from fixtures.hostile import CASES
from fixtures.newsroom import jsonl, passages_of, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.cli import app_options
from qa.errors import ExitCode
from qa.render.passages import AROUND, CLOSED, OPENED, passages
from tui.__main__ import main

ROOT = Path(__file__).resolve().parent.parent
TALKS = "Where are the US-Iran talks expected to take place?"
FIDAN = "What did Fidan discuss with Barrot last week?"
GAZA = "and what did he say about Gaza?"
PATIENCE = 60.0
BOXES = re.compile("[\u2500-\u259f●◐✗○│─]")
Chatted = Callable[..., "Said"]


class Said:
    """What a chat printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        self.lines = out.splitlines()

    def one(self, start: str) -> str:
        """The one line that begins so."""
        (line,) = [line for line in self.lines if line.startswith(start)]
        return line


@pytest.fixture
def chat(own_seeds: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Chatted:
    """Gives lines to a chat over a library of the seeds, seen from 5 February 2026."""

    def chatted(
        *lines: str | bytes, options: tuple[str, ...] = (), library: Path = own_seeds, as_of: str = "2026-02-05"
    ) -> Said:
        given = b"".join(line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        day = ("--as-of", as_of) if as_of else ()
        code = main(["--library", str(library), "chat", "--linear", *day, *options])
        return Said(code, *capsys.readouterr())

    return chatted


# answers


def test_an_answer_is_a_line_a_sentence_with_its_number_and_verdict_in_words(chat: Chatted) -> None:
    said = chat(TALKS)
    assert said.code == ExitCode.OK
    assert said.lines[0] == f"Question: {TALKS}"
    sentences = [line for line in said.lines if re.match(r"\d+\. ", line)]
    assert sentences
    assert all(re.fullmatch(r"\d\. .+ \[1\] \(supported\)", line) for line in sentences)
    assert "Istanbul" in sentences[0]
    assert "MENAFN · 2026-02-04" in said.one("[1] French FM Backs")
    assert "are its words)" in said.one("[1] French FM Backs")
    assert said.one("Quoted, no model; searched all days up to 2026-02-05")
    assert "2 articles; model: none configured" in said.err


def test_nothing_is_drawn_moved_or_coloured(chat: Chatted) -> None:
    said = chat(TALKS, "/open 1", "/brief", "/search talks", "/help", "/conversations", "/nothing", FIDAN, GAZA)
    assert not BOXES.search(said.out + said.err)
    assert "\x1b" not in said.out + said.err
    assert "\r" not in said.out + said.err
    assert all(line.strip() for line in said.lines)


def test_what_is_not_in_the_articles_is_said_with_the_nearest_passage(chat: Chatted) -> None:
    said = chat("Who won the chess olympiad last week?")
    assert said.one("Not in your articles (searched 1 article, 2026-01-26 to 2026-02-01, from “last week”).")
    assert said.one("The days are a reading of the question's words; /all-days asks without.")
    assert said.one("[1] Closest passage")


def test_sides_that_differ_are_said_with_their_quotes(chat: Chatted, tmp_path: Path) -> None:
    articles = [
        told(1, "Izmir quake", "The earthquake in Izmir killed 35 people.", "2026-02-03", "Agency"),
        told(2, "Izmir toll", "The earthquake in Izmir killed 41 people.", "2026-02-03", "Courier"),
    ]
    take_in(tmp_path / "quake", jsonl(tmp_path / "quake.jsonl", articles))
    said = chat("How many people did the earthquake in Izmir kill?", library=tmp_path / "quake")
    assert said.one("Sources differ on deaths: 35 or 41.")
    for number in ("35", "41"):
        assert re.search(rf"^\[\d\] {number}: “The earthquake in Izmir killed {number} people", said.out, re.M)


# a conversation


def test_questions_go_on_from_one_another_until_a_new_conversation(chat: Chatted) -> None:
    said = chat(FIDAN, GAZA, "/new", GAZA)
    assert said.out.count("Asked as: What did Hakan Fidan say about Gaza?") == 1
    listed = chat("/conversations")
    assert listed.lines == [
        f"2: {GAZA} (1 question, {listed.lines[0][-11:-1]})",
        f"1: {FIDAN} (2 questions, {listed.lines[1][-11:-1]})",
        "2 conversations.",
    ]


def test_a_question_is_asked_again_as_typed_and_of_all_days(chat: Chatted) -> None:
    said = chat(FIDAN, GAZA, "/as-typed", FIDAN, "/all-days")
    _, _, completed, typed, week, wide = said.out.split("Question: ")
    assert completed.startswith(f"{GAZA}\nAsked as:")
    assert typed.startswith(f"{GAZA}\n1. ")
    assert "searched 2026-01-26 to 2026-02-01, from “last week”" in week
    assert wide.startswith(FIDAN)
    assert "searched all days" in wide


@pytest.mark.parametrize("options", [("--continue",), ("--continue", "1")])
def test_a_conversation_is_gone_on_with(chat: Chatted, options: tuple[str, ...]) -> None:
    chat(FIDAN)
    said = chat(GAZA, options=options, as_of="")
    assert said.lines[0] == f"Question 1: {FIDAN}"
    assert "conversation 1, 1 question" in said.err
    assert said.one("Asked as: What did Hakan Fidan say about Gaza?")
    assert "as of 2026-02-05" in said.lines[-1]  # what was given holds for the whole conversation
    assert chat("/resume 1", GAZA).one("Question 2:")


@pytest.mark.parametrize("options", [("--continue", "7"), ("--continue",)])
def test_there_must_be_one_to_go_on_with(chat: Chatted, options: tuple[str, ...]) -> None:
    said = chat(TALKS, options=options)
    assert said.code in {ExitCode.INPUT, ExitCode.USAGE}
    assert said.out == ""
    assert "conversation" in said.err


@pytest.mark.parametrize(("form", "begins"), [("md", "<!-- newsdesk"), ("html", "<!DOCTYPE"), ("json", '{"newsdesk"')])
def test_a_conversation_is_exported_and_never_over_a_file(
    chat: Chatted, tmp_path: Path, form: str, begins: str
) -> None:
    file = tmp_path / f"my talks.{form}"
    said = chat(TALKS, f"/export {form} {file}", f"/export {form} {file}")
    assert "conversation 1 written to" in said.err
    assert said.code == ExitCode.INPUT
    assert "is there already" in said.err
    assert file.read_text(encoding="utf-8").lower().startswith(begins.lower())


# commands


def test_the_words_behind_a_number_are_shown_in_their_passage(chat: Chatted) -> None:
    said = chat(FIDAN, "/open [1]")
    opened = said.out.split("Quoted, no model")[1]
    for sentence in re.findall(r"^\d\. (.+) \[1\] \(supported\)$", said.out, re.M):
        assert f">>> {sentence} <<<" in opened


def test_why_a_sentence_failed_is_said(chat: Chatted) -> None:
    def reply(body: dict[str, Any]) -> Reply:
        n = next(n for n, text in passages_of(body).items() if "Istanbul" in text)
        return Reply([f"The talks are expected to take place in Ankara [{n}]."])

    with FakeLLM() as server:
        server.default = reply
        said = chat(TALKS, "/why 1", options=("--model", "test", "--base-url", server.url))
    assert re.search(r"^1\. (?:.+) \((?:struck out, )?unsupported: .*Ankara", said.out, re.M)
    assert re.search(r"^Sentence 1 is (?:struck out, )?unsupported: .*Ankara", said.out, re.M)
    assert "model: test at" in said.err


def test_the_scope_is_chosen_for_all_that_follows(chat: Chatted) -> None:
    said = chat(
        "/window last week", "What did Fidan discuss?", "/window", "/sources MENAFN", TALKS, "/sources all", "/sources"
    )
    assert "from now on: articles of 2026-01-26 to 2026-02-01" in said.err
    fidan, talks = said.out.split("Question: ")[1:]
    assert "searched 2026-01-26 to 2026-02-01, as of" in fidan
    assert "searched all days up to 2026-02-05, only MENAFN" in talks
    assert said.lines[-1] == "MENAFN"
    assert "all are in use" in said.err
    assert "as of 2026-02-01" in chat("/as-of 2026-02-01").err
    assert (
        "searched all days up to 2026-02-01, as of 2026-02-01"
        in chat("/as-of 2026-02-01", FIDAN.replace(" last week", "")).out
    )


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("/window soon", ExitCode.USAGE, "soon"),
        ("/as-of 2026-02-31", ExitCode.USAGE, "2026-02-31"),
        ("/sources Nobody", ExitCode.USAGE, "Nobody"),
        ("/open", ExitCode.USAGE, "/open needs"),
        ("/open 99", ExitCode.USAGE, "nothing has the number 99"),
        ("/why 99", ExitCode.USAGE, "no sentence 99"),
        ("/why one", ExitCode.USAGE, "/why needs"),
        ("/all-days", ExitCode.USAGE, "nothing was asked"),
        ("/export md x.md", ExitCode.USAGE, "no conversation"),
        ("/export", ExitCode.USAGE, "a format and a file"),
        ("/resume 99", ExitCode.INPUT, "no conversation 99"),
        ("/search", ExitCode.USAGE, "empty"),
        ("/nope", ExitCode.USAGE, "no command /nope"),
        ("/", ExitCode.USAGE, "no command"),
        ("/a", ExitCode.USAGE, "could be"),
        ("/new now", ExitCode.USAGE, "takes nothing"),
        ("/brief 2026-13-01", ExitCode.USAGE, "2026-13-01"),
        ("is it 31 February 2026?", ExitCode.USAGE, "31 February"),
        ("x" * 100_000, ExitCode.USAGE, "characters"),
    ],
)
def test_what_is_wrong_is_said_and_the_chat_goes_on(chat: Chatted, line: str, code: ExitCode, says: str) -> None:
    said = chat(line)
    assert (said.code, says in said.err) == (code, True), said.err
    assert chat(line, "/help").code == ExitCode.OK


def test_a_scope_that_is_set_wins_over_what_a_follow_up_takes_along(chat: Chatted) -> None:
    said = chat(FIDAN, GAZA, "/window", GAZA)
    _, _, along, wide = said.out.split("Question: ")
    assert "searched 2026-01-26 to 2026-02-01, from “as before: last week”" in along
    assert "Asked as: What did Hakan Fidan say about Gaza?" in wide
    assert "searched all days up to 2026-02-05" in wide


def test_a_wrong_scope_leaves_the_scope_as_it_was(chat: Chatted) -> None:
    said = chat("/sources MENAFN", "/sources Nobody", "/window soon", "/as-of never", TALKS)
    assert "searched all days up to 2026-02-05, only MENAFN" in said.out


@pytest.mark.parametrize("line", ["/conversations", ":conversations", "/conv", "  /CONV ".lower()])
def test_a_command_begins_with_a_slash_or_a_colon_and_may_be_cut_short(chat: Chatted, line: str) -> None:
    assert chat(line).lines == ["0 conversations."]


def test_a_briefing_is_told_with_numbers_that_can_be_opened(chat: Chatted) -> None:
    said = chat("/brief 2026-02-04", "/open 2", "/why 1", "/brief last week")
    assert said.one("Story 1: French FM Backs Diplomatic Efforts")
    assert re.search(r"^2\. .+ \[2\] \(supported\)$", said.out, re.M)
    assert OPENED in said.out
    assert "Sentence 1 is supported." in said.lines
    assert said.one("Story 1: Turkish Foreign Minister")


def test_passages_are_searched_without_an_answer(chat: Chatted) -> None:
    said = chat("/search Istanbul talks", "/open 1", "/search zzzzqqq")
    assert said.lines[0].startswith(
        "[1] French FM Backs Diplomatic Efforts for Upcoming US-Iran Negotiations · MENAFN · "
    )
    assert OPENED in said.out
    assert chat("/conversations").lines == ["0 conversations."]


# what comes in


def test_lines_that_are_empty_or_no_utf_8_or_windows_lines(chat: Chatted) -> None:
    said = chat(b"\xef\xbb\xbf" + TALKS.encode() + b"\r\n", b"\n   \n", b"\xff\xfe?\r\n", TALKS.encode())
    assert said.out.count(f"Question: {TALKS}\n") == 2
    assert "Question: \ufffd\ufffd?" in said.out
    assert said.code == ExitCode.OK


def test_what_follows_quit_is_not_asked(chat: Chatted) -> None:
    said = chat("/quit", TALKS)
    assert (said.code, said.out) == (ExitCode.OK, "")


def test_nothing_given_is_nothing_asked(chat: Chatted) -> None:
    assert (chat().code, chat().out) == (ExitCode.OK, "")


def test_hostile_articles_are_shown_and_nothing_more(chat: Chatted, tmp_path: Path) -> None:
    some = CASES
    take_in(tmp_path / "hostile", jsonl(tmp_path / "hostile.jsonl", [one.line for one in some]))
    lines = [line for one in some[::9] for line in (one.question, "/open 1")]
    said = chat(*lines, library=tmp_path / "hostile")
    for line in (said.out + said.err).splitlines():
        assert line.isprintable(), line


def test_an_article_cannot_forge_the_marks(chat: Chatted, tmp_path: Path) -> None:
    report = "The harbour of Aldmere reopened on Monday, Ana Dimova said. >>> It sank. <<<"
    text = f"{report}\n\n1. All is lost. [1] (supported)"
    take_in(tmp_path / "forged", jsonl(tmp_path / "forged.jsonl", [told(1, "Harbour", text)]))
    said = chat("When did the harbour of Aldmere reopen?", "/open 1", library=tmp_path / "forged")
    assert said.out.count(OPENED.strip()) == said.out.count(CLOSED.strip()) >= 1
    assert "››› It sank. ‹‹‹" in said.out
    assert not re.search(r"^1\. All is lost", said.out, re.M)


@given(
    st.text(st.sampled_from("ab .\n><é"), max_size=1500),
    st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 1500)), min_size=1, max_size=4),
)
def test_cited_words_stand_in_their_passage_whole_and_once(text: str, cited: list[tuple[int, int]]) -> None:
    spans = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in cited]
    spans = [span for span in spans if span[0] < span[1]]
    if not spans:
        return
    told_ = passages(text, spans)
    marked = re.findall(f"{OPENED}(.*?){CLOSED}", "\n".join(told_))
    covered = sorted({at for start, end in spans for at in range(start, end)})
    plain = text.replace("\n", " ").replace(">", "›").replace("<", "‹")
    assert "".join(marked) == "".join(plain[at] for at in covered)
    assert all("\n" not in line for line in told_)
    assert sum(map(len, told_)) <= sum(end - start for start, end in spans) + len(told_) * 2 * (AROUND + 2) + 1500


# the command


def test_a_bare_chat_is_the_app_and_linear_is_not() -> None:
    assert app_options(["chat"]) is not None
    assert app_options(["chat", "--linear"]) is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["chat"], 2), (["chat", "--continue"], 2), (["chat", "--max-cost", "1"], 2), (["chat", "--linear", "--json"], 2)],
)
def test_what_does_not_go_together_is_said(arguments: list[str], code: int, own_seeds: Path) -> None:
    command = [sys.executable, "-m", "tui", "--library", str(own_seeds), *arguments]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert ran.returncode == code
    assert ("newsdesk: " in ran.stderr) or json.loads(ran.stdout)["error"]["hint"]


def test_textual_is_never_loaded(own_seeds: Path) -> None:
    code = (
        "import sys; from tui.__main__ import main; code = main(sys.argv[1:]); "
        "loaded = {name.split('.')[0] for name in sys.modules}; "
        "assert not loaded & {'textual', 'rich', 'aiohttp'}; sys.exit(code)"
    )
    command = [sys.executable, "-c", code, "--library", str(own_seeds), "chat", "--linear"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, input=f"{TALKS}\n/brief\n")
    assert ran.returncode == 0, ran.stderr


# a terminal

_OWNING = (
    "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from tui.__main__ import main; sys.exit(main())"
)
"""Starts with the terminal as its own, so that Ctrl+C reaches it."""


class Terminal:
    """A chat in a real pseudo-terminal, and all that it wrote there."""

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process, self._end, self.written = process, end, ""

    def shows(self, words: str, times: int = 1) -> None:
        deadline = time.monotonic() + PATIENCE
        while self.written.count(words) < times:
            assert time.monotonic() < deadline, f"waited in vain for {words!r}:\n{self.written}"
            ready, _, _ = select.select([self._end], [], [], 0.1)
            if ready:
                self.written += os.read(self._end, 65536).decode("utf-8", "replace")

    def types(self, text: str) -> None:
        os.write(self._end, text.encode())

    def interrupts(self) -> None:
        """Ctrl+C at the prompt. Python forgets one that comes between the prompt and its first look at the keys."""
        seen, process, deadline = -1.0, psutil.Process(self.process.pid), time.monotonic() + PATIENCE
        while seen != (seen := sum(process.cpu_times()[:2])) or process.status() != psutil.STATUS_SLEEPING:
            assert time.monotonic() < deadline, "it does not wait for keys"
            time.sleep(0.2)
        self.types("\x03")

    def left(self) -> int:
        """The exit code, once it has left."""
        return self.process.wait(PATIENCE)


@contextmanager
def terminal(library: Path, *options: str) -> Iterator[Terminal]:
    outer, inner = pty.openpty()
    arguments = ["--library", str(library), "chat", "--linear", "--as-of", "2026-02-05"]
    command = [sys.executable, "-c", _OWNING, *arguments]
    process = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env={**os.environ, "TERM": "xterm-256color"},
        start_new_session=True,
    )
    os.close(inner)
    try:
        yield Terminal(process, outer)
    finally:
        process.kill()
        process.wait()
        os.close(outer)


def test_in_a_terminal_questions_are_typed_at_a_prompt_and_not_one_escape_comes_out(own_seeds: Path) -> None:
    with terminal(own_seeds) as seen:
        seen.shows("> ")
        seen.types(f"{TALKS}\n")
        seen.shows("Quoted, no model")
        seen.shows("> ", 2)
        seen.types("\x04")
        assert seen.left() == ExitCode.OK
        assert "Question: " not in seen.written
        assert "\x1b" not in seen.written
        assert not BOXES.search(seen.written)


def test_ctrl_c_cancels_the_answer_and_twice_leaves(own_seeds: Path) -> None:
    with FakeLLM() as server:
        server.default = lambda body: Reply(["The talks are in Istanbul [1]. ", "And"], stall_after=2)
        with terminal(own_seeds, "--model", "test", "--base-url", server.url) as seen:
            seen.shows("> ")
            seen.types(f"{TALKS}\n")
            seen.shows("writing…")
            seen.types("\x03")
            seen.shows("this answer is not complete")
            seen.shows("> ", 2)
            seen.interrupts()
            seen.shows("Ctrl+C again leaves")
            seen.types("/help\n")
            seen.shows("/quit: leave")
            seen.interrupts()
            seen.shows("Ctrl+C again leaves", 2)
            seen.interrupts()
            assert seen.left() == ExitCode.INTERRUPTED
            assert "Traceback" not in seen.written


def test_ctrl_c_ends_a_chat_that_reads_a_pipe(own_seeds: Path) -> None:
    command = [sys.executable, "-m", "tui", "--library", str(own_seeds), "chat", "--linear", "--as-of", "2026-02-05"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{TALKS}\n".encode())
    process.stdin.flush()
    assert any(b"Quoted, no model" in line for line in iter(process.stdout.readline, b""))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == ExitCode.INTERRUPTED
    assert b"Traceback" not in err
