"""The repository's own gate: green as the product is, red on each planted fault that an evaluation must see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from planted.faults import FAULTS
from planted.harmless import HARMLESS
from planted.trials import Bench, outcome_of
from qa.errors import ExitCode
from qa.resources import resource_folder

NEWSROOM = resource_folder("evaluation")
FEW = """
    ferry-wreck-depth ferry-hypothermia ferry-families-money rate-votes lumenar-employs water-vote cup-score
    cup-final-opponent fossil-name inquiry-inspectors quote-velde toll-monday rate-now rate-in-december
    sorrel-dead tarn-magnitude source-given miss-aldora-built miss-haas-strike miss-off-topic
    miss-not-yet-charged miss-before-window talk-captain-prison monday tuesday verify-numbers
""".split()
"""Fixtures that are enough to see the faults below, so that each costs seconds."""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The whole newsroom, read once, with its own fixtures and gate."""
    scratch = tmp_path_factory.mktemp("newsroom")
    files = (NEWSROOM / name for name in ("articles", "fixtures.yaml", "gate.toml", "model"))
    bench = Bench(scratch, *files)
    assert bench.stocked(bench.library).is_green
    return bench


@pytest.fixture(scope="module")
def few(newsroom: Bench) -> Iterator[Bench]:
    """The same library with some of the fixtures, and a gate that the product as it is just passes."""
    wanted = [one for one in _fixtures() if one["id"] in FEW]
    assert len(wanted) == len(FEW)
    fixtures, gate = newsroom.scratch / "few.jsonl", newsroom.scratch / "few.toml"
    fixtures.write_text("".join(json.dumps(one) + "\n" for one in wanted), encoding="utf-8")
    bench = replace(newsroom, fixtures=fixtures, gate=gate)
    assert bench.drafted().exit_code == ExitCode.OK
    return bench


def _fixtures() -> list[dict[str, object]]:
    text = (NEWSROOM / "fixtures.yaml").read_text(encoding="utf-8")
    found: list[dict[str, object]] = yaml.load(text, Loader=yaml.BaseLoader)["fixtures"]
    return found


def test_the_newsroom_holds_to_its_gate(newsroom: Bench) -> None:
    outcome = newsroom.tried(newsroom.library)
    assert outcome.is_green, outcome


def test_so_does_what_a_model_wrote(newsroom: Bench) -> None:
    outcome = newsroom.of_model.tried(newsroom.library)
    assert outcome.is_green, outcome


@pytest.mark.parametrize(
    ("fault", "condition"),
    [
        ("best-hit-dropped", "below-floor retrieval.hit@1"),
        ("number-invented", "below-floor answers.facts"),
        ("off-by-one", "below-floor citations.exact"),
        ("sources-misnamed", "below-floor citations.exact"),
        ("markers-renumbered", "below-floor citations.markers"),
        ("said-twice", "above-ceiling answers.repeated"),
        ("nearest-unshown", "below-floor abstention.nearest"),
        ("never-abstains", "below-floor abstention.unanswerable_refused"),
        ("repeats-itself", "above-ceiling briefings.repetition"),
    ],
)
def test_a_planted_fault_turns_it_red_and_is_named(few: Bench, fault: str, condition: str) -> None:
    outcome = few.tried(few.library, fault=fault)
    assert outcome.is_red, outcome
    assert condition in outcome.failed


def test_what_is_tried_without_a_fault_stays_green(few: Bench) -> None:
    outcome = few.tried(few.library, "--at-once", "2", environment={"TZ": "Pacific/Auckland", "LC_ALL": "C"})
    assert outcome.is_green, outcome


def test_what_gave_no_result_is_neither_red_nor_green() -> None:
    for code, told in [(0, ""), (11, "{}"), (1, "Traceback"), (0, '{"gate": null}')]:
        outcome = outcome_of(code, told, "no result")
        assert not outcome.is_red
        assert not outcome.is_green
        assert outcome.said


def test_faults_and_harmless_changes_have_names_of_their_own() -> None:
    assert not set(FAULTS) & set(HARMLESS)
    assert all(one.says for one in [*FAULTS.values(), *HARMLESS.values()])


def test_every_article_of_the_newsroom_is_asked_for() -> None:
    asked = json.dumps(_fixtures(), ensure_ascii=False)
    ids = [_id(path) for path in sorted((NEWSROOM / "articles").iterdir())]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if f'"{name}"' not in asked] == []


def _id(path: Path) -> str:
    return next(line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("id: "))[4:]
