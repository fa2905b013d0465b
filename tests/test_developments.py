"""What is new in a story: changes of each kind are named, and what only looks like one is not."""

from __future__ import annotations

from datetime import date

import pytest

from qa.developments import changes, says_something_new
from qa.types import Article, Change, Published

BEFORE, LATER = date(2026, 2, 2), date(2026, 2, 4)


def article(n: int, text: str, day: date, title: str = "News") -> Article:
    return Article(f"n{n}", f"n{n}", 1, title, "Agency", None, Published(day.isoformat(), day), text, f"d{n}")


def found(told: str, now: str, title: str = "Quake strikes Balikesir") -> list[tuple[str, str, str | None, str]]:
    before, added = article(1, told, BEFORE, title), article(2, now, LATER, title)
    made = changes([before], [added])
    for change in made:
        exact(change, {"n1": before, "n2": added})
    return [(one.kind, one.about, one.before, one.after) for one in made]


def exact(change: Change, articles: dict[str, Article]) -> None:
    """Each side is a sentence of its article; the value of before stands in the first, that of now in the last."""
    for side in change.sides:
        assert articles[side.article_id].text[side.start : side.end] == side.quote
    assert change.after in change.sides[-1].quote
    assert len(change.sides) == (1 if change.before is None else 2)
    if change.before is not None:
        assert change.before in change.sides[0].quote
    assert len({side.n for side in change.sides}) == len(change.sides)


KILLED = "35 people were killed in Balikesir when the earthquake struck on Monday, the disaster agency said."
GREW = "53 people were killed in Balikesir by the earthquake, the disaster agency said."
PLANTED = [
    (KILLED, GREW, ("number", "deaths", "35", "53")),
    (
        "Police arrested Selim Korkmaz in Izmir on Monday over the collapse of the hotel.",
        "Selim Korkmaz was charged on Wednesday with negligence over the collapse of the hotel in Izmir.",
        ("status", "Selim Korkmaz", "arrested", "charged"),
    ),
    (
        "Ana Duarte, 41, was wounded in the attack on the market of Setubal.",
        "Ana Duarte, a teacher, died on Tuesday night in the hospital of Setubal after the attack on the market.",
        ("status", "Ana Duarte", "wounded", "died"),
    ),
    (
        "Two senators proposed the pension bill in the parliament of Chile on Monday.",
        "The senators of Chile's parliament approved the pension bill on Wednesday.",
        ("status", "pension bill", "proposed", "approved"),
    ),
    (
        "The film festival of Varna is scheduled to open in April with forty films.",
        "The film festival of Varna was canceled on Wednesday, and the forty films go to Sofia.",
        ("status", "film festival", "scheduled", "canceled"),
    ),
    (
        "The trial of the banker Jonas Weber will open on 9 March 2026 in Zurich.",
        "The trial of the banker Jonas Weber will open on 6 April 2026 in Zurich.",
        ("date", "", "9 March 2026", "6 April 2026"),
    ),
    (
        "The regional election in Murcia will be held on May 3, the government of Murcia said.",
        "The regional election in Murcia was postponed from May 3 to June 14 because of the floods.",
        ("date", "", "May 3", "June 14"),
    ),
    (
        "Farmers blocked the port of Constanta with tractors on Monday.",
        "Prime Minister Elena Marin said on Wednesday that the port of Constanta would be cleared.",
        ("actor", "", None, "Elena Marin"),
    ),
    (
        "The blight was found in the vineyards around Eger on Monday, growers said.",
        "The blight has spread to Tokaj, growers in the vineyards said on Wednesday.",
        ("place", "", None, "Tokaj"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("told", "now", "change"), PLANTED, ids=[f"{c[0]}-{c[3]}" for _, _, c in PLANTED])
def test_what_has_changed_is_named_with_both_sentences(told: str, now: str, change: tuple[str, ...]) -> None:
    assert change in found(told, now)


@pytest.mark.parametrize(
    ("told", "now"),
    [
        (KILLED, "35 people were arrested in Balikesir after the earthquake, the disaster agency said."),
        (KILLED, "53 people were injured in Balikesir by the earthquake, the disaster agency said."),
        (KILLED, "53 percent of the houses in Balikesir were damaged by the earthquake, the agency said."),
        (KILLED, "53 people were killed in Ishikawa by an earthquake last year, the disaster agency said."),
        (KILLED, "35 people were killed in Balikesir by the earthquake, the disaster agency repeated."),
        (KILLED, "21 people were killed in Balikesir by the earthquake, the disaster agency said at first."),
        (KILLED, "As many as 530 people could be killed in Balikesir by another earthquake, the agency said."),
        (
            "Police arrested Selim Korkmaz in Izmir on Monday over the collapse of the hotel.",
            "Murat Aydin was charged on Wednesday with negligence over the collapse of the hotel in Izmir.",
        ),
        (
            "Police arrested Selim Korkmaz in Izmir on Monday over the collapse of the hotel.",
            "Selim Korkmaz could be charged with negligence over the collapse of the hotel in Izmir.",
        ),
        (
            "Police arrested Selim Korkmaz in Izmir on Monday over the collapse of the hotel.",
            "Selim Korkmaz, detained on Monday, was convicted in 2019 of fraud in another case in Izmir.",
        ),
        (
            "Selim Korkmaz was charged on Monday with negligence over the collapse of the hotel in Izmir.",
            "Selim Korkmaz was arrested in Izmir before the charges over the collapse of the hotel.",
        ),
        (
            "Two senators proposed the pension bill in the parliament of Chile on Monday.",
            "The senators of Chile approved the budget bill for the schools of Valparaiso on Wednesday.",
        ),
        (
            "The film festival of Varna is scheduled to open in April with forty films.",
            "The film festival of Varna might be canceled, the mayor's office said on Wednesday.",
        ),
        (
            "The regional election in Murcia will be held on May 3, the government of Murcia said.",
            "The book fair in Madrid was postponed to June 14 because of the floods.",
        ),
        (
            "Prime Minister Elena Marin visited the port of Constanta on Monday.",
            "Prime Minister Elena Marin said on Wednesday that the port of Constanta would be cleared.",
        ),
        (
            "Farmers blocked the port of Constanta with tractors on Monday.",
            "The farmers read a letter of Elena Marin at the port of Constanta on Wednesday.",
        ),
        (
            "The blight was found in the vineyards around Eger on Monday, growers said.",
            "The blight could spread to Tokaj, growers in the vineyards of Eger said on Wednesday.",
        ),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_change_is_none(told: str, now: str) -> None:
    assert found(told, now) == []


def test_a_value_that_was_told_by_another_article_is_no_change() -> None:
    told = [article(1, KILLED, BEFORE), article(3, GREW, BEFORE)]
    assert changes(told, [article(2, GREW, LATER)]) == ()


def test_changes_are_numbered_on_from_what_was_cited() -> None:
    numbering = {"n2": 4}
    (change,) = changes([article(1, KILLED, BEFORE)], [article(2, GREW, LATER)], numbering)
    assert [side.n for side in change.sides] == [5, 4]


def test_without_articles_before_or_added_nothing_has_changed() -> None:
    assert changes([], [article(2, KILLED, LATER)]) == ()
    assert changes([article(1, KILLED, BEFORE)], []) == ()


def test_an_article_says_something_new_where_a_sentence_or_a_number_was_not_told() -> None:
    told = [article(1, f"{KILLED} Rescue teams from Izmir reached the town of Sindirgi on Monday evening.", BEFORE)]
    again = "On Monday evening rescue teams from Izmir reached the town of Sindirgi. " + KILLED
    assert not says_something_new(article(2, again, LATER), told)
    assert says_something_new(article(2, again.replace("35", "53"), LATER), told)
    more = f"{again} The mayor of Sindirgi opened the stadium to those whose houses had fallen."
    assert says_something_new(article(2, more, LATER), told)
