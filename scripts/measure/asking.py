"""Ask many questions of one library in one process, and say what each cost.

Usage: python -m measure.asking LIBRARY QUESTIONS.json OUT.json [--all]

QUESTIONS: [{"id", "question", "ways": {name: {"as_of"?, "first"?, "last"?}}}]. CPU is of all threads of this process
(and for Chroma of its child, whose time is shared out evenly, because its clock is coarse); a question is counted from
its text to its hits, embedding included. The first question of all, which loads everything, is told
apart. With --all, some are also answered, and all are asked of Chroma.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from qa import open_engine
from qa.ask import ask
from qa.engine import Engine
from qa.retrieve import resolve
from qa.search import search
from qa.types import Cancel, IndexChoice, Retrieved

Costs = dict[str, list[tuple[float, float]]]
"""Milliseconds of CPU and of wall clock of each question, by way of asking."""
ASKED = 50
"""Questions that are answered, not only searched for."""


def main() -> None:
    library, questions, out, *options = sys.argv[1:]
    asked = json.loads(Path(questions).read_text(encoding="utf-8"))
    costs: Costs = {}
    with open_engine(create=False, library=library) as engine:
        _search(engine, asked[0]["question"], {})
        first = time.process_time() * 1000
        for one in asked:
            for way, given in one["ways"].items():
                _timed(costs, way, partial(_search, engine, one["question"], given))
        for one in asked[: ASKED if options else 0]:
            _timed(costs, "answered", partial(_answer, engine, one["question"]))
        agreement = _chroma(engine, asked, costs) if options else None
    Path(out).write_text(json.dumps({"first": first, "costs": costs, "agreement": agreement}), encoding="utf-8")


def _timed(costs: Costs, way: str, call: Callable[[], Any]) -> Any:
    cpu, wall = time.process_time(), time.perf_counter()
    result = call()
    costs.setdefault(way, []).append(((time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000))
    return result


def _search(engine: Engine, question: str, given: dict[str, Any], index: IndexChoice = "auto") -> Retrieved:
    query = resolve(engine, question, **given)
    *_, found = search(engine, query, index=index)
    assert isinstance(found, Retrieved)  # the verb's last event
    return found


def _answer(engine: Engine, question: str) -> None:
    for _ in ask(engine, resolve(engine, question)):
        pass


def _chroma(engine: Engine, asked: list[dict[str, Any]], costs: Costs) -> float | None:
    """Ask the open questions by Chroma; the share of the exact index's ten that it gives too. None without Chroma."""
    for _ in engine.library.update_chroma(Cancel()):
        pass
    pid = engine.library.chroma.pid
    if pid is None:
        return None
    child = psutil.Process(pid)
    _search(engine, asked[0]["question"], {}, "chroma")
    before, name = _cpu_of(child), "no window, Chroma"
    shares = list(_agreeing(engine, asked, costs, name))
    spent = (_cpu_of(child) - before) * 1000 / len(asked)
    costs[name] = [(cpu + spent, wall) for cpu, wall in costs[name]]
    return sum(shares) / len(shares) if shares else None


def _agreeing(engine: Engine, asked: list[dict[str, Any]], costs: Costs, name: str) -> Iterator[float]:
    for one in asked:
        found = _timed(costs, name, partial(_search, engine, one["question"], {}, "chroma"))
        exact = {hit.passage.id for hit in _search(engine, one["question"], {}, "exact").hits}
        if found.index == "chroma" and exact:
            yield len(exact & {hit.passage.id for hit in found.hits}) / len(exact)


def _cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
