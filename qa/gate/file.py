"""Gate files: TOML, version 1. A mistake is named by its key; a file that could let everything pass is one."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.comparison import JUDGE_MODEL, JUDGE_PROMPT
from qa.errors import GateError
from qa.evaluation import Judge
from qa.metrics.named import METRICS

VERSION = 1
ANY = "any"
"""In place of the library's digest: whatever it holds."""
OF_BASELINE = "baseline"
"""In place of a list of cases: all that passed in the baseline."""
_KEYS = ("version", "fixtures", "cases", "library", "baseline", "pass", "judge", "model_judge", "settings", "floors",
         "ceilings", "falls")  # fmt: skip
_HINT = '`newsdesk eval FIXTURES --write-gate FILE` drafts one; write names of metrics as "retrieval.hit@1".'


@dataclass(frozen=True, slots=True)
class Least:
    """What a figure must reach (a floor) or must not exceed (a ceiling), and over how many cases at least."""

    value: float
    cases: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The conditions of a gate file."""

    name: str
    """Of the file."""
    fixtures: str
    """Digest of the fixtures."""
    cases: int
    """At least so many."""
    judge: Judge
    library: str
    """Digest of the library, or ``any``."""
    floors: Mapping[str, Least] = field(default_factory=dict)
    ceilings: Mapping[str, Least] = field(default_factory=dict)
    falls: Mapping[str, float] = field(default_factory=dict)
    """By how much a metric may be worse than in the baseline."""
    baseline: Path | None = None
    """The run that it is held against: a file, named from the gate's folder."""
    must_pass: tuple[str, ...] = ()
    """Ids of cases."""
    as_baseline: bool = False
    """Whether all cases that passed in the baseline must pass."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings that a run must have, with the model that gives scores."""


def read_gate(path: Path) -> Gate:
    """The gate of a file. Raises GateError that names the file and each key that is wrong."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise GateError(f"{path}: {why}", _HINT) from None
    if wrong := list(_mistakes(raw)):
        raise GateError(f"{path}: {'; '.join(wrong)}", _HINT)
    return _gate(path, raw)


def _gate(path: Path, raw: Mapping[str, Any]) -> Gate:
    """The gate of a file without mistakes."""
    model = raw.get("model_judge")
    judged = {JUDGE_MODEL: model["model"], JUDGE_PROMPT: model["prompt"]} if model else {}
    passing = raw.get("pass", [])
    return Gate(
        name=path.name,
        fixtures=raw["fixtures"],
        cases=raw["cases"],
        judge=Judge(**raw["judge"]),
        library=raw["library"],
        floors={name: _least(value) for name, value in raw.get("floors", {}).items()},
        ceilings={name: _least(value) for name, value in raw.get("ceilings", {}).items()},
        falls={name: float(value) for name, value in raw.get("falls", {}).items()},
        baseline=path.parent / raw["baseline"] if "baseline" in raw else None,
        must_pass=() if passing == OF_BASELINE else tuple(passing),
        as_baseline=passing == OF_BASELINE,
        settings={**raw.get("settings", {}), **judged},
    )


def _least(value: Any) -> Least:
    return Least(float(value["value"]), value.get("cases", 1)) if isinstance(value, dict) else Least(float(value))


# mistakes


def _mistakes(raw: Mapping[str, Any]) -> Iterator[str]:
    version = raw.get("version")
    if type(version) is not int or version < 1:
        yield "version is missing: write version = 1"
    elif version > VERSION:
        yield f"version {version} is of a newer Newsdesk: upgrade"
        return
    yield from (f"{key} is unknown{_closest(key, _KEYS)}" for key in raw if key not in _KEYS)
    yield from _identity(raw)
    yield from _against(raw)
    for table, lower in (("floors", False), ("ceilings", True)):
        yield from _bounds(raw, table, lower=lower)
    yield from _falls(raw)
    if not any(raw.get(key) for key in ("floors", "ceilings", "falls", "pass")):
        yield "sets no condition: write floors, ceilings, falls or pass"


def _identity(raw: Mapping[str, Any]) -> Iterator[str]:
    for key in ("fixtures", "library"):
        if not _is_text(raw.get(key)):
            or_any = f' (or "{ANY}")' if key == "library" else ""
            yield f"{key} is missing: write the digest{or_any} that `newsdesk eval` tells"
    if type(raw.get("cases")) is not int or raw["cases"] < 1:
        yield "cases is missing: write how many cases there are at least"
    yield from _texts_of(raw, "judge", ("name", "digest"), needed=True)
    yield from _texts_of(raw, "model_judge", ("model", "prompt"), needed=False)
    settings = raw.get("settings", {})
    if not isinstance(settings, dict) or not all(isinstance(value, str) for value in settings.values()):
        yield "settings is not a table of texts"


def _texts_of(raw: Mapping[str, Any], table: str, keys: tuple[str, ...], *, needed: bool) -> Iterator[str]:
    found = raw.get(table)
    if found is None and not needed:
        return
    if not isinstance(found, dict):
        yield f"{table} is missing: write [{table}] with {' and '.join(keys)}"
        return
    yield from (f"{table}.{key} is unknown" for key in found if key not in keys)
    yield from (f"{table}.{key} is missing, or no text" for key in keys if not _is_text(found.get(key)))


def _against(raw: Mapping[str, Any]) -> Iterator[str]:
    passing = raw.get("pass", [])
    listed = isinstance(passing, list) and all(_is_text(one) for one in passing)
    if not listed and passing != OF_BASELINE:
        yield f'pass is neither a list of ids nor "{OF_BASELINE}"'
    elif listed and len(set(passing)) < len(passing):
        yield "pass names a case twice"
    if "baseline" in raw and not _is_text(raw["baseline"]):
        yield "baseline is not the name of a file"
    if "baseline" not in raw and (raw.get("falls") or passing == OF_BASELINE):
        yield "baseline is missing: falls and pass are held against it"


def _bounds(raw: Mapping[str, Any], table: str, *, lower: bool) -> Iterator[str]:
    bounds = raw.get(table, {})
    if not isinstance(bounds, dict):
        yield f"{table} is not a table"
        return
    for name, value in bounds.items():
        yield from _metric(raw, table, name)
        if name in METRICS and METRICS[name].lower_is_better is not lower:
            yield f"{table}.{name}: of it {'more' if lower else 'less'} is better; put it under " + (
                "floors" if lower else "ceilings"
            )
        bound = value
        if isinstance(value, dict):
            yield from (f"{table}.{name}.{key} is unknown" for key in value if key not in ("value", "cases"))
            bound = value.get("value")
            if type(value.get("cases", 1)) is not int or value.get("cases", 1) < 1:
                yield f"{table}.{name}.cases is not a number from 1 up"
        if not _is_share(bound):
            yield f"{table}.{name} is not a number from 0 to 1"
        elif bound == float(lower):
            yield f"{table}.{name} = {bound:g} would hold nothing"


def _falls(raw: Mapping[str, Any]) -> Iterator[str]:
    falls = raw.get("falls", {})
    if not isinstance(falls, dict):
        yield "falls is not a table"
        return
    for name, value in falls.items():
        yield from _metric(raw, "falls", name)
        if not _is_share(value):
            yield f"falls.{name} is not a number from 0 to 1"
        elif value == 1:
            yield f"falls.{name} = 1 would hold nothing"


def _metric(raw: Mapping[str, Any], table: str, name: str) -> Iterator[str]:
    if name not in METRICS:
        yield f'{table}."{name}" is no metric{_closest(name, METRICS)}'
    elif METRICS[name].judged and not raw.get("model_judge"):
        yield f"{table}.{name} is given by a model: name it under [model_judge], with model and prompt"


def _closest(name: str, known: Any) -> str:
    found = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {found[0]}?)" if found else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1
