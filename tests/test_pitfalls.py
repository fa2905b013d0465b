"""docs/pitfalls.md names tests that exist, for each of its statements."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PAGE = TESTS.parent / "docs" / "pitfalls.md"
STATEMENTS = 46


@cache
def named_in(name: str) -> set[str]:
    tree = ast.parse((TESTS / f"{name}.py").read_text(encoding="utf-8"))
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


def test_the_page_names_tests_that_exist() -> None:
    named = re.findall(r"`(test_\w+)::(test_\w+)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > STATEMENTS
    missing = [f"{file}::{test}" for file, test in named if test not in named_in(file)]
    assert missing == []


def test_every_statement_has_a_test() -> None:
    rows = re.findall(r"^\| (\d+) \|.*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number in rows] == list(range(1, STATEMENTS + 1))
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d+ \|", line)]
    assert [line for line in lines if "`test_" not in line.rsplit(" | ", 1)[1]] == []
