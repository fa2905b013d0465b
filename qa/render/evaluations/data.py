"""An evaluation as JSON: the run as it can be read back, with what it was held against."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from qa.codec import encoded
from qa.comparison import Compared, Contrast, Flip
from qa.evaluation import KeptRun, Run
from qa.gate import Gated
from qa.metrics.named import METRICS
from qa.render.evaluations.words import NO_EVIDENCE
from qa.runfile import numbers_only, run_form


def run_json(run: Run, contrast: Contrast | None = None, gated: Gated | None = None) -> dict[str, Any]:
    """A run as ``eval --json`` prints it and ``--out`` writes it: a baseline for later ones."""
    told = run_form(run)
    told |= {"passed": sum(case.passed for case in run.cases)}
    told |= {} if contrast is None else {"comparison": contrast_json(contrast)}
    told |= {} if gated is None else {"gate": gated_json(gated)}
    return {name: numbers_only(value) for name, value in told.items()}


def kept_json(one: KeptRun) -> dict[str, Any]:
    """A kept run as it is listed."""
    listed: dict[str, Any] = encoded(one)
    return listed


def contrast_json(contrast: Contrast) -> dict[str, Any]:
    """What is different from another run."""
    before = contrast.before
    return {
        "against": {"number": before.number, "suite": before.suite, "made": encoded(before.made)},
        "differences": [asdict(one) for one in contrast.differences],
        "figures": [_compared(one) for one in contrast.figures],
        "flips": [_flip(one) for one in contrast.flips],
        "moved": list(contrast.moved),
        "same": contrast.same,
        "only_before": list(contrast.only_before),
        "only_now": list(contrast.only_now),
    }


def gated_json(gated: Gated) -> dict[str, Any]:
    """What a gate says of a run."""
    conditions = [asdict(one) for one in gated.conditions]
    return {"gate": gated.gate, "passed": gated.passed, "conditions": conditions}


def _compared(one: Compared) -> dict[str, Any]:
    told = None
    if one.tested is not None:
        gap = one.tested.difference
        told = {
            "difference": gap.value,
            "low": gap.low,
            "high": gap.high,
            "n": gap.n,
            "test": one.tested.test,
            "p": one.tested.p,
            "says": one.verdict or NO_EVIDENCE,
        }
    return {
        "metric": one.metric,
        "lower_is_better": one.metric in METRICS and METRICS[one.metric].lower_is_better,
        "before": one.before.value if one.before else None,
        "now": one.now.value if one.now else None,
        "difference": one.difference,
        "better": one.better,
        "worse": one.worse,
        "tested": told,
        "why": one.why,
    }


def _flip(one: Flip) -> dict[str, Any]:
    sides = {
        name: {"outcome": case.outcome, "failures": list(case.failures), "said": case.said}
        for name, case in (("before", one.before), ("now", one.now))
    }
    return {"id": one.now.id, "kind": one.now.kind, "asked": one.now.asked, "worse": one.worse, **sides}
