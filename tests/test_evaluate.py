"""Evaluation: figures are right and repeat, and hold on the seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.engine import Engine
from qa.errors import FixtureError
from qa.evaluate import evaluate, score
from qa.fixtures import QuestionFixture, load_fixtures
from qa.render import evaluation_json, evaluation_text
from qa.types import Answer, Cancel, EvaluationReport, Metric, Progress, Scored

SEEDS = Path(__file__).parent / "fixtures" / "seeds.yaml"

# A tiny case whose figures are known


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    articles = [
        told(1, "Bridge of Ruse", "The bridge of Ruse opened to traffic, said the engineer Ana Dimova."),
        told(2, "Bakery of Plovdiv", "The bakery of Plovdiv closed its doors, said the baker Georgi Kolev."),
    ]
    take_in(folder / "library", jsonl(folder / "news.jsonl", articles))
    return folder / "library"


def case(name: str, question: str, status: str = "answered", **expect: Any) -> dict[str, Any]:
    return {"id": name, "question": question, "as_of": "2026-02-05", "expect": {"status": status, **expect}}


CASES = [
    case("first", "Who said the bridge of Ruse opened?", articles=["n1"], contains=["Ana Dimova"]),
    case("second", "Who said the bridge of Ruse opened?", articles=["n2"]),
    case("nowhere", "Who said the bakery of Plovdiv closed?", evidence=["The bakery burned."], contains=["burned"]),
    case("refused", "Who won the chess title in Reykjavik?", "insufficient"),
]


def report(engine: Engine, path: Path) -> EvaluationReport:
    *_, last = evaluate(engine, path)
    assert isinstance(last, EvaluationReport)
    return last


def figures(found: EvaluationReport) -> dict[str, Metric]:
    return {metric.name: metric for metric in found.metrics}


def test_the_figures_of_a_known_case_are_right(tiny: Path, tmp_path: Path) -> None:
    with engine_at(tiny) as engine:
        found = report(engine, jsonl(tmp_path / "f.jsonl", CASES))
    assert [case.rank for case in found.cases] == [1, 2, None, None]
    got = {name: (metric.value, metric.n) for name, metric in figures(found).items()}
    assert got["hit@1"] == (1 / 3, 3)
    assert got["hit@4"] == (2 / 3, 3)
    assert got["hit@10"] == (2 / 3, 3)
    assert got["MRR@10"] == (0.5, 3)
    assert got["as expected"] == (2 / 3, 3)
    assert got["unanswerable refused"] == (1.0, 1)
    assert got["answerable refused"] == (0.0, 3)
    assert got["sentences cited"][0] == got["sentences supported"][0] == got["quotes exact"][0] == 1.0
    assert [case.failures for case in found.cases] == [(), (), ("says none of ['burned']",), ()]
    assert found.complete


def test_a_figure_over_nothing_is_no_figure(tiny: Path, tmp_path: Path) -> None:
    with engine_at(tiny) as engine:
        found = report(engine, jsonl(tmp_path / "f.jsonl", CASES[3:]))
    assert figures(found)["hit@1"] == Metric("retrieval", "hit@1", None, 0)
    assert evaluation_json(found)["metrics"]["retrieval"]["hit@1"] == {"value": None, "n": 0}
    assert "1 of 1 cases as expected" in evaluation_text(found)


def test_a_wrong_quote_and_an_unexpected_answer_are_counted(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", [CASES[0], case("miss", "Who opened?", "insufficient")])
    fixtures = load_fixtures(path).fixtures
    with engine_at(tiny) as engine:
        found = report(engine, jsonl(tmp_path / "f.jsonl", CASES[:1]))
        answer = found.cases[0].answer
        assert isinstance(miss := fixtures[1], QuestionFixture)
        assert score(miss, answer).failures == ("status answered, expected insufficient",)
    assert isinstance(answer, Answer)


def test_it_repeats_to_the_last_digit(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", CASES)

    def run() -> str:
        with engine_at(tiny) as engine:
            return json.dumps(evaluation_json(report(engine, path)), sort_keys=True)

    assert run() == run()


def test_cancelled_it_reports_the_cases_it_has(tiny: Path, tmp_path: Path) -> None:
    cancel = Cancel()
    events = []
    with engine_at(tiny) as engine:
        for event in evaluate(engine, jsonl(tmp_path / "f.jsonl", CASES), cancel=cancel):
            events.append(event)
            if isinstance(event, Scored):
                cancel.cancel()
    assert [type(event) for event in events] == [Progress, Scored, EvaluationReport]
    assert isinstance(events[-1], EvaluationReport)
    assert not events[-1].complete
    assert "Stopped before the end" in evaluation_text(events[-1])


def test_a_question_that_cannot_be_asked_is_named(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", [*CASES, case("long", "x" * 5_000)])
    with engine_at(tiny) as engine, pytest.raises(FixtureError) as caught:
        list(evaluate(engine, path))
    assert f"{path}:5" in caught.value.message


# The seeds


def test_the_seeds_are_answered_found_and_refused_as_often_as_they_were(seeds_engine: Engine) -> None:
    found = report(seeds_engine, SEEDS)
    wrong_cases = evaluation_text(found)
    value = {name: metric.value or 0.0 for name, metric in figures(found).items()}
    assert value["hit@4"] == 1.0, wrong_cases
    assert value["hit@1"] >= 0.8, wrong_cases
    assert value["as expected"] >= 22 / 23, wrong_cases
    assert value["unanswerable refused"] >= 16 / 17, wrong_cases
    assert value["sentences cited"] == value["sentences supported"] == value["quotes exact"] == 1.0, wrong_cases
