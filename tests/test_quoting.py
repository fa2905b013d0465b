"""What is quoted: different sentences, in an order that reads, each to be read alone, cited where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from qa.answer import checked
from qa.extract import Candidate
from qa.lines import reading
from qa.quoting import Quoted, chosen, quoted
from qa.types import Article, Hit, How, Passage, Published, Verdict

TEXT = (
    "RUSE (Agency) - The mayor Ana Dimova opened the bridge of Ruse on Monday. She thanked the engineers for their "
    "patience and care. It cost 40 million euros and took three years. The ferries will be sold in spring. He will be "
    "missed by many on the river, a captain said. The bridge of Ruse was opened on Monday by the mayor Ana Dimova."
)


def article(name: str = "a", text: str = TEXT) -> Article:
    return Article(name, name, 1, "A bridge", "Agency", None, Published("2026-02-04", date(2026, 2, 4)), text, name)


def hit(of: Article, start: int = 0, end: int | None = None, n: int = 0) -> Hit:
    end = len(of.text) if end is None else end
    passage = Passage(f"{of.id}-{n}", of.id, 1, n, start, end, of.text[start:end])
    return Hit(passage, of, 0.9 - 0.1 * n, How(1, 1))


def candidate(of: Article, n: int, rank: float = 5.0, at: int = 0) -> Candidate:
    line = reading(of.title, of.text).lines[n]
    return Candidate(at, n, line.span, line.text, (), 0.8, rank, True)


def none(article_id: str) -> Sequence[Passage]:
    return ()


def begins(said: Quoted) -> list[str]:
    return [" ".join(sentence.text.split()[:3]) for sentence in said.sentences]


def test_a_sentence_like_one_before_or_hanging_on_one_that_is_not_quoted_is_passed_over() -> None:
    of = article()
    ranked = [candidate(of, n) for n in (0, 5, 4, 3, 2)]
    assert [one.n for one in chosen(ranked, [hit(of)])] == [0, 3]  # 5 says the same, "he" and "it" hang


def test_what_leads_up_to_the_best_comes_before_it_and_the_rest_behind() -> None:
    of = article()
    assert [one.n for one in chosen([candidate(of, n) for n in (3, 0, 2)], [hit(of)])] == [3, 0]
    text = TEXT.replace("It cost", "The bridge cost")
    of = article(text=text)
    assert [one.n for one in chosen([candidate(of, n) for n in (3, 0, 2)], [hit(of)])] == [2, 3, 0]


def test_a_further_sentence_must_nearly_rank_with_the_best_most_of_all_one_of_another_article() -> None:
    one, two = article("a"), article("b", TEXT.replace("ferries", "boats"))
    hits = [hit(one), hit(two)]
    best = candidate(one, 0)
    assert len(chosen([best, candidate(two, 3, rank=4.0, at=1)], hits)) == 2
    assert len(chosen([best, candidate(two, 3, rank=3.0, at=1)], hits)) == 1
    assert len(chosen([best, candidate(one, 3, rank=3.0)], hits)) == 2
    assert len(chosen([best, candidate(one, 3, rank=2.0)], hits)) == 1


def test_no_more_than_three_are_chosen() -> None:
    things = ("bridge was built by Romans", "mill burnt down", "port was sold to Greeks", "tower fell in a storm")
    of = article(text=" ".join(f"The old {thing}." for thing in things))
    assert len(chosen([candidate(of, n) for n in range(4)], [hit(of)])) == 3


def test_a_dateline_is_not_said_and_a_pronoun_has_its_name_while_the_quote_is_verbatim() -> None:
    of = article()
    said = quoted([candidate(of, 0)], [hit(of)], 1, none)
    assert begins(said) == ["The mayor Ana"]
    said = quoted([candidate(of, 1)], [hit(of)], 1, none)
    assert begins(said) == ["She [Ana Dimova]"]
    text, (claim,) = checked(said.sentences, said.hits)
    assert claim.verdict is Verdict.SUPPORTED
    (citation,) = claim.citations
    assert citation.quote == "She thanked the engineers for their patience and care."
    assert of.text[citation.start : citation.end] == citation.quote
    assert text == "She [Ana Dimova] thanked the engineers for their patience and care. [1]"


def test_after_the_sentence_that_names_her_she_needs_no_name() -> None:
    of = article()
    assert begins(quoted([candidate(of, 0), candidate(of, 1)], [hit(of)], 1, none)) == [
        "The mayor Ana",
        "She thanked the",
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_a_sentence_outside_the_passages_found_brings_its_own(n: int) -> None:
    of = article()
    border = TEXT.index("It cost")
    first, second = hit(of, 0, border), hit(of, border, len(TEXT), n=1)
    found = first if n == 3 else second
    said = quoted([candidate(of, n)], [found], 1, lambda article_id: [first.passage, second.passage])
    assert len(said.hits) == 2
    assert said.hits[0] == found
    added = said.hits[1]
    assert (added.how, added.score) == (How(None, None), 0.0)
    assert said.sentences[0].refs == (2,)
    assert added.passage.text == of.text[added.passage.start : added.passage.end]
    _, (claim,) = checked(said.sentences, said.hits)
    assert claim.verdict is Verdict.SUPPORTED


def test_a_hit_behind_those_shown_joins_them_when_it_is_cited_and_scores_never_rise() -> None:
    of = article()
    border = TEXT.index("It cost")
    first, second = hit(of, 0, border), replace(hit(of, border, len(TEXT), n=1), score=0.95)
    said = quoted([candidate(of, 3)], [first, second], 1, none)
    assert [one.passage.id for one in said.hits] == ["a-0", "a-1"]
    assert said.hits[1].score <= said.hits[0].score


def test_an_article_that_was_changed_meanwhile_is_not_quoted() -> None:
    of = article()
    border = TEXT.index("It cost")
    other = replace(hit(of, border, len(TEXT), n=1).passage, version=2)
    assert quoted([candidate(of, 3)], [hit(of, 0, border)], 1, lambda article_id: [other]).sentences == ()
