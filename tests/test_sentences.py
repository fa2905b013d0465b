"""Sentences tile their text and end where a reader says they do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.sentences import Span, is_glued, is_wrapped, sentence_spans, trimmed

TEXTS = st.text(
    st.sampled_from("ab.!? \n\t\"'”’()-–•1Mr\u4e2d\u3002\U0001f600é\ud800") | st.characters(exclude_categories=())
)


def sentences(text: str) -> list[str]:
    return [text[slice(*trimmed(text, span))] for span in sentence_spans(text)]


@given(TEXTS)
def test_sentences_tile_the_text(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert all(span.end > span.start for span in spans)
    if text.strip():
        assert all(text[span.start : span.end].strip() for span in spans)


@given(TEXTS)
def test_a_trimmed_span_holds_the_words_alone(text: str) -> None:
    span = trimmed(text, Span(0, len(text)))
    assert text[span.start : span.end] == text.strip()
    assert 0 <= span.start <= span.end <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One ends. Two follows! Does three?", ["One ends.", "Two follows!", "Does three?"]),
        (
            "Mr. Fidan met Dr. Barrot on Jan. 27. They talked.",
            ["Mr. Fidan met Dr. Barrot on Jan. 27.", "They talked."],
        ),
        ("It rose 3.5 percent. The U.S. agreed.", ["It rose 3.5 percent.", "The U.S. agreed."]),
        ('He said "we won." Then he left.', ['He said "we won."', "Then he left."]),
        ("First paragraph\n\nSecond paragraph", ["First paragraph", "Second paragraph"]),
        ("Three things:\n- one\n- two", ["Three things:", "- one", "- two"]),
        ("A line\nof a poem\nthat is\nwrapped by hand.", ["A line\nof a poem\nthat is\nwrapped by hand."]),
        ("x" * 120 + "\nA new paragraph", ["x" * 120, "A new paragraph"]),
        ("\U0001f600 Emoji first. Then text.", ["\U0001f600 Emoji first.", "Then text."]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_an_empty_text_has_none_and_white_space_is_one() -> None:
    assert sentence_spans("") == []
    assert sentence_spans(" \n ") == [Span(0, 3)]


def test_closing_quotes_stay_with_their_sentence() -> None:
    spans = sentence_spans('"Go home.\n"\nThey went.')
    assert '"' in "".join('"Go home.\n"\nThey went.'[s.start : s.end] for s in spans[:1])


def test_text_wrapped_by_hand_is_told_from_paragraphs() -> None:
    assert is_wrapped("short\nlines\nall\nof them")
    assert not is_wrapped("short\n" + "long " * 40 + "\nshort\nshort")
    assert not is_wrapped("one line")


@pytest.mark.parametrize(
    "text", ["a. " * 200_000, "\n" * 200_000 + "x", '"' * 200_000, "word " * 200_000, "x" * 500_000]
)
def test_long_texts_tile_as_well(text: str) -> None:
    assert "".join(text[span.start : span.end] for span in sentence_spans(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "The march was led by now-Rep. John Lewis and others.",
        "It was then-Sen. Kamala Harris who asked.",
        "Ask Gov. Abbott.",
    ],
)
def test_a_title_before_a_name_ends_no_sentence(text: str) -> None:
    assert sentence_spans(text) == [Span(0, len(text))]


def test_links_run_together_are_told_from_names() -> None:
    assert is_glued("Joe Biden Joe BidenPress: Sanders has won")
    assert is_glued("Rep. Tulsi Gabbard Tulsi GabbardGOP Sen. Cotton calls")
    for name in ("Mitch McConnell spoke.", "YouTube and MacKenzie Scott", "Ron DeSantis of Florida", "the iPhone"):
        assert not is_glued(name)


@pytest.mark.parametrize(
    "sentence",
    [
        "Am 3. März kam es z. B. in Bonn zu einem Treffen mit Dr. Müller.",
        "Seit dem 3. August kostet das ca. 3,5 Mio. Euro, bzw. Nr. 5 vgl. Abs. 3.",
        "Das 2. Quartal war gut.",
        "Mødet fandt sted den 3. marts i Oslo.",
        "Volby se konaly 3. března v Praze, tj. v neděli.",
        "Kokous pidettiin 3. maaliskuuta Oulussa.",
        "La Sra. Pérez y el Sr. García vieron el núm. 3.",
        "« C'est bien ! »",
        "¿Quién ganó?",
        "В 2024 г. прошли выборы на ул. Ленина, в т. ч. и в школе им. А. С. Пушкина.",
        "谁赢了？",
        "他说：“我们赢了。”",
        "「勝った。」",
        "متى الانتخابات؟",
        "सरकार ने कहा।",
    ],
)
def test_sentences_of_other_languages_end_where_their_readers_say(sentence: str) -> None:
    assert sentences(f"{sentence} {sentence}") == [sentence, sentence]


def test_what_ends_a_sentence_of_english_still_does() -> None:
    text = "It was no. 3. August was hot. They met on May 3. September followed. He lives at 4 Herman St. One man came."
    assert len(sentences(text)) == 6
    assert sentences("He came in 2024 г. Москва ждёт.") == ["He came in 2024 г.", "Москва ждёт."]
