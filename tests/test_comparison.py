"""A run held against another: what is evidence of a difference, what flipped and why, and what cannot be compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fixtures.evaluations import MADE, case, run_of

from qa.comparison import JUDGE_MODEL, JUDGE_PROMPT, Contrast, contrasted
from qa.evaluation import Judge, Over, Run
from qa.metrics.named import METRICS
from qa.render.evaluations.words import judgement


def graded(values: list[float], metric: str = "retrieval.mrr@10") -> Run:
    return run_of(*(case(f"q{n}", scores={metric: value}) for n, value in enumerate(values)))


def passing(outcomes: list[bool], **more: object) -> Run:
    return run_of(*(case(f"q{n}", *([] if held else ["wrong"])) for n, held in enumerate(outcomes)), **more)


def figure(found: Contrast, name: str) -> object:
    return next(one for one in found.figures if one.metric == name)


def test_a_run_against_itself_is_the_same_in_everything() -> None:
    run = passing([True, False, True])
    found = contrasted(run, run)
    assert (found.flips, found.moved, found.same, found.differences) == ((), (), 3, ())
    assert (found.only_before, found.only_now) == ((), ())
    (one,) = found.figures
    assert one.tested is not None
    assert (one.difference, one.better, one.worse, one.tested.p, one.tested.evident) == (0.0, 0, 0, 1.0, False)


def test_right_and_wrong_are_compared_by_the_exact_test_of_mcnemar() -> None:
    before = passing([True] * 10 + [False] * 2 + [True] * 20)
    now = passing([False] * 10 + [True] * 2 + [True] * 20)
    (one,) = contrasted(before, now).figures
    assert one.tested is not None
    assert (one.better, one.worse, one.tested.test) == (2, 10, "McNemar's exact test")
    assert one.tested.p == pytest.approx(0.03857421875, abs=1e-12)  # scipy.stats.binomtest(2, 12).pvalue
    assert one.tested.evident
    assert one.difference == pytest.approx(-8 / 32)
    assert one.verdict == "worse"


def test_few_flips_are_no_evidence_of_a_difference() -> None:
    (one,) = contrasted(passing([True] * 5 + [False] * 5), passing([True] * 8 + [False] * 2)).figures
    assert one.tested is not None
    assert (one.difference, one.tested.p, one.tested.evident) == (pytest.approx(0.3), 0.25, False)


def test_graded_values_are_compared_by_a_paired_bootstrap() -> None:
    values = [n % 7 / 7 for n in range(60)]
    found = contrasted(graded(values), graded([value + 0.02 for value in values])).figures[0]
    assert found.tested is not None
    assert (found.tested.test, found.tested.evident) == ("paired bootstrap", True)
    assert found.tested.difference.low == pytest.approx(0.02)
    assert found.tested.difference.high == pytest.approx(0.02)
    noisy = contrasted(graded(values), graded([value + (-1) ** n * 0.1 for n, value in enumerate(values)])).figures[0]
    assert noisy.tested is not None
    assert not noisy.tested.evident


def test_many_small_falls_do_not_make_a_large_rise_worse() -> None:
    found = contrasted(graded([0.5] * 100), graded([0.49] * 60 + [1.0] * 40)).figures[0]
    assert (found.better, found.worse, found.verdict) == (40, 60, "better")
    assert judgement(found) == "better (p < 0.001)"


@pytest.mark.parametrize("changed", [1, 2, 3, 5])
def test_a_few_changes_are_no_evidence_however_alike_they_are(changed: int) -> None:
    found = contrasted(graded([0.5] * 20), graded([0.6] * changed + [0.5] * (20 - changed))).figures[0]
    assert found.tested is not None
    assert (found.tested.p >= 2.0 ** (1 - changed), found.verdict) == (True, None)


def test_less_is_better_of_some_metrics() -> None:
    name = "abstention.answerable_refused"
    assert METRICS[name].lower_is_better
    one = contrasted(graded([0.0] * 9, name), graded([1.0] * 8 + [0.0], name)).figures[0]
    assert (one.better, one.worse) == (0, 8)
    assert (one.difference, one.verdict) == (pytest.approx(8 / 9), "worse")


def test_cases_are_paired_by_their_id_and_only_where_both_have_a_value() -> None:
    before = run_of(case("a", scores={"retrieval.hit@1": 1.0}), case("b", scores={"retrieval.hit@1": 0.0}), case("c"))
    now = run_of(case("b", scores={"retrieval.hit@1": 1.0}), case("a", scores={}), case("d"))
    found = contrasted(before, now)
    one = found.figures[0]
    assert one.metric == "retrieval.hit@1"
    assert one.tested is not None
    assert (one.tested.difference.n, one.better, one.worse) == (1, 1, 0)
    assert (found.only_before, found.only_now) == (("c",), ("d",))


def test_flips_come_with_what_was_wrong_then_and_now_those_that_fail_now_first() -> None:
    before = run_of(case("a", "no such fact"), case("b", said="Istanbul"), case("c", said="Rome"), case("d"))
    now = run_of(case("a"), case("b", "says none of [Istanbul]", said="Ankara"), case("c", said="Oslo"), case("d"))
    found = contrasted(before, now)
    told = [(flip.worse, flip.now.id, flip.before.failures, flip.now.failures) for flip in found.flips]
    assert told == [(True, "b", (), ("says none of [Istanbul]",)), (False, "a", ("no such fact",), ())]
    assert (found.flips[0].before.said, found.flips[0].now.said) == ("Istanbul", "Ankara")
    assert (found.moved, found.same) == (("c",), 1)


def test_what_a_case_took_is_no_difference() -> None:
    one = case("a")
    assert contrasted(run_of(one), run_of(replace(one, costs=replace(one.costs, seconds=9.0)))).same == 1


def test_runs_of_other_fixtures_cannot_be_compared() -> None:
    run = passing([True])
    with pytest.raises(ValueError, match="different fixtures"):
        contrasted(run, replace(run, fixtures="0" * 64))


def test_what_decides_results_and_differs_is_named() -> None:
    run = passing([True, True])
    other = replace(
        run,
        over=Over(3, 9, "c" * 64),
        judge=Judge("newsdesk", "d" * 64),
        provenance=replace(MADE, model="gpt", version="1.1"),
        code="e" * 64,
        prompts={"answer.md": "1234"},
        settings={"k": "4", "index": "exact"},
    )
    told = {one.what: (one.before, one.now) for one in contrasted(run, other).differences}
    assert told == {
        "library": ("2 articles, 9 passages (bbbbbbbbbbbb)", "3 articles, 9 passages (cccccccccccc)"),
        "judge": ("newsdesk (aaaaaaaaaaaa)", "newsdesk (dddddddddddd)"),
        "model": ("none", "gpt"),
        "version": ("1.0", "1.1"),
        "code": ("not recorded", "e" * 12),
        "prompt answer.md": ("none", "1234"),
        "setting k": ("10", "4"),
        "setting index": ("none", "exact"),
    }


def judged_by(one: Run, model: str) -> Run:
    return replace(one, settings={JUDGE_MODEL: model, JUDGE_PROMPT: "1"})


@pytest.mark.parametrize(
    ("metric", "other", "why"),
    [
        ("citations.recall", lambda run: replace(run, judge=Judge("newsdesk", "z")), "of another judge"),
        ("citations.recall", lambda run: replace(run, figures=()), "not in this run"),
        ("judged.correct", lambda run: judged_by(run, "gpt"), "of another model as judge"),
    ],
)
def test_a_figure_that_means_something_else_is_not_compared(metric: str, other: object, why: str) -> None:
    run = graded([1.0, 0.0], metric)
    (one,) = contrasted(run, other(run)).figures  # type: ignore[operator]
    assert (one.why, one.tested, one.difference, one.verdict) == (why, None, None, None)


def test_another_judge_does_not_hide_what_is_counted_without_it() -> None:
    run = graded([1.0, 0.0], "retrieval.hit@1")
    (one,) = contrasted(run, replace(run, judge=Judge("newsdesk", "z"))).figures
    assert one.tested is not None


def test_a_metric_that_this_version_does_not_know_is_not_compared() -> None:
    run = graded([1.0])
    strange = replace(run, figures=(replace(run.figures[0], metric="answers.charm"),))
    (one,) = contrasted(strange, strange).figures
    assert one.why == "not known to this version"


def test_empty_runs_are_compared() -> None:
    empty = run_of()
    assert contrasted(empty, empty).figures == ()


def test_what_is_made_of_other_metrics_is_compared_by_a_bootstrap_over_cases() -> None:
    kept, caught = "verification.supported_kept", "verification.unsupported_caught"

    def rows(right: int) -> Run:
        cases = [case(f"s{n}", scores={kept: 1.0}) for n in range(20)]
        cases += [case(f"u{n}", scores={caught: float(n < right)}) for n in range(20)]
        run = run_of(*cases)
        figure = replace(run.figures[0], metric="verification.balanced_accuracy", value=0.5 + right / 40, n=40)
        return replace(run, figures=(*run.figures, figure))

    one = contrasted(rows(18), rows(2)).figures[-1]
    assert one.metric == "verification.balanced_accuracy"
    assert one.tested is not None
    assert one.difference == pytest.approx(-0.4)
    assert one.tested.difference.value == pytest.approx(-0.4)
    assert -0.5 < one.tested.difference.low < one.tested.difference.high < -0.28
    assert one.tested.evident
    same = contrasted(rows(18), rows(18)).figures[-1]
    assert same.tested is not None
    assert (same.tested.p, same.tested.difference.value) == (1.0, 0.0)


def test_the_area_under_risk_is_compared_over_the_answers_that_both_gave() -> None:
    def run(wrong: set[int]) -> Run:
        cases = [case(f"q{n}", confidence=1 - n / 40, right=n not in wrong) for n in range(40)]
        area = replace(run_of(*cases).figures[0], metric="abstention.risk_area", value=len(wrong) / 40)
        return replace(run_of(*cases, case("refused", confidence=None, right=None)), figures=(area,))

    (one,) = contrasted(run({38, 39}), run(set(range(20)))).figures
    assert one.tested is not None
    assert (one.tested.difference.n, one.tested.evident) == (40, True)
    assert one.tested.difference.value > 0.5
    assert (one.difference, one.verdict) == (pytest.approx(18 / 40), "worse")  # less is better
