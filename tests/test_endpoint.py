"""The endpoint against a scripted server, over real sockets."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fake_llm import EVENTS, JSON, Failure, FakeLLM, Raw, Reply, event

from qa.config import Config, Secret
from qa.endpoint import Endpoint, Finished, Message
from qa.errors import EndpointError
from qa.types import Cancel, Delta, Notice

KEY = "sk-very-secret-0123456789"
ASKED = (Message("system", "Be brief."), Message("user", "Where are the talks?"))


def words(text: str) -> int:
    return len(text.split())


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as fake:
        yield fake


def config_for(server: FakeLLM, **changes: object) -> Config:
    return Config(library=Path("unused"), model="test", base_url=server.url, **changes)  # type: ignore[arg-type]


@pytest.fixture
def endpoint(server: FakeLLM) -> Iterator[Endpoint]:
    with Endpoint(config_for(server, api_key=Secret(KEY)), count=words) as made:
        yield made


def ask(endpoint: Endpoint, cancel: Cancel | None = None, max_tokens: int | None = 50) -> list[object]:
    return list(endpoint.stream(ASKED, model="test", max_tokens=max_tokens, cancel=cancel or Cancel()))


def last(events: Sequence[object]) -> Finished:
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(event, Finished) for event in events) == 1
    deltas = "".join(event.text for event in events if isinstance(event, Delta))
    assert events[-1].text == deltas
    return events[-1]


def test_a_reply_streams_and_says_what_it_cost(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Reply(["In ", "Istanbul ", "[1]."]))
    events = ask(endpoint)
    assert [event for event in events if isinstance(event, Delta)] == [
        Delta("In "),
        Delta("Istanbul "),
        Delta("[1]."),
    ]
    end = last(events)
    assert (end.text, end.finish, end.reason, end.complete) == ("In Istanbul [1].", "stop", "", True)
    assert (end.usage.tokens_in, end.usage.tokens_out, end.reported) == (11, 7, True)
    assert end.usage.cost == 0.0


def test_only_the_agreed_fields_and_headers_are_sent(server: FakeLLM, endpoint: Endpoint) -> None:
    ask(endpoint)
    request = server.requests[0]
    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": "test",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Where are the talks?"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0,
        "max_tokens": 50,
    }
    assert request.headers.keys() == {
        "host",
        "authorization",
        "accept",
        "accept-encoding",
        "content-type",
        "content-length",
        "user-agent",
    }
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_without_a_key_a_placeholder_is_sent(server: FakeLLM) -> None:
    with Endpoint(config_for(server), count=words) as endpoint:
        ask(endpoint, max_tokens=None)
    assert server.requests[0].headers["authorization"] == "Bearer none"
    assert "max_tokens" not in server.bodies[0]


def test_tokens_are_counted_when_the_server_does_not(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Reply(["one two", " three"], usage=None))
    end = last(ask(endpoint))
    assert (end.usage.tokens_out, end.reported) == (3, False)
    assert end.usage.tokens_in >= 6


@pytest.mark.parametrize(
    ("field", "then"),
    [
        ("stream_options", {"temperature", "max_tokens"}),
        ("temperature", {"stream_options", "max_tokens"}),
        ("max_tokens", {"stream_options", "temperature", "max_completion_tokens"}),
    ],
)
def test_a_field_the_server_refuses_is_left_out_and_stays_out(
    server: FakeLLM, endpoint: Endpoint, field: str, then: set[str]
) -> None:
    server.unknown_fields = frozenset({field})
    assert last(ask(endpoint)).finish == "stop"
    assert last(ask(endpoint)).finish == "stop"
    assert len(server.requests) == 3
    for body in server.bodies[1:]:
        assert body.keys() == {"model", "messages", "stream"} | then


def test_a_server_that_takes_no_optional_field_is_served(server: FakeLLM, endpoint: Endpoint) -> None:
    server.unknown_fields = frozenset({"stream_options", "temperature", "max_tokens", "max_completion_tokens"})
    assert last(ask(endpoint)).finish == "stop"
    assert server.bodies[-1].keys() == {"model", "messages", "stream"}


def test_a_refused_field_without_a_name_drops_every_optional_one(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Failure(422, "Extra inputs are not permitted"))
    assert last(ask(endpoint)).finish == "stop"
    assert server.bodies[-1].keys() == {"model", "messages", "stream"}


@pytest.mark.parametrize(
    ("failure", "message", "hint"),
    [
        (Failure(401), "does not accept the key", "NEWSDESK_API_KEY"),
        (Failure(401), "does not accept the key", "api_key_file"),
        (Failure(403), "refuses access", "NEWSDESK_API_KEY"),
        (Failure(404, "no such model"), "does not know the model 'test'", "/v1"),
        (Failure(400, "bad messages"), "bad messages", "base_url"),
        (Failure(400, "This model's maximum context length is 10"), "too long", "passages"),
        (Failure(429, code="insufficient_quota"), "no credit", "credit"),
        (Failure(429, "You exceeded your current quota"), "no credit", "credit"),
        (Failure(402), "no credit", "credit"),
        (Failure(429, retry_after="3600"), "asks to wait 3600 s", "later"),
        (Failure(307, headers={"Location": "http://127.0.0.2:9/v1"}), "redirects", "base_url"),
    ],
)
def test_a_refusal_is_told_at_once_with_its_remedy(
    server: FakeLLM, endpoint: Endpoint, failure: Failure, message: str, hint: str
) -> None:
    server.queue(failure)
    with pytest.raises(EndpointError) as caught:
        ask(endpoint)
    assert message in caught.value.message
    assert server.host in caught.value.message + caught.value.hint or "test" in caught.value.message
    assert hint in caught.value.hint
    assert len(server.requests) == 1


def test_a_key_that_is_asked_for(server: FakeLLM) -> None:
    server.queue(Failure(401))
    with (
        Endpoint(config_for(server), count=words) as endpoint,
        pytest.raises(EndpointError, match="asks for a key"),
    ):
        ask(endpoint)


@pytest.mark.parametrize(
    "failure",
    [
        Failure(429, "see your billing page", retry_after="0"),
        Failure(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"),
        Failure(503, retry_after="0"),
    ],
)
def test_a_busy_server_is_asked_again_and_the_reader_told(
    server: FakeLLM, endpoint: Endpoint, failure: Failure
) -> None:
    server.queue(failure, failure, Reply(["there"]))
    events = ask(endpoint)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert len(notices) == 2
    assert "busy" in notices[0]
    assert "(1 of 2)" in notices[0]
    assert last(events).text == "there"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_tries_are_bounded(server: FakeLLM, endpoint: Endpoint, status: int) -> None:
    server.queue(*[Failure(status, retry_after="0")] * 9)
    with pytest.raises(EndpointError):
        ask(endpoint)
    assert len(server.requests) == 3


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    config = Config(library=Path("unused"), model="test", base_url=f"http://127.0.0.1:{port}/v1")
    with Endpoint(config, count=words) as endpoint, pytest.raises(EndpointError) as caught:
        ask(endpoint)
    assert f"Is the server running at 127.0.0.1:{port}?" in caught.value.hint


@pytest.mark.parametrize(
    ("reply", "finish", "text", "reason"),
    [
        (Reply(["cut"], finish="length"), "length", "cut", "length limit"),
        (Reply(["no end"], finish=None), "broken", "no end", "broke off"),
        (Reply(["no end"], finish=None, done=False), "broken", "no end", "broke off"),
        (Reply(["no [DONE]"], done=False), "stop", "no [DONE]", ""),
        (Reply(["a"], finish="content_filter"), "refused", "a", "content filter"),
        (Reply(["a"], finish="tool_calls"), "broken", "a", "unknown reason"),
        (Reply([{"refusal": "I cannot."}]), "refused", "", "I cannot."),
        (Reply([]), "broken", "", "empty reply"),
        (Reply([{"content": None, "reasoning_content": "hm"}, "yes"]), "stop", "yes", ""),
        (Reply([{"content": [{"type": "text", "text": "part"}]}]), "stop", "part", ""),
        (Reply(["\ud83d alone"]), "stop", "\ufffd alone", ""),
        (Reply(["x" * 150_000] * 2), "length", "x" * 200_001, "cut at 200,000"),
    ],
)
def test_how_a_reply_ends(
    server: FakeLLM, endpoint: Endpoint, reply: Reply, finish: str, text: str, reason: str
) -> None:
    server.queue(reply)
    end = last(ask(endpoint))
    assert (end.finish, end.text) == (finish, text)
    assert reason in end.reason
    assert bool(end.reason) != end.complete


HALF = event({"choices": [{"index": 0, "delta": {"content": "half"}}]})
ERROR = {"error": {"message": "out of memory"}}


@pytest.mark.parametrize(
    ("raw", "text", "reason"),
    [
        (Raw(b"<html><body>Please log in</body></html>", "text/html"), "", "web page"),
        (Raw(b"{}", JSON), "", "empty reply"),
        (Raw(b"{}"), "", "empty reply"),
        (Raw(b""), "", "empty reply"),
        (Raw(b"null", JSON), "", "empty reply"),
        (Raw(b"no json", JSON), "", "cannot be read"),
        (Raw(json.dumps(ERROR).encode(), JSON), "", "out of memory"),
        (Raw(HALF + event(ERROR)), "half", "out of memory"),
        (Raw(HALF + b'data: {"choices": [{"del\n\n'), "half", "cannot be read"),
        (Raw(HALF + b"data: \xff\xfe\n\n"), "half", "cannot be read"),
        (Raw(HALF + event(None) + event([]) + event(3) + event("x")), "half", "broke off"),
        (Raw(HALF + event({"choices": []}) + event({"choices": None}) + event({})), "half", "broke off"),
        (Raw(HALF + event({"choices": [None]}) + event({"choices": [{"delta": None}]})), "half", "broke off"),
        (Raw(HALF + event({"choices": [{"delta": {"content": 5}}], "usage": 7})), "half", "broke off"),
        (Raw(HALF + event({"choices": [{"delta": "x"}]}) + b": ping\n\n\n\n"), "half", "broke off"),
    ],
)
def test_what_is_no_reply_keeps_what_arrived_and_says_why(
    server: FakeLLM, endpoint: Endpoint, raw: Raw, text: str, reason: str
) -> None:
    server.queue(raw)
    end = last(ask(endpoint))
    assert (end.finish, end.text) == ("broken", text)
    assert reason in end.reason
    assert end.usage.tokens_out == words(text)


def test_a_whole_completion_in_place_of_a_stream_is_a_reply(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Raw(json.dumps(Reply(["all at once"], usage=(11, 7)).whole()).encode(), JSON))
    end = last(ask(endpoint))
    assert (end.text, end.finish, end.usage.tokens_in) == ("all at once", "stop", 11)


def test_an_event_of_five_megabytes(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Raw(HALF + event({"padding": "x" * 5_000_000}) + HALF, EVENTS))
    assert last(ask(endpoint)).text == "halfhalf"


def test_a_stream_broken_at_any_byte_keeps_what_arrived(server: FakeLLM, endpoint: Endpoint) -> None:
    whole = Reply(["Talks ", "are ", "in ", "Istanbul."])
    body = b"".join(whole.events(with_usage=True))
    finished = body.index(b'"finish_reason": "stop"') + len(b'"finish_reason": "stop"}]}\n\n')
    for at in range(0, len(body), 7):
        server.queue(Reply(whole.chunks, break_at=at))
        end = last(ask(endpoint))
        assert "Talks are in Istanbul.".startswith(end.text)
        assert end.complete == (at >= finished), (at, end)
        if not end.complete:
            assert end.finish == "broken"
            assert end.reason


def test_silence_in_the_middle_ends_the_reply(server: FakeLLM) -> None:
    server.queue(Reply(["half", " more"], stall_after=1))
    with Endpoint(config_for(server), count=words, idle=0.1) as endpoint:
        end = last(ask(endpoint))
    assert (end.finish, end.text) == ("stalled", "half")
    assert "sent nothing for 0.1 s" in end.reason
    assert server.hung_up.wait(10)


def test_silence_after_the_end_is_no_fault(server: FakeLLM) -> None:
    server.queue(Reply(["all"], stall_after=2))
    with Endpoint(config_for(server), count=words, idle=0.1) as endpoint:
        assert last(ask(endpoint)).finish == "stop"


def test_silence_from_the_beginning(server: FakeLLM) -> None:
    server.queue(Reply(["never"], stall_after=0))
    with Endpoint(config_for(server), count=words, first=1.0) as endpoint:
        end = last(ask(endpoint))
    assert (end.finish, end.text) == ("stalled", "")


def test_a_server_that_accepts_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/v1"
        config = Config(library=Path("unused"), model="test", base_url=url)
        with (
            Endpoint(config, count=words, first=0.1) as endpoint,
            pytest.raises(EndpointError, match=r"did not answer within 0\.1 s"),
        ):
            ask(endpoint)


def test_a_drip_without_end_meets_the_total_limit(server: FakeLLM) -> None:
    server.queue(Reply(["drip "], drip=True))
    with Endpoint(config_for(server), count=words, total=1.0) as endpoint:
        end = last(ask(endpoint))
    assert end.finish == "stalled"
    assert "longer than 1 s" in end.reason
    assert end.text.startswith("drip drip")


def test_cancelling_ends_a_stalled_reply_and_the_request(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Reply(["half", "never"], stall_after=1))
    cancel = Cancel()

    def cancel_when_stalled() -> None:
        server.stalled.wait(10)
        cancel.cancel()

    events = []
    for event_ in endpoint.stream(ASKED, model="test", max_tokens=None, cancel=cancel):
        events.append(event_)
        if isinstance(event_, Delta):
            threading.Thread(target=cancel_when_stalled).start()
    end = last(events)
    assert (end.finish, end.text) == ("cancelled", "half")
    assert server.hung_up.wait(10)


def test_cancelling_ends_a_wait_before_a_retry(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Failure(429, retry_after="50"))
    cancel = Cancel()
    events = []
    for event_ in endpoint.stream(ASKED, model="test", max_tokens=None, cancel=cancel):
        events.append(event_)
        if isinstance(event_, Notice):
            assert "trying again in 50 s" in event_.text
            threading.Timer(0.05, cancel.cancel).start()
    assert last(events).finish == "cancelled"
    assert len(server.requests) == 1


def test_cancelled_before_it_began_nothing_is_sent(server: FakeLLM, endpoint: Endpoint) -> None:
    cancel = Cancel()
    cancel.cancel()
    assert last(ask(endpoint, cancel)).finish == "cancelled"
    assert not server.requests


def test_an_abandoned_generator_stops_its_request(server: FakeLLM, endpoint: Endpoint) -> None:
    server.queue(Reply(["half", "never"], stall_after=1))
    events = endpoint.stream(ASKED, model="test", max_tokens=None, cancel=Cancel())
    assert next(events) == Delta("half")
    events.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(10)


def test_close_wakes_a_reader_and_ends_the_thread(server: FakeLLM) -> None:
    server.queue(Reply(["half", "never"], stall_after=1))
    endpoint = Endpoint(config_for(server), count=words)
    events = endpoint.stream(ASKED, model="test", max_tokens=None, cancel=Cancel())
    assert next(events) == Delta("half")
    endpoint.close()
    endpoint.close()
    assert [event_.finish for event_ in events if isinstance(event_, Finished)] == ["cancelled"]
    assert "endpoint" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(EndpointError, match="is closed"):
        ask(endpoint)


def test_several_threads_ask_at_once(server: FakeLLM, endpoint: Endpoint) -> None:
    server.default = lambda body: Reply([body["messages"][0]["content"]])
    said: dict[int, str] = {}

    def run(number: int) -> None:
        question = (Message("user", f"number {number}"),)
        events = list(endpoint.stream(question, model="test", max_tokens=None, cancel=Cancel()))
        said[number] = last(events).text

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {number: f"number {number}" for number in range(8)}


def test_lone_surrogates_in_the_prompt_are_sent_as_question_marks(server: FakeLLM, endpoint: Endpoint) -> None:
    list(endpoint.stream([Message("user", "a\udcffb")], model="test", max_tokens=None, cancel=Cancel()))
    assert server.bodies[0]["messages"][0]["content"] == "a?b"


def test_the_environment_changes_nothing(
    server: FakeLLM, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with FakeLLM() as other:
        monkeypatch.setenv("OPENAI_BASE_URL", other.url)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://{other.host}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
            monkeypatch.setenv(name, "from-the-environment")
        monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer stray\nX-Stray: 1\nHost: stray")
        monkeypatch.setenv("OPENAI_LOG", "debug")
        with Endpoint(config_for(server, api_key=Secret(KEY)), count=words) as endpoint:
            assert last(ask(endpoint)).finish == "stop"
        assert not other.requests
    headers = server.requests[0].headers
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["host"] == server.host
    assert "environment" not in str(headers)
    assert "stray" not in str(headers)
    assert "Istanbul" not in capfd.readouterr().err


def test_a_redirect_takes_the_key_nowhere(server: FakeLLM, endpoint: Endpoint) -> None:
    with FakeLLM() as other:
        server.queue(Failure(307, headers={"Location": f"{other.url}/chat/completions"}))
        with pytest.raises(EndpointError, match="redirects"):
            ask(endpoint)
        assert not other.requests


def test_the_key_shows_nowhere(server: FakeLLM, endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.queue(
        Failure(400, f"your key {KEY} is fine, the rest is not"),
        Raw(event({"error": {"message": f"about {KEY}"}})),
        Raw(json.dumps({"error": f"about {KEY}"}).encode(), JSON),
        Failure(401, f"Incorrect API key: {KEY}"),
    )
    shown = [repr(endpoint), repr(vars(endpoint))]
    for _ in range(4):
        try:
            shown.append(repr(ask(endpoint)))
        except EndpointError as error:
            shown.append("".join(traceback.TracebackException.from_exception(error, capture_locals=True).format()))
            shown.append(repr(error.__context__))
    assert "***" in "".join(shown)
    assert KEY not in "".join(shown)
    assert KEY not in caplog.text


def test_importing_the_endpoint_imports_no_vendor() -> None:
    vendors = "{'openai', 'httpx2', 'tiktoken'}"
    code = f"import sys, qa.llm, qa.prompts; print(*({vendors} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout.strip() == ""
