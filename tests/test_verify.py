"""The verdict on a sentence: changed facts are flagged, with a reason that a reader understands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.embed import Embedder
from qa.meanings import Meanings
from qa.types import Cited, Verdict
from qa.verify import Stretch, coverage, verify
from qa.verify.clauses import clauses

SENTENCES = (
    "The planned meeting is said to involve the US special envoy Steve Witkoff, Iran’s Abbas Araghchi and 35 percent "
    "of the $4.5 billion fund.",
    "French Foreign Minister Jean-Noel Barrot stressed the importance of addressing human rights concerns first.",
    "Officials are preparing for rare in-person talks on Friday in Istanbul.",
    'A spokesman called the talks "a good thing" and said 12 aides would attend with Jared Kushner.',
)
MEANING = Meanings(Embedder(threads=1).embed_pieces)
HEADER = "French FM Backs Diplomatic Efforts · MENAFN · Wednesday 4 February 2026"


def cited(n: int) -> list[Cited]:
    """A citation of the nth sentence: near are its neighbours, the passage is all."""
    near = " ".join(SENTENCES[max(0, n - 1) : n + 2])
    return [Cited(SENTENCES[n], near, " ".join(SENTENCES), HEADER)]


def verdict(claim: str, n: int) -> tuple[Verdict, str]:
    finding = verify(claim, cited(n), MEANING)
    return finding.verdict, "; ".join(finding.reasons)


@pytest.mark.parametrize("n", range(4))
def test_a_verbatim_sentence_is_supported(n: int) -> None:
    assert verdict(SENTENCES[n], n) == (Verdict.SUPPORTED, "")


@pytest.mark.parametrize(
    ("claim", "n"),
    [
        ("The planned meeting involves the U.S. envoy Steve Witkoff and Iran's Abbas Araghchi.", 0),
        ("The planned meeting involves the United States envoy Steve Witkoff.", 0),
        ("The planned meeting involves the Iranian Abbas Araghchi and thirty-five per cent of the $4.5bn fund.", 0),
        ("Barrot stressed human rights concerns are to be addressed first.", 1),
        ("France’s foreign minister Barrot stressed addressing human rights concerns first.", 1),
        ("Officials prepare for in-person talks on 6 February in Istanbul.", 2),
        ("Officials prepare for rare talks on Friday, February 6, in Istanbul.", 2),
        ("A dozen aides would attend the talks, which a spokesman called “a good thing”.", 3),
    ],
)
def test_the_same_facts_in_other_words_are_supported(claim: str, n: int) -> None:
    assert verdict(claim, n) == (Verdict.SUPPORTED, "")


@pytest.mark.parametrize(
    ("claim", "n", "reason"),
    [
        ("The planned meeting involves 40 percent of the $4.5 billion fund.", 0, "the number 40 is not in what it"),
        ("The planned meeting involves 35 percent of the €4.5 billion fund.", 0, "4.5 billion has another unit"),
        ("The planned meeting involves 35 people of the $4.5 billion fund.", 0, "the number 35 has another unit"),
        ("The planned meeting involves 35 percent of the $4.5 million fund.", 0, "the number 4.5 million is not"),
        ("The planned meeting involves the US special envoy Marco Rubio.", 0, "the name Marco Rubio is not"),
        ("Macron stressed the importance of addressing human rights concerns first.", 1, "the name Macron is not"),
        ("Fidan said human rights concerns are to be addressed first.", 1, "the name Fidan is not"),
        ("Officials are preparing for rare in-person talks on Monday in Istanbul.", 2, "the date Monday is not"),
        (
            "Officials are preparing for rare in-person talks on 9 February in Istanbul.",
            2,
            "the date 9 February is not",
        ),
        ("Officials are preparing for rare in-person talks in March in Istanbul.", 2, "the date March is not"),
        ("Officials are preparing for rare in-person talks in Istanbul in 2027.", 2, "the date 2027 is not"),
        ("Officials are preparing for rare in-person talks in Geneva.", 2, "the name Geneva is not"),
        ("A spokesman called the talks “a very good thing”.", 3, "the quotation “a very good thing” is not verbatim"),
        ("A spokesman called the talks 'a very good thing' with aides.", 3, "is not verbatim"),
        ("Kushner said human rights concerns are of first importance.", 1, "gives to Kushner what the article has"),
        ("Barrot never stressed the importance of addressing human rights concerns first.", 1, "says “not stressed”"),
        ("Barrot didn’t stress the importance of addressing human rights concerns first.", 1, "says “not stress”"),
        ("Barrot cannot stress the importance of addressing human rights concerns first.", 1, "says “not stress”"),
        ("Bananas grow in gardens of delight.", 1, "does not say “Bananas”, “grow”, “gardens”"),
    ],
)
def test_a_changed_fact_is_unsupported_and_named(claim: str, n: int, reason: str) -> None:
    found, reasons = verdict(claim, n)
    assert found is Verdict.UNSUPPORTED
    assert reason in reasons


@pytest.mark.parametrize(
    ("claim", "n", "reason"),
    [
        ("Barrot stressed with 12 aides the importance of human rights.", 1, "the number 12 is not in the sentences"),
        (
            "Barrot stressed the importance of trade, wine, farming, tourism and human rights.",
            1,
            "not say “trade”",
        ),
    ],
)
def test_what_is_only_elsewhere_in_the_passage_or_half_carried_is_weak(claim: str, n: int, reason: str) -> None:
    found, reasons = verdict(claim, n)
    assert found is Verdict.WEAK
    assert reason in reasons


def test_a_negation_in_both_is_no_doubt() -> None:
    text = "The venue has not been officially confirmed by either side."
    assert verify("The venue hasn't been confirmed officially.", [Cited(text, text, text, "")]).verdict is (
        Verdict.SUPPORTED
    )


def test_a_sentence_that_cites_nothing_is_uncited() -> None:
    finding = verify("Barrot stressed human rights.", [])
    assert finding.verdict is Verdict.UNCITED
    assert finding.reasons == ("it cites nothing",)


def test_what_it_cites_counts_together() -> None:
    claim = "Officials prepare for talks in Istanbul, which a spokesman called “a good thing”."
    alone = [Cited(SENTENCES[2], SENTENCES[2], SENTENCES[2], HEADER)]
    both = [*alone, Cited(SENTENCES[3], SENTENCES[3], SENTENCES[3], HEADER)]
    assert verify(claim, alone).verdict is Verdict.UNSUPPORTED
    assert verify(claim, both).verdict is Verdict.SUPPORTED


def test_a_day_counts_from_the_day_the_article_was_published() -> None:
    text = "He spoke on Tuesday, and yesterday the talks ended."
    said = [Cited(text, text, text, HEADER)]
    assert verify("He spoke on 3 February, and the talks ended.", said).verdict is Verdict.SUPPORTED
    undated = [Cited(text, text, text, "A title · A source")]
    assert verify("He spoke on 3 February, and the talks ended.", undated).verdict is Verdict.UNSUPPORTED


def test_coverage_is_a_share_of_content_words() -> None:
    assert coverage("the talks in Istanbul", "Istanbul hosts") == 0.5
    assert coverage("of the", "anything") == 1.0


WORDS = st.lists(
    st.sampled_from([*" ".join(SENTENCES).split(), "“", "”", '"', "not", "40", "€5", "9 February", "Rubio", "[1]"]),
    max_size=25,
).map(" ".join)


@given(claim=WORDS | st.text(max_size=200), quote=WORDS | st.text(max_size=200), header=st.text(max_size=60))
def test_it_never_fails_and_always_says_the_same(claim: str, quote: str, header: str) -> None:
    one = Cited(quote, quote, quote, header)
    finding = verify(claim, [one])
    assert finding == verify(claim, [one])
    assert finding.verdict is not Verdict.UNCITED
    assert finding.reasons or finding.verdict is Verdict.SUPPORTED
    for at in finding.carried_by:
        assert 0 <= at.start < at.end <= len(one.passage)


def test_it_tells_which_sentences_it_read_a_claim_from() -> None:
    evidence = [Cited(one, one, one, HEADER, "French FM Backs Diplomatic Efforts") for one in SENTENCES[2:]]
    text = "12 aides would attend with Jared Kushner the talks on Friday in Istanbul."
    assert verify(text, evidence, MEANING).carried_by == (
        Stretch(1, "text", 0, len(SENTENCES[3])),
        Stretch(0, "text", 0, len(SENTENCES[2])),
    )
    assert verify("French FM backs diplomatic efforts.", evidence).carried_by == (Stretch(0, "title", 0, 34),)


@pytest.mark.parametrize(
    "claim",
    ["Here is a concise summary of the passages:", "2.", "Key points:", "The passage describes two separate topics:"],
)
def test_what_states_nothing_has_nothing_to_be_checked(claim: str) -> None:
    assert verify(claim, cited(0)).reasons == ("it states nothing that could be checked",)


def test_what_is_said_of_the_passage_is_taken_off_before_the_rest_is_checked() -> None:
    assert verdict("According to the article, 12 aides would attend with Jared Kushner.", 3)[0] is Verdict.SUPPORTED
    assert verdict("The passage says that 14 aides would attend with Jared Kushner.", 3)[0] is Verdict.UNSUPPORTED


def test_an_office_before_a_name_is_no_part_of_it_and_a_department_is() -> None:
    said = "Marco Rubio said on Friday that the talks were over."
    one = [Cited(said, said, said, HEADER)]
    assert not verify("Secretary of State Marco Rubio said the talks were over.", one, MEANING).contradicted
    told = "The State Department said the talks were over."
    assert verify("The Justice Department said the talks were over.", [Cited(told, told, told, HEADER)]).contradicted


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("Taxes will rise for all families in June.", "if"),
        ("The mayor stole two million dollars from the fund.", "claim that"),
        ("Peter Lind took bribes from a builder.", "accused"),
    ],
)
def test_what_the_article_holds_back_is_not_supported_when_said_outright(claim: str, word: str) -> None:
    text = (
        "If the bill passes, taxes will rise for all families in June. Critics claim that the mayor stole two million "
        "dollars from the fund. The police accused Peter Lind, who took bribes from a builder."
    )
    finding = verify(claim, [Cited(text, text, text, HEADER)], MEANING)
    assert finding.verdict is Verdict.WEAK
    assert finding.reasons[0] == f"the article says it only with “{word}”"
    whole = "Critics claim that the mayor stole two million dollars."
    assert verify(whole, [Cited(text, text, text, HEADER)], MEANING).verdict is Verdict.SUPPORTED


def test_part_of_a_sentence_that_is_denied_there_is_contradicted() -> None:
    text = "Officials denied that the depot had burned. It is not true that the port was closed."
    denied = [Cited(text, text, text, HEADER)]
    assert verify("The depot had burned.", denied, MEANING).contradicted
    assert verify("The port was closed.", denied, MEANING).contradicted
    assert verify("Officials denied that the depot had burned.", denied, MEANING).verdict is Verdict.SUPPORTED


def test_a_sentence_whose_pronoun_stands_for_the_name_before_it_carries_a_claim_with_the_name() -> None:
    text = "Anna Kovac is the harbour master. She said the port would reopen in June after repairs."
    said = [Cited(text, text, text, HEADER)]
    assert (
        verify("Anna Kovac said the port would reopen in June after repairs.", said, MEANING).verdict
        is Verdict.SUPPORTED
    )


def test_a_verdict_embeds_three_sentences_at_most_and_none_twice() -> None:
    meaning = Meanings(Embedder(threads=1).embed_pieces)
    for _ in range(2):
        verify("Officials prepare for rare talks on Friday, February 6, in Istanbul.", cited(2), meaning)
        assert 0 < meaning.embedded <= 3


@given(st.integers(0, 3), st.integers(100, 10**9))
def test_a_number_that_stands_nowhere_is_never_supported(n: int, number: int) -> None:
    assert verify(f"{SENTENCES[n][:-1]} {number:,} times.", cited(n)).verdict is Verdict.UNSUPPORTED


TALKS = "Anna Kovac said on Monday that 53 ships left Odesa. She met the Turkish envoy in Izmir on Tuesday."
STRIKE = "Peter Lind, head of the union, said the strike would go on until Friday."


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Kovac said 53 ships left Odesa, and she met the Turkish envoy in Izmir.", Verdict.SUPPORTED),
        ("Kovac said 53 ships left Odesa, and Lind said the strike would go on until Friday.", Verdict.SUPPORTED),
        ("Kovac said 53 ships left Odesa, and Kovac said the strike would go on until Friday.", Verdict.UNSUPPORTED),
        ("53 ships left Odesa, while the strike would go on until Friday, Peter Lind said.", Verdict.WEAK),
    ],
)
def test_each_clause_of_a_claim_may_rest_on_a_citation_of_its_own(claim: str, expected: Verdict) -> None:
    both = [Cited(text, text, text, HEADER) for text in (TALKS, STRIKE)]
    assert verify(claim, both, MEANING).verdict is expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Lind said the oil price fell, and that of gas rose.", ()),
        ("Lind said oil fell, and the price rose.", ("Lind said oil fell", "Lind said the price rose")),
        ("The port closed on Friday; the strike went on.", ("The port closed on Friday", "the strike went on")),
        ("Kovac left Odesa and she met Lind in Izmir.", ("Kovac left Odesa", "Kovac met Lind in Izmir")),
        ("Prices rose, and fell again.", ()),
        ("Iran, Israel, and Egypt met.", ()),
        ("The port closed, and the strike went on, Lind said.", ()),
    ],
)
def test_a_claim_is_cut_where_each_clause_has_subject_and_speaker(claim: str, expected: tuple[str, ...]) -> None:
    assert clauses(claim) == expected


@pytest.mark.parametrize(
    "claim", ["Iran will [not] sign the deal on Monday.", "Iran will [never] sign the deal on Monday."]
)
def test_words_put_in_brackets_are_read_unless_they_name_a_pronoun(claim: str) -> None:
    passage = "Iran will sign the deal on Monday. The minister said another round was not planned."
    assert verify(claim, [Cited(passage, passage, passage, HEADER)]).verdict is not Verdict.SUPPORTED


def test_a_name_behind_a_pronoun_must_stand_nearby_as_a_word() -> None:
    passage = "Hannah Berg spoke on Friday. She cannot sign the deal with Iran on Monday."
    evidence = [Cited(passage, passage, passage, HEADER)]
    assert verify("She [Hannah Berg] cannot sign the deal with Iran on Monday.", evidence).verdict is Verdict.SUPPORTED
    assert verify("She [Ann] cannot sign the deal with Iran on Monday.", evidence).verdict is not Verdict.SUPPORTED


def test_a_quotation_is_not_cut_in_two_that_both_stand_there() -> None:
    passage = "Biden said “the plan is dead.” Later Biden said the talks will go on in Paris."
    claim = "Biden said “the plan is dead, and the talks will go on in Paris”."
    finding = verify(claim, [Cited(passage, passage, passage, HEADER)])
    assert finding.verdict is Verdict.UNSUPPORTED
    assert "not verbatim" in finding.reasons[0]


@pytest.mark.parametrize("word", ["one ", "Aa, ", "not ", "1 "])
def test_what_is_too_long_for_a_sentence_is_supported_only_word_for_word(word: str) -> None:
    long = f"Iran said {word * 30_000}".strip()
    plain = Cited(SENTENCES[0], SENTENCES[0], SENTENCES[0], HEADER)
    finding = verify(long, [plain])
    assert (finding.verdict, "longer than" in finding.reasons[0]) == (Verdict.UNSUPPORTED, True)
    quoted = f"Iran will {'talk with its many neighbours and ' * 60}go home."
    assert verify(quoted, [Cited(quoted, quoted, quoted, HEADER)]).verdict is Verdict.SUPPORTED
    assert verify(quoted, [plain]).verdict is Verdict.UNSUPPORTED
