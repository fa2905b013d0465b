"""Fixtures: every kind is read from YAML and JSON lines, and every mistake is named where it stands."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from fixtures.newsroom import jsonl
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.engine import Engine
from qa.errors import FixtureError
from qa.fixtures import (
    BriefingFixture,
    QuestionFixture,
    StoryExpected,
    Suite,
    VerificationFixture,
    load_fixtures,
    read_fixtures,
    schema,
)
from qa.fixtures.digest import digest_of
from qa.types import Status, Verdict

SEEDS = Path(__file__).parent / "fixtures" / "seeds.yaml"
GOOD: dict[str, Any] = {"id": "a", "question": "Where?", "expect": {"status": "answered"}}
BRIEFING: dict[str, Any] = {"id": "b", "briefing": {"day": "2026-02-05"}, "expect": {"excludes": ["x"]}}
ROW: dict[str, Any] = {"claim": "c", "evidence": ["e"], "verdict": "weak"}
TABLE: dict[str, Any] = {"id": "b", "verify": [ROW]}

EVERY_KIND = """\
# The three kinds.
version: 1
fixtures:
- id: talks
  question: Where do they meet?
  turns: ["Who meets whom?", "And when?"]
  as_of: 2026-02-05
  from: 2026-02-01
  to: 2026-02-04
  all_days: true
  sources: [daily]
  expect:
    status: partial
    contains: [Istanbul, [Friday, 6 February], 1.50]
    excludes: [Ankara]
    answers: [no]
    evidence: ['"They meet," he said.']
    articles: [a.txt]
    window: {from: 2026-02-01}
- id: morning
  draft: true
  briefing:
    day: 2026-02-05
    after: [2026-02-03, 2026-02-04]
    sources: [daily]
    topic: talks
    length: 4
  as_of: 2026-02-06
  expect:
    stories:
    - articles: [a.txt, b.txt]
      contains: [12:30]
      status: update
      changes: [number, place]
    - articles: [c.txt]
    must_not_repeat: [the old]
    excludes: [the false]
- id: claims
  verify:
  - claim: Two met.
    evidence:
    - Two met on Friday.
    - {text: Three met., title: Talks, date: 2026-02-05T10:00:00Z, source: daily}
    verdict: supported
  - {id: three, claim: Four met., evidence: [], verdict: [unsupported, uncited]}
"""


def wrong(path: Path, text: str) -> FixtureError:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FixtureError) as caught:
        load_fixtures(path)
    assert caught.value.hint
    return caught.value


def named(path: Path, text: str, line: int, message: str) -> None:
    """That the mistake of a file is named with its line, and the first mistake by the error."""
    error = wrong(path, text)
    found = read_fixtures(path).mistakes
    assert error.message == found[0].at(path).message
    assert message in "\n".join(one.what for one in found if one.line == line)


def load(path: Path, text: str, *, drafts: bool = False) -> Suite:
    path.write_text(text, encoding="utf-8")
    return load_fixtures(path, drafts=drafts)


def test_every_field_of_every_kind_is_read(tmp_path: Path) -> None:
    suite = load(tmp_path / "f.yaml", EVERY_KIND, drafts=True)
    assert suite.name == "f.yaml"
    assert suite.drafts == 1
    assert suite.fixtures == (
        QuestionFixture(
            id="talks",
            line=4,
            question="Where do they meet?",
            turns=("Who meets whom?", "And when?"),
            as_of="2026-02-05",
            first="2026-02-01",
            last="2026-02-04",
            all_days=True,
            sources=("daily",),
            status=Status.PARTIAL,
            contains=(("Istanbul",), ("Friday", "6 February"), ("1.50",)),
            excludes=("Ankara",),
            answers=("no",),
            evidence=('"They meet," he said.',),
            articles=("a.txt",),
            window=("2026-02-01", None),
        ),
        BriefingFixture(
            id="morning",
            line=20,
            draft=True,
            day="2026-02-05",
            topic="talks",
            sources=("daily",),
            length="4",
            as_of="2026-02-06",
            after=("2026-02-03", "2026-02-04"),
            stories=(
                StoryExpected(
                    articles=("a.txt", "b.txt"),
                    contains=(("12:30",),),
                    status="update",
                    changes=("number", "place"),
                ),
                StoryExpected(articles=("c.txt",)),
            ),
            must_not_repeat=("the old",),
            excludes=("the false",),
        ),
        VerificationFixture(
            id="claims/1",
            line=40,
            claim="Two met.",
            evidence=(
                {"text": "Two met on Friday."},
                {"text": "Three met.", "title": "Talks", "date": "2026-02-05T10:00:00Z", "source": "daily"},
            ),
            verdicts=(Verdict.SUPPORTED,),
        ),
        VerificationFixture(
            id="claims/three",
            line=45,
            claim="Four met.",
            evidence=(),
            verdicts=(Verdict.UNSUPPORTED, Verdict.UNCITED),
        ),
    )


def mistakes() -> list[tuple[dict[str, Any], str]]:
    def asked(**more: Any) -> dict[str, Any]:
        return GOOD | {"id": "b"} | more

    def expect(**more: Any) -> dict[str, Any]:
        return asked(expect={"status": "answered"} | more)

    def days(**more: Any) -> dict[str, Any]:
        return BRIEFING | {"briefing": more}

    def story(**more: Any) -> dict[str, Any]:
        return BRIEFING | {"expect": {"stories": [more]}}

    def row(**more: Any) -> dict[str, Any]:
        return TABLE | {"verify": [ROW | more]}

    return [
        (asked(colour=1), "a fixture has an unknown field 'colour'"),
        (asked(contains_any=["x"]), "unknown field 'contains_any'"),
        (GOOD, "id 'a' stands already in line 1"),
        (asked(as_of="2026-02-30"), "as_of '2026-02-30' is no day"),
        (asked(as_of="20260205"), "as_of '20260205' is no day"),
        (asked(**{"from": "yesterday"}), "from 'yesterday' is no day"),
        (asked(**{"from": "2026-02-03", "to": "2026-02-01"}), "'to' (2026-02-01) is before 'from' (2026-02-03)"),
        (asked(turns="Who?"), "turns is not a list"),
        (asked(draft="yes"), "draft is neither true nor false"),
        (asked(question=None), "a fixture has no question"),
        (asked(question=""), "question holds an empty text"),
        (asked(question="  "), "question holds an empty text"),
        (asked(question=["Where?"]), "question is not a text"),
        (asked(question="a\x07b"), "question holds the character U+0007"),
        (GOOD | {"id": None}, "a fixture has no id"),
        (GOOD | {"id": True}, "id is not a text"),
        (GOOD | {"id": "a\nb"}, "the id is of several lines"),
        (asked(expect=None), "nothing is expected"),
        (asked(expect={}), "nothing is expected"),
        (asked(expect={"evidence": []}), "nothing is expected"),
        (asked(expect=["answered"]), "expect is not a mapping"),
        (expect(says=1), "expect has an unknown field 'says'"),
        (expect(status="maybe"), "status 'maybe' is unknown"),
        (expect(status=["answered"]), "status is not a text"),
        (expect(contains="Istanbul"), "contains is not a list"),
        (expect(contains=[[]]), "contains holds an empty list"),
        (expect(contains=[["a", {"b": 1}]]), "contains is not a text"),
        (expect(evidence=[["x"]]), "evidence is not a text"),
        (expect(evidence=["  "]), "evidence holds an empty text"),
        (expect(articles=[True]), "articles is not a text"),
        (expect(answers=["x"], status="insufficient"), "answers is expected of an answer that is expected to be none"),
        (expect(window={"from": "2026-02-03", "to": "2026-02-01"}), "is before 'from'"),
        (expect(window={"day": "2026-02-03"}), "window has an unknown field 'day'"),
        (GOOD | {"briefing": {"day": "2026-02-05"}}, "a fixture has question and briefing"),
        ({"id": "b", "expect": {"status": "answered"}}, "a fixture has no question, no briefing and nothing to verify"),
        (days(), "a briefing of no days"),
        (BRIEFING | {"briefing": None}, "a briefing of no days"),
        (BRIEFING | {"briefing": "2026-02-05"}, "briefing is not a mapping"),
        (days(date="2026-02-05"), "briefing has an unknown field 'date'"),
        (days(day="2026-13-05"), "day '2026-13-05' is no day"),
        (days(day="2026-02-05", week="2026-02-05"), "day and week were both given"),
        (days(day="2026-02-05", to="2026-02-06"), "day and from were both given"),
        (days(day="2026-02-05", length="endless"), "length 'endless' is unknown"),
        (days(day="2026-02-05", after=["2026-02-05"]), "after has a day (2026-02-05) that is not before"),
        (days(day="2026-02-05", after=["2026-02-04", "2026-02-03"]), "after is not in order"),
        (story(contains=["x"]), "a story has no articles"),
        (story(articles=[]), "a story has no articles"),
        (story(articles=["x"], status="old"), "status 'old' is unknown"),
        (story(articles=["x"], changes=["weather"]), "changes 'weather' is unknown"),
        (story(articles=["x"], text="y"), "a story has an unknown field 'text'"),
        (BRIEFING | {"expect": {"stories": ["x"]}}, "a story is not a mapping"),
        (TABLE | {"verify": []}, "verify has no rows"),
        (TABLE | {"verify": None}, "verify has no rows"),
        (TABLE | {"verify": {"claim": "c"}}, "verify is not a list"),
        (TABLE | {"expect": {}}, "a fixture has an unknown field 'expect'"),
        (TABLE | {"verify": [ROW | {"id": "x"}, ROW | {"id": "x"}]}, "id 'b/x' stands already in line"),
        (row(claim=" "), "claim holds an empty text"),
        (row(verdict=None), "a row has no verdict"),
        (row(verdict=[]), "a row has no verdict"),
        (row(verdict="true"), "verdict 'true' is unknown"),
        (row(verdict=True), "verdict is not a text"),
        (row(evidence=None), "a row has no evidence"),
        (row(evidence="e"), "evidence is not a list"),
        (row(evidence=[{"title": "t"}]), "evidence has no text"),
        (row(evidence=[{"text": "t", "date": "2026-02-30"}]), "date '2026-02-30' is no day"),
        (row(evidence=[{"text": "t", "page": 1}]), "evidence has an unknown field 'page'"),
    ]


@pytest.mark.parametrize(("bad", "message"), mistakes())
def test_a_mistake_in_json_lines_is_named_by_file_and_line(tmp_path: Path, bad: dict[str, Any], message: str) -> None:
    path = tmp_path / "f.jsonl"
    named(path, json.dumps(GOOD) + "\n\n" + json.dumps(bad) + "\n", 3, message)


@pytest.mark.parametrize(("bad", "message"), mistakes())
def test_a_mistake_in_yaml_is_named_by_file_and_line(tmp_path: Path, bad: dict[str, Any], message: str) -> None:
    path = tmp_path / "f.yaml"
    first = "- id: a\n  question: Where?\n  expect: {status: answered}\n"
    apart = json.loads(json.dumps(bad))  # so that no value is an alias of another
    one = yaml.safe_dump([apart], sort_keys=False, allow_unicode=True, default_flow_style=True, width=10_000)
    named(path, first + "- " + one.strip()[1:-1] + "\n", 4, message)


def test_each_mistake_of_a_file_is_named_in_its_own_line(tmp_path: Path) -> None:
    text = EVERY_KIND.replace("as_of: 2026-02-05", "as_of: 2026-02-31").replace("status: partial", "state: partial")
    text = text.replace("[number, place]", "\n      - number\n      - weather")
    text = text.replace("verdict: supported", "verdict: no").replace("    articles: [a.txt]", "    articles: [*a]")
    text = text.replace("    - Two met on Friday.\n", "    - Two met on Friday.\n    - ''\n")
    (path := tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    found = [(one.line, one.what) for one in read_fixtures(path).mistakes]
    lines = {number: line.strip() for number, line in enumerate(text.split("\n"), 1)}
    assert [(lines[line], what) for line, what in found] == [
        ("as_of: 2026-02-31", "as_of '2026-02-31' is no day"),
        ("state: partial", "expect has an unknown field 'state'"),
        ("articles: [*a]", "an alias (*a) is not taken"),
        ("- weather", "changes 'weather' is unknown"),
        ("- ''", "evidence holds an empty text"),
        ("verdict: no", "verdict 'no' is unknown"),
    ]
    assert "5 more mistake(s)" in wrong(path, text).hint


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("f.yaml", "id: a\nquestion: b\n", 1, "a file of fixtures has an unknown field 'id'"),
        ("f.yaml", "just words\n", 1, "not a list"),
        ("f.yaml", "version: 1\n", 1, "not a list"),
        ("f.yaml", "\nversion: 2\nfixtures: [{colour: 1}]\n", 2, "version 2 is newer than this newsdesk"),
        ("f.yaml", "fixtures: []\nversion: one\n", 2, "version is no version of fixtures"),
        ("f.yaml", "version: 1\nfixtures: []\nfixtures: []\n", 3, "fixtures stands already in line 2"),
        ("f.yaml", "- id: a\n  question: [\n", 3, "not YAML"),
        ("f.yaml", "- id: a\n\tquestion: b\n", 2, "not YAML"),
        ("f.yaml", "- !!python/object/apply:os.system [ls]\n", 1, "a tag ("),
        ("f.yaml", "- id: a\n  question: !!int b\n", 2, "a tag ("),
        ("f.yaml", "- just words\n", 1, "a fixture is not a mapping"),
        ("f.yaml", "- {id: a, question: b, as_of: 2026-02-30, expect: {status: answered}}\n", 1, "2026-02-30"),
        ("f.yaml", "- {id: a}\n---\n- {id: b}\n", 2, "a second document"),
        (
            "f.yaml",
            "- id: a\n  id: b\n  question: c\n  expect: {status: answered}\n",
            2,
            "id stands already in line 1",
        ),
        ("f.yaml", "- id: &a x\n  question: b\n  turns: [*a]\n", 3, "an alias (*a)"),
        ("f.yaml", "- id: a\n  question: b\n  <<: {as_of: 2026-02-05}\n", 3, "a merge key"),
        ("f.yaml", "- &a [x, x]\n- &b [*a, *a]\n- &c [*b, *b]\n", 1, "a fixture is not a mapping"),
        ("f.yaml", "- id: a\n  question:\n" + "   [" * 5_000, 3, "within each other"),
        ("f.yaml", "- id: a\n  ? [b]\n  : c\n", 2, "the name of a field is no text"),
        ("f.yaml", "- id: a\n  question: b\x00\n", 2, "U+0000"),
        ("f.jsonl", '{"id": "a",\n', 1, "not JSON"),
        ("f.jsonl", "[1, 2]\n", 1, "a fixture is not a mapping"),
        ("f.jsonl", '\n{"id": "a", "question": "b", "question": "c"}\n', 2, "question stands already in line 2"),
        ("f.jsonl", '{"id": NaN}\n', 1, "NaN is no number"),
        ("f.jsonl", '{"id": "\\ud800", "question": "b"}\n', 1, "U+D800"),
        ("f.jsonl", "[" * 50, 1, "not JSON"),
        ("f.jsonl", "[" * 50 + "]" * 50, 1, "within each other"),
        ("f.jsonl", "[" * 200_000 + "\n", 1, "not JSON"),
        ("f.jsonl", '{"version": 2}\n{"colour": 1}\n', 1, "version 2 is newer"),
        ("f.yaml", "", 0, "holds no fixtures"),
        ("f.yaml", "# nothing\n", 0, "holds no fixtures"),
        ("f.yaml", "[]\n", 0, "holds no fixtures"),
        ("f.yaml", "version: 1\nfixtures: []\n", 0, "holds no fixtures"),
        ("f.jsonl", "\n\n", 0, "holds no fixtures"),
        ("f.jsonl", '{"version": 1}\n', 0, "holds no fixtures"),
    ],
)
def test_a_file_that_is_no_list_of_fixtures_is_refused(
    tmp_path: Path, name: str, text: str, line: int, message: str
) -> None:
    named(tmp_path / name, text, line, message)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("\n- id: é".encode("latin-1"))
    (tmp_path / "large.yaml").write_bytes(b"#" * 32_000_001)
    said = {}
    for name in ("none.yaml", ".", "latin.yaml", "large.yaml"):
        with pytest.raises(FixtureError) as caught:
            load_fixtures(tmp_path / name)
        assert str(tmp_path / name) in caught.value.message
        assert caught.value.hint
        said[name] = caught.value.message
    assert ":2: not UTF-8" in said["latin.yaml"]
    assert "larger than 32 MB" in said["large.yaml"]


def test_drafts_are_passed_over_until_they_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    suite = load(path, EVERY_KIND)
    assert [fixture.id for fixture in suite.fixtures] == ["talks", "claims/1", "claims/three"]
    assert suite.drafts == 1
    accepted = load(path, EVERY_KIND.replace("  draft: true\n", ""))
    assert len(accepted.fixtures) == 4
    assert accepted.drafts == 0
    error = wrong(path, "- {id: a, draft: true, question: b, expect: {status: answered}}")
    assert "drafts only (1)" in error.message


# Digests


def test_yaml_and_json_lines_mean_the_same(tmp_path: Path) -> None:
    as_yaml = load(tmp_path / "f.yaml", EVERY_KIND, drafts=True)
    items = yaml.load(EVERY_KIND, yaml.BaseLoader)["fixtures"]
    items[0]["all_days"] = items[1]["draft"] = True
    as_json = load_fixtures(jsonl(tmp_path / "f.jsonl", [{"version": 1}, *items]), drafts=True)
    assert [replace(one, line=0) for one in as_yaml.fixtures] == [replace(one, line=0) for one in as_json.fixtures]
    assert [one.line for one in as_json.fixtures] == [2, 3, 4, 4]
    assert as_yaml.digest == as_json.digest


def test_the_digest_is_of_what_is_asked_and_expected_alone(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    digest = load(path, EVERY_KIND).digest
    beside, _, listed = EVERY_KIND.partition("fixtures:\n")
    draft = listed[listed.index("- id: morning") : listed.index("- id: claims")]
    question, _, table = listed.partition(draft)
    same = [
        listed,
        "# Another comment.\n" + EVERY_KIND.replace("partial", "'partial'   # as of today"),
        beside + "fixtures:\n" + table + draft + question,
        EVERY_KIND.replace(draft, ""),
        EVERY_KIND.replace("[Istanbul,", "[[Istanbul],"),
        EVERY_KIND.replace("    excludes: [Ankara]\n", "").replace("t:\n", "t:\n    excludes: [Ankara]\n", 1),
    ]
    assert {load(path, text).digest for text in same} == {digest}
    accepted = load(path, EVERY_KIND.replace("  draft: true\n", "")).digest
    assert accepted == load(path, EVERY_KIND, drafts=True).digest != digest


def test_any_change_of_a_field_changes_the_digest(tmp_path: Path) -> None:
    fixtures = load(tmp_path / "f.yaml", EVERY_KIND, drafts=True).fixtures
    digests = {digest_of(fixtures)}
    changed = 0
    for n, fixture in enumerate(fixtures):
        for field in fixture.__dataclass_fields__:
            value = getattr(fixture, field)
            if field not in {"line", "lines", "draft"}:
                other = "another" if isinstance(value, str | None) else ("x",)
                other = {"x": 1.0} if field == "gains" else not value if field == "all_days" else other
                digests.add(digest_of([*fixtures[:n], replace(fixture, **{field: other}), *fixtures[n + 1 :]]))
                changed += 1
    assert len(digests) == changed + 1


def test_a_digest_written_down_stays_what_it_is(tmp_path: Path) -> None:
    assert load(tmp_path / "f.yaml", EVERY_KIND).digest == (
        "732b0a281bd306d45daaffe48c8b7c201fcafc2508248e990a6ce59c362cacca"
    )


# Properties

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "id draft question turns as_of from to sources expect status contains excludes answers evidence"
                " articles window briefing day week after topic length stories must_not_repeat changes verify claim"
                " verdict text title date source version fixtures".split()
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(data=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_whatever_bytes_a_file_has_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    read_or_refused(tmp_path_factory, data)


@settings(max_examples=2 * settings.default.max_examples)
@given(value=VALUES)
def test_whatever_values_a_file_has_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    read_or_refused(tmp_path_factory, json.dumps(value).encode())


def read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("f.yaml", "f.jsonl"):
        (folder / name).write_bytes(data)
        reading = read_fixtures(folder / name)
        if not reading.mistakes:
            assert load_fixtures(folder / name, drafts=True).fixtures == reading.fixtures
            continue
        assert all(mistake.what and mistake.hint for mistake in reading.mistakes)
        with pytest.raises(FixtureError, match=re.escape(str(folder / name))):
            load_fixtures(folder / name)


# The page

PAGE = Path(__file__).parent.parent / "docs" / "fixtures.md"


def test_the_examples_of_the_page_load(tmp_path: Path) -> None:
    blocks = re.findall(r"^```(yaml|jsonl)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    kinds = set()
    for form, text in blocks:
        kinds |= {type(one) for one in load(tmp_path / f"f.{form}", text).fixtures}
    assert len(blocks) == 5
    assert kinds == {QuestionFixture, BriefingFixture, VerificationFixture}


def test_the_page_names_every_field() -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    known = {name for fields in (v for k, v in vars(schema).items() if k.isupper()) for name in names_in(fields)}
    assert {"turns", "must_not_repeat", "verdict", "supported", "seen"} <= known
    assert known <= told


def names_in(fields: object) -> tuple[str, ...]:
    return fields if isinstance(fields, tuple) and all(isinstance(one, str) for one in fields) else ()


# The seeds


def test_the_seed_fixtures_are_many_quote_the_articles_and_have_near_misses(seeds_engine: Engine) -> None:
    fixtures = load_fixtures(SEEDS).fixtures
    assert len(fixtures) >= 18
    texts = [seeds_engine.library.article(row.article.id).text for row in seeds_engine.library.list(0, -1)]
    for one in fixtures:
        assert isinstance(one, QuestionFixture)
        assert one.as_of == "2026-02-05"
        assert all(any(sentence in text for text in texts) for sentence in one.evidence), one.id
        assert bool(one.articles) is bool(one.contains) is (one.status is not Status.INSUFFICIENT), one.id
    assert sum(one.status is Status.INSUFFICIENT for one in fixtures if isinstance(one, QuestionFixture)) >= 6
