"""The two doors: what may enter a library, and what may reach a terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.clean import MAX_MARKS, MAX_RUN, clean, clean_line, show, show_line

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
NASTY = st.text(
    st.sampled_from(
        "ab \t\n\r\x00\x07\x1b\x7f\x84\x85\x90\x9b\x9c\x9d[]P\\m0;52\u0301\u0316\u200b\u200c\u200d\u202e\u2066"
    )
    | st.sampled_from("\ufe0f\U0001f469\U0001f4bb\u0646\u0915\u094d\ufeff\ud800\udfff\U000e0041\u0344\u00e9\u2028")
    | st.characters(exclude_categories=())
)


@given(NASTY)
def test_cleaning_is_idempotent_and_leaves_nothing_forbidden(text: str) -> None:
    once = clean(text)
    assert clean(once.text).text == once.text
    assert clean(once.text).report == ""
    assert not FORBIDDEN.search(once.text)
    assert unicodedata.is_normalized("NFC", once.text)


@given(NASTY)
def test_a_line_is_one_line_without_outer_space(text: str) -> None:
    line = clean_line(text)
    assert line == " ".join(line.split()) == clean_line(line)
    assert not FORBIDDEN.search(line)


@given(NASTY)
def test_showing_keeps_every_position_and_nothing_forbidden(text: str) -> None:
    for shown in (show(text), show_line(text)):
        assert len(shown) == len(text)
        assert not FORBIDDEN.search(shown)
        assert all(a == b for a, b in zip(shown, text, strict=True) if b.isalnum() and b.isascii())
    assert "\n" not in show_line(text)
    assert "\t" not in show_line(text)


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))))
def test_ordinary_text_comes_through(text: str) -> None:
    expected = unicodedata.normalize("NFC", text)
    assert clean(text).text == expected or len(text) > MAX_MARKS
    assert show(text) == text


@pytest.mark.parametrize(
    "escape",
    [
        "\x1b[31m",
        "\x1b[2J",
        "\x1b[?25l",
        "\x1b[38;5;196m",
        "\x9b31m",
        "\x1b]0;owned\x07",
        "\x1b]8;;https://evil.example\x1b\\",
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1b]52;c;" + "QUFB" * 5_000 + "\x07",
        "\x9d8;;https://evil.example\x9c",
        "\x1bPq#0;2;0;0;0\x1b\\",
        "\x90q#0\x9c",
        "\x1b_Gf=24;AAAA\x1b\\",
        "\x1b^private\x1b\\",
        "\x1bc",
        "\x1b(B",
        "\x1bM",
    ],
)
def test_an_escape_sequence_goes_whole(escape: str) -> None:
    found = clean(f"before {escape}after")
    assert found.text == "before after"
    assert found.cut == len(escape)
    assert found.report == f"cut {len(escape)} control, invisible or endlessly repeated character(s)"


def test_an_escape_sequence_without_an_end_takes_no_other_line_with_it() -> None:
    assert clean("a \x1b]0;title\nsecond line\x07").text == "a 0;title\nsecond line"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\rc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("tab\tand\nline", "tab\tand\nline"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("a\u2066b\u2069c", "abc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("tag\U000e0069\U000e006e", "tag"),
        ("nul\x00 bell\x07 del\x7f", "nul bell del"),
        ("e\u0301", "é"),
        ("lone \ud83d end", "lone \ufffd end"),
        ("Latin\u200djoined\u200c", "Latinjoined"),
    ],
)
def test_what_is_cut_and_what_replaced(text: str, kept: str) -> None:
    assert clean(text).text == kept


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f469\u200d\U0001f4bb",  # woman technologist
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # rainbow flag
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with the non-joiner it needs
        "\u0915\u094d\u200d\u0937",  # Devanagari half form
    ],
)
def test_joiners_stay_where_scripts_and_emoji_need_them(text: str) -> None:
    assert clean(text).text == text


def test_undecodable_characters_are_counted() -> None:
    assert clean("\ud800 and \udc00").report == "replaced 2 undecodable character(s)"


@pytest.mark.parametrize("letter", ["a", "!", "\n", "\u4e2d", "-"])
def test_runs_are_cut(letter: str) -> None:
    found = clean(f"x{letter * 5_000}y")
    assert found.text == f"x{letter * MAX_RUN}y"
    assert found.cut == 4_000
    assert clean(letter * MAX_RUN).text == letter * MAX_RUN


@given(st.integers(0, 1_100), st.sampled_from(["a", "\n", "’", "中", " "]), st.integers(0, 600), st.booleans())
def test_runs_are_found_wherever_they_lie(before: int, letter: str, after: int, mixed: bool) -> None:
    head, tail = ("Ab" * 600)[:before], ("Cd" * 300)[:after]
    run = " \u00a0\t" * 400 if mixed else letter * (MAX_RUN + 1)
    kept = " " if mixed or letter == " " else letter * MAX_RUN
    assert clean(head + run + tail).text == head + kept + tail


def test_long_mixed_space_becomes_one() -> None:
    assert clean("a" + " \t\u00a0" * 1_000 + "b").text == "a b"


def test_marks_on_one_letter_are_limited() -> None:
    text = clean("a" + "\u0316\u0301" * 50_000 + "b").text
    assert text[0] in "aá"
    assert text[-1] == "b"
    assert sum(unicodedata.combining(c) > 0 for c in text) <= MAX_MARKS


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" " * 2_000_000 + "x", 2),
        ("a" * 10**6, MAX_RUN),
        ("\x9d" * 500_000, 0),
        ("\x1b]" * 500_000, 0),
        ("\x9b0" * 500_000 + "m", None),
        ("\u200d" * 500_000, 0),
        ("\u0301\u0316" * 250_000, None),
    ],
    ids=["spaces", "letters", "C1 OSC", "OSC", "C1 CSI", "joiners", "marks"],
)
def test_hostile_lengths_come_through_in_a_moment(text: str, kept: int | None) -> None:
    cleaned = clean(text).text
    assert kept is None or len(cleaned) == kept
    assert not FORBIDDEN.search(cleaned)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("now\ufe01\ufe02\ufe0f", "now"),
        ("\ufe0fnow \ufe0e", "now "),
        ("a\u3164\u115f\u1160\uffa0\u034f\u17b4\U0001d173b", "ab"),
        ("\u2764\ufe0f\ufe0f\ufe01", "\u2764\ufe0f"),
        (
            "1\ufe0f\u20e3 \u2764\ufe0f \U0001f3f3\ufe0f\u200d\U0001f308",
            "1\ufe0f\u20e3 \u2764\ufe0f \U0001f3f3\ufe0f\u200d\U0001f308",
        ),
    ],
)
def test_letters_and_selectors_that_show_nothing_hide_no_text(text: str, kept: str) -> None:
    assert clean(text).text == kept
    assert "\ufe01" not in show(text)
    assert len(show(text)) == len(text)
