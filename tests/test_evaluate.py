"""Fixtures and evaluation: mistakes are named by file and line, figures are right and repeat, and hold on the seeds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.engine import Engine
from qa.errors import FixtureError, UsageError
from qa.evaluate import evaluate, planned
from qa.evaluation import Case, Costs, Figure, Run
from qa.fixtures import QuestionFixture, load_fixtures
from qa.render.evaluations import run_json, run_text
from qa.types import Cancel, Notice, Progress, Status

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
    case("first", "Who said the bridge of Ruse opened?", articles=["n1"], contains=[["Ana Dimova"]]),
    case("second", "Who said the bridge of Ruse opened?", articles=["n2"]),
    case("nowhere", "Who said the bakery of Plovdiv closed?", evidence=["The bakery burned."], contains=[["burned"]]),
    case("refused", "Who won the chess title in Reykjavik?", "insufficient"),
]


def ran(engine: Engine, path: Path, **options: Any) -> Run:
    *_, last = evaluate(engine, load_fixtures(path), **{"founded": False} | options)
    assert isinstance(last, Run)
    return last


def figures(found: Run) -> dict[str, Figure]:
    return {figure.metric: figure for figure in found.figures}


def without_costs(run: Run) -> Run:
    """What must be the same between two runs."""
    return replace(run, costs=Costs(), cases=tuple(replace(case, costs=Costs()) for case in run.cases))


def test_the_figures_of_a_known_case_are_right(tiny: Path, tmp_path: Path) -> None:
    with engine_at(tiny) as engine:
        found = ran(engine, jsonl(tmp_path / "f.jsonl", CASES))
    got = {name: (figure.value, figure.n) for name, figure in figures(found).items() if figure.n}
    assert got["retrieval.hit@1"] == (1 / 3, 3)
    assert got["retrieval.hit@4"] == got["retrieval.hit@10"] == (2 / 3, 3)
    assert got["retrieval.mrr@10"] == (0.5, 3)
    assert got["retrieval.recall@10"] == (2 / 3, 3)
    assert got["multihop.hits@10"] == (0.0, 1)
    assert got["answers.as_expected"] == (3 / 4, 4)
    assert got["answers.facts"] == (1 / 2, 2)
    assert got["answers.fact_quoted"] == (0.0, 1)
    assert got["abstention.unanswerable_refused"] == (1.0, 1)
    assert got["abstention.answerable_refused"] == (0.0, 3)
    for name in ("cited", "supported", "exact", "dated", "recall", "precision"):
        assert got[f"citations.{name}"] == (1.0, 3)
    assert [case.failures for case in found.cases] == [(), (), ("does not say “burned”",), ()]
    assert [case.right for case in found.cases] == [True, None, False, None]
    assert found.complete
    assert (found.of, found.over.articles, found.judge.name) == (4, 2, "newsdesk")


def test_a_figure_over_nothing_is_no_figure(tiny: Path, tmp_path: Path) -> None:
    with engine_at(tiny) as engine:
        found = ran(engine, jsonl(tmp_path / "f.jsonl", CASES[3:]))
    assert figures(found)["retrieval.hit@1"] == Figure("retrieval.hit@1", None, None, None, 0)
    assert "1 of 1 cases, 1 as expected" in run_text(found)


def test_it_repeats_to_the_last_digit_at_once_and_resumed(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", CASES)
    with engine_at(tiny) as engine:
        once = without_costs(ran(engine, path))
    for options in ({}, {"at_once": 3}, {"done": [once.cases[2], once.cases[0]]}):
        with engine_at(tiny) as engine:
            assert without_costs(ran(engine, path, **options)) == once
    assert json.dumps(run_json(once), sort_keys=True)


def test_cases_that_are_done_are_not_tried_again_but_for_those_that_an_error_ended(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", CASES)
    with engine_at(tiny) as engine:
        first = ran(engine, path)
        done = [replace(first.cases[0], said="as it was"), replace(first.cases[1], outcome="error")]
        events = list(evaluate(engine, load_fixtures(path), done=done, founded=False))
    assert [event.text for event in events if isinstance(event, Notice)] == [
        "1 thing(s) that fixtures name are in no article; the first: evidence in no article: 'The bakery burned.'"
    ]
    assert [event.id for event in events if isinstance(event, Case)] == ["second", "nowhere", "refused"]
    assert isinstance(events[-1], Run)
    assert [case.said for case in events[-1].cases] == ["as it was", *(case.said for case in first.cases[1:])]
    progress = [(event.done, event.total) for event in events if isinstance(event, Progress)]
    assert progress == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_day_is_part_of_a_run_where_it_can_decide(tiny: Path, tmp_path: Path) -> None:
    dated, undated = {**CASES[0], "as_of": "2026-02-05"}, {**CASES[0], "as_of": None}
    with engine_at(tiny) as engine:
        of = [planned(engine, load_fixtures(jsonl(tmp_path / "f.jsonl", [one]))).settings for one in (dated, undated)]
    assert [settings.get("today") for settings in of] == [None, "2026-02-05"]


def test_cancelled_it_keeps_the_cases_it_has(tiny: Path, tmp_path: Path) -> None:
    cancel = Cancel()
    events = []
    with engine_at(tiny) as engine:
        for event in evaluate(engine, load_fixtures(jsonl(tmp_path / "f.jsonl", CASES[:2])), cancel=cancel):
            events.append(event)
            if isinstance(event, Case):
                cancel.cancel()
    assert [type(event) for event in events] == [Progress, Case, Progress, Run]
    assert isinstance(events[-1], Run)
    assert not events[-1].complete
    assert [case.id for case in events[-1].cases] == ["first"]
    assert "Note: stopped before the end." in run_text(events[-1])


def test_abandoned_it_ends(tiny: Path, tmp_path: Path) -> None:
    with engine_at(tiny) as engine:
        events = evaluate(engine, load_fixtures(jsonl(tmp_path / "f.jsonl", CASES[:2])), at_once=2)
        assert isinstance(next(events), Progress)
        assert isinstance(next(events), Case)
        events.close()  # type: ignore[attr-defined]


def test_a_question_that_cannot_be_asked_is_named_before_anything_is_asked(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", [*CASES, case("long", "x" * 5_000)])
    with engine_at(tiny) as engine, pytest.raises(FixtureError) as caught:
        next(evaluate(engine, load_fixtures(path)))
    assert "f.jsonl:5" in caught.value.message


def test_evidence_that_no_article_has_is_named_before_anything_is_asked(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", CASES)
    with engine_at(tiny) as engine, pytest.raises(FixtureError) as caught:
        next(evaluate(engine, load_fixtures(path)))
    assert "f.jsonl:3: evidence in no article" in caught.value.message


@pytest.mark.parametrize("options", [{"k": 0}, {"at_once": 0}, {"at_once": 1_000}])
def test_options_out_of_range_are_refused(tiny: Path, tmp_path: Path, options: dict[str, int]) -> None:
    with engine_at(tiny) as engine, pytest.raises(UsageError):
        ran(engine, jsonl(tmp_path / "f.jsonl", CASES), **options)


def test_retrieval_alone_finds_as_answering_does_and_takes_no_more(tiny: Path, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "f.jsonl", CASES)
    with engine_at(tiny) as engine:
        whole, alone = ran(engine, path), ran(engine, path, retrieval_only=True)
    assert [case.id for case in alone.cases] == ["first", "second", "nowhere"]
    assert [case.outcome for case in alone.cases] == ["rank 1", "rank 2", "not found"]
    assert alone.of == 3
    for name, figure in figures(alone).items():
        if name.startswith(("retrieval", "multihop")):
            assert figure == figures(whole)[name]
        else:
            assert figure.value is None
    assert alone.settings["retrieval_only"] == "yes"


# The seeds


def test_the_seed_fixtures_are_many_quote_the_articles_and_have_near_misses(seeds_engine: Engine) -> None:
    fixtures = [one for one in load_fixtures(SEEDS).fixtures if isinstance(one, QuestionFixture)]
    assert len(fixtures) >= 18
    texts = [seeds_engine.library.article(row.article.id).text for row in seeds_engine.library.list(0, -1)]
    for one in fixtures:
        assert one.as_of == "2026-02-05"
        assert all(any(sentence in text for text in texts) for sentence in one.evidence), one.id
        assert bool(one.articles) is bool(one.contains) is (one.status is not Status.INSUFFICIENT), one.id
    assert sum(one.status is Status.INSUFFICIENT for one in fixtures) >= 6


def test_the_seeds_are_answered_found_and_refused_as_often_as_they_were(seeds_engine: Engine) -> None:
    found = ran(seeds_engine, SEEDS)
    wrong_cases = run_text(found)
    value = {name: figure.value or 0.0 for name, figure in figures(found).items()}
    assert value["retrieval.hit@4"] == 1.0, wrong_cases
    assert value["retrieval.hit@1"] >= 0.8, wrong_cases
    assert value["answers.as_expected"] >= 38 / 40, wrong_cases
    assert value["abstention.unanswerable_refused"] >= 16 / 17, wrong_cases
    for name in ("cited", "supported", "exact", "dated", "recall", "precision"):
        assert value[f"citations.{name}"] == 1.0, wrong_cases
