"""Figures, how they are kept as JSON, and the tables that tell them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import InputError

FORMAT = 1
MILLION = 1_000_000
GROWS = {"CPU s", "MB", "CPU ms"}
"""Units of what a larger library needs more of."""
WALL = {"wall s", "wall ms"}
"""Units that say as much about who else used the machine: no growth is worked out from them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; ``low`` and ``high`` are its 95 % interval where it has one."""

    group: str
    name: str
    unit: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    """How many questions, or runs, it is of."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured over one library."""

    articles: int
    passages: int
    figures: tuple[Figure, ...]


def as_json(runs: Sequence[Run], machine: dict[str, Any]) -> str:
    """All figures, as ``read_runs`` reads them."""
    return json.dumps({"format": FORMAT, "machine": machine, "runs": [asdict(run) for run in runs]}, indent=1) + "\n"


def read_runs(paths: Sequence[Path]) -> list[Run]:
    """The runs of several JSON files, smallest library first. Raises InputError for a file that is none of ours."""
    runs: list[Run] = []
    for path in paths:
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["format"] != FORMAT:
                raise ValueError(f"format {told['format']}")
            for run in told["runs"]:
                figures = tuple(Figure(**figure) for figure in run["figures"])
                runs.append(Run(int(run["articles"]), int(run["passages"]), figures))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: no figures of a benchmark ({error})", "Name files that --json wrote.") from None
    return sorted(runs, key=lambda run: run.passages)


def table(runs: Sequence[Run]) -> str:
    """Markdown: a row for each figure, a column for each run."""
    head = ["", "", *(f"{run.articles:,} articles" for run in runs)]
    return markdown(head, [_row(runs, *key) for key in _keys(runs)], texts=2)


def growth(runs: Sequence[Run]) -> str:
    """Markdown: what grows, how, and what that makes at a million passages.

    The exponent is the slope between the logarithms of passages and figure (least squares over all runs). A million
    lies between the straight line and the power law through the two largest runs.
    """
    head = ["", "", *(f"{run.articles:,} articles ({run.passages:,} passages)" for run in runs)]
    rows = []
    for group, name, unit in _keys(runs):
        if unit in WALL:
            continue
        row = _row(runs, group, name, unit)
        known = [(run.passages, value) for run in runs if (value := _value(run, group, name, unit)) is not None]
        grows = unit in GROWS and len({passages for passages, _ in known}) > 1 and all(value > 0 for _, value in known)
        row += [f"{exponent(known):.2f}", _between(at_a_million(known), unit)] if grows else ["", ""]
        rows.append(row)
    return markdown([*head, "exponent", f"at {MILLION:,} passages"], rows, texts=2)


def exponent(known: Sequence[tuple[int, float]]) -> float:
    """b of value = a · passages^b, by least squares of the logarithms."""
    sizes, values = np.log(np.array(known, dtype=float)).T
    return float(np.polyfit(sizes, values, 1)[0])


def at_a_million(known: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Least and most at a million passages, neither less than what was measured at the largest size.

    The power law is right for what saturates, the straight line for what has a fixed part and a part a passage.
    """
    (size, value), (larger, more) = known[-2:]
    line = more + (more - value) / (larger - size) * (MILLION - larger)
    power: float = more * (MILLION / larger) ** (math.log(more / value) / math.log(larger / size))
    low, high = sorted((line, power))
    return max(low, more), max(high, more)


def _between(ends: tuple[float, float], unit: str) -> str:
    low, high = (told(end, unit) for end in ends)
    return low if ends[1] <= ends[0] * 1.1 else f"{low} to {high}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> str:
    """A table whose first ``texts`` columns are words, and the others numbers."""
    lines = [head, [*["---"] * texts, *["---:"] * (len(head) - texts)], *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def told(value: float, unit: str) -> str:
    """A number as a reader wants it."""
    if unit == "":
        return f"{value:,.0f}"
    if unit == "share":
        return f"{value:.3f}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def _keys(runs: Sequence[Run]) -> list[tuple[str, str, str]]:
    """Group, name and unit of every figure of any run, in the order of the first that has it; groups together."""
    keys = dict.fromkeys((f.group, f.name, f.unit) for run in runs for f in run.figures)
    groups = list(dict.fromkeys(group for group, _, _ in keys))
    return sorted(keys, key=lambda key: groups.index(key[0]))


def _row(runs: Sequence[Run], group: str, name: str, unit: str) -> list[str]:
    cells = []
    for run in runs:
        figure = _figure(run, group, name, unit)
        cell = "–" if figure is None else told(figure.value, unit)
        if figure and figure.low is not None and figure.high is not None:
            cell += f" [{told(figure.low, unit)}, {told(figure.high, unit)}]"
        cells.append(cell)
    return [f"{group}: {name}", unit, *cells]


def _figure(run: Run, group: str, name: str, unit: str) -> Figure | None:
    return next((f for f in run.figures if (f.group, f.name, f.unit) == (group, name, unit)), None)


def _value(run: Run, group: str, name: str, unit: str) -> float | None:
    figure = _figure(run, group, name, unit)
    return figure.value if figure else None
