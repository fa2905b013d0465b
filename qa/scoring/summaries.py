"""How a summary came out against a reference: ROUGE with Porter stems."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluation import Case, Costs
from qa.fixtures.kinds import SummaryFixture
from qa.metrics import porter, rouge

_SHOWN = 120
"""Characters of its beginning that an article is known by."""


def summary_case(fixture: SummaryFixture, told: Sequence[str], costs: Costs = Costs()) -> Case:  # noqa: B008 - frozen
    """The sentences ``told`` of an article held against the reference. A summary has no right or wrong."""
    found = rouge(told, fixture.reference, stem=porter)
    scores = {
        "summaries.rouge1": found.rouge1,
        "summaries.rouge2": found.rouge2,
        "summaries.rouge_lsum": found.rouge_lsum,
    }
    return Case(
        id=fixture.id,
        kind="summary",
        asked=" ".join(fixture.text[:_SHOWN].split()),
        expected=" ".join(fixture.reference),
        outcome=f"ROUGE-1 {found.rouge1:.3f}",
        scores=scores,
        failures=() if told else ("nothing was told",),
        said=" ".join(told),
        costs=costs,
    )
