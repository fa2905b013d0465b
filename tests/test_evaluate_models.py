"""Evaluation of what a model writes: several cases at once over real sockets, recorded, replayed, and judged."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply, Scripted
from fixtures.newsroom import answered, engine_at, jsonl, passages_of, take_in, told

from qa.engine import Engine
from qa.errors import BudgetError, RecordingError
from qa.evaluate import evaluate
from qa.evaluation import Costs, Run
from qa.fixtures import Suite, load_fixtures
from qa.judged import METRIC
from qa.prompts import load_prompt
from qa.types import Cancel, Notice

TOWNS = ("Ruse", "Plovdiv", "Varna", "Vidin", "Burgas", "Sliven")
PRICES = '["{host}"]\n"test" = {{ input = 100.0, output = 100.0 }}\n'


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("towns")
    articles = [
        told(n, f"Bridge of {town}", f"The bridge of {town} opened to traffic. It cost {10 + n} million euros.")
        for n, town in enumerate(TOWNS)
    ]
    take_in(folder / "library", jsonl(folder / "news.jsonl", articles))
    return folder / "library"


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    questions = [
        {
            "id": town,
            "question": f"How much did the bridge of {town} cost?",
            "as_of": "2026-02-05",
            "expect": {"status": "answered", "contains": [[f"{10 + n} million"]]},
        }
        for n, town in enumerate(TOWNS)
    ]
    return load_fixtures(jsonl(tmp_path / "towns.jsonl", questions))


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as fake:
        fake.default = cost
        yield fake


def town_of(body: dict[str, Any]) -> str:
    user = body["messages"][1]["content"]
    asked = user.split("=== ")[-1].rsplit("Question:", 1)[-1]
    return next(town for town in TOWNS if town in asked)


def cost(body: dict[str, Any]) -> Reply:
    """What the bridge cost, cited; wrong of one town."""
    town = town_of(body)
    n = next(n for n, text in passages_of(body).items() if town in text)
    millions = 99 if town == "Vidin" else 10 + TOWNS.index(town)
    return Reply([f"The bridge of {town} ", f"cost {millions} million euros [{n}]."])


def ran(engine: Engine, suite: Suite, **options: Any) -> Run:
    *_, run = evaluate(engine, suite, **options)
    assert isinstance(run, Run)
    return run


def without_costs(run: Run) -> Run:
    """What must be the same of a run that is recorded and of its replay."""
    return replace(run, cases=tuple(replace(case, costs=Costs()) for case in run.cases), costs=Costs())


def value(run: Run, metric: str) -> float | None:
    return next(figure.value for figure in run.figures if figure.metric == metric)


def test_several_at_once_recorded_and_replayed_give_the_same_run(
    library: Path, suite: Suite, server: FakeLLM, tmp_path: Path
) -> None:
    met, lock = [0], threading.Lock()

    def now_and_then(body: dict[str, Any]) -> Scripted:
        with lock:
            met[0] += 1
            fails = met[0] % 3 == 0
        return Failure(429, retry_after="0") if fails else cost(body)

    with engine_at(library, url=server.url, cases_at_once=1) as engine:
        one_by_one = ran(engine, suite)
    server.default = now_and_then
    with engine_at(library, url=server.url, record=tmp_path / "r.jsonl") as engine:
        together = ran(engine, suite, at_once=4)
    assert met[0] > len(server.requests) - met[0]
    asked = len(server.requests)
    for at_once in (None, 5):
        with engine_at(library, replay=tmp_path / "r.jsonl") as engine:
            replayed = ran(engine, suite, at_once=at_once)
        assert without_costs(replayed) == without_costs(together)
        assert replace(without_costs(together), provenance=one_by_one.provenance) == without_costs(one_by_one)
        assert replayed.costs.prompt_tokens == together.costs.prompt_tokens > 0
    assert len(server.requests) == asked
    assert value(replayed, "answers.as_expected") == 5 / 6
    assert [case.id for case in replayed.cases if not case.passed] == ["Vidin"]


@pytest.mark.parametrize("by", ["settings", "option"])
def test_so_many_cases_are_asked_at_once_and_no_more(library: Path, suite: Suite, server: FakeLLM, by: str) -> None:
    together, most, under_way, lock = threading.Barrier(3), 0, 0, threading.Lock()

    def in_threes(body: dict[str, Any]) -> Reply:
        nonlocal most, under_way
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(60)
        with lock:
            under_way -= 1
        return cost(body)

    server.default = in_threes
    settings = {"cases_at_once": 3} if by == "settings" else {}
    with engine_at(library, url=server.url, repair=False, **settings) as engine:
        run = ran(engine, suite, **({} if settings else {"at_once": 3}))
    assert run.complete
    assert most == 3


def test_a_recording_that_lacks_a_reply_ends_the_run_by_its_name(
    library: Path, suite: Suite, server: FakeLLM, tmp_path: Path
) -> None:
    path = tmp_path / "r.jsonl"
    with engine_at(library, url=server.url, record=path) as engine:
        ran(engine, replace(suite, fixtures=suite.fixtures[:2]))
    with engine_at(library, replay=path) as engine, pytest.raises(RecordingError, match="bridge of Varna cost") as met:
        ran(engine, suite)
    assert "was never recorded" in met.value.message


def test_a_budget_holds_whatever_is_asked_at_once(
    library: Path, suite: Suite, server: FakeLLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prices.toml").write_text(PRICES.format(host=server.host))
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path))
    with engine_at(library, url=server.url, max_cost=0.5) as engine, ThreadPoolExecutor(6) as pool:

        def paid(town: str) -> float:
            try:
                return answered(engine, f"How much did the bridge of {town} cost?").usage.cost or 0.0
            except BudgetError:
                return 0.0

        spent = sum(pool.map(paid, TOWNS * 4))
        assert 0 < spent <= 0.5
        assert engine.budget.left == pytest.approx(0.5 - spent)
    with engine_at(library, url=server.url, max_cost=0.5) as engine:
        run = ran(engine, suite, at_once=6)
        assert not run.complete
        assert 0 < len(run.cases) < len(TOWNS)
        assert "stopped after" in run.notes[0]
        assert engine.budget.left is not None
        assert engine.budget.left >= 0


def test_cancelled_all_end_at_once_and_what_is_finished_stays(library: Path, suite: Suite, server: FakeLLM) -> None:
    cancel, stalled = Cancel(), threading.Semaphore(0)

    def stalling(body: dict[str, Any]) -> Reply:
        if town_of(body) == "Ruse":
            return cost(body)
        stalled.release()
        return Reply(["The bridge"], stall_after=1)

    server.default = stalling

    def stop() -> None:
        for _ in range(3):
            stalled.acquire()
        cancel.cancel()

    with engine_at(library, url=server.url) as engine:
        waiting = threading.Thread(target=stop)
        waiting.start()
        run = ran(engine, suite, at_once=3, cancel=cancel)
        waiting.join()
    assert not run.complete
    assert [case.id for case in run.cases] == ["Ruse"]
    assert server.hung_up.wait(30)


# Judged by a model


def judging(body: dict[str, Any]) -> Reply:
    if body["model"] != "judge":
        return cost(body)
    return Reply(["incorrect" if "cost 12 million" in body["messages"][1]["content"] else "correct"])


def test_the_word_of_a_model_stands_apart(library: Path, suite: Suite, server: FakeLLM, tmp_path: Path) -> None:
    server.models, server.default = ("test", "judge"), judging
    with engine_at(library, url=server.url) as engine:
        unjudged = ran(engine, suite)
    with engine_at(library, url=server.url, judge="judge", record=tmp_path / "r.jsonl") as engine:
        run = ran(engine, suite)
    with engine_at(library, judge="judge", replay=tmp_path / "r.jsonl") as engine:
        assert without_costs(ran(engine, suite)) == without_costs(run)
    assert {case.id: case.scores.get(METRIC) for case in run.cases} == {
        "Ruse": 1.0, "Plovdiv": 1.0, "Varna": 0.0, "Vidin": 0.0, "Burgas": 1.0, "Sliven": 1.0,
    }  # fmt: skip
    assert value(run, METRIC) == 4 / 6
    assert [f for f in run.figures if f.metric != METRIC] == [f for f in unjudged.figures if f.metric != METRIC]
    assert [case.failures for case in run.cases] == [case.failures for case in unjudged.cases]
    assert (run.settings["judge model"], run.settings["judge prompt"]) == ("judge", load_prompt("judge").hash)
    assert not unjudged.settings.keys() & {"judge model", "judge prompt"}
    assert run.prompts == unjudged.prompts
    assert run.judge == unjudged.judge
    assert run.costs.prompt_tokens > unjudged.costs.prompt_tokens


def test_quoted_answers_are_judged_too_and_what_gets_no_word_is_counted(
    library: Path, suite: Suite, server: FakeLLM
) -> None:
    server.default = lambda body: Reply(["Certainly!" if "Sliven" in body["messages"][1]["content"] else "correct"])
    with engine_at(library, url=server.url, model=None, judge="test") as engine:
        events = list(evaluate(engine, suite))
    run = events[-1]
    assert isinstance(run, Run)
    assert run.provenance.model is None
    assert len(server.requests) == len(TOWNS)
    why = "The reply of the model cannot be used: it says something else than correct or incorrect."
    assert [event.text for event in events if isinstance(event, Notice)] == [
        f"1 of 6 questions were not judged; the first, because: {why}"
    ]
    assert run.cases[-1].notes == (f"not judged: {why}",)
    assert (value(run, METRIC), sum(METRIC in case.scores for case in run.cases)) == (1.0, 5)
