"""Versions of an article shown and compared, and an article forgotten: afterwards no file of the library holds it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW

from qa.ask import ask
from qa.brief import brief
from qa.cli import main
from qa.doctor import doctor
from qa.engine import Engine
from qa.errors import ExitCode, LibraryError, NotFoundError
from qa.forget import forget, forget_all
from qa.ingest import ingest
from qa.journal.forgetting import FORGOTTEN, telltale_of, without
from qa.library import generations
from qa.retrieve import resolve
from qa.types import Cancel, Examination, Fate, Heading, IngestReport

OpenFn = Callable[..., Engine]
SECRET = "Zweifelbacher Quastenflosser"
"""Words that stand in nothing else."""
BOATS = (
    "Boats meet the Zweifelbacher Quastenflosser off Crete\n\n4 February 2026\n\n"
    "Two boats met the Zweifelbacher Quastenflosser off Crete on Monday. "
    "Nobody was hurt, said harbour master Wendeltreppius of Chania. The ferry waited for three hours in the bay."
)
BREAD = "Bread prices rise\n\n4 February 2026\n\nBread prices rose by a tenth. Bakers blame the drought in the south."
WORDS = ("Zweifelbacher", "Quastenflosser", "Wendeltreppius", "harbour master", "three hours in the bay")
QUESTION = "What did the boats meet off Crete?"


def fed(engine: Engine, folder: Path) -> None:
    *_, report = ingest(engine, [folder])
    assert isinstance(report, IngestReport)
    assert not report.failed
    list(engine.library.update_chroma(Cancel()))


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "boats.txt").write_text(BOATS)
    (folder / "bread.txt").write_text(BREAD)
    return folder.resolve()


@pytest.fixture
def engine(opened: OpenFn, news: Path) -> Engine:
    """A library in which the article has versions, a correction, and is quoted by an answer, a briefing and a case."""
    engine = opened()
    fed(engine, news)
    (news / "boats.txt").write_text(BOATS + " The Zweifelbacher Quastenflosser swam away.")
    fed(engine, news)
    engine.library.correct(boats_of(engine), {Heading.SOURCE: "Zweifelbacher Bote"})
    return engine


def boats_of(engine: Engine) -> str:
    return next(row.article.id for row in engine.library.list() if row.article.title.startswith("Boats"))


def holding(library: Path, words: tuple[str, ...] = WORDS) -> list[str]:
    """Files of the library that hold any of the words, in whatever encoding."""
    found = []
    for path in sorted(library.rglob("*")):
        if path.is_file():
            raw = path.read_bytes().lower()
            for word in words:
                for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                    if word.lower().encode(encoding) in raw:
                        found.append(f"{path.relative_to(library)}: {word}")
    return found


def test_versions_are_listed_and_compared(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    boats, library = boats_of(engine), str(engine.library.path)
    assert main(["library", "show", boats, "--versions", "--library", library]) == ExitCode.OK
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["1", "2", "3"]
    assert main(["library", "show", boats, "--diff", "--library", library]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "--- version 2" in out
    assert "+Source: Zweifelbacher Bote" in out
    assert main(["library", "show", boats, "--diff", "--version", "1", "--library", library, "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["from"], told["to"]) == (1, 3)
    assert any(line.startswith("+") and "swam away" in line for line in told["diff"])
    assert main(["library", "show", boats, "--diff", "--version", "9", "--library", library]) == ExitCode.INPUT


def test_an_answer_of_old_words_still_opens_them(engine: Engine, news: Path) -> None:
    *_, answer = ask(engine, resolve(engine, QUESTION))
    cited = answer.claims[0].citations[0]
    (news / "boats.txt").write_text("Boats\n\n4 February 2026\n\nNo boat met anything at all this week, it turned out.")
    fed(engine, news)
    assert engine.library.article(cited.article_id).version > cited.version
    old = engine.library.article(cited.article_id, cited.version)
    assert old.text[cited.start : cited.end] == cited.quote
    at = NOW.isoformat()
    assert engine.library.fate(cited) == Fate(4, changed=at, stand=True, kept=False)
    assert engine.library.fate(replace(cited, quote="Two boats")).stand is False
    assert engine.library.fate(replace(cited, version=9)).stand is False
    assert [one.details.changed for one in engine.library.versions(cited.article_id)] == [None, at, None, at]


def test_what_was_kept_is_shown_with_what_became_of_its_articles(
    engine: Engine, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    *_, answer = ask(engine, resolve(engine, QUESTION))
    engine.journal.keep(answer, engine.clock())
    list(brief(engine))
    boats, library = boats_of(engine), str(engine.library.path)

    def said(*arguments: str) -> str:
        assert main([*arguments, "--library", library]) == ExitCode.OK
        return capsys.readouterr().err

    assert said("conversations", "show", "1") == ""
    (news / "boats.txt").write_text("Boats\n\n4 February 2026\n\nNo boat met anything at all this week, it turned out.")
    fed(engine, news)
    changed = "its article has changed since (2026-02-05 12:00 UTC): the quoted words are gone from it; "
    changed += f"`newsdesk library show {boats} --diff --version 3` says how\n"
    assert said("conversations", "show", "1").endswith(changed)
    assert said("brief", "--show", "1").endswith(changed)
    engine.library.remove([boats])
    assert f"was removed from this library; `newsdesk library restore {boats}`" in said("conversations", "show", "1")
    forget(engine, boats)
    assert f"“{FORGOTTEN}”: its article is not in this library\n" in said("brief", "--show", "1")


def test_a_forgotten_article_is_in_no_file(engine: Engine) -> None:
    *_, answer = ask(engine, resolve(engine, QUESTION))
    assert SECRET in answer.text
    engine.journal.keep(answer, engine.clock())
    list(brief(engine))
    keeping = engine.keeping_vectors()
    keeping.embed(BOATS)
    engine.library.exact().keep(engine.library.path / "exact")
    assert holding(engine.library.path)
    boats = boats_of(engine)
    gone = forget(engine, boats)
    assert gone.kept >= 2
    assert holding(engine.library.path) == []
    list(engine.library.update_chroma(Cancel()))
    assert holding(engine.library.path) == []
    with pytest.raises(NotFoundError):
        engine.library.article(boats)
    assert [row.article.title for row in engine.library.list()] == ["Bread prices rise"]
    (turn,) = engine.journal.turns(1)
    assert FORGOTTEN in turn.answer.text
    for claim in turn.answer.claims:
        assert turn.answer.text[claim.start : claim.end] == claim.text
    assert {claim.text for claim in turn.answer.claims if any(c.article_id == boats for c in claim.citations)} == {
        FORGOTTEN
    }
    told = engine.journal.briefings.get(1)
    assert FORGOTTEN in json.dumps([claim.text for story in told.stories for claim in story.sentences])
    assert "Bread" in json.dumps([claim.text for story in told.stories for claim in story.sentences])
    engine.close()
    assert holding(engine.library.path) == []
    *_, found = doctor(engine.config, read_data=True)
    assert isinstance(found, Examination)
    assert not found.needs_you


def test_a_removed_article_is_forgotten_too_and_a_second_time_is_told(engine: Engine) -> None:
    boats = boats_of(engine)
    engine.library.remove([boats])
    assert holding(engine.library.path)
    forget(engine, boats)
    assert holding(engine.library.path) == []
    assert engine.library.removed() == []
    with pytest.raises(NotFoundError, match="removed or not"):
        forget(engine, boats)


def test_cases_of_kept_evaluations_are_scrubbed_and_one_that_cannot_be_read_stops_it(engine: Engine) -> None:
    *_, answer = ask(engine, resolve(engine, QUESTION))
    engine.journal.keep(answer, engine.clock())
    case = json.dumps({"id": "x", "said": BOATS, "cited": [], "costs": {}})
    with closing(sqlite3.connect(engine.journal.path)) as db, db:
        db.execute("INSERT INTO runs VALUES (1, 's', 'f', '2026', 1, 1, '{}', NULL)")
        db.execute("INSERT INTO run_cases VALUES (1, 'x', 1, 1, ?)", (zlib.compress(case.encode()),))
        db.execute("INSERT INTO run_cases VALUES (1, 'y', 2, 1, ?)", (b"torn",))
    boats = boats_of(engine)
    with pytest.raises(LibraryError, match="cannot be read"):
        forget(engine, boats)
    assert SECRET in engine.library.article(boats).text
    assert SECRET in engine.journal.turns(1)[0].answer.text
    with closing(sqlite3.connect(engine.journal.path)) as db, db:
        db.execute("DELETE FROM run_cases WHERE name = 'y'")
    assert forget(engine, boats).kept == 2
    with closing(sqlite3.connect(engine.journal.path)) as db:
        (told,) = db.execute("SELECT told FROM run_cases").fetchone()
    assert json.loads(zlib.decompress(told))["said"] == FORGOTTEN


def test_nothing_is_erased_while_another_process_has_the_index(engine: Engine) -> None:
    folder = engine.library.path / "vectors"
    engine.library.end_chroma()
    lock = generations.claim(folder)
    assert lock is not None
    try:
        with pytest.raises(LibraryError, match="index open"):
            forget(engine, boats_of(engine))
    finally:
        generations.release(lock)
    assert SECRET in engine.library.article(boats_of(engine)).text
    assert forget(engine, boats_of(engine)).kept == 0


def test_a_log_that_another_program_reads_is_told_and_goes_with_it(
    engine: Engine, opened: OpenFn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.library.forgetting._PATIENCE_S", 0.3)
    boats, other = boats_of(engine), opened(engine.library.path)
    with other.library.catalogue.snapshot():
        other.library.catalogue.stats()
        with pytest.raises(LibraryError, match="still reads"):
            forget(engine, boats)
    other.close()
    engine.close()
    assert holding(engine.library.path) == []


def test_the_command_says_what_it_leaves(engine: Engine, news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    boats, library = boats_of(engine), str(engine.library.path)
    engine.close()
    assert main(["library", "forget", boats, "none", "--library", library]) == ExitCode.INPUT
    capsys.readouterr()
    assert main(["library", "forget", boats, boats, "--library", library]) == ExitCode.OK
    ran = capsys.readouterr()
    assert ran.out == "1 article(s) forgotten; 0 kept answer(s), briefing(s) and case(s) now say so\n"
    assert f"{news / 'boats.txt'} is untouched: read again" in ran.err
    assert main(["library", "forget", boats, "--library", library, "--json"]) == ExitCode.INPUT


def test_several_articles_are_forgotten_at_once_and_an_empty_library_is_fine(engine: Engine) -> None:
    ids = [row.article.id for row in engine.library.list()]
    assert [one.id for one in forget_all(engine, [*ids, ids[0]])] == ids
    assert holding(engine.library.path, (*WORDS, "Bakers")) == []
    *_, found = doctor(engine.config)
    assert isinstance(found, Examination)
    assert not found.needs_you


# what is kept


def test_what_repeats_eight_words_or_all_of_a_short_text_is_told() -> None:
    tells = telltale_of([BOATS])
    assert tells("He said: two boats met the Zweifelbacher Quastenflosser off Crete on Monday!")
    assert tells("nobody was hurt, said")
    assert not tells("Two boats met somebody else")
    assert not tells("off Crete")
    assert not tells("On Monday two boats met nobody at all off the coast of Crete")


def test_short_titles_and_names_made_of_a_title_are_told() -> None:
    tells = telltale_of(["Boats sink", "Crète", "Two boats met the Quastenflosser near Crete today", BOATS])
    assert tells.heads("boats sink!")
    assert not tells.heads("Boats sink again")
    assert not tells.heads("")
    assert tells.named("boats-sink-number")
    assert tells.named("two-boats-met-the-quastenflosser-date-2")
    assert not tells.named("two-boats-date")
    assert not tells.named("crete-number")
    story = {"id": "1", "title": "Boats sink", "articles": [{"id": "b", "digest": "d", "title": "Boats sink"}]}
    now = without(story, "a", tells)
    assert (now["title"], now["articles"][0]["title"]) == (FORGOTTEN, "Boats sink")


def test_standing_questions_and_cases_of_its_words_are_scrubbed(engine: Engine) -> None:
    journal, at = engine.journal, engine.clock()
    journal.standing.add(f"Why is it that {BOATS.rpartition('. ')[2]}", "x", at)
    journal.standing.add("What of the bread?", "y", at)
    case = json.dumps({"id": "boats-meet-the-zweifelbacher-quastenflosser-number", "said": "5"})
    with closing(sqlite3.connect(journal.path)) as db, db:
        db.execute("INSERT INTO runs VALUES (1, 's', 'f', '2026', 1, 1, '{}', NULL)")
        packed = zlib.compress(case.encode())
        db.execute("INSERT INTO run_cases VALUES (1, ?, 7, 1, ?)", (json.loads(case)["id"], packed))
        db.execute("INSERT INTO followed (place, name, added, problem) VALUES ('p', 'n', '2026', ?)", (BOATS,))
    forget(engine, boats_of(engine))
    assert holding(engine.library.path) == []
    assert [one.question for one in journal.standing.questions()] == ["What of the bread?"]
    with closing(sqlite3.connect(journal.path)) as db:
        ((name, told),) = db.execute("SELECT name, told FROM run_cases").fetchall()
        assert db.execute("SELECT problem FROM followed").fetchall() == [(FORGOTTEN,)]
    assert (name, json.loads(zlib.decompress(told))["id"]) == ("forgotten-7", "forgotten-7")


def test_a_value_of_another_shape_is_left_or_blanked_without_harm() -> None:
    tells = telltale_of([BOATS])
    citation = {"article_id": "a", "version": 1, "title": "T", "field": "text", "start": 0, "end": 5, "quote": "Two"}
    other = citation | {"article_id": "b", "quote": "Bread"}
    told = {"x": [{"sides": [citation, other]}, {"sides": [other, other]}, 3, None, citation], "said": BOATS, "n": 1.5}
    now = without(told, "a", tells)
    assert now["x"][0] == {"sides": [other, other]}
    assert now["x"][1:3] == [3, None]
    assert (now["x"][3]["quote"], now["x"][3]["title"], now["x"][3]["start"]) == (FORGOTTEN, FORGOTTEN, 0)
    assert (now["said"], now["n"]) == (FORGOTTEN, 1.5)
    assert without(now, "a", tells) == now
