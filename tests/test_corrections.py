"""Corrections by hand: in force everywhere, kept through later ingests, and taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_removed import BOATS, BREAD, run, told

from qa.engine import Engine
from qa.errors import NotFoundError, UsageError
from qa.library.catalogue import Entry
from qa.library.holdings import holdings
from qa.library.marks import content_of
from qa.retrieve import resolve, retrieve
from qa.types import Article, Heading, Listing, Published, Window

OpenFn = Callable[..., Engine]
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def engine(opened: OpenFn) -> Engine:
    return opened()


def write(file: Path, **changes: Any) -> Path:
    row = {"id": "boats", "title": "Boats meet", "source": "AFP", "date": "2026-01-20", "text": BOATS} | changes
    bread = {"id": "bread", "title": "Bread dearer", "source": "AFP", "date": "2026-01-21", "text": BREAD}
    file.write_text(json.dumps(row) + "\n" + json.dumps(bread) + "\n")
    return file


@pytest.fixture
def file(engine: Engine, tmp_path: Path) -> Path:
    made = write(tmp_path / "news.jsonl")
    run(engine, made)
    return made


def heads(article: Article) -> tuple[str, str | None, str | None]:
    return article.title, article.source, article.published.iso if article.published else None


def found_since(engine: Engine, day: str) -> set[str]:
    hits = retrieve(engine, resolve(engine, "boats off Crete or bread", first=day), 5).hits
    return {hit.article.id for hit in hits}


def test_a_correction_is_in_force_in_every_index(engine: Engine, file: Path) -> None:
    library = engine.library
    assert found_since(engine, "2026-02-01") == set()
    article = library.correct("boats", {Heading.DATE: "2026-02-03", Heading.TITLE: "Ferries collide"})
    assert heads(article) == ("Ferries collide", "AFP", "2026-02-03")
    assert article == library.article("boats")
    assert (article.version, library.article("boats", 1).title) == (2, "Boats meet")
    assert library.stats().waiting == 0  # nothing is embedded again
    assert found_since(engine, "2026-02-01") == {"boats"}
    assert {hit.article.id for hit in retrieve(engine, resolve(engine, "collide"), 1).hits} == {"boats"}
    exact = library.exact()
    assert sorted(set(exact.days)) == [date(2026, 1, 21).toordinal(), date(2026, 2, 3).toordinal()]
    (row,) = library.list(chosen=Listing("ferries", Window(FEBRUARY)))
    assert row.edited
    chroma = library._records(sorted(library.catalogue.vector_ids(library.embedder)))
    assert {record.metadata["day"] for record in chroma} == set(exact.days)
    assert content_of(article) in {held.key.content for held in holdings(library.catalogue, library.embedder).values()}


def test_a_correction_is_kept_when_the_file_changes(engine: Engine, file: Path) -> None:
    library = engine.library
    library.correct("boats", {Heading.DATE: "2026-02-03"})
    assert told(run(engine, file)) == {"unchanged": 2}
    assert told(run(engine, write(file, title="Boats meet off Crete"))) == {"unchanged": 1, "changed": 1}
    assert heads(library.article("boats")) == ("Boats meet off Crete", "AFP", "2026-02-03")
    assert told(run(engine, write(file, text=BOATS + " The ferry waited.")))["changed"] == 1
    assert heads(library.article("boats")) == ("Boats meet", "AFP", "2026-02-03")
    correction = library.correction("boats")
    assert correction is not None
    assert correction.fields == {Heading.DATE}
    assert correction.published == Published("2026-01-20", date(2026, 1, 20))


def test_what_the_file_says_now_is_what_a_correction_is_taken_back_to(engine: Engine, file: Path) -> None:
    library = engine.library
    library.correct("boats", {Heading.DATE: "2026-02-03", Heading.SOURCE: ""})
    assert told(run(engine, write(file, date="2026-01-25"))) == {"unchanged": 2}
    article = library.as_filed("boats")
    assert heads(article) == ("Boats meet", "AFP", "2026-01-25")
    assert library.correction("boats") is None
    assert library.as_filed("boats") == article
    assert told(run(engine, write(file, date="2026-01-25", title="Boats"))) == {"unchanged": 1, "changed": 1}


def test_a_file_that_was_corrected_too_ends_the_correction(engine: Engine, file: Path) -> None:
    engine.library.correct("boats", {Heading.DATE: "2026-02-03"})
    assert told(run(engine, write(file, date="2026-02-03"))) == {"unchanged": 2}
    assert engine.library.correction("boats") is None


def test_typing_what_the_file_says_takes_a_correction_back(engine: Engine, file: Path) -> None:
    library = engine.library
    library.correct("boats", {Heading.DATE: "3 February 2026", Heading.TITLE: "Ferries"})
    library.correct("boats", {Heading.DATE: "2026-01-20"})
    correction = library.correction("boats")
    assert correction is not None
    assert correction.fields == {Heading.TITLE}
    version = library.article("boats").version
    assert library.correct("boats", {Heading.TITLE: "  Ferries "}).version == version


def test_of_a_correction_stays_what_a_newer_version_of_others_has_taken_over(engine: Engine, file: Path) -> None:
    library = engine.library
    ours = library.correct("boats", {Heading.DATE: "2026-02-03", Heading.TITLE: "Ferries"})
    theirs = replace(ours, version=ours.version + 1, published=Published("2026-02-05", date(2026, 2, 5)))
    passages = library.catalogue.passages_of("boats")
    vectors = library.catalogue.vectors_of([passage.id for passage in passages])
    entry = Entry(theirs, str(file), tuple((one.start, one.end) for one in passages), replaces=ours.version)
    made = [(entry, [vectors[one.id] for one in passages])]
    assert library.catalogue.adopt(made, library.embedder) == {"boats"}
    correction = library.correction("boats")
    assert correction is not None
    assert correction.fields == {Heading.TITLE}
    assert heads(library.article("boats")) == ("Ferries", "AFP", "2026-02-05")


@pytest.mark.parametrize(
    ("heading", "typed"),
    [(Heading.DATE, "2026-02-30"), (Heading.DATE, "soon"), (Heading.TITLE, " "), (Heading.SOURCE, "x" * 401)],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    engine: Engine, file: Path, heading: Heading, typed: str
) -> None:
    before = engine.library.article("boats")
    with pytest.raises(UsageError) as refused:
        engine.library.correct("boats", {heading: typed})
    assert refused.value.hint
    assert engine.library.article("boats") == before
    assert engine.library.correction("boats") is None


def test_an_article_that_is_not_there_cannot_be_corrected(engine: Engine, file: Path) -> None:
    with pytest.raises(NotFoundError):
        engine.library.correct("nothing", {Heading.DATE: "2026-02-03"})


def test_control_characters_are_no_part_of_a_correction(engine: Engine, file: Path) -> None:
    article = engine.library.correct("boats", {Heading.TITLE: "Fer\x1b]52;c;x\x07ries\u202e", Heading.DATE: ""})
    assert "\x1b" not in article.title
    assert "\u202e" not in article.title
    assert article.published is None
    assert told(run(engine, file)) == {"unchanged": 2}


TYPED = st.sampled_from(["2026-02-03", "2026-01-20", "AFP", "Boats meet", "2026-03-01"])
MADE = st.dictionaries(st.sampled_from(Heading), TYPED, max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=settings.default.max_examples // 5)
@given(st.lists(MADE, max_size=4))
def test_whatever_was_corrected_it_can_all_be_taken_back(
    engine: Engine, file: Path, made: list[dict[Heading, str]]
) -> None:
    library = engine.library
    for changes in made:
        dated = changes.get(Heading.DATE, "2026").startswith("2026")
        library.correct("boats", changes if dated else {})
    library.as_filed("boats")
    assert heads(library.article("boats")) == ("Boats meet", "AFP", "2026-01-20")
    assert library.correction("boats") is None
    assert library.words.present() == library.catalogue.passage_numbers()
