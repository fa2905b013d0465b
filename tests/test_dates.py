"""Dates: an article's as given, and the windows that the words of a question set."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.dates import age_in_words, impossible_day, parse_day, parse_published, window_of
from qa.errors import UsageError
from qa.types import Window

THURSDAY = date(2026, 2, 5)


def day(text: str) -> date:
    return date.fromisoformat(text)


WINDOWS = [
    # a week or longer: days of publication
    ("What did Fidan discuss with Barrot last week?", "2026-01-26", "2026-02-01", "last week"),
    ("What happened this week?", "2026-02-01", "2026-02-05", "this week"),
    ("What happened in the previous week?", "2026-01-26", "2026-02-01", "previous week"),
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
    ("What was said at the end of January?", "2026-01-01", "2026-01-31", "of January"),
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
    ("What did Barrot say on the 27 January?", None, None, None),
    ("What did Barrot say on January 27th, 2026?", "2026-01-27", "2026-01-30", "on January 27th, 2026"),
    ("What did Barrot say on Tuesday, 27 January?", "2026-01-27", "2026-01-30", "on Tuesday, 27 January"),
    ("What did Barrot say on 2026-01-27?", "2026-01-27", "2026-01-30", "on 2026-01-27"),
    ("What did Barrot say on 10 February?", "2025-02-10", "2025-02-13", "on 10 February"),
    ("What did Barrot say on 29 February?", "2024-02-29", "2024-03-03", "on 29 February"),
    ("What did Barrot say 3 days ago?", "2026-02-02", "2026-02-05", "3 days ago"),
    ("What did Barrot say a few days ago?", "2026-02-02", "2026-02-05", "a few days ago"),
    ("What happened last weekend?", "2026-01-31", "2026-02-04", "last weekend"),
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
    if start is None or end is None:
        assert found is None
        return
    assert found is not None
    assert (found.start, found.end) == (day(start), day(end))
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
        "2026-02-30 0001-01-01 9999-12-31 couple a few two of will said Frıday ſunday ٣ ² İ".split()
    ),
    max_size=9,
).map(" ".join)


@given(WORDS | st.text(), st.dates())
def test_a_window_never_ends_after_the_as_of_date_and_no_text_is_too_odd(question: str, as_of: date) -> None:
    found = window_of(question, as_of)
    if found is not None:
        assert found.start is not None
        assert found.end is not None
        assert found.start <= found.end <= as_of
        assert found.why in question
        assert found.why


ISTANBUL = ZoneInfo("Europe/Istanbul")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "zone", "iso", "expected"),
    [
        ("2026-02-04", ISTANBUL, "2026-02-04", "2026-02-04"),
        (" 2026-02-04 ", None, "2026-02-04", "2026-02-04"),
        ("20260204", UTC, "2026-02-04", "2026-02-04"),
        ("2026-2-4", UTC, "2026-02-04", "2026-02-04"),
        ("2026-02-04T22:30:00Z", ISTANBUL, "2026-02-04T22:30:00+00:00", "2026-02-05"),
        ("2026-02-04T22:30:00Z", LOS_ANGELES, "2026-02-04T22:30:00+00:00", "2026-02-04"),
        ("2026-02-05T01:00:00+03:00", LOS_ANGELES, "2026-02-05T01:00:00+03:00", "2026-02-04"),
        ("2026-02-04 23:30:00 +0000", ISTANBUL, "2026-02-04T23:30:00+00:00", "2026-02-05"),
        ("2026-02-04 23:30:00 UTC", ISTANBUL, "2026-02-04T23:30:00+00:00", "2026-02-05"),
        ("2026-02-04T23:30:00 GMT", ISTANBUL, "2026-02-04T23:30:00+00:00", "2026-02-05"),
        ("2026-02-04T23:30:00", ISTANBUL, "2026-02-04T23:30:00", "2026-02-04"),
        ("2026-02-04T23:30:00.123Z", UTC, "2026-02-04T23:30:00.123000+00:00", "2026-02-04"),
        ("Wed, 04 Feb 2026 23:30:00 +0000", ISTANBUL, "2026-02-04T23:30:00+00:00", "2026-02-05"),
        ("04 Feb 2026 23:30:00 GMT", UTC, "2026-02-04T23:30:00+00:00", "2026-02-04"),
        ("4 February 2026", UTC, "2026-02-04", "2026-02-04"),
        ("February 4, 2026", UTC, "2026-02-04", "2026-02-04"),
        ("Feb. 4, 2026", UTC, "2026-02-04", "2026-02-04"),
        ("Wednesday, February 4, 2026", UTC, "2026-02-04", "2026-02-04"),
        ("Wed, 4 Feb 2026", UTC, "2026-02-04", "2026-02-04"),
        ("29 February 2024", UTC, "2024-02-29", "2024-02-29"),
        ("4 Aprıl 2026", UTC, "2026-04-04", "2026-04-04"),
    ],
)
def test_an_articles_date_falls_on_its_day_in_the_librarys_zone(
    text: str, zone: ZoneInfo | None, iso: str, expected: str
) -> None:
    found = parse_published(text, zone)
    assert found.iso == iso
    assert found.day == day(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30",
        "2026-13-01",
        "20260230",
        "29 February 2026",
        "yesterday",
        "4 February",
        "2026-02-04T25:00:00Z",
        "Wed, 99 Feb 2026 10:00:00 GMT",
        "4 Foo 2026",
        "1770163200",
        "0001-01-01T00:00:00+14:00",
        "\ud800",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_published(text, UTC)


@given(st.text() | WORDS, st.sampled_from([UTC, ISTANBUL, timezone(timedelta(hours=-12))]))
def test_reading_a_date_raises_nothing_but_value_errors(text: str, zone: timezone) -> None:
    try:
        found = parse_published(text, zone)
    except ValueError:
        return
    assert isinstance(found.day, date)


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 1 < moment.year < 9999))
def test_a_time_as_iso_8601_is_read_back(moment: object) -> None:
    text = moment.isoformat()  # type: ignore[attr-defined]
    if text.count(":") <= 3:  # an offset of seconds stands in no news
        assert parse_published(text, UTC).day == moment.astimezone(UTC).date()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-02-04", "2026-02-04"), ("4 Feb 2026", "2026-02-04"), ("Today", "2026-02-05"), ("yesterday", "2026-02-04")],
)
def test_a_day_as_a_person_types_it(text: str, expected: str) -> None:
    assert parse_day(text, THURSDAY, "--from") == day(expected)


@pytest.mark.parametrize("text", ["", "2026-02-30", "soon", "0001-01-01T00:00:00+14:00"])
def test_a_day_that_is_none_is_refused_by_the_options_name(text: str) -> None:
    with pytest.raises(UsageError, match="--from") as refused:
        parse_day(text, THURSDAY, "--from")
    assert "2026-02-04" in refused.value.hint


def test_age_in_words() -> None:
    ages = [age_in_words(THURSDAY - timedelta(days=n), THURSDAY) for n in (0, 1, 9, -2)]
    assert ages == ["the same day", "the day before", "9 days earlier", "2 day(s) later"]


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("What happened on 30 February 2026?", "30 February 2026"),
        ("What happened on 2026-02-30?", "2026-02-30"),
        ("Who spoke on 31 April", "31 April"),
        ("What was said on February 29, 2025?", "February 29, 2025"),
        ("What was said on 29 February?", None),
        ("In May 50 people came", None),
        ("What happened on 4 February 2026?", None),
        ("room 2026-13-45-1", None),
    ],
)
def test_a_day_that_no_calendar_has_is_found_in_a_question(question: str, day: str | None) -> None:
    assert impossible_day(question) == day


@given(st.text(alphabet="0123456789-/ FebruaryMarchApril,stndof", max_size=60))
def test_looking_for_impossible_days_never_raises(question: str) -> None:
    assert impossible_day(question) in {None, *[question[i:j] for i in range(len(question)) for j in range(i, 61)]}
