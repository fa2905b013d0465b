"""A run held to a gate: every condition with whether it holds. Pure: files are read before."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from qa.comparison import JUDGE_MODEL, JUDGE_PROMPT
from qa.evaluation import ERROR, Case, Figure, Run
from qa.gate.file import ANY, Gate, Least
from qa.metrics.named import METRICS

ROUNDING = 1e-9
"""A figure that is worse by less is not worse."""

BY_ANSWERS = ("citations.", "abstention.risk_area", "briefings.grounding", "briefings.exact")
"""Metrics whose number of cases depends on what was answered."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, as a run holds to it or not."""

    code: str
    """What it is called when it fails, such as ``below-floor``."""
    about: str
    """The metric, case or setting that it is of; empty for the run."""
    held: bool
    says: str
    """What was found, and what there must be."""


@dataclass(frozen=True, slots=True)
class Gated:
    """What a gate says of a run: every condition, in order."""

    gate: str
    """Name of its file."""
    conditions: tuple[Condition, ...]

    @property
    def passed(self) -> bool:
        """Whether every condition holds."""
        return not self.failures

    @property
    def failures(self) -> tuple[Condition, ...]:
        """Those that do not hold."""
        return tuple(one for one in self.conditions if not one.held)


def gated(gate: Gate, run: Run, baseline: Run | str | None = None) -> Gated:
    """``run`` held to ``gate``; ``baseline`` is the run that the gate names, or why it cannot be read."""
    conditions = [*_of_run(gate, run), *_bounds(gate, run)]
    if gate.baseline is not None:
        conditions += _against(gate, run, baseline if baseline is not None else "it was not read")
    return Gated(gate.name, (*conditions, *_passing(gate.must_pass, run)))


def _of_run(gate: Gate, run: Run) -> Iterator[Condition]:
    broken = sum(case.outcome == ERROR for case in run.cases)
    done = f"{len(run.cases)} of {run.of} cases" + (f", {broken} of them ended by an error" if broken else "")
    yield Condition("incomplete", "", run.complete and len(run.cases) >= run.of and not broken, done)
    yield _same("fixtures-changed", "", gate.fixtures, run.fixtures)
    yield Condition("fewer-cases", "", len(run.cases) >= gate.cases, f"{len(run.cases)}, at least {gate.cases}")
    if gate.library != ANY:
        yield _same("library-changed", "", gate.library, run.over.digest)
    yield _same("judge-changed", "", *(f"{judge.name} {judge.digest}" for judge in (gate.judge, run.judge)))
    for name, value in gate.settings.items():
        code = "judge-changed" if name in (JUDGE_MODEL, JUDGE_PROMPT) else "settings-changed"
        yield _same(code, name, value, run.settings.get(name, "none"))


def _same(code: str, about: str, wanted: str, found: str) -> Condition:
    return Condition(code, about, wanted == found, found if wanted == found else f"{found}, and must be {wanted}")


def _bounds(gate: Gate, run: Run) -> Iterator[Condition]:
    figures = {figure.metric: figure for figure in run.figures}
    for name, least in gate.floors.items():
        yield _bound("below-floor", name, figures.get(name), least, lambda value, floor: value >= floor - ROUNDING)
    for name, least in gate.ceilings.items():
        yield _bound("above-ceiling", name, figures.get(name), least, lambda value, most: value <= most + ROUNDING)


def _bound(
    code: str, name: str, figure: Figure | None, least: Least, holds: Callable[[float, float], bool]
) -> Condition:
    if figure is None or figure.value is None or not math.isfinite(figure.value):
        return _valueless(name, figure, "")
    if figure.n < least.cases:
        return Condition("fewer-cases", name, False, f"over {figure.n} cases, at least {least.cases}")
    word = "at least" if code == "below-floor" else "at most"
    value, bound = _apart(figure.value, least.value)
    told = f"{value}, {word} {bound}, over {figure.n} cases"
    return Condition(code, name, holds(figure.value, least.value), told)


def _valueless(name: str, figure: Figure | None, where: str) -> Condition:
    """The condition that a figure without a value fails; ``where`` is the run that lacks it."""
    if figure is None:
        return Condition("metric-missing", name, False, f"not among the figures{where}")
    if figure.value is None:
        return Condition("no-value", name, False, f"no case bears on it{where}")
    return Condition("not-a-number", name, False, f"{figure.value}{where}")


def _apart(value: float, other: float) -> tuple[str, str]:
    """Two shares, with as many digits as tell them apart, four at least."""
    for digits in range(4, 11):
        told = f"{value:.{digits}f}", f"{other:.{digits}f}"
        if told[0] != told[1]:
            return told
    return f"{value:.4f}", f"{other:.4f}"


# against the baseline


def _against(gate: Gate, run: Run, baseline: Run | str) -> Iterable[Condition]:
    if isinstance(baseline, str):
        return [Condition("baseline-unreadable", "", False, baseline)]
    of_it = list(_of_baseline(gate, run, baseline))
    before = {figure.metric: figure for figure in baseline.figures}
    now = {figure.metric: figure for figure in run.figures}
    same_judge = baseline.judge.digest == run.judge.digest
    for name, most in gate.falls.items():
        of_it.append(_fall(name, most, before.get(name), now.get(name), same_judge=same_judge))
    again = [case.id for case in baseline.cases if case.passed] if gate.as_baseline else []
    return [*of_it, *_passing(again, run)]


def _of_baseline(gate: Gate, run: Run, baseline: Run) -> Iterator[Condition]:
    yield _same("baseline-other-fixtures", "", run.fixtures, baseline.fixtures)
    whole = baseline.complete and len(baseline.cases) >= baseline.of
    yield Condition("baseline-incomplete", "", whole, f"{len(baseline.cases)} of {baseline.of} cases")
    if gate.library != ANY:
        yield _same("baseline-other-library", "", run.over.digest, baseline.over.digest)
    for name, value in gate.settings.items():
        yield _same("baseline-other-settings", name, value, baseline.settings.get(name, "none"))


def _fall(name: str, most: float, before: Figure | None, now: Figure | None, *, same_judge: bool) -> Condition:
    for figure, where in ((now, ""), (before, " of the baseline")):
        if figure is None or figure.value is None or not math.isfinite(figure.value):
            return _valueless(name, figure, where)
    if METRICS[name].by_judge and not same_judge:
        return Condition("baseline-other-judge", name, False, "the baseline was judged by another judge")
    assert now and before and now.value is not None and before.value is not None  # noqa: PT018 - looked at above
    if now.n < before.n and not name.startswith(BY_ANSWERS):
        return Condition("fewer-cases", name, False, f"over {now.n} cases, {before.n} in the baseline")
    worse = (now.value - before.value) * (1 if METRICS[name].lower_is_better else -1)
    told = "{} before, {} now".format(*_apart(before.value, now.value)) + f", at most {most:.4g} worse"
    return Condition("fell", name, worse <= most + ROUNDING, told)


def _passing(names: Iterable[str], run: Run) -> Iterator[Condition]:
    cases = {case.id: case for case in run.cases}
    for name in names:
        yield _passed(name, cases.get(name))


def _passed(name: str, case: Case | None) -> Condition:
    if case is None:
        return Condition("case-missing", name, False, "there is no such case in the run")
    return Condition("case-failed", name, case.passed, "; ".join(case.failures) or "as expected")
