"""Citations: markers in every form become exact characters of articles; nothing like a marker is left in a sentence."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.cite import Sentence, cite, header, marker, quote_for, sentences_of, words_found
from qa.types import Article, Hit, How, Passage, Published

TEXTS = (
    "Fidan met Barrot in Ankara. They discussed the Customs Union. Trade was on the agenda, he said.",
    "Talks are expected in Istanbul on Friday. Witkoff and Araghchi will attend.\n\nQatar sends a delegation.",
    "A third article says little. It quotes a paper [3] in brackets.",
)


def article(n: int, text: str) -> Article:
    day = date(2026, 2, n + 1)
    return Article(
        f"a{n}", f"{n}.txt", 1, f"Title {n}", "Agency", None, Published(day.isoformat(), day), text, f"digest{n}"
    )


def passage_of(one: Article, start: int = 0) -> Passage:
    return Passage(f"{one.id}-{start}", one.id, 1, 0, start, len(one.text), one.text[start:])


ARTICLES = tuple(article(n, text) for n, text in enumerate(TEXTS))
HITS = tuple(Hit(passage_of(one), one, 1.0, How(1, 1)) for one in ARTICLES)


def read(reply: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(sentence.text, sentence.refs) for sentence in sentences_of(reply)]


@pytest.mark.parametrize(
    "reply",
    [
        "A is so [1].",
        "A is so. [1]",
        "A is so.[1]",
        "A is so [ 1 ] .",
        "[1] A is so.",
        "A is so [1][1][1].",
        "A is so [[1]].",
        "A is so [^1].",
        "A is so [Source 1].",
        "A is so 【1】.",
        "A is so ［１］.",
        r"A is so \[1\].",
        "A is so [1,].",
        "- A is so [1].",
        "1. A is so. [1]",
        "**A** is so [1].",
        "A is so.\n[1]",
    ],
)
def test_one_marker_in_every_form(reply: str) -> None:
    assert read(reply) == [("A is so.", (1,))]


@pytest.mark.parametrize(
    ("reply", "refs"),
    [
        ("A is so [1][3].", (1, 3)),
        ("A is so [1, 3].", (1, 3)),
        ("A is so [1; 3].", (1, 3)),
        ("A is so [1 3].", (1, 3)),
        ("A is so [1-3].", (1, 2, 3)),
        ("A is so [1–3].", (1, 2, 3)),
        ("A is so [1 - 3].", (1, 2, 3)),
        ("A is so [1]. [3]", (1, 3)),
        ("A is so [1-999].", (1, 999)),
        ("A is so [3-1].", (3, 1)),
        ("A is so [[9]1].", (9,)),
        ("A is so.", ()),
    ],
)
def test_many_markers_in_every_form(reply: str, refs: tuple[int, ...]) -> None:
    assert read(reply) == [("A is so.", refs)]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("A is so [1]. B is so. [2] C is so.", [("A is so.", (1,)), ("B is so.", (2,)), ("C is so.", ())]),
        ("- A is so [1]\n- B is so [2]\n", [("A is so", (1,)), ("B is so", (2,))]),
        (
            "* A so [1]\n* B so [2]\n* C so\n* D so [3]\n",
            [("A so", (1,)), ("B so", (2,)), ("C so", ()), ("D so", (3,))],
        ),
        ("[1] A is so.\n[2] B is so.", [("A is so.", (1,)), ("B is so.", (2,))]),
        ("1) A is so [1].\n2) B is so [2].", [("A is so.", (1,)), ("B is so.", (2,))]),
        ("He said “A is so [1].” B is so [2].", [("He said “A is so.”", (1,)), ("B is so.", (2,))]),
        ("Mr. A met [1] Mr. B in the U.S. [2] today.", [("Mr. A met Mr. B in the U.S. today.", (1, 2))]),
        ("It rose 3.5 [1]% [2].", [("It rose 3.5%.", (1, 2))]),
        ("In [2026] it was so [1].", [("In [2026] it was so.", (1,))]),
        ("[1]", []),
        ("[1][2].", []),
        ("", []),
    ],
)
def test_markers_stay_with_their_sentences(reply: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert read(reply) == expected


def test_a_marker_that_points_nowhere_is_dropped_and_numbers_are_given_by_first_citation() -> None:
    cited = cite(sentences_of("Witkoff will attend [2][9]. Fidan met Barrot [1]. Qatar too [2][0]."), HITS)
    assert [[c.n for c in one.citations] for one in cited] == [[1], [2], [1]]
    assert [one.citations[0].article_id for one in cited] == ["a1", "a0", "a1"]
    assert all("[" not in one.text for one in cited)


def test_two_passages_of_one_article_have_one_number() -> None:
    one = ARTICLES[1]
    hits = (HITS[1], Hit(passage_of(one, one.text.index("Qatar")), one, 0.5, How(2, None)))
    cited = cite(sentences_of("Qatar sends a delegation [2]. Witkoff and Araghchi will attend [1]."), hits)
    assert [[c.n for c in one.citations] for one in cited] == [[1], [1]]
    assert cited[0].citations[0].quote == "Qatar sends a delegation."


def test_the_quote_is_the_sentence_that_carries_the_claim_and_near_are_its_neighbours() -> None:
    quote, near = quote_for("The Customs Union was discussed.", HITS[0].passage)
    assert quote is not None
    assert TEXTS[0][quote.start : quote.end] == "They discussed the Customs Union."
    assert TEXTS[0][near.start : near.end] == TEXTS[0]


def test_two_neighbours_are_quoted_when_only_both_carry_the_claim() -> None:
    quote, _ = quote_for("Witkoff attends talks expected in Istanbul on Friday with Araghchi.", HITS[1].passage)
    assert quote is not None
    assert TEXTS[1][quote.start : quote.end].startswith("Talks are")
    assert TEXTS[1][quote.start : quote.end].endswith("attend.")


def test_a_citation_names_version_title_source_and_day() -> None:
    (one,) = cite([Sentence("Fidan met Barrot in Ankara.", (1,))], HITS)
    (citation,) = one.citations
    assert (citation.version, citation.title, citation.source) == (1, "Title 0", "Agency")
    assert (citation.published, citation.field, citation.corrected) == ("2026-02-01", "text", False)
    assert header(ARTICLES[0]) == one.cited[0].header == "Title 0 · Agency · Sunday 1 February 2026"


def test_a_bracketed_number_of_the_articles_own_is_in_the_quote_and_not_in_the_sentence() -> None:
    (one,) = cite([Sentence("It quotes a paper [3] in brackets.", (3,))], HITS)
    assert one.text == "It quotes a paper in brackets."
    assert [(c.n, c.quote) for c in one.citations] == [(1, "It quotes a paper [3] in brackets.")]


def test_a_blank_passage_is_not_cited() -> None:
    blank = article(7, " \n ")
    (one,) = cite([Sentence("A is so.", (1,))], [Hit(passage_of(blank), blank, 1.0, How(1, 1))])
    assert one.citations == ()


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[1]",
                "[2]",
                "[9]",
                "[",
                "]",
                "[1",
                "2]",
                "[[",
                "]]",
                "[1,",
                " 3]",
                "[1-3]",
                "[0]",
                ".",
                " ",
                "\n",
                "-",
                "【",
                "】",
                "\\[",
                "\\]",
                "[^2]",
                "[source 1]",
                "Talks",
                " are",
                " in Istanbul.",
                "“",
                "”",
                "1.",
                "**",
                "# ",
                "３",
                '[2 "Talks are expected in',
                "[1 “discussed the Customs Union”]",
                '[2 "will attend"',
                '"]',
                "–",
                ";",
            ]
        ),
        st.text(alphabet="[]0123,;- .\nAb", max_size=8),
    ),
    max_size=20,
).map("".join)
RESIDUE = re.compile(r"\[\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*\]|【\s*\d{1,3}\s*】|\[\s*\]")


@settings(max_examples=2 * settings.default.max_examples)
@given(FRAGMENTS)
def test_nothing_like_a_marker_is_left_and_every_citation_is_exact(reply: str) -> None:
    by_id = {one.id: one for one in ARTICLES}
    for one in cite(sentences_of(reply), HITS):
        assert not RESIDUE.search(one.text)
        assert one.text == " ".join(one.text.split())
        assert len(one.citations) == len(one.cited)
        for citation, said in zip(one.citations, one.cited, strict=True):
            text = by_id[citation.article_id].text
            assert text[citation.start : citation.end] == citation.quote != ""
            assert citation.quote in said.quote
            assert said.quote in said.near
            assert said.near in said.passage
            assert 1 <= citation.n <= len(HITS)


@given(FRAGMENTS)
def test_numbers_count_up_from_one_without_gaps(reply: str) -> None:
    seen = [c.n for one in cite(sentences_of(reply), HITS) for c in one.citations]
    assert list(dict.fromkeys(seen)) == list(range(1, len(set(seen)) + 1))


def test_the_marker_a_reader_sees_is_read_back() -> None:
    assert read(f"A is so {marker(12)}.") == [("A is so.", (12,))]


def test_the_writers_words_are_the_quote_where_they_stand_in_the_passage() -> None:
    reply = (
        "The customs union was discussed [1 “discussed the customs  union”]. Qatar sends one [2 'Qatar sends a'...]."
    )
    cited = cite(sentences_of(reply), HITS)
    assert [one.citations[0].quote for one in cited] == ["discussed the Customs Union", "Qatar sends a"]
    assert cited[0].cited[0].quote == "They discussed the Customs Union."
    assert cited[0].cited[0].near == TEXTS[0]
    for one in cited:
        (citation,) = one.citations
        assert TEXTS[citation.n - 1][citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    "words",
    [
        "the Customs Union was discussed",  # not verbatim
        "Talks are expected in Istanbul",  # of another passage
        "the",  # too few
        "Fidan met Barrot in Ankara",  # verbatim, and no evidence of it
        "x" * 700,
    ],
)
def test_words_that_do_not_stand_there_or_carry_nothing_are_discarded(words: str) -> None:
    (one,) = cite(sentences_of(f'The Customs Union was discussed [1 "{words}"].'), HITS)
    assert [c.quote for c in one.citations] == ["They discussed the Customs Union."]


def test_words_that_leave_something_out_are_one_stretch_and_of_two_places_two_quotes() -> None:
    (one,) = cite(sentences_of('Talks are expected on Friday [2 "Talks are expected … on Friday"].'), HITS)
    assert [c.quote for c in one.citations] == ["Talks are expected in Istanbul on Friday"]
    reply = (
        'Witkoff attends the Istanbul talks [2 "Talks are expected in Istanbul"][2 "Witkoff and Araghchi will attend"].'
    )
    (both,) = cite(sentences_of(reply), HITS)
    assert [c.quote for c in both.citations] == ["Talks are expected in Istanbul", "Witkoff and Araghchi will attend"]
    assert {c.n for c in both.citations} == {1}


def test_words_are_counted_that_stand_in_their_passage() -> None:
    said = sentences_of(
        'A so [1 "Fidan met Barrot"]. B so [2 "Fidan met Barrot"]. C so [9 "Fidan met Barrot"]. D so [1].'
    )
    assert words_found(said, HITS) == (2, 1)
