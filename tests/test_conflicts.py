"""Conflicts: two values of one thing are shown, and nothing else is."""

from __future__ import annotations

from datetime import date

import pytest

from qa.conflicts import conflicts
from qa.types import Article, Conflict, Hit, How, Passage, Published

MONDAY, TUESDAY, FRIDAY = "2026-02-02", "2026-02-03", "2026-02-06"


def report(name: str, day: str, text: str, title: str = "Earthquake hits Izmir") -> Hit:
    article = Article(
        name, f"{name}.md", 1, title, f"Paper {name}", None, Published(day, date.fromisoformat(day)), text, name
    )
    return Hit(Passage(f"{name}-0", name, 1, 0, 0, len(text), text), article, 1.0, How(1, 1))


def between(day: str, text: str, other_day: str, other: str, title: str = "Earthquake hits Izmir") -> list[Conflict]:
    return list(conflicts([report("a", day, text, title), report("b", other_day, other, title)]))


REAL = [
    (
        "superseded",
        MONDAY,
        "The earthquake in Izmir killed 35 people.",
        FRIDAY,
        "The death toll of the earthquake in Izmir rose to 53 on Friday.",
    ),
    (
        "superseded",
        MONDAY,
        "At least 35 people died in the earthquake in Izmir.",
        FRIDAY,
        "At least 53 people were killed by the earthquake in Izmir.",
    ),
    (
        "superseded",
        MONDAY,
        "ANKARA, Feb. 2 (Sea Wire) - The earthquake killed 35 people when it struck Izmir.",
        TUESDAY,
        "ATHENS, Feb. 3 (Land Wire) - The earthquake killed 41 people when it struck Izmir.",
    ),
    (
        "disagreement",
        MONDAY,
        "The earthquake in Izmir killed 35 people.",
        MONDAY,
        "The earthquake in Izmir killed 41 people.",
    ),
    (
        "superseded",
        MONDAY,
        "The earthquake injured 120 people in Izmir.",
        TUESDAY,
        "In Izmir 187 people were injured by the earthquake.",
    ),
    (
        "disagreement",
        MONDAY,
        "The ministry in Ankara said the railway from Izmir to Manisa cost $5 billion to build.",
        TUESDAY,
        "The ministry in Ankara said the railway from Izmir to Manisa cost $7 billion to build.",
    ),
    (
        "disagreement",
        MONDAY,
        "Turkish exports of steel to Germany fell 12 percent in the third quarter, the ministry said.",
        TUESDAY,
        "Turkish exports of steel to Germany fell 15 percent in the third quarter, the ministry said.",
    ),
    (
        "disagreement",
        MONDAY,
        "The mayor of Izmir, Ayse Kaya, 34, visited the camp.",
        TUESDAY,
        "Mayor Ayse Kaya, 38, thanked the rescuers.",
    ),
    (
        "disagreement",
        MONDAY,
        "The talks between Iran and the United States will be held in Istanbul on Friday.",
        TUESDAY,
        "The talks between Iran and the United States will be held in Istanbul on Saturday.",
    ),
    (
        "superseded",
        MONDAY,
        "The minister confirmed that Turkey had closed its border with Armenia to lorries.",
        FRIDAY,
        "The minister denied that Turkey had closed its border with Armenia to lorries.",
    ),
    (
        "superseded",
        MONDAY,
        "Parliament in Ankara has approved the budget for the new airport in Izmir.",
        FRIDAY,
        "Parliament in Ankara has not approved the budget for the new airport in Izmir.",
    ),
]

SILENT = [
    (
        "a table",
        MONDAY,
        "Germany: 6 Total (3 Gold, 2 Silver, 1 Bronze)",
        TUESDAY,
        "Norway: 2 Total (0 Gold, 1 Silver, 1 Bronze)",
    ),
    (
        "two days of one state",
        MONDAY,
        "As of Jan. 12 the minister in Ankara had not signed the plan for the camp in Izmir.",
        TUESDAY,
        "As of Jan. 15 the minister in Ankara had not signed the plan for the camp in Izmir.",
    ),
    (
        "every week",
        MONDAY,
        "The mayor of Izmir will take questions from citizens on the earthquake on Sunday.",
        "2026-02-11",
        "The mayor of Izmir will take questions from citizens on the earthquake on Sunday.",
    ),
    (
        "the country",
        MONDAY,
        "According to the Qatari agency 3 people died due to Iranian missile strikes in the country.",
        FRIDAY,
        "At least 8 people have been killed in Iranian attacks, according to the ministry.",
    ),
    (
        "bounds",
        MONDAY,
        "At least 35 people died in the earthquake in Izmir.",
        MONDAY,
        "More than 30 people died in the earthquake in Izmir.",
    ),
    (
        "bounds later",
        MONDAY,
        "More than 30 people died in the earthquake in Izmir.",
        TUESDAY,
        "At least 35 people died in the earthquake in Izmir.",
    ),
    (
        "rounded",
        MONDAY,
        "About 50 people died in the earthquake in Izmir.",
        MONDAY,
        "The earthquake in Izmir killed 53 people.",
    ),
    (
        "rounded",
        MONDAY,
        "In Izmir 1.2 million people were evacuated after the earthquake.",
        MONDAY,
        "In Izmir 1,203,000 people were evacuated after the earthquake.",
    ),
    (
        "other place",
        MONDAY,
        "The earthquake killed 35 people in Izmir.",
        FRIDAY,
        "The earthquake killed 53 people in Manisa.",
    ),
    (
        "other group",
        MONDAY,
        "The earthquake killed 12 children in Izmir.",
        FRIDAY,
        "The earthquake killed 53 people in Izmir.",
    ),
    (
        "a part",
        MONDAY,
        "Children were 12 of the 53 people killed in Izmir by the earthquake.",
        MONDAY,
        "The earthquake killed 53 people in Izmir.",
    ),
    (
        "a part",
        MONDAY,
        "The earthquake in Izmir killed 53 people, including 12 children.",
        MONDAY,
        "The earthquake in Izmir killed 53 people, 20 of them women.",
    ),
    (
        "more",
        MONDAY,
        "The earthquake in Izmir killed 35 people.",
        FRIDAY,
        "Another 53 people were killed in Izmir by an aftershock of the earthquake.",
    ),
    (
        "of a day",
        MONDAY,
        "The earthquake in Izmir killed 35 people.",
        FRIDAY,
        "In Izmir 53 people died of injuries from the earthquake in a single day.",
    ),
    (
        "other year",
        MONDAY,
        "The earthquake in Izmir in 2019 killed 35 people.",
        MONDAY,
        "The earthquake in Izmir in 2020 killed 53 people.",
    ),
    (
        "other year",
        MONDAY,
        "Turkish exports of steel to Germany fell 12 percent in 2019, the ministry said.",
        TUESDAY,
        "Turkish exports of steel to Germany fell 15 percent in 2020, the ministry said.",
    ),
    (
        "other quarter",
        MONDAY,
        "Turkish exports of steel to Germany fell 12 percent in the second quarter, the ministry said.",
        TUESDAY,
        "Turkish exports of steel to Germany fell 15 percent in the third quarter, the ministry said.",
    ),
    (
        "age and count",
        MONDAY,
        "Ayse Kaya, 34, was rescued in Izmir.",
        TUESDAY,
        "The mayor, Ayse Kaya, and 53 people were rescued in Izmir.",
    ),
    (
        "before and after",
        MONDAY,
        "The death toll of the earthquake in Izmir rose from 35 to 53.",
        MONDAY,
        "The earthquake in Izmir killed 53 people.",
    ),
    (
        "forecast",
        MONDAY,
        "The earthquake in Izmir could have killed 500 people.",
        MONDAY,
        "The earthquake in Izmir killed 530 people.",
    ),
    (
        "the same",
        MONDAY,
        "The earthquake in Izmir killed thirty-five people.",
        FRIDAY,
        "The earthquake in Izmir killed 35 people.",
    ),
    (
        "fewer later",
        MONDAY,
        "The earthquake in Izmir killed 53 people.",
        FRIDAY,
        "The earthquake in Izmir killed 35 people.",
    ),
    (
        "dead and hurt",
        MONDAY,
        "The earthquake killed 35 people in Izmir.",
        MONDAY,
        "The earthquake injured 53 people in Izmir.",
    ),
    (
        "same day in two ways",
        MONDAY,
        "The talks between Iran and the United States will be held in Istanbul on Friday.",
        TUESDAY,
        "The talks between Iran and the United States will be held in Istanbul on 6 February.",
    ),
    (
        "two events",
        MONDAY,
        "The talks between Iran and the United States will be held in Istanbul on Friday.",
        TUESDAY,
        "The talks between Iran and Qatar will be held in Istanbul on Saturday.",
    ),
    (
        "two rounds",
        MONDAY,
        "The first round of talks between Iran and the United States was held in Istanbul on Friday.",
        TUESDAY,
        "The second round of talks between Iran and the United States will be held in Istanbul on Saturday.",
    ),
    (
        "other speaker",
        MONDAY,
        "Barrot confirmed that Turkey had closed its border with Armenia to lorries.",
        TUESDAY,
        "Fidan denied that Turkey had closed its border with Armenia to lorries.",
    ),
    (
        "no contrast",
        MONDAY,
        "Parliament in Ankara has not approved the budget for the new airport in Izmir.",
        FRIDAY,
        "Parliament in Ankara has yet to approve the budget for the new airport in Izmir.",
    ),
]


@pytest.mark.parametrize(("kind", "day", "text", "other_day", "other"), REAL, ids=[row[2][:60] for row in REAL])
def test_two_values_of_one_thing_are_shown(kind: str, day: str, text: str, other_day: str, other: str) -> None:
    (found,) = between(day, text, other_day, other)
    assert found.kind == kind
    assert [side.quote for side in found.sides] == [text, other]
    assert [side.article_id for side in found.sides] == ["a", "b"]
    assert all(value in side.quote for value, side in zip(found.values, found.sides, strict=True))


@pytest.mark.parametrize(
    ("why", "day", "text", "other_day", "other"), SILENT, ids=[f"{row[0]}: {row[4][:50]}" for row in SILENT]
)
def test_what_is_no_conflict_is_not_shown(why: str, day: str, text: str, other_day: str, other: str) -> None:
    assert between(day, text, other_day, other) == [], why
    assert between(other_day, other, day, text) == [] or day != other_day, why


def test_counts_of_years_apart_and_of_nothing_are_no_conflict() -> None:
    then = "At least 35 people were killed by the earthquake in Izmir."
    assert not between("2018-10-30", then, "2026-10-30", "At least 53 people were killed by the earthquake in Izmir.")
    assert not between(MONDAY, "The earthquake in Izmir killed 0 people.", FRIDAY, then)
