"""A question taken apart: its parts, what it asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question import Kind, kind_of, parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What did Fidan say and what did Barrot say?", ("What did Fidan say", "what did Barrot say")),
        ("Where is Ruse? When did its bridge open?", ("Where is Ruse", "When did its bridge open Ruse")),
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
