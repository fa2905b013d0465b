"""How a claim of a verification table came out."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluation import Case, Costs
from qa.fixtures.kinds import VerificationFixture
from qa.scoring.said import listed
from qa.types import Checked, Verdict

_WORST = (Verdict.UNSUPPORTED, Verdict.UNCITED, Verdict.WEAK, Verdict.SUPPORTED)
_MOST_READ = 300
"""Characters of each evidence that a case shows."""


def verification_case(
    fixture: VerificationFixture,
    checked: Sequence[Checked],
    costs: Costs = Costs(),  # noqa: B008 - frozen
) -> Case:
    """A claim held against its fixture; ``checked`` are the verdicts on its parts, of which the worst counts."""
    verdict = min((one.verdict for one in checked), key=_WORST.index)
    right = verdict in fixture.verdicts
    scores = {"verification.accuracy": float(right)}
    if set(fixture.verdicts) == {Verdict.SUPPORTED}:
        scores["verification.supported_kept"] = float(verdict is Verdict.SUPPORTED)
    elif Verdict.SUPPORTED not in fixture.verdicts:
        scores["verification.unsupported_caught"] = float(verdict is not Verdict.SUPPORTED)
    expected = " or ".join(one.value for one in fixture.verdicts)
    return Case(
        id=fixture.id,
        kind="verification",
        asked=fixture.claim,
        expected=expected,
        outcome=verdict.value,
        scores=scores,
        failures=() if right else (f"{verdict.value}, expected {expected}",),
        said="; ".join(dict.fromkeys(reason for one in checked for reason in one.reasons)),
        notes=(f"evidence: {listed(one['text'][:_MOST_READ] for one in fixture.evidence)}",) if not right else (),
        costs=costs,
    )
