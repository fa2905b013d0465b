"""Evaluation as values: how each case came out, figures over cases, and a run as the journal keeps it.

A run without ``number``, ``made`` and ``costs`` is the same, to the last digit, for the same fixtures over the same
library by the same code: what differs between two such runs stands in these fields alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from qa.types import Citation, Provenance

TODAY = "today"
"""The setting that says from which day fixtures are seen that name none: figures of another day are another thing."""
ERROR = "error"
"""The outcome of a case that an error ended."""
Kind = Literal["question", "briefing", "verification", "grouping", "summary"]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a case or a run took: never part of a comparison of what came out."""

    seconds: float = 0.0
    """Wall clock."""
    cpu_seconds: float = 0.0
    """Of this process."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    dollars: float | None = 0.0
    """None where the price is not known."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, with what it cites: what other tools compute citation recall and precision of."""

    text: str
    cites: tuple[int, ...] = ()
    """Places in the case's ``cited``, from 0."""


@dataclass(frozen=True, slots=True)
class Case:
    """How one fixture came out."""

    id: str
    kind: Kind
    asked: str
    """The question (with the turns before it), the days of a briefing, the claim."""
    expected: str
    """In a few words: a status, a verdict, stories."""
    outcome: str
    """In the same words as ``expected``."""
    scores: dict[str, float] = field(default_factory=dict)
    """By the name of a metric of ``qa.metrics.named``: what this case adds to it. A metric that it does not bear on is
    missing."""
    failures: tuple[str, ...] = ()
    """What is not as the fixture says, each in a sentence; none when the case passes."""
    confidence: float | None = None
    """How sure the answer was (in [0, 1] for quoted answers): the order of the risk-coverage curve."""
    right: bool | None = None
    """Whether an answer that was given is right; with ``confidence``, a point of that curve."""
    said: str = ""
    """What was said, for whoever looks at the case."""
    cited: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    """Of an answer, those that its citation scores are of."""
    ranked: tuple[str, ...] = ()
    """Ids of the articles found for a question, best first, each once: what other tools compute ranking metrics of."""
    notes: tuple[str, ...] = ()
    costs: Costs = field(default_factory=Costs)

    @property
    def passed(self) -> bool:
        """Whether everything is as the fixture says."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric over ``n`` cases with its 95 % interval (seeded bootstrap); None when no case bears on it."""

    metric: str
    """Its name in ``qa.metrics.named``."""
    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Judge:
    """Who decides whether a sentence is supported."""

    name: str
    """Such as ``newsdesk`` or ``newsdesk and model MODEL``."""
    digest: str
    """Of what it decides on a fixed table, and of the prompt where a model is asked: another one judges otherwise."""


@dataclass(frozen=True, slots=True)
class Over:
    """The library that a run was over."""

    articles: int
    passages: int
    digest: str
    """SHA-256 (hex) over texts, headlines, sources and dates of its articles: the same for the same contents in any
    folder and in any order of ingest."""


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation, complete or broken off."""

    suite: str
    """Name of the fixtures."""
    fixtures: str
    """Digest of the fixtures (``Suite.digest``)."""
    of: int
    """How many cases there were to do."""
    figures: tuple[Figure, ...]
    cases: tuple[Case, ...]
    """Those finished, in the order of the fixtures."""
    provenance: Provenance
    prompts: dict[str, str]
    """Digest of each prompt file in use, by name; none without a model."""
    judge: Judge
    over: Over
    settings: dict[str, str]
    """What else decides a result: k, index, retrieval only, drafts, the model's judge."""
    code: str = ""
    """SHA-256 (hex) of the code that made it (``resources.code_digest``), finer than its version and no condition of a
    gate; empty where it was not recorded."""
    complete: bool = True
    made: datetime | None = None
    number: int | None = None
    """In the journal; None when it was not kept."""
    costs: Costs = field(default_factory=Costs)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run as it is listed."""

    number: int
    suite: str
    fixtures: str
    """Digest of the fixtures."""
    made: datetime
    of: int
    """How many cases there were to do."""
    done: int
    passed: int
    complete: bool
    model: str | None
    version: str
    """Of Newsdesk."""
    deleted: datetime | None = None
    """When it was deleted; it can be restored until it is erased."""
