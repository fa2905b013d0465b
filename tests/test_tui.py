"""The app's pure parts: wrapping that keeps offsets, periods as they are typed, values in words."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, split_graphemes

from qa.config import Config, Role
from qa.errors import UsageError
from qa.period import Period, parse_as_of, parse_period
from qa.types import Citation, Claim, IngestReport, Progress, Verdict, Window
from tui import wording
from tui.wrap import line_at, wrapped

TODAY = date(2026, 2, 5)
SIGNS = [*"ab cé\n漢字 　🙂שא", "e\u0301", "❤\ufe0f", "👨\u200d👩\u200d👧", "🇹🇷", "\u200d", "\ufe0f"]
TEXTS = st.lists(st.sampled_from(SIGNS), max_size=200).map("".join)


@given(TEXTS, st.integers(1, 40))
def test_lines_hold_the_text_in_order_and_fit(text: str, width: int) -> None:
    lines = wrapped(text, width)
    for (_, end), (start, _) in pairwise(lines):
        assert text[end:start] in {"", " ", "\n", " \n"}
    assert (lines[0][0], lines[-1][1]) == (0, len(text)) or text[lines[-1][1] :] == " "
    for start, end in lines:
        assert cell_len(text[start:end]) <= width or len(split_graphemes(text[start:end])[0]) == 1
        assert "\n" not in text[start:end]


@given(TEXTS, st.integers(1, 40), st.data())
def test_a_character_is_on_the_line_that_is_found_for_it(text: str, width: int, data: st.DataObject) -> None:
    lines = wrapped(text, width)
    offset = data.draw(st.integers(0, len(text)))
    start, end = lines[line_at(lines, offset)]
    assert start <= offset <= max(end, start) + 1


def test_a_long_text_is_wrapped_at_once() -> None:
    lines = wrapped("word " * 400_000, 80)
    assert len(lines) == 25_000


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("", Period()),
        ("  2026-02-04 ", Period(day="2026-02-04")),
        ("yesterday", Period(day="2026-02-04")),
        ("4 February 2026", Period(day="2026-02-04")),
        ("today", Period(day="2026-02-05")),
        ("last Friday", Period(day="2026-01-30")),
        ("2 Feb", Period(day="2026-02-02")),
        ("all days", Period()),
        ("since Monday", Period(first="2026-02-02", last="2026-02-05")),
        ("this week", Period(first="2026-02-01", last="2026-02-05")),
        ("until Friday", Period(last="2026-02-05")),
        ("before 2 February", Period(last="2026-02-01")),
        ("last 7 days", Period(first="2026-01-30", last="2026-02-05")),
        ("from Monday to Wednesday", Period(first="2026-02-02", last="2026-02-04")),
        ("3 Jan - 5 January", Period(first="2026-01-03", last="2026-01-05")),
        ("last week to yesterday", Period(first="2026-01-26", last="2026-02-04")),
        ("last week", Period(first="2026-01-26", last="2026-02-01")),
        ("January", Period(first="2026-01-01", last="2026-01-31")),
        ("2026-02-01 to 2026-02-04", Period(first="2026-02-01", last="2026-02-04")),
        ("2026-02-01..2026-02-04", Period(first="2026-02-01", last="2026-02-04")),
    ],
)
def test_a_period_is_a_day_or_a_window(typed: str, period: Period) -> None:
    assert parse_period(typed, TODAY) == period


@pytest.mark.parametrize(
    ("typed", "as_of"),
    [("", None), ("today", None), ("2026-02-05", None), ("yesterday", "2026-02-04"), ("last  Friday", "2026-01-30")],
)
def test_an_as_of_day_is_one_day_and_none_to_come(typed: str, as_of: str | None) -> None:
    assert parse_as_of(typed, TODAY) == as_of


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("last week", "more than a day"),
        ("2026-02-06", "still to come"),
        ("2026-02-30", "no day"),
        ("soon", "no day"),
        ("x" * 100_000, "no day"),
    ],
)
def test_what_is_no_as_of_day_is_refused_with_a_remedy(typed: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        parse_as_of(typed, TODAY)
    assert refused.value.hint


@pytest.mark.parametrize(
    "typed", ["2026-02-31", "soon", "2026-02-01 to soon", "2026-02-04 to 2026-02-01", "x" * 10_000, "1" * 100_000]
)
def test_what_is_no_period_is_refused_with_a_remedy(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_period(typed, TODAY)
    assert refused.value.hint


def test_verdicts_are_told_by_shape_and_word() -> None:
    assert [wording.badge(verdict).plain for verdict in Verdict] == [
        "● supported",
        "◐ weak",
        "✗ unsupported",
        "○ uncited",
    ]


def test_a_sentence_shows_its_numbers_and_what_is_wrong_with_it() -> None:
    cited = Citation(2, "a", 1, "T", None, None, "text", 0, 1, "q")
    claim = Claim("It is 35.", 0, 9, (cited, cited), Verdict.UNSUPPORTED, ("says 35; the article says 53",))
    assert wording.sentence(claim).plain == "It is 35. [2]\n✗ unsupported · says 35; the article says 53"


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (None, "all days"),
        (Window(), "all days"),
        (Window(date(2026, 2, 4), date(2026, 2, 4)), "2026-02-04"),
        (Window(date(2026, 2, 1), None, "--from 2026-02-01"), "from 2026-02-01"),
        (Window(None, date(2026, 2, 1)), "to 2026-02-01"),
        (Window(date(2026, 1, 26), date(2026, 2, 1), "last week"), "2026-01-26 to 2026-02-01 (last week)"),
    ],
)
def test_a_window_in_words(window: Window | None, said: str) -> None:
    assert wording.window(window) == said


EMBEDDER = {"embedder": "e", "embedder_url": "https://embed.example/v1"}
BOTH = "articles and questions are sent there"
ALL = EMBEDDER | {"model": "m", "store": "https://news.example"}
NOTHING = "extractive: nothing leaves this machine"
HERE = {"model": "m", "base_url": "http://localhost:11434/v1", "store": "http://[::1]:8000"}


@pytest.mark.parametrize(
    ("settings", "decided", "said"),
    [
        ({}, {}, [NOTHING]),
        (HERE, {}, ["m at localhost:11434: on this machine", "store at [::1]:8000: on this machine"]),
        ({"model": "m"}, {}, ["! asks before sending to m at api.openai.com"]),
        ({"model": "m"}, {"model": True}, ["! m at api.openai.com: articles are sent there"]),
        ({"model": "m"}, {"model": False}, [NOTHING, "nothing sent to m at api.openai.com"]),
        (EMBEDDER, {}, ["! asks before sending to embedder e at embed.example", "extractive"]),
        (EMBEDDER, {"embedder": True}, [f"! embedder e at embed.example: {BOTH}", "extractive"]),
        ({"store": "http://127.0.0.1:8000"}, {}, [NOTHING, "store at 127.0.0.1:8000: on this machine"]),
        (
            ALL,
            {},
            ["! asks before sending to embedder e at embed.example, m at api.openai.com, store at news.example"],
        ),
        (
            ALL,
            {"embedder": False, "model": False, "store": True},
            [
                "! store at news.example: all articles are sent there",
                "extractive",
                "nothing sent to embedder e at embed.example, m at api.openai.com",
            ],
        ),
    ],
)
def test_what_leaves_this_machine_is_said_for_each_server(
    settings: dict[str, Any], decided: dict[Role, bool], said: list[str]
) -> None:
    leaving = wording.leaving(Config(**settings), decided)
    assert [words if safe else f"! {words}" for words, safe in leaving] == said


def test_dates_and_progress_and_ingests_in_words() -> None:
    assert wording.when(None) == "undated"
    assert wording.when("2026-02-04T10:30:00+03:00", TODAY) == "2026-02-04 10:30 +03:00, the day before"
    assert wording.progress(Progress("embedding", 1000, 2000, 12.3)) == "embedding 1,000 of 2,000, about 12 s left"
    assert wording.progress(Progress("reaching the shared store", 0, 0)) == "reaching the shared store"
    assert wording.progress(Progress("reading", 200, 0)) == "reading, 200 article(s) so far"
    assert wording.ingested(IngestReport()) == "nothing found there"
    assert wording.ingested(IngestReport(new=2, failed=1)) == "2 new, 1 failed"
    assert wording.ingested(IngestReport(new=2, complete=False)) == "stopped: 2 new; what was read is kept"
