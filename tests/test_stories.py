"""Stories: articles of one event come together, two like events stay apart, and nothing depends on the order."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from qa.stories import OPEN_DAYS, central, group, is_copy, main_first, one_by_one, story_id
from qa.types import Article, Copy, Published

QUAKE_TURKIYE = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Sunday, killing 3 people, the AFAD agency said. "
    "Interior Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi.",
    "Three people died when a magnitude 6.1 quake hit Türkiye's Balikesir province on Sunday. Sindirgi was the worst "
    "hit, Ali Yerlikaya told reporters, and AFAD sent rescue teams from Izmir.",
    "Rescuers from Izmir search the rubble in Sindirgi after Sunday's magnitude 6.1 earthquake in Balikesir, which "
    "killed 3, according to AFAD.",
)
QUAKE_JAPAN = (
    "A magnitude 5.4 earthquake shook Ishikawa in central Japan on Tuesday, injuring 11 people, the weather agency "
    "said. Governor Hiroshi Hase said trains between Kanazawa and Toyama were halted.",
    "Eleven people were hurt as a magnitude 5.4 quake hit Japan's Ishikawa prefecture on Tuesday; trains from Kanazawa "
    "stood still, Governor Hiroshi Hase said.",
)
RATES = (
    "The European Central Bank left its deposit rate at 2 percent, President Christine Lagarde said in Frankfurt.",
)


def article(name: str, text: str, day: int = 1) -> Article:
    published = Published(f"2026-02-{day:02}", date(2026, 2, day))
    return Article(name, name, 1, text.split(",", maxsplit=1)[0][:70], "Agency", None, published, text, name)


ARTICLES = [
    article(f"{name}{n}", text)
    for name, texts in (("turkiye", QUAKE_TURKIYE), ("japan", QUAKE_JAPAN), ("rates", RATES))
    for n, text in enumerate(texts)
]
EVENTS = {
    frozenset({"turkiye0", "turkiye1", "turkiye2"}),
    frozenset({"japan0", "japan1"}),
    frozenset({"rates0"}),
}


def grouped(articles: list[Article]) -> set[frozenset[str]]:
    return {frozenset(one.id for one in members) for members in group(articles)}


def test_articles_of_one_event_are_one_story_and_two_earthquakes_are_two() -> None:
    assert grouped(ARTICLES) == EVENTS


@given(st.permutations(ARTICLES))
def test_stories_do_not_depend_on_the_order(articles: list[Article]) -> None:
    assert grouped(articles) == EVENTS


@given(st.lists(st.text(max_size=80), max_size=12))
def test_every_article_is_in_exactly_one_story_whatever_it_says(texts: list[str]) -> None:
    articles = [article(f"a{n}", text) for n, text in enumerate(texts)]
    assert sorted(one.id for members in group(articles) for one in members) == sorted(one.id for one in articles)


def test_no_articles_make_no_stories() -> None:
    assert group([]) == []


def test_a_thousand_copies_and_three_hundred_editions_are_one_story_each() -> None:
    copies = [article(f"copy{n}", RATES[0]) for n in range(1_000)]
    assert [len(members) for members in group(copies)] == [1_000]
    edited = [article(f"copy{n}", f"{RATES[0]} This is edition {n + 10}.") for n in range(300)]
    assert [len(members) for members in group(edited)] == [300]


def test_three_hundred_different_articles_beside_one_event_keep_it_together() -> None:
    words = "grain canal opera budget vaccine glacier senate orchard harbour tunnel satellite archive".split()
    others = [
        article(
            f"other{n}",
            f"In Town{n} the {words[n % 12]} of Region{n} got {n + 100} {words[(n * 7 + 1) % 12]}s, Speaker{n} said.",
        )
        for n in range(300)
    ]
    assert frozenset({"turkiye0", "turkiye1", "turkiye2"}) in grouped([*others, *ARTICLES])


def test_a_storys_id_depends_on_its_articles_alone() -> None:
    assert story_id(ARTICLES[:3]) == story_id(list(reversed(ARTICLES[:3]))) != story_id(ARTICLES[:2])


def test_the_central_article_is_the_one_most_like_the_others() -> None:
    odd = article("odd", "Sindirgi sells olives.")
    assert central([odd, *ARTICLES[:3]]).id != "odd"
    same = [article(name, RATES[0]) for name in "ab"]
    assert central(same).id == "a"


def test_a_copy_says_the_same_in_nearly_the_same_words() -> None:
    assert is_copy("Three people died in Sindirgi on Sunday.", "In Sindirgi, three people died on Sunday")
    assert not is_copy("Three people died in Sindirgi.", "Trains stood still in Kanazawa.")
    assert not is_copy("", "")


def in_order(articles: list[Article]) -> set[frozenset[str]]:
    groups: list[list[Article]] = []
    for stories in one_by_one(articles):
        groups = stories.groups
    return {frozenset(one.id for one in members) for members in groups}


@given(st.permutations(ARTICLES))
def test_one_by_one_as_well_and_in_whatever_order_they_are_given(articles: list[Article]) -> None:
    assert in_order(articles) == EVENTS


@given(st.lists(st.text(max_size=80), max_size=24))
def test_one_by_one_every_article_is_in_exactly_one_story(texts: list[str]) -> None:
    articles = [article(f"a{n}", text, 1 + n % 28) for n, text in enumerate(texts)]
    *_, groups = [[]], *(stories.groups for stories in one_by_one(articles))
    assert sorted(one.id for members in groups for one in members) == sorted(one.id for one in articles)


def test_nothing_that_comes_later_has_a_part_in_a_story() -> None:
    first, rest = ARTICLES[:5], [article(f"late{n}", text, 9) for n, text in enumerate(QUAKE_TURKIYE[1:])]
    before = in_order(first)
    for n, stories in enumerate(one_by_one([*rest, *first])):
        if n + 1 == len(first):
            assert {frozenset(one.id for one in members) for members in stories.groups} == before


def test_a_story_ends_some_days_after_its_newest_article_but_a_copy_follows_its_original() -> None:
    early = [article("a", QUAKE_TURKIYE[0], 1), article("b", QUAKE_TURKIYE[1], 2)]
    late = 2 + OPEN_DAYS + 1
    assert in_order([*early, article("c", QUAKE_TURKIYE[2], late - 1)]) == {frozenset("abc")}
    assert in_order([*early, article("c", QUAKE_TURKIYE[2], late)]) == {frozenset("ab"), frozenset("c")}
    assert in_order([*early, article("c", QUAKE_TURKIYE[0], late)]) == {frozenset("abc")}


def test_an_undated_article_may_be_of_a_story_that_ended() -> None:
    early = [article("a", QUAKE_TURKIYE[0], 1), article("b", QUAKE_TURKIYE[1], 2), article("r", RATES[0], 28)]
    undated = Article("u", "u", 1, "Rescuers search Sindirgi", None, None, None, QUAKE_TURKIYE[2], "u")
    assert in_order([undated, *early]) == {frozenset("abu"), frozenset("r")}


def test_copies_follow_their_original_and_weigh_nothing() -> None:
    reprints = [article(f"reprint{n}", QUAKE_JAPAN[0], 2) for n in range(40)]
    ids = frozenset(one.id for one in reprints)
    assert grouped([*ARTICLES, *reprints]) == EVENTS - {frozenset({"japan0", "japan1"})} | {ids | {"japan0", "japan1"}}


def test_long_short_and_foreign_articles_are_grouped_like_others() -> None:
    odd = [
        article("long", f"{QUAKE_TURKIYE[0]}\n" + "The minutes of the council go on. " * 60_000),
        article("line", "Snow."),
        article("empty", ""),
        article(
            "turkish",
            "Balıkesir'in Sındırgı ilçesinde 6,1 büyüklüğünde deprem oldu, AFAD üç kişinin öldüğünü açıkladı.",
        ),
        article("chinese", "周日,土耳其西部发生地震,三人遇难。"),
        article("russian", "В воскресенье на западе Турции произошло землетрясение, погибли три человека."),
    ]
    found = grouped([*ARTICLES, *odd])
    assert sorted(one for members in found for one in members) == sorted(one.id for one in (*ARTICLES, *odd))
    assert {"turkiye0", "turkiye1", "long"} <= next(members for members in found if "turkiye0" in members)
    for alone in ("line", "empty", "chinese", "russian"):
        assert frozenset({alone}) in found


def test_the_main_article_of_a_story_is_never_a_copy() -> None:
    original, reprint, other = article("b", RATES[0], 2), article("a", RATES[0], 3), article("c", QUAKE_JAPAN[0], 1)
    ordered = main_first([reprint, other, original], (Copy("a", "b", later=False),))
    assert ordered[-1].id == "a"
    assert {one.id for one in ordered[:2]} == {"b", "c"}
