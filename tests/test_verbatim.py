"""Words found as they stand, whatever quotation marks, dashes and white space they were copied with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.verbatim import LONGEST, find_verbatim

TEXT = (
    "“We won’t go,” said Mr. Fidan – on Friday.\nThe talks, he added, are\u00a0set for Istanbul. The party's art "
    "is art. Prices rose 3.5% to $1,200."
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("We won't go", "We won’t go"),
        ('"we won\'t go," said Mr. Fidan', "We won’t go,” said Mr. Fidan"),
        ("said Mr. Fidan - on Friday", "said Mr. Fidan – on Friday"),
        ("on Friday. The talks", "on Friday.\nThe talks"),
        ("are set for Istanbul.", "are\u00a0set for Istanbul"),
        ("The talks … set for Istanbul", "The talks, he added, are\u00a0set for Istanbul"),
        ("The talks [...] set for Istanbul", "The talks, he added, are\u00a0set for Istanbul"),
        ("rose 3.5% to $1,200", "rose 3.5% to $1,200"),
        ("art", "art"),
    ],
)
def test_words_are_found_as_the_text_has_them(words: str, found: str) -> None:
    first, *_ = find_verbatim(words, TEXT)
    assert TEXT[first.start : first.end] == found


def test_whole_words_are_found_each_time() -> None:
    assert [TEXT[: span.start].count("art") for span in find_verbatim("art", TEXT)] == [1, 2]


@pytest.mark.parametrize(
    "words", ["", "“”", "…", "the talks are set", "Istanbul set for", "rose 3,5%", ".*", "a" * (LONGEST + 1), "a…b…c…d"]
)
def test_other_words_are_not_found(words: str) -> None:
    assert find_verbatim(words, TEXT) == []


@given(st.text(alphabet="ab “”'-–.…\n", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_every_place_is_a_stretch_of_the_text(text: str, start: int, end: int) -> None:
    for span in find_verbatim(text[start:end], text):
        assert 0 <= span.start < span.end <= len(text)
        assert span.end - span.start <= LONGEST
    whole = text[start:end].strip(" \n.…“”'")
    alone = (start == 0 or not text[:start][-1:].isalnum()) and not text[end : end + 1].isalnum()
    if whole.isalnum() and alone and text[start:end].strip("“”'.…\n ") == text[start:end]:
        assert find_verbatim(whole, text)


def test_words_and_text_made_to_be_matched_in_many_ways_are_matched_in_one() -> None:
    """Each took longer than anybody waits when quotation marks, or gaps, could be read in several ways."""
    assert find_verbatim("abc " + '" ' * 200 + "x", "abc " + '"" ' * 2000 + "y") == []
    assert find_verbatim("a … a … zz", "a " * 50_000) == []
    (found,) = find_verbatim('abc " " x', 'an abc "" ” “ x.')
    assert found.start == 3


def test_what_is_left_out_is_as_little_as_can_be_and_ends_with_a_word() -> None:
    text = "one two three one four " + "x" * LONGEST + " three"
    assert [text[a:b] for a, b in find_verbatim("one … three", text)] == ["one two three"]
    assert find_verbatim("one … x", text) == []
