"""Judged: a model is asked whether an answer is right by what its fixture knows.

Such a score stands apart from all that code decides. The reply is untrusted: it is one word, or there is no score.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

from qa.endpoint import Finished
from qa.errors import EndpointError, UsageError
from qa.evaluation import Case
from qa.fixtures.kinds import QuestionFixture
from qa.llm import Writer
from qa.types import Answer, Cancel, Exchange, Notice, Status, Usage

METRIC = "judged.correct"
UNJUDGED = "not judged: "
"""What the note of a case begins with that a model should have judged, and did not."""
_WORD = re.compile(r"[\s*_\"'“”‘’`]*(in)?correct[\s*_\"'“”‘’`.!]*", re.I | re.A)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model said of an answer."""

    correct: bool | None
    """None where it gave no score."""
    usage: Usage = field(default_factory=Usage)
    why: str = ""
    """Why there is no score."""


def judged(
    judge: Writer, fixture: QuestionFixture, answer: Answer, cancel: Cancel
) -> Generator[Notice | Exchange, None, Judged | None]:
    """Whether ``answer`` is right by the answers, facts and evidence of ``fixture``; None where it names none of them,
    or names a refusal as right. An answer that says nothing is not right, and nobody is asked.

    Raises ConfigError for a wrong prompt file, BudgetError and RecordingError; what the server does is no score, with
    the reason.
    """
    known = list(_known(fixture))
    if not known or fixture.status is Status.INSUFFICIENT:
        return None
    said = " ".join(claim.text for claim in answer.claims if not claim.struck)
    if not said or answer.status is Status.INSUFFICIENT:
        return Judged(False)
    told = Judged(None, why="it was not asked")
    try:
        for event in judge.judge(fixture.question, known, said, as_of=answer.query.as_of, cancel=cancel):
            if isinstance(event, Notice | Exchange):
                yield event
            elif isinstance(event, Finished):
                told = _read(event)
    except (EndpointError, UsageError) as error:
        told = Judged(None, why=f"{error.message}.")
    return told


def with_judgement(case: Case, told: Judged | None) -> Case:
    """``case`` with what a model said of its answer: a score apart from all others, or why there is none."""
    if told is None:
        return case
    if told.correct is None:
        return replace(case, notes=(*case.notes, f"{UNJUDGED}{told.why}"))
    return replace(case, scores={**case.scores, METRIC: float(told.correct)})


def read_judgement(reply: str) -> bool:
    """Whether a reply says correct. Raises ValueError, with the reason for a reader, for anything else."""
    match = _WORD.fullmatch(reply)
    if match is None:
        raise ValueError("it says something else than correct or incorrect")
    return match[1] is None


def _known(fixture: QuestionFixture) -> Iterator[str]:
    """What is known to be right, a line each."""
    if fixture.answers:
        yield f"Any of these answers it: {'; '.join(fixture.answers)}"
    for wordings in fixture.contains:
        yield f"It must say: {' or '.join(wordings)}"
    if fixture.answers or fixture.contains:
        return
    for sentence in fixture.evidence:
        yield f"The articles say: {sentence}"


def _read(end: Finished) -> Judged:
    if not end.complete:
        return Judged(None, end.usage, end.reason)
    try:
        return Judged(read_judgement(end.text), end.usage)
    except ValueError as error:
        return Judged(None, end.usage, f"The reply of the model cannot be used: {error}.")
