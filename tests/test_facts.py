"""What a sentence states: numbers with units, names, days, quotations; spellings of one thing are equal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from qa.facts import content_stems, days, fold, names, normal_quote, numbers, opening_name, quotations, stem, tokens


def stated(text: str) -> list[tuple[float, str]]:
    return [(number.value, number.unit) for number in numbers(text)]


@pytest.mark.parametrize(
    "text",
    ["35 %", "35%", "35 percent", "35 per cent", "thirty-five percent", "Thirty-five per cent", "35pc", "35 pct"],
)
def test_a_percentage_is_one_number_however_it_is_written(text: str) -> None:
    assert stated(text) == [(35.0, "%")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2 million", 1_200_000),
        ("1,200,000", 1_200_000),
        ("1.2million", 1_200_000),
        ("two dozen", 24),
        ("a dozen", 12),
        ("a million", 1_000_000),
        ("half a million", 500_000),
        ("two hundred and fifty", 250),
        ("one hundred twenty-three", 123),
        ("twenty-one thousand", 21_000),
        ("five hundred and two thousand", 502_000),
        ("20\u202f000", 20_000),
        ("10km", 10),
        ("10 km", 10),
        ("3 m", 3),
        ("6,5", 6.5),
        ("zero", 0),
    ],
)
def test_numbers_in_digits_and_words_have_their_value(text: str, value: float) -> None:
    assert stated(f"It was {text} there") == [(value, "")]


def test_fractions_are_one_number() -> None:
    assert stated("two-thirds of them") == stated("two thirds of them") == [(2 / 3, "")]


@pytest.mark.parametrize("text", ["$4.5bn", "$4.5 billion", "US$4.5bn", "4.5 billion dollars", "$4,500,000,000"])
def test_money_has_its_currency_and_its_scale(text: str) -> None:
    assert stated(text) == [(4.5e9, "$")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("35 to 40 percent", [(35.0, "%"), (40.0, "%")]),
        ("35% to 40%", [(35.0, "%"), (40.0, "%")]),
        ("$5-10", [(5.0, "$"), (10.0, "$")]),
        ("35 % of $20", [(35.0, "%"), (20.0, "$")]),
        ("35 people and 20 cars", [(35.0, ""), (20.0, "")]),
    ],
)
def test_a_range_shares_its_unit_and_other_neighbours_do_not(text: str, expected: list[tuple[float, str]]) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "on 4 February 2026",
        "on February 4",
        "on Feb. 4th",
        "the 4th of February",
        "May 5, 2026",
        "2026-02-04",
        "in 2026",
        "the 1990s",
        "the G20 and Group B7x9",
    ],
)
def test_dates_and_parts_of_words_are_no_numbers(text: str) -> None:
    assert stated(text) == []


def test_a_number_after_a_month_that_is_no_day_of_it_is_a_number() -> None:
    assert stated("In January 350 people came") == [(350.0, "")]
    assert stated("On Tuesday 5 people came") == [(5.0, "")]
    assert stated("5 may be enough") == [(5.0, "")]


@pytest.mark.parametrize("text", ["one of them", "no one came", "the two ministers", "both two", "this one"])
def test_one_and_two_that_only_point_are_no_numbers(text: str) -> None:
    assert stated(text) == []


def test_one_and_two_that_count_are_numbers() -> None:
    assert stated("one person was killed, two were hurt") == [(1.0, ""), (2.0, "")]


def test_a_number_knows_where_it_stands() -> None:
    text = "About two hundred and fifty people"
    (number,) = numbers(text)
    assert text[number.start : number.end] == "two hundred and fifty"


def named(text: str) -> list[str]:
    return [name.text for name in names(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Fidan said hello to Barrot.", ["Fidan", "Barrot"]),
        ("He met Prime Minister Kyriakos Mitsotakis.", ["Kyriakos Mitsotakis"]),
        ("Talks begin in Istanbul.", ["Istanbul"]),
        ("The U.S. and Iran met.", ["U.S.", "Iran"]),
        ("They visited Türkiye.", ["Türkiye"]),
        ("Rising prices hit Ankara.", ["Ankara"]),
        ("Reports say so. Officials agree.", []),
        ("Jean-Noel Barrot spoke", ["Jean-Noel Barrot"]),
        ("On Tuesday, in January, he spoke", []),
        ("Yesterday Fidan spoke", ["Fidan"]),
        ("President Donald Trump’s son-in-law Jared Kushner", ["Donald Trump", "Jared Kushner"]),
    ],
)
def test_names_are_runs_of_capitals_but_for_sentence_openings_days_and_titles(text: str, expected: list[str]) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fidan said so.", "Fidan"),
        ("Barrot’s visit ended.", "Barrot"),
        ("Officials said so.", None),
        ("Police said so.", None),
        ("Talks begin.", None),
        ("Tuesday's talks", None),
        ("The end", None),
        ("", None),
    ],
)
def test_a_name_that_opens_a_sentence_is_known_by_what_it_does(text: str, expected: str | None) -> None:
    assert opening_name(text) == expected


def test_spellings_of_a_name_are_equal() -> None:
    assert fold("Türkiye") == "turkiye"
    assert fold("ISTANBUL") == fold("İstanbul") == fold("ıstanbul") == "istanbul"
    assert [token.folded for token in tokens("U.S. and US")] == ["us", "and", "us"]
    assert tokens("Türkiye’s")[0].folded == tokens("Turkiye's")[0].folded == "turkiye"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Tuesday", {"tue"}),
        ("Tue. 4 Feb.", {"tue", "feb", "4 feb"}),
        ("February 4th, 2026", {"feb", "4 feb", "2026"}),
        ("the 4th of February", {"feb", "4 feb"}),
        ("2026-02-04", {"feb", "4 feb", "2026"}),
        ("in May 2026", {"may", "2026"}),
        ("they may march on", set()),
        ("the 1990s", {"1990s"}),
    ],
)
def test_days_are_months_weekdays_years_and_days_of_months(text: str, expected: set[str]) -> None:
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    ["He said “we agree.”", 'He said "we agree," twice', "« we agree »", "„we agree“", "„we agree”", "‹we agree›",
     "「we agree」", "‘we agree’ he said", "'we agree', he said", "He said “we agree", "we agree,” he said",
     'we agree," he said'],
)  # fmt: skip
def test_quotations_with_every_kind_of_mark_also_cut_off_ones(text: str) -> None:
    assert quotations(text) == ["we agree"]


@pytest.mark.parametrize("text", ["it’s Fidan’s and the workers’ own", "don't, won't", 'a 5" and a 6" screen', "“x”"])
def test_apostrophes_and_inches_are_no_quotation_marks(text: str) -> None:
    assert quotations(text) == []


def test_quotations_are_compared_without_marks_dashes_case_and_space() -> None:
    assert normal_quote("“We  agree” – now") == normal_quote('"we agree" - Now')


def test_content_words_are_stems_without_stop_words_in_order() -> None:
    assert content_stems("The talks, and talking, are in Istanbul") == ("talk", "istanbul")


@given(st.text(max_size=300))
def test_nothing_makes_reading_facts_fail_and_positions_hold(text: str) -> None:
    for number in numbers(text):
        assert 0 <= number.start < number.end <= len(text)
    for name in names(text):
        assert text[name.start :].startswith(name.text)
    for token in tokens(text):
        assert len(text[token.start : token.end]) == token.end - token.start > 0
    days(text), quotations(text), opening_name(text)


def test_threads_do_not_spoil_each_others_stems() -> None:
    words = [
        f"{stem_}{end}" for stem_ in ("organis", "walk", "nation", "relat", "hop") for end in ("ing", "ed", "ational")
    ]
    many = [f"{word}{n}" for n in range(400) for word in words]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda part: [stem(word) for word in part], [many] * 4))
    fresh = snowballstemmer.stemmer("english")
    assert all(part == [fresh.stemWord(word) for word in many] for part in found)


@given(st.text(st.sampled_from("abUSut019.,'$% -\n"), max_size=60))
def test_a_text_of_ascii_alone_has_the_words_that_it_has_beside_others(text: str) -> None:
    assert tokens(text) == tokens(f"{text} é")[:-1]
