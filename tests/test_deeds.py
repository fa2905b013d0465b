"""What a question says was done, what it narrows, and which unit it asks for: sentences that keep to it or not."""

from __future__ import annotations

from datetime import date

import pytest

from qa.amounts import has_amount
from qa.asked import Asked, asks_newest
from qa.deeds import deed_of, kin
from qa.facts import names, stem
from qa.lines import folded, reading
from qa.narrowed import are_told, is_of_those, is_of_year, is_there


@pytest.mark.parametrize(
    ("question", "deed"),
    [
        ("Who discovered the comet?", "discovered"),
        ("Who quietly bought the newspaper?", "bought"),
        ("Who was sworn in as Brazil's president?", "sworn"),
        ("Who gets the reward for the ring?", "reward"),
        ("Who is to be given the medal of the town?", "medal"),
        ("Where did police find the ring?", "find"),
        ("How many people did the storm in Ruse kill?", "kill"),
        ("How much did the health office pay for it?", "pay"),
        ("When was the bridge of Ruse painted?", "painted"),
        ("Which states closed their schools?", "closed"),
        ("It rained. Did the roof of the hall collapse?", "collapse"),
        ("What did Lagarde announce?", ""),
        ("What did the bank decide last week?", ""),
        ("How old is Ana Dimova?", ""),
        ("Which countries are forging closer ties since the war in Ukraine began?", ""),
        ("How many people were killed after a bus crashed near Ruse?", "killed"),
        ("", ""),
    ],
)
def test_a_question_says_what_was_done_by_its_verb_or_by_what_somebody_got(question: str, deed: str) -> None:
    assert deed_of(question) == deed


def test_news_has_several_words_for_one_deed() -> None:
    assert {stem("died"), stem("deaths"), stem("killing")} <= kin("killed")
    assert kin("repainted") == {stem("repainted")}


def _possible(question: str, text: str, title: str = "News of the day") -> list[str]:
    asked = Asked.of(question, lambda words: dict.fromkeys(words, 1.0))
    return [place.text for place in asked.read(reading(title, text)) if asked.can_answer(place)]


@pytest.mark.parametrize(
    ("question", "text", "possible"),
    [
        ("What is the death toll in Velle?", "The harbour of Velle is 63 metres deep.", False),
        ("What is the death toll in Velle?", "In Velle 41 people have died.", True),
        ("How many states shut their schools?", "Schools shut: $50 billion go to the states.", False),
        ("How many states shut their schools?", "At least one person saw schools shut in the states.", False),
        ("How many states shut their schools?", "At least 10 states have shut their schools.", True),
        ("How many states shut their schools?", "Just one state has shut its schools.", True),
        ("How many million did the schools cost?", "The schools cost $50 million.", True),
        ("How many people died in Velle?", "In Velle the virus has claimed 41 lives so far.", True),
        ("How many people died in Velle?", "In Velle one person died of the virus.", True),
        ("How many people died in Velle?", "Velle had 7,513 confirmed cases. It mourns its dead.", False),
        ("How many people died in Velle?", "Those who died of COVID-19 in Velle were 80 years old.", False),
        ("How many people died in Velle?", "Velle is old, one reason why so many died.", False),
        ("How many people died in Velle?", "In Velle 15 percent of people over 70 died.", False),
        ("Who leads the inquiry into the fire?", "The fire killed Georgi Kolev, a guard of the hall.", False),
        ("Who leads the inquiry into the fire?", "Judge Ana Dimova will head the inquiry into the fire.", True),
        ("Where did police find the ring?", "The ring was stolen from a museum in Sofia, police said.", False),
        ("Where did police find the ring?", "The stolen ring was recovered from a boat in Sofia by police.", True),
        ("How many people did the fire in Velle kill?", "The fire in the hall in Ruse killed 12 people.", False),
        ("How many people were killed in Iran?", "Iranian officials said the blast killed 12 people.", True),
        ("How many hikers reached Ruse?", "On Sunday 350 hikers had made it to the town of Ruse.", True),
        ("How many people reached Ruse?", "On Sunday 350 people had left the town of Ruse.", False),
        ("To how many years was Kolev sentenced?", "Georgi Kolev faces up to eight years in prison.", False),
        ("How much do five wings cost?", "An order of five wings comes for $5.99.", True),
        ("Which states closed their schools?", "Portugal and Spain closed their schools on Friday.", False),
        ("Which states closed their schools?", "Ohio and Maryland closed their schools on Friday.", True),
        ("Which country did Dimova visit?", "Ana Dimova cancelled a visit to the Kings Hospital.", False),
        ("Which country did Dimova visit?", "Ana Dimova visited the French capital on Friday.", True),
        ("Which judge fell ill?", "The trial stopped because one of the three judges fell ill.", False),
        ("Which judge fell ill?", "The trial stopped because the judge Ana Dimova fell ill.", True),
        ("What is the name of the roofer who was held?", "Police held a roofer from Ruse over the theft.", False),
        ("What is the name of the roofer who was held?", "Police held the roofer Georgi Kolev over it.", True),
        ("When was the first bridge opened?", "The second bridge was opened by the mayor in 2019.", False),
        ("When was the first bridge opened?", "The first bridge was opened by the mayor in 1954.", True),
        ("What did the owner of the hall say?", 'The fire brigade said that the hall was "empty".', False),
        ("What did the owner of the hall say?", "The owner said that the hall was empty on Friday.", True),
        ("What did Lagarde announce?", "Christine Lagarde unveiled a digital euro on Friday.", True),
        ("What did Lagarde announce?", "Joachim Nagel unveiled a coin, which Lagarde had seen.", False),
    ],
)
def test_a_sentence_can_answer_when_it_keeps_to_what_the_question_says(
    question: str, text: str, possible: bool
) -> None:
    assert bool(_possible(question, text)) is possible


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("How much did the bridge cost?", "It cost 40 million crowns.", True),
        ("How much did the bridge cost?", "It cost $4.2m.", True),
        ("How much did the bridge cost?", "It is 8.4 kilometres long.", False),
        ("How much does the bell weigh?", "The bell is 1.2 metres high.", False),
        ("How much does the bell weigh?", "The bell weighs 2.5 tonnes.", True),
        ("How deep is the lake?", "The lake is 63 metres deep.", True),
        ("How deep is the lake?", "The lake has 63 islands.", False),
        ("How many islands are there?", "There are 63.", True),
    ],
)
def test_an_amount_has_the_unit_of_what_is_asked_for(question: str, text: str, held: bool) -> None:
    assert has_amount(question, text) is held


def test_a_year_that_is_asked_about_is_told_or_is_that_of_the_report() -> None:
    question = "How many people did the storm kill in 2025?"
    assert is_of_year(question, "The storm killed 12.", date(2025, 3, 1))
    assert is_of_year(question, "The storm of 2025 killed 12.", date(2026, 3, 1))
    assert not is_of_year(question, "The storm of 2024 killed 12.", date(2026, 3, 1))
    assert not is_of_year(question, "The storm killed 12.", None)
    assert is_of_year("How many people did the storm kill?", "", None)
    assert not is_of_year("Was it raised in March 2026?", "It was raised on Jan. 13.", date(2026, 1, 13))
    assert is_of_year("Was it raised in March 2026?", "It was raised.", date(2026, 3, 2))


def test_the_same_elsewhere_is_not_what_is_asked_about() -> None:
    question = "How many people did the fire in the warehouse in Velle kill?"
    assert not is_there(question, "Seven people died in a warehouse in Port Selm.")
    assert is_there(question, "Seven people died in a warehouse in Velle.")
    assert is_there(question, "Seven people died in the warehouse.")
    assert is_there("Who is the president of France?", "The French president met the president of Mali.")


def test_another_of_several_is_not_the_one_that_is_asked_about() -> None:
    assert not is_of_those("When does the third trial begin?", "The second trial begins on Monday.")
    assert is_of_those("When does the third trial begin?", "The second and the third trial begin on Monday.")
    assert is_of_those("When does the third trial begin?", "It is to begin for the second time.")


def test_a_name_is_told_in_other_spellings_of_it() -> None:
    assert are_told(names("x the United States and France"), folded("Officials of the States met French ministers."))
    assert not are_told(names("x the talks in Velle"), folded("The talks in Ruse went on."))


@pytest.mark.parametrize(
    ("question", "newest"),
    [
        ("How many people died in the storm?", True),
        ("When will the trial begin?", True),
        ("When was the bridge opened?", False),
        ("How many bridges are there?", False),
    ],
)
def test_what_grows_and_what_is_to_come_is_told_by_the_newest_report(question: str, newest: bool) -> None:
    assert asks_newest(question) is newest
