"""Markers in every spelling models were seen to use: none is left in a sentence, and none swallows another's words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.markers import Sentence, markers_in, sentences_of, without_numbers

WORDS = "carrying words of it"
ONE = ("A is so.", (2,), ((2, WORDS),))


def read(reply: str) -> list[tuple[str, tuple[int, ...], tuple[tuple[int, str], ...]]]:
    return [(one.text, one.refs, one.carried) for one in sentences_of(reply)]


@pytest.mark.parametrize(
    "reply",
    [
        f'A is so [2 "{WORDS}"].',
        f"A is so [2 “{WORDS}”].",
        f"A is so [2 '{WORDS}'].",
        f"A is so [2 «{WORDS}»].",
        f"A is so [2 „{WORDS}“].",
        f'A is so [2: "{WORDS}"].',
        f'A is so [2, "{WORDS}"].',
        f'A is so [2 – "{WORDS}"].',
        f'A is so [2 | "{WORDS}"].',
        f'A is so [2="{WORDS}"].',
        f'A is so [2 "{WORDS}."].',
        f'A is so [ 2 "{WORDS}" ].',
        f'A is so [2"{WORDS}"].',
        f'A is so. [2 "{WORDS}"]',
        f'A is so.[2 "{WORDS}"]',
        f'[2 "{WORDS}"] A is so.',
        f'A is so [passage 2, "{WORDS}"].',
        f'A is so [Source 2: "{WORDS}"].',
        f'A is so 【2 "{WORDS}"】.',
        f"A is so 【2†{WORDS}】.",
        f'A is so \\[2 "{WORDS}"\\].',
        f'A is so [2] ("{WORDS}").',
        f"A is so [2](“{WORDS}”).",
        f'A is so ["{WORDS}" 2].',
        f'A is so ["{WORDS}" [2]].',
        f"A is so [2: {WORDS}].",
        f"A is so [2 {WORDS}].",
        f'A is so [2 "{WORDS}].',
        f'A is so [2 "{WORDS}" (Agency)].',
        f'A is so [2 "{WORDS}.',
        f'- A is so [2 "{WORDS}"].',
        f'**A** is so [2 "**{WORDS}**"].',
    ],
)
def test_one_marker_with_its_words_in_every_form(reply: str) -> None:
    assert [(text, refs, tuple((n, words.rstrip(".").strip("*")) for n, words in carried)) for text, refs, carried in
            read(reply)] == [ONE]  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ('A so [1 "x y z"][3 "u v w"].', [("A so.", (1, 3), ((1, "x y z"), (3, "u v w")))]),
        ('A so [1 "x y z", 3 "u v w"].', [("A so.", (1, 3), ((1, "x y z"), (3, "u v w")))]),
        ('A so [1 “a "no" to it”, 3 "and that"].', [("A so.", (1, 3), ((1, 'a "no" to it'), (3, "and that")))]),
        ("A so [2 'Iran's foreign minister said'].", [("A so.", (2,), ((2, "Iran's foreign minister said"),))]),
        ('A so [2 "he [sic] said"]. B so.', [("A so.", (2,), ((2, "he [sic] said"),)), ("B so.", (), ())]),
        ('A so [2 "words of it]. B so [1].', [("A so.", (2,), ((2, "words of it"),)), ("B so.", (1,), ())]),
        ('A so [2 "words of it. B so [1].', [("A so.", (2,), ((2, "words of it"),)), ("B so.", (1,), ())]),
        ('A so [2 "some words [1 "x y z"].', [("A so.", (2, 1), ((2, "some words"), (1, "x y z")))]),
        ('A so [2 "never closed\nB so [1].', [("A so", (2,), ((2, "never closed"),)), ("B so.", (1,), ())]),
        ("A so [1. Then B.", [("A so.", (1,), ()), ("Then B.", (), ())]),
        ("A so [1", [("A so", (), ())]),  # it may have been 12
        ("A so [2 cut off in the mi", [("A so", (), ())]),
        ("A so 【4:0†source】.", [("A so.", (4, 0), ((0, "source"),))]),
        ("A so [1-3 \"x y z\"].", [("A so.", (1, 2, 3), ((1, "x y z"), (2, "x y z"), (3, "x y z")))]),
        ("In [12 people] so, [3 million] and [2026].", [("In [12 people] so, [3 million] and [2026].", (), ())]),
        ("```\nA so [1].\n```\nB `[2]` so.", [("A so.", (1,), ()), ("B so.", (2,), ())]),
        ("A so [1](http://evil.example/x). B so.", [("A so.", (1,), ()), ("B so.", (), ())]),
    ],
)  # fmt: skip
def test_words_end_where_their_marker_does(
    reply: str, expected: list[tuple[str, tuple[int, ...], tuple[tuple[int, str], ...]]]
) -> None:
    assert read(reply) == expected


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("See [our page](https://evil.example/a).", "See our page."),
        ("See ![a chart](https://evil.example/a.png) here.", "See a chart here."),
        ("See [the page][1]. So it is.\n[1]: https://evil.example/a 'b'", "See [the page]. So it is."),
        ("See https://evil.example/a?key=1 now.", "See (link removed) now."),
        ("See <https://evil.example>.", "See (link removed)."),
        ("See www.evil.example, it is good.", "See (link removed), it is good."),
        ("Go to javascript:alert(1).", "Go to (link removed)."),
        ('So <img src="https://evil.example/a.png"> it <b>is</b>.', "So it is."),
        ("So it is.<|im_end|>", "So it is."),
        ("Give at https://good.example/give, he said.", "Give at https://good.example/give, he said."),
        ("So \x1b]52;c;aGk=\x07it\x1b[2J is\u202e.", "So it is."),
    ],
)
def test_a_reply_leads_nowhere_but_where_the_evidence_does(reply: str, said: str) -> None:
    found = sentences_of(reply, evidence="Give at https://good.example/give or by post.")
    assert " ".join(one.text for one in found) == said


@pytest.mark.parametrize(
    "reply", ["", " \n", "[1]", '[1 "x y z"]', "[1][2].", "…", "。", "\x00", "```\n```", "<b></b>"]
)
def test_a_reply_without_words_has_no_sentence(reply: str) -> None:
    assert sentences_of(reply) == []


def test_a_reply_in_another_language_keeps_its_sentences_and_markers() -> None:
    said = sentences_of('Görüşmeler İstanbul’da yapılacak [1 "in Istanbul"]. 谈判将在伊斯坦布尔举行 [2]。')
    assert [ref for one in said for ref in one.refs] == [1, 2]


@pytest.mark.parametrize(
    "unit", ['[1 "', "[1", "[", "[[", '[1 "a b c"] ', '["a ', "a. [1] ", "[1,", "<a", "](x", "**a"]
)
def test_a_hundred_thousand_characters_are_read(unit: str) -> None:
    for one in sentences_of(unit * (100_000 // len(unit))):
        assert '[1 "' not in one.text


def test_brackets_of_an_articles_own_stay_in_its_sentence() -> None:
    assert without_numbers("He [the minister] met 3 [of them] [3] there.") == "He [the minister] met 3 [of them] there."


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ['[1 "', '[2 "', '"]', "”]", "[3: “", "[", "]", "[1]", "[9]", "1", " 2", '", 3 "', "words ", "of it", ". ",
             "\n", "'", "“", "”", "(", ")", '("x y")', "【2†", "】", "[sic]", "\\[", "\\]", "[^1", "[source 1", "-3]",
             "A so", "**", "``", "http://evil.example/a ", "](http://e.x)", "<b>", "B is. ", "[2026]", "[12 people]"]
        ),
        st.text(alphabet="[]12\"' .\nAb", max_size=6),
    ),
    max_size=16,
).map("".join)  # fmt: skip
RAW = re.compile(r"[\[【]\s*\d{1,3}\s*(?:[\]】]|[\"“])")


@settings(max_examples=5 * settings.default.max_examples)
@given(PIECES)
def test_nothing_raw_is_left_in_a_sentence(reply: str) -> None:
    for one in sentences_of(reply):
        assert isinstance(one, Sentence)
        assert not RAW.search(one.text), one.text
        assert "evil.example" not in one.text
        assert one.text == " ".join(one.text.split()) != ""
        assert all(n in one.refs for n, _ in one.carried)
        assert all("\n" not in words for _, words in one.carried)
    ends = 0
    for found in markers_in(reply):
        assert ends <= found.start < found.end <= len(reply)
        ends = found.end


def test_emphasis_that_never_closes_is_read_once_and_hides_nothing() -> None:
    """It took a minute when each opening was looked for to the end of a reply without lines."""
    reply = "The **talks** are __so__. " + "__a " * 25_000
    assert read(reply)[0][0] == "The talks are so."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ('It reopened [1 "free for ever"][4: “free”], he said.', "It reopened, he said."),
        ("It reopened 【1】 ［2］ 【3†source】 today.", "It reopened today."),
        ('It reopened ["free for ever" 1].', "It reopened."),
        ("It reopened [[9]1] [[[2]]].", "It reopened."),
        ('He met [12 "angry" men] and [a "friend"].', 'He met [12 "angry" men] and [a "friend"].'),
        ('{"claims": [], "n": [x]}', '{"claims": [], "n": [x]}'),
    ],
)
def test_an_articles_own_markers_are_left_out_and_its_brackets_stay(text: str, kept: str) -> None:
    assert without_numbers(text) == kept
