"""Measure: an evaluation that is kept case by case, and goes on where an earlier one of the same was broken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from qa.ask import PASSAGES
from qa.engine import Engine
from qa.errors import LibraryError, UsageError
from qa.evaluate import Event, evaluate, planned
from qa.evaluation import Case, Run
from qa.fixtures import Suite
from qa.types import Cancel, IndexChoice, Notice


def measure(
    engine: Engine,
    suite: Suite,
    *,
    resume: bool = False,
    keep: bool = True,
    k: int = PASSAGES,
    index: IndexChoice = "exact",
    retrieval_only: bool = False,
    founded: bool = True,
    at_once: int | None = None,
    cancel: Cancel | None = None,
) -> Iterator[Event]:
    """What ``evaluate`` yields, the Run as the journal has it; the other options are those of ``evaluate``.

    Each case is on the disk before it comes. With ``resume`` those of the latest run of the very same thing (fixtures,
    library, code, settings) that was broken off are taken over. Where the journal cannot be written, the run goes on
    and says so. Raises UsageError where a run is to be resumed and none is kept, and as ``evaluate`` does.
    """
    plan = planned(engine, suite, k=k, index=index, retrieval_only=retrieval_only)
    kept = Kept(engine, replace(plan, made=engine.clock()), keep=keep)
    yield from kept.find(resume=resume)
    for event in evaluate(
        engine,
        suite,
        k=k,
        index=index,
        retrieval_only=retrieval_only,
        founded=founded,
        done=kept.run.cases,
        plan=plan,
        at_once=at_once,
        cancel=cancel,
    ):
        if isinstance(event, Case):
            yield from kept.add(event)
        yield kept.end(event) if isinstance(event, Run) else event


class Kept:
    """A run in the journal, from its first case on; after an error of the journal, no more of it."""

    def __init__(self, engine: Engine, planned: Run, *, keep: bool) -> None:
        self.run = planned
        """What it is of, with the cases that are taken over."""
        self._runs = engine.journal.runs if keep and engine.config.journal else None
        self._n = 0
        self._trouble = ""

    def find(self, *, resume: bool) -> Iterator[Notice]:
        """Look for a run of the same that was broken off, and take it over if it is to be resumed."""
        if self._runs is None:
            if resume:
                raise UsageError("--resume goes on with a kept run, and none is kept", "Leave out --no-journal.")
            return
        try:
            before = self._runs.broken_off(self.run)
        except LibraryError as error:
            if resume:
                raise
            yield self._given_up(error)
            return
        if before is not None:
            done = f"run {before.number} of the same was broken off after {len(before.cases)} of {before.of} cases"
            yield Notice(f"{done}; {'going on with it' if resume else '--resume goes on with it'}")
        elif resume:
            yield Notice("no run of these fixtures, library and settings was broken off: begun anew")
        if before is not None and resume:
            self.run, self._n = before, len(before.cases)

    def add(self, case: Case) -> Iterator[Notice]:
        """Record a case that finished."""
        if self._runs is None:
            return
        try:
            if self.run.number is None:
                self.run = self._runs.begin(self.run)
            assert self.run.number is not None  # it was begun
            self._runs.add(self.run.number, self._n, case)
        except LibraryError as error:
            yield self._given_up(error)
        self._n += 1

    def _given_up(self, error: LibraryError) -> Notice:
        self._runs, self._trouble = None, f"this run is not kept: {error.message}. {error.hint}"
        return Notice(self._trouble)

    def end(self, run: Run) -> Run:
        """The run as it ended, with its number where it is kept."""
        spent = replace(run.costs, seconds=run.costs.seconds + self.run.costs.seconds)
        spent = replace(spent, cpu_seconds=spent.cpu_seconds + self.run.costs.cpu_seconds)
        whole = replace(run, made=self.run.made, costs=spent)
        if self._runs is not None and self.run.number is not None:
            try:
                return self._runs.end(replace(whole, number=self.run.number))
            except LibraryError as error:
                self._given_up(error)
        return replace(whole, notes=(*whole.notes, self._trouble)) if self._trouble else whole
