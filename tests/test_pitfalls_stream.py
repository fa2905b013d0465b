"""The parser of a model's stream takes any chunks and any bytes (docs/pitfalls.md): a reply, marked for what it is."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from fake_llm import EVENTS, JSON, Failure, FakeLLM, Raw
from fixtures.commands import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.config import Config
from qa.endpoint import Endpoint, Finished
from qa.errors import EndpointError, ExitCode
from qa.reply import MOST_CHARACTERS, Draft, Message
from qa.types import Cancel, Delta

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["content", "text", "type", "index", "refusal"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def _object(*names: str) -> st.SearchStrategy[object]:
    return st.fixed_dictionaries({}, optional={name: _FIELDS.get(name, _VALUES) | _VALUES for name in names})


_FIELDS: dict[str, st.SearchStrategy[object]] = {
    "content": st.text(st.characters(exclude_categories=()), max_size=30),
    "index": st.just(0),
    "finish_reason": st.sampled_from(["stop", "length", "content_filter", "eos", "?", ""]),
    "prompt_tokens": st.integers(-5, 500),
    "completion_tokens": st.integers(-5, 500),
}
_FIELDS["delta"] = _FIELDS["message"] = _object("content", "refusal", "reasoning_content", "role")
_FIELDS["choices"] = st.lists(_object("delta", "message", "index", "finish_reason"), max_size=2)
_FIELDS["usage"] = _object("prompt_tokens", "completion_tokens")
CHUNKS = st.lists(_object("choices", "usage", "error", "id") | _VALUES, max_size=8)


@settings(max_examples=60)
@given(CHUNKS)
def test_any_chunks_are_a_reply_that_says_how_it_ended(chunks: list[object]) -> None:
    draft = Draft("host")
    text = "".join(draft.take(chunk) for chunk in chunks)
    assert text == draft.text
    assert text.encode("utf-8").decode("utf-8") == text
    assert len(text) <= MOST_CHARACTERS + 1
    finish, reason = draft.ending()
    assert bool(reason) == (finish != "stop")
    assert finish != "stop" or text
    assert draft.tokens is None or (draft.tokens[0] > 0 and draft.tokens[1] >= 0)


def _event(value: object) -> bytes:
    return b"data: " + json.dumps(value).encode("utf-8", "surrogatepass") + b"\n\n"


BYTES = st.lists(
    CHUNKS.map(lambda chunks: b"".join(map(_event, chunks)))
    | st.binary(max_size=40)
    | st.sampled_from(
        [b"data: [DONE]\n\n", b": ping\n\n", b"event: error\n", b"data:\n\n", b"\r\n\r\n", b"data: {", b"id: \0\n"]
    ),
    max_size=5,
).map(b"".join)


@pytest.fixture(scope="module")
def server() -> FakeLLM:
    with FakeLLM() as fake:
        yield fake  # type: ignore[misc]


@pytest.fixture(scope="module")
def endpoint(server: FakeLLM) -> Endpoint:
    config = Config(library=Path("unused"), model="test", base_url=server.url)
    with Endpoint(config, count=lambda text: len(text.split()), idle=5.0) as made:
        yield made  # type: ignore[misc]


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(BYTES, st.sampled_from([EVENTS, JSON, "text/html", "application/octet-stream"]))
def test_any_bytes_of_a_server_are_a_reply_or_an_error(
    server: FakeLLM, endpoint: Endpoint, body: bytes, kind: str
) -> None:
    server.queue(Raw(body, kind))
    events: list[object] = []
    try:
        for event in endpoint.stream([Message("user", "Where?")], model="test", max_tokens=5, cancel=Cancel()):
            events.append(event)
    except EndpointError as error:
        events.append(error)
    end = events[-1]
    if isinstance(end, EndpointError):
        assert end.message
        assert end.hint
        return
    assert isinstance(end, Finished)
    assert end.text == "".join(event.text for event in events if isinstance(event, Delta))
    assert end.complete != bool(end.reason)
    assert end.text.encode("utf-8").decode("utf-8") == end.text


HALF = _event({"choices": [{"index": 0, "delta": {"content": "In Istanbul"}}]})


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (Raw(b"<html><body>Please log in</body></html>", "text/html"), "web page"),
        (Raw(b"{}", JSON), "empty reply"),
        (Raw(json.dumps({"error": {"message": "out of memory"}}).encode(), JSON), "out of memory"),
        (Raw(HALF + b'data: {"choices": [{"del\n\n', EVENTS), "cannot be read"),
        (Raw(HALF, EVENTS), "broke off"),
        (Raw(HALF + _event({"padding": "x" * 5_000_000}), EVENTS), "broke off"),
    ],
    ids=["a web page", "an empty object", "an error as success", "broken JSON", "no end", "a line of 5 MB"],
)
def test_the_command_says_in_a_line_what_came_instead_of_a_reply(seeds_library: Path, raw: Raw, why: str) -> None:
    with FakeLLM() as server:
        server.default = lambda _: raw
        done = command(
            seeds_library, "ask", "Where are the US-Iran talks expected to take place?", "--json", "--model", "test",
            "--base-url", server.url,
        )  # fmt: skip
    said = json.loads(done.stdout)
    assert "Traceback" not in done.stderr
    if done.returncode == ExitCode.OK:
        assert said["complete"] is False
        assert why in " ".join(said["notes"])
    else:
        assert done.returncode == ExitCode.ENDPOINT
        assert why in said["error"]["message"]


PACKED = "application/json\r\nContent-Encoding: gzip"


@pytest.mark.parametrize(
    "reply",
    [
        Raw(b"data: " + b"x" * 300_000, EVENTS),
        Raw(HALF + b"data: " + b"x" * 300_000, EVENTS),
        Raw(b'{"choices": "' + b"x" * 300_000 + b'"}', JSON),
        Raw(gzip.compress(b'{"choices": "' + b"x" * 3_000_000 + b'"}'), PACKED),
        Failure(400, "x" * 300_000),
    ],
    ids=["a line without end", "the same after words", "a body without end", "a packed one", "a refusal without end"],
)
def test_a_reply_without_end_does_not_fill_the_memory(server: FakeLLM, reply: Raw | Failure) -> None:
    config = Config(library=Path("unused"), model="test", base_url=server.url)
    server.queue(reply)
    said = ""
    with Endpoint(config, count=len, most=200_000) as endpoint:
        try:
            *_, end = endpoint.stream([Message("user", "Where?")], model="test", max_tokens=5, cancel=Cancel())
        except EndpointError as error:
            said = error.message
        else:
            assert isinstance(end, Finished)
            assert (end.finish, end.text) == ("broken", "In Istanbul" if reply.body.startswith(HALF) else "")  # type: ignore[union-attr]
            said = end.reason
        assert re.search(r"sent more than [\d,]+ (packed )?bytes", said)
        assert last_of(endpoint) == ("stop", "ok")  # a reply that ends is read by the same endpoint


def last_of(endpoint: Endpoint) -> tuple[str, str]:
    *_, end = endpoint.stream([Message("user", "Where?")], model="test", max_tokens=5, cancel=Cancel())
    assert isinstance(end, Finished)
    return end.finish, end.text


def test_vectors_without_end_do_not_fill_the_memory(server: FakeLLM) -> None:
    config = Config(library=Path("unused"), model="test", base_url=server.url)
    server.queue(Raw(b'{"data": "' + b"x" * 500_000 + b'"}', JSON))
    with Endpoint(config, count=len, most=200_000) as endpoint, pytest.raises(EndpointError, match="sent more than"):
        list(endpoint.embed([["One."]], model="test", at_once=1, cancel=Cancel()))
