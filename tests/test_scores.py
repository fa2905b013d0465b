"""Scores read from a model's reply: the two forms, and everything that is neither."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.scores import HIGHEST, read_scores


@pytest.mark.parametrize(
    "reply",
    [
        "1: 0\n2: 7.5\n3: 10",
        "Here are the scores:\n\n- [1]: 0\n- [2]: 7.5/10\n- [3]: 10 / 10.",
        "passage 1: 0\r\nPassage [2] = 7.5,\r\n 3 : 10;",
        "```\n1: 0\n2: 7.5\n3: 10\n```",
        '{"1": 0, "2": 7.5, "3": 10}',
        '```json\n{"scores": {"1": 0, "2": 7.5, "3": 10}}\n```',
        '[{"passage": 1, "score": 0}, {"passage": "2", "score": 7.5}, {"score": 10, "passage": 3, "why": "names it"}]',
        '{"scores": [{"passage": 1, "score": 0}, 5, {"passage": 2, "score": 7.5}, {"passage": 3, "score": 1e1}]}',
        "1: 0\n2: 7.5\n3: 10\n31: 9\n0: 9\n9999: 9",
        '{"1": 0, "2": 7.5, "3": 10, "31": 9, "-1": 9, "x": 9, "": 9}',
        "1: 0\n1: 0.0\n2: 7.5\n3: 10",
    ],
)
def test_lines_and_json_are_read_and_unknown_numbers_passed_over(reply: str) -> None:
    assert read_scores(reply, 30) == {1: 0.0, 2: 7.5, 3: 10.0}


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "scores no passage"),
        ("I cannot do that.", "scores no passage"),
        ("31: 5", "scores no passage"),
        ("{}", "scores no passage"),
        ("[]", "scores no passage"),
        ("[1]", "scores no passage"),
        ("[[1, 5]]", "scores no passage"),
        ("5", "scores no passage"),
        ('{"1": 5', "scores no passage"),
        ('"1: 5"', "scores no passage"),
        ("[" * 100_000, "scores no passage"),
        ("1: " + "9" * 5_000, "scores no passage"),
        ("1" * 5_000 + ": 9", "scores no passage"),
        ("1: 5\n2: 70", "not from 0 to 10"),
        ("1: 5\n31: 70", "not from 0 to 10"),
        ("1: 5\n2: -1", "not from 0 to 10"),
        ("1: 5\n2: nan", "not from 0 to 10"),
        ("1: 5\n2: Infinity", "not from 0 to 10"),
        ("1: 5\n2: 1e999", "not from 0 to 10"),
        ('{"1": NaN}', "not from 0 to 10"),
        ('{"1": -Infinity}', "not from 0 to 10"),
        ('{"1": 1e999}', "not from 0 to 10"),
        ('{"1": 10.01}', "not from 0 to 10"),
        ('{"1": 1' + "0" * 400 + "}", "not from 0 to 10"),
        ('{"1": "5"}', "not numbers"),
        ('{"1": true}', "not numbers"),
        ('{"1": null}', "not numbers"),
        ('[{"passage": 1}]', "not numbers"),
        ("1: 5\n1: 6", "passage 1 two scores"),
        ('{"1": 5, "1": 6}', "passage 1 two scores"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(reply: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_scores(reply, 30)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["1", "2", "passage", "score"]), inner),
    max_leaves=8,
)


@given(st.text() | _JSON.map(json.dumps) | st.lists(st.from_regex(r"\[?\d{1,3}\]?: -?\d{1,3}\.?\d?")).map("\n".join))
def test_any_reply_gives_scores_of_known_passages_within_the_scale_or_a_reason(reply: str) -> None:
    scores: dict[int, float] = {}
    why = ""
    try:
        scores = read_scores(reply, 5)
    except ValueError as error:
        why = str(error)
    assert bool(scores) != why.startswith("it")
    assert set(scores) <= {1, 2, 3, 4, 5}
    assert all(type(score) is float and 0.0 <= score <= HIGHEST for score in scores.values())


@given(st.dictionaries(st.integers(1, 30), st.integers(0, 1_000).map(lambda n: n / 100), min_size=1))
def test_both_forms_are_read_back(scores: dict[int, float]) -> None:
    assert read_scores("\n".join(f"{n}: {score}" for n, score in scores.items()), 30) == scores
    assert read_scores(json.dumps(scores), 30) == scores
    assert read_scores(json.dumps([{"passage": n, "score": s} for n, s in scores.items()]), 30) == scores
