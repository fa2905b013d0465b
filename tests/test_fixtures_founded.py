"""Fixtures are held against the library before a run: what no article has is named, and what one has is found."""

from __future__ import annotations

from pathlib import Path

from fixtures.newsroom import engine_at, jsonl, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.engine import Engine
from qa.facts import squeezed
from qa.fixtures import QuestionFixture, Suite, load_fixtures
from qa.fixtures.digest import digest_of
from qa.fixtures.founded import Known, unfounded
from qa.founding import unfounded_in

SEEDS = Path(__file__).parent / "fixtures" / "seeds.yaml"


def suite_of(*fixtures: QuestionFixture) -> Suite:
    return Suite(name="t", digest=digest_of(fixtures), fixtures=fixtures)


def known(*texts: str) -> list[Known]:
    return [(f"id{n}", f"https://news.example/{n}", f"{n}.txt", text) for n, text in enumerate(texts, 1)]


def asked(line: int = 1, *evidence: str, articles: tuple[str, ...] = ()) -> QuestionFixture:
    return QuestionFixture(id=str(line), line=line, question="Where?", evidence=evidence, articles=articles)


def lacking(fixtures: list[QuestionFixture], articles: list[Known]) -> list[tuple[int, str]]:
    return [(one.line, one.what) for one in unfounded(suite_of(*fixtures), lambda: articles, lambda name: True)]


def test_evidence_is_found_whatever_its_white_space_case_and_marks() -> None:
    articles = known("He said:\n  “They will  meet in Istanbul”, and left at once.", "Nothing.")
    for text in ('"they will meet in ISTANBUL", and left', "meet", "They will\nmeet in Istanbul’, and left at once."):
        assert lacking([asked(1, text)], articles) == []
        assert lacking([asked(1, text, articles=("2.txt",))], articles) == []
    assert lacking([asked(3, "They will meet in Ankara")], articles) == [
        (3, "evidence in no article: 'They will meet in Ankara'")
    ]
    assert lacking([asked(1, "”", "“ ”")], articles) == [
        (1, "evidence in no article: '”'"),
        (1, "evidence in no article: '“ ”'"),
    ]


def test_articles_are_known_by_id_url_and_file_name() -> None:
    articles = known("One.", "Two.")
    assert lacking([asked(1, articles=("id1", "https://news.example/2", "1.txt"))], articles) == []
    assert lacking([asked(1, articles=("1", "id2"))], articles) == [(1, "no article '1' in the library")]


@given(st.data())
def test_evidence_is_found_wherever_it_stands(data: st.DataObject) -> None:
    words = st.text("abcdéß“”’ -\n", max_size=90)
    texts = data.draw(st.lists(words, min_size=1, max_size=4))
    evidence = data.draw(st.lists(words | st.sampled_from(texts).flatmap(part_of), max_size=5))
    found = lacking([asked(n, one) for n, one in enumerate(evidence, 1)], known(*texts))
    plain = [squeezed(text) for text in texts]
    absent = [
        n for n, one in enumerate(map(squeezed, evidence), 1) if not one or not any(one in text for text in plain)
    ]
    assert [line for line, _ in found] == absent


def part_of(text: str) -> st.SearchStrategy[str]:
    at = st.integers(0, len(text))
    return st.tuples(at, at).map(lambda ends: text[min(ends) : max(ends)])


def test_each_that_is_missing_is_named_in_its_own_line(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text(
        """\
- id: bridge
  question: Who opened the bridge?
  sources:
  - The Ruse Courier
  - Nobody's Herald
  expect:
    evidence:
    - The bridge of Ruse opened
    - The bridge burned.
    articles: [n1, n9]
- id: morning
  briefing: {day: 2026-02-04, sources: [Nobody's Herald]}
  expect:
    stories:
    - articles: [n1]
    - articles:
      - n8
- id: table
  verify: [{claim: c, evidence: [In no article.], verdict: supported}]
""",
        encoding="utf-8",
    )
    article = told(1, "Bridge of Ruse", "The bridge of Ruse opened to traffic.") | {"source": "The Ruse Courier"}
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [article]))
    with engine_at(tmp_path / "library") as engine:
        found = unfounded_in(engine, load_fixtures(path))
    assert [(one.line, one.what) for one in found] == [
        (5, 'no article is from "Nobody\'s Herald"'),
        (9, "evidence in no article: 'The bridge burned.'"),
        (10, "no article 'n9' in the library"),
        (12, 'no article is from "Nobody\'s Herald"'),
        (17, "no article 'n8' in the library"),
    ]
    assert all(one.hint for one in found)


def test_the_seed_fixtures_are_founded(seeds_engine: Engine) -> None:
    assert unfounded_in(seeds_engine, load_fixtures(SEEDS)) == []
