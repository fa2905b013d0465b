"""Retrieval and search: what a question finds, how it was found, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from fixtures.newsroom import answered, engine_at, jsonl, take_in, told
from hypothesis import given
from hypothesis import strategies as st

from qa.config import Config
from qa.engine import Engine, open_engine
from qa.errors import UsageError
from qa.ingest import ingest
from qa.rank import rarity
from qa.render import answer_json, answer_text, retrieved_json, retrieved_text
from qa.retrieve import fuse, known_sources, notices, resolve, retrieve
from qa.search import MAX_K, search
from qa.types import Cancel, IngestReport, Notice, Progress, Retrieved, Status, Window

OpenFn = Callable[..., Engine]
ISTANBUL = "Where are the US-Iran talks expected to take place?"


def result(engine: Engine, question: str, k: int = 10, **options: str) -> Retrieved:
    given = {name: options.pop(name) for name in ("first", "last", "as_of") if name in options}
    *_, found = search(engine, resolve(engine, question, **given), k=k, **options)  # type: ignore[arg-type]
    assert isinstance(found, Retrieved)
    return found


@pytest.fixture
def many(opened: OpenFn, tmp_path: Path) -> Engine:
    """Ten articles of many passages each, in pairs of the same words; the last two are undated."""
    engine = opened()
    rows = [
        {
            "id": f"a{n}",
            "title": f"Harbour report {n}",
            "date": f"2026-01-{n + 1:02}" if n < 8 else "",
            "source": "AFP" if n % 2 else "Anadolu",
            "text": "\n\n".join(f"Ship {n // 2} carried cargo {part} to the harbour. " * 12 for part in range(6)),
        }
        for n in range(10)
    ]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, rows)))
    cancel = Cancel()
    for event in ingest(engine, [tmp_path / "many.jsonl"], cancel=cancel):
        if isinstance(event, Progress) and event.stage == "indexing":
            cancel.cancel()
    assert isinstance(event, IngestReport)
    assert (event.new, event.waiting) == (10, 0)
    return engine


# questions on the seeds


def test_a_search_by_meaning_that_lacks_one_passage_is_not_said_to_be_whole(seeds_engine: Engine) -> None:
    found = result(seeds_engine, ISTANBUL)
    told = [[notice.text for notice in notices(replace(found, meaning_share=share))] for share in (1.0, 0.9996, 0.38)]
    said = "searched by words everywhere, by meaning in {} of the passages so far"
    assert told == [[], [said.format("99%")], [said.format("38%")]]


def test_the_answer_is_the_first_hit_and_says_how_it_was_found(seeds_engine: Engine) -> None:
    found = result(seeds_engine, ISTANBUL)
    assert found.index == "exact"
    assert found.left_out == 0
    assert found.meaning_share == 1.0
    best = found.hits[0]
    assert "Istanbul" in best.passage.text
    assert (best.how.words, best.how.meaning) == (1, 2)
    article = seeds_engine.library.article(best.article.id)
    assert article.text[best.passage.start : best.passage.end] == best.passage.text
    assert all(hit.how.words or hit.how.meaning for hit in found.hits)
    for ranks in ([hit.how.words for hit in found.hits], [hit.how.meaning for hit in found.hits]):
        known = [rank for rank in ranks if rank]
        assert len(known) == len(set(known))
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert result(seeds_engine, ISTANBUL) == found


def test_last_week_is_a_window_on_the_publication_date(seeds_engine: Engine) -> None:
    found = result(seeds_engine, "What did Fidan discuss with Barrot last week?", as_of="2026-02-05")
    assert found.query.window == Window(date(2026, 1, 26), date(2026, 2, 1), "last week")
    assert found.query.topic == "What did Fidan discuss with Barrot ?"
    days = {hit.article.published.day for hit in found.hits if hit.article.published}
    assert days == {date(2026, 1, 27)}


def test_a_named_day_finds_what_is_reported_after_it(seeds_engine: Engine) -> None:
    found = result(seeds_engine, "What did Barrot say on Tuesday?", as_of="2026-02-05")
    assert {hit.article.source for hit in found.hits} == {"MENAFN"}


def test_nothing_newer_than_the_as_of_date_is_used_and_how_many_is_said(seeds_engine: Engine) -> None:
    events = list(search(seeds_engine, resolve(seeds_engine, ISTANBUL, as_of="2026-02-01")))
    found = events[-1]
    assert isinstance(found, Retrieved)
    assert found.left_out == 1
    assert Notice("left out 1 article(s) newer than 2026-02-01") in events
    assert {hit.article.published.day for hit in found.hits if hit.article.published} == {date(2026, 1, 27)}
    early = result(seeds_engine, ISTANBUL, as_of="2020-01-01")
    assert (early.hits, early.left_out) == ((), 2)


def test_given_days_win_over_the_words_of_the_question(seeds_engine: Engine) -> None:
    query = resolve(seeds_engine, "Who met last week?", first="2026-02-04", last="today")
    assert (query.window.start, query.window.end) == (date(2026, 2, 4), date(2026, 2, 5))
    assert query.window.why == "--from 2026-02-04 --to 2026-02-05"
    assert query.topic == "Who met last week?"


def test_a_window_in_words_can_be_left(seeds_engine: Engine) -> None:
    query = resolve(seeds_engine, "Who met last week?", all_days=True)
    assert query.window.is_open
    assert not query.window_in_words
    assert query.topic == "Who met ?"
    assert resolve(seeds_engine, "Who met in January?", all_days=True).topic == "Who met in January?"
    with pytest.raises(UsageError, match="--all-days and --from 2026-02-04 were both given"):
        resolve(seeds_engine, "Who met?", first="2026-02-04", all_days=True)
    with pytest.raises(UsageError, match="--all-days and before:2026-02-04 were both given"):
        resolve(seeds_engine, "Who met? before:2026-02-04", all_days=True)


def test_the_event_that_dates_a_window_is_searched_for(seeds_engine: Engine) -> None:
    query = resolve(seeds_engine, "What did Araghchi say before the talks on Friday?")
    assert (query.window.start, query.window.end) == (None, date(2026, 2, 5))
    assert query.topic == "What did Araghchi say the talks ?"


def test_within_given_articles_nothing_else_is_found_and_what_is_gone_is_passed_over(seeds_engine: Engine) -> None:
    for row in seeds_engine.library.list():
        only = row.article.id
        query = resolve(seeds_engine, "What did Fidan say about the talks?", articles=[only, "gone", only, "a\udcff"])
        assert query.articles == (only,)
        for index in ("auto", "exact"):
            found = retrieve(seeds_engine, query, 20, index)
            assert {hit.article.id for hit in found.hits} == {only}
            assert not set(found.hits[0].copies) - {only}
        assert retrieved_json(found)["only_articles"] == [only]
        assert "only 1 given article" in retrieved_text(found)
    with pytest.raises(UsageError, match="none of these 2 articles is there") as error:
        resolve(seeds_engine, "Barrot", articles=["gone", "too"])
    assert "library list" in error.value.hint


def test_sources_are_a_filter_however_they_are_spelt(seeds_engine: Engine) -> None:
    query = resolve(seeds_engine, "Barrot", sources=["menafn"])
    assert query.sources == ("MENAFN",)
    assert {hit.article.source for hit in retrieve(seeds_engine, query, 10).hits} == {"MENAFN"}
    assert known_sources(seeds_engine, []) == ()


def test_a_source_is_meant_by_some_of_its_words_where_none_is_called_just_so(tmp_path: Path) -> None:
    names = ["CNN (Web News)", "New York Times - News", "New York Times - Opinion", "Times", "CNNews"]
    items = [told(n, f"Bridge {n}", f"The bridge {n} reopened.", source=name) for n, name in enumerate(names)]
    take_in(tmp_path / "library", jsonl(tmp_path / "news.jsonl", items))
    with engine_at(tmp_path / "library") as engine:
        assert known_sources(engine, ["cnn"]) == ("CNN (Web News)",)
        assert known_sources(engine, ["New York Times"]) == ("New York Times - News", "New York Times - Opinion")
        assert known_sources(engine, ["times", "CNN"]) == ("CNN (Web News)", "Times")
        assert resolve(engine, 'bridge source:"new york times"').sources == tuple(names[1:3])
        for source in ("York News", "CN", "?"):
            with pytest.raises(UsageError, match="no article is from"):
                known_sources(engine, [source])


@pytest.mark.parametrize("question", ["bad byte \udcff", "?", "the", "Fidan " * 600, "🇹🇷", "\x00\x1b[2J", "a" * 4_000])
def test_odd_questions_are_answered(seeds_engine: Engine, question: str) -> None:
    before = seeds_engine.library.words.present()
    assert len(result(seeds_engine, question).hits) > 0
    assert seeds_engine.library.words.present() == before


# what is refused


@pytest.mark.parametrize(
    ("question", "options", "message"),
    [
        ("", {}, "empty"),
        (" \n\t ", {}, "empty"),
        ("why " * 5_000, {}, "19,999 characters"),
        ("q", {"as_of": "2026-02-30"}, "--as-of"),
        ("q", {"first": "soon"}, "--from"),
        ("q", {"last": "2026-13-01"}, "--to"),
        ("q", {"first": "2026-02-04", "last": "2026-02-03"}, "ends .* before it begins"),
        ("q", {"sources": ["Reuters"]}, "no article is from 'Reuters'"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_remedy(
    seeds_engine: Engine, question: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        resolve(seeds_engine, question, **options)  # type: ignore[arg-type]
    assert refused.value.hint
    assert refused.value.exit_code == 2


def test_an_unknown_source_is_told_with_the_known_ones(seeds_engine: Engine) -> None:
    with pytest.raises(UsageError) as refused:
        resolve(seeds_engine, "q", sources=["Reuters"])
    assert "MENAFN" in refused.value.hint


@pytest.mark.parametrize("k", [0, -1, MAX_K + 1])
def test_k_out_of_range_is_refused(seeds_engine: Engine, k: int) -> None:
    with pytest.raises(UsageError, match=f"-k {k} is out of range"):
        list(search(seeds_engine, resolve(seeds_engine, "q"), k=k))


def test_a_cancelled_search_ends_without_hits(seeds_engine: Engine) -> None:
    cancel = Cancel()
    cancel.cancel()
    *_, found = search(seeds_engine, resolve(seeds_engine, ISTANBUL), cancel=cancel)
    assert isinstance(found, Retrieved)
    assert found.hits == ()


# more than a few articles


def test_identical_passages_count_once(many: Engine) -> None:
    found = result(many, "ship cargo harbour", 12)
    texts = [hit.passage.text for hit in found.hits]
    assert len(texts) == len(set(texts)) == 12


def test_by_article_each_comes_once_with_its_best_passage(many: Engine) -> None:
    passages = result(many, "harbour report ship 2 cargo 3", 30).hits
    best: dict[str, float] = {}
    for hit in passages:
        best[hit.article.id] = max(hit.score, best.get(hit.article.id, 0.0))
    articles = result(many, "harbour report ship 2 cargo 3", 3, by="article").hits
    assert len(articles) == 3
    assert len({hit.article.id for hit in articles}) == 3
    assert articles[0].passage.id == passages[0].passage.id
    assert all(hit.score >= best.get(hit.article.id, 0.0) for hit in articles)
    assert [hit.score for hit in articles] == sorted((hit.score for hit in articles), reverse=True)


def test_undated_articles_are_used_only_without_a_window_and_an_as_of_date(many: Engine) -> None:
    undated = {"a8", "a9"}
    assert undated & {hit.article.id for hit in result(many, "ship 4", 100).hits}
    for options in ({"as_of": "2026-02-05"}, {"first": "2025-01-01"}, {"last": "2026-02-05"}):
        found = result(many, "ship 4", 100, **options)
        assert found.hits
        assert not undated & {hit.article.id for hit in found.hits}
    assert not undated & {hit.article.id for hit in result(many, "ship 4 last month", 100).hits}


def test_every_hit_lies_in_the_window(many: Engine) -> None:
    found = result(many, "ship cargo", 100, first="2026-01-03", last="2026-01-05")
    days = {hit.article.published.day for hit in found.hits if hit.article.published}
    assert days == {date(2026, 1, 3), date(2026, 1, 5)}  # the fourth has the words of the third


# a window in words, and what lies outside it


@pytest.fixture
def harbours(tmp_path: Path) -> Iterator[Engine]:
    """What happened at the harbour of Ruse in January, and chat about it last week; searched by words alone."""
    take_in(
        tmp_path / "library",
        jsonl(
            tmp_path / "news.jsonl",
            [
                told(
                    1, "Ruse closed", "The harbour of Ruse was closed to ships after an oil spill.", "2026-01-05", "AFP"
                ),
                told(2, "Weather", "The harbour was calm and the sun shone on the ships.", "2026-01-28", "Anadolu"),
                told(3, "Sport", "Ludogorets won again.", "2026-01-29", "Anadolu"),
                told(4, "Undated", "An oil spill closed a harbour, and another spill in Ruse did too.", None),
            ],
        ),
    )
    with engine_at(tmp_path / "library") as engine:
        yield engine


OIL = "Which oil spill closed the harbour of Ruse last week?"


@pytest.mark.parametrize("by", ["passage", "article"])
def test_what_holds_markedly_more_comes_first_from_outside_and_is_marked(harbours: Engine, by: str) -> None:
    events = list(search(harbours, resolve(harbours, OIL, as_of="2026-02-05"), by=by))  # type: ignore[arg-type]
    found = events[-1]
    assert isinstance(found, Retrieved)
    assert [hit.article.id for hit in found.hits] == ["n1", "n2", "n3"]
    assert found.beyond == 1
    assert [hit["beyond"] for hit in retrieved_json(found)["hits"]] == [True, False, False]
    shown = retrieved_text(found)
    assert shown.count("outside the window") == 1
    assert "Ruse closed · AFP · 2026-01-05 · outside the window" in shown
    assert any(
        "1 passage(s) marked as outside the window" in event.text for event in events if isinstance(event, Notice)
    )
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert result(harbours, OIL, as_of="2026-02-05", by=by) == found


def test_with_few_wanted_the_first_are_those_of_many(harbours: Engine) -> None:
    many = result(harbours, OIL, 10, as_of="2026-02-05").hits
    for k in (1, 2):
        few = result(harbours, OIL, k, as_of="2026-02-05")
        assert [hit.article.id for hit in few.hits] == [hit.article.id for hit in many[:k]]
        assert few.beyond == 1


def test_an_undated_article_lies_outside_every_window(harbours: Engine) -> None:
    found = result(harbours, OIL)
    assert {hit.article.id for hit in found.hits} == {"n1", "n2", "n3", "n4"}
    assert [hit.article.id for hit in found.hits][:2] in (["n1", "n4"], ["n4", "n1"])
    assert found.beyond == 2


@pytest.mark.parametrize("options", [{"first": "2026-01-26", "last": "2026-02-01"}, {"first": "2026-01-26"}])
def test_nothing_comes_from_outside_a_window_that_was_given(harbours: Engine, options: dict[str, str]) -> None:
    found = result(harbours, "Which oil spill closed the harbour of Ruse?", **options)
    assert {hit.article.id for hit in found.hits} == {"n2", "n3"}
    assert found.beyond == 0


def test_what_was_published_inside_and_says_it_all_leaves_nothing_to_add(harbours: Engine) -> None:
    found = result(harbours, "Who said the harbour was calm and the sun shone last week?", as_of="2026-02-05")
    assert found.hits[0].article.id == "n2"
    assert found.beyond == 0


def test_an_answer_never_rests_on_what_lies_outside_but_shows_it(harbours: Engine) -> None:
    answer = answered(harbours, OIL)
    assert answer.status is Status.INSUFFICIENT
    assert {hit.article.id for hit in answer.hits} == {"n2", "n3"}
    assert answer.nearest[0].article_id == "n1"
    assert answer.nearest[0].published == "2026-01-05"
    assert answer.beyond == ("n1",)
    assert answer_json(answer)["nearest"][0]["beyond"] is True
    assert "Ruse closed · AFP · 2026-01-05 · outside the window" in " ".join(answer_text(answer).split())
    inside = answered(harbours, "Which oil spill closed the harbour of Ruse?", first="2026-01-26")
    assert inside.beyond == ()
    assert "n1" not in {citation.article_id for citation in inside.nearest}


def test_scores_never_rise_where_parts_take_turns(harbours: Engine) -> None:
    found = result(harbours, "What closed the harbour of Ruse? And who won on Thursday?", as_of="2026-02-05")
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_words_of_removed_passages_weigh_nothing_below_nothing() -> None:
    weights = rarity({"ship": 5_000, "harbour": 2, "ruse": 0}, 10)
    assert all(0 <= weight <= 1 for weight in weights.values())
    assert weights["ruse"] == 1.0 > weights["harbour"] > weights["ship"]


# what may be found, against a plain reading of the rules

SHIPS = [
    "cargo of grain",
    "cargo of oil",
    "crew of ten",
    "flag of Malta",
    "load of coal",
    "port of Varna",
    "tow of barges",
]
FLEET = [
    told(n, f"Ship {n}", f"Ship {'alpha bravo charlie delta'.split()[n % 4]}{n} had a {SHIPS[n % 7]}.", day, source)
    for n, (day, source) in enumerate(
        (day, source)
        for day in (None, "2026-01-05", "2026-01-28", "2026-01-29", "2026-02-04")
        for source in ("AFP", "Anadolu", "dpa")
    )
]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("fleet")
    take_in(folder / "library", jsonl(folder / "news.jsonl", FLEET))
    with engine_at(folder / "library") as engine:
        yield engine


DAY = st.sampled_from([None, "2026-01-05", "2026-01-06", "2026-01-28", "2026-01-29", "2026-02-04", "2030-01-01"])
SOURCE = st.sampled_from([(), ("afp",), ("AFP", "DPA")])


@given(
    first=DAY, last=DAY, as_of=DAY, sources=SOURCE, phrase=st.sampled_from(["", *SHIPS]), k=st.integers(1, 20),
    without=st.sampled_from(["", "grain", "oil", "ship"]), by=st.sampled_from(["passage", "article"]),
)  # fmt: skip
def test_all_that_may_be_found_is_found_and_nothing_else(
    fleet: Engine, first: str | None, last: str | None, as_of: str | None, sources: tuple[str, ...], phrase: str,
    k: int, without: str, by: Literal["passage", "article"],
) -> None:  # fmt: skip
    if first and last and first > last:
        first, last = last, first
    seen_from = as_of or "2026-02-05"

    def may_be_found(item: dict[str, Any], phrase: str) -> bool:
        day, text = item["date"], f"{item['text']} {item['title']}".casefold()
        in_days = (first or "") <= day <= min(last or seen_from, seen_from) if day else not (first or last or as_of)
        of_source = not sources or item["source"].casefold() in {source.casefold() for source in sources}
        return in_days and of_source and phrase.casefold() in text and not (without and without in text)

    wanted = {item["id"] for item in FLEET if may_be_found(item, phrase)}
    wanted = wanted or {item["id"] for item in FLEET if may_be_found(item, "")}
    question = " ".join(["Which ship sailed?", f'"{phrase}"' if phrase else "", f"-{without}" if without else ""])
    query = resolve(fleet, question, first=first, last=last, as_of=as_of, sources=sources)
    found = retrieve(fleet, query, k, by=by)
    ids = [hit.article.id for hit in found.hits]
    assert len(ids) == len(set(ids)) == min(k, len(wanted))
    assert set(ids) <= wanted
    assert retrieve(fleet, query, k, by=by) == found
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert [hit.article.id for hit in retrieve(fleet, query, k + 5, by=by).hits][:k] == ids


def test_several_threads_ask_one_engine_and_each_gets_what_it_would_alone(fleet: Engine) -> None:
    questions = [f'Which ship had the {words} last week? "{words}"' for words in SHIPS] * 3
    alone = [result(fleet, question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda question: result(fleet, question), questions)) == alone


def test_an_empty_library_finds_nothing(opened: OpenFn) -> None:
    engine = opened()
    found = result(engine, ISTANBUL)
    assert (found.hits, found.left_out, found.meaning_share) == ((), 0, 1.0)
    with pytest.raises(UsageError) as refused:
        resolve(engine, "q", sources=["AFP"])
    assert "none yet" in refused.value.hint


def test_what_waits_for_its_vector_is_told(seeds_engine: Engine) -> None:
    found = result(seeds_engine, ISTANBUL)
    assert list(notices(found)) == []


# fusing

SCORES = st.dictionaries(st.integers(1, 50), st.floats(-1, 40, allow_nan=False), max_size=20).map(
    lambda scored: sorted(scored.items(), key=lambda pair: (-pair[1], pair[0]))
)


@given(SCORES, SCORES)
def test_fused_scores_lie_between_nothing_and_one_and_keep_both_orders(
    words: list[tuple[int, float]], meaning: list[tuple[int, float]]
) -> None:
    fused = fuse(words, meaning)
    assert set(fused) == {number for number, _ in [*words, *meaning]}
    assert all(0 <= score <= 1 + 1e-12 for score in fused.values())
    for alone in (words, meaning):
        other = {number for number, _ in (meaning if alone is words else words)}
        ranked = [fused[number] for number, _ in alone if number not in other]
        assert ranked == sorted(ranked, reverse=True)
    if words and meaning and words[0][0] == meaning[0][0]:
        assert fused[words[0][0]] == max(fused.values()) == pytest.approx(1.0)


@given(SCORES)
def test_one_list_alone_keeps_its_order(scored: list[tuple[int, float]]) -> None:
    for fused in (fuse(scored, []), fuse([], scored)):
        assert [fused[number] for number, _ in scored] == sorted(fused.values(), reverse=True)


def test_by_words_only_no_vector_is_needed(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(" date 2026-02-04 The harbour of Ruse was closed to ships.", encoding="utf-8")
    with open_engine(Config(library=tmp_path / "library")) as engine:
        *_, report = ingest(engine, [tmp_path / "news.txt"], words_only=True)
        assert isinstance(report, IngestReport)
        assert (report.new, report.embedded, report.waiting) == (1, 0, 1)
        *_, found = search(engine, resolve(engine, "harbour"), words_only=True)
        assert isinstance(found, Retrieved)
        assert found.index == "words"
        assert [(hit.how.words, hit.how.meaning) for hit in found.hits] == [(1, None)]
        *_, report = ingest(engine, [tmp_path / "news.txt"])
        assert isinstance(report, IngestReport)
        assert (report.unchanged, report.embedded, report.waiting) == (1, 1, 0)


def test_a_copy_gives_way_and_is_remembered_but_another_number_is_another_story(tmp_path: Path) -> None:
    told = (
        "The quake in Izmir killed {} people, the governor said on Monday, and rescuers went on digging all night {}."
    )
    lines = [
        {"id": "first", "text": told.format(35, "long")},
        {"id": "copy", "text": told.format(35, "long") + "\n"},
        {"id": "nearly", "text": told.format(35, "long,")},
        {"id": "later", "text": told.format(53, "long")},
    ]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with open_engine(Config(library=tmp_path / "library")) as engine:
        list(ingest(engine, [tmp_path / "news.jsonl"], words_only=True))
        *_, found = search(engine, resolve(engine, "quake in Izmir"), words_only=True)
        assert isinstance(found, Retrieved)
    (later,) = [hit for hit in found.hits if hit.article.id == "later"]
    (told_once,) = [hit for hit in found.hits if hit.article.id != "later"]
    assert sorted([told_once.article.id, *told_once.copies]) == ["copy", "first", "nearly"]
    assert later.copies == ()


def test_undated_articles_that_are_left_out_are_said(many: Engine) -> None:
    found = retrieve(many, resolve(many, "ship 4", as_of="2026-02-05"), 5)
    assert found.undated == 2
    assert any("2 undated" in notice.text for notice in notices(found))
    assert retrieve(many, resolve(many, "ship 4"), 5).undated == 0


def test_a_question_about_a_day_that_does_not_exist_is_refused(many: Engine) -> None:
    with pytest.raises(UsageError, match="there is no 30 February 2026"):
        resolve(many, "What happened on 30 February 2026?")
