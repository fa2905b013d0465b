"""The library: a folder of one record and two indexes, each of which comes back when it is lost."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.config import Config
from qa.embed import DIMENSIONS
from qa.engine import Engine, open_engine
from qa.errors import LibraryError, NotFoundError
from qa.ingest import ingest
from qa.library import Library, Scope, schema
from qa.library.catalogue import Catalogue, Entry
from qa.library.child import ChromaIndex
from qa.library.exact import TURNED_FROM, ExactIndex, _alone_in
from qa.library.health import PARTS
from qa.library.words import WordIndex
from qa.retrieve import resolve, retrieve
from qa.types import Article, Cancel, Listing, Passage, Progress, Published, Query, Window

OpenFn = Callable[..., Engine]
QUESTION = "Where are the US-Iran talks expected to take place?"
FINGERPRINT = "some-model"


def library_at(path: Path, *, create: bool = True, timezone: str | None = "UTC") -> Library:
    return Library(path, embedder=FINGERPRINT, dimensions=DIMENSIONS, timezone=timezone, create=create)


def article(name: str, text: str, *, day: date | None = None, source: str | None = None, version: int = 1) -> Article:
    published = Published(day.isoformat(), day) if day else None
    return Article(name, f"/news/{name}", version, f"Title {name}", source, None, published, text, f"digest of {text}")


def entry(made: Article) -> Entry:
    return Entry(made, made.origin, ((0, len(made.text)),))


def best(engine: Engine) -> str:
    return retrieve(engine, resolve(engine, QUESTION), 1).hits[0].passage.text


# the folder


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="is a file, not a folder") as refused:
        library_at(tmp_path / "file")
    assert "--library" in refused.value.hint
    with pytest.raises(LibraryError, match="cannot be written"):
        library_at(tmp_path / "file" / "inside")
    assert (tmp_path / "file").read_text() == "x"


def test_a_folder_of_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("x")
    with pytest.raises(LibraryError, match="holds other files"):
        library_at(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_library_is_made_only_where_it_may_be(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LibraryError, match="there is no library at") as refused:
        library_at(tmp_path / name, create=False)
    assert "newsdesk ingest" in refused.value.hint
    assert not (tmp_path / "missing").exists()
    assert list((tmp_path / "empty").iterdir()) == []
    library_at(tmp_path / name).close()
    library_at(tmp_path / name, create=False).close()


def test_a_library_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    library_at(tmp_path / "library").close()
    with sqlite3.connect(tmp_path / "library" / "catalogue.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="newer Newsdesk") as refused:
        library_at(tmp_path / "library")
    assert "Upgrade" in refused.value.hint


@pytest.mark.parametrize("keep", [0, 5_000], ids=["from the start", "after the header"])
def test_a_damaged_record_is_told_clearly(own_seeds: Path, keep: int) -> None:
    path = own_seeds / "catalogue.sqlite"
    for name in ("-wal", "-shm"):
        Path(f"{path}{name}").unlink(missing_ok=True)
    raw = path.read_bytes()
    path.write_bytes(raw[:keep] + b"not a database " * (len(raw) // 15))
    with pytest.raises(LibraryError, match=r"damaged|cannot be used") as refused:  # noqa: PT012 - opening may succeed
        library = Library(own_seeds, embedder=FINGERPRINT, dimensions=DIMENSIONS)
        for row in library.list():
            library.article(row.article.id)
        library.stats()
    assert refused.value.hint


def test_the_time_zone_belongs_to_the_library(tmp_path: Path) -> None:
    library_at(tmp_path / "library", timezone="Europe/Istanbul").close()
    kept = library_at(tmp_path / "library", timezone=None)
    assert str(kept.zone) == "Europe/Istanbul"
    kept.close()


def test_closing_twice_is_fine_and_other_threads_have_their_own_connection(seeds_library: Path, tmp_path: Path) -> None:
    library = library_at(tmp_path / "library")
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(library.stats().articles))
    thread.start()
    thread.join()
    assert found == [0]
    library.close()
    library.close()


# the record


def test_closing_waits_for_what_other_threads_do_and_then_refuses_them(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    started, told = threading.Barrier(4), []

    def write(name: str) -> None:
        started.wait()
        try:
            for n in range(100_000):
                catalogue.set_meta(name, str(n))
                catalogue.stats()
        except LibraryError as error:
            told.append(error.message)

    writers = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for writer in writers:
        writer.start()
    started.wait()
    while catalogue.meta("a") is None:
        pass
    catalogue.close()
    catalogue.close()
    for writer in writers:
        writer.join()
    assert len(told) == 3
    assert all("has been closed" in message for message in told)
    assert Catalogue(tmp_path / "catalogue.sqlite").damage() is None


def test_versions_listing_and_stats(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.record([entry(article("a", "One.", day=date(2026, 1, 1))), entry(article("b", "Two."))])
    catalogue.record([entry(article("a", "One!", day=date(2026, 1, 2), version=2))])
    assert [(row.article.id, row.article.version, row.passages) for row in catalogue.rows()] == [
        ("a", 2, 1),
        ("b", 1, 1),
    ]
    first, second = catalogue.version("a", 1), catalogue.version("a", 2)
    assert first is not None
    assert second is not None
    assert (first.text, second.text) == ("One.", "One!")
    assert catalogue.version("a", 3) is None
    stats = catalogue.stats()
    assert (stats.articles, stats.passages, stats.waiting, stats.undated) == (2, 2, 2, 1)
    assert stats.first_day == stats.last_day == date(2026, 1, 2)
    assert catalogue.undated() == ["b"]
    assert catalogue.newer_than(date(2026, 1, 1)) == 1
    assert catalogue.newest_day(date(2026, 1, 1)) is None
    catalogue.close()


def test_who_compared_too_early_records_nothing(tmp_path: Path) -> None:
    catalogue, other = Catalogue(tmp_path / "catalogue.sqlite"), Catalogue(tmp_path / "catalogue.sqlite")
    assert catalogue.record([entry(article("a", "One."))]) == []
    late = [entry(article("a", "Else.")), entry(Article("b", "/news/a", 1, "", None, None, None, "x", "y"))]
    assert other.record(late) == late
    found = other.by_id("a")
    assert found is not None
    assert (found.text, other.stats().articles) == ("One.", 1)
    catalogue.close()
    other.close()


def test_equal_passages_share_a_vector_that_stays_with_what_can_be_restored(tmp_path: Path) -> None:
    library = library_at(tmp_path / "library")
    catalogue = library.catalogue
    catalogue.record([entry(article("a", "Same.")), entry(article("b", "Same.")), entry(article("c", "Else."))])
    waiting = catalogue.waiting(FINGERPRINT)
    assert catalogue.use(FINGERPRINT)
    assert len(waiting) == 2
    catalogue.store_vectors(FINGERPRINT, [(digest, bytes(4 * DIMENSIONS)) for _, digest in waiting])
    assert catalogue.stats().waiting == 0
    assert len(catalogue.vector_places()) == 3
    assert len(catalogue.vector_ids(FINGERPRINT)) == 3
    for name, left in (("a", 2), ("b", 1), ("c", 0)):
        assert library.remove([name, "unknown"]) == 1
        assert len(catalogue.vector_places()) == left
    catalogue.record([entry(article("d", "Same.")), entry(article("e", "New."))])
    assert catalogue.stats().waiting == 1  # the vector of "Same." stayed with the articles that can be restored
    catalogue.store_vectors(FINGERPRINT, [(b"digest of gone text", bytes(4 * DIMENSIONS))])
    assert len(catalogue.vector_places()) == 1
    library.close()


def vectors(catalogue: Catalogue, embedder: str) -> list[tuple[bytes, bytes]]:
    """A vector for each passage that lacks one of ``embedder``."""
    return [(digest, embedder[:4].encode() * DIMENSIONS) for _, digest in catalogue.waiting(embedder)]


def in_use(catalogue: Catalogue) -> set[bytes]:
    """The vectors that searches see."""
    numbers = sorted(place[0] for place in catalogue.vector_places())
    return {vector[:4] for _, vector in catalogue.vectors_at(numbers)}


def test_another_embedder_is_used_once_every_passage_has_its_vector(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.record([entry(article("a", "One.")), entry(article("b", "Two."))])
    assert catalogue.use("old1")
    catalogue.store_vectors("old1", vectors(catalogue, "old1"))
    before = catalogue.vector_revision
    catalogue.store_vectors("new1", vectors(catalogue, "new1")[:1])
    assert not catalogue.use("new1")
    assert (catalogue.embedder, catalogue.stats().waiting, in_use(catalogue)) == ("old1", 0, {b"old1"})
    assert catalogue.vector_revision == before
    assert len(catalogue.waiting("new1")) == 1
    catalogue.record([entry(article("c", "Three."))])
    catalogue.store_vectors("new1", vectors(catalogue, "new1"))
    assert (catalogue.stats().waiting, in_use(catalogue)) == (1, {b"old1"})
    assert catalogue.use("new1")
    assert (catalogue.embedder, catalogue.stats().waiting, in_use(catalogue)) == ("new1", 0, {b"new1"})
    assert catalogue.vector_revision != before
    assert [catalogue.drop_leftovers(1) for _ in range(4)] == [True, True, False, False]
    assert catalogue.vector_ids("old1") == frozenset()
    assert len(catalogue.waiting("old1")) == 3
    catalogue.store_vectors("more", vectors(catalogue, "more")[:1])
    assert not catalogue.drop_leftovers()
    assert len(catalogue.waiting("more")) == 2
    catalogue.close()


def test_an_embedder_that_has_made_nothing_yet_is_replaced_at_once(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.record([entry(article("a", "One."))])
    assert catalogue.use("old1")
    assert catalogue.use("new1")
    assert catalogue.embedder == "new1"
    assert catalogue.stats().waiting == 1
    catalogue.close()


def test_a_removed_article_keeps_its_vectors_of_all_embedders(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    catalogue.record([entry(article("a", "One.")), entry(article("b", "Two."))])
    catalogue.use("old1")
    for name in ("old1", "new1"):
        catalogue.store_vectors(name, vectors(catalogue, name))
    catalogue.remove(["a"])
    assert catalogue.stats().passages == 1
    assert catalogue.use("new1")
    assert catalogue.restore(["a"]) == ["a"]
    assert (catalogue.stats().passages, catalogue.stats().waiting) == (2, 0)
    assert len(catalogue.vector_ids("new1")) == 2
    catalogue.close()


FIRST_VERSION = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
  path TEXT PRIMARY KEY, digest TEXT NOT NULL, reader TEXT NOT NULL, articles INTEGER NOT NULL,
  problems TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE articles (
  no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, origin TEXT NOT NULL UNIQUE, file TEXT NOT NULL,
  version INTEGER NOT NULL, title TEXT NOT NULL, source TEXT, url TEXT, published TEXT, day INTEGER,
  digest TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE versions (
  article_id TEXT NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, source TEXT, url TEXT, published TEXT,
  day INTEGER, digest TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (article_id, version)
);
CREATE TABLE vectors (
  no INTEGER PRIMARY KEY, embedder TEXT NOT NULL, digest BLOB NOT NULL, vector BLOB NOT NULL,
  UNIQUE (embedder, digest)
);
CREATE TABLE passages (
  no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
  article INTEGER NOT NULL REFERENCES articles (no) ON DELETE CASCADE,
  n INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  digest BLOB NOT NULL, vector INTEGER REFERENCES vectors (no) ON DELETE SET NULL
);
INSERT INTO meta VALUES ('passages', '4');
INSERT INTO articles VALUES (1, 'a', '/a', '/a', 1, 'T', NULL, NULL, NULL, NULL, 'd', 'One.Two.Three.');
INSERT INTO vectors VALUES (1, 'old1', X'01', X'AA'), (2, 'old1', X'02', X'BB'), (3, 'odd1', X'03', X'CC');
INSERT INTO passages VALUES (1, 'a-0', 1, 0, 0, 4, X'01', 1), (2, 'a-1', 1, 1, 4, 8, X'02', NULL),
  (3, 'a-2', 1, 2, 8, 14, X'03', 3);
PRAGMA user_version = 1;
"""


def test_a_library_of_the_first_version_keeps_its_vectors(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(FIRST_VERSION)
    db.close()
    for _ in range(2):
        catalogue = Catalogue(path)
        assert catalogue.embedder == "old1"
        assert list(catalogue.vectors_at([1, 2, 3])) == [(1, b"\xaa"), (2, b"\xbb")]
        assert [digest for _, digest in catalogue.waiting("old1")] == [b"\x03"]
        assert catalogue.damage() is None
        catalogue.close()
    (version,) = sqlite3.connect(path).execute("PRAGMA user_version").fetchone()
    assert version == schema.VERSION
    catalogue = Catalogue(path)
    (row,) = catalogue.rows()
    assert (row.article.title, row.passages, row.edited) == ("T", 3, False)
    assert catalogue.rows(chosen=Listing(words="t undated")) == [row]
    assert catalogue.remove(["a"]) == 1
    assert catalogue.restore(["a"]) == ["a"]
    catalogue.close()


def test_an_empty_library_of_the_first_version_opens(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path) as db:
        db.executescript(
            "\n".join(
                line
                for line in FIRST_VERSION.splitlines()
                if not line.startswith("INSERT INTO") and not line.startswith("  (3")
            )
        )
    db.close()
    catalogue = Catalogue(path)
    assert catalogue.embedder is None
    assert catalogue.use("new1")
    catalogue.close()


def test_a_failed_transaction_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue.sqlite")
    bad = Entry(article("a", "One."), "/news/a", ((0, 4), (0, None)))  # type: ignore[arg-type]
    with pytest.raises(LibraryError):
        catalogue.record([entry(article("b", "Two.")), bad])
    assert catalogue.stats().articles == 0
    catalogue.record([entry(article("b", "Two."))])
    assert catalogue.stats().articles == 1
    catalogue.close()


@pytest.mark.parametrize("name", ["nothing", "\udcff", ""])
def test_an_unknown_article_is_told(seeds_engine: Engine, name: str) -> None:
    with pytest.raises(NotFoundError, match="there is no article"):
        seeds_engine.library.article(name)


def test_removing_takes_article_words_and_vectors(opened: OpenFn, own_seeds: Path) -> None:
    engine = opened(own_seeds)
    (gone,) = [row.article for row in engine.library.list() if row.article.source == "MENAFN"]
    text = engine.library.article(gone.id).text
    assert engine.library.remove([gone.id]) == 1
    assert engine.library.remove([gone.id]) == 0
    found = retrieve(engine, resolve(engine, QUESTION), 10, "exact")
    assert found.hits
    assert gone.id not in {hit.article.id for hit in found.hits}
    assert engine.library.words.present() == engine.library.catalogue.passage_numbers()
    assert len(engine.library.catalogue.vector_places()) == engine.library.stats().passages
    assert not engine.library.chroma_is_current()
    with sqlite3.connect(own_seeds / "catalogue.sqlite") as db:
        assert text not in {row[0] for row in db.execute("SELECT text FROM articles UNION SELECT text FROM versions")}


# scope


DAYS = [None, *(date(2026, 1, 1) + timedelta(days=n) for n in range(6))]
SCOPES = st.builds(
    Scope,
    st.builds(Window, st.sampled_from(DAYS), st.sampled_from(DAYS)),
    st.sampled_from([(), ("afp",), ("AFP", "dpa")]),
    st.booleans(),
    passages=st.none() | st.frozensets(st.integers(1, 120)),
).filter(lambda scope: not scope.undated or scope.window.start is None)


def inside(scope: Scope, number: int, day: date | None, source: str | None) -> bool:
    window = scope.window
    if scope.passages is not None and number not in scope.passages:
        return False
    if scope.sources and (source or "").casefold() not in {name.casefold() for name in scope.sources}:
        return False
    if day is None:
        return scope.undated
    return (window.start is None or day >= window.start) and (window.end is None or day <= window.end)


POPULATION = [
    (n, DAYS[n % len(DAYS)], [None, "AFP", "DPA", "Reuters"][n % 4], f"passage {n % 25} tells of ships")
    for n in range(1, 101)
]
MATRIX = np.random.default_rng(3).standard_normal((25, DIMENSIONS)).astype(np.float32)
MATRIX /= np.linalg.norm(MATRIX, axis=1, keepdims=True)


PLACES = [
    (number, bytes([number % 25]) * 16, day.toordinal() if day else None, source)
    for number, day, source, _ in POPULATION
]


def vectors_at(numbers: Sequence[int]) -> list[tuple[int, bytes]]:
    return [(number, MATRIX[number % 25].tobytes()) for number in numbers]


@pytest.fixture(scope="module")
def exact() -> ExactIndex:
    return ExactIndex.build("1", FINGERPRINT, places=PLACES, fetch=vectors_at, dimensions=DIMENSIONS)


@given(SCOPES, st.integers(1, 120), st.integers(0, 1_000))
def test_exact_search_is_brute_force_with_ties_by_number(exact: ExactIndex, scope: Scope, k: int, seed: int) -> None:
    question = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    [found] = exact.search(question[np.newaxis], scope, k, scope.passages)
    expected = {
        number: MATRIX[number % 25] @ question
        for number, day, source, _ in POPULATION
        if inside(scope, number, day, source)
    }
    assert len(found) == min(k, len(expected))
    assert {number for number, _ in found} <= set(expected)
    assert all(score == pytest.approx(expected[number], abs=1e-4) for number, score in found)
    assert [(-score, number) for number, score in found] == sorted((-score, number) for number, score in found)
    by_vector: dict[int, set[float]] = {}
    for number, score in found:
        by_vector.setdefault(number % 25, set()).add(score)
    assert all(len(scores) == 1 for scores in by_vector.values())
    if found:
        left = [score for number, score in expected.items() if number not in dict(found)]
        assert max(left, default=-np.inf) <= found[-1][1] + 1e-4


def test_exact_search_over_nothing() -> None:
    empty = ExactIndex.build("0", FINGERPRINT, places=[], fetch=vectors_at, dimensions=DIMENSIONS)
    assert empty.search(MATRIX[:2], Scope(Window()), 5) == [[], []]


def test_a_turned_index_finds_what_brute_force_finds() -> None:
    rng, n, dimensions = np.random.default_rng(5), TURNED_FROM, 384
    rows = (rng.standard_normal((n, dimensions)) * np.linspace(2, 0.1, dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = [(number, number.to_bytes(8, "little"), 1 + number % 50, "AFP") for number in range(n)]
    index = ExactIndex.build(
        "1", "e", places=places, fetch=lambda some: [(i, rows[i].tobytes()) for i in some], dimensions=dimensions
    )
    assert index.axes.shape == (dimensions, dimensions)
    window = Window(date.fromordinal(10), date.fromordinal(30))
    for scope, inside in (
        (Scope(Window()), np.arange(n)),
        (Scope(window), np.asarray([i for i in range(n) if 10 <= 1 + i % 50 <= 30])),
    ):
        for question, found in zip(rows[[3, 777]], index.search(rows[[3, 777]], scope, 20), strict=True):
            scores = rows[inside].astype(np.float64) @ question
            assert [number for number, _ in found] == inside[np.argsort(-scores, kind="stable")[:20]].tolist()


def test_a_kept_index_answers_as_before_and_takes_in_what_is_new(tmp_path: Path, exact: ExactIndex) -> None:
    everything = Scope(Window())
    exact.keep(tmp_path)
    kept = ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS)
    assert kept is not None
    assert kept.revision == "1"
    assert kept.search(MATRIX, everything, 30) == exact.search(MATRIX, everything, 30)
    assert ExactIndex.kept(tmp_path, "another embedder", DIMENSIONS) is None
    assert ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS + 1) is None
    asked: list[int] = []

    def noted(numbers: Sequence[int]) -> list[tuple[int, bytes]]:
        asked.extend(numbers)
        return vectors_at(numbers)

    changed = [(n, b"x" * 16 if n == 7 else digest, day, source) for n, digest, day, source in PLACES[5:]]
    changed.append((101, b"y" * 16, 9, None))
    later = ExactIndex.build("2", FINGERPRINT, places=changed, fetch=noted, dimensions=DIMENSIONS, before=kept)
    assert asked == [7, 101]
    fresh = ExactIndex.build("2", FINGERPRINT, places=changed, fetch=vectors_at, dimensions=DIMENSIONS)
    assert later.search(MATRIX, everything, 120) == fresh.search(MATRIX, everything, 120)
    later.keep(tmp_path)
    again = ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS)
    assert again is not None
    assert again.revision == "2"
    assert len(list(tmp_path.iterdir())) == 1


KEPT_FILES = ["axes.npy", "days.npy", "digests.npy", "head.npy", "numbers.npy", "rows.npy", "sources.npy", "state.json"]


@pytest.mark.parametrize("name", KEPT_FILES)
def test_a_kept_index_that_is_not_whole_is_passed_over(tmp_path: Path, exact: ExactIndex, name: str) -> None:
    exact.keep(tmp_path)
    [file] = tmp_path.glob(f"*/{name}")
    whole = file.read_bytes()
    for cut in (0, 5, 20, 127, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:cut] if cut < len(whole) else b"")
        assert ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS) is None
    file.unlink()
    assert ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS) is None


@given(name=st.sampled_from(KEPT_FILES), at=st.integers(0, 127), byte=st.integers(0, 255))
def test_a_kept_index_with_a_damaged_head_is_passed_over_or_can_be_asked(
    tmp_path_factory: pytest.TempPathFactory, exact: ExactIndex, name: str, at: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    exact.keep(folder)
    [file] = folder.glob(f"*/{name}")
    damaged = bytearray(file.read_bytes())
    damaged[at % len(damaged)] = byte
    file.write_bytes(damaged)
    kept = ExactIndex.kept(folder, FINGERPRINT, DIMENSIONS)
    if kept is not None:
        kept.search(MATRIX[:1], Scope(Window()), 5)


def test_a_kept_index_waits_for_no_other_process_and_clears_up_behind_a_killed_one(
    tmp_path: Path, exact: ExactIndex
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "rows.npy").write_bytes(b"half")
    with _alone_in(tmp_path) as alone:
        assert alone
        exact.keep(tmp_path)
        assert ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS) is None
    exact.keep(tmp_path)
    assert ExactIndex.kept(tmp_path, FINGERPRINT, DIMENSIONS) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["1-1"]


def fetch(numbers: object) -> list[tuple[int, Passage, Article]]:
    rows = {number: (day, source, text) for number, day, source, text in POPULATION}
    made = []
    for number in numbers:  # type: ignore[attr-defined]
        day, source, text = rows[number]
        of = article(str(number), text, day=day, source=source)
        made.append((number, Passage(f"p{number}", of.id, 1, 0, 0, len(text), text), of))
    return made


NUMBERS = {row[0] for row in POPULATION}


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> WordIndex:
    index = WordIndex(tmp_path_factory.mktemp("words"))
    index.reconcile(NUMBERS, fetch, "1")
    return index


@given(SCOPES)
def test_words_are_searched_within_the_scope(words: WordIndex, scope: Scope) -> None:
    found = words.search("ship", scope, 200)
    assert {number for number, _ in found} == {n for n, day, source, _ in POPULATION if inside(scope, n, day, source)}
    assert [(-score, number) for number, score in found] == sorted((-score, number) for number, score in found)


def test_undated_articles_count_only_where_no_window_and_no_as_of_is_set(seeds_engine: Engine) -> None:
    library, day = seeds_engine.library, date(2026, 2, 5)
    assert library.scope(Query("q", day)).is_everything
    assert not library.scope(Query("q", day, as_of_given=True)).undated
    assert not library.scope(Query("q", day, window=Window(day))).undated
    assert library.scope(Query("q", day, sources=("MENAFN",))).undated
    past = library.scope(Query("q", date(2026, 2, 1)))
    assert (past.window.end, past.undated) == (date(2026, 2, 1), True)
    bounded = library.scope(Query("q", date(2026, 2, 1), window=Window(date(2026, 1, 1), date(2026, 3, 1))))
    assert bounded.window.end == date(2026, 2, 1)


# the word index


def test_words_are_found_by_stem_without_accents_and_in_the_header(tmp_path: Path) -> None:
    library = library_at(tmp_path / "library")
    made = article("a", "Türkiye negotiated in Zürich.", day=date(2026, 2, 4), source="Anadolu")
    library.catalogue.record([entry(made), entry(article("b", "Bread is cheap."))])
    for question in ("negotiations", "TURKIYE", "Zurich", "anadolu", "February", "Wednesday"):
        assert library.by_words(question, Scope(Window()), 5)[0][0] == 1, question
    assert library.by_words("submarine", Scope(Window()), 5) == []
    assert library.by_words("?!", Scope(Window()), 5) == []
    assert library.by_words("\udcff", Scope(Window()), 5) == []
    assert len(library.by_words("the a is", Scope(Window()), 5)) >= 1
    library.close()


def test_two_openers_never_index_a_passage_twice(tmp_path: Path) -> None:
    one, two = WordIndex(tmp_path), WordIndex(tmp_path)
    one.reconcile({1, 2}, fetch, "1")
    assert two.is_complete_for("1")
    two.reconcile({1, 2, 3}, fetch, "2")
    one.reconcile({2, 3, 4}, fetch, "3")
    assert one.is_complete_for("3")
    assert two.is_complete_for("3")
    assert [number for number, _ in sorted(two.search("ships", Scope(Window()), 10))] == [2, 3, 4]
    assert two.present() == {2, 3, 4}


def test_while_another_process_writes_the_words_nothing_is_lost(tmp_path: Path) -> None:
    library = library_at(tmp_path / "library")
    library.catalogue.record([entry(article("a", "Ships."))])
    other = WordIndex(tmp_path / "library" / "words")
    busy: list[bool] = []

    def slow(numbers: object) -> list[tuple[int, Passage, Article]]:
        busy.append(library.update_words())
        return fetch(numbers)

    other.reconcile({1}, slow, "0")
    assert busy == [False]
    assert library.update_words()
    assert library.by_words("title", Scope(Window()), 5)
    library.close()


def test_a_question_waits_for_another_process_that_writes_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.library.store._PATIENCE", 120.0)
    library = library_at(tmp_path / "library")
    library.catalogue.record([entry(article("a", "Ships."))])
    other, begun = WordIndex(tmp_path / "library" / "words"), threading.Event()
    asked = threading.Event()

    def slow(numbers: object) -> list[tuple[int, Passage, Article]]:
        begun.set()
        assert asked.wait(120)
        return fetch(numbers)

    writing = threading.Thread(target=other.reconcile, args=({1}, slow, "0"))
    writing.start()
    assert begun.wait(120)
    threading.Timer(0.3, asked.set).start()
    found = library.by_words("title", Scope(Window()), 5)
    writing.join()
    assert len(found) == 1
    library.close()


def test_a_full_disk_leaves_the_words_as_they_were(tmp_path: Path) -> None:
    library = library_at(tmp_path / "library")
    library.catalogue.record([entry(article("a", "Ships."))])
    assert library.update_words()
    before = library.words.present()
    library.catalogue.record([entry(article("b", "Trains."))])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(LibraryError, match="cannot be written") as refused:
            library.update_words()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "free some space" in refused.value.hint
    assert library.words.present() == before
    assert library.update_words()
    assert library.words.present() == library.catalogue.passage_numbers()
    library.close()


def remove_words(folder: Path) -> None:
    shutil.rmtree(folder)


def empty_words(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")


def lose_a_segment(folder: Path) -> None:
    for path in folder.rglob("*.pos"):
        path.unlink()


def garble_segments(folder: Path) -> None:
    for path in [*folder.rglob("*.term"), *folder.rglob("*.store"), *folder.rglob("meta.json")]:
        path.write_bytes(b"garbage" * 100)


@pytest.mark.parametrize("damage", [remove_words, empty_words, lose_a_segment, garble_segments])
def test_lost_or_damaged_words_come_back_with_the_next_question(
    opened: OpenFn, own_seeds: Path, damage: Callable[[Path], None]
) -> None:
    damage(own_seeds / "words")
    engine = opened(own_seeds)
    found = retrieve(engine, resolve(engine, QUESTION), 3)
    assert "Istanbul" in found.hits[0].passage.text
    assert found.hits[0].how.words == 1
    assert WordIndex(own_seeds / "words").present() == engine.library.catalogue.passage_numbers()


def test_words_deleted_under_a_running_engine_come_back(opened: OpenFn, own_seeds: Path) -> None:
    engine = opened(own_seeds)
    assert "Istanbul" in best(engine)
    shutil.rmtree(own_seeds / "words")
    assert "Istanbul" in best(engine)
    assert WordIndex(own_seeds / "words").present() == engine.library.catalogue.passage_numbers()


# Chroma


def generation(folder: Path) -> Path:
    return folder / "vectors" / str(json.loads((folder / "vectors" / "current").read_text())["generation"])


def remove_vectors(folder: Path) -> None:
    shutil.rmtree(folder / "vectors")


def garble_vectors(folder: Path) -> None:
    (generation(folder) / "chroma.sqlite3").write_bytes(b"not a database " * 5_000)


@pytest.mark.parametrize("damage", [remove_vectors, garble_vectors])
def test_a_lost_or_damaged_chroma_index_is_answered_for_and_comes_back(
    opened: OpenFn, own_seeds: Path, damage: Callable[[Path], None]
) -> None:
    damage(own_seeds)
    engine = opened(own_seeds)
    library = engine.library
    assert not library.chroma_is_current()
    found = retrieve(engine, resolve(engine, QUESTION), 3, "chroma")
    assert found.index == "exact"
    assert "Istanbul" in found.hits[0].passage.text
    list(library.update_chroma(Cancel()))
    assert library.chroma_is_current()
    assert library.chroma.ids() == library.catalogue.vector_ids(engine.embedder.fingerprint)
    again = retrieve(engine, resolve(engine, QUESTION), 3, "chroma")
    assert again.index == "chroma"
    assert [hit.passage.id for hit in again.hits] == [hit.passage.id for hit in found.hits]


@pytest.fixture(scope="module")
def chroma_engine(seeds_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = shutil.copytree(seeds_library, tmp_path_factory.mktemp("chroma") / "library")
    engine = open_engine(Config(library=folder, timezone="UTC"))
    engine.library.chroma.start()
    assert engine.library.chroma.wait_ready(60)
    return engine


@pytest.mark.parametrize("question", [QUESTION, "bread prices"])
@pytest.mark.parametrize("window", [Window(), Window(date(2026, 1, 1), date(2026, 2, 5))], ids=["all", "window"])
def test_within_given_articles_all_indexes_find_the_same(chroma_engine: Engine, question: str, window: Window) -> None:
    library, vector = chroma_engine.library, chroma_engine.embedder.embed(question)
    for only in [("no such article",), *((row.article.id,) for row in library.list())]:
        scope = library.scope(Query(question, date(2026, 2, 5), window=window, articles=only))
        inside = {n for n in library.catalogue.passage_numbers() if number_of(library, n) in only}
        assert scope.passages == inside
        [by_chroma], used = library.by_meaning([vector], scope, 100, "chroma")
        [by_exact], exactly = library.by_meaning([vector], scope, 100, "auto")
        assert (used, exactly) == ("chroma", "exact")
        assert [number for number, _ in by_chroma] == [number for number, _ in by_exact]
        assert {number for number, _ in by_exact} == inside
        assert {number for number, _ in library.by_words("the talks", scope, 100)} <= inside
        assert bool(library.by_words("Fidan said", scope, 100)) is bool(inside)
        assert library.searched(Query(question, date(2026, 2, 5), articles=only)) == (only[0] != "no such article")
        assert [article.id for article in library.articles(scope)] == [one for one in only if inside]


def number_of(library: Library, number: int) -> str:
    """Id of the article of a passage."""
    return library.catalogue.passages([number])[number][1].id


@pytest.mark.parametrize(
    "question", [QUESTION, "What did Fidan discuss with Barrot?", "bread prices", "customs union", "NATO security"]
)
@pytest.mark.parametrize(
    "scope",
    [
        Scope(Window()),
        Scope(Window(date(2026, 2, 1), None), undated=False),
        Scope(Window(None, date(2026, 2, 1)), undated=False),
        Scope(Window(date(2026, 1, 27), date(2026, 2, 4)), ("MENAFN",), undated=False),
        Scope(Window(date(2030, 1, 1), None), undated=False),
    ],
    ids=["all", "from", "to", "source", "none"],
)
def test_chroma_answers_as_exact_search_does(chroma_engine: Engine, question: str, scope: Scope) -> None:
    library, vector = chroma_engine.library, chroma_engine.embedder.embed(question)
    [by_chroma], used = library.by_meaning([vector], scope, 20, "chroma")
    [by_exact], exactly = library.by_meaning([vector], scope, 20, "exact")
    assert (used, exactly) == ("chroma", "exact")
    assert [number for number, _ in by_chroma] == [number for number, _ in by_exact]
    assert [score for _, score in by_chroma] == pytest.approx([score for _, score in by_exact], abs=1e-4)


def test_auto_asks_chroma_only_when_nothing_is_filtered(chroma_engine: Engine) -> None:
    vector = chroma_engine.embedder.embed(QUESTION)
    assert chroma_engine.library.by_meaning([vector], Scope(Window()), 5, "auto")[1] == "chroma"
    assert (
        chroma_engine.library.by_meaning([vector], Scope(Window(date(2026, 1, 1)), undated=False), 5, "auto")[1]
        == "exact"
    )


def test_what_is_removed_leaves_chroma_with_its_next_update(chroma_engine: Engine) -> None:
    library = chroma_engine.library
    (gone,) = [row.article.id for row in library.list() if row.article.source == "MENAFN"]
    library.remove([gone])
    assert retrieve(chroma_engine, resolve(chroma_engine, QUESTION), 3, "chroma").index == "exact"
    list(library.update_chroma(Cancel()))
    assert library.chroma.ids() == library.catalogue.vector_ids(chroma_engine.embedder.fingerprint)
    assert retrieve(chroma_engine, resolve(chroma_engine, QUESTION), 3, "chroma").index == "chroma"
    chroma_engine.close()


def test_doctors_checks_tell_what_is_missing(opened: OpenFn, own_seeds: Path) -> None:
    engine = opened(own_seeds)

    def looked() -> list[str]:
        checks = []
        for part in PARTS:
            looking = part.look(engine.library, False, Cancel())
            try:
                while True:
                    next(looking)
            except StopIteration as end:
                checks.append(end.value)
        return [check.name for check in checks if not check.fine]

    assert looked() == []
    remove_vectors(own_seeds)
    engine.library.words.discard()
    assert looked() == ["words", "chroma"]


def test_nothing_starts_chroma_for_an_empty_library(opened: OpenFn, tmp_path: Path) -> None:
    engine = opened()
    stages = [event.stage for event in ingest(engine, [tmp_path / "missing"]) if isinstance(event, Progress)]
    assert "indexing" not in stages
    assert engine.library.chroma.pid is None


def test_a_file_where_the_chroma_folder_should_be_is_moved_aside(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path / "vectors", dimensions=4, fingerprint="f")
    (tmp_path / "vectors").write_text("not a folder", encoding="utf-8")
    try:
        index.start()
        assert index.wait_ready(60)
    finally:
        index.close()
    assert (tmp_path / "vectors").is_dir()
    assert [path.read_text(encoding="utf-8") for path in tmp_path.glob("vectors.aside-*")] == ["not a folder"]


def test_a_large_library_has_its_vectors_in_files_when_ingest_ends(
    opened: OpenFn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.library.exact.KEPT_FROM", 2)
    engine = opened()
    (tmp_path / "one.md").write_text("---\ntitle: One\ndate: 2026-01-02\n---\nA boat left Crete.\n")
    (tmp_path / "two.md").write_text("---\ntitle: Two\ndate: 2026-01-03\n---\nA ship came to Crete.\n")
    list(ingest(engine, [tmp_path / "one.md", tmp_path / "two.md"]))
    [kept] = (engine.library.path / "exact").iterdir()
    made = kept.stat().st_mtime_ns
    list(ingest(engine, [tmp_path / "one.md"]))
    assert kept.stat().st_mtime_ns == made
    engine.library.remove(["nothing"])
    assert len(retrieve(engine, resolve(engine, "Crete"), 5).hits) == 2
    assert len(list((engine.library.path / "exact").iterdir())) == 1
