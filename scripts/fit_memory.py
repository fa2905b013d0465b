"""Print how briefings of days in a row go on from one another, and whether one calls new what an earlier one told.

    python scripts/fit_memory.py ARTICLES.jsonl[.gz] [--from DAY] [--to DAY] [--changes] [--pairs]

The articles of the file (id, title, date, source, text) are recorded in a library of their own without vectors, and
each day is briefed by quotation, in order. For each day: stories new, updates, seen, and the CPU seconds; of the new
ones, how many tell a sentence, or rest on an article, that a briefing before told in nearly the same words (it must be
none). ``--changes`` prints each update with what it goes on from, what changed and its timeline, to be read.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from measure.corpus import json_lines
from qa.brief import brief
from qa.clean import clean
from qa.config import Config
from qa.continuing import going_on
from qa.copies import is_reprint
from qa.dates import parse_published
from qa.engine import Engine, open_engine
from qa.facts import content_stems, numbers
from qa.library.catalogue import Entry
from qa.memory import LOOKED_BACK
from qa.types import Article, Briefing, Claim, Story

_FEWEST = 8
"""Words of a sentence that counts: shorter ones are alike by chance."""
_NEAR = (0.15, 0.08, 0.1)
"""How alike two stories are at least that ``--pairs`` prints."""
_SAME = 0.6
"""Share of the content words of the one that has more, from which two sentences are nearly the same."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file")
    options.add_argument("--from", dest="first", default="0001-01-01")
    options.add_argument("--to", dest="last", default="9999-12-31")
    options.add_argument("--changes", action="store_true")
    options.add_argument("--pairs", action="store_true")
    given = options.parse_args()
    lines = [line for line in json_lines(given.file) if given.first <= line["date"][:10] <= given.last]
    with tempfile.TemporaryDirectory() as folder, _engine(Path(folder), lines) as engine:
        days = sorted({line["date"][:10] for line in lines})
        _walked(engine, [date.fromisoformat(day) for day in days], changes=given.changes, pairs=given.pairs)


def _engine(folder: Path, lines: Sequence[dict[str, Any]]) -> Engine:
    after = max(date.fromisoformat(line["date"][:10]) for line in lines) + timedelta(days=1)
    now = datetime(after.year, after.month, after.day, tzinfo=UTC)
    engine = open_engine(Config(library=folder, timezone="UTC"), clock=lambda: now)
    engine.library.catalogue.record([Entry(_article(line), line["id"], ()) for line in lines])
    return engine


def _article(line: dict[str, Any]) -> Article:
    text = clean(str(line["text"])).text
    digest = hashlib.sha256(text.encode()).hexdigest()
    published = parse_published(line["date"], UTC)
    return Article(
        line["id"], line["id"], 1, line.get("title") or "", line.get("source"), line.get("url"), published, text, digest
    )


def _walked(engine: Engine, days: Sequence[date], *, changes: bool, pairs: bool) -> None:
    told: list[Briefing] = []
    totals: Counter[str] = Counter()
    for day in days:
        started = time.process_time()
        *_, briefing = brief(engine, day=day.isoformat())
        took = time.process_time() - started
        assert isinstance(briefing, Briefing)
        new = [story for story in briefing.stories if story.status == "new"]
        again = {story.title: said for story in new if (said := _told_before(story, told))}
        counts = Counter(story.status for story in briefing.stories)
        kinds = Counter(change.kind for story in briefing.stories for change in story.changes)
        totals += counts + Counter({"told again as new": len(again)}) + kinds
        named = ", ".join(f"{kinds[kind]} {kind}" for kind in sorted(kinds)) or "none"
        of = f"{counts['new']:>2} new, {counts['update']:>2} updates, {counts['seen']:>2} seen"
        print(f"{day}: {of}; changes: {named}; {len(again)} told again as new; {took:.2f} CPU s")
        for title, said in again.items():
            print(f"    again: {title}: {said}")
        if changes:
            print("".join(_shown(story) for story in briefing.stories if story.status != "new"), end="")
        if pairs:
            print("".join(_paired(briefing, told[: -LOOKED_BACK - 1 : -1])), end="")
        told.append(briefing)
    print(f"{len(days)} days: " + ", ".join(f"{count} {name}" for name, count in totals.items()))


def _told_before(story: Story, before: Sequence[Briefing]) -> str:
    """What a story says that one of the last briefings said, or the title of an article that one rested on, too; empty
    where there is neither."""
    earlier = [one for briefing in before[-LOOKED_BACK:] for one in briefing.stories]
    sentences = [claim.text for one in earlier for claim in _whole(one)]
    for claim in _whole(story):
        said = (one for one in sentences if _is_near(claim.text, one))
        if (other := next(said, None)) is not None:
            return f"{claim.text} / {other}"
    articles = [article for one in earlier for article in one.articles]
    found = (one for one in story.articles if any(is_reprint(one, other) for other in articles))
    return next((article.title for article in found), "")


def _paired(briefing: Briefing, before: Sequence[Briefing]) -> Iterator[str]:
    """For each story the one before that is most alike, where one is at all."""
    days = [[story.articles for story in one.stories] for one in before]
    found = going_on([story.articles for story in briefing.stories], days, _NEAR)
    for story, alike in zip(briefing.stories, found, strict=True):
        for day, place, value in alike[:1]:
            other = before[day].stories[place]
            yield f"    {value:.2f} {story.title[:80]} <- {before[day].last}: {other.title[:80]}\n"


def _whole(story: Story) -> Iterator[Claim]:
    return (claim for claim in story.sentences if len(claim.text.split()) >= _FEWEST)


def _is_near(one: str, other: str) -> bool:
    """Whether two sentences tell the same numbers in mostly the same words."""
    mine, its = set(content_stems(one)), set(content_stems(other))
    alike = len(mine & its) >= _SAME * max(len(mine), len(its))
    return alike and {n.value for n in numbers(one)} == {n.value for n in numbers(other)}


def _shown(story: Story) -> str:
    assert story.earlier is not None  # it is not new
    lines = [f"  {story.status}: {story.title}", f"      from {story.earlier.day}: {story.earlier.title}"]
    for change in story.changes:
        lines.append(f"      {change.kind} {change.about}: {change.before} -> {change.after}")
        lines += [f"          {side.published}: {' '.join(side.quote.split())}" for side in change.sides]
    lines += [f"      {one.day}: {one.claim.text}" for one in story.timeline]
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main()
