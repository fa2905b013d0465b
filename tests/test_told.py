"""A story told by a model: in parts, several at once, and whatever the model does, nothing that no article says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_llm import Failure, FakeLLM, Reply
from fixtures.newsroom import briefed, engine_at, jsonl, passages_of, take_in, told

from qa.brief import brief
from qa.engine import Engine
from qa.llm import REFUSAL
from qa.types import Briefing, Cancel, Delta, Exchange, Notice, Progress, Story, Verdict

STRUCK = "A magnitude 6.1 earthquake struck Balikesir in western Türkiye on Tuesday, killing 35 people, AFAD said."
SENT = "Interior Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi."
RECORD = "The quake in Balikesir was the strongest in Türkiye since 1990, the observatory of Kandilli said."
VARNA = "The mayor of Varna, Blagomir Kotsev, opened a bridge of 400 metres on Tuesday. It took nine years to build."
OSLO = "Snow closed all 120 schools in Oslo on Tuesday, the city said. Buses stood still in the north of Oslo."
LYON = "A strike of 900 drivers stopped trains in Lyon on Tuesday, the railway SNCF said. Pay talks begin on Friday."
GREW = (
    "The earthquake in Balikesir in western Türkiye has become deadlier: 53 people were killed in Balikesir, the "
    "disaster agency AFAD said. Rescue teams from Izmir still searched the town of Sindirgi on Wednesday."
)
ARTICLES = [
    told(1, "Quake kills 35 in Balikesir", f"{STRUCK} {SENT} {RECORD}"),
    told(2, "Bridge opened in Varna", VARNA),
    told(3, "Snow closes schools in Oslo", OSLO),
    told(4, "Strike stops trains in Lyon", LYON),
    told(5, "Balikesir quake toll rises to 53", GREW, "2026-02-05", source="Gazette"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    take_in(folder / "library", jsonl(folder / "news.jsonl", ARTICLES))
    return folder / "library"


@pytest.fixture
def server() -> Iterator[FakeLLM]:
    with FakeLLM() as running:
        yield running


@pytest.fixture
def engine(server: FakeLLM, library: Path) -> Iterator[Engine]:
    with engine_at(library, url=server.url, journal=False, repair=False) as made:
        yield made


def quake(server: FakeLLM, *chunks: str | Failure) -> None:
    """Let the model say this of the earthquake, and refuse everything else."""

    def reply(body: dict[str, Any]) -> Reply:
        return Reply(list(chunks)) if "Balikesir" in passages_of(body)[1] else Reply([REFUSAL])  # type: ignore[arg-type]

    server.default = reply


def told_of(engine: Engine, words: str = "Balikesir", **options: Any) -> tuple[Story, Briefing]:
    briefing, _ = briefed(engine, **({"day": "2026-02-04"} | options))
    (story,) = [one for one in briefing.stories if words in one.title]
    return story, briefing


def texts(story: Story) -> list[str]:
    return [claim.text for claim in story.claims]


def test_a_reply_in_parts_is_told_in_parts(server: FakeLLM, engine: Engine) -> None:
    quake(
        server, f"**HAPPENED:** {STRUCK[:-1]} [1].\n", f"\nNEW: {SENT[:-1]} [1].\n", f"## Why it matters: {RECORD} [1]"
    )
    story, briefing = told_of(engine)
    assert texts(story) == [STRUCK]
    assert story.news == ()  # it was never told before, so nothing is new since then
    assert [claim.text for claim in story.why] == [RECORD]
    assert not [note for note in briefing.notes if note.startswith(story.title)]


def test_a_reply_without_parts_tells_what_happened(server: FakeLLM, engine: Engine) -> None:
    quake(server, f"{STRUCK[:-1]} [1]. {STRUCK[:-1]} [1]. {SENT[:-1]} [1].")
    assert texts(told_of(engine)[0]) == [STRUCK, SENT]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (REFUSAL, "it found nothing about the headline"),
        ("I cannot help with that.", "the articles support none of its sentences"),
        ("Everything in Geneva is fine [1].", "the articles support none of its sentences"),
        (" ".join(f"People {n} of Balikesir were afraid of it [1]." for n in range(30)), "went on for 30 sentences"),
        ("A magnitude 6.1 earthquake struck Balikesir, the Daily Bugle said [9].", "the articles support none"),
    ],
)
def test_what_cannot_be_used_is_quoted_instead_and_says_so(
    server: FakeLLM, engine: Engine, reply: str, why: str
) -> None:
    quake(server, reply)
    story, briefing = told_of(engine)
    assert texts(story)[0] == STRUCK
    assert all(claim.verdict is Verdict.SUPPORTED for claim in story.sentences)
    (note,) = [note for note in briefing.notes if note.startswith(story.title) and "quoted instead" in note]
    assert why in note


@pytest.mark.parametrize(
    "wrong",
    [
        "The earthquake of magnitude 6.1 in Balikesir killed 350 people on Tuesday [1].",  # a number not given
        "Foreign Minister Hakan Fidan said rescue teams from Izmir had reached the town of Sindirgi [1].",
        "The Daily Bugle said a magnitude 6.1 earthquake struck Balikesir and killed 35 people [7].",  # no such source
    ],
)
def test_a_line_that_fails_is_replaced_by_a_quotation_on_its_point(server: FakeLLM, engine: Engine, wrong: str) -> None:
    quake(server, f"{RECORD[:-1]} [1]. {wrong}")
    story, briefing = told_of(engine)
    assert texts(story)[0] == RECORD
    assert set(texts(story)[1:]) <= {STRUCK, SENT}
    assert len(texts(story)) == 2
    assert any("replaced 1 sentence(s)" in note for note in briefing.notes)


def test_one_on_no_point_of_the_articles_is_dropped_and_counted(server: FakeLLM, engine: Engine) -> None:
    quake(server, f"{STRUCK[:-1]} [1]. Shares in Tokyo fell by 9 % [1].")
    story, briefing = told_of(engine)
    assert texts(story) == [STRUCK]
    assert any("dropped 1 sentence(s)" in note for note in briefing.notes)


def test_another_storys_article_cannot_be_cited(server: FakeLLM, engine: Engine) -> None:
    quake(server, f"{STRUCK[:-1]} [1]. {OSLO.split('. ', maxsplit=1)[0]} [2]. {OSLO.split('. ', maxsplit=1)[0]} [1].")
    story, _ = told_of(engine)
    assert texts(story) == [STRUCK]
    ids = {article.id for article in story.articles}
    assert {c.article_id for claim in story.sentences for c in claim.citations} <= ids


def test_a_story_that_failed_leaves_the_others_alone(server: FakeLLM, engine: Engine) -> None:
    def reply(body: dict[str, Any]) -> Reply | Failure:
        passage = passages_of(body)[1]
        return Failure(400, "no") if "Oslo" in passage else Reply([f"{passage.split('. ')[0]} [1]."])

    server.default = reply  # type: ignore[assignment]
    story, briefing = told_of(engine, "Oslo")
    assert texts(story)[0].startswith("Snow closed all 120 schools")
    assert len(briefing.stories) == 4
    (note,) = briefing.notes
    assert note.startswith("Snow closes schools in Oslo: quoted instead of told by the model")


def test_an_update_is_told_with_what_is_new(server: FakeLLM, tmp_path: Path) -> None:
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", ARTICLES))
    new = "53 people were killed in Balikesir, the disaster agency AFAD said"
    with engine_at(tmp_path / "library", url=server.url, repair=False) as engine:
        server.default = lambda body: Reply([f"{passages_of(body)[1].split('. ')[0]} [1]."])
        told_of(engine)
        server.queue(
            Reply([f"HAPPENED: Rescue teams from Izmir still searched the town of Sindirgi [1].\nNEW: {new} [1]."])
        )
        story, _ = told_of(engine, day="2026-02-05")
        asked = server.bodies[-1]["messages"][1]["content"]
    assert story.status == "update"
    assert [claim.text for claim in story.news] == [f"{new}."]
    assert "The reader was last told of this story on: 2026-02-04\nPassages that are new since then: 1" in asked


def test_what_was_told_before_costs_nothing(server: FakeLLM, tmp_path: Path) -> None:
    again = told(6, "Bridge opened in Varna", VARNA, "2026-02-05", source="Gazette")
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", [ARTICLES[1], again]))
    with engine_at(tmp_path / "library", url=server.url) as engine:
        server.default = lambda body: Reply([f"{passages_of(body)[1].split('. ')[0]} [1]."])
        told_of(engine, "Varna")
        asked = len(server.bodies)
        story, _ = told_of(engine, "Varna", day="2026-02-05")
        assert (story.status, len(story.claims), len(server.bodies)) == ("seen", 1, asked)


def test_several_are_told_at_once_and_come_in_the_order_of_the_stories(server: FakeLLM, engine: Engine) -> None:
    meeting = threading.Barrier(4, timeout=30)

    def reply(body: dict[str, Any]) -> Reply:
        meeting.wait()  # none is answered before all four were asked
        return Reply([f"{passages_of(body)[1].split('. ')[0]} [1]."])

    server.default = reply
    runs = []
    for _ in range(2):
        events = list(brief(engine, day="2026-02-04"))
        assert isinstance(events[-1], Briefing)
        assert [event.done for event in events if isinstance(event, Progress)] == [0, 1, 2, 3]
        runs.append([type(event).__name__ for event in events])
        order = list(dict.fromkeys(event.story for event in events if isinstance(event, Exchange)))
        assert order == [story.id for story in events[-1].stories]
    assert runs[0] == runs[1]


def test_no_more_at_once_than_the_settings_say(server: FakeLLM, library: Path) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def reply(body: dict[str, Any]) -> Reply:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        said = Reply([f"{passages_of(body)[1].split('. ')[0]} [1]."])
        with lock:
            under_way -= 1
        return said

    server.default = reply
    with engine_at(library, url=server.url, journal=False, stories_at_once=1) as engine:
        briefed(engine, day="2026-02-04")
    assert (most, len(server.bodies)) == (1, 4)


def test_stopped_it_keeps_what_is_finished_and_names_the_rest(server: FakeLLM, library: Path) -> None:
    cancel, gone, last = Cancel(), threading.Event(), None

    def reply(body: dict[str, Any]) -> Reply:
        if len(server.bodies) > 1:
            gone.wait(30)  # only the first story is told before the reader has enough
        return Reply([f"{passages_of(body)[1].split('. ')[0]} [1]."])

    server.default = reply
    with engine_at(library, url=server.url, journal=False, stories_at_once=1) as engine:
        for event in brief(engine, day="2026-02-04", cancel=cancel):
            if isinstance(event, Progress) and event.done == 1:
                cancel.cancel()
            last = event
        gone.set()
    assert isinstance(last, Briefing)
    assert not last.complete
    assert len(last.stories) == 2  # the one that was being told is quoted
    assert all(story.claims for story in last.stories)
    (note,) = [note for note in last.notes if note.startswith("stopped: ")]
    assert note.startswith("stopped: 2 of 4 stories were not told: “")


def test_left_alone_it_stops_asking(server: FakeLLM, library: Path) -> None:
    server.default = lambda body: Reply([f"{passages_of(body)[1].split('. ')[0]} [1]."])
    with engine_at(library, url=server.url, journal=False, stories_at_once=1) as engine:
        steps = brief(engine, day="2026-02-04")
        for event in steps:
            if isinstance(event, Delta):
                break
        steps.close()  # type: ignore[attr-defined]
    assert len(server.bodies) < 4
    assert not [one for one in threading.enumerate() if one.name.startswith("story")]


def test_notices_of_each_story_are_yielded(server: FakeLLM, engine: Engine) -> None:
    server.default = lambda _: Reply([REFUSAL])
    said = [event.text for event in brief(engine, day="2026-02-04") if isinstance(event, Notice)]
    assert sum("quoted instead" in text for text in said) == 4
