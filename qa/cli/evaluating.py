"""What ``newsdesk eval`` does: evaluates, shows and lists kept runs, holds one against another and against a gate."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qa.cli import sets, writing
from qa.cli.output import put, put_json, say
from qa.comparison import Contrast, contrasted
from qa.engine import Engine
from qa.errors import ExitCode, GateError, InputError, NotFoundError, UsageError
from qa.evaluation import Run
from qa.export import write_export
from qa.fixtures import Suite
from qa.gate import Gate, Gated, draft_gate, gated, read_gate
from qa.render import dumps, run_file, show_line
from qa.render.evaluations import (
    case_text,
    cases_text,
    kept_json,
    run_html,
    run_json,
    run_junit,
    run_text,
    runs_text,
)
from qa.runfile import read_run

Evaluate = Callable[[Engine, Suite], Run]
"""Evaluates, and narrates meanwhile."""
_KEPT = ("list", "show", "delete", "restore", "erase")
"""Options that take the place of an evaluation."""
_FILES = ("out", "html", "junit", "run_file", "write_gate")


def expect(options: argparse.Namespace) -> Gate | None:
    """The gate of the options. What cannot be is refused before anything is done: options that do not go together,
    files that are there already, a wrong gate. Raises NewsdeskError."""
    sets.check_options(options)
    asked = [name for name in _KEPT if getattr(options, name) is not None]
    if len(asked) > 1:
        raise UsageError(f"--{asked[0]} and --{asked[1]} were both given", "Ask for one thing.")
    if asked and options.file is not None:
        raise UsageError(f"--{asked[0]} takes no fixtures", "Leave out the file.")
    if not asked and options.file is None:
        raise UsageError("no fixtures were given", "Name a file of fixtures, or see `newsdesk eval --list`.")
    if asked and asked[0] != "show":
        _alone(options, asked[0])
    for name, count in (("-k", options.k), ("--at-once", options.at_once)):
        if count is not None and count < 1:
            raise UsageError(f"{name} {count} is out of range", "Write a number from 1 up.")
    if options.json and (options.cases or options.case is not None):
        raise UsageError("--json has every case", "Leave out --cases and --case.")
    names = [getattr(options, name) for name in _FILES if getattr(options, name) is not None]
    if len({os.path.abspath(name) for name in names}) < len(names):
        raise UsageError("two results go into one file", "Name a file for each.")
    for name in names:
        _writable(writing.path_of(name), overwrite=options.force)
    return read_gate(writing.path_of(options.gate)) if options.gate is not None else None


def _alone(options: argparse.Namespace, name: str) -> None:
    others = (*_FILES, "against", "gate", "case")
    if any(getattr(options, other) is not None for other in others) or options.cases or options.force:
        raise UsageError(f"--{name} stands alone", "Leave out what goes with an evaluation or with --show.")


def _writable(path: Path, *, overwrite: bool) -> None:
    if not overwrite and os.path.lexists(path):
        raise InputError(f"{path} is there already", "Name another file, or overwrite it with --force.")
    if path.is_dir():
        raise InputError(f"{path} is a folder", "Name a file in it.")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is no folder", "Make it first, or name a file in another one.")


def act(
    engine: Engine, options: argparse.Namespace, gate: Gate | None, suite: Suite | None, evaluate: Evaluate
) -> ExitCode:
    """Do what the options say; ``suite`` is what is to be evaluated, if anything. Raises NewsdeskError."""
    for name, kept in _ACTIONS.items():
        if getattr(options, name) is not None:
            kept(engine, options)
            return ExitCode.OK
    if suite is None:
        run = _meant(engine, options.show)
        against = _against(engine, options, run.fixtures, run.number)
    else:  # what is wrong with the options is said before the evaluation, which may take hours
        _known(suite, options.case)
        against = _against(engine, options, suite.digest)
        run = evaluate(engine, suite)
    contrast = None if against is None else contrasted(against, run)
    told = None if gate is None else gated(gate, run, _baseline(gate))
    _write(options, run, contrast, told)
    _put(options, run, contrast, told)
    if not run.complete and options.show is None:
        say(_how_to_go_on(options, run))
    if told is not None and not told.passed:
        return ExitCode.GATE
    return ExitCode.OK if run.complete or options.show is not None else ExitCode.INTERRUPTED


def _known(suite: Suite, case: str | None) -> None:
    """Raise NotFoundError for a case that no fixture can give: its id is the fixture's, or begins with it."""
    if case is not None and not any(case == one.id or case.startswith(f"{one.id}/") for one in suite.fixtures):
        raise NotFoundError(f"{suite.name} has no fixture {case}", "--cases shows all cases with their ids.")


def _meant(engine: Engine, typed: str) -> Run:
    """A run by its number, the latest (``last``), or one of a file."""
    if typed.isascii() and typed.isdigit():
        return engine.journal.runs.get(int(typed[:18]))
    if typed == "last":
        found = engine.journal.runs.last()
        if found is None:
            raise NotFoundError("no complete run is kept", "`newsdesk eval FIXTURES` makes one.")
        return found
    return read_run(writing.path_of(typed))


def _against(engine: Engine, options: argparse.Namespace, fixtures: str, but: int | None = None) -> Run | None:
    """The run to compare with, of the same fixtures: another than ``but``."""
    if options.against is None:
        return None
    if options.against == "last":
        if (last := engine.journal.runs.last(fixtures, but=but)) is None:
            say("no other complete run of these fixtures is kept: nothing to compare with")
        return last
    found = _meant(engine, options.against)
    if found.fixtures != fixtures:
        raise GateError(
            f"{found.suite} of the other run has other fixtures ({found.fixtures[:12]}, here {fixtures[:12]})",
            "Only runs of the same fixtures can be compared: evaluate these in both versions, or --against last.",
        )
    return found


def _baseline(gate: Gate) -> Run | str | None:
    """The run that a gate names, or why it cannot be read: that is a condition that fails."""
    if gate.baseline is None:
        return None
    try:
        return read_run(gate.baseline)
    except GateError as error:
        return error.message


# results


def _put(options: argparse.Namespace, run: Run, contrast: Contrast | None, told: Gated | None) -> None:
    if options.json:
        put_json(run_json(run, contrast, told))
        return
    if options.case is not None:
        put(_one(run, options.case, contrast))
        return
    put(run_text(run, contrast, told))
    if options.cases:
        put("\n" + cases_text(run, contrast))


def _one(run: Run, name: str, contrast: Contrast | None) -> str:
    case = next((case for case in run.cases if case.id == name), None)
    if case is None:
        raise NotFoundError(f"the run has no case {name}", "--cases shows them all.")
    was = () if contrast is None else contrast.before.cases
    return case_text(case, next((one for one in was if one.id == name), None))


def _write(options: argparse.Namespace, run: Run, contrast: Contrast | None, told: Gated | None) -> None:
    """The files that were asked for, the run itself first."""
    if options.out is not None:
        _file(options, options.out, "the run", dumps(run_json(run)) + "\n")
    if options.html is not None:
        _file(options, options.html, "the report", run_html(run, contrast, told))
    if options.junit is not None:
        _file(options, options.junit, "JUnit XML", run_junit(run, told))
    if options.run_file is not None:
        _file(options, options.run_file, "what was found", run_file(run))
    if options.write_gate is not None:
        if not run.complete:
            say("no gate was written: the run is not complete")
            return
        path = writing.path_of(options.write_gate)
        baseline = os.path.relpath(writing.path_of(options.out), path.parent) if options.out is not None else None
        _file(options, options.write_gate, "a gate that this run passes", draft_gate(run, baseline))


def _file(options: argparse.Namespace, name: str, what: str, text: str) -> None:
    path = write_export(writing.path_of(name), text, overwrite=options.force)
    say(f"{what} is in {show_line(str(path))}")


def _how_to_go_on(options: argparse.Namespace, run: Run) -> str:
    done = f"stopped after {len(run.cases)} of {run.of} cases"
    if run.number is None:
        return f"{done}; they are not kept"
    return f"{done}, kept as run {run.number}: the same command with --resume goes on with it"


# kept runs


def _list(engine: Engine, options: argparse.Namespace) -> None:
    listed = engine.journal.runs.listed(deleted=options.list == "deleted")
    _tell(options, {"runs": [kept_json(one) for one in listed]}, runs_text(listed))


def _delete(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.runs.delete(options.delete, engine.clock())
    undo = f"`newsdesk eval --restore {found.number}` brings it back"
    _tell(options, kept_json(found), f"run {found.number} of {show_line(found.suite)} is deleted; {undo}\n")


def _restore(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.runs.restore(options.restore)
    _tell(options, kept_json(found), f"run {found.number} of {show_line(found.suite)} is back\n")


def _erase(engine: Engine, options: argparse.Namespace) -> None:
    found = engine.journal.runs.erase(options.erase)
    told = kept_json(found) | {"erased": True}
    _tell(options, told, f"run {found.number} of {show_line(found.suite)} is erased for good\n")


def _tell(options: argparse.Namespace, value: dict[str, Any], text: str) -> None:
    if options.json:
        put_json(value)
    else:
        put(text)


_ACTIONS: dict[str, Callable[[Engine, argparse.Namespace], None]] = {
    "list": _list,
    "delete": _delete,
    "restore": _restore,
    "erase": _erase,
}
