"""The files of exact search under a library: restored, removed from, written by several, changed under the reader."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from qa.library import Library
from qa.library.catalogue import Entry, words_digest
from qa.library.exact import KEPT_FROM
from qa.library.scope import Scope
from qa.types import Article, Published, Window

MADE_BY, DIMENSIONS = "small@1", 8
EVERYTHING = Scope(Window())


def entry(n: int, told: str = "left") -> Entry:
    day = date(2026, 1, 1) + timedelta(days=n % 30)
    text = f"Ship {n} {told}."
    digest = sha256(text.encode()).hexdigest()
    published = Published(day.isoformat(), day)
    one = Article(f"n{n}", f"/news#{n}", 1, f"Ship {n}", "AFP", None, published, text, digest)
    return Entry(one, "/news", ((0, len(text)),))


def vector(text: str, dimensions: int = DIMENSIONS) -> np.ndarray:
    made = np.random.default_rng(int.from_bytes(words_digest(text)[:4], "little")).standard_normal(dimensions)
    return np.asarray(made / np.linalg.norm(made), dtype="<f4")


def take_in(library: Library, entries: list[Entry], embedder: str = MADE_BY, dimensions: int = DIMENSIONS) -> None:
    assert not library.catalogue.record(entries)
    vectors = [(words_digest(e.article.text), vector(e.article.text, dimensions).tobytes()) for e in entries]
    library.catalogue.store_vectors(embedder, vectors)


def opened(folder: Path) -> Library:
    return Library(folder, embedder=MADE_BY, dimensions=DIMENSIONS)


def found(library: Library, text: str) -> str | None:
    """Id of the article whose vector is that of ``text``; None where there is none."""
    [[(number, score)]], used = library.by_meaning([vector(text)], EVERYTHING, 1, "exact")
    assert used == "exact"
    return library.catalogue.passages([number])[number][1].id if score > 0.99999 else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A library just large enough for files of its own, which are there."""
    library = opened(tmp_path / "library")
    library.catalogue.use(MADE_BY)
    take_in(library, [entry(n) for n in range(KEPT_FROM + 50)])
    assert found(library, "Ship 7 left.") == "n7"
    assert kept(library.path)
    library.close()
    return library.path


def kept(folder: Path) -> list[Path]:
    return list((folder / "exact").glob("*"))


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    library = opened(folder)
    yield library
    library.close()


def test_the_next_process_maps_the_files_and_reads_no_vector(library: Library) -> None:
    [files] = kept(library.path)
    before = {path: path.stat().st_mtime_ns for path in files.iterdir()}
    assert found(library, "Ship 99 left.") == "n99"
    assert isinstance(library.exact().rows.base, np.memmap) or isinstance(library.exact().rows, np.memmap)
    assert {path: path.stat().st_mtime_ns for path in files.iterdir()} == before


def test_what_was_removed_is_in_no_file_from_then_on(library: Library) -> None:
    gone = vector("Ship 7 left.").tobytes()
    assert any(gone in path.read_bytes() for path in library.path.glob("exact/*/rows.npy"))
    library.remove(["n7"])
    assert not kept(library.path)
    assert found(library, "Ship 7 left.") is None
    assert not any(gone in path.read_bytes() for path in library.path.glob("exact/*/rows.npy"))
    assert kept(library.path)
    library.remove([f"n{n}" for n in range(200)])
    assert found(library, "Ship 300 left.") == "n300"
    assert not kept(library.path)  # too few to be worth files


def test_a_record_restored_from_a_backup_is_never_answered_from_files_made_since(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "catalogue.sqlite", tmp_path / "backup")
    library = opened(folder)
    take_in(library, [entry(5_000, "sank")])
    assert found(library, "Ship 5000 sank.") == "n5000"
    library.close()
    for name in ("catalogue.sqlite-wal", "catalogue.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup", folder / "catalogue.sqlite")
    library = opened(folder)
    take_in(library, [entry(6_000, "burned")])  # under the numbers, and as many changes on, as the other
    assert found(library, "Ship 6000 burned.") == "n6000"
    assert found(library, "Ship 5000 sank.") is None
    assert [number for number, _ in library.by_words("burned", EVERYTHING, 5)] == [
        number for number, _ in library.by_meaning([vector("Ship 6000 burned.")], EVERYTHING, 1, "exact")[0][0]
    ]
    assert not library.by_words("sank", EVERYTHING, 5)
    library.close()


def test_files_that_cannot_be_written_cost_nothing_but_time(library: Library) -> None:
    library.forget_exact()
    (library.path / "exact").write_text("in the way")
    assert found(library, "Ship 12 left.") == "n12"
    assert (library.path / "exact").read_text() == "in the way"


def test_questions_of_several_threads_while_another_process_removes_and_changes_the_embedder(library: Library) -> None:
    another, other_dimensions = "large@1", 12
    stop = threading.Event()

    def ask() -> int:
        asked = 0
        while not stop.is_set():
            [near], _ = library.by_meaning([vector("Ship 1000 left.")], EVERYTHING, 5, "exact", MADE_BY)
            texts = [passage.text for passage, _ in library.catalogue.passages([n for n, _ in near]).values()]
            assert not near or (near[0][1] > 0.99999 and "Ship 1000 left." in texts)
            asked += 1
        return asked

    pool = ThreadPoolExecutor(3)
    asking = [pool.submit(ask) for _ in range(3)]
    writer = opened(library.path)
    for n in range(0, 60, 2):
        writer.remove([f"n{n}"])
        take_in(writer, [entry(7_000 + n)])
    held = writer.catalogue.passages(sorted(writer.catalogue.passage_numbers()))
    texts = {passage.text for passage, _ in held.values()}
    made = [(words_digest(text), vector(text, other_dimensions).tobytes()) for text in texts]
    writer.catalogue.store_vectors(another, made)
    assert writer.catalogue.use(another)
    assert library.by_meaning([vector("Ship 1000 left.")], EVERYTHING, 5, "exact", MADE_BY) == ([()], "words")
    stop.set()
    assert all(future.result() for future in asking)
    pool.shutdown()
    [near], _ = library.by_meaning([vector("Ship 1000 left.", 12)], EVERYTHING, 1, "exact", another)
    assert near[0][1] == pytest.approx(1.0)
    writer.close()
