"""What the source of the app promises: short files, named keys, and nothing from outside where markup is read."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "tui").rglob("*.py"))

READS_MARKUP = frozenset(
    "from_markup Label Markdown MarkdownViewer RichLog Pretty Tree DirectoryTree Collapsible Link Tooltip "
    "Select SelectionList render_str".split()
)
"""Names that read a plain text as markup, or cannot be told not to."""
LABELLED = frozenset("Button Checkbox RadioButton Tab TabPane".split())
"""Widgets whose label is read as markup: it is one of our own words, or made a Content by a call."""
UNMARKED = frozenset("Static notify OptionList SteadyList".split())
"""Calls that read markup unless they are told not to."""
CONTENT = frozenset("Option add_option replace_option_prompt replace_option_prompt_at_index".split())
"""Calls whose first argument is markup where it is a text: it is made by a call, which gives a Content."""
ATTRIBUTES = frozenset("tooltip border_title border_subtitle sub_title".split())
"""Attributes that are read as markup."""


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def faults(source: str) -> Iterator[str]:
    """What of ``source`` could read outside text as markup."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from (f"{node.lineno}: {fault}" for fault in faults_of(node))
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.lineno}: {fault}" for fault in faults_of_class(node))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in ATTRIBUTES:
            yield f"{node.lineno}: {node.attr} is read as markup"


def faults_of(call: ast.Call) -> Iterator[str]:
    name, words = called(call), {word.arg: word.value for word in call.keywords}
    if name in READS_MARKUP:
        yield f"{name} reads markup"
    if name in UNMARKED and not is_false(words.get("markup")):
        yield f"{name} without markup=False"
    if "markup" in words and not is_false(words["markup"]):
        yield f"{name} with markup"
    if name in LABELLED and not (call.args and isinstance(call.args[0], ast.Constant | ast.Call)):
        yield f"{name} with what may be a plain text"
    said = call.args[1:2] if name == "replace_option_prompt_at_index" else call.args[:1]
    if name in CONTENT and not (said and isinstance(said[0], ast.Call)):
        yield f"{name} with what may be a plain text"
    if name in {"add_row", "add_column"}:
        yield from (f"{name} with what may be a plain text" for cell in call.args if not is_cell(cell, name))
    for word in ("tooltip", "border_title"):
        if word in words and not isinstance(words[word], ast.Constant):
            yield f"{word} that is not one of our own words"
    shown = {"Hit": [*call.args[1:2], *call.args[4:]], "DiscoveryHit": [*call.args[:1], *call.args[3:]]}
    if any(not is_made(one) for one in shown.get(name, ())):
        yield f"{name} with what may be a plain text"


def faults_of_class(node: ast.ClassDef) -> Iterator[str]:
    """A kind of a widget that reads markup says in its own ``__init__`` that it does not."""
    bases = {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases}
    makes_labels = any(isinstance(one, ast.FunctionDef) and one.name == "process_label" for one in node.body)
    if bases & READS_MARKUP and not (bases <= {"Tree", "DirectoryTree"} and makes_labels):
        yield f"{node.name} is one of {sorted(bases & READS_MARKUP)}"
    if bases & {"Static", "OptionList", "SteadyList"} and node.name not in UNMARKED:
        inits = [call for call in ast.walk(node) if isinstance(call, ast.Call) and called(call) == "__init__"]
        if not any(word.arg == "markup" and is_false(word.value) for call in inits for word in call.keywords):
            yield f"{node.name} does not say markup=False"


def is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def is_cell(node: ast.expr, name: str) -> bool:
    """A ``Text(…)``, many of them, or a heading of our own."""
    if isinstance(node, ast.Starred):
        node = node.value
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        node = node.elt
    if name == "add_column":
        return isinstance(node, ast.Constant | ast.Name | ast.Call)
    return isinstance(node, ast.Call) and called(node) in {"Text", "assemble", "cell", "_cell"}


def is_made(node: ast.expr) -> bool:
    """A Content made by a call, or kept under a name (the call, not a text, is what the name holds: see mypy)."""
    return isinstance(node, ast.Name) or (isinstance(node, ast.Call) and called(node) != "str")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_from_outside_is_read_as_markup(path: Path) -> None:
    assert not list(faults(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "source",
    [
        "Static(title, id='x')",
        "Static(title, markup=True)",
        "self.app.notify(message)",
        "Label(title)",
        "Button(title)",
        "Option(title)",
        "Option(f'{title}')",
        "table.add_row(title)",
        "table.add_row(*row)",
        "table.add_row(*(str(cell) for cell in row))",
        "pane.border_title = title",
        "FooterKey(tooltip=title)",
        "Text.from_markup(title)",
        "class Told(Static):\n    def __init__(self):\n        super().__init__(id='x')",
        "class Files(DirectoryTree):\n    pass",
        "DiscoveryHit(command.name, do, command.name, help)",
        "OptionList(*options)",
    ],
)
def test_the_rule_finds_what_it_forbids(source: str) -> None:
    assert list(faults(source))


def test_no_file_of_the_app_is_long() -> None:
    for path in (ROOT / "tui").rglob("*"):
        if path.suffix in {".py", ".tcss"}:
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 300, path


def test_the_first_paint_waits_for_nothing_that_answers_questions() -> None:
    heavy = (
        "chromadb numpy onnxruntime openai tantivy tiktoken tokenizers qa.ask qa.engine qa.library qa.verify qa.windows"
    )
    told = subprocess.run(
        [sys.executable, "-c", "import sys, tui.app; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(told.stdout.split())
    assert "tui.screens.ask" in loaded
    assert not set(heavy.split()) & loaded


def bindings(source: str) -> Iterator[tuple[int, ast.Call]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and called(node) == "Binding":
            yield node.lineno, node


def test_every_key_has_a_name_of_its_own_by_which_it_can_be_changed() -> None:
    ids: dict[str, tuple[str, str]] = {}
    for path in SOURCES:
        for line, call in bindings(path.read_text(encoding="utf-8")):
            words = {word.arg: word.value for word in call.keywords}
            named = len(call.args) > 2 or "description" in words
            where, given = f"{path.name}:{line}", words.get("id")
            if not named:
                continue
            assert isinstance(given, ast.Constant), f"{where} has no id"
            does = ast.unparse(call.args[1])
            at, other = ids.setdefault(given.value, (where, does))
            assert does == other, f"{where} has the id of {at}"
    assert len(ids) > 20
