"""Who says a quotation: named beside it, behind "according to", by a pronoun, or nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.check import verdict_on
from qa.facts import quotation_spans, quotations
from qa.types import Verdict
from qa.verify.quoted import quoted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"We agree," said Anna Kovac, the harbour master.', [("We agree", "Anna Kovac", True)]),
        ('"We agree," Kovac told reporters.', [("We agree", "Kovac", True)]),
        ('Anna Kovac, the harbour master, said the port "was open".', [("was open", "Anna Kovac", True)]),
        ("“I am glad,” Prime Minister Hakan Fidan said.", [("I am glad", "Prime Minister Hakan Fidan", True)]),
        ('The ministry said: "No talks are planned."', [("No talks are planned", "The ministry", True)]),
        ('"Nothing at all," said a senior defence official.', [("Nothing at all", "a senior defence official", True)]),
        ('"Nothing," says an Iraqi official in Baghdad.', [("Nothing", "an Iraqi official", True)]),
        ('Police said they "found nothing" there.', [("found nothing", "Police", True)]),
        ('The plan is "a joke", according to Peter Lind.', [("a joke", "Peter Lind", True)]),
        ('According to Peter Lind, the plan is "a joke".', [("a joke", "Peter Lind", True)]),
        (
            '"We agree," said Anna Kovac. "It is done," she added.',
            [("We agree", "Anna Kovac", True), ("It is done", "Anna Kovac", False)],
        ),
        (
            'Peter Lind met Anna Kovac. He called it "a start".',
            [("a start", "Peter Lind", False)],
        ),
        ('The "green wave" came late.', [("green wave", "", False)]),
    ],
)
def test_a_quotation_has_the_speaker_who_stands_beside_it(text: str, expected: list[tuple[str, str, bool]]) -> None:
    assert [(text[one.start : one.end], one.speaker, one.sure) for one in quoted(text)] == expected
    assert all(text[q.speaker_start :].startswith(q.speaker) for q in quoted(text))


TEXT = (
    'The port "was never closed", Anna Kovac said on Monday. Ships kept coming in all through the night. The '
    "crews were tired and the pilots too. Nobody had slept for two days. The mayor came later in the week to see for "
    'himself. "Grain is gold," Peter Lind told the council.'
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ('The port "was never closed", Anna Kovac said.', Verdict.SUPPORTED),
        ('Peter Lind said the port "was never closed".', Verdict.UNSUPPORTED),
        ('Anna Kovac told the council that "grain is gold".', Verdict.UNSUPPORTED),
        ('Lind told the council that "grain is gold".', Verdict.SUPPORTED),
    ],
)
def test_a_quotation_by_another_person_is_unsupported(claim: str, verdict: Verdict) -> None:
    found = verdict_on(claim, [{"text": TEXT}])
    assert found.verdict is verdict, found.reasons


@given(st.lists(st.sampled_from([*TEXT.split(), "“", "”", '"', "He", "said", ","]), max_size=60).map(" ".join))
def test_places_hold_whatever_the_text(text: str) -> None:
    assert [text[a:b] for a, b in quotation_spans(text)] == quotations(text)
    for one in quoted(text):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.speaker_start :].startswith(one.speaker)
