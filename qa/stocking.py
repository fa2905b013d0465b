"""Stock: the articles of a set in a library of their own, read once and used again; never in the reader's library.

A shelf is a folder of the reader's cache that holds the articles as one file of JSON lines, and the library of them.
Its name tells the files that the articles came from, so that others are read anew. What was broken off goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from qa.config import Config
from qa.engine import Engine
from qa.errors import FixtureError, LibraryError
from qa.fixtures import Suite
from qa.ingest import ingest
from qa.sets import SetArticles, SetData, asked_as_of, relevant
from qa.types import Cancel, IngestReport, Notice, Progress

_ARTICLES = "articles.jsonl"
_TOLD_EVERY = 1_000
_LATER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Stocked:
    """What can be asked now."""

    suite: Suite
    articles: int
    complete: bool = True
    """Whether all articles are in the library, with their vectors where they were asked for."""


Event = Notice | Progress | Stocked


def shelf(data: SetData) -> Path:
    """The folder of a set's articles, whether it is there yet or not (``NEWSDESK_CACHE_DIR`` names another cache)."""
    from platformdirs import user_cache_path

    override = os.environ.get("NEWSDESK_CACHE_DIR")
    cache = Path(override).expanduser() if override else user_cache_path("newsdesk", appauthor=False)
    known = data.suite.name.partition(":")[0].partition(" ")[0]
    return cache / "sets" / (f"{known}-{data.articles.digest[:16]}" if data.articles else "without-articles")


def shelved(config: Config, data: SetData) -> Config:
    """``config`` with the set's own library: it shares with no store, and its days are those of UTC everywhere, so that
    a set comes out the same on any machine."""
    return replace(config, library=shelf(data) / "library", name="", store=None, timezone="UTC")


def stock(engine: Engine, data: SetData, *, words_only: bool = False, cancel: Cancel | None = None) -> Iterator[Event]:
    """Read the articles of ``data`` into the engine's library, which is ``shelved``; the last event is the Stocked.

    Nothing is read again that is there already. Cancelled, everything recorded stays, and the next call goes on.
    Raises FixtureError for articles that are not in the set's form, before any is recorded, and LibraryError when the
    cache cannot be written.
    """
    cancel = cancel or Cancel()
    yield from (Notice(note) for note in data.notes)
    if data.articles is None:
        yield Stocked(data.suite, 0)
        return
    path = engine.config.library.parent / _ARTICLES
    if not path.exists():
        yield Notice(f"reading the articles of {data.suite.name} into {engine.config.library}, once")
        yield from _written(data.articles, path, cancel)
    report = IngestReport(complete=False)
    if not cancel.cancelled:
        for event in ingest(engine, [path], words_only=words_only, index=False, cancel=cancel):
            if isinstance(event, IngestReport):
                report = event
            else:
                yield event
    if report.failed:
        first = next(problem for problem in report.problems if problem.fatal)
        yield Notice(f"{report.failed} of the articles could not be read; the first, because: {first.message}")
    if not report.complete:
        yield Notice("what was read and embedded is kept; the same command goes on from there")
    yield from ready(engine, data, complete=report.complete)


def ready(engine: Engine, data: SetData, *, complete: bool = True) -> Iterator[Notice | Stocked]:
    """The suite as it is asked of the engine's library as it is: undated questions as of a day so long after its newest
    article that newness, which nobody asked for, counts for nothing. The last event is the Stocked."""
    stats = engine.library.stats()
    graded = {name for fixture in data.suite.fixtures for name in relevant(fixture)}
    missing = len(graded) - len(engine.library.catalogue.known(sorted(graded))) if graded else 0
    if missing and complete:
        yield Notice(f"{missing} of the {len(graded)} articles that are relevant are not in the library")
    last = stats.last_day
    day = None if last is None else min(last, date.max - _LATER) + _LATER
    yield Stocked(asked_as_of(data.suite, None if day is None else day.isoformat()), stats.articles, complete)


def _written(articles: SetArticles, path: Path, cancel: Cancel) -> Iterator[Progress]:
    """Write the articles in the form that ingest reads, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    seen: set[str] = set()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            for done, article in enumerate(articles.read()):
                if cancel.cancelled:
                    return
                if article.id in seen:
                    raise FixtureError(f"the article id {article.id!r} stands twice in the set", "Give each its own.")
                seen.add(article.id)
                told = {name: value for name, value in asdict(article).items() if value is not None}
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
                if done % _TOLD_EVERY == 0:
                    yield Progress("reading the set", done, 0)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error.strerror}", "Make room, or name another cache with NEWSDESK_CACHE_DIR."
        ) from None
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
