"""Print what sources do not agree on, to be read by hand, and hold it against the verdicts of who read it.

    python scripts/disagreements.py ARTICLES.jsonl.gz [--weeks even|odd] [-n 50] [--verdicts docs/disagreements.csv]

For each article, in an order that the digests of the ids give, the ten that hold most of its title's words, none newer
than a week after it, are taken for reports of one story; each conflict among them is printed once, with ids, offsets
and quotes. ``--weeks`` takes only articles of even or odd ISO weeks, so that rules are made by reading one half, and
tried on the other.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from qa.config import Config
from qa.conflicts import conflicts
from qa.engine import Engine, open_engine
from qa.errors import UsageError
from qa.ingest import ingest
from qa.retrieve import resolve, retrieve
from qa.types import Conflict, Hit

REPORTS = 10
SEEN_AFTER = timedelta(days=7)
SIDES = ("earlier", "later")
Key = tuple[str, ...]


def articles(path: Path, weeks: str | None) -> list[dict[str, Any]]:
    """The articles of a file of JSON lines, gzipped or not, of even or odd ISO weeks or of all."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    read = [json.loads(line) for line in text.splitlines() if line.strip()]
    parity = {"even": 0, "odd": 1}.get(weeks or "")
    return [one for one in read if parity is None or date.fromisoformat(one["date"]).isocalendar().week % 2 == parity]


def found_in(engine: Engine, asked: list[dict[str, Any]]) -> Iterator[tuple[str, Conflict]]:
    """Each conflict once, with the question that it came of."""
    seen: set[Key] = set()
    for one in sorted(asked, key=lambda one: hashlib.sha256(one["id"].encode()).digest()):
        as_of = (date.fromisoformat(one["date"]) + SEEN_AFTER).isoformat()
        try:
            query = resolve(engine, one["title"], as_of=as_of, all_days=True)
        except UsageError:
            continue  # a title that is no question
        hits = retrieve(engine, query, REPORTS, by="article", words_only=True).hits
        for conflict in conflicts([whole(hit) for hit in hits]):
            if key(conflict) not in seen:
                seen.add(key(conflict))
                yield one["title"], conflict


def whole(hit: Hit) -> Hit:
    """A hit with all of its article for a passage."""
    text = hit.article.text
    return replace(hit, passage=replace(hit.passage, n=0, start=0, end=len(text), text=text))


def key(conflict: Conflict) -> Key:
    """What a conflict is known by: both articles, and where their sentences stand."""
    return tuple(str(part) for side in conflict.sides for part in (side.article_id, side.start, side.end))


def verdicts(path: Path) -> dict[Key, str]:
    """The verdict on each conflict that was read."""
    with path.open(encoding="utf-8", newline="") as rows:
        return {
            tuple(row[f"{side}_{part}"] for side in ("earlier", "later") for part in ("id", "start", "end")): row[
                "verdict"
            ]
            for row in csv.DictReader(rows)
        }


def told(number: int, question: str, conflict: Conflict, verdict: str) -> str:
    """A conflict as it is read."""
    lines = [f"{number}. {conflict.kind} {conflict.about} [{verdict}] asked: {question}"]
    for value, side in zip(conflict.values, conflict.sides, strict=True):
        quote = " ".join(side.quote.split())
        lines.append(f"   {value}: {side.article_id} {side.start}-{side.end} {side.source} {side.published}: {quote}")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("articles", type=Path)
    options.add_argument("--weeks", choices=("even", "odd"))
    options.add_argument("-n", type=int, default=50, help="how many (default: 50)")
    options.add_argument("--verdicts", type=Path, help="a file of verdicts to hold them against")
    given = options.parse_args()
    known = verdicts(given.verdicts) if given.verdicts else {}
    chosen = articles(given.articles, given.weeks)
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "articles.jsonl"
        lines.write_text("".join(json.dumps(one) + "\n" for one in chosen), encoding="utf-8")
        with open_engine(Config(library=Path(folder) / "library", timezone="UTC")) as engine:
            for _ in ingest(engine, [lines], words_only=True):
                pass
            for number, (question, conflict) in enumerate(found_in(engine, chosen), 1):
                verdict = known.get(key(conflict), "not read")
                counted[verdict] += 1
                print(told(number, question, conflict, verdict))
                if number == given.n:
                    break
    print(f"{sum(counted.values())} shown: " + ", ".join(f"{count} {name}" for name, count in counted.most_common()))


if __name__ == "__main__":
    main()
