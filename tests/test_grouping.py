"""newsdesk stories: every article of the window in exactly one story, at once and one by one, as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fixtures.newsroom import engine_at, jsonl, take_in, told

from qa.cli import main
from qa.engine import Engine
from qa.errors import UsageError
from qa.grouping import grouping
from qa.types import Cancel, Grouping, Notice

QUAKE = (
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Tuesday, killing 3 people, AFAD said. Interior "
    "Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi.",
    "Three people died when a magnitude 6.1 quake hit Türkiye's Balikesir province on Tuesday. Sindirgi was worst hit, "
    "Ali Yerlikaya told reporters, and AFAD sent rescue teams from Izmir.",
    "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Tuesday, killing 5 people, AFAD said. Interior "
    "Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi.",
)
JAPAN = (
    "A magnitude 5.4 earthquake shook Ishikawa in central Japan on Tuesday, injuring 11 people, officials said. "
    "Governor Hiroshi Hase said trains between Kanazawa and Toyama were halted."
)
ARTICLES = [
    told(1, "Quake kills three in Balikesir", QUAKE[0], "2026-02-03", source="Agency"),
    told(2, "Three dead in Turkish earthquake", QUAKE[1], "2026-02-04", source="Gazette"),
    told(3, "Quake kills five in Balikesir", QUAKE[2], "2026-02-04", source="Herald"),
    told(4, "Earthquake shakes Ishikawa", JAPAN, "2026-02-03", source="Agency"),
    told(5, "Balikesir after the quake", QUAKE[1].replace("Tuesday", "the day"), None),
    told(6, "Bridge painted", "The bridge of Mostar was painted by sixty volunteers.", "2026-02-09"),
]
OF_QUAKE = ["n1", "n2", "n3"]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grouping")
    take_in(folder / "library", jsonl(folder / "news.jsonl", ARTICLES))
    return folder / "library"


@pytest.fixture(scope="module")
def engine(library: Path) -> Iterator[Engine]:
    with engine_at(library) as made:
        yield made


def grouped(engine: Engine, **options: Any) -> tuple[list[list[str]], Grouping, list[str]]:
    *events, last = grouping(engine, as_of="2026-02-05", **options)
    assert isinstance(last, Grouping)
    notices = [event.text for event in events if isinstance(event, Notice)]
    return [[article.id for article in story.articles] for story in last.stories], last, notices


def test_the_most_important_story_comes_first_and_copies_are_marked(engine: Engine) -> None:
    ids, found, notices = grouped(engine)
    assert ids == [OF_QUAKE, ["n4"]]
    (copy,) = found.stories[0].copies
    assert (copy.article_id, copy.of, copy.later) == ("n3", "n1", True)
    assert notices == [
        "left out 1 article(s) newer than 2026-02-05",
        "left out 1 undated article(s); --undated takes them in",
    ]


def test_undated_articles_are_grouped_when_asked_for_also_beside_a_window(engine: Engine) -> None:
    for window in ({}, {"first": "2026-02-03", "last": "2026-02-04"}):
        ids, _, _ = grouped(engine, undated=True, **window)
        assert ids == [[*OF_QUAKE, "n5"], ["n4"]]


def test_one_by_one_the_stories_are_in_the_order_they_began(engine: Engine) -> None:
    ids, found, _ = grouped(engine, undated=True, online=True)
    assert ids == [[*OF_QUAKE, "n5"], ["n4"]]
    assert found.online


def test_a_window_and_sources_limit_what_is_grouped(engine: Engine) -> None:
    assert grouped(engine, first="2026-02-04")[0] == [["n2", "n3"]]
    assert grouped(engine, sources=["agency"])[0] == [["n1"], ["n4"]]
    assert grouped(engine, first="2025-01-01", last="2025-01-31")[0] == []


def test_what_cannot_be_read_is_refused(engine: Engine) -> None:
    for wrong in ({"first": "2026-02-30"}, {"first": "2026-02-04", "last": "2026-02-03"}, {"sources": ["Nobody"]}):
        with pytest.raises(UsageError):
            list(grouping(engine, **wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize("online", [False, True])
def test_cancelled_it_says_that_it_is_not_whole(engine: Engine, online: bool) -> None:
    cancel = Cancel()
    cancel.cancel()
    ids, found, _ = grouped(engine, online=online, cancel=cancel)
    assert (ids, found.complete) == ([], False)


def test_the_command_prints_a_list_of_stories(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def ran(*options: str) -> tuple[int, str, str]:
        code = main(["--library", str(library), "stories", "--as-of", "2026-02-05", *options])
        return code, *capsys.readouterr()

    code, out, _ = ran("--json")
    listed = json.loads(out)
    assert code == 0
    assert [list(story) for story in listed] == [["story", "articles"]] * 2
    assert [story["articles"] for story in listed] == [OF_QUAKE, ["n4"]]
    assert len({story["story"] for story in listed}) == 2
    code, out, err = ran()
    assert code == 0
    assert "3 articles of 3 sources" in out
    assert "later version of n1" in out
    assert "left out 1 undated" in err
    assert ran("--from", "2025-01-01", "--to", "2025-01-02", "--json")[:2] == (0, "[]\n")
    assert "0 articles, 0 stories" in ran("--from", "2025-01-01", "--to", "2025-01-02")[1]
    assert ran("--from", "soon")[0] == 2
    assert ran("--source", "Nobody")[0] == 2
