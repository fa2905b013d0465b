"""A text's word pieces: those of the tokenizer itself, and the same where a passage is cut between words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from qa.chunk import passage_spans
from qa.embed import LIMIT, Embedder
from qa.resources import resource_folder
from qa.wordpiece import WordPieces, is_between_words

EMBEDDER = Embedder(threads=1)
WORDS = WordPieces()
ODD = (
    "é\u0301ß中\U0001f600!’—İıﬁ각ﷺ"
    "\u200b\u00ad\ufffd\x00\x0b\x0c\x1c\x85\xa0\u1680\u2009\u2028\u2029\u3000\u0e33ـ़ \t\n\r-_[]"
)
PARTS = st.one_of(
    st.text(max_size=20),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.text(ODD, max_size=60),
    st.text("abC'. ", min_size=20, max_size=150),
    st.sampled_from(
        ["Talks began on Tuesday. ", "U.S.-led (e.g. Iran’s)", "\n\n", "naïve café", "x" * 120, "[sep] [CL"]
    ),
)
TEXTS = st.lists(PARTS, max_size=12).map("".join)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(resource_folder("assets") / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@settings(max_examples=2 * settings.default.max_examples)
@given(text=TEXTS)
@example("\ud800")
def test_word_by_word_gives_what_the_tokenizer_gives_for_the_whole(tokenizer: Tokenizer, text: str) -> None:
    told = "".join("\ufffd" if unicodedata.category(one) == "Cs" else one for one in text)
    expected = tokenizer.encode(told, add_special_tokens=False)
    found = WORDS.of(text)
    if not any(special in text for special in ("[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]")):
        assert list(found.ids) == expected.ids
        assert list(found.starts) == [start for start, _ in expected.offsets]


@settings(max_examples=2 * settings.default.max_examples)
@given(text=TEXTS, data=st.data())
def test_between_words_a_part_has_the_pieces_of_the_whole(text: str, data: st.DataObject) -> None:
    cuts = [at for at in range(len(text) + 1) if is_between_words(text, at)]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(cuts), st.sampled_from(cuts))))
    pieces = EMBEDDER.pieces(text)
    assert EMBEDDER.ids(text, pieces, start, end) == EMBEDDER.ids_of(text[start:end])
    assert len(EMBEDDER.ids(text, pieces, start, end)) == 2 * sum(start <= at < end for at in pieces.starts)


@settings(max_examples=settings.default.max_examples)
@given(text=TEXTS, limit=st.sampled_from([12, LIMIT]))
def test_passages_have_the_pieces_of_their_own_text(text: str, limit: int) -> None:
    pieces = EMBEDDER.pieces(text)
    for start, end in passage_spans(text, pieces.starts, EMBEDDER.count, limit):
        assert EMBEDDER.ids(text, pieces, start, end) == EMBEDDER.ids_of(text[start:end])


def test_what_looks_like_a_special_piece_is_text() -> None:
    assert len(WORDS.of("[SEP]")) == 3
    assert list(WORDS.of("[SEP]").ids) == list(WORDS.of("[sep]").ids)


def test_places_are_characters() -> None:
    text = "Türkiye \U0001f600 hosts"
    assert text[WORDS.of(text).starts[-1] :] == "hosts"


def test_a_full_table_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"word{n}" for n in range(50))
    expected = WORDS.of(text)
    monkeypatch.setattr("qa.wordpiece._TABLE", 7)
    small = WordPieces()
    assert [small.of(text).ids for _ in range(3)] == [expected.ids] * 3
