"""Importance: independent outlets, what is new, the reader's topics and sources; and as many stories as asked for."""

from __future__ import annotations

from datetime import date

import pytest

from qa.importance import STORIES, chosen, importance, outlet, stories_of
from qa.types import Article, Published

TEXTS = (
    "Rescue teams from Izmir reached the town of Sindirgi, the interior minister said, and pulled two people out.",
    "In Sindirgi, where a minaret came down, the governor counted forty houses that nobody may enter before spring.",
    "Geologists had warned of the fault under Balikesir for years; its last great earthquake was that of 1953.",
    "Hospitals treated forty people for broken bones, and the Red Crescent put up tents on the football ground.",
)


def article(name: str, text: str, source: str | None = "Agency", day: int = 4, title: str = "") -> Article:
    published = Published(f"2026-02-{day:02}", date(2026, 2, day))
    return Article(name, name, 1, title or name, source, None, published, text, text)


def outlets(*sources: str | None) -> list[Article]:
    return [article(f"{source}{n}", TEXTS[n], source) for n, source in enumerate(sources)]


def first(*groups: list[Article], **wanted: object) -> list[Article]:
    told, _ = chosen(list(groups), **wanted)  # type: ignore[arg-type]
    return told[0]


def test_more_independent_outlets_weigh_more_than_more_articles() -> None:
    assert importance(outlets("Agency", "Gazette")).value > importance(outlets("Agency", "Agency", "Agency")).value


def test_a_copy_is_no_second_outlet() -> None:
    copied = [article("a", TEXTS[0], "Agency"), article("b", TEXTS[0], "Gazette"), article("c", TEXTS[0], "Herald")]
    assert importance(copied).outlets == 1
    assert importance(copied).value < importance(outlets("Agency", "Gazette")).value


@pytest.mark.parametrize(
    ("one", "other"), [("CNN (Web News)", "CNN"), ("Newsmax - Opinion", "newsmax"), ("The  Hill", "the hill")]
)
def test_parts_of_an_outlet_are_one_outlet(one: str, other: str) -> None:
    assert outlet(one) == outlet(other)
    assert importance(outlets(one, other)).outlets == 1


def test_articles_of_nobody_known_are_one_outlet() -> None:
    assert importance(outlets(None, None, "Agency")).outlets == 2


def test_what_is_new_comes_before_what_is_old() -> None:
    old, new = [article("a", TEXTS[0], day=1)], [article("b", TEXTS[1], day=4)]
    assert first(old, new, until=date(2026, 2, 4)) == new


def test_a_topic_of_the_reader_comes_before_wide_coverage_and_a_source_breaks_a_tie() -> None:
    wide = outlets("Agency", "Gazette", "Herald", "Post")
    union = [article("u", "Ministers spoke in Brussels on Monday.", title="The customs union gets a new rulebook")]
    assert first(wide, union) == wide
    assert first(wide, union, topics=["Customs Unions"]) == union
    assert first(wide, union, topics=["customs duties"]) == wide
    other = [article("v", TEXTS[1], "Herald")]
    assert first(union, other, sources=["herald"]) == other
    assert first(union, other) == union


@pytest.mark.parametrize(("length", "count"), [*STORIES.items(), (1, 1), (7, 7)])
def test_as_many_stories_as_the_length_has_and_none_is_lost(length: str | int, count: int) -> None:
    groups = [[article(f"n{n}", f"Mayor{n} opened bridge {n} in Town{n}.")] for n in range(30)]
    told, others = chosen(groups, length=length)
    assert len(told) == count == stories_of(length)
    assert sorted(one.id for members in (*told, *others) for one in members) == sorted(f"n{n}" for n in range(30))
    assert chosen(groups[::-1], length=length) == (told, others)


def test_no_stories_are_none() -> None:
    assert chosen([]) == ([], [])
