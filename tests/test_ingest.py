"""Ingest: what is new, changed, moved, copied or gone; cancelled, killed and raced; and nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.engine import Engine
from qa.errors import NotFoundError
from qa.ingest import ingest
from qa.resources import resource_folder
from qa.retrieve import resolve, retrieve
from qa.types import Cancel, IngestReport, Notice, Progress

OpenFn = Callable[..., Engine]
Event = Notice | Progress | IngestReport
ROOT = Path(__file__).resolve().parent.parent
BOATS = "Two boats met off Crete on Monday. Nobody was hurt, the harbour master said."
BREAD = "Bread prices rose by a tenth. Bakers blame the drought in the south."


@pytest.fixture
def engine(opened: OpenFn) -> Engine:
    return opened()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    return folder.resolve()


def events_of(engine: Engine, paths: Iterable[Path], cancel: Cancel, **options: bool) -> Iterator[Event]:
    """The events of an ingest up to the Chroma index, which takes seconds to start and has tests of its own."""
    for event in ingest(engine, list(paths), cancel=cancel, **options):
        if isinstance(event, Progress) and event.stage == "indexing":
            cancel.cancel()
        else:
            yield event


def run(engine: Engine, *paths: Path, **options: bool) -> IngestReport:
    *_, report = events_of(engine, paths, Cancel(), **options)
    assert isinstance(report, IngestReport)
    return report


def counts(report: IngestReport) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "copies", "undated", "pruned", "failed", "embedded", "waiting")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def messages(report: IngestReport) -> str:
    return "\n".join(problem.message for problem in report.problems)


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def ids(engine: Engine) -> list[str]:
    return sorted(row.article.id for row in engine.library.list())


def check_whole(engine: Engine) -> None:
    """No article without passages that tile it, every vector there, the words complete, nothing twice."""
    library = engine.library
    for row in library.list():
        article = library.article(row.article.id)
        assert "".join(passage.text for passage in library.catalogue.passages_of(article.id)) == article.text
    assert library.stats().waiting == 0
    assert library.words.present() == library.catalogue.passage_numbers()
    texts = [row.article.digest for row in library.list()]
    assert len(texts) == len(set(texts))


# what is new, and what changed


def test_the_seeds_are_new_once(engine: Engine) -> None:
    seeds = resource_folder("seeds")
    first = run(engine, seeds)
    assert counts(first) == {"new": 2, "embedded": engine.library.stats().passages}
    assert {problem.message[:7] for problem in first.problems} == {"dropped", "took '("}
    before = engine.library.catalogue.revision
    assert counts(run(engine, seeds)) == {"unchanged": 2}
    assert counts(run(engine, seeds, seeds / "000_cc44b59554bf2358.txt")) == {"unchanged": 2}
    assert engine.library.catalogue.revision == before
    check_whole(engine)


def test_a_corrected_date_is_taken_and_nothing_is_embedded_again(engine: Engine, news: Path) -> None:
    for n, extra in enumerate(({"id": "a"}, {"url": "https://example.com/a"}, {})):
        path = news / f"{n}.jsonl"
        text = f"{BOATS} {n}"
        assert (
            counts(run(engine, lines(path, {"title": "Boats", "date": "2026-01-01", "text": text} | extra)))["new"] == 1
        )
        before = ids(engine)
        report = run(engine, lines(path, {"title": "Boats", "date": "2026-01-02", "text": text} | extra))
        assert counts(report) == {"changed": 1}
        assert report.embedded == 0
        assert ids(engine) == before
        (row,) = [row for row in engine.library.list() if row.article.origin.startswith(str(path))]
        assert (row.article.version, row.article.published and row.article.published.iso) == (2, "2026-01-02")
        earlier = engine.library.article(row.article.id, 1)
        assert (earlier.text, earlier.published and earlier.published.iso) == (text, "2026-01-01")
        found = retrieve(engine, resolve(engine, "boats off Crete", first="2026-01-02"), 5)
        assert row.article.id in {hit.article.id for hit in found.hits}
    check_whole(engine)


def test_a_changed_text_keeps_the_version_before(engine: Engine, news: Path) -> None:
    path = news / "a.md"
    path.write_text(f"---\ntitle: Boats\n---\n{BOATS}")
    run(engine, path)
    (article_id,) = ids(engine)
    path.write_text(f"---\ntitle: Boats\n---\n{BREAD}")
    assert counts(run(engine, path)) == {"changed": 1, "undated": 1, "embedded": 1}
    assert engine.library.article(article_id).text == BREAD
    assert engine.library.article(article_id).version == 2
    assert engine.library.article(article_id, 1).text == BOATS
    assert engine.library.article(article_id, 2).text == BREAD
    with pytest.raises(NotFoundError, match="version 3"):
        engine.library.article(article_id, 3)
    hits = retrieve(engine, resolve(engine, "boats Crete harbour"), 5).hits
    assert {hit.passage.text for hit in hits} == {BREAD}
    check_whole(engine)


def test_a_changed_title_or_source_is_found_by_its_words(engine: Engine, news: Path) -> None:
    path = news / "a.jsonl"
    run(engine, lines(path, {"id": "a", "title": "Boats", "source": "AFP", "text": BOATS}))
    assert (
        counts(run(engine, lines(path, {"id": "a", "title": "Collision", "source": "DPA", "text": BOATS})))["changed"]
        == 1
    )
    (hit,) = retrieve(engine, resolve(engine, "collision", sources=["dpa"]), 5).hits
    assert (hit.article.title, hit.article.source, hit.how.words) == ("Collision", "DPA", 1)


# identity


def test_the_same_text_in_two_files_is_kept_twice_and_told_once(engine: Engine, news: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (news / name).write_text(BOATS)
    report = run(engine, news)
    assert counts(report) == {"new": 2, "copies": 1, "undated": 2, "embedded": 1}
    assert "the same text as" in messages(report)
    assert len(ids(engine)) == 2
    assert counts(run(engine, news)) == {"unchanged": 2}
    assert len(retrieve(engine, resolve(engine, "boats"), 5).hits) == 1


def test_the_same_id_in_two_files_is_made_unique_and_stays_so(engine: Engine, news: Path) -> None:
    lines(news / "a.jsonl", {"id": "7", "title": "Boats", "text": BOATS})
    lines(news / "b.jsonl", {"id": "7", "title": "Bread", "text": BREAD})
    report = run(engine, news)
    assert counts(report) == {"new": 2, "undated": 2, "embedded": 2}
    assert "its id is taken by another article; kept as 7~" in messages(report)
    first = ids(engine)
    assert [engine.library.article(i).title for i in first] == ["Boats", "Bread"]
    lines(news / "b.jsonl", {"id": "7", "title": "Bread", "text": BREAD}, {"id": "8", "title": "More", "text": "More."})
    lines(news / "a.jsonl", {"id": "7", "title": "Boats!", "text": BOATS})
    assert counts(run(engine, news)) == {"new": 1, "changed": 1, "unchanged": 1, "undated": 3, "embedded": 1}
    assert counts(run(engine, news, prune=True)) == {"unchanged": 3, "undated": 3}
    assert [i for i in ids(engine) if i != "8"] == first
    assert [engine.library.article(i).title for i in first] == ["Boats!", "Bread"]


def test_an_id_is_recognised_in_a_newer_file(engine: Engine, news: Path) -> None:
    lines(news / "monday.jsonl", {"id": "7", "url": "https://example.com/7", "title": "Boats", "text": BOATS})
    lines(
        news / "tuesday.jsonl", {"id": "7", "url": "https://example.com/7", "title": "Boats, 2", "text": BOATS + " 2"}
    )
    run(engine, news)
    assert ids(engine) == ["7"]
    assert engine.library.article("7").version == 2
    for options in ({}, {"prune": True}, {"prune": True}):
        assert "changed" not in counts(run(engine, news, **options))
    (news / "tuesday.jsonl").unlink()
    assert "pruned" not in counts(run(engine, news, prune=True, yes=True))
    assert engine.library.article("7").text == BOATS


@pytest.mark.parametrize("extra", [{"id": "7"}, {"url": "https://example.com/7"}, {}], ids=["id", "URL", "title"])
def test_twice_in_one_file(engine: Engine, news: Path, extra: dict[str, str]) -> None:
    path = news / "a.jsonl"
    boats, bread = ({"title": "News", "date": "2026-02-01", "text": text} | extra for text in (BOATS, BREAD))
    report = run(engine, lines(path, boats, bread, boats, bread))
    assert counts(report) == {"new": 2, "copies": 2, "embedded": 2}
    assert messages(report).count("its id stands twice in this file; kept as another article") == 1
    assert messages(report).count("the same article stands earlier in this file") == 2
    first = ids(engine)
    lines(path, boats, bread, {"title": "More", "date": "2026-02-01", "text": "More of it."})
    assert counts(run(engine, path)) == {"new": 1, "unchanged": 2, "embedded": 1}
    assert set(first) < set(ids(engine))
    check_whole(engine)


def test_urls_that_differ_only_in_spelling_are_one_article(engine: Engine, news: Path) -> None:
    lines(news / "a.jsonl", {"url": "https://Example.com:443/a/#top", "text": BOATS, "title": "Boats"})
    run(engine, news)
    lines(news / "a.jsonl", {"url": "https://example.com/a", "text": BOATS, "title": "Boats"})
    assert counts(run(engine, news)) == {"changed": 1, "undated": 1}
    assert len(ids(engine)) == 1


def test_articles_with_links_are_recorded_many_at_a_time(engine: Engine, news: Path) -> None:
    rows = ({"url": f"https://example.com/{n}", "text": f"Ship {n} left."} for n in range(120))
    assert counts(run(engine, lines(news / "a.jsonl", *rows)))["new"] == 120
    assert engine.library.catalogue.revision.partition("-")[0] == "3"  # transactions, of fifty articles at most


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl"])
def test_a_moved_file_keeps_its_articles(engine: Engine, news: Path, name: str) -> None:
    path = news / name
    if name == "a.jsonl":
        lines(path, {"title": "Boats", "text": BOATS}, {"title": "Bread", "text": BREAD})
    else:
        path.write_text(f"# Boats\n\n{BOATS}")
    run(engine, news)
    before = ids(engine)
    (news / "archive").mkdir()
    path.rename(news / "archive" / name)
    report = run(engine, news, prune=True)
    assert report.unchanged == len(before)
    assert (report.new, report.embedded, report.pruned) == (0, 0, 0)
    assert ids(engine) == before
    assert engine.library.catalogue.file_of(before[0]) == str(news / "archive" / name)
    assert "pruned" not in counts(run(engine, news, prune=True))


# what cannot be read


def test_a_bad_line_is_told_each_time_and_the_rest_is_kept(engine: Engine, news: Path) -> None:
    (news / "a.jsonl").write_text(
        f"{json.dumps({'id': '1', 'text': BOATS})}\nbroken\n{json.dumps({'id': '2', 'text': BREAD})}\n"
    )
    (news / "b.txt").write_bytes(b"")
    (news / "c.txt").write_bytes(b"caf\xe9")
    for expected in ({"new": 2, "embedded": 2, "undated": 2, "failed": 3}, {"unchanged": 2, "failed": 3}):
        report = run(engine, news)
        assert counts(report) == expected
        assert [(Path(p.path).name, p.line) for p in report.problems if p.fatal] == [
            ("a.jsonl", 2),
            ("b.txt", None),
            ("c.txt", None),
        ]
    assert ids(engine) == ["1", "2"]


def test_nothing_readable_is_a_report_too(engine: Engine, tmp_path: Path) -> None:
    report = run(engine, tmp_path / "missing")
    assert counts(report) == {"failed": 1}


def test_a_link_or_a_date_beyond_reason_stops_nothing(engine: Engine, news: Path) -> None:
    rows = [
        {"id": "1", "url": "http://[::1", "text": BOATS},
        {"id": "2", "url": "http://example.com:99999", "text": BREAD},
        {"id": "3", "date": "4 Foo 2026", "text": "Three."},
        {"id": "4", "date": "4 Aprıl 2026", "text": "Four."},
    ]
    assert counts(run(engine, lines(news / "a.jsonl", *rows))) == {"new": 4, "undated": 3, "embedded": 4}


def test_thousands_of_bad_lines_are_all_told(engine: Engine, news: Path) -> None:
    (news / "a.jsonl").write_text("broken\n" * 20_000)
    report = run(engine, news)
    assert (report.failed, len(report.problems)) == (20_000, 20_000)


# prune


def test_a_whole_ingest_ends_complete_and_with_both_indexes(seeds_engine: Engine) -> None:
    assert seeds_engine.library.chroma_is_current()
    *events, report = ingest(seeds_engine, [resource_folder("seeds")])
    assert isinstance(report, IngestReport)
    assert report.complete
    assert counts(report) == {"unchanged": 2}
    assert [event.done for event in events if isinstance(event, Progress)] == [0, 1, 2]


def many(news: Path, number: int = 12) -> list[Path]:
    for n in range(number):
        (news / f"{n:02}.txt").write_text(f"Article number {n} tells of {n} ships.")
    return sorted(news.glob("*.txt"))


def test_prune_removes_what_vanished_under_the_arguments_only(engine: Engine, news: Path) -> None:
    other = news.parent / "other"
    other.mkdir()
    (other / "x.txt").write_text("Another folder's article.")
    files = many(news)
    run(engine, news, other)
    (other / "x.txt").unlink()
    files[3].unlink()
    assert "pruned" not in counts(run(engine, news))
    assert counts(run(engine, news, prune=True))["pruned"] == 1
    assert len(ids(engine)) == 12
    assert not retrieve(engine, resolve(engine, "article number 3 tells of 3 ships"), 1).hits[0].passage.text.count("3")
    assert counts(run(engine, other, prune=True, yes=True)) == {"pruned": 1}


def test_prune_needs_yes_above_a_tenth(engine: Engine, news: Path) -> None:
    files = many(news)
    run(engine, news)
    for path in files[:2]:
        path.unlink()
    *events, report = events_of(engine, [news], Cancel(), prune=True)
    assert isinstance(report, IngestReport)
    assert len(report.would_prune) == 2
    assert any(isinstance(event, Notice) and "2 of 12" in event.text and "--yes" in event.text for event in events)
    assert len(ids(engine)) == 12
    report = run(engine, news, prune=True, yes=True)
    assert (report.pruned, report.would_prune) == (2, ())
    assert len(ids(engine)) == 10


def test_a_missing_argument_prunes_nothing(engine: Engine, news: Path) -> None:
    for path in many(news):
        run(engine, path)
    for path in news.glob("*"):
        path.unlink()
    news.rmdir()
    assert counts(run(engine, news, news / "00.txt", prune=True, yes=True)) == {"failed": 2}
    assert len(ids(engine)) == 12


def test_lines_that_vanished_are_pruned_also_by_a_later_run(engine: Engine, news: Path) -> None:
    rows = [{"id": str(n), "text": f"Article {n} of many."} for n in range(20)]
    run(engine, lines(news / "a.jsonl", *rows))
    lines(news / "a.jsonl", *rows[1:])
    assert counts(run(engine, news)) == {"unchanged": 19, "undated": 19}
    assert run(engine, news, prune=True, dry_run=True).would_prune == ("0",)
    assert "0" in ids(engine)
    assert counts(run(engine, news, prune=True)) == {"pruned": 1, "unchanged": 19, "undated": 19}
    assert "0" not in ids(engine)
    assert counts(run(engine, news)) == {"unchanged": 19, "undated": 19}


def test_a_line_that_broke_has_not_vanished(engine: Engine, news: Path) -> None:
    rows = [json.dumps({"id": str(n), "text": f"Article {n} of many."}) for n in range(3)]
    (news / "a.jsonl").write_text("\n".join(rows))
    run(engine, news)
    (news / "a.jsonl").write_text("\n".join([rows[0], rows[1][:-1], rows[2]]))
    assert counts(run(engine, news, prune=True, yes=True)) == {"unchanged": 2, "undated": 2, "failed": 1}
    assert ids(engine) == ["0", "1", "2"]


def test_an_article_that_another_file_still_has_is_not_pruned(engine: Engine, news: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        lines(news / name, {"id": "7", "title": "Boats", "text": BOATS})
    run(engine, news)
    owner = engine.library.catalogue.file_of("7")
    assert owner
    Path(owner).unlink()
    assert not run(engine, news, prune=True, dry_run=True).would_prune
    assert "pruned" not in counts(run(engine, news, prune=True, yes=True))
    assert ids(engine) == ["7"]


def test_a_dry_run_records_nothing(engine: Engine, news: Path) -> None:
    many(news)
    assert counts(run(engine, news, dry_run=True)) == {"new": 12, "undated": 12}
    assert ids(engine) == []
    run(engine, news)
    (news / "00.txt").unlink()
    (news / "01.txt").write_text("Something else entirely.")
    report = run(engine, news, prune=True, dry_run=True)
    assert (report.changed, len(report.would_prune), report.pruned) == (1, 1, 0)
    assert engine.library.stats().articles == 12
    assert engine.library.stats().waiting == 0


# cancelled, killed, raced


def test_cancelled_after_any_event_the_library_is_usable_and_the_next_run_completes(
    opened: OpenFn, news: Path, tmp_path: Path
) -> None:
    rows = [
        {"id": str(n), "title": f"Title {n}", "text": f"Ship {n} left harbour {n}. It sails on."} for n in range(70)
    ]
    lines(news / "many.jsonl", *rows)
    (news / "a.txt").write_text(BOATS)
    (news / "b.txt").write_text(BREAD)
    for stop in range(1, 9):
        engine = opened(tmp_path / f"library{stop}")
        cancel = Cancel()
        for number, event in enumerate(events_of(engine, [news], cancel), 1):
            if number == stop:
                cancel.cancel()
            last = event
        assert isinstance(last, IngestReport)
        assert not last.complete
        present = {row.article.id for row in engine.library.list()}
        assert engine.library.words.present() == engine.library.catalogue.passage_numbers()
        if "3" in present:
            assert retrieve(engine, resolve(engine, "title 3 ship"), 1).hits
        report = run(engine, news)
        assert report.new == 72 - len(present)
        assert report.waiting == 0
        assert len(ids(engine)) == 72
        check_whole(engine)
        assert counts(run(engine, news)) == {"unchanged": 72}


def test_articles_are_found_by_their_words_before_their_vectors_arrive(engine: Engine, news: Path) -> None:
    lines(news / "a.jsonl", *({"id": str(n), "text": f"Ship {n} left harbour."} for n in range(200)))
    cancel = Cancel()
    estimates = []
    for event in ingest(engine, [news], cancel=cancel):
        if isinstance(event, Progress):
            estimates.append((event.stage, event.seconds_left))
            if event.stage == "embedding":
                cancel.cancel()
    assert isinstance(event, IngestReport)
    assert not event.complete
    assert 0 < event.embedded < 200
    assert event.waiting == 200 - event.embedded
    assert any(stage == "embedding" and left is not None and left > 0 for stage, left in estimates)
    numbers = engine.library.catalogue.waiting(engine.embedder.fingerprint)
    text = engine.library.catalogue.passage_texts([numbers[0][0]])[numbers[0][0]]
    found = retrieve(engine, resolve(engine, text), 3)
    assert 0 < found.meaning_share < 1
    (hit,) = [hit for hit in found.hits if hit.passage.text == text]
    assert (hit.how.words, hit.how.meaning) == (1, None)


INGEST = """
import sys
from pathlib import Path
from qa.config import Config
from qa.engine import open_engine
from qa.ingest import ingest
from qa.types import Cancel
cancel = Cancel()
engine = open_engine(Config(library=Path(sys.argv[1]), timezone="UTC"))
for event in ingest(engine, [Path(argument) for argument in sys.argv[2:]], cancel=cancel):
    print(type(event).__name__, getattr(event, "stage", ""), flush=True)
    if getattr(event, "stage", "") == "indexing":
        cancel.cancel()
print(event.new + event.changed + event.unchanged, event.waiting, flush=True)
"""


def ingesting(library: Path, paths: Iterable[Path]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", INGEST, str(library), *map(str, paths)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_killed_at_any_moment_nothing_recorded_is_lost_and_the_next_run_completes(
    opened: OpenFn, news: Path, tmp_path: Path
) -> None:
    for part in range(4):
        rows = ({"id": f"{part}-{n}", "text": f"Ship {n} left harbour {part}. It sails."} for n in range(60))
        lines(news / f"{part}.jsonl", *rows)
    library = tmp_path / "library"
    chance = random.Random(11)
    recorded: set[str] = set()
    for _ in range(3):
        process = ingesting(library, [news])
        assert process.stdout is not None
        for _ in range(chance.randint(1, 9)):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        engine = opened(library)
        now = set(ids(engine))
        assert recorded <= now
        recorded = now
        assert engine.library.catalogue.damage() is None
        engine.close()
    engine = opened(library)
    report = run(engine, news)
    assert report.new == 240 - len(recorded)
    assert len(ids(engine)) == 240
    check_whole(engine)


def test_two_ingests_at_once_make_one_library(opened: OpenFn, news: Path, tmp_path: Path) -> None:
    rows = [{"id": str(n), "title": f"T{n}", "text": f"Ship {n} left harbour. It sails."} for n in range(120)]
    lines(news / "a.jsonl", *rows[:80])
    lines(news / "b.jsonl", *rows[40:])
    (news / "c.txt").write_text(BOATS)
    lines(news / "d.jsonl", {"id": "5", "title": "Another", "text": BREAD})
    library = tmp_path / "library"
    orders = (
        [news / name for name in names]
        for names in (("a.jsonl", "b.jsonl", "c.txt", "d.jsonl"), ("d.jsonl", "c.txt", "b.jsonl", "a.jsonl"))
    )
    processes = [ingesting(library, order) for order in orders]
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0
        assert said.splitlines()[-2].startswith("IngestReport")
    engine = opened(library)
    assert counts(run(engine, news)) == {"unchanged": 162}
    assert engine.library.stats().articles == 122
    assert sorted(i.partition("~")[0] for i in ids(engine) if not i.startswith("o-")) == sorted(
        [*map(str, range(120)), "5"]
    )
    check_whole(engine)
