"""A reply while it arrives: plain prose with the numbers of articles, whatever the pieces it comes in."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_markers import PIECES

from qa.prose import Prose

SHOWN = {2: 1, 3: 2}


def streamed(reply: str, size: int, evidence: str = "") -> str:
    prose = Prose(SHOWN.get, evidence)
    pieces = [prose.feed(reply[at : at + size]) for at in range(0, len(reply), size)]
    return "".join([*pieces, prose.flush()])


@pytest.mark.parametrize("size", [1, 2, 7, 1_000])
@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ('It is in Istanbul [2 "to take place in Istanbul"]. So [3].', "It is in Istanbul [1]. So [2]."),
        ('It is in Istanbul [2 "to take place in Ist', "It is in Istanbul [1]"),
        ("It is in Istanbul [2", "It is in Istanbul "),
        ('It is [9 "nowhere at all"][0].', "It is."),
        ('A so [2] ("words of it"), B.', "A so [1], B."),
        ("He [the man] (a friend) said [12 people] came.", "He [the man] (a friend) said [12 people] came."),
        ("[[9]1] A so [[9]2].", " A so."),
        ("See [here](https://evil.example/a b) or https://evil.example.", "See here or (link removed)."),
        ("1 < 2 and a <b>bold</b> word.", "1 < 2 and a bold word."),
    ],
)
def test_a_reader_sees_prose_with_the_numbers_of_articles(reply: str, shown: str, size: int) -> None:
    assert streamed(reply, size) == shown


def test_prose_is_passed_on_word_by_word_and_a_marker_as_soon_as_it_is_settled() -> None:
    prose = Prose(SHOWN.get)
    assert prose.feed("The talks a") == "The talks "
    assert prose.feed('re [2 "words') == ""
    assert prose.feed(' of it"') == ""
    assert prose.feed("]. Then") == "are [1]. "
    assert prose.flush() == "Then"


def test_a_bracket_that_is_never_closed_holds_up_a_few_lines_at_most() -> None:
    prose = Prose(SHOWN.get)
    shown = "".join(prose.feed(piece) for piece in ["He said [that ", *["and so on "] * 100])
    assert shown.startswith("He said [that and so on")
    assert prose.feed("\nNext line").endswith("\nNext ")


@pytest.mark.parametrize("unit", ['[1 "', "[", "(", "<a", "ab", '[2 "a b c"] ', "[1,", "x "])
def test_a_hundred_thousand_characters_pass(unit: str) -> None:
    reply = unit * (100_000 // len(unit))
    assert '[1 "' not in streamed(reply, 50)


@settings(max_examples=2 * settings.default.max_examples)
@given(PIECES, st.data())
def test_how_a_reply_is_cut_into_pieces_changes_nothing(reply: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reply)), max_size=8)))
    prose = Prose(SHOWN.get)
    shown = "".join(prose.feed(reply[a:b]) for a, b in pairwise([0, *cuts, len(reply)])) + prose.flush()
    assert shown == streamed(reply, 1)
    assert {int(n) for n in re.findall(r"\[(\d{1,3})\]", shown)} <= set(SHOWN.values())
    assert not re.search(r"\[ *\d{1,3} *[\"“]", shown)
