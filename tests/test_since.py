"""Since the last briefing: whatever the gap, whatever came late, whatever the clock does; each day is told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.brief import brief
from qa.config import Config
from qa.engine import open_engine
from qa.errors import UsageError
from qa.types import Briefing, Notice

QUAKE = "35 people were killed in Balikesir when an earthquake struck the town of Sindirgi, the agency AFAD said."
GREW = "53 people were killed in Balikesir by the earthquake, AFAD said. The town of Sindirgi was searched again."
BRIDGE = "The old bridge of Mostar was painted by forty volunteers, the town council of Mostar announced."
CHILE = "The parliament of Chile debated a pension bill in Valparaiso, and the debate goes on, senators said."
RAIN = "Rain ended the drought of Aydintepe on Sunday, farmers of the valley said, and the wells are full again."
SNOW = "Heavy snow halted the trains between Kanazawa and Toyama for a second day, Governor Hiroshi Hase said."
ARTICLES = [
    told(1, "Quake kills 35 in Balikesir", QUAKE, "2026-02-02"),
    told(2, "Volunteers paint the bridge of Mostar", BRIDGE, "2026-02-03"),
    told(3, "Balikesir quake toll rises to 53", GREW, "2026-02-09", source="Gazette"),
    told(4, "Parliament of Chile debates pensions", CHILE, "2026-02-10"),
]
At = Callable[..., tuple[Briefing, list[str]]]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", ARTICLES))
    return tmp_path / "library"


@pytest.fixture
def at(library: Path) -> At:
    """Brief on a day of the reader's clock."""

    def made(on: str, **options: Any) -> tuple[Briefing, list[str]]:
        config = Config(library=library, timezone=options.pop("timezone", "UTC"))
        now = datetime.fromisoformat(on if "T" in on else f"{on}T12:00").replace(tzinfo=UTC)
        with open_engine(config, clock=lambda: now) as engine:
            *events, last = brief(engine, **options)
            assert isinstance(last, Briefing)
            return last, [event.text for event in events if isinstance(event, Notice)]

    return made


def days(briefing: Briefing) -> tuple[str, str]:
    return str(briefing.window.start), str(briefing.window.end)


def articles(briefing: Briefing) -> set[str]:
    return {article.id for story in briefing.stories for article in story.articles}


def test_after_a_gap_of_a_week_all_days_since_are_told(at: At) -> None:
    at("2026-02-03", first="2026-02-02", last="2026-02-03")
    briefing, notices = at("2026-02-10", since_last=True)
    assert days(briefing) == ("2026-02-04", "2026-02-10")
    assert notices == ["briefing on 2026-02-04 to 2026-02-10, since the one of 2026-02-03"]
    assert articles(briefing) == {"n3", "n4"}
    (quake,) = [story for story in briefing.stories if story.status == "update"]
    assert [(one.kind, one.before, one.after) for one in quake.changes] == [("number", "35", "53")]
    assert [str(one.day) for one in quake.timeline] == ["2026-02-02"]  # the ninth is what the story tells


def test_where_nothing_is_kept_the_newest_day_is_told_and_it_says_so(at: At) -> None:
    briefing, notices = at("2026-02-12", since_last=True)
    assert days(briefing) == ("2026-02-10", "2026-02-10")
    assert notices == ["no earlier briefing is kept: briefing on 2026-02-10, the newest day that has articles"]


def test_on_the_same_day_it_is_the_same_briefing(at: At) -> None:
    at("2026-02-03", first="2026-02-02", last="2026-02-03")
    first, _ = at("2026-02-10", since_last=True)
    again, notices = at("2026-02-10", since_last=True)
    assert replace(again, usage=first.usage, window=first.window) == first
    assert days(again) == days(first)
    assert notices == ["the last briefing is of 2026-02-10, too: it is made again, with what has come since"]


def test_what_came_late_is_told_by_the_next_one_since_the_last(at: At, library: Path, tmp_path: Path) -> None:
    at("2026-02-03", first="2026-02-02", last="2026-02-03")
    at("2026-02-09", day="2026-02-09")
    late = [told(5, "Rain ends a drought", RAIN, "2026-02-03"), told(6, "Snow halts trains", SNOW, "2025-06-01")]
    take_in(library, jsonl(tmp_path / "late.jsonl", late))
    daily, _ = at("2026-02-10", day="2026-02-10")
    assert "n5" not in articles(daily)
    assert [(one.article_id, one.reason) for one in daily.left_out] == [
        ("n5", "dated 2026-02-03, and came after the briefing of that day")
    ]
    assert daily.notes == (
        "1 article of 2026-02-03 came after the briefing of that day: not told here; that day made again tells them",
    )
    since, _ = at("2026-02-11", since_last=True)
    assert articles(since) == {"n5"}  # an article of last year came with an archive, not late
    assert since.notes == ("1 article of 2026-02-03 came after the briefing of that day: told here",)
    after, _ = at("2026-02-12", since_last=True)
    assert articles(after) == set()
    assert not any("came after" in note for note in after.notes)


def test_a_day_made_again_tells_what_came_late_as_a_revision(at: At, library: Path, tmp_path: Path) -> None:
    at("2026-02-03", day="2026-02-03")
    take_in(library, jsonl(tmp_path / "late.jsonl", [told(5, "Rain ends a drought", RAIN, "2026-02-03")]))
    revised, _ = at("2026-02-10", day="2026-02-03")
    assert (revised.revision, revised.added) == (2, ("n5",))
    assert at("2026-02-10", day="2026-02-10")[0].notes == ()


def test_a_clock_that_jumped_ahead_takes_nothing_away(at: At) -> None:
    at("2026-02-03", day="2026-02-03")
    ahead, _ = at("2031-01-01", since_last=True)
    assert days(ahead) == ("2026-02-04", "2031-01-01")
    back, _ = at("2026-02-10", since_last=True)
    assert days(back) == ("2026-02-04", "2026-02-10")  # the briefing of 2031 is no earlier one
    assert articles(back) == {"n3", "n4"}
    assert {story.status for story in back.stories} == {"new"}


def test_a_clock_that_jumped_back_finds_no_earlier_briefing_and_says_so(at: At) -> None:
    at("2026-02-10", day="2026-02-10")
    briefing, notices = at("2026-02-03", since_last=True)
    assert days(briefing) == ("2026-02-03", "2026-02-03")
    assert notices == [
        "no earlier briefing that ends by 2026-02-03 is kept: briefing on 2026-02-03, the newest day that has articles"
    ]
    later, _ = at("2026-02-10", day="2026-02-10")
    assert later.since is not None
    assert later.since.day.isoformat() == "2026-02-03"


def test_days_are_those_of_the_readers_time_zone(at: At) -> None:
    at("2026-02-09", day="2026-02-09", timezone="Pacific/Auckland")
    briefing, _ = at("2026-02-09T20:00", since_last=True, timezone="Pacific/Auckland")
    assert days(briefing) == ("2026-02-10", "2026-02-10")  # it is the 10th there


def test_a_briefing_that_was_broken_off_or_of_one_source_is_not_the_last_one(at: At) -> None:
    at("2026-02-03", day="2026-02-03")
    at("2026-02-09", day="2026-02-09", sources=["Gazette"])
    assert days(at("2026-02-10", since_last=True)[0]) == ("2026-02-04", "2026-02-10")
    assert days(at("2026-02-10", since_last=True, sources=["Gazette"])[0]) == ("2026-02-10", "2026-02-10")


def test_other_days_or_no_journal_are_refused(at: At, library: Path) -> None:
    with pytest.raises(UsageError, match="both given"):
        at("2026-02-10", since_last=True, day="2026-02-09")
    with engine_at(library, journal=False) as engine, pytest.raises(UsageError, match="no briefings are kept"):
        list(brief(engine, since_last=True))
