"""Vectors of what waits: the same as of each passage by itself, made while others are recorded, newest first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from qa.backlog import Backlog
from qa.engine import Engine
from qa.ingest import ingest
from qa.library.catalogue import Entry, words_digest
from qa.resources import resource_folder
from qa.types import Article, Cancel, Progress, Published

OpenFn = Callable[..., Engine]


@pytest.fixture
def engine(opened: OpenFn) -> Engine:
    return opened()


def record(engine: Engine, *names: str, day: int | None = None) -> list[tuple[bytes, bytes]]:
    """Record an article of one passage for each name; their digests and word pieces."""
    made = []
    for name in names:
        text = f"Ship {name} left harbour {name}."
        published = Published(f"2026-01-{day:02}", date(2026, 1, day)) if day else None
        article = Article(name, f"/{name}", 1, name, None, None, published, text, name)
        assert not engine.library.catalogue.record([Entry(article, "/file", ((0, len(text)),))])
        made.append((words_digest(text), engine.embedder.ids_of(text)))
    return made


def vectors(engine: Engine) -> dict[str, bytes]:
    """The vector of each passage by its words."""
    catalogue = engine.library.catalogue
    found = {}
    for passage_id in catalogue.vector_ids(engine.embedder.fingerprint):
        _, passage, _ = catalogue.passages_by_id([passage_id])[passage_id]
        found[passage.text] = catalogue.vectors_of([passage_id])[passage_id]
    return found


def idle(engine: Engine) -> None:
    """Wait until all that was submitted is embedded."""
    for future in [engine.embedder.submit(b"") for _ in range(engine.embedder.threads)]:
        future.result()


@pytest.mark.parametrize("held", [0, 2_000, 64_000_000])
def test_vectors_are_those_of_the_passages_themselves(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    """Whether their word pieces were kept or their texts are tokenised again."""
    monkeypatch.setattr("qa.backlog._HELD", held)
    cancel = Cancel()
    for event in ingest(engine, [resource_folder("seeds")], cancel=cancel):
        if isinstance(event, Progress) and event.stage == "indexing":
            cancel.cancel()
    found = vectors(engine)
    assert len(found) == engine.library.stats().passages > 4
    for text, vector in found.items():
        assert np.array_equal(np.frombuffer(vector, dtype="<f4"), engine.embedder.embed(text))


def test_what_is_recorded_is_embedded_while_more_is_read(engine: Engine) -> None:
    backlog = Backlog(engine, Cancel())
    backlog.add(0, record(engine, *(str(n) for n in range(100))))
    rounds = 0
    while backlog.embedded < 64:
        backlog.advance()
        idle(engine)
        rounds += 1
        assert rounds < 100
    assert engine.library.stats().waiting == 100 - backlog.embedded
    *_, last = backlog.finish()
    assert (last.done, backlog.embedded, engine.library.stats().waiting) == (last.total, 100, 0)


def test_the_newest_come_first(opened: OpenFn) -> None:
    engine = opened()
    backlog = Backlog(engine, Cancel())
    backlog.add(date(2026, 1, 2).toordinal(), record(engine, *(f"old{n}" for n in range(64)), day=2))
    backlog.add(date(2026, 1, 3).toordinal(), record(engine, *(f"new{n}" for n in range(64)), day=3))
    for event in backlog.finish():
        if event.done == 64:
            assert all(text.startswith("Ship new") for text in vectors(engine))
    assert len(vectors(engine)) == 128


def test_equal_passages_are_embedded_once_and_known_ones_not_at_all(engine: Engine) -> None:
    first = record(engine, "a", "b")
    backlog = Backlog(engine, Cancel())
    backlog.add(0, first + first)
    backlog.advance()
    backlog.add(0, first)
    assert list(backlog.finish())
    assert backlog.embedded == 2
    again = Backlog(engine, Cancel())
    again.add(0, first)
    again.advance()
    assert list(again.finish()) == []
    assert again.embedded == 0


def test_cancelled_it_keeps_what_is_done_and_the_next_goes_on(engine: Engine, tmp_path: Path) -> None:
    cancel = Cancel()
    backlog = Backlog(engine, cancel)
    backlog.add(0, record(engine, *(str(n) for n in range(300))))
    for _ in backlog.finish():
        cancel.cancel()
    done = engine.library.stats().passages - engine.library.stats().waiting
    assert 64 <= done == backlog.embedded < 300
    rest = Backlog(engine, Cancel())
    *_, last = rest.finish()
    assert (rest.embedded, last.done, last.total) == (300 - done, 300 - done, 300 - done)


def test_what_goes_meanwhile_is_not_missed(engine: Engine) -> None:
    backlog = Backlog(engine, Cancel())
    backlog.add(0, record(engine, "a", "b", "c"))
    backlog.advance()
    engine.library.remove(["b"])
    list(backlog.finish())
    assert set(vectors(engine)) == {"Ship a left harbour a.", "Ship c left harbour c."}
    assert engine.library.stats().waiting == 0
