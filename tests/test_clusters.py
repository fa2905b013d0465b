"""Clusters: what is alike on average comes together, unless both groups are far closer inside than between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.clusters import clusters
from qa.profiles import Profile, product, profiles
from qa.stories import SAME_STORY_FROM
from qa.types import Article

WEIGHTS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.01, 0.6), max_size=5)


def event(kind: float, own: float, name: str, count: int) -> list[Profile]:
    """Articles that share ``kind`` with every other event, ``own`` with each other."""
    return [{"kind": kind**0.5, name: own**0.5, f"{name}{n}": 0.1} for n in range(count)]


def test_two_close_knit_groups_need_more_between_them_to_be_one() -> None:
    like = event(0.2, 0.4, "one", 6) + event(0.2, 0.4, "other", 6)
    assert clusters(like, 0.15) == [list(range(6)), list(range(6, 12))]
    assert clusters(like, 0.15, rises=0.0) == [list(range(12))]


def test_a_single_article_joins_a_close_knit_group_that_it_is_like() -> None:
    assert clusters([*event(0.2, 0.4, "one", 6), {"kind": 0.2**0.5, "own": 0.5}], 0.15) == [list(range(7))]


@given(st.lists(WEIGHTS, max_size=9), st.floats(0.05, 0.9))
def test_each_is_in_one_group_and_a_higher_bar_without_rise_joins_no_more(found: list[Profile], bar: float) -> None:
    groups = clusters(found, bar)
    assert sorted(n for members in groups for n in members) == list(range(len(found)))
    assert len(clusters(found, bar, rises=0.0)) <= len(clusters(found, bar + 0.1, rises=0.0))


def told(text: str, title: str = "") -> Article:
    return Article(text, text, 1, title, None, None, None, text, text)


def test_a_weekday_that_all_name_makes_no_two_articles_alike() -> None:
    one, other = profiles([told("It rose on Tuesday.", "Grain"), told("They sang on Tuesday.", "Choir")])
    assert product(one, other) < SAME_STORY_FROM / 2


def test_a_rare_number_counts_for_more_than_a_common_one() -> None:
    texts = [
        "It had 77 rooms.",
        "Ships carried 77 crates.",
        "Cows ate 40 bales.",
        "Monks baked 40 loaves.",
        "The choir sang 40 songs.",
    ]
    read = profiles([told(text) for text in texts])
    assert product(read[0], read[1]) > product(read[2], read[3]) > 0


def test_a_product_is_the_same_both_ways_and_at_most_one() -> None:
    one, other = profiles(
        [told("Snow fell in Ankara on 4 February 2026, 30 cm of it.", "Snow in Ankara"), told("Ankara thaws.")]
    )
    assert product(one, other) == product(other, one)
    assert product(one, one) <= 1.0
