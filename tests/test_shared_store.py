"""Several libraries over one Chroma server: a real `chroma run`, real children, real catalogues."""

from __future__ import annotations

import hashlib
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fixtures.chroma_server import chroma_server, guard, silent_server, small_server
from fixtures.newsroom import jsonl
from fixtures.newsroom import told as item
from test_parcels import article_of, found, passages_of, vectors_of

from qa.cli import main
from qa.config import Secret, StoreAddress
from qa.errors import ExitCode, StoreError
from qa.library.catalogue import Catalogue, Entry, words_digest
from qa.library.child import Record
from qa.library.frames import PASSAGES, REMOVED, STORE_BATCH
from qa.library.knock import Unwelcome, knock
from qa.library.parcels import key_and_number, pack, unpack
from qa.library.shared import SharedStore
from qa.library.sync import synchronise
from qa.resources import resource_folder
from qa.types import Article, Cancel, Problem, Progress, Published, SyncReport

DIMENSIONS = 8
EMBEDDER = "a small model"


def a_store(url: str, **address: object) -> SharedStore:
    return SharedStore(
        replace(StoreAddress(url), **address),  # type: ignore[arg-type]
        fingerprint=EMBEDDER,
        dimensions=DIMENSIONS,
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma")) as address:
        yield address


@pytest.fixture(scope="module")
def doors(url: str) -> Iterator[tuple[SharedStore, SharedStore]]:
    """Two ways into the store, each with a child of its own."""
    both = a_store(url), a_store(url)
    yield both
    for door in both:
        door.close()


@pytest.fixture
def store(doors: tuple[SharedStore, SharedStore]) -> SharedStore:
    """An empty store."""
    doors[0].open()
    for shelf in (PASSAGES, REMOVED):
        doors[0].delete(shelf, doors[0].ids(shelf))
    return doors[0]


class Analyst:
    """One person's library, and their way to the store."""

    def __init__(self, folder: Path, store: SharedStore) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.catalogue = Catalogue(folder / "catalogue.sqlite")
        self.store = store

    def reads(self, *articles: Article) -> None:
        """Record articles as if read from files, and their vectors."""
        entries, vectors = [], {}
        for article in articles:
            known = self.catalogue.by_id(article.id)
            made = replace(article, origin=f"{self.folder}/{article.id}", version=known.version + 1 if known else 1)
            passages = passages_of(made)
            entries.append(Entry(made, made.origin, tuple((p.start, p.end) for p in passages)))
            vectors |= {words_digest(p.text): vector_of(p.text) for p in passages}
        assert self.catalogue.use(EMBEDDER)
        assert not self.catalogue.record(entries)
        self.catalogue.store_vectors(EMBEDDER, list(vectors.items()))

    def syncs(self, store: SharedStore | None = None, cancel: Cancel | None = None) -> SyncReport:
        *_, report = self.events(store, cancel)
        assert isinstance(report, SyncReport)
        return report

    def events(self, store: SharedStore | None = None, cancel: Cancel | None = None) -> Iterator[object]:
        yield from synchronise(
            self.catalogue, store or self.store, embedder=EMBEDDER, dimensions=DIMENSIONS, zone=None,
            cancel=cancel or Cancel(),
        )  # fmt: skip

    def removes(self, *ids: str) -> None:
        assert self.catalogue.remove(ids) == len(ids)

    def has(self) -> dict[str, str]:
        rows = self.catalogue.rows()
        return {row.article.id: self.article(row.article.id).text for row in rows}

    def article(self, article_id: str) -> Article:
        found = self.catalogue.by_id(article_id)
        assert found is not None
        return found

    def vectors(self) -> dict[str, bytes]:
        return self.catalogue.vectors_of(sorted(self.catalogue.vector_ids(EMBEDDER)))


def vector_of(text: str) -> bytes:
    seed = int.from_bytes(words_digest(text)[:8], "big")
    made = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype("<f4")
    return (made / np.linalg.norm(made)).astype("<f4").tobytes()


def told(n: int, text: str = "", **fields: object) -> Article:
    text = text or f"Article number {n} says what happened on that day, and what is to come."
    named = {"id": f"n{n}", "title": f"Title {n}", "url": f"https://news.example/{n}"}
    return article_of(text, **{**named, **fields})


@pytest.fixture
def ann(tmp_path: Path, store: SharedStore) -> Analyst:
    return Analyst(tmp_path / "ann", store)


@pytest.fixture
def bob(tmp_path: Path, store: SharedStore, doors: tuple[SharedStore, SharedStore]) -> Analyst:
    return Analyst(tmp_path / "bob", doors[1])


def counts(report: SyncReport) -> dict[str, int]:
    """What is not zero."""
    values = {name: getattr(report, name) for name in SyncReport.__slots__}
    return {name: value for name, value in values.items() if type(value) is int and value}


def test_two_libraries_come_to_see_each_others_articles(ann: Analyst, bob: Analyst) -> None:
    undated = told(2, published=None, source=None, url=None)
    moment = told(3, published=Published("2026-02-04T23:30:00+03:00", date(2026, 2, 4)))
    ann.reads(told(1), undated)
    bob.reads(moment)
    assert counts(ann.syncs()) == {"pushed": 2}
    assert counts(bob.syncs()) == {"pushed": 1, "taken": 2}
    assert counts(ann.syncs()) == {"taken": 1}
    assert counts(ann.syncs()) == counts(bob.syncs()) == {}
    assert ann.has() == bob.has()
    for name in ("n1", "n2", "n3"):
        assert replace(ann.article(name), origin="") == replace(bob.article(name), origin="")
        assert ann.catalogue.passages_of(name) == bob.catalogue.passages_of(name)
    assert ann.vectors().keys() == bob.vectors().keys()
    for passage, vector in ann.vectors().items():
        mine, yours = np.frombuffer(vector, "<f4"), np.frombuffer(bob.vectors()[passage], "<f4")
        np.testing.assert_allclose(mine, yours, atol=1e-6)  # Chroma makes their length one again


def test_half_an_article_is_not_taken_and_its_writer_completes_it(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    ann.syncs()
    ids = sorted(ann.store.ids(PASSAGES))
    ann.store.delete(PASSAGES, ids[2:4])
    assert counts(bob.syncs()) == {"incomplete": 1}
    assert bob.has() == {}
    assert counts(ann.syncs()) == {"pushed": 1}
    assert counts(bob.syncs()) == {"taken": 1}
    assert bob.has() == ann.has()


def test_a_newer_version_takes_the_place_of_the_one_it_was_made_from(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1), told(2))
    ann.syncs()
    bob.syncs()
    ann.reads(told(1, "The second edition says something else."))
    assert counts(ann.syncs()) == {"pushed": 1}
    assert counts(bob.syncs()) == {"updated": 1}
    assert bob.has() == ann.has()
    assert bob.article("n1").version == 2
    assert bob.catalogue.version("n1", 1) is not None
    bob.reads(told(1, "The third edition is by Bob."))
    bob.syncs()
    assert counts(ann.syncs()) == {"updated": 1}
    assert ann.article("n1").origin == f"{ann.folder}/n1"  # still the one that was read here
    ann.reads(told(1))  # all that taken back: the first text again, in version 4
    ann.syncs()
    assert counts(bob.syncs()) == {"updated": 1}
    assert bob.has() == ann.has()
    assert bob.article("n1").version == 4
    whole = [found for found in map(key_and_number, ann.store.ids(PASSAGES)) if found]
    assert len({key for key, _ in whole}) == 2  # what was replaced has gone from the store


def test_two_edits_of_one_article_are_kept_apart_and_told(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    ann.syncs()
    bob.syncs()
    ann.reads(told(1, "Ann corrects it."))
    bob.reads(told(1, "Bob corrects it."))
    ann.syncs()
    report = bob.syncs()
    assert counts(report) == {"conflicts": 1}
    assert report.problems[0].path == "n1"
    assert "each side keeps its own" in report.problems[0].message
    assert counts(ann.syncs()) == {}
    assert (ann.has()["n1"], bob.has()["n1"]) == ("Ann corrects it.", "Bob corrects it.")
    bob.removes("n1")  # the way out: Bob gives way
    assert counts(bob.syncs()) == {"told": 1, "taken": 1}
    assert bob.has() == {"n1": "Ann corrects it."}
    assert counts(ann.syncs()) == {}


def test_the_same_article_under_two_ids_is_shared_once(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    bob.reads(replace(told(1), id="other"))
    ann.syncs()
    assert counts(bob.syncs()) == {"copies": 1}
    assert set(bob.has()) == {"other"}
    assert counts(ann.syncs()) == {}


def test_a_removed_article_goes_where_it_was_taken_and_does_not_come_back(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1), told(2))
    ann.syncs()
    bob.syncs()
    ann.removes("n1")
    assert counts(ann.syncs()) == {"told": 1}
    assert counts(bob.syncs()) == {"removed": 1}
    for _ in range(2):
        assert counts(ann.syncs()) == counts(bob.syncs()) == {}
    assert set(ann.has()) == set(bob.has()) == {"n2"}
    assert len(ann.store.ids(PASSAGES)) == len(passages_of(told(2)))


def test_what_a_library_read_itself_stays_when_others_remove_it(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    ann.syncs()
    bob.syncs()
    bob.removes("n1")
    bob.syncs()
    report = ann.syncs()
    assert counts(report) == {"kept": 1}
    assert "others removed it" in report.problems[0].message
    assert set(ann.has()) == {"n1"}
    assert ann.store.ids(PASSAGES) == frozenset()
    ann.removes("n1")  # removed and read again: meant to be shared
    ann.reads(told(1))
    assert counts(ann.syncs()) == {"pushed": 1}
    assert counts(bob.syncs()) == {"taken": 1}


def test_removed_before_it_shared_is_no_word_to_the_others(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    ann.syncs()
    bob.reads(told(1))
    bob.removes("n1")
    assert counts(bob.syncs()) == {}
    assert bob.has() == {}
    assert counts(ann.syncs()) == {}


def test_a_removed_article_does_not_come_back_under_another_id(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    bob.reads(replace(told(1), id="other"))
    ann.syncs()
    bob.syncs()
    ann.removes("n1")
    assert counts(ann.syncs()) == {"told": 1}
    assert counts(bob.syncs()) == {"kept": 1}
    assert counts(ann.syncs()) == {}
    assert (ann.has(), set(bob.has())) == ({}, {"other"})


def test_one_of_two_ids_of_an_article_is_removed_for_oneself(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1), replace(told(1), id="again"))
    assert counts(ann.syncs()) == {"pushed": 1, "copies": 1}
    assert counts(bob.syncs()) == {"taken": 1}
    ann.removes("n1")
    assert counts(ann.syncs()) == {"copies": 1}
    assert counts(bob.syncs()) == {}
    assert set(ann.has()) == {"again"}


def test_another_store_starts_from_what_the_libraries_have(ann: Analyst, bob: Analyst, url: str) -> None:
    """What was removed stays away, and is no word to those who share the other store."""
    ann.reads(told(1), told(2))
    ann.syncs()
    bob.syncs()
    ann.removes("n1")
    ann.syncs()
    make_database(url, "another")
    there = a_store(url, database="another")
    assert counts(bob.syncs(there)) == {"pushed": 2}
    assert counts(ann.syncs(there)) == {}
    assert set(ann.has()) == {"n2"}
    assert counts(bob.syncs(there)) == {}
    assert set(bob.has()) == {"n1", "n2"}
    there.close()


def test_a_removal_in_the_midst_of_a_push_wins(ann: Analyst, bob: Analyst) -> None:
    """Somebody who had not heard of it sends the article again: it is cleared away, not taken."""
    ann.reads(told(1))
    ann.syncs()
    bob.syncs()
    stray = ann.store.records(sorted(ann.store.ids(PASSAGES)))
    ann.removes("n1")
    ann.syncs()
    ann.store.write([Record(i, np.array(f.vector), f.document, f.metadata) for i, f in stray.items()])
    assert counts(ann.syncs()) == {}
    assert counts(bob.syncs()) == {"removed": 1}
    assert ann.has() == bob.has() == {}
    assert ann.store.ids(PASSAGES) == frozenset()


def test_an_article_without_all_its_vectors_waits(ann: Analyst) -> None:
    ann.reads(told(1))
    made = told(2)
    ann.catalogue.record([Entry(replace(made, origin="/x"), "/x", ((0, len(made.text)),))])
    assert counts(ann.syncs()) == {"pushed": 1, "waiting": 1}


def test_two_writers_at_once_lose_nothing(ann: Analyst, bob: Analyst) -> None:
    ann.reads(*(told(n) for n in range(40)))
    bob.reads(*(told(n) for n in range(20, 60)))
    both = [threading.Thread(target=one.syncs) for one in (ann, bob)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    ann.syncs()
    bob.syncs()
    assert ann.has() == bob.has()
    assert set(ann.has()) == {f"n{n}" for n in range(60)}
    assert counts(ann.syncs()) == counts(bob.syncs()) == {}


def many(count: int) -> list[Article]:
    """Articles that take several requests."""
    return [told(n, f"{n} " * 250) for n in range(count)]


def test_a_sync_that_is_cut_off_goes_on_where_it_was(ann: Analyst, bob: Analyst, url: str) -> None:
    """The child is killed between two requests; so is the one of the reader's."""
    articles = many(12)
    ann.reads(*articles)
    for reader, stage in ((ann, "sending"), (bob, "taking")):
        door = a_store(url)
        with pytest.raises(StoreError):  # noqa: PT012 - the failure comes with the next event
            for event in reader.events(door):
                if isinstance(event, Progress) and event.stage == stage:
                    assert event.done < event.total
                    door.close()
        if reader is ann:
            assert 0 < len(ann.store.ids(PASSAGES)) < sum(len(passages_of(one)) for one in articles)
            assert counts(ann.syncs())["pushed"] > 0
    assert 0 < len(bob.has()) < len(articles)
    assert bob.syncs().taken == len(articles) - len(bob.has()) or ann.has() == bob.has()
    assert ann.has() == bob.has()
    assert len(ann.store.ids(PASSAGES)) > 2 * STORE_BATCH


def test_cancelled_it_ends_with_what_it_has(ann: Analyst, url: str) -> None:
    ann.reads(*many(12))
    cancel = Cancel()
    reports = []
    for event in ann.events(a_store(url), cancel):
        if isinstance(event, Progress) and event.stage == "sending":
            cancel.cancel()
        reports.append(event)
    report = reports[-1]
    assert isinstance(report, SyncReport)
    assert not report.complete
    assert 0 < report.pushed < 12


# the commands


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command in this process: its exit code, stdout and stderr."""

    def ran(library: Path, *arguments: str) -> tuple[int, str, str]:
        code = main(["--library", str(library), *arguments])
        return code, *capsys.readouterr()

    return ran


@pytest.fixture
def desk(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's address; a database of its own there is in the settings."""
    make_database(url, tmp_path.name)
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "config.toml").write_text(f'store_database = "{tmp_path.name}"\n')
    monkeypatch.setenv("NEWSDESK_CONFIG_DIR", str(tmp_path / "settings"))
    return url


QUESTION = "Where are the US-Iran talks expected to take place?"


def test_an_empty_library_becomes_the_colleagues_by_a_sync(
    run: Callable[..., tuple[int, str, str]], own_seeds: Path, tmp_path: Path, desk: str
) -> None:
    """Real articles, real vectors, every command: what one has read the other finds, offline and through the store."""
    ann, bob = own_seeds, tmp_path / "bob"
    code, out, err = run(ann, "--store", desk, "ingest", str(resource_folder("seeds")), "--json")
    assert (code, json.loads(out)["unchanged"], json.loads(out)["shared"]["pushed"]) == (0, 2, 2)
    assert f"articles are shared with {desk} (this machine)" in err
    code, out, _ = run(bob, "--store", desk, "library", "sync", "--json")
    report = json.loads(out)
    assert (code, report["taken"], report["pushed"], report["complete"]) == (0, 2, 0, True)
    for arguments in (("search", QUESTION), ("ask", QUESTION), ("search", QUESTION, "--index", "chroma")):
        theirs = json.loads(run(bob, *arguments, "--json")[1])
        mine = json.loads(run(ann, *arguments, "--json")[1])
        for told_ in (theirs, mine):
            told_.pop("usage", None)
            for hit in told_.get("hits", ()):
                hit["score"] = pytest.approx(hit["score"], abs=1e-5)
        assert theirs == mine
    code, out, _ = run(bob, "search", QUESTION, "--index", "chroma", "--store", desk, "--json")
    assert (code, json.loads(out)["index"]) == (0, "store")
    exact = json.loads(run(bob, "search", QUESTION, "--index", "exact", "--json")[1])["hits"]
    assert [hit["text"] for hit in json.loads(out)["hits"]] == [hit["text"] for hit in exact]
    news = jsonl(tmp_path / "news.jsonl", [item(1, "Nothing", "No talks.")])
    assert run(bob, "ingest", str(news))[0] == 0  # what the store has not seen yet must not be missed
    code, out, _ = run(bob, "search", QUESTION, "--index", "chroma", "--store", desk, "--json")
    assert (code, json.loads(out)["index"]) == (0, "exact")
    assert "No talks." in [hit["text"] for hit in json.loads(out)["hits"]]
    code, out, _ = run(bob, "doctor", "--store", desk)
    assert f"ok  store: {desk} (this machine), Chroma 1." in out
    assert code == 0, out


def test_the_store_does_not_answer_with_what_this_library_does_not_hold(
    run: Callable[..., tuple[int, str, str]], own_seeds: Path, tmp_path: Path, desk: str
) -> None:
    bob, news = tmp_path / "bob", jsonl(tmp_path / "news.jsonl", [item(1, "Nothing", "No talks.")])
    assert run(bob, "ingest", str(news), "--store", desk)[0] == 0
    code, out, _ = run(bob, "search", QUESTION, "--index", "chroma", "--store", desk, "--json")
    assert (code, json.loads(out)["index"]) == (0, "store")
    assert run(own_seeds, "library", "sync", "--store", desk)[0] == 0
    code, out, _ = run(bob, "search", QUESTION, "--index", "chroma", "--store", desk, "--json")
    assert (code, json.loads(out)["index"]) == (0, "exact")
    assert [hit["text"] for hit in json.loads(out)["hits"]] == ["No talks."]


def test_a_store_that_is_down_stops_nothing_here(
    run: Callable[..., tuple[int, str, str]], own_seeds: Path, tmp_path: Path
) -> None:
    down = ("--store", "http://127.0.0.1:9")
    news = jsonl(tmp_path / "news.jsonl", [item(1, "Nothing", "No talks.")])
    code, out, err = run(own_seeds, *down, "ingest", str(news), "--json")
    assert (code, json.loads(out)["new"], json.loads(out)["shared"]) == (0, 1, None)
    assert "nothing listens there; nothing here depends on it" in err
    code, out, _ = run(own_seeds, *down, "search", QUESTION, "--index", "chroma", "--json")
    assert (code, json.loads(out)["index"]) == (0, "chroma")
    code, out, _ = run(own_seeds, *down, "library", "sync", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (ExitCode.STORE, "store")
    assert "chroma run" in error["hint"]
    code, out, _ = run(own_seeds, *down, "doctor")
    assert code == ExitCode.NEEDS_YOU
    assert "!!  store: the shared store http://127.0.0.1:9: nothing listens there" in out
    code, out, err = run(own_seeds, "library", "sync")
    assert (code, out) == (ExitCode.CONFIG, "")
    assert "no shared store is configured" in err


def test_where_articles_go_is_said(run: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    out = run(tmp_path, "config", "--store", "http://10.0.0.5:8000")[1]
    assert "all your articles are sent to 10.0.0.5:8000 (not encrypted) when you ingest or sync" in out
    assert "store  http://10.0.0.5:8000  (--store)" in out
    assert run(tmp_path, "config", "--store", "http://localhost:8000")[1].endswith("nothing leaves this machine\n")


def test_what_the_store_took_in_is_read_from_a_file_later(
    run: Callable[..., tuple[int, str, str]], tmp_path: Path, desk: str
) -> None:
    """An article taken from the store becomes one's own when one reads it; an unrelated one of its id stays apart."""
    ann, bob = tmp_path / "ann", tmp_path / "bob"
    first = jsonl(tmp_path / "first.jsonl", [item(1, "Talks", "Talks were held."), item(2, "Snow", "It snowed.")])
    assert run(ann, "--store", desk, "ingest", str(first))[0] == 0
    assert run(bob, "--store", desk, "library", "sync")[0] == 0
    second = jsonl(tmp_path / "second.jsonl", [item(1, "Talks", "Talks were held."), item(2, "Votes", "They voted.")])
    report = json.loads(run(bob, "ingest", str(second), "--json")[1])
    assert (report["unchanged"], report["new"]) == (1, 1)
    listed = {row["id"]: row for row in json.loads(run(bob, "library", "list", "--json")[1])["articles"]}
    assert {row["title"] for row in listed.values()} == {"Talks", "Snow", "Votes"}
    assert json.loads(run(bob, "library", "show", "n1", "--json")[1])["origin"] == f"{second}#n1"
    assert json.loads(run(bob, "library", "show", "n2", "--json")[1])["origin"].startswith("store:127.0.0.1:")
    again = json.loads(run(bob, "ingest", str(second), "--prune", "--json")[1])
    assert (again["unchanged"], again["changed"], again["pruned"]) == (2, 0, 0)


# strangers


def records_of(article: Article) -> list[Record]:
    passages = passages_of(article)
    return pack(article, passages, vectors_of(passages), ())


def test_a_strangers_records_are_refused_and_told(ann: Analyst, bob: Analyst) -> None:
    ann.reads(told(1))
    ann.syncs()
    hostile = [replace(one, metadata={**one.metadata, "title": "\x1b]0;x\x07"}) for one in records_of(told(7))]
    shifted = [replace(one, metadata={**one.metadata, "start": 5}) for one in records_of(told(8))]
    other = [replace(one, document=one.document[::-1]) for one in records_of(told(9))]
    ann.store.write([*hostile, *shifted, *other, replace(records_of(told(5))[0], id="not of ours")])
    report = bob.syncs()
    assert counts(report) == {"taken": 1, "refused": 4}
    assert {problem.path for problem in report.problems} == {"n7", "n8", "n9", bob.store.address.host}
    assert all(isinstance(problem, Problem) and problem.fatal for problem in report.problems)
    assert set(bob.has()) == {"n1"}
    assert counts(ann.syncs()) == {"refused": 4}


def test_a_stranger_cannot_take_the_place_of_an_article(ann: Analyst, bob: Analyst) -> None:
    """A record that says it was made from ours must still be an article of that id, and ours stays as a version."""
    ann.reads(told(1))
    ours = records_of(told(1))
    named = key_and_number(ours[0].id)
    assert named is not None
    passages = passages_of(told(1, "A lie."))
    lie = pack(replace(told(1, "A lie."), version=9), passages, vectors_of(passages), (named[0].content,))
    ann.store.write(lie)
    assert counts(ann.syncs()) == {"updated": 1}
    earlier = ann.catalogue.version("n1", 1)
    assert earlier is not None
    assert earlier.text == told(1).text
    assert unpack(key_and_number(lie[0].id)[0], found(lie), None, DIMENSIONS).article.version == 9  # type: ignore[index]


# the server


def body(value: object) -> bytes:
    return json.dumps(value).encode()


BEAT = body({"nanosecond heartbeat": 1})


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ({}, "no Chroma server"),
        ({"/api/v2/heartbeat": (200, b"<html>")}, "no Chroma server"),
        ({"/api/v2/heartbeat": (200, b"[" * 100_000)}, "no Chroma server"),
        ({"/api/v2/heartbeat": (302, b"")}, "no Chroma server"),
        ({"/api/v2/heartbeat": (503, b"busy")}, "status 503"),
        ({"/api/v2/heartbeat": (401, b"")}, "wants a token"),
        ({"/api/v2/heartbeat": (403, b"")}, "wants a token"),
        ({"/api/v1/heartbeat": (200, BEAT)}, "older than 1.0"),
        ({"/api/v2/heartbeat": (200, BEAT), "/api/v2/version": (200, body("2.0.0"))}, "version '2.0.0'"),
        ({"/api/v2/heartbeat": (200, BEAT), "/api/v2/version": (200, body(["1.0.0"]))}, "version"),
    ],
)
def test_what_is_no_chroma_server_is_told_apart(replies: dict[str, tuple[int, bytes]], reason: str) -> None:
    with (
        small_server(lambda request, _: replies.get(request.path, (404, b""))) as url,
        pytest.raises(Unwelcome, match=reason),
    ):
        knock(url, {}, 5)


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with silent_server() as url, pytest.raises(Unwelcome, match="did not answer within"):
        knock(url, {}, 0.2)


def test_no_server_and_no_tls_are_told_with_a_remedy() -> None:
    store = a_store("http://127.0.0.1:9")
    with pytest.raises(StoreError, match="nothing listens there") as refused:
        store.open()
    assert "chroma run" in refused.value.hint
    with (
        small_server(lambda *_: (200, BEAT)) as url,
        pytest.raises(Unwelcome, match=r"does not speak TLS|certificate|HTTP"),
    ):
        knock(url.replace("http:", "https:"), {}, 5)


def test_a_silent_server_can_be_left_at_any_moment(ann: Analyst) -> None:
    with silent_server() as url:
        cancel = Cancel()
        threading.Timer(0.5, cancel.cancel).start()
        assert not ann.syncs(a_store(url), cancel).complete


def test_a_server_that_dies_is_told_and_nothing_is_lost(ann: Analyst, tmp_path: Path) -> None:
    ann.reads(told(1))
    with chroma_server(tmp_path / "own") as url:
        store = a_store(url)
        assert ann.syncs(store).pushed == 1
    with pytest.raises(StoreError) as failed:
        ann.syncs(store)
    assert "http://127.0.0.1" in failed.value.message
    assert "library sync" in failed.value.hint
    assert set(ann.has()) == {"n1"}
    with chroma_server(tmp_path / "own", int(url.rpartition(":")[2])) as again:
        assert counts(ann.syncs(a_store(again))) == {}
        store.close()


@pytest.mark.parametrize(
    ("wanted", "token"),
    [("Authorization: Bearer s3cret", "s3cret"), ("X-Chroma-Token: s3cret", "X-Chroma-Token: s3cret")],
)
def test_a_token_opens_the_door(ann: Analyst, url: str, wanted: str, token: str) -> None:
    ann.reads(told(1))
    with small_server(guard(url, wanted)) as guarded:
        with pytest.raises(StoreError, match="wants a token") as denied:
            ann.syncs(a_store(guarded))
        assert "store_token_file" in denied.value.hint
        with pytest.raises(StoreError, match="refuses the token") as denied:
            ann.syncs(a_store(guarded, token=Secret("wrong-one")))
        assert "wrong-one" not in denied.value.message + denied.value.hint
        store = a_store(guarded, token=Secret(token))
        assert ann.syncs(store).pushed == 1
        store.close()


def make_database(url: str, name: str) -> None:
    place = urllib.request.Request(f"{url}/api/v2/tenants/default_tenant/databases", body({"name": name}))
    place.add_header("Content-Type", "application/json")
    urllib.request.urlopen(place).close()


def make_collection(url: str, name: str, **settings: object) -> str:
    place = f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    made = urllib.request.Request(place, body({"name": name, **settings}), {"Content-Type": "application/json"})
    with urllib.request.urlopen(made) as reply:
        return f"{place}/{json.load(reply)['id']}"


@pytest.mark.parametrize(
    ("metadata", "space", "reason"),
    [
        ({}, "cosine", "not made by this version"),
        ({"fingerprint": "model", "dimensions": 9, "layout": 1}, "cosine", "not made by this version"),
        ({"fingerprint": "model", "dimensions": 8, "layout": 1}, "l2", "distance by l2"),
    ],
)
def test_a_collection_of_another_kind_is_refused(
    tmp_path: Path, url: str, metadata: dict[str, object], space: str, reason: str
) -> None:
    model = f"model {tmp_path.name}"
    digest = hashlib.blake2b(model.encode(), digest_size=4).hexdigest()
    name = f"newsdesk-{model.replace(' ', '-').replace('_', '-')}-{digest}"
    told_ = {**metadata, "fingerprint": model} if metadata else {"a": "b"}
    make_collection(url, name, metadata=told_, configuration={"hnsw": {"space": space}})
    store = SharedStore(StoreAddress(url), fingerprint=model, dimensions=DIMENSIONS)
    with pytest.raises(StoreError, match=reason) as refused:
        store.open()
    assert "store_database" in refused.value.hint


def test_an_unknown_database_is_told(url: str) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        a_store(url, database="nowhere").open()


def test_embedders_do_not_mix(ann: Analyst, url: str) -> None:
    ann.reads(told(1))
    ann.syncs()
    other = SharedStore(StoreAddress(url), fingerprint="another model", dimensions=4)
    assert other.open() == 0
    other.close()
    with suppress(StoreError):
        other.count()
    assert not other.is_open
