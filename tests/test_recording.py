"""Replies recorded to a file and replayed from it: through the same verbs, without server, key or network."""

from __future__ import annotations

import itertools
import json
import os
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply, Scripted, tokens_read
from fixtures.commands import command
from fixtures.newsroom import AS_OF, answered, briefed, engine_at, jsonl, passages_of, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.ask import ask
from qa.config import load_config
from qa.converse import converse
from qa.engine import Engine
from qa.errors import EndpointError, ExitCode, RecordingError
from qa.evidence import Evidence, derived_fence
from qa.prompts import load_prompt
from qa.recording import Recorded, Recording, short
from qa.reply import Asked
from qa.retrieve import resolve
from qa.types import Answer, Cancel, Delta, Mode, Notice, Turn

WHERE = "Where are the US-Iran talks expected to take place?"
WHO = "Who spoke with Barrot?"
BARROT = "What did Fidan discuss with Barrot?"
KEY = "sk-secret-5f6e7d8c9b0a"
ROOT = Path(__file__).resolve().parent.parent
HARBOUR = [
    told(
        1,
        "Harbour of Valletta opens",
        "The harbour of Valletta opened on Tuesday. It cost 40 million euros.",
        "2026-02-03",
    ),
    told(2, "Valletta harbour crowds", "Thousands came to the harbour of Valletta on Tuesday.", "2026-02-03", "Times"),
]
REPLY = Recorded("ab" * 32, "test", "answer", "abc", "Where?", "In Istanbul [1].", "stop", "", 10, 7, True, 0.001)
Replayed = Callable[..., Engine]


def by_prompt(**replies: Callable[[dict[str, Any]], Scripted]) -> Callable[[dict[str, Any]], Scripted]:
    """A reply for each prompt, told by the beginning of its system message."""

    def reply(body: dict[str, Any]) -> Scripted:
        system = body["messages"][0]["content"]
        (name,) = (name for name in replies if system.startswith(load_prompt(name).system.split("$")[0]))
        return replies[name](body)

    return reply


def cited(body: dict[str, Any]) -> Reply:
    """A sentence that one of the passages holds, with its number, in pieces."""
    places = [n for n, text in passages_of(body).items() if "reportedly expected to take place in Istanbul" in text]
    n = places[0] if places else 1
    return Reply(["The talks are expected ", "to take place in Ist", f"anbul [{n}]."])


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as fake:
        fake.default = cited
        yield fake


@pytest.fixture
def replayed(seeds_library: Path) -> Iterator[Callable[..., Engine]]:
    """Engines over the seeds that replay a file; no settings name a server."""
    engines = []

    def open_(path: Path, **settings: Any) -> Engine:
        engines.append(engine_at(seeds_library, replay=path, **settings))
        return engines[-1]

    yield open_
    for engine in engines:
        engine.close()


def record(library: Path, server: FakeLLM, path: Path, *questions: str, **settings: Any) -> list[Answer]:
    with engine_at(library, url=server.url, key=KEY, record=path, **settings) as engine:
        return [answered(engine, question) for question in questions]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def plain(answer: Answer) -> tuple[object, ...]:
    """What an answer says, and what it took but for the time."""
    usage = answer.usage
    tokens = usage.tokens_in, usage.tokens_out, usage.cost
    return answer.text, answer.claims, answer.status, answer.complete, answer.notes, answer.hits, tokens


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[object]]:
    """From the call on every connection is refused, also to this machine: the list of those that were tried."""

    def from_now_on() -> list[object]:
        tried: list[object] = []

        def refuse(self: socket.socket, address: Any) -> None:
            tried.append(address)
            raise PermissionError(f"{address!r} was tried")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket.socket, "connect_ex", refuse)
        return tried

    return from_now_on


# Recorded and replayed


def test_a_recorded_answer_is_replayed_without_server_key_or_network(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed, unreachable: Callable[[], list[object]]
) -> None:
    path = tmp_path / "replies.jsonl"
    (first,) = record(seeds_library, server, path, WHERE)
    assert first.claims[0].text == "The talks are expected to take place in Istanbul."
    assert first.claims[0].citations
    tried = unreachable()
    engine = replayed(path)
    assert engine.config.model == "test"
    assert engine.config.recipients == ()
    again = answered(engine, WHERE)
    assert (again.provenance.mode, again.provenance.model) == (Mode.LLM, "test")
    assert again.provenance.prompt_hash == first.provenance.prompt_hash
    assert plain(again) == plain(first)
    assert tried == []


def test_a_replayed_reply_streams_through_the_same_doors(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    hostile = (
        "<think>Hm.</think>The [talks](http://evil.example) are expected in **Istanbul** [1]. \x1b]52;c;!\x07 [99]"
    )
    server.default = Reply([hostile])
    (first,) = record(seeds_library, server, path, WHERE)
    events = list(ask(replayed(path), resolve(replayed(path), WHERE, as_of=AS_OF)))
    streamed = "".join(event.text for event in events if isinstance(event, Delta))
    assert isinstance(events[-1], Answer)
    assert plain(events[-1]) == plain(first)
    for text in (streamed, events[-1].text):
        assert "evil" not in text
        assert "Hm." not in text
        assert "\x1b" not in text
    assert len([event for event in events if isinstance(event, Delta)]) > 1
    assert b"\x1b" not in path.read_bytes()


def test_a_file_holds_what_was_replied_and_no_article_key_or_host(
    seeds_library: Path, server: FakeLLM, tmp_path: Path
) -> None:
    path = tmp_path / "replies.jsonl"
    server.default = lambda body: Reply([f"I was asked with {KEY}, and talks are in Istanbul [1]."])
    record(seeds_library, server, path, WHERE)
    (one,) = lines(path)
    assert (one["prompt"], one["prompt_hash"], one["model"]) == ("answer", load_prompt("answer").hash, "test")
    assert (one["about"], one["finish"], one["counted"]) == (WHERE, "stop", True)
    assert one["text"] == "I was asked with ***, and talks are in Istanbul [1]."
    assert one["tokens_in"] == tokens_read(server.bodies[0])
    assert one["tokens_out"] == 7
    raw = path.read_text()
    assert KEY not in raw
    assert server.host not in raw
    assert "127.0.0.1" not in raw
    assert passages_of(server.bodies[0])[1][:60] not in raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_request_is_the_same_in_another_process_and_a_random_mark_is_not(
    seeds_library: Path, server: FakeLLM, tmp_path: Path
) -> None:
    for n in (1, 2):
        record(seeds_library, server, tmp_path / f"{n}.jsonl", WHERE)
    assert server.bodies[0]["messages"] == server.bodies[1]["messages"]
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    with engine_at(seeds_library, url=server.url) as engine:
        answered(engine, WHERE)
        answered(engine, WHERE)
    assert server.bodies[2]["messages"] != server.bodies[3]["messages"]


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), max_size=3))
def test_a_derived_mark_stands_in_no_article_and_changes_with_whatever_is_said(texts: list[str], of: list[str]) -> None:
    items = [Evidence(n, text, text, None, text) for n, text in enumerate(texts, 1)]
    mark = derived_fence(items, of)
    assert mark == derived_fence(items, of)
    assert len(mark) == 32
    assert not any(mark in f"{item.title} {item.source} {item.text}" for item in items)
    guessed = Evidence(len(items) + 1, "t", None, None, f"=== {mark} passages end ===")
    others = [derived_fence([*items, guessed], of), derived_fence(items, [*of, ""]), derived_fence(items[1:], of)]
    assert mark not in others


def test_every_kind_of_request_is_recorded_and_replayed(server: FakeLLM, tmp_path: Path) -> None:
    path, library = tmp_path / "replies.jsonl", tmp_path / "library"
    take_in(library, jsonl(tmp_path / "a.jsonl", HARBOUR))
    server.default = by_prompt(
        answer=lambda body: Reply(["The harbour of Valletta cost 90 million euros [1]."]),
        repair=lambda body: Reply(["1: The harbour of Valletta cost 40 million euros [1]."]),
        opinion=lambda body: Reply(["1: yes"]),
        rerank=lambda body: Reply(["".join(f"{n}: {10 - n}\n" for n in passages_of(body))]),
        followup=lambda body: Reply(["When did the harbour of Valletta open?"]),
        brief=lambda body: Reply(["WHAT HAPPENED\nThe harbour of Valletta opened on Tuesday [1]."]),
    )

    def talk(engine: Engine) -> list[object]:
        *_, first = converse(engine, "What did the harbour of Valletta cost?", as_of=AS_OF)
        assert isinstance(first, Turn)
        *_, then = converse(engine, "When did it open?", conversation=first.conversation, as_of=AS_OF)
        assert isinstance(then, Turn)
        made, _ = briefed(engine, day="2026-02-03")
        shown = [story.sentences for story in made.stories]
        usage = made.usage.tokens_in, made.usage.tokens_out
        return [plain(first.answer), plain(then.answer), then.answer.query, shown, usage]

    with engine_at(library, url=server.url, record=path, rerank="llm", verify="llm") as engine:
        first = talk(engine)
    shutil.rmtree(library)
    take_in(library, tmp_path / "a.jsonl")
    with engine_at(library, replay=path, rerank="llm", verify="llm") as engine:
        again = talk(engine)
    assert again == first
    assert {one["prompt"] for one in lines(path)} == {"answer", "repair", "opinion", "rerank", "followup", "brief"}


def test_a_request_made_twice_is_replayed_in_its_order(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    server.queue(Reply(["Talks are expected in Istanbul [1]."]), Reply(["Talks will be held in Istanbul [1]."]))
    first, second = record(seeds_library, server, path, WHERE, WHERE)
    assert first.text != second.text
    engine = replayed(path)
    assert [answered(engine, WHERE).text for _ in range(2)] == [first.text, second.text]
    with pytest.raises(RecordingError, match=r"is recorded 2 time\(s\), and is asked for the 3\. time"):
        answered(engine, WHERE)
    other = engine.anew()
    assert answered(other, WHERE).text == first.text


def test_how_a_reply_ended_is_replayed(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    server.queue(
        Reply(["The talks are expected in Istanbul [1]. They"], finish="length"),
        Reply([{"refusal": f"{server.host} will not say."}], finish="stop"),
        Reply([""], finish="stop"),
    )
    made = record(seeds_library, server, path, WHERE, WHO, BARROT, repair=False)
    engine = replayed(path, repair=False)
    again = [answered(engine, question) for question in (WHERE, WHO, BARROT)]
    assert [answer.complete for answer in made] == [False, False, False]
    assert [(a.text, a.claims, a.complete) for a in again] == [(a.text, a.claims, a.complete) for a in made]
    assert again[1].notes == ("The model declined: the server will not say.",)
    assert [one["finish"] for one in lines(path)] == ["length", "refused", "broken"]


def test_what_the_connection_did_is_not_recorded_but_said(seeds_library: Path, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    server.queue(Reply(["The talks are expected in Istanbul [1]. They"], break_at=180))
    with engine_at(seeds_library, url=server.url, record=path, repair=False) as engine:
        events = list(ask(engine, resolve(engine, WHERE, as_of=AS_OF)))
    assert [e.text for e in events if isinstance(e, Notice)] == [
        f"not recorded: The connection to {server.host} broke off."
    ]
    assert path.read_bytes() == b""
    server.queue(*[Failure(500)] * 3)
    with pytest.raises(EndpointError):
        record(seeds_library, server, path, WHERE)
    assert path.read_bytes() == b""


def test_recording_again_asks_only_for_what_is_missing(seeds_library: Path, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    record(seeds_library, server, path, WHERE)
    before = path.read_bytes()
    record(seeds_library, server, path, WHERE, WHO)
    assert len(server.requests) == 2
    assert path.read_bytes().startswith(before)
    assert [one["about"] for one in lines(path)] == [WHERE, WHO]


def test_replaying_spends_nothing_and_tells_what_was_spent_then(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    (tmp_path / "prices.toml").write_text(f'["{server.host}"]\n"test" = {{ input = 10.0, output = 20.0 }}\n')
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    with engine_at(seeds_library, url=server.url, record=path, daily_budget=5.0) as engine:
        first = answered(engine, WHERE)
        spent = engine.budget.spent_today
        again = answered(engine.anew(), WHERE)
        assert engine.budget.spent_today == spent == first.usage.cost
    assert again.usage.cost == first.usage.cost
    assert spent
    engine = replayed(path, daily_budget=0.0, max_cost=0.0)
    assert answered(engine, WHERE).usage.cost == first.usage.cost
    assert len(server.requests) == 1


# What is not recorded fails by name


@pytest.mark.parametrize(("prompt", "told_so"), [("repair", True), ("answer", False)])
def test_a_repair_that_is_not_recorded_says_that_reasons_are_prompt_text(
    tmp_path: Path, prompt: str, told_so: bool
) -> None:
    path = tmp_path / "replies.jsonl"
    path.touch()
    recording = Recording(path)
    asked = Asked((), "test", None, prompt, "hash", WHERE)
    assert ("tests/record_newsroom.py" in recording.missing(asked, 1).hint) is told_so
    recording.close()


def test_a_request_that_is_not_recorded_fails_by_its_name(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    record(seeds_library, server, path, WHERE)
    with pytest.raises(RecordingError) as met:
        answered(replayed(path), WHO)
    assert re.search(
        rf"{path} has no reply to the request [0-9a-f]{{12}} \(prompt answer, about “{re.escape(WHO)}”\)"
        ": it was never recorded",
        met.value.message,
    )
    assert "--record FILE" in met.value.hint
    with pytest.raises(RecordingError, match="recorded with other passages, days or settings"):
        answered(replayed(path), WHERE, as_of="2026-02-04")
    with pytest.raises(RecordingError, match="recorded of the model test, not other"):
        answered(replayed(path, model="other"), WHERE)


def test_a_changed_prompt_is_named(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replayed: Replayed
) -> None:
    path, was = tmp_path / "replies.jsonl", load_prompt("answer")
    record(seeds_library, server, path, WHERE)
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "answer.md").write_text(was.path.read_text() + "\nBe brief.\n")
    now = load_prompt("answer").hash
    with pytest.raises(
        RecordingError, match=f"the prompt has changed since it was recorded \\(from {was.hash} to {now}\\)"
    ):
        answered(replayed(path), WHERE)


def test_a_missing_score_or_opinion_is_no_reason_to_go_on_without(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    record(seeds_library, server, path, WHERE)
    for settings in ({"rerank": "llm"}, {"verify": "llm"}):
        with pytest.raises(RecordingError, match=f"prompt {'rerank' if 'rerank' in settings else 'opinion'}"):
            answered(replayed(path, **settings), WHERE)


# Files that are damaged, edited, or something else


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda raw: raw.replace(b"Istanbul", b"Belgrade", 1), "2: the line was edited or damaged"),
        (lambda raw: raw.replace(b'"tokens_out": 7', b'"tokens_out": 8'), "2: the line was edited or damaged"),
        (lambda raw: raw.replace(b'"recording": 1', b'"recording": 2'), "2: recorded by a later version"),
        (lambda raw: b"{}", "2: not a recorded reply"),
        (lambda raw: b"[1]", "2: not a recorded reply"),
        (lambda raw: raw[:-9], "2: not JSON"),
        (lambda raw: b"[" * 100_000, "2: not JSON"),
        (lambda raw: b"\xff\xfe", "2: 'utf-8' codec can't decode"),
        (lambda raw: b"", "2: not JSON"),
    ],
)
def test_a_damaged_line_is_named_and_the_file_left_alone(
    seeds_library: Path,
    server: FakeLLM,
    tmp_path: Path,
    spoil: Callable[[bytes], bytes],
    said: str,
) -> None:
    path = tmp_path / "replies.jsonl"
    record(seeds_library, server, path, WHO, WHERE, BARROT)
    first, second, third = path.read_bytes().splitlines()
    spoilt = b"\n".join([first, spoil(second), third, b""])
    path.write_bytes(spoilt)
    for adds in (False, True):
        with pytest.raises(RecordingError, match=re.escape(f"{path}:{said}")):
            Recording(path, adds=adds)
    assert path.read_bytes() == spoilt


def test_a_last_line_that_a_kill_cut_off_is_lost_alone(
    seeds_library: Path, server: FakeLLM, tmp_path: Path, replayed: Replayed
) -> None:
    path = tmp_path / "replies.jsonl"
    record(seeds_library, server, path, WHO, WHERE)
    whole = path.read_bytes()
    kept = whole.index(b"\n") + 1
    for cut in (1, 5, 17, 200, len(whole) - kept - 1):
        path.write_bytes(whole[: kept + cut])
        answered(replayed(path), WHO)
        assert path.stat().st_size == kept + cut
        asked = len(server.requests)
        record(seeds_library, server, path, WHO, WHERE)
        assert path.read_bytes() == whole
        assert len(server.requests) - asked == (0 if kept + cut == len(whole) - 1 else 1)


def test_a_file_that_is_no_recording_is_not_touched(tmp_path: Path) -> None:
    for name, text in (("notes.txt", "Buy milk."), ("articles.jsonl", '{"id": "n1", "text": "…"}\n'), ("l.json", "[]")):
        path = tmp_path / name
        path.write_text(text)
        for adds in (False, True):
            with pytest.raises(RecordingError, match=":1: "):
                Recording(path, adds=adds)
        assert path.read_text() == text


def test_what_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        Recording(tmp_path / "none.jsonl")
    with pytest.raises(RecordingError, match="No such file"):
        Recording(tmp_path / "nowhere" / "some.jsonl", adds=True)
    with pytest.raises(RecordingError, match="is no file"):
        Recording(tmp_path)
    with pytest.raises(RecordingError, match="Is a directory"):
        Recording(tmp_path, adds=True)
    os.mkfifo(tmp_path / "pipe")
    for adds in (False, True):
        with pytest.raises(RecordingError, match="is no file"):
            Recording(tmp_path / "pipe", adds=adds)
    first = Recording(tmp_path / "some.jsonl", adds=True)
    with pytest.raises(RecordingError, match="another process records into"):
        Recording(tmp_path / "some.jsonl", adds=True)
    first.close()
    first.close()
    Recording(tmp_path / "some.jsonl", adds=True).close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_loses_nothing_that_was_recorded(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    recording = Recording(path, adds=True)
    recording.add(REPLY)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, limit[1]))
        with pytest.raises(RecordingError, match="cannot be written"):
            recording.add(REPLY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    recording.add(REPLY)
    recording.close()
    assert Recording(path).nth(REPLY.request, 2) == REPLY


@given(st.text(), st.text(max_size=300))
def test_any_reply_comes_back_as_it_was(text: str, about: str) -> None:
    one = replace(REPLY, text=text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), about=short(about))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "replies.jsonl"
        recording = Recording(path, adds=True)
        recording.add(one)
        recording.close()
        raw = path.read_text(encoding="utf-8")
        assert raw[:-1].isprintable()
        assert Recording(path).nth(one.request, 1) == one


# Several at once


def test_the_same_request_made_by_several_at_once_is_asked_once(
    seeds_library: Path, server: FakeLLM, tmp_path: Path
) -> None:
    path, asked = tmp_path / "replies.jsonl", itertools.count(1)
    server.default = lambda body: Reply([f"The talks are expected in Istanbul, says reply {next(asked)} [1]."])
    with engine_at(seeds_library, url=server.url, record=path) as engine, ThreadPoolExecutor(6) as pool:
        texts = list(pool.map(lambda _: answered(engine.anew(), WHERE).text, range(6)))
    assert len(set(texts)) == 1
    assert len(lines(path)) == len(server.requests)


def test_who_waits_for_the_same_request_stops_when_cancelled(
    seeds_library: Path, server: FakeLLM, tmp_path: Path
) -> None:
    server.default = Reply(["The talks"], stall_after=1)
    cancel = Cancel()
    with engine_at(seeds_library, url=server.url, record=tmp_path / "r.jsonl") as engine, ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(answered, engine.anew(), WHERE, cancel=cancel) for _ in range(4)]
        assert server.stalled.wait(30)
        cancel.cancel()
        assert [one.result(30).complete for one in answers] == [False] * 4
    assert len(server.requests) == 1
    assert (tmp_path / "r.jsonl").read_bytes() == b""


# On the command line


def run(library: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    done = command(library, *arguments)
    return done.returncode, done.stdout, done.stderr


def test_a_question_is_recorded_and_replayed_by_the_command(own_seeds: Path, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    ask_it = ("ask", WHERE, "--as-of", AS_OF, "--json")
    where = ("--model", "test", "--base-url", server.url, "--record", str(path))
    code, first, err = run(own_seeds, *ask_it, *where)
    assert code == 0
    assert f"replies of test are recorded in {path}" in err
    code, again, err = run(own_seeds, *ask_it, "--replay", str(path))
    assert code == 0
    assert f"the model's replies are replayed from {path}: nothing is sent to it" in err
    assert "as recorded; nothing was spent now" in err
    said, then = json.loads(first), json.loads(again)
    assert then["mode"] == "llm"
    assert (then["text"], then["claims"]) == (said["text"], said["claims"])
    assert len(server.requests) == 1


def test_what_cannot_be_replayed_ends_the_command_with_a_code_of_its_own(own_seeds: Path, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    code, out, err = run(own_seeds, "ask", WHERE, "--replay", str(path))
    assert (code, out) == (ExitCode.RECORDING, "")
    assert f"the recording {path} cannot be opened: No such file" in err
    recording = Recording(path, adds=True)
    code, out, err = run(own_seeds, "ask", WHERE, "--replay", str(path))
    assert (code, out) == (ExitCode.RECORDING, "")
    assert "holds no replies of a model that writes" in err
    recording.add(REPLY)
    recording.add(replace(REPLY, model="other"))
    recording.close()
    code, out, err = run(own_seeds, "ask", WHERE, "--replay", str(path))
    assert (code, out) == (ExitCode.RECORDING, "")
    assert "holds replies of several models (test, other)" in err
    code, out, _ = run(own_seeds, "ask", WHERE, "--replay", str(path), "--model", "test", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (ExitCode.RECORDING, "recording")
    assert WHERE in error["message"]
    code, _, err = run(own_seeds, "ask", WHERE, "--replay", str(path), "--record", str(path))
    assert (code, "not allowed with" in err) == (ExitCode.USAGE, True)
    code, _, err = run(own_seeds, "ask", WHERE, "--record", str(path))
    assert (code, "--record needs a model" in err) == (ExitCode.CONFIG, True)


def test_a_briefing_is_replayed_by_the_command(own_seeds: Path, server: FakeLLM, tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    server.default = lambda body: Reply(
        [f"WHAT HAPPENED\n{next(iter(passages_of(body).values())).split('. ')[0]}. [1]"]
    )
    brief = ("brief", "--date", "2026-02-04", "--format", "text")
    shutil.copytree(own_seeds, tmp_path / "other")
    code, first, _ = run(own_seeds, *brief, "--model", "test", "--base-url", server.url, "--record", str(path))
    assert code == 0
    asked = len(server.requests)
    assert asked == len(lines(path)) > 1
    code, again, err = run(tmp_path / "other", *brief, "--replay", str(path))
    assert code == 0, err
    assert again == first
    assert len(server.requests) == asked


def test_an_evaluation_is_recorded_and_replayed_by_the_command(
    own_seeds: Path, server: FakeLLM, tmp_path: Path
) -> None:
    path, asked = tmp_path / "replies.jsonl", {"question": WHERE, "as_of": AS_OF}
    fixtures = [
        {"id": "istanbul", **asked, "expect": {"status": "answered", "contains": [["Istanbul"]]}},
        {"id": "belgrade", **asked, "expect": {"status": "answered", "contains": [["Belgrade"]]}},
    ]
    server.models = ("test", "judge")
    server.default = lambda body: Reply(["correct"]) if body["model"] == "judge" else cited(body)
    do_it = ("eval", str(jsonl(tmp_path / "f.jsonl", fixtures)), "--judge", "judge", "--no-journal", "--json")
    where = ("--model", "test", "--base-url", server.url, "--record", str(path))
    code, first, err = run(own_seeds, *do_it, *where)
    assert code == 0, err
    assert f"replies of test and judge are recorded in {path}" in err
    code, again, err = run(own_seeds, *do_it, "--replay", str(path))
    assert code == 0, err
    assert f"the model's replies are replayed from {path}: nothing is sent to it" in err
    said, then = json.loads(first), json.loads(again)
    assert said["settings"]["judge model"] == "judge"
    assert [(one["id"], not one["failures"]) for one in said["cases"]] == [("istanbul", True), ("belgrade", False)]
    assert then["figures"] == said["figures"]
    assert then["provenance"] == said["provenance"]
    assert [one["prompt"] for one in lines(path)].count("answer") == 1


def test_a_recorded_key_is_none_of_ours_and_no_hint_is_given_where_none_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    config = load_config(replay=str(tmp_path / "r.jsonl"), model="gpt-5")
    assert config.api_key is None
    assert not config.stray_key
    assert config.recipients == ()
    judged = load_config(judge="gpt-5")
    assert judged.api_key
    assert [one.model for one in judged.recipients] == ["gpt-5"]


def test_replies_that_were_acknowledged_survive_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    program = (
        "import sys; from dataclasses import replace; from pathlib import Path\n"
        "from qa.recording import Recorded, Recording\n"
        "one = Recorded('ab' * 32, 'test', 'answer', 'abc', 'Where?', 'x' * 5000, 'stop', '', 10, 7, True, 0.001)\n"
        "recording = Recording(Path(sys.argv[1]), adds=True)\n"
        "for n in range(100_000):\n"
        "    recording.add(replace(one, request=f'{n:064x}'))\n"
        "    print(n, flush=True)\n"
    )
    kept = 0
    for most in (1, 7, 20, 33):
        with subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE) as child:
            assert child.stdout
            acknowledged = [int(child.stdout.readline()) for _ in range(most)]
            child.kill()
        recording = Recording(path, adds=True)
        assert all(recording.nth(f"{n:064x}", 1) for n in acknowledged)
        recording.close()
        raw = path.read_bytes()
        assert raw.endswith(b"\n")
        assert len(raw) >= kept
        kept = len(raw)


def test_a_model_whose_name_would_steer_a_terminal_is_none(tmp_path: Path) -> None:
    for n, name in enumerate(("a\x1b[2J", " ", "a\nb", "a\u202eb")):
        recording = Recording(tmp_path / f"{n}.jsonl", adds=True)
        recording.add(replace(REPLY, model=name))
        recording.close()
        with pytest.raises(RecordingError, match=":1: no model is called like this"):
            Recording(tmp_path / f"{n}.jsonl")
