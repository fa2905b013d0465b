"""The operators of every question box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.engine import Engine
from qa.errors import UsageError
from qa.operators import Typed, parse_operators
from qa.retrieve import notices, resolve, retrieve


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ('"coalition of the willing"', Typed('"coalition of the willing"', ("coalition of the willing",))),
        ('who said "no"', Typed('who said "no"')),
        ("US-Iran talks -Istanbul", Typed("US-Iran talks", without=("Istanbul",))),
        ("minus - sign and -3 degrees", Typed("minus - sign and -3 degrees")),
        ('talks source:"The Hill" source:CNN', Typed("talks", sources=("The Hill", "CNN"))),
        ("talks before:2026-02-05 after:2026-02-01", Typed("talks", before="2026-02-05", after="2026-02-01")),
        ("the outsource:x of source: nothing", Typed("the outsource:x of source: nothing")),
        ("", Typed("")),
    ],
)
def test_operators_are_taken_out_of_a_question(question: str, typed: Typed) -> None:
    assert parse_operators(question) == typed


@given(st.text(alphabet='ab "-:source before after 2026', max_size=120))
def test_any_text_can_be_parsed_and_parsing_ends(question: str) -> None:
    assert len(parse_operators(question).text) <= len(question)


def found(engine: Engine, question: str) -> set[str | None]:
    return {hit.article.source for hit in retrieve(engine, resolve(engine, question), 10).hits}


def test_a_phrase_must_stand_together(seeds_engine: Engine) -> None:
    hits = retrieve(seeds_engine, resolve(seeds_engine, '"Coalition of the Willing"'), 10).hits
    assert hits
    assert all("coalition of the willing" in hit.passage.text.lower() for hit in hits)


def test_a_phrase_that_stands_nowhere_is_dropped_and_said(seeds_engine: Engine) -> None:
    result = retrieve(seeds_engine, resolve(seeds_engine, 'talks "willing coalition of"'), 10)
    assert result.hits
    assert result.dropped == ("willing coalition of",)
    assert any("willing coalition of" in notice.text for notice in notices(result))


def test_a_word_with_a_minus_stands_in_no_hit(seeds_engine: Engine) -> None:
    hits = retrieve(seeds_engine, resolve(seeds_engine, "talks -Istanbul -Türkiye"), 10).hits
    assert all("istanbul" not in f"{hit.article.title} {hit.passage.text}".lower() for hit in hits)
    assert {hit.article.source for hit in hits} <= {None, "MENAFN"}


def test_source_and_days(seeds_engine: Engine) -> None:
    assert found(seeds_engine, "talks source:menafn") == {"MENAFN"}
    assert found(seeds_engine, "talks after:2026-02-03 before:2026-02-05") == {"MENAFN"}
    assert found(seeds_engine, "talks after:2026-02-04") == set()
    assert found(seeds_engine, "talks before:2026-01-27") == set()
    assert found(seeds_engine, "talks before:2026-01-28") == {None}


@pytest.mark.parametrize("question", ["source:menafn", "-talks", "talks source:nobody", "x after:2026-02-30"])
def test_what_cannot_be_asked_is_said(seeds_engine: Engine, question: str) -> None:
    with pytest.raises(UsageError):
        resolve(seeds_engine, question)


def test_a_window_that_no_day_is_in_is_refused(seeds_engine: Engine) -> None:
    with pytest.raises(UsageError, match="no day is after"):
        resolve(seeds_engine, "talks after:2026-02-04 before:2026-02-05")
