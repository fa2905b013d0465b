"""Dates: an article's as given, a day as a person types it, written days in a question."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.dates import age_in_words, impossible_day, parse_day, parse_published, readable
from qa.errors import UsageError

THURSDAY = date(2026, 2, 5)


def day(text: str) -> date:
    return date.fromisoformat(text)


WORDS = st.lists(
    st.sampled_from(
        "last this past previous the in on since between and from to until during of for over ago today yesterday week "
        "weekend month year days weeks years Monday Sunday fortnight January Feb. may 29 31 30 1 12 999 0000 2026 9999 "
        "2026-02-30 0001-01-01 9999-12-31 couple a few two of will said Frıday ſunday ٣ ² İ".split()
    ),
    max_size=9,
).map(" ".join)


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


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("2026-02-04", "2026-02-04"),
        ("2020-03-14T09:26:53+00:00", "2020-03-14 09:26 UTC"),
        ("2026-02-04T23:30:00.123000-05:30", "2026-02-04 23:30 -05:30"),
        ("2026-02-04T23:30:00", "2026-02-04 23:30"),
        ("0987-02-04T23:30:00+03:00", "0987-02-04 23:30 +03:00"),
        ("The 4th", "The 4th"),
        (None, "undated"),
    ],
)
def test_a_date_is_told_in_one_way(published: str | None, told: str) -> None:
    assert readable(published) == told
