"""A run held against another: each figure with what is evidence of a difference, and which cases flipped.

Figures are compared over the cases that both runs have a value for (``metrics.certainty``); those that are made of
others, over the cases of their parts. What cannot be compared is named, with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from qa.evaluation import Case, Costs, Figure, Run
from qa.metrics.certainty import BOOTSTRAP, Comparison, Interval, between, beyond, compared, drawn, least_p
from qa.metrics.made import RISK, bears, sampler
from qa.metrics.named import METRICS, Named

JUDGE_MODEL, JUDGE_PROMPT = "judge model", "judge prompt"
"""Settings of a run whose answers a model scored."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric in both runs."""

    metric: str
    before: Figure | None
    """None where that run has no value of it."""
    now: Figure | None
    tested: Comparison | None = None
    """None where nothing can be tested; ``why`` says what is in the way."""
    why: str = ""

    @property
    def difference(self) -> float | None:
        """By how much the figure changed; None where one has no value, or both mean different things."""
        if self.why or not self.before or not self.now or self.before.value is None or self.now.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def better(self) -> int:
        """Cases that came out better."""
        return 0 if not self.tested else self.tested.worse if self._lower_is_better else self.tested.better

    @property
    def worse(self) -> int:
        """Cases that came out worse."""
        return 0 if not self.tested else self.tested.better if self._lower_is_better else self.tested.worse

    @property
    def verdict(self) -> Literal["better", "worse"] | None:
        """Which way the difference goes that there is evidence of, over the cases that both have; None without any."""
        if self.tested is None or not self.tested.evident:
            return None
        return "better" if (self.tested.difference.value > 0) != self._lower_is_better else "worse"

    @property
    def _lower_is_better(self) -> bool:
        return self.metric in METRICS and METRICS[self.metric].lower_is_better


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that passed in one run and not in the other."""

    before: Case
    now: Case

    @property
    def worse(self) -> bool:
        """Whether it passed before."""
        return self.before.passed


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that decides results and is not the same in both runs."""

    what: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A run held against another of the same fixtures."""

    before: Run
    now: Run
    figures: tuple[Compared, ...]
    """In the order of reports; those that either run has."""
    flips: tuple[Flip, ...]
    """Those that fail now first, in the order of the fixtures."""
    moved: tuple[str, ...]
    """Ids of cases that came out otherwise and did not flip."""
    same: int
    """Cases that came out the same, costs aside."""
    only_before: tuple[str, ...]
    """Ids of cases that the other run alone has."""
    only_now: tuple[str, ...]
    differences: tuple[Difference, ...]


def contrasted(before: Run, now: Run) -> Contrast:
    """``now`` held against ``before``. Raises ValueError for runs of other fixtures."""
    if before.fixtures != now.fixtures:
        raise ValueError("the runs are of different fixtures")
    was, cases = {case.id: case for case in before.cases}, {case.id: case for case in now.cases}
    both = [(was[name], case) for name, case in cases.items() if name in was]
    flips = [Flip(first, second) for first, second in both if first.passed != second.passed]
    same = sum(_came_out(first) == _came_out(second) for first, second in both)
    return Contrast(
        before=before,
        now=now,
        figures=_figures((before, now), both),
        flips=tuple(sorted(flips, key=lambda flip: not flip.worse)),
        moved=tuple(
            second.id
            for first, second in both
            if first.passed == second.passed and _came_out(first) != _came_out(second)
        ),
        same=same,
        only_before=tuple(name for name in was if name not in cases),
        only_now=tuple(name for name in cases if name not in was),
        differences=tuple(_differences(before, now)),
    )


def _came_out(case: Case) -> Case:
    """A case without what it took."""
    return replace(case, costs=Costs())


def _figures(runs: tuple[Run, Run], both: Sequence[tuple[Case, Case]]) -> tuple[Compared, ...]:
    was, now = ({one.metric: one for one in run.figures if one.value is not None} for run in runs)
    names = [name for name in METRICS if name in was or name in now]
    unknown = [name for name in {**was, **now} if name not in METRICS]
    return tuple(_compared(name, was.get(name), now.get(name), runs, both) for name in [*names, *unknown])


def _compared(
    name: str, was: Figure | None, now: Figure | None, runs: tuple[Run, Run], both: Sequence[tuple[Case, Case]]
) -> Compared:
    if why := _in_the_way(name, was, now, runs):
        return Compared(name, was, now, None, why)
    if name == RISK or METRICS[name].of:
        return Compared(name, was, now, _resampled(METRICS[name], both))
    scores = [(first.scores, second.scores) for first, second in both]
    pairs = [(first[name], second[name]) for first, second in scores if name in first and name in second]
    return Compared(name, was, now, compared(*zip(*pairs, strict=True)) if pairs else None)


def _resampled(metric: Named, both: Sequence[tuple[Case, Case]]) -> Comparison | None:
    """A metric that is no mean over cases: a bootstrap over the cases that bear on it in both runs."""
    pairs = [pair for pair in both if all(bears(metric, case) for case in pair)]
    if not pairs:
        return None
    before, now = (sampler(metric, cases) for cases in zip(*pairs, strict=True))
    (difference,) = now(np.ones((1, len(pairs)))) - before(np.ones((1, len(pairs))))
    if math.isnan(difference):
        return None
    gaps = np.concatenate([now(counts) - before(counts) for counts in drawn(len(pairs))])
    changed = sum(first.scores != second.scores or first.right != second.right for first, second in pairs)
    p = max(beyond(gaps), least_p(changed)) if gaps.any() else 1.0
    return Comparison(Interval(float(difference), *between(gaps), len(pairs)), p, BOOTSTRAP, 0, 0)


def _in_the_way(name: str, was: Figure | None, now: Figure | None, runs: tuple[Run, Run]) -> str:
    """Why a metric of both runs cannot be compared; nothing where it can."""
    if name not in METRICS:
        return "not known to this version"
    if was is None or now is None:
        return "not in the other run" if was is None else "not in this run"
    if not all(math.isfinite(one.value) for one in (was, now) if one.value is not None):
        return "not a number"
    judges = {run.judge.digest for run in runs}
    if METRICS[name].by_judge and len(judges) > 1:
        return "of another judge"
    models = {(run.settings.get(JUDGE_MODEL), run.settings.get(JUDGE_PROMPT)) for run in runs}
    return "of another model as judge" if METRICS[name].judged and len(models) > 1 else ""


def _differences(before: Run, now: Run) -> list[Difference]:
    """What decides results and is not the same."""
    pairs = zip(_decides(before).items(), _decides(now).values(), strict=True)
    found = [Difference(what, first, second) for (what, first), second in pairs if first != second]
    for what, first, second in (
        ("prompt", before.prompts, now.prompts),
        ("setting", before.settings, now.settings),
    ):
        found += [Difference(f"{what} {name}", *told) for name, *told in _unlike(first, second)]
    return found


def _decides(run: Run) -> dict[str, str]:
    made = run.provenance
    return {
        "library": f"{run.over.articles} articles, {run.over.passages} passages ({run.over.digest[:12]})",
        "judge": f"{run.judge.name} ({run.judge.digest[:12]})",
        "model": made.model or "none",
        "embedder": made.embedder,
        "configuration": made.config_hash,
        "version": made.version,
        "code": run.code[:12] or "not recorded",
    }


def _unlike(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Names whose values differ, with both."""
    names = dict.fromkeys([*before, *now])
    told = [(name, before.get(name, "none"), now.get(name, "none")) for name in names]
    return [(name, first, second) for name, first, second in told if first != second]
