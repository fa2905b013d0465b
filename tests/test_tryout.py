"""Tried as its reader would: conversations, briefings after briefings, a server that fails; the journal untouched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from fake_llm import Failure, FakeLLM, Reply
from fixtures.newsroom import answered, engine_at, jsonl, passages_of, take_in, told

from qa.ask import ask
from qa.engine import Engine
from qa.errors import EndpointError, FixtureError, UsageError
from qa.evaluate import evaluate, planned
from qa.evaluation import Case, Costs, Run
from qa.fixtures import (
    BriefingFixture,
    Fixture,
    GroupingFixture,
    QuestionFixture,
    StoryExpected,
    Suite,
    SummaryFixture,
    VerificationFixture,
)
from qa.resources import code_digest
from qa.types import Cancel, Status, Verdict

QUAKE = "An earthquake near Ruse killed {} people on {}, the mayor Ana Dimova said. Rescuers searched two schools."
ARTICLES = [
    told(1, "Quake near Ruse kills 35", QUAKE.format(35, "Monday"), "2026-02-02"),
    told(2, "Death toll of Ruse quake rises", QUAKE.format(53, "Monday") + " The toll had been 35.", "2026-02-03"),
    told(3, "Bakery of Plovdiv closes", "The bakery of Plovdiv closed, said the baker Georgi Kolev.", "2026-02-03"),
]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("newsroom")
    take_in(folder / "library", jsonl(folder / "news.jsonl", ARTICLES))
    return folder / "library"


@pytest.fixture
def engine(newsroom: Path) -> Iterator[Engine]:
    with engine_at(newsroom) as made:
        yield made


def suite(*fixtures: Fixture) -> Suite:
    return Suite(name="desk.yaml", digest="d", fixtures=fixtures)


def ran(engine: Engine, *fixtures: Fixture, **options: Any) -> Run:
    *_, last = evaluate(engine, suite(*fixtures), **options)
    assert isinstance(last, Run)
    return last


def asked(name: str, question: str, **fields: Any) -> QuestionFixture:
    return QuestionFixture(id=name, question=question, **({"as_of": "2026-02-05"} | fields))


def plain(run: Run) -> Run:
    return replace(run, costs=Costs(), cases=tuple(replace(case, costs=Costs()) for case in run.cases))


ALL = (
    asked("toll", "How many people did the earthquake near Ruse kill?", contains=(("53",),), articles=("n2",)),
    asked("baker", "What did he close?", turns=("Who is Georgi Kolev?",), contains=(("bakery",),)),
    asked("chess", "Who won the chess title in Reykjavik?", status=Status.INSUFFICIENT),
    BriefingFixture(
        id="third",
        day="2026-02-03",
        as_of="2026-02-03",
        after=("2026-02-02",),
        stories=(
            StoryExpected(articles=("n2",), status="update", contains=(("53",),), changes=("number",)),
            StoryExpected(articles=("n3",), status="new"),
        ),
    ),
    VerificationFixture(
        id="row",
        claim="The quake killed 36.",
        evidence=({"text": "The quake killed 35."},),
        verdicts=(Verdict.UNSUPPORTED,),
    ),
    GroupingFixture(
        id="g",
        texts={one["id"]: f"{one['title']}\n\n{one['text']}" for one in ARTICLES},
        days={one["id"]: one["date"] for one in ARTICLES},
        events={"n1": "quake", "n2": "quake", "n3": "bakery"},
    ),
    SummaryFixture(id="s", text=ARTICLES[0]["text"], reference=("A quake near Ruse killed 35 people.",)),
)


def test_every_kind_is_tried_as_its_reader_would_and_nothing_is_kept(engine: Engine) -> None:
    answered(engine, "Who is Georgi Kolev?")
    journal = engine.library.path / "journal.sqlite"
    before = journal.read_bytes() if journal.exists() else b""
    run = ran(engine, *ALL)
    assert {case.id: case.failures for case in run.cases if case.failures} == {}
    assert [case.id for case in run.cases] == ["toll", "baker", "chess", "third", "row", "g/n1", "g/n2", "g/n3", "s"]
    assert run.of == 9
    assert (journal.read_bytes() if journal.exists() else b"") == before
    values = {figure.metric: figure.value for figure in run.figures}
    for name in ("coverage", "facts", "statuses", "changes", "grounding", "exact", "as_expected"):
        assert values[f"briefings.{name}"] == 1.0
    assert values["grouping.f1"] == values["verification.accuracy"] == values["answers.as_expected"] == 1.0


def test_a_run_is_the_same_in_whatever_order_its_cases_finish(engine: Engine) -> None:
    once = plain(ran(engine, *ALL))
    assert plain(ran(engine, *ALL, at_once=4)) == once
    assert plain(ran(engine, *ALL, done=[once.cases[6], once.cases[3], once.cases[0]])) == once
    other_order = ran(engine, *reversed(ALL))
    assert {case.id: replace(case, costs=Costs()) for case in other_order.cases} == {
        case.id: case for case in once.cases
    }
    assert [(one.metric, one.n) for one in other_order.figures] == [(one.metric, one.n) for one in once.figures]


def test_what_a_run_is_of_is_known_before_its_first_case(engine: Engine) -> None:
    plan, run = planned(engine, suite(*ALL)), ran(engine, *ALL)
    assert replace(run, figures=(), cases=(), complete=False, costs=Costs()) == plan


def test_answers_are_made_from_k_passages_and_ranked_over_ten(engine: Engine) -> None:
    named = asked("quake", "Where did an earthquake kill people?", articles=("n1", "n2", "n3"))
    one, ten = ran(engine, named, k=1), ran(engine, named)
    assert (one.settings["k"], ten.settings["k"]) == ("1", "10")
    assert len(one.cases[0].ranked) == len(ten.cases[0].ranked) > 1
    assert one.cases[0].ranked[0] == ten.cases[0].ranked[0]
    for k in (1, 2, 12):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("qa.tryout.ask", asking := Mock(wraps=ask))
            ran(engine, named, k=k)
        assert asking.call_args.kwargs["k"] == k


def test_rankings_alone_take_no_k_below_ten(engine: Engine) -> None:
    with pytest.raises(UsageError, match="-k 9 is too few for --retrieval-only"):
        ran(engine, ALL[0], k=9, retrieval_only=True)


def test_a_run_says_by_which_code_it_was_made(engine: Engine) -> None:
    run = planned(engine, suite(*ALL))
    assert run.code == code_digest() == code_digest.__wrapped__()
    assert run.code not in run.settings.values()


def test_code_tables_and_prompts_make_the_digest_and_what_is_evaluated_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "qa"
    files = {"a.py": "1", "sub/b.py": "1", "names.txt": "1", "data/prompts/answer.md": "1"}
    files |= {"data/evaluation/fixtures.toml": "1", "assets/NOTICE": "1", "__pycache__/a.pyc": "1"}
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr("qa.resources._PACKAGE", package)
    before, changed = code_digest.__wrapped__(), {}
    for name in files:
        (package / name).write_text("2", encoding="utf-8")
        changed[name] = code_digest.__wrapped__() != before
        (package / name).write_text("1", encoding="utf-8")
    assert [name for name, other in changed.items() if other] == list(files)[:4]
    shutil.move(package / "data" / "prompts", tmp_path / "prompts")
    assert code_digest.__wrapped__() == before


def test_a_follow_up_without_its_turns_fails(engine: Engine) -> None:
    alone = asked("baker", "What did he close?", contains=(("bakery",),), status=Status.ANSWERED)
    with_turns = replace(alone, turns=("Who is Georgi Kolev?",))
    assert not ran(engine, with_turns).cases[0].failures
    assert ran(engine, alone).cases[0].asked == "What did he close?"
    assert ran(engine, with_turns).cases[0].asked == "Who is Georgi Kolev? / What did he close?"
    found = ran(engine, replace(with_turns, articles=("n3",)), retrieval_only=True)
    assert found.cases[0].scores["retrieval.hit@1"] == 1.0


def test_a_briefing_that_comes_after_none_tells_no_update(engine: Engine) -> None:
    third = ALL[3]
    assert isinstance(third, BriefingFixture)
    case = ran(engine, replace(third, after=())).cases[0]
    assert case.failures == (
        "the story of n2 is new, expected update",
        "the story of n2 names no change of number",
    )


def test_the_index_and_the_folder_change_nothing(newsroom: Path, tmp_path: Path) -> None:
    take_in(tmp_path / "elsewhere", jsonl(tmp_path / "one.jsonl", ARTICLES[1:]))
    take_in(tmp_path / "elsewhere", jsonl(tmp_path / "two.jsonl", ARTICLES[:1]))
    with engine_at(newsroom) as engine, engine_at(tmp_path / "elsewhere") as other:
        here, there = ran(engine, *ALL), ran(other, *ALL)
        assert here.over == there.over
        assert [case.scores for case in here.cases] == [case.scores for case in there.cases]


def test_wrong_evidence_of_a_claim_is_that_case_s_failure(engine: Engine) -> None:
    row = replace(ALL[4], evidence=({"text": "It rained.", "date": "someday"},))  # type: ignore[arg-type]
    run = ran(engine, row, ALL[2])
    assert run.cases[0].outcome == "error"
    assert "desk.yaml" in run.cases[0].failures[0]
    assert run.cases[1].passed


def test_a_set_s_question_that_cannot_be_asked_is_its_failure(engine: Engine) -> None:
    impossible = asked("never", "What happened on 30 February?", answers=("x",))
    with pytest.raises(FixtureError):
        ran(engine, impossible, ALL[0])
    run = ran(engine, impossible, ALL[0], founded=False)
    assert "30 February" in run.cases[0].failures[0]
    assert run.cases[0].scores["answers.as_expected"] == 0.0
    assert run.cases[1].passed


# a server that fails


@pytest.mark.parametrize("at_once", [1, 3])
def test_a_case_whose_server_fails_has_failed_and_the_others_are_done(newsroom: Path, at_once: int) -> None:
    questions = [
        asked(f"q{n}", f"{n}. Who said that the bakery of Plovdiv closed?", status=Status.ANSWERED) for n in range(5)
    ]

    def reply(body: dict[str, Any]) -> Reply | Failure:
        if "3. Who" in str(body):
            return Failure(400)
        n = next(n for n, text in passages_of(body).items() if "bakery" in text)
        return Reply([f"The bakery of Plovdiv closed, said the baker Georgi Kolev [{n}]."])

    with FakeLLM() as server:
        server.default = reply  # type: ignore[assignment]
        with engine_at(newsroom, url=server.url) as engine:
            run = ran(engine, *questions, at_once=at_once)
    assert [case.id for case in run.cases] == ["q0", "q1", "q2", "q3", "q4"]
    assert [case.outcome == "error" for case in run.cases] == [False, False, False, True, False]
    assert run.complete
    assert {figure.metric: figure.n for figure in run.figures}["citations.exact"] == 4
    assert run.costs.prompt_tokens > 0


def test_a_server_that_answers_nothing_is_an_error(newsroom: Path) -> None:
    with FakeLLM() as server:
        server.default = lambda _: Failure(400)  # type: ignore[assignment, return-value]
        with engine_at(newsroom, url=server.url) as engine, pytest.raises(EndpointError):
            ran(engine, *[asked(f"q{n}", "Who is Georgi Kolev?") for n in range(9)], at_once=1)
        assert len(server.requests) == 3


def test_cancelled_while_several_are_asked_it_ends_with_those_that_are_done(newsroom: Path) -> None:
    cancel = Cancel()

    def reply(body: dict[str, Any]) -> Reply:
        return Reply(
            ["Georgi Kolev [1]."] if "0. Who" in str(body) else ["Georgi", " Kolev"],
            stall_after=None if "0. Who" in str(body) else 1,
        )

    with FakeLLM() as server:
        server.default = reply
        with engine_at(newsroom, url=server.url) as engine:
            questions = [asked(f"q{n}", f"{n}. Who is Georgi Kolev?") for n in range(6)]
            events = []
            for event in evaluate(engine, suite(*questions), at_once=3, cancel=cancel):
                events.append(event)
                if isinstance(event, Case):
                    cancel.cancel()
    run = events[-1]
    assert isinstance(run, Run)
    assert not run.complete
    assert [case.id for case in run.cases] == ["q0"]
