"""A case that an error ended: it has failed, and is done again when its run is resumed."""

from __future__ import annotations

from qa.errors import NewsdeskError
from qa.evaluation import ERROR, Case, Kind
from qa.fixtures.kinds import (
    BriefingFixture,
    Fixture,
    GroupingFixture,
    QuestionFixture,
    SummaryFixture,
    VerificationFixture,
)
from qa.scoring.questions import asked_as

_KINDS: dict[type[Fixture], Kind] = {
    QuestionFixture: "question",
    BriefingFixture: "briefing",
    VerificationFixture: "verification",
    GroupingFixture: "grouping",
    SummaryFixture: "summary",
}
_LOST: dict[Kind, tuple[str, ...]] = {
    "question": ("answers.as_expected", "answers.status"),
    "briefing": ("briefings.as_expected",),
    "verification": ("verification.accuracy",),
}
"""What a case without an answer counts nought in; of other metrics it is missing, which a gate sees."""


def failed_case(fixture: Fixture, error: NewsdeskError) -> Case:
    """The case of a fixture whose answer raised ``error``: one, also of a grouping."""
    kind = _KINDS[type(fixture)]
    asked = asked_as(fixture) if isinstance(fixture, QuestionFixture) else fixture.id
    lost = dict.fromkeys(_LOST.get(kind, ()), 0.0)
    return Case(fixture.id, kind, asked, "", ERROR, lost, failures=(f"{error.message}. {error.hint}".strip(),))


def has_failed(case: Case) -> bool:
    """Whether an error ended a case."""
    return case.outcome == ERROR
