"""Windows: the days that the words of a question mean, seen from an as-of date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.dates import DAY_NAMES
from qa.types import Query, Window
from qa.windows import window_of

THURSDAY = date(2026, 2, 5)


def day(text: str) -> date:
    return date.fromisoformat(text)


WINDOWS = [
    # a week or longer: days of publication
    ("What did Fidan discuss with Barrot last week?", "2026-01-26", "2026-02-01", "last week"),
    ("What happened this week?", "2026-02-01", "2026-02-05", "this week"),
    ("What happened in the previous week?", "2026-01-26", "2026-02-01", "in the previous week"),
    ("Over the past week, who resigned?", "2026-01-29", "2026-02-05", "Over the past week"),
    ("Who resigned last month?", "2026-01-01", "2026-01-31", "last month"),
    ("Who resigned this month?", "2026-02-01", "2026-02-05", "this month"),
    ("Who resigned last year?", "2025-01-01", "2025-12-31", "last year"),
    ("Who resigned this year?", "2026-01-01", "2026-02-05", "this year"),
    ("Who resigned in January?", "2026-01-01", "2026-01-31", "in January"),
    ("Who resigned in February?", "2026-02-01", "2026-02-05", "in February"),
    ("Who resigned in December?", "2025-12-01", "2025-12-31", "in December"),
    ("Who resigned in May 2024?", "2024-05-01", "2024-05-31", "in May 2024"),
    ("Who resigned in Sept. 2025?", "2025-09-01", "2025-09-30", "in Sept. 2025"),
    ("Who resigned during late January?", "2026-01-01", "2026-01-31", "during late January"),
    ("What was said at the end of January?", "2026-01-01", "2026-01-31", "at the end of January"),
    ("Who resigned in 2024?", "2024-01-01", "2024-12-31", "in 2024"),
    ("What changed in the past ten days?", "2026-01-27", "2026-02-05", "in the past ten days"),
    ("What changed in the last 3 weeks?", "2026-01-15", "2026-02-05", "in the last 3 weeks"),
    ("What changed in the last couple of weeks?", "2026-01-22", "2026-02-05", "in the last couple of weeks"),
    ("What changed two weeks ago?", "2026-01-19", "2026-01-25", "two weeks ago"),
    ("What changed since last week?", "2026-01-26", "2026-02-05", "since last week"),
    ("What changed since January?", "2026-01-01", "2026-02-05", "since January"),
    ("What changed since May 2024?", "2024-05-01", "2026-02-05", "since May 2024"),
    ("What changed since 2024?", "2024-01-01", "2026-02-05", "since 2024"),
    ("What changed since Tuesday?", "2026-02-03", "2026-02-05", "since Tuesday"),
    ("What changed since 20 January?", "2026-01-20", "2026-02-05", "since 20 January"),
    ("What changed between 20 January and 1 February?", "2026-01-20", "2026-02-01", None),
    ("What changed between 28 December and 3 January?", "2025-12-28", "2026-01-03", None),
    ("What changed from January 3 to January 9, 2024?", "2024-01-03", "2024-01-09", None),
    ("What changed between Monday and Wednesday?", "2026-02-02", "2026-02-04", None),
    ("What changed from 2026-01-03 until 2026-03-09?", "2026-01-03", "2026-02-05", None),
    # a day: when it happened, so also the days in which it is reported
    ("What did Barrot say on Tuesday?", "2026-02-03", "2026-02-05", "on Tuesday"),
    ("What did Barrot say on Friday?", "2026-01-30", "2026-02-02", "on Friday"),
    ("What did Barrot say on Thursday?", "2026-02-05", "2026-02-05", "on Thursday"),
    ("What did Barrot say last Thursday?", "2026-01-29", "2026-02-01", "last Thursday"),
    ("What did Barrot say yesterday?", "2026-02-04", "2026-02-05", "yesterday"),
    ("What did Barrot say today?", "2026-02-05", "2026-02-05", "today"),
    ("What did Barrot say on 4 February?", "2026-02-04", "2026-02-05", "on 4 February"),
    ("What did Barrot say on the 27 January?", "2026-01-27", "2026-01-30", "on the 27 January"),
    ("What did Barrot say on January 27th, 2026?", "2026-01-27", "2026-01-30", "on January 27th, 2026"),
    ("What did Barrot say on Tuesday, 27 January?", "2026-01-27", "2026-01-30", "on Tuesday, 27 January"),
    ("What did Barrot say on 2026-01-27?", "2026-01-27", "2026-01-30", "on 2026-01-27"),
    ("What did Barrot say on 10 February?", "2025-02-10", "2025-02-13", "on 10 February"),
    ("What did Barrot say on 29 February?", "2024-02-29", "2024-03-03", "on 29 February"),
    ("What did Barrot say 3 days ago?", "2026-02-02", "2026-02-05", "3 days ago"),
    ("What did Barrot say a few days ago?", "2026-02-02", "2026-02-05", "a few days ago"),
    ("What happened last weekend?", "2026-01-31", "2026-02-04", "last weekend"),
    # open on one side
    ("What did Barrot say until 1 February?", None, "2026-02-01", "until 1 February"),
    ("What did Barrot say before 1 February?", None, "2026-01-31", "before 1 February"),
    ("What did Barrot say before January?", None, "2025-12-31", "before January"),
    ("What did Barrot say by Tuesday?", None, "2026-02-03", "by Tuesday"),
    ("How many had died as of 3 February?", None, "2026-02-03", "as of 3 February"),
    ("What did Barrot say after 1 February?", "2026-02-02", "2026-02-05", "after 1 February"),
    ("What did Barrot say after January?", "2026-02-01", "2026-02-05", "after January"),
    # an event with its day
    ("What was said before the talks on Friday?", None, "2026-02-05", "before the talks on Friday"),
    ("What was said before the talks on Tuesday?", None, "2026-02-03", "before the talks on Tuesday"),
    ("What did he ask ahead of Tuesday's talks?", None, "2026-02-03", "ahead of Tuesday's"),
    ("What did he say after meeting Barrot on Tuesday?", "2026-02-03", "2026-02-05", "after meeting Barrot on Tuesday"),
    ("What changed since Friday's talks?", "2026-01-30", "2026-02-05", "since Friday's"),
    ("Who has fled since the war began in 2022?", "2022-01-01", "2026-02-05", "since the war began in 2022"),
    ("How many died in last week's attack?", "2026-01-26", "2026-02-04", "in last week's"),
    ("How many died in the attack on 7 October 2023?", "2023-10-07", "2026-02-05", "on 7 October 2023"),
    ("How many died in the attack in March 2023?", "2023-03-01", "2026-02-05", "in March 2023"),
    ("What did Barrot say on 7 October 2023?", "2023-10-07", "2023-10-10", "on 7 October 2023"),
    ("Who won last year's election?", "2025-01-01", "2026-02-05", "last year's"),
    ("What did the October 7 attacks change?", None, None, None),
    ("How many died in the October 7 attack?", None, None, None),
    ("How many died in the 3 February attack?", "2026-02-03", "2026-02-05", "in the 3 February"),
    # ranges, parts and other spellings
    ("What happened 3-5 February?", "2026-02-03", "2026-02-05", "3-5 February"),
    ("What happened on 28–30 January?", "2026-01-28", "2026-01-30", "on 28–30 January"),
    ("What happened from 3 to 9 January 2025?", "2025-01-03", "2025-01-09", "from 3 to 9 January 2025"),
    ("What happened on January 3-9, 2025?", "2025-01-03", "2025-01-09", "on January 3-9, 2025"),
    ("What happened between January and March 2025?", "2025-01-01", "2025-03-31", None),
    ("What happened from 2023 to 2024?", "2023-01-01", "2024-12-31", "from 2023 to 2024"),
    ("What happened Monday through Wednesday?", "2026-02-02", "2026-02-04", "Monday through Wednesday"),
    ("What happened in December and January?", "2025-12-01", "2026-01-31", "in December and January"),
    ("What happened in the week of 20 January?", "2026-01-19", "2026-01-25", "in the week of 20 January"),
    ("What happened in the first week of January?", "2026-01-01", "2026-01-07", "in the first week of January"),
    ("What happened the week before last?", "2026-01-19", "2026-01-25", "the week before last"),
    ("What happened the day before yesterday?", "2026-02-03", "2026-02-05", "the day before yesterday"),
    ("What happened last night?", "2026-02-04", "2026-02-05", "last night"),
    ("What happened this morning?", "2026-02-05", "2026-02-05", "this morning"),
    ("What happened in the last 48 hours?", "2026-02-03", "2026-02-05", "in the last 48 hours"),
    ("What happened over the weekend?", "2026-01-31", "2026-02-04", "over the weekend"),
    ("What happened this weekend?", "2026-01-31", "2026-02-04", "this weekend"),
    ("What happened earlier this year?", "2026-01-01", "2026-02-05", "this year"),
    ("What happened since the start of the year?", "2026-01-01", "2026-02-05", "since the start of the year"),
    ("What happened a month ago?", "2026-01-01", "2026-01-31", "a month ago"),
    ("What happened Feb. 4?", "2026-02-04", "2026-02-05", "Feb. 4"),
    ("What happened on the 4th of February?", "2026-02-04", "2026-02-05", "on the 4th of February"),
    ("What happened October 2025?", "2025-10-01", "2025-10-31", "October 2025"),
    ("Who met Wednesday?", "2026-02-04", "2026-02-05", "Wednesday"),
    ("What did Tuesday's talks bring?", "2026-02-03", "2026-02-05", "Tuesday's"),
    ("What happened on 2 February or around 3 February?", "2026-01-31", "2026-02-05", "around 3 February"),
    ("How many fled the country in August last year?", "2025-08-01", "2025-08-31", "in August last year"),
    ("Who is in this year's game, as was told this week?", "2026-02-01", "2026-02-05", "this week"),
    ("Who lifted the rules made after the borders shut in 2020 this week?", "2026-02-01", "2026-02-05", "this week"),
    ("How much did it lose in the quarter ending January 31?", None, None, None),
    ("Which word was chosen for 2025?", None, None, None),
    # names and other readings
    ("What did the Sunday Times report?", None, None, None),
    ("What does the sunday times say of it?", None, None, None),
    ("According to USA Today, who won?", None, None, None),
    ("What did the Today programme say?", None, None, None),
    ("Who won on Super Tuesday?", None, None, None),
    ("What did shops earn on Black Friday?", None, None, None),
    ("What did Wednesday Addams do?", None, None, None),
    ("Where will they meet next Friday?", None, None, None),
    ("What happened in March Madness?", None, None, None),
    ("Who came after May?", None, None, None),
    ("What has happened since May resigned?", None, None, None),
    ("Who will march on Washington?", None, None, None),
    ("What did he do in his last year in office?", None, None, None),
    ("What is the second option?", None, None, None),
    ("Who lost in 2000 votes?", None, None, None),
    ("What happens on 10 February?", None, None, None),
    ("Will emissions fall by 2030?", None, None, None),
    ("What must change before 2030?", None, None, None),
    # spelt with letters that fold to others
    ("What did Barrot say on Frıday?", "2026-01-30", "2026-02-02", "on Frıday"),
    ("What did Barrot say on ſunday?", "2026-02-01", "2026-02-04", "on ſunday"),
    # none
    ("Where are the talks expected to take place?", None, None, None),
    ("Will they meet on Friday?", None, None, None),
    ("What is scheduled for today?", None, None, None),
    ("What may Barrot say?", None, None, None),
    ("Who demanded the resignation of May?", None, None, None),
    ("What did they ask of Jan Lipavský?", None, None, None),
    ("What did March for Life ask?", None, None, None),
    ("What happened on 30 February?", None, None, None),
    ("What happened on 31 April 2025?", None, None, None),
    ("What happened in May 0000?", None, None, None),
    ("What happened in December 9999?", None, None, None),
    ("What happens this weekend?", None, None, None),
    ("What happened in March 2027?", None, None, None),
    ("What changed between 3 February 2026 and 1 January 2026?", None, None, None),
    ("What happened 999 weeks ago in the last 999 years?", "2006-12-11", "2006-12-17", None),
    ("", None, None, None),
]


@pytest.mark.parametrize(("question", "start", "end", "why"), WINDOWS, ids=[row[0] or "empty" for row in WINDOWS])
def test_the_window_of_a_question(question: str, start: str | None, end: str | None, why: str | None) -> None:
    found = window_of(question, THURSDAY)
    if end is None:
        assert found is None
        return
    assert found is not None
    assert (found.start, found.end) == (day(start) if start else None, day(end))
    assert found.why in question
    assert why is None or found.why == why


@pytest.mark.parametrize(
    ("question", "as_of", "start", "end"),
    [
        ("last week", "2026-01-02", "2025-12-22", "2025-12-28"),
        ("last month", "2026-01-02", "2025-12-01", "2025-12-31"),
        ("this week", "2026-01-02", "2025-12-28", "2026-01-02"),
        ("last month", "2024-03-31", "2024-02-01", "2024-02-29"),
        ("in February", "2024-03-01", "2024-02-01", "2024-02-29"),
        ("on 29 February", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("on 29 February", "2024-02-28", "2020-02-29", "2020-03-03"),
        ("yesterday", "2024-03-01", "2024-02-29", "2024-03-01"),
        ("last year", "2024-02-29", "2023-01-01", "2023-12-31"),
        ("on Sunday", "2026-02-08", "2026-02-08", "2026-02-08"),
        ("last Sunday", "2026-02-08", "2026-02-01", "2026-02-04"),
        ("this weekend", "2026-02-08", "2026-02-07", "2026-02-08"),
        ("last weekend", "2026-02-08", "2026-01-31", "2026-02-04"),
        ("last week", "2026-02-01", "2026-01-19", "2026-01-25"),
        ("last week", "2026-02-02", "2026-01-26", "2026-02-01"),
    ],
)
def test_windows_at_the_edges_of_weeks_months_and_years(question: str, as_of: str, start: str, end: str) -> None:
    assert window_of(question, day(as_of)) == Window(day(start), day(end), question)


WORDS = st.lists(
    st.sampled_from(
        "last this past previous the in on since between and from to until during of for over ago today yesterday week "
        "weekend month year days weeks years Monday Sunday fortnight January Feb. may 29 31 30 1 12 999 0000 2026 9999 "
        "2026-02-30 0001-01-01 9999-12-31 couple a few two of will said Frıday ſunday ٣ ² İ before after by the talks "
        "May Friday's hours first half night around 3-5 Q3 through".split()
    ),
    max_size=9,
).map(" ".join)


@given(WORDS | st.text(), st.dates())
def test_a_window_never_ends_after_the_as_of_date_and_no_text_is_too_odd(question: str, as_of: date) -> None:
    found = window_of(question, as_of)
    if found is not None:
        assert found.end is not None
        assert (found.start or date.min) <= found.end <= as_of
        assert found.why in question
        assert found.why


@given(WORDS, st.dates())
def test_the_words_of_an_event_stay_in_what_is_searched(question: str, as_of: date) -> None:
    found = window_of(question, as_of)
    if found is not None and found.about:
        text = " ".join(question.split())
        assert found.about in found.why
        assert Query(text, as_of, window=found).topic == " ".join(text.replace(found.why, found.about, 1).split())


SPELLINGS = ("%Y-%m-%d", "{0.day} %B %Y", "{0.day} of %B %Y", "%B {0.day}, %Y", "%b {0.day}, %Y", "%A, {0.day} %b %Y")


@given(st.dates(date(1990, 1, 1), date(2089, 12, 31)), st.sampled_from(SPELLINGS), st.integers(0, 9_000))
def test_a_day_is_read_in_every_spelling(happened: date, spelling: str, later: int) -> None:
    as_of = happened + timedelta(days=later)
    written = happened.strftime(spelling.format(happened))
    reported = min(happened + timedelta(days=3), as_of)
    assert window_of(f"What did Barrot say on {written}?", as_of) == Window(happened, reported, f"on {written}")
    assert window_of(f"What changed since {written}?", as_of) == Window(happened, as_of, f"since {written}")
    assert window_of(f"What was said until {written}?", as_of) == Window(None, happened, f"until {written}")
    eve = happened - timedelta(days=1)
    assert window_of(f"What was said before {written}?", as_of) == Window(None, eve, f"before {written}")


@given(st.dates(date(1990, 1, 1), date(2089, 12, 31)), st.sampled_from(DAY_NAMES))
def test_a_weekday_is_one_of_the_last_seven_days(as_of: date, name: str) -> None:
    found = window_of(f"What did Barrot say on {name}?", as_of)
    assert found is not None
    assert found.start is not None
    assert f"{found.start:%A}".lower() == name
    assert timedelta(0) <= as_of - found.start < timedelta(days=7)


@given(st.dates(date(1990, 1, 1), date(2089, 12, 31)), st.integers(1, 60), st.sampled_from(["last", "past"]))
def test_the_last_days_end_today_and_are_as_many(as_of: date, n: int, which: str) -> None:
    assert window_of(f"What changed in the {which} {n} days?", as_of) == Window(
        as_of - timedelta(days=n - 1), as_of, f"in the {which} {n} days"
    )


def test_a_long_question_is_read_in_a_moment() -> None:
    """Backtracking over some words is bounded: this would not end otherwise."""
    for word in ("since ", "before the ", "between 3 and ", "the last ", "in May and ", "1-", "a b c d e f "):
        found = window_of((word * 2_000)[:4_000], THURSDAY)
        assert found is None or found.why in word
