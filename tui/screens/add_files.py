"""The dialog in which a file or a folder of articles is chosen."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.suggester import Suggester
from textual.widgets import DirectoryTree, Input, Static, Tree

from qa.render import show_line
from tui.screens.leaving import Dialog
from tui.widgets.file_tree import FileTree
from tui.widgets.line_input import LineInput

TYPES = (".txt", ".md", ".markdown", ".jsonl", ".ndjson")
"""What the tree shows; ``newsdesk ingest`` reads these."""
_ENTRIES = 5_000
"""Entries of a folder that are looked at to complete a path."""


class PathSuggester(Suggester):
    """Completes a path by the first entry that begins with what was typed; reads folders in a thread."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The path completed, None when nothing begins so."""
        return await asyncio.to_thread(completed, value)


def completed(typed: str) -> str | None:
    """``typed`` completed to the first folder, or file of articles, that begins so; None without one."""
    folder, name = os.path.split(typed)
    if not name:
        return None
    try:
        with os.scandir(Path(folder).expanduser() if folder else Path()) as entries:
            found = [
                (not entry.is_dir(), entry.name)
                for _, entry in zip(range(_ENTRIES), entries, strict=False)
                if entry.name.startswith(name) and (entry.is_dir() or entry.name.lower().endswith(TYPES))
            ]
    except (OSError, ValueError, RuntimeError):
        return None
    shown = [(is_file, entry) for is_file, entry in found if entry == show_line(entry)]
    if not shown:
        return None
    is_file, entry = min(shown)
    return os.path.join(folder, entry) + ("" if is_file else os.sep)


class AddFilesScreen(Dialog[Path | None]):
    """A path to type, with completion, over a tree to walk; the path that was chosen, None when none was."""

    CSS_PATH = "add_files.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Back", id="add.back"),
        Binding("ctrl+u", "up", "Folder above", id="add.up"),
    ]
    KEYS: ClassVar[str] = "Enter adds · → completes · ↓ tree: Enter opens a folder, adds a file; A adds either"

    def __init__(self, start: Path) -> None:
        """Begin in the folder ``start``."""
        super().__init__()
        self._start = start
        self._named: Path | None = None
        """What the path in the line stands for, where its name cannot be shown as it is."""

    def compose(self) -> ComposeResult:
        """Title, path, tree, keys."""
        with Vertical(id="add-files"):
            yield Static(Content.styled("Add articles: a file or a folder", "bold"), markup=False)
            yield LineInput(placeholder="Path of a file or a folder", suggester=PathSuggester(), id="add")
            yield FileTree(self._start, TYPES)
            yield Static(Content.styled(self.KEYS, "$text-muted"), markup=False, id="keys")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(LineInput).focus()

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[object]) -> None:
        """The line names what the cursor of the tree is on."""
        tree = self.query_one(FileTree)
        if tree.has_focus and tree.cursor_node is not None and tree.cursor_node.data is not None:
            self._named = tree.cursor_node.data.path
            self.query_one(LineInput).value = show_line(str(self._named))

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Add a file."""
        event.stop()
        self.dismiss(event.path)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Add what the line names."""
        event.stop()
        typed = event.value.strip().strip("'\"")
        if self._named is not None and typed == show_line(str(self._named)):
            self.dismiss(self._named)
        elif typed:
            self.dismiss(Path(typed))

    def on_key(self, event: Key) -> None:
        """In the tree, A adds the folder or file under the cursor."""
        tree = self.query_one(FileTree)
        if event.key == "a" and tree.has_focus and tree.cursor_node is not None and tree.cursor_node.data is not None:
            event.stop()
            self.dismiss(tree.cursor_node.data.path)

    def action_enter_list(self) -> None:
        """From the line to the tree."""
        self.query_one(FileTree).focus()

    def action_up(self) -> None:
        """Show the folder above."""
        tree = self.query_one(FileTree)
        tree.path = Path(tree.path).absolute().parent
