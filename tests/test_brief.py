"""Brief: the stories of a day or a window, every sentence cited and checked, by quotation and by a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply, tokens_read
from fixtures.newsroom import briefed, engine_at, jsonl, passages_of, take_in, told

from qa.brief import brief
from qa.engine import Engine
from qa.errors import UsageError
from qa.importance import STORIES
from qa.leads import MOST_SENTENCES
from qa.llm import REFUSAL
from qa.render import briefing_markdown
from qa.types import Briefing, Cancel, Mode, Progress, Verdict

QUAKE = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Tuesday, killing 3 people, AFAD said. "
    "Interior Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi.",
    "Three people died when a magnitude 6.1 quake hit Türkiye's Balikesir province on Tuesday. Sindirgi was worst hit, "
    "Ali Yerlikaya told reporters, and AFAD sent rescue teams from Izmir. Schools in Balikesir will stay closed until "
    "Monday, the governor's office announced.",
)
OTHER_QUAKE = (
    "A magnitude 5.4 earthquake shook Ishikawa in central Japan on Tuesday, injuring 11 people, officials said. "
    "Governor Hiroshi Hase said trains between Kanazawa and Toyama were halted."
)
ARTICLES = [
    told(1, "Quake kills three in Balikesir", QUAKE[0], source="Agency"),
    told(2, "Three dead in Turkish earthquake", QUAKE[1], source="Gazette"),
    told(3, "Earthquake shakes Ishikawa", OTHER_QUAKE),
    told(4, "Old news", "The old bridge of Mostar was painted on Saturday by forty volunteers.", "2026-01-20"),
    told(5, "Undated news", "The new bridge of Mostar was painted on Sunday by fifty volunteers.", None),
    told(6, "Later news", "The last bridge of Mostar was painted on Friday by sixty volunteers.", "2026-02-09"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("brief")
    take_in(folder / "library", jsonl(folder / "news.jsonl", ARTICLES))
    return folder / "library"


@pytest.fixture(scope="module")
def engine(library: Path) -> Iterator[Engine]:
    with engine_at(library, journal=False) as made:
        yield made


def checked(briefing: Briefing) -> None:
    """Every sentence is cited to exact words of an article of its story, checked, and told once."""
    told_already: set[str] = set()
    for story in briefing.stories:
        assert 1 <= len(story.claims) <= MOST_SENTENCES
        texts = {article.id: article.text for article in story.articles}
        for claim in story.claims:
            assert claim.text not in told_already
            told_already.add(claim.text)
            assert claim.citations
            assert claim.verdict in {Verdict.SUPPORTED, Verdict.WEAK}
            for citation in claim.citations:
                assert texts[citation.article_id][citation.start : citation.end] == citation.quote


def members(briefing: Briefing) -> set[frozenset[str]]:
    return {frozenset(article.id for article in story.articles) for story in briefing.stories}


def test_without_a_day_it_is_the_newest_that_has_articles_and_says_so(engine: Engine) -> None:
    briefing, notices = briefed(engine)
    assert str(briefing.window.start) == str(briefing.window.end) == "2026-02-04"
    assert notices == ["briefing on 2026-02-04, the newest day that has articles"]
    checked(briefing)


def test_two_articles_of_one_event_are_one_story_and_a_like_event_is_another(engine: Engine) -> None:
    briefing, _ = briefed(engine)
    assert members(briefing) == {frozenset({"n1", "n2"}), frozenset({"n3"})}
    assert {article.id for article in briefing.stories[0].articles} == {"n1", "n2"}  # two sources come first
    assert {story.status for story in briefing.stories} == {"new"}


def test_the_second_article_of_a_story_adds_what_the_first_does_not_say(engine: Engine) -> None:
    briefing, _ = briefed(engine)
    story = briefing.stories[0]
    assert {c.article_id for claim in story.claims for c in claim.citations} == {"n1", "n2"}
    assert all(claim.verdict is Verdict.SUPPORTED for claim in story.claims)


def test_undated_articles_and_newer_ones_are_left_out_and_listed(engine: Engine) -> None:
    briefing, _ = briefed(engine, first="2026-02-01", last="2026-02-28")
    assert {(one.article_id, one.reason) for one in briefing.left_out} == {
        ("n5", "undated"),
        ("n6", "newer than 2026-02-05"),
    }
    assert members(briefing) == {frozenset({"n1", "n2"}), frozenset({"n3"})}


def test_a_window_and_a_day_choose_what_is_told(engine: Engine) -> None:
    assert members(briefed(engine, day="2026-01-20")[0]) == {frozenset({"n4"})}
    january, _ = briefed(engine, first="2026-01-01", last="2026-01-31")
    assert members(january) == {frozenset({"n4"})}
    assert (str(january.window.start), str(january.window.end)) == ("2026-01-01", "2026-01-31")


def test_as_of_moves_the_newest_day(engine: Engine) -> None:
    briefing, _ = briefed(engine, as_of="2026-01-31")
    assert str(briefing.window.start) == "2026-01-20"
    assert str(briefing.as_of) == "2026-01-31"
    assert str(briefed(engine, as_of="2026-02-10")[0].window.start) == "2026-02-09"


def test_a_source_chooses_what_is_told(engine: Engine) -> None:
    assert members(briefed(engine, sources=["gazette"])[0]) == {frozenset({"n2"})}


def test_an_empty_window_is_an_empty_briefing_that_says_so(engine: Engine) -> None:
    briefing, _ = briefed(engine, day="2024-02-29")
    assert briefing.stories == ()
    assert briefing.complete
    shown = briefing_markdown(briefing)
    assert shown.split("\n")[1] == "# Briefing, 2024-02-29"
    assert "No articles were published in these days." in shown


def test_a_library_without_dated_articles_says_so(tmp_path: Path) -> None:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", ARTICLES[4:5]))
    with engine_at(tmp_path / "library") as engine:
        briefing, notices = briefed(engine)
    assert briefing.stories == ()
    assert notices == ["no dated article to brief on; ingest some first"]
    assert [one.article_id for one in briefing.left_out] == ["n5"]


@pytest.mark.parametrize(
    "options",
    [
        {"day": "2026-02-30"},
        {"day": "soon"},
        {"day": "2026-02-04", "first": "2026-02-01"},
        {"first": "2026-02-04", "last": "2026-02-01"},
        {"as_of": "0000-00-00"},
        {"sources": ["Nobody"]},
    ],
)
def test_days_and_sources_that_do_not_exist_are_refused_with_a_remedy(engine: Engine, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        list(brief(engine, **options))
    assert caught.value.hint


def test_it_repeats_itself(engine: Engine) -> None:
    one, two = briefed(engine)[0], briefed(engine)[0]
    assert replace(one, usage=two.usage) == two


def test_three_hundred_copies_are_one_story_that_says_nothing_twice(tmp_path: Path) -> None:
    copies = [told(n, "Quake kills three", QUAKE[0], source=f"Paper {n}") for n in range(300)]
    editions = [told(1_000 + n, "Quake", f"{QUAKE[1]} Edition {n}.") for n in range(30)]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [*copies, *editions]))
    with engine_at(tmp_path / "library") as engine:
        briefing, _ = briefed(engine)
    assert len(briefing.stories) == 1
    checked(briefing)
    openings = [claim.text for claim in briefing.stories[0].claims]
    assert len(openings) == len({text.split(",")[0] for text in openings})


@pytest.mark.parametrize("text", ["Snow.", "He said so, and they agreed with what he had said.", "Snow\n\n* * *"])
def test_a_story_of_little_text_has_a_sentence_all_the_same(tmp_path: Path, text: str) -> None:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [told(1, "Weather", text)]))
    with engine_at(tmp_path / "library") as engine:
        briefing, _ = briefed(engine)
    checked(briefing)


def test_more_stories_than_are_told_are_listed_as_left_out(tmp_path: Path) -> None:
    words = "grain canal opera budget vaccine glacier senate orchard harbour tunnel satellite archive".split()
    many = [
        told(n, f"Town{n}", f"The {words[n % 12]} of Region{n} got {n + 10} {words[(n * 7 + 1) % 12]}s, Mayor{n} said.")
        for n in range(STORIES["medium"] + 5)
    ]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", many))
    with engine_at(tmp_path / "library") as engine:
        briefing, _ = briefed(engine)
    assert len(briefing.stories) == STORIES["medium"]
    left_out = {one.article_id: one.reason for one in briefing.left_out}
    told_of = {article.id for story in briefing.stories for article in story.articles}
    assert told_of | set(left_out) == {f"n{n}" for n in range(STORIES["medium"] + 5)}
    assert set(left_out.values()) == {"not in the 12 most important stories"}


def test_cancelled_it_keeps_the_stories_it_has(engine: Engine) -> None:
    cancel = Cancel()
    last = None
    for event in brief(engine, cancel=cancel):
        if isinstance(event, Progress) and event.done == 1:
            cancel.cancel()
        last = event
    assert isinstance(last, Briefing)
    assert not last.complete
    assert len(last.stories) <= 2
    assert "not complete" in briefing_markdown(last)


# By a model


def about(body: dict[str, Any], words: str) -> int | None:
    return next((n for n, text in passages_of(body).items() if words in text), None)


def test_a_models_sentences_are_kept_when_the_articles_carry_them(library: Path) -> None:
    def write(body: dict[str, Any]) -> Reply:
        n = about(body, "Balikesir")
        if n is None:
            return Reply([REFUSAL])
        return Reply(
            [f"An earthquake of magnitude 6.1 struck Balikesir, killing 3 people [{n}]. It cost $9 million [{n}]."]
        )

    with FakeLLM() as server, engine_at(library, url=server.url) as engine:
        server.default = write
        briefing, notices = briefed(engine)
        asked = [body["messages"][1]["content"] for body in server.bodies]
        read = sum(map(tokens_read, server.bodies))
    assert briefing.provenance.mode is Mode.LLM
    first, second = briefing.stories
    assert [claim.text for claim in first.claims] == [
        "An earthquake of magnitude 6.1 struck Balikesir, killing 3 people."
    ]
    assert [c.n for claim in first.claims for c in claim.citations] == [1]
    assert "dropped 1 sentence(s) the articles do not support" in notices
    assert briefing.dropped == 1
    assert "1 dropped that was not" in briefing_markdown(briefing)
    assert second.claims[0].text.startswith("A magnitude 5.4 earthquake shook Ishikawa")  # refused, so quoted
    assert len(asked) == 3  # the invented sentence is asked for again, and comes back as it was
    assert "Headline: " in asked[0]
    assert briefing.usage.tokens_in == read
    assert briefing.notes[0] == f"{first.title}: dropped 1 sentence(s) the articles do not support"
    assert briefing.notes[1].startswith(f"{second.title}: quoted instead of told by the model")
    checked(briefing)


@pytest.mark.parametrize(
    "reply",
    [
        Reply([REFUSAL]),
        Reply(["Everything is invented in Geneva [1]."]),
        Reply(["Nothing here is cited."]),
        Reply(["A magnitude"], finish=None, done=False),
        Failure(400, "no"),
        Failure(401, "wrong key"),
    ],
)
def test_where_a_model_refuses_fails_or_invents_sentences_are_quoted(library: Path, reply: Reply | Failure) -> None:
    with FakeLLM() as server, engine_at(library, url=server.url) as engine:
        server.default = lambda _: reply
        briefing, _ = briefed(engine)
    assert len(briefing.stories) == 2
    assert all(claim.verdict is Verdict.SUPPORTED for story in briefing.stories for claim in story.claims)
    checked(briefing)


def test_captions_and_notices_are_not_told(tmp_path: Path) -> None:
    text = (
        "A man crosses the empty square in Ruse on Thursday. (AP Photo/Ana Petrova)\n\n"
        "Sign up to receive our biggest stories as soon as they are published.\n\n"
        "The council of Ruse closed the old bridge over the Danube on Thursday after cracks were found."
    )
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [told(1, "Bridge closed", text)]))
    with engine_at(tmp_path / "library") as engine:
        said = " ".join(claim.text for claim in briefed(engine)[0].stories[0].claims)
    assert "closed the old bridge" in said
    assert "Sign up" not in said
    assert "AP Photo" not in said
