"""Briefings are kept, and a later one tells what is new, an update, or seen."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_llm import FakeLLM, Reply
from fixtures.newsroom import briefed, engine_at, jsonl, take_in, told

from qa.engine import Engine
from qa.errors import LibraryError, NotFoundError
from qa.journal import Briefings, Journal
from qa.journal.file import VERSION
from qa.render import briefing_html, briefing_json, briefing_markdown, changed, dumps, standing_words
from qa.types import Briefing, Cancel, Progress, Story

QUAKE = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye, and 35 people were killed in Balikesir, the "
    "disaster agency AFAD said. Rescue teams from Izmir reached the town of Sindirgi."
)
GREW = (
    "The earthquake in Balikesir in western Türkiye has become deadlier: 53 people were killed in Balikesir, the "
    "disaster agency AFAD said. Rescue teams from Izmir still searched the town of Sindirgi."
)
BRIDGE = "The old bridge of Mostar was painted by forty volunteers, the town council of Mostar announced. It took days."
TRAINS = (
    "Trains between Kanazawa and Toyama were halted by heavy snow, Governor Hiroshi Hase said. Buses replaced them."
)
FIRST_DAY = [
    told(1, "Quake kills 35 in Balikesir", QUAKE, "2026-02-02"),
    told(2, "Volunteers paint the bridge of Mostar", BRIDGE, "2026-02-02"),
    told(3, "Snow halts trains to Kanazawa", TRAINS, "2026-02-02"),
]
SECOND_DAY = [
    told(4, "Balikesir quake toll rises to 53", GREW, "2026-02-03", source="Gazette"),
    told(5, "Volunteers paint the bridge of Mostar", BRIDGE, "2026-02-03", source="Gazette"),
    told(6, "Parliament of Chile debates pensions", "The parliament of Chile debated a pension bill.", "2026-02-03"),
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [*FIRST_DAY, *SECOND_DAY]))
    return tmp_path / "library"


@pytest.fixture
def engine(library: Path) -> Iterator[Engine]:
    with engine_at(library) as made:
        yield made


def made(engine: Engine, day: str, **options: Any) -> Briefing:
    return briefed(engine, day=day, **options)[0]


def story_of(briefing: Briefing, article: str) -> Story:
    (found,) = [story for story in briefing.stories if article in {one.id for one in story.articles}]
    return found


def without_texts(briefing: Briefing) -> Briefing:
    stories = (replace(s, articles=tuple(replace(a, text="") for a in s.articles)) for s in briefing.stories)
    return replace(briefing, stories=tuple(stories))


# keeping


def test_a_briefing_is_kept_whole_without_its_articles_texts(engine: Engine) -> None:
    briefing = made(engine, "2026-02-02")
    assert (briefing.number, briefing.revision, briefing.since) == (1, 1, None)
    assert briefing.made == engine.clock()
    kept = engine.journal.briefings.get(1)
    assert kept == without_texts(briefing)
    assert [article.title for story in kept.stories for article in story.articles]
    with sqlite3.connect(engine.journal.path) as db:
        assert "Rescue teams from Izmir reached the town of Sindirgi. " not in str(
            db.execute("SELECT told FROM revisions").fetchall()
        )


def test_the_same_day_made_again_is_the_same_briefing_and_no_second_one(engine: Engine) -> None:
    made(engine, "2026-02-02")
    first = made(engine, "2026-02-03")
    again = made(engine, "2026-02-03")
    assert replace(again, usage=first.usage) == first
    assert [(one.number, one.revision) for one in engine.journal.briefings.editions()] == [(2, 1), (1, 1)]


def test_articles_that_arrive_later_make_a_revision_that_says_what_it_adds(library: Path, tmp_path: Path) -> None:
    with engine_at(library) as engine:
        made(engine, "2026-02-02")
        made(engine, "2026-02-03")
    late = told(
        7, "Rain ends the drought of Aydintepe", "Rain ended the drought of Aydintepe, farmers said.", "2026-02-03"
    )
    take_in(library, jsonl(tmp_path / "late.jsonl", [late]))
    with engine_at(library) as engine:
        revised = made(engine, "2026-02-03")
        assert (revised.number, revised.revision, revised.added) == (2, 2, ("n7",))
        assert story_of(revised, "n4").status == "update"  # against the day before, not against the first revision
        assert engine.journal.briefings.get(2) == without_texts(revised)
        assert "n7" not in dumps(briefing_json(engine.journal.briefings.get(2, 1)))
        assert "- revision: 2, adds 1 article" in briefing_markdown(revised)
        with pytest.raises(NotFoundError, match="no revision 3"):
            engine.journal.briefings.get(2, 3)


def test_another_writer_makes_a_revision_and_takes_nothing_away(library: Path) -> None:
    with engine_at(library) as engine:
        quoted = made(engine, "2026-02-02")
    with (
        FakeLLM(Reply(["35 people were killed in Balikesir, the disaster agency AFAD said [1]."])) as llm,
        engine_at(library, url=llm.url) as engine,
    ):
        by_model = made(engine, "2026-02-02")
        assert (by_model.number, by_model.revision, by_model.added) == (quoted.number, 2, ())
        assert engine.journal.briefings.get(1, 1) == without_texts(quoted)


def test_one_that_was_broken_off_never_takes_the_place_of_a_whole_one(engine: Engine) -> None:
    def broken_off() -> Briefing:
        from qa.brief import brief

        cancel, found = Cancel(), None
        for event in brief(engine, day="2026-02-02", cancel=cancel):
            if isinstance(event, Progress) and event.done == 1:
                cancel.cancel()
            found = event
        assert isinstance(found, Briefing)
        return found

    part = broken_off()
    assert not part.complete
    assert part.number == 1
    (listed,) = engine.journal.briefings.editions()
    assert not listed.complete
    whole = made(engine, "2026-02-02")
    assert (whole.number, whole.revision, whole.complete) == (1, 1, True)
    assert broken_off().number is None
    assert engine.journal.briefings.get(1) == without_texts(whole)


def test_without_a_journal_nothing_is_kept_or_compared(library: Path) -> None:
    with engine_at(library) as engine:
        made(engine, "2026-02-02")
    with engine_at(library, journal=False) as engine:
        briefing = made(engine, "2026-02-03")
        assert (briefing.number, briefing.since) == (None, None)
        assert {story.status for story in briefing.stories} == {"new"}
        assert len(engine.journal.briefings.editions()) == 1
        assert "Since the briefing" not in briefing_markdown(briefing)


def test_a_day_without_articles_is_not_kept(engine: Engine) -> None:
    assert made(engine, "2026-01-01").number is None
    assert engine.journal.briefings.editions() == []


def test_a_journal_that_cannot_be_used_is_said_and_the_briefing_is_there(engine: Engine) -> None:
    engine.journal.path.write_bytes(b"this is no database, " * 500)
    briefing = made(engine, "2026-02-02")
    assert briefing.stories
    assert len([note for note in briefing.notes if "damaged" in note]) == 3  # neither compared, nor asked, nor kept


# what is new


def test_stories_are_new_updates_and_seen_against_the_day_before(engine: Engine) -> None:
    made(engine, "2026-02-02")
    briefing = made(engine, "2026-02-03")
    quake, bridge, chile = (story_of(briefing, article) for article in ("n4", "n5", "n6"))
    assert (quake.status, bridge.status, chile.status) == ("update", "seen", "new")
    assert quake.earlier is not None
    assert (quake.earlier.briefing, quake.earlier.day.isoformat()) == (1, "2026-02-02")
    assert quake.earlier.title == "Quake kills 35 in Balikesir"
    assert (quake.added, bridge.added, chile.added) == (("n4",), (), ("n6",))
    assert standing_words(bridge) == "seen: nothing new since 2026-02-02"
    assert briefing.since is not None
    assert [one.title for one in briefing.since.over] == ["Snow halts trains to Kanazawa"]


def test_a_changed_value_is_named_with_both_sentences(engine: Engine) -> None:
    made(engine, "2026-02-02")
    quake = story_of(made(engine, "2026-02-03"), "n4")
    (change,) = quake.changes
    assert (change.about, change.before, change.after) == ("deaths", "35", "53")
    assert [side.article_id for side in change.sides] == ["n1", "n4"]
    for side in change.sides:
        article = engine.library.article(side.article_id, side.version)
        assert article.text[side.start : side.end] == side.quote
    assert standing_words(quake) == "update: 1 new article since 2026-02-02; deaths 35 → 53"


def test_what_repeats_a_sentence_that_was_told_is_not_new(library: Path, tmp_path: Path) -> None:
    review = "A look back at the week in Japan, with its shrines, its markets and its late winter. " + TRAINS
    take_in(
        library, jsonl(tmp_path / "more.jsonl", [told(8, "The week in Japan", review, "2026-02-03", source="Gazette")])
    )
    with engine_at(library) as engine:
        made(engine, "2026-02-02")
        week = story_of(made(engine, "2026-02-03"), "n8")
        assert week.earlier is not None
        assert (week.status, week.earlier.title) == ("update", "Snow halts trains to Kanazawa")


def test_a_past_day_made_again_reads_only_what_was_told_of_days_before_it(engine: Engine) -> None:
    made(engine, "2026-02-03")
    earlier = made(engine, "2026-02-02")
    assert earlier.since is None
    assert {story.status for story in earlier.stories} == {"new"}
    again = made(engine, "2026-02-03")
    assert again.since is not None


def test_a_window_is_compared_with_what_ended_before_it_ends(engine: Engine) -> None:
    made(engine, "2026-02-02")
    both, _ = briefed(engine, first="2026-02-02", last="2026-02-03")
    assert story_of(both, "n3").status == "seen"  # the same article was told
    assert story_of(both, "n4").status == "update"
    assert story_of(both, "n4").added == ("n4",)


def test_an_older_article_that_was_not_told_is_not_called_new(engine: Engine) -> None:
    made(engine, "2026-02-03")
    both, _ = briefed(engine, first="2026-02-01", last="2026-02-04")
    assert standing_words(story_of(both, "n1")) == "update: 1 article not told on 2026-02-03"


def test_what_was_deleted_is_not_remembered_until_it_is_restored(engine: Engine) -> None:
    made(engine, "2026-02-02")
    kept = engine.journal.briefings
    assert kept.delete(1, engine.clock()).deleted == engine.clock()
    assert made(engine, "2026-02-03").since is None
    assert kept.restore(1).deleted is None
    assert made(engine, "2026-02-03").since is not None


def test_an_article_that_left_the_library_is_still_known_as_told(library: Path) -> None:
    with engine_at(library) as engine:
        made(engine, "2026-02-02")
        engine.library.remove(["n3"])
        briefing = made(engine, "2026-02-03")
        assert briefing.since is not None
        assert "Snow halts trains to Kanazawa" in {one.title for one in briefing.since.over}


# the file


AT = datetime(2026, 2, 5, 12, tzinfo=UTC)


def test_a_journal_of_the_first_version_gets_room_for_briefings(engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    with sqlite3.connect(folder / "journal.sqlite") as db:
        db.execute(
            "CREATE TABLE conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT NOT NULL, begun TEXT NOT "
            "NULL, changed TEXT NOT NULL, deleted TEXT)"
        )
        db.execute(
            "CREATE TABLE turns (conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, n "
            "INTEGER NOT NULL, asked_at TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (conversation, n)) "
            "WITHOUT ROWID"
        )
        db.execute("INSERT INTO conversations (title, begun, changed) VALUES ('before', ?, ?)", [AT.isoformat()] * 2)
        db.execute("PRAGMA user_version = 1")
    journal = Journal(folder)
    assert [one.title for one in journal.conversations()] == ["before"]
    kept = journal.briefings.keep(made(engine, "2026-02-02"))
    assert [one.number for one in journal.briefings.editions()] == [kept.number]
    assert [one.title for one in journal.conversations()] == ["before"]
    with sqlite3.connect(folder / "journal.sqlite") as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_a_journal_of_the_second_version_keeps_its_briefings_and_what_changed_in_them(tmp_path: Path) -> None:
    dump = Path(__file__).parent / "fixtures" / "journal-2.sql"  # of a file that Newsdesk wrote then
    with sqlite3.connect(tmp_path / "journal.sqlite") as db:
        db.executescript(dump.read_text(encoding="utf-8"))
        first = db.execute("SELECT told FROM revisions WHERE briefing = 1").fetchone()
        db.execute("UPDATE revisions SET told = 'no json' WHERE briefing = 1")
    journal = Journal(tmp_path)
    found = journal.briefings.get(2)
    (change,) = story_of(found, "n4").changes
    assert (change.kind, change.about, change.before, change.after) == ("number", "deaths", "35", "53")
    assert [side.article_id for side in change.sides] == ["n1", "n4"]
    assert (found.topic, found.revision, story_of(found, "n5").status) == ("", 1, "seen")
    assert [turn.answer.question for turn in journal.turns(1)] == ["How many people were killed in Balikesir?"]
    with pytest.raises(LibraryError, match="briefing 1 cannot be read"):
        journal.briefings.get(1)
    with sqlite3.connect(journal.path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert db.execute("SELECT told FROM revisions WHERE briefing = 1").fetchone() == ("no json",)
        db.execute("UPDATE revisions SET told = ? WHERE briefing = 1", first)
    assert {story.status for story in journal.briefings.get(1).stories} == {"new"}
    assert journal.damage() is None
    kept = journal.briefings.keep(replace(found, topic="earthquakes"))
    assert kept.number == 3  # of the same days, and another briefing
    assert [one.topic for one in journal.briefings.editions()] == ["earthquakes", "", ""]


def test_a_deleted_one_does_not_come_back_over_another_of_its_days_and_an_erased_one_leaves_no_word(
    engine: Engine,
) -> None:
    kept = engine.journal.briefings
    made(engine, "2026-02-02")
    kept.delete(1, AT)
    with pytest.raises(NotFoundError, match="was deleted"):
        kept.get(1)
    assert made(engine, "2026-02-02").number == 2
    with pytest.raises(LibraryError, match="briefing 2 is of the same days"):
        kept.restore(1)
    assert [one.number for one in kept.editions(deleted=True)] == [1]
    for number in (1, 2):
        kept.erase(number)
    with pytest.raises(NotFoundError, match="no briefing 1"):
        kept.restore(1)
    for file in engine.journal.path.parent.glob("journal*"):
        assert b"Balikesir" not in file.read_bytes()


def test_a_field_that_is_new_or_gone_does_not_lose_a_briefing(engine: Engine) -> None:
    briefing = made(engine, "2026-02-02")
    with sqlite3.connect(engine.journal.path) as db:
        value = json.loads(db.execute("SELECT told FROM revisions").fetchone()[0])
        del value["notes"]
        value["mood"] = "curious"
        db.execute("UPDATE revisions SET told = ?", (json.dumps(value),))
    assert engine.journal.briefings.get(1) == without_texts(briefing)
    with sqlite3.connect(engine.journal.path) as db:
        db.execute("UPDATE revisions SET told = ?", (json.dumps({**value, "stories": "none"}),))
    with pytest.raises(LibraryError, match="briefing 1 cannot be read"):
        engine.journal.briefings.get(1)
    assert len(Briefings(engine.config.library).editions()) == 1


# what is shown


def test_what_changed_stands_on_top_in_every_form(engine: Engine) -> None:
    made(engine, "2026-02-02")
    briefing = made(engine, "2026-02-03")
    heading, lines = changed(briefing)
    assert heading == "Since the briefing of 2026-02-02"
    assert lines == (
        "1 new: Parliament of Chile debates pensions",
        "update: Balikesir quake toll rises to 53, 1 new article since 2026-02-02; deaths 35 → 53",
        "1 nothing new: Volunteers paint the bridge of Mostar",
        "1 not told again: Snow halts trains to Kanazawa",
    )
    markdown = briefing_markdown(briefing)
    assert markdown.index("Since the briefing of 2026-02-02") < markdown.index("## ")
    assert "deaths 35 → 53[^" in markdown
    page = briefing_html(briefing)
    assert "▲ update: 1 new article" in page
    assert "<script" not in page
    told_of = [story for story in briefing.stories if story.status != "seen"]
    assert page.count("<blockquote") == sum(len(c.citations) for story in told_of for c in story.sentences) + 2
    value = json.loads(dumps(briefing_json(briefing)))
    assert value["since"]["over"][0]["title"] == "Snow halts trains to Kanazawa"
    assert {story["status"] for story in value["stories"]} == {"new", "update", "seen"}


def test_a_page_of_a_hostile_briefing_has_nothing_but_its_own_tags(engine: Engine) -> None:
    briefing = made(engine, "2026-02-02")
    evil = '<img src=x onerror=alert(1)>"\x1b]52;c;x\x07'
    story = briefing.stories[0]
    article = replace(story.articles[0], title=evil, source=evil, url="javascript:alert(1)")
    page = briefing_html(replace(briefing, stories=(replace(story, title=evil, articles=(article,)),), notes=(evil,)))
    assert "<img" not in page
    assert "\x1b" not in page
    assert 'href="javascript' not in page


def test_days_of_an_edition(engine: Engine) -> None:
    briefed(engine, first="2026-02-01", last="2026-02-28")
    (edition,) = engine.journal.briefings.editions()
    assert (edition.first, edition.last) == (date(2026, 2, 1), date(2026, 2, 5))  # as of that day
    assert (edition.stories, edition.articles, edition.updates, edition.seen) == (4, 6, 0, 0)
