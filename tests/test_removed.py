"""Removed articles: out of everything at once, kept away from later ingests, and restored to what they were."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.engine import Engine
from qa.errors import NotFoundError
from qa.ingest import ingest
from qa.library.catalogue import Entry
from qa.library.holdings import removals
from qa.library.marks import Removal, content_of
from qa.retrieve import resolve, retrieve
from qa.types import Cancel, Heading, IngestReport, Progress, RemovedBy

OpenFn = Callable[..., Engine]
BOATS = "Two boats met off Crete on Monday. Nobody was hurt, the harbour master said."
BREAD = "Bread prices rose by a tenth. Bakers blame the drought in the south."


@pytest.fixture
def engine(opened: OpenFn) -> Engine:
    return opened()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "boats.txt").write_text(BOATS)
    (folder / "bread.txt").write_text(BREAD)
    return folder.resolve()


def run(engine: Engine, *paths: Path, **options: bool) -> IngestReport:
    cancel = Cancel()
    for event in ingest(engine, list(paths), cancel=cancel, **options):
        if isinstance(event, Progress) and event.stage == "indexing":
            cancel.cancel()
    assert isinstance(event, IngestReport)
    return event


def told(report: IngestReport) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "copies", "pruned", "kept_out", "restored", "failed", "embedded", "waiting")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def listed(engine: Engine) -> dict[str, str]:
    """Ids by the first word of the title."""
    return {row.article.title.split()[0]: row.article.id for row in engine.library.list()}


def found(engine: Engine, question: str) -> set[str]:
    return {hit.article.id for hit in retrieve(engine, resolve(engine, question), 5).hits}


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_a_removed_article_is_out_of_everything_and_restored_whole(engine: Engine, news: Path) -> None:
    run(engine, news)
    library, boats = engine.library, listed(engine)["Two"]
    (news / "boats.txt").write_text(BOATS + " The ferry waited.")
    run(engine, news)
    library.correct(boats, {Heading.SOURCE: "Harbour News"})
    before = library.article(boats)
    assert before.version == 3
    assert library.remove([boats]) == 1
    assert set(listed(engine)) == {"Bread"}
    assert library.stats().articles == 1
    assert boats not in found(engine, "boats off Crete")
    assert library.source_names() == []
    assert [(one.article.id, one.why) for one in library.removed()] == [(boats, RemovedBy.READER)]
    with pytest.raises(NotFoundError, match="was removed") as refused:
        library.article(boats)
    assert "restore" in refused.value.hint
    assert library.restore([boats]) == [boats]
    assert library.article(boats) == before
    assert library.article(boats, 1).text == BOATS
    assert library.correction(boats) is not None
    assert library.stats().waiting == 0  # its vectors were kept
    assert boats in found(engine, "boats off Crete")
    assert library.removed() == []
    assert library.restore([boats]) == []


def test_what_the_reader_removed_stays_away_until_asked_for_again(engine: Engine, news: Path) -> None:
    run(engine, news)
    boats = listed(engine)["Two"]
    engine.library.remove([boats])
    first = run(engine, news)
    assert told(first) == {"unchanged": 1, "kept_out": 1}
    assert f"library restore {boats}" in first.problems[0].message
    assert told(run(engine, news)) == {"unchanged": 1}
    (news / "boats.txt").write_text(BOATS + " The ferry waited.")
    assert told(run(engine, news)) == {"unchanged": 1, "kept_out": 1}
    assert told(run(engine, news, again=True, dry_run=True)) == {"unchanged": 1, "restored": 1}
    assert set(listed(engine)) == {"Bread"}
    assert told(run(engine, news, again=True)) == {"unchanged": 1, "restored": 1, "changed": 1, "embedded": 1}
    article = engine.library.article(boats)
    assert (article.version, article.text) == (2, BOATS + " The ferry waited.")
    assert told(run(engine, news, again=True)) == {"unchanged": 2}


def test_a_removed_article_stays_away_when_its_file_moves(engine: Engine, news: Path) -> None:
    run(engine, news)
    engine.library.remove([listed(engine)["Two"]])
    (news / "boats.txt").rename(news / "ships.txt")
    assert told(run(engine, news)) == {"unchanged": 1, "kept_out": 1}
    (news / "copy.txt").write_text(BREAD)  # while one that only says the same is an article of its own
    engine.library.remove([listed(engine)["Bread"]])
    assert told(run(engine, news)) == {"kept_out": 1, "new": 1}


def test_another_article_under_the_id_of_a_removed_one_gets_its_own(engine: Engine, news: Path) -> None:
    run(engine, lines(news / "a.jsonl", {"id": "x", "title": "Boats", "text": BOATS}))
    engine.library.remove(["x"])
    report = run(engine, lines(news / "b.jsonl", {"id": "x", "title": "Bread", "text": BREAD}))
    assert told(report) == {"new": 1, "embedded": 1}
    assert "removed article" in report.problems[0].message
    (other,) = listed(engine).values()
    assert other.startswith("x~")
    assert engine.library.restore(["x"]) == ["x"]
    assert len(listed(engine)) == 2


def test_what_prune_removed_is_back_with_its_file(engine: Engine, news: Path) -> None:
    run(engine, news)
    boats = listed(engine)["Two"]
    (news / "boats.txt").unlink()
    assert told(run(engine, news, prune=True, yes=True)) == {"unchanged": 1, "pruned": 1}
    assert [one.why for one in engine.library.removed()] == [RemovedBy.PRUNE]
    (news / "boats.txt").write_text(BOATS)
    assert told(run(engine, news)) == {"unchanged": 1, "restored": 1}
    assert engine.library.article(boats).version == 1
    assert engine.library.stats().waiting == 0


def test_an_article_removed_twice_is_restored_as_it_was_last(engine: Engine, news: Path) -> None:
    run(engine, news)
    boats = listed(engine)["Two"]
    engine.library.remove([boats])
    engine.library.restore([boats])
    engine.library.correct(boats, {Heading.TITLE: "Ships"})
    engine.library.remove([boats, boats])
    assert len(engine.library.removed()) == 1
    assert engine.library.restore([boats]) == [boats]
    assert engine.library.article(boats).title == "Ships"


def test_a_taken_place_is_left_to_who_took_it(engine: Engine, news: Path) -> None:
    run(engine, news)
    library, boats = engine.library, listed(engine)["Two"]
    made, entry_file = library.article(boats), library.catalogue.file_of(boats)
    library.remove([boats])
    library.catalogue.record([Entry(replace(made, text="Else.", digest="else"), entry_file or "", ((0, 5),))])
    assert library.restore([boats]) == []
    assert library.article(boats).text == "Else."
    assert len(library.removed()) == 1


def test_a_shared_store_is_told_of_a_removal_and_of_its_end(engine: Engine, news: Path) -> None:
    run(engine, news)
    library, boats = engine.library, listed(engine)["Two"]
    content = content_of(library.article(boats))
    library.remove([boats])
    assert removals(library.catalogue)[content][0] is Removal.UNTOLD
    library.restore([boats])
    assert removals(library.catalogue)[content][0] is Removal.BACK


def test_problems_of_files_are_kept_through_a_removal(engine: Engine, news: Path) -> None:
    file = lines(news / "a.jsonl", {"title": "Boats", "text": BOATS, "date": "2026-02-30"}, {"title": "No text"})
    run(engine, news)
    (kept,) = [one for one in engine.library.problems() if one.path == str(file)]
    assert (kept.path, kept.articles, [problem.fatal for problem in kept.problems]) == (str(file), 1, [False, True])
    engine.library.remove([listed(engine)["Boats"]])
    assert kept in engine.library.problems()
