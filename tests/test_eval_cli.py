"""``newsdesk eval``: a run is made, kept, told in every form, held against others and against a gate."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fake_llm import FakeLLM, Reply
from fixtures.commands import Ran
from fixtures.evaluations import QUOTE, case, run_of
from fixtures.newsroom import engine_at, jsonl

from qa.cli import main
from qa.comparison import contrasted
from qa.errors import ExitCode
from qa.evaluation import Costs, Run
from qa.gate import gated, read_gate
from qa.journal import Journal
from qa.render.evaluations import case_text, cases_text, run_html, run_json, run_junit, run_text
from qa.runfile import read_run, run_form

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = [
    {
        "id": "place",
        "question": "Where are the US-Iran talks expected to take place?",
        "as_of": "2026-02-05",
        "expect": {"status": "answered", "contains": ["Istanbul"], "evidence": ["they will take place in Istanbul"]},
    },
    {"id": "cup", "question": "Who won the World Cup?", "as_of": "2026-02-05", "expect": {"status": "insufficient"}},
    {
        "id": "moon",
        "question": "Where are the US-Iran talks expected?",
        "as_of": "2026-02-05",
        "expect": {"status": "answered", "contains": ["the Moon"]},
    },
]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def fixtures(tmp_path: Path) -> str:
    return str(jsonl(tmp_path / "news.jsonl", FIXTURES))


@pytest.fixture
def run(own_seeds: Path, capsys: Capture) -> Any:
    """Runs ``eval`` over a library of its own in this process."""

    def ran(*arguments: str, library: Path = own_seeds) -> Ran:
        code = main(["--library", str(library), "eval", *arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return ran


def apart(told: dict[str, Any]) -> dict[str, Any]:
    """A run without what differs between two of the same."""
    kept = {name: value for name, value in told.items() if name not in ("number", "made", "costs")}
    return kept | {"cases": [{**case, "costs": None} for case in told["cases"]]}


# a run


def test_a_run_is_told_kept_and_the_same_the_second_time(run: Any, fixtures: str) -> None:
    first = run(fixtures)
    assert first.code == 0
    assert first.out.startswith("news.jsonl · run 1 · 3 of 3 cases, 2 as expected\n")
    assert "✗ moon: Where are the US-Iran talks expected?\n    does not say “the Moon”\n" in first.out
    assert re.search(r"\n  As expected +0\.667  \[0\.\d{3}, 1\.000\]  n    3\n", first.out)
    assert re.search(r"\nTook \d+\.\d s, ", first.out)
    second, third = run(fixtures, "--json"), run(fixtures, "--json", "--at-once", "3")
    assert second.out.isascii()
    assert (second.json["number"], third.json["number"]) == (2, 3)
    assert apart(second.json) == apart(third.json)
    shown = run("--show", "2", "--json")
    assert shown.out == second.out
    listed = run("--list")
    assert re.fullmatch(
        r"( +[321]  \d{4}-\d\d-\d\d \d\d:\d\d UTC  news\.jsonl: 2 as expected of 3,\s+newsdesk \S+\n){3}3 runs\n",
        listed.out,
    )
    assert [one["number"] for one in run("--list", "--json").json["runs"]] == [3, 2, 1]


def test_no_line_is_wider_than_eighty_columns(run: Any, fixtures: str) -> None:
    run(fixtures)
    told = run(fixtures, "--against", "last", "--cases").out
    assert max(map(len, told.splitlines())) <= 80


def test_nothing_is_kept_where_the_reader_says_so(run: Any, fixtures: str) -> None:
    assert run(fixtures, "--no-journal", "--json").json["number"] is None
    assert run("--list").out == "0 runs\n"
    refused = run(fixtures, "--no-journal", "--resume")
    assert refused.code == ExitCode.USAGE
    assert "none is kept" in refused.err


def test_drafts_and_retrieval_alone_are_settings_of_a_run(run: Any, tmp_path: Path, fixtures: str) -> None:
    drafted = str(jsonl(tmp_path / "drafted.jsonl", [*FIXTURES[:2], FIXTURES[2] | {"draft": True}]))
    assert [one["id"] for one in run(drafted, "--json").json["cases"]] == ["place", "cup"]
    assert [one["id"] for one in run(drafted, "--drafts", "--json").json["cases"]] == ["place", "cup", "moon"]
    found = run(fixtures, "--retrieval-only", "--json").json
    assert found["figures"]["retrieval.hit@1"]["value"] == 1.0
    assert found["figures"]["answers.as_expected"]["value"] is None


def test_a_damaged_journal_loses_no_evaluation(run: Any, own_seeds: Path, fixtures: str) -> None:
    (own_seeds / "journal.sqlite").write_bytes(b"no database at all, but long enough to be taken for one" * 20)
    told = run(fixtures)
    assert (told.code, told.err.count("this run is not kept: the journal")) == (0, 1)
    assert told.out.startswith("news.jsonl · 3 of 3 cases, 2 as expected\n")
    assert "Note: this run is not kept: the journal" in told.out
    for wants in ("--resume", "--against=last"):
        refused = run(fixtures, wants)
        assert refused.code == ExitCode.LIBRARY
        assert "is damaged" in refused.err


# resuming


@contextmanager
def stopped(library: Path, fixtures: str, how: signal.Signals) -> Iterator[tuple[list[str], int | None, str, str]]:
    """A run whose model falls silent at its third case, ended then; the model answers from then on. The options that
    name it, and what the command came to."""
    answers = [Reply(["The talks are expected in Istanbul [1]."])] * 2
    with FakeLLM() as server:
        server.queue(*answers, Reply(["The talks"], stall_after=1))
        model = ["--model", "test", "--base-url", server.url, "--at-once", "1"]
        command = [sys.executable, "-m", "tui", "--library", str(library), "eval", fixtures, *model]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
            while len(server.bodies) < 3:
                assert child.poll() is None, child.communicate()
                time.sleep(0.01)
            child.send_signal(how)
            out, err = child.communicate()
        server.default = lambda _: answers[0]
        yield model, child.returncode, out, err


@pytest.fixture
def four(tmp_path: Path) -> str:
    return str(jsonl(tmp_path / "four.jsonl", [FIXTURES[0] | {"id": f"q{n}"} for n in range(4)]))


def test_a_run_that_is_killed_keeps_its_cases_and_goes_on(run: Any, own_seeds: Path, four: str) -> None:
    with stopped(own_seeds, four, signal.SIGKILL) as (model, _, _, _):
        journal = Journal(own_seeds).runs
        (broken,) = journal.listed()
        assert (broken.complete, broken.of, broken.done, broken.passed) == (False, 4, 2, 2)
        kept = {one.id: one.costs.seconds for one in journal.get(1).cases}
        anew = run(four, "--no-journal", "--json", *model).json
        whole = run(four, "--resume", "--json", *model)
        assert "run 1 of the same was broken off after 2 of 4 cases; going on with it\n" in whole.err
        assert (whole.code, whole.json["number"], whole.json["complete"]) == (0, 1, True)
        seconds = {one["id"]: one["costs"]["seconds"] for one in whole.json["cases"]}
        assert {name: seconds[name] for name in kept} == kept  # not asked anew
        assert apart(whole.json) == apart(anew)
        assert "was broken off: begun anew" in run(four, "--resume", *model).err


def test_ctrl_c_keeps_the_cases_that_finished_and_says_how_to_go_on(run: Any, own_seeds: Path, four: str) -> None:
    with stopped(own_seeds, four, signal.SIGINT) as (model, code, out, err):
        assert code == ExitCode.INTERRUPTED
        assert out.startswith("four.jsonl · run 1 · 2 of 4 cases, 2 as expected\n")
        assert out.endswith("Note: stopped before the end.\n")
        goes_on = "stopped after 2 of 4 cases, kept as run 1: the same command with --resume goes on with it\n"
        assert err.endswith(goes_on)
        again = run(four, "--json", *model)
        assert "run 1 of the same was broken off after 2 of 4 cases; --resume goes on with it\n" in again.err
        assert again.json["number"] == 2
        assert run("--list").out.count("broken off") == 1


# against another


def kept_run(library: Path, run: Run) -> int:
    """A run in the journal of a library; its number."""
    with engine_at(library) as engine:
        begun = engine.journal.runs.begin(run)
        assert begun.number is not None
        engine.journal.runs.end(replace(run, number=begun.number))
        return begun.number


BEFORE = run_of(*(case(f"q{n}", said="It is in Istanbul.") for n in range(12)), case("old"), case("mended", "no fact"))
NOW = run_of(
    *(case(f"q{n}", "says none of [Istanbul]", said="It is in Ankara.") for n in range(10)),
    *(case(f"q{n}", said="It is in Istanbul.") for n in range(10, 12)),
    case("old", said="Otherwise."),
    case("mended"),
)


def test_flips_are_told_with_what_was_said_and_what_is_evidence_of_a_difference(run: Any, own_seeds: Path) -> None:
    kept_run(own_seeds, BEFORE)
    number = kept_run(own_seeds, NOW)
    told = run("--show", str(number), "--against", "1").out
    assert "Against run 1 (14 of 14 cases, 13 as expected, 2026-02-05 12:00 UTC)\n" in told
    assert re.search(r"was 0\.929, -0\.643 \[-0\.\d{3}, -0\.\d{3}\]: worse \(p = 0\.012\)\n", told)
    assert "10 fail now, 1 passes now, 1 came out otherwise and did not flip, 2 as\nbefore" in told
    assert (
        "✗ q0: What happened in q0?\n    before: as expected – “It is in Istanbul.”\n"
        "    now: says none of [Istanbul] – “It is in Ankara.”\n" in told
    )
    by_json = run("--show", "2", "--against", "1", "--json").json["comparison"]
    (figure,) = by_json["figures"]
    assert (figure["tested"]["test"], figure["tested"]["says"]) == ("McNemar's exact test", "worse")
    assert (figure["better"], figure["worse"], by_json["moved"]) == (1, 10, ["old"])
    assert "in the other run:" in run("--show", "2", "--against", "1", "--case", "q0").out


def test_no_evidence_is_said_in_these_words(run: Any, own_seeds: Path) -> None:
    kept_run(own_seeds, BEFORE)
    few = replace(
        BEFORE,
        cases=(replace(BEFORE.cases[0], failures=("wrong",), scores={"answers.as_expected": 0.0}), *BEFORE.cases[1:]),
    )
    kept_run(own_seeds, run_of(*few.cases))
    assert "no evidence of a difference (p = 1)" in run("--show", "last", "--against", "1").out


def test_against_the_last_run_is_against_the_last_complete_one_of_the_same_fixtures(
    run: Any, own_seeds: Path, fixtures: str
) -> None:
    kept_run(own_seeds, BEFORE)
    first = run(fixtures, "--against", "last")
    assert first.err.splitlines() == ["no other complete run of these fixtures is kept: nothing to compare with"]
    second = run(fixtures, "--against", "last")
    assert "Against run 2 (3 of 3 cases, 2 as expected, " in second.out
    assert "As expected             0.667" in second.out
    assert second.out.count("as before\n") > 5
    assert "Cases: 3 as before\n" in second.out


def test_a_run_of_other_fixtures_library_or_settings_is_refused_or_said(
    run: Any, own_seeds: Path, tmp_path: Path, fixtures: str
) -> None:
    number = kept_run(own_seeds, BEFORE)
    refused = run(fixtures, "--against", str(number), "--json")
    assert (refused.code, refused.json["error"]["code"]) == (ExitCode.INPUT, "gate")
    assert "other fixtures" in refused.json["error"]["message"]
    assert "--against last" in refused.json["error"]["hint"]
    assert run("--list").out.endswith("\n1 run\n")  # nothing was asked before that
    out = tmp_path / "baseline.json"
    assert run(fixtures, "--out", str(out)).code == 0
    baseline = read_run(out)
    other = replace(baseline, settings=baseline.settings | {"k": "40"}, over=replace(baseline.over, digest="0" * 64))
    out.write_text(json.dumps(run_form(other)), encoding="utf-8")
    told = run(fixtures, "--against", str(out)).out
    assert re.search(r"  ! library: 2 articles, \d+ passages \(0{12}\), now 2 articles,", told)
    assert "  ! setting k: 40, now 10\n" in told


# gate


def test_a_run_passes_the_gate_it_drafts_and_another_one_fails_it_with_a_code_of_its_own(
    run: Any, tmp_path: Path, fixtures: str
) -> None:
    gate, baseline = str(tmp_path / "gate.toml"), str(tmp_path / "baseline.json")
    made = run(fixtures, "--write-gate", gate, "--out", baseline)
    assert made.err.splitlines()[-2:] == [f"the run is in {baseline}", f"a gate that this run passes is in {gate}"]
    assert tomllib.loads(Path(gate).read_text(encoding="utf-8"))["baseline"] == "baseline.json"
    passed = run(fixtures, "--gate", gate)
    assert passed.code == 0
    assert re.search(r"\nGate gate\.toml: passed \(\d+ conditions\)\n", passed.out)
    worse = run(fixtures, "--gate", gate, "--retrieval-only", "--json")
    assert worse.code == ExitCode.GATE == 14
    assert worse.json["gate"]["passed"] is False
    codes = {one["code"] for one in worse.json["gate"]["conditions"] if not one["held"]}
    assert {"settings-changed", "no-value"} <= codes
    told = run(fixtures, "--gate", gate, "--retrieval-only")
    assert re.search(r"\nGate gate\.toml: FAILED \d+ of \d+ conditions\n✗ ", told.out)
    assert "✗ settings-changed retrieval_only: yes, and must be no\n" in told.out
    changed = str(jsonl(tmp_path / "changed.jsonl", [FIXTURES[0], FIXTURES[1]]))
    told = run(changed, "--gate", gate).out
    for code in ("fixtures-changed", "fewer-cases", "baseline-other-fixtures"):
        assert f"✗ {code}" in told
    Path(baseline).unlink()
    assert "✗ baseline-unreadable" in run(fixtures, "--gate", gate).out


def test_a_wrong_gate_is_an_error_before_anything_is_asked(run: Any, tmp_path: Path, fixtures: str) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text('version = 1\n[floors]\n"retrieval.hit" = 0.5\n', encoding="utf-8")
    refused = run(fixtures, "--gate", str(gate))
    assert refused.code == ExitCode.INPUT
    assert 'floors."retrieval.hit" is no metric (did you mean retrieval.hit@4?)' in refused.err
    assert run("--list").out == "0 runs\n"


# files


def test_files_are_refused_before_anything_is_asked_and_never_overwritten_unless_told(
    run: Any, tmp_path: Path, fixtures: str
) -> None:
    there = tmp_path / "there.html"
    there.write_text("mine", encoding="utf-8")
    for options in (
        ("--html", str(there)),
        ("--junit", str(tmp_path)),
        ("--out", str(tmp_path / "nowhere" / "run.json")),
        ("--out", str(tmp_path / "a"), "--html", str(tmp_path / "." / "a")),
    ):
        assert run(fixtures, *options).code in {ExitCode.INPUT, ExitCode.USAGE}
    assert there.read_text(encoding="utf-8") == "mine"
    assert run("--list").out == "0 runs\n"
    assert run(fixtures, "--html", str(there), "--force").code == 0
    assert there.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), ExitCode.USAGE),
        (("--list", "--show", "1"), ExitCode.USAGE),
        (("FIXTURES", "--list"), ExitCode.USAGE),
        (("FIXTURES", "--show", "1"), ExitCode.USAGE),
        (("--list", "--html", "x.html"), ExitCode.USAGE),
        (("--delete", "1", "--against", "last"), ExitCode.USAGE),
        (("FIXTURES", "--at-once", "0"), ExitCode.USAGE),
        (("FIXTURES", "-k", "0"), ExitCode.USAGE),
        (("--show", "7"), ExitCode.INPUT),
        (("--show", "last"), ExitCode.INPUT),
        (("--show", "99999999999999999999999"), ExitCode.INPUT),
        (("--show", "no-file.json"), ExitCode.INPUT),
        (("--delete", "7"), ExitCode.INPUT),
        (("--restore", "7"), ExitCode.INPUT),
        (("--erase", "7"), ExitCode.INPUT),
        (("--erase", "-1"), ExitCode.USAGE),
        (("FIXTURES", "--against", "7"), ExitCode.INPUT),
        (("FIXTURES", "--case", "plac"), ExitCode.INPUT),
        (("FIXTURES", "--gate", "no-file.toml"), ExitCode.INPUT),
    ],
)
def test_what_cannot_be_asked_is_one_message_with_its_remedy(
    run: Any, fixtures: str, arguments: tuple[str, ...], code: ExitCode
) -> None:
    ran = run(*(fixtures if one == "FIXTURES" else one for one in arguments))
    assert (ran.code, ran.out) == (code, "")
    message, hint = ran.err.splitlines()
    assert message.startswith("newsdesk: ")
    assert hint.startswith("  ")


def test_json_has_every_case_and_takes_no_option_for_them(run: Any, fixtures: str) -> None:
    refused = run(fixtures, "--json", "--cases")
    assert (refused.code, refused.json["error"]["code"]) == (ExitCode.USAGE, "usage")


def test_runs_are_deleted_restored_and_erased(run: Any, own_seeds: Path) -> None:
    kept_run(own_seeds, BEFORE)
    assert run("--delete", "1").out == "run 1 of news.yaml is deleted; `newsdesk eval --restore 1` brings it back\n"
    assert run("--list").out == "0 runs\n"
    assert run("--list", "deleted").out.endswith("1 run\n")
    assert "was deleted" in run("--show", "1").err
    assert run("--restore", "1").out == "run 1 of news.yaml is back\n"
    assert run("--erase", "1", "--json").json["erased"] is True
    assert run("--list", "deleted").out == "0 runs\n"


# forms

EVIL = "</td><script>alert(1)</script> ]]> \x1b[2J\x00\u202eback\ud800 ![i](http://evil.example/i.png) & \"'"
HOSTILE = run_of(
    case(
        EVIL,
        EVIL,
        asked=EVIL,
        expected=EVIL,
        outcome=EVIL,
        said=EVIL,
        notes=(EVIL,),
        scores={EVIL: 1.0, "retrieval.hit@1": 0.0},
        cited=(replace(QUOTE, quote=EVIL, title=EVIL, source=EVIL, article_id=EVIL, url="javascript:alert(1)"),),
    ),
    suite=EVIL,
    settings={EVIL: EVIL},
    prompts={EVIL: EVIL},
    notes=(EVIL,),
)
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def test_hostile_text_is_plain_words_in_every_form(tmp_path: Path) -> None:
    before = replace(HOSTILE, cases=(replace(HOSTILE.cases[0], failures=(), said=EVIL * 2),), settings={EVIL: "x"})
    contrast = contrasted(before, HOSTILE)
    gate = tmp_path / "gate.toml"
    gate.write_text(
        'version = 1\nfixtures = "0"\ncases = 2\nlibrary = "any"\npass = ["\\u001b[2J<b>"]\n[judge]\nname = "<b>"\n'
        'digest = "\\u0000"\n',
        encoding="utf-8",
    )
    told = gated(read_gate(gate), HOSTILE)
    texts = (
        run_text(HOSTILE, contrast, told),
        cases_text(HOSTILE, contrast),
        case_text(HOSTILE.cases[0], before.cases[0]),
        run_html(HOSTILE, contrast, told),
        run_junit(HOSTILE, told),
    )
    for text in texts:
        assert not BAD.search(text.replace("\n", ""))
        text.encode("utf-8")
    page, junit = texts[3], texts[4]
    assert "<script" not in page
    assert "javascript:" not in re.findall(r'href="([^"]*)"', page)
    assert "Content-Security-Policy" in page
    assert "default-src &#x27;none&#x27;" in page or "default-src 'none'" in page
    root = ElementTree.fromstring(junit)  # well-formed
    assert len(root.findall("testsuite/testcase")) == 1 + len(told.conditions)
    assert json.dumps(run_json(HOSTILE, contrast, told)).isascii()


def test_hostile_names_of_kept_runs_are_plain_words(run: Any, own_seeds: Path) -> None:
    kept_run(own_seeds, HOSTILE)
    told = [run("--list"), run("--show", "1"), run("--show", "1", "--case", EVIL), run("--delete", "1")]
    told += [run("--restore", "1"), run("--show", "1", "--against", "1", "--cases"), run("--erase", "1")]
    for ran in told:
        assert ran.code == 0
        assert not BAD.search((ran.out + ran.err).replace("\n", ""))


def test_forms_are_the_same_byte_for_byte() -> None:
    contrast = contrasted(BEFORE, NOW)
    for form in (run_text, run_html):
        assert form(NOW, contrast) == form(NOW, contrasted(BEFORE, NOW))
    assert run_junit(NOW) == run_junit(NOW)
    assert json.dumps(run_json(NOW, contrast)) == json.dumps(run_json(NOW, contrasted(BEFORE, NOW)))


def test_a_page_stands_by_itself_and_draws_figures_differences_and_risk() -> None:
    page = run_html(NOW, contrasted(BEFORE, NOW))
    assert not re.search(r"<(?:script|link|img|iframe)\b|@import|url\(", page)
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert page.count('<svg class="bar"') == len(NOW.figures)
    assert page.count('<svg class="plot"') == 2
    assert page.count("<details>") == len(NOW.cases) + 11
    for words in ("0.286", "worse (p = 0.012)", "fails now", "says none of [Istanbul]", "It is in Ankara."):
        assert words in page


def test_junit_has_a_suite_a_kind_and_one_for_the_gate(tmp_path: Path) -> None:
    gate = tmp_path / "gate.toml"
    gate.write_text(
        f'version = 1\nfixtures = "{"f" * 64}"\ncases = 99\nlibrary = "any"\npass = ["q10"]\n'
        f'[judge]\nname = "newsdesk"\ndigest = "{"a" * 64}"\n',
        encoding="utf-8",
    )
    claim = replace(case("claim"), kind="verification", costs=Costs(1.25))
    told = gated(read_gate(gate), run_of(*NOW.cases, claim))
    root = ElementTree.fromstring(run_junit(run_of(*NOW.cases, claim), told))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["question", "verification", "gate"]
    assert (root.get("tests"), root.get("failures")) == (str(15 + len(told.conditions)), "11")
    assert (suites["question"].get("tests"), suites["question"].get("failures")) == ("14", "10")
    assert suites["verification"][0].get("time") == "1.250"
    failures = {one.get("name"): one.find("failure") for one in suites["gate"]}
    assert failures["fewer-cases"] is not None
    assert failures["fewer-cases"].get("message") == "fewer-cases: 15, at least 99"
    assert failures["case-failed q10"] is None


def test_the_terminal_lists_twenty_failures_and_says_how_many_more() -> None:
    run = run_of(*(case(f"q{n}", "wrong") for n in range(25)))
    told = run_text(run)
    assert told.count("✗ q") == 20
    assert "… and 5 more (--cases shows them all)\n" in told
    assert cases_text(run).count("✗ q") == 25
