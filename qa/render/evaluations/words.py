"""What every form says of an evaluation: numbers, differences, costs, where it comes from. Not yet safe to show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.comparison import Compared, Contrast
from qa.evaluation import Costs, Figure, KeptRun, Run
from qa.gate import Gated
from qa.metrics.named import METRICS, Named
from qa.render.text import dollars

DIGITS = 12
"""Digits of a digest that are shown."""
NO_EVIDENCE = "no evidence of a difference"
TESTS = (
    "Intervals: 95 %, bootstrap over cases. ↓: less is better. p: McNemar's exact test where every case is right or "
    "wrong, a paired bootstrap otherwise."
)


def name_of(run: Run) -> str:
    """By what a run is known: "run 4", or the fixtures' name where it is not kept."""
    return f"run {run.number}" if run.number else run.suite


def counts(run: Run) -> str:
    """How many cases there are, and how many of them came out as expected."""
    passed = sum(case.passed for case in run.cases)
    return f"{len(run.cases)} of {run.of} cases, {passed} as expected"


def moment(run: Run | KeptRun) -> str:
    """When it was made; nothing where nobody said."""
    return run.made.isoformat(sep=" ", timespec="minutes")[:16] + " UTC" if run.made else ""


def origin(run: Run) -> list[tuple[str, str]]:
    """What a run is of and was made by, by name."""
    made = run.provenance
    told = [
        ("fixtures", f"{run.suite} ({run.fixtures[:DIGITS]})"),
        ("library", f"{run.over.articles} articles, {run.over.passages} passages ({run.over.digest[:DIGITS]})"),
        ("judge", f"{run.judge.name} ({run.judge.digest[:DIGITS]})"),
        ("written by", made.model or "nobody: quotations, no model"),
        ("embedder", made.embedder),
        ("settings", ", ".join(f"{name} {value}" for name, value in run.settings.items())),
        ("prompts", ", ".join(f"{name} {digest[:DIGITS]}" for name, digest in run.prompts.items())),
        ("configuration", made.config_hash),
        ("newsdesk", made.version),
        ("code", run.code[:DIGITS]),
        ("made", moment(run)),
    ]
    return [(name, value) for name, value in told if value]


def by_group(run: Run) -> Iterator[tuple[str, list[Figure]]]:
    """The figures of a run that have a value, in groups, in the order of reports."""
    order = list(METRICS)
    valued = [one for one in run.figures if one.value is not None]
    known = sorted((one for one in valued if one.metric in METRICS), key=lambda one: order.index(one.metric))
    unknown = [one for one in valued if one.metric not in METRICS]
    for group, figures in groupby([*known, *unknown], key=lambda one: one.metric.partition(".")[0]):
        yield group, list(figures)


def metric_of(figure: str) -> Named:
    """What a metric is; one that this version does not know is known by its name."""
    return METRICS.get(figure) or Named(figure, figure.partition(".")[2] or figure, "Not known to this version.")


def title_of(figure: str) -> str:
    """The title of a metric, with a mark where less is better."""
    metric = metric_of(figure)
    return f"{metric.title} ↓" if metric.lower_is_better else metric.title


def number(value: float | None) -> str:
    """A figure: three digits, a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def signed(value: float) -> str:
    """A difference, with its sign where it has one."""
    return f"{value:+.3f}" if round(value, 3) else "0.000"


def span(figure: Figure) -> str:
    """An interval, nothing where there is none."""
    return "" if figure.low is None or figure.high is None else f"[{figure.low:.3f}, {figure.high:.3f}]"


def judgement(one: Compared) -> str:
    """What is known of a difference: "better (p = 0.01)", "no evidence of a difference (p = 0.62)", or why nothing."""
    if one.why:
        return f"not compared: {one.why}"
    if one.tested is None:
        return "not tested: no case has a value in both"
    p = f"p = {one.tested.p:.2g}" if one.tested.p >= 0.001 else "p < 0.001"
    return f"{one.verdict or NO_EVIDENCE} ({p})"


def unchanged(one: Compared) -> bool:
    """Whether nothing at all is different in a figure that both have."""
    no_case = one.tested is not None and not one.better and not one.worse
    return no_case and one.difference == 0


def gap(one: Compared) -> str:
    """A difference with its interval; nothing where both cannot be compared."""
    if one.tested is not None:
        told = one.tested.difference
        return f"{signed(told.value)} [{signed(told.low)}, {signed(told.high)}]"
    return "" if one.difference is None else signed(one.difference)


def flipped(contrast: Contrast) -> str:
    """How many cases flipped, moved and stayed."""
    worse = sum(flip.worse for flip in contrast.flips)
    better = len(contrast.flips) - worse
    parts = (
        (worse, "fails now" if worse == 1 else "fail now"),
        (better, "passes now" if better == 1 else "pass now"),
        (len(contrast.moved), "came out otherwise and did not flip"),
        (contrast.same, "as before"),
        (len(contrast.only_before), "not in this run"),
        (len(contrast.only_now), "not in the other run"),
    )
    return ", ".join(f"{count} {what}" for count, what in parts if count) or "none"


def costs_words(run: Run) -> list[str]:
    """What a run took, apart from what came of it."""
    took = f"{run.costs.seconds:.1f} s, {run.costs.cpu_seconds:.1f} s of CPU"
    lines = [f"Took {took}{_a_case([case.costs for case in run.cases])}."]
    if run.costs.prompt_tokens or run.costs.completion_tokens:
        tokens = f"{run.costs.prompt_tokens:,} tokens read and {run.costs.completion_tokens:,} written"
        lines.append(f"{tokens}, {dollars(run.costs.dollars)}.")
    return lines


def _a_case(costs: Sequence[Costs]) -> str:
    seconds = sorted(one.seconds for one in costs)
    if not any(seconds):
        return ""
    median, late = seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]
    return f"; a case {median:.2f} s at the median, {late:.2f} s at the 95th percentile"


def gate_words(told: Gated) -> str:
    """What a gate says, in a line."""
    count = f"{len(told.conditions)} condition{'s' * (len(told.conditions) != 1)}"
    if told.passed:
        return f"Gate {told.gate}: passed ({count})"
    return f"Gate {told.gate}: FAILED {len(told.failures)} of {count}"
