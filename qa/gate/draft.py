"""A gate drafted from a run: what the run just reaches is what must be held."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from qa.errors import GateError
from qa.evaluation import TODAY, Figure, Run
from qa.gate.conditions import BY_ANSWERS
from qa.gate.file import OF_BASELINE, VERSION
from qa.metrics.named import METRICS

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def draft_gate(run: Run, baseline: str | None = None) -> str:
    """A gate file that this run just passes: floors and ceilings at its values, each case that passes, and no fall
    against ``baseline``, the name of its own file, if it has one. Raises GateError where that would hold nothing."""
    plain = [figure for figure in run.figures if figure.metric in METRICS and not METRICS[figure.metric].judged]
    have = [figure for figure in plain if figure.value is not None and math.isfinite(figure.value)]
    rising = [figure for figure in have if not METRICS[figure.metric].lower_is_better]
    falling = [figure for figure in have if METRICS[figure.metric].lower_is_better]
    if not any(case.passed for case in run.cases) and not any(one.value for one in rising):
        raise GateError("no gate was drafted: no case passes, and no figure is above 0", "Begin with a run that works.")
    kept = [(name, value) for name, value in run.settings.items() if name != TODAY]
    passed = OF_BASELINE if baseline else [case.id for case in run.cases if case.passed and _writable(case.id)]
    lines = [
        f"version = {VERSION}",
        f"fixtures = {_toml(run.fixtures)}",
        f"cases = {len(run.cases)}",
        f"library = {_toml(run.over.digest)}",
        *([f"baseline = {_toml(baseline)}"] if baseline else []),
        *_passing(passed),
        *_table("judge", {"name": _toml(run.judge.name), "digest": _toml(run.judge.digest)}),
        *_table("settings", {name: _toml(value) for name, value in kept if _writable(name + value)}),
        *_table("floors", {one.metric: _bound(one) for one in rising if one.value}),
        *_table("ceilings", {one.metric: _bound(one) for one in falling if one.value is not None and one.value < 1}),
        *(_table("falls", {one.metric: "0.0" for one in have}) if baseline else []),
    ]
    return "\n".join(lines) + "\n"


def _bound(figure: Figure) -> str:
    by_answers = figure.metric.startswith(BY_ANSWERS)
    return f"{figure.value!r}" if by_answers else f"{{ value = {figure.value!r}, cases = {figure.n} }}"


def _passing(passed: str | list[str]) -> list[str]:
    if isinstance(passed, str):
        return [f"pass = {_toml(passed)}"]
    return ["pass = [", *(f"  {_toml(name)}," for name in passed), "]"] if passed else []


def _table(name: str, values: Mapping[str, str]) -> list[str]:
    return ["", f"[{name}]", *(f"{_key(key)} = {value}" for key, value in values.items())] if values else []


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)


def _toml(text: str) -> str:
    """A basic string of TOML."""
    shown = (one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08x}" for one in text)
    return f'"{"".join(shown)}"'


def _writable(text: str) -> bool:
    """Whether TOML can hold a text: not half a character."""
    return not any("\ud800" <= one <= "\udfff" for one in text)
