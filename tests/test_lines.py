"""An article read once: its sentences, their words, and what can be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.lines import is_sentence, reading


@pytest.mark.parametrize(
    "text",
    [
        "Read more: the bridge of Ruse is open again",
        "READ MORE: Why the bridge of Ruse was closed",
        "Sign up for our newsletter about bridges and rivers.",
        "Related: how the bridge of Ruse was built",
        "(Photo by Ana Dimova/Getty Images) The bridge of Ruse on Monday.",
        "Hide Caption 15 of 38 Photos: The bridge of Ruse is opened to traffic.",
        "By Ana Dimova and Georgi Kolev",
        "Georgi Kolev contributed to this report.",
        "Follow her on X and TikTok @anadimova.",
        "A version of this story appeared in the Danube newsletter.",
        "Who opened the bridge of Ruse?",
        "Bridge of Ruse",
        "Ana Dimova Georgi Kolev Ruse Varna",
        "The bridgeOf Ruse is openPhoto by the river",
    ],
)
def test_notices_credits_bylines_and_questions_are_not_quoted(text: str) -> None:
    assert not is_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "The bridge of Ruse was opened to traffic on Monday.",
        "She asked readers to watch the river closely.",
        "By Monday the bridge was open to traffic again.",
        "The company's privacy policy says what it collects.",
        "Background: the bridge was closed two years ago.",
    ],
)
def test_sentences_are_quoted(text: str) -> None:
    assert is_sentence(text)


def test_a_reading_holds_each_sentence_with_its_place_and_words() -> None:
    text = "The mayor's bridge opened.\n\nU.S. engineers built it in Ruse."
    read = reading("A bridge for Ruse", text)
    assert [line.text for line in read.lines] == ["The mayor's bridge opened.", "U.S. engineers built it in Ruse."]
    assert read.lines[1].words == {"us", "engineers", "built", "it", "in", "ruse"}
    assert {"a", "for", "mayor"} <= read.words
    assert [line.text for line in read.around(1)] == [line.text for line in read.lines]


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_line_stands_where_it_says(text: str) -> None:
    read = reading("A title", text)
    assert all(text[line.span.start : line.span.end] == line.text for line in read.lines)


_PIECES = st.sampled_from(
    "us US U.S. the Dimova Dimova's Dimova’s café CAFE İstanbul 3.5m 100\u00a0000 o'neil5 bridge-bridge (us) us, us. "
    "‘us’ house 2020-21 \n \n\n . ? ! :".split(" ")
)
"""Words within words, beside digits and marks, and in other spellings."""


@given(st.lists(_PIECES, max_size=40), st.booleans())
def test_what_a_reading_says_of_its_words_is_what_its_sentences_hold(pieces: list[str], spaced: bool) -> None:
    read = reading("A bridge", (" " if spaced else "").join(pieces))
    assert read.words == read.title_words.union(*(line.words for line in read.lines))
    for word in read.words | {"never", "u", "s"}:
        assert [read.holds(line, word) for line in read.lines] == [word in line.words for line in read.lines]
