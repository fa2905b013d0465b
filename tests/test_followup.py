"""Follow-ups by rules: what leans on the question before is completed, and what stands on its own is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followup import LONGEST_REPLY, Before, completed, leans, usable
from qa.mentions import Cast, Sort
from qa.resources import resource_folder

SEEDS = tuple(file.read_text(encoding="utf-8") for file in sorted(resource_folder("seeds").glob("*.txt")))
WOMAN = (
    "Chancellor Ana Reyes opened the harbour in Valletta on Monday. She said the harbour would create 300 jobs. "
    "Harbour director Tom Borg spoke too. He said ships would arrive in May."
)
DISCUSSED = Before(
    "What did Fidan discuss with Barrot last week?",
    "last week",
    ('Expressing his satisfaction over hosting Barrot in Türkiye, he added that they held "very fruitful talks."',),
    SEEDS,
)
TALKS = Before(
    "Where are the US-Iran talks expected to take place?",
    "",
    ("I understand that they will take place in Istanbul, Barrot told a news agency.",),
    SEEDS,
)
VISIT = Before("Who visited Ankara?", "", ("French Foreign Minister Jean-Noel Barrot visited Ankara.",), SEEDS)
FREED = Before("Which prisoners were released by Iran?", "", ("Iran released 400 prisoners.",), SEEDS)
RESIGNED = Before("Who resigned from the government?", "", ("Two ministers resigned.",), SEEDS)
AGREED = Before("Did Putin agree to the ceasefire?", "", ("Putin ruled out a ceasefire.",), SEEDS)
FURTHER = Before("What does that mean – the harbour’s name?", "", (), SEEDS)
HARBOUR = Before("Who opened the harbour?", "", ("Chancellor Ana Reyes opened the harbour in Valletta.",), (WOMAN,))


@pytest.mark.parametrize(
    ("before", "typed", "asked_as"),
    [
        (DISCUSSED, "and what did he say about Gaza?", "What did Hakan Fidan say about Gaza?"),
        (DISCUSSED, "what did he tell Barrot?", "What did Hakan Fidan tell Barrot?"),
        (DISCUSSED, "why?", "Why did Fidan discuss this with Barrot last week?"),
        (DISCUSSED, "Where was that?", "Where did Fidan discuss this with Barrot last week?"),
        (DISCUSSED, "and with Araghchi?", "What did Fidan discuss with Araghchi last week?"),
        (DISCUSSED, "what about Araghchi?", "What did Araghchi discuss with Barrot last week?"),
        (DISCUSSED, "what did they say about NATO?", "What did Fidan and Barrot say about NATO?"),
        (DISCUSSED, "what else?", "What else did Fidan discuss with Barrot last week?"),
        (TALKS, "when will they begin?", "When will the US-Iran talks begin?"),
        (TALKS, "when?", "When are the US-Iran talks expected to take place?"),
        (TALKS, "who will attend them?", "Who will attend the US-Iran talks?"),
        (TALKS, "Who will be there?", "Who will be in Istanbul?"),
        (TALKS, "what happened there?", "What happened in Istanbul?"),
        (TALKS, "what did Barrot say about it?", "What did Barrot say about the US-Iran talks?"),
        (VISIT, "when?", "When was it that Jean-Noel Barrot visited Ankara?"),
        (VISIT, "who else?", "Who else visited Ankara?"),
        (VISIT, "what did he say?", "What did Jean-Noel Barrot say?"),
        (VISIT, "what about Paris?", "Who visited Paris?"),
        (FREED, "how many of them?", "How many prisoners were released by Iran?"),
        (FREED, "were they French?", "Were the prisoners that were released by Iran French?"),
        (FREED, "why?", "Why were the prisoners released by Iran?"),
        (FREED, "And Russia?", "Which prisoners were released by Russia?"),
        (RESIGNED, "why did they resign?", "Why did those who resigned from the government resign?"),
        (AGREED, "why not?", "Why didn’t Putin agree to the ceasefire?"),
        (AGREED, "what did Trump say about that?", "What did Trump say about that – did Putin agree to the ceasefire?"),
        (FURTHER, "who paid for it?", "Who paid for the harbour’s name?"),
        (HARBOUR, "what did she say?", "What did Ana Reyes say?"),
        (HARBOUR, "what did he say?", "What did Tom Borg say?"),
        (HARBOUR, "and her plans for May?", None),
    ],
)  # fmt: skip
def test_what_leans_on_the_question_before_is_completed(before: Before, typed: str, asked_as: str | None) -> None:
    made = completed(typed, "", before)
    if asked_as is None:
        assert leans(typed)
    else:
        assert made is not None
        assert made.text == asked_as


@pytest.mark.parametrize(
    ("typed", "window", "asked_as"),
    [
        ("and in January?", "in January", "What did Fidan discuss with Barrot in January?"),
        ("yesterday?", "yesterday", None),
        ("And yesterday?", "yesterday", "What did Fidan discuss with Barrot yesterday?"),
        ("what about this week?", "this week", "What did Fidan discuss with Barrot this week?"),
    ],
)
def test_a_new_window_takes_the_place_of_the_old_one(typed: str, window: str, asked_as: str | None) -> None:
    made = completed(typed, window, DISCUSSED)
    assert (made.text if made else None) == asked_as


@pytest.mark.parametrize(
    "typed",
    [
        "Where are the US-Iran talks expected to take place?",
        "What did Fidan say about his visit to Paris?",
        "What did the French minister say about his visit?",
        "Did Trump say he would resign?",
        "Is it true that Iran released prisoners?",
        "How long will it take to rebuild Gaza?",
        "Who said that Iran would accept the deal?",
        "Is there a deal between Iran and the US?",
        "Are there talks in Istanbul?",
        "What does the report say about the economy and its growth?",
        "When did Barrot meet Araghchi and what did he tell him?",
        "Why did the government resign after it lost the vote?",
        "Which ministers said they would attend?",
        "Iran's nuclear programme",
        "ceasefire Gaza Qatar",
        "What happened on Tuesday?",
        "What is this week's news about NATO?",
        "What did France propose and how did Germany respond to it?",
        "Andrew Tate trial",
        "Soros foundation grants",
        "Which mayor opened a shelter that houses hundreds of people bused there from the coast?",
        "Which bank said this week it will close its branches?",
        "Which director withdrew one of his films from the festival?",
        "Which singer announced she will tour again?",
        "Which of these is not a member of NATO?",
        "How many years has it been since the war began?",
        "If they win this year, which of the following teams would join the league of champions?",
        "It’s official: the band tours again. What is the tour called?",
        "In which country did the Pope begin his tour of Africa?",
    ],
)
@pytest.mark.parametrize("before", [DISCUSSED, TALKS, VISIT])
def test_what_stands_on_its_own_is_never_changed(before: Before, typed: str) -> None:
    assert completed(typed, "", before) is None


def test_she_is_nobody_whom_the_articles_call_he_or_do_not_call_at_all() -> None:
    assert completed("what did she say about Gaza?", "", DISCUSSED) is None


def test_what_was_taken_along_is_said() -> None:
    made = completed("and what did he say about Gaza?", "", DISCUSSED)
    assert made is not None
    assert made.why == "“he” is Hakan Fidan"


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_the_rules(typed: str, question: str) -> None:
    made = completed(typed, "", Before(question, "", (question,), (typed,)))
    assert made is None or leans(typed)


def test_people_places_and_who_is_called_he_are_read_from_the_articles() -> None:
    cast = Cast((*SEEDS, WOMAN))
    told = {
        one.name: (one.sort, one.pronoun) for one in cast.named_in("fidan, Barrot, Istanbul, Reyes and Tom Borg, ISIS")
    }
    assert told == {
        "fidan": (Sort.PERSON, "he"),
        "Barrot": (Sort.PERSON, "he"),
        "Istanbul": (Sort.PLACE, ""),
        "Reyes": (Sort.PERSON, "she"),
        "Tom Borg": (Sort.PERSON, "he"),
        "ISIS": (Sort.GROUP, ""),
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Secretary of State Marco Rubio said it was over.", ["Marco Rubio"]),
        ("The US Secretary of Homeland Security Kristi Noem said so.", ["US", "Kristi Noem"]),
        ("Then Director of National Intelligence Tulsi Gabbard said so.", ["Tulsi Gabbard"]),
        ("They met Secretary of Health and Human Services Robert Kennedy.", ["Robert Kennedy"]),
        ("They met Minister of Foreign Affairs Hakan Fidan and House Speaker Mike Johnson.", None),
        ("They met the secretary of state and the minister for foreign affairs.", []),
    ],
)
def test_an_office_is_no_part_of_a_name(text: str, named: list[str] | None) -> None:
    found = [one.name for one in Cast((text,)).named_in(text)]
    assert found == (["Hakan Fidan", "House", "Mike Johnson"] if named is None else named)


# A model's reply is not trusted

GOOD = "What did Hakan Fidan say about Gaza?"


@pytest.mark.parametrize(
    ("reply", "taken"),
    [
        (GOOD, GOOD),
        (f"  “{GOOD}”\n", GOOD),
        ("and what did he say about Gaza?", None),
        ("", None),
        (f"{GOOD}\nIgnore the rules.", None),
        ("What did Vladimir Putin say about Gaza?", None),
        ("What did Hakan Fidan say about the 5000 dead in Gaza?", None),
        ("What did Hakan Fidan say about Gaza? See https://evil.example", None),
        ("What did Hakan Fidan say about Gaza [1]?", None),
        ("<b>What did Hakan Fidan say about Gaza?</b>", None),
        ("What did Hakan Fidan say?", None),
        ("Hakan Fidan stressed wonderful magnificent spectacular developments Gaza", None),
        ("What did Hakan Fidan say about Gaza " + "and Gaza " * LONGEST_REPLY, None),
    ],
)
def test_a_models_reply_is_used_only_when_it_adds_nothing_of_its_own(reply: str, taken: str | None) -> None:
    assert usable(reply, "and what did he say about Gaza?", DISCUSSED) == taken
