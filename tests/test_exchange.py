"""What was said to a model and by it is told word for word, by every verb that asks one, and kept nowhere."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply, Scripted
from fixtures.newsroom import AS_OF, engine_at, jsonl, passages_of, take_in, told

from qa.ask import ask
from qa.brief import brief
from qa.codec import encoded
from qa.converse import converse
from qa.engine import Engine
from qa.errors import EndpointError
from qa.prompts import load_prompt
from qa.retrieve import resolve
from qa.search import search
from qa.types import Answer, Briefing, Cancel, Delta, Exchange, Retrieved, Turn

WHERE = "Where are the US-Iran talks expected to take place?"
GOOD = "The talks are expected to take place in Istanbul"
KEY = "sk-secret-1a2b3c4d5e6f"


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as fake:
        yield fake


def exchanges(events: Iterable[object]) -> list[Exchange]:
    return [event for event in events if isinstance(event, Exchange)]


def sent(server: FakeLLM) -> list[tuple[str, str]]:
    """System and user message of each request, as the server has them."""
    return [tuple(message["content"] for message in body["messages"]) for body in server.bodies]


def messages(told_of: Iterable[Exchange]) -> list[tuple[str, str]]:
    return [(one.system, one.user) for one in told_of]


def place(body: dict[str, Any]) -> int:
    return next(n for n, text in passages_of(body).items() if "reportedly expected to take place in Istanbul" in text)


def by_prompt(**replies: Callable[[dict[str, Any]], Scripted]) -> Callable[[dict[str, Any]], Scripted]:
    """A reply for each prompt, told by the beginning of its system message."""

    def reply(body: dict[str, Any]) -> Scripted:
        system = body["messages"][0]["content"]
        (name,) = (name for name in replies if system.startswith(load_prompt(name).system.split("$")[0]))
        return replies[name](body)

    return reply


def until_it_fails(engine: Engine) -> list[object]:
    met: list[object] = []
    with pytest.raises(EndpointError):
        met.extend(ask(engine, resolve(engine, WHERE, as_of=AS_OF)))
    return met


def test_every_request_of_an_answer_is_told_as_it_was_sent_with_the_reply_as_it_came(
    seeds_library: Path, server: FakeLLM
) -> None:
    server.default = by_prompt(
        rerank=lambda body: Reply(["".join(f"{n}: 3\n" for n in passages_of(body))]),
        answer=lambda body: Reply(
            ["<think>Istanbul?</think>", f"{GOOD} with 40 envoys [{place(body)}]. {GOOD} [", "1]."]
        ),
        repair=lambda body: Reply([f"1: {GOOD} [{place(body)}]."]),
        opinion=lambda _: Reply(["1: yes\n2: yes"]),
    )
    with engine_at(seeds_library, url=server.url, key=KEY, rerank="llm", verify="llm") as engine:
        events = list(ask(engine, resolve(engine, WHERE, as_of=AS_OF)))
        told_of = exchanges(events)
        assert [one.prompt for one in told_of] == ["rerank", "answer", "repair", "opinion"]
        assert [one.prompt_hash for one in told_of] == [load_prompt(one.prompt).hash for one in told_of]
    assert messages(told_of) == sent(server)
    assert told_of[1].reply.startswith(f"<think>Istanbul?</think>{GOOD} with 40 envoys [")
    assert told_of[3].reply == "1: yes\n2: yes"
    assert {(one.model, one.host, one.ended) for one in told_of} == {("test", server.url.split("/")[2], "")}
    assert all(one.tokens > 0 and one.shown == one.of > 0 and one.usage.tokens_in > 0 for one in told_of)
    answer = events[-1]
    assert isinstance(answer, Answer)
    total = told_of[0].usage + told_of[1].usage + told_of[2].usage + told_of[3].usage
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (total.tokens_in, total.tokens_out)
    assert KEY not in repr(told_of)
    assert told_of[1].user not in repr(encoded(answer))


def test_the_completion_of_a_follow_up_is_told_too(seeds_library: Path, server: FakeLLM) -> None:
    server.default = by_prompt(
        answer=lambda body: Reply([f"{GOOD} [{place(body)}]."]),
        followup=lambda _: Reply(["When are the US-Iran talks expected to take place?"]),
    )
    with engine_at(seeds_library, url=server.url) as engine:
        *_, first = converse(engine, WHERE, as_of=AS_OF)
        assert isinstance(first, Turn)
        events = list(converse(engine, "And when?", before=(first,), as_of=AS_OF))
    told_of = exchanges(events)
    assert [one.prompt for one in told_of] == ["followup", "answer"]
    assert messages(told_of) == sent(server)[1:]
    assert told_of[0].reply == "When are the US-Iran talks expected to take place?"
    assert (told_of[0].shown, told_of[0].of) == (1, 1)


def test_each_story_of_a_briefing_tells_its_exchange(tmp_path: Path, server: FakeLLM) -> None:
    items = [
        told(1, "Bridge opens in Varna", "The new bridge in Varna opened on Tuesday, the port authority said."),
        told(2, "Court in Oslo", "A court in Oslo sentenced the fraudster Ola Nordmann to nine years on Tuesday."),
    ]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", items))
    server.default = lambda _: Reply(["NOT IN THE ARTICLES"])
    with engine_at(tmp_path / "library", url=server.url) as engine:
        events = list(brief(engine, as_of=AS_OF))
    told_of, briefing = exchanges(events), events[-1]
    assert isinstance(briefing, Briefing)
    assert [one.story for one in told_of] == [story.id for story in briefing.stories]
    assert [one.prompt for one in told_of] == ["brief", "brief"]
    assert sorted(messages(told_of)) == sorted(sent(server))  # several are asked at once


def test_a_search_tells_what_a_model_was_asked_to_score(seeds_library: Path, server: FakeLLM) -> None:
    server.default = lambda body: Reply(["".join(f"{n}: 1\n" for n in passages_of(body))])
    with engine_at(seeds_library, url=server.url, rerank="llm") as engine:
        events = list(search(engine, resolve(engine, WHERE, as_of=AS_OF)))
    assert isinstance(events[-1], Retrieved)
    assert messages(exchanges(events)) == sent(server)


def test_a_request_that_is_refused_is_told_before_the_error(seeds_library: Path, server: FakeLLM) -> None:
    server.default = lambda _: Failure(401, f"Incorrect API key provided: {KEY}")
    with engine_at(seeds_library, url=server.url, key=KEY) as engine:
        met = until_it_fails(engine)
    (one,) = exchanges(met)
    assert messages([one]) == sent(server)[-1:]
    assert (one.reply, one.usage.tokens_in) == ("", 0)
    assert one.ended
    assert KEY not in repr(one)


def test_where_nobody_listens_the_request_is_told_without_a_reply(seeds_library: Path) -> None:
    with socket.socket() as taken:  # bound and not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with engine_at(seeds_library, url=url) as engine:
            met = until_it_fails(engine)
    (one,) = exchanges(met)
    assert WHERE in one.user
    assert one.ended


def test_a_reply_that_is_cancelled_is_told_as_far_as_it_came(seeds_library: Path, server: FakeLLM) -> None:
    server.default = lambda body: Reply([f"{GOOD} [{place(body)}]. ", "Never"], stall_after=1)
    cancel, told_of = Cancel(), list[Exchange]()
    with engine_at(seeds_library, url=server.url) as engine:
        for event in ask(engine, resolve(engine, WHERE, as_of=AS_OF), cancel=cancel):
            if isinstance(event, Delta):  # the next piece never comes
                cancel.cancel()
            told_of += exchanges([event])
    (one,) = told_of
    assert one.reply.startswith(GOOD)
    assert "cancelled" in one.ended


def test_quotations_exchange_nothing(seeds_engine: Engine) -> None:
    assert exchanges(ask(seeds_engine, resolve(seeds_engine, WHERE, as_of=AS_OF))) == []
