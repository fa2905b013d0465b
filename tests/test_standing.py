"""Standing questions: kept, answered anew by each briefing with what is new, and compared with the days before only."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply
from fixtures.newsroom import briefed, engine_at, jsonl, take_in, told

from qa.cli import main
from qa.engine import Engine
from qa.errors import ExitCode, LibraryError, NotFoundError, UsageError
from qa.journal import Journal
from qa.journal.standing import MOST
from qa.llm import REFUSAL
from qa.recheck import recheck
from qa.render import briefing_as, briefing_html, briefing_json, briefing_linear, briefing_markdown, dumps
from qa.standing import LONGEST, add, says_new
from qa.topical import names_nothing, subject_of
from qa.types import Briefing, Cancel, Citation, Claim, Rechecked, RecheckReport, Standing, Verdict

AT = datetime(2026, 2, 5, 12, tzinfo=UTC)
UNION = "the customs union: anything new?"
TALKS = (
    "Talks on the customs union between the EU and Türkiye will begin in Brussels in March, Commissioner Sefcovic "
    "said. The agenda has 12 chapters."
)
AGAIN = (
    "Talks on the customs union between the EU and Türkiye will begin in Brussels in March, Commissioner Sefcovic "
    "told reporters. Snow fell in Brussels."
)
VETO = (
    "Cyprus threatened to veto the customs union with Türkiye, Foreign Minister Constantinos Kombos said in Nicosia. "
    "Ferries to Limassol were late."
)
RAIN = "Rain flooded 14 streets of Porto, the fire brigade of Porto announced. Trams stood still until noon."
NEWS = [
    told(1, "Customs union talks to begin in March", TALKS, "2026-02-01"),
    told(2, "Porto under water", RAIN, "2026-02-01"),
    told(3, "Customs union: talks in March", AGAIN, "2026-02-02", source="Gazette"),
    told(4, "Cyprus threatens to veto the customs union", VETO, "2026-02-03", source="Herald"),
    told(5, "More rain in Porto", RAIN.replace("14", "19"), "2026-02-03"),
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", NEWS))
    return tmp_path / "library"


@pytest.fixture
def engine(library: Path) -> Iterator[Engine]:
    with engine_at(library) as made:
        yield made


def asked(engine: Engine, day: str, **options: Any) -> Standing:
    """The answer that the briefing of ``day`` gives to the one question there is."""
    (one,) = briefed(engine, day=day, **options)[0].standing
    return one


def cited(one: Standing) -> set[str]:
    return {citation.article_id for claim in one.claims for citation in claim.citations}


# what is new


def test_each_briefing_says_what_is_new_since_the_one_before_or_that_nothing_is(engine: Engine) -> None:
    add(engine, UNION)
    first, second, third = (asked(engine, f"2026-02-0{n}") for n in (1, 2, 3))
    assert (first.status, first.since, cited(first)) == ("new", None, {"n1"})
    assert (second.status, second.since, second.claims) == ("nothing_new", date(2026, 2, 1), ())
    assert (third.status, third.since, third.told, cited(third)) == (
        "new", date(2026, 2, 2), date(2026, 2, 1), {"n4"},
    )  # fmt: skip
    assert all(claim.verdict is Verdict.SUPPORTED for one in (first, third) for claim in one.claims)
    assert not [claim for one in (first, third) for claim in one.claims if "Limassol" in claim.text]
    listed = engine.journal.standing.questions()
    assert [(one.question, one.answered, one.told) for one in listed] == [
        (UNION, date(2026, 2, 3), date(2026, 2, 3)),
    ]


def test_every_sentence_is_cited_to_exact_words_and_numbered_from_one(engine: Engine) -> None:
    add(engine, UNION)
    one = asked(engine, "2026-02-03")
    assert {citation.n for claim in one.claims for citation in claim.citations} == {1}
    for claim in one.claims:
        for citation in claim.citations:
            article = engine.library.article(citation.article_id, citation.version)
            assert article.text[citation.start : citation.end] == citation.quote


def test_a_day_made_again_and_a_past_day_are_compared_with_the_days_before_them_alone(engine: Engine) -> None:
    add(engine, UNION)
    made = [asked(engine, f"2026-02-0{n}") for n in (1, 2, 3)]
    assert [asked(engine, f"2026-02-0{n}") for n in (3, 3, 2, 1)] == [made[2], made[2], made[1], made[0]]


def test_after_a_gap_the_days_between_are_asked_as_well(engine: Engine) -> None:
    add(engine, "Porto rain")
    assert asked(engine, "2026-02-01").status == "new"
    third = asked(engine, "2026-02-03")
    assert (third.window.start, third.window.end) == (date(2026, 2, 2), date(2026, 2, 3))
    assert ("19" in third.claims[0].text, cited(third)) == (True, {"n5"})  # another number is news in the same words


def test_what_was_never_there_is_absent_and_later_no_news(engine: Engine) -> None:
    add(engine, "volcanoes of Iceland")
    assert [asked(engine, f"2026-02-0{n}").status for n in (1, 2)] == ["absent", "absent"]
    assert asked(engine, "2026-02-02").since == date(2026, 2, 1)


def test_a_question_is_answered_and_not_only_a_subject(engine: Engine) -> None:
    add(engine, "How many streets of Porto were flooded?")
    first, second, third = (asked(engine, f"2026-02-0{n}") for n in (1, 2, 3))
    assert [one.status for one in (first, second, third)] == ["new", "nothing_new", "new"]
    assert [one.claims[0].text.split()[2] for one in (first, third)] == ["14", "19"]


def test_a_briefing_of_one_source_asks_that_source_and_does_not_stand_for_the_others(engine: Engine) -> None:
    add(engine, "Cyprus and the customs union")
    assert asked(engine, "2026-02-03", sources=["Agency"]).status == "absent"
    assert asked(engine, "2026-02-03", sources=["Herald"]).status == "new"
    add(engine, "source:Herald Cyprus")
    by_source = briefed(engine, day="2026-02-03", sources=["Agency"])[0].standing[1]
    assert (by_source.status, by_source.claims) == ("absent", ())


def test_a_deleted_briefing_is_not_remembered_and_an_erased_one_leaves_no_answer(engine: Engine) -> None:
    add(engine, UNION)
    asked(engine, "2026-02-01")
    kept = engine.journal.briefings
    kept.delete(1, AT)
    second = asked(engine, "2026-02-02")
    assert (second.status, second.since) == ("new", None)
    kept.restore(1)
    assert asked(engine, "2026-02-02").status == "nothing_new"
    kept.erase(1)
    assert asked(engine, "2026-02-02").status == "new"


def test_without_standing_questions_none_are_answered_and_what_was_told_stays_told(engine: Engine) -> None:
    add(engine, UNION)
    asked(engine, "2026-02-01")
    assert briefed(engine, day="2026-02-01", standing=False)[0].standing == ()
    assert asked(engine, "2026-02-02").status == "nothing_new"


def test_cancelled_no_half_answer_is_kept(engine: Engine) -> None:
    from qa.brief import brief

    add(engine, UNION)
    cancel = Cancel()
    for event in brief(engine, day="2026-02-01", cancel=cancel):
        if getattr(event, "stage", "") == "your questions":
            cancel.cancel()
    assert isinstance(event, Briefing)
    assert not event.complete
    assert event.standing == ()
    assert asked(engine, "2026-02-02").status == "new"


def test_two_runs_agree(engine: Engine) -> None:
    add(engine, UNION)
    add(engine, "Who threatened to veto the customs union?")
    one, two = (briefed(engine, first="2026-02-01", last="2026-02-03")[0].standing for _ in range(2))
    assert one == two


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("In January the bridge of Mostar was painted by forty volunteers.", False),  # the same in other words
        ("The bridge of Mostar was painted by sixty volunteers in January.", True),
        ("The bridge of Mostar was painted by forty volunteers in March.", True),
        ("Mayor Ana Maric thanked the forty volunteers of Mostar.", True),
        ("Volunteers painted the bridge.", False),
        ("Engineers fear that its arch may collapse under heavy trucks.", True),
    ],
)
def test_new_is_another_number_day_or_name_or_other_words(text: str, new: bool) -> None:
    quote = "The bridge of Mostar was painted by forty volunteers in January."
    before = Citation(1, "a1", 1, "Bridge", None, None, "text", 0, len(quote), quote)
    claim = Claim(quote, 0, len(quote), (before,), Verdict.SUPPORTED)
    assert says_new(text, {("a2", 1)}, [claim]) is new
    assert not says_new(text, {("a1", 1)}, [claim])  # an article that was cited is told
    assert says_new(text, {("a2", 1)}, [])


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("the customs union: anything new?", "the customs union"),
        ("The customs union - what's new?", "The customs union"),
        ("Customs union, any news?", "Customs union"),
        ("Anything new on the customs union?", "the customs union"),
        ("What is the latest on Joe Biden?", "Joe Biden"),
        ("Are there any developments in the Porto floods?", "the Porto floods"),
        ("any news about “Mr. Bean”?", "Mr. Bean"),
        ("oil prices", "oil prices"),
        ("Who is the new mayor of Porto?", None),
        ("Will the customs union be renewed?", None),
        ("What did Sefcovic say about the customs union?", None),
        ("anything new?", None),
        ("news", None),
        ("", None),
        ("? ! .", None),
    ],
)
def test_the_subject_of_a_question_that_asks_for_news(question: str, subject: str | None) -> None:
    assert subject_of(question) == subject
    assert not (subject and names_nothing(question))


# by a model


def test_a_model_answers_and_what_the_articles_do_not_carry_is_left_out(library: Path) -> None:
    with FakeLLM() as llm, engine_at(library, url=llm.url, repair=False) as engine:
        llm.default = Reply(
            ["Cyprus threatened to veto the customs union with Türkiye [1]. Malta paid 900 million euros [1]."]
        )
        add(engine, UNION)
        one = asked(engine, "2026-02-03")
        assert [claim.text for claim in one.claims] == ["Cyprus threatened to veto the customs union with Türkiye."]
        assert "What is new about the customs union?" in llm.requests[-1].body["messages"][1]["content"]
        llm.default = Reply([REFUSAL])
        assert asked(engine, "2026-02-03").status == "absent"


def test_where_the_model_fails_the_questions_are_quoted_and_a_note_says_so(library: Path) -> None:
    with FakeLLM() as llm, engine_at(library, url=llm.url) as engine:
        llm.default = Failure(400)
        add(engine, UNION)
        add(engine, "rain in Porto")
        briefing, notices = briefed(engine, day="2026-02-03")
        assert [one.status for one in briefing.standing] == ["new", "new"]
        said = [note for note in briefing.notes if "quoted from the question" in note]
        assert len(said) == 1
        assert said[0] in notices


# which are kept


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("anything new?", "nothing to look for"),
        ("what's new?", "nothing to look for"),
        ("what happened?", "nothing to look for"),
        ("x" * (LONGEST + 1), "301 characters"),
        ("the talks on 30 February", "no 30 February"),
        ("source:Nobody the talks", "no article is from"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(engine: Engine, typed: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong) as caught:
        add(engine, typed)
    assert caught.value.hint
    assert engine.journal.standing.questions() == []


def test_a_double_is_refused_and_so_is_one_too_many_until_another_is_removed(engine: Engine) -> None:
    kept = engine.journal.standing
    assert add(engine, f"  {UNION} ").question == UNION
    with pytest.raises(UsageError, match="standing question 1 already"):
        add(engine, "The customs union – ANYTHING new")
    for n in range(2, MOST + 1):
        add(engine, f"the town of Region{n}")
    with pytest.raises(UsageError, match=f"{MOST} standing questions"):
        add(engine, "one more town")
    assert kept.remove(2, AT).removed == AT
    with pytest.raises(NotFoundError, match="removed before"):
        kept.remove(2, AT)
    assert add(engine, "one more town").number == MOST + 1
    with pytest.raises(UsageError, match=f"{MOST} standing questions"):
        kept.restore(2)
    kept.remove(3, AT)
    assert kept.restore(2).removed is None
    assert kept.restore(2).removed is None
    assert [one.number for one in kept.questions(removed=True)] == [3]


def test_a_restored_question_remembers_what_was_told_and_an_erased_one_is_gone(engine: Engine) -> None:
    kept = engine.journal.standing
    add(engine, UNION)
    asked(engine, "2026-02-01")
    kept.remove(1, AT)
    assert briefed(engine, day="2026-02-02")[0].standing == ()
    kept.restore(1)
    assert asked(engine, "2026-02-02").status == "nothing_new"
    assert kept.erase(1).number == 1
    for number in (1, 7):
        with pytest.raises(NotFoundError, match=f"no standing question {number}"):
            kept.restore(number)
    assert add(engine, UNION).number == 2  # no number is given twice
    with closing(sqlite3.connect(kept.path)) as db:
        assert db.execute("SELECT count(*) FROM standing_answers").fetchone() == (0,)


def test_without_a_journal_none_is_kept_and_none_answered(engine: Engine, library: Path) -> None:
    add(engine, UNION)
    with engine_at(library, journal=False) as without:
        with pytest.raises(UsageError, match="no journal is kept"):
            add(without, "rain in Porto")
        assert briefed(without, day="2026-02-01")[0].standing == ()


def test_a_damaged_journal_leaves_the_briefing_whole_and_says_so(engine: Engine) -> None:
    add(engine, UNION)
    engine.journal.path.write_bytes(b"this is no database, " * 500)
    briefing, _ = briefed(engine, day="2026-02-01")
    assert briefing.stories
    assert briefing.standing == ()
    assert any(note.startswith("standing questions were not answered") for note in briefing.notes)


def test_an_answer_of_a_newer_version_is_told(engine: Engine) -> None:
    add(engine, UNION)
    asked(engine, "2026-02-01")
    with closing(sqlite3.connect(engine.journal.path)) as db, db:
        db.execute('UPDATE standing_answers SET told = \'{"number": "one"}\'')
    with pytest.raises(LibraryError, match="answer to standing question 1 cannot be read"):
        engine.journal.standing.answers(date(2026, 2, 2))


@pytest.mark.parametrize("version", [2, 3])
def test_a_journal_of_an_earlier_version_gets_room_for_questions(tmp_path: Path, version: int) -> None:
    dump = Path(__file__).parent / "fixtures" / "journal-2.sql"  # of a file that Newsdesk wrote then
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as db, db:
        db.executescript(dump.read_text(encoding="utf-8"))
    journal = Journal(tmp_path)
    if version == 3:
        assert journal.standing.questions() == []  # brought up
        with closing(sqlite3.connect(journal.path)) as db, db:
            db.execute("DROP TABLE standing_answers")
            db.execute("DROP TABLE standing")
            db.execute("DROP TABLE followed")
            db.execute("DROP TABLE run_cases")
            db.execute("DROP TABLE runs")
            db.execute("PRAGMA user_version = 3")
    journal.standing.add("the customs union", "the customs union", AT)
    assert [one.question for one in journal.standing.questions()] == ["the customs union"]
    assert len(journal.briefings.editions()) == 2
    assert len(journal.turns(1)) == 1


# shown


def test_every_form_has_the_block_with_what_is_new_and_what_is_not(engine: Engine) -> None:
    add(engine, UNION)
    add(engine, "volcanoes of <b>Iceland</b> *etc*")
    briefed(engine, day="2026-02-02")
    briefing, _ = briefed(engine, day="2026-02-03")
    veto = "Cyprus threatened to veto the customs union with Türkiye"
    markdown, page = briefing_markdown(briefing), briefing_html(briefing)
    linear, plain = briefing_linear(briefing), briefing_as("text", briefing)
    assert "## Your questions" in markdown
    assert "**the customs union: anything new?** *(new since 2026-02-02)*" in markdown
    assert "volcanoes of \\<b\\>Iceland\\</b\\> \\*etc\\* – nothing in the articles of 2026-02-03" in markdown
    assert "<h2>Your questions</h2>" in page
    assert "volcanoes of &lt;b&gt;Iceland&lt;/b&gt;" in page
    assert "Your question: the customs union: anything new? (new since 2026-02-02)." in linear.lines
    assert "★ the customs union: anything new? (new since 2026-02-02)" in plain
    assert plain.count("Cyprus threatens to veto the customs union · Herald · 2026-02-03") == 1  # whose it is, once
    for form in (markdown, page, linear.text):
        assert form.count(veto) >= 2  # the sentence, and the words it rests on
    shown = json.loads(dumps(briefing_json(briefing)))["standing"]
    assert [(one["status"], one["since"], one["told"]) for one in shown] == [
        ("new", "2026-02-02", "2026-02-02"),
        ("absent", "2026-02-02", None),
    ]
    assert veto in shown[0]["claims"][0]["citations"][0]["quote"]


def test_a_kept_briefing_has_its_answers_and_an_older_one_none(engine: Engine) -> None:
    add(engine, UNION)
    briefing, _ = briefed(engine, day="2026-02-01")
    assert engine.journal.briefings.get(1).standing == briefing.standing
    with closing(sqlite3.connect(engine.journal.path)) as db, db:
        db.execute("UPDATE revisions SET told = json_remove(told, '$.standing')")
    assert engine.journal.briefings.get(1).standing == ()


# on the command line


def test_the_command_adds_lists_removes_and_restores(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ran(*arguments: str) -> tuple[int, str, str]:
        code = main(["--library", str(library), *arguments])
        return code, *capsys.readouterr()

    assert ran("standing", "add", *UNION.split())[:2] == (0, f"standing question 1: {UNION}\n")
    code, out, err = ran("standing", "add", UNION)
    assert (code, out) == (ExitCode.USAGE, "")
    assert "`newsdesk standing remove 1` first" in err
    assert "1  the customs union: anything new?  (not answered yet)" in ran("standing", "list")[1]
    code, out, _ = ran("brief", "--date", "2026-02-01")
    assert "## Your questions" in out
    assert "Your questions" not in ran("brief", "--date", "2026-02-01", "--no-standing")[1]
    (one,) = json.loads(ran("--json", "standing", "list")[1])["questions"]
    assert (one["number"], one["answered"], one["told"], one["removed"]) == (1, "2026-02-01", "2026-02-01", None)
    assert "`newsdesk standing restore 1` brings it back" in ran("standing", "remove", "1")[1]
    assert "1  the customs union" in ran("standing", "list", "--removed")[1]
    assert ran("standing", "list")[1] == "0 standing questions\n"
    assert json.loads(ran("standing", "restore", "1", "--json")[1])["removed"] is None
    assert json.loads(ran("standing", "remove", "1", "--for-good", "--json")[1])["erased"] is True
    code, _, err = ran("standing", "restore", "1")
    assert (code, "there is no standing question 1" in err) == (ExitCode.INPUT, True)
    assert ran("standing", "remove", "one")[0] == ExitCode.USAGE
    assert ran("standing")[0] == ExitCode.USAGE
    code, _, err = ran("brief", "--show", "1", "--no-standing")
    assert (code, "stands alone" in err) == (ExitCode.USAGE, True)


def test_what_was_answered_is_read_back_and_an_edited_sentence_is_known(engine: Engine, tmp_path: Path) -> None:
    add(engine, UNION)
    briefing, _ = briefed(engine, day="2026-02-03")
    first = briefing.standing[0].claims[0].text
    for name, text in (("b.md", briefing_markdown(briefing)), ("b.json", dumps(briefing_json(briefing)))):
        export = tmp_path / name
        export.write_text(text, encoding="utf-8")
        *found, report = recheck(engine, export)
        assert isinstance(report, RecheckReport)
        assert (report.changed, report.removed, report.edited) == (0, 0, False)
        (answer, *_) = [one for one in found if isinstance(one, Rechecked) and one.question == 0]
        assert (answer.text, answer.now) == (first, Verdict.SUPPORTED)
        export.write_text(text.replace("threatened to veto", "promised to veto"), encoding="utf-8")
        *_, report = recheck(engine, export)
        assert isinstance(report, RecheckReport)
        assert report.edited
        assert report.changed


def test_a_week_is_compared_with_the_weeks_before_it(engine: Engine) -> None:
    add(engine, UNION)
    for n in (1, 2, 3):
        asked(engine, f"2026-02-0{n}")  # 2026-02-02 is a Monday
    (week,) = briefed(engine, week="2026-02-03")[0].standing
    assert (week.status, week.since, cited(week)) == ("new", date(2026, 2, 1), {"n4"})
