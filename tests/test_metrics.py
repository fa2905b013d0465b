"""Metrics agree with the tools that define them; their figures below were printed by pytrec_eval and rouge-score."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.metrics import (
    area_under_risk,
    citation_score,
    compared,
    contains,
    exact_match,
    fact_score,
    hit,
    interval,
    mcnemar,
    ndcg,
    recall,
    reciprocal_rank,
    risk_coverage,
    rouge,
    token_f1,
)

RUNS = [
    ("d7 d11 d3 d10 d8 d4 d9 d1 d0 d6 d2", {"d0": 2, "d1": 0, "d6": 1}, (0.1111111111, 1.0, 0.3387109886)),
    ("d3 d9 d2", {"d0": 2, "d8": 2, "d2": 1}, (0.3333333333, 0.3333333333, 0.1329129913)),
    ("d7 d6 d3 d10 d5 d11 d0 d2 d4 d9 d1", {"d9": 3, "d0": 2}, (0.1428571429, 1.0, 0.3599042022)),
    ("d11 d0 d1 d2 d9", {"d1": 3, "d9": 2, "d4": 1, "d0": 2}, (0.5, 0.75, 0.6210878739)),
    ("d5 d6 d0 d2 d10 d3 d9 d8 d1", {"d10": 3, "d1": 3, "d0": 2}, (0.3333333333, 1.0, 0.5198978401)),
    ("d1 d9 d4", {"d10": 2, "d9": 1, "d7": 0, "d4": 2, "d0": 2}, (0.5, 0.5, 0.3475582778)),
]
SUMMARIES = [
    (
        ["The quake killed 35 people on Monday.", "Rescuers searched the rubble."],
        ["Rescuers searched the rubble of the city on Tuesday.", "The quake killed 53 people, officials said."],
        (0.6666666667, 0.4, 0.2962962963, 0.6666666667),
    ),
    (["A a b b c."], ["b a c.", "a b."], (1.0, 0.25, 0.6, 0.8)),
    (["Nothing shared here"], ["wholly other words"], (0.0, 0.0, 0.0, 0.0)),
    (
        ["talks are in Istanbul", "talks are in Istanbul"],
        ["the talks are held in Istanbul", "Istanbul hosts talks"],
        (0.7058823529, 0.2666666667, 0.5882352941, 0.5882352941),
    ),
]


@pytest.mark.parametrize("text", ["Istanbul—the largest city", "the 1990–Istanbul line", "so… Istanbul…it is"])
def test_dashes_and_dots_that_join_words_separate_them(text: str) -> None:
    assert contains(text, ["Istanbul"])
    assert not contains("an Istanbul-born writer", ["Istanbul"])  # a hyphen makes one word, as in SQuAD


@pytest.mark.parametrize(("ranked", "gains", "figures"), RUNS)
def test_a_ranked_list_is_scored_as_trec_eval_does(
    ranked: str, gains: dict[str, float], figures: tuple[float, ...]
) -> None:
    run, relevant = ranked.split(), {one for one, gain in gains.items() if gain > 0}
    ours = (reciprocal_rank(run, relevant, 1000), recall(run, relevant, 10), ndcg(run, gains, 10))
    assert ours == pytest.approx(figures, abs=1e-9)
    assert (hit(run, relevant, 1), hit(run, relevant, 10)) == (0.0, 1.0)


def test_what_stands_below_k_or_twice_counts_nothing() -> None:
    assert reciprocal_rank(["a", "b"], {"b"}, 1) == 0.0
    assert recall(["b", "b"], {"b", "c"}, 2) == 0.5
    assert ndcg(["b", "b"], {"b": 1, "c": 1}, 2) < 1.0
    assert ndcg(["b"], {"b": 1, "c": -1}, 2) == 1.0


def test_facts_are_counted_as_multihop_rag_counts_them() -> None:
    score = fact_score(["x", "the  first fact", "both: the first fact and second", "-"], ["the first fact", "second"])
    assert (score.hits4, score.hits10, score.mrr10, score.recall10, score.all10) == (1.0, 1.0, 0.5, 1.0, 1.0)
    assert score.map10 == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert fact_score([*["x"] * 4, "fact"], ["fact"]).hits4 == 0.0
    assert fact_score([*["x"] * 10, "fact"], ["fact"]).hits10 == 0.0


@pytest.mark.parametrize(("summary", "reference", "figures"), SUMMARIES)
def test_rouge_is_that_of_rouge_score(summary: list[str], reference: list[str], figures: tuple[float, ...]) -> None:
    ours = rouge(summary, reference)
    assert (ours.rouge1, ours.rouge2, ours.rouge_l, ours.rouge_lsum) == pytest.approx(figures, abs=1e-9)


def test_answers_are_compared_without_case_punctuation_and_articles() -> None:
    assert contains("They meet in “Istanbul”.", ["istanbul"])
    assert not contains("They meet in Istanbulli.", ["istanbul", "the", ""])
    assert exact_match("The U.S.", ["us"])
    assert token_f1("in the city of Istanbul", ["Istanbul", "Ankara"]) == pytest.approx(2 / 5)
    assert token_f1("", ["x"]) == token_f1("x", []) == 0.0


def test_citations_are_counted_as_alce_counts_them() -> None:
    """Supported when every word of the sentence stands in the texts."""

    def judge(texts: object, sentence: str) -> bool:
        return set(sentence.split()) <= set(" ".join(texts).split())  # type: ignore[call-overload]

    score = citation_score(
        [
            ("a b", ["a", "b", "c"]),  # both are needed, c is not
            ("a", ["a", "a b"]),  # each is enough
            ("a b", ["a"]),  # not supported
            ("a", []),  # without citation
        ],
        judge,
    )
    assert (score.recall, score.precision, score.sentences, score.citations) == (2 / 4, 4 / 6, 4, 6)
    assert citation_score([], judge).recall == citation_score([("a", [])], judge).precision == 0.0


def test_the_risk_at_each_coverage_and_its_area() -> None:
    outcomes = [(0.9, True), (0.5, True), (0.8, True), (0.5, False), (0.1, False)]
    assert [(p.coverage, p.risk) for p in risk_coverage(outcomes)] == [(0.2, 0), (0.4, 0), (0.8, 0.25), (1.0, 0.4)]
    assert area_under_risk(outcomes) == pytest.approx(0.4 * 0.25 + 0.2 * 0.4)
    assert area_under_risk([]) is None


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert [mcnemar(0, 0), mcnemar(5, 5), mcnemar(0, 5)] == [1.0, 1.0, 2 * 0.5**5]
    assert mcnemar(1, 9) == mcnemar(9, 1) == pytest.approx(2 * (1 + 10) / 2**10)


def test_two_runs_differ_only_when_there_is_evidence() -> None:
    same = compared([1.0, 0.0, 1.0] * 20, [1.0, 0.0, 1.0] * 20)
    assert (same.p, same.evident, same.better, same.worse) == (1.0, False, 0, 0)
    worse = compared([1.0] * 30, [0.0] * 8 + [1.0] * 22)
    assert worse.evident
    assert worse.test.startswith("McNemar")
    assert worse.difference.value == pytest.approx(-8 / 30)
    assert worse.difference.high < 0
    graded = compared([0.5] * 40, [0.6] * 39 + [0.5])
    assert graded.evident
    assert graded.test == "paired bootstrap"
    assert not compared([0.2, 0.9], [0.9, 0.3]).evident
    with pytest.raises(ValueError, match="no cases"):
        compared([], [])
    with pytest.raises(ValueError, match="zip"):
        compared([1.0], [])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_an_interval_holds_its_mean_and_repeats(values: list[float]) -> None:
    one, again = interval(values), interval(values)
    assert one == again
    assert min(values) - 1e-9 <= one.low <= one.high <= max(values) + 1e-9
    assert one.value == pytest.approx(math.fsum(values) / len(values))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=8))
def test_the_order_of_cases_changes_no_area(outcomes: list[tuple[float, bool]]) -> None:
    areas = {area_under_risk(list(order)) for order in itertools.islice(itertools.permutations(outcomes), 6)}
    assert len(areas) == 1
