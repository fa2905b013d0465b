"""Neighbouring passages: joined they are the article's own text, and what is cited in them is exact."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from fake_llm import FakeLLM, Reply
from fixtures.newsroom import answered, engine_at, jsonl, passages_of, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.cite import Sentence, cite
from qa.evidence import evidence
from qa.neighbours import MOST_JOINED, following, joined
from qa.types import Article, Hit, How, Passage

TEXT = "Ana Dimova opened the bridge. It cost 40 million euros, the mayor said. Work began in 2021. Ferries stopped."


def article(name: str, text: str, version: int = 1) -> Article:
    return Article(name, name, version, f"Title of {name}", "Agency", None, None, text, name)


def passages(one: Article, cuts: list[int]) -> list[Hit]:
    """The passages of an article cut at ``cuts``, which tile it."""
    bounds = [0, *sorted({cut for cut in cuts if 0 < cut < len(one.text)}), len(one.text)]
    return [
        Hit(Passage(f"{one.id}-{n}", one.id, one.version, n, a, b, one.text[a:b]), one, 0.5, How(1, None))
        for n, (a, b) in enumerate(pairwise(bounds))
    ]


@st.composite
def found(draw: st.DrawFn) -> list[Hit]:
    """Some passages of some articles in some order."""
    hits: list[Hit] = []
    for name in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        text = draw(st.text(alphabet="ab .\n“é", min_size=1, max_size=60))
        hits += passages(article(name, text), draw(st.lists(st.integers(0, 60), max_size=8)))
    return [hit for hit in draw(st.permutations(hits)) if draw(st.booleans())]


@given(found())
def test_joined_text_is_the_articles_and_every_passage_is_in_one_of_them(hits: list[Hit]) -> None:
    together = joined(hits)
    for hit in together:
        assert hit.passage.text == hit.article.text[hit.passage.start : hit.passage.end]
    inside = [[one for one in hits if _holds(hit, one)] for hit in together]
    assert sorted(one.passage.id for group in inside for one in group) == sorted(hit.passage.id for hit in hits)
    assert all(1 <= len(group) <= MOST_JOINED for group in inside)
    assert [group[0] for group in inside] == sorted((group[0] for group in inside), key=hits.index)


@given(found())
def test_two_neighbours_are_apart_only_where_three_are_together_already(hits: list[Hit]) -> None:
    together = joined(hits)
    for one, other in following(together_numbered(together)).items():
        assert max(together[i].passage.id.count("+") + 1 for i in (one, other)) == MOST_JOINED


def together_numbered(hits: tuple[Hit, ...]) -> list[Hit]:
    """The joined passages as if each were one of its article's, so that ``following`` finds those side by side."""
    ordered = sorted(hits, key=lambda hit: (hit.article.id, hit.passage.start))
    n, last, numbers = 0, None, {}
    for hit in ordered:
        n = n + 1 if last and last.article.id == hit.article.id and last.passage.end == hit.passage.start else n + 2
        numbers[id(hit)], last = n, hit
    return [
        Hit(
            Passage("", hit.article.id, 1, numbers[id(hit)], hit.passage.start, hit.passage.end, hit.passage.text),
            hit.article, hit.score, hit.how,
        )
        for hit in hits
    ]  # fmt: skip


@given(found(), st.data())
def test_a_number_leads_to_its_article_and_to_exact_characters_of_what_was_sent(
    hits: list[Hit], data: st.DataObject
) -> None:
    together = joined(hits)
    shown = evidence(together)
    assert [item.n for item in shown] == list(range(1, len(together) + 1))
    n = data.draw(st.integers(0, len(together) + 1))
    (sentence,) = cite([Sentence("a b ab", (n,))], together)
    if not 1 <= n <= len(together):
        assert sentence.citations == ()
    for citation in sentence.citations:
        hit = together[n - 1]
        assert (citation.article_id, shown[n - 1].title) == (hit.article.id, citation.title)
        assert hit.article.text[citation.start : citation.end] == citation.quote
        assert hit.passage.start <= citation.start <= citation.end <= hit.passage.end


def _holds(whole: Hit, part: Hit) -> bool:
    return part.passage.id in whole.passage.id.split("+")


def test_the_joined_passage_stands_in_the_place_of_the_best_and_keeps_how_it_was_found() -> None:
    first, second, third = passages(article("a", TEXT), [30, 72])
    (other,) = passages(article("b", "Snow fell."), [])
    together = joined([other, third, first, second])
    assert [hit.article.id for hit in together] == ["b", "a"]
    assert together[1].passage.text == TEXT
    assert (together[1].score, together[1].how) == (third.score, third.how)
    assert (together[1].passage.n, together[1].passage.start, together[1].passage.end) == (0, 0, len(TEXT))


def test_of_two_neighbours_the_better_one_is_taken_in_first() -> None:
    a, b, c, d = passages(article("a", TEXT), [30, 72, 92])
    assert [hit.passage.id for hit in joined([b, c, d, a])] == ["a-1+a-2+a-3", "a-0"]
    assert [hit.passage.id for hit in joined([c, b, a, d])] == ["a-0+a-1+a-2", "a-3"]


def test_versions_articles_and_gaps_are_not_bridged() -> None:
    a, _, c = passages(article("a", TEXT), [30, 72])
    old = passages(article("a", TEXT, version=2), [30, 72])[1]
    other = passages(article("b", TEXT), [30, 72])[1]
    assert joined([a, old, other, c]) == (a, old, other, c)
    moved = passages(article("a", TEXT), [31, 72])[1]
    assert joined([a, moved]) == (a, moved)


def test_a_quote_that_crosses_the_border_is_found_exactly() -> None:
    border = TEXT.index("euros")
    one, two = passages(article("a", TEXT), [border])
    said = "It cost 40 million euros, the mayor said."
    (apart,) = cite([Sentence(said, (1,))], [one, two])
    assert apart.citations[0].quote != said
    (together,) = cite([Sentence(said, (1,))], joined([one, two]))
    (citation,) = together.citations
    assert citation.quote == said
    assert citation.start < border < citation.end
    assert TEXT[citation.start : citation.end] == said
    assert together.cited[0].passage == TEXT
    both = "The bridge cost 40 million euros and work on it began in 2021."
    (spliced,) = cite([Sentence(both, (1,))], joined(passages(article("a", TEXT), [72])))
    assert spliced.citations[0].quote == "It cost 40 million euros, the mayor said. Work began in 2021."


TOWNS = [f"{first}{last}" for first in ("Bor", "Dun", "Fel", "Gam", "Hav") for last in ("ane", "eko", "ino", "ova")]
LONG = " ".join(
    f"The harbour of {town} was repaired after the spring floods, and its ferries to the islands sail again each "
    f"morning and each evening, as the council had promised to the fishermen in the hard winter before."
    for town in TOWNS
)


def test_a_model_reads_neighbours_as_one_numbered_text_and_its_quote_crosses_the_border(tmp_path: Path) -> None:
    snow = told(2, "Snow on the harbour", "Snow fell on the harbour.")
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [told(1, "Harbours", LONG), snow]))
    question = "Which harbour was repaired after the floods?"
    with FakeLLM() as server, engine_at(tmp_path / "library", url=server.url) as engine:
        hits = answered(engine, question).hits
        one, other = next(pair for pair in sorted(following(hits).items()) if _together(hits, *pair))
        before, after = (_towns(hits[i]) for i in (one, other))
        n = next(n for n, hit in enumerate(joined(hits), 1) if _holds(hit, hits[one]))
        server.queue(Reply([f"{before[-1]} and {after[0]} were repaired [{n}]."]))
        answer = answered(engine, question)
        shown = passages_of(server.bodies[-1])
    assert answer.hits == hits
    assert len(shown) < len(hits)
    assert all(text in {LONG, snow["text"]} or text in LONG for text in shown.values())
    assert hits[one].passage.text + hits[other].passage.text.rstrip() in shown[n]
    (citation,) = answer.claims[0].citations
    assert citation.start < hits[one].passage.end < citation.end
    assert LONG[citation.start : citation.end] == citation.quote
    assert before[-1] in citation.quote
    assert after[0] in citation.quote


def _together(hits: Sequence[Hit], one: int, other: int) -> bool:
    return any(_holds(hit, hits[one]) and _holds(hit, hits[other]) for hit in joined(hits))


def _towns(hit: Hit) -> list[str]:
    return [town for town in TOWNS if town in hit.passage.text]
