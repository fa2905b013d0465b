"""What a story is quoted by, without a model."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from qa.leads import MOST_SENTENCES, quoted
from qa.types import Article, Copy, Earlier, Published, Story, Verdict

STRUCK = "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Tuesday, killing 3 people, AFAD said."
SENT = "Interior Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi."
SCHOOLS = "Schools in Balikesir will stay closed until Monday, the governor's office announced."
MATTERS = "The quake in Balikesir was the strongest since 1990 and could force 40,000 people out of their homes."


def article(n: int, text: str, day: int = 4, title: str = "Quake kills three in Balikesir") -> Article:
    published = Published(f"2026-02-0{day}", date(2026, 2, day))
    return Article(f"n{n}", "", 1, title, f"Paper {n}", None, published, text, text)


def story(*articles: Article, **about: object) -> Story:
    return Story("s", articles[0].title, "new", articles, (), **about)  # type: ignore[arg-type]


def told(one: Story) -> list[str]:
    return [claim.text for claim in quoted(one).claims]


def test_a_story_of_one_article_is_its_lead() -> None:
    rest = "The mayor of Sindirgi, Ekrem Yavas, opened the stadium for those without a home."
    assert told(story(article(1, f"{STRUCK} {SENT} {SCHOOLS} {rest}"))) == [STRUCK, SENT, SCHOOLS]


def test_others_add_what_is_not_told_yet_and_nothing_twice() -> None:
    again = "Three people died when a magnitude 6.1 quake hit Balikesir in Türkiye on Tuesday, AFAD said."
    one = story(article(1, f"{STRUCK} {SENT}"), article(2, f"{again} {SCHOOLS}"))
    assert told(one) == [STRUCK, SENT, SCHOOLS]


def test_what_several_tell_is_told_before_what_one_tells() -> None:
    aid = "Germany offered Türkiye 40 engineers and tents for Balikesir, Foreign Minister Johann Wadephul said."
    others = [
        article(2, f"{aid} A bakery in Balikesir gave away 200 loaves of bread.", title="Bread and aid for Balikesir"),
        article(3, f"{aid} Two dogs of Balikesir were rescued from a roof.", title="Dogs rescued in Balikesir"),
    ]
    said = told(story(article(1, f"{STRUCK} {SENT}"), *others))
    assert said.index(aid) == 2


def test_sentences_stand_in_the_order_of_their_days() -> None:
    later = "Rescue teams in Balikesir ended their search on Friday with 9 people dead, AFAD said."
    one = story(article(1, f"{later} {SENT}", day=6), article(2, f"{STRUCK} {SCHOOLS}", day=4))
    days = [claim.citations[0].published for claim in quoted(one).claims]
    assert days == sorted(days)
    assert len(set(days)) == 2


def test_a_sentence_that_leans_is_told_only_behind_the_one_it_needs() -> None:
    text = f"Snow. {SENT} He added that 40 houses had fallen. Trains to Izmir were halted. It was the second in a year."
    said = told(story(article(1, text)))
    assert said[0] == SENT
    assert all("He" not in one.split()[0] or before == SENT for before, one in pairwise(said))
    assert "It was the second in a year." not in said


def test_a_reprint_is_not_read_and_what_a_later_version_adds_is() -> None:
    copy = article(2, f"{STRUCK} {SCHOOLS}")
    reprint, later = (
        story(article(1, f"{STRUCK} {SENT}"), copy, copies=(Copy("n2", "n1", at),)) for at in (False, True)
    )
    assert SCHOOLS not in told(reprint)
    assert SCHOOLS in told(later)


def test_one_sentence_of_what_was_told_before() -> None:
    one = story(article(1, f"{STRUCK} {SENT} {SCHOOLS}"))
    seen = quoted(Story("s", one.title, "seen", one.articles, ()))
    assert ([claim.text for claim in seen.claims], seen.why) == ([STRUCK], ())


def test_why_it_matters_only_where_an_article_says_so() -> None:
    assert quoted(story(article(1, f"{STRUCK} {SENT}"))).why == ()
    many = f"{STRUCK} {SENT} {SCHOOLS} {MATTERS}"
    (why,) = quoted(story(article(1, many))).why
    assert (why.text, why.verdict) == (MATTERS, Verdict.SUPPORTED)


def test_three_hundred_articles_are_told_in_few_sentences() -> None:
    many = [article(n, f"{STRUCK} Town {n} of Balikesir counted {n} broken houses by Wednesday.") for n in range(300)]
    said = told(story(*many))
    assert 1 <= len(said) <= MOST_SENTENCES


def test_an_article_in_which_nothing_can_be_told_gives_its_first_words() -> None:
    assert told(story(article(1, "Snow."))) == ["Snow."]
    assert told(story(article(1, "* * *"))) == []


def test_what_is_new_is_of_later_articles_and_not_background() -> None:
    told_before = article(1, f"{STRUCK} {SENT}", day=4)
    background = "In 1999 a quake of magnitude 7.6 killed 17,000 people in Izmit, far from Balikesir."
    later = article(2, f"{SENT} {SCHOOLS} {background}", day=5)
    late = article(3, "The mayor of Sindirgi, Ekrem Yavas, opened 4 stadiums for the people of Balikesir.", day=3)
    one = Story(
        "s",
        later.title,
        "update",
        (later, late),
        (),
        earlier=Earlier(1, date(2026, 2, 4), "s", "Quake"),
        added=("n2", "n3"),
    )
    made = quoted(one, [told_before])
    new = [claim.text for claim in made.news]
    assert new == [SCHOOLS]
    assert not {claim.text for claim in made.claims} & set(new)
