"""Which sentences of an article can tell news, and which need the one before them."""

from __future__ import annotations

from datetime import date

import pytest

from qa.leaning import leans
from qa.significance import significance
from qa.tellable import is_opinion, tellable
from qa.types import Article, Published

COUNCIL = "The council of Ruse closed the old bridge over the Danube on Thursday after cracks were found."


def article(text: str, title: str = "Bridge closed", source: str = "Agency", url: str | None = None) -> Article:
    return Article("n1", "", 1, title, source, url, Published("2026-02-04", date(2026, 2, 4)), text, text)


def texts(text: str, **about: str) -> list[str]:
    return [one.text for one in tellable(article(text, **about))]


@pytest.mark.parametrize(
    "around",
    [
        "A man crosses the empty square in Ruse on Thursday. (AP Photo/Ana Petrova)",
        "People look at the bridge in Ruse, Bulgaria, Thursday, Feb. 5, 2026.",
        "Mayor Ana Petrova walks to the bridge over the Danube in the morning.\n(Jon Doe/Reuters)",
        "This Feb. 4, 2026 photo provided by the town shows a bridge. It was painted by the volunteers last year.",
        "FILE - In this Dec. 2, 2025, file photo, the bridge stands open. The mayor opened it with a speech.",
        "Enlarge this image toggle caption Ana Petrova/Getty Images Ana Petrova/Getty Images",
        "Sign up to receive our biggest stories as soon as they are published.",
        "Ana Petrova is a senior political analyst for the Danube Times.",
        "Updated at 4:04 p.m. ET",
        "The transcript below has been lightly edited.",
        "Join our club and use the promo code DANUBE to get a tenth off the price.",
        "Bridge closed",
        "— Bulgaria: 12 bridges and 40 tunnels on the list.",
        "I wash my hands of this bridge, and you should know what that means.",
        "Why did nobody in the town of Ruse see the cracks before?",
        "Democrats call for bridges Senators urge repairs MORE (D-Mass.) told reporters.",
        "“ Everybody crosses that bridge twice a day, and nobody looks at it. ”",
        "After reportedly crossing from Romania to Bulgaria on a bridge in early December.",
    ],
)
def test_what_stands_around_a_report_is_not_told(around: str) -> None:
    assert texts(f"{around}\n\n{COUNCIL}") == [COUNCIL]


@pytest.mark.parametrize(
    "sentence",
    [
        "He added that the bridge would stay closed.",
        "The company did not say when it would open again.",
        "That is why the mayor closed it.",
        "The two met on Monday in Sofia.",
        "“It will be open by Friday,” she said.",
        "“It will be open by Friday, and everybody will see it.”",
        "As he left the town hall, the mood was bad.",
        "Many of them live in Giurgiu.",
        "In addition, Sofia sent forty engineers.",
    ],
)
def test_a_sentence_that_needs_the_one_before_leans(sentence: str) -> None:
    assert leans(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        COUNCIL,
        "Three people died when the bridge fell in Ruse.",
        "The Senate of Bulgaria voted on Monday for a new bridge.",
        "A woman who lost her brother asked for the names of the engineers.",
        "Mayor Ana Petrova said her engineers had warned her.",
        "“It will be open by Friday,” Mayor Ana Petrova said.",
    ],
)
def test_one_that_names_what_it_speaks_of_does_not(sentence: str) -> None:
    assert not leans(sentence)


def test_a_pronoun_whose_person_is_sure_gets_the_name_in_brackets() -> None:
    said = "Mayor Ana Petrova said on Monday that the bridge was safe. She walked over it on Tuesday with her children."
    _, second = tellable(article(said))
    assert second.text.startswith("She [Ana Petrova] walked")
    assert second.plain.startswith("She walked")
    assert not second.leans
    assert "Ana Petrova" in said[second.quote.start : second.quote.end]


def test_a_last_name_alone_needs_its_introduction() -> None:
    text = (
        "Ana Petrova, the chief engineer of Ruse, found the cracks in the bridge. The bridge of Ruse was closed. "
        "Petrova said the cracks in the bridge were old."
    )
    assert [one.leans for one in tellable(article(text))] == [False, False, True]


def test_positions_are_those_of_the_article() -> None:
    text = f"SOFIA (Reuters) - {COUNCIL}\n\nThe mayor of Giurgiu, Dan Popa, sent ferries to the town on Friday."
    first, second = tellable(article(text))
    assert (first.text, text[first.quote.start : first.quote.end]) == (COUNCIL, f"SOFIA (Reuters) - {COUNCIL}")
    assert text[second.quote.start : second.quote.end] == second.text


def test_text_without_capitals_is_read_as_well() -> None:
    text = (
        "scroll down for video . the council of ruse closed the old bridge in the us on thursday . her mayor , ana "
        "petrova , said so . ferries will cross the danube from friday on ."
    )
    assert len(texts(text)) == 3


@pytest.mark.parametrize(
    "about",
    [
        {"source": "Danube Times - Opinion"},
        {"url": "https://example.org/opinions/2026/bridge"},
        {"title": "Opinion: the bridge must go"},
    ],
)
def test_an_opinion_says_so(about: dict[str, str]) -> None:
    assert is_opinion(article(COUNCIL, **about))
    assert not is_opinion(article(COUNCIL))


def test_significance_is_said_in_words() -> None:
    assert significance("It was the first time since 1990 that the bridge was closed.")
    assert significance("The closure would force 20,000 people a day to take the ferry.")
    assert not significance(COUNCIL)
    assert not significance("It was “the worst day in history” because of the cracks.")  # nobody is named who says so
