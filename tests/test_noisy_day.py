"""A day of noise: whatever a briefing tells stands, with its numbers, names and quotations, in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_llm import FakeLLM, Reply
from fixtures.newsroom import briefed, engine_at, jsonl, passages_of, take_in, told

from qa.facts import fold, names, normal_quote, numbers, quotations
from qa.types import Briefing, Claim

CAPTION = "Rescuers stand before a house in Sindirgi, Türkiye, Wednesday, Feb. 4, 2026. (Ana Petrova/Reuters)"
QUAKE = "A magnitude 6.1 earthquake struck Türkiye on Tuesday: {} people were killed in Balikesir, AFAD said."
SENT = "Interior Minister Ali Yerlikaya said rescue teams from Izmir had reached the town of Sindirgi. He added: “{}”"
COUNCIL = "The council of Ruse closed the old bridge over the Danube on Wednesday after {} cracks were found."
SLEPT = f"“Nobody slept,” said Ayse Demir, 41. {QUAKE.format(35)}"
LIVE = "Good morning! Sign up to our newsletter here.\n\nUpdated at 4:04 p.m. ET\n\nWho is up?"
LINKS = "Mayor MilkovMilkov opens bridgeMilkov closes bridge MORE said 40 things on Tuesday about the bridge."
FRENCH = "Un séisme de magnitude 6,1 a frappé la province de Balikesir mardi, faisant 35 morts."
LONG = f"{'word ' * 4_000}end. The port of Varna handled 1,204 ships in January, its director Petar Petrov said."
ARTICLES = [
    told(1, "Quake kills 35 in Balikesir", f"{CAPTION}\n\n{QUAKE.format(35)} {SENT.format('We search on.')}"),
    told(2, "Turkish quake", f"SINDIRGI (AP) — {QUAKE.format(41)} Schools stay closed until Monday.", source="Gazette"),
    told(3, "“Nobody slept” in Balikesir", SLEPT, source="Herald"),
    told(4, "Reprint", QUAKE.format(35), source="Copyist"),
    told(5, "Bridge of Ruse closed", COUNCIL.format("twelve"), source="Danube Times"),
    told(6, "Ruse shuts bridge", f"{COUNCIL.format(12)} The detour is 64 km long, Mayor Pencho Milkov said."),
    told(7, "Opinion: close every bridge", "I say close them all. You know why. We have 9.", source="B - Opinion"),
    told(8, "Live: the day in Europe", LIVE),
    told(9, "Ten things", "1. Snow.\n\n2. More snow.\n\n3. A bear of 300 kg was seen in Brasov, the police said."),
    told(10, "Séisme en Turquie", FRENCH),
    told(11, "Links", LINKS),
    told(12, "Nothing", "* * *"),
    told(13, "Long", LONG),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noise")
    take_in(folder / "library", jsonl(folder / "news.jsonl", ARTICLES))
    return folder / "library"


def sentences(briefing: Briefing) -> Iterator[tuple[Claim, str]]:
    """Each sentence, with the words it cites and what stands over their articles."""
    for story in briefing.stories:
        whole = {article.id: article.text for article in story.articles}
        for claim in story.sentences:
            assert claim.citations
            for one in claim.citations:
                assert one.quote == whole[one.article_id][one.start : one.end]
            yield claim, "\n".join(f"{one.quote}\n{one.title}" for one in claim.citations)


def assert_grounded(briefing: Briefing) -> int:
    """Nothing is told whose numbers, names or quotations are missing from what it cites; how much is told."""
    count = 0
    for claim, cited in sentences(briefing):
        assert {one.value for one in numbers(claim.text)} <= {one.value for one in numbers(cited)}, claim.text
        for name in names(claim.text):
            assert set(name.words) <= set(re.findall(r"\w+", fold(cited))), claim.text
        for said in quotations(claim.text):
            assert normal_quote(said) in normal_quote(cited), claim.text
        count += 1
    return count


def test_every_sentence_of_a_noisy_day_is_grounded(library: Path) -> None:
    with engine_at(library, journal=False) as engine:
        briefing, _ = briefed(engine, day="2026-02-04", length=25)
    assert assert_grounded(briefing) >= 5
    said = " ".join(claim.text for claim, _ in sentences(briefing))
    for noise in ("Reuters)", "Sign up", "Updated", "I say", "MORE", "Who is up"):
        assert noise not in said


def test_what_sources_disagree_about_is_told_with_both_sides(library: Path) -> None:
    with engine_at(library, journal=False) as engine:
        briefing, _ = briefed(engine, day="2026-02-04", length=25)
    found = [conflict for story in briefing.stories for conflict in story.conflicts]
    assert {conflict.values for conflict in found} <= {("35", "41"), ("41", "35")}
    assert found
    for conflict in found:
        assert all(value in side.quote for value, side in zip(conflict.values, conflict.sides, strict=True))


@pytest.mark.parametrize("shift", [1, 2, 3])
def test_a_model_that_mixes_up_the_day_is_held_to_its_articles(library: Path, shift: int) -> None:
    """It cites each passage for the words of another, with a number that nobody gave."""

    def reply(body: dict[str, Any]) -> Reply:
        shown = [text.split(". ")[0] for text in passages_of(body).values()]
        other = shown[shift % len(shown)].replace("35", "350").replace("Izmir", "Ankara")
        cost = f"It cost {shift} billion dollars [1]."
        return Reply([f"HAPPENED: {shown[0]} [1]. {other} [{shift}].\nWHY: {cost}"])

    with FakeLLM() as server:
        server.default = reply
        with engine_at(library, url=server.url, journal=False, repair=False) as engine:
            briefing, _ = briefed(engine, day="2026-02-04", length=25)
    assert assert_grounded(briefing) >= 5
