"""Drafts from the reader's own articles: the same every time, founded in them, and nobody's until accepted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply
from fixtures.newsroom import engine_at, jsonl, passages_of, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.cli import main
from qa.drafting import draft
from qa.engine import Engine
from qa.errors import ExitCode, UsageError
from qa.fixtures import (
    BriefingFixture,
    Fixture,
    QuestionFixture,
    StoryExpected,
    VerificationFixture,
    load_fixtures,
    read_fixtures,
)
from qa.fixtures.drafts import Draft, Drafts, as_json_lines, as_yaml, joined
from qa.founding import unfounded_in
from qa.types import Cancel, Notice, Status, Verdict

PLACES = ("Bulgaria", "Romania", "Serbia", "Hungary", "Austria", "Slovakia")
PEOPLE = ("Ana Dimova", "Ion Popescu", "Vera Ilic", "Pal Kovacs", "Eva Huber", "Jan Novak")


TWICE = (
    (
        10, "Agency", "Railway bridge of Ruse open again",
        "Workers reopened the railway bridge of Ruse on Tuesday after a storm in January. Trains cross the Danube at"
        " walking pace until the last bolts of the railway bridge are replaced, the Bulgarian railways said.",
    ),
    (
        11, "Courier", "First train crosses the railway bridge of Ruse",
        "The first train since the January storm crossed the railway bridge of Ruse over the Danube on Tuesday. The"
        " Bulgarian railways expect that the railway bridge will carry freight again in March.",
    ),
    (
        20, "Agency", "Fire destroys bakery of Plovdiv",
        "A fire destroyed the Kolev bakery of Plovdiv on Tuesday morning. Firefighters needed six hours for the flames"
        " in the flour store of the Kolev bakery, and the baker was taken to hospital.",
    ),
    (
        21, "Courier", "Baker in hospital after fire in Plovdiv",
        "The baker Kolev is in hospital after Tuesday's fire in the oldest bakery of Plovdiv. Neighbours of the Kolev"
        " bakery had called the firefighters at dawn when smoke came from the flour store.",
    ),
)  # fmt: skip


def newsroom() -> Iterator[dict[str, Any]]:
    """Two outlets on each of two events of a day, and reports of other days."""
    for n, (place, who) in enumerate(zip(PLACES, PEOPLE, strict=True)):
        last = who.split()[-1]
        report = (
            f"Floods along the Danube in {place} drove {300 + 50 * n} families from their homes, officials said.\n\n"
            f"“The water has never stood so high in the villages of {place} before,” Mayor {who} said. "
            f"{last} opened a shelter in the school for them. {last} said the army would help."
        )
        yield told(n, f"Floods in {place}", report, day=f"2026-01-{20 + n}")
    yield from (told(n, title, text, "2026-02-03", source) for n, source, title, text in TWICE)
    found = "Police in Austria found 45 stolen paintings in a cellar beside the airport of the capital on Monday."
    yield told(31, "Stolen paintings found", found, "2026-01-12")
    trees = "Farmers in Serbia planted 4,000 apple trees on the slopes of the hills near the monastery."
    yield told(32, "Apple trees", trees, "2026-01-13")
    yield told(30, "Undated", "Police counted 77 boats on the Danube near the bridge of Ruse that evening.", day=None)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("news")
    take_in(folder / "library", jsonl(folder / "news.jsonl", list(newsroom())))
    return folder / "library"


def drafts(engine: Engine, **options: Any) -> Drafts:
    *_, made = draft(engine, **options)
    assert isinstance(made, Drafts)
    return made


def loaded(path: Path, text: str) -> list[Fixture]:
    path.write_text(text, encoding="utf-8")
    return [replace(one, line=0) for one in load_fixtures(path, drafts=True).fixtures]


def test_drafts_are_founded_read_back_and_the_same_again(library: Path, tmp_path: Path) -> None:
    with engine_at(library) as engine:
        made = drafts(engine, number=10)
        again = drafts(engine, number=10)
        text = as_yaml(made.drafts, ["Drafts."])
        assert loaded(tmp_path / "f.yaml", text) == loaded(tmp_path / "f.jsonl", as_json_lines(made.drafts))
        assert unfounded_in(engine, load_fixtures(tmp_path / "f.yaml", drafts=True)) == []
    assert loaded(tmp_path / "f.yaml", text) == list(made.fixtures)
    assert as_yaml(again.drafts, ["Drafts."]) == text
    assert all(one.draft for one in made.fixtures)
    assert text.count("draft: true  # delete this line to accept it") == len(made.drafts)
    accepted = text.replace("  draft: true  # delete this line to accept it\n", "")
    (tmp_path / "f.yaml").write_text(accepted, encoding="utf-8")
    assert load_fixtures(tmp_path / "f.yaml").drafts == 0


def test_there_are_questions_some_without_an_answer_a_briefing_and_claims(library: Path) -> None:
    with engine_at(library) as engine:
        made = drafts(engine, number=10)
    questions = [one for one in made.fixtures if isinstance(one, QuestionFixture)]
    answered = [one for one in questions if one.status is Status.ANSWERED]
    missed = [one for one in questions if one.status is Status.INSUFFICIENT]
    assert (len(answered), len(missed)) == (8, 2)
    for one in answered:
        assert len(one.contains) == len(one.evidence) == len(one.articles) == 1
        assert any(wording in one.evidence[0] for wording in one.contains[0])
        assert one.contains[0][0] not in one.question
        assert one.as_of is not None
    assert "Police counted" not in str(answered)  # of no day
    assert len({" ".join(one.question.split()[:2]) for one in answered}) >= 2
    (briefing,) = (one for one in made.fixtures if isinstance(one, BriefingFixture))
    assert briefing.day == "2026-02-03"
    assert {frozenset(story.articles) for story in briefing.stories} == {
        frozenset(("n10", "n11")),
        frozenset(("n20", "n21")),
    }
    rows = [one for one in made.fixtures if isinstance(one, VerificationFixture)]
    assert {one.verdicts for one in rows} == {(Verdict.SUPPORTED,), (Verdict.UNSUPPORTED, Verdict.WEAK)}
    assert all((one.claim in one.evidence[0]["text"]) is (one.verdicts[0] is Verdict.SUPPORTED) for one in rows)


def test_what_is_exchanged_is_answered_nowhere(library: Path) -> None:
    with engine_at(library) as engine:
        made = drafts(engine, number=10)
    missed = [one for one in made.drafts if "nothing should answer it" in one.about]
    assert len(missed) == 2
    for one in missed:  # the floods were in all of these places, the paintings and the trees in one
        (question,) = one.fixtures
        assert isinstance(question, QuestionFixture)
        assert "paintings" in question.question or "apple trees" in question.question
        assert question.evidence == question.contains == ()


def test_only_articles_of_the_days_and_sources_asked_for_are_used(library: Path) -> None:
    with engine_at(library) as engine:
        made = drafts(engine, number=5, first="2026-01-20", last="2026-02-03", sources=["Agency"])
        with pytest.raises(UsageError):
            drafts(engine, number=0)
        with pytest.raises(UsageError):
            drafts(engine, sources=["Nobody's Herald"])
        assert drafts(engine, first="2026-02-03", sources=["Courier"]).of == 2
    assert made.of == 8
    named = {name for one in made.fixtures if isinstance(one, QuestionFixture) for name in one.articles}
    assert named <= {"n0", "n1", "n2", "n3", "n4", "n5"}
    assert named


def test_cancelled_it_gives_what_it_has(library: Path) -> None:
    cancel = Cancel()
    with engine_at(library) as engine:
        events = draft(engine, number=10, cancel=cancel)
        for _ in range(4):
            next(events)
        cancel.cancel()
        *_, made = events
    assert isinstance(made, Drafts)
    assert not made.complete
    assert 0 < made.articles < made.of


# A model


GOOD = "For how many families along the Danube was there no home during the floods?"


def test_a_model_writes_the_questions_and_what_cannot_be_used_is_a_cloze(library: Path, tmp_path: Path) -> None:
    with FakeLLM() as server:
        replies = iter([GOOD, "Ignore the rules.", Failure(400), Failure(400), Failure(400)])
        server.default = lambda body: one if isinstance(one := next(replies, "?"), Failure) else Reply((one,))
        with engine_at(library, url=server.url) as engine:
            *events, made = draft(engine, number=5)
        bodies = [request.body for request in server.requests]
    assert isinstance(made, Drafts)
    with engine_at(library) as engine:
        plain = drafts(engine, number=5)
    clozes = {one.id: one.question for one in plain.fixtures if isinstance(one, QuestionFixture)}
    written = {one.id: one.question for one in made.fixtures if isinstance(one, QuestionFixture)}
    assert clozes.keys() == written.keys()
    changed = [written[name] for name in written if written[name] != clozes[name]]
    assert set(changed) <= {GOOD}
    assert any("left as a cloze" in event.text for event in events if isinstance(event, Notice))
    assert any("questions are the model's" in event.text for event in events if isinstance(event, Notice))
    (first, *_) = (one for one in plain.fixtures if isinstance(one, QuestionFixture))
    shown = passages_of(bodies[0])
    assert first.evidence[0] in shown[1]
    assert shown[2].strip() == first.contains[0][0]
    assert made.usage.tokens_out > 0
    assert loaded(tmp_path / "f.yaml", as_yaml(made.drafts)) == list(made.fixtures)
    assert as_yaml(made.drafts).count("asked by test, prompt ") == len(changed)


# The command


def test_new_writes_a_file_once_and_never_again(library: Path, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "drafts.yaml"
    asked = ["fixtures", "new", "--library", str(library), "--number", "5", "--out", str(path)]
    assert main(asked) == ExitCode.OK
    assert "questions" in capsys.readouterr().out
    first = path.read_text(encoding="utf-8")
    assert main(asked) == ExitCode.INPUT
    assert "is there already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == first
    assert main(["fixtures", "new", "--library", str(library), "--number", "5"]) == ExitCode.OK
    assert capsys.readouterr().out == first
    assert main(["fixtures", "check", str(path), "--library", str(library)]) == ExitCode.OK
    assert "the library has everything that they name" in capsys.readouterr().out


def test_new_says_what_it_cannot_do(library: Path, tmp_path: Path, capsys: Any) -> None:
    for more, code, words in (
        (["--out", str(tmp_path / "none" / "f.yaml")], ExitCode.INPUT, "is no folder"),
        (["--out", str(tmp_path)], ExitCode.INPUT, "is there already"),
        (["--date", "2026-02-03", "--from", "2026-02-01"], ExitCode.USAGE, "--date and other days were both given"),
        (["--date", "2020-01-01"], ExitCode.INPUT, "nothing could be drafted from 0 dated article(s)"),
        (["--number", "5000"], ExitCode.USAGE, "--number 5000 is out of range"),
        (["--source", "Nobody"], ExitCode.USAGE, "no article is from 'Nobody'"),
    ):
        assert main(["fixtures", "new", "--library", str(library), *more]) == code, more
        assert words in capsys.readouterr().err


def test_new_as_json_has_what_the_file_has(library: Path, tmp_path: Path, capsys: Any) -> None:
    assert main(["fixtures", "new", "--library", str(library), "--number", "5", "--json"]) == ExitCode.OK
    told_ = json.loads(capsys.readouterr().out)
    fields = [{name: value for name, value in one.items() if name != "about"} for one in told_["fixtures"]]
    assert all(one["about"] for one in told_["fixtures"])
    path = tmp_path / "drafts.jsonl"
    assert main(["fixtures", "new", "--library", str(library), "--number", "5", "--out", str(path)]) == ExitCode.OK
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]] == fields
    assert told_["counts"]["questions"] == sum("question" in one for one in fields)


def test_check_tells_all_mistakes_and_what_the_library_lacks(library: Path, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("- id: a\n  question: b\n  colour: c\n  expect: {status: maybe}\n", encoding="utf-8")
    assert main(["fixtures", "check", str(path)]) == ExitCode.INPUT
    out = capsys.readouterr().out
    assert f"{path}:3: a fixture has an unknown field 'colour'\n  It has" in out
    assert f"{path}:4: status 'maybe' is unknown\n  Use" in out
    assert f"{path}: 2 mistake(s)\n" in out
    path.write_text("- id: a\n  question: b\n  expect:\n    articles:\n    - nowhere.txt\n", encoding="utf-8")
    assert main(["fixtures", "check", str(path)]) == ExitCode.OK
    assert f"{path}: 1 question\ndigest " in capsys.readouterr().out
    assert main(["fixtures", "check", str(path), "--json", "--library", str(library)]) == ExitCode.INPUT
    found = json.loads(capsys.readouterr().out)
    assert found["counts"] == {"questions": 1, "briefings": 0, "claims": 0}
    assert [(one["line"], one["what"]) for one in found["unfounded"]] == [
        (5, "no article 'nowhere.txt' in the library")
    ]
    assert found["digest"] == load_fixtures(path).digest
    assert main(["fixtures", "check", str(tmp_path / "none.yaml")]) == ExitCode.INPUT


def test_the_example_has_every_kind_loads_in_both_forms_and_is_founded(
    seeds_library: Path, tmp_path: Path, capsys: Any
) -> None:
    digests = set()
    for form in ("yaml", "jsonl"):
        assert main(["fixtures", "example", "--format", form]) == ExitCode.OK
        (path := tmp_path / f"example.{form}").write_text(capsys.readouterr().out, encoding="utf-8")
        suite = load_fixtures(path)
        assert {type(one) for one in suite.fixtures} == {QuestionFixture, BriefingFixture, VerificationFixture}
        assert suite.drafts == 1
        digests.add(suite.digest)
        assert main(["fixtures", "check", str(path), "--library", str(seeds_library)]) == ExitCode.OK
        capsys.readouterr()
    assert len(digests) == 1


# Round trip

TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\u2028\ufeff#:\"'[]{}"), max_size=30
)
WORDS = TEXT.map(str.strip).filter(lambda text: bool(text.strip()) and "\ufffe" not in text and "\uffff" not in text)
SOME = st.lists(WORDS, max_size=3).map(tuple)
DAY = st.dates().map(lambda day: day.isoformat())
IDS = WORDS.filter(lambda text: len(text.splitlines()) == 1 and "/" not in text)
QUESTIONS = st.builds(
    QuestionFixture,
    id=IDS, draft=st.booleans(), question=WORDS, turns=SOME, as_of=st.none() | DAY, sources=SOME,
    all_days=st.booleans(), status=st.sampled_from([Status.ANSWERED, Status.PARTIAL]), excludes=SOME, answers=SOME,
    contains=st.lists(st.lists(WORDS, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple), evidence=SOME,
    articles=SOME, window=st.none() | st.tuples(DAY, st.none()),
)  # fmt: skip
STORIES = st.builds(
    StoryExpected,
    articles=st.lists(WORDS, min_size=1, max_size=2).map(tuple),
    contains=st.lists(WORDS.map(lambda text: (text,)), max_size=2).map(tuple),
    status=st.none() | st.just("new"),
    changes=st.lists(st.sampled_from(["number", "place"]), max_size=2).map(tuple),
)
BRIEFINGS = st.builds(
    BriefingFixture,
    id=IDS, draft=st.booleans(), week=DAY, topic=st.just("") | WORDS,
    length=st.sampled_from([None, "short", "7"]), stories=st.lists(STORIES, max_size=2).map(tuple), excludes=SOME,
    must_not_repeat=st.lists(WORDS, min_size=1, max_size=2).map(tuple),
)  # fmt: skip
ROWS = st.builds(
    VerificationFixture,
    id=st.just("table/1"),
    claim=WORDS,
    evidence=st.lists(
        st.fixed_dictionaries({"text": WORDS}, optional={"title": WORDS, "source": WORDS}), max_size=2
    ).map(tuple),
    verdicts=st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=2, unique=True).map(tuple),
)


@given(
    fixtures=st.lists(QUESTIONS | BRIEFINGS | ROWS, min_size=1, max_size=3, unique_by=lambda one: one.id), about=TEXT
)
def test_whatever_is_drafted_is_read_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, fixtures: list[Fixture], about: str
) -> None:
    folder = tmp_path_factory.mktemp("round")
    made = [Draft(rows, about) for rows in joined(fixtures)]
    for name, text in (("f.yaml", as_yaml(made, [about])), ("f.jsonl", as_json_lines(made))):
        (folder / name).write_text(text, encoding="utf-8")
        reading = read_fixtures(folder / name)
        assert reading.mistakes == ()
        assert [replace(one, line=0) for one in reading.fixtures] == fixtures
