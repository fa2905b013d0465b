"""A gate refuses by name whatever a run does not hold to, and whatever it cannot decide."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fixtures.evaluations import case, run_of
from hypothesis import given
from hypothesis import strategies as st

from qa.comparison import JUDGE_MODEL, JUDGE_PROMPT, contrasted
from qa.errors import ExitCode, GateError
from qa.evaluation import ERROR, Figure, Judge, Over, Run
from qa.gate import Gate, Gated, draft_gate, gated, read_gate
from qa.metrics.named import METRICS
from qa.render.evaluations import run_html, run_json, run_junit, run_text
from qa.runfile import read_run, run_form

SCORES = {
    "retrieval.hit@1": 1.0,
    "answers.as_expected": 1.0,
    "abstention.answerable_refused": 0.0,
    "citations.recall": 1.0,
}
LESS = {
    "retrieval.hit@1": 0.0,
    "answers.as_expected": 0.0,
    "abstention.answerable_refused": 1.0,
    "citations.recall": 0.5,
}
RUN = run_of(
    *(case(f"q{n}", scores=SCORES) for n in range(7)), *(case(f"f{n}", "wrong", scores=LESS) for n in range(3))
)


def written(path: Path, run: Run) -> Path:
    path.write_text(json.dumps(run_form(run)), encoding="utf-8")
    return path


def gate_of(tmp_path: Path, run: Run = RUN, baseline: Run | None = None) -> Gate:
    """The gate that a run drafts, with a baseline where one is given."""
    if baseline is not None:
        written(tmp_path / "baseline.json", baseline)
    path = tmp_path / "gate.toml"
    path.write_text(draft_gate(run, "baseline.json" if baseline else None), encoding="utf-8")
    return read_gate(path)


def failed(told: Gated) -> list[str]:
    return [f"{one.code} {one.about}".rstrip() for one in told.failures]


# holding to it


def test_a_run_holds_to_the_gate_that_it_drafts(tmp_path: Path) -> None:
    gate = gate_of(tmp_path)
    told = gated(gate, RUN)
    assert told.failures == ()
    assert told.passed
    assert {one.code for one in told.conditions} == {
        "incomplete", "fixtures-changed", "fewer-cases", "library-changed", "judge-changed", "settings-changed",
        "below-floor", "above-ceiling", "case-failed",
    }  # fmt: skip
    assert gate.must_pass == tuple(f"q{n}" for n in range(7))
    assert gate.floors["retrieval.hit@1"].value == 0.7
    assert gate.ceilings["abstention.answerable_refused"].cases == 10


def test_a_run_holds_to_the_gate_with_a_baseline_that_it_drafts(tmp_path: Path) -> None:
    gate = gate_of(tmp_path, RUN, baseline=RUN)
    assert gate.as_baseline
    assert gate.falls == dict.fromkeys(SCORES, 0.0)
    assert gate.baseline == tmp_path / "baseline.json"
    told = gated(gate, RUN, read_run(gate.baseline))
    assert told.failures == ()
    assert {"fell", "baseline-other-fixtures", "baseline-incomplete"} <= {one.code for one in told.conditions}


def figure_of(run: Run, name: str, **changes: Any) -> Run:
    """The run with one of its figures changed."""
    figures = tuple(replace(one, **changes) if one.metric == name else one for one in run.figures)
    return replace(run, figures=figures)


def without(run: Run, name: str) -> Run:
    return replace(run, figures=tuple(one for one in run.figures if one.metric != name))


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda run: replace(run, complete=False), ["incomplete"]),
        (lambda run: replace(run, of=11), ["incomplete"]),
        (lambda run: replace(run, fixtures="0" * 64), ["fixtures-changed"]),
        (lambda run: replace(run, cases=run.cases[:9], of=9), ["fewer-cases"]),
        (lambda run: replace(run, over=replace(run.over, digest="0" * 64)), ["library-changed"]),
        (lambda run: replace(run, judge=Judge("newsdesk", "0" * 64)), ["judge-changed"]),
        (lambda run: replace(run, judge=replace(run.judge, name="a model")), ["judge-changed"]),
        (lambda run: replace(run, settings={"k": "100"}), ["settings-changed k"]),
        (lambda run: replace(run, settings={}), ["settings-changed k"]),
        (lambda run: without(run, "retrieval.hit@1"), ["metric-missing retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=None, n=0), ["no-value retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=math.nan), ["not-a-number retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=math.inf), ["not-a-number retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", n=9), ["fewer-cases retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=0.6999), ["below-floor retrieval.hit@1"]),
        (lambda run: figure_of(run, "citations.recall", n=1), []),  # how many were answered is another figure's matter
        (
            lambda run: figure_of(run, "abstention.answerable_refused", value=0.31),
            ["above-ceiling abstention.answerable_refused"],
        ),
        (lambda run: figure_of(run, "retrieval.hit@1", value=0.7 - 1e-12), []),  # rounding
        (
            lambda run: replace(run, cases=(replace(run.cases[0], failures=("wrong",)), *run.cases[1:])),
            ["case-failed q0"],
        ),
        (lambda run: replace(run, cases=(case("other"), *run.cases[1:])), ["case-missing q0"]),
        (
            lambda run: replace(run, cases=(), figures=(), complete=False),
            [
                "incomplete", "fewer-cases", "metric-missing retrieval.hit@1", "metric-missing answers.as_expected",
                "metric-missing citations.recall", "metric-missing abstention.answerable_refused",
                *(f"case-missing q{n}" for n in range(7)),
            ],
        ),
    ],
)  # fmt: skip
def test_each_condition_is_refused_by_its_name_and_all_of_them(
    tmp_path: Path, change: Callable[[Run], Run], names: list[str]
) -> None:
    told = gated(gate_of(tmp_path), change(RUN))
    assert failed(told) == names
    assert told.passed is not bool(names)
    assert all(one.says for one in told.conditions)


@pytest.mark.parametrize(
    ("baseline", "names"),
    [
        (lambda run: None, ["baseline-unreadable"]),
        (lambda run: "it is not JSON", ["baseline-unreadable"]),
        (lambda run: replace(run, fixtures="0" * 64), ["baseline-other-fixtures"]),
        (lambda run: replace(run, complete=False), ["baseline-incomplete"]),
        (lambda run: replace(run, of=20), ["baseline-incomplete"]),
        (lambda run: replace(run, over=Over(1, 1, "0")), ["baseline-other-library"]),
        (lambda run: replace(run, settings={"k": "4"}), ["baseline-other-settings k"]),
        (lambda run: without(run, "retrieval.hit@1"), ["metric-missing retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=math.nan), ["not-a-number retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=0.7001), ["fell retrieval.hit@1"]),
        (lambda run: figure_of(run, "retrieval.hit@1", value=0.1), []),  # it got better
        (
            lambda run: figure_of(run, "abstention.answerable_refused", value=0.2),
            ["fell abstention.answerable_refused"],
        ),
        (lambda run: replace(run, judge=Judge("newsdesk", "0")), ["baseline-other-judge citations.recall"]),
        (lambda run: figure_of(run, "retrieval.hit@1", n=11), ["fewer-cases retrieval.hit@1"]),
        (lambda run: figure_of(run, "citations.recall", n=11), []),  # there are fewer answers
        (lambda run: replace(run, cases=(*run.cases[:9], case("f2"))), ["case-failed f2"]),
        (lambda run: replace(run, cases=(*run.cases[:9], case("gone"))), ["case-missing gone"]),
    ],
)  # fmt: skip
def test_a_baseline_that_says_more_or_cannot_be_used_is_refused_by_name(
    tmp_path: Path, baseline: Callable[[Run], Any], names: list[str]
) -> None:
    assert failed(gated(gate_of(tmp_path, RUN, RUN), RUN, baseline(RUN))) == names


def test_a_case_that_an_error_ended_is_no_case(tmp_path: Path) -> None:
    gate = replace(gate_of(tmp_path), must_pass=())
    broken = replace(RUN, cases=(*RUN.cases[:9], replace(RUN.cases[9], outcome=ERROR)))
    assert failed(gated(gate, broken)) == ["incomplete"]


def test_a_fall_may_be_as_large_as_the_gate_says(tmp_path: Path) -> None:
    gate = replace(gate_of(tmp_path, RUN, RUN), floors={}, falls={"retrieval.hit@1": 0.1}, as_baseline=False)
    before = figure_of(RUN, "retrieval.hit@1", value=0.8)
    assert gated(gate, RUN, before).passed
    assert failed(gated(gate, figure_of(RUN, "retrieval.hit@1", value=0.69), before)) == ["fell retrieval.hit@1"]


def test_any_library_is_let_through_where_the_gate_says_so(tmp_path: Path) -> None:
    gate = replace(gate_of(tmp_path, RUN, RUN), library="any")
    other = replace(RUN, over=Over(1, 1, "0"))
    assert gated(gate, other, RUN).passed


def test_scores_of_a_model_enter_only_with_model_and_prompt_and_are_refused_of_another(tmp_path: Path) -> None:
    run = run_of(case("a", scores={"judged.correct": 1.0}), settings={JUDGE_MODEL: "gpt", JUDGE_PROMPT: "12ab"})
    assert "judged.correct" not in draft_gate(run)
    path = tmp_path / "gate.toml"
    text = draft_gate(run).split("[settings]", maxsplit=1)[0] + '[floors]\n"judged.correct" = 0.9\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GateError, match=r"judged\.correct is given by a model"):
        read_gate(path)
    path.write_text(text + '[model_judge]\nmodel = "gpt"\nprompt = "12ab"\n', encoding="utf-8")
    gate = read_gate(path)
    assert gated(gate, run).passed
    for settings in ({JUDGE_MODEL: "other", JUDGE_PROMPT: "12ab"}, {JUDGE_MODEL: "gpt", JUDGE_PROMPT: "0"}, {}):
        assert {one.code for one in gated(gate, replace(run, settings=settings)).failures} == {"judge-changed"}


# the file

WHOLE = f"""
version = 1
fixtures = "{"f" * 64}"
cases = 10
library = "any"
baseline = "b.json"
pass = "baseline"

[judge]
name = "newsdesk"
digest = "aa"

[floors]
"retrieval.hit@1" = {{ value = 0.5, cases = 3 }}

[ceilings]
"abstention.answerable_refused" = 0.5

[falls]
"retrieval.hit@1" = 0
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("version = 1", "", "version is missing"),
        ("version = 1", "version = 2", "version 2 is of a newer Newsdesk"),
        ("version = 1", "version = true", "version is missing"),
        ("version = 1", "version = 1\nflors = 2", r"flors is unknown \(did you mean floors\?\)"),
        ('fixtures = "f', 'fixture = "f', "fixture is unknown.*fixtures is missing"),
        ("cases = 10", "cases = 0", "cases is missing"),
        ("cases = 10", 'cases = "10"', "cases is missing"),
        ('library = "any"', "", "library is missing"),
        ('pass = "baseline"', 'pass = "all"', "pass is neither a list of ids"),
        ('pass = "baseline"', "pass = [1]", "pass is neither a list of ids"),
        ('pass = "baseline"', 'pass = ["a", "a"]', "pass names a case twice"),
        ('baseline = "b.json"', "", "baseline is missing: falls and pass are held against it"),
        ('baseline = "b.json"', "baseline = 7", "baseline is not the name of a file"),
        ("[judge]", "[jury]", "jury is unknown.*judge is missing"),
        ('digest = "aa"', "", "judge.digest is missing"),
        ('digest = "aa"', 'digest = "aa"\nfoo = 1', "judge.foo is unknown"),
        ('"retrieval.hit@1" = {', '"retrieval.hit@11" = {', r'floors."retrieval.hit@11" is no metric .*hit@1'),
        ('"retrieval.hit@1" = {', 'retrieval.hit = {', 'floors."retrieval" is no metric'),
        ("value = 0.5", "value = nan", "floors.retrieval.hit@1 is not a number from 0 to 1"),
        ("value = 0.5", "value = inf", "floors.retrieval.hit@1 is not a number from 0 to 1"),
        ("value = 0.5", "value = true", "floors.retrieval.hit@1 is not a number from 0 to 1"),
        ("value = 0.5", "value = 1.5", "floors.retrieval.hit@1 is not a number from 0 to 1"),
        ("value = 0.5", "value = 0.0", "floors.retrieval.hit@1 = 0 would hold nothing"),
        ("value = 0.5, ", "", "floors.retrieval.hit@1 is not a number from 0 to 1"),
        ("cases = 3 }", "cases = 0 }", "floors.retrieval.hit@1.cases is not a number from 1 up"),
        ("cases = 3 }", "n = 3 }", "floors.retrieval.hit@1.n is unknown"),
        ("_refused\" = 0.5", "_refused\" = 1.0", "ceilings.abstention.answerable_refused = 1 would hold nothing"),
        ("[ceilings]", "", "floors.abstention.answerable_refused: of it less is better; put it under ceilings"),
        ('"abstention.answerable', '"abstention.unanswerable', "of it more is better; put it under floors"),
        ('"retrieval.hit@1" = 0\n', '"retrieval.hit@1" = -0.1\n', "falls.retrieval.hit@1 is not a number"),
        ('"retrieval.hit@1" = 0\n', '"retrieval.hit@1" = 1\n', "falls.retrieval.hit@1 = 1 would hold nothing"),
        ('"retrieval.hit@1" = 0\n', '"retrieval.charm" = 0\n', r'falls."retrieval.charm" is no metric'),
        ("[falls]", "[settings]\nk = 10\n[falls]", "settings is not a table of texts"),
        ("[falls]", "[model_judge]\nmodel = 1\n[falls]", "model_judge.model is missing, or no text"),
        ("[falls]", "falls", "line 19"),
        ("version = 1", "version = 1\nversion = 1", "line 3"),
    ],
)  # fmt: skip
def test_each_mistake_of_a_gate_file_is_named(tmp_path: Path, before: str, after: str, says: str) -> None:
    assert before in WHOLE
    path = tmp_path / "gate.toml"
    path.write_text(WHOLE, encoding="utf-8")
    assert read_gate(path).floors["retrieval.hit@1"].cases == 3
    path.write_text(WHOLE.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(GateError, match=says) as refused:
        read_gate(path)
    assert refused.value.message.startswith(f"{path}: ")
    assert refused.value.hint
    assert refused.value.exit_code is ExitCode.INPUT


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text('version = 1\ncolour = 1\n[floors]\n"a.b" = 2\n', encoding="utf-8")
    with pytest.raises(GateError) as refused:
        read_gate(path)
    assert refused.value.message.count(";") == 6  # seven mistakes


@pytest.mark.parametrize("kind", ["floors", "ceilings", "falls", "pass"])
def test_a_gate_that_would_hold_nothing_is_a_mistake(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "gate.toml"
    head = WHOLE.split("[floors]", maxsplit=1)[0].replace('pass = "baseline"', "pass = []" if kind == "pass" else "")
    path.write_text(head + ("" if kind == "pass" else f"[{kind}]\n"), encoding="utf-8")
    with pytest.raises(GateError, match="sets no condition"):
        read_gate(path)


@given(st.binary(max_size=300))
def test_whatever_stands_in_a_gate_file_or_a_baseline_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "arbitrary"
    path.write_bytes(content)
    for read in (read_gate, read_run):
        with pytest.raises(GateError):
            read(path)


@given(
    name=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip())),
    value=st.floats(min_value=0.0, max_value=1.0),
)
def test_what_is_drafted_is_read_back_whatever_ids_and_values_are(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: float
) -> None:
    run = run_of(case(name), settings={name: name})
    run = replace(run, figures=(Figure("retrieval.hit@1", value, None, None, 1),))
    path = tmp_path_factory.getbasetemp() / "drafted.toml"
    path.write_text(draft_gate(run), encoding="utf-8")
    gate = read_gate(path)
    assert (gate.must_pass, gate.settings) == ((name,), {name: name})
    assert gated(gate, run).passed


def test_no_gate_is_drafted_that_would_hold_nothing(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="no gate was drafted"):
        draft_gate(run_of(case("a", "wrong", scores={"retrieval.hit@1": 0.0})))
    odd = run_of(case("a"), case("odd", scores={"retrieval.hit@1": math.nan}))
    assert "retrieval.hit@1" not in gate_of(tmp_path, odd).floors


def test_every_metric_of_a_run_is_drafted_where_it_belongs() -> None:
    figures = tuple(Figure(name, 0.5, 0.4, 0.6, 9) for name in METRICS)
    text = draft_gate(replace(run_of(case("a")), figures=figures), "baseline.json")
    floors, ceilings, falls = (
        text.split(f"[{name}]\n")[1].split("\n\n")[0] for name in ("floors", "ceilings", "falls")
    )
    for name, metric in METRICS.items():
        where = (floors, ceilings)[metric.lower_is_better]
        assert (f'"{name}" = ' in where) is not metric.judged
        assert (f'"{name}" = ' in falls) is not metric.judged


# baselines


def test_numbers_that_are_none_are_told_refused_and_no_baseline(tmp_path: Path) -> None:
    run = run_of(case("odd", scores={"retrieval.hit@1": math.nan}))
    told = gated(replace(gate_of(tmp_path, RUN), must_pass=()), run)
    assert "not-a-number retrieval.hit@1" in failed(told)
    (one,) = contrasted(run, run).figures
    assert (one.why, one.tested, one.verdict) == ("not a number", None, None)
    contrast = contrasted(run, run)
    for form in (run_text(run, contrast, told), run_html(run, contrast, told), run_junit(run, told)):
        assert form
    form = json.loads(json.dumps(run_json(run, contrast, told), allow_nan=False))
    assert form["figures"]["retrieval.hit@1"]["value"] is None
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(form), encoding="utf-8")
    with pytest.raises(GateError, match="cannot be read as a run"):
        read_run(path)


def test_a_run_comes_back_from_its_file(tmp_path: Path) -> None:
    assert read_run(written(tmp_path / "run.json", RUN)) == RUN


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda form: form | {"newsdesk_run": 2}, "made by a newer Newsdesk"),
        (lambda form: {k: v for k, v in form.items() if k != "newsdesk_run"}, "not a run"),
        (lambda form: [form], "not a run"),
        (lambda form: form | {"cases": form["cases"][:1] * 2}, "case q0 stands twice"),
        (lambda form: form | {"figures": [1]}, "its figures are not given by name"),
        (lambda form: form | {"figures": {"retrieval.hit@1": 0.9}}, "its figures are not given by name"),
        (lambda form: form | {"fixtures": 7}, "cannot be read as a run"),
        (lambda form: {k: v for k, v in form.items() if k != "judge"}, "Run lacks judge"),
        (lambda form: form | {"costs": {"seconds": math.nan}}, "NaN is no number"),
        (lambda form: form | {"figures": {"retrieval.hit@1": {"value": 1e999}}}, "Infinity is no number"),
    ],
)
def test_a_file_that_is_no_run_is_refused(tmp_path: Path, change: Callable[[Any], Any], says: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(change(run_form(RUN))), encoding="utf-8")
    with pytest.raises(GateError, match=says):
        read_run(path)


def test_a_number_too_large_to_be_one_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "run.json", RUN)
    path.write_text(path.read_text(encoding="utf-8").replace('"value": 0.7', '"value": 1e999', 1), encoding="utf-8")
    with pytest.raises(GateError, match="holds a number that is none"):
        read_run(path)
    with pytest.raises(GateError, match="No such file"):
        read_run(tmp_path / "nowhere.json")


# the page of the documentation


def test_the_page_about_gates_names_every_condition_and_its_example_is_a_gate(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent.parent
    page = (root / "docs" / "gates.md").read_text(encoding="utf-8")
    path = tmp_path / "gate.toml"
    path.write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    gate = read_gate(path)
    assert (gate.cases, gate.as_baseline, set(gate.settings)) == (128, True, {"k", JUDGE_MODEL, JUDGE_PROMPT})
    source = (root / "qa" / "gate" / "conditions.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"([a-z]+(?:-[a-z]+)+|incomplete|fell)"', source))
    assert codes == set(re.findall(r"^\| `([a-z-]+)` \|", page, flags=re.MULTILINE))
