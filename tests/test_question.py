"""A question taken apart: its parts, what it asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.asked import Kind, kind_of
from qa.question import attributed, parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What did Fidan say and what did Barrot say?", ("What did Fidan say", "what did Barrot say")),
        ("Where is Ruse? When did its bridge open?", ("Where is Ruse", "When did its bridge open Ruse")),
        ("Who leads Iran, and by how many votes?", ("Who leads Iran", "by how many votes Iran")),
        ("What happened in Gaza and how many people died?", ("What happened in Gaza", "how many people died Gaza")),
        (
            "Who leads Iran; what does he want from France?",
            ("Who leads Iran", "what does he want from France Iran"),
        ),
        (
            "According to CNN, which city flooded, and, as reported by Reuters, who leads Peru?",
            ("According to CNN, which city flooded", "as reported by Reuters, who leads Peru"),
        ),
    ],
)
def test_the_parts_of_a_question_that_clearly_has_several(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "When and where will the talks take place?",
        "Who is the son-in-law and adviser of Trump?",
        "The Girl Scouts received a donation. Which philanthropist gave it?",
        "Bob McGrath died; he was ninety",
        "and and and what; why? who?",
        "",
    ],
)
def test_a_question_without_clear_parts_has_none(question: str) -> None:
    assert parts_of(question) == ()


@given(st.text(alphabet="abc AND what who ?;,\n", max_size=200))
def test_parts_never_raise_and_are_none_or_several(question: str) -> None:
    assert len(parts_of(question)) != 1


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many people died?", Kind.NUMBER),
        ("When did it open?", Kind.TIME),
        ("Where are the talks?", Kind.PLACE),
        ("Who leads Iran?", Kind.PERSON),
        ("Why was it closed?", Kind.REASON),
        ("What did Barrot say?", Kind.STATEMENT),
        ("Which hotel hosts them?", Kind.NAME),
        ("Is it open?", Kind.OTHER),
    ],
)
def test_what_a_question_asks_for(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


# sources that a question names


def test_a_name_means_all_sections_of_a_source() -> None:
    known = ["CNN (Web News)", "New York Times - News", "New York Times - Opinion", "cnn.com"]
    asked = attributed("Who left, according to the New York Times?", lambda: known)
    assert asked == ("Who left?", ("New York Times - News", "New York Times - Opinion"))
    assert attributed("In the CNN report, who left?", lambda: known) == ("who left?", ("CNN (Web News)", "cnn.com"))


SOURCES = [
    "AP",
    "BBC News",
    "CNN.com",
    "Reuters",
    "The Hill",
    "The Week",
    "Time",
    "U.S. News & World Report",
    "dpa",
    "L'Équipe",
]


@pytest.mark.parametrize(
    ("question", "left", "sources"),
    [
        ("According to CNN, which city flooded?", "which city flooded?", ("CNN.com",)),
        ("Which city flooded, as reported by the BBC?", "Which city flooded?", ("BBC News",)),
        ("Which city flooded according to a report by Reuters?", "Which city flooded?", ("Reuters",)),
        ("Who won, according to the latest figures?", "Who won, according to the latest figures?", ()),
        ("What was said in the CNN report on Gaza?", "What was said on Gaza?", ("CNN.com",)),
        ("According to CNN's Jim Acosta, who left?", "Jim Acosta, who left?", ("CNN.com",)),
        ("Who left according to dpa and Reuters?", "Who left and Reuters?", ("dpa",)),
        ("who left according to cnn", "who left", ("CNN.com",)),
        ("Who left, per U.S. News & World Report?", "Who left?", ("U.S. News & World Report",)),
        ("What did L'Équipe ask, according to L'Équipe?", "What did L'Équipe ask?", ("L'Équipe",)),
        ("What is .NET according to Time?", "What is .NET?", ("Time",)),
        ("What was in the Time story?", "What was?", ("Time",)),
        ("According to CNN. What did Fidan say?", "What did Fidan say?", ("CNN.com",)),
        ("according to CNN", "according to CNN", ("CNN.com",)),
    ],
)
def test_the_words_that_name_a_source_are_taken_out(question: str, left: str, sources: tuple[str, ...]) -> None:
    assert attributed(question, lambda: SOURCES) == (left, sources)


@pytest.mark.parametrize(
    "question",
    [
        "How many people died per week in Gaza?",
        "How much did prices rise per cent and per time?",
        "Were the losses reported in time to the police?",
        "What happened in the hill story?",
        "Did it arrive in the week report period?",
        "What does the Hill report say about Time and CNN?",
        "Who is reported in Gaza to have died?",
        "What did the report by AP say?",
    ],
)
def test_ordinary_words_are_left_alone(question: str) -> None:
    assert attributed(question, lambda: SOURCES) == (question, ())


@given(st.text(max_size=200), st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_any_question_and_any_sources_are_borne(question: str, sources: list[str]) -> None:
    left, named = attributed(question, lambda: sources)
    assert set(named) <= set(sources)
    assert named or left == question
    attributed(f"According to {sources[0] if sources else question}, {question}", lambda: sources)


@given(
    st.lists(
        st.sampled_from(["per", "in", "the", "reported", "according", "to", "report", "week", "?", "Gaza"]), max_size=12
    )
)
def test_without_a_source_a_question_stays_as_it_is(words: list[str]) -> None:
    assert attributed("  ".join(words), lambda: ["Reuters", "The Week"]) == ("  ".join(words), ()) or "week" in words
