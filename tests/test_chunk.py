"""Passages tile their article, fit the embedder's window, and keep sentences whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.chunk import MAX_CHARACTERS, passage_spans
from qa.embed import LIMIT, WINDOW, Embedder
from qa.sentences import sentence_spans

EMBEDDER = Embedder(threads=1)
SMALL = 12
PARTS = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.sampled_from(
        ["Talks began on Tuesday. ", "He agreed.", "\n\n", "\n", " ", "中文句子。", "\U0001f469\u200d\U0001f4bb"]
    ),
    st.text("abc", min_size=90, max_size=130),
    st.text("é\u0301ß中\U0001f600!", min_size=1, max_size=60),
    st.just("supercalifragilisticexpialidocious"),
)
TEXTS = st.lists(PARTS, max_size=25).map("".join)


def passages(text: str, limit: int = LIMIT) -> list[str]:
    return [
        text[span.start : span.end] for span in passage_spans(text, EMBEDDER.pieces(text).starts, EMBEDDER.count, limit)
    ]


def pieces(text: str) -> int:
    return EMBEDDER.count(text)


@settings(max_examples=settings.default.max_examples)
@given(TEXTS)
def test_passages_tile_the_text_and_none_exceeds_the_limit(text: str) -> None:
    found = passages(text, SMALL)
    assert "".join(found) == text
    assert all(found)
    assert all(pieces(passage) <= SMALL or len(passage) == 1 for passage in found)


@settings(max_examples=settings.default.max_examples // 2)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_sentences_that_fit_are_kept_whole(lengths: list[int]) -> None:
    text = " ".join(" ".join(["Word", *["talks"] * (n - 1)]) + "." for n in lengths)
    spans = passage_spans(text, EMBEDDER.pieces(text).starts, EMBEDDER.count, 40)
    edges = {span.start for span in spans}
    assert edges <= {sentence.start for sentence in sentence_spans(text)}
    assert len(spans) <= 1 + 2 * pieces(text) / 40


@pytest.mark.parametrize(
    "text",
    [
        "word " * 5_000,
        "x" * 100_000,
        "中文没有空格" * 3_000,
        "\U0001f469\u200d\U0001f4bb" * 2_000,
        "line\n" * 3_000,
        "\n" * 1_000 + "end",
        " " * 1_000 + "x",
        "!" * 1_000,
        "a-b" * 5_000,
        "https://example.com/" + "path/" * 2_000,
        "ﷺ" * 1_000,
        "각" * 3_000,
        "x" * 5_000 + " Then a short sentence follows it. And another one.",
    ],
    ids=["words", "letters", "Chinese", "emoji", "lines", "newlines", "spaces", "marks", "hyphens", "URL", "ligature",
         "Hangul", "giant word"],
)  # fmt: skip
def test_odd_texts_fit_the_window(text: str) -> None:
    found = passages(text)
    assert "".join(found) == text
    assert max(map(pieces, found)) + 2 <= WINDOW
    assert max(map(len, found)) <= MAX_CHARACTERS


def test_a_sentence_after_a_giant_word_is_kept_whole() -> None:
    last = "Then a short sentence follows it, with some words more."
    assert any(last in passage for passage in passages("x" * 4_090 + " end. " + last))


def test_a_sentence_above_the_limit_is_cut_at_white_space() -> None:
    text = "talks " * 600 + "end."
    found = passages(text)
    assert len(found) > 2
    assert all(passage.endswith(" ") for passage in found[:-1])


def test_passages_are_packed_evenly() -> None:
    text = " ".join(["This is one sentence of nine words, more or less."] * 30)
    sizes = [pieces(passage) for passage in passages(text)]
    assert len(sizes) == -(-sum(sizes) // LIMIT)
    assert max(sizes) - min(sizes) < 30


def test_an_empty_text_has_no_passages() -> None:
    assert passages("") == []


def test_a_short_text_is_one_passage() -> None:
    assert passages(" One. Two.\n\nThree. ") == [" One. Two.\n\nThree. "]
