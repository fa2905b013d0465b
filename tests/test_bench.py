"""The benchmark's definitions against cases worked out by hand, what it counts, and one small run of it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import bench
from measure import corpus, figures, metrics, processes
from measure.figures import Figure, Run
from measure.processes import MemoryWatch
from qa.errors import InputError, UsageError

ROOT = Path(__file__).resolve().parent.parent
BURN = "import time\nwhile time.process_time() < 0.4: pass\n"
"""A program that takes .4 s of CPU."""


# metrics


def test_marks_of_a_case_worked_out_by_hand() -> None:
    facts = ["The cat  sat.", "It rained\nall day.", "Nobody came."]
    passages = ["Nothing.", "So: the end. The cat\nsat. Good.", "Thecatsat. It rained all day. More.", "The cat sat."]
    told = metrics.marks(passages, facts)
    assert told.hits10 == told.hits4 == 1.0
    assert told.mrr10 == 1 / 2
    assert told.map10 == pytest.approx((1 / 2 + 1 / 3) / 3)  # one fact at rank 2, one more at 3, nothing new at 4
    assert told.recall10 == pytest.approx(2 / 3)
    assert told.all10 == 0.0


def test_two_facts_in_the_first_passage_count_both() -> None:
    told = metrics.marks(["one and two"], ["one", "two"])
    assert (told.map10, told.mrr10, told.recall10, told.all10) == (1.0, 1.0, 1.0, 1.0)


def test_ranks_beyond_four_and_ten_do_not_count_there() -> None:
    nothing = ["nothing"] * 10
    fifth = metrics.marks([*nothing[:4], "fact"], ["fact"])
    assert (fifth.hits10, fifth.hits4, fifth.mrr10) == (1.0, 0.0, 1 / 5)
    eleventh = metrics.marks([*nothing, "fact"], ["fact"])
    assert eleventh == metrics.Marks(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_an_interval_is_as_wide_as_chance_makes_it() -> None:
    half = metrics.mean([0.0, 1.0] * 50)
    assert half.value == 0.5
    assert half.n == 100
    assert half.low == pytest.approx(0.402, abs=0.02)  # 1.96 standard errors of .05
    assert half.high == pytest.approx(0.598, abs=0.02)
    assert metrics.mean([0.0, 1.0] * 50) == half


def test_a_difference_is_paired() -> None:
    theirs = [n % 5 / 5 for n in range(40)]
    told = metrics.difference([value + 0.1 for value in theirs], theirs)
    assert (told.value, told.low, told.high) == pytest.approx((0.1, 0.1, 0.1))  # questions vary by more
    with pytest.raises(ValueError, match="argument 2"):
        metrics.difference([1.0], [1.0, 2.0])


# processes


def _python(program: str, **options: float) -> processes.Ran:
    return processes.run([sys.executable, "-I", "-c", program], **options)


def test_a_command_is_told_with_its_output_and_code() -> None:
    ran = _python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert (ran.out, ran.err, ran.code, ran.outlived) == ("out\n", "err\n", 3, 0)


def test_the_cpu_of_a_grandchild_is_counted() -> None:
    idle = _python("import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', 'pass'])")
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {BURN!r}])"
    assert _python(program).cpu >= 0.4 > idle.cpu


@pytest.mark.skipif(not processes.COUNTS_ORPHANS, reason="orphans are adopted on Linux only")
def test_the_cpu_of_a_grandchild_nobody_waits_for_is_counted() -> None:
    program = f"import os, subprocess, sys; subprocess.Popen([sys.executable, '-I', '-c', {BURN!r}]); os._exit(0)"
    ran = _python(program)
    assert ran.cpu >= 0.4
    assert ran.outlived == 0


@pytest.mark.skipif(not processes.COUNTS_ORPHANS, reason="orphans are adopted on Linux only")
def test_a_grandchild_that_does_not_end_is_ended_and_said() -> None:
    sleeper = "import time; time.sleep(600)"
    program = (
        f"import os, subprocess, sys; p = subprocess.Popen([sys.executable, '-I', '-c', {sleeper!r}]); "
        "print(p.pid, flush=True); os._exit(0)"
    )
    ran = _python(program, grace=0.0)
    assert ran.outlived == 1
    assert not psutil.pid_exists(int(ran.out))


def test_the_memory_of_a_grandchild_is_counted() -> None:
    holder = "held = b'x' * 60_000_000; print('held', flush=True); input()"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {holder!r}])"
    command = [sys.executable, "-I", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "held\n"
        watch = MemoryWatch(parent.pid)
        watch.look()
        parent.communicate("\n")
    assert watch.peak.children > 60_000_000 > watch.peak.parent > 0
    assert watch.peak.together == watch.peak.parent + watch.peak.children


# figures


def _grown(articles: int, passages: int) -> Run:
    cpu = passages / 10
    return Run(
        articles,
        passages,
        (
            Figure("ingest", "whole", "CPU s", cpu),
            Figure("ingest", "whole", "wall s", 2 * cpu),
            Figure("memory", "together", "MB", 300 + 0.003 * passages),
            Figure("quality", "Hits@10", "share", 0.9, 0.8, 0.95, 50),
        ),
    )


def test_growth_gives_the_exponent_and_what_a_million_passages_take() -> None:
    rows = figures.growth([_grown(100, 1_000), _grown(1_000, 10_000), _grown(10_000, 100_000)]).splitlines()
    assert rows[2] == "| ingest: whole | CPU s | 100 | 1,000 | 10,000 | 1.00 | 100,000 |"
    assert rows[3].startswith("| memory: together | MB | 303 | 330 | 600 |")
    assert rows[3].endswith("| 1,091 to 3,300 |")  # the power law, and the straight line, which is right here
    assert rows[4] == "| quality: Hits@10 | share |" + " 0.900 [0.800, 0.950] |" * 3 + "  |  |"


def test_what_grows_faster_than_a_line_follows_its_power() -> None:
    known = [(1_000, 1.0), (10_000, 100.0), (100_000, 10_000.0)]
    assert figures.exponent(known) == pytest.approx(2.0)
    assert figures.at_a_million(known) == pytest.approx((109_000.0, 1_000_000.0))
    assert figures.at_a_million([(10, 5.0), (1_000, 4.0)]) == (4.0, 4.0)  # noise does not make less of more


def test_figures_come_back_from_json_smallest_library_first(tmp_path: Path) -> None:
    runs = [_grown(1_000, 10_000), _grown(100, 1_000)]
    for n, run in enumerate(runs):
        (tmp_path / f"{n}.json").write_text(figures.as_json([run], bench.machine()), encoding="utf-8")
    assert figures.read_runs([tmp_path / "0.json", tmp_path / "1.json"]) == runs[::-1]


@pytest.mark.parametrize("text", ["", "[]", '{"format": 99, "runs": []}', '{"format": 1, "runs": [{"articles": 1}]}'])
def test_other_json_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"other\.json: no figures"):
        figures.read_runs([file])


# corpus


def _articles(file: Path, count: int) -> Path:
    with gzip.open(file, "wt", encoding="utf-8") as lines:
        for n in range(count):
            article = {"id": f"a{n}", "title": f"Title {n}", "date": "2026-02-04", "text": "Text."}
            lines.write(json.dumps(article) + "\n")
    return file


def test_a_sample_holds_the_evidence_and_then_the_first(tmp_path: Path) -> None:
    chosen = corpus.sample(_articles(tmp_path / "all.jsonl.gz", 9), 3, ["a7"], tmp_path)
    assert chosen.ids == {"a0", "a1", "a7"}
    assert [json.loads(line)["id"] for line in chosen.path.read_text().splitlines()] == ["a0", "a1", "a7"]
    before = chosen.path.read_text().splitlines()
    chosen.change_one()
    after = chosen.path.read_text().splitlines()
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


def test_what_cannot_be_sampled_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds 2 articles, not 5"):
        corpus.sample(_articles(tmp_path / "two.jsonl.gz", 2), 5, [], tmp_path)
    (tmp_path / "bad.jsonl").write_text('{"id": 1}\n[]\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.jsonl:2: not a JSON object"):
        corpus.sample(tmp_path / "bad.jsonl", None, [], tmp_path)
    (tmp_path / "plain.jsonl.gz").write_text("no gzip", encoding="utf-8")
    with pytest.raises(InputError, match=r"plain\.jsonl\.gz"):
        corpus.sample(tmp_path / "plain.jsonl.gz", None, [], tmp_path)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("", "holds no questions"),
        ('{"id": 1}\n', ":1: no question"),
        ('{"id": 1, "question": "One?"}\n{"id": 1, "question": "Two?"}\n', "'1' stands on 2 lines"),
    ],
)
def test_questions_that_cannot_be_asked_are_said(tmp_path: Path, lines: str, says: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(lines, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        corpus.load_questions(file)


@pytest.mark.parametrize("sizes", ["many", "100,,200", "0", "-5", "²"])
def test_sizes_that_are_none_are_refused(sizes: str) -> None:
    with pytest.raises(UsageError, match="not a list of sizes"):
        bench.sizes_of(sizes)


# the whole


def _bench(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    command = [sys.executable, str(ROOT / "scripts" / "bench.py"), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_one_run_prints_every_row_and_keeps_the_same_as_json(tmp_path: Path) -> None:
    articles, evidence, questions = (tmp_path / name for name in ("a.jsonl", "evidence.jsonl", "questions.jsonl"))
    fact = "The talks were moved from Ankara to Muscat."
    text = f"{fact} Both sides confirmed it on Tuesday evening."
    told = {"id": "a1", "title": "Talks moved", "date": "2026-02-04", "text": text}
    other = {"id": "a2", "title": "Rain", "date": "2026-02-03", "text": "It rained in Oslo all day, and nobody came."}
    articles.write_text("".join(json.dumps(one) + "\n" for one in (told, other)), encoding="utf-8")
    asked = {"id": "q", "question": "Where were the talks moved to?"}
    gold = {"type": "two-part", "evidence": [{"article_id": "a1", "fact": fact}]}
    evidence.write_text(json.dumps(asked | gold) + "\n", encoding="utf-8")
    dated = asked | {"id": "d", "date": "2026-02-05", "answers": ["Muscat"], "evidence": [{"article_id": "a1"}]}
    questions.write_text(json.dumps(dated) + "\n", encoding="utf-8")
    kept = tmp_path / "figures.json"
    given = ["--articles", articles, "--evidence", evidence, "--questions", questions, "--json", kept]
    (tmp_path / "temporary").mkdir()
    with _bench(tmp_path / "temporary", *map(str, given), "--starts", "1") as running:
        out, err = running.communicate()
    assert running.returncode == 0, err
    assert not list((tmp_path / "temporary").iterdir())
    rows = {line.split(" | ")[0].removeprefix("| ") for line in out.splitlines() if line.startswith("| ")}
    ways = ("no window", "as of a day", "a week", "a year", "answered", "no window, Chroma", "every way of searching")
    assert rows >= {
        "library: source tokens (word pieces)",
        *(f"ingest: {name}" for name in ("words only", "whole, in one go", "again, nothing changed")),
        *(f"ingest: {name}" for name in ("again, one article changed", "source tokens per CPU s, whole")),
        "ingest: whole ingest against the embedder alone",
        *(f"memory: ingest: {name}" for name in ("process", "children", "together")),
        *(f"cold: {name}" for name in ("search", "search --words-only", "ask")),
        *(f"questions: {way}, {name}" for way in ways for name in ("median", "95th percentile")),
        "questions: hits of exact search that Chroma gives too",
        *(
            f"disk: {name}"
            for name in ("catalogue", "words", "vectors (Chroma)", "vectors (exact)", "together", "a passage")
        ),
        *(f"quality: {name} (n = 1)" for name in ("Hits@10", "Hits@4", "MAP@10", "MRR@10", "evidence recall@10")),
        "quality: all evidence of two-part questions among ten (n = 1)",
        "quality: searched within a window that the question's words set (n = 1)",
        "quality: found nothing (n = 1)",
        "quality: an answer among the first 1 articles (n = 1)",
        "quality: a linked article among the first 10 (n = 1)",
    }
    (run,) = figures.read_runs([kept])
    assert (run.articles, run.passages) == (2, 2)
    assert figures.table([run]) in out
    found = {figure.name: figure.value for figure in run.figures if figure.group == "quality"}
    nothing = {name: found.pop(name) for name in list(found) if name.startswith(("searched", "found"))}
    assert set(found.values()) == {1.0}
    assert set(nothing.values()) == {0.0}
    spent = {figure.name: figure.value for figure in run.figures if figure.unit == "CPU s"}
    assert all(value > 0 for value in spent.values())
    assert spent["whole, in one go"] > spent["words only"]  # the index's child is in the first only


def test_a_library_of_other_articles_is_refused(tmp_path: Path, seeds_library: Path) -> None:
    articles = tmp_path / "others.jsonl"
    articles.write_text(json.dumps({"id": "a", "title": "Rain", "text": "It rained in Oslo all day."}) + "\n")
    with _bench(tmp_path, "--articles", str(articles), "--library", str(seeds_library)) as running:
        _, err = running.communicate()
    assert running.returncode == 4
    assert "does not hold the articles of" in err
    assert not list(tmp_path.glob("newsdesk-bench-*"))


def test_interrupted_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with _bench(tmp_path) as running:
        assert running.stderr
        said = [running.stderr.readline() for _ in range(2)]
        assert "too few" in said[0]
        running.send_signal(signal.SIGINT)
        _, err = running.communicate()
    assert running.returncode == 130
    assert "nothing is left behind" in err
    assert not list(tmp_path.iterdir())
    of_ours = [one for one in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(one.info["cmdline"] or ())]
    assert not psutil.wait_procs(of_ours, timeout=20)[1]  # what was killed takes a moment to go


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--evidence", "x.jsonl"], 2, "need articles"),
        (["--articles", "missing.jsonl"], 4, "missing.jsonl"),
        (["--table", "missing.json"], 4, "missing.json"),
        (["--json", "no/such/folder.json"], 4, "folder.json"),
        (["--library", "somewhere"], 2, "measured whole"),
    ],
)
def test_what_is_missing_is_said_with_a_remedy(tmp_path: Path, arguments: list[str], code: int, says: str) -> None:
    with _bench(tmp_path, *arguments) as running:
        out, err = running.communicate()
    assert (running.returncode, out) == (code, "")
    assert says in err
    assert "Traceback" not in err
    assert len(err.splitlines()) >= 2
