"""ROUGE by hand: the figures that the package rouge-score gives for the same texts."""

from __future__ import annotations

import pytest

from measure.centrality import lexrank, textrank
from qa.metrics import porter, rouge

REFERENCE = ["The cats sat on mats.", "Dogs were barking loudly."]
SUMMARY = ["A cat sat on the mat.", "It rained.", "The dog barked loudly at a cat."]


def test_as_the_package_rouge_score_counts() -> None:
    marks = rouge(SUMMARY, REFERENCE, stem=porter)
    told = (marks.rouge1, marks.rouge2, marks.rouge_lsum)
    assert told == pytest.approx((0.6666666667, 0.2727272727, 0.6666666667))
    assert rouge(SUMMARY, REFERENCE).rouge1 < marks.rouge1


def test_the_same_text_is_whole_and_another_is_nothing() -> None:
    same, other = rouge(REFERENCE, REFERENCE, stem=porter), rouge(["Quite so"], REFERENCE, stem=porter)
    assert (same.rouge1, same.rouge2, same.rouge_lsum) == (1.0, 1.0, 1.0)
    assert (other.rouge1, other.rouge2, other.rouge_lsum) == (0.0, 0.0, 0.0)
    assert rouge([], REFERENCE, stem=porter).rouge1 == 0.0


@pytest.mark.parametrize("rank", [lexrank, textrank])
def test_the_sentence_that_the_others_resemble_comes_first(rank: type) -> None:
    sentences = [
        "The weather in Ruse was fine.",
        "The council of Ruse closed the old bridge because of cracks.",
        "Engineers found cracks in the old bridge of Ruse, and the council closed it.",
        "Old cracks: council of Ruse shut its bridge.",
        "A dog barked.",
    ]
    assert rank(sentences, 1)[0] in {1, 2, 3}  # type: ignore[call-arg, index]
    assert rank([], 3) == []  # type: ignore[call-arg, comparison-overlap]
