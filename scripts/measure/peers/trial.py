"""What every peer does with the same work folder: ingest in one process, ask in another.

Usage of a peer: python PEER.py ingest|ask passages|own WORK ASSETS

WORK holds ``passages.jsonl`` and ``articles.jsonl`` ({"text"} a line) and ``questions.jsonl`` ({"id", "question"}).
``ask`` prints one JSON line a question: {"id", "texts" (ten, best first), "cpu", "wall" (milliseconds)}.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from weights import ShippedModel

TOP = 10
IngestFn = Callable[[Sequence[str], ShippedModel, Path], None]
SplitFn = Callable[[Sequence[str]], list[str]]
OpenFn = Callable[[ShippedModel, Path], Callable[[str], list[str]]]
"""Opens an index and gives the function that asks it."""


def trial(ingest: IngestFn, split: SplitFn, open_index: OpenFn) -> None:
    """Do what the command line says."""
    step, splitting, work, assets = sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])
    index = work / f"{Path(sys.argv[0]).stem}-{splitting}"
    model = ShippedModel(assets)
    if step == "ingest":
        texts = _texts(work / "passages.jsonl") if splitting == "passages" else split(_texts(work / "articles.jsonl"))
        ingest(texts, model, index)
        print(json.dumps({"texts": len(texts)}))
        return
    search = open_index(model, index)
    asked = [json.loads(line) for line in (work / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    search(asked[0]["question"])  # what loads at the first question is not counted
    for one in asked:
        cpu, wall = time.process_time(), time.perf_counter()
        texts = search(one["question"])
        cost = {"cpu": (time.process_time() - cpu) * 1000, "wall": (time.perf_counter() - wall) * 1000}
        print(json.dumps({"id": one["id"], "texts": texts, **cost}))


def _texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
