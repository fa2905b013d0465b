"""Public sets: each form is read as its authors publish it, a mistake is named by its line, and articles are read
once."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.check import verdict_on
from qa.cli import main
from qa.config import Config
from qa.engine import open_engine
from qa.errors import ExitCode, FixtureError, LibraryError, UsageError
from qa.evaluate import evaluate
from qa.evaluation import Case, Judge, Over, Run
from qa.fixtures import GroupingFixture, QuestionFixture, SummaryFixture, VerificationFixture
from qa.render.trec import run_file
from qa.sets import SETS, SetData, read_set, sampled
from qa.sets.rows import json_array, json_lines
from qa.stocking import Stocked, ready, shelf, shelved, stock
from qa.types import Cancel, Mode, Notice, Provenance, Status, Verdict

WRONG = (Verdict.WEAK, Verdict.UNSUPPORTED)


def lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())


def beir(folder: Path, qrels: str = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td3\t0\n") -> Path:
    lines(
        folder / "corpus.jsonl",
        [
            {"_id": "d1", "title": "Ferry", "text": "The ferry Aurora was sold to Greece."},
            {"_id": "d2", "title": "", "text": "A ferry stopped near Bergen.", "metadata": {}},
            {"_id": "d3", "title": "Only a title", "text": ""},
            {"_id": "d4", "title": "", "text": ""},
        ],
    )
    lines(folder / "queries.jsonl", [{"_id": "q1", "text": "ferry in 2019"}, {"_id": "q2", "text": "bridge"}])
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(qrels)
    return folder


def questions(data: SetData) -> list[QuestionFixture]:
    return [one for one in data.suite.fixtures if isinstance(one, QuestionFixture)]


def claims(data: SetData) -> list[VerificationFixture]:
    return [one for one in data.suite.fixtures if isinstance(one, VerificationFixture)]


def test_beir_gives_graded_articles_and_asks_of_all_days(tmp_path: Path) -> None:
    data = read_set("beir", beir(tmp_path))
    (one,) = questions(data)  # q2 has nothing relevant
    assert (one.id, one.question, one.gains, one.all_days) == ("q1", "ferry in 2019", {"d1": 2.0, "d2": 1.0}, True)
    assert data.articles is not None
    assert [(a.id, a.title, a.text) for a in data.articles.read()] == [
        ("d1", "Ferry", "The ferry Aurora was sold to Greece."),
        ("d2", None, "A ferry stopped near Bergen."),
        ("d3", "Only a title", "Only a title"),
    ]


@pytest.mark.parametrize(
    ("qrels", "said"),
    [
        ("query-id\tcorpus-id\tscore\nq1 d1 1\n", "test.tsv:2: not three cells"),
        ("q1\td1\tmuch\n", "test.tsv:1: score 'much'"),
        ("q1\td1\tnan\n", "test.tsv:1: score 'nan'"),
        ("q1\td1\t1\nq1\td1\t2\n", "test.tsv:2: article 'd1' has another score"),
        ("q1\td1\t1\nq9\td1\t1\n", "query 'q9' is not in queries.jsonl"),
        ("query-id\tcorpus-id\tscore\nq1\td1\t0\n", "no query has a relevant article"),
    ],
)
def test_a_wrong_table_of_judgements_is_named_by_its_line(tmp_path: Path, qrels: str, said: str) -> None:
    with pytest.raises(FixtureError, match=said.replace(".", r"\.")):
        read_set("beir", beir(tmp_path, qrels))


def test_another_split_is_a_part(tmp_path: Path) -> None:
    beir(tmp_path)
    with pytest.raises(FixtureError, match=r"holds no qrels/dev\.tsv"):
        read_set("beir:dev", tmp_path)
    (tmp_path / "qrels" / "dev.tsv.gz").write_bytes(gzip.compress(b"q2\td2\t1\n"))
    assert [one.id for one in questions(read_set("beir:dev", tmp_path))] == ["q2"]


def multihop(folder: Path) -> Path:
    asked = [
        {
            "query": "Which ship that was sold stopped near Bergen?",
            "answer": "Aurora",
            "question_type": "inference_query",
            "evidence_list": [
                {"title": "Sold", "url": "https://a.test/1", "fact": "The Aurora was sold."},
                {"title": "Stopped", "url": "https://a.test/2", "fact": "The Aurora stopped."},
            ],
        },
        {
            "query": "Who owns the Borealis?",
            "answer": "Insufficient information.",
            "question_type": "null_query",
            "evidence_list": [],
        },
    ]
    corpus = [
        {
            "title": "Sold",
            "author": "A",
            "source": "The Ferry News",
            "published_at": "2023-11-01T10:00:00+00:00",
            "category": "business",
            "url": f"https://a.test/{n}",
            "body": f"The Aurora was sold. It is ship {n}.",
        }
        for n in (1, 2)
    ]
    (folder / "MultiHopRAG.json").write_text(json.dumps(asked, indent=2))
    (folder / "corpus.json").write_text(json.dumps(corpus))
    return folder


def test_multihop_gives_facts_and_calls_null_queries_unanswerable(tmp_path: Path) -> None:
    data = read_set("multihop", multihop(tmp_path))
    one, null = questions(data)
    assert one.evidence == ("The Aurora was sold.", "The Aurora stopped.")
    assert (one.articles, one.answers) == (("https://a.test/1", "https://a.test/2"), ("Aurora",))
    assert (one.status, null.status, null.answers) == (Status.ANSWERED, Status.INSUFFICIENT, ())
    assert null.line > one.line == 2
    assert data.articles is not None
    assert [article.id for article in data.articles.read()] == ["https://a.test/1", "https://a.test/2"]
    assert [one.id for one in questions(read_set("multihop:null", tmp_path))] == ["0001-null"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}', ":1: not a JSON array"),
        ('[\n{"a": 1}\n{"b": 2}]', ":3: the array does not end"),
        ('[\n{"a": 1},\n', ":3: not JSON"),
        ('[\n{"a": 1},\n7]', ":3: not a JSON object"),
        ('[\n{"a": 1,}\n]', ":2: not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_an_array_is_read_by_element_and_its_mistakes_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(FixtureError, match=said):
        list(json_array(path))


def test_lines_that_are_no_objects_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    for text, said in ((b'{"a": 1}\n\n[1]\n', ":3: not a JSON object"), (b'{"a": 1}\n{\n', ":2: not JSON")):
        path.write_bytes(text)
        with pytest.raises(FixtureError, match=said):
            list(json_lines(path))
    path.write_bytes(b'{"a": "\xff"}\n')
    with pytest.raises(FixtureError, match=":1: not UTF-8"):
        list(json_lines(path))
    whole = gzip.compress(b'{"a": 1}\n' * 5_000)
    packed = tmp_path / "b.jsonl.gz"
    packed.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FixtureError, match=r"b\.jsonl\.gz after line"):
        list(json_lines(packed))


def realtimeqa(folder: Path, ending: str = "") -> Path:
    articles = [
        {
            "id": name,
            "title": f"Story {name}",
            "date": day,
            "source": "The Ferry News",
            "url": None,
            "text": f"The ferry {ship} reached Bergen on its first voyage. Nobody was hurt.",
        }
        for name, day, ship in (("a1", "2024-05-01", "Aurora"), ("a2", "2024-05-03", "Borealis"))
    ]
    lines(folder / f"realtimeqa.articles.jsonl{ending}", articles)
    asked = {
        "id": "q1",
        "question": "Which ferry reached Bergen?",
        "answer": "Aurora",
        "answers": ["Aurora"],
        "date": "2024-05-02",
        "evidence": [{"article_id": "a1", "fact": "A publisher's note."}, {"article_id": None, "fact": "Another."}],
        "gcs_article_ids": [],
    }
    lines(folder / f"realtimeqa.queries.jsonl{ending}", [asked])
    fact = {"article_id": "a2", "fact": "The ferry Borealis reached Bergen on its first voyage."}
    told = {"id": "e1", "question": "What did the Borealis do?", "type": "single", "answer": None, "evidence": [fact]}
    lines(folder / f"realtimeqa.evidence.jsonl{ending}", [told])
    return folder


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_realtimeqa_is_asked_as_of_its_days(tmp_path: Path, ending: str) -> None:
    (one,) = questions(read_set("realtimeqa", realtimeqa(tmp_path, ending)))
    assert (one.as_of, one.answers, one.articles, one.evidence) == ("2024-05-02", ("Aurora",), ("a1",), ())
    (told,) = questions(read_set("realtimeqa:evidence", tmp_path))
    assert told.evidence == ("The ferry Borealis reached Bergen on its first voyage.",)
    assert (told.as_of, told.answers) == (None, ())


def test_a_day_that_does_not_exist_is_named(tmp_path: Path) -> None:
    realtimeqa(tmp_path)
    lines(tmp_path / "realtimeqa.queries.jsonl", [{"id": "q", "question": "What?", "date": "2024-02-30"}])
    with pytest.raises(FixtureError, match=r"queries\.jsonl:1: date '2024-02-30' is no day"):
        read_set("realtimeqa", tmp_path)


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    realtimeqa(tmp_path)
    lines(tmp_path / "realtimeqa.queries.jsonl", [{"id": "q", "question": "What?"}, {"id": "q", "question": "Who?"}])
    with pytest.raises(FixtureError, match="id 'q' stands twice, again in line 2"):
        read_set("realtimeqa", tmp_path)


def test_qags_counts_the_judgements_in_either_form(tmp_path: Path) -> None:
    def said(*answers: str) -> list[dict[str, Any]]:
        return [{"worker_id": n, "response": answer} for n, answer in enumerate(answers)]

    sentences = [
        {"sentence": "The ship sailed.", "responses": said("yes", "no", "yes")},
        {"sentence": "The ship sank.", "responses": said("no", "no", "yes")},
        {"sentence": "…", "responses": said("no", "no", "no")},
    ]
    published, counted = tmp_path / "published", tmp_path / "counted"
    lines(published / "mturk_cnndm.jsonl", [{"article": "It sailed.", "summary_sentences": sentences}])
    lines(published / "mturk_xsum.jsonl", [])
    both = [{"sentence": "The ship sailed.", "supported": 1}, {"sentence": "The ship sank.", "supported": 0}]
    row = {"id": "cnndm_0", "task": "summary_cnndm", "source_text": "It sailed.", "sentences": both}
    lines(counted / "qags.jsonl.gz", [row])
    of_both = [claims(read_set("qags", folder)) for folder in (published, counted)]
    assert of_both[0] == of_both[1]
    assert [(one.id, one.verdicts) for one in of_both[0]] == [
        ("cnndm_0/0", (Verdict.SUPPORTED,)),
        ("cnndm_0/1", WRONG),
    ]
    assert of_both[0][0].evidence == ({"text": "It sailed."},)
    with pytest.raises(FixtureError, match="no sentences of QAGS"):
        read_set("qags:xsum", counted)


def test_faithbench_marks_decide_in_either_form(tmp_path: Path) -> None:
    summary = "The ship sailed. It sank in May."
    published, packed = tmp_path / "published", tmp_path / "packed"
    published.mkdir()
    marks = [
        {"label": ["Unwanted", "Unwanted.Intrinsic"], "summary_start": 24, "summary_end": 31},
        {"label": ["Questionable"], "summary_start": 0, "summary_end": 3},
    ]
    sample = {"sample_id": 0, "source": "It sailed in May.", "summary": summary, "annotations": marks, "metadata": {}}
    benign = {**sample, "sample_id": 1, "annotations": marks[1:]}
    (published / "batch_1.json").write_text(json.dumps({"samples": [sample, benign]}))
    labels = [{"label": mark["label"], "start": mark["summary_start"], "end": mark["summary_end"]} for mark in marks]
    row = {"id": "b1_0", "source_text": "It sailed in May.", "response": summary, "labels": labels}
    lines(packed / "faithbench.jsonl", [row, {**row, "id": "b1_1", "labels": labels[1:]}])
    for folder in (published, packed):
        whole = claims(read_set("faithbench", folder))
        assert [(one.id, one.verdicts) for one in whole] == [("b1_0", WRONG), ("b1_1", (Verdict.SUPPORTED,))]
        assert whole[0].parts == ("The ship sailed.", "It sank in May.")
        each = claims(read_set("faithbench:sentences", folder))
        assert [one.verdicts == WRONG for one in each] == [False, True, False, False]


def test_ecbplus_gives_one_grouping_and_a_topic_is_a_part(tmp_path: Path) -> None:
    stories = [
        {"id": f"{n}ecb", "text": f"Story {n}.", "cluster": event, "topic": event[0], "date": None}
        for n, event in enumerate(["1_ecb", "1_ecbplus", "2_ecb"])
    ]
    lines(tmp_path / "ecbplus.articles.jsonl", stories)
    (whole,) = read_set("ecbplus", tmp_path).suite.fixtures
    assert isinstance(whole, GroupingFixture)
    assert whole.events == {"0ecb": "1_ecb", "1ecb": "1_ecbplus", "2ecb": "2_ecb"}
    (one,) = read_set("ecbplus:2", tmp_path).suite.fixtures
    assert isinstance(one, GroupingFixture)
    assert list(one.texts) == ["2ecb"]


def test_realsumm_gives_the_sentences_of_the_reference(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "One . Two .", "reference_sentences": ["One ."]},
        {"id": "b", "text": "x", "reference": "y\nz"},
    ]
    lines(tmp_path / "realsumm.articles.jsonl", rows)
    fixtures = read_set("realsumm", tmp_path).suite.fixtures
    assert [one.reference for one in fixtures if isinstance(one, SummaryFixture)] == [("One .",), ("y", "z")]


@pytest.mark.parametrize("name", sorted(SETS))
def test_a_folder_without_the_set_is_told_its_form(tmp_path: Path, name: str) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(FixtureError) as told:
            read_set(name, folder)
        assert str(folder) in told.value.message
        assert SETS[name].form in told.value.hint


def test_an_unknown_set_or_part_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        read_set("squad", tmp_path)
    assert "beir" in told.value.hint
    assert "realtimeqa" in told.value.hint
    for name in ("qags:en", "faithbench:words", "realtimeqa:all", "realsumm:all", "multihop:bridge"):
        with pytest.raises(UsageError, match="has no part"):
            read_set(name, tmp_path)


def test_the_digest_is_of_what_is_asked_and_not_of_how_it_is_packed(tmp_path: Path) -> None:
    plain, packed = (
        read_set("realtimeqa", realtimeqa(tmp_path / "a")),
        read_set("realtimeqa", realtimeqa(tmp_path / "b", ".gz")),
    )
    assert plain.suite.digest == packed.suite.digest
    assert plain.suite.digest != read_set("realtimeqa:evidence", tmp_path / "a").suite.digest


def test_a_sample_keeps_the_articles_that_its_questions_need(tmp_path: Path) -> None:
    texts = [{"_id": f"d{n}", "title": "", "text": f"Text {n}."} for n in range(40)]
    lines(tmp_path / "corpus.jsonl", texts)
    lines(tmp_path / "queries.jsonl", [{"_id": f"q{n}", "text": f"text {n}"} for n in range(20)])
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("".join(f"q{n}\td{n}\t1\nq{n}\td{n + 20}\t0\n" for n in range(20)))
    data = read_set("beir", tmp_path)
    small, larger = sampled(data, 5), sampled(data, 9)
    assert len(small.suite.fixtures) == 5
    assert {one.id for one in small.suite.fixtures} < {one.id for one in larger.suite.fixtures}
    assert small.articles is not None
    assert larger.articles is not None
    assert data.articles is not None
    kept = {article.id for article in small.articles.read()}
    assert len(kept) == 5
    assert {f"d{one.id[1:]}" for one in small.suite.fixtures} <= kept
    assert len({one.digest for one in (data.articles, small.articles, larger.articles)}) == 3
    again = sampled(read_set("beir", tmp_path), 5)
    assert again.suite == small.suite
    assert again.articles is not None
    assert again.articles.digest == small.articles.digest
    assert len(list(sampled(data, 500).articles.read())) == 40  # type: ignore[union-attr]


# a library of its own


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEWSDESK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def stocked(data: SetData, config: Config, **options: Any) -> tuple[Stocked, list[str]]:
    with open_engine(shelved(config, data)) as engine:
        *events, last = stock(engine, data, **options)
    assert isinstance(last, Stocked)
    return last, [event.text for event in events if isinstance(event, Notice)]


def test_the_articles_are_read_once_and_never_into_the_readers_library(tmp_path: Path, cache: Path) -> None:
    data = read_set("realtimeqa", realtimeqa(tmp_path / "set"))
    config = Config(library=tmp_path / "mine", store="http://localhost:9", name="mine")
    first, said = stocked(data, config)
    assert (first.articles, first.complete) == (2, True)
    assert any("once" in text for text in said)
    assert not (tmp_path / "mine").exists()
    assert shelved(config, data).store is None
    written = shelf(data) / "articles.jsonl"
    before = written.stat().st_mtime_ns
    again, said = stocked(read_set("realtimeqa:evidence", tmp_path / "set"), config)
    assert said == []
    assert again.articles == 2
    assert written.stat().st_mtime_ns == before
    assert cache in shelf(data).parents


def test_undated_questions_are_asked_of_all_days_long_after_the_newest_article(tmp_path: Path, cache: Path) -> None:
    realtimeqa(tmp_path / "set")
    last, _ = stocked(read_set("realtimeqa:evidence", tmp_path / "set"), Config(library=tmp_path / "mine"))
    (one,) = last.suite.fixtures
    assert isinstance(one, QuestionFixture)
    assert (one.as_of, one.all_days) == ("2025-05-03", True)
    dated, _ = stocked(read_set("realtimeqa", tmp_path / "set"), Config(library=tmp_path / "mine"))
    assert [one.as_of for one in dated.suite.fixtures if isinstance(one, QuestionFixture)] == ["2024-05-02"]


def test_what_was_broken_off_goes_on(tmp_path: Path, cache: Path) -> None:
    data = read_set("realtimeqa", realtimeqa(tmp_path / "set"))
    config, cancel = Config(library=tmp_path / "mine"), Cancel()
    with open_engine(shelved(config, data)) as engine:
        events = stock(engine, data, cancel=cancel)
        next(events)
        cancel.cancel()
        *_, last = events
    assert isinstance(last, Stocked)
    assert not last.complete
    last, _ = stocked(data, config)
    assert (last.articles, last.complete) == (2, True)


def test_words_alone_first_and_vectors_later(tmp_path: Path, cache: Path) -> None:
    data = read_set("realtimeqa", realtimeqa(tmp_path / "set"))
    config = Config(library=tmp_path / "mine")
    stocked(data, config, words_only=True)
    with open_engine(shelved(config, data)) as engine:
        assert engine.library.stats().waiting > 0
    stocked(data, config)
    with open_engine(shelved(config, data)) as engine:
        assert engine.library.stats().waiting == 0


def test_a_wrong_article_is_named_before_any_is_recorded(tmp_path: Path, cache: Path) -> None:
    realtimeqa(tmp_path / "set")
    path = tmp_path / "set" / "realtimeqa.articles.jsonl"
    path.write_text(path.read_text() + '{"id": "a3", "title": "No text"}\n')
    data = read_set("realtimeqa", tmp_path / "set")
    with (
        open_engine(shelved(Config(library=tmp_path / "mine"), data)) as engine,
        pytest.raises(FixtureError, match=r'articles\.jsonl:3: no "text"'),
    ):
        list(stock(engine, data))
    assert [path.name for path in shelf(data).iterdir()] == ["library"]
    lines(path, [json.loads(path.read_text().splitlines()[0])] * 2)
    data = read_set("realtimeqa", tmp_path / "set")
    with (
        open_engine(shelved(Config(library=tmp_path / "mine"), data)) as engine,
        pytest.raises(FixtureError, match="'a1' stands twice"),
    ):
        list(stock(engine, data))


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, own_seeds: Path) -> None:
    data = read_set("realtimeqa", realtimeqa(tmp_path / "set"))
    with open_engine(Config(library=own_seeds)) as engine:
        (tmp_path / "file").write_text("no folder")
        elsewhere = replace(engine, config=replace(engine.config, library=tmp_path / "file" / "library"))
        with pytest.raises(LibraryError, match="cannot be written"):
            list(stock(elsewhere, data))


def test_articles_that_a_named_library_lacks_are_counted(tmp_path: Path, own_seeds: Path) -> None:
    data = read_set("beir", beir(tmp_path))
    with open_engine(Config(library=own_seeds)) as engine:
        *said, last = ready(engine, data)
    assert isinstance(last, Stocked)
    assert [one.text for one in said if isinstance(one, Notice)] == [
        "2 of the 2 articles that are relevant are not in the library"
    ]


# what other tools read


def test_a_run_file_keeps_the_order_for_tools_that_sort_by_score() -> None:
    cases = (
        Case("q 1", "question", "?", "", "", ranked=("d2", "d 1", "d3")),
        Case("q2", "question", "?", "", ""),
        Case("q3", "question", "?", "", "", ranked=("d1",)),
    )
    run = Run(
        "beir",
        "",
        3,
        (),
        cases,
        Provenance(Mode.EXTRACTIVE, None, None, "", "", ""),
        {},
        Judge("newsdesk", ""),
        Over(0, 0, ""),
        {},
    )
    assert run_file(run).splitlines() == [
        "q_1 Q0 d2 1 3 newsdesk",
        "q_1 Q0 d_1 2 2 newsdesk",
        "q_1 Q0 d3 3 1 newsdesk",
        "q3 Q0 d1 1 1 newsdesk",
    ]


def evaluated(data: SetData, config: Config, **options: Any) -> Run:
    with open_engine(shelved(config, data)) as engine:
        *_, ready_to_ask = stock(engine, data)
        assert isinstance(ready_to_ask, Stocked)
        *_, run = evaluate(engine, ready_to_ask.suite, founded=False, **options)
    assert isinstance(run, Run)
    return run


def test_ranking_figures_can_be_made_again_from_the_run_file_and_the_judgements(tmp_path: Path, cache: Path) -> None:
    lines(
        tmp_path / "corpus.jsonl",
        [
            {"_id": f"d{n}", "title": f"Ferry {n}", "text": f"The ferry {name} was sold to {land} for {n} million."}
            for n, (name, land) in enumerate(
                [("Aurora", "Greece"), ("Borealis", "Norway"), ("Ceres", "Greece"), ("Diana", "Spain")] * 4, 1
            )
        ],
    )
    asked = [{"_id": "greece", "text": "ferry sold to Greece"}, {"_id": "diana", "text": "price of the ferry Diana"}]
    lines(tmp_path / "queries.jsonl", asked)
    (tmp_path / "qrels").mkdir()
    judged = {"greece": {"d1": 3, "d3": 1, "d2": 0, "d13": 2}, "diana": {"d4": 1, "d16": 2, "d99": 1}}
    table = "".join(f"{query}\t{name}\t{gain}\n" for query, of in judged.items() for name, gain in of.items())
    (tmp_path / "qrels" / "test.tsv").write_text(table)
    run = evaluated(read_set("beir", tmp_path), Config(library=tmp_path / "mine"), retrieval_only=True)
    found: dict[str, dict[str, float]] = {}
    for line in run_file(run).splitlines():
        query, _, name, _, score, _ = line.split()
        found.setdefault(query, {})[name] = float(score)
    assert [len(scores) for scores in found.values()] == [10, 10]
    for case in run.cases:
        ranked = sorted(found[case.id], key=lambda name: -found[case.id][name])
        gains, best = judged[case.id], sorted(judged[case.id].values(), reverse=True)
        dcg = sum(gains.get(name, 0) / math.log2(at + 2) for at, name in enumerate(ranked))
        ideal = sum(gain / math.log2(at + 2) for at, gain in enumerate(best))
        first = next((1 / at for at, name in enumerate(ranked, 1) if gains.get(name, 0) > 0), 0.0)
        assert case.scores["retrieval.ndcg@10"] == pytest.approx(dcg / ideal, abs=1e-12)
        assert case.scores["retrieval.mrr@10"] == first
        assert 0 < dcg < ideal


def test_citation_figures_can_be_made_again_from_the_sentences_of_a_run(tmp_path: Path, cache: Path) -> None:
    run = evaluated(read_set("realtimeqa", realtimeqa(tmp_path / "set")), Config(library=tmp_path / "mine"))
    (case,) = run.cases
    assert case.sentences
    supported = []
    for sentence in case.sentences:
        quotes = [case.cited[at] for at in sentence.cites]
        evidence = [{"text": one.quote, "title": one.title, "date": one.published or ""} for one in quotes]
        supported.append(bool(evidence) and verdict_on(sentence.text, evidence).verdict is Verdict.SUPPORTED)
    assert case.scores["citations.recall"] == sum(supported) / len(supported) == 1.0
    assert {at for sentence in case.sentences for at in sentence.cites} == set(range(len(case.cited)))


# on the command line


def test_a_set_is_evaluated_by_its_name_and_folder(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_seeds: Path
) -> None:
    monkeypatch.setenv("NEWSDESK_LIBRARY", str(own_seeds))
    folder, file = realtimeqa(tmp_path / "set"), tmp_path / "found.run"
    assert main(["eval", "--set", "realtimeqa", str(folder), "--run-file", str(file), "--json"]) == ExitCode.OK
    told = json.loads(capsys.readouterr().out)
    assert (told["suite"], told["of"], told["over"]["articles"]) == ("realtimeqa:queries", 1, 2)
    assert told["cases"][0]["sentences"]
    assert file.read_text().splitlines()[0] == "q1 Q0 a1 1 1 newsdesk"
    with open_engine(Config(library=own_seeds)) as engine:
        assert engine.library.stats().articles == 2  # the seeds
        assert [run.suite for run in engine.journal.runs.listed()] == ["realtimeqa:queries"]
    again = ["eval", "--set", "realtimeqa", str(folder), "--run-file", str(file)]
    assert main([*again, "--retrieval-only"]) == ExitCode.INPUT  # it is there already
    assert main([*again, "--force", "--against", "last"]) == ExitCode.OK
    said = capsys.readouterr()
    assert "reading the articles" not in said.err
    assert main(["eval", "--list"]) == ExitCode.OK
    assert capsys.readouterr().out.count("realtimeqa:queries") == 2


def test_a_named_library_is_asked_as_it_is(
    tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str], own_seeds: Path
) -> None:
    folder = realtimeqa(tmp_path / "set")
    options = ["--library", str(own_seeds), "--retrieval-only", "--json"]
    assert main(["eval", "--set", "realtimeqa", str(folder), *options]) == ExitCode.OK
    told = capsys.readouterr()
    assert json.loads(told.out)["over"]["articles"] == 2
    assert "in no article" in told.err
    assert not cache.exists()
    missing = ["eval", "--set", "qags", str(folder), "--library", str(tmp_path / "nowhere")]
    assert main(missing) == ExitCode.INPUT  # the set is looked at before the library


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--set", "squad", "."], ExitCode.USAGE, "no set 'squad'"),
        (["--set", "qags"], ExitCode.USAGE, "without its folder"),
        (["--set", "qags", "nowhere"], ExitCode.INPUT, "nowhere is no folder"),
        (["--set", "qags", ".", "--words-only", "--library", "x"], ExitCode.USAGE, "--words-only"),
        (["f.yaml", "--sample", "5"], ExitCode.USAGE, "--sample is for sets"),
        (["f.yaml", "--words-only"], ExitCode.USAGE, "--words-only is for sets"),
        (["--set", "qags", ".", "--sample", "0"], ExitCode.USAGE, "--sample 0"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(
    cache: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: ExitCode, said: str
) -> None:
    assert main(["eval", *options]) == code
    assert said in capsys.readouterr().err
    assert not cache.exists()


def test_by_words_alone_and_a_sample(tmp_path: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = realtimeqa(tmp_path / "set")
    asked = ["eval", "--set", "realtimeqa", str(folder), "--sample", "1", "--words-only", "--retrieval-only", "--json"]
    assert main(asked) == ExitCode.OK
    told = capsys.readouterr()
    run = json.loads(told.out)
    assert (run["suite"], run["over"]["articles"]) == ("realtimeqa:queries (1 sampled)", 1)
    assert run["cases"][0]["scores"]["retrieval.hit@1"] == 1.0


# whatever the files hold

_FILES = {
    "beir": ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"),
    "ecbplus": ("ecbplus.articles.jsonl",),
    "faithbench": ("batch_1.json",),
    "multihop": ("MultiHopRAG.json", "corpus.json"),
    "qags": ("mturk_cnndm.jsonl", "mturk_xsum.jsonl.gz"),
    "realsumm": ("realsumm.articles.jsonl",),
    "realtimeqa": ("realtimeqa.articles.jsonl.gz", "realtimeqa.queries.jsonl"),
}
_NAMES = (
    "_id id text query answer question question_type evidence_list fact url body title date answers evidence article "
    "article_id summary_sentences sentence responses response samples sample_id source summary annotations label "
    "cluster summary_start summary_end reference topic"
).split()
_LEAVES = st.none() | st.booleans() | st.integers(-1, 3) | st.floats() | st.text(max_size=4) | st.just("yes")
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=9)
)
_WHOLE = st.fixed_dictionaries({}, optional=dict.fromkeys(_NAMES, _VALUES))
_CONTENTS = (
    st.binary(max_size=60)
    | st.lists(_WHOLE, max_size=3).map(lambda rows: json.dumps(rows).encode())
    | st.lists(_WHOLE, max_size=3).map(lambda rows: "\n".join(map(json.dumps, rows)).encode())
    | st.just(b"q1\td1\t1\n")
)


@given(st.sampled_from(sorted(_FILES)), st.lists(_CONTENTS, min_size=3, max_size=3), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_nothing_but_a_fixture_error_comes_of_any_files(
    tmp_path: Path, name: str, contents: list[bytes], packed: bool
) -> None:
    for file, content in zip(_FILES[name], contents, strict=False):
        path = tmp_path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(content) if packed and file.endswith(".gz") else content)
    try:
        data = read_set(name, tmp_path / name)
        for article in data.articles.read() if data.articles else ():
            json.dumps(article.text).encode()
    except FixtureError as error:
        wrong = error
    else:
        assert data.suite.fixtures
        return
    assert str(tmp_path / name) in wrong.message
    assert wrong.hint
