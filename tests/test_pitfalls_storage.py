"""What storage must survive (docs/pitfalls.md): filters of any size, foreign indexes, dying children, full disks."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fake_llm import FakeLLM
from fixtures.newsroom import engine_at, jsonl, told

from qa.config import Config
from qa.engine import Engine, open_engine
from qa.errors import ExitCode
from qa.ingest import ingest
from qa.library import generations
from qa.library.child import IndexState
from qa.library.scope import Scope
from qa.retrieve import resolve, retrieve
from qa.types import Cancel, IngestReport, Query, Window

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Where are the US-Iran talks expected to take place?"
MANY = 50_000
OpenFn = Callable[..., Engine]


@pytest.fixture(scope="module")
def indexed(seeds_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine over the seeds whose Chroma index is open; for tests that leave it as it was."""
    folder = shutil.copytree(seeds_library, tmp_path_factory.mktemp("indexed") / "library")
    with open_engine(Config(library=folder, timezone="UTC")) as engine:
        engine.library.chroma.start()
        assert engine.library.chroma.wait_ready(60)
        yield engine


@pytest.mark.parametrize("index", ["exact", "chroma"])
@pytest.mark.parametrize("named", ["sources", "articles"])
def test_a_filter_of_fifty_thousand_names_finds_what_a_filter_of_one_does(
    indexed: Engine, named: str, index: str
) -> None:
    library, day = indexed.library, date(2026, 2, 5)
    (article,) = [row.article for row in library.list() if row.article.source == "MENAFN"]
    one = article.source if named == "sources" else article.id
    many = (*(f"nobody {n}" for n in range(MANY)), one)
    vector = indexed.embedder.embed(QUESTION)
    found = []
    for names in ((one,), many):
        scope = library.scope(Query(QUESTION, day, **{named: names}))  # type: ignore[arg-type]
        [by_meaning], _ = library.by_meaning([vector], scope, 20, index)  # type: ignore[arg-type]
        numbers = [number for number, _ in by_meaning]
        words = [number for number, _ in library.by_words("the talks", scope, 20)]
        found.append((numbers, words, [inside.id for inside in library.articles(scope)]))
    assert found[0] == found[1]
    assert all(found[0])
    assert (library.chroma.state, library.chroma.looks_whole()) == (IndexState.READY, True)
    assert library.by_meaning([vector], Scope(Window()), 5, "chroma")[1] == "chroma"


def test_a_collection_of_another_distance_is_not_answered_from(own_seeds: Path) -> None:
    """Chroma hands back whatever collection has the name: one measured by l2 would rank otherwise, silently."""
    folder = own_seeds / "vectors"
    pointer = generations.read_pointer(folder)
    assert pointer is not None
    shutil.rmtree(folder / pointer.generation)
    (folder / pointer.generation).mkdir()
    made = f"""
import chromadb
from chromadb.config import Settings
client = chromadb.PersistentClient({str(folder / pointer.generation)!r}, Settings(_env_file=None))
collection = client.create_collection(
    "passages", embedding_function=None, configuration={{"hnsw": {{"space": "l2"}}}},
    metadata={{"fingerprint": {pointer.fingerprint!r}, "dimensions": {pointer.dimensions}}},
)
collection.add(ids=["foreign"], embeddings=[[1.0] * {pointer.dimensions}], documents=["foreign words"])
"""
    subprocess.run([sys.executable, "-c", made], check=True)
    with open_engine(Config(library=own_seeds, timezone="UTC")) as engine:
        library = engine.library
        library.chroma.start()
        library.chroma.wait_ready(60)
        assert retrieve(engine, resolve(engine, QUESTION), 3, "chroma").index == "exact"
        list(library.update_chroma(Cancel()))
        assert library.chroma.ids() == library.catalogue.vector_ids(engine.embedder.fingerprint)
        assert "foreign" not in library.chroma.ids()
        assert retrieve(engine, resolve(engine, QUESTION), 3, "chroma").index == "chroma"


def test_an_index_that_ends_its_process_costs_no_answer_and_no_embedding(tmp_path: Path) -> None:
    """A damaged graph has been seen to end the process with a segmentation fault in the middle of a query."""
    articles = [told(n, f"Ship {n}", f"Ship {n} left harbour {n} on Monday.") for n in range(12)]
    with FakeLLM() as server:
        config = {"model": None, "embedder": "test", "embedder_url": server.url}
        with engine_at(tmp_path / "library", **config) as engine:
            *_, report = ingest(engine, [jsonl(tmp_path / "ships.jsonl", articles)])
            assert isinstance(report, IngestReport)
            assert (report.new, report.waiting) == (12, 0)
            library, query = engine.library, resolve(engine, "ship 7 left harbour 7")
            first = retrieve(engine, query, 3, "chroma")
            assert first.index == "chroma"
            paid = [body["input"] for body in server.bodies if len(body["input"]) > 1]
            assert library.chroma.pid is not None
            os.kill(library.chroma.pid, signal.SIGSEGV)
            second = retrieve(engine, query, 3, "chroma")
            assert second.index == "exact"
            assert [hit.passage.id for hit in second.hits] == [hit.passage.id for hit in first.hits]
            library.chroma.close()
            shutil.rmtree(tmp_path / "library" / "vectors")
            list(library.update_chroma(Cancel()))
            third = retrieve(engine, query, 3, "chroma")
            assert third.index == "chroma"
            assert [hit.passage.id for hit in third.hits] == [hit.passage.id for hit in first.hits]
            assert [body["input"] for body in server.bodies if len(body["input"]) > 1] == paid


def test_a_disk_that_is_full_loses_nothing_and_the_next_ingest_completes(opened: OpenFn, tmp_path: Path) -> None:
    sentence = "Ship {n} left harbour {m} on Monday with {m} containers of grain for the towns along the coast. "
    articles = [
        told(n, f"Ship {n}", "".join(sentence.format(n=n, m=m) for m in range(12)), source=f"Agency {n}")
        for n in range(150)
    ]
    path = jsonl(tmp_path / "ships.jsonl", articles)

    def ingested(limit: int | None) -> subprocess.CompletedProcess[str]:
        def no_room() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit or -1, -1))

        return subprocess.run(
            [sys.executable, "-m", "tui", "--library", str(tmp_path / "library"), "ingest", "--words-only", str(path)],
            cwd=ROOT, preexec_fn=no_room if limit else None, capture_output=True, text=True, check=False,
        )  # fmt: skip

    full = ingested(200_000)
    assert full.returncode == ExitCode.LIBRARY, full.stderr
    assert full.stderr.startswith("newsdesk: ")
    assert "Traceback" not in full.stderr
    whole = ingested(None)
    assert whole.returncode == 0, whole.stderr
    with opened(tmp_path / "library") as engine:
        assert engine.library.stats().articles == 150
        assert sorted(row.article.id for row in engine.library.list()) == sorted(f"n{n}" for n in range(150))
        assert engine.library.catalogue.damage() is None
        assert engine.library.words.present() == engine.library.catalogue.passage_numbers()


def test_a_copy_of_the_record_made_while_it_is_written_is_a_whole_library(opened: OpenFn, tmp_path: Path) -> None:
    """What a backup program that knows SQLite makes; everything else in the folder is derived from it."""
    (tmp_path / "copy").mkdir()
    articles = [told(n, f"Ship {n}", f"Ship {n} left harbour {n}.") for n in range(300)]
    paths = [jsonl(tmp_path / f"{part}.jsonl", articles[part::6]) for part in range(6)]
    engine = opened()
    copied = 0
    for event in ingest(engine, paths, words_only=True):
        if not isinstance(event, IngestReport) and not copied and engine.library.stats().articles >= 50:
            record = tmp_path / "library" / "catalogue.sqlite"
            with sqlite3.connect(record) as there, sqlite3.connect(tmp_path / "copy" / record.name) as here:
                there.backup(here)
            there.close()
            here.close()
            copied = engine.library.stats().articles
    assert 50 <= copied < 300
    assert engine.library.stats().articles == 300
    copy = opened(tmp_path / "copy")
    numbers = [int(row.article.id[1:]) for row in copy.library.list()]
    assert len(numbers) == len(set(numbers)) == copied
    assert copy.library.catalogue.damage() is None
    hits = retrieve(copy, resolve(copy, f"ship {numbers[0]} left harbour"), 3, "exact").hits
    assert hits
    assert copy.library.words.present() == copy.library.catalogue.passage_numbers()
