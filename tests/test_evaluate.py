"""Fixtures and evaluation: mistakes are named by file and line, figures are right and repeat, and hold on the seeds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.engine import Engine
from qa.errors import FixtureError
from qa.evaluate import evaluate, score
from qa.fixtures import load_fixtures
from qa.render import evaluation_json, evaluation_text
from qa.types import Answer, Cancel, EvaluationReport, Metric, Progress, Scored, Status

SEEDS = Path(__file__).parent / "fixtures" / "seeds.yaml"
GOOD: dict[str, Any] = {"id": "a", "question": "Where?", "expect": {"status": "answered"}}


def wrong(path: Path, text: str) -> FixtureError:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FixtureError) as caught:
        load_fixtures(path)
    assert caught.value.hint
    return caught.value


def mistakes() -> list[tuple[dict[str, Any], str]]:
    def expect(**more: Any) -> dict[str, Any]:
        return GOOD | {"id": "b", "expect": {"status": "answered"} | more}

    return [
        (GOOD | {"id": "b", "colour": 1}, "unknown field 'colour'"),
        (GOOD | {"expect": {"status": "answered"}}, "id 'a' stands already in line 1"),
        (GOOD | {"id": "b", "as_of": "2026-02-30"}, "as_of '2026-02-30' is no day"),
        (GOOD | {"id": "b", "from": "yesterday"}, "from 'yesterday' is no day"),
        (GOOD | {"id": "b", "from": "2026-02-03", "to": "2026-02-01"}, "'to' (2026-02-01) is before 'from'"),
        (expect(status="maybe"), "status 'maybe' is unknown"),
        (expect(status=None), "status None is unknown"),
        (expect(contains_any="Istanbul"), "contains_any is not a list"),
        (expect(evidence=[["x"]]), "evidence is not a list of texts"),
        (expect(articles=[True]), "articles is not a list of texts"),
        (expect(evidence=["  "]), "evidence holds an empty text"),
        (expect(says=1), "expect has an unknown field 'says'"),
        (GOOD | {"id": "b", "expect": None}, "expect is not a mapping"),
        (GOOD | {"id": "b", "expect": ["answered"]}, "expect is not a mapping"),
        (GOOD | {"id": "b", "question": ""}, "id and question are required"),
        (GOOD | {"id": "b", "question": "  "}, "id and question are required"),
        (GOOD | {"id": "b", "question": ["Where?"]}, "question is not a text"),
        (GOOD | {"id": None}, "id and question are required"),
        (GOOD | {"id": True}, "id is not a text"),
    ]


@pytest.mark.parametrize(("bad", "message"), mistakes())
def test_a_mistake_in_json_lines_is_named_by_file_and_line(tmp_path: Path, bad: dict[str, Any], message: str) -> None:
    path = tmp_path / "f.jsonl"
    error = wrong(path, json.dumps(GOOD) + "\n\n" + json.dumps(bad) + "\n")
    assert error.message.startswith(f"{path}:3: ")
    assert message in error.message


@pytest.mark.parametrize(("bad", "message"), mistakes())
def test_a_mistake_in_yaml_is_named_by_file_and_line(tmp_path: Path, bad: dict[str, Any], message: str) -> None:
    path = tmp_path / "f.yaml"
    first = "- id: a\n  question: Where?\n  expect: {status: answered}\n"
    error = wrong(path, first + yaml.safe_dump([bad], sort_keys=False, allow_unicode=True))
    assert error.message.startswith(f"{path}:4: ")
    assert message in error.message


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("f.yaml", "id: a\nquestion: b\n", ":1:", "not a list"),
        ("f.yaml", "- id: a\n  question: [\n", ":3:", ""),
        ("f.yaml", "- id: a\n\tquestion: b\n", ":2:", ""),
        ("f.yaml", "- !!python/object/apply:os.system [ls]\n", ":1:", ""),
        ("f.yaml", "- just words\n", ":1:", "a fixture is not a mapping"),
        ("f.yaml", "- {id: a, question: b, as_of: 2026-02-30, expect: {status: answered}}\n", ":1:", "2026-02-30"),
        ("f.yaml", "- {id: a}\n---\n- {id: b}\n", ":2:", ""),
        ("f.yaml", "- {id: !!int x}\n", ":1:", ""),
        ("f.yaml", "[" * 5_000, ":1:", ""),
        ("f.yaml", "- {? [a] : b}\n", ":1:", ""),
        ("f.jsonl", '{"id": "a",\n', ":1:", "not JSON"),
        ("f.jsonl", "[1, 2]\n", ":1:", "a fixture is not a mapping"),
        ("f.yaml", "", "", "holds no fixtures"),
        ("f.yaml", "# nothing\n", "", "holds no fixtures"),
        ("f.yaml", "[]\n", "", "holds no fixtures"),
        ("f.jsonl", "\n\n", "", "holds no fixtures"),
    ],
)
def test_a_file_that_is_no_list_of_fixtures_is_refused(
    tmp_path: Path, name: str, text: str, line: str, message: str
) -> None:
    error = wrong(tmp_path / name, text)
    assert error.message.startswith(f"{tmp_path / name}{line or ':'}")
    assert message in error.message


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("- id: é".encode("latin-1"))
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "latin.yaml"):
        with pytest.raises(FixtureError) as caught:
            load_fixtures(path)
        assert str(path) in caught.value.message
        assert caught.value.hint


def test_yaml_and_json_lines_mean_the_same(tmp_path: Path) -> None:
    items = [
        {"id": 7, "question": "Où?", "as_of": "2026-02-05", "from": "2026-01-01", "to": "2026-01-31",
         "expect": {"status": "partial", "contains_any": ["a", 35], "evidence": ["b"], "articles": ["c"]}},
        GOOD,
    ]  # fmt: skip
    one = load_fixtures(jsonl(tmp_path / "f.jsonl", items))
    (tmp_path / "f.yaml").write_text(yaml.safe_dump(items, allow_unicode=True), encoding="utf-8")
    two = load_fixtures(tmp_path / "f.yaml")
    assert [replace(f, line=0) for f in one] == [replace(f, line=0) for f in two]
    assert (one[0].id, one[0].first, one[0].last, one[0].contains_any) == ("7", "2026-01-01", "2026-01-31", ("a", "35"))
    (tmp_path / "bare.yaml").write_text("- {id: a, question: b, as_of: 2026-02-05, expect: {status: answered}}")
    assert load_fixtures(tmp_path / "bare.yaml")[0].as_of == "2026-02-05"


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
    case("first", "Who said the bridge of Ruse opened?", articles=["n1"], contains_any=["Ana Dimova"]),
    case("second", "Who said the bridge of Ruse opened?", articles=["n2"]),
    case("nowhere", "Who said the bakery of Plovdiv closed?", evidence=["The bakery burned."], contains_any=["burned"]),
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
    fixtures = load_fixtures(jsonl(tmp_path / "f.jsonl", [CASES[0], case("miss", "Who opened?", "insufficient")]))
    with engine_at(tiny) as engine:
        found = report(engine, jsonl(tmp_path / "f.jsonl", CASES[:1]))
        answer = found.cases[0].answer
        assert score(fixtures[1], answer).failures == ("status answered, expected insufficient",)
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


def test_the_seed_fixtures_are_many_quote_the_articles_and_have_near_misses(seeds_engine: Engine) -> None:
    fixtures = load_fixtures(SEEDS)
    assert len(fixtures) >= 18
    texts = [seeds_engine.library.article(row.article.id).text for row in seeds_engine.library.list(0, -1)]
    for one in fixtures:
        assert one.as_of == "2026-02-05"
        assert all(any(sentence in text for text in texts) for sentence in one.evidence), one.id
        assert bool(one.articles) is bool(one.contains_any) is (one.status is not Status.INSUFFICIENT), one.id
    assert sum(one.status is Status.INSUFFICIENT for one in fixtures) >= 6


def test_the_seeds_are_answered_found_and_refused_as_often_as_they_were(seeds_engine: Engine) -> None:
    found = report(seeds_engine, SEEDS)
    wrong_cases = evaluation_text(found)
    value = {name: metric.value or 0.0 for name, metric in figures(found).items()}
    assert value["hit@4"] == 1.0, wrong_cases
    assert value["hit@1"] >= 0.8, wrong_cases
    assert value["as expected"] >= 22 / 23, wrong_cases
    assert value["unanswerable refused"] >= 16 / 17, wrong_cases
    assert value["sentences cited"] == value["sentences supported"] == value["quotes exact"] == 1.0, wrong_cases
