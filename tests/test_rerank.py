"""Re-scoring: the order is the model's where its reply can be used, else as it was found; what it did is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Raw, Reply, Scripted, tokens_read
from fixtures.newsroom import AS_OF, answered, engine_at, jsonl, passages_of, take_in, told

from qa.ask import ask
from qa.config import Config
from qa.endpoint import Endpoint
from qa.engine import Engine
from qa.errors import ConfigError, UsageError
from qa.evaluate import evaluate
from qa.evaluation import Run
from qa.evidence import evidence
from qa.fixtures import load_fixtures
from qa.llm import Writer
from qa.prompts import load_prompt
from qa.render import answer_json, answer_text, dumps, retrieved_json, retrieved_text
from qa.rerank import MOST, in_order, rescored
from qa.retrieve import resolve, retrieve
from qa.search import search
from qa.types import Answer, Cancel, Delta, Notice, Rescored, Retrieved, Status, Usage

QUESTION = "Which bridge opened to traffic?"
BRIDGES = 34


@pytest.fixture(scope="module")
def bridges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bridges")
    articles = [told(n, f"Bridge {n}", f"The bridge number {n} opened to traffic.") for n in range(BRIDGES)]
    take_in(folder / "library", jsonl(folder / "news.jsonl", articles))
    return folder / "library"


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as fake:
        yield fake


@pytest.fixture
def engine(bridges: Path, server: FakeLLM) -> Iterator[Engine]:
    with engine_at(bridges, url=server.url, rerank="llm") as made:
        yield made


@pytest.fixture(scope="module")
def as_found(bridges: Path) -> list[str]:
    """The ids of the articles in the order found without a model."""
    with engine_at(bridges) as engine:
        return ids(retrieve(engine, resolve(engine, QUESTION, as_of=AS_OF), BRIDGES))


def ids(found: Retrieved | Answer) -> list[str]:
    return [hit.article.id for hit in found.hits]


def searched(engine: Engine, **options: Any) -> tuple[Retrieved, list[str]]:
    """What was found, and the notices on the way."""
    *notices, found = search(engine, resolve(engine, QUESTION, as_of=AS_OF), **options)
    assert isinstance(found, Retrieved)
    return found, [event.text for event in notices if isinstance(event, Notice)]


def scores(given: Mapping[int, float]) -> Reply:
    return Reply(["\n".join(f"{n}: {score}" for n, score in given.items())])


def is_scoring(body: Mapping[str, Any]) -> bool:
    return "Score every passage" in body["messages"][1]["content"]


# The order


def test_the_first_thirty_are_shown_and_put_in_the_order_of_the_models_scores(
    server: FakeLLM, engine: Engine, as_found: list[str]
) -> None:
    server.queue(scores({n: n / 3 for n in range(1, MOST + 1)}))
    found, notices = searched(engine, k=10)
    shown = passages_of(server.bodies[0])
    assert list(shown) == list(range(1, MOST + 1))
    numbers = {hit.article.id: hit.passage.text.strip() for hit in searched(engine, k=BRIDGES)[0].hits}
    assert [shown[n] for n in shown] == [numbers[name] for name in as_found[:MOST]]
    assert ids(found) == as_found[:MOST][::-1][:10]
    assert [hit.how.before for hit in found.hits] == list(range(MOST, MOST - 10, -1))
    assert [hit.how.model_score for hit in found.hits] == [n / 3 for n in range(MOST, MOST - 10, -1)]
    assert notices == [f"asking test at {server.host} to score 30 passages"]
    assert found.rescored is not None
    assert found.rescored.usage.seconds > 0
    told_ = Rescored("test", server.host, 30, 30, load_prompt("rerank").hash, found.rescored.usage)
    assert found.rescored == told_
    assert (told_.usage.tokens_in, told_.usage.tokens_out) == (tokens_read(server.bodies[0]), 7)


def test_the_model_is_asked_with_rules_day_and_question_and_without_chance(server: FakeLLM, engine: Engine) -> None:
    searched(engine)
    (body,) = server.bodies
    system, user = (message["content"] for message in body["messages"])
    fence = user.split(" passages begin ===")[0].rsplit(" ", 1)[-1]
    assert fence in system
    assert "never an instruction" in system
    assert f"Question: {QUESTION}" in user
    assert f"Today is {AS_OF}" in user
    assert "from 0 to 10" in user
    assert body["temperature"] == 0


def test_equal_scores_stay_as_found_and_what_has_none_follows(
    server: FakeLLM, engine: Engine, as_found: list[str]
) -> None:
    server.queue(scores({7: 5, 3: 5, 9: 8, 20: 0, 31: 10, 99: 10}))
    found, _ = searched(engine, k=BRIDGES)
    first = [9, 3, 7, 20]
    rest = [n for n in range(1, BRIDGES + 1) if n not in first]
    assert ids(found) == [as_found[n - 1] for n in (*first, *rest)]
    assert [hit.how.before for hit in found.hits] == [*first, *rest]
    assert [hit.how.model_score for hit in found.hits] == [8.0, 5.0, 5.0, 0.0] + [None] * len(rest)
    assert found.rescored is not None
    assert found.rescored.scored == 4


def test_scores_change_nothing_but_the_order(engine: Engine, server: FakeLLM) -> None:
    hits = searched(engine, k=5)[0].hits
    assert in_order(hits, {}) == hits
    turned = in_order(hits, {1: 0.0, 5: 10.0})
    assert {(hit.passage, hit.article, hit.score) for hit in turned} == {(h.passage, h.article, h.score) for h in hits}
    assert [hits.index(h) + 1 for h in hits] == sorted(h.how.before or 0 for h in turned)


def test_articles_are_re_scored_by_their_best_passage(server: FakeLLM, engine: Engine, as_found: list[str]) -> None:
    server.queue(scores({2: 9}))
    found, _ = searched(engine, k=2, by="article")
    assert ids(found) == [as_found[1], as_found[0]]


def test_what_was_done_is_told_in_text_and_json(server: FakeLLM, engine: Engine) -> None:
    server.queue(scores({2: 9.5}))
    found, _ = searched(engine, k=2)
    shown = " ".join(retrieved_text(found).split())
    assert f"order re-scored by test at {server.host}" in shown
    assert "before re-scoring #2, model 9.5" in shown
    data = retrieved_json(found)
    assert dumps(data)
    assert data["rescored"] | {"usage": None} == {
        "model": "test", "host": server.host, "shown": 30, "scored": 1, "usage": None, "why": "",
        "prompt_hash": load_prompt("rerank").hash,
    }  # fmt: skip
    assert (data["hits"][0]["how"]["before"], data["hits"][0]["how"]["model_score"]) == (2, 9.5)


# Where no model is asked


def test_off_nothing_is_sent_though_a_model_is_configured(bridges: Path, server: FakeLLM, as_found: list[str]) -> None:
    with engine_at(bridges, url=server.url) as engine:
        found, notices = searched(engine, k=10)
    assert ids(found) == as_found[:10]
    assert found.rescored is None
    assert retrieved_json(found)["rescored"] is None
    assert not server.requests
    assert not notices


def test_words_alone_and_a_single_hit_ask_nobody(server: FakeLLM, engine: Engine) -> None:
    words, _ = searched(engine, words_only=True)
    assert len(words.hits) == 10
    assert words.rescored is None
    *_, one = search(engine, resolve(engine, '"number 7"', as_of=AS_OF))
    assert isinstance(one, Retrieved)
    assert len(one.hits) == 1
    assert one.rescored is None
    assert not server.requests


def test_without_a_model_the_setting_is_refused_with_a_remedy(bridges: Path) -> None:
    with pytest.raises(ConfigError, match="needs a model") as caught:
        Config(library=bridges, rerank="llm")
    assert "NEWSDESK_MODEL" in caught.value.hint


def test_a_wrong_prompt_file_is_named(
    engine: Engine, server: FakeLLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "rerank.md").write_text("Score.\n---\n$question", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"rerank\.md"):
        searched(engine)
    assert not server.requests


# Replies and servers that cannot be used

BAD = [
    (Reply(["I would rather not."]), "scores no passage"),
    (Reply(["1: 5\n2: 70"]), "not from 0 to 10"),
    (Reply(['{"1": NaN}']), "not from 0 to 10"),
    (Reply(["5: 1\n5: 9"]), "passage 5 two scores"),
    (Reply(["9: 10\n8: "], finish="length"), "cut off"),
    (Reply(["9: 10"], finish=None), "broke off"),
    (Reply(["9: 10"], break_at=60), "broke off"),
    (Reply(["9: 10"], finish="content_filter"), "content filter"),
    (Reply([{"refusal": "I cannot judge."}]), "declined"),
    (Reply([]), "empty reply"),
    (Reply(["<think>9: 10</think>"]), "no reply"),
    (Raw(b"<html>9: 10</html>", "text/html"), "web page"),
    (Raw(b"{}", "application/json"), "empty reply"),
    (Failure(401), "asks for a key"),
    (Failure(404, "The model does not exist"), "does not exist"),
    (Failure(400, "context length exceeded"), "context length"),
]


@pytest.mark.parametrize(("item", "why"), BAD)
def test_a_reply_that_cannot_be_used_leaves_the_order_and_says_why(
    server: FakeLLM, engine: Engine, as_found: list[str], item: Scripted, why: str
) -> None:
    server.queue(item)
    found, notices = searched(engine, k=10)
    assert ids(found) == as_found[:10]
    assert all(hit.how.before is None and hit.how.model_score is None for hit in found.hits)
    assert found.rescored is not None
    assert found.rescored.scored == 0
    assert why in found.rescored.why
    assert notices[-1] == f"not re-scored, the order is as it was found: {found.rescored.why}"
    assert "re-scored" not in retrieved_text(found)
    if isinstance(item, Reply) and item.finish == "stop":
        assert found.rescored.usage.tokens_in > 0  # it was paid for all the same


def test_a_server_that_cannot_be_reached_or_stays_busy_is_no_error(
    bridges: Path, server: FakeLLM, engine: Engine, as_found: list[str]
) -> None:
    server.queue(*[Failure(429, retry_after="0")] * 3)
    found, notices = searched(engine, k=10)
    assert ids(found) == as_found[:10]
    assert sum("trying again" in notice for notice in notices) == 2
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
        with engine_at(bridges, url=nobody, rerank="llm") as alone:
            found, notices = searched(alone, k=10)
    assert ids(found) == as_found[:10]
    assert notices[-1].startswith("not re-scored, the order is as it was found: ")


def test_a_reply_is_used_after_a_retry_and_without_the_models_thinking(
    server: FakeLLM, engine: Engine, as_found: list[str]
) -> None:
    server.queue(Failure(500, retry_after="0"), Reply(["<think>1: 10</think>", '{"2": ', "9}"]))
    found, _ = searched(engine, k=2)
    assert ids(found) == [as_found[1], as_found[0]]


# What fits


def writer_of(server: FakeLLM, context_tokens: int) -> Writer:
    config = Config(library=Path("unused"), model="test", base_url=server.url)
    endpoint = Endpoint(config, count=_words)
    return Writer(endpoint, load_prompt, "test", count=_words, context_tokens=context_tokens, reply_tokens=10)


def _words(text: str) -> int:
    return len(text.split())


def told_by(engine: Engine, writer: Writer) -> tuple[Retrieved, list[str]]:
    """What re-scoring with ``writer`` returns, and its notices."""
    found = retrieve(engine, resolve(engine, QUESTION, as_of=AS_OF), MOST)
    step = rescored(found, 10, writer, Cancel())
    notices: list[str] = []
    while True:
        try:
            if isinstance(event := next(step), Notice):
                notices.append(event.text)
        except StopIteration as stop:
            writer.close()
            return stop.value, notices


def test_fewer_are_shown_when_they_do_not_fit_and_that_is_said(
    server: FakeLLM, engine: Engine, as_found: list[str]
) -> None:
    server.queue(scores({n: n / 3 for n in range(1, MOST + 1)}))
    found, notices = told_by(engine, writer_of(server, 700))
    (body,) = server.bodies
    shown = passages_of(body)
    assert sum(_words(message["content"]) for message in body["messages"]) <= (700 - 10) * 0.9
    assert 2 <= len(shown) < MOST
    assert notices == [
        f"asking test at {server.host} to score {len(shown)} passages "
        f"(the other {MOST - len(shown)} do not fit its context)"
    ]
    assert found.rescored is not None
    assert (found.rescored.shown, found.rescored.scored) == (len(shown), len(shown))
    assert ids(found)[: len(shown)] == as_found[: len(shown)][::-1][:10]


def room_for_one(server: FakeLLM, engine: Engine) -> int:
    """The context into which one passage fits, and not two."""
    hits = retrieve(engine, resolve(engine, QUESTION, as_of=AS_OF), MOST).hits
    for context_tokens in range(200, 700):
        writer = writer_of(server, context_tokens)
        with contextlib.suppress(UsageError):
            shown, _ = writer.score(QUESTION, evidence(hits), as_of=date(2026, 2, 5), cancel=Cancel())
            assert shown == 1
            return context_tokens
    raise AssertionError("nothing fits")


@pytest.mark.parametrize("fits_one", [True, False])
def test_where_not_even_two_fit_nobody_is_asked(
    server: FakeLLM, engine: Engine, as_found: list[str], fits_one: bool
) -> None:
    found, notices = told_by(engine, writer_of(server, room_for_one(server, engine) - (not fits_one)))
    assert ids(found) == as_found[:10]
    assert found.rescored is None
    assert notices == ["not re-scored: the passages found do not fit the model's context"]
    assert not server.requests


# Ask and eval


def test_an_answer_is_written_from_the_new_order_and_counts_both_requests(server: FakeLLM, engine: Engine) -> None:
    server.queue(scores({12: 10, 4: 9}), Reply(["The bridge opened to traffic [1]."]))
    events = list(ask(engine, resolve(engine, QUESTION, as_of=AS_OF), k=3))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert [hit.how.before for hit in answer.hits] == [12, 4, 1]
    assert [is_scoring(body) for body in server.bodies] == [True, False]
    assert passages_of(server.bodies[1])[1] == passages_of(server.bodies[0])[12]
    assert answer.claims[0].citations[0].article_id == answer.hits[0].article.id
    assert "".join(event.text for event in events if isinstance(event, Delta)) == "The bridge opened to traffic [1]."
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (sum(map(tokens_read, server.bodies)), 14)
    assert answer.rescored is not None
    assert answer.provenance.prompt_hash == load_prompt("answer").hash
    assert answer.provenance.rerank_hash == answer.rescored.prompt_hash == load_prompt("rerank").hash
    assert f"order re-scored by test at {server.host}" in " ".join(answer_text(answer).split())
    assert answer_json(answer)["rescored"]["scored"] == 2
    found = next(event for event in events if isinstance(event, Retrieved))
    assert found.hits == answer.hits


def test_an_answer_is_written_all_the_same_when_the_scores_cannot_be_used(
    server: FakeLLM, engine: Engine, as_found: list[str]
) -> None:
    server.queue(Reply(["No."]), Reply(["The bridge opened to traffic [1]."]))
    answer = answered(engine, QUESTION)
    assert answer.status is Status.ANSWERED
    assert ids(answer) == as_found[:10]
    assert (answer.usage.tokens_in, answer.usage.tokens_out) == (sum(map(tokens_read, server.bodies)), 14)
    assert "re-scored" not in answer_text(answer)
    assert "scores no passage" in answer_json(answer)["rescored"]["why"]


@pytest.mark.parametrize("verb", [search, ask])
def test_cancelled_while_the_model_scores_it_ends_at_once(server: FakeLLM, engine: Engine, verb: Any) -> None:
    server.queue(Reply(["1: 5\n"], stall_after=1))
    cancel = Cancel()
    threading.Thread(target=lambda: (server.stalled.wait(30), cancel.cancel()), daemon=True).start()
    *events, last = verb(engine, resolve(engine, QUESTION, as_of=AS_OF), cancel=cancel)
    assert server.hung_up.wait(30)
    assert len(server.requests) == 1
    assert not any("not re-scored" in event.text for event in events if isinstance(event, Notice))
    if isinstance(last, Answer):
        assert (last.complete, last.claims) == (False, ())
        assert last.usage.tokens_in > 0
    else:
        assert last.hits == ()


def test_evaluation_uses_the_setting_and_scores_the_new_order(
    bridges: Path, server: FakeLLM, engine: Engine, as_found: list[str], tmp_path: Path
) -> None:
    ninth = as_found[8]
    expect = {"status": "answered", "articles": [ninth]}
    fixtures = jsonl(tmp_path / "fixtures.jsonl", [{"id": "a", "question": QUESTION, "expect": expect}])

    def reply(body: dict[str, Any]) -> Reply:
        return scores({9: 10}) if is_scoring(body) else Reply(["The bridge opened to traffic [1]."])

    server.default = reply
    run, notices = evaluated(engine, fixtures)
    assert run.cases[0].scores["retrieval.mrr@10"] == 1.0
    assert run.provenance.rerank_hash == run.prompts["rerank"] == load_prompt("rerank").hash
    assert notices == []
    server.queue(Failure(401))
    run, notices = evaluated(engine, fixtures)
    assert run.cases[0].scores["retrieval.mrr@10"] == 1 / 9
    assert len(notices) == 1
    assert notices[0].startswith("1 of 1 questions were not re-scored; the first, because: ")
    with engine_at(bridges, url=server.url) as plain:
        run, notices = evaluated(plain, fixtures)
    assert (run.cases[0].scores["retrieval.mrr@10"], run.provenance.rerank_hash, notices) == (1 / 9, None, [])


def evaluated(engine: Engine, fixtures: Path) -> tuple[Run, list[str]]:
    *events, run = evaluate(engine, load_fixtures(fixtures))
    assert isinstance(run, Run)
    return run, [event.text for event in events if isinstance(event, Notice)]


def test_what_two_requests_took_is_added_and_an_unknown_price_stays_unknown() -> None:
    def sum_of(parts: Sequence[Usage]) -> Usage:
        return sum(parts, Usage())

    assert sum_of([Usage(1, 2, 0.5, 1.0), Usage(10, 20, 0.25, 2.0)]) == Usage(11, 22, 0.75, 3.0)
    assert sum_of([Usage(1, 2, None), Usage(1, 2, 0.5)]).cost is None
