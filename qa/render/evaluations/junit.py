"""An evaluation as JUnit XML, as continuous integration reads it: a suite a kind of case, and one for the gate.

The form is that of Ant's JUnit task as Jenkins, GitLab and GitHub actions read it: ``testsuites`` of ``testsuite`` of
``testcase``, each with a ``failure`` where it failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from qa.clean import show
from qa.evaluation import Case, Run
from qa.gate import Condition, Gated
from qa.render.evaluations.words import counts


def run_junit(run: Run, gated: Gated | None = None) -> str:
    """A run as a file of test results."""
    kinds = dict.fromkeys(case.kind for case in run.cases)
    suites = [_suite(kind, [case for case in run.cases if case.kind == kind]) for kind in kinds]
    suites += [] if gated is None else [_gate(gated)]
    failed = sum(not case.passed for case in run.cases) + (0 if gated is None else len(gated.failures))
    tests = len(run.cases) + (0 if gated is None else len(gated.conditions))
    told = f'tests="{tests}" failures="{failed}" errors="0" time="{run.costs.seconds:.3f}"'
    name = f"newsdesk eval {run.suite}: {counts(run)}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={_value(name)} {told}>\n'
        f"{''.join(suites)}</testsuites>\n"
    )


def _suite(kind: str, cases: Sequence[Case]) -> str:
    tests = (
        _test(kind, case.id, ("; ".join(case.failures), _more(case)), case.said, case.costs.seconds) for case in cases
    )
    seconds = sum(case.costs.seconds for case in cases)
    return _around(kind, len(cases), sum(not case.passed for case in cases), seconds, tests)


def _more(case: Case) -> str:
    lines = [f"asked: {case.asked}", f"expected: {case.expected}", f"came out: {case.outcome}", *case.failures]
    return "\n".join([*lines, *(f"quoted: “{citation.quote}”" for citation in case.cited)])


def _gate(gated: Gated) -> str:
    tests = (
        _test("gate", _name(one), ("" if one.held else f"{_name(one)}: {one.says}", one.says), one.says)
        for one in gated.conditions
    )
    return _around("gate", len(gated.conditions), len(gated.failures), 0.0, tests)


def _name(one: Condition) -> str:
    return f"{one.code} {one.about}".rstrip()


def _around(name: str, tests: int, failures: int, seconds: float, inside: Iterable[str]) -> str:
    told = f'tests="{tests}" failures="{failures}" errors="0" skipped="0" time="{seconds:.3f}"'
    return f"<testsuite name={_value(name)} {told}>\n{''.join(inside)}</testsuite>\n"


def _test(kind: str, name: str, failure: tuple[str, str], said: str, seconds: float = 0.0) -> str:
    """A test; ``failure`` is what is wrong, in a line and at length."""
    inside = f"<failure message={_value(failure[0])}>{_text(failure[1])}</failure>" if failure[0] else ""
    inside += f"<system-out>{_text(said)}</system-out>" if said else ""
    return f'<testcase classname="newsdesk.{kind}" name={_value(name)} time="{seconds:.3f}">{inside}</testcase>\n'


def _text(text: str) -> str:
    """Outside text as XML: none of its characters mean anything, none is forbidden (XML 1.0, 2.2)."""
    return escape(show(text), quote=False)


def _value(text: str) -> str:
    return f'"{escape(" ".join(show(text).split()))}"'
