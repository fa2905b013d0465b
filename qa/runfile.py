"""A run as a file: what ``newsdesk eval --out`` writes, and what is read to compare with it (a baseline)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from qa.codec import decoded, encoded
from qa.errors import GateError
from qa.evaluation import Run

FORM = 1
"""Version of the form; a newer one is refused."""
_MARK = "newsdesk_run"
_LARGEST = 256 * 1024 * 1024
"""Bytes of a file that is read."""
_HINT = "Name a file that `newsdesk eval --out FILE` wrote."


def run_form(run: Run) -> dict[str, Any]:
    """A run as JSON; it comes back from it whole, but for numbers that are none: they are null."""
    form: dict[str, Any] = numbers_only(encoded(run))
    figures = {one["metric"]: {name: told for name, told in one.items() if name != "metric"} for one in form["figures"]}
    return {_MARK: FORM, **form, "figures": figures}


def numbers_only(value: Any) -> Any:
    """JSON, with null for each number that is none."""
    if isinstance(value, dict):
        return {name: numbers_only(item) for name, item in value.items()}
    if isinstance(value, list):
        return [numbers_only(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def read_run(path: Path) -> Run:
    """The run of a file. Raises GateError that names what is wrong with it."""
    try:
        if path.stat().st_size > _LARGEST:
            raise GateError(f"{path}: larger than any run", _HINT)
        raw = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
        if not isinstance(raw, dict) or type(raw.get(_MARK)) is not int:
            raise GateError(f"{path}: not a run", _HINT)
        if raw[_MARK] > FORM:
            raise GateError(f"{path}: was made by a newer Newsdesk", "Upgrade newsdesk.")
        run = decoded(Run, raw | {"figures": _listed(raw.get("figures"))})
    except (OSError, ValueError, RecursionError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise GateError(f"{path}: cannot be read as a run: {why}", _HINT) from None
    if wrong := _wrong(run):
        raise GateError(f"{path}: {wrong}", _HINT)
    return run


def _listed(figures: Any) -> Any:
    """Figures by name as the list that they are in a run."""
    if not isinstance(figures, dict) or not all(isinstance(one, dict) for one in figures.values()):
        raise ValueError("its figures are not given by name")
    return [{**one, "metric": name} for name, one in figures.items()]


def _wrong(run: Run) -> str:
    """What no run that was written can hold; nothing where all is well."""
    if twice := _twice([case.id for case in run.cases]):
        return f"case {twice} stands twice"
    return "" if finite(run) else "holds a number that is none"


def _twice(names: list[str]) -> str:
    seen: set[str] = set()
    return next((name for name in names if name in seen or seen.add(name)), "")  # type: ignore[func-returns-value]


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def finite(run: Run) -> bool:
    """Whether every number of a run is one."""
    numbers = [one for figure in run.figures for one in (figure.value, figure.low, figure.high) if one is not None]
    numbers += [one for case in run.cases for one in case.scores.values()]
    numbers += [case.confidence for case in run.cases if case.confidence is not None]
    return all(map(math.isfinite, numbers))
